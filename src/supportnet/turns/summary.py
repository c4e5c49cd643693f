"""Survival summaries of the units of a level, as one long table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from supportnet.inference import (
    ALL_CENSORED,
    NOT_IDENTIFIED,
    OK,
    STATUSES,
    GroupedSurvival,
    rmst_by_group,
    rmst_of_groups,
)
from supportnet.kernels.dtypes import Bools, Float64, Int8
from supportnet.turns.by_unit import Units
from supportnet.turns.form import Turns

__all__ = ["SUMMARIES", "long_summaries", "summary_of", "survival_by_unit"]

# In the order of the result: the names of a unit's rows ascend.
SUMMARIES = (
    "answered",
    "median",
    "rate_1h",
    "rate_24h",
    "rate_72h",
    "rate_8h",
    "rmst",
    "rmst_observed",
)
_OK, _HIDDEN, _CENSORED = (STATUSES.index(s) for s in (OK, NOT_IDENTIFIED, ALL_CENSORED))


def survival_by_unit(
    units: Units, turns: Turns, hours: Float64, *, tau_h: float, names: Sequence[str]
) -> GroupedSurvival:
    """Estimate the survival summaries of each unit.

    Parameters
    ----------
    units
        Which turns belong to which unit.
    turns
        The turns.
    hours
        The wait of each turn, on whatever clock.
    tau_h
        Restriction of the mean, hours.
    names
        The summaries wanted; only their rates are read off.

    Returns
    -------
    GroupedSurvival
        One entry per unit.
    """
    rates = [_hours(name) for name in names if name.startswith("rate_")]
    seen = units.of(turns.observed)
    if units.directions is None:
        return rmst_by_group(
            units.codes, units.of(hours), seen, tau=tau_h, rates=rates, n_groups=len(units)
        )
    starts, rows, place, _, _ = units.directions
    means = any(name.startswith("rmst") for name in names)
    found = rmst_of_groups(starts, rows, units.of(hours), seen, tau=tau_h, rates=rates, means=means)
    return found.put(place)


def _hours(name: str) -> float:
    """Return the hours in the name of a rate."""
    return float(name.removeprefix("rate_").removesuffix("h"))


def summary_of(name: str, found: GroupedSurvival) -> tuple[Float64, Int8]:
    """Return one summary of every unit, and the number of its status among `STATUSES`.

    What a unit without any turn gets means nothing: the caller knows why it has none.
    """
    always = np.full(found.n.size, _OK, np.int8)
    if name == "answered":
        return found.n_observed / np.maximum(found.n, 1), always
    if name == "median":
        status = np.full(found.n.size, _HIDDEN, np.int8)
        status[found.n_observed == 0] = _CENSORED
        status[~np.isnan(found.median)] = _OK
        return found.median, status
    if name == "rmst_observed":
        return found.rmst_observed, always
    values = found.rmst
    if name != "rmst":
        values = found.rates[:, found.rate_times.index(_hours(name))]
    return values, np.where(np.isnan(values), _HIDDEN, _OK).astype(np.int8)


def long_summaries(
    units: Units,
    found: GroupedSurvival,
    names: Sequence[str],
    *,
    silent: str,
    own_profile: Bools | None = None,
) -> pd.DataFrame:
    """Return one row per unit and summary, in the order of both.

    Parameters
    ----------
    units
        The units, in the order of their keys.
    found
        Their summaries.
    names
        Those wanted, ascending.
    silent
        The status of a unit without turns.
    own_profile
        For each turn whether the responder's own profile counted; adds the share of it.

    Returns
    -------
    pandas.DataFrame
        Keys, `measure`, `value`, `n`, `status`, `n_observed`, `se`, and `own_profile` where given.

    Notes
    -----
    Written array by array: a community has tens of millions of such rows, too many to sort or to
    hold a word in each.
    """
    k, n = len(names), found.n
    value, status = np.empty((n.size, k)), np.empty((n.size, k), np.int8)
    for j, name in enumerate(names):
        value[:, j], status[:, j] = summary_of(name, found)
    status[n == 0] = STATUSES.index(silent)
    status[~units.identified] = _HIDDEN
    np.copyto(value, np.nan, where=status != _OK)
    se = np.full((n.size, k), np.nan)
    if "rmst" in names:
        se[:, names.index("rmst")] = found.rmst_se
    order = np.tile(np.arange(k, dtype=np.int8), n.size)
    columns: dict[str, object] = {str(key): _each(units.keys[key], k) for key in units.keys}
    columns["measure"] = pd.Categorical.from_codes(order, categories=pd.Index(names))
    columns.update(value=value.ravel(), n=_each(n, k))
    columns["status"] = pd.Categorical.from_codes(status.ravel(), categories=pd.Index(STATUSES))
    columns.update(n_observed=_each(found.n_observed, k), se=se.ravel())
    if own_profile is not None:
        columns["own_profile"] = _each(_share(units, own_profile), k)
    return pd.DataFrame(columns, copy=False)


def _share(units: Units, flag: Bools) -> Float64:
    """Return the share of each unit's rows that carry a flag; NaN without rows."""
    n = np.bincount(units.codes, minlength=len(units))
    marked = np.bincount(units.codes, weights=units.of(flag), minlength=len(units))
    share: Float64 = np.full(len(units), np.nan)
    np.divide(marked, n, out=share, where=n > 0)
    return share


def _each(values: npt.ArrayLike, k: int) -> npt.NDArray[Any]:
    """Return every value k times in a row."""
    array = np.asarray(values)
    return array if k == 1 else np.repeat(array, k)
