"""Who was in a group conversation, and when, as far as its events tell."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from supportnet.records import Conversation, Identity, RawMembership

__all__ = ["Roster"]


@dataclass(slots=True)
class Roster:
    """The comings and goings of one group.

    Attributes
    ----------
    snapshots
        (µs, members) at the moments the owner was added.
    joins, leaves
        (µs, person).
    writers
        Everyone who wrote.
    """

    snapshots: list[tuple[int, frozenset[Identity]]] = field(default_factory=list)
    joins: set[tuple[int, Identity]] = field(default_factory=set)
    leaves: set[tuple[int, Identity]] = field(default_factory=set)
    writers: set[Identity] = field(default_factory=set)
    _stays: list[tuple[Identity, int | None, int | None]] | None = None
    _sizes: tuple[list[int], list[int]] | None = None

    @property
    def has_snapshot(self) -> bool:
        """Whether the archive lists the members, silent ones too, at one moment at least."""
        return bool(self.snapshots)

    def people(self) -> set[Identity]:
        """Return everyone who wrote or whom an event names."""
        found = self.writers | {person for _, person in self.joins | self.leaves}
        for _, members in self.snapshots:
            found |= members
        return found

    def stays(self, owner: Identity | None) -> list[tuple[Identity, int | None, int | None]]:
        """Return each known stay as (person, joined µs or None, left µs or None).

        The owner joins at a snapshot; the others in it were there before, since when is unknown.
        """
        if self._stays is None:
            steps: list[tuple[int, int, str, Identity]] = []
            for t_us, members in self.snapshots:
                steps += [(t_us, 0, member.id, member) for member in members if member != owner]
                steps += [(t_us, 1, member.id, member) for member in members if member == owner]
            steps += [(t_us, 1, person.id, person) for t_us, person in self.joins]
            steps += [(t_us, 2, person.id, person) for t_us, person in self.leaves]
            self._stays = _walk(sorted(steps, key=lambda step: step[:3]))
            placed = {person for person, *_ in self._stays}
            rest = sorted(self.writers - placed, key=lambda person: person.id)
            self._stays += [(person, None, None) for person in rest]
        return self._stays

    def size_at(self, t_us: int, owner: Identity | None) -> int | None:
        """Return how many people were members at a time; None unless a snapshot lists them."""
        if not self.has_snapshot:
            return None
        if self._sizes is None:
            start = 0
            changes: dict[int, int] = {}
            for _, joined, left in self.stays(owner):
                start += joined is None
                if joined is not None:
                    changes[joined] = changes.get(joined, 0) + 1
                if left is not None:
                    changes[left] = changes.get(left, 0) - 1
            sizes = [start]
            for moment in sorted(changes):
                sizes.append(sizes[-1] + changes[moment])
            self._sizes = sorted(changes), sizes
        moments, sizes = self._sizes
        return sizes[bisect_right(moments, t_us)]

    def memberships(
        self, conversation: Conversation, owner: Identity | None
    ) -> Iterator[RawMembership]:
        """Yield the stays of which at least one end is known."""
        for person, joined, left in self.stays(owner):
            if joined is not None or left is not None:
                yield RawMembership(conversation, person, joined, left)


def _walk(
    steps: list[tuple[int, int, str, Identity]],
) -> list[tuple[Identity, int | None, int | None]]:
    """Turn sorted steps (0 present, 1 joins, 2 leaves) into stays."""
    inside: dict[Identity, int | None] = {}
    done: list[tuple[Identity, int | None, int | None]] = []
    left: set[Identity] = set()
    for t_us, what, _, person in steps:
        if what == 2:
            if person in inside or person not in left:
                done.append((person, inside.pop(person, None), t_us))
                left.add(person)
        elif person not in inside:
            # Present at a snapshot without a known beginning; after a leave it is a new stay.
            inside[person] = None if what == 0 and person not in left else t_us
    done += [(person, joined, None) for person, joined in inside.items()]
    return done
