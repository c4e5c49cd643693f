"""Reciprocity, its census, its variants and its uncertainty."""

from __future__ import annotations

import dataclasses
import math
import random
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from builders import covers, talk
from supportnet.community import Community, from_dataframe
from supportnet.dataset import lazy
from supportnet.errors import InputError
from supportnet.inference import vertex_bootstrap
from supportnet.measures.exchange import dyad_census, reciprocity, reciprocity_sensitivity
from supportnet.measures.exchange.dyads import rho_w, weighted_null
from supportnet.schema import BUILD_TABLES, COVERAGE_FLAGS

G5 = {
    ("a", "b"): 4, ("b", "a"): 2, ("b", "c"): 3, ("c", "b"): 3,
    ("a", "c"): 1, ("c", "d"): 2, ("d", "e"): 5, ("e", "d"): 1,
}  # fmt: skip


def messages(arcs: dict[tuple[str, str], int]) -> pd.DataFrame:
    rows = [pair for pair, n in arcs.items() for _ in range(n)]
    return pd.DataFrame(rows, columns=["sender", "recipient"]).assign(time=range(len(rows)))


def private(frame: pd.DataFrame, **options: object) -> Community:
    return from_dataframe(frame, unit="s", visibility="private_1to1", **options)  # type: ignore[arg-type]


def covered(c: Community, *records: dict[str, object]) -> Community:
    """Return the community as if it had been pieced together from archives."""
    rows = [
        {
            "source_id": i, "start_us": 0, "end_us": 10**15, "resolution_us": 1,
            "end_basis": "stated", **dict.fromkeys(COVERAGE_FLAGS, False), **record,
        }
        for i, record in enumerate(records)
    ]  # fmt: skip
    tables = dict(c.dataset.tables)
    tables["coverage"] = lazy(pa.Table.from_pylist(rows, schema=BUILD_TABLES["coverage"]))
    return Community(dataclasses.replace(c.dataset, tables=tables, cache={}, memo={}))


def donor(person: int) -> dict[str, object]:
    return {"owner_id": person, "private_in": True, "private_out": True}


def numbers(table: pd.DataFrame) -> dict[str, float]:
    return dict(zip(table["measure"], table["value"], strict=True))


@pytest.fixture(scope="module")
def g5() -> Community:
    return private(messages(G5))


def random_arcs(seed: int, people: int = 12) -> dict[tuple[str, str], int]:
    draw = random.Random(seed)
    pairs = [(f"p{i}", f"p{j}") for i in range(people) for j in range(people) if i != j]
    return {pair: draw.randint(1, 6) for pair in pairs if draw.random() < 0.3}


def test_worked_graph(g5: Community) -> None:
    table = reciprocity(g5)
    expected = {
        "mutual": 3, "asymmetric": 2, "null": 5, "edge_reciprocity": 0.75,
        "dyad_reciprocity": 0.60, "dyadic": 0.80, "recip_lrr": 0.6286, "rho": 0.5833,
        "weighted_reciprocity": 12 / 21,
    }  # fmt: skip
    assert numbers(table) == pytest.approx(expected, abs=5e-5)
    assert set(table["n"]) == {5}
    se = table.set_index("measure")["jackknife_se"]
    assert se["edge_reciprocity"] == pytest.approx(0.2026, abs=5e-5)
    assert set(table["ci_status"]) == {"too_few_units"}
    assert numbers(dyad_census(g5)) == {"mutual": 3, "asymmetric": 2, "null": 5}


def test_worked_graph_by_tie_person_and_group(g5: Community) -> None:
    ties = reciprocity(g5, level="tie").pivot(index=["lo", "hi"], columns="measure", values="value")
    assert ties["mutual"].tolist() == [1, 0, 1, 0, 1]
    assert ties["weighted_reciprocity"].tolist() == pytest.approx([2 / 3, 0, 1, 0, 1 / 3])
    groups = pd.DataFrame(
        {"community": "table", "kind": "twinome", "group": 7, "person": [0, 1, 2]}
    )
    of_group = numbers(reciprocity(g5, level="group", groups=groups))
    assert of_group == pytest.approx(
        {
            "mutual": 2, "asymmetric": 1, "null": 0, "edge_reciprocity": 0.8,
            "dyad_reciprocity": 2 / 3, "weighted_reciprocity": 10 / 13,
        }
    )  # fmt: skip
    people = reciprocity(g5, level="person").query("measure == 'edge_reciprocity'")
    assert people["value"].tolist() == pytest.approx([2 / 3, 1, 0.5, 2 / 3, 1])


