"""What every form of Mastodon data shares: `name@server` accounts, numbers that carry a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from supportnet.parsing.times import in_range, iso_us
from supportnet.records import SECOND, Identity, RawAlias

__all__ = ["Handles", "When", "host_of", "leading_names", "published"]

_PLATFORM: Final = "mastodon"
_MILLISECOND: Final = 1_000
_HOST = re.compile(r"https?://([^/\s?#@]{1,256})")
# `/users/name/…` and `/@name/…` spell the account; `/ap/users/123/…` and `/objects/…` do not.
_SPELT = re.compile(
    r"https?://([^/\s?#@]{1,256})/(?:users/|@)([A-Za-z0-9_][\w.-]{0,255})(?=[/?#]|$)", re.ASCII
)
_ACCOUNT = re.compile(r"@?([A-Za-z0-9_][\w.-]{0,255})(?:@([\w.-]{1,253}(?::\d{1,5})?))?", re.ASCII)
_STATUS = re.compile(r"(?:.*/statuses/)?(\d{1,18})(?:/activity)?", re.ASCII | re.DOTALL)
_LEAD = re.compile(r"\s*(?:@[\w.-]{1,256}(?:@[\w.-]{1,256})?(?:\s+|$))+")
_NAME = re.compile(r"@([\w.-]{1,256})(?:@[\w.-]{1,256})?")
# Numbers given out since 2017 hold milliseconds above their lowest 16 bits; older ones just count.
_FIRST_TIMED_ID: Final = 90_000_000_000_000_000


class When(NamedTuple):
    """A time (µs since 1970 UTC) and the step of its clock (µs)."""

    t_us: int
    resolution_us: int


def host_of(url: Any) -> str:
    """Return the server that an address names; empty when it names none.

    Examples
    --------
    >>> host_of("https://M.example/users/lea")
    'm.example'
    """
    found = _HOST.match(url) if type(url) is str else None
    return "" if found is None else found[1].lower()


def leading_names(text: str) -> frozenset[str]:
    """Return the names a text begins with, in lower case and without servers.

    Examples
    --------
    >>> sorted(leading_names("@omar@other.example @Ines merci, et à @zoe"))
    ['ines', 'omar']
    """
    lead = _LEAD.match(text)
    return frozenset() if lead is None else frozenset(n.lower() for n in _NAME.findall(lead[0]))


def published(stated: Any, *numbers: Any) -> When | str:
    """Return when a post was published, or the reason why it cannot be told.

    Parameters
    ----------
    stated
        Its time as the server writes it.
    *numbers
        Its number or address, tried in turn: numbers of 2017 and later carry the time.

    Returns
    -------
    When or str
        The time, or `undated` or `bad_date`.

    Examples
    --------
    >>> published("2024-02-01T10:00:00.123Z").t_us
    1706781600123000
    >>> published(None, "https://m.example/users/lea/statuses/111856201420800000").t_us
    1706790182812000
    >>> published(None, "17")
    'undated'
    """
    t_us = iso_us(stated) if type(stated) is str else None
    if t_us is not None and in_range(t_us):
        return When(t_us, _MILLISECOND if "." in stated else SECOND)
    for number in numbers:
        found = _STATUS.fullmatch(number) if type(number) is str else None
        ident = 0 if found is None else int(found[1])
        by_id = (ident >> 16) * _MILLISECOND
        if ident >= _FIRST_TIMED_ID and in_range(by_id):
            return When(by_id, _MILLISECOND)
    return "bad_date" if type(stated) is str and stated else "undated"


class Handles:
    """Make each account's identity once: `name@server`, by name or by address.

    A server may give its accounts names under another domain than its own. Where the data state
    name and address of an account and the two do not say the same, both are kept as one pair.
    """

    def __init__(self) -> None:
        self._known: dict[str, Identity] = {}
        self._by_url: dict[tuple[str, str], Identity] = {}
        self._stated: dict[tuple[str, str], Identity] = {}
        self._aliases: dict[tuple[Identity, Identity], None] = {}
        self._bots: set[str] = set()

    def flag_bot(self, name: Any, url: Any) -> None:
        """Note, before any identity is asked for, that an account says it is an automaton."""
        full = self._full(name, host_of(url))
        if full is not None:
            self._bots.add(full)

    def _full(self, name: Any, host: str) -> str | None:
        """Return `name@server` in lower case."""
        found = _ACCOUNT.fullmatch(name.strip()) if type(name) is str else None
        host = (found[2] if found is not None else None) or host
        return f"{found[1]}@{host}".lower() if found is not None and host else None

    def account(self, name: Any, host: str = "") -> Identity | None:
        """Return the account of a name, completed by `host` where it names no server."""
        full = self._full(name, host)
        if full is None:
            return None
        found = self._known.get(full)
        if found is None:
            bot = full in self._bots
            found = self._known[full] = Identity(_PLATFORM, full, kind="handle", is_bot=bot)
        return found

    def state(self, name: Any, url: Any, host: str = "") -> Identity | None:
        """Return the account of which the data state name and address."""
        if type(name) is not str:
            return None
        key = (name, url if type(url) is str else host)
        known = self._by_url.get(key)
        if known is not None:
            return known
        # A name without a server is a neighbour's: it lives where its address does.
        found = self.account(name, host_of(url) or host)
        if found is None:
            return None
        self._by_url[key] = found
        spelt = _SPELT.match(url) if type(url) is str else None
        if spelt is not None:
            self._stated[spelt[1].lower(), spelt[2].lower()] = found
            other = self.account(f"{spelt[2]}@{spelt[1]}")
            if other is not None and other != found:
                self._aliases[found, other] = None
        return found

    def writer_of(self, uri: Any) -> Identity | None:
        """Return the account that wrote a post, where the post's address tells."""
        found = _SPELT.match(uri) if type(uri) is str else None
        if found is None:
            return None
        known = self._stated.get((found[1].lower(), found[2].lower()))
        return known or self.account(f"{found[2]}@{found[1]}")

    def aliases(self) -> Iterator[RawAlias]:
        """Yield the stated pairs of name and address that differ."""
        for first, second in self._aliases:
            yield RawAlias(first, second)
