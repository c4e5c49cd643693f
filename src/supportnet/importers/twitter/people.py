"""Accounts: numeric ids, handles, and the pairs of both that an archive states."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from supportnet.importers.twitter.clock import whole
from supportnet.importers.twitter.files import PLATFORM
from supportnet.records import Identity, RawAlias

__all__ = ["People", "handle_of"]

_HANDLE = re.compile(r"[A-Za-z0-9_]{1,20}")
_TWO_ACCOUNTS: Final = ""


def handle_of(value: Any) -> str | None:
    """Return a handle in lower case without its @, or None when `value` is none.

    Examples
    --------
    >>> handle_of("@Omar_B"), handle_of("omar b")
    ('omar_b', None)
    """
    if not isinstance(value, str):
        return None
    bare = value.strip().removeprefix("@")
    return bare.lower() if _HANDLE.fullmatch(bare) else None


class People:
    """Make each account's identity once, and remember which handle belongs to which id.

    A handle can pass from one account to another; a handle that the archive pairs with two ids
    is left alone, and so is one it pairs with none.
    """

    def __init__(self) -> None:
        self.owner: Identity | None = None
        self._by_id: dict[str, Identity] = {}
        self._by_handle: dict[str, Identity] = {}
        self._named: dict[tuple[str, str], Identity] = {}
        self._pairs: dict[str, str] = {}
        self._owner_handles: dict[str, None] = {}

    def set_owner(self, owner: Identity, *handles: str) -> None:
        """Take `owner` as the archive's owner, known by `handles` now and formerly."""
        self.owner = owner
        if owner.kind == "handle":
            self._by_handle[owner.id] = owner
        else:
            self._by_id[owner.id] = owner
        for handle in handles:
            self._owner_handles[handle] = None

    def state(self, ident: str, handle: str) -> None:
        """Note that the archive writes this id and this handle for one account."""
        known = self._pairs.setdefault(handle, ident)
        if known != ident:
            self._pairs[handle] = _TWO_ACCOUNTS

    def by_id(self, ident: str, handle: str | None = None) -> Identity:
        """Return the account of a numeric id; `handle` serves as its readable name."""
        if handle is not None:
            self.state(ident, handle)
        found = self._by_id.get(ident)
        if found is None:
            found = self._by_id[ident] = Identity(PLATFORM, ident, name=handle)
        return found

    def by_handle(self, handle: str) -> Identity:
        """Return the account that is known by its handle alone."""
        found = self._by_handle.get(handle)
        if found is None:
            found = self._by_handle[handle] = Identity(PLATFORM, handle, kind="handle")
        return found

    def named(self, ident: Any, screen_name: Any) -> Identity | None:
        """Return the account a record names by id, by handle or by both; None for nobody.

        A vanished account has id `-1` or none and keeps its handle.
        """
        if ident is None and screen_name is None:
            return None
        pair = (ident, screen_name)
        is_plain = isinstance(ident, str) and isinstance(screen_name, str)
        if is_plain and pair in self._named:
            return self._named[pair]
        number = whole(ident)
        handle = handle_of(screen_name)
        if number is not None:
            found = self.by_id(str(number), handle)
        elif handle is not None:
            found = self.by_handle(handle)
        else:
            return None
        if is_plain:
            self._named[pair] = found
        return found

    def user(self, ident: Any) -> Identity | None:
        """Return the account of a numeric id as a record writes it; None for no id."""
        if isinstance(ident, str) and ident in self._by_id:
            return self._by_id[ident]
        number = whole(ident)
        return None if number is None else self.by_id(str(number))

    def id_of(self, handle: str) -> Identity | None:
        """Return the account that the archive pairs with a handle, when it is exactly one."""
        ident = self._pairs.get(handle)
        return self.by_id(ident) if ident else None

    def aliases(self) -> Iterator[RawAlias]:
        """Yield the stated pairs that join something: the owner's handles and bare mentions."""
        if self.owner is not None and self.owner.kind == "opaque":
            for handle in self._owner_handles:
                yield RawAlias(self.owner, self.by_handle(handle))
        for handle, identity in list(self._by_handle.items()):
            ident = self._pairs.get(handle)
            if ident and handle not in self._owner_handles:
                yield RawAlias(self.by_id(ident), identity)
