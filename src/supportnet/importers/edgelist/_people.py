"""Persons and conversations of a table, each made once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, Literal

from supportnet.records import Conversation, Identity

__all__ = ["Cast", "id_of"]

Kind = Literal["dm", "group", "channel", "thread", "broadcast", "self", "unknown"]

_EXACT: Final = 2**53
_BETWEEN: Final = "\x1f"
# Form of a conversation whose messages have this visibility.
_KINDS: Final[dict[str, Kind]] = {
    "private_1to1": "dm",
    "private_group": "group",
    "semi_public": "channel",
    "public": "thread",
    "unknown": "unknown",
}


def id_of(cell: Any) -> str | None:
    """Return an id as text; None for what cannot be one (a number that a float has rounded).

    Examples
    --------
    >>> id_of(" 0042 "), id_of(9007199254740993), id_of(12.0), id_of(1.5)
    ('0042', '9007199254740993', '12', None)
    """
    if type(cell) is str:
        return cell.strip()
    if type(cell) is int:
        return str(cell)
    if type(cell) is float and cell.is_integer() and abs(cell) < _EXACT:
        return str(int(cell))
    return None


class Cast:
    """Everyone and every conversation of one table.

    Parameters
    ----------
    platform
        Platform word.
    is_bip
        Senders and recipients have id spaces of their own.
    """

    def __init__(self, platform: str, *, is_bip: bool = False) -> None:
        self.platform = platform
        self._prefixes = ("left:", "right:") if is_bip else ("", "")
        self._people: dict[str, Identity] = {}
        self._talks: dict[Any, Conversation] = {}

    def sender(self, word: str) -> Identity:
        """Return the person with this id among those who send."""
        return self._person(self._prefixes[0] + word)

    def recipient(self, word: str) -> Identity:
        """Return the person with this id among those who receive."""
        return self._person(self._prefixes[1] + word)

    def _person(self, word: str) -> Identity:
        """Return the person with this whole id."""
        found = self._people.get(word)
        if found is None:
            found = self._people[word] = Identity(self.platform, word)
        return found

    def among(self, people: Iterable[Identity], visibility: str) -> Conversation:
        """Return the conversation of exactly these persons.

        A private one has them as its closed list of readers; elsewhere they are those who spoke or
        were addressed, and the list of readers is unknown.
        """
        everyone = tuple(sorted({person.id for person in people}))
        place = (everyone, visibility)
        found = self._talks.get(place)
        if found is None:
            is_private = visibility in ("private_1to1", "private_group")
            # Outside private talk a pair's exchange is a thread of its own.
            kind = _KINDS[visibility] if is_private else "thread"
            # The same persons may also talk elsewhere: the form is part of the key.
            found = Conversation(self.platform, _BETWEEN.join((kind, *everyone)), kind)
            if is_private:
                found.members = set(people)
                found.members_basis = "roster"
            self._talks[place] = found
        return found

    def named(self, word: str, visibility: str) -> Conversation:
        """Return the conversation that the table itself names."""
        found = self._talks.get(word)
        if found is None:
            kind = _KINDS[visibility]
            found = Conversation(self.platform, word, kind, members_basis="observed")
            self._talks[word] = found
        return found
