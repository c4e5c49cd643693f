"""Static measures against igraph and networkx on random networks, and their empty cases."""

import igraph
import networkx as nx
import numpy as np
import pytest

from supportnet.errors import InputError
from supportnet.network import (
    barrat_clustering,
    directed_transitivity,
    list_triangles,
    local_clustering,
    onnela_clustering,
    opsahl_clustering,
    simmelian,
    ties_from_directions,
    ties_from_pairs,
    transitivity,
    triad_census,
)


@pytest.fixture(scope="module")
def networks(tables):
    return [ties_from_directions(table, start_us=0, end_us=200) for table in tables]


def as_igraph(ties):
    edges = list(zip(ties.lo.tolist(), ties.hi.tolist(), strict=True))
    return igraph.Graph(ties.people.size, edges, edge_attrs={"weight": ties.weight.tolist()})


def test_transitivity_and_clustering_equal_igraph(networks):
    for ties in networks:
        oracle = as_igraph(ties)
        found = transitivity(ties)
        np.testing.assert_allclose(found.value, oracle.transitivity_undirected(), rtol=1e-12)
        assert found.triangles == len(oracle.list_triangles())
        local = local_clustering(ties)
        np.testing.assert_allclose(
            local["value"], oracle.transitivity_local_undirected(mode="nan"), rtol=1e-12
        )
        assert local["person_id"].tolist() == ties.people.tolist()
        assert (local["value"].isna() == (local["n"] < 2)).all()
        assert ((local["status"] == "ok") == (local["n"] >= 2)).all()


def test_weighted_clustering_equals_igraph_and_networkx(networks):
    for ties in networks:
        oracle = as_igraph(ties)
        barrat = oracle.transitivity_local_undirected(mode="nan", weights="weight")
        np.testing.assert_allclose(barrat_clustering(ties)["value"], barrat, rtol=1e-9)
        graph = nx.Graph()
        graph.add_nodes_from(range(ties.people.size))
        graph.add_weighted_edges_from(
            zip(ties.lo.tolist(), ties.hi.tolist(), ties.weight.tolist(), strict=True)
        )
        onnela = nx.clustering(graph, weight="weight")
        expected = [
            onnela[person] if graph.degree[person] > 1 else np.nan for person in sorted(graph)
        ]
        np.testing.assert_allclose(onnela_clustering(ties)["value"], expected, rtol=1e-9)


MEANS = {
    "am": lambda p, q: (p + q) / 2,
    "gm": lambda p, q: np.sqrt(p * q),
    "ma": max,
    "mi": min,
}


@pytest.mark.parametrize("mean", MEANS)
def test_opsahl_equals_a_list_of_triplets(networks, mean):
    for ties in networks:
        weight = {
            frozenset((lo, hi)): w
            for lo, hi, w in zip(ties.lo.tolist(), ties.hi.tolist(), ties.weight, strict=True)
        }
        part = whole = 0.0
        for centre in range(ties.people.size):
            others = [p for p in range(ties.people.size) if frozenset((centre, p)) in weight]
            for j, k in ((j, k) for j in others for k in others if j < k):
                value = MEANS[mean](weight[frozenset((centre, j))], weight[frozenset((centre, k))])
                whole += value
                part += value * (frozenset((j, k)) in weight)
        found = opsahl_clustering(ties, mean=mean)
        assert found.status == ("ok" if whole else "zero_denominator")
        np.testing.assert_allclose(found.value, part / whole if whole else np.nan, rtol=1e-9)


def arcs_of(ties):
    graph = nx.DiGraph()
    graph.add_nodes_from(range(ties.people.size))
    graph.add_edges_from(zip(ties.lo[ties.forward], ties.hi[ties.forward], strict=True))
    graph.add_edges_from(zip(ties.hi[ties.backward], ties.lo[ties.backward], strict=True))
    return graph


