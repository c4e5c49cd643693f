"""Vertex bootstrap and person jackknife on G5 and against a literal resampling."""

import math

import numpy as np
import pytest

from supportnet.errors import InputError
from supportnet.inference import DYAD_STATISTICS, vertex_bootstrap
from supportnet.inference.planted import p1_graph

# a..e: a->b 4, b->a 2, b->c 3, c->b 3, a->c 1, c->d 2, d->e 5, e->d 1
G5 = ([0, 1, 0, 2, 3], [1, 2, 2, 3, 4], [4, 3, 1, 2, 5], [2, 3, 0, 0, 1])
VALUES = {
    "density": 0.40,
    "dyad_reciprocity": 0.60,
    "edge_reciprocity": 0.75,
    "rho": 0.5833,
    "weighted_reciprocity": 0.5714,
}


@pytest.mark.parametrize("name", sorted(DYAD_STATISTICS))
def test_g5_values_without_interval_below_ten_persons(name):
    out = vertex_bootstrap(5, *G5, statistic=name, seed=1)
    assert out.estimate == pytest.approx(VALUES[name], abs=5e-5)
    assert (out.status, out.n_units, out.n_events) == ("too_few_units", 5, 5)
    assert math.isnan(out.ci_low)


@pytest.mark.parametrize(("name", "se"), [("edge_reciprocity", 0.2026), ("density", 0.0764)])
def test_g5_jackknife(name, se):
    out = vertex_bootstrap(5, *G5, statistic=name, seed=1)
    assert out.params["jackknife_se"] == pytest.approx(se, abs=5e-5)


def literal_replicates(n, ties, draws, rng):
    """Resample person by person and read every pair off the matrix; slow and obvious."""
    matrix = np.zeros((n, n))
    for i, j, forth, back in zip(*ties, strict=True):
        matrix[i, j], matrix[j, i] = forth, back
    upper = [(i, j) for i in range(n) for j in range(i + 1, n)]
    out = []
    for _ in range(draws):
        who = rng.integers(0, n, n)
        mutual = arcs = 0
        for a in range(n):
            for b in range(a + 1, n):
                i, j = who[a], who[b]
                if i == j:
                    i, j = upper[rng.integers(len(upper))]
                pair = int(matrix[i, j] >= 1) + int(matrix[j, i] >= 1)
                mutual += pair == 2
                arcs += pair
        out.append((2 * mutual / arcs if arcs else math.nan, arcs))
    return np.array(out)


def test_multiplicities_equal_literal_resampling_in_distribution():
    rng = np.random.default_rng(8)
    ties = p1_graph(rng, 14)
    slow = literal_replicates(14, ties, 1500, rng)
    kept = {}

    def keep(counts):
        if counts.mutual.size > 100:
            kept["arcs"] = 2 * counts.mutual + counts.asymmetric
            kept["r"] = DYAD_STATISTICS["edge_reciprocity"](counts)
        return DYAD_STATISTICS["edge_reciprocity"](counts)

    vertex_bootstrap(14, *ties, statistic=keep, seed=3, replicates=6000)
    for fast, column in ((kept["r"], 0), (kept["arcs"], 1)):
        reference = slow[:, column]
        sd = np.nanstd(reference)
        assert abs(np.nanmean(fast) - np.nanmean(reference)) < 4 * sd * math.sqrt(1 / 1500)
        assert np.nanstd(fast) == pytest.approx(sd, rel=0.1)


def test_interval_is_seeded_and_independent_of_the_order_of_ties():
    ties = p1_graph(np.random.default_rng(2), 30)
    one = vertex_bootstrap(30, *ties, seed=7)
    assert one == vertex_bootstrap(30, *ties, seed=7)
    assert one.ci_low < one.estimate < one.ci_high
    first, second, forth, back = ties
    swapped = vertex_bootstrap(30, second, first, back, forth, seed=7)
    assert (swapped.estimate, swapped.ci_low) == pytest.approx((one.estimate, one.ci_low))


def test_all_mutual_network_has_no_spread():
    ring = np.arange(12)
    out = vertex_bootstrap(12, ring, (ring + 1) % 12, [2] * 12, [3] * 12, seed=1, replicates=300)
    assert (out.estimate, out.ci_low, out.ci_high) == (1, 1, 1)


def test_threshold_has_a_tolerance():
    third = [1 / 3 + 1 / 3 + 1 / 3 - 1e-12]
    out = vertex_bootstrap(12, [0], [1], third, [1.0], seed=1, replicates=50)
    assert out.estimate == 1.0


def test_undefined_and_refused_networks():
    assert vertex_bootstrap(1, [], [], [], [], seed=1).status == "empty"
    assert vertex_bootstrap(20, [], [], [], [], seed=1).status == "zero_denominator"
    for first, second, word in (
        ([0, 1], [1, 0], "once"),
        ([0], [0], "two persons"),
        ([0], [20], "two persons"),
    ):
        ones = [1.0] * len(first)
        with pytest.raises(InputError, match=word):
            vertex_bootstrap(20, first, second, ones, ones, seed=1)
    with pytest.raises(InputError, match="weights"):
        vertex_bootstrap(20, [0], [1], [-1.0], [1.0], seed=1)
    with pytest.raises(InputError, match="statistic"):
        vertex_bootstrap(20, [0], [1], [1.0], [1.0], statistic="reciprocity", seed=1)
