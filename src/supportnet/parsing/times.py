"""Times as exports write them, turned into microseconds since 1970 UTC (`t_us`).

Nothing here looks at the machine's zone or language. A local time without a zone is read in the
zone the researcher names, by a `LocalClock`, and flagged as such.
"""

from __future__ import annotations

import math
import re
import time
from decimal import Decimal, InvalidOperation
from typing import Literal

from supportnet.parsing.clocks import LocalClock, civil_us, require_timezone
from supportnet.records import DAY, MINUTE, SECOND

__all__ = [
    "MIN_US",
    "LocalClock",
    "english_us",
    "epoch_us",
    "in_range",
    "iso_local",
    "iso_us",
    "max_us",
    "require_timezone",
]

MIN_US = 631_152_000 * SECOND  # 1990-01-01
_HOUR = 60 * MINUTE

_ISO = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2})"
    r"(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?"
    r"(?: ?([Zz]|UTC|GMT)| ?([+-])([0-9]{2}):?([0-9]{2})?)?"
)
# Never the calendar module's names: those follow the language of the machine.
_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6,
    "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_WEEKDAY = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?"
_CLOCK = r"([0-9]{2}):([0-9]{2}):([0-9]{2})"
_OFFSET = r"(?:([+-])([0-9]{2}):?([0-9]{2})|GMT|UTC|Z)"
# "Sat Aug 12 16:10:37 +0000 2023" and "Sat, 12 Aug 2023 16:10:37 +0000".
_ENGLISH = re.compile(
    _WEEKDAY + rf"([A-Z][a-z]{{2}}) +([0-9]{{1,2}}) {_CLOCK} {_OFFSET} ([0-9]{{4}})"
)
_MAIL = re.compile(_WEEKDAY + rf"([0-9]{{1,2}}) ([A-Z][a-z]{{2}}) ([0-9]{{4}}) {_CLOCK} {_OFFSET}")


def max_us() -> int:
    """Return the latest time that is believed: one day from now, in microseconds."""
    return time.time_ns() // 1000 + DAY


def in_range(t_us: int) -> bool:
    """Answer whether a time lies between 1990 and one day from now.

    Examples
    --------
    >>> in_range(0), in_range(1_700_000_000_000_000)
    (False, True)
    """
    return MIN_US <= t_us <= max_us()


def _fraction_us(digits: str | None) -> int:
    """Return microseconds of the digits behind the point, cut at the sixth."""
    return int(digits[:6].ljust(6, "0")) if digits else 0


def iso_us(text: str) -> int | None:
    """Read an ISO 8601 time that says its offset from UTC.

    Parameters
    ----------
    text
        As `2023-08-12T16:10:37.123Z`, `2023-08-12 16:10:37+02:00`, `… +0000`, `… UTC`; seconds may
        be missing, the fraction has up to nine digits of which six count.

    Returns
    -------
    int or None
        Microseconds since 1970 UTC; None for any other text, a time without offset included.

    Examples
    --------
    >>> iso_us("2023-08-12T18:10:37+02:00") == iso_us("2023-08-12 16:10:37Z")
    True
    >>> iso_us("2023-08-12 16:10:37") is None
    True
    """
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    y, m, d, H, M, S, fraction, zulu, sign, off_h, off_m = found.groups()
    if zulu is None and sign is None:
        return None
    civil = civil_us(int(y), int(m), int(d), int(H), int(M), int(S or 0), _fraction_us(fraction))
    if civil is None or sign is None:
        return civil
    shift = int(off_h) * _HOUR + int(off_m or 0) * MINUTE
    return civil - shift if sign == "+" else civil + shift


def iso_local(text: str) -> tuple[int, int, int, int, int, int, int] | None:
    """Read an ISO 8601 time that says no offset, for a `LocalClock`.

    Parameters
    ----------
    text
        As `2023-08-12T16:10:37` or `2023-08-12 16:10:37.123`.

    Returns
    -------
    tuple of seven int, or None
        Year, month, day, hour, minute, second, microsecond; None for any other text, a time with
        an offset included.

    Examples
    --------
    >>> iso_local("2023-08-12T16:10:37.5")
    (2023, 8, 12, 16, 10, 37, 500000)
    """
    found = _ISO.fullmatch(text)
    if found is None or found.group(8) or found.group(9):
        return None
    y, m, d, H, M, S, fraction = found.groups()[:7]
    fields = (int(y), int(m), int(d), int(H), int(M), int(S or 0), _fraction_us(fraction))
    return fields if civil_us(*fields) is not None else None


def english_us(text: str) -> int | None:
    """Read an English date with an offset, whatever the language of the machine.

    Parameters
    ----------
    text
        As `Sat Aug 12 16:10:37 +0000 2023` or `Sat, 12 Aug 2023 16:10:37 +0000`.

    Returns
    -------
    int or None
        Microseconds since 1970 UTC; None for any other text.

    Examples
    --------
    >>> english_us("Sat Aug 12 16:10:37 +0000 2023") == iso_us("2023-08-12T16:10:37Z")
    True
    """
    found = _ENGLISH.fullmatch(text)
    if found is not None:
        month, d, H, M, S, sign, off_h, off_m, y = found.groups()
    else:
        found = _MAIL.fullmatch(text)
        if found is None:
            return None
        d, month, y, H, M, S, sign, off_h, off_m = found.groups()
    m = _MONTHS.get(month.lower())
    if m is None:
        return None
    civil = civil_us(int(y), m, int(d), int(H), int(M), int(S), 0)
    if civil is None or sign is None:
        return civil
    shift = int(off_h) * _HOUR + int(off_m) * MINUTE
    return civil - shift if sign == "+" else civil + shift


_UNITS = {"s": 1_000_000, "ms": 1_000, "us": 1}


def epoch_us(
    value: str | int | float, unit: Literal["s", "ms", "us", "auto"] = "auto"
) -> int | None:
    """Read a count of seconds, milliseconds or microseconds since 1970 UTC.

    Parameters
    ----------
    value
        A number, or a string that holds one (`"1512085950.000216"`), read without going through
        a float.
    unit
        What it counts. `auto` takes the first of s, ms, us that lies in range; these readings are
        a factor of a thousand apart, so at most one does.

    Returns
    -------
    int or None
        Microseconds since 1970 UTC, between 1990 and one day from now; None otherwise.

    Examples
    --------
    >>> epoch_us("1512085950.000216", "s")
    1512085950000216
    >>> epoch_us(1512085950000) == epoch_us(1512085950)
    True
    >>> epoch_us("soon") is None
    True
    """
    if isinstance(value, bool):
        return None
    number: int | Decimal
    if isinstance(value, int):
        number = value
    elif isinstance(value, float):
        if not math.isfinite(value):
            return None
        number = Decimal(repr(value))
    else:
        read = _number(value)
        if read is None:
            return None
        number = read
    latest = max_us()
    for scale in _UNITS.values() if unit == "auto" else (_UNITS[unit],):
        # Compared before it is multiplied: the number may have a million digits.
        if MIN_US <= number * scale <= latest:
            return round(number * scale)
    return None


def _number(text: str) -> int | Decimal | None:
    """Read a plain decimal number; None for anything else."""
    if not 0 < len(text) <= 40:
        return None
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 40 else None
