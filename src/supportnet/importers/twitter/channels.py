"""Private conversations: which one a message belongs to, and who could read it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, Literal, TypeAlias

from supportnet.importers.twitter.clock import direct_time, whole
from supportnet.importers.twitter.files import PLATFORM
from supportnet.importers.twitter.people import People
from supportnet.importers.twitter.rosters import Roster
from supportnet.records import Conversation, Identity, RawMembership

__all__ = ["Channels", "Readers", "pair_of"]

_PAIR = re.compile(r"(\d{1,19})-(\d{1,19})")

Readers: TypeAlias = tuple[Literal["private_1to1", "private_group", "unknown"], int | None]

_TWO: Final[Readers] = ("private_1to1", 1)
_NOBODY_ELSE: Final[Readers] = ("unknown", None)


def pair_of(conversation_id: str | None) -> tuple[str, str] | None:
    """Return the two account ids of a one-to-one conversation id, the smaller first.

    Examples
    --------
    >>> pair_of("1002-1001"), pair_of("9000001")
    (('1001', '1002'), None)
    """
    found = _PAIR.fullmatch(conversation_id) if conversation_id is not None else None
    first, second = (whole(found[1]), whole(found[2])) if found is not None else (None, None)
    if first is None or second is None:
        return None
    return str(min(first, second)), str(max(first, second))


class Channels:
    """Make each private conversation once and know its members through time."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._direct: dict[str, Conversation] = {}
        self._by_raw: dict[str, Conversation] = {}
        self._groups: dict[str, Conversation] = {}
        self._rosters: dict[str, Roster] = {}

    def note_writer(self, key: str, sender: Any) -> None:
        """Note that someone wrote in group `key`, event or no event."""
        writer = self._people.user(sender)
        if writer is not None:
            self._rosters.setdefault(key, Roster()).writers.add(writer)

    def note_event(self, key: str, name: str, event: dict[str, Any]) -> None:
        """Add a membership event to the roster of group `key`."""
        when = direct_time(event.get("createdAt"), None)
        listed = event.get("participantsSnapshot" if name == "joinConversation" else "userIds")
        people = {
            self._people.by_id(str(number))
            for number in map(whole, listed if isinstance(listed, list) else ())
            if number is not None
        }
        if isinstance(when, str) or not people:
            return
        roster = self._rosters.setdefault(key, Roster())
        if name == "joinConversation":
            owner = self._people.owner
            added = people | ({owner} if owner is not None else set())
            roster.snapshots.append((when.t_us, frozenset(added)))
        elif name == "participantsJoin":
            roster.joins.update((when.t_us, person) for person in people)
        else:
            roster.leaves.update((when.t_us, person) for person in people)

    def direct(
        self, conversation_id: str | None, author: Identity, recipient: Any
    ) -> Conversation | str:
        """Return the one-to-one conversation of a message, or the reason why there is none.

        The id names both persons; an opaque or missing one leaves sender and recipient to tell.
        """
        found = self._by_raw.get(conversation_id) if conversation_id is not None else None
        if found is None:
            pair = pair_of(conversation_id)
            if pair is not None:
                found = self._by_raw[conversation_id or ""] = self._between(*pair)
            else:
                other = whole(recipient)
                if other is None:
                    return "no_conversation"
                found = self._between(author.id, str(other))
        return found if author in found.members else "author_not_member"

    def _between(self, one: str, other: str) -> Conversation:
        """Return the conversation of two accounts."""
        key = "-".join(sorted((one, other), key=int))
        found = self._direct.get(key)
        if found is None:
            members = {self._people.by_id(one), self._people.by_id(other)}
            kind: Literal["dm", "self"] = "dm" if len(members) == 2 else "self"
            found = self._direct[key] = Conversation(PLATFORM, key, kind, members, "roster")
        return found

    def group(self, key: str, author: Identity | None = None) -> Conversation:
        """Return a group; everyone an event names belongs to it, and everyone who wrote."""
        found = self._groups.get(key)
        if found is None:
            roster = self._rosters.get(key, Roster())
            owner = self._people.owner
            members = roster.people() | ({owner} if owner is not None else set())
            basis: Literal["roster", "observed"] = "roster" if roster.snapshots else "observed"
            found = Conversation(PLATFORM, key, "group", members, basis)
            self._groups[key] = found
        if author is not None:
            found.members.add(author)
        return found

    def readers(self, conversation: Conversation, t_us: int) -> Readers:
        """Return the visibility of a message sent then, and how many others could read it."""
        if conversation.kind == "dm":
            return _TWO
        if conversation.kind == "self":
            return _NOBODY_ELSE
        roster = self._rosters.get(conversation.key)
        size = None if roster is None else roster.size_at(t_us, self._people.owner)
        if size is None or size < 2:
            return "private_group", None
        # A group is as private as a direct message only while its list holds exactly two.
        return _TWO if size == 2 else ("private_group", size - 1)

    def all(self) -> list[Conversation]:
        """Return the conversations met so far."""
        return [*self._direct.values(), *self._groups.values()]

    def memberships(self) -> Iterator[RawMembership]:
        """Yield who joined and left which group, where one of both times is known."""
        for key, roster in self._rosters.items():
            yield from roster.memberships(self.group(key), self._people.owner)
