"""Beta-binomial fits, equivalence to 80 %, power and sample size."""

import math

import numpy as np
import pytest

from supportnet import inference
from supportnet.errors import InputError
from supportnet.inference import (
    betabinomial_ml,
    betabinomial_moments,
    power_two_sample,
    tost_binomial,
    tost_binomial_power,
    tost_mean,
    tost_power,
    units_per_arm,
    verdict_of,
)
from supportnet.inference.planted import tie_shares

K, N = [15, 17, 16, 9, 19, 12], [20] * 6
SHARES = [0.76, 0.84, 0.79, 0.81, 0.74, 0.86]


def test_moments_of_the_six_ties():
    fit = betabinomial_moments(K, N)
    assert fit.pi == pytest.approx(0.7333, abs=5e-5)
    assert fit.phi == pytest.approx(3.341, abs=5e-4)
    assert fit.icc == pytest.approx(0.1232, abs=5e-5)
    assert fit.icc == pytest.approx((fit.phi - 1) / 19)
    assert fit.naive_se == pytest.approx(0.0404, abs=5e-5)
    assert fit.rao_scott_se == pytest.approx(0.0738, abs=5e-5)


def test_likelihood_of_the_six_ties():
    fit = betabinomial_ml(K, N)
    assert fit.pi == pytest.approx(0.7334, abs=5e-5)
    assert fit.rho == pytest.approx(0.0904, abs=5e-5)
    assert fit.loglik == pytest.approx(-15.2008, abs=5e-5)
    assert fit.loglik_binomial == pytest.approx(-17.6455, abs=5e-5)
    assert fit.p_overdispersion == pytest.approx(0.0135, abs=5e-4)


def test_likelihood_without_overdispersion_is_binomial():
    fit = betabinomial_ml([10, 10, 10, 10], [20] * 4)
    assert (fit.rho, fit.loglik, fit.p_overdispersion) == (0, fit.loglik_binomial, 1)


def test_unequal_volumes_recover_the_planted_icc():
    k, n = tie_shares(np.random.default_rng(6), (1, 4000))
    assert betabinomial_moments(k[0], n[0]).icc == pytest.approx(0.10, abs=0.02)
    assert betabinomial_ml(k[0], n[0]).rho == pytest.approx(0.10, abs=0.01)


@pytest.mark.parametrize(
    ("k", "n", "status"),
    [
        ([], [], "empty"),
        ([0], [0], "empty"),
        ([3], [5], "too_few_units"),
        ([5, 5], [5, 5], "zero_denominator"),
        ([1, 0, 1], [1, 1, 1], "not_identified"),
    ],
)
def test_degenerate_shares(k, n, status):
    assert betabinomial_moments(k, n).status == status
    fit = betabinomial_ml(k, n)
    assert fit.status == status
    assert math.isnan(fit.rho)


def test_more_successes_than_trials_are_refused():
    with pytest.raises(InputError):
        betabinomial_moments([3], [2])


def test_equivalence_of_the_shares_example():
    out = tost_mean(SHARES)
    assert out.estimate == pytest.approx(0.80)
    assert out.se == pytest.approx(0.0188, abs=5e-5)
    assert (out.t_low, out.t_high) == pytest.approx((5.32, -5.32), abs=5e-3)
    assert out.df == 5
    assert out.p_value == pytest.approx(0.00157, abs=5e-6)
    assert (out.ci_low, out.ci_high) == pytest.approx((0.762, 0.838), abs=5e-4)
    assert out.verdict == "equivalent"
    assert out.to_estimate().params["verdict"] == "equivalent"


def test_equivalence_agrees_with_statsmodels():
    weights = pytest.importorskip("statsmodels.stats.weightstats")
    p_value, _, _ = weights.DescrStatsW(SHARES).ttost_mean(0.70, 0.90)
    assert tost_mean(SHARES).p_value == pytest.approx(p_value, rel=1e-9)


def test_verdict_and_p_value_agree():
    rng = np.random.default_rng(1)
    for _ in range(200):
        values = rng.normal(rng.uniform(0.6, 1.0), 0.1, size=7)
        out = tost_mean(values)
        assert (out.verdict == "equivalent") == (out.p_value <= 0.05)
        k = int(rng.integers(0, 161))
        one = tost_binomial(k, 160)
        assert (one.verdict == "equivalent") == (one.p_value <= 0.05)


