"""Facts about the account: its owner, former handles, protected times, date of the export."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from supportnet.archive import Archive, Member, read_json
from supportnet.errors import ArchiveError
from supportnet.importers.twitter.clock import post_time, whole
from supportnet.importers.twitter.files import PLATFORM, kind_of, kind_of_name
from supportnet.importers.twitter.items import unwrapped
from supportnet.importers.twitter.people import handle_of
from supportnet.records import Identity

__all__ = ["Account", "Protection", "find_owner", "read_account", "written_times"]

_SMALL = 16 * 2**20


@dataclass(slots=True)
class Protection:
    """The times at which the account was made protected or public again.

    Attributes
    ----------
    changes
        (µs, protected from then on), sorted.
    """

    changes: list[tuple[int, bool]] = field(default_factory=list)

    def at(self, t_us: int) -> bool:
        """Say whether the account was protected; before the first change it was the opposite."""
        if not self.changes:
            return False
        place = bisect_right(self.changes, t_us, key=lambda change: change[0])
        return self.changes[place - 1][1] if place else not self.changes[0][1]

    def during(self, times: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Say it for many times."""
        if not self.changes:
            return np.zeros(len(times), np.bool_)
        begins = [t_us for t_us, _ in self.changes]
        states = [not self.changes[0][1], *(state for _, state in self.changes)]
        return np.array(states)[np.searchsorted(begins, times, side="right")]


@dataclass(slots=True)
class Account:
    """What the archive says about itself.

    Attributes
    ----------
    owner
        The owner, where the archive names one.
    handles
        The owner's present and former handles.
    created_us, written_us
        When the account was opened and when the archive was made, where stated.
    protection
        When the account was protected.
    stated
        Kind of file → number of records the manifest announces.
    announced
        Paths of the data files that the manifest announces and that hold records.
    damaged
        Small files that could not be read, by kind.
    is_partial
        The manifest says that this is one part of several.
    """

    owner: Identity | None = None
    handles: list[str] = field(default_factory=list)
    created_us: int | None = None
    written_us: int | None = None
    protection: Protection = field(default_factory=Protection)
    stated: dict[str, int] = field(default_factory=dict)
    announced: set[str] = field(default_factory=set)
    damaged: list[str] = field(default_factory=list)
    is_partial: bool = False


def _document(member: Member) -> Any:
    """Return a small file as one value; None when it is damaged."""
    try:
        return read_json(member, skip_prefix=True, cap=_SMALL)
    except ArchiveError:
        return None


def _entries(document: Any, *keys: str) -> Iterator[dict[str, Any]]:
    """Yield the unwrapped records of a small file, whether it holds a list or a single one."""
    for entry in document if isinstance(document, list) else [document]:
        if isinstance(entry, dict):
            yield unwrapped(entry, *keys)


def _time(value: Any) -> int | None:
    """Return a stated time in µs, or None."""
    when = post_time(value, None)
    return None if isinstance(when, str) else when.t_us


def _part(document: Any, key: str) -> dict[str, Any]:
    """Return a sub-object of a document, empty where it is missing."""
    part = document.get(key) if isinstance(document, dict) else None
    return part if isinstance(part, dict) else {}


def _identity(ident: Any, handle: Any) -> Identity | None:
    """Return the owner's identity when the id is one."""
    number = whole(ident)
    return None if number is None else Identity(PLATFORM, str(number), name=handle_of(handle))


def _owner_in(kind: str, document: Any) -> Identity | None:
    """Return the owner that one of the describing files names."""
    if kind == "account":
        for entry in _entries(document, "account"):
            return _identity(entry.get("accountId"), entry.get("username"))
    elif kind == "user_details":
        for entry in _entries(document):
            return _identity(entry.get("id") or entry.get("id_str"), entry.get("screen_name"))
    elif kind == "manifest":
        user = _part(document, "userInfo")
        return _identity(user.get("accountId"), user.get("userName"))
    return None


def find_owner(members: Sequence[Member]) -> Identity | None:
    """Return the owner that an archive names in its small files, without reading its posts.

    Parameters
    ----------
    members
        The claimed files of one archive.

    Returns
    -------
    Identity or None
        The account id with the handle as its name; None when no file names it.
    """
    kinds = [(kind_of(member) or "", member) for member in members]
    for wanted in ("account", "user_details", "manifest"):
        for kind, member in kinds:
            if kind == wanted:
                owner = _owner_in(kind, _document(member))
                if owner is not None:
                    return owner
    return None


