"""Whose data files without an account file are: what they hold, and what an archive announces."""

from __future__ import annotations

from collections.abc import Sequence

from supportnet.archive import Member
from supportnet.importers.twitter.account import find_owner, read_account
from supportnet.importers.twitter.files import kind_of

__all__ = ["belongs"]


def belongs(loose: Sequence[Member], owned: Sequence[Member]) -> bool | None:
    """Tell whether data files are those that an archive announces and does not hold.

    Parameters
    ----------
    loose
        Files without one that names an owner.
    owned
        Files of an archive that names its owner.

    Returns
    -------
    bool or None
        True when the archive's manifest announces every one of them, and holds none; None
        otherwise. Posts bear no author, so nothing tells that they are another person's.
    """
    owner = find_owner(owned)
    kinds: dict[str, list[Member]] = {}
    for member in owned:
        kinds.setdefault(kind_of(member) or "", []).append(member)
    if owner is None or "manifest" not in kinds:
        return None
    missing = read_account(kinds).announced - {_base(member) for member in owned}
    return True if loose and {_base(member) for member in loose} <= missing else None


def _base(member: Member) -> str:
    """Return the name of a file, as a manifest announces it."""
    return member.name.rpartition("/")[2]
