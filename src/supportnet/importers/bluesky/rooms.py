"""Chat conversations: who is in them, since when, and so who could read a message."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

from supportnet.importers.bluesky.files import PLATFORM
from supportnet.importers.bluesky.people import People, is_did
from supportnet.parsing.times import iso_us
from supportnet.records import Conversation, RawMembership

__all__ = ["GROUPS_SINCE_US", "Room", "Visibility", "move_of"]

# Conversations of more than two exist since 15 April 2026; earlier ones are between two.
GROUPS_SINCE_US: Final = iso_us("2026-04-15T00:00:00Z") or 0
_JOINS: Final = ("AddMember", "MemberJoin")
_LEAVES: Final = ("RemoveMember", "MemberLeave")

Visibility: TypeAlias = Literal["private_1to1", "private_group", "unknown"]


def move_of(name: str) -> int:
    """Return +1 for the name of a system message that tells of a join, -1 for a leave, else 0.

    Examples
    --------
    >>> move_of("chat.bsky.convo.defs#systemMessageDataMemberLeave")
    -1
    """
    return 1 if name.endswith(_JOINS) else -1 if name.endswith(_LEAVES) else 0


@dataclass(slots=True)
class Room:
    """One conversation as the export shows it, gathered before its messages are read.

    Attributes
    ----------
    key
        Its id, the same in both partners' exports.
    listed
        Members the export lists, by DID. For groups the list may be incomplete.
    writers
        Everyone who wrote.
    is_group
        What the export says; None where it says nothing.
    stated_size
        Number of members it states.
    events
        (µs, DID, +1 for a join or -1 for a leave).
    last_us
        Time of the last message.
    """

    key: str
    listed: set[str] = field(default_factory=set)
    writers: set[str] = field(default_factory=set)
    is_group: bool | None = None
    stated_size: int | None = None
    events: set[tuple[int, str, int]] = field(default_factory=set)
    last_us: int = 0
    place: Conversation | None = None

    def take_view(self, view: dict[str, Any], people: People) -> None:
        """Learn from an object that describes the conversation."""
        for member in view["members"]:
            did = member.get("did") if isinstance(member, dict) else None
            if isinstance(did, str) and is_did(did):
                self.listed.add(did)
                people.state(did, member.get("handle"))
        kind = view.get("kind")
        said = kind.get("$type") if isinstance(kind, dict) else kind
        if isinstance(said, str):
            word = said.lower()
            self.is_group = True if "group" in word else False if "direct" in word else None
        count = kind.get("memberCount") if isinstance(kind, dict) else None
        if isinstance(count, int) and 0 < count < 10_000_000:
            self.stated_size = count

    def take_event(self, name: str, person: Any, t_us: int | None) -> None:
        """Learn from a system message that somebody joined or left."""
        step = move_of(name)
        did = person.get("did") if isinstance(person, dict) else None
        if step and t_us is not None and isinstance(did, str) and is_did(did):
            self.events.add((t_us, did, step))
            self.is_group = True

    def settle(self, people: People, owner: str | None) -> Conversation:
        """Decide what the conversation is, once all of the export was looked through."""
        known = self.listed | self.writers
        if owner is not None and len(self.listed) < 2:
            known.add(owner)
        if len(known) > 2:
            self.is_group = True
        elif self.is_group is None and (len(self.listed) == 2 or self.last_us < GROUPS_SINCE_US):
            self.is_group = False
        members = {people.get(did) for did in known | {did for _, did, _ in self.events}}
        basis: Literal["roster", "observed", "declared"] = "observed"
        if self._is_listed_whole():
            basis = "roster"
        elif self.stated_size is not None:
            basis = "declared"
        self.place = Conversation(
            platform=PLATFORM,
            key=self.key,
            kind="unknown" if self.is_group is None else "group" if self.is_group else "dm",
            members=members,
            members_basis=basis,
            n_members=self.stated_size if self.is_group and basis == "declared" else None,
        )
        return self.place

    @property
    def word(self) -> str | None:
        """The platform's word for its kind; None where the export does not tell."""
        return None if self.is_group is None else "group" if self.is_group else "direct"

    def _is_listed_whole(self) -> bool:
        """Say whether the list of members can be trusted to be complete."""
        if self.is_group:
            return self.stated_size is not None and self.stated_size == len(self.listed)
        return len(self.listed) == 2

    def readers(self, t_us: int) -> tuple[Visibility, int | None]:
        """Return who could read a message sent at a time, and how many besides its author.

        A group is `private_1to1` only while its membership is known to be exactly two.
        """
        if self.is_group is None:
            return ("private_1to1", 1) if t_us < GROUPS_SINCE_US else ("unknown", None)
        if not self.is_group:
            return "private_1to1", 1
        if self.stated_size is None:
            return "private_group", None
        size = self.stated_size - sum(step for when, _, step in self.events if when > t_us)
        if size == 2 and self._is_listed_whole():
            return "private_1to1", 1
        return "private_group", size - 1 if size > 1 else None

    def stays(self, people: People) -> list[RawMembership]:
        """Return each stay that the system messages show."""
        place = self.place
        if place is None:
            return []
        found: list[RawMembership] = []
        latest: dict[str, RawMembership] = {}
        for t_us, did, step in sorted(self.events):
            stay = latest.get(did)
            is_open = stay is not None and stay.left_us is None
            if stay is None or (step > 0 and not is_open):
                stay = RawMembership(place, people.get(did), t_us if step > 0 else None)
                latest[did] = stay
                found.append(stay)
                is_open = True
            if step < 0 and is_open:
                stay.left_us = t_us
        return found
