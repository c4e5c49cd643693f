import networkx as nx
import numpy as np
import pandas as pd
import pytest

from supportnet.errors import InputError
from supportnet.network import (
    permute_receivers,
    rewire_ties,
    shuffle_intervals,
    shuffle_times,
    temporal_motifs,
    ties_from_directions,
    to_networkx,
    transitivity,
    triad_census,
    write_graphml,
)


def events(seed, size=60, people=7):
    rng = np.random.default_rng(seed)
    author = rng.integers(0, people, size)
    other = (author + rng.integers(1, people, size)) % people
    return author, other, np.sort(rng.integers(0, 500, size))


def test_motifs_depend_neither_on_row_order_nor_on_names():
    author, other, times = events(1)
    times = np.arange(times.size) * 3  # no equal times: the order of rows then says nothing
    plain = temporal_motifs(author, other, times, delta_us=40)
    rows = np.random.default_rng(2).permutation(times.size)
    shuffled = temporal_motifs(author[rows] * 10**9, other[rows] * 10**9, times[rows], delta_us=40)
    pd.testing.assert_frame_equal(plain, shuffled)
    assert int(plain["count"].sum()) > 100


def test_motifs_need_messages_between_persons():
    with pytest.raises(InputError, match="to itself"):
        temporal_motifs(np.array([1]), np.array([1]), np.array([1]))
    with pytest.raises(InputError, match="one length"):
        temporal_motifs(np.array([1]), np.array([1, 2]), np.array([1]))
    with pytest.raises(InputError, match="delta_us"):
        temporal_motifs(np.array([1]), np.array([2]), np.array([1]), delta_us=-1)
    nothing = np.array([], np.int64)
    assert temporal_motifs(nothing, nothing, nothing)["count"].tolist() == [0] * 36


def kinds(ties):
    """Mutual, outgoing and incoming ties of each person."""
    n = ties.people.size
    mutual = ties.forward & ties.backward
    up, down = ties.forward & ~mutual, ties.backward & ~mutual
    count = lambda *ends: np.bincount(np.concatenate(ends), minlength=n).tolist()  # noqa: E731
    return (
        count(ties.lo[mutual], ties.hi[mutual]),
        count(ties.lo[up], ties.hi[down]),
        count(ties.hi[up], ties.lo[down]),
    )


@pytest.mark.parametrize("keep", ["degrees", "arcs"])
def test_rewired_ties_keep_what_they_promise(tables, keep):
    moved = 0
    for seed, table in enumerate(tables[:150]):
        ties = ties_from_directions(table, start_us=0, end_us=200)
        before = ties.lo.copy()
        drawn, swaps, complete = rewire_ties(ties, np.random.default_rng(seed), keep=keep)
        assert complete == (swaps >= 10 * len(ties))
        assert (drawn.lo < drawn.hi).all()
        assert drawn.graph().degree.tolist() == ties.graph().degree.tolist()
        np.testing.assert_array_equal(drawn.birth_us, ties.birth_us)
        np.testing.assert_allclose(drawn.weight, ties.weight)
        if keep == "arcs":
            assert kinds(drawn) == kinds(ties)
        np.testing.assert_array_equal(ties.lo, before)
        moved += int((drawn.lo != ties.lo).any())
    assert moved > 50


def test_rewired_arcs_keep_their_weights_and_first_messages(tables):
    ties = ties_from_directions(tables[8], start_us=0, end_us=200)
    drawn = rewire_ties(ties, np.random.default_rng(3), keep="arcs").ties
    for one, two in (
        (drawn.n_fwd, drawn.n_back),
        (drawn.first_fwd_us, drawn.first_back_us),
    ):
        left, right = (ties.n_fwd, ties.n_back) if one is drawn.n_fwd else (
            ties.first_fwd_us, ties.first_back_us
        )  # fmt: skip
        np.testing.assert_array_equal(np.minimum(one, two), np.minimum(left, right))
        np.testing.assert_array_equal(np.maximum(one, two), np.maximum(left, right))


def test_rewiring_destroys_planted_triangles():
    groups = [(3 * g + a, 3 * g + b) for g in range(40) for a, b in [(0, 1), (1, 2), (2, 0)]]
    table = pd.DataFrame(groups, columns=["author_id", "other_id"]).assign(
        weight=1.0, n=1, first_us=0, last_us=0
    )
    ties = ties_from_directions(table, start_us=0, end_us=9)
    assert transitivity(ties).triangles == 40
    assert triad_census(ties)["030C"] == 40
    drawn, _, complete = rewire_ties(ties, np.random.default_rng(1))
    assert complete
    assert transitivity(drawn).triangles < 5
    again = rewire_ties(ties, np.random.default_rng(1)).ties
    np.testing.assert_array_equal(drawn.hi, again.hi)


