"""Whom tweets answer and name, for the thousands that say it in the common way."""

from __future__ import annotations

from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from supportnet.archive import Block, Fields
from supportnet.archive.columns import allowed, texts, whole_numbers
from supportnet.importers.twitter.people import People
from supportnet.importers.twitter.table import PostTable
from supportnet.privacy import bytes_of
from supportnet.privacy.digests import is_blank
from supportnet.privacy.jit import bare, compiled

__all__ = ["HANDLE", "Named", "accounts_of", "lead_ends", "mentions_in", "speaks_of"]

Bytes: TypeAlias = npt.NDArray[np.uint8]
Places: TypeAlias = npt.NDArray[np.int32]
Marks: TypeAlias = npt.NDArray[np.bool_]
Ints: TypeAlias = npt.NDArray[np.int64]

FIELDS: Final = Fields(("id_str", "screen_name", "indices"))
HANDLE: Final = "^[A-Za-z0-9_]{1,20}$"
_LONGEST_PLACE = 9  # digits
_AT, _QUOTE, _BACKSLASH = b'@"\\'
_ODD = -1


def _table() -> Marks:
    """Return which first bytes the fields of a common mention have."""
    table = np.zeros((len(FIELDS), 256), np.bool_)
    for name, byte in (("id_str", '"'), ("screen_name", '"'), ("indices", "[")):
        table[FIELDS.place(name), ord(byte)] = True
    return table


_COMMON = _table()


class Named(NamedTuple):
    """Mentions of the common form, in order.

    Attributes
    ----------
    rows, places
        The tweet, and where in its text the mention stands.
    idents, handles
        Account number and handle.
    """

    rows: Ints
    places: Ints
    idents: Ints
    handles: pa.Array


def mentions_in(block: Block, path: str, rows: Ints) -> tuple[Named, Ints]:
    """Read the mention entities of some tweets.

    Parameters
    ----------
    block, path
        Where the lists of entities stand.
    rows
        Tweets whose list is not empty.

    Returns
    -------
    tuple of (Named, numpy.ndarray)
        The mentions, and the rows of tweets with a mention of another form, which have none.
    """
    inner, owner = block.inside(path, rows, FIELDS)
    good = allowed(inner.kinds(), _COMMON) & inner.plain
    idents, sound = np.empty(len(inner), np.int64), np.empty(len(inner), np.bool_)
    whole_numbers(inner.data, inner.spans("id_str"), idents, sound)
    good &= sound & (idents > 0)
    handles = texts(inner.data, inner.spans("screen_name"), good)
    good &= pc.match_substring_regex(handles, HANDLE).to_numpy(zero_copy_only=False)
    places = _first_places(inner.data, inner.spans("indices"))
    good &= places >= 0
    odd = np.unique(owner[~good])
    kept = ~np.isin(owner, odd)
    found = Named(rows[owner[kept]], places[kept], idents[kept], handles.filter(pa.array(kept)))
    return found, rows[odd]


@compiled
def _first_places(buffer: Bytes, spans: Places) -> Ints:
    """Return the first number of each list such as `["0", "11"]`; `_ODD` for another form."""
    out = np.full(len(spans), _ODD, np.int64)
    for i in range(len(spans)):
        at, end = spans[i, 0] + 1, spans[i, 1]
        while at < end and buffer[at] <= 32:
            at += 1
        quoted = at < end and buffer[at] == _QUOTE
        at += quoted
        begin, value = at, 0
        while at < end and 48 <= buffer[at] <= 57 and at - begin <= _LONGEST_PLACE:
            value = value * 10 + int(buffer[at]) - 48
            at += 1
        if 0 < at - begin <= _LONGEST_PLACE and at < end and (buffer[at] == _QUOTE) == quoted:
            out[i] = value
    return out


@compiled
def _lead_ends(data: Bytes, places: Ints, rows: Ints, out: Ints) -> None:
    """Find where the run of handles ends with which texts begin."""
    for n in range(len(rows)):
        start, end = places[rows[n]], places[rows[n] + 1]
        out[n] = _lead_end(data, start, end)


@bare
def _lead_end(data: Bytes, start: int, end: int) -> int:
    """Return where the leading run of handles ends; `_ODD` where a wide blank stands in it."""
    at = start
    while at < end and data[at] == _AT:
        stop = at + 1
        while stop < end and _is_letter(data[stop]):
            stop += 1
        if stop == at + 1:
            break
        after = stop
        while after < end and is_blank(data, after, 1):
            after += 1
        if after < end and data[after] >= 0xC2:
            size = 2 if data[after] < 0xE0 else 3 if data[after] < 0xF0 else 4
            if is_blank(data, after, size):
                return _ODD
        if after == stop and stop < end:
            break
        at = after
    return at - start


@bare
def _is_letter(byte: int) -> bool:
    """Tell whether a byte may stand in a handle."""
    lower = byte | 0x20
    return 97 <= lower <= 122 or 48 <= byte <= 57 or byte == 95


def lead_ends(words: pa.Array, rows: Ints) -> Ints:
    """Return where the run of handles ends with which some texts begin, as `lead_end` does.

    It is -1 where only that function can tell.
    """
    data, places = bytes_of(words)
    out = np.empty(len(rows), np.int64)
    _lead_ends(data, places, rows, out)
    return out


@compiled
def speaks_of(buffer: Bytes, spans: Places, word: bytes) -> Marks:
    """Tell in which values a word of small letters may stand, in letters of any size."""
    out = np.zeros(len(spans), np.bool_)
    for i in range(len(spans)):
        for at in range(max(spans[i, 0], 0), spans[i, 1]):
            if buffer[at] == _BACKSLASH:
                out[i] = True  # it may stand there in disguise
            elif buffer[at] | 0x20 == word[0] and at + len(word) <= spans[i, 1]:
                same = True
                for k in range(len(word)):
                    same &= buffer[at + k] | 0x20 == word[k]
                out[i] |= same
    return out


def accounts_of(idents: Ints, handles: pa.Array, people: People, table: PostTable) -> Ints:
    """Return the numbers of accounts that tweets name by id and, where not null, by handle."""
    if not len(idents):
        return np.zeros(0, np.int64)
    known = handles.dictionary_encode()
    words = [*known.dictionary.to_pylist(), None]
    spoken = known.indices.fill_null(len(words) - 1).to_numpy()
    numbers, ident = np.unique(idents, return_inverse=True)
    pairs, pair = np.unique(ident * len(words) + spoken, return_inverse=True)
    accounts = [
        table.number(people.named(str(number), words[word]))
        for number, word in zip(
            numbers[pairs // len(words)].tolist(), (pairs % len(words)).tolist(), strict=True
        )
    ]
    return np.array(accounts, np.int64)[pair]