def test_three_verdicts_and_too_few():
    assert tost_mean([0.5, 0.52, 0.48, 0.51, 0.49]).verdict == "different"
    assert tost_mean([0.5, 0.9, 0.7, 0.95, 0.8]).verdict == "inconclusive"
    few = tost_mean([0.80, 0.82, 0.78])
    assert (few.status, few.verdict) == ("too_few_units", "")
    assert few.estimate == pytest.approx(0.80)
    assert few.to_estimate().status == "too_few_units"
    assert tost_mean([0.80, 0.82, 0.78], min_units=3).verdict == "equivalent"
    assert tost_mean([]).status == "empty"
    assert tost_mean([*SHARES, math.nan]).n_excluded == 1
    assert tost_mean([0.8] * 5).verdict == "equivalent"
    assert tost_mean([0.95] * 5).verdict == "different"
    assert tost_binomial(0, 0).status == "empty"
    assert tost_binomial(40, 50).verdict == "inconclusive"
    assert tost_binomial(5, 50).verdict == "different"
    assert verdict_of(0.7, 0.9, low=0.7, high=0.9) == "equivalent"
    with pytest.raises(InputError):
        tost_mean(SHARES, margin=0)
    with pytest.raises(InputError):
        tost_binomial(5, 4)


@pytest.mark.parametrize(
    ("sd", "units", "power"),
    [
        (0.08, 5, 0.53),
        (0.08, 8, 0.87),
        (0.08, 10, 0.96),
        (0.10, 8, 0.64),
        (0.10, 10, 0.80),
        (0.10, 15, 0.96),
        (0.15, 20, 0.78),
        (0.15, 30, 0.95),
    ],
)
def test_power_table_of_equivalence(sd, units, power):
    # The table was simulated, with an error of one point; the integral is exact.
    assert tost_power(units, sd) == pytest.approx(power, abs=0.01)
    # Size at the boundary; the far bound takes a little off at small numbers.
    assert 0.048 <= tost_power(units, sd, true=0.70) <= 0.0501


def test_power_integral_against_simulation():
    rng = np.random.default_rng(3)
    wins = [tost_mean(rng.normal(0.83, 0.1, 9)).verdict == "equivalent" for _ in range(2000)]
    assert np.mean(wins) == pytest.approx(tost_power(9, 0.1, true=0.83), abs=0.037)


@pytest.mark.parametrize(("n", "power"), [(100, 0.61), (150, 0.83), (200, 0.92)])
def test_power_of_one_tie(n, power):
    assert tost_binomial_power(n) == pytest.approx(power, abs=5e-3)


def test_sample_size_orientation():
    assert units_per_arm(0.5) == 64
    assert units_per_arm(0.3) == 176
    for d in (0.5, 0.3):
        n = units_per_arm(d)
        assert power_two_sample(n - 1, d) < 0.80 <= power_two_sample(n, d)
    assert power_two_sample(30, 0.0) == pytest.approx(0.05)
    with pytest.raises(InputError):
        units_per_arm(0)
    with pytest.raises(InputError):
        power_two_sample(1, 0.5)


def test_power_agrees_with_statsmodels():
    ready = pytest.importorskip("statsmodels.stats.power")
    reference = ready.TTestIndPower().power(0.4, 25, 0.05)
    assert power_two_sample(25, 0.4) == pytest.approx(reference, abs=1e-9)


def test_simulated_power_meets_the_formula():
    # Endless volumes and icc .5: unit values have sd sqrt(.5), so d = .5 needs effect .3536.
    out = inference.power(
        0.5 * math.sqrt(0.5), n_units=64, icc=0.5, volumes=[10**9], seed=2, simulations=2000
    )
    assert out.estimate == pytest.approx(0.80, abs=0.03)
    assert out.ci_low < out.estimate < out.ci_high
    low = inference.power(0.0, n_units=20, icc=0.2, volumes=[5, 50, 500], seed=2)
    assert low.estimate == pytest.approx(0.05, abs=0.017)


def test_messages_cannot_replace_groups():
    settings = {"n_units": 15, "icc": 0.3, "seed": 5, "outcome": "share"}
    few = inference.power(-0.15, volumes=[20], **settings)
    many = inference.power(-0.15, volumes=[2000], **settings)
    groups = inference.power(-0.15, volumes=[20], **{**settings, "n_units": 45})
    assert few.estimate < many.estimate < groups.estimate
    assert many.estimate < 0.5


def test_power_refuses_nonsense():
    with pytest.raises(InputError, match="volumes"):
        inference.power(0.1, n_units=5, icc=0.1, volumes=[], seed=1)
    with pytest.raises(InputError, match="icc"):
        inference.power(0.1, n_units=5, icc=1.0, volumes=[5], seed=1)
    with pytest.raises(InputError, match="baseline"):
        inference.power(0.3, n_units=5, icc=0.1, volumes=[5], seed=1, outcome="share")
    with pytest.raises(InputError, match="outcome"):
        inference.power(0.3, n_units=5, icc=0.1, volumes=[5], seed=1, outcome="median")


def test_package_name_power_is_the_function():
    assert callable(inference.power)
    assert all(hasattr(inference, name) for name in inference.__all__)