def test_threshold_counts_messages(g5: Community) -> None:
    assert numbers(dyad_census(g5, m=2)) == {"mutual": 2, "asymmetric": 2, "null": 6}
    assert numbers(reciprocity(g5, m=2))["edge_reciprocity"] == pytest.approx(4 / 6)


@pytest.mark.parametrize("seed", range(3))
def test_against_networkx_and_plain_python(seed: int) -> None:
    arcs = random_arcs(seed)
    table = numbers(reciprocity_sensitivity(private(messages(arcs))))
    graph = nx.DiGraph(list(arcs))
    people = sorted(graph)
    n = len(people)
    assert table["edge_reciprocity"] == pytest.approx(nx.overall_reciprocity(graph))
    mutual = sum((j, i) in arcs for i, j in arcs) / 2
    tied = len({frozenset(pair) for pair in arcs})
    assert table["dyad_reciprocity"] == pytest.approx(mutual / tied)
    pairs = n * (n - 1) / 2
    assert table["dyadic"] == pytest.approx((pairs - (tied - mutual)) / pairs)
    ordered = [(i, j) for i in people for j in people if i != j]
    there = np.array([arcs.get(pair, 0) for pair in ordered], dtype=float)
    back = np.array([arcs.get((j, i), 0) for i, j in ordered], dtype=float)
    assert table["rho"] == pytest.approx(np.corrcoef(there > 0, back > 0)[0, 1])
    assert table["weight_correlation"] == pytest.approx(np.corrcoef(there, back)[0, 1])
    assert table["weighted_reciprocity"] == pytest.approx(
        np.minimum(there, back).sum() / there.sum()
    )
    expected = np.minimum(there, back).sum() / np.maximum(there, back).sum()
    assert table["min_max"] == pytest.approx(expected)
    assert table["recip_lrr"] == pytest.approx(
        math.log(nx.overall_reciprocity(graph) / nx.density(graph))
    )


@pytest.mark.parametrize(
    "name", ["edge_reciprocity", "dyad_reciprocity", "rho", "weighted_reciprocity"]
)
def test_one_bootstrap_run_serves_every_number(name: str) -> None:
    c = private(messages(random_arcs(5)))
    row = reciprocity(c, seed=4, replicates=300).set_index("measure").loc[name]
    ties = c.ties()
    straight = vertex_bootstrap(
        12, ties["lo"], ties["hi"], ties["w_fwd"], ties["w_back"],
        statistic=name, seed=4, replicates=300,
    )  # fmt: skip
    assert row["value"] == pytest.approx(straight.estimate)
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((straight.ci_low, straight.ci_high))
    assert row["jackknife_se"] == pytest.approx(straight.params["jackknife_se"])
    assert row["ci_method"] == "vertex_bootstrap"


def test_weighted_null_and_its_adjustment() -> None:
    assert rho_w(12 / 21, 0.40) == pytest.approx(0.2857, abs=5e-5)
    assert math.isnan(rho_w(1.0, 1.0))
    arcs = random_arcs(8)
    c = private(messages(arcs))
    table = reciprocity(c, null_draws=60, seed=3, replicates=10).set_index("measure")
    ends = messages(arcs)
    code = pd.factorize(ends[["sender", "recipient"]].to_numpy().ravel())[0].reshape(-1, 2)
    null = weighted_null(code[:, 0], code[:, 1], np.ones(len(code)), draws=60, seed=3)
    value = table["value"]
    expected = (value["weighted_reciprocity"] - null) / (1 - null)
    assert value["rho_w"] == pytest.approx(expected, abs=0.03)
    again = reciprocity(c, null_draws=60, seed=3, replicates=10).set_index("measure")["value"]
    assert again["rho_w"] == value["rho_w"]
    used = float(str(table["remark"]["rho_w"]).split()[-1])
    for name in ("ci_low", "ci_high"):
        wanted = (table[name]["weighted_reciprocity"] - used) / (1 - used)
        assert table[name]["rho_w"] == pytest.approx(wanted, abs=1e-5)
    spread = table["jackknife_se"]
    assert spread["rho_w"] == pytest.approx(spread["weighted_reciprocity"] / (1 - used), abs=1e-5)
    assert table["ci_method"]["rho_w"] == "vertex_bootstrap"


