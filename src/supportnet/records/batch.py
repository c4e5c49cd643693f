"""Many messages column by column: the same facts as `RawMessage`, without an object for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from supportnet.records.single import (
    Conversation,
    Identity,
    Ignored,
    MessageRef,
    RawMessage,
    RawReaction,
    Rejected,
)

__all__ = [
    "Column",
    "GivenReactions",
    "MessageBatch",
    "NamedRefs",
    "NumberedRefs",
    "PublicThreads",
    "place_among",
]

Ints: TypeAlias = npt.NDArray[np.integer[Any]]
# One value for all rows, or one for each.
Column: TypeAlias = pa.Array | str | int | bool | None
Beside: TypeAlias = RawMessage | RawReaction | Ignored | Rejected
_IDENTITIES = ("author", "reply_author", "root_author", "target_author")
_REFS = ("ref", "reply_to", "root", "target")
_PLAIN = (
    "kind", "visibility", "visibility_raw", "original_kind", "lang", "audience_size", "edited",
    "time_note", "resolution_us", "copy",
)  # fmt: skip


def place_among(marked: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Return how many rows are marked before each one: the place of a marked row among them.

    Examples
    --------
    >>> place_among(np.array([True, False, True])).tolist()
    [0, 1, 1]
    """
    return np.cumsum(marked, dtype=np.int64) - marked


@dataclass(slots=True, eq=False)
class PublicThreads:
    """Public conversations by the thousand, alike but for their keys; they list no members.

    Attributes
    ----------
    platform
        Platform word.
    keys
        Strings, each once: what `Conversation.key` would be.
    """

    platform: str
    keys: pa.Array
    _made: dict[int, Conversation] = field(default_factory=dict)

    def one(self, number: int) -> Conversation:
        """Return one of them as a conversation, made at the first call."""
        if number not in self._made:
            key = self.keys[number].as_py()
            self._made[number] = Conversation(self.platform, key, "thread")
        return self._made[number]


@dataclass(slots=True, eq=False)
class NumberedRefs:
    """References of many rows, on a platform whose ids are whole numbers of one space.

    Attributes
    ----------
    platform
        Platform word.
    ids
        One number per row; 0 stands for none.
    """

    platform: str
    ids: npt.NDArray[np.int64]

    def one(self, row: int) -> MessageRef | None:
        """Return the reference of one row."""
        number = int(self.ids[row])
        return MessageRef(self.platform, str(number)) if number else None


@dataclass(slots=True, eq=False)
class NamedRefs:
    """References of some rows, in one space of a copy of a conversation.

    Attributes
    ----------
    platform, within
        As in `MessageRef`, whose scope is `account`.
    ids
        Row → its id.
    """

    platform: str
    within: str
    ids: dict[int, str]

    def one(self, row: int) -> MessageRef | None:
        """Return the reference of one row."""
        ident = self.ids.get(row)
        if ident is None:
            return None
        return MessageRef(self.platform, ident, "account", self.within)


@dataclass(slots=True, eq=False)
class GivenReactions:
    """Reactions to rows of a batch, in order of the rows; each row has a reference then.

    Attributes
    ----------
    rows, actors
        The row, and who reacted to it (-1 for nobody known).
    kinds, t_us
        As in `RawReaction`.
    """

    rows: Ints
    actors: Ints
    kinds: list[str]
    t_us: list[int | None]

    def __len__(self) -> int:
        return len(self.kinds)


