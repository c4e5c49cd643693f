"""What is planted about a move to other platforms: who goes where, when, and what comes with them.

The people are those of the example, a year later. Their talk on the old platform follows the same
rules; the moves of the planted groups are written out one by one, so that their answers are known
to the day, and the moves' first day is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from types import MappingProxyType
from typing import Literal, TypeAlias

from supportnet.errors import InputError
from supportnet.simulate.kinds import TieKind
from supportnet.simulate.plan import EXAMPLE, Plan

__all__ = ["MIGRATION", "PLATFORMS", "GroupMove", "MigrationPlan", "NewPlatform"]

NewPlatform: TypeAlias = Literal["bluesky", "mastodon"]
PLATFORMS: tuple[NewPlatform, ...] = ("bluesky", "mastodon")

_STAY: tuple[NewPlatform, ...] = ()
_SKY: tuple[NewPlatform, ...] = ("bluesky",)
_FEDI: tuple[NewPlatform, ...] = ("mastodon",)
_BOTH: tuple[NewPlatform, ...] = ("bluesky", "mastodon")


@dataclass(frozen=True, slots=True)
class GroupMove:
    """How the members of one planted group move.

    Attributes
    ----------
    routes
        Per member: the platforms joined, in that order; none for somebody who stays.
    days
        Per member: days from the group's own beginning to the member's first day on a new
        platform (ignored for those who stay). Whole days, so that the planted spread is exact.
    """

    routes: tuple[tuple[NewPlatform, ...], ...]
    days: tuple[int, ...]

    @property
    def spread_days(self) -> int | None:
        """Days between the first and the last member to move; None where somebody stays."""
        return None if not all(self.routes) else max(self.days) - min(self.days)


def _twinome_moves() -> tuple[GroupMove, ...]:
    """Return the moves of the twinomes: together, spread out, apart, in part, not at all."""
    return (
        GroupMove((_SKY, _SKY, _SKY), (0, 3, 8)),
        GroupMove((_SKY, _SKY, _BOTH), (0, 2, 5)),
        GroupMove((_FEDI, _FEDI, _FEDI), (4, 0, 12)),
        GroupMove((_SKY, _SKY, _SKY), (0, 31, 55)),
        GroupMove((_FEDI, _BOTH, _FEDI), (20, 0, 44)),
        GroupMove((_SKY, _FEDI, _BOTH), (0, 7, 16)),
        GroupMove((_SKY, _SKY, _STAY), (0, 6, 0)),
        GroupMove((_STAY, _STAY, _STAY), (0, 0, 0)),
    )


def _dyad_moves() -> tuple[GroupMove, ...]:
    """Return the moves of the dyads."""
    return (
        GroupMove((_SKY, _SKY), (0, 2)),
        GroupMove((_FEDI, _FEDI), (0, 10)),
        GroupMove((_BOTH, _BOTH), (15, 0)),
        GroupMove((_SKY, _FEDI), (0, 4)),
        GroupMove((_SKY, _STAY), (0, 0)),
        GroupMove((_STAY, _STAY), (0, 0)),
    )


def _hub_moves() -> tuple[GroupMove, ...]:
    """Return the moves of the persons with many loose ties, each alone."""
    return tuple(GroupMove((route,), (0,)) for route in (_SKY, _BOTH, _FEDI, _STAY))


def _reformed() -> Mapping[TieKind, float]:
    """Return the planted chances that a tie is taken up again, the closer the likelier."""
    chances: dict[TieKind, float] = {
        "twinome": 0.9,
        "dyad": 0.75,
        "friend": 0.5,
        "acquaintance": 0.3,
        "hub": 0.4,
    }
    return MappingProxyType(chances)


@dataclass(frozen=True)
class MigrationPlan:
    """A move of some people of a community to other platforms.

    Attributes
    ----------
    seed
        Same seed, same bytes. The default was picked out of sixteen, so that every kind of tie has
        some that are taken up and some that are not.
    origin
        The plan of the community whose people these are.
    start, end
        Half-open span, aware.
    exported
        The day on which everybody asks for their archives; not before the end.
    twinomes, dyads, hubs
        How the first so many groups of each kind in `origin` move; the others are not there.
    bridges, hub_alters, initial_ties
        As in :class:`~supportnet.simulate.plan.Plan`.
    first_day, last_day
        Bounds of the days of the span on which somebody first joins a new platform.
    second_days
        Bounds of the days between the first new platform and a second one.
    stays_on
        Probability that somebody who moves goes on with the old platform as well.
    overlap_days
        Bounds of the days for which the others still use the old one.
    reformed
        Per kind of tie: probability that a tie whose ends meet on a new platform is taken up
        there within `window_days` (messages both ways).
    attempt, late
        Of the ties not taken up: share in which one end writes and gets no answer, and share
        taken up only after the window.
    window_days, baseline_days, co_moving_days
        The definitions behind the answers: how long after both ends are present a tie may take
        to count; how long before the first move a tie must have been mutual to be asked after;
        the largest spread of a triad that moves together.
    posts, likes
        Mean per person on each new platform.
    echoes
        Mean number of quotes, and of reposts, per person on each new platform.
    """

    seed: int = 1973
    origin: Plan = EXAMPLE
    start: datetime = datetime(2025, 3, 3, tzinfo=UTC)
    end: datetime = datetime(2026, 3, 2, tzinfo=UTC)
    exported: date = date(2026, 3, 5)
    twinomes: tuple[GroupMove, ...] = field(default_factory=_twinome_moves)
    dyads: tuple[GroupMove, ...] = field(default_factory=_dyad_moves)
    hubs: tuple[GroupMove, ...] = field(default_factory=_hub_moves)
    bridges: int = 4
    hub_alters: int = 5
    initial_ties: int = 24
    first_day: int = 196
    last_day: int = 262
    second_days: tuple[int, int] = (4, 12)
    stays_on: float = 0.25
    overlap_days: tuple[int, int] = (10, 70)
    reformed: Mapping[TieKind, float] = field(default_factory=_reformed)
    attempt: float = 0.4
    late: float = 0.3
    window_days: int = 90
    baseline_days: int = 84
    co_moving_days: int = 28
    posts: float = 4.0
    likes: int = 6
    echoes: float = 1.0

    def __post_init__(self) -> None:
        """Refuse a plan that cannot be carried out."""
        for name, size in (("twinomes", 3), ("dyads", 2), ("hubs", 1)):
            moves: tuple[GroupMove, ...] = getattr(self, name)
            room = getattr(self.origin, name)
            if len(moves) > room or any({len(m.routes), len(m.days)} != {size} for m in moves):
                msg = (
                    f"at most {room} {name} of {size} members each were expected; found others; "
                    "give each member one route and one day."
                )
                raise InputError(msg)
        longest = max((max(m.days) for m in self.groups), default=0)
        followed = (self.end - self.start).days - self.window_days - self.second_days[1]
        if self.first_day + longest > self.last_day or self.last_day > followed:
            msg = (
                "moves that fit between first_day and last_day, and a whole window after them, "
                f"were expected; found a span of {(self.end - self.start).days} days; lengthen it."
            )
            raise InputError(msg)
        if self.exported < self.end.date():
            msg = "archives made after the end were expected; found earlier ones; set exported."
            raise InputError(msg)

    @property
    def groups(self) -> tuple[GroupMove, ...]:
        """All planted moves, in the order of the people."""
        return (*self.twinomes, *self.dyads, *self.hubs)

    @property
    def people(self) -> int:
        """Number of persons."""
        return sum(len(m.routes) for m in self.groups)

    @cached_property
    def talk(self) -> Plan:
        """The plan of the talk on the old platform: the origin's rules, fewer people, no board."""
        return replace(
            self.origin,
            seed=self.seed,
            people=self.people,
            twinomes=len(self.twinomes),
            dyads=len(self.dyads),
            hubs=len(self.hubs),
            bridges=self.bridges,
            start=self.start,
            end=self.end,
            initial_ties=self.initial_ties,
            hub_alters=self.hub_alters,
            hub_contacts=(20, 40),
            threads=0,
            board_share=0.0,
            channels=0,
            whatsapp_ties=0,
            telegram_ties=0,
        )


MIGRATION = MigrationPlan()
