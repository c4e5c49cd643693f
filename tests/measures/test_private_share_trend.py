"""The trend of the private share within ties."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

import supportnet as sn
from builders import covers, talk
from supportnet.community import from_dataframe
from supportnet.errors import InputError
from supportnet.inference import panel_logit

BIN = 28 * 24 * 3600


def table_of(plan, *, seed=0):
    """Return messages of ties: pair -> list of (private, public) per stretch."""
    rng = np.random.default_rng(seed)
    rows = []
    for (one, two), counts in plan.items():
        for number, (private, public) in enumerate(counts):
            words = ["private_1to1"] * private + ["public"] * public
            times = np.sort(rng.integers(1, BIN - 1, len(words))) + number * BIN
            rows += [(one, two, int(t), word) for t, word in zip(times, words, strict=True)]
    return pd.DataFrame(rows, columns=["sender", "recipient", "time", "visibility"])


def made(plan, **options):
    start = pd.Timestamp(0, unit="s", tz="UTC")
    return from_dataframe(table_of(plan), unit="s", start=start, **options)


def random_plan(seed, ties):
    rng = np.random.default_rng(seed)
    plan = {}
    for pair in ties:
        level = rng.normal(1, 0.6)
        sizes = rng.integers(8, 40, 5)
        shares = 1 / (1 + np.exp(-(level - 0.3 * np.arange(5))))
        private = rng.binomial(sizes, shares)
        plan[pair] = list(zip(private.tolist(), (sizes - private).tolist(), strict=True))
    return plan


def expected(plan, **options):
    rows = [
        (k, k + n, number, place)
        for place, counts in enumerate(plan.values())
        for number, (k, n) in enumerate(counts)
        if k + n >= 10
    ]
    k, n, window, unit = (np.array(column) for column in zip(*rows, strict=True))
    return panel_logit(k, n, window, unit, **options), unit


def test_ties_of_strangers_are_clusters_of_their_own():
    plan = random_plan(1, [(f"a{i}", f"b{i}") for i in range(8)])
    row = sn.private_share_trend(made(plan)).iloc[0]
    wanted, _ = expected(plan)
    assert row["value"] == pytest.approx(wanted.estimate, abs=1e-9)
    assert row["se"] == pytest.approx(wanted.params["se"], abs=1e-9)
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((wanted.ci_low, wanted.ci_high))
    assert (row["n"], row["ci_method"], row["status"]) == (8, "cluster_robust", "ok")
    assert row["p_value"] == pytest.approx(wanted.params["p_value"])


def test_ties_that_share_persons_are_not():
    pairs = [("a", f"b{i}") for i in range(6)] + [("b0", "b1"), ("c", "d"), ("e", "f")]
    pairs += [("b2", f"g{i}") for i in range(3)]
    plan = random_plan(2, pairs)
    row = sn.private_share_trend(made(plan)).iloc[0]
    assert row["ci_method"] == "dyadic_robust"
    order, unit = expected(plan)
    first, second = (np.array([pair[side] for pair in pairs])[unit] for side in (0, 1))
    wanted, _ = expected(plan, persons=(first, second))
    assert row["value"] == pytest.approx(order.estimate, abs=1e-9)
    assert row["se"] == pytest.approx(wanted.params["se"], abs=1e-9)


def test_who_is_active_makes_no_trend():
    """Private ties first, public ones later: within every tie nothing changes."""
    plan = {(f"a{i}", f"b{i}"): [(18, 2)] * 3 + [(0, 0)] * 3 for i in range(4)}
    plan |= {(f"c{i}", f"d{i}"): [(0, 0)] * 3 + [(2, 18)] * 3 for i in range(4)}
    row = sn.private_share_trend(made(plan)).iloc[0]
    assert row["value"] == pytest.approx(0, abs=1e-9)
    assert row["n"] == 8


def test_ties_that_say_nothing_are_counted():
    plan = {("a", "b"): [(10, 10), (15, 5)], ("c", "d"): [(20, 0), (20, 0)], ("e", "f"): [(5, 9)]}
    row = sn.private_share_trend(made(plan)).iloc[0]
    assert row["value"] == pytest.approx(math.log(3))
    assert (row["n"], row["n_excluded"], row["n_windows"]) == (1, 2, 5)
    assert (row["ci_status"], row["ci_method"]) == ("too_few_units", "none")


def test_groups_have_a_trend_each():
    plan = {("a", "b"): [(10, 10), (15, 5)], ("c", "d"): [(15, 5), (10, 10)], ("a", "c"): [(3, 0)]}
    c = made(plan, community="x")
    ids = c.id_map().set_index("id")["person_id"]
    groups = pd.DataFrame(
        [
            {"community": "x", "kind": "dyad", "group": group, "person": ids[who]}
            for group, pair in enumerate(("ab", "cd", "bd"))
            for who in pair
        ]
    )
    table = sn.private_share_trend(c, level="group", groups=groups)
    assert table["value"].tolist()[:2] == pytest.approx([math.log(3), -math.log(3)])
    assert table["status"].tolist() == ["ok", "ok", "empty"]
    both = sn.private_share_trend(c, groups=groups)
    assert both["value"].tolist() == pytest.approx([0], abs=1e-9)
    assert both["n"].tolist() == [2]


def test_what_the_archive_cannot_show_is_not_computed():
    rows = [(0, 1, t, "private") for t in range(30)] + [
        (0, 1, 700 + t, "public") for t in range(30)
    ]
    one = talk(rows, coverage=[covers(0, "private_in private_out public_out")])
    row = sn.private_share_trend(one).iloc[0]
    assert (row["status"], row["n"], row["coverage"]) == ("not_identified", 0, "not_identified")
    assert math.isnan(row["value"])
    groups = pd.DataFrame({"community": "test", "kind": "dyad", "group": 0, "person": [0, 1]})
    table = sn.private_share_trend(one, level="group", groups=groups)
    assert table["status"].tolist() == ["not_identified"]


def test_nothing_and_nonsense():
    empty = made({("a", "b"): [(1, 1)]}).between("2020-01-01", "2021-01-01")
    row = sn.private_share_trend(empty).iloc[0]
    assert row["status"] in ("empty", "not_identified")
    assert math.isnan(row["value"])
    c = made({("a", "b"): [(10, 10), (15, 5)]})
    with pytest.raises(InputError, match="level must be one of network, group"):
        sn.private_share_trend(c, level="tie")
    with pytest.raises(InputError, match="needs groups="):
        sn.private_share_trend(c, level="group")
    with pytest.raises(InputError, match="semi_public must be one of"):
        sn.private_share_trend(c, semi_public="both")


def test_order_and_names_do_not_matter():
    frame = table_of(random_plan(3, [(f"a{i}", f"b{i}") for i in range(6)]))
    other = frame.sample(frac=1, random_state=1).replace({"a0": "zz", "b3": "aa"})
    one, two = (
        sn.private_share_trend(from_dataframe(f, unit="s"))[["value", "se"]] for f in (frame, other)
    )
    assert one.to_numpy() == pytest.approx(two.to_numpy(), abs=1e-12)
