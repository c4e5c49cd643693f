from itertools import combinations

import networkx as nx
import numpy as np
import pytest

from supportnet.kernels.census import TRIADS, triad_counts
from supportnet.kernels.cliques import in_larger_clique
from supportnet.kernels.orient import adjacency, forward_graph
from supportnet.kernels.split import work_bounds
from supportnet.kernels.triangles import (
    count_triangles,
    count_wedges,
    triangle_list,
    triangles_per_person,
    triangles_per_tie,
    weighted_triangles,
)


def as_networkx(network):
    graph = nx.Graph()
    graph.add_nodes_from(range(network.n))
    graph.add_edges_from(zip(network.lo.tolist(), network.hi.tolist(), strict=True))
    return graph


@pytest.mark.usefixtures("shared_rows")
def test_forward_graph_holds_every_tie_once_and_points_to_higher_degrees(networks):
    for network in networks:
        graph = forward_graph(network.lo, network.hi, network.n)
        assert sorted(graph.rank.tolist()) == list(range(network.n))
        assert sorted(graph.tie.tolist()) == list(range(network.lo.size))
        by_rank = np.empty(network.n, np.int32)
        by_rank[graph.rank] = graph.degree
        assert (np.diff(by_rank) >= 0).all()
        for u in range(network.n):
            row = graph.col[graph.ptr[u] : graph.ptr[u + 1]]
            assert (row > u).all()
            assert (np.diff(row) > 0).all()


@pytest.mark.parametrize("threads", [None, 1, 3])
def test_triangles_equal_networkx(networks, threads):
    for network in networks:
        oracle = as_networkx(network)
        graph = forward_graph(network.lo, network.hi, network.n)
        per_person = nx.triangles(oracle)
        expected = [per_person[person] for person in range(network.n)]
        assert triangles_per_person(graph, threads=threads).tolist() == expected
        assert count_triangles(graph, threads=threads) == sum(expected) // 3
        wedges = sum(d * (d - 1) // 2 for _, d in oracle.degree())
        assert count_wedges(graph.degree) == wedges
        shared = [
            len(set(oracle[a]) & set(oracle[b]))
            for a, b in zip(network.lo.tolist(), network.hi.tolist(), strict=True)
        ]
        assert triangles_per_tie(graph, threads=threads).tolist() == shared


@pytest.mark.parametrize("threads", [1, 2])
def test_triangle_list_and_larger_cliques_equal_networkx(networks, threads):
    for network in networks:
        oracle = as_networkx(network)
        persons, ties = triangle_list(
            forward_graph(network.lo, network.hi, network.n), threads=threads
        )
        cliques = [set(clique) for clique in nx.enumerate_all_cliques(oracle)]
        expected = {frozenset(clique) for clique in cliques if len(clique) == 3}
        found = [frozenset(row) for row in persons.tolist()]
        assert len(found) == len(expected)
        assert set(found) == expected
        for (u, v, w), row in zip(persons.tolist(), ties.tolist(), strict=True):
            ends = [{int(network.lo[tie]), int(network.hi[tie])} for tie in row]
            assert ends == [{u, v}, {u, w}, {v, w}]
        fours = [clique for clique in cliques if len(clique) == 4]
        larger = in_larger_clique(adjacency(network.lo, network.hi, network.n), persons)
        assert larger.tolist() == [any(three <= four for four in fours) for three in found]


def test_weighted_sums_equal_brute_force(networks):
    for network in networks[:100]:
        weight = network.rng.uniform(0.1, 9, network.lo.size)
        graph = forward_graph(network.lo, network.hi, network.n)
        beside, geometric, closed = weighted_triangles(graph, weight)
        w = np.zeros((network.n, network.n))
        w[network.lo, network.hi] = w[network.hi, network.lo] = weight
        expected = np.zeros((2, network.n))
        values = np.zeros(4)
        for three in combinations(range(network.n), 3):
            if not all(w[a, b] for a, b in combinations(three, 2)):
                continue
            for centre in three:
                p, q = (w[centre, other] for other in three if other != centre)
                expected[0, centre] += p + q
                product = np.prod([w[a, b] for a, b in combinations(three, 2)])
                expected[1, centre] += np.cbrt(product)
                values += (p + q) / 2, np.sqrt(p * q), max(p, q), min(p, q)
        np.testing.assert_allclose(beside, expected[0], rtol=1e-12)
        np.testing.assert_allclose(geometric, expected[1], rtol=1e-12)
        np.testing.assert_allclose(closed, values, rtol=1e-12)


@pytest.mark.parametrize("threads", [1, 2])
def test_census_equals_networkx(networks, threads):
    for network in networks:
        code = network.rng.integers(1, 4, network.lo.size)
        arcs = nx.DiGraph()
        arcs.add_nodes_from(range(network.n))
        for a, b, kind in zip(network.lo.tolist(), network.hi.tolist(), code.tolist(), strict=True):
            arcs.add_edges_from([(a, b)] * (kind & 1) + [(b, a)] * (kind >> 1))
        graph = forward_graph(network.lo, network.hi, network.n)
        row_is_lo = graph.rank[network.lo] < graph.rank[network.hi]
        flipped = np.where(row_is_lo | (code == 3), code, 3 - code).astype(np.int8)
        counts = triad_counts(graph, flipped[graph.tie], threads=threads)
        assert tuple(counts) == TRIADS
        assert counts == nx.triadic_census(arcs)


def test_census_of_a_huge_empty_network_does_not_overflow():
    n = 5_000_000
    nothing = np.empty(0, np.int32)
    counts = triad_counts(forward_graph(nothing, nothing, n), np.empty(0, np.int8))
    assert counts["003"] == n * (n - 1) * (n - 2) // 6 > 2**63


def test_ranges_cover_every_row_once(networks):
    for network in networks[:50]:
        graph = forward_graph(network.lo, network.hi, network.n)
        for threads in (1, 2, 3, 7):
            bounds = work_bounds(graph.ptr, graph.col, threads)
            assert len(bounds) == threads
            assert [row for a, b in bounds for row in range(a, b)] == list(range(network.n))
