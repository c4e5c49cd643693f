"""When a post was published: as it says, else as its number tells."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from supportnet.parsing.times import in_range, iso_us
from supportnet.records import SECOND

__all__ = ["When", "published_us", "status_number", "when_of"]

_MILLISECOND: Final = 1_000
_STATUS = re.compile(r"/statuses/(\d{1,18})(?:/activity)?$", re.ASCII)
# Numbers given out since 2017 hold milliseconds above their lowest 16 bits; older ones just count.
_FIRST_TIMED_ID: Final = 90_000_000_000_000_000


class When(NamedTuple):
    """A time (µs since 1970 UTC) and the step of its clock (µs)."""

    t_us: int
    resolution_us: int


def status_number(uri: str) -> int | None:
    """Return the number of a post on its server, which grows with time.

    Examples
    --------
    >>> status_number("https://m.example/users/lea/statuses/111856/activity")
    111856
    """
    found = _STATUS.search(uri)
    return None if found is None else int(found[1])


def published_us(value: Any) -> int | None:
    """Return a stated time in µs since 1970 UTC; None when it is missing or impossible."""
    t_us = iso_us(value) if isinstance(value, str) else None
    return t_us if t_us is not None and in_range(t_us) else None


def when_of(stated: Any, uri: str) -> When | str:
    """Return when a post was published, or the reason why it cannot be told.

    Parameters
    ----------
    stated
        Its field `published`.
    uri
        Its address, whose number carries the time on servers of 2017 and later.

    Returns
    -------
    When or str
        The time, or `undated` or `bad_date`.

    Examples
    --------
    >>> when_of("2024-02-01T10:00:00Z", "https://m.example/users/lea/statuses/1")
    When(t_us=1706781600000000, resolution_us=1000000)
    >>> when_of(None, "https://m.example/users/lea/statuses/111856201420800000")
    When(t_us=1706790182812000, resolution_us=1000)
    >>> when_of(None, "https://m.example/objects/7f3a")
    'undated'
    """
    t_us = published_us(stated)
    if t_us is not None:
        return When(t_us, SECOND)
    number = status_number(uri) or 0
    by_id = (number >> 16) * _MILLISECOND
    if number >= _FIRST_TIMED_ID and in_range(by_id):
        return When(by_id, _MILLISECOND)
    return "bad_date" if isinstance(stated, str) and stated else "undated"
