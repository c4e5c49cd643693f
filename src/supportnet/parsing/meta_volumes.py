"""Whose conversations a volume of a Facebook or Instagram export holds, told by who takes part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from supportnet.archive import Member
from supportnet.parsing.meta import folded
from supportnet.parsing.meta_layout import thread_file
from supportnet.parsing.meta_threads import common_name

__all__ = ["holds_threads_of"]


def holds_threads_of(
    threads: Sequence[Member], names: Iterable[str], own: Sequence[Member]
) -> bool | None:
    """Tell whether conversations are those of a person's export.

    Parameters
    ----------
    threads
        Files of messages.
    names
        The names that the person's profile bears.
    own
        Files of messages that are known to be the person's: the name in conversations may be
        another than that of the profile.

    Returns
    -------
    bool or None
        True when this person alone takes part in all of them; False when somebody else alone does;
        None when they do not tell: fewer than two are there, or two persons are in all of them.
    """
    common = _common(threads)
    if common is None:
        return None
    known = {folded(name) for name in names}
    mine = _common(own)
    if mine is not None:
        known.add(folded(mine))
    return folded(common) in known if known else None


def _common(threads: Sequence[Member]) -> str | None:
    """Return the one name in all conversations, each looked at once."""
    newest: dict[str, Member] = {}
    for member in threads:
        file = thread_file(member.name)
        newest.setdefault(member.name if file is None else file.folder, member)
    return common_name(newest.values())
