"""t, Wilson, sandwich, bootstrap, jackknife, exact tests, dyadic-robust variance."""

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from supportnet.errors import InputError
from supportnet.inference import (
    binomial_p,
    clopper_pearson,
    cluster_bootstrap,
    dyadic_interval,
    dyadic_variance,
    expected_balance,
    jackknife,
    person_jackknife_se,
    poisson_rate_ratio,
    pooled_ratio,
    ratio_of_sums,
    t_interval,
    wilson,
)

SHARES = [0.76, 0.84, 0.79, 0.81, 0.74, 0.86]
K, N = [15, 17, 16, 9, 19, 12], [20] * 6


def test_t_interval_of_the_shares_example():
    out = t_interval(SHARES, level=0.90)
    assert out.estimate == pytest.approx(0.80)
    assert out.params["se"] == pytest.approx(0.0188, abs=5e-5)
    assert (out.ci_low, out.ci_high) == pytest.approx((0.762, 0.838), abs=5e-4)
    assert (out.ci_method, out.n_units, out.params["df"]) == ("t", 6, 5)


def test_t_interval_counts_what_it_leaves_out():
    out = t_interval([*SHARES, math.nan], n_events=77)
    assert dict(out.n_excluded) == {"undefined": 1}
    assert out.n_events == 77
    assert t_interval([]).status == "empty"
    one = t_interval([0.4])
    assert (one.status, one.estimate, math.isnan(one.ci_low)) == ("too_few_units", 0.4, True)
    with pytest.raises(InputError, match="level"):
        t_interval(SHARES, level=95)
    with pytest.raises(InputError, match="dimension"):
        t_interval([[1.0], [2.0]])


def test_wilson_of_three_rebuilt_ties_of_four():
    out = wilson(3, 4)
    assert out.estimate == 0.75
    assert (out.ci_low, out.ci_high) == pytest.approx((0.30, 0.95), abs=5e-3)
    reference = stats.binomtest(3, 4).proportion_ci(method="wilson")
    assert (out.ci_low, out.ci_high) == pytest.approx((reference.low, reference.high))
    assert wilson(0, 0).status == "zero_denominator"
    assert wilson(0, 5).ci_low == 0
    with pytest.raises(InputError):
        wilson(5, 4)


def test_pooled_ratio_is_the_cluster_sandwich():
    out = pooled_ratio(K, N)
    residual = np.array(K) - out.estimate * 20
    se = math.sqrt(6 / 5 * (residual**2).sum()) / 120
    assert out.estimate == pytest.approx(0.7333, abs=5e-5)
    assert out.params["se"] == pytest.approx(se)
    # With equal volumes the pooled ratio is the mean of shares, and so is its interval.
    plain = t_interval(np.array(K) / 20)
    assert (out.ci_low, out.ci_high) == pytest.approx((plain.ci_low, plain.ci_high))
    assert pooled_ratio([], []).status == "empty"
    assert pooled_ratio([0], [0]).status == "zero_denominator"
    assert pooled_ratio([3], [4]).status == "too_few_units"
    assert pooled_ratio([3, 1, math.nan], [4, 4, 2]).n_excluded["undefined"] == 1


def test_bootstrap_is_seeded_and_close_to_theory():
    rows = np.column_stack((K, N))
    one = cluster_bootstrap(rows, ratio_of_sums, seed=4, replicates=4000)
    assert one == cluster_bootstrap(rows, ratio_of_sums, seed=4, replicates=4000)
    spread = np.std(np.array(K) / 20) / math.sqrt(6)
    assert (one.ci_high - one.ci_low) / 2 == pytest.approx(1.96 * spread, rel=0.08)
    assert "remark" in one.params
    assert "remark" not in cluster_bootstrap(np.ones(20), np.mean, seed=1, replicates=9).params


