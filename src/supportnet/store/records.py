"""Message rows between parts and table: packed side by side, merged by message, unpacked.

A packed row holds every field of the table next to each other, so that rows are moved whole; bit
i of `known` says whether field i of `_FIELDS` is not null.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa

from supportnet.schema import BUILD_TABLES
from supportnet.store.columns import Array, key_values, values_of, word_codes

__all__ = [
    "RECORD",
    "TAKEN_OVER",
    "WORDS",
    "Words",
    "blank",
    "fill",
    "merged",
    "set_known",
    "unpacked",
]

# What is taken over from the parts as it stands.
WORDS: Final = ("kind", "original_kind", "visibility", "visibility_raw", "lang")
_PLAIN: Final = (
    ("seq", np.int64),
    ("t_us", np.int64),
    ("audience_size", np.int32),
    ("n_chars", np.int32),
    ("n_words", np.int32),
    ("n_emoji", np.int32),
    ("time_note", np.int16),
    ("edited", np.bool_),
    ("has_question", np.bool_),
    ("has_link", np.bool_),
)
# Messages that a row points at: known where there is a key, -1 where the message is not there.
_POINTERS: Final = ("reply_to", "root", "target_message")
_POINTED: Final = {
    "reply_author": "reply_to",
    "root_author": "root",
    "target_author": "target_message",
}
_PERSONS: Final = ("reply_author", "root_author", "target_author", "wall_owner")
_OWN: Final = (("native_key", "V16"), ("conversation_id", np.int32), ("author_id", np.int32))

RECORD: Final = np.dtype(
    [
        ("message", np.int64),
        ("known", np.uint32),
        ("turn", np.int32),
        *_OWN,
        *((name, np.int64) for name in _POINTERS),
        *((name, np.int32) for name in (*_PERSONS, *WORDS)),
        *_PLAIN,
    ],
    align=True,
)
# The same rows as opaque bytes: moved whole, which is some ten times as fast as by field.
_WHOLE: Final = np.dtype(f"V{RECORD.itemsize}")
TAKEN_OVER: Final = (*WORDS, *(name for name, _ in _PLAIN))
_FIELDS: Final = RECORD.names[3:] if RECORD.names else ()
_BIT: Final = {name: np.uint32(1 << i) for i, name in enumerate(_FIELDS)}


class Words:
    """The distinct texts met so far in each column of words."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, int]] = {name: {} for name in WORDS}

    def code(self, name: str, column: pa.Array) -> Array:
        """Return each row's number of its word; -1 for null."""
        return word_codes(column, self._known[name])

    def of(self, name: str) -> list[str]:
        """Return the words of one column in the order of their numbers."""
        return list(self._known[name])

    def column(self, name: str, codes: Array, absent: Array | None) -> pa.Array:
        """Return words for their numbers."""
        indices = pa.array(codes, mask=absent)
        return pa.DictionaryArray.from_arrays(indices, pa.array(self.of(name), pa.string()))


def blank(n: int) -> Array:
    """Return rows of which nothing is known."""
    return np.zeros(n, RECORD)


def set_known(records: Array, name: str, values: Array, is_known: Array | None = None) -> None:
    """Set one field of the rows, and which of them have it (all, by default)."""
    records[name] = values
    if is_known is None:
        records["known"] |= _BIT[name]
    else:
        records["known"] |= np.where(is_known, _BIT[name], np.uint32(0))


def fill(records: Array, batch: pa.RecordBatch, words: Words) -> None:
    """Set all fields that are taken over as they stand."""
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        if name not in _BIT or name in _PERSONS or column.null_count == len(column):
            continue
        is_known = None
        if column.null_count:
            is_known = column.is_valid().to_numpy(zero_copy_only=False)
        if name in WORDS:
            set_known(records, name, words.code(name, column), is_known)
        elif name == "native_key":
            keys = np.ascontiguousarray(key_values(column)[0]).view("V16").ravel()
            set_known(records, name, keys, is_known)
        else:
            set_known(records, name, values_of(column, 0), is_known)


