"""Accounts: the lasting id (DID), the passing handle, and the pairs of both an export states."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from supportnet.importers.bluesky.files import PLATFORM
from supportnet.records import Identity, MessageRef, RawAlias

__all__ = ["People", "is_did"]

_DID = re.compile(r"did:[a-z0-9]{1,32}:[A-Za-z0-9._:%-]{1,2000}")
_HANDLE = re.compile(r"(?=.{3,253}$)(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{1,63}")
_URI = re.compile(r"at://([^/\s]{1,2048})/([A-Za-z0-9.-]{1,317})/([A-Za-z0-9._:~-]{1,512})")
# What the platform shows for an account whose handle does not lead back to it.
_NO_HANDLES: Final = frozenset({"handle.invalid", "missing.invalid"})


def is_did(value: Any) -> bool:
    """Say whether a value is a DID, the lasting id of an account.

    Examples
    --------
    >>> is_did("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa"), is_did("lea.example")
    (True, False)
    """
    return isinstance(value, str) and _DID.fullmatch(value) is not None


class People:
    """Make each account's identity once."""

    def __init__(self) -> None:
        self._handles: dict[str, str] = {}
        self._known: dict[str, Identity] = {}

    def state(self, did: Any, handle: Any) -> None:
        """Note that the export writes this id and this handle for one account."""
        if (
            is_did(did)
            and isinstance(handle, str)
            and _HANDLE.fullmatch(handle)
            and handle.lower() not in _NO_HANDLES
        ):
            self._handles.setdefault(did, handle.lower())

    def get(self, did: str) -> Identity:
        """Return the account of a DID."""
        found = self._known.get(did)
        if found is None:
            found = self._known[did] = Identity(PLATFORM, did, name=self._handles.get(did))
        return found

    def maybe(self, did: Any) -> Identity | None:
        """Return the account of a DID; None when the value is none."""
        if type(did) is not str:
            return None
        return self._known.get(did) or (self.get(did) if is_did(did) else None)

    def content(self, uri: Any) -> tuple[MessageRef, Identity | None, str] | None:
        """Return what an address of content says: the pointer, the author, the collection.

        The author is None where the address names a handle instead of an id: handles move on.
        """
        found = _URI.fullmatch(uri) if isinstance(uri, str) else None
        if found is None:
            return None
        return MessageRef(PLATFORM, uri), self.maybe(found[1]), found[2]

    def named(self, word: str) -> Identity | None:
        """Return the account a researcher means by an id or by a handle that the export states."""
        bare = word.strip().removeprefix("@")
        if is_did(bare):
            return self.get(bare)
        dids = [did for did, handle in self._handles.items() if handle == bare.lower()]
        return self.get(dids[0]) if len(dids) == 1 else None

    def aliases(self) -> Iterator[RawAlias]:
        """Yield the stated pairs of id and handle, of accounts that occur."""
        owners: dict[str, int] = {}
        for handle in self._handles.values():
            owners[handle] = owners.get(handle, 0) + 1
        for did, handle in self._handles.items():
            # A handle that two accounts wear is a handle that moved on: it joins nobody.
            if did in self._known and owners[handle] == 1:
                yield RawAlias(self._known[did], Identity(PLATFORM, handle, kind="handle"))
