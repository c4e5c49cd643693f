"""What one community shows: every number of the report with its interval, n and status."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from supportnet.community import Community
from supportnet.dataset import scalar
from supportnet.errors import InputError
from supportnet.groups import after_detection, find_groups
from supportnet.measures import MEASURES, closure_survival
from supportnet.plots import latency_curves, ties_by_kind, weekly_activity
from supportnet.report.by_kind import kind_values
from supportnet.report.moves import Moves, find_moves
from supportnet.report.numbers import LAYERS, Number, network_numbers
from supportnet.report.settings import Settings
from supportnet.report.suppress import SMALLEST
from supportnet.store.manifest import read_manifest

__all__ = ["Findings", "find"]


@dataclass(frozen=True)
class Findings:
    """Everything the report says about one community.

    Attributes
    ----------
    name, synthetic, card
        What it is.
    groups
        Its groups frame.
    folded
        Kinds of too few groups or persons to be shown (data of real persons): their ties are among
        the other ties, so that no total gives them back.
    seen
        The community in the window in which ties of groups are measured.
    window
        `after` (the rest after detection), `whole` (groups were declared), `none` (there are no
        groups) or `same` (detected up to the end, so that values are descriptive).
    trouble
        Why groups could not be looked for; empty otherwise.
    numbers
        The community's numbers.
    kinds
        Means of ties by construct and kind of group.
    ties
        Construct → the tie values behind `kinds` (for figures; never printed).
    curves, closure, weeks, contacts
        Tables behind the figures.
    persons
        Layer → persons with a tie in it.
    telling
        Construct and layer where a count of pairs or wedges is below five: their `n` is not shown
        beside the ratio, which would give that count back.
    manifest
        Facts of the dataset's manifest.
    moves
        What became of people and ties that went from one platform to another.
    """

    name: str
    synthetic: bool
    card: dict[str, Any]
    groups: pd.DataFrame
    folded: tuple[str, ...]
    seen: Community
    window: str
    trouble: str
    numbers: list[Number]
    kinds: pd.DataFrame
    ties: dict[str, pd.DataFrame]
    curves: pd.DataFrame
    closure: pd.DataFrame
    weeks: pd.DataFrame
    contacts: pd.DataFrame
    persons: dict[str, int]
    telling: frozenset[tuple[str, str]]
    manifest: dict[str, Any] = field(default_factory=dict)
    moves: tuple[Moves, ...] = ()

    @property
    def smallest(self) -> int:
        """Fewest persons behind a cell that is shown: 5 for data of real persons, else 0."""
        return 0 if self.synthetic else SMALLEST

    def number(self, construct: str, layer: str, measure: str) -> Number | None:
        """Return one number, or None when it was not asked for."""
        for number in self.numbers:
            if (number.construct, number.layer, number.measure) == (construct, layer, measure):
                return number
        return None

    def reason(self, quantity: str) -> str:
        """Return why a headline quantity is or is not identified."""
        rows = self.card["identifiability"]
        return next((str(r["reason"]) for r in rows if r["quantity"] == quantity), "")


def find(community: Community, settings: Settings, groups: pd.DataFrame | None = None) -> Findings:
    """Measure one community for the report.

    Parameters
    ----------
    community
        The community.
    settings
        All settings.
    groups
        Its groups; None finds them.

    Returns
    -------
    Findings
        Numbers with their statuses; small cells are still in and hidden where they are shown.
    """
    found, trouble = _groups(community, settings, groups)
    seen, window = _window(community, found)
    folded = () if community.dataset.synthetic else _too_few(found)
    shown = found[~found["kind"].isin(folded)]
    kinds = ties_by_kind(shown) if len(shown) else _NO_TIES
    with community.sharing():
        numbers, telling = network_numbers(community, settings)
    with seen.sharing():
        by_kind, ties = kind_values(seen, kinds, settings)
    return Findings(
        name=community.name,
        synthetic=community.dataset.synthetic,
        card=community.card,
        groups=found,
        folded=folded,
        seen=seen,
        window=window,
        trouble=trouble,
        numbers=numbers,
        kinds=by_kind,
        ties=ties,
        curves=latency_curves(
            seen, shown if len(shown) else None, horizon=settings.horizon_private
        ),
        closure=_closure(community, settings),
        weeks=weekly_activity(community),
        contacts=_contacts(community, settings),
        persons={layer: _persons(community, layer) for layer in (*LAYERS, "all")},
        telling=telling,
        manifest=_manifest(community),
        moves=tuple(find_moves(community, shown, settings)),
    )


_NO_TIES = pd.DataFrame(columns=["kind", "group", "lo", "hi"])


def _groups(
    community: Community, settings: Settings, groups: pd.DataFrame | None
) -> tuple[pd.DataFrame, str]:
    """Return the community's groups, and why there are none where they could not be looked for."""
    if groups is not None:
        return groups[groups["community"] == community.name].reset_index(drop=True), ""
    try:
        return find_groups(community, min_contacts=settings.min_contacts), ""
    except InputError as error:
        return pd.DataFrame(columns=["community", "kind", "group", "person"]), str(error)


