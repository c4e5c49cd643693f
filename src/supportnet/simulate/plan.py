"""What is planted: who there is, which ties, and how each kind of tie talks.

A `Plan` is a handful of numbers. Everything else (names, times, texts, archives) follows from it
and its seed, so the answers that a measure should find are known before any archive is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Literal, TypeAlias

from supportnet.errors import InputError
from supportnet.simulate.kinds import KindPlan, TieKind, example_kinds

__all__ = ["EXAMPLE", "FormedBy", "Person", "Plan", "PlannedTie"]

FormedBy: TypeAlias = Literal["planted", "initial", "base", "closure"]


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole community in numbers.

    Attributes
    ----------
    seed
        Same seed, same bytes.
    people, twinomes, dyads, bridges, hubs
        Numbers of persons, of planted triads, of planted pairs with nobody else of theirs, of
        further sustained ties that join a twinome's member to a dyad's member, and of persons
        with hundreds of declared contacts.
    start, end
        Half-open span, aware.
    kinds
        How each kind of tie talks.
    horizon_h
        Silence (hours) per layer after which a message counts as an opening; the generator keeps
        one hour more after each conversation, so turns found by that rule are those planted.
    initial_ties, base_hazard, closure_hazard, friend_share
        Acquaintances at the start, chance per pair and week of a new one, chance per open wedge
        and week that it closes, and the share of these ties that are friends.
    hub_alters, hub_contacts
        Persons a hub really talks with; bounds of its declared contacts.
    posts, reposts, quotes, likes
        Mean per donor and year (likes: exact number).
    threads
        Threads on the public board.
    board_share
        Share of the public conversations between two donors that take place on the board.
    channels, channel_messages
        Twinomes with a group chat of their own, messages in each.
    whatsapp_ties, telegram_ties, elsewhere_share
        Sustained ties that also use another messenger, and the share of private conversations
        held there.
    dm_chunk
        Messages per piece in which the one donor with a split archive sees long conversations.
    """

    seed: int = 1969
    people: int = 120
    twinomes: int = 20
    dyads: int = 16
    bridges: int = 12
    hubs: int = 5
    start: datetime = datetime(2024, 1, 1, tzinfo=UTC)
    end: datetime = datetime(2024, 12, 31, tzinfo=UTC)
    kinds: Mapping[TieKind, KindPlan] = field(default_factory=example_kinds)
    horizon_h: Mapping[str, float] = field(
        default_factory=lambda: MappingProxyType({"private_1to1": 72.0, "public": 168.0})
    )
    initial_ties: int = 50
    base_hazard: float = 2.0e-4
    closure_hazard: float = 3.0e-3
    friend_share: float = 0.25
    hub_alters: int = 6
    hub_contacts: tuple[int, int] = (500, 900)
    posts: float = 6.0
    reposts: float = 3.0
    quotes: float = 2.0
    likes: int = 8
    threads: int = 40
    board_share: float = 0.15
    channels: int = 4
    channel_messages: int = 40
    whatsapp_ties: int = 6
    telegram_ties: int = 5
    elsewhere_share: float = 0.5
    dm_chunk: int = 150

    def __post_init__(self) -> None:
        """Refuse a plan that cannot be carried out."""
        need = 3 * self.twinomes + 2 * self.dyads + self.hubs
        if self.people < need:
            msg = (
                f"at least {need} people were expected for these groups; found {self.people}; "
                "raise people or plant fewer groups."
            )
            raise InputError(msg)
        if self.bridges > min(self.twinomes, self.dyads):
            msg = (
                "at most one bridge per twinome and dyad was expected; "
                f"found {self.bridges}; lower bridges."
            )
            raise InputError(msg)

    @property
    def start_s(self) -> int:
        """Start of the span, seconds since 1970 UTC."""
        return int(self.start.timestamp())

    @property
    def end_s(self) -> int:
        """End of the span (excluded), seconds since 1970 UTC."""
        return int(self.end.timestamp())

    @property
    def donors(self) -> int:
        """Number of persons who give their archive: all members of planted groups, and hubs."""
        return 3 * self.twinomes + 2 * self.dyads + self.hubs


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person with one invented account per platform.

    Attributes
    ----------
    code
        `P001` …: the name of the person in the truth and in the alias file.
    name, handle, twitter_id, board_name, telegram_id
        What the platforms show.
    role
        The planted place: twinome, dyad, hub or other.
    group
        Index of the planted group; -1 for others.
    donor
        Whether the person's archive is written.
    """

    code: str
    name: str
    handle: str
    twitter_id: str
    board_name: str
    telegram_id: str
    role: Literal["twinome", "dyad", "hub", "other"]
    group: int
    donor: bool


@dataclass(frozen=True, slots=True)
class PlannedTie:
    """One unordered pair that talks.

    Attributes
    ----------
    index
        Position in the list of ties; also its random stream.
    first, second
        Positions of the two persons.
    kind
        Decides the parameters.
    group
        Index of the twinome or dyad; -1 otherwise.
    bridge
        True for a sustained tie that joins a twinome's member to a dyad's member.
    formed_by, week
        How and in which week a background tie came about: `planted`, `initial`, `base`, `closure`.
    """

    index: int
    first: int
    second: int
    kind: TieKind
    group: int = -1
    bridge: bool = False
    formed_by: FormedBy = "planted"
    week: int = 0


EXAMPLE = Plan()
