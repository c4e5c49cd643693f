"""Transitivity, clustering and their variants: known values, oracles, coverage, edge cases."""

import gzip
from itertools import combinations

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import supportnet as sn
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
from supportnet.layers import against_null
from supportnet.measures.closure import local_clustering, triadic_closure
from supportnet.measures.sensitivity import closure_sensitivity
from supportnet.network import rewire_ties, ties_from_pairs, transitivity

SHARES = (
    "transitivity",
    "closed_fraction",
    "average_clustering_defined",
    "opsahl_clustering",
    "directed_transitivity",
)


def test_g5_as_published():
    found = numbers(triadic_closure(g5(), projection="union"))
    assert (found["people"], found["ties"], found["triangles"], found["wedges"]) == (5, 5, 1, 6)
    assert found["transitivity"] == 0.5
    assert found["closed_fraction"] == 0.25
    assert found["directed_transitivity"] == pytest.approx(3 / 7)
    assert found["average_clustering_defined"] == pytest.approx(0.5833, abs=5e-5)
    assert found["average_clustering_zero"] == pytest.approx(0.4667, abs=5e-5)
    assert found["opsahl_clustering"] == pytest.approx(0.5664, abs=5e-5)


def test_g5_behind_each_number():
    table = triadic_closure(g5(), projection="union")
    assert numbers(table, "n") == {
        "people": 5, "ties": 5, "triangles": 6, "wedges": 6, "transitivity": 6,
        "closed_fraction": 6, "average_clustering_defined": 4, "average_clustering_zero": 5,
        "opsahl_clustering": 6, "directed_transitivity": 7,
    }  # fmt: skip
    assert set(table["status"]) == {"ok"}
    assert set(table["projection"]) == {"union"}
    assert set(table["coverage"]) == {"whole_community"}


def test_g5_mutual_ties_are_the_default_of_private_layers():
    # ab, bc, de are mutual: one wedge, a-b-c, and no triangle.
    found = triadic_closure(g5())
    assert set(found["projection"]) == {"mutual"}
    assert numbers(found)["wedges"] == 1
    assert numbers(found)["transitivity"] == 0
    # Directed numbers follow all arcs whatever the projection.
    assert numbers(found)["directed_transitivity"] == pytest.approx(3 / 7)
    public = triadic_closure(g5(visibility="public"), layer="public")
    assert set(public["projection"]) == {"union"}
    assert numbers(public)["transitivity"] == 0.5


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ("none", [1, 1, 0.3333, 0, np.nan]),
        ("barrat", [1, 1, 0.3889, 0, np.nan]),
        ("onnela", [0.5503, 0.5503, 0.1834, 0, np.nan]),
    ],
)
def test_g5_local_clustering(weights, expected):
    table = local_clustering(g5(), projection="union", weights=weights)
    assert table["person_id"].tolist() == [0, 1, 2, 3, 4]
    np.testing.assert_allclose(table["value"], expected, atol=5e-5)
    assert table["n"].tolist() == [2, 2, 3, 2, 1]
    assert table["status"].tolist() == ["ok"] * 4 + ["zero_denominator"]


def test_g5_mean_clustering_names_its_convention():
    found = numbers(local_clustering(g5(), level="network", projection="union"))
    assert found["average_clustering_defined"] == pytest.approx(0.5833, abs=5e-5)
    assert found["average_clustering_zero"] == pytest.approx(0.4667, abs=5e-5)
    opsahl = local_clustering(g5(), level="network", projection="union", weights="opsahl")
    assert numbers(opsahl)["opsahl_clustering"] == pytest.approx(0.5664, abs=5e-5)
    assert opsahl["n"].tolist() == [6]


def test_opsahl_has_no_value_for_a_person():
    with pytest.raises(InputError, match="level='network'"):
        local_clustering(g5(), weights="opsahl")


