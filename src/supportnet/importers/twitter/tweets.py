"""Read a file of tweets block by block and hand them to the threads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from supportnet.archive import BadItem, Block, Member, stream_blocks
from supportnet.importers.twitter.blocks import FIELDS, TweetBlock
from supportnet.importers.twitter.items import Tally
from supportnet.importers.twitter.people import People
from supportnet.importers.twitter.posts import act_of, parse_post
from supportnet.importers.twitter.shapes import TweetEntry
from supportnet.importers.twitter.table import KINDS, PostTable, texts_of
from supportnet.importers.twitter.threads import Threads
from supportnet.records import Ignored, Rejected, place_among

__all__ = ["add_tweets"]

Ints: TypeAlias = npt.NDArray[np.int64]
Marks: TypeAlias = npt.NDArray[np.bool_]


def add_tweets(
    member: Member, kind: str, threads: Threads, people: People, tally: Tally
) -> Iterator[Ignored | Rejected]:
    """Hand the tweets of a file to the threads.

    Parameters
    ----------
    member, kind
        A file of tweets, and which.
    threads
        Takes them.
    people
        Accounts known so far.
    tally
        Counts the records.

    Yields
    ------
    Ignored or Rejected
        What is not taken, in order.
    """
    record = 0
    try:
        for item in stream_blocks(member, "[]", FIELDS, type=TweetEntry, skip_prefix=True):
            if isinstance(item.value, Block):
                reading = _Reading(TweetBlock(item.value), kind, record, threads.table, people)
                yield from reading.hand_to(threads, tally)
                record += len(item.value)
            else:
                yield tally.reject(_reason(item.value), kind, record)
                record += 1
    finally:
        tally.counts[kind] += record


def _reason(value: BadItem) -> str:
    """Return why a record cannot be used."""
    return "unknown_shape" if value.reason == "json_shape" else value.reason


class _Reading:
    """The reading of one block: columns for the common tweets, single ones put among them."""

    def __init__(
        self, block: TweetBlock, kind: str, first: int, table: PostTable, people: People
    ) -> None:
        self._block, self._kind, self._first = block, kind, first
        self._table, self._people = table, people
        self._texts: dict[int, str] = {}
        self._edits: dict[int, tuple[int, ...]] = {}
        self._mentions: list[tuple[int, int]] = []
        self._rejected: dict[int, str] = {}
        self._quiet = block.quiet(people, table)
        self._rows = block.rows(kind, first, table)
        self._rows["parent_author"][self._quiet.answering] = self._quiet.answered
        self._read()

    def _read(self) -> None:
        """Read, in order, the tweets that name somebody and the records of uncommon form."""
        odd, busy = self._block.odd(), self._block.busy()
        row, entry = next(odd, (len(self._rows), None))
        for place, said in busy:
            while row < place:
                self._one(row, entry)
                row, entry = next(odd, (len(self._rows), None))
            self._act(place, said)
        while row < len(self._rows):
            self._one(row, entry)
            row, entry = next(odd, (len(self._rows), None))

    def _act(self, row: int, said: Any) -> None:
        """Fill in what a common tweet does and whom it names."""
        act = act_of(said, self._people)
        held, number = self._rows[row], self._table.number
        held["kind"] = KINDS.index(act.kind)
        held["parent_author"] = number(act.parent_author)
        held["target"], held["target_author"] = act.target or 0, number(act.target_author)
        if act.kind == "repost":
            held["parent"] = 0
        self._mentions += [(row, number(person)) for person in act.mentions]

    def _one(self, row: int, entry: Any) -> None:
        """Read a record of uncommon form."""
        if isinstance(entry, BadItem):
            self._rejected[row] = _reason(entry)
            return
        raw = entry if entry.tweet is None else entry.tweet
        post = parse_post(raw, self._people, self._kind, self._first + row)
        if isinstance(post, str):
            self._rejected[row] = post
            return
        self._rows[row] = self._table.row_of(post)
        self._texts[row] = post.text
        if post.edits:
            self._edits[row] = post.edits
        self._mentions += [(row, self._table.number(person)) for person in post.mentions]

    def hand_to(self, threads: Threads, tally: Tally) -> Iterator[Ignored | Rejected]:
        """Add the tweets to the table; yield what is left out."""
        usable = np.ones(len(self._rows), np.bool_)
        usable[list(self._rejected)] = False
        new = usable.copy()
        new[usable] = threads.are_new(self._rows["ident"][usable])
        kept = np.flatnonzero(new)
        among = place_among(new)
        single = np.array(self._mentions, np.int64).reshape(-1, 2)
        pairs = np.concatenate([np.stack([self._quiet.rows, self._quiet.persons], axis=1), single])
        pairs = pairs[np.argsort(pairs[:, 0], kind="stable")]
        pairs = pairs[new[pairs[:, 0]]]
        edits = {int(among[row]): ids for row, ids in self._edits.items() if new[row]}
        texts = self._words().take(pa.array(kept))
        self._table.add(self._rows[kept], texts, (among[pairs[:, 0]], pairs[:, 1]), edits)
        for row in np.flatnonzero(~new).tolist():
            reason = self._rejected.get(row)
            if reason is None:
                yield Ignored("duplicate")
            else:
                yield tally.reject(reason, self._kind, self._first + row)

    def _words(self) -> pa.Array:
        """Return the texts of all records; empty where one is rejected."""
        found = self._block.texts()
        if not self._texts:
            return found
        single = np.zeros(len(self._rows), np.bool_)
        single[list(self._texts)] = True
        return pc.replace_with_mask(found, pa.array(single), texts_of(list(self._texts.values())))
