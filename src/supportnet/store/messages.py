"""Write table `messages`: each row of each copy once through memory, as it comes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from supportnet.memory import give_back
from supportnet.store.buckets import CHUNK_ROWS, Buckets, bucket_size
from supportnet.store.columns import Array, key_values, values_of
from supportnet.store.copies import Numbered
from supportnet.store.md5 import md5_of
from supportnet.store.people import NOBODY, People
from supportnet.store.records import (
    RECORD,
    TAKEN_OVER,
    WORDS,
    Words,
    blank,
    fill,
    merged,
    set_known,
    unpacked,
)
from supportnet.store.rows import Rows
from supportnet.store.tables import SPILL, TableWriter
from supportnet.store.talks import Talks

__all__ = ["Written", "write_messages"]

_KEYS = {"reply_key": "reply_to", "root_key": "root", "target_key": "target_message"}
_PERSONS = ("reply_author", "root_author", "target_author", "wall_owner")
_OTHER = ("native_key", "digest", "conv", "author", *TAKEN_OVER)
_HEX_OF_BYTE = np.frombuffer(b"".join(b"%02X" % i for i in range(256)), "S2")
# Two bytes at a time, as they stand in memory.
_HEX = _HEX_OF_BYTE[np.arange(65_536, dtype=np.uint16).view(np.uint8)].view("S4")
_EVERY = 2  # buckets: giving memory back takes time
_POWERS = 10 ** np.arange(19)
_DIGITS = np.frombuffer(b"".join(b"%04d" % i for i in range(10_000)), "S4")


class _Packer:
    """Turn batches of part rows into packed rows."""

    def __init__(
        self,
        rows: Rows,
        people: People,
        talks: Talks,
        numbered: Numbered,
    ) -> None:
        self._rows = rows
        self._people = people
        self._talks = talks
        self._numbered = numbered
        self.words = Words()

    def packed(self) -> Iterator[Array]:
        """Yield all rows that belong to a message, in the order of the files."""
        columns = [*_OTHER, *_KEYS, *_PERSONS]
        for source, start, batch in self._rows.messages.batches(columns, WORDS):
            yield self._pack(source, start, batch)

    def _pack(self, source: int, start: int, batch: pa.RecordBatch) -> Array:
        """Pack one batch."""
        numbered = self._numbered
        stop = start + batch.num_rows
        records = blank(batch.num_rows)
        records["message"] = numbered.message_of[start:stop]
        if numbered.turns is not None:
            records["turn"] = numbered.turns[start:stop]
        fill(records, batch, self.words)
        conv = values_of(batch.column("conv"), -1) + self._talks.starts[source]
        set_known(records, "conversation_id", self._talks.ids[conv])
        author = values_of(batch.column("author"), -1)
        set_known(records, "author_id", self._people.of(source, author))
        for name in _PERSONS:
            column = batch.column(name)
            if column.null_count < len(column):
                persons = self._people.of(source, values_of(column, -1))
                set_known(records, name, persons, persons != NOBODY)
        for name, field in _KEYS.items():
            column = batch.column(name)
            if column.null_count < len(column):
                keys, is_there = key_values(column)
                found = np.full(len(keys), -1)
                found[is_there] = numbered.index.find(keys[is_there])
                set_known(records, field, found, is_there)
        self._make_keys(records, batch, conv, author + self._people.starts[source])
        kept = records["message"] >= 0
        return records if kept.all() else records.take(np.flatnonzero(kept))

    def _make_keys(
        self, records: Array, batch: pa.RecordBatch, conv: Array, account: Array
    ) -> None:
        """Give the messages without id a key made of what they are.

        The field stays unknown, so that a later copy's own id still comes before it.
        """
        column = batch.column("native_key")
        if column.null_count == 0:
            return
        lacking = column.is_null().to_numpy(zero_copy_only=False)
        at = np.flatnonzero(lacking & (records["turn"] == 0) & (records["message"] >= 0))
        digests, has_digest = key_values(batch.column("digest"))
        occurrences = self._occurrences(records["message"][at])
        t_us = records["t_us"][at]
        shapes = (
            _width(np.abs(t_us)) * 256
            + (t_us < 0) * 128
            + has_digest[at] * 64
            + _width(occurrences)
        )
        for shape in np.unique(shapes):
            some = np.flatnonzero(shapes == shape)
            rows = at[some]
            parts = [
                _hexadecimal(self._talks.keys[conv[rows]]),
                _hexadecimal(self._people.pseudonyms[account[rows]]),
                *([_letters(len(rows), b"-")] if shape & 128 else []),
                _decimal(np.abs(t_us[some]), int(shape) // 256),
                *([_hexadecimal(digests[rows])] if shape & 64 else []),
                _letters(len(rows), b"/"),
                _decimal(occurrences[some], int(shape) % 64),
            ]
            records["native_key"][rows] = md5_of(np.concatenate(parts, axis=1)).view("V16").ravel()

    def _occurrences(self, messages: Array) -> Array:
        """Return how many equal messages there were up to each."""
        found = np.ones(len(messages), np.int64)
        again = self._numbered.again
        if len(again):
            places = np.minimum(np.searchsorted(again, messages), len(again) - 1)
            is_again = again[places] == messages
            found[is_again] = self._numbered.occurrences[places[is_again]]
        return found


def _width(values: Array) -> Array:
    """Return how many digits numbers from 0 have."""
    return np.maximum(np.searchsorted(_POWERS, values, side="right"), 1)


def _decimal(values: Array, width: int) -> Array:
    """Write numbers of `width` digits, one row of letters each."""
    groups = []
    for _ in range(-(-width // 4)):
        values, rest = np.divmod(values, 10_000)
        groups.append(_DIGITS[rest])
    letters = np.stack(groups[::-1], axis=1).view(np.uint8)
    return letters[:, letters.shape[1] - width :]


def _hexadecimal(values: Array) -> Array:
    """Write bytes as hexadecimal digits, one row of letters per row."""
    data = np.ascontiguousarray(values).view(np.uint16)
    return _HEX[data].view(np.uint8)


def _letters(n: int, letter: bytes) -> Array:
    """Return the same letter for every row."""
    return np.full((n, 1), ord(letter), np.uint8)


class Written(NamedTuple):
    """What the other tables need to know of the messages.

    Attributes
    ----------
    talks
        Each message's `conversation_id`.
    visibilities
        Each message's code of its visibility.
    visibility_words
        The words of the codes.
    """

    talks: Array
    visibilities: Array
    visibility_words: list[str]


def write_messages(
    folder: Path,
    rows: Rows,
    people: People,
    talks: Talks,
    numbered: Numbered,
    author_of: Array,
) -> Written:
    """Write table `messages`.

    Parameters
    ----------
    folder
        Where the table goes.
    rows, people, talks, numbered
        The rows of all parts, and whose and where and which messages they are.
    author_of
        Author of each message.
    """
    n = numbered.n_messages
    size = bucket_size(n)
    of_row = numbered.message_of
    counts = np.bincount(of_row[of_row >= 0] // size, minlength=-(-n // size))
    buckets = Buckets(folder / SPILL, counts, size, RECORD)
    packer = _Packer(rows, people, talks, numbered)
    talk_of, visibilities = np.empty(n, np.int32), np.empty(n, np.int16)
    with TableWriter(folder, "messages") as table:
        for records in packer.packed():
            for place, found in buckets.add(records["message"], records):
                start = place * size
                whole = merged(found, start, min(size, n - start))
                talk_of[start : start + len(whole)] = whole["conversation_id"]
                visibilities[start : start + len(whole)] = whole["visibility"]
                for chunk in range(0, len(whole), CHUNK_ROWS):
                    some = whole[chunk : chunk + CHUNK_ROWS]
                    table.write(unpacked(some, packer.words, author_of))
                if place % _EVERY == 0:
                    give_back()
    return Written(talk_of, visibilities, packer.words.of("visibility"))