def test_g5_definitions_side_by_side():
    table = closure_sensitivity(g5())
    union = numbers(table[table["projection"] == "union"])
    for name, value in {
        "transitivity": 0.5, "closed_fraction": 0.25, "average_clustering_defined": 0.5833,
        "average_clustering_zero": 0.4667, "directed_transitivity": 0.4286, "opsahl_am": 0.5778,
        "opsahl_gm": 0.5664, "opsahl_ma": 0.5625, "opsahl_mi": 0.6154,
        "barrat": (1 + 1 + 0.3889) / 4, "onnela": (0.5503 * 2 + 0.1834) / 4,
    }.items():  # fmt: skip
        assert union[name] == pytest.approx(value, abs=6e-5), name
    mutual = table[table["projection"] == "mutual"]
    assert "directed_transitivity" not in set(mutual["measure"])
    assert table["meaning"].str.len().min() > 20


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("projection", ["union", "mutual"])
def test_networkx_agrees(seed, projection):
    rows = random_rows(seed)
    c = frame(rows)
    ids = c.id_map().set_index("id")["person_id"]
    arcs = {(ids[s], ids[r]) for s, r, _ in rows}
    graph = nx.Graph()
    graph.add_nodes_from(ids)
    graph.add_edges_from((a, b) for a, b in arcs if projection == "union" or (b, a) in arcs)
    found = numbers(triadic_closure(c, projection=projection))
    assert found["triangles"] == sum(nx.triangles(graph).values()) / 3
    assert found["transitivity"] == pytest.approx(nx.transitivity(graph), abs=1e-12)
    assert found["average_clustering_zero"] == pytest.approx(nx.average_clustering(graph))
    persons = local_clustering(c, projection=projection).set_index("person_id")
    for person, value in nx.clustering(graph).items():
        expected = value if graph.degree(person) >= 2 else np.nan
        assert persons.loc[person, "value"] == pytest.approx(expected, nan_ok=True)
        assert persons.loc[person, "n"] == graph.degree(person)


def test_a_weight_below_m_is_no_arc():
    found = numbers(triadic_closure(g5(), projection="union", m=2))
    assert found["ties"] == 4  # a→c carries one message
    assert found["triangles"] == 0
    assert local_clustering(g5(), projection="union", m=2)["n"].tolist() == [1, 2, 2, 2, 1]


def test_persons_without_a_tie_count_only_when_asked_for():
    alone = pd.DataFrame({"owner": ["y"], "other": ["z"]})
    c = g5(contacts=alone)
    assert numbers(triadic_closure(c, projection="union"))["people"] == 5
    everybody = numbers(triadic_closure(c, projection="union", people="all"))
    assert everybody["people"] == 7
    assert everybody["average_clustering_zero"] == pytest.approx(0.4667 * 5 / 7, abs=5e-5)
    assert everybody["average_clustering_defined"] == pytest.approx(0.5833, abs=5e-5)
    assert len(local_clustering(c, projection="union", people="all")) == 7


def test_one_archive_cannot_show_closure():
    table = triadic_closure(one_archive())
    assert set(table["status"]) == {"not_identified"}
    assert table["value"].isna().all()
    assert set(table["coverage"]) == {"not_identified"}
    assert table["reason"].str.contains("nothing shows").all()
    assert set(closure_sensitivity(one_archive())["status"]) == {"not_identified"}
    network = local_clustering(one_archive(), level="network")
    assert set(network["status"]) == {"not_identified"}


def test_one_archive_names_the_persons_it_cannot_speak_about():
    table = local_clustering(one_archive())
    assert table["person_id"].tolist() == [0, 1, 2, 3]
    assert set(table["status"]) == {"not_identified"}
    assert table["value"].isna().all()
    assert table["n"].tolist() == [3, 1, 1, 1]


def test_a_public_dump_says_nothing_about_private_closure():
    assert set(triadic_closure(public_only())["status"]) == {"not_identified"}
    assert set(triadic_closure(public_only(), layer="all")["status"]) == {"not_identified"}
    assert numbers(triadic_closure(public_only(), layer="public"))["wedges"] == 1


def test_donors_are_measured_among_themselves():
    table = triadic_closure(three_donors())
    assert set(table["coverage"]) == {"donors_only"}
    found = numbers(table)
    assert (found["people"], found["ties"], found["triangles"]) == (3, 3, 1)
    assert found["transitivity"] == 1
    persons = local_clustering(three_donors())
    assert persons["status"].tolist() == ["ok"] * 3 + ["not_identified"] * 2
    assert persons["n"].tolist() == [2, 2, 2, 2, 1]


@pytest.mark.parametrize(
    "rows",
    [
        [("a", "b", 0.0)],
        [("a", "b", 0.0), ("b", "a", 0.0)],
        [("a", "b", 0.0)] * 5,
        [("a", "b", 3.0), ("c", "d", 1.0)],
    ],
    ids=["one event", "one instant", "one-way tie", "no shared person"],
)
def test_without_a_wedge_shares_are_undefined(rows):
    table = triadic_closure(frame(rows), projection="union")
    status = numbers(table, "status")
    for name in SHARES:
        assert status[name] == "zero_denominator"
        assert np.isnan(numbers(table)[name])
    assert numbers(table)["triangles"] == 0
    assert numbers(table)["people"] == len({p for s, r, _ in rows for p in (s, r)})
    assert local_clustering(frame(rows), projection="union")["value"].isna().all()


