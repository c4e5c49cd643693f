"""The keyed digests of :mod:`supportnet.privacy.names`, for many messages at once."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from supportnet.privacy.jit import bare, compiled
from supportnet.privacy.keys import Key
from supportnet.privacy.sha256 import hmac_sha256

__all__ = ["bytes_of", "digests_of", "is_blank", "number_keys", "text_digests"]

Bytes: TypeAlias = npt.NDArray[np.uint8]
Ints: TypeAlias = npt.NDArray[np.int64]

_DIGITS = 19  # of the largest number of 64 bits with a sign


def bytes_of(texts: pa.Array) -> tuple[Bytes, Ints]:
    """Return the bytes of an array of texts, and where each begins and the last ends."""
    _, offsets, data = texts.buffers()
    if len(texts) == 0 or offsets is None:
        return np.zeros(0, np.uint8), np.zeros(len(texts) + 1, np.int64)
    places = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    held = np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
    return held, places.astype(np.int64)


def fixed(digests: Bytes, given: npt.NDArray[np.bool_] | None = None) -> pa.Array:
    """Return rows of bytes as an Arrow array of that width, null where not `given`."""
    n, width = digests.shape
    valid = None if given is None else pa.py_buffer(np.packbits(given, bitorder="little"))
    data = pa.py_buffer(np.ascontiguousarray(digests))
    return pa.Array.from_buffers(pa.binary(width), n, [valid, data])


@bare
def is_blank(data: Bytes, at: int, size: int) -> bool:
    """Tell whether a letter of `size` bytes is a blank, as `str.strip` has it."""
    first = data[at]
    if size == 1:
        return bool(9 <= first <= 13 or 28 <= first <= 32)
    if size == 2:
        return bool(first == 0xC2 and (data[at + 1] == 0x85 or data[at + 1] == 0xA0))
    if size > 3:
        return False
    point = (int(first & 0x0F) << 12) | (int(data[at + 1] & 0x3F) << 6) | int(data[at + 2] & 0x3F)
    few = point == 0x1680 or point == 0x202F or point == 0x205F or point == 0x3000
    return few or 0x2000 <= point <= 0x200A or point == 0x2028 or point == 0x2029


@compiled
def _strip(data: Bytes, starts: Ints, ends: Ints) -> None:
    """Move the bounds of texts inwards over blanks."""
    for i in range(len(starts)):
        at, end = starts[i], ends[i]
        while at < end:
            first = data[at]
            size = 1 if first < 0x80 else 2 if first < 0xE0 else 3 if first < 0xF0 else 4
            if not is_blank(data, at, size):
                break
            at += size
        while at < end:
            last = end - 1
            while data[last] & 0xC0 == 0x80:
                last -= 1
            if not is_blank(data, last, end - last):
                break
            end = last
        starts[i], ends[i] = at, end


@compiled
def _write_numbers(numbers: Ints, out: Bytes, starts: Ints) -> None:
    """Write positive numbers in decimal, each at the right end of its row; note the first digit."""
    for i in range(len(numbers)):
        left, at = numbers[i], _DIGITS
        while left > 0:
            at -= 1
            out[i, at] = 48 + left % 10
            left //= 10
        starts[i] = at


def text_digests(key: Key, texts: pa.Array) -> pa.Array:
    """Return what `text_digest` gives for each of many texts.

    Parameters
    ----------
    key
        The project key.
    texts
        Strings of UTF-8.

    Returns
    -------
    pyarrow.Array of binary(8)
        Null where the text is null or empty.
    """
    data, places = bytes_of(texts)
    starts, ends = places[:-1].copy(), places[1:].copy()
    given = starts < ends
    if texts.null_count:
        given &= ~texts.is_null().to_numpy(zero_copy_only=False)
    starts[~given] = ends[~given]
    _strip(data, starts, ends)
    return fixed(hmac_sha256(key.secret, b"text\x1f", data, starts, ends, width=8), given)


def number_keys(key: Key, platform: str, scope: str, numbers: Ints) -> pa.Array:
    """Return what `message_key` gives for references whose ids are whole numbers.

    Parameters
    ----------
    key
        The project key.
    platform, scope
        As in `MessageRef`, with nothing in `within`.
    numbers
        The ids; 0 stands for none.

    Returns
    -------
    pyarrow.Array of binary(16)
        Null where there is none.
    """
    prefix = f"message\x1f{platform}\x1f{scope}\x1f\x1f".encode()
    given = numbers != 0
    # Threads name the same root again and again: each number is digested once.
    known, places = np.unique(numbers, return_inverse=True)
    out = np.zeros((len(known), _DIGITS), np.uint8)
    starts = np.zeros(len(known), np.int64)
    _write_numbers(known, out, starts)
    rows = np.arange(len(known), dtype=np.int64) * _DIGITS
    data = out.reshape(-1)
    digests = hmac_sha256(key.secret, prefix, data, rows + starts, rows + _DIGITS, width=16)
    return fixed(digests[places], given)


def digests_of(key: Key, prefix: str, texts: pa.Array, *, width: int = 16) -> pa.Array:
    """Return the first bytes of the keyed digests of texts that all begin with `prefix`."""
    data, places = bytes_of(texts)
    begin = prefix.encode("utf-8", "surrogatepass")
    found: Any = hmac_sha256(key.secret, begin, data, places[:-1], places[1:], width=width)
    return fixed(found)