def test_two_strangers_with_equal_strengths_have_no_freedom() -> None:
    """In a dyad the null always gives back what is there, hence too few persons."""
    c = private(messages({("a", "b"): 6, ("b", "a"): 6}))
    table = reciprocity(c, null_draws=5).set_index("measure")
    assert table["status"]["rho_w"] == "too_few_units"
    assert table["ci_status"]["rho_w"] == "too_few_units"
    a, b = np.array([0] * 6 + [1] * 6), np.array([1] * 6 + [0] * 6)
    assert weighted_null(a, b, np.ones(12), draws=5, seed=1) == 1.0


def test_independent_messages_have_no_adjusted_reciprocity() -> None:
    """One draw has a standard deviation of .06; raw weighted reciprocity is near .8."""
    found = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        author = rng.integers(0, 20, 3000)
        other = (author + rng.integers(1, 20, 3000)) % 20
        matrix = np.zeros((20, 20))
        np.add.at(matrix, (author, other), 1)
        value = np.minimum(matrix, matrix.T).sum() / matrix.sum()
        assert value > 0.7
        null = weighted_null(author, other, np.ones(3000), draws=20, seed=seed)
        found.append(rho_w(float(value), null))
    assert abs(np.mean(found)) < 0.08


# --- undefined cases and coverage -----------------------------------------------------------


def test_nothing_one_message_and_nothing_returned() -> None:
    empty = private(messages(G5).iloc[:0])
    census = dyad_census(empty)
    assert census["value"].tolist() == [0, 0, 0]
    assert set(census["status"]) == {"empty"}
    table = reciprocity(empty)
    ratios = table[~table["measure"].isin(["mutual", "asymmetric", "null"])]
    assert ratios["value"].isna().all()
    # Without a private row nothing says that a private layer was observed at all.
    assert set(ratios["status"]) == {"zero_denominator", "not_identified"}
    for level in ("tie", "person"):
        assert reciprocity(empty, level=level).empty
    one = reciprocity(private(messages({("a", "b"): 1}))).set_index("measure")
    assert one["value"]["edge_reciprocity"] == 0
    assert one["value"]["recip_lrr"] == -math.inf
    assert one["remark"]["recip_lrr"] == "nothing is returned"
    full = reciprocity(private(messages({("a", "b"): 1, ("b", "a"): 1}))).set_index("measure")
    assert math.isnan(full["value"]["rho"])
    assert full["status"]["rho"] == "zero_denominator"


def test_order_and_names_do_not_matter() -> None:
    frame = messages(random_arcs(3))
    first = reciprocity(private(frame), replicates=5)["value"]
    shuffled = frame.sample(frac=1, random_state=1)
    renamed = shuffled.replace({f"p{i}": f"q{99 - i}" for i in range(12)})
    second = reciprocity(private(renamed), replicates=5)["value"]
    assert second.tolist() == pytest.approx(first.tolist(), abs=1e-12)


