"""Logistic regression of counts of events among trials, with an intercept for each stratum."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from supportnet.inference.checks import FloatArray, labels, level_of, vector
from supportnet.inference.result import EMPTY, TOO_FEW_UNITS, Estimate, undefined

__all__ = ["grouped_logit"]

_MOST_STEPS = 60
_CLOSE = 1e-10
# A logit further out than this is a probability of 0 or 1: the maximum lies at infinity.
_FAR = 30.0


def grouped_logit(
    events: ArrayLike,
    trials: ArrayLike,
    terms: pd.DataFrame,
    strata: ArrayLike,
    *,
    level: float = 0.95,
) -> dict[str, Estimate]:
    """Estimate log odds ratios from counts of events among trials, with an intercept per stratum.

    Parameters
    ----------
    events, trials
        Per cell: events, and trials they are among.
    terms
        One column of 0 and 1 per explanatory term, one row per cell.
    strata
        Label of each cell.
    level
        Confidence level between 0 and 1.

    Returns
    -------
    dict
        Term → estimate (log odds ratio) with a Wald interval and `params` `se`, `p_value`;
        `n_units` = strata with events, `n_events` = events. `too_few_units` where events happened
        only with or only without a term, or the likelihood has no maximum; `empty` without events.

    Raises
    ------
    InputError
        When the columns differ in length.

    Notes
    -----
    logit P(event) = α_stratum + Σ β term, by maximum likelihood (Newton's method). Strata in which
    nothing or everything happened say nothing about β and are left out. Trials are taken as
    independent.

    Examples
    --------
    >>> terms = pd.DataFrame({"exposed": [0, 1]})
    >>> fit = grouped_logit([10, 30], [1000, 1000], terms, [0, 0])["exposed"]
    >>> round(fit.estimate, 4)  # ln (30/970) - ln (10/990)
    1.119
    """
    happened, tried = vector(events, "events"), vector(trials, "trials", like=len(terms))
    code = labels(strata, "strata", like=len(terms))
    confidence = level_of(level)
    columns = terms.to_numpy(dtype=np.float64)
    inside = np.bincount(code, happened), np.bincount(code, tried)
    kept = (tried > 0) & ((inside[0] > 0) & (inside[0] < inside[1]))[code]
    happened, tried, code, columns = happened[kept], tried[kept], code[kept], columns[kept]
    n_events = int(happened.sum())
    if n_events == 0:
        return {str(name): undefined(EMPTY) for name in terms.columns}
    usable = [
        place
        for place in range(columns.shape[1])
        if happened @ columns[:, place] > 0 and happened @ (1 - columns[:, place]) > 0
    ]
    present = np.unique(code)
    design = np.column_stack([columns[:, usable], code[:, None] == present])
    fitted = _newton(happened, tried, design)
    quantile = float(stats.norm.ppf((1 + confidence) / 2))
    found: dict[str, Estimate] = {}
    for place, name in enumerate(map(str, terms.columns)):
        if place not in usable or fitted is None:
            found[name] = undefined(TOO_FEW_UNITS, n_units=present.size, n_events=n_events)
            continue
        point, se = (float(values[usable.index(place)]) for values in fitted)
        found[name] = Estimate(
            estimate=point,
            ci_low=point - quantile * se,
            ci_high=point + quantile * se,
            ci_method="wald",
            n_units=present.size,
            n_events=n_events,
            params={"level": level, "se": se, "p_value": 2 * float(stats.norm.sf(abs(point / se)))},
        )
    return found


def _newton(
    happened: FloatArray, tried: FloatArray, design: FloatArray
) -> tuple[FloatArray, FloatArray] | None:
    """Return coefficients and standard errors; None where the likelihood has no maximum."""
    beta = np.linalg.lstsq(design, np.log((happened + 0.5) / (tried - happened + 0.5)))[0]
    best = _likelihood(happened, tried, design @ beta)
    for _ in range(_MOST_STEPS):
        share = 1 / (1 + np.exp(-np.clip(design @ beta, -_FAR, _FAR)))
        information = (design * (tried * share * (1 - share))[:, None]).T @ design
        if np.linalg.matrix_rank(information) < information.shape[0]:
            return None
        step = np.linalg.solve(information, design.T @ (happened - tried * share))
        if np.abs(step).max() < _CLOSE:
            if float(np.abs(design @ beta).max()) >= _FAR:
                return None
            se: FloatArray = np.sqrt(np.diag(np.linalg.inv(information))).astype(np.float64)
            return np.asarray(beta, np.float64), se
        # A full step may go past the maximum, and then back and forth for ever.
        found = _likelihood(happened, tried, design @ (beta + step))
        while found < best - _CLOSE * abs(best) and np.abs(step).max() > _CLOSE:
            step = step / 2
            found = _likelihood(happened, tried, design @ (beta + step))
        beta, best = beta + step, found
    return None


def _likelihood(happened: FloatArray, tried: FloatArray, logit: FloatArray) -> float:
    """Return the logarithm of the likelihood, without its constant."""
    return float((happened * logit - tried * np.logaddexp(0, logit)).sum())
