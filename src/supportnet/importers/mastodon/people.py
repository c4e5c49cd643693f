"""Accounts: `name@server`, and the addresses (URLs) that stand for them in posts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from supportnet.importers.mastodon.files import PLATFORM
from supportnet.records import Identity, RawAlias

__all__ = ["People", "host_of", "mentioned_name"]

_HOST = re.compile(r"https?://([^/\s?#@]{1,256})")
# `/users/name/…` and `/@name/…` spell the account; `/ap/users/123/…` and `/objects/…` do not.
_SPELT = re.compile(
    r"https?://([^/\s?#@]{1,256})/(?:users/|@)([A-Za-z0-9_][\w.-]{0,255})(?=[/?#]|$)", re.ASCII
)
_ACCOUNT = re.compile(r"@?([A-Za-z0-9_][\w.-]{0,255})(?:@([\w.-]{1,253}(?::\d{1,5})?))?", re.ASCII)
_MAX_URL: Final = 2048


def host_of(url: Any) -> str | None:
    """Return the server that an address names.

    Examples
    --------
    >>> host_of("https://M.example/users/lea")
    'm.example'
    """
    found = _HOST.match(url) if isinstance(url, str) else None
    return None if found is None else found[1].lower()


def mentioned_name(name: Any) -> str | None:
    """Return the part of a mention's name that stands in the text, in lower case.

    Examples
    --------
    >>> mentioned_name("@Omar@other.example")
    'omar'
    """
    found = _ACCOUNT.fullmatch(name.strip()) if isinstance(name, str) else None
    return None if found is None else found[1].lower()


class People:
    """Make each account's identity once, from its name or its address.

    A server may give its accounts names under another domain than its own. So an account whose
    name is stated and an account whose name is read off an address may be one: whenever the
    archive states both name and address, and they do not say the same, the pair is kept.

    Attributes
    ----------
    host
        The owner's server, to complete bare names; empty where unknown.
    """

    def __init__(self) -> None:
        self.host = ""
        self._by_account: dict[str, Identity] = {}
        self._by_url: dict[str, Identity] = {}
        self._stated: set[str] = set()
        self._aliases: dict[tuple[Identity, Identity], None] = {}

    def account(self, name: Any, host: str | None = None) -> Identity | None:
        """Return the account of a name: `@user@server`, or `@user` on `host` (else the owner's)."""
        found = _ACCOUNT.fullmatch(name.strip()) if isinstance(name, str) else None
        host = (found and found[2]) or host or self.host
        if found is None or not host:
            return None
        full = f"{found[1]}@{host}".lower()
        known = self._by_account.get(full)
        if known is None:
            known = self._by_account[full] = Identity(PLATFORM, full, kind="handle")
        return known

    def at(self, url: Any) -> Identity | None:
        """Return the account of an address; the address itself where it spells no name."""
        if not isinstance(url, str):
            return None
        known = self._by_url.get(url)
        if known is None:
            known = self._spelt(url)
            if known is None:
                if len(url) > _MAX_URL or host_of(url) is None:
                    return None
                known = Identity(PLATFORM, url)
            self._by_url[url] = known
        return known

    def _spelt(self, url: str) -> Identity | None:
        """Return the account whose name an address spells."""
        found = _SPELT.match(url)
        return None if found is None else self.account(f"{found[2]}@{found[1]}")

    def state(self, url: Any, name: Any) -> Identity | None:
        """Return the account of which the archive states both address and name."""
        # A name without a server is a neighbour's: it lives where its address does.
        stated = self.account(name, host_of(url))
        if stated is None:
            return self.at(url)
        if isinstance(url, str) and url not in self._stated and len(url) <= _MAX_URL:
            self._stated.add(url)
            spelt = self._spelt(url)
            if spelt is None and host_of(url) is not None:
                spelt = Identity(PLATFORM, url)
            if spelt is not None and spelt != stated:
                self._aliases[stated, spelt] = None
            self._by_url[url] = stated
        return stated

    def writer_of(self, uri: Any) -> Identity | None:
        """Return the account that wrote a post, where the post's address tells."""
        found = _SPELT.match(uri) if isinstance(uri, str) else None
        if found is None:
            return None
        # The archive may have stated this account's name under another domain.
        return self._by_url.get(found[0]) or self.account(f"{found[2]}@{found[1]}")

    def aliases(self) -> Iterator[RawAlias]:
        """Yield the stated pairs of name and address that differ."""
        for first, second in self._aliases:
            yield RawAlias(first, second)
