"""Values worked out by hand or published: toy graphs, and three real networks where present."""

import gzip
import math

import numpy as np
import pandas as pd
import pytest

from supportnet.network import (
    DAY_US,
    barrat_clustering,
    closure_curve,
    directed_transitivity,
    list_triangles,
    local_clustering,
    onnela_clustering,
    opsahl_clustering,
    simmelian,
    temporal_motifs,
    ties_from_directions,
    ties_from_pairs,
    transitivity,
    triad_census,
)

A, B, C, D, E = range(5)
G5 = [(A, B), (B, A), (B, C), (C, B), (A, C), (C, D), (D, E), (E, D)]
G5_WEIGHT = [4, 2, 3, 3, 1, 2, 5, 1]


@pytest.fixture
def g5():
    return ties_from_pairs(G5, weight=G5_WEIGHT)


def test_g5_ties(g5):
    weight = dict(zip(zip(g5.lo.tolist(), g5.hi.tolist(), strict=True), g5.weight, strict=True))
    assert weight == {(A, B): 6, (A, C): 1, (B, C): 6, (C, D): 2, (D, E): 6}


def test_g5_transitivity(g5):
    found = transitivity(g5)
    assert (found.triangles, found.wedges, found.value) == (1, 6, 0.5)
    assert found.closed_fraction == 1 / 4
    assert directed_transitivity(g5).value == pytest.approx(3 / 7)
    assert (directed_transitivity(g5).part, directed_transitivity(g5).whole) == (3, 7)


def test_g5_local_clustering(g5):
    table = local_clustering(g5)
    np.testing.assert_allclose(table["value"], [1, 1, 1 / 3, 0, np.nan])
    assert table["status"].tolist() == ["ok"] * 4 + ["zero_denominator"]
    assert table["value"].mean() == pytest.approx(0.5833, abs=5e-5)
    assert table["value"].fillna(0).mean() == pytest.approx(0.4667, abs=5e-5)


def test_g5_weighted_clustering(g5):
    onnela = onnela_clustering(g5)["value"]
    np.testing.assert_allclose(onnela, [0.5503, 0.5503, 0.1834, 0, np.nan], atol=5e-5)
    barrat = barrat_clustering(g5)["value"]
    np.testing.assert_allclose(barrat, [1, 1, 0.3889, 0, np.nan], atol=5e-5)
    assert barrat_clustering(g5)["status"].tolist() == ["ok"] * 4 + ["zero_denominator"]


@pytest.mark.parametrize(
    ("mean", "value"), [("am", 0.5778), ("gm", 0.5664), ("ma", 0.5625), ("mi", 0.6154)]
)
def test_g5_opsahl_clustering(g5, mean, value):
    assert opsahl_clustering(g5, mean=mean).value == pytest.approx(value, abs=5e-5)


def test_opsahl_default_is_the_geometric_mean(g5):
    assert opsahl_clustering(g5) == opsahl_clustering(g5, mean="gm")


def test_g5_triad_census(g5):
    found = {name: count for name, count in triad_census(g5).items() if count}
    assert found == {"012": 1, "102": 5, "021C": 1, "111D": 1, "111U": 1, "210": 1}


@pytest.mark.parametrize(
    ("name", "arcs"),
    [
        ("111D", [(A, B), (B, A), (C, B)]),
        ("111U", [(A, B), (B, A), (B, C)]),
        ("021D", [(B, A), (B, C)]),
        ("021U", [(A, B), (C, B)]),
        ("021C", [(A, B), (B, C)]),
        ("120D", [(B, A), (B, C), (A, C), (C, A)]),
        ("120U", [(A, B), (C, B), (A, C), (C, A)]),
        ("120C", [(A, B), (B, C), (A, C), (C, A)]),
        ("030T", [(A, B), (B, C), (A, C)]),
        ("030C", [(A, B), (B, C), (C, A)]),
    ],
)
def test_labels_of_triads(name, arcs):
    assert triad_census(ties_from_pairs(arcs))[name] == 1


def test_simmelian_ties():
    both = [arc for a, b in [(A, B), (B, C), (A, C), (C, D)] for arc in [(a, b), (b, a)]]
    third = simmelian(ties_from_pairs(both))["third_parties"]
    assert third.tolist() == [1, 1, 1, 0]
    assert (third > 0).mean() == 0.75


def test_g5_has_three_mutual_ties_and_none_is_simmelian(g5):
    assert simmelian(g5)["third_parties"].tolist() == [0, 0, 0]


def test_four_overlapping_triangles_of_a_clique_are_not_maximal():
    clique = [(a, b) for a in range(4) for b in range(a)]
    found = list_triangles(ties_from_pairs([*clique, (4, 5), (5, 6), (4, 6), (0, 4)]))
    assert found[["a", "b", "c"]].to_numpy().tolist() == [
        [0, 1, 2], [0, 1, 3], [0, 2, 3], [1, 2, 3], [4, 5, 6]
    ]  # fmt: skip
    assert found["maximal"].tolist() == [False] * 4 + [True]


@pytest.fixture
def toy_w():
    times = [day * DAY_US for day in (0, 2, 5, 10)]
    pairs = [(A, B), (A, C), (D, A), (B, C)]
    return ties_from_pairs(pairs, times_us=times, end_us=30 * DAY_US)