def written_times(members: Iterable[Member]) -> dict[Archive, int]:
    """Return when each archive was made, for those whose manifest says so (µs since 1970)."""
    written: dict[Archive, int] = {}
    for member in members:
        if kind_of(member) == "manifest":
            stamp = _time(_part(_document(member), "archiveInfo").get("generationDate"))
            if stamp is not None:
                written[member.archive] = max(stamp, written.get(member.archive, 0))
    return written


def read_account(files: Mapping[str, Sequence[Member]]) -> Account:
    """Read the small files that describe the account and the archive.

    Parameters
    ----------
    files
        Files by kind, newest export first.

    Returns
    -------
    Account
        What they say; kinds of damaged files are listed, not raised.
    """
    account = Account()
    readers = {
        "account": _read_owner_file,
        "user_details": _read_owner_file,
        "manifest": _read_manifest,
        "payload_details": _read_payload,
        "screen_name_change": _read_names,
        "protected_history": _read_protection,
    }
    for kind, reader in readers.items():
        for member in files.get(kind, ()):
            document = _document(member)
            if document is None:
                account.damaged.append(kind)
            else:
                reader(account, kind, document)
    account.protection.changes = sorted(set(account.protection.changes))
    account.handles = list(dict.fromkeys(account.handles))
    return account


def _read_owner_file(account: Account, kind: str, document: Any) -> None:
    """Take owner, handle and day of opening from `account.js` or `user_details.js`."""
    owner = _owner_in(kind, document)
    if account.owner is None:
        account.owner = owner
    if owner is None or account.owner is None or owner.id != account.owner.id:
        return
    if owner.name is not None:
        account.handles.append(owner.name)
    for entry in _entries(document, "account"):
        opened = _time(entry.get("createdAt") or entry.get("created_at"))
        if opened is not None:
            account.created_us = opened


def _read_manifest(account: Account, kind: str, document: Any) -> None:
    """Take owner, date and announced record counts from `manifest.js`."""
    if account.owner is None:
        account.owner = _owner_in(kind, document)
        if account.owner is not None and account.owner.name is not None:
            account.handles.append(account.owner.name)
    about = _part(document, "archiveInfo")
    stamp = _time(about.get("generationDate"))
    if stamp is not None:
        account.written_us = max(stamp, account.written_us or 0)
    account.is_partial |= str(about.get("isPartialArchive")).lower() == "true"
    for described in _part(document, "dataTypes").values():
        listed = described.get("files") if isinstance(described, dict) else None
        for file in listed if isinstance(listed, list) else ():
            if isinstance(file, dict):
                _announce(account, file)


def _announce(account: Account, file: Mapping[str, Any]) -> None:
    """Note one file that the manifest announces, with its number of records."""
    name, count = file.get("fileName"), whole(file.get("count"))
    found = kind_of_name(name) if isinstance(name, str) else None
    if isinstance(name, str) and found is not None and count is not None:
        account.announced.add(name.rpartition("/")[2])
        account.stated[found] = account.stated.get(found, 0) + count


def _read_payload(account: Account, kind: str, document: Any) -> None:
    """Take the date of a classic archive from `payload_details.js`."""
    for entry in _entries(document):
        stamp = _time(entry.get("created_at"))
        if stamp is not None:
            account.written_us = max(stamp, account.written_us or 0)


def _read_names(account: Account, kind: str, document: Any) -> None:
    """Take former handles from `screen-name-change.js`, whose wrapper stands twice."""
    for entry in _entries(document, "screenNameChange", "screenNameChange"):
        for field_name in ("changedTo", "changedFrom"):
            handle = handle_of(entry.get(field_name))
            if handle is not None:
                account.handles.append(handle)


def _read_protection(account: Account, kind: str, document: Any) -> None:
    """Take the times of protection from `protected-history.js`; without an action: protected."""
    for entry in _entries(document, "protectedHistory"):
        stamp = _time(entry.get("protectedAt"))
        if stamp is not None:
            action = str(entry.get("action") or "protect").lower()
            account.protection.changes.append((stamp, not action.startswith(("un", "public"))))
