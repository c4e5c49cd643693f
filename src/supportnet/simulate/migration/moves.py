"""Who joins which platform when, and who stops using the old one."""

from __future__ import annotations

from dataclasses import dataclass

from supportnet.simulate.draws import Stream
from supportnet.simulate.migration.plan import MigrationPlan
from supportnet.simulate.people import make_people
from supportnet.simulate.plan import Person

__all__ = ["Moves", "chosen_people", "draw_moves"]

_DAYS, _SECOND, _LEAVE = 130, 131, 132
_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Moves:
    """The moves of all persons. Persons are positions; times are seconds since 1970 UTC.

    Attributes
    ----------
    joined
        Platform → person → second of the first post there.
    left
        Person → second from which the old platform is not used any more.
    """

    joined: dict[str, dict[int, int]]
    left: dict[int, int]

    def first(self, person: int) -> int | None:
        """Return when a person first joined any new platform; None for those who stay."""
        times = [found[person] for found in self.joined.values() if person in found]
        return min(times, default=None)

    def meet(self, first: int, second: int) -> tuple[int, str] | None:
        """Return when and where two persons first are on one new platform together."""
        shared = [
            (max(found[first], found[second]), platform)
            for platform, found in self.joined.items()
            if first in found and second in found
        ]
        return min(shared, default=None)


def chosen_people(plan: MigrationPlan) -> list[Person]:
    """Return those people of the original community who are followed on.

    Their names and accounts are as they were, so that both examples fit into one dataset.
    """
    wanted = {"twinome": len(plan.twinomes), "dyad": len(plan.dyads), "hub": len(plan.hubs)}
    return [p for p in make_people(plan.origin) if 0 <= p.group < wanted.get(p.role, 0)]


def draw_moves(plan: MigrationPlan) -> Moves:
    """Draw when each planted group begins to move; the rest is planned.

    Parameters
    ----------
    plan
        Routes and days.

    Returns
    -------
    Moves
        One group's members join at the same second of their days, so that days between them are
        whole.
    """
    moves = Moves({}, {})
    person = 0
    start_s = int(plan.start.timestamp())
    for g, group in enumerate(plan.groups):
        stream = Stream(plan.seed, _DAYS, g)
        last = plan.last_day - max(group.days)
        day = plan.first_day + stream.below(last - plan.first_day + 1)
        begin_s = start_s + _DAY_S * day + 8 * 3600 + stream.below(12 * 3600)
        for route, days in zip(group.routes, group.days, strict=True):
            join_s = begin_s + _DAY_S * days
            second = Stream(plan.seed, _SECOND, person)
            for number, platform in enumerate(route):
                later = int(_DAY_S * second.between(*plan.second_days)) if number else 0
                moves.joined.setdefault(platform, {})[person] = join_s + later
            if route:
                _leave(plan, moves, person, join_s)
            person += 1
    return moves


def _leave(plan: MigrationPlan, moves: Moves, person: int, join_s: int) -> None:
    """Decide whether and when a person who moved stops using the old platform."""
    stream = Stream(plan.seed, _LEAVE, person)
    if not stream.chance(plan.stays_on):
        moves.left[person] = join_s + int(_DAY_S * stream.between(*plan.overlap_days))