def test_a_silent_community_has_no_closure():
    silent = community([])  # one source covers everybody, and there is nothing
    table = triadic_closure(silent)
    assert set(numbers(table, "status").values()) == {"empty", "zero_denominator"}
    assert numbers(table)["people"] == 0
    assert np.isnan(numbers(table)["transitivity"])
    assert local_clustering(silent).empty
    assert set(closure_sensitivity(silent)["status"]) == {"zero_denominator"}
    drawn = triadic_closure(silent, null_draws=3)
    assert drawn["z"].isna().all()


@pytest.mark.parametrize("rows", [[], [("a", "a", 0.0)]], ids=["no row", "one person"])
def test_a_table_without_messages_observed_nothing(rows):
    assert set(triadic_closure(frame(rows))["status"]) == {"not_identified"}
    assert local_clustering(frame(rows)).empty


def test_unknown_visibility_is_in_no_single_layer():
    rows = [("a", "b", 0.0), ("b", "c", 0.0), ("a", "c", 0.0)]
    with pytest.raises(InputError, match="visibility"):
        frame(rows, visibility=None)
    c = frame(rows, visibility="unknown")
    assert set(triadic_closure(c)["status"]) == {"not_identified"}


def test_order_of_rows_and_names_of_persons_do_not_matter():
    rows = random_rows(5)
    rng = np.random.default_rng(2)
    renamed = {f"p{i}": f"q{j}" for i, j in enumerate(rng.permutation(9))}
    shuffled = [rows[i] for i in rng.permutation(len(rows))]
    other = [(renamed[s], renamed[r], day) for s, r, day in shuffled]
    for projection in ("union", "mutual"):
        one = triadic_closure(frame(rows), projection=projection)
        two = triadic_closure(frame(other), projection=projection)
        np.testing.assert_allclose(one["value"], two["value"], rtol=0, atol=1e-12)
    pd.testing.assert_frame_equal(
        triadic_closure(frame(rows)), triadic_closure(frame(shuffled)), check_exact=True
    )
    by_name = [
        local_clustering(c, projection="union", weights="barrat")
        .merge(c.id_map(), on="person_id")
        .set_index("id")["value"]
        for c in (frame(rows), frame(other))
    ]
    by_name[0].index = by_name[0].index.map(renamed)
    np.testing.assert_allclose(by_name[0], by_name[1].reindex(by_name[0].index), atol=1e-12)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"level": "tie"}, "level must be one of network"),
        ({"layer": "secret"}, "layer must be one of private"),
        ({"projection": "both"}, "projection must be one of union, mutual"),
        ({"people": "some"}, "people must be one of active, all"),
        ({"null": "luck"}, "null must be one of degree"),
        ({"null": "times"}, "null of this measure must be one of degree, receivers"),
        ({"null_draws": -1}, "null_draws must be 0 or more"),
    ],
)
def test_unknown_words_are_refused(options, words):
    with pytest.raises(InputError, match=words):
        triadic_closure(g5(), **options)


def test_more_unknown_words_are_refused():
    with pytest.raises(InputError, match="weights must be one of none, barrat, onnela, opsahl"):
        local_clustering(g5(), weights="all")
    with pytest.raises(InputError, match="level must be one of person, network"):
        local_clustering(g5(), level="tie")


def clustered_rows():
    """Return three groups of four who all write to each other, and single ties between them."""
    rows = []
    for block in range(3):
        people = [f"{block}{i}" for i in range(4)]
        rows += [(a, b, 0.0) for a in people for b in people if a != b]
    return [*rows, ("00", "10", 1.0), ("10", "00", 1.0), ("11", "20", 1.0), ("20", "11", 1.0)]


@pytest.mark.parametrize("null", ["degree", "receivers"])
def test_cliques_are_more_closed_than_chance(null):
    options = {"projection": "union", "null": null, "null_draws": 99, "seed": 4}
    table = triadic_closure(frame(clustered_rows()), **options)
    row = table.set_index("measure").loc["transitivity"]
    assert row["null_status"] == "ok"
    assert row["value"] > row["null_mean"]
    assert row["z"] == pytest.approx((row["value"] - row["null_mean"]) / row["null_sd"])
    assert row["z"] > 3
    assert row["p_above"] == 1 / 100
    assert row["null_draws"] == 99
    assert {"null_keeps", "null_destroys"} <= set(table.columns)
    again = triadic_closure(frame(clustered_rows()), **options)
    pd.testing.assert_frame_equal(table, again)


