"""Put the rows of a block together to one batch: plain talk as columns, the rest row by row."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from supportnet.parsing.meta import People, is_nobody, repaired
from supportnet.parsing.meta_blocks import RowBlock, may_be_wording
from supportnet.parsing.meta_row import MILLISECOND, RowReader, Run, cut_word
from supportnet.parsing.meta_words import read_wording
from supportnet.records import (
    GivenReactions,
    Identity,
    Ignored,
    MessageBatch,
    NamedRefs,
    RawMessage,
    RawReaction,
    Rejected,
    place_among,
)

__all__ = ["batch_of"]

Marks: TypeAlias = npt.NDArray[np.bool_]
Ints: TypeAlias = npt.NDArray[np.int64]
_Out: TypeAlias = RawMessage | RawReaction | Ignored | Rejected


def batch_of(
    block: RowBlock, index: int, run: Run, seq: int, reader: RowReader, people: People
) -> MessageBatch:
    """Return the rows of a block of a file that is written newest first.

    Parameters
    ----------
    block, index
        The rows, and the number of the first in its file.
    run
        The reading of that file.
    seq
        The last position given.
    reader
        Reads rows that are not plain talk.
    people
        The persons of the export.

    Returns
    -------
    MessageBatch
        The messages, with positions from `seq` downwards; what is ignored or rejected stands
        between them.
    """
    return _Reading(block, run, reader, people).batch(index, seq)


class _Reading:
    """The reading of one block: what its steps share."""

    def __init__(self, block: RowBlock, run: Run, reader: RowReader, people: People) -> None:
        self._block, self._run, self._reader, self._people = block, run, reader, people
        self._numbers: dict[str | None, int] = {}
        self._persons: list[Identity] = []
        self._starts = [self._meet(name) for name in block.senders]
        self._plain = block.plain()
        self._times = block.times(self._plain, reader.latest)
        self._texts = block.texts(self._plain)
        self._given = block.reactions(self._plain)

    def _meet(self, name: str | None) -> tuple[str, ...]:
        """Give the person of a name as written a number; return how texts about them begin."""
        room = self._run.room
        person, starts, _ = room.cast.get(name) or room.meet(name)
        self._numbers[name] = self._add(person)
        return starts

    def _number(self, name: str | None) -> int:
        """Return the number of a name as written."""
        if name not in self._numbers:
            self._meet(name)
        return self._numbers[name]

    def _add(self, person: Identity) -> int:
        """Return a number for a person."""
        self._persons.append(person)
        return len(self._persons) - 1

    def batch(self, index: int, seq: int) -> MessageBatch:
        """Return the batch; `index` numbers the first row, `seq` is the last position given."""
        self._take_out_wording()
        target_author = self._shares()
        plain, room = self._plain, self._run.room
        if self._block.says_unsent(plain):
            self._reader.facts.shows_deleted = True
        refs, odd = self._one_by_one(index)
        kept = plain.copy()
        for row, records in odd.items():
            kept[row] = type(records[-1]) is RawMessage
        places = place_among(kept)
        for row, records in odd.items():
            if isinstance(records[-1], RawMessage):
                records[-1].seq = seq - int(places[row]) - 1
        mine = np.flatnonzero(plain)
        self._run.meet_times(self._times[mine])
        return MessageBatch(
            room.conversation,
            self._persons,
            self._block.sender[mine],
            self._times[mine],
            seq - places[mine] - 1,
            self._texts.take(pa.array(mine)),
            places[mine],
            [(int(places[row]), record) for row, records in odd.items() for record in records],
            ref=NamedRefs(self._people.platform, room.within, refs) if refs else None,
            target_author=None if target_author is None else target_author[mine],
            reactions=self._reactions(),
            visibility=room.visibility,
            visibility_raw=room.section,
            audience_size=room.audience,
            resolution_us=MILLISECOND,
            copy=self._run.copy,
        )

    def _take_out_wording(self) -> None:
        """Leave texts that the app wrote itself to the reader of single rows."""
        for row in may_be_wording(self._texts, self._starts).tolist():
            if self._plain[row]:
                starts = self._starts[self._block.sender[row]]
                self._plain[row] = read_wording(self._texts[row].as_py(), starts) is None

    def _shares(self) -> Ints | None:
        """Count shared content; return who made it, None where nobody is told."""
        shares = self._block.shares(self._plain)
        counts = self._reader.facts.counts
        for word, n in (
            ("story_replies", shares.stories),
            ("shared_posts", len(shares.rows) - shares.stories),
        ):
            if n:
                counts[word] += n
        makers: dict[str, int] = {}
        authors = np.full(len(self._block), -1)
        for row, owner in zip(shares.rows.tolist(), shares.owners, strict=True):
            name = repaired(owner)
            if name and not is_nobody(name):
                if name not in makers:
                    makers[name] = self._add(self._people.handle(name))
                authors[row] = makers[name]
        return authors if makers else None

    def _one_by_one(self, index: int) -> tuple[dict[int, str], dict[int, list[_Out]]]:
        """Read, in order, rows that are not plain, and name plain rows that were reacted to.

        Return the ids of the latter by their place among the plain rows, and what became of the
        former.
        """
        plain, room, copy = self._plain, self._run.room, self._run.copy
        refs: dict[int, str] = {}
        odd: dict[int, list[_Out]] = {}
        special = ~plain
        special[self._given.rows] = True
        rows = np.flatnonzero(special)
        among = place_among(plain)[rows].tolist()
        senders, times = self._block.sender[rows].tolist(), self._times[rows].tolist()
        values = iter(self._block.rows(np.flatnonzero(~plain)))
        for row, place, sender, t_us in zip(rows.tolist(), among, senders, times, strict=True):
            if plain[row]:
                refs[place] = room.ref_id(t_us, self._persons[sender], copy)
            else:
                odd[row] = list(self._reader.read(next(values), index + row, self._run))
        return refs, odd

    def _reactions(self) -> GivenReactions | None:
        """Return the reactions to plain rows."""
        given, plain = self._given, self._plain
        good = plain[given.rows]
        if not good.any():
            return None
        words = [cut_word(word) for word in given.words]
        actors = np.array([self._number(name) for name in given.actors], np.int64)
        kinds = [words[number] for number in given.word[good].tolist()]
        among = place_among(plain)
        times: list[int | None] = [None] * len(kinds)
        return GivenReactions(among[given.rows[good]], actors[given.actor[good]], kinds, times)
