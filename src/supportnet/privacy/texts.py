"""What is kept of a text: how long it is and two yes-no marks, never a word."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from supportnet.privacy.digests import bytes_of
from supportnet.privacy.jit import bare, compiled

__all__ = ["text_features"]

Bytes: TypeAlias = npt.NDArray[np.uint8]
Ints: TypeAlias = npt.NDArray[np.int64]
Counts: TypeAlias = npt.NDArray[np.int32]
Marks: TypeAlias = npt.NDArray[np.bool_]

_JOINER = 0x200D
_STARTS = (b"http://", b"https://", b"www.")
_ASKS, _LINKS, _HIGH = 1, 2, 4


@bare
def _point(data: Bytes, at: int) -> tuple[int, int]:
    """Return the code point that begins at a byte, and how many bytes it takes."""
    first = int(data[at])
    if first < 0x80:
        return first, 1
    if first < 0xE0:
        return ((first & 0x1F) << 6) | int(data[at + 1] & 0x3F), 2
    tail = (int(data[at + 1] & 0x3F) << 6) | int(data[at + 2] & 0x3F)
    if first < 0xF0:
        return ((first & 0x0F) << 12) | tail, 3
    return ((first & 0x07) << 18) | (tail << 6) | int(data[at + 3] & 0x3F), 4


@bare
def _is_picture(point: int) -> bool:
    """Tell whether a code point is an emoji by itself (half flags are not)."""
    if point < 0x2600:
        return False
    if point < 0x1F000:
        return point <= 0x27BF or 0x2B00 <= point <= 0x2BFF
    return point <= 0x1FAFF and not 0x1F1E6 <= point <= 0x1F1FF


@bare
def _picture_end(data: Bytes, at: int, end: int) -> int:
    """Return where the emoji at a place ends: its modifiers, then further joined ones."""
    while True:
        at += _point(data, at)[1]
        while at < end:
            point, size = _point(data, at)
            if point != 0xFE0F and not 0x1F3FB <= point <= 0x1F3FF:
                break
            at += size
        if at >= end or _point(data, at)[0] != _JOINER:
            return at
        after = at + 3
        if after >= end or not _is_picture(_point(data, after)[0]):
            return at
        at = after


@bare
def _emoji_end(data: Bytes, at: int, end: int) -> int:
    """Return where the emoji that begins at a place ends; the place itself where none begins."""
    point, size = _point(data, at)
    if _is_picture(point):
        return _picture_end(data, at, end)
    is_half = 0x1F1E6 <= point <= 0x1F1FF and at + size < end
    if is_half and 0x1F1E6 <= _point(data, at + size)[0] <= 0x1F1FF:
        return at + 2 * size
    return at


@bare
def _reads(data: Bytes, at: int, end: int, word: bytes) -> bool:
    """Tell whether a word stands at a place."""
    if at + len(word) > end:
        return False
    same = True
    for i in range(len(word)):
        same &= data[at + i] == word[i]
    return same


@bare
def _is_letter(byte: int) -> bool:
    """Tell whether a byte is a letter, a digit or a low line of ASCII."""
    lower = byte | 0x20
    return 97 <= lower <= 122 or 48 <= byte <= 57 or byte == 95


@bare
def _link_at(data: Bytes, start: int, at: int, end: int) -> bool:
    """Tell whether a link begins at a place: a scheme, or `www.` at the start of a word."""
    if data[at] == 104:
        return _reads(data, at, end, _STARTS[0]) or _reads(data, at, end, _STARTS[1])
    if data[at] == 119 and _reads(data, at, end, _STARTS[2]):
        return at == start or not _is_letter(data[at - 1])
    return False


@bare
def _survey(data: Bytes, start: int, end: int) -> tuple[int, int, int]:
    """Return letters, words, and bit marks of what else may be in a text.

    No branches: the compiler turns the loop into vector instructions.
    """
    letters, words, marks = 0, 0, 0
    before = np.uint8(32)
    for at in range(start, end):
        byte = data[at]
        letters += (byte & 0xC0) != 0x80
        blank = (byte == 32) | ((byte >= 9) & (byte <= 13) & (byte != 11))
        was_blank = (before == 32) | ((before >= 9) & (before <= 13) & (before != 11))
        words += was_blank & (not blank)
        marks |= (byte == 63) * _ASKS
        marks |= ((byte == 47) & (before == 47) | (byte == 119) & (before == 119)) * _LINKS
        marks |= (byte >= 0xD8) * _HIGH
        before = byte
    return letters, words, marks


@bare
def _has_link(data: Bytes, start: int, end: int) -> bool:
    """Tell whether a link stands in a text."""
    for at in range(start, end):
        if (data[at] == 104 or data[at] == 119) and _link_at(data, start, at, end):
            return True
    return False


@bare
def _high(data: Bytes, start: int, end: int) -> tuple[int, bool]:
    """Return the number of emoji in a text, and whether it has a wide or Arabic question mark."""
    emoji, asks, at = 0, False, start
    while at < end:
        if data[at] < 0xD8:
            at += 1
            continue
        point, size = _point(data, at)
        asks |= point == 0xFF1F or point == 0x061F
        stop = _emoji_end(data, at, end) if size > 2 else at
        emoji += stop > at
        at = stop if stop > at else at + size
    return emoji, asks


@compiled
def _features(data: Bytes, places: Ints, counts: Counts, question: Marks, link: Marks) -> None:
    """Look at each text; rows of `counts`: letters, words, emoji."""
    for i in range(len(places) - 1):
        start, end = places[i], places[i + 1]
        letters, words, marks = _survey(data, start, end)
        counts[0, i], counts[1, i] = letters, words
        question[i] = marks & _ASKS != 0
        if marks & _LINKS:
            link[i] = _has_link(data, start, end)
        if marks & _HIGH:
            counts[2, i], asks = _high(data, start, end)
            question[i] |= asks


def text_features(texts: pa.Array) -> dict[str, pa.Array]:
    """Return what is kept of a batch of texts: counts and two yes-no marks, never the words.

    Parameters
    ----------
    texts
        Strings; null where the archive has no text.

    Returns
    -------
    dict of str to pyarrow.Array
        `n_chars` (Unicode characters), `n_words` (runs between blanks), `n_emoji` (an emoji with
        its modifiers counts once), `has_question`, `has_link`; null where the text is null.

    Examples
    --------
    >>> found = text_features(pa.array(["see www.example.org ?", None]))
    >>> found["n_words"].to_pylist(), found["has_link"].to_pylist()
    ([3, None], [True, None])
    """
    n = len(texts)
    data, places = bytes_of(texts)
    counts = np.zeros((3, n), np.int32)
    question, link = np.zeros(n, np.bool_), np.zeros(n, np.bool_)
    _features(data, places, counts, question, link)
    absent = texts.is_null().to_numpy(zero_copy_only=False) if texts.null_count else None
    return {
        "n_chars": pa.array(counts[0], mask=absent),
        "n_words": pa.array(counts[1], mask=absent),
        "n_emoji": pa.array(counts[2], mask=absent),
        "has_question": pa.array(question, mask=absent),
        "has_link": pa.array(link, mask=absent),
    }