def test_census_and_directed_transitivity_equal_networkx_and_paths(networks):
    for ties in networks:
        graph = arcs_of(ties)
        census = triad_census(ties)
        assert census == nx.triadic_census(graph)
        paths = [(i, k) for i, j in graph.edges for k in graph.successors(j) if k != i]
        closed = sum(graph.has_edge(i, k) for i, k in paths)
        found = directed_transitivity(ties)
        assert (found.part, found.whole) == (closed, len(paths))


def test_simmelian_ties_equal_shared_mutual_contacts(networks):
    for ties in networks:
        mutual = as_igraph(ties)
        mutual.delete_edges(np.flatnonzero(~(ties.forward & ties.backward)).tolist())
        sets = [set(mutual.neighbors(person)) for person in range(ties.people.size)]
        place = {person: row for row, person in enumerate(ties.people.tolist())}
        table = simmelian(ties)
        assert len(table) == mutual.ecount()
        for row in table.itertuples():
            assert row.person_id < row.other_id
            both = sets[place[row.person_id]] & sets[place[row.other_id]]
            assert row.third_parties == len(both)


def test_listed_triangles_and_maximality_equal_igraph(networks):
    for ties in networks:
        oracle = as_igraph(ties)
        ids = ties.people
        expected = sorted(tuple(sorted(ids[list(t)].tolist())) for t in oracle.list_triangles())
        table = list_triangles(ties)
        assert list(table[["a", "b", "c"]].itertuples(index=False, name=None)) == expected
        fours = [set(ids[list(c)].tolist()) for c in oracle.cliques(min=4, max=4)]
        for row in table.itertuples():
            assert row.maximal == (not any({row.a, row.b, row.c} <= four for four in fours))


def test_renaming_persons_and_shuffling_rows_changes_nothing(tables):
    rng = np.random.default_rng(5)
    for table in tables[:60]:
        people = np.union1d(table["author_id"], table["other_id"])
        names = dict(zip(people, rng.permutation(people.size * 7)[: people.size], strict=True))
        other = table.assign(
            author_id=table["author_id"].map(names), other_id=table["other_id"].map(names)
        ).sample(frac=1, random_state=1)
        one, two = (ties_from_directions(t, start_us=0, end_us=200) for t in (table, other))
        assert triad_census(one) == triad_census(two)
        assert transitivity(one).triangles == transitivity(two).triangles
        left, right = barrat_clustering(one), barrat_clustering(two)
        left["person_id"] = left["person_id"].map(names)
        left = left.sort_values("person_id", ignore_index=True)
        np.testing.assert_allclose(left["value"], right["value"], rtol=1e-12)


@pytest.mark.parametrize("pairs", [[], [(0, 1)], [(0, 1), (1, 0)], [(0, 1), (2, 3)]])
def test_undefined_is_nan_with_a_status(pairs):
    ties = ties_from_pairs(pairs)
    found = transitivity(ties)
    assert (found.triangles, found.wedges, found.status) == (0, 0, "zero_denominator")
    assert np.isnan(found.value)
    assert np.isnan(found.closed_fraction)
    for share in (directed_transitivity(ties), opsahl_clustering(ties)):
        assert share.status == "zero_denominator"
        assert np.isnan(share.value)
    for function in (local_clustering, barrat_clustering, onnela_clustering):
        table = function(ties)
        assert len(table) == ties.people.size
        assert table["value"].isna().all()
        assert (table["status"] == "zero_denominator").all()
    assert len(list_triangles(ties)) == 0
    n = ties.people.size
    assert sum(triad_census(ties).values()) == n * (n - 1) * (n - 2) // 6


@pytest.mark.parametrize("function", [triad_census, directed_transitivity])
def test_directed_measures_refuse_the_mutual_projection(function):
    with pytest.raises(InputError, match="one-way ties"):
        function(ties_from_pairs([(0, 1), (1, 0)], projection="mutual"))


def test_opsahl_refuses_unknown_means(networks):
    with pytest.raises(InputError, match="mean must be one of am, gm, ma, mi"):
        opsahl_clustering(networks[0], mean="hm")
