"""How closed the network is: transitivity, clustering, triad census, Simmelian ties, triangles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from supportnet.errors import InputError
from supportnet.kernels.census import slot_codes, triad_counts
from supportnet.kernels.cliques import in_larger_clique
from supportnet.kernels.dtypes import Float64, Int8, Int64
from supportnet.kernels.orient import Forward, adjacency, forward_graph
from supportnet.kernels.triangles import (
    count_triangles,
    count_wedges,
    triangle_list,
    triangles_per_person,
    triangles_per_tie,
)
from supportnet.network.arrays import Ties

__all__ = [
    "Share",
    "Transitivity",
    "directed_transitivity",
    "list_triangles",
    "local_clustering",
    "simmelian",
    "transitivity",
    "triad_census",
]

# Closed paths i→j→k, i→k within one triad of each class that has any.
_TRANSITIVE_TRIPLES = {"030T": 1, "120D": 2, "120U": 2, "120C": 1, "210": 3, "300": 6}


@dataclass(frozen=True, slots=True)
class Share:
    """A share with what it was made of.

    Attributes
    ----------
    value
        `part` / `whole`, 0 to 1; NaN where `whole` is 0.
    part, whole
        Numerator and denominator.
    status
        `ok`, or `zero_denominator`.
    """

    value: float
    part: float
    whole: float
    status: str


@dataclass(frozen=True, slots=True)
class Transitivity:
    """Triangles among connected triples.

    Attributes
    ----------
    triangles
        Number of triangles.
    wedges
        Number of connected triples: pairs of ties that share a person, closed or not.
    value
        3 · triangles / wedges, 0 to 1; NaN where there is no wedge.
    closed_fraction
        Triangles among connected sets of three persons, triangles / (wedges - 2 · triangles).
    status
        `ok`, or `zero_denominator` where there is no wedge.
    """

    triangles: int
    wedges: int
    value: float
    closed_fraction: float
    status: str


def share_of(part: float, whole: float) -> Share:
    """Divide, or say that there is nothing to divide by."""
    if whole == 0:
        return Share(float("nan"), part, whole, "zero_denominator")
    return Share(part / whole, part, whole, "ok")


def transitivity(ties: Ties) -> Transitivity:
    """Count triangles and connected triples.

    Parameters
    ----------
    ties
        The network.

    Returns
    -------
    Transitivity
        Counts, transitivity (0 to 1) and closed fraction (0 to 1).

    Notes
    -----
    T = 3 · triangles / connected triples. Without a connected triple T is NaN.

    References
    ----------
    Wasserman & Faust 1994, Social Network Analysis. https://doi.org/10.1017/CBO9780511815478

    Examples
    --------
    >>> import numpy as np
    >>> from supportnet.network import ties_from_pairs
    >>> paw = ties_from_pairs([(0, 1), (0, 2), (1, 2), (2, 3)])
    >>> found = transitivity(paw)
    >>> found.triangles, found.wedges, found.value
    (1, 5, 0.6)
    """
    graph = ties.graph()
    triangles, wedges = count_triangles(graph), count_wedges(graph.degree)
    if wedges == 0:
        return Transitivity(0, 0, float("nan"), float("nan"), "zero_denominator")
    open_or_closed = wedges - 2 * triangles
    return Transitivity(triangles, wedges, 3 * triangles / wedges, triangles / open_or_closed, "ok")


def local_clustering(ties: Ties) -> pd.DataFrame:
    """Compute how far the contacts of each person are tied to each other.

    Parameters
    ----------
    ties
        The network.

    Returns
    -------
    pandas.DataFrame
        One row for each person, by `person_id`: `value` (0 to 1), `n` (degree), `triangles`,
        `status` (`ok`, or `zero_denominator` and NaN where degree < 2).

    Notes
    -----
    C = triangles / (k (k - 1) / 2). The mean over defined values and the mean with undefined values
    as 0 are different numbers; say which.

    References
    ----------
    Watts & Strogatz 1998. https://doi.org/10.1038/30918

    Examples
    --------
    >>> from supportnet.network import ties_from_pairs
    >>> local_clustering(ties_from_pairs([(0, 1), (0, 2), (1, 2), (2, 3)]))
       person_id     value  n  triangles            status
    0          0  1.000000  2          1                ok
    1          1  1.000000  2          1                ok
    2          2  0.333333  3          1                ok
    3          3       NaN  1          0  zero_denominator
    """
    graph = ties.graph()
    triangles = triangles_per_person(graph)
    degree = graph.degree.astype(np.int64)
    return per_person(ties, triangles, degree * (degree - 1) / 2, degree, triangles)


def per_person(
    ties: Ties, part: Int64 | Float64, whole: np.ndarray, degree: Int64, triangles: Int64
) -> pd.DataFrame:
    """Tabulate `part` / `whole` of each person, NaN with a status where degree < 2."""
    defined = degree >= 2
    value = np.full(degree.size, np.nan)
    np.divide(part, whole, out=value, where=defined)
    return pd.DataFrame(
        {
            "person_id": ties.people,
            "value": value,
            "n": degree,
            "triangles": triangles,
            "status": np.where(defined, "ok", "zero_denominator"),
        }
    )


def _coded(ties: Ties, what: str) -> tuple[Forward, Int8]:
    """Return the forward graph and who wrote on each slot: 1 row, 2 column, 3 both."""
    if ties.projection != "union":
        msg = (
            f"{what} needs one-way ties too; found ties of the mutual projection; "
            'build them with projection="union".'
        )
        raise InputError(msg)
    graph = ties.graph()
    return graph, slot_codes(graph, (ties.lo, ties.hi), ties.forward, ties.backward)


def triad_census(ties: Ties) -> dict[str, int]:
    """Count the sixteen classes of triads.

    Parameters
    ----------
    ties
        The network, of the union projection.

    Returns
    -------
    dict
        Class → number of triads, in the order of Holland and Leinhardt; exact integers that sum to
        n (n - 1) (n - 2) / 6. With fewer than three persons all are 0.

    Raises
    ------
    InputError
        When `ties` are of the mutual projection, which has no one-way ties.

    Notes
    -----
    111D is a↔b←c, 111U is a↔b→c, 021D is a←b→c, 120D is b→a, b→c, a↔c. Counts, never proportions,
    are to be compared, against a null model.

    References
    ----------
    Holland & Leinhardt 1970. https://doi.org/10.1086/224954
    Batagelj & Mrvar 2001. https://doi.org/10.1016/S0378-8733(01)00035-1

    Examples
    --------
    >>> from supportnet.network import ties_from_pairs
    >>> census = triad_census(ties_from_pairs([(0, 1), (1, 0), (1, 2), (0, 2)]))
    >>> {name: count for name, count in census.items() if count}
    {'120U': 1}
    """
    graph, code = _coded(ties, "the triad census")
    return triad_counts(graph, code)


def directed_transitivity(ties: Ties) -> Share:
    """Compute how often i→j and j→k come with i→k.

    Parameters
    ----------
    ties
        The network, of the union projection.

    Returns
    -------
    Share
        `value` (0 to 1), `part` = closed paths, `whole` = paths i→j→k with i ≠ k; NaN with
        `zero_denominator` where there is no path.

    Raises
    ------
    InputError
        When `ties` are of the mutual projection.

    Notes
    -----
    This is weak transitivity as a probability, P(i→k | i→j→k).

    Examples
    --------
    >>> from supportnet.network import ties_from_pairs
    >>> directed_transitivity(ties_from_pairs([(0, 1), (1, 2), (0, 2), (2, 3)]))
    Share(value=0.3333333333333333, part=1, whole=3, status='ok')
    """
    graph, code = _coded(ties, "directed transitivity")
    census = triad_counts(graph, code)
    closed = sum(census[name] * count for name, count in _TRANSITIVE_TRIPLES.items())
    n = ties.people.size
    out = np.bincount(ties.lo[ties.forward], minlength=n)
    out += np.bincount(ties.hi[ties.backward], minlength=n)
    into = np.bincount(ties.hi[ties.forward], minlength=n)
    into += np.bincount(ties.lo[ties.backward], minlength=n)
    there_and_back = 2 * int((ties.forward & ties.backward).sum())
    return share_of(closed, int((out * into).sum()) - there_and_back)


def simmelian(ties: Ties) -> pd.DataFrame:
    """Count for each mutual tie the persons who are mutually tied to both ends.

    Parameters
    ----------
    ties
        The network, of either projection; ties that are not mutual are left out.

    Returns
    -------
    pandas.DataFrame
        One row for each mutual tie, by (`person_id`, `other_id`), person_id < other_id:
        `third_parties` (≥ 0). A tie is Simmelian from one third party on.

    References
    ----------
    Krackhardt 1999, Research in the Sociology of Organizations 16, 183-210.

    Examples
    --------
    >>> from supportnet.network import ties_from_pairs
    >>> both_ways = [(0, 1), (1, 0), (1, 2), (2, 1), (0, 2), (2, 0), (2, 3), (3, 2)]
    >>> simmelian(ties_from_pairs(both_ways))
       person_id  other_id  third_parties
    0          0         1              1
    1          0         2              1
    2          1         2              1
    3          2         3              0
    """
    mutual = ties.forward & ties.backward
    lo, hi = ties.lo[mutual], ties.hi[mutual]
    third = triangles_per_tie(forward_graph(lo, hi, ties.people.size))
    table = pd.DataFrame(
        {"person_id": ties.people[lo], "other_id": ties.people[hi], "third_parties": third}
    )
    return table.sort_values(["person_id", "other_id"], ignore_index=True)


def list_triangles(ties: Ties) -> pd.DataFrame:
    """List every triangle and whether it stands alone or inside a clique of four.

    Parameters
    ----------
    ties
        The network; a small one, such as the sustained private ties among which twinomes are found.

    Returns
    -------
    pandas.DataFrame
        One row for each triangle, by (`a`, `b`, `c`), person ids with a < b < c: `maximal`, True
        where no fourth person is tied to all three.

    Examples
    --------
    >>> from supportnet.network import ties_from_pairs
    >>> list_triangles(ties_from_pairs([(0, 1), (0, 2), (1, 2), (2, 3)]))
       a  b  c  maximal
    0  0  1  2     True
    """
    persons, _ = triangle_list(ties.graph())
    larger = in_larger_clique(adjacency(ties.lo, ties.hi, ties.people.size), persons)
    ids = np.sort(ties.people[persons], axis=1)
    table = pd.DataFrame({"a": ids[:, 0], "b": ids[:, 1], "c": ids[:, 2], "maximal": ~larger})
    return table.sort_values(["a", "b", "c"], ignore_index=True)
