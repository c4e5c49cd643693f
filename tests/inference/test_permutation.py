"""Permutation tests, their intervals, effect sizes, adjustment for several tests."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from supportnet.errors import InputError
from supportnet.inference import (
    benjamini_hochberg,
    cliffs_delta,
    component_contrast,
    hodges_lehmann,
    holm,
    sign_flip,
    two_sample,
)
from supportnet.inference.effects import _mann_whitney

P6 = [0.001, 0.008, 0.039, 0.041, 0.042, 0.06]


def test_three_against_three():
    out = two_sample([3, 5, 8, 1, 2, 4], [1, 1, 1, 0, 0, 0], seed=1, min_units=3)
    assert out.estimate == pytest.approx(3.0)
    assert out.p_value == pytest.approx(4 / 20)
    assert (out.method, out.n_arrangements, out.n_units) == ("exact", 20, (3, 3))


def test_none_as_extreme_among_999_gives_one_in_a_thousand():
    y = np.concatenate((np.arange(40.0) + 100, np.arange(40.0)))
    out = two_sample(y, np.arange(80) < 40, seed=1, draws=999)
    assert (out.method, out.p_value) == ("monte_carlo", 0.001)
    assert out == two_sample(y, np.arange(80) < 40, seed=1, draws=999)


def test_stratified_exact_p_by_brute_force():
    rng = np.random.default_rng(4)
    y, stratum = rng.normal(size=9), np.array([0, 0, 0, 0, 1, 1, 1, 2, 2])
    arm = np.array([1, 0, 0, 1, 1, 0, 0, 0, 1], dtype=bool)

    def estimate(who):
        top = below = 0.0
        for s in range(3):
            a, b = y[(stratum == s) & who], y[(stratum == s) & ~who]
            weight = a.size * b.size / (a.size + b.size)
            top, below = top + weight * (a.mean() - b.mean()), below + weight
        return top / below

    every = [
        np.isin(np.arange(9), p + q + r)
        for p in itertools.combinations(range(4), 2)
        for q in itertools.combinations(range(4, 7), 1)
        for r in itertools.combinations(range(7, 9), 1)
    ]
    out = two_sample(y, arm, strata=stratum, seed=1, min_units=1)
    assert out.n_arrangements == len(every) == 36
    assert out.estimate == pytest.approx(estimate(arm))
    hits = sum(abs(estimate(who)) >= abs(estimate(arm)) - 1e-12 for who in every)
    assert out.p_value == pytest.approx(hits / 36)
    # The estimate is the regression coefficient of the arm given strata.
    design = np.column_stack((arm, *(stratum == s for s in range(3)))).astype(float)
    assert out.estimate == pytest.approx(np.linalg.lstsq(design, y)[0][0])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(-20, 20), min_size=9, max_size=11), st.integers(3, 6))
def test_the_interval_is_the_set_of_shifts_not_rejected(values, ones):
    y, arm = np.array(values, dtype=float), np.arange(len(values)) < ones
    out = two_sample(y, arm, seed=1, min_units=1, alpha=0.1)

    def p_value(shift):
        return two_sample(y - shift * arm, arm, seed=1, min_units=1).p_value

    for end, outward in ((out.ci_low, -1), (out.ci_high, 1)):
        if math.isinf(end):
            continue
        assert p_value(end + outward * 1e-5) <= 0.1 + 1e-12
        assert p_value(end - outward * 1e-5) > 0.1 or end == out.estimate


def test_interval_of_a_monte_carlo_test_meets_the_t_interval():
    rng = np.random.default_rng(9)
    y, arm = rng.normal(size=120), np.arange(120) < 50
    y[arm] += 1.0
    out = two_sample(y, arm, seed=3)
    reference = stats.ttest_ind(y[arm], y[~arm]).confidence_interval()
    assert (out.ci_low, out.ci_high) == pytest.approx(reference, abs=0.03)
    pairs = sign_flip(y[arm], seed=3)
    plain = stats.ttest_1samp(y[arm], 0).confidence_interval()
    assert (pairs.ci_low, pairs.ci_high) == pytest.approx(plain, abs=0.03)


def test_units_that_say_nothing_are_counted_out():
    y = [1.0, 2, 3, 4, math.nan, 9]
    out = two_sample(y, [1, 0, 1, 0, 1, 1], strata=[0, 0, 0, 0, 0, 1], seed=1, min_units=1)
    assert out.n_excluded == {"undefined": 1, "stratum_without_contrast": 1}
    assert out.n_units == (2, 2)


def test_floor_of_ten_per_arm():
    out = two_sample([3, 5, 8, 1, 2, 4], [1, 1, 1, 0, 0, 0], seed=1)
    assert out.status == "too_few_units"
    assert out.estimate == pytest.approx(3)
    assert math.isnan(out.p_value)
    assert math.isnan(out.ci_low)
    assert out.to_estimate().ci_method == "none"
    assert two_sample([], [], seed=1).status == "empty"
    assert two_sample([1.0], [1], seed=1).status == "empty"


def test_sign_flip_by_brute_force():
    d = np.array([1.0, -2, 3, 4, 0.5, 6, -1, 2, 2, 7])
    out = sign_flip(d, seed=1)
    every = [np.dot(signs, d) for signs in itertools.product((1, -1), repeat=10)]
    hits = sum(abs(t) >= abs(d.sum()) - 1e-12 for t in every)
    assert out.estimate == pytest.approx(d.mean())
    assert (out.n_arrangements, out.method) == (1024, "exact")
    assert out.p_value == pytest.approx(hits / 1024)


def test_sign_flip_is_exact_up_to_thirteen():
    assert sign_flip(np.ones(13), seed=1).n_arrangements == 2**13
    assert sign_flip(np.ones(13), seed=1).p_value == 2 / 2**13
    assert sign_flip(np.ones(14), seed=1, draws=99).method == "monte_carlo"


def test_mixed_components_flip_and_pure_components_permute():
    # Two mixed components with differences 2 and 4 (halves of weight), four pure ones.
    value = [3, 1, 6, 2, 5, 7, 1, 2]
    arm = [1, 0, 1, 0, 1, 1, 0, 0]
    part = ["m", "m", "n", "n", "p", "q", "r", "s"]
    out = component_contrast(value, arm, part, seed=1, min_units=2)
    pure = 6 - 1.5
    assert out.estimate == pytest.approx((1 * pure + 0.5 * 2 + 0.5 * 4) / 2)
    assert out.n_arrangements == 6 * 2 * 2
    assert out.n_units == (4, 4)


def test_all_mixed_components_are_the_sign_flip():
    rng = np.random.default_rng(1)
    d = rng.normal(0.4, 1, 11)
    value = np.concatenate((d, np.zeros(11)))
    part = np.tile(np.arange(11), 2)
    out = component_contrast(value, np.arange(22) < 11, part, seed=1)
    flip = sign_flip(d, seed=1)
    assert (out.estimate, out.p_value) == pytest.approx((flip.estimate, flip.p_value))


def test_groups_of_one_component_count_once():
    arm = np.arange(20) < 10
    value = np.random.default_rng(2).normal(size=20)
    single = component_contrast(value, arm, np.arange(20), seed=1)
    doubled = component_contrast(
        np.repeat(value, 3), np.repeat(arm, 3), np.repeat(np.arange(20), 3), seed=1
    )
    assert doubled.n_units == single.n_units == (10, 10)
    assert (doubled.estimate, doubled.p_value) == pytest.approx((single.estimate, single.p_value))


def test_one_dominant_component_forbids_a_p_value():
    arm = np.arange(60) % 2 == 0
    part = np.where(np.arange(60) < 36, 0, np.arange(60))
    out = component_contrast(np.arange(60.0), arm, part, seed=1)
    assert out.status == "too_few_units"
    assert math.isnan(out.p_value)
    spread = np.where(np.arange(60) < 20, 0, np.arange(60))
    assert component_contrast(np.arange(60.0), arm, spread, seed=1).status == "ok"


def test_a_component_lies_in_one_stratum():
    with pytest.raises(InputError, match="stratum"):
        component_contrast([1.0, 2], [1, 0], [0, 0], strata=["x", "y"], seed=1)
    assert component_contrast([], [], [], seed=1).status == "empty"


def test_many_pairs_use_the_fast_path_with_equal_answers():
    rng = np.random.default_rng(3)
    d = rng.normal(0.25, 1, 40)
    out = sign_flip(d, seed=1, draws=20_000)
    signs = rng.choice([-1.0, 1.0], size=(20_000, 40))
    reference = np.mean(np.abs(signs @ d) >= abs(d.sum()))
    assert out.p_value == pytest.approx(reference, abs=0.012)


def test_cliffs_delta_and_shift_of_the_example():
    one, zero = [1, 2, 3, 4], [2, 3, 4, 5, 6]
    delta = cliffs_delta(one, zero, seed=1)
    assert delta.estimate == pytest.approx(-0.55)
    assert -1 <= delta.ci_low < -0.55 < delta.ci_high <= 1
    assert "remark" in delta.params
    assert delta == cliffs_delta(one, zero, seed=1)
    assert hodges_lehmann(one, zero).estimate == pytest.approx(-1.5)


@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=12),
    st.lists(st.integers(0, 9), min_size=1, max_size=12),
)
@settings(max_examples=50, deadline=None)
def test_cliffs_delta_by_brute_force(one, zero):
    direct = np.mean([np.sign(x - y) for x in one for y in zero])
    assert cliffs_delta(one, zero, seed=1, replicates=2).estimate == pytest.approx(direct)


def test_rank_distribution_by_brute_force():
    for n, m in ((1, 1), (2, 3), (4, 3), (5, 5)):
        counts = np.zeros(n * m + 1)
        for who in itertools.combinations(range(n + m), n):
            counts[sum(who) - n * (n - 1) // 2] += 1
        assert _mann_whitney(n, m) == pytest.approx(counts / counts.sum(), abs=1e-14)


def test_shift_interval_bounds_are_the_rank_test():
    rng = np.random.default_rng(7)
    x, y = rng.normal(1, 1, 9), rng.normal(0, 1, 8)
    out = hodges_lehmann(x, y)
    for end, outward in ((out.ci_low, -1), (out.ci_high, 1)):
        outside = stats.mannwhitneyu(x - end - outward * 1e-9, y, method="exact").pvalue
        inside = stats.mannwhitneyu(x - end + outward * 1e-9, y, method="exact").pvalue
        assert outside <= 0.05 < inside
    assert out.ci_method == "rank_exact"
    wide = hodges_lehmann(rng.normal(size=80), rng.normal(size=80))
    assert wide.ci_method == "rank_normal"


def test_effects_without_enough_units():
    assert cliffs_delta([], [1.0], seed=1).status == "empty"
    assert hodges_lehmann([], [1.0]).status == "empty"
    assert cliffs_delta([1.0], [2.0], seed=1).status == "too_few_units"
    pair = hodges_lehmann([1.0, 5.0], [2.0, 3.0])
    assert (pair.status, pair.estimate) == ("too_few_units", 0.5)
    assert cliffs_delta([1, math.nan], [2, 3], seed=1).n_excluded["undefined"] == 1


def test_holm_and_benjamini_hochberg_of_the_six():
    assert holm(P6) == pytest.approx([0.006, 0.040, 0.156, 0.156, 0.156, 0.156])
    assert benjamini_hochberg(P6) == pytest.approx([0.006, 0.024, 0.0504, 0.0504, 0.0504, 0.06])


def test_adjustment_agrees_with_statsmodels_in_any_order():
    ready = pytest.importorskip("statsmodels.stats.multitest")
    p = np.random.default_rng(5).uniform(0, 0.2, 15)
    p[3] = p[7]
    assert holm(p) == pytest.approx(ready.multipletests(p, method="holm")[1])
    assert benjamini_hochberg(p) == pytest.approx(ready.multipletests(p, method="fdr_bh")[1])


def test_tests_that_could_not_be_made_do_not_count():
    out = holm([math.nan, 0.02, 0.03])
    assert math.isnan(out[0])
    assert out[1:] == pytest.approx([0.04, 0.04])
    assert holm([]).size == 0
    with pytest.raises(InputError):
        holm([1.2])
