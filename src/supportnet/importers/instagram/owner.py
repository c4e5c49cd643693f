"""Whose export it is, and who could read that person's posts when."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from supportnet.archive import Member, read_json
from supportnet.errors import ArchiveError
from supportnet.importers.instagram.files import PLATFORM, sorted_files
from supportnet.parsing.meta import Labelled, folded, labelled, records_of, repaired
from supportnet.parsing.meta_layout import thread_file
from supportnet.parsing.meta_threads import common_name
from supportnet.parsing.meta_volumes import holds_threads_of
from supportnet.records import Identity

__all__ = ["Owner", "belongs", "owner_of", "read_owner"]

# Labels of the profile in English and French (the latter from memory).
_USERNAME: Final = frozenset({"username", "nom d'utilisateur", "nom d’utilisateur"})
_NAME: Final = frozenset({"name", "nom"})
_PRIVATE: Final = frozenset({"private account", "compte privé"})
_YES: Final = frozenset({"true", "vrai", "oui", "yes"})
_NO: Final = frozenset({"false", "faux", "non", "no"})


@dataclass(slots=True)
class Owner:
    """The owner of an export.

    Attributes
    ----------
    identity
        By user name, else by display name; None when not known.
    names
        Display names under which the owner stands in conversations.
    is_private
        Whether the account was private when the export was made; None when not told.
    changes
        When that was changed, µs, oldest first.
    """

    identity: Identity | None = None
    names: list[str] = field(default_factory=list)
    is_private: bool | None = None
    changes: list[int] = field(default_factory=list)

    def was_private(self, t_us: int) -> bool | None:
        """Tell whether the account was private at a time.

        Each change turned it over, so the state now and the changes after `t_us` give it.

        Examples
        --------
        >>> Owner(is_private=True, changes=[100]).was_private(50)
        False
        >>> Owner(is_private=True).was_private(50)
        True
        """
        if self.is_private is None:
            return None
        later = len(self.changes) - bisect_right(self.changes, t_us)
        return self.is_private if later % 2 == 0 else not self.is_private


def _small(member: Member) -> Any:
    """Return a small document; nothing where it is damaged."""
    try:
        return read_json(member, cap=2**22)
    except ArchiveError:
        return None


def _find(entries: list[Labelled], labels: frozenset[str]) -> str | None:
    """Return the value under one of some labels."""
    return next((e.value.strip() for e in entries if folded(e.label) in labels and e.value), None)


def _profile(members: Sequence[Member]) -> tuple[str | None, str | None, bool | None]:
    """Return user name, display name and whether the account is private."""
    files = sorted_files(members)
    for member in files.get("profile", []):
        for _, _, record in records_of(member):
            if isinstance(record, dict):
                entries = labelled(record)
                word = folded(_find(entries, _PRIVATE) or "")
                private = True if word in _YES else False if word in _NO else None
                handle, name = _find(entries, _USERNAME), _find(entries, _NAME)
                if handle or name:
                    return handle, name, private
    for member in files.get("flat_profile", []):
        document = _small(member)
        if isinstance(document, dict):
            state = document.get("private_account")
            private = state if isinstance(state, bool) else None
            return repaired(document.get("username")), repaired(document.get("name")), private
    return None, None, None


def _by_handle(handle: str) -> Identity:
    return Identity(PLATFORM, handle.strip().removeprefix("@").lower(), kind="handle")


def read_owner(members: Sequence[Member], declared: str | None) -> Owner:
    """Find out whose export it is.

    Parameters
    ----------
    members
        The claimed files.
    declared
        The researcher's `--owner`: a user name with or without @, or a display name.

    Returns
    -------
    Owner
        Named by the profile, else declared, else the one name in all conversations.
    """
    files = sorted_files(members)
    handle, name, private = _profile(members)
    owner = Owner(is_private=private, names=[name] if name and name.strip() else [])
    newest: dict[str, Member] = {}
    for member in files.get("thread", []):
        file = thread_file(member.name)
        if file is not None:
            newest.setdefault(file.folder, member)
    common = common_name(newest.values())
    if not handle and not name and declared:
        if declared.startswith("@") or " " not in declared.strip():
            handle = declared
        owner.names.append(declared.strip())
    if common is not None and common not in owner.names:
        # The profile may bear another name than the conversations.
        owner.names.append(common)
    if handle:
        owner.identity = _by_handle(handle)
        owner.names.append(handle.strip().removeprefix("@"))
    elif owner.names:
        owner.identity = Identity(PLATFORM, owner.names[0], "owner", "name", owner.names[0])
    for member in files.get("privacy", []):
        for _, _, record in records_of(member):
            if isinstance(record, dict):
                owner.changes += [e.t_us for e in labelled(record) if e.t_us is not None][:1]
    owner.changes.sort()
    return owner


def owner_of(members: Sequence[Member]) -> Identity | None:
    """Return the owner whom the profile states, to bring the parts of a split export together."""
    handle, _, _ = _profile(members)
    return None if not handle else _by_handle(handle)


def belongs(loose: Sequence[Member], owned: Sequence[Member]) -> bool | None:
    """Tell whether conversations without a profile are those of an export that has one."""
    handle, name, _ = _profile(owned)
    there, here = (sorted_files(members).get("thread", []) for members in (loose, owned))
    return holds_threads_of(there, [word for word in (handle, name) if word], here)
