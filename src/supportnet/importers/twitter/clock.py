"""Times and ids: when a post says it was sent, and what its id says about that."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from supportnet.parsing.times import english_us, epoch_us, in_range, iso_us
from supportnet.records import BACKDATED, DAY, RESOLUTION_DAY, SECOND

__all__ = [
    "FIRST_TIMED_ID",
    "FIRST_TWEET_US",
    "MILLISECOND",
    "When",
    "direct_time",
    "id_time",
    "id_times",
    "order_of",
    "post_time",
    "whole",
]

MILLISECOND: Final = 1_000
# Ids carry the time since 4 November 2010; older ones only count up.
_ID_EPOCH_MS: Final = 1_288_834_974_657
FIRST_TIMED_ID: Final = 30_000_000_000
_MAX_ID: Final = 2**63 - 1
# The first tweet ever was sent on 21 March 2006 (UTC); an earlier date is an error of the export.
FIRST_TWEET_US: Final = 1_142_899_200 * SECOND


class When(NamedTuple):
    """A time: µs since 1970 UTC, bit flags of `time_note`, and the step of its clock in µs."""

    t_us: int
    note: int
    resolution_us: int


def whole(value: Any) -> int | None:
    """Return a numeric id, or None for anything else (`-1`, empty, a number gone through floats).

    Examples
    --------
    >>> whole("311700000000000001"), whole("8.86E+17"), whole("-1"), whole(None)
    (311700000000000001, None, None, None)
    """
    if value is None:
        return None
    if isinstance(value, str):
        if not (value.isdigit() and value.isascii() and len(value) < 20):
            return None
        value = int(value)
    elif not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 < value <= _MAX_ID else None


def id_time(ident: int | None) -> int | None:
    """Return the time an id was given out (µs), or None for ids from before November 2010.

    Notes
    -----
    Unix milliseconds = (id >> 22) + 1288834974657.

    Examples
    --------
    >>> id_time(1600000000000000001)
    1670304701219000
    """
    if ident is None or ident < FIRST_TIMED_ID:
        return None
    t_us = ((ident >> 22) + _ID_EPOCH_MS) * MILLISECOND
    return t_us if in_range(t_us) else None


def id_times(idents: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return when ids were given out, for ids that carry a time (µs); meaningless for others."""
    return ((idents >> 22) + _ID_EPOCH_MS) * MILLISECOND


def order_of(ident: int | None, t_us: int, record: int) -> int:
    """Return a number that grows with the order of sending, for `seq`.

    The id itself where there is one; else the id that would have been given out at that time, with
    later records of the file (written newest first) sorted before earlier ones.
    """
    if ident is not None:
        return ident
    return ((t_us // MILLISECOND - _ID_EPOCH_MS) << 22) + (0x3FFFFF - record % 0x400000)


@lru_cache(maxsize=8192)
def _any_time(text: str) -> int | None:
    """Read any of the ways in which archives write a time; None when it is none of them."""
    return iso_us(text) if text[:1].isdigit() else english_us(text)


def _read_time(text: str) -> int | None:
    """Read a time, and the start of its day only once: all forms have the clock in one place."""
    clock = text[11:13] + text[14:16] + text[17:19]
    rest = text[19:]
    thousandths = "000"
    if len(rest) == 5 and rest[0] == "." and rest[4] == "Z":
        thousandths, rest = rest[1:4], "Z"
    digits = clock + thousandths
    is_plain = len(digits) == 9 and digits.isascii() and digits.isdigit()
    if not is_plain or text[13] != ":" or text[16] != ":" or clock >= "24":
        return _any_time(text)
    minute, second = int(clock[2:4]), int(clock[4:])
    midnight = _any_time(f"{text[:11]}00:00:00{rest}") if minute < 60 and second < 60 else None
    if midnight is None:
        return _any_time(text)
    whole_seconds = (int(clock[:2]) * 60 + minute) * 60 + second
    return midnight + whole_seconds * SECOND + int(thousandths) * MILLISECOND


def post_time(text: Any, ident: int | None) -> When | str:
    """Return when a tweet was sent, or the reason why it cannot be told.

    Parameters
    ----------
    text
        `created_at` or `timestamp` as written.
    ident
        The tweet's id.

    Returns
    -------
    When or str
        The stated time when it is possible; else the id's own time, noted as backdated if another
        time was stated; else the reason `undated` or `bad_date`.
    """
    stated = _read_time(text.strip()) if isinstance(text, str) else None
    by_id = id_time(ident)
    if stated is not None and stated >= FIRST_TWEET_US and in_range(stated):
        if by_id is None and stated % DAY == 0:
            # Some early archives lost the time of day of tweets from before November 2010.
            return When(stated, RESOLUTION_DAY, DAY)
        backdated = by_id is not None and abs(by_id - stated) > DAY
        return When(stated, BACKDATED if backdated else 0, SECOND)
    missing = not isinstance(text, str) or not text.strip()
    if by_id is not None:
        return When(by_id, 0 if stated is None else BACKDATED, MILLISECOND)
    return "undated" if missing else "bad_date"


def direct_time(value: Any, ident: int | None) -> When | str:
    """Return when a direct message was sent, or the reason why it cannot be told.

    `value` is ISO 8601 with milliseconds, or milliseconds since 1970; without it the id tells.
    """
    stated: int | None = None
    text = value.strip() if isinstance(value, str) else value
    if isinstance(text, str) and not text.isdigit():
        stated = _read_time(text)
    elif isinstance(text, (str, int)) and not isinstance(text, bool):
        stated = epoch_us(text, "ms")
    if stated is not None and stated >= FIRST_TWEET_US and in_range(stated):
        return When(stated, 0, MILLISECOND)
    by_id = id_time(ident)
    missing = value is None or value == ""
    if by_id is not None:
        return When(by_id, 0 if stated is None else BACKDATED, MILLISECOND)
    return "undated" if missing else "bad_date"
