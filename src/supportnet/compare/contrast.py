"""Compare tie-level outcomes between kinds of groups, over independent components.

The unit of inference is the set of groups that shared persons join, never the message. Groups that
were detected in one half of the data are measured in the other half.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from supportnet.community import Community
from supportnet.compare.outcomes import Outcome, TieValues, get_outcome
from supportnet.compare.result import Comparison, adjust, row_of
from supportnet.coverage import span
from supportnet.errors import InputError, choose
from supportnet.groups import after_detection
from supportnet.inference import (
    cliffs_delta,
    component_contrast,
    dyadic_interval,
    hodges_lehmann,
    sign_flip,
)
from supportnet.units import check_groups, group_pairs

__all__ = ["CONTRASTS", "compare"]

CONTRASTS = ("within_person", "between")


@dataclass(frozen=True, slots=True)
class _Arms:
    """What one contrast of one outcome rests on."""

    ties: pd.DataFrame  # community, kind, group, lo, hi, value, n, volume, component, first
    excluded: dict[str, int]


def compare(
    communities: Sequence[Community] | Community,
    groups: pd.DataFrame,
    *,
    outcomes: Sequence[str],
    contrast: str = "within_person",
    kinds: Sequence[str] | None = None,
    sensitivity: bool = True,
    draws: int = 9999,
    seed: int = 1,
) -> Comparison:
    """Compare kinds of groups on tie-level outcomes.

    Parameters
    ----------
    communities
        One community or several.
    groups
        Their groups, one row per (community, kind, group, person).
    outcomes
        Names of :data:`supportnet.compare.OUTCOMES`.
    contrast
        `within_person`: a person's ties of the first kind against the same person's ties of the
        other kind. `between`: groups of the first kind against groups of the other, matched on
        volume (bins of a factor of two within community).
    kinds
        First the kind of interest, then those it is compared with; by default twinome against
        every other kind in `groups`.
    sensitivity
        Also run the outcome's other defensible definitions, and say in what share of them the sign
        stays.
    draws
        Random relabellings where listing all would exceed 10,000.
    seed
        Seed of every random step.

    Returns
    -------
    Comparison
        One row per outcome and pair of kinds: difference (first minus other, in the outcome's
        unit), interval, p (two-sided; NaN below 10 independent components per arm), effect sizes,
        counts, status; prints as a table.

    Raises
    ------
    InputError
        When an outcome is fixed by how the groups were found, a community has no groups in the
        frame, or a name is unknown.

    Notes
    -----
    Detected groups are measured from the end of their detection window on; declared ones over the
    whole span. Components are sets of groups joined by shared persons. `within_person` averages
    one difference per person within components and flips signs; `between` permutes the labels of
    pure components and flips mixed ones. Where fewer than 10 components remain, or one holds
    more than half of the groups, no p is given and the interval is dyadic-robust on ties.

    References
    ----------
    Aronow, Samii & Assenova 2015, doi:10.1093/pan/mpv018. Kriegeskorte et al. 2009,
    doi:10.1038/nn.2303.
    """
    listed = [communities] if isinstance(communities, Community) else list(communities)
    choose(contrast, CONTRASTS, "contrast")
    chosen = [get_outcome(name) for name in outcomes]
    for community in listed:
        check_groups(groups, community.name)
    first, others = _kinds(groups, kinds)
    measured = {community.name: after_detection(community, groups) for community in listed}
    known = TieValues(measured)
    values: list[pd.DataFrame] = []
    rows: list[dict[str, Any]] = []
    for outcome in chosen:
        for other in others:
            arms = _arms(groups, measured, known.of(outcome), outcome, (first, other))
            row = _contrast(arms, contrast, draws=draws, seed=seed)
            row.update(row_of(outcome, first, other, contrast, seed))
            if sensitivity:
                row.update(_robustness(row, groups, measured, known, outcome, contrast))
            rows.append(row)
            values.append(arms.ties.assign(outcome=outcome.name, contrast_with=other))
    return Comparison(adjust(pd.DataFrame(rows)), _stack(values), _windows(measured))


def _kinds(groups: pd.DataFrame, kinds: Sequence[str] | None) -> tuple[str, list[str]]:
    """Return the kind of interest and those it is compared with."""
    present = list(dict.fromkeys(str(kind) for kind in groups["kind"]))
    listed = list(kinds) if kinds else sorted(present, key=lambda k: (k != "twinome", k))
    for kind in kinds or ():
        choose(kind, tuple(present), "kinds")
    if len(listed) < 2:
        found = ", ".join(listed) or "none"
        msg = f"groups of two kinds were expected; found {found}; add another kind."
        raise InputError(msg)
    return listed[0], listed[1:]


def _arms(
    groups: pd.DataFrame,
    measured: dict[str, Community],
    tables: dict[str, pd.DataFrame],
    outcome: Outcome,
    kinds: tuple[str, str],
) -> _Arms:
    """Return the ties of both kinds with their values; count what is left out, by reason."""
    pieces = []
    excluded = {"in_both_kinds": 0, "undefined": 0, "too_few_events": 0}
    for name, community in measured.items():
        own = check_groups(groups, name)
        pairs = group_pairs(own[own["kind"].isin(kinds)])
        primary = pairs.loc[pairs["kind"] == kinds[0], ["lo", "hi"]].drop_duplicates()
        mark = pairs.merge(primary, on=["lo", "hi"], how="left", indicator=True)["_merge"]
        twice = (pairs["kind"] == kinds[1]) & (mark.to_numpy() == "both")
        excluded["in_both_kinds"] += int(twice.sum())
        kept = pairs[~twice].merge(tables[name], on=["lo", "hi"], how="left")
        volume = community.ties("all")[["lo", "hi", "n_fwd", "n_back"]]
        volume = volume.assign(volume=volume["n_fwd"] + volume["n_back"])[["lo", "hi", "volume"]]
        pieces.append(kept.merge(volume, on=["lo", "hi"], how="left").assign(community=name))
    ties = pd.concat(pieces, ignore_index=True)
    undefined = ties["value"].isna()
    few = ~undefined & (ties["n"] < outcome.min_n)
    excluded["undefined"] = int(undefined.sum())
    excluded["too_few_events"] = int(few.sum())
    ties = ties[~undefined & ~few].reset_index(drop=True)
    ties["component"] = _components(ties)
    ties["first"] = ties["kind"] == kinds[0]
    return _Arms(ties, excluded)


def _components(ties: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Label the sets of ties that shared persons join."""
    if ties.empty:
        return np.zeros(0, dtype=np.int64)
    ends = pd.concat([ties["community"] + "/" + ties[c].astype(str) for c in ("lo", "hi")])
    codes, people = pd.factorize(ends)
    lo, hi = codes[: len(ties)], codes[len(ties) :]
    graph = sp.coo_matrix((np.ones(len(lo)), (lo, hi)), (len(people), len(people)))
    _, labels = connected_components(graph, directed=False)
    result: npt.NDArray[np.int64] = labels[lo].astype(np.int64)
    return result


