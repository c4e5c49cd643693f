"""Yes-or-no facts that the researcher declares beside the column map."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol

from supportnet.errors import InputError

__all__ = ["WHOLE_COMMUNITY", "community_flags", "declared"]

WHOLE_COMMUNITY: Final = "whole_community"
_WORDS: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


class _HasColumns(Protocol):
    """Anything with the researcher's column map."""

    @property
    def columns(self) -> Mapping[str, object] | None:
        """The map, or None when not said."""
        ...


def declared(options: _HasColumns, name: str) -> bool:
    """Return whether the researcher declared something; unsaid is no.

    Parameters
    ----------
    options
        What the researcher said.
    name
        Key of the column map, as `whole_community`.

    Returns
    -------
    bool
        True only where it was declared.

    Raises
    ------
    InputError
        When the map says neither yes nor no.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> declared(SimpleNamespace(columns={"whole_community": "true"}), "whole_community")
    True
    >>> declared(SimpleNamespace(columns=None), "whole_community")
    False
    """
    value = (options.columns or {}).get(name, False)
    found = value if isinstance(value, bool) else _WORDS.get(str(value).strip().lower())
    if found is None:
        msg = (
            f"true or false was expected for {name!r} in the column map; found another word; "
            f"pass --map {name}=true or leave it out."
        )
        raise InputError(msg)
    return found


def community_flags(options: _HasColumns, *, reactions: bool) -> tuple[frozenset[str], str]:
    """Return what a collection of public posts covers, and the words for the data card.

    Parameters
    ----------
    options
        What the researcher said: `whole_community` in the column map makes the collection one
        that misses nobody.
    reactions
        Whether the collection names who reacted to what.

    Returns
    -------
    tuple of (frozenset of str, str)
        Coverage flags, and the words.

    Notes
    -----
    A keyword or stream sample shows what some people posted and misses most of what was answered,
    so nothing between two people is complete in it: it carries `public_out` alone.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> flags, word = community_flags(SimpleNamespace(columns=None), reactions=True)
    >>> sorted(flags), word
    (['public_out'], 'sample (reply latency and triads are biased downward)')
    """
    if not declared(options, WHOLE_COMMUNITY):
        return frozenset({"public_out"}), "sample (reply latency and triads are biased downward)"
    flags = {"public_in", "public_out", "alter_alter"}
    if reactions:
        flags |= {"reactions_in", "reactions_out"}
    return frozenset(flags), "whole community (declared)"
