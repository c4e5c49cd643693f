"""Whose export it is: a wrong owner would turn every message round."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from supportnet.archive import Member, read_json
from supportnet.errors import ArchiveError
from supportnet.importers.facebook.files import PLATFORM, sorted_files
from supportnet.parsing.html import marks
from supportnet.parsing.meta import repaired
from supportnet.parsing.meta_layout import thread_file
from supportnet.parsing.meta_threads import common_name
from supportnet.parsing.meta_volumes import holds_threads_of
from supportnet.records import Identity

__all__ = ["belongs", "identity_of", "legacy_owner", "owner_name", "owner_of", "profile_name"]


def identity_of(name: str) -> Identity:
    """Return the owner of a name. The export gives no number, so a name is all that joins two."""
    return Identity(PLATFORM, name.strip(), "owner", "name", name.strip())


def _full_name(document: Any) -> str | None:
    """Return the name in `profile_v2.name.full_name`, or the same under an older key."""
    if not isinstance(document, dict):
        return None
    for key, profile in document.items():
        name = profile.get("name") if isinstance(profile, dict) else None
        if key.startswith("profile") and name is not None:
            full = name.get("full_name") if isinstance(name, dict) else name
            found = repaired(full)
            if found and found.strip():
                return found.strip()
    return None


def profile_name(members: Sequence[Member]) -> str | None:
    """Return the name that the profile states, else the one kept for filling in forms."""
    files = sorted_files(members)
    for member in files.get("profile", []):
        name = _full_name(_small(member))
        if name is not None:
            return name
    for member in files.get("autofill", []):
        document = _small(member)
        inner = document.get("autofill_information_v2") if isinstance(document, dict) else None
        inner = inner if isinstance(inner, dict) else document
        listed = inner.get("FULL_NAME") if isinstance(inner, dict) else None
        name = repaired(listed[0] if isinstance(listed, list) and listed else listed)
        if name and name.strip():
            return name.strip()
    return None


def _small(member: Member) -> Any:
    """Return a small document; nothing where it is damaged."""
    try:
        return read_json(member, cap=2**22)
    except ArchiveError:
        return None


def legacy_owner(members: Sequence[Member]) -> str | None:
    """Return the name above the conversations of an export before 2018."""
    for member in members:
        words = ""
        inside = False
        for what, word, classes in marks(member):
            if what == "open" and "thread" in classes:
                break
            if word in ("h1", "h2") and what != "text":
                if inside and words.strip():
                    return words.strip()
                inside = what == "open"
            elif inside:
                words += word
    return None


def owner_name(members: Sequence[Member]) -> str | None:
    """Return the owner's name: stated, else the one in all conversations."""
    stated = profile_name(members)
    if stated is not None:
        return stated
    files = sorted_files(members)
    newest: dict[str, Member] = {}
    for member in files.get("thread", []):
        file = thread_file(member.name)
        if file is not None:
            newest.setdefault(file.folder, member)
    found = common_name([*newest.values(), *files.get("sealed", [])])
    return found or legacy_owner(files.get("legacy_page", []))


def owner_of(members: Sequence[Member]) -> Identity | None:
    """Return the owner whom the profile states, to bring the parts of a split export together."""
    name = profile_name(members)
    return None if name is None else identity_of(name)


def belongs(loose: Sequence[Member], owned: Sequence[Member]) -> bool | None:
    """Tell whether conversations without a profile are those of an export that has one."""
    name = profile_name(owned)
    return None if name is None else holds_threads_of(_threads(loose), [name], _threads(owned))


def _threads(members: Sequence[Member]) -> list[Member]:
    """Return the files of conversations, of both downloads."""
    files = sorted_files(members)
    return [*files.get("thread", []), *files.get("sealed", [])]
