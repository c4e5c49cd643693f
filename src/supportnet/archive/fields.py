"""Find some fields of many JSON objects without making Python objects of them.

Each element of an array is walked once, and where the value of each wanted field begins and ends is
written down. An element is *plain* when all of it is sound
JSON of the common kind. Whatever is unusual (an escape in a key, a field written twice, a number
with a point or an exponent, damage of any kind) makes it *odd*: then nothing is said about it and
the patient decoder reads it. So a plain element never means anything else than what that decoder
would have found.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from supportnet.archive.scanner import IN_CONTAINER, STATE, scan
from supportnet.privacy.jit import bare, compiled

__all__ = ["Fields", "locate"]

Bytes: TypeAlias = npt.NDArray[np.uint8]
Ints: TypeAlias = npt.NDArray[np.int64]
Places: TypeAlias = npt.NDArray[np.int32]
Marks: TypeAlias = npt.NDArray[np.bool_]

_DEEPEST = 16
_LONGEST_NUMBER = 18  # digits that fit 64 bits whatever they are
_QUOTE, _BACKSLASH, _COLON, _COMMA, _MINUS, _ZERO = b'"\\:,-0'
_LIST, _LIST_END, _OBJECT, _OBJECT_END = b"[]{}"
_ESCAPES = np.zeros(256, np.bool_)
_ESCAPES[list(b'"\\/bfnrt')] = True
_HEX = np.zeros(256, np.bool_)
_HEX[list(b"0123456789abcdefABCDEF")] = True
_BLANK = np.zeros(256, np.bool_)
_BLANK[list(b" \t\r\n")] = True
# Bytes inside a string that need no second look.
_CALM = np.ones(256, np.bool_)
_CALM[:32] = False
_CALM[[_QUOTE, _BACKSLASH]] = False
_ROOT, _NOWHERE = -1, -2
_I = np.uint64  # an index that cannot count from the end: one test less


class Tree(NamedTuple):
    """Wanted fields as arrays.

    Attributes
    ----------
    keys, ends
        Bytes of all keys one behind the other, and where each ends (0 stands before the first).
    below
        Numbers of the first field below each and of the first behind these; the last row is that
        of the element itself.
    """

    keys: Bytes
    ends: Ints
    below: Ints


class Fields:
    """Name the fields that are wanted of each element.

    Parameters
    ----------
    paths
        Keys joined by dots: `"sender_name"`, `"entities.urls"`.

    Attributes
    ----------
    tree
        The same as arrays, for the machine code.

    Examples
    --------
    >>> fields = Fields(["id", "user.name"])
    >>> fields.place("id"), fields.place("user"), fields.place("user.name")
    (0, 1, 2)
    """

    def __init__(self, paths: Iterable[str]) -> None:
        steps = dict.fromkeys(
            tuple(path.split(".")[:depth])
            for path in paths
            for depth in range(1, path.count(".") + 2)
        )
        # Fields below one field get consecutive numbers.
        listed = sorted(steps, key=lambda step: (len(step), step[:-1]))
        self._places = {".".join(step): number for number, step in enumerate(listed)}
        below = np.zeros((len(listed) + 1, 2), np.int64)
        for number, step in enumerate(listed):
            above = self._places[".".join(step[:-1])] if len(step) > 1 else len(listed)
            below[above] = below[above, 0] if below[above, 1] else number, number + 1
        keys = [step[-1].encode() for step in listed]
        ends = np.cumsum([0, *map(len, keys)]).astype(np.int64)
        self.tree = Tree(np.frombuffer(b"".join(keys), np.uint8), ends, below)

    def place(self, path: str) -> int:
        """Return the number of a field, by which its column is found."""
        return self._places[path]

    def __len__(self) -> int:
        return len(self._places)


@bare
def _past_blanks(buffer: Bytes, at: int, end: int) -> int:
    """Return the place of the next byte that is not blank."""
    while at < end and _BLANK[buffer[_I(at)]]:
        at += 1
    return at


@bare
def _string_end(buffer: Bytes, at: int, end: int) -> tuple[int, bool]:
    """Return the place behind the string that begins at a quote, -1 when it is unsound.

    The second value tells whether an escape stands in it.
    """
    escaped = False
    at += 1
    while True:
        while at < end and _CALM[buffer[_I(at)]]:
            at += 1
        if at >= end:
            return -1, escaped
        if buffer[_I(at)] == _QUOTE:
            return at + 1, escaped
        at = _escape_end(buffer, at, end)
        if at < 0:
            return -1, escaped
        escaped = True


@bare
def _escape_end(buffer: Bytes, at: int, end: int) -> int:
    """Return the place behind an escape; -1 when none begins here or it is unsound."""
    if buffer[_I(at)] != _BACKSLASH or at + 1 >= end:
        return -1
    if _ESCAPES[buffer[_I(at + 1)]]:
        return at + 2
    if buffer[_I(at + 1)] != 117 or at + 6 > end:
        return -1
    sound = _HEX[buffer[_I(at + 2)]] and _HEX[buffer[_I(at + 3)]]
    sound = sound and _HEX[buffer[_I(at + 4)]] and _HEX[buffer[_I(at + 5)]]
    return at + 6 if sound else -1


@bare
def _is_word(buffer: Bytes, at: int, end: int, word: bytes) -> bool:
    """Tell whether a word stands at a place."""
    if at + len(word) > end:
        return False
    same = True
    for i in range(len(word)):
        same &= buffer[at + i] == word[i]
    return same


@bare
def _scalar_end(buffer: Bytes, at: int, end: int) -> int:
    """Return the place behind a whole number or a word such as true; -1 for anything else."""
    first = buffer[at]
    if first == 116:
        return at + 4 if _is_word(buffer, at, end, b"true") else -1
    if first == 110:
        return at + 4 if _is_word(buffer, at, end, b"null") else -1
    if first == 102:
        return at + 5 if _is_word(buffer, at, end, b"false") else -1
    at += first == _MINUS
    begin = at
    while at < end and 48 <= buffer[_I(at)] <= 57:
        at += 1
    digits = at - begin
    if digits == 0 or digits > _LONGEST_NUMBER or (digits > 1 and buffer[begin] == _ZERO):
        return -1
    if at < end and (buffer[at] == 46 or buffer[at] | 0x20 == 101):
        return -1
    return at


@bare
def _field_of(
    buffer: Bytes, begin: int, size: int, above: int, keys: Bytes, stops: Ints, below: Ints
) -> int:
    """Return the number of the wanted field of a key; `_NOWHERE` when it is not wanted."""
    if above == _NOWHERE:
        return _NOWHERE
    for field in range(below[above, 0], below[above, 1]):
        start = stops[field]
        if stops[field + 1] - start == size:
            same = True
            for i in range(size):
                if buffer[_I(begin + i)] != keys[_I(start + i)]:
                    same = False
                    break
            if same:
                return field
    return _NOWHERE


@bare
def _key(
    buffer: Bytes, at: int, end: int, above: int, keys: Bytes, stops: Ints, below: Ints
) -> tuple[int, int]:
    """Read a key and its colon; return the place of the value (-1 when odd) and the field."""
    if at >= end or buffer[at] != _QUOTE:
        return -1, _NOWHERE
    stop, escaped = _string_end(buffer, at, end)
    if stop < 0 or escaped:
        return -1, _NOWHERE
    field = _field_of(buffer, at + 1, stop - at - 2, above, keys, stops, below)
    at = _past_blanks(buffer, stop, end)
    if at >= end or buffer[at] != _COLON:
        return -1, _NOWHERE
    return _past_blanks(buffer, at + 1, end), field


@bare
def _walk(
    buffer: Bytes,
    at: int,
    caps: Ints,
    keys: Bytes,
    stops: Ints,
    below: Ints,
    spans: Places,
    row: int,
    open_: Ints,
) -> int:
    """Walk through one element; note spans of wanted fields.

    Return the place behind it, -1 when it is odd or cut off. `open_` holds, for each container
    that is open, its field and whether it is an object.
    """
    depth, field, start, end = 0, _ROOT, at, len(buffer)
    at = _past_blanks(buffer, at, end)
    if at >= end or buffer[at] != _OBJECT:
        return -1
    while at < end:
        # A value begins here.
        byte = buffer[at]
        if field >= 0:
            if spans[row, field, 0] >= 0:
                return -1
            spans[row, field, 0] = at
        if byte in (_OBJECT, _LIST):
            if depth >= min(_DEEPEST, caps[0]):
                return -1
            open_[depth, 0], open_[depth, 1] = field, byte == _OBJECT
            depth += 1
            at = _past_blanks(buffer, at + 1, end)
            if at < end and buffer[at] != byte + 2:
                field = _NOWHERE
                if byte == _OBJECT:
                    at, field = _key(buffer, at, end, open_[depth - 1, 0], keys, stops, below)
                    if at < 0:
                        return -1
                continue
        else:
            begin = at
            at = _string_end(buffer, at, end)[0] if byte == _QUOTE else _scalar_end(buffer, at, end)
            if at < 0 or at - begin > caps[1]:
                return -1
            if field >= 0:
                spans[row, field, 1] = at
        at, depth, field = _after(buffer, at, depth, keys, stops, below, spans, row, open_)
        if depth <= 0:
            # As many values as bytes would be needed to have too many.
            return at if depth == 0 and at - start <= caps[2] else -1
    return -1


@bare
def _after(
    buffer: Bytes,
    at: int,
    depth: int,
    keys: Bytes,
    stops: Ints,
    below: Ints,
    spans: Places,
    row: int,
    open_: Ints,
) -> tuple[int, int, int]:
    """Pass what stands behind a value: ends of containers, a comma, the next key.

    Return the place of the next value, the depth (0 at the end, -1 when odd) and its field.
    """
    end = len(buffer)
    while depth > 0:
        at = _past_blanks(buffer, at, end)
        if at >= end:
            return at, -1, _NOWHERE
        above, is_object = open_[depth - 1, 0], open_[depth - 1, 1] != 0
        if buffer[at] == _COMMA:
            at = _past_blanks(buffer, at + 1, end)
            field = _NOWHERE
            if is_object:
                at, field = _key(buffer, at, end, above, keys, stops, below)
            return at, depth if at >= 0 else -1, field
        if buffer[at] != (_OBJECT_END if is_object else _LIST_END):
            return at, -1, _NOWHERE
        at += 1
        depth -= 1
        if above >= 0:
            spans[row, above, 1] = at
    return _past_blanks(buffer, at, end), 0, _NOWHERE


@compiled
def locate(
    buffer: Bytes,
    start: int,
    caps: Ints,
    tree: Tree,
    ends: Ints,
    flags: Ints,
    spans: Places,
    plain: Marks,
) -> tuple[int, int, bool]:
    """Find the wanted fields of the elements of an array.

    Parameters
    ----------
    buffer, start
        A piece of the file, and where an element begins in it.
    caps
        As for the scanner, which finds the ends of odd elements.
    tree
        The wanted fields.
    ends, flags
        Filled with where each element ends and what the scanner found wrong with it.
    spans
        Filled with where the value of each field begins and ends; -1 where it is absent.
    plain
        Filled with whether the element is plain; spans of the others mean nothing.

    Returns
    -------
    tuple of (int, int, bool)
        Number of elements, where to go on, and whether the array is closed. An element that the
        piece cuts off is left for the next call.
    """
    open_, state = np.zeros((_DEEPEST, 2), np.int64), np.zeros(STATE, np.int64)
    keys, stops, below = tree
    at, end, count = start, len(buffer), 0
    while count < len(ends):
        spans[count] = -1
        place = _walk(buffer, at, caps, keys, stops, below, spans, count, open_)
        closed = place >= 0 and place < end and buffer[place] == _LIST_END
        plain[count] = closed or (place >= 0 and place < end and buffer[place] == _COMMA)
        if plain[count]:
            ends[count], flags[count] = place, 0
        else:
            state[:] = 0
            found, place, closed = scan(
                buffer, at, state, caps, IN_CONTAINER, _LIST_END, ends[count : count + 1],
                flags[count : count + 1],
            )  # fmt: skip
            if found == 0:
                return count, place if closed else at, closed
            place = ends[count]
        at = place + 1
        count += 1
        if closed:
            return count, at, True
    return count, at, False
