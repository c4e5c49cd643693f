"""Two clocks per record: the time its app claims, and the time its key was made."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from supportnet.parsing.times import in_range, iso_us
from supportnet.records import BACKDATED, DAY, SECOND

__all__ = ["MILLISECOND", "When", "order_of", "record_time", "tid_number", "tid_time"]

MILLISECOND: Final = 1_000
_TID = re.compile(r"[2-7a-j][2-7a-z]{12}")
# The alphabet of TIDs, mapped to the one in which Python reads base 32.
_DIGITS: Final = str.maketrans(
    "234567abcdefghijklmnopqrstuvwxyz", "0123456789abcdefghijklmnopqrstuv"
)


class When(NamedTuple):
    """A time: µs since 1970 UTC, bit flags of `time_note`, and the step of its clock in µs."""

    t_us: int
    note: int
    resolution_us: int


def tid_number(key: str) -> int | None:
    """Return the number a key stands for when it is a TID, else None.

    Examples
    --------
    >>> tid_number("3kaaaaaaaab2a") >> 10
    1695659738732743
    >>> tid_number("self") is None
    True
    """
    if _TID.fullmatch(key) is None:
        return None
    return int(key.translate(_DIGITS), 32)


def tid_time(key: str) -> int | None:
    """Return when a key was made (µs since 1970 UTC); None when it is no TID of a possible time.

    Notes
    -----
    A TID is 13 base-32 characters, 64 bits: µs since 1970 in the upper 54, a clock number in the
    lower 10.
    """
    number = tid_number(key)
    if number is None:
        return None
    t_us = number >> 10
    return t_us if in_range(t_us) else None


def record_time(claimed: Any, key: str) -> When | str:
    """Return when a record was made, or the reason why it cannot be told.

    Parameters
    ----------
    claimed
        `createdAt` or `sentAt` as written by the app that made the record.
    key
        The record's key.

    Returns
    -------
    When or str
        The claimed time when the key agrees within a day or tells none. A claim that is earlier
        than the key by more is an old post brought over from elsewhere: the key's time, flagged.
        A claim that is later by more stays, flagged: such a key was made up by a tool, for no
        record is older than its key says. Without a usable claim: the key's time. Reasons:
        `undated`, `bad_date`.

    Examples
    --------
    >>> record_time("2015-04-01T10:00:00Z", "3kaaaaaaaab2a")
    When(t_us=1695659738732743, note=16, resolution_us=1000)
    >>> record_time(None, "self")
    'undated'
    """
    made = tid_time(key)
    stated = iso_us(claimed) if isinstance(claimed, str) else None
    if stated is not None and in_range(stated):
        step = MILLISECOND if "." in claimed else SECOND
        if made is None or abs(stated - made) <= DAY:
            return When(stated, 0, step)
        return (
            When(made, BACKDATED, MILLISECOND) if stated < made else When(stated, BACKDATED, step)
        )
    if made is not None:
        return When(made, 0 if stated is None else BACKDATED, MILLISECOND)
    return "bad_date" if isinstance(claimed, str) and claimed else "undated"


def order_of(key: str, t_us: int, record: int) -> int:
    """Return a number that grows in the order in which records were made, for `seq`.

    The key's own number where it is a TID; else what the key of that time would be, with the
    record's place in the file standing in for its lowest bits.
    """
    number = tid_number(key)
    if number is not None and in_range(number >> 10):
        return number
    return (t_us << 10) | (record & 0x3FF)
