"""Turn located fields into columns: whole numbers, texts, and which of a few words stands there.

Every function also tells which rows it could not read; those are left to the patient decoder.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from supportnet.privacy.jit import bare, compiled

__all__ = ["allowed", "filled", "first_bytes", "several", "texts", "whole_numbers"]

Bytes: TypeAlias = npt.NDArray[np.uint8]
Ints: TypeAlias = npt.NDArray[np.int64]
Places: TypeAlias = npt.NDArray[np.int32]
Marks: TypeAlias = npt.NDArray[np.bool_]

_QUOTE, _BACKSLASH, _MINUS, _U = b'"\\-u'
_MEANS = np.zeros(256, np.uint8)  # what the letter behind a backslash stands for
_MEANS[list(b'"\\/bfnrt')] = list(b'"\\/\b\f\n\r\t')
_NO_POINT = -1


@compiled
def first_bytes(buffer: Bytes, spans: Places) -> Bytes:
    """Return the first byte of each value of each field; 0 where the field is absent."""
    out = np.zeros(spans.shape[:2], np.uint8)
    for i in range(spans.shape[0]):
        for field in range(spans.shape[1]):
            if spans[i, field, 0] >= 0:
                out[i, field] = buffer[spans[i, field, 0]]
    return out


@compiled
def allowed(kinds: Bytes, table: Marks) -> Marks:
    """Tell in which rows every field begins with a byte that a table allows for it."""
    out = np.ones(len(kinds), np.bool_)
    for i in range(kinds.shape[0]):
        for field in range(kinds.shape[1]):
            out[i] &= table[field, kinds[i, field]]
    return out


@compiled
def filled(buffer: Bytes, spans: Places) -> Marks:
    """Tell which values are lists or objects that hold something."""
    out = np.zeros(len(spans), np.bool_)
    for i in range(len(spans)):
        at, end = spans[i, 0], spans[i, 1] - 1
        if at >= 0 and (buffer[at] == 91 or buffer[at] == 123):
            for place in range(at + 1, end):
                out[i] |= buffer[place] > 32
                if out[i]:
                    break
    return out


@compiled
def several(buffer: Bytes, spans: Places) -> Marks:
    """Tell in which values a comma stands: lists of one number or word have none."""
    out = np.zeros(len(spans), np.bool_)
    for i in range(len(spans)):
        for place in range(max(spans[i, 0], 0), spans[i, 1]):
            out[i] |= buffer[place] == 44
    return out


@compiled
def whole_numbers(buffer: Bytes, spans: Places, numbers: Ints, good: Marks) -> None:
    """Read whole numbers, bare or in quotes, of at most 19 digits and a minus sign.

    Parameters
    ----------
    buffer, spans
        Where the values stand.
    numbers, good
        Filled with the numbers, and with whether there is one.
    """
    for i in range(len(spans)):
        at, end = spans[i, 0], spans[i, 1]
        numbers[i], good[i] = 0, False
        if at < 0:
            continue
        if buffer[at] == _QUOTE:
            at, end = at + 1, end - 1
        negative = at < end and buffer[at] == _MINUS
        at += negative
        if not 0 < end - at < 20:
            continue
        value, sound = np.uint64(0), True
        for place in range(at, end):
            digit = buffer[place] - 48
            sound &= 0 <= digit <= 9
            value = value * np.uint64(10) + np.uint64(digit & 15)
        if sound and value < np.uint64(2**63):
            numbers[i], good[i] = -np.int64(value) if negative else np.int64(value), True


@bare
def _hex4(buffer: Bytes, at: int) -> int:
    """Return the number that four hexadecimal digits write."""
    value = 0
    for place in range(at, at + 4):
        byte = int(buffer[place])
        value = value * 16 + (byte - 48 if byte <= 57 else (byte | 0x20) - 87)
    return value


@bare
def _put(out: Bytes, n: int, point: int) -> int:
    """Write a code point as UTF-8; return the place behind it."""
    if point < 0x80:
        out[n] = point
        return n + 1
    if point < 0x800:
        out[n], out[n + 1] = 0xC0 | (point >> 6), 0x80 | (point & 0x3F)
        return n + 2
    last, middle = 0x80 | (point & 0x3F), 0x80 | ((point >> 6) & 0x3F)
    if point < 0x10000:
        out[n], out[n + 1], out[n + 2] = 0xE0 | (point >> 12), middle, last
        return n + 3
    out[n], out[n + 1] = 0xF0 | (point >> 18), 0x80 | ((point >> 12) & 0x3F)
    out[n + 2], out[n + 3] = middle, last
    return n + 4


@bare
def _escaped(buffer: Bytes, at: int, end: int) -> tuple[int, int]:
    """Return the code point of the escape at a backslash, and the place behind it.

    The point is `_NO_POINT` for half a surrogate pair.
    """
    if buffer[at + 1] != _U:
        return int(_MEANS[buffer[at + 1]]), at + 2
    point = _hex4(buffer, at + 2)
    if not 0xD800 <= point < 0xE000:
        return point, at + 6
    pair = at + 12 <= end and buffer[at + 6] == _BACKSLASH and buffer[at + 7] == _U
    low = _hex4(buffer, at + 8) if pair else 0
    if point >= 0xDC00 or not 0xDC00 <= low < 0xE000:
        return _NO_POINT, at + 6
    return 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00), at + 12


@bare
def _is_utf8(data: Bytes, at: int, end: int) -> bool:
    """Tell whether bytes are sound UTF-8, by the rules of Python's own decoder."""
    while at < end:
        first = data[at]
        if first < 0x80:
            at += 1
            continue
        more = 1 if first < 0xE0 else 2 if first < 0xF0 else 3
        if first < 0xC2 or first > 0xF4 or at + more >= end:
            return False
        for place in range(at + 1, at + 1 + more):
            if data[place] & 0xC0 != 0x80:
                return False
        second = data[at + 1]
        too_long = (first == 0xE0 and second < 0xA0) or (first == 0xF0 and second < 0x90)
        too_far = (first == 0xED and second > 0x9F) or (first == 0xF4 and second > 0x8F)
        if too_long or too_far:
            return False
        at += more + 1
    return True