@pytest.mark.parametrize("seed", range(5))
def test_permuted_receivers_keep_activity_and_popularity(seed):
    author, other, _ = events(seed)
    drawn = permute_receivers(author, other, np.random.default_rng(seed))
    assert (drawn != author).all()
    assert sorted(drawn) == sorted(other)
    assert (drawn != other).any()


def test_three_persons_and_many_messages_come_to_an_end():
    author, other, _ = events(4, size=48, people=3)
    drawn = permute_receivers(author, other, np.random.default_rng(1))
    assert (drawn != author).all()


def test_permuting_refuses_messages_to_oneself():
    with pytest.raises(InputError, match="to itself"):
        permute_receivers(np.array([1, 2]), np.array([1, 1]), np.random.default_rng(1))
    with pytest.raises(InputError, match="one length"):
        permute_receivers(np.array([1, 2]), np.array([3]), np.random.default_rng(1))


def test_shuffled_times_are_the_same_times():
    _, _, times = events(3)
    drawn = shuffle_times(times, np.random.default_rng(1))
    assert sorted(drawn) == times.tolist()
    assert (drawn != times).any()


def test_shuffled_intervals_keep_ends_and_pauses_of_each_tie():
    author, other, times = events(5, size=400)
    rows = np.random.default_rng(1).permutation(times.size)
    author, other, times = author[rows], other[rows], times[rows]
    drawn = shuffle_intervals(author, other, times, np.random.default_rng(2))
    table = pd.DataFrame(
        {"lo": np.minimum(author, other), "hi": np.maximum(author, other), "t": times, "u": drawn}
    )
    changed = 0
    for _, tie in table.groupby(["lo", "hi"]):
        before, after = np.sort(tie["t"]), np.sort(tie["u"])
        assert (before[0], before[-1]) == (after[0], after[-1])
        assert sorted(np.diff(before)) == sorted(np.diff(after))
        order = np.argsort(tie["t"].to_numpy(), kind="stable")
        assert (np.diff(tie["u"].to_numpy()[order]) >= 0).all()
        changed += int((before != after).any())
    assert changed > 10
    empty = np.array([], np.int64)
    assert shuffle_intervals(empty, empty, empty, np.random.default_rng(1)).size == 0


def test_networkx_graph_carries_every_direction(tables):
    table = tables[4]
    graph = to_networkx(table)
    assert graph.number_of_edges() == len(table) > 5
    for row in table.itertuples():
        edge = graph.edges[row.author_id, row.other_id]
        assert set(edge) == {"weight", "n", "first", "last"}
        assert (edge["weight"], edge["n"]) == (row.weight, row.n)
        assert edge["first"] == pd.Timestamp(row.first_us, unit="us", tz="UTC")
        assert edge["last"].tzinfo is not None
    assert all(isinstance(node, int) for node in graph.nodes)


def test_graphml_holds_days_only_and_can_be_read_back(tmp_path):
    table = pd.DataFrame(
        {
            "author_id": [4], "other_id": [2], "weight": [2.5], "n": [3],
            "first_us": [86_400_000_000 * 3 - 1], "last_us": [86_400_000_000 * 3],
        }
    )  # fmt: skip
    graph = to_networkx(table)
    graph.nodes[4]["name"] = "Somebody"
    graph.edges[4, 2]["text"] = "Something"
    path = write_graphml(graph, tmp_path / "net.graphml", reviewed=True)
    assert "Some" not in path.read_text(encoding="utf-8")
    back = nx.read_graphml(path, node_type=int)
    assert back.edges[4, 2] == {
        "weight": 2.5, "n": 3, "first_day": "1970-01-03", "last_day": "1970-01-04"
    }  # fmt: skip
    with pytest.raises(InputError, match="must be new"):
        write_graphml(graph, path, reviewed=True)


@pytest.mark.parametrize(
    ("graph", "options", "message"),
    [
        (nx.DiGraph(), {}, "reviewed=True"),
        (nx.DiGraph([("ann", "bob")]), {"reviewed": True}, "must be person ids; found 2"),
        (nx.DiGraph([(1, 2)]), {"reviewed": True}, "edges need weight"),
    ],
)
def test_graphml_is_guarded(tmp_path, graph, options, message):
    with pytest.raises(InputError, match=message):
        write_graphml(graph, tmp_path / "net.graphml", **options)
    assert not list(tmp_path.iterdir())
