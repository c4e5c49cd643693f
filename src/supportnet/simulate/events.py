"""Events while they are being planned, and the chats that live outside the main platform."""

from __future__ import annotations

from dataclasses import dataclass

from supportnet.simulate.draws import Stream
from supportnet.simulate.kinds import SUSTAINED
from supportnet.simulate.plan import Person, Plan, PlannedTie

__all__ = ["Chat", "Event", "plan_chats"]

_STREAM = 103


@dataclass(slots=True, eq=False)
class Event:
    """One message, post, quote or repost. Persons are positions in the list of people.

    Attributes
    ----------
    t_s
        Second since 1970 UTC.
    author, others
        Who wrote, and who is addressed (empty: nobody in particular).
    layer, platform, kind
        `private_1to1`, `private_group` or `public`; `twitter`, `whatsapp`, `telegram` or `board`;
        `message`, `mention`, `reply`, `post`, `quote` or `repost`.
    lang, text
        Language and words.
    conversation
        Label of the chat or thread.
    tie, session, turn, burst
        Place in the plan; -1 outside the ties.
    reply_to, target
        The event answered by an explicit pointer; the one quoted or reposted.
    event_id
        Position in the order of time, given at the end.
    """

    t_s: int
    author: int
    others: tuple[int, ...]
    layer: str
    platform: str
    kind: str
    lang: str
    text: str
    conversation: str = ""
    tie: int = -1
    session: int = -1
    turn: int = -1
    burst: int = -1
    reply_to: Event | None = None
    target: Event | None = None
    event_id: int = -1


@dataclass(frozen=True, slots=True)
class Chat:
    """One chat whose export is written: a tie's chat on a messenger, or a group.

    Attributes
    ----------
    name
        The `conversation` of its events.
    platform
        `twitter`, `whatsapp` or `telegram`.
    members
        Everyone in it.
    owner
        Whose telephone or account made the export; -1 on the main platform, where every donor's
        archive holds its own copy.
    shape
        `dm`, `group`; for WhatsApp also which telephone: `dm_android`, `dm_ios`, `group_android`.
    tie
        The tie it belongs to; -1 for groups.
    """

    name: str
    platform: str
    members: tuple[int, ...]
    owner: int
    shape: str
    tie: int = -1


def _account_owner(ties: list[PlannedTie]) -> int:
    """Return who has the most sustained ties (the first of equals)."""
    counts: dict[int, int] = {}
    for tie in ties:
        for person in (tie.first, tie.second):
            counts[person] = counts.get(person, 0) + 1
    return min(counts, key=lambda person: (-counts[person], person))


def _tie_chat(people: list[Person], tie: PlannedTie, platform: str, owner: int, shape: str) -> Chat:
    """Return the chat of a tie on another messenger."""
    first, second = people[tie.first].code, people[tie.second].code
    members = (tie.first, tie.second)
    return Chat(f"{platform}:{first}-{second}", platform, members, owner, shape, tie.index)


def plan_chats(plan: Plan, people: list[Person], ties: list[PlannedTie]) -> list[Chat]:
    """Choose which ties also use another messenger, and who is in which group chat.

    Parameters
    ----------
    plan
        Numbers of chats.
    people
        Names of conversations follow their codes.
    ties
        Sustained ties are chosen from; no person is in two of the single chats.

    Returns
    -------
    list of Chat
        Channels of twinomes, WhatsApp chats and group, Telegram chats and group.
    """
    stream = Stream(plan.seed, _STREAM)
    sustained = [t for t in ties if t.kind in SUSTAINED]
    host = _account_owner(sustained)
    of_host = [t for t in sustained if host in (t.first, t.second)]
    singles = min(2, plan.telegram_ties)
    account = of_host[: plan.telegram_ties - singles]
    busy = {person for tie in of_host for person in (tie.first, tie.second)}
    alone: list[PlannedTie] = []
    for tie in stream.shuffled(sustained):
        if not busy & {tie.first, tie.second}:
            alone.append(tie)
            busy |= {tie.first, tie.second}
    chats = [
        Chat(f"twitter:channel-{g + 1:02d}", "twitter", (3 * g, 3 * g + 1, 3 * g + 2), -1, "group")
        for g in range(plan.twinomes - plan.channels, plan.twinomes)
    ]
    for i, tie in enumerate(alone[: plan.whatsapp_ties]):
        shape = "dm_ios" if i % 3 == 2 else "dm_android"
        chats.append(_tie_chat(people, tie, "whatsapp", tie.first, shape))
    if plan.whatsapp_ties:
        first = alone[0]
        extra = [p for p in stream.shuffled(range(len(people))) if p not in (first.first,)][:5]
        members = (first.first, *sorted(extra))
        chats.append(Chat("whatsapp:group", "whatsapp", members, first.first, "group_android"))
    for tie in account:
        chats.append(_tie_chat(people, tie, "telegram", host, "account"))
    for tie in alone[plan.whatsapp_ties :][:singles]:
        chats.append(_tie_chat(people, tie, "telegram", tie.second, "single"))
    if account:
        extra = [p for p in stream.shuffled(range(len(people))) if p != host][:4]
        members = (host, *sorted(extra))
        chats.append(Chat("telegram:group", "telegram", members, host, "account"))
    return chats
