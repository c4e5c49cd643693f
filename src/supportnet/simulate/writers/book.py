"""What every writer looks up: persons, events by person and chat, identifiers and clock forms."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import pandas as pd

from supportnet.simulate.assemble import Simulated
from supportnet.simulate.events import Chat

__all__ = ["MEDIA_EVERY", "PARIS", "Book", "Row", "local", "snowflake"]

PARIS: Final = ZoneInfo("Europe/Paris")
MEDIA_EVERY: Final = 25  # on the messengers, each such message is a picture
_TWITTER_EPOCH_MS = 1_288_834_974_657
_TAGS = ("Asso", "Boulot", "Chorale", "Quartier", "Rando")
_PLAIN = str.maketrans("ÇçéèïéÉ", "Cceeiee")


class Row(NamedTuple):
    """One event as the writers read it; absent pointers are -1."""

    event_id: int
    t_us: int
    author: str
    other: str
    layer: str
    platform: str
    kind: str
    conversation: str
    reply_to: int
    target: int
    lang: str
    text: str


class Account(NamedTuple):
    """One person's names on the platforms."""

    code: str
    name: str
    handle: str
    twitter_id: str
    board_name: str
    telegram_id: str
    role: str
    donor: bool


@dataclass(slots=True)
class Book:
    """A community, indexed for writing.

    Attributes
    ----------
    made
        The community.
    rows
        All events by id.
    people
        Accounts by code, in order.
    """

    made: Simulated
    rows: list[Row] = field(init=False)
    people: dict[str, Account] = field(init=False)
    _by_chat: dict[str, list[Row]] = field(init=False)

    def __post_init__(self) -> None:
        """Index events and people once."""
        events = self.made.events
        columns = [
            *(events[c].tolist() for c in ("event_id", "t_us", "author", "others", "layer")),
            *(events[c].tolist() for c in ("platform", "kind", "conversation")),
            *(events[c].fillna(-1).astype("int64").tolist() for c in ("reply_to", "target")),
            *(events[c].tolist() for c in ("lang", "text")),
        ]
        self.rows = [Row(*values) for values in zip(*columns, strict=True)]
        people: pd.DataFrame = self.made.people
        names = list(Account._fields)
        accounts = zip(*(people[c].tolist() for c in names), strict=True)
        self.people = {values[0]: Account(*values) for values in accounts}
        self._by_chat = {}
        for row in self.rows:
            self._by_chat.setdefault(row.conversation, []).append(row)

    def said_in(self, conversation: str) -> list[Row]:
        """Return the events of one chat, oldest first."""
        return self._by_chat.get(conversation, [])

    def code(self, position: int) -> str:
        """Return the code of the person at a position of the plan."""
        return str(self.made.people["code"].iloc[position])

    def members(self, chat: Chat) -> list[Account]:
        """Return the members of a chat."""
        return [self.people[self.code(i)] for i in chat.members]

    def owner(self, chat: Chat) -> Account:
        """Return whose export a chat is in."""
        return self.people[self.code(chat.owner)]

    def phone_name(self, owner: Account, person: Account) -> str:
        """Return how an owner's telephone shows a person: the owner's own name, or a nickname."""
        if owner.code == person.code:
            return person.name
        tag = _TAGS[(int(owner.code[1:]) + int(person.code[1:])) % len(_TAGS)]
        return f"{person.name.split()[0].translate(_PLAIN)} {tag}"


def snowflake(t_us: int, number: int) -> str:
    """Return an identifier that carries its time, as the platform makes them.

    The machine bits are all ones and the last twelve count, so two events of one millisecond
    differ.

    Examples
    --------
    >>> (int(snowflake(1_704_067_200_000_000, 5)) >> 22) + 1_288_834_974_657
    1704067200000
    """
    milliseconds = t_us // 1000 - _TWITTER_EPOCH_MS
    return str((milliseconds << 22) | (0x3FF << 12) | (number & 0xFFF))


def local(t_us: int) -> datetime:
    """Return the moment on a clock in Paris."""
    return datetime.fromtimestamp(t_us // 1_000_000, UTC).astimezone(PARIS)