def _contrast(arms: _Arms, contrast: str, *, draws: int, seed: int) -> dict[str, Any]:
    """Estimate one difference with its interval and p."""
    ties = arms.ties
    excluded = dict(arms.excluded)
    counts = {
        "n_ties_first": int(ties["first"].sum()),
        "n_ties_other": int((~ties["first"]).sum()),
        "n_events": int(ties["n"].sum()),
    }
    if contrast == "within_person":
        units, lost = _differences(ties)
        excluded["no_tie_of_the_other_kind"] = lost
        test = sign_flip(units["value"].to_numpy(), seed=seed, draws=draws)
        n_units = len(units)
        effect: dict[str, float] = {"cliffs_delta": np.nan, "hodges_lehmann": np.nan}
        used = ties[ties["component"].isin(units["component"])]
    else:
        means = _group_means(ties)
        test = component_contrast(
            means["value"].to_numpy(),
            means["first"].to_numpy(),
            means["component"].to_numpy(),
            strata=means["stratum"].to_numpy(),
            seed=seed,
            draws=draws,
        )
        n_units = int(means["component"].nunique())
        effect = _effects(means, seed)
        used = ties
    excluded.update({k: v for k, v in dict(test.n_excluded).items() if v})
    row: dict[str, Any] = {
        "estimate": test.estimate,
        "ci_low": test.ci_low,
        "ci_high": test.ci_high,
        "ci_method": f"permutation ({test.method})",
        "p_value": test.p_value,
        "n_units": n_units,
        **counts,
        **effect,
        "n_excluded": {k: v for k, v in excluded.items() if v},
        "status": test.status,
    }
    if test.status == "too_few_units":
        row.update(_dyadic(used, row["estimate"]))
    return row


