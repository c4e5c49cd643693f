"""From the conversations of ties to events: which platform, which pointer, which words."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from supportnet.simulate.draws import Stream
from supportnet.simulate.dynamics import Session, sparse_sessions, sustained_sessions
from supportnet.simulate.events import Chat, Event
from supportnet.simulate.kinds import SUSTAINED
from supportnet.simulate.plan import Person, Plan, PlannedTie
from supportnet.simulate.texts import draw_post, draw_talk

__all__ = ["Wall", "board_threads", "channel_talk", "posts", "session_events", "tie_events"]

_TIES, _POSTS, _THREADS, _CHANNELS = 110, 111, 112, 113


def posts(plan: Plan, people: list[Person]) -> list[Event]:
    """Draw donors' posts to nobody in particular, in order of time."""
    found = []
    for i, person in enumerate(people):
        stream = Stream(plan.seed, _POSTS, i)
        for _ in range(stream.poisson(plan.posts) if person.donor else 0):
            t_s = int(stream.between(plan.start_s, plan.end_s))
            lang, text = draw_post(stream)
            found.append(Event(t_s, i, (), "public", "twitter", "post", lang, text))
    return sorted(found, key=lambda e: (e.t_s, e.author))


def board_threads(plan: Plan, people: list[Person]) -> list[Event]:
    """Draw the first posts of the board's threads; one stands at the very start."""
    stream = Stream(plan.seed, _THREADS)
    times = sorted(int(stream.between(plan.start_s, plan.end_s)) for _ in range(plan.threads))
    times[:1] = [plan.start_s]
    found = []
    for n, t_s in enumerate(times, start=1):
        lang, text = draw_post(stream)
        event = Event(t_s, stream.below(len(people)), (), "public", "board", "post", lang, text)
        event.conversation = f"board:t{n:03d}"
        found.append(event)
    return found


def channel_talk(plan: Plan, chats: list[Chat]) -> list[Event]:
    """Draw what is said in group chats: short exchanges, nobody in particular addressed.

    On Telegram every third message points at the one before it, when another person wrote that.
    """
    found: list[Event] = []
    for n, chat in enumerate(c for c in chats if len(c.members) > 2):
        stream = Stream(plan.seed, _CHANNELS, n)
        rounds = max(1, plan.channel_messages // 4)
        step = (plan.end_s - plan.start_s - 3 * 86_400) / rounds
        for k in range(rounds):
            t_s = int(plan.start_s + 86_400 + step * (k + stream.uniform()))
            before: Event | None = None
            for i in range(4):
                author = stream.pick(chat.members)
                lang, text = draw_talk(stream)
                event = Event(
                    t_s, author, (), "private_group", chat.platform, "message", lang, text
                )
                event.conversation = chat.name
                if chat.platform == "telegram" and i == 2 and before and before.author != author:
                    event.reply_to, event.others = before, (before.author,)
                found.append(event)
                before = event
                t_s += 60 + int(stream.between(0, 3000))
    return found


@dataclass(slots=True)
class Wall:
    """What public openings can lean on: earlier posts by author, threads by time."""

    by_author: dict[int, list[Event]]
    threads: list[Event]

    def post_before(self, author: int, t_s: int) -> Event | None:
        """Return the author's last post before a moment."""
        known = self.by_author.get(author, [])
        at = bisect_left([e.t_s for e in known], t_s)
        return known[at - 1] if at else None

    def thread_at(self, t_s: int) -> str:
        """Return the newest thread at a moment."""
        at = bisect_left([e.t_s for e in self.threads], t_s)
        return self.threads[max(at - 1, 0)].conversation


def tie_events(
    plan: Plan,
    people: list[Person],
    ties: list[PlannedTie],
    chats: list[Chat],
    *,
    wall: tuple[list[Event], list[Event]],
) -> list[Event]:
    """Draw everything that the ties say to each other.

    Parameters
    ----------
    plan, people, ties
        What is planted.
    chats
        Ties' chats on other messengers.
    wall
        Posts and first posts of threads, which public conversations may answer or join.

    Returns
    -------
    list of Event
        Tie by tie, conversation by conversation; `session` numbers them over the whole community.
    """
    by_author: dict[int, list[Event]] = {}
    for event in wall[0]:
        by_author.setdefault(event.author, []).append(event)
    lean = Wall(by_author, wall[1])
    elsewhere = {chat.tie: chat.platform for chat in chats if chat.tie >= 0}
    found: list[Event] = []
    number = 0
    for tie in ties:
        stream = Stream(plan.seed, _TIES, tie.index)
        kind = plan.kinds[tie.kind]
        if tie.kind in SUSTAINED:
            sessions = sustained_sessions(stream, plan, kind)
        else:
            sessions = sparse_sessions(stream, plan, kind, tie.week)
        for session in sessions:
            if session.layer == "public":
                platform = _public_platform(stream, plan, people, tie)
            else:
                other = elsewhere.get(tie.index)
                moved = other is not None and stream.chance(plan.elsewhere_share)
                platform = other if other is not None and moved else "twitter"
            found += session_events(stream, people, tie, session, platform, lean, number)
            number += 1
    return found


def _public_platform(stream: Stream, plan: Plan, people: list[Person], tie: PlannedTie) -> str:
    """Return where a public conversation takes place: where both sides will be seen."""
    if not (people[tie.first].donor and people[tie.second].donor):
        return "board"
    return "board" if stream.chance(plan.board_share) else "twitter"


def session_events(
    stream: Stream,
    people: list[Person],
    tie: PlannedTie,
    session: Session,
    platform: str,
    wall: Wall,
    number: int,
) -> Iterator[Event]:
    """Yield the events of one conversation, each turn answering the one before.

    Parameters
    ----------
    stream
        The tie's stream: words and pointers are drawn from it.
    people, tie, session
        Who talks, and when.
    platform
        Where.
    wall
        What public openings can lean on.
    number
        Number of the conversation.

    Yields
    ------
    Event
        One per message, in order of time.
    """
    pair = (tie.first, tie.second)
    codes = f"{people[tie.first].code}-{people[tie.second].code}"
    opening = session.messages[0]
    post = None
    if platform == "twitter" and session.layer == "public" and stream.chance(0.3):
        post = wall.post_before(pair[1 - opening.side], opening.t_s)
    conversation = f"{platform}:{codes}" if session.layer != "public" else ""
    if platform == "board":
        conversation = wall.thread_at(opening.t_s)
    answered: Event | None = post  # what the running turn points at
    last: Event | None = None
    for sent in session.messages:
        if last is not None and last.turn != sent.turn:
            answered = last
        lang, text = draw_talk(stream)
        event = Event(
            sent.t_s,
            pair[sent.side],
            (pair[1 - sent.side],),
            session.layer,
            platform,
            "message",
            lang,
            text,
            conversation,
            tie.index,
            number,
            sent.turn,
            sent.burst,
        )
        if platform == "board":
            event.kind = "reply"  # the board names the person answered, not the post
        elif session.layer == "public":
            event.kind = "reply" if answered is not None else "mention"
            event.reply_to = answered
        elif platform == "telegram" and sent.turn and stream.chance(0.3):
            event.reply_to = answered
        elif platform == "mastodon" and sent.turn:
            event.reply_to = answered  # private talk there consists of posts that answer posts
        last = event
        yield event
