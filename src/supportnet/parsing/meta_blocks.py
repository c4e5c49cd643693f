"""Rows of Messenger and Instagram by the thousand: which of them are plain talk, as columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from supportnet.archive import Block, Fields
from supportnet.archive.columns import allowed, filled, texts, whole_numbers
from supportnet.parsing.meta_threads import Row
from supportnet.parsing.meta_words import WHOLE_STARTS
from supportnet.parsing.times import MIN_US
from supportnet.privacy import bytes_of
from supportnet.privacy.jit import compiled

__all__ = ["FIELDS", "Reactions", "RowBlock", "Shares", "may_be_wording"]

Bytes: TypeAlias = npt.NDArray[np.uint8]
Marks: TypeAlias = npt.NDArray[np.bool_]
Ints: TypeAlias = npt.NDArray[np.int64]

# First bytes of the values that a row may hold: 0 where the field is absent.
_NONE: Final = b"\0n"
_TEXT: Final = b'\0n"'
_NUMBER: Final = b"\0n-0123456789"
_TRUTH: Final = b"\0ntf"
_FALSE: Final = b"\0nf"
_LIST: Final = b"\0n["
_HELD: Final = b"\0n[{"
_ANY: Final = bytes(range(256))
# What each field may be in a row at all, and what it may be in a row of plain talk.
_ALLOWED: Final = {
    "sender_name": (_TEXT, b'"'),
    "timestamp_ms": (_NUMBER, b"0123456789"),
    "content": (_TEXT, _TEXT),
    "type": (_TEXT, _TEXT),
    "reactions": (_LIST, _LIST),
    "photos": (_ANY, _HELD),
    "videos": (_ANY, _HELD),
    "audio_files": (_ANY, _HELD),
    "gifs": (_ANY, _HELD),
    "files": (_ANY, _HELD),
    "sticker": (_ANY, _HELD),
    "share": (_ANY, b"\0n{"),
    "share.link": (_ANY, _ANY),
    "share.original_content_owner": (_ANY, _ANY),
    "call_duration": (_ANY, _NONE),
    "missed": (_TRUTH, _FALSE),
    "users": (_LIST, _NONE),
    "is_unsent": (_TRUTH, _FALSE),
    "is_taken_down": (_TRUTH, _FALSE),
    "timestamp": (_NUMBER, _NONE),
}
_CARRIERS: Final = ("photos", "videos", "audio_files", "gifs", "files", "sticker", "share")
FIELDS: Final = Fields(_ALLOWED)
_STORY: Final = "instagram.com/stories/"
# "Generic" and "Share" in their quotes; any other row is read by itself.
_TALK_SIZES: Final = (9, 7)


def _table(which: int) -> Marks:
    """Return, for each field in the order of FIELDS, which first bytes are allowed."""
    table = np.zeros((len(FIELDS), 256), np.bool_)
    for name, first in _ALLOWED.items():
        table[FIELDS.place(name), list(first[which])] = True
    return table


_TYPED, _PLAIN = _table(0), _table(1)
# A reaction of the common form: a word and a name, no time.
_GIVEN: Final = Fields(("reaction", "actor", "timestamp"))
_COMMON = np.zeros((len(_GIVEN), 256), np.bool_)
for _name, _bytes in (("reaction", b'"'), ("actor", b'"'), ("timestamp", _NONE)):
    _COMMON[_GIVEN.place(_name), list(_bytes)] = True


class Shares(NamedTuple):
    """Shared content in plain rows: who made it, as far as told, and how many are stories."""

    rows: Ints
    owners: list[str | None]
    stories: int


class Reactions(NamedTuple):
    """Reactions to plain rows, in order: the row, and the numbers of words and actors as written.

    Words have their letters put right, actors have not.
    """

    rows: Ints
    word: Ints
    words: list[str]
    actor: Ints
    actors: list[str]


class RowBlock:
    """Rows of one block.

    Parameters
    ----------
    block
        From the stream, with `FIELDS` located.

    Attributes
    ----------
    usable
        Rows whose fields have the types they should have and whose sender can be read here.
    senders, sender
        Names as written, each once, and the number of each row's; only where `usable`.
    """

    def __init__(self, block: Block) -> None:
        self._block = block
        self._kinds = block.kinds()
        self.usable: Marks = allowed(self._kinds, _TYPED) & block.plain
        names = texts(block.data, block.spans("sender_name"), self.usable).dictionary_encode()
        self.senders: list[str] = names.dictionary.to_pylist()
        self.sender: Ints = names.indices.to_numpy()

    def __len__(self) -> int:
        return len(self.usable)

    def _is(self, name: str, byte: str) -> Marks:
        """Tell in which rows the value of a field begins with a byte."""
        found: Marks = self._kinds[:, FIELDS.place(name)] == ord(byte)
        return found

    def names(self, limit: int) -> set[str]:
        """Return who wrote the first rows, names as written."""
        known = self.usable[:limit]
        found = {self.senders[number] for number in np.unique(self.sender[:limit][known])}
        rest = self.rows(np.flatnonzero(~known))
        found |= {row.sender_name for row in rest if type(row) is Row and row.sender_name}
        return found - {""}

    def rows(self, which: Ints) -> Iterable[Any]:
        """Return some rows as the stream would have handed them out."""
        return self._block.values(which) if len(which) else ()

    def plain(self) -> Marks:
        """Return which rows may be plain talk, as far as their kinds of values tell."""
        return self.usable & allowed(self._kinds, _PLAIN) & self._talks()

    def _talks(self) -> Marks:
        """Tell which rows have no type, or one of as many letters as those of talk have."""
        spans = self._block.spans("type")
        sizes = spans[:, 1] - spans[:, 0]
        return ~self._is("type", '"') | np.isin(sizes, _TALK_SIZES)

    def times(self, plain: Marks, latest: int) -> Ints:
        """Return times in µs; rows without a believable one are taken out of `plain`."""
        times, good = np.empty(len(self), np.int64), np.empty(len(self), np.bool_)
        whole_numbers(self._block.data, self._block.spans("timestamp_ms"), times, good)
        # Compared before it is multiplied: a number may have nineteen digits.
        plain &= good & (times >= MIN_US // 1000) & (times <= latest // 1000)
        return np.where(plain, times, 0) * 1000

    def texts(self, plain: Marks) -> pa.Array:
        """Return texts, letters put right, null where something else was sent.

        Rows with neither, or with a text that is not sound, are taken out of `plain`.
        """
        written = self._is("content", '"')
        good = plain & written
        found = texts(self._block.data, self._block.spans("content"), good, mend=True)
        good &= pc.binary_length(found).to_numpy() > 0
        bare = plain & ~written
        if bare.any():
            bare &= self._carries() & ~self._is_call(bare)
            found = pc.if_else(pa.array(good), found, pa.scalar(None, pa.string()))
        plain &= good | bare
        return found

    def _carries(self) -> Marks:
        """Tell which rows carry a picture, a film, a sound, a file or a shared post."""
        carried = np.zeros(len(self), np.bool_)
        for name in _CARRIERS:
            carried |= filled(self._block.data, self._block.spans(name))
        return carried

    def _is_call(self, rows: Marks) -> Marks:
        """Tell which of some rows say that they are a call, or say it in a way not read here."""
        typed = rows & self._is("type", '"')
        good = typed.copy()
        found = texts(self._block.data, self._block.spans("type"), good)
        calls: Marks = pc.equal(found, "Call").to_numpy(zero_copy_only=False)
        return (typed & ~good) | calls

    def says_unsent(self, plain: Marks) -> bool:
        """Tell whether a plain row says of itself that it was not taken back."""
        return bool((plain & self._is("is_unsent", "f")).any())

    def shares(self, plain: Marks) -> Shares:
        """Return what plain rows share; those that cannot be read here are taken out of `plain`."""
        shared = plain & filled(self._block.data, self._block.spans("share"))
        if not shared.any():
            return Shares(np.zeros(0, np.int64), [], 0)
        columns = []
        for name in ("share.link", "share.original_content_owner"):
            written = shared & self._is(name, '"')
            good = written.copy()
            columns.append(texts(self._block.data, self._block.spans(name), good))
            plain &= good | ~written
            shared &= plain
        rows = np.flatnonzero(shared)
        links, owners = (column.take(pa.array(rows)) for column in columns)
        stories = pc.sum(pc.match_substring(links, _STORY)).as_py() or 0
        return Shares(rows, [owner or None for owner in owners.to_pylist()], stories)

    def reactions(self, plain: Marks) -> Reactions:
        """Return the reactions to plain rows; `plain` loses those whose cannot be read here."""
        block = self._block
        rows = np.flatnonzero(plain & filled(block.data, block.spans("reactions")))
        if not len(rows):
            return Reactions(rows, rows, [], rows, [])
        found, owner = block.inside("reactions", rows, _GIVEN)
        common = allowed(found.kinds(), _COMMON) & found.plain
        words = texts(found.data, found.spans("reaction"), common, mend=True).dictionary_encode()
        actors = texts(found.data, found.spans("actor"), common).dictionary_encode()
        odd = np.unique(owner[~common])
        plain[rows[odd]] = False
        good = ~np.isin(owner, odd)
        return Reactions(
            rows[owner[good]],
            words.indices.to_numpy()[good],
            words.dictionary.to_pylist(),
            actors.indices.to_numpy()[good],
            actors.dictionary.to_pylist(),
        )


def may_be_wording(found: pa.Array, starts: Iterable[tuple[str, ...]]) -> Ints:
    """Return the rows of texts that begin like those that the app itself writes.

    Parameters
    ----------
    found
        Texts, letters put right.
    starts
        How texts about each person begin.
    """
    begins = {start.encode() for listed in (WHOLE_STARTS, *starts) for start in listed}
    words = sorted(begin for begin in begins if begin)
    ends = np.cumsum([0, *map(len, words)])
    data, places = bytes_of(found)
    marks = np.zeros(len(found), np.bool_)
    _begins(data, places, np.frombuffer(b"".join(words), np.uint8), ends, marks)
    return np.flatnonzero(marks)


@compiled
def _begins(data: Bytes, places: Ints, words: Bytes, ends: Ints, marks: Marks) -> None:
    """Mark the texts that begin with one of some words."""
    first = np.zeros(256, np.bool_)
    for word in range(len(ends) - 1):
        first[words[ends[word]]] = True
    for i in range(len(places) - 1):
        start, size = places[i], places[i + 1] - places[i]
        if size == 0 or not first[data[start]]:
            continue
        for word in range(len(ends) - 1):
            length = ends[word + 1] - ends[word]
            same = length <= size
            for at in range(length if same else 0):
                same &= data[start + at] == words[ends[word] + at]
            marks[i] |= same
