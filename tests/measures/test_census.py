"""Triad census and Simmelian ties: known values, oracles, nulls, coverage, edge cases."""

from itertools import combinations

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from closure_cases import (
    community,
    frame,
    g5,
    numbers,
    one_archive,
    public_only,
    random_rows,
    three_donors,
)
from supportnet.errors import InputError
from supportnet.layers import NULL_COLUMNS, null_models
from supportnet.measures.census import CLASSES, simmelian_share, triad_census


def test_g5_as_published():
    table = triad_census(g5())
    assert table["measure"].tolist() == list(CLASSES)
    found = {name: count for name, count in numbers(table).items() if count}
    assert found == {"012": 1, "102": 5, "021C": 1, "111D": 1, "111U": 1, "210": 1}
    assert table["value"].sum() == 10
    assert set(table["n"]) == {5}
    assert set(table["status"]) == {"ok"}


@pytest.mark.parametrize(
    ("name", "arcs"),
    [
        ("111D", ["ab", "ba", "cb"]),
        ("111U", ["ab", "ba", "bc"]),
        ("021D", ["ba", "bc"]),
        ("120D", ["ba", "bc", "ac", "ca"]),
    ],
)
def test_labels_are_those_of_the_methods_page(name, arcs):
    assert numbers(triad_census(frame([(*arc, 0.0) for arc in arcs])))[name] == 1


@pytest.mark.parametrize("seed", range(4))
def test_networkx_agrees(seed):
    rows = random_rows(seed, events=40)
    oracle = nx.triadic_census(nx.DiGraph([(s, r) for s, r, _ in rows]))
    assert numbers(triad_census(frame(rows))) == oracle


def test_persons_without_a_tie_count_only_when_asked_for():
    c = g5(contacts=pd.DataFrame({"owner": ["y"], "other": ["z"]}))
    assert triad_census(c)["value"].sum() == 10
    everybody = triad_census(c, people="all")
    assert everybody["value"].sum() == 35  # C(7, 3)
    assert set(everybody["n"]) == {7}


@pytest.mark.parametrize("null", ["degree", "receivers"])
def test_counts_are_held_against_a_null(null):
    table = triad_census(g5(), null=null, null_draws=40, seed=2)
    assert list(table.columns[-len(NULL_COLUMNS) :]) == list(NULL_COLUMNS)
    assert set(table["null"]) == {null}
    assert table["null_mean"].sum() == pytest.approx(10)  # every draw has ten triads
    assert table["p_above"].between(1 / 41, 1).all()
    assert (table["p_above"] + table["p_below"] >= 1).all()
    flat = table["null_sd"] == 0
    assert table.loc[flat, "z"].isna().all()
    assert set(table.loc[flat, "null_status"]) == {"zero_denominator"}
    assert table.loc[~flat, "z"].notna().all()
    told = null_models().set_index("null").loc[null]
    assert set(table["null_keeps"]) == {told["keeps"]}
    assert set(table["null_destroys"]) == {told["destroys"]}
    pd.testing.assert_frame_equal(table, triad_census(g5(), null=null, null_draws=40, seed=2))
    other = triad_census(g5(), null=null, null_draws=40, seed=3)
    assert not table["null_mean"].equals(other["null_mean"])


def test_planted_mutual_cliques_exceed_the_null():
    rows = [
        (f"{block}{i}", f"{block}{j}", 0.0)
        for block in range(4)
        for i in range(3)
        for j in range(3)
        if i != j
    ]
    table = triad_census(frame(rows), null_draws=99).set_index("measure")
    assert table.loc["300", "value"] == 4
    assert table.loc["300", "z"] > 3
    assert table.loc["300", "p_above"] == 1 / 100


def test_simmelian_ties_as_published():
    pairs = [("a", "b"), ("b", "c"), ("a", "c"), ("c", "d")]
    rows = [(*arc, 0.0) for x, y in pairs for arc in [(x, y), (y, x)]]
    network = simmelian_share(frame(rows), level="network")
    assert numbers(network) == {"simmelian_share": 0.75, "simmelian_ties": 3, "mutual_ties": 4}
    assert set(network["n"]) == {4}
    table = simmelian_share(frame(rows)).merge(
        frame(rows).id_map().rename(columns={"person_id": "hi"}), on="hi"
    )
    assert table["value"].tolist() == [1, 1, 1, 0]
    assert table["n"].tolist() == [1, 1, 1, 0]


