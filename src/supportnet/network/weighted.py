"""Clustering that takes the strength of ties into account."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from supportnet.errors import choose
from supportnet.kernels.dtypes import Float64, Int32
from supportnet.kernels.triangles import triangles_per_person, weighted_triangles
from supportnet.network.arrays import Ties
from supportnet.network.structure import Share, per_person, share_of

__all__ = ["barrat_clustering", "onnela_clustering", "opsahl_clustering"]

_MEANS = ("am", "gm", "ma", "mi")


def barrat_clustering(ties: Ties) -> pd.DataFrame:
    """Compute the share of each person's strength that runs along triangles.

    Parameters
    ----------
    ties
        The network; the weight of a tie is the sum of both directions.

    Returns
    -------
    pandas.DataFrame
        One row for each person, by `person_id`: `value` (0 to 1), `n` (degree), `triangles`,
        `status` (`ok`, or `zero_denominator` and NaN where degree < 2).

    Notes
    -----
    C_i = Σ over triangles (w_ij + w_ih) / (s_i (k_i - 1)), s = strength.

    References
    ----------
    Barrat et al. 2004. https://doi.org/10.1073/pnas.0400087101

    Examples
    --------
    >>> from supportnet.network import ties_from_pairs
    >>> paw = ties_from_pairs([(0, 1), (0, 2), (1, 2), (2, 3)], weight=[6, 1, 6, 2])
    >>> barrat_clustering(paw)["value"].round(4).tolist()
    [1.0, 1.0, 0.3889, nan]
    """
    graph = ties.graph()
    beside, _, _ = weighted_triangles(graph, ties.weight)
    degree = graph.degree.astype(np.int64)
    whole = _strength(ties) * (degree - 1)
    return per_person(ties, beside, whole, degree, triangles_per_person(graph))


def onnela_clustering(ties: Ties) -> pd.DataFrame:
    """Compute the mean intensity of the triangles at each person.

    Parameters
    ----------
    ties
        The network; the weight of a tie is the sum of both directions.

    Returns
    -------
    pandas.DataFrame
        One row for each person, by `person_id`: `value` (0 to 1), `n` (degree), `triangles`,
        `status` (`ok`, or `zero_denominator` and NaN where degree < 2).

    Notes
    -----
    The intensity of a triangle is the geometric mean of its three weights over the greatest weight
    in the network. One hyperactive tie rescales every value: not for comparisons.

    References
    ----------
    Onnela et al. 2005. https://doi.org/10.1103/PhysRevE.71.065103

    Examples
    --------
    >>> from supportnet.network import ties_from_pairs
    >>> paw = ties_from_pairs([(0, 1), (0, 2), (1, 2), (2, 3)], weight=[6, 1, 6, 2])
    >>> onnela_clustering(paw)["value"].round(4).tolist()
    [0.5503, 0.5503, 0.1834, nan]
    """
    graph = ties.graph()
    greatest = float(ties.weight.max()) if len(ties) else 1.0
    _, geometric, _ = weighted_triangles(graph, ties.weight / greatest)
    degree = graph.degree.astype(np.int64)
    return per_person(
        ties, geometric, degree * (degree - 1) / 2, degree, triangles_per_person(graph)
    )


def opsahl_clustering(ties: Ties, *, mean: Literal["am", "gm", "ma", "mi"] = "gm") -> Share:
    """Compute the share of the value of all triplets that lies in closed ones.

    Parameters
    ----------
    ties
        The network; the weight of a tie is the sum of both directions.
    mean
        The value of a triplet from the two weights at its centre: arithmetic mean (`am`), geometric
        mean (`gm`), maximum (`ma`) or minimum (`mi`).

    Returns
    -------
    Share
        `value` (0 to 1), `part` and `whole` = summed value of closed and of all triplets; NaN with
        `zero_denominator` where there is no triplet.

    References
    ----------
    Opsahl & Panzarasa 2009. https://doi.org/10.1016/j.socnet.2009.02.002

    Examples
    --------
    >>> from supportnet.network import ties_from_pairs
    >>> paw = ties_from_pairs([(0, 1), (0, 2), (1, 2), (2, 3)], weight=[6, 1, 6, 2])
    >>> round(opsahl_clustering(paw).value, 4)
    0.6908
    """
    choose(mean, _MEANS, "mean")
    graph = ties.graph()
    _, _, closed = weighted_triangles(graph, ties.weight)
    return share_of(float(closed[_MEANS.index(mean)]), _all_triplets(ties, graph.degree, mean))


def _strength(ties: Ties) -> Float64:
    """Return the summed weight of each person's ties."""
    return _at_persons(ties, ties.weight)


def _at_persons(ties: Ties, value: Float64) -> Float64:
    """Return the sum of a value of ties over each person's ties."""
    n = ties.people.size
    at_lo = np.bincount(ties.lo, weights=value, minlength=n)
    return np.asarray(at_lo + np.bincount(ties.hi, weights=value, minlength=n), np.float64)


def _all_triplets(ties: Ties, degree: Int32, mean: str) -> float:
    """Return the summed value of all triplets, from sums over each person's ties alone."""
    if mean == "am":
        return float((_strength(ties) * np.maximum(degree - 1, 0)).sum() / 2)
    if mean == "gm":
        roots = _at_persons(ties, np.sqrt(ties.weight))
        whole = (roots**2 - _strength(ties)) / 2
        # A person with one tie has no triplet; the subtraction leaves rounding there.
        return float(whole[degree >= 2].sum())
    person = np.concatenate([ties.lo, ties.hi])
    weight = np.concatenate([ties.weight, ties.weight])
    order = np.lexsort((weight, person))
    starts = np.concatenate([[0], np.cumsum(degree, dtype=np.int64)])
    place = np.arange(order.size) - starts[person[order]]
    # In ascending order a weight is the greater one of `place` pairs, the lesser one of the rest.
    times = place if mean == "ma" else degree[person[order]] - 1 - place
    return float((weight[order] * times).sum())