def _too_few(groups: pd.DataFrame) -> tuple[str, ...]:
    """Return the kinds that have fewer than five groups or persons."""
    kinds = dict.fromkeys(str(kind) for kind in groups["kind"])
    own = {kind: groups[groups["kind"] == kind] for kind in kinds}
    return tuple(
        kind
        for kind, rows in own.items()
        if min(rows["group"].nunique(), rows["person"].nunique()) < SMALLEST
    )


def _window(community: Community, groups: pd.DataFrame) -> tuple[Community, str]:
    """Return the stretch in which ties are measured, and which it is."""
    if groups.empty:
        return community, "none"
    try:
        seen = after_detection(community, groups)
    except InputError:
        return community, "same"
    return seen, "whole" if seen is community else "after"


def _persons(community: Community, layer: str) -> int:
    """Count the persons with a tie in a layer."""
    ends = community.ties(layer, lazy=True)
    people = nw.concat(
        [ends.select(person_id=nw.col("lo")), ends.select(person_id=nw.col("hi"))], how="vertical"
    )
    return int(scalar(people.select(nw.col("person_id").n_unique().cast(nw.Int64))) or 0)


def _closure(community: Community, settings: Settings) -> pd.DataFrame:
    """Return the closure curves of both layers, in whole days: no figure shows a moment."""
    curves = []
    for layer in LAYERS:
        curve = closure_survival(
            community, layer=layer, burn_in=settings.burn_in, attribution=settings.attribution
        )
        if curve.empty:
            continue
        days = np.ceil(curve["t_days"].astype(float))
        daily = (
            curve.assign(t_days=days)
            .groupby("t_days", as_index=False)
            .agg(
                survival=("survival", "last"),
                at_risk=("at_risk", "first"),
                events=("events", "sum"),
            )
        )
        curves.append(daily.assign(layer=layer))
    columns = ["t_days", "survival", "at_risk", "events", "layer"]
    return pd.concat(curves, ignore_index=True) if curves else pd.DataFrame(columns=columns)


def _contacts(community: Community, settings: Settings) -> pd.DataFrame:
    """Return declared, one-way and reciprocal contacts of persons with a large friend network."""
    empty = pd.DataFrame(columns=["person_id", "measure", "value"])
    layers = MEASURES.get("contact_layers")
    if layers is None or not sum(community.card["contacts"].values()):
        return empty
    table = layers(community)
    declared = table[(table["measure"] == "declared") & (table["value"] >= settings.min_contacts)]
    chosen = table[table["person_id"].isin(declared["person_id"])]
    return chosen[["person_id", "measure", "value"]].reset_index(drop=True)


def _manifest(community: Community) -> dict[str, Any]:
    """Return what the manifest says; no path and no pseudonym."""
    folder = community.dataset.folder
    manifest = None if folder is None else read_manifest(folder)
    if manifest is None:
        return {}
    states = pd.Series(list(manifest.consent.values()), dtype=object).value_counts()
    return {
        "schema_version": manifest.schema_version,
        "generation": manifest.generation,
        "key_id": manifest.key_id,
        "parts": len(manifest.parts),
        "consent": json.loads(states.sort_index().to_json()),
    }
