"""One layer of a community as a network: who is in it, under which projection, how far observed."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast
from weakref import WeakKeyDictionary

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from supportnet.community import Community
from supportnet.coverage import Scope, network_scope, span
from supportnet.dataset import Dataset, collect
from supportnet.errors import choose
from supportnet.interactions import FIXED_POINT, LAYERS, Attribution, directions, in_layer
from supportnet.layers.messages import ordered_messages
from supportnet.layers.sums import Met, forget_sums, met_in_sums, summed
from supportnet.network import (
    Projection,
    Ties,
    check_weight,
    ties_from_directions,
    ties_from_sides,
)
from supportnet.pair_events import PairEvents, shared_events
from supportnet.units import network_rows

__all__ = [
    "PEOPLE",
    "LayerNetwork",
    "default_projection",
    "layer_network",
    "not_identified",
    "with_coverage",
]

#: Who belongs to a network: persons with traffic in the layer, or everybody in the dataset.
PEOPLE = ("active", "all")
_COVERAGE = {"community": "whole_community", "donors": "donors_only", "none": "not_identified"}
_WHOLE = dict.fromkeys(("author_id", "other_id", "n", "first_us", "last_us"), np.int64)


_PROJECTIONS = ("union", "mutual")


@dataclass(frozen=True, eq=False)
class LayerNetwork:
    """One layer among persons whose pairs are all observed.

    Both projections come from one table of directions; neither is built before it is asked for.

    Attributes
    ----------
    community, layer, attribution, m
        What was asked for; `m` is the weight from which a direction counts as an arc, messages.
    projection
        `union` or `mutual`.
    scope
        Who is in it, and why.
    people
        Ids of the persons of the network, ascending; nobody where it is not identified.
    start_us, end_us
        What the coverage spans, µs UTC.
    """

    community: Community
    layer: str
    attribution: Attribution | None
    m: float
    projection: Projection
    scope: Scope
    people: npt.NDArray[np.int64]
    start_us: int
    end_us: int
    _built: dict[str, Ties] = field(default_factory=dict, repr=False)

    @property
    def ties(self) -> Ties | None:
        """The network; None when nothing shows what others say between them."""
        return None if self.scope.kind == "none" else self.of(self.projection)

    @property
    def coverage(self) -> str:
        """`whole_community`, `donors_only` or `not_identified`, for the column of that name."""
        return _COVERAGE[self.scope.kind]

    @cached_property
    def observed(self) -> pd.DataFrame:
        """All dated directions of the layer, whoever they join.

        Columns `author_id`, `other_id`, `weight`, `n`, `first_us`, `last_us`. A cached table: read
        it, never write to it.
        """
        return _directions(self.community, self.layer, self.attribution)

    @cached_property
    def directions(self) -> pd.DataFrame:
        """Directions among the persons of the network; columns as in `observed`."""
        if self.scope.kind == "community":
            return self.observed
        return self.observed[self._inside(self.observed)].reset_index(drop=True)

    @cached_property
    def outside(self) -> pd.DataFrame:
        """Observed directions of which at least one end lies outside the network."""
        if self.scope.kind == "community":
            return self.observed.iloc[:0]
        return self.observed[~self._inside(self.observed)].reset_index(drop=True)

    def of(self, projection: Projection) -> Ties:
        """Return the network under one projection, built once."""
        if projection not in self._built:
            held = shared_events(self.community.dataset, self.attribution)
            if self.scope.kind != "community":
                self._built[projection] = self.ties_of(self.directions, projection)
            elif held is not None:
                self._built[projection] = self._from_events(held, projection)
            else:
                self._built[projection] = self._from_sums(projection)
                if len(self._built) == len(_PROJECTIONS):
                    forget_sums(self.community, self.layer, self.attribution)
        return self._built[projection]

    def _from_sums(self, projection: Projection) -> Ties:
        """Return the network from summed pairs."""
        sums = summed(self.community, self.layer, self.attribution)
        return ties_from_sides(
            sums.lo,
            sums.hi,
            n_fwd=sums.n_fwd,
            n_back=sums.n_back,
            first_fwd_us=sums.first_fwd_us,
            first_back_us=sums.first_back_us,
            people=self.people,
            start_us=self.start_us,
            end_us=self.end_us,
            projection=projection,
            m=self.m,
        )

    def _from_events(self, held: PairEvents, projection: Projection) -> Ties:
        """Return the network from messages that lie pair by pair."""
        kept, ways = held.only(self.layer), held.sides(self.layer)
        return ties_from_sides(
            kept.lo,
            kept.hi,
            n_fwd=ways.units[0] / FIXED_POINT,
            n_back=ways.units[1] / FIXED_POINT,
            first_fwd_us=ways.first[0],
            first_back_us=ways.first[1],
            people=self.people,
            start_us=self.start_us,
            end_us=self.end_us,
            projection=projection,
            m=self.m,
        )

    def ties_of(self, table: pd.DataFrame, projection: Projection) -> Ties:
        """Return other directions among the same persons and over the same time as ties."""
        return ties_from_directions(
            table,
            projection=projection,
            m=self.m,
            start_us=self.start_us,
            end_us=self.end_us,
            people=self.people,
        )

    def events(self) -> pd.DataFrame:
        """Return the dated messages among the persons of the network, in order of time.

        Returns
        -------
        pandas.DataFrame
            `author_id`, `other_id`, `t_us` (µs UTC), `weight`; a message to k persons has k rows.
        """
        frame = in_layer(self.community.interactions(self.attribution, lazy=True), self.layer)
        table = ordered_messages(frame)
        if self.scope.kind == "community":  # everybody met in the layer is in its network
            return table
        return table[self._inside(table)].reset_index(drop=True)

    def _inside(self, table: pd.DataFrame) -> npt.NDArray[np.bool_]:
        """Tell which rows join two persons of the network."""
        ends = [np.isin(table[name].to_numpy(), self.people) for name in ("author_id", "other_id")]
        return np.asarray(ends[0] & ends[1])


def default_projection(layer: str) -> Projection:
    """Return the usual projection: mutual in private layers and in all, union in public ones."""
    return "union" if layer == "public" else "mutual"


def layer_network(
    community: Community,
    *,
    layer: str,
    projection: str | None = None,
    attribution: Attribution | None = None,
    m: float = 1.0,
    people: str = "active",
) -> LayerNetwork:
    """Return one layer as a network.

    Parameters
    ----------
    community
        The community.
    layer
        `private`, `public`, `private_group` or `all`.
    projection
        `union`, `mutual`, or None for the layer's default.
    attribution
        The attribution rules.
    m
        Weight from which a direction counts as an arc, messages.
    people
        `active`: persons who wrote or were addressed in the layer; `all`: everybody in the
        dataset without bots and deleted accounts, also those without a tie.

    Returns
    -------
    LayerNetwork
        Without ties where the layer is not identified. Under scope `donors` only the donors and
        the ties between them.

    Raises
    ------
    InputError
        When a name is unknown.
    """
    choose(layer, LAYERS, "layer")
    chosen = projection or default_projection(layer)
    choose(chosen, _PROJECTIONS, "projection")
    choose(people, PEOPLE, "people")
    check_weight(m)
    scope = network_scope(community.dataset, "private" if layer == "private_group" else layer)
    met, times = _met(community, layer, attribution, scope)
    seen = span(community.dataset)
    start = seen.start_us if seen.start_us is not None else 0
    end = seen.end_us if seen.end_us is not None else 0
    if times is not None:
        start, end = min(start, times[0]), max(end, times[1])
    key = (layer, (attribution or Attribution()).name, m, people)
    return LayerNetwork(
        community, layer, attribution, m, cast(Projection, chosen), scope,
        _members(community, scope, met, people), start, end, _built(community, key),
    )  # fmt: skip


def _met(community: Community, layer: str, attribution: Attribution | None, scope: Scope) -> Met:
    """Return who wrote or was addressed in a layer, and its first and last time (None: empty)."""
    held = shared_events(community.dataset, attribution)
    if held is not None:
        kept = held.only(layer)
        ends: list[npt.NDArray[Any]] = [kept.lo, kept.hi]
        some = kept.times.size > 0
        return ends, (int(kept.times.min()), int(kept.times.max())) if some else None
    if scope.kind == "community":
        return met_in_sums(community, layer, attribution)
    table = _directions(community, layer, attribution)
    ends = [table["author_id"].to_numpy(), table["other_id"].to_numpy()]
    if table.empty:
        return ends, None
    return ends, (int(table["first_us"].min()), int(table["last_us"].max()))


# Ties already built, for as long as their dataset lives: a report asks for the same ones many
# times. They hold no reference to the dataset, so it goes when nobody else keeps it.
_BUILT: WeakKeyDictionary[Dataset, dict[Hashable, dict[str, Ties]]] = WeakKeyDictionary()


def _built(community: Community, key: Hashable) -> dict[str, Ties]:
    """Return the networks of a dataset built so far under the same rules, by projection."""
    return _BUILT.setdefault(community.dataset, {}).setdefault(key, {})


def _directions(community: Community, layer: str, attribution: Attribution | None) -> pd.DataFrame:
    """Return the dated directions of a layer, summed once for each dataset and process."""
    rules = attribution or Attribution()
    memo, name = community.dataset.memo, f"directions-{layer}-{rules.name}"
    held = shared_events(community.dataset, rules)
    if name not in memo and held is not None:
        memo[name] = held.directions(layer).astype(_WHOLE)
    elif name not in memo:
        frame = in_layer(community.interactions(rules, lazy=True), layer)
        table = collect(directions(frame)).dropna(subset=["first_us"])
        memo[name] = table.astype(_WHOLE).reset_index(drop=True)
    return memo[name]


def _members(
    community: Community, scope: Scope, ends: list[npt.NDArray[Any]], people: str
) -> npt.NDArray[np.int64]:
    """Return who belongs to the network, ascending."""
    if scope.kind == "none":
        return np.empty(0, np.int64)
    if scope.people is not None:
        return scope.people
    if people == "all":
        known = community.dataset.table("people").filter(
            ~nw.col("is_bot") & ~nw.col("is_placeholder")
        )
        ends = [*ends, collect(known.select("person_id"))["person_id"].to_numpy()]
    # Persons are dense integers: flags are quicker than a sort of both columns.
    met = np.zeros(1 + max((int(ids.max()) for ids in ends if ids.size), default=-1), np.bool_)
    for ids in ends:
        met[ids] = True
    return np.flatnonzero(met)


def not_identified(names: Sequence[str], found: LayerNetwork) -> pd.DataFrame:
    """Return one `not_identified` row for each number of a network that is not observed."""
    rows = [(name, np.nan, 0, "not_identified") for name in names]
    return with_coverage(network_rows(rows), found)


def with_coverage(table: pd.DataFrame, found: LayerNetwork) -> pd.DataFrame:
    """Say under which projection, and among whom, the numbers stand."""
    return table.assign(
        projection=found.projection, coverage=found.coverage, reason=found.scope.reason
    )
