"""Comparison: planted differences come out, fixed ones are refused, units are components."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from builders import talk
from supportnet.community import Community
from supportnet.compare import OUTCOMES, compare
from supportnet.compare.outcomes import TieValues
from supportnet.errors import InputError
from supportnet.groups import find_groups

WEEK = 168.0


def trios_and_pairs(
    n: int, quick: float, slow: float, *, shared: bool = False, seed: int = 3
) -> Community:
    """Return n closed trios that answer after `quick` hours and n pairs after `slow` hours.

    With `shared`, a member of each trio is also one end of a pair.
    """
    rng = np.random.default_rng(seed)
    rows: list[tuple[int, int, float, str]] = []
    for k in range(n):
        a, b, c = 10 * k, 10 * k + 1, 10 * k + 2
        d, e = (a, 10 * k + 4) if shared else (10 * k + 3, 10 * k + 4)
        for w in range(60):
            for m, (x, y) in enumerate([(a, b), (a, c), (b, c)]):
                t = w * WEEK + 20 * m + rng.uniform(0, 5)
                rows += [(x, y, t, "private"), (y, x, t + quick * rng.uniform(0.8, 1.2), "private")]
            t = w * WEEK + 80 + rng.uniform(0, 5)
            rows += [(d, e, t, "private"), (e, d, t + slow * rng.uniform(0.8, 1.2), "private")]
    return talk(rows, people=10 * n)


def test_between_finds_the_planted_difference() -> None:
    c = trios_and_pairs(12, 2.0, 6.0)
    groups = find_groups(c, kinds=["twinome", "dyad"])
    result = compare(c, groups, outcomes=["reply_latency"], contrast="between", draws=999)
    row = result.table.iloc[0]
    # RMST(24 h) pools both directions: the opener waits 2 or 6 h, the answer gets no answer.
    assert row["estimate"] == pytest.approx(-2.0, abs=0.25)
    assert row["ci_low"] < row["estimate"] < row["ci_high"] < 0
    assert row["p_value"] < 0.01
    assert (row["status"], row["n_ties_first"], row["n_ties_other"]) == ("ok", 36, 12)
    assert row["cliffs_delta"] == -1


def test_no_planted_difference_is_not_found() -> None:
    c = trios_and_pairs(12, 4.0, 4.0)
    groups = find_groups(c, kinds=["twinome", "dyad"])
    result = compare(c, groups, outcomes=["reply_latency"], contrast="between", draws=999)
    row = result.table.iloc[0]
    assert abs(row["estimate"]) < 0.2
    assert row["p_value"] > 0.01
    assert row["ci_low"] < 0 < row["ci_high"]


def test_within_person_compares_a_person_with_itself() -> None:
    c = trios_and_pairs(11, 2.0, 6.0, shared=True)
    groups = find_groups(c, kinds=["twinome", "dyad"])
    result = compare(c, groups, outcomes=["reply_latency"], contrast="within_person")
    row = result.table.iloc[0]
    assert row["n_units"] == 11
    assert row["estimate"] == pytest.approx(-2.0, abs=0.25)
    assert row["p_value"] == pytest.approx(2 / 2**11)  # exact sign flips, all on one side
    assert "within_person" in repr(result)
    assert "<table>" in result._repr_html_()


def test_few_components_give_no_p_but_an_interval() -> None:
    c = trios_and_pairs(5, 2.0, 6.0)
    groups = find_groups(c, kinds=["twinome", "dyad"])
    row = compare(c, groups, outcomes=["reply_latency"], contrast="between").table.iloc[0]
    assert row["status"] == "too_few_units"
    assert np.isnan(row["p_value"])
    assert row["ci_method"] in ("dyadic_robust", "person_jackknife")
    assert row["ci_low"] < row["estimate"] < row["ci_high"]


def test_measured_after_detection() -> None:
    c = trios_and_pairs(5, 2.0, 6.0)
    groups = find_groups(c, kinds=["twinome", "dyad"])
    windows = compare(c, groups, outcomes=["reply_latency"], contrast="between").windows
    assert windows["start_us"].iloc[0] >= groups["period_end_us"].max()
    week = 7 * 86_400_000_000
    assert windows["start_us"].iloc[0] < groups["period_end_us"].max() + week
    late = find_groups(c, kinds=["twinome", "dyad"], period="all")
    with pytest.raises(InputError, match="reaches its end"):
        compare(c, late, outcomes=["reply_latency"])


@pytest.mark.parametrize(
    "name", ["transitivity", "density", "edge_reciprocity", "simmelian_share", "chain_continuity"]
)
def test_fixed_by_construction_is_refused(name: str) -> None:
    c = trios_and_pairs(3, 2.0, 6.0)
    groups = find_groups(c, kinds=["twinome", "dyad"])
    with pytest.raises(InputError, match=r"by construction|selected"):
        compare(c, groups, outcomes=[name])


def test_wrong_words_name_the_right_ones() -> None:
    c = trios_and_pairs(3, 2.0, 6.0)
    groups = find_groups(c, kinds=["twinome", "dyad"])
    with pytest.raises(InputError, match="reply_latency"):
        compare(c, groups, outcomes=["speed"])
    with pytest.raises(InputError, match="within_person, between"):
        compare(c, groups, outcomes=["reply_latency"], contrast="across")
    with pytest.raises(InputError, match="two kinds"):
        compare(c, groups[groups["kind"] == "dyad"], outcomes=["reply_latency"])
    other = groups.assign(community="elsewhere")
    with pytest.raises(InputError, match="elsewhere"):
        compare(c, other, outcomes=["reply_latency"])
    with pytest.raises(InputError, match="add 'kind'"):
        compare(c, groups.drop(columns="kind"), outcomes=["reply_latency"])


def test_adjustment_keeps_families_apart() -> None:
    c = trios_and_pairs(12, 2.0, 6.0)
    groups = find_groups(c, kinds=["twinome", "dyad"])
    table = compare(
        c,
        groups,
        outcomes=["reply_latency", "response_rate", "tie_balance"],
        contrast="between",
        draws=199,
    ).table.set_index("outcome")
    assert table.loc["reply_latency", "adjustment"] == "Holm"
    assert table.loc["response_rate", "adjustment"].startswith("Benjamini")
    assert table.loc["reply_latency", "p_adjusted"] >= table.loc["reply_latency", "p_value"]
    assert (table["sign_kept"].dropna() >= 0).all()


def test_input_is_not_changed_and_the_seed_decides() -> None:
    c = trios_and_pairs(12, 2.0, 6.0)
    groups = find_groups(c, kinds=["twinome", "dyad"])
    before = groups.copy()
    one = compare(c, groups, outcomes=["reply_latency"], contrast="between", draws=499, seed=5)
    two = compare(c, groups, outcomes=["reply_latency"], contrast="between", draws=499, seed=5)
    pd.testing.assert_frame_equal(groups, before)
    pd.testing.assert_frame_equal(one.to_frame(), two.to_frame())
    assert set(OUTCOMES) >= {"reply_latency", "private_share", "norm_distance", "tie_balance"}


def test_fast_partners_do_not_make_patient_writers() -> None:
    """Kinds are compared on the incidence of re-prompts, an answer being the competing event.

    Whoever writes again after two hours without an answer always does so where answers take six
    hours and never gets to where they take one; compliance knows the bursts alone.
    """
    rows = []
    for week in range(6):
        t = week * WEEK
        rows += [(0, 1, t, "private"), (1, 0, t + 1, "private")]
        rows += [(2, 3, t, "private"), (2, 3, t + 2, "private"), (3, 2, t + 6, "private")]
    values = TieValues({"test": talk(rows)}).of(OUTCOMES["waiting"])["test"]
    # Of twelve turns in each tie the six answers wait for nothing; they end with the horizon.
    assert values["value"].tolist() == pytest.approx([0.0, 0.5])
    assert values["n"].tolist() == [12, 12]
