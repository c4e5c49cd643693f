"""Cox regression of censored waits, with errors that let the waits of one dyad hang together."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from supportnet.inference.checks import BoolArray, FloatArray, IntArray, flags, labels, level_of
from supportnet.inference.result import EMPTY, OK, TOO_FEW_UNITS, Estimate, undefined
from supportnet.inference.survival import durations

__all__ = ["cox_regression"]

# Fewer clusters than this on a side of a yes-or-no term: clustered errors reject too often.
MIN_CLUSTERS = 20
_MOST_STEPS = 60
_CLOSE = 1e-10
# A log hazard ratio further out than this lies at infinity.
_FAR = 20.0


def cox_regression(
    times: ArrayLike,
    observed: ArrayLike,
    terms: pd.DataFrame,
    *,
    clusters: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    level: float = 0.95,
) -> dict[str, Estimate]:
    """Estimate log hazard ratios of censored waits, clustered where clusters are named.

    Parameters
    ----------
    times, observed
        As for :func:`kaplan_meier`.
    terms
        One column of numbers per explanatory term, one row per wait.
    clusters
        What waits belong together, such as the dyad; None: waits are independent.
    strata
        Each stratum has a baseline hazard of its own; None: one for all.
    level
        Confidence level between 0 and 1.

    Returns
    -------
    dict
        Term → estimate (log hazard ratio; above 0 means quicker) with a Wald interval, `ci_method`
        `cox_clustered` or `cox`, `n_units` clusters (waits without), `n_events`, and `params`: `se`
        (clustered where clusters are named), `naive_se`, `p_value`, `hazard_ratio`, and
        `proportional_p` (small where the ratio changes with time; it takes waits as independent).
        `empty` without an event; `too_few_units` where the likelihood has no maximum, and where a
        yes-or-no term has fewer than 20 clusters on a side: estimate and `se` stand without
        interval and p.

    Raises
    ------
    InputError
        When times are negative or missing, or lengths differ.

    Notes
    -----
    Partial likelihood with Efron's rule for equal times, by Newton's method. Clustered variance
    I^-1 (Σ_c U_c U_c') I^-1, U_c the sum of the score residuals of a cluster, without a factor for
    small samples; t with clusters − 1 degrees of freedom. Proportional hazards are tested by the
    correlation of scaled Schoenfeld residuals with the rank of the event. For turns of dyads prefer
    a permutation of one restricted mean per dyad.

    References
    ----------
    Cox 1972, doi:10.1111/j.2517-6161.1972.tb00899.x. Efron 1977,
    doi:10.1080/01621459.1977.10480613. Lin & Wei 1989, doi:10.1080/01621459.1989.10478874.
    Grambsch & Therneau 1994, doi:10.1093/biomet/81.3.515.

    Examples
    --------
    >>> waits = [1, 2, 2, 4, 5, 8, 3, 6, 7, 9, 10, 12]
    >>> seen = [1, 1, 0, 1, 0, 1, 1, 1, 1, 0, 1, 0]
    >>> slow = pd.DataFrame({"slow": [0] * 6 + [1] * 6})
    >>> fit = cox_regression(waits, seen, slow)["slow"]
    >>> round(fit.estimate, 4), round(fit.params["se"], 4)
    (-1.0919, 0.7926)
    """
    when = durations(times, like=len(terms))
    seen = flags(observed, "observed", like=when.size)
    confidence = level_of(level)
    x = terms.to_numpy(dtype=np.float64)
    group = labels(strata, "strata", like=when.size)
    cluster = None if clusters is None else labels(clusters, "clusters", like=when.size)
    names = [str(name) for name in terms.columns]
    n_events = int(seen.sum())
    if not n_events:
        return {name: undefined(EMPTY, n_units=when.size) for name in names}
    parts = [_Stratum.of(when, seen, x, np.flatnonzero(group == g)) for g in np.unique(group)]
    beta = _newton(parts, x.shape[1])
    if beta is None:
        gone = undefined(TOO_FEW_UNITS, n_units=when.size, n_events=n_events)
        return dict.fromkeys(names, gone)
    information = np.sum([part.score(beta)[2] for part in parts], axis=0)
    inverse = np.linalg.inv(information)
    naive = np.sqrt(np.diag(inverse))
    se = naive if cluster is None else _clustered(parts, beta, cluster, inverse)
    fitted = _Fitted(x, cluster, confidence, n_events)
    changing = _proportional(parts, beta, inverse)
    return {
        name: fitted.estimate(
            k, (float(beta[k]), float(se[k]), float(naive[k])), float(changing[k])
        )
        for k, name in enumerate(names)
    }


@dataclass(frozen=True, slots=True)
class _Stratum:
    """The waits of one stratum, in order of time, and where its events stand.

    Attributes
    ----------
    rows
        Places of the waits in the caller's order.
    x
        Terms.
    time, seen
        Waits, and whether they ended in the event.
    first
        Of each event: the first wait still at risk then.
    share
        Of each event: the share of its time's events that Efron's rule takes out of the risk set.
    begins
        Place among the events at which those of its time begin.
    """

    rows: IntArray
    x: FloatArray
    time: FloatArray
    seen: BoolArray
    first: IntArray
    share: FloatArray
    begins: IntArray

    @classmethod
    def of(cls, when: FloatArray, seen: BoolArray, x: FloatArray, rows: IntArray) -> _Stratum:
        """Sort the waits of one stratum."""
        # Events stand before the censored of their time: those are still at risk.
        order = rows[np.lexsort((~seen[rows], when[rows]))]
        time, happened = when[order], seen[order]
        at = time[happened]
        begins = np.searchsorted(at, at, side="left")
        tied = np.searchsorted(at, at, side="right") - begins
        share = (np.arange(at.size) - begins) / tied
        return cls(order, x[order], time, happened, np.searchsorted(time, at), share, begins)

    def risk(self, beta: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return the weight of each wait, and of each event the sums over its risk set: 1 and x."""
        weight = np.exp(self.x @ beta)
        moment = weight[:, None] * self.x
        behind = np.cumsum(weight[::-1])[::-1][self.first]
        behind_x = np.cumsum(moment[::-1], axis=0)[::-1][self.first]
        own, own_x = weight[self.seen], moment[self.seen]
        total, total_x = np.append(0.0, np.cumsum(own)), _cumulated(own_x)
        ends = np.searchsorted(self.begins, self.begins, side="right")
        gone = self.share * (total[ends] - total[self.begins])
        gone_x = self.share[:, None] * (total_x[ends] - total_x[self.begins])
        return weight, behind - gone, behind_x - gone_x

    def score(self, beta: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        """Return log-likelihood, score and information."""
        weight, zero, one = self.risk(beta)
        mean = one / zero[:, None]
        own = self.x[self.seen]
        # Second moments over risk sets, by the weight that each wait has in all of them together.
        held = self._held(1 / zero) * weight
        second = (self.x * held[:, None]).T @ self.x - mean.T @ mean
        value = float((own @ beta - np.log(zero)).sum())
        return value, (own - mean).sum(axis=0), second

    def _held(self, amount: FloatArray) -> FloatArray:
        """Return for each wait the sum of an amount over the events at which it is at risk."""
        return self._held_many(amount[:, None])[:, 0]

    def _held_many(self, amount: FloatArray) -> FloatArray:
        """Return that of several amounts; Efron's share is taken out at an event's own time."""
        at = self.time[self.seen]
        ran = _cumulated(amount)
        found = ran[np.searchsorted(at, self.time, side="right")]
        part = _cumulated(amount * self.share[:, None])
        ends = np.searchsorted(self.begins, self.begins, side="right")
        found[self.seen] -= part[ends] - part[self.begins]
        return found

    def residuals(self, beta: FloatArray) -> FloatArray:
        """Return what each wait adds to the score, in the order of `rows`."""
        weight, zero, one = self.risk(beta)
        mean = one / zero[:, None]
        held = self._held(1 / zero)[:, None] * self.x - self._held_many(mean / zero[:, None])
        out = -weight[:, None] * held
        tied = np.searchsorted(self.begins, self.begins, side="right") - self.begins
        summed = _cumulated(mean)
        average = (summed[self.begins + tied] - summed[self.begins]) / tied[:, None]
        out[self.seen] += self.x[self.seen] - average
        return out

    def schoenfeld(self, beta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the times of the events and how far each stands from its risk set."""
        _, zero, one = self.risk(beta)
        return self.time[self.seen], self.x[self.seen] - one / zero[:, None]


def _cumulated(rows: FloatArray) -> FloatArray:
    """Return running sums that begin with 0."""
    return np.concatenate((np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0)))


def _newton(parts: list[_Stratum], size: int) -> FloatArray | None:
    """Return the coefficients; None where the likelihood has no maximum."""
    beta = np.zeros(size)
    best, score, information = _summed(parts, beta)
    for _ in range(_MOST_STEPS):
        if np.linalg.matrix_rank(information) < size:
            return None
        step = np.linalg.solve(information, score)
        if np.abs(step).max() < _CLOSE:
            return beta
        found = _summed(parts, beta + step)
        # A full step may go past the maximum.
        while found[0] < best - _CLOSE * abs(best) and np.abs(step).max() > _CLOSE:
            step = step / 2
            found = _summed(parts, beta + step)
        beta, (best, score, information) = beta + step, found
        if float(np.abs(beta).max()) > _FAR:
            return None
    return None


def _summed(parts: list[_Stratum], beta: FloatArray) -> tuple[float, FloatArray, FloatArray]:
    """Return log-likelihood, score and information over strata."""
    scores = [part.score(beta) for part in parts]
    value = sum(one for one, _, _ in scores)
    return value, np.sum([s for _, s, _ in scores], axis=0), np.sum([i for *_, i in scores], axis=0)


def _clustered(
    parts: list[_Stratum], beta: FloatArray, cluster: IntArray, inverse: FloatArray
) -> FloatArray:
    """Return clustered standard errors."""
    sums = np.zeros((int(cluster.max()) + 1, beta.size))
    for part in parts:
        np.add.at(sums, cluster[part.rows], part.residuals(beta))
    spread = sums @ inverse
    return np.asarray(np.sqrt(np.diag(spread.T @ spread)), np.float64)


def _proportional(parts: list[_Stratum], beta: FloatArray, inverse: FloatArray) -> FloatArray:
    """Return of each term how likely its residuals would follow the rank of time so closely."""
    moments, rows = zip(*(part.schoenfeld(beta) for part in parts), strict=True)
    residuals = np.concatenate(rows)
    rank = stats.rankdata(np.concatenate(moments))
    rank = rank - rank.mean()
    spread = float(rank @ rank)
    if residuals.shape[0] < 3 or spread <= 0:
        return np.full(beta.size, math.nan)
    scaled = residuals.shape[0] * residuals @ inverse
    statistic = (rank @ scaled) ** 2 / (residuals.shape[0] * np.diag(inverse) * spread)
    return np.asarray(stats.chi2.sf(statistic, 1), np.float64)


@dataclass(frozen=True, slots=True)
class _Fitted:
    """Turns numbers into estimates."""

    x: FloatArray
    cluster: IntArray | None
    level: float
    n_events: int

    def estimate(self, k: int, numbers: tuple[float, float, float], changing: float) -> Estimate:
        """Return one term."""
        point, se, naive = numbers
        n = self.x.shape[0] if self.cluster is None else int(self.cluster.max()) + 1
        enough = self._sides(k) >= MIN_CLUSTERS or self.cluster is None
        quantile = float(stats.norm.ppf((1 + self.level) / 2))
        p_value = 2 * float(stats.norm.sf(abs(point / se)))
        if self.cluster is not None:
            quantile = float(stats.t.ppf((1 + self.level) / 2, max(n - 1, 1)))
            p_value = 2 * float(stats.t.sf(abs(point / se), max(n - 1, 1)))
        half = quantile * se if enough else math.nan
        method = "cox" if self.cluster is None else "cox_clustered"
        return Estimate(
            estimate=point,
            ci_low=point - half,
            ci_high=point + half,
            ci_method=method if enough else "none",
            n_units=n,
            n_events=self.n_events,
            params={
                "level": self.level,
                "se": se,
                "naive_se": naive,
                "p_value": p_value if enough else math.nan,
                "hazard_ratio": math.exp(point),
                "proportional_p": changing,
            },
            status=OK if enough else TOO_FEW_UNITS,
        )

    def _sides(self, k: int) -> int:
        """Return the clusters on the thinner side of a yes-or-no term; all of them for a number."""
        if self.cluster is None:
            return len(self.x)
        column = self.x[:, k]
        values = np.unique(column)
        if values.size != 2:
            return int(np.unique(self.cluster).size)
        return min(int(np.unique(self.cluster[column == value]).size) for value in values)