@dataclass(slots=True, eq=False)
class MessageBatch:
    """Messages of one conversation, or of public threads, column by column.

    Attributes
    ----------
    conversation
        Where all of them were said, or the threads of which `thread` numbers each row's.
    people
        The persons that the columns of identities number; -1 stands for none.
    author, t_us, seq, text
        As in `RawMessage`, one entry per row. Times lie in the range that is believed; texts are
        sound Unicode, null where there is none.
    place
        Place of each row among all messages of the batch, those in `between` included; counts up.
        None when nothing stands between.
    between
        Records that do not fit the columns, in order, each with the place of the message that it
        is or that comes next.
    thread
        Number of each row's thread.
    ref, reply_to, root, target, reply_author, root_author, target_author
        As in `RawMessage`; None where no row has any.
    mentions
        Rows and persons, in order of rows; None where no row has any.
    reactions
        Reactions to rows of the batch, which come before their message; None without any.
    kind, visibility, visibility_raw, original_kind, lang, audience_size, edited, time_note, resolution_us, copy
        As in `RawMessage`: one value for all rows, or an array.
    """  # noqa: E501 - the names of one list

    conversation: Conversation | PublicThreads
    people: Sequence[Identity]
    author: Ints
    t_us: npt.NDArray[np.int64]
    seq: npt.NDArray[np.int64]
    text: pa.Array
    place: Ints | None = None
    between: list[tuple[int, Beside]] = field(default_factory=list)
    thread: Ints | None = None
    ref: NumberedRefs | NamedRefs | None = None
    reply_to: NumberedRefs | None = None
    root: NumberedRefs | None = None
    target: NumberedRefs | None = None
    reply_author: Ints | None = None
    root_author: Ints | None = None
    target_author: Ints | None = None
    mentions: tuple[Ints, Ints] | None = None
    reactions: GivenReactions | None = None
    kind: Column = "message"
    visibility: Column = "unknown"
    visibility_raw: Column = None
    original_kind: Column = None
    lang: Column = None
    audience_size: Column = None
    edited: Column = False
    time_note: Column = 0
    resolution_us: Column = 1
    copy: Column = 0

    def __len__(self) -> int:
        """Return the number of messages, those in `between` included."""
        return len(self.t_us) + sum(type(record) is RawMessage for _, record in self.between)

    def singly(self) -> Iterator[Beside]:
        """Yield the records one by one, in order: what an importer without batches would yield."""
        places = range(len(self.t_us)) if self.place is None else self.place.tolist()
        rows = iter(enumerate(places))
        row, here = next(rows, (-1, -1))
        for place, record in self.between:
            while 0 <= here < place:
                yield from self._row(row)
                row, here = next(rows, (-1, -1))
            yield record
        while here >= 0:
            yield from self._row(row)
            row, here = next(rows, (-1, -1))

    def _row(self, row: int) -> Iterator[Beside]:
        """Yield the reactions to one row, then its message."""
        message = self._one(row)
        given = self.reactions
        if given is not None and message.ref is not None:
            first, last = np.searchsorted(given.rows, [row, row + 1])
            for n in range(first, last):
                who = self.people[given.actors[n]] if given.actors[n] >= 0 else None
                yield RawReaction(
                    message.ref, given.kinds[n], who, 1, message.author, given.t_us[n],
                    message.visibility,
                )  # fmt: skip
        yield message

    def _one(self, row: int) -> RawMessage:
        """Return one row as a message."""
        named: dict[str, Any] = {}
        for name in _IDENTITIES:
            column = getattr(self, name)
            number = -1 if column is None else int(column[row])
            named[name] = self.people[number] if number >= 0 else None
        for name in _REFS:
            refs = getattr(self, name)
            named[name] = None if refs is None else refs.one(row)
        for name in _PLAIN:
            value = getattr(self, name)
            named[name] = value[row].as_py() if isinstance(value, pa.Array) else value
        where = self.conversation
        if isinstance(where, PublicThreads):
            where = where.one(0 if self.thread is None else int(self.thread[row]))
        mentions: tuple[Identity, ...] = ()
        if self.mentions is not None:
            rows, persons = self.mentions
            mentions = tuple(self.people[int(number)] for number in persons[rows == row])
        return RawMessage(
            where,
            t_us=int(self.t_us[row]),
            seq=int(self.seq[row]),
            text=self.text[row].as_py(),
            mentions=mentions,
            **named,
        )