def test_one_archive_shows_its_owner_alone() -> None:
    c = covered(private(messages(G5)), donor(0))
    table = reciprocity(c).set_index("measure")
    assert set(table["coverage"]) == {"observed_ties"}
    assert table["value"][["mutual", "asymmetric"]].tolist() == [1, 1]
    assert table["value"]["edge_reciprocity"] == pytest.approx(2 / 3)
    for name in ("null", "dyadic", "recip_lrr", "rho"):
        assert table["status"][name] == "not_identified"
        assert math.isnan(table["value"][name])
    assert set(table["ci_method"]) == {"none"}
    assert dyad_census(c)["status"].tolist() == ["ok", "ok", "not_identified"]
    ties = reciprocity(c, level="tie").drop_duplicates(["lo", "hi"])
    assert ties["status"].tolist() == ["ok", "ok", *["not_identified"] * 3]
    people = reciprocity(c, level="person").drop_duplicates("person_id")
    assert people["status"].tolist() == ["ok", *["not_identified"] * 4]
    sensitivity = reciprocity_sensitivity(c).set_index("measure")["status"]
    assert sensitivity["weight_correlation"] == "not_identified"
    assert reciprocity(c, null_draws=3).set_index("measure")["status"]["rho_w"] == "not_identified"


def test_donors_are_measured_among_themselves() -> None:
    c = covered(private(messages(G5)), donor(0), donor(1), donor(2))
    table = reciprocity(c).set_index("measure")
    assert set(table["coverage"]) == {"donors_only"}
    assert table["value"][["mutual", "asymmetric", "null"]].tolist() == [2, 1, 0]


def test_another_layer_is_not_identified(g5: Community) -> None:
    table = reciprocity(g5, layer="public").set_index("measure")
    assert table["status"]["rho"] == "not_identified"
    assert table["status"]["edge_reciprocity"] == "not_identified"


def test_wrong_words_are_named(g5: Community) -> None:
    calls: list[Callable[[], object]] = [
        lambda: reciprocity(g5, level="direction"),
        lambda: reciprocity(g5, layer="private_group"),
        lambda: reciprocity(g5, m=0),
        lambda: reciprocity(g5, level="group"),
    ]
    for call in calls:
        with pytest.raises(InputError):
            call()


@pytest.mark.data
def test_published_numbers_of_college_messages(shared: Path) -> None:
    path = shared / "datasets" / "collegemsg" / "CollegeMsg.txt.gz"
    frame = pd.read_csv(path, sep=" ", names=["sender", "recipient", "time"])
    c = private(frame)
    table = reciprocity(c, replicates=50).set_index("measure")
    value = table["value"]
    assert 2 * value["mutual"] + value["asymmetric"] == 20_296
    assert value["edge_reciprocity"] == pytest.approx(0.636, abs=5e-4)
    assert value["dyad_reciprocity"] == pytest.approx(0.467, abs=5e-4)
    assert value["mutual"] + value["asymmetric"] + value["null"] == 1899 * 1898 / 2
    assert table["ci_low"]["edge_reciprocity"] < 0.636 < table["ci_high"]["edge_reciprocity"]


@pytest.mark.data
def test_weights_of_eies(shared: Path) -> None:
    """The weighted ratio against plain numpy on a published table of message counts."""
    table = pd.read_csv(shared / "datasets" / "freeman-eies" / "eies-messages.csv")
    matrix = np.zeros((33, 33))
    matrix[table["u"], table["v"]] = table["w"]
    np.fill_diagonal(matrix, 0)
    rows = table[table["u"] != table["v"]]
    repeated = rows.loc[rows.index.repeat(rows["w"])]
    frame = repeated.rename(columns={"u": "sender", "v": "recipient"})[["sender", "recipient"]]
    found = numbers(reciprocity(private(frame.assign(time=range(len(frame)))), replicates=10))
    expected = np.minimum(matrix, matrix.T).sum() / matrix.sum()
    assert found["weighted_reciprocity"] == pytest.approx(expected, abs=1e-12)
    arcs = matrix > 0
    assert found["edge_reciprocity"] == pytest.approx((arcs & arcs.T).sum() / arcs.sum())


def test_a_layer_without_any_source_is_not_identified() -> None:
    only_private = covers(None, "private_in private_out alter_alter")
    c = talk([(0, 1, 0, "private"), (1, 0, 1, "private")], coverage=[only_private])
    assert set(reciprocity(c, layer="public")["status"]) == {"not_identified"}
    assert set(reciprocity(c, layer="private")["status"]) & {"ok"}