@pytest.mark.parametrize("width", [None, DAY_US, 5 * DAY_US])
def test_toy_w(toy_w, width):
    curve = closure_curve(toy_w, width_us=width, burn_in_us=0)
    assert (curve.wedges, curve.closed, curve.closing_ties) == (3, 1, 1)
    assert curve.closed_by(25 * DAY_US) == pytest.approx(1 / 3, rel=1e-12)
    assert curve.closed_share == 1 / 3
    assert curve.wedge_us == 58 * DAY_US
    assert curve.hazard_per_day == pytest.approx(1 / 58, rel=1e-12)
    # Connected triples: b-a-c, b-a-d, c-a-d open; a-b-c and a-c-b shut when bc closed b-a-c.
    assert curve.excluded == {"burn_in": 0, "never_at_risk": 2}
    assert curve.censored_by == {"coverage_end": 2}
    assert curve.status == "ok"


def test_toy_w_beyond_the_follow_up_is_unknown(toy_w):
    curve = closure_curve(toy_w, burn_in_us=0)
    assert curve.follow_up_us == 25 * DAY_US + 3 * DAY_US - 3 * DAY_US
    assert math.isnan(curve.closed_by(26 * DAY_US))
    assert curve.closed_by(8 * DAY_US) == pytest.approx(1 / 3)
    assert curve.closed_by(8 * DAY_US - 1) == 0


def test_toy_w_burn_in_drops_openings_but_not_ties(toy_w):
    # b-a-c opened on day 2; the wedges with d opened on day 5.
    curve = closure_curve(toy_w, burn_in_us=3 * DAY_US)
    assert (curve.wedges, curve.closed) == (2, 0)
    assert curve.excluded == {"burn_in": 1, "never_at_risk": 2}
    assert closure_curve(toy_w).excluded["burn_in"] == 3  # 28 days unless told otherwise
    assert closure_curve(toy_w, burn_in_us=2 * DAY_US).wedges == 3  # the window is half-open


def test_toy_motifs():
    author, other = np.array([A, B, A, C, A]), np.array([B, C, C, A, B])
    table = temporal_motifs(author, other, np.array([1, 5, 8, 9, 20]), delta_us=10)
    assert int(table["count"].sum()) == 4
    by_kind = table.groupby("kind")["count"].sum()
    assert by_kind["feed_forward"] == 1
    assert by_kind["cycle"] == 1
    assert table.groupby("kind").size().to_dict() == {
        "cycle": 2, "feed_forward": 6, "pair": 4, "star": 24
    }  # fmt: skip


def directions(events: pd.DataFrame) -> pd.DataFrame:
    """Sum events (a, b, seconds) into one row for each ordered pair."""
    grouped = events[events["a"] != events["b"]].groupby(["a", "b"])["t"]
    table = grouped.agg(["size", "min", "max"]).reset_index()
    return pd.DataFrame(
        {
            "author_id": table["a"],
            "other_id": table["b"],
            "weight": table["size"].astype(float),
            "n": table["size"],
            "first_us": table["min"] * 1_000_000,
            "last_us": table["max"] * 1_000_000,
        }
    )


def load(shared, name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    path = shared / "datasets" / name
    if not path.is_file():
        pytest.skip(f"the dataset {path.name} is not beside the project")
    with gzip.open(path, "rt") as lines:
        events = pd.read_csv(lines, sep=" ", names=["a", "b", "t"], dtype="int64")
    return events, directions(events)


def network(table: pd.DataFrame, **options):
    start, stop = int(table["first_us"].min()), int(table["last_us"].max())
    return ties_from_directions(table, start_us=start, end_us=stop, **options)


@pytest.mark.data
def test_collegemsg_as_published(shared):
    events, table = load(shared, "collegemsg/CollegeMsg.txt.gz")
    assert len(events) == 59_835
    ties = network(table)
    assert ties.people.size == 1899
    found = transitivity(ties)
    assert (found.triangles, found.wedges) == (14_319, 755_882)
    assert round(found.value, 4) == 0.0568
    exact = closure_curve(ties, burn_in_us=0)
    assert exact.wedges + exact.excluded["never_at_risk"] == 755_882
    assert exact.closed <= 14_319
    hourly = closure_curve(ties, width_us=3_600_000_000, burn_in_us=0)
    assert hourly.closed_by(30 * DAY_US) == pytest.approx(exact.closed_by(30 * DAY_US), rel=1e-3)
    assert hourly.wedge_us == pytest.approx(exact.wedge_us, rel=1e-12)


@pytest.mark.data
def test_email_eu_core_as_published(shared):
    _, table = load(shared, "email-eu-core-temporal/email-Eu-core-temporal.txt.gz")
    # The published graph holds 19 persons who wrote to nobody but themselves.
    people = np.arange(int(max(table["author_id"].max(), table["other_id"].max())) + 40)
    known = np.union1d(table["author_id"], table["other_id"])
    assert known.size == 986
    alone = np.setdiff1d(people, known)[:19]
    ties = network(table, people=np.concatenate([known, alone]))
    found = transitivity(ties)
    assert found.triangles == 105_461
    assert round(found.closed_fraction, 4) == 0.1085
    clustering = local_clustering(ties)["value"]
    assert clustering.size == 1005
    assert round(clustering.fillna(0).mean(), 4) == 0.3994
