"""What is said on the old platform until people leave, and on the new ones once they meet there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal, TypeAlias

import pandas as pd

from supportnet.errors import InternalError
from supportnet.simulate import around, traffic
from supportnet.simulate.assemble import Simulated, assembled
from supportnet.simulate.background import form_ties
from supportnet.simulate.draws import Stream
from supportnet.simulate.dynamics import (
    Session,
    draw_session,
    draw_traits,
    sparse_sessions,
    sustained_sessions,
)
from supportnet.simulate.events import Event
from supportnet.simulate.kinds import SUSTAINED
from supportnet.simulate.migration.moves import Moves, chosen_people, draw_moves
from supportnet.simulate.migration.plan import MIGRATION, MigrationPlan
from supportnet.simulate.people import planted_ties
from supportnet.simulate.plan import Person, PlannedTie
from supportnet.simulate.texts import draw_post

__all__ = ["Migrated", "migrate"]

Outcome: TypeAlias = Literal["reformed", "late", "attempt", "none"]

_OUTCOME, _THERE, _WORDS, _POSTS, _ECHOES, _LIKES, _FOLLOWS = 140, 141, 142, 143, 144, 145, 146
_DAY_S = 86_400
_TRIES = 200
_NOWHERE = traffic.Wall({}, [])


@dataclass(frozen=True, slots=True)
class Migrated:
    """A community of which some people moved.

    Attributes
    ----------
    plan
        The numbers it was made from.
    made
        Its events on all platforms, people and ties, as the example has them.
    moves
        Who joined and left when.
    likes
        `platform`, `person`, `event_id`, `t_us`: likes on the new platforms.
    follows
        `owner`, `other`, `t_us`: who follows whom on Bluesky.
    """

    plan: MigrationPlan
    made: Simulated
    moves: Moves
    likes: pd.DataFrame
    follows: pd.DataFrame


def migrate(plan: MigrationPlan = MIGRATION) -> Migrated:
    """Make a community of which some people move to other platforms.

    Parameters
    ----------
    plan
        What to plant.

    Returns
    -------
    Migrated
        Its events, people, ties and moves.

    Examples
    --------
    >>> moved = migrate()
    >>> sorted(moved.made.events["platform"].unique())
    ['bluesky', 'mastodon', 'twitter']
    """
    talk, people, moves = plan.talk, chosen_people(plan), draw_moves(plan)
    planted = planted_ties(talk, people)
    formation = form_ties(talk, people, planted)
    ties = planted + formation.ties
    before = _old_platform(plan, people, ties, moves)
    there = _first_posts(plan, moves)
    number = 1 + max((e.session for e in before), default=0)
    for tie in ties:
        if 7 * tie.week < plan.first_day:
            there += _tie_there(plan, people, tie, moves, number + 1000 * tie.index)
    there += _echoes_there(plan, moves, there)
    made = assembled(talk, people, formation, ties, chats=[], spoken=[*before, *there])
    return Migrated(
        plan, made, moves, _likes(plan, moves, made), _follows(plan, people, ties, moves)
    )


def _old_platform(
    plan: MigrationPlan, people: list[Person], ties: list[PlannedTie], moves: Moves
) -> list[Event]:
    """Return what is said on the old platform: a tie falls silent there when one end leaves."""
    end_s = plan.talk.end_s

    def still(event: Event) -> bool:
        persons = (event.author, *event.others)
        return event.t_s < min(moves.left.get(p, end_s) for p in persons)

    posts = [e for e in traffic.posts(plan.talk, people) if still(e)]
    spoken = traffic.tie_events(plan.talk, people, ties, [], wall=(posts, []))
    echoes = around.echoes(plan.talk, people, posts)
    return [*posts, *(e for e in [*spoken, *echoes] if still(e))]


def _first_posts(plan: MigrationPlan, moves: Moves) -> list[Event]:
    """Return the posts to nobody in particular on the new platforms, a first one on joining."""
    found = []
    for number, platform in enumerate(sorted(moves.joined)):
        for person, join_s in sorted(moves.joined[platform].items()):
            stream = Stream(plan.seed, _POSTS, number, person)
            n_later = stream.poisson(plan.posts)
            later = [stream.between(join_s + _DAY_S, plan.talk.end_s) for _ in range(n_later)]
            times = [join_s, *map(int, later)]
            for t_s in sorted(times):
                lang, text = draw_post(stream)
                found.append(Event(t_s, person, (), "public", platform, "post", lang, text))
    return found


def _tie_there(
    plan: MigrationPlan, people: list[Person], tie: PlannedTie, moves: Moves, number: int
) -> list[Event]:
    """Return what a tie says on the new platform where its ends first meet."""
    met = moves.meet(tie.first, tie.second)
    if met is None:
        return []
    meet_s, platform = met
    outcome = _outcome(plan, tie)
    if outcome == "none":
        return []
    sessions = _sessions(plan, tie, outcome, meet_s)
    stream = Stream(plan.seed, _WORDS, tie.index)
    return [
        event
        for n, session in enumerate(sessions)
        for event in traffic.session_events(
            stream, people, tie, session, platform, _NOWHERE, number + n
        )
    ]


def _outcome(plan: MigrationPlan, tie: PlannedTie) -> Outcome:
    """Draw what becomes of a tie whose ends meet."""
    stream = Stream(plan.seed, _OUTCOME, tie.index)
    if stream.chance(plan.reformed[tie.kind]):
        return "reformed"
    u = stream.uniform()
    return "attempt" if u < plan.attempt else "late" if u < plan.attempt + plan.late else "none"


def _sessions(plan: MigrationPlan, tie: PlannedTie, outcome: Outcome, meet_s: int) -> list[Session]:
    """Draw the conversations of a tie after its ends met; again until they fit the outcome."""
    kind = plan.talk.kinds[tie.kind]
    window_s = _DAY_S * plan.window_days
    from_s = meet_s + (window_s + _DAY_S if outcome == "late" else 0)
    talk = replace(plan.talk, start=datetime.fromtimestamp(from_s, UTC))
    for attempt in range(_TRIES):
        stream = Stream(plan.seed, _THERE, tie.index, attempt)
        if outcome == "attempt":
            opening_s = int(from_s + stream.between(0.2, 20) * _DAY_S)
            layer = "private_1to1" if stream.chance(kind.private_share) else "public"
            one = draw_session(stream, kind, layer, draw_traits(stream, kind), opening_s)
            # Only the first turn: nobody answers it.
            return [Session(layer, [m for m in one.messages if m.turn == 0])]
        if tie.kind in SUSTAINED:
            found = sustained_sessions(stream, talk, kind)
        else:
            found = sparse_sessions(stream, talk, kind, 0)
        mutual_s = _mutual_s(found)
        if outcome == "late" or (mutual_s is not None and mutual_s - meet_s <= window_s):
            return found
    msg = "a planted tie did not come about"
    raise InternalError(msg)


def _mutual_s(sessions: list[Session]) -> int | None:
    """Return when both sides have written; None where one has not."""
    first: dict[int, int] = {}
    for session in sessions:
        for m in session.messages:
            first[m.side] = min(first.get(m.side, m.t_s), m.t_s)
    return max(first.values()) if len(first) == 2 else None


def _echoes_there(plan: MigrationPlan, moves: Moves, there: list[Event]) -> list[Event]:
    """Draw quotes and reposts of others' posts on the same new platform."""
    found = []
    for number, platform in enumerate(sorted(moves.joined)):
        posts = sorted(
            (e for e in there if e.platform == platform and e.kind == "post"),
            key=lambda e: (e.t_s, e.author),
        )
        for person, join_s in sorted(moves.joined[platform].items()):
            stream = Stream(plan.seed, _ECHOES, number, person)
            for kind in ("quote", "repost"):
                for _ in range(stream.poisson(plan.echoes)):
                    target = stream.pick(posts)
                    t_s = max(target.t_s, join_s) + 60 + int(stream.exponential(6 * 3600))
                    if target.author == person or t_s >= plan.talk.end_s:
                        continue
                    own = draw_post(stream) if kind == "quote" else (target.lang, target.text)
                    event = Event(t_s, person, (), "public", platform, kind, *own)
                    event.target = target
                    found.append(event)
    return found