def test_bootstrap_undefined_cases():
    assert cluster_bootstrap([], np.mean, seed=1).status == "empty"
    assert cluster_bootstrap([2.0], np.mean, seed=1).status == "too_few_units"
    flat = cluster_bootstrap([[1, 0], [2, 0]], ratio_of_sums, seed=1, replicates=10)
    assert flat.status == "zero_denominator"
    sparse = cluster_bootstrap([[1, 1], [0, 0]], ratio_of_sums, seed=1, replicates=200)
    assert 20 < sparse.n_excluded["undefined_replicates"] < 80


def test_bootstrap_stays_inside_strata():
    rows = np.column_stack((np.arange(12.0), np.repeat([0.0, 1.0], 6)))
    sizes = []

    def count_ones(sample):
        sizes.append(sample[:, 1].sum())
        return 1.0

    cluster_bootstrap(rows, count_ones, seed=1, replicates=50, strata=rows[:, 1])
    assert set(sizes) == {6.0}


def test_jackknife_of_a_mean_is_the_t_interval():
    values = np.array([1.0, 4.0, 2.0, 8.0])
    out, plain = jackknife(values, np.mean), t_interval(values)
    assert (out.ci_low, out.ci_high) == pytest.approx((plain.ci_low, plain.ci_high))
    assert jackknife([], np.mean).status == "empty"
    assert jackknife([1.0], np.mean).status == "too_few_units"
    assert jackknife([[1, 1], [1, 0]], ratio_of_sums).status == "too_few_units"


def test_expected_balance_of_symmetric_ties():
    wanted = [0.50, 0.625, 0.754, 0.824, 0.888, 0.920, 0.964]
    assert expected_balance([2, 4, 10, 20, 50, 100, 500]) == pytest.approx(wanted, abs=5e-4)
    for n in range(1, 40):
        k = np.arange(n + 1)
        direct = (stats.binom.pmf(k, n, 0.5) * 2 * np.minimum(k, n - k) / n).sum()
        assert expected_balance([n])[0] == pytest.approx(direct, abs=1e-13)
    assert math.isnan(expected_balance([0])[0])
    assert expected_balance([10**12])[0] == pytest.approx(1 - math.sqrt(2 / math.pi / 1e12))
    with pytest.raises(InputError, match="whole"):
        expected_balance([2.5])


def test_exact_binomial_p():
    assert binomial_p([12, 3, 8], [15, 15, 15]) == pytest.approx([0.035, 0.035, 1.0], abs=5e-4)
    assert math.isnan(binomial_p([0], [0])[0])
    for n in (1, 2, 7, 15):
        for p in (0.5, 0.8):
            mine = binomial_p(range(n + 1), [n] * (n + 1), p=p)
            assert mine == pytest.approx(
                [stats.binomtest(k, n, p).pvalue for k in range(n + 1)], abs=1e-12
            )
    with pytest.raises(InputError):
        binomial_p([3], [2])


def test_rate_ratio_of_the_shock_example():
    out = poisson_rate_ratio(12, 24, 21, 168)
    assert out.estimate == pytest.approx(4.0)
    assert (out.ci_low, out.ci_high) == pytest.approx((1.79, 8.51), abs=5e-3)
    assert out.params["p_value"] == pytest.approx(0.0004, abs=5e-5)


def test_rate_ratio_of_silence():
    quiet = poisson_rate_ratio(3, 24, 0, 168)
    assert quiet.status == "zero_denominator"
    assert math.isnan(quiet.estimate)
    assert quiet.ci_low > 1
    assert quiet.ci_high == math.inf
    assert poisson_rate_ratio(0, 24, 0, 168).status == "empty"
    none = poisson_rate_ratio(0, 24, 5, 168)
    assert (none.estimate, none.ci_low, none.status) == (0, 0, "ok")
    with pytest.raises(InputError):
        poisson_rate_ratio(1, 0, 1, 1)


def test_clopper_pearson_agrees_with_scipy():
    for k, n in ((0, 5), (5, 5), (3, 9)):
        reference = stats.binomtest(k, n).proportion_ci(method="exact")
        assert clopper_pearson(k, n) == pytest.approx((reference.low, reference.high))


