"""Statistics of pairs: how many are mutual, and how much of the weight comes back."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from supportnet.inference import (
    DYAD_STATISTICS,
    DyadCounts,
    person_jackknife_se,
    vertex_bootstrap,
)
from supportnet.measures.exchange.observed import Observed
from supportnet.network import permute_receivers
from supportnet.network.arrays import is_arc

__all__ = [
    "CENSUS",
    "MIN_PEOPLE_RHO_W",
    "NEEDS_NULLS",
    "STATISTICS",
    "Uncertainty",
    "counts_of",
    "resample",
    "rho_w",
    "status_of",
    "weighted_null",
]

# Counts of pairs: both ways, one way, neither.
CENSUS = ("mutual", "asymmetric", "null")
# Adjusted weighted reciprocity: a dyad has no freedom given its strengths, a triad one degree.
MIN_PEOPLE_RHO_W = 10


def _dyadic(c: DyadCounts) -> npt.NDArray[np.float64]:
    """Return (M + N) / (M + A + N)."""
    return _over(c.pairs - c.asymmetric, c.pairs)


def _lrr(c: DyadCounts) -> npt.NDArray[np.float64]:
    """Return ln(edge reciprocity / density), -inf where nothing comes back."""
    ratio = _over(DYAD_STATISTICS["edge_reciprocity"](c), DYAD_STATISTICS["density"](c))
    out = np.full(ratio.shape, np.nan)
    out[ratio == 0] = -np.inf
    np.log(ratio, out=out, where=ratio > 0)
    return out


def _over(top: npt.NDArray[np.float64], below: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return top / below, NaN where below is 0."""
    out = np.full(top.shape, np.nan)
    np.divide(top, below, out=out, where=below > 0)
    return out


STATISTICS: Mapping[str, Callable[[DyadCounts], npt.NDArray[np.float64]]] = {
    "mutual": lambda c: c.mutual,
    "asymmetric": lambda c: c.asymmetric,
    "null": lambda c: c.pairs - c.mutual - c.asymmetric,
    "edge_reciprocity": DYAD_STATISTICS["edge_reciprocity"],
    "dyad_reciprocity": DYAD_STATISTICS["dyad_reciprocity"],
    "dyadic": _dyadic,
    "recip_lrr": _lrr,
    "rho": DYAD_STATISTICS["rho"],
    "weighted_reciprocity": DYAD_STATISTICS["weighted_reciprocity"],
}
# These need to know which pairs exchanged nothing, not only which are not seen to.
NEEDS_NULLS = frozenset({"null", "dyadic", "recip_lrr", "rho", "weight_correlation"})


def counts_of(ties: pd.DataFrame, n_people: int, m: float) -> DyadCounts:
    """Return the dyad counts of one network from its ties (`w_fwd`, `w_back`)."""
    forth, back = ties["w_fwd"].to_numpy(), ties["w_back"].to_numpy()
    arcs = is_arc(forth, m).astype(np.int64) + is_arc(back, m)
    parts = (
        np.count_nonzero(arcs == 2),
        np.count_nonzero(arcs == 1),
        n_people * (n_people - 1) / 2,
        2 * np.minimum(forth, back).sum(),
        (forth + back).sum(),
    )
    return DyadCounts(*(np.array([float(part)]) for part in parts))


def status_of(name: str, value: float, network: Observed) -> str:
    """Return the status of one statistic of a network."""
    if network.hidden:
        return "not_identified"
    counted = name in CENSUS
    if counted and network.people.size < 2:
        return "empty"
    if name in NEEDS_NULLS and not network.nulls_known:
        return "not_identified"
    if counted:
        return "ok"
    return "zero_denominator" if np.isnan(value) else "ok"


@dataclass
class _Recorder:
    """Keep every count the bootstrap forms, so that one run serves all statistics.

    `vertex_bootstrap` calls its statistic on the network, then on the networks with one person
    left out, then on all replicates.
    """

    seen: list[DyadCounts]

    def __call__(self, counts: DyadCounts) -> npt.NDArray[np.float64]:
        self.seen.append(counts)
        return DYAD_STATISTICS["density"](counts)


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """What resampling persons says about every statistic of one network.

    Attributes
    ----------
    replicates
        Counts of the resampled networks; None below ten persons.
    without
        Counts with one person left out.
    """

    replicates: DyadCounts | None
    without: DyadCounts

    def interval(self, name: str, level: float = 0.95) -> tuple[float, float]:
        """Return the percentile interval of a statistic; NaN without replicates."""
        if self.replicates is None:
            return math.nan, math.nan
        drawn = STATISTICS[name](self.replicates)
        drawn = drawn[np.isfinite(drawn)]
        if not drawn.size:
            return math.nan, math.nan
        low, high = np.quantile(drawn, ((1 - level) / 2, (1 + level) / 2))
        return float(low), float(high)

    def jackknife_se(self, name: str) -> float:
        """Return the leave-one-person-out standard error of a statistic."""
        left = STATISTICS[name](self.without)
        return person_jackknife_se(np.where(np.isfinite(left), left, np.nan))


def resample(
    ties: pd.DataFrame, people: npt.NDArray[np.int64], *, m: float, seed: int, replicates: int
) -> Uncertainty:
    """Resample the persons of a network once, for all statistics.

    Parameters
    ----------
    ties
        `lo`, `hi`, `w_fwd`, `w_back`.
    people
        Ids of all persons, ascending.
    m, seed, replicates
        As in :func:`supportnet.inference.vertex_bootstrap`.

    Returns
    -------
    Uncertainty
        Replicates only from ten persons on.
    """
    record = _Recorder([])
    vertex_bootstrap(
        people.size,
        np.searchsorted(people, ties["lo"]),
        np.searchsorted(people, ties["hi"]),
        ties["w_fwd"],
        ties["w_back"],
        statistic=record,
        seed=seed,
        replicates=replicates,
        threshold=m,
    )
    return Uncertainty(record.seen[2] if len(record.seen) > 2 else None, record.seen[1])


def weighted_null(
    author: npt.NDArray[np.int64],
    other: npt.NDArray[np.int64],
    weight: npt.NDArray[np.float64],
    *,
    draws: int,
    seed: int,
) -> float:
    """Return the mean weighted reciprocity when receivers are exchanged between messages.

    Parameters
    ----------
    author, other, weight
        The messages. Weights stay with their writers: out-strength is kept always, in-strength
        where all weights are equal.
    draws
        Networks drawn.
    seed
        Seed of the generator.

    Returns
    -------
    float
        r_0, in [0, 1]; NaN without a message.
    """
    total = float(weight.sum())
    if not total or not draws:
        return math.nan
    rng = np.random.default_rng(seed)
    _, code = np.unique(np.concatenate([author, other]), return_inverse=True)
    tail, head = np.split(code.astype(np.int64), 2)
    size = int(code.max()) + 1
    found = 0.0
    for _ in range(draws):
        drawn = permute_receivers(tail, head, rng)
        pair = np.minimum(tail, drawn) * size + np.maximum(tail, drawn)
        _, tie = np.unique(pair, return_inverse=True)
        up = tail < drawn
        forth = np.bincount(tie, weight * up)
        back = np.bincount(tie, weight * ~up)
        found += 2 * float(np.minimum(forth, back).sum()) / total
    return found / draws


def rho_w(value: float, null: float) -> float:
    """Return (r_w - r_0) / (1 - r_0); NaN at r_0 = 1.

    Examples
    --------
    >>> round(rho_w(12 / 21, 0.40), 4)
    0.2857
    """
    return (value - null) / (1 - null) if null < 1 else math.nan