def test_what_rewiring_keeps_has_no_z():
    table = triadic_closure(frame(clustered_rows()), null_draws=9).set_index("measure")
    for name in ("people", "ties", "wedges"):
        assert table.loc[name, "null_mean"] == table.loc[name, "value"]
        assert table.loc[name, "null_status"] == "zero_denominator"
        assert np.isnan(table.loc[name, "z"])
        assert table.loc[name, "p_above"] == 1


def test_a_star_cannot_be_rewired_and_says_so():
    star = [("hub", f"p{i}", 0.0) for i in range(6)]
    table = triadic_closure(frame(star), projection="union", null_draws=5)
    assert set(table["null_status"]) == {"too_few_units"}
    assert table["z"].isna().all()
    assert table["p_above"].isna().all()


@pytest.mark.slow
def test_rewiring_keeps_its_level_on_random_graphs():
    # 400 random graphs of 40 persons; a test at 5 % rejects in 2.1 to 8.6 % (99.9 % limits).
    rng = np.random.default_rng(11)
    rejected = 0
    for _ in range(400):
        ties = ties_from_pairs([pair for pair in combinations(range(40), 2) if rng.random() < 0.1])
        drawn = (([transitivity(rewire_ties(ties, rng).ties).value], True) for _ in range(99))
        table = against_null([transitivity(ties).value], drawn, "degree", 99)
        rejected += table.loc[0, "p_above"] <= 0.05
    assert 0.021 <= rejected / 400 <= 0.086


def published(shared, name):
    path = shared / "datasets" / name
    if not path.is_file():
        pytest.skip("the dataset is not beside the project")
    with gzip.open(path, "rt") as lines:
        return pd.read_csv(lines, sep=" ", names=["sender", "recipient", "time"], dtype="int64")


def check_college(c):
    found = numbers(triadic_closure(c, projection="union"))
    assert len(c.directions()) == 20_296
    assert found["people"] == 1899
    assert (found["triangles"], found["wedges"]) == (14_319, 755_882)
    assert round(found["transitivity"], 4) == 0.0568


def imported(path, folder, monkeypatch, **options):
    monkeypatch.setenv("SUPPORTNET_CONFIG_HOME", str(folder / "config"))
    sn.import_archives(
        str(path), into=folder / "set", community="real", visibility="private_1to1", **options
    )
    return sn.open_community(folder / "set")


@pytest.mark.data
def test_college_messages_from_a_table(shared):
    events = published(shared, "collegemsg/CollegeMsg.txt.gz")
    check_college(sn.from_dataframe(events, visibility="private_1to1", unit="s"))


@pytest.mark.data
def test_college_messages_through_an_import(shared, tmp_path, monkeypatch):
    path = shared / "datasets" / "collegemsg" / "CollegeMsg.txt.gz"
    check_college(imported(path, tmp_path, monkeypatch))


def check_institution(c):
    found = numbers(triadic_closure(c, projection="union", people="all"))
    assert found["triangles"] == 105_461
    assert found["people"] == 1005
    assert round(found["average_clustering_zero"], 4) == 0.3994
    assert round(found["closed_fraction"], 4) == 0.1085
    assert numbers(triadic_closure(c, projection="union"))["people"] == 986


@pytest.mark.data
def test_institution_mail_from_a_table(shared):
    events = published(shared, "email-eu-core-temporal/email-Eu-core-temporal.txt.gz")
    # The published graph also holds 19 persons who wrote to nobody but themselves.
    alone = pd.DataFrame({"owner": np.arange(19) + 10_000, "other": 0})
    c = sn.from_dataframe(events, visibility="private_1to1", unit="s", contacts=alone)
    check_institution(c)


@pytest.mark.slow
@pytest.mark.data
def test_institution_mail_through_an_import(shared, tmp_path, monkeypatch):
    events = published(shared, "email-eu-core-temporal/email-Eu-core-temporal.txt.gz")
    alone = pd.DataFrame({"sender": np.arange(19) + 10_000, "time": 0})
    alone["recipient"] = alone["sender"]
    path = tmp_path / "mail.txt"
    pd.concat([events, alone[events.columns]]).to_csv(path, sep=" ", header=False, index=False)
    c = imported(path, tmp_path, monkeypatch, ordinal_times=True)
    found = numbers(triadic_closure(c, projection="union"))
    assert (found["people"], found["triangles"]) == (986, 105_461)
    assert round(found["closed_fraction"], 4) == 0.1085
    # Self-mailers are counted out at import, so their 19 zeros are put back here.
    assert round(found["average_clustering_zero"] * 986 / 1005, 4) == 0.3994