def test_dyadic_variance_of_the_four_ties():
    out = dyadic_interval([1, 2, 3, 6], list("aabd"), list("bcce"))
    assert out.estimate == 3
    assert out.params["se"] == pytest.approx(1.0607, abs=5e-5)
    naive = np.sqrt(np.square(np.array([1, 2, 3, 6]) - 3).sum()) / 4
    assert naive == pytest.approx(0.9354, abs=5e-5)
    half = stats.t.ppf(0.975, 4) * out.params["se"]
    assert (out.ci_low, out.ci_high) == pytest.approx((3 - half, 3 + half))
    assert (out.ci_method, out.params["df"], out.params["persons"]) == ("dyadic_robust", 4, 5)
    assert math.isnan(out.params["p_value"])


def test_dyadic_variance_by_brute_force_with_repeated_pairs():
    rng = np.random.default_rng(2)
    for _ in range(30):
        one = rng.integers(0, 6, 15)
        two = (one + rng.integers(1, 6, 15)) % 6
        e = rng.normal(size=15)
        direct = sum(
            e[a] * e[b]
            for a, b in itertools.product(range(15), repeat=2)
            if {one[a], two[a]} & {one[b], two[b]}
        )
        assert dyadic_variance(e, one, two) == pytest.approx(direct, abs=1e-12)


def test_dyadic_difference_of_two_arms():
    y, arm = np.array([1.0, 2, 3, 6]), np.array([1, 1, 0, 0])
    out = dyadic_interval(y, list("aabd"), list("bcce"), arm=arm)
    assert out.estimate == pytest.approx(-3)
    e = np.array([-0.25, 0.25, 0.75, -0.75])
    assert out.params["se"] ** 2 == pytest.approx(dyadic_variance(e, list("aabd"), list("bcce")))


def test_dyadic_falls_back_to_leaving_out_persons():
    one, two, y = [0, 0, 0, 1], [1, 2, 3, 2], [1.0, 1.0, 2.0, 2.0]
    assert dyadic_variance(np.array(y) - 1.5, one, two) == pytest.approx(-0.5)
    out = dyadic_interval(y, one, two)
    # Left without person 0, 1, 2, 3 the means are 2, 3/2, 3/2, 4/3; squares about their mean: 1/4.
    assert out.params["se"] == pytest.approx(math.sqrt(2 / 8 * 0.25))
    assert (out.ci_method, out.status) == ("person_jackknife", "ok")


def test_dyadic_without_any_usable_variance_gives_no_interval():
    star = dyadic_interval([1.0, 2.0, 3.0, 4.0], ["h"] * 4, list("abcd"))
    assert (star.status, star.estimate, star.ci_method) == ("too_few_units", 2.5, "none")
    # Each person of this ring holds a 1 and a 3: both formulas cancel to 0 though values differ.
    ring = dyadic_interval([1.0, 3.0, 1.0, 3.0], [0, 1, 2, 3], [1, 2, 3, 0])
    assert (ring.status, ring.estimate) == ("too_few_units", 2.0)
    assert math.isnan(ring.ci_low)


def test_dyadic_undefined_cases():
    assert dyadic_interval([], [], []).status == "empty"
    assert dyadic_interval([1.0], ["a"], ["b"]).status == "too_few_units"
    assert dyadic_interval([1.0, 2.0], [0, 1], [1, 2], arm=[1, 1]).status == "empty"
    part = dyadic_interval([1, 2, 3, 6, math.nan], list("aabda"), list("bccee"))
    assert part.n_excluded["undefined"] == 1
    assert part.params["se"] == pytest.approx(1.0607, abs=5e-5)
    with pytest.raises(InputError, match="itself"):
        dyadic_interval([1.0], ["a"], ["a"])
    assert math.isnan(person_jackknife_se([0.1, 0.2]))
