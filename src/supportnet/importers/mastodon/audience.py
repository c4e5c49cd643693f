"""Who could read an activity: the four visibilities, told by whom it was addressed to."""

from __future__ import annotations

from typing import Any, Final, Literal, TypeAlias

__all__ = ["OPEN", "Word", "is_collection", "listed", "word_of"]

Word: TypeAlias = Literal["public", "unlisted", "private", "direct"]

# Any of these addresses everybody.
_PUBLIC: Final = frozenset({"https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"})
# The platform's word → what is stored. Directs depend on how many they name.
OPEN: Final[dict[str, Literal["public", "semi_public"]]] = {
    "public": "public",
    "unlisted": "public",
    "private": "semi_public",
}


def listed(value: Any) -> list[str]:
    """Return addressees as a list, whichever way they are written.

    Examples
    --------
    >>> listed("as:Public"), listed(None), listed(["a", 3])
    (['as:Public'], [], ['a'])
    """
    if isinstance(value, str):
        return [value]
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def is_collection(address: str, followers: str) -> bool:
    """Say whether an addressee is everybody or somebody's followers, not a person."""
    return address in _PUBLIC or address == followers or address.endswith("/followers")


def word_of(to: list[str], cc: list[str], followers: str) -> Word:
    """Return the platform's word for an activity's visibility.

    Parameters
    ----------
    to, cc
        Its addressees.
    followers
        Address of the owner's followers, as `actor.json` gives it; empty where unknown.

    Returns
    -------
    str
        `public`; `unlisted` (open to anyone, shown in fewer places); `private` (followers only);
        `direct` (named persons, or nobody).

    Examples
    --------
    >>> word_of(["https://m.example/ap/users/1/followers"], ["as:Public"], "")
    'unlisted'
    >>> word_of([], [], "")
    'direct'
    """
    if not _PUBLIC.isdisjoint(to):
        return "public"
    if not _PUBLIC.isdisjoint(cc):
        return "unlisted"
    for address in (*to, *cc):
        if address == followers or address.endswith("/followers"):
            return "private"
    return "direct"