def _dyadic(ties: pd.DataFrame, estimate: float) -> dict[str, Any]:
    """Give the dyadic-robust interval where there are too few components for a permutation."""
    if ties.empty or ties["first"].all() or not ties["first"].any():
        return {"ci_method": "none"}
    first = (ties["community"] + "/" + ties["lo"].astype(str)).to_numpy()
    second = (ties["community"] + "/" + ties["hi"].astype(str)).to_numpy()
    robust = dyadic_interval(ties["value"].to_numpy(), first, second, arm=ties["first"].to_numpy())
    del estimate
    return {
        "estimate": robust.estimate,
        "ci_low": robust.ci_low,
        "ci_high": robust.ci_high,
        "ci_method": robust.ci_method,
        "p_value": np.nan,
    }


def _differences(ties: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return one difference per component: its persons' own differences, averaged."""
    ends = pd.concat(
        [ties.assign(person=ties["lo"]), ties.assign(person=ties["hi"])], ignore_index=True
    )
    means = ends.pivot_table("value", ["community", "component", "person"], "first", aggfunc="mean")
    means = means.reindex(columns=[True, False])
    complete = means.dropna()
    lost = int(means[True].notna().sum() - len(complete))
    differences = (complete[True] - complete[False]).groupby("component").mean()
    return differences.rename("value").reset_index(), lost


def _group_means(ties: pd.DataFrame) -> pd.DataFrame:
    """Return one mean per group, with the stratum (community, volume) of its component."""
    keys = ["community", "kind", "group", "first", "component"]
    means = ties.groupby(keys, as_index=False).agg(
        value=("value", "mean"), volume=("volume", "mean")
    )
    volume = means.groupby("component")["volume"].transform("mean").clip(lower=1)
    # Fixed bins of a factor of two, centred on powers of two: they do not depend on the sample.
    means["stratum"] = means["community"] + "/" + np.log2(volume).round().astype(int).astype(str)
    return means


def _effects(means: pd.DataFrame, seed: int) -> dict[str, float]:
    """Return Cliff's delta and the Hodges–Lehmann shift of the first kind against the other."""
    one = means.loc[means["first"], "value"].to_numpy()
    zero = means.loc[~means["first"], "value"].to_numpy()
    if not one.size or not zero.size:
        return {"cliffs_delta": np.nan, "hodges_lehmann": np.nan}
    delta = cliffs_delta(one, zero, seed=seed)
    return {"cliffs_delta": delta.estimate, "hodges_lehmann": hodges_lehmann(one, zero).estimate}


def _robustness(
    row: dict[str, Any],
    groups: pd.DataFrame,
    measured: dict[str, Community],
    known: TieValues,
    outcome: Outcome,
    contrast: str,
) -> dict[str, Any]:
    """Say in what share of the other definitions the difference keeps its sign."""
    signs = []
    kinds = (row["kind"], row["compared_with"])
    for options in outcome.variants:
        tables = known.of(outcome, options)
        other = _contrast(
            _arms(groups, measured, tables, outcome, kinds), contrast, draws=199, seed=row["seed"]
        )
        signs.append(np.sign(other["estimate"]))
    if not signs or np.isnan(row["estimate"]):
        return {"sign_kept": np.nan, "n_definitions": len(signs)}
    same = float(np.mean([sign == np.sign(row["estimate"]) for sign in signs]))
    return {"sign_kept": same, "n_definitions": len(signs)}


def _windows(measured: dict[str, Community]) -> pd.DataFrame:
    """Return the window each community was measured in: `community`, `start_us`, `end_us`."""
    rows = []
    for name, community in measured.items():
        seen = span(community.dataset)
        rows.append({"community": name, "start_us": seen.start_us, "end_us": seen.end_us})
    return pd.DataFrame(rows)


def _stack(values: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the tie values behind all contrasts, for plots of their distribution."""
    return pd.concat(values, ignore_index=True) if values else pd.DataFrame()