def test_g5_has_no_simmelian_tie():
    assert numbers(simmelian_share(g5(), level="network"))["simmelian_share"] == 0
    assert simmelian_share(g5())["value"].tolist() == [0, 0, 0]


@pytest.mark.parametrize("seed", range(4))
def test_third_parties_by_brute_force(seed):
    rows = random_rows(seed, people=7)
    c = frame(rows)
    ids = dict(c.id_map()[["id", "person_id"]].itertuples(index=False))
    arcs = {(ids[s], ids[r]) for s, r, _ in rows}
    mutual = {pair for pair in arcs if pair[::-1] in arcs}
    expected = {
        (a, b): sum((a, k) in mutual and (b, k) in mutual for k in ids.values())
        for a, b in combinations(sorted(ids.values()), 2)
        if (a, b) in mutual
    }
    table = simmelian_share(c)
    found = {(row.lo, row.hi): row.n for row in table.itertuples()}
    assert found == expected
    assert ((table["value"] == 1) == (table["n"] > 0)).all()


def test_without_a_mutual_tie_the_share_is_undefined():
    found = simmelian_share(frame([("a", "b", 0.0), ("b", "c", 0.0)]), level="network")
    assert found["status"].tolist() == ["zero_denominator", "empty", "empty"]
    assert np.isnan(found["value"].iloc[0])
    assert simmelian_share(frame([("a", "b", 0.0)])).empty


def test_one_archive_cannot_show_triads():
    table = triad_census(one_archive())
    assert set(table["status"]) == {"not_identified"}
    assert table["value"].isna().all()
    assert set(triad_census(public_only())["status"]) == {"not_identified"}
    assert set(simmelian_share(one_archive(), level="network")["status"]) == {"not_identified"}
    ties = simmelian_share(one_archive())
    # The mutual ties of the archive's owner are seen, the third parties are not.
    assert ties[["lo", "hi"]].to_numpy().tolist() == [[0, 1], [0, 2]]
    assert set(ties["status"]) == {"not_identified"}


def test_donors_are_measured_among_themselves():
    table = triad_census(three_donors())
    assert set(table["coverage"]) == {"donors_only"}
    assert {name: n for name, n in numbers(table).items() if n} == {"300": 1}
    ties = simmelian_share(three_donors())
    assert ties["status"].tolist() == ["ok", "ok", "not_identified", "ok", "not_identified",
                                       "not_identified"]  # fmt: skip
    assert ties.loc[ties["status"] == "ok", "n"].tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("rows", "people"),
    [([("a", "b", 0.0)], 2), ([("a", "b", 1.0)] * 4, 2), ([("a", "b", 0.0), ("b", "a", 0.0)], 2)],
    ids=["one event", "one-way tie", "one instant"],
)
def test_below_three_persons_there_is_no_triad(rows, people):
    table = triad_census(frame(rows))
    assert table["value"].tolist() == [0] * 16
    assert set(table["status"]) == {"empty"}
    assert set(table["n"]) == {people}


def test_a_silent_community_has_no_triads():
    assert set(triad_census(community([]))["status"]) == {"empty"}
    assert numbers(simmelian_share(community([]), level="network"), "status") == {
        "simmelian_share": "zero_denominator", "simmelian_ties": "empty", "mutual_ties": "empty",
    }  # fmt: skip
    assert simmelian_share(community([])).empty


def test_order_of_rows_and_names_of_persons_do_not_matter():
    rows = random_rows(3)
    rng = np.random.default_rng(8)
    renamed = {f"p{i}": f"q{j}" for i, j in enumerate(rng.permutation(9))}
    other = [(renamed[s], renamed[r], d) for s, r, d in (rows[i] for i in rng.permutation(60))]
    pd.testing.assert_frame_equal(triad_census(frame(rows)), triad_census(frame(other)))
    pd.testing.assert_frame_equal(
        simmelian_share(frame(rows), level="network"),
        simmelian_share(frame(other), level="network"),
    )


def test_unknown_words_are_refused():
    with pytest.raises(InputError, match="level must be one of network"):
        triad_census(g5(), level="person")
    with pytest.raises(InputError, match="level must be one of tie, network"):
        simmelian_share(g5(), level="person")
    with pytest.raises(InputError, match="null of this measure must be one of degree"):
        triad_census(g5(), null="intervals")