@bare
def _unescape(buffer: Bytes, at: int, end: int, mend: np.bool_, out: Bytes, n: int) -> int:
    """Write the text between two quotes as UTF-8; return the place behind it, -1 when odd.

    With `mend`, letters stand for bytes, and a letter beyond them makes the text odd.
    """
    begin, ascii_ = n, True
    while at < end:
        byte = buffer[at]
        if byte == _BACKSLASH:
            point, at = _escaped(buffer, at, end)
            if point == _NO_POINT or (mend and point > 0xFF):
                return -1
            if mend:
                out[n] = point
                n += 1
            else:
                n = _put(out, n, point)
            ascii_ &= point < 0x80
        else:
            if byte >= 0x80:
                if mend:
                    return -1
                ascii_ = False
            out[n] = byte
            n += 1
            at += 1
    return n if ascii_ or _is_utf8(out, begin, n) else -1


@compiled
def _texts(
    buffer: Bytes, spans: Places, wanted: Marks, mend: np.bool_, out: Bytes, ends: Places
) -> None:
    """Write all texts one behind the other; `wanted` is taken back where one is odd."""
    n = 0
    ends[0] = 0
    for i in range(len(spans)):
        if wanted[i]:
            at, end = spans[i, 0], spans[i, 1]
            wanted[i] = at >= 0 and buffer[at] == _QUOTE
            if wanted[i]:
                stop = _unescape(buffer, at + 1, end - 1, mend, out, n)
                wanted[i] = stop >= 0
                n = stop if stop >= 0 else n
        ends[i + 1] = n


def texts(buffer: Bytes, spans: Places, wanted: Marks, *, mend: bool = False) -> pa.Array:
    r"""Return texts with their escapes undone.

    Parameters
    ----------
    buffer, spans
        Where the values stand, as `locate` found them.
    wanted
        Rows to read; taken back where no text stands, or one that is not sound.
    mend
        Undo letters that stand for the bytes of UTF-8 (`caf\u00c3\u00a9`), as
        `supportnet.parsing.text.repair_mojibake` does. A text of which that would leave anything
        as it is, is odd.

    Returns
    -------
    pyarrow.Array
        Strings; empty where not `wanted`.
    """
    lengths = (spans[:, 1] - spans[:, 0])[wanted]
    out = np.empty(int(lengths[lengths > 0].sum()) + 1, np.uint8)
    ends = np.zeros(len(spans) + 1, np.int32)
    _texts(buffer, spans, wanted, np.bool_(mend), out, ends)
    # A copy: the rest of the space is given back.
    data = pa.py_buffer(out[: ends[-1]].copy())
    return pa.StringArray.from_buffers(len(spans), pa.py_buffer(ends), data)