def merged(found: list[Array], start: int, n: int) -> Array:
    """Return the messages `start` to `start + n`, one row each, in order.

    Parameters
    ----------
    found
        All rows of these messages; the row of turn 0 comes once per message. The list is emptied.
    """
    if len(found) == 1 and len(found[0]) == n and bool((np.diff(found[0]["message"]) == 1).all()):
        return found.pop()
    whole = np.empty(n, RECORD)
    later = []
    while found:
        rows = found.pop()
        is_first = rows["turn"] == 0
        if not is_first.all():
            later.append(rows.take(np.flatnonzero(~is_first)))
            rows = rows.take(np.flatnonzero(is_first))
        whole.view(_WHOLE)[rows["message"] - start] = rows.view(_WHOLE)
    if later:
        _fill_nulls(whole, np.concatenate(later), start)
    return whole


def _fill_nulls(whole: Array, later: Array, start: int) -> None:
    """Take from later copies what the first one lacks; the earlier of two turns comes first."""
    for turn in range(1, int(later["turn"].max()) + 1):
        rows = later.take(np.flatnonzero(later["turn"] == turn))
        at = rows["message"] - start
        for name, bit in _BIT.items():
            is_new = ((rows["known"] & bit) != 0) & ((whole["known"][at] & bit) == 0)
            if is_new.any():
                whole[name][at[is_new]] = rows[name][is_new]
                whole["known"][at[is_new]] |= bit


def unpacked(records: Array, words: Words, author_of: Array) -> pa.Table:
    """Return rows of table `messages`.

    Parameters
    ----------
    records
        One row per message, in order.
    words
        The words of the rows' codes.
    author_of
        Author of every message of the dataset.
    """
    columns: dict[str, pa.Array] = {}
    n = len(records)
    lacking = _Lacking(records["known"])
    for field in BUILD_TABLES["messages"]:
        name = field.name
        if name == "message_id":
            columns[name] = pa.array(np.ascontiguousarray(records["message"]))
        elif name == "native_key":
            data = pa.py_buffer(np.ascontiguousarray(records[name]).view(np.uint8))
            columns[name] = pa.FixedSizeBinaryArray.from_buffers(field.type, n, [None, data])
        elif name == "reply_basis":
            mask = lacking.of("reply_to")
            codes = np.zeros(n, np.int32) if mask is None else mask.astype(np.int32)
            columns[name] = pa.DictionaryArray.from_arrays(codes, ["explicit", "none"])
        elif name in _POINTED:
            columns[name] = _person_column(records, name, lacking, author_of)
        elif lacking.all(name):
            columns[name] = pa.nulls(n, field.type)
        else:
            values, mask = np.ascontiguousarray(records[name]), lacking.of(name)
            if name in WORDS:
                columns[name] = words.column(name, values, mask)
            else:
                if name in _POINTERS:
                    mask = values < 0 if mask is None else mask | (values < 0)
                columns[name] = pa.array(values, field.type, mask=mask)
    return pa.table(columns)


class _Lacking:
    """Tell which rows lack a field."""

    def __init__(self, known: Array) -> None:
        self._known = np.ascontiguousarray(known)
        self._in_all = np.bitwise_and.reduce(self._known)
        self._in_any = np.bitwise_or.reduce(self._known)

    def all(self, name: str) -> bool:
        """Tell whether every row lacks it."""
        return not self._in_any & _BIT[name]

    def of(self, name: str) -> Array | None:
        """Return which rows lack it; None when no row does."""
        if self._in_all & _BIT[name]:
            return None
        lacking: Array = (self._known & _BIT[name]) == 0
        return lacking


def _person_column(records: Array, name: str, lacking: _Lacking, author_of: Array) -> pa.Array:
    """Return who is pointed at: as the record says, else the author of the message pointed at."""
    pointer = _POINTED[name]
    if lacking.all(name) and lacking.all(pointer):
        return pa.nulls(len(records), pa.int32())
    values = np.ascontiguousarray(records[name])
    mask = lacking.of(name)
    if mask is None:
        return pa.array(values)
    messages, has_none = records[pointer], lacking.of(pointer)
    is_open = mask & (messages >= 0) if has_none is None else mask & (messages >= 0) & ~has_none
    values[is_open] = author_of[messages[is_open]]
    return pa.array(values, mask=mask & ~is_open)