def _likes(plan: MigrationPlan, moves: Moves, made: Simulated) -> pd.DataFrame:
    """Draw likes of public messages on the new platforms, each after the message and the join."""
    rows = []
    events = made.events
    said = events[(events["layer"] == "public") & (events["kind"] != "repost")]
    for number, platform in enumerate(sorted(moves.joined)):
        part = said[said["platform"] == platform]
        there = list(part[["event_id", "author", "t_us"]].itertuples(index=False, name=None))
        for person, join_s in sorted(moves.joined[platform].items()):
            stream = Stream(plan.seed, _LIKES, number, person)
            code = str(made.people["code"].iloc[person])
            chosen = {stream.pick(there) for _ in range(plan.likes)}
            for event_id, author, t_us in sorted(chosen):
                seen_s = max(t_us // 1_000_000, join_s) + 60 + int(stream.exponential(4 * 3600))
                if author != code and seen_s < plan.talk.end_s:
                    rows.append((platform, code, event_id, seen_s * 1_000_000))
    return pd.DataFrame(rows, columns=["platform", "person", "event_id", "t_us"])


def _follows(
    plan: MigrationPlan, people: list[Person], ties: list[PlannedTie], moves: Moves
) -> pd.DataFrame:
    """Draw who follows whom on Bluesky: mostly those who had a tie before and find each other."""
    rows = []
    joined = moves.joined.get("bluesky", {})
    stream = Stream(plan.seed, _FOLLOWS)
    for tie in ties:
        if tie.first not in joined or tie.second not in joined:
            continue
        met_s = max(joined[tie.first], joined[tie.second])
        for owner, other in ((tie.first, tie.second), (tie.second, tie.first)):
            later_s = int(stream.exponential(3 * _DAY_S))
            if stream.chance(0.85) and met_s + later_s < plan.talk.end_s:
                t_us = (met_s + later_s) * 1_000_000
                rows.append((people[owner].code, people[other].code, t_us))
    return pd.DataFrame(rows, columns=["owner", "other", "t_us"])
