"""Read the times of tweets by the thousand: the one form that all archives since 2018 have."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from supportnet.privacy.jit import bare, compiled

__all__ = ["english_times"]

Bytes: TypeAlias = npt.NDArray[np.uint8]
Ints: TypeAlias = npt.NDArray[np.int64]
Places: TypeAlias = npt.NDArray[np.int32]
Marks: TypeAlias = npt.NDArray[np.bool_]

# `Thu Jan 01 00:00:55 +0000 2015`, with a zero where a digit stands.
_FORM = np.frombuffer(b"Www Mmm 00 00:00:00 +0000 0000", np.uint8)
_DAYS = np.frombuffer(b"MonTueWedThuFriSatSun", np.uint8).reshape(7, 3)
_MONTHS = np.frombuffer(b"JanFebMarAprMayJunJulAugSepOctNovDec", np.uint8).reshape(12, 3)
_LENGTHS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_QUOTE = 34


@bare
def _word(buffer: Bytes, at: int, words: Bytes) -> int:
    """Return which of some words of three letters stands at a place; -1 for none."""
    for i in range(len(words)):
        if (
            buffer[at] == words[i, 0]
            and buffer[at + 1] == words[i, 1]
            and buffer[at + 2] == words[i, 2]
        ):
            return i
    return -1


@bare
def _number(buffer: Bytes, at: int, digits: int) -> int:
    """Return the number that some digits write."""
    value = 0
    for place in range(at, at + digits):
        value = value * 10 + int(buffer[place]) - 48
    return value


@bare
def _has_form(buffer: Bytes, at: int) -> bool:
    """Tell whether digits, blanks and the rest stand where they should."""
    for i in range(7, 30):
        byte = buffer[at + i]
        wanted = _FORM[i]
        if wanted == 48 and not 20 <= i <= 24:
            if not 48 <= byte <= 57:
                return False
        elif byte != wanted:
            return False
    return bool(buffer[at + 3] == 32)


@bare
def _seconds(buffer: Bytes, at: int) -> int:
    """Return seconds since 1970; -1 for a text that is not of the form or no time."""
    month = _word(buffer, at + 4, _MONTHS)
    if month < 0 or _word(buffer, at, _DAYS) < 0 or not _has_form(buffer, at):
        return -1
    day, year = _number(buffer, at + 8, 2), _number(buffer, at + 26, 4)
    hour, minute = _number(buffer, at + 11, 2), _number(buffer, at + 14, 2)
    second = _number(buffer, at + 17, 2)
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    longest = _LENGTHS[month] + (leap and month == 1)
    if not (1 <= day <= longest and hour < 24 and minute < 60 and second < 60 and year > 1970):
        return -1
    # Days before a year are counted from 1970, leap days by the years they follow.
    before = year - 1
    days = (year - 1970) * 365 + before // 4 - before // 100 + before // 400 - 477
    for i in range(month):
        days += _LENGTHS[i]
    days += (leap and month > 1) + day - 1
    return ((days * 24 + hour) * 60 + minute) * 60 + second


@compiled
def english_times(buffer: Bytes, spans: Places) -> Ints:
    """Return seconds since 1970 UTC; -1 where the value has another form or is no time.

    Parameters
    ----------
    buffer, spans
        Where the values stand.
    """
    out = np.full(len(spans), -1, np.int64)
    for i in range(len(spans)):
        at = spans[i, 0]
        if at >= 0 and spans[i, 1] - at == len(_FORM) + 2 and buffer[at] == _QUOTE:
            out[i] = _seconds(buffer, at + 1)
    return out
