"""What became of people and ties that went from one platform to another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from supportnet.community import Community
from supportnet.dataset import Dataset
from supportnet.inference.intervals import wilson
from supportnet.measures import private_share, tie_survival
from supportnet.measures.migration.sightings import Sightings
from supportnet.measures.visibility.pooling import mean_of_ties
from supportnet.plots.data import kinds_in_order, ties_by_kind
from supportnet.report.settings import Settings

__all__ = ["Moves", "find_moves"]

_DAY_US = 86_400_000_000
# A platform is new where nobody wrote before the old one had been in use for this long.
_BASELINE_DAYS = 84
# An interval over fewer ties than this says nothing.
_LEAST_TIES = 5


@dataclass(frozen=True)
class Moves:
    """The move from one platform.

    Attributes
    ----------
    old, new
        Platform words; `new` in order of the first message there.
    origin_us
        When the first person wrote on a new platform, µs UTC.
    numbers
        Target (a new platform, or `any` of them) → network-level result of `tie_survival`.
    kinds
        By kind of group: `kind`, `measure` (conditional, unconditional), `value`, `low`, `high`,
        `n` (ties), `hits`, `persons`, `groups` (NaN for ties in no group).
    shares
        Private share of ties before and after, by kind: `kind`, `ties`, `persons`, `groups`,
        `before`, `after`, `change` (means of ties, 0–1), `low`, `high`, `method` (of the change).
    left_out
        Ties taken up again whose private share is not known on both sides.
    triads
        Twinomes: `spread` (days from first to last arrival, NaN until all came), `together`
        (1 within 28 days).
    late
        Whether groups were detected over a time that reaches into the move: kinds are then chosen
        by what came of them, so no number by kind is given.
    """

    old: str
    new: tuple[str, ...]
    origin_us: int
    numbers: dict[str, pd.DataFrame]
    kinds: pd.DataFrame
    shares: pd.DataFrame
    left_out: int
    triads: pd.DataFrame
    late: bool

    def number(self, target: str, measure: str) -> dict[str, Any]:
        """Return one network-level row."""
        table = self.numbers[target]
        rows = table[table["measure"] == measure].to_dict("records")
        return {str(key): value for key, value in rows[0].items()}


def find_moves(community: Community, groups: pd.DataFrame, settings: Settings) -> list[Moves]:
    """Follow persons and ties from each older platform to the newer ones.

    Parameters
    ----------
    community
        The community, accounts of one person linked.
    groups
        Its groups.
    settings
        All settings.

    Returns
    -------
    list of Moves
        One per platform from which anybody went on to one that is new; empty without such a one.

    Notes
    -----
    A platform is new to an older one when its first message comes at least 84 days (the baseline)
    after the first there, and somebody wrote on both. Platforms in use side by side from the start
    are no move.
    """
    seen = Sightings(community, "all", settings.attribution)
    firsts: dict[str, int] = {}
    for platform in seen.platforms():
        first = seen.activity(platform)["first_us"].min()
        if pd.notna(first):
            firsts[platform] = int(first)
    found = []
    for old in sorted(firsts, key=lambda p: (firsts[p], p)):
        there = seen.activity(old).index
        new = [
            platform
            for platform in sorted(firsts, key=lambda p: (firsts[p], p))
            if firsts[platform] >= firsts[old] + _BASELINE_DAYS * _DAY_US
            and seen.activity(platform).index.isin(there).any()
        ]
        if new:
            move = _follow(community, old, new, min(firsts[p] for p in new), groups, settings)
            if move.number("any", "baseline_ties")["value"] > 0:
                found.append(move)
    return found


def _follow(
    community: Community,
    old: str,
    new: Sequence[str],
    origin_us: int,
    groups: pd.DataFrame,
    settings: Settings,
) -> Moves:
    """Return everything about one move."""
    rules = settings.attribution
    targets: dict[str, list[str]] = {"any": list(new)}
    if len(new) > 1:
        targets |= {platform: [platform] for platform in new}
    numbers = {
        name: tie_survival(
            community, from_platform=old, to_platform=places, level="network", attribution=rules
        )
        for name, places in targets.items()
    }
    ties = tie_survival(community, from_platform=old, to_platform=list(new), attribution=rules)
    late = _is_late(groups, origin_us)
    chosen = groups.iloc[:0] if late else groups
    shares, left_out = _shares(community, old, new, origin_us, _kinds_of(ties, chosen), settings)
    return Moves(
        old=old,
        new=tuple(new),
        origin_us=origin_us,
        numbers=numbers,
        kinds=_by_kind(_kinds_of(ties, chosen)),
        shares=shares,
        left_out=left_out,
        triads=_triads(community, old, new, chosen, settings),
        late=late,
    )


def _is_late(groups: pd.DataFrame, origin_us: int) -> bool:
    """Say whether groups were detected over a time that reaches into the move."""
    if groups.empty or "period_end_us" not in groups.columns:
        return False
    ends = groups.loc[groups["kind"].isin(["twinome", "dyad"]), "period_end_us"].dropna()
    return bool((ends > origin_us).any())


def _kinds_of(ties: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """Give each tie the closest kind of group that it belongs to."""
    rest = "other" if len(groups) else "all"
    if not len(groups):
        return ties.assign(kind=rest, group=np.nan)
    known = ties.merge(ties_by_kind(groups), on=["lo", "hi"], how="left")
    known["kind"] = known["kind"].astype(object).where(known["kind"].notna(), rest)
    return known


def _size(rows: pd.DataFrame, kind: str) -> dict[str, object]:
    """Return who stands behind some ties."""
    groups = np.nan if kind in ("other", "all") else float(rows["group"].nunique())
    return {"persons": int(pd.concat([rows["lo"], rows["hi"]]).nunique()), "groups": groups}


def _by_kind(ties: pd.DataFrame) -> pd.DataFrame:
    """Return both shares of ties taken up again, by kind."""
    rows = []
    for kind in kinds_in_order(ties["kind"]):
        for measure in ("conditional", "unconditional"):
            own = ties[(ties["kind"] == kind) & (ties["measure"] == measure)]
            known = own[own["status"] == "ok"]
            hits = int(known["value"].sum())
            share = wilson(hits, len(known))
            rows.append(
                {
                    "kind": kind,
                    "measure": measure,
                    "value": share.estimate,
                    "low": share.ci_low,
                    "high": share.ci_high,
                    "n": len(known),
                    "hits": hits,
                    **_size(known, kind),
                }
            )
    columns = ["kind", "measure", "value", "low", "high", "n", "hits", "persons", "groups"]
    return pd.DataFrame(rows, columns=columns)


def _on(community: Community, seen: Sightings, platforms: Sequence[str]) -> Community:
    """Return what a community says on some platforms, under the coverage of those alone."""
    whole = community.dataset
    there = whole.table("conversations").filter(nw.col("platform").is_in(list(platforms)))
    messages = whole.table("messages").join(
        there.select("conversation_id"), on="conversation_id", how="semi"
    )
    tables = {**seen.view(platforms[0]).tables, "messages": messages}
    if len(platforms) > 1:
        records = [seen.view(platform).table("coverage") for platform in platforms]
        tables["coverage"] = nw.concat(records, how="vertical").unique()
    return Community(Dataset(whole.community, tables, synthetic=whole.synthetic))


def _shares(
    community: Community,
    old: str,
    new: Sequence[str],
    origin_us: int,
    ties: pd.DataFrame,
    settings: Settings,
) -> tuple[pd.DataFrame, int]:
    """Return the private share of ties taken up again, before the move and after it."""
    seen = Sightings(community, "all", settings.attribution)
    back = ties[(ties["measure"] == "conditional") & (ties["value"] == 1.0)]
    before = _on(community, seen, [old]).between(None, pd.Timestamp(origin_us, unit="us", tz="UTC"))
    known = back[["lo", "hi", "kind", "group"]]
    for name, where in (("before", before), ("after", _on(community, seen, list(new)))):
        found = private_share(where, attribution=settings.attribution)
        enough = found[found["value"].notna() & (found["n"] >= settings.least_messages)]
        known = known.merge(
            enough[["lo", "hi", "value"]].rename(columns={"value": name}), on=["lo", "hi"]
        )
    rows = []
    for kind in kinds_in_order(known["kind"]):
        own = known[known["kind"] == kind]
        change = mean_of_ties(own.assign(value=own["after"] - own["before"]))
        is_bounded = len(own) >= _LEAST_TIES
        rows.append(
            {
                "kind": kind,
                "ties": len(own),
                "before": own["before"].mean(),
                "after": own["after"].mean(),
                "change": change.estimate,
                "low": change.ci_low if is_bounded else np.nan,
                "high": change.ci_high if is_bounded else np.nan,
                "method": change.ci_method if is_bounded else "none",
                **_size(own, kind),
            }
        )
    columns = ["kind", "ties", "before", "after", "change", "low", "high", "method"]
    table = pd.DataFrame(rows, columns=[*columns, "persons", "groups"])
    return table, len(back) - len(known)


def _triads(
    community: Community,
    old: str,
    new: Sequence[str],
    groups: pd.DataFrame,
    settings: Settings,
) -> pd.DataFrame:
    """Return how far apart the members of each twinome arrived."""
    empty = pd.DataFrame({"spread": [], "together": []}, dtype=float)
    triads = groups[groups["kind"] == "twinome"]
    if triads.empty:
        return empty
    found = tie_survival(
        community,
        from_platform=old,
        to_platform=list(new),
        level="group",
        groups=triads,
        attribution=settings.attribution,
    )
    named = {"triad_spread": "spread", "co_moving": "together"}
    rows = found[found["measure"].isin(named)]
    table = rows.pivot_table(
        index="group", columns="measure", values="value", dropna=False, aggfunc="first"
    )
    return table.rename(columns=named).reset_index(drop=True)[list(named.values())]
