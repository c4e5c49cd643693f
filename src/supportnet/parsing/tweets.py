"""What every form of Twitter data shares: numeric ids that carry a time, handles, escapes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final, NamedTuple

from supportnet.parsing.times import english_us, in_range, iso_us
from supportnet.records import BACKDATED, DAY, SECOND, Identity, RawAlias

__all__ = ["Accounts", "When", "handle_of", "id_us", "lead_end", "plain", "tweet_id", "when_of"]

_PLATFORM: Final = "twitter"
_MILLISECOND: Final = 1_000
# Ids carry the time since 4 November 2010; older ones only count up.
_ID_EPOCH_MS: Final = 1_288_834_974_657
_FIRST_TIMED_ID: Final = 30_000_000_000
_MAX_ID: Final = 2**63 - 1
# The first tweet was sent on 21 March 2006 (UTC).
_FIRST_TWEET_US: Final = 1_142_899_200 * SECOND
_HANDLE = re.compile(r"[A-Za-z0-9_]{1,20}")
_LEAD = re.compile(r"(?:@[A-Za-z0-9_]+(?:\s+|$))+")
_MANY: Final = ""


class When(NamedTuple):
    """A time: µs since 1970 UTC, bit flags of `time_note`, and the step of its clock in µs."""

    t_us: int
    note: int
    resolution_us: int


def tweet_id(value: Any) -> int | None:
    """Return a numeric id; None for anything else (`-1`, empty, a number gone through floats).

    Parameters
    ----------
    value
        An id as written.

    Returns
    -------
    int or None
        A number from 1 to 2**63 - 1.

    Examples
    --------
    >>> tweet_id("311700000000000001"), tweet_id("8.86E+17"), tweet_id(-1), tweet_id(None)
    (311700000000000001, None, None, None)
    """
    if value is None:
        return None
    if type(value) is str:
        if len(value) > 19 or not value.isdecimal() or not value.isascii():
            return None
        value = int(value)
    elif type(value) is not int:
        return None
    return value if 0 < value <= _MAX_ID else None


def id_us(ident: int) -> int | None:
    """Return when an id was given out; None for ids from before November 2010.

    Parameters
    ----------
    ident
        The id of a tweet.

    Returns
    -------
    int or None
        Microseconds since 1970 UTC, in steps of a thousand.

    Notes
    -----
    Unix milliseconds = (id >> 22) + 1288834974657.

    Examples
    --------
    >>> id_us(1102500000000000513) // 1000
    1551691458116
    """
    t_us = ((ident >> 22) + _ID_EPOCH_MS) * _MILLISECOND
    return t_us if ident >= _FIRST_TIMED_ID and in_range(t_us) else None


@lru_cache(maxsize=8192)
def _day_us(day: str, rest: str) -> int | None:
    """Return the start of a day: equal for the thousands of tweets of one day."""
    text = f"{day}00:00:00{rest}"
    return iso_us(text) if text[:1].isdigit() else english_us(text)


def _stated_us(text: str) -> int | None:
    """Read `Mon Mar 04 12:00:00 +0000 2019`, `2021-06-02T08:05:00.000Z` and their like."""
    clock, rest = text[11:19], text[19:]
    digits = clock[:2] + clock[3:5] + clock[6:]
    if len(rest) == 5 and rest[0] == "." and rest[1:4].isdigit():
        thousandths, rest = int(rest[1:4]), rest[4:]
    else:
        thousandths = 0
    plain_clock = len(digits) == 6 and digits.isascii() and digits.isdigit()
    if not plain_clock or clock[2] != ":" or clock[5] != ":":
        return iso_us(text) if text[:1].isdigit() else english_us(text)
    hour, minute, second = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    midnight = _day_us(text[:11], rest)
    if midnight is None or hour > 23 or minute > 59 or second > 60:
        return None
    return midnight + ((hour * 60 + minute) * 60 + second) * SECOND + thousandths * _MILLISECOND


def when_of(stated: Any, ident: int) -> When | str:
    """Return when a tweet was sent, or the reason why it cannot be told.

    Parameters
    ----------
    stated
        `created_at` as written.
    ident
        The tweet's id.

    Returns
    -------
    When or str
        The stated time when it is possible; else that of the id, noted as backdated if another
        time was stated; else the reason `undated` or `bad_date`.

    Examples
    --------
    >>> when_of("Mon Mar 04 12:00:00 +0000 2019", 5).t_us
    1551700800000000
    >>> when_of(None, 5)
    'undated'
    """
    t_us = _stated_us(stated.strip()) if type(stated) is str else None
    by_id = id_us(ident)
    if t_us is not None and t_us >= _FIRST_TWEET_US and in_range(t_us):
        is_off = by_id is not None and abs(by_id - t_us) > DAY
        return When(t_us, BACKDATED if is_off else 0, SECOND)
    if by_id is not None:
        return When(by_id, 0 if t_us is None else BACKDATED, _MILLISECOND)
    return "bad_date" if type(stated) is str and stated.strip() else "undated"


def handle_of(value: Any) -> str | None:
    """Return a handle in lower case without its @, or None when `value` is none.

    Examples
    --------
    >>> handle_of("@Omar_B"), handle_of("omar b")
    ('omar_b', None)
    """
    if type(value) is not str:
        return None
    bare = value.strip().removeprefix("@")
    return bare.lower() if _HANDLE.fullmatch(bare) else None


def lead_end(text: str) -> int:
    """Return where the run of handles that a reply begins with ends.

    Examples
    --------
    >>> lead_end("@omar_b @ines_k merci @lea_m")
    16
    """
    found = _LEAD.match(text)
    return found.end() if found else 0


def plain(text: str) -> str:
    """Undo the three escapes that Twitter writes into texts.

    Examples
    --------
    >>> plain("oui &amp; non &lt;3 &amp;amp;")
    'oui & non <3 &amp;'
    """
    if "&" not in text:
        return text
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


class Accounts:
    """Make each account's identity once, and remember which handle belongs to which id.

    Handles pass from one account to another: one that the data pair with two ids joins nobody.
    """

    def __init__(self) -> None:
        self._by_id: dict[int, Identity] = {}
        self._by_handle: dict[str, Identity] = {}
        self._pairs: dict[str, str] = {}
        self._named: dict[tuple[str, str], Identity] = {}

    def by_id(self, number: int, handle: str | None = None) -> Identity:
        """Return the account of a numeric id; `handle` is noted as belonging to it."""
        found = self._by_id.get(number)
        if found is None:
            found = self._by_id[number] = Identity(_PLATFORM, str(number), name=handle)
        if handle is not None and self._pairs.setdefault(handle, found.id) != found.id:
            self._pairs[handle] = _MANY
        return found

    def named(self, ident: Any, screen_name: Any) -> Identity | None:
        """Return the account a record names by id, by handle or by both; None for nobody."""
        is_plain = type(ident) is str and type(screen_name) is str
        if is_plain:
            known = self._named.get((ident, screen_name))
            if known is not None:
                return known
        number, handle = tweet_id(ident), handle_of(screen_name)
        if number is not None:
            found = self.by_id(number, handle)
        elif handle is not None:
            found = self.by_handle(handle)
        else:
            return None
        if is_plain:
            self._named[ident, screen_name] = found
        return found

    def by_handle(self, handle: str) -> Identity:
        """Return the account that is known by its handle (lower case) alone."""
        found = self._by_handle.get(handle)
        if found is None:
            found = self._by_handle[handle] = Identity(_PLATFORM, handle, kind="handle")
        return found

    def aliases(self) -> Iterator[RawAlias]:
        """Yield the pair of id and handle of each account that was also named by handle alone."""
        for handle, identity in list(self._by_handle.items()):
            ident = self._pairs.get(handle)
            if ident:
                yield RawAlias(self.by_id(int(ident)), identity)
