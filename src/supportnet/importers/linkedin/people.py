"""Accounts: profile addresses where there are some, names where there are none, and the owner."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final
from urllib.parse import unquote

from supportnet.importers.linkedin.files import PLATFORM
from supportnet.records import Identity

__all__ = ["People", "is_nobody", "one_name", "pieces_of", "slug_of"]

_PROFILE = re.compile(
    r"(?:https?://)?(?:[\w-]+\.)?linkedin\.com/(in|pub|company|school|showcase)/([^/?#\s]{1,300})",
    re.IGNORECASE,
)
# What stands for a member who closed the account; it may be any number of people.
_NOBODY: Final = frozenset({"linkedin member", ""})
_MOST_PIECES: Final = 400


def slug_of(url: str) -> str | None:
    """Return what a profile address says about whose it is, None for any other text.

    Examples
    --------
    >>> slug_of("https://fr.linkedin.com/in/L%C3%A9a-Martin/?x=1"), slug_of("Léa Martin")
    ('léa-martin', None)
    """
    found = _PROFILE.match(url.strip())
    if found is None:
        return None
    word, name = found[1].lower(), unquote(found[2])
    # Addresses that LinkedIn makes up are opaque: their case tells people apart.
    name = name if name.startswith("ACoA") else name.lower()
    return name if word in ("in", "pub") else f"{word}/{name}"


def one_name(text: str) -> str:
    """Return a name with single blanks."""
    return " ".join(text.split())


def is_nobody(name: str) -> bool:
    """Say whether a name stands for nobody in particular.

    Examples
    --------
    >>> is_nobody("LinkedIn Member"), is_nobody("Léa Martin")
    (True, False)
    """
    return name.casefold() in _NOBODY


def pieces_of(names: str) -> list[str]:
    """Return what stands between the commas of a list of names; a name may hold commas itself."""
    return [piece for part in names.split(",") if (piece := one_name(part))]


class People:
    """Make each account's identity once; know the owner and which names occur whole.

    Attributes
    ----------
    owner
        The export's owner, once found.
    """

    def __init__(self) -> None:
        self.owner: Identity | None = None
        self._owner_names: set[str] = set()
        self._by_slug: dict[str, Identity] = {}
        self._by_name: dict[str, Identity] = {}
        # Names that stand alone somewhere: in small letters → as written first.
        self._whole: dict[str, str] = {}
        self._names_of: dict[str, Counter[str]] = {}
        self._slugs_of: dict[str, Counter[str]] = {}

    # -- what the export states

    def note_name(self, name: str) -> None:
        """Note that a name stands alone somewhere, so that it can be told from a list."""
        self._whole.setdefault(name.casefold(), name)

    def note_pair(self, name: str, slug: str) -> None:
        """Note that the export writes this name and this address for one account."""
        if not is_nobody(name):
            self._names_of.setdefault(slug, Counter())[name] += 1
            self._slugs_of.setdefault(name.casefold(), Counter())[slug] += 1

    def set_owner(self, *, slug: str | None, name: str | None) -> None:
        """Take the owner, known by address, by name, or by both."""
        if slug is None and name is not None:
            ranked = self._slugs_of.get(name.casefold(), Counter()).most_common(2)
            if ranked and (len(ranked) == 1 or ranked[0][1] > ranked[1][1]):
                slug = ranked[0][0]
        if name is not None and not is_nobody(name):
            self._owner_names.add(name.casefold())
        if slug is not None:
            self._owner_names.update(n.casefold() for n in self._names_of.get(slug, ()))
            self.owner = self.by_slug(slug)
        elif name is not None:
            self.owner = self.by_name(self._whole.get(name.casefold(), name))

    def is_owner_name(self, name: str) -> bool:
        """Say whether a name without an address is the owner's."""
        return name.casefold() in self._owner_names

    # -- identities

    def by_slug(self, slug: str) -> Identity:
        """Return the account of a profile address."""
        found = self._by_slug.get(slug)
        if found is None:
            names = self._names_of.get(slug)
            shown = names.most_common(1)[0][0] if names else None
            if slug.startswith("ACoA"):
                found = Identity(PLATFORM, slug, name=shown)
            else:
                found = Identity(PLATFORM, slug, kind="handle", name=shown)
            self._by_slug[slug] = found
        return found

    def by_name(self, name: str) -> Identity:
        """Return the account that is known by its name alone, which counts in this export only."""
        if self.owner is not None and self.is_owner_name(name):
            return self.owner
        found = self._by_name.get(name)
        if found is None:
            found = self._by_name[name] = Identity(
                PLATFORM, name, scope="owner", kind="name", name=name
            )
        return found

    def split(self, names: str) -> list[str] | None:
        """Return the names in a list; None where commas leave it open.

        A list is cut where the pieces are names that occur whole elsewhere, the longest first.
        """
        whole = one_name(names)
        if not whole:
            return []
        if "," not in whole or whole.casefold() in self._whole:
            return [whole]
        parts, found, start = [one_name(part) for part in names.split(",")], list[str](), 0
        if len(parts) > _MOST_PIECES:
            return None
        while start < len(parts):
            if not parts[start]:
                start += 1
                continue
            for end in range(len(parts), start, -1):
                name = ", ".join(parts[start:end])
                if self._is_whole(name) or self._is_whole(",".join(parts[start:end])):
                    found.append(name)
                    start = end
                    break
            else:
                return None
        return found

    def _is_whole(self, name: str) -> bool:
        """Say whether a name stands alone somewhere."""
        folded = name.casefold()
        return folded in self._whole or folded in self._owner_names or is_nobody(name)

    def common(self, groups: Iterable[set[str]]) -> str | None:
        """Return the only word that stands in all of several sets; None for none or more."""
        groups = list(groups)
        if len(groups) < 2:
            return None
        shared = set.intersection(*groups)
        return shared.pop() if len(shared) == 1 else None
