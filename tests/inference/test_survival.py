"""Kaplan–Meier, restricted mean, log-rank, Aalen–Johansen, and their many-group versions."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from supportnet.errors import InputError
from supportnet.inference import (
    cumulative_incidence,
    incidence_by_group,
    kaplan_meier,
    km_binned,
    logrank,
    rmst_by_group,
)

KM6 = ([1, 2, 2, 4, 5, 8], [1, 1, 0, 1, 0, 1])
LATER = ([3, 6, 7, 9, 10, 12], [1, 1, 1, 0, 1, 0])
D1_B_ANSWERS = ([1, 6, 28, 72], [1, 1, 0, 0])
D1_A_ANSWERS = ([2, 1, 2], [1, 1, 1])


def test_km6_agrees_with_r_survival():
    curve = kaplan_meier(*KM6)
    assert curve.time.tolist() == [1, 2, 4, 5, 8]
    assert curve.survival == pytest.approx([5 / 6, 2 / 3, 4 / 9, 4 / 9, 0], abs=1e-12)
    assert curve.at_risk.tolist() == [6, 5, 3, 2, 1]
    assert curve.median == 4
    mean = curve.rmst(6)
    assert mean.rmst == pytest.approx(4.0556, abs=5e-5)
    assert mean.se == pytest.approx(0.8306, abs=5e-5)
    assert mean.se**2 == pytest.approx(0.6898, abs=1e-4)  # not Var[min(T, tau)] = 3.9414
    assert mean.status == "ok"


def test_d1_b_answering_a():
    curve = kaplan_meier(*D1_B_ANSWERS)
    assert curve.survival_at([1, 6]).tolist() == [0.75, 0.5]
    assert curve.median == 6.0
    assert curve.rmst(24).rmst == 13.75
    assert curve.rate_within(24).tolist() == [0.5]


def test_d1_a_answering_b():
    curve = kaplan_meier(*D1_A_ANSWERS)
    assert curve.rmst(24).rmst == pytest.approx(5 / 3)
    assert curve.rate_within([1, 24, 1000]).tolist() == pytest.approx([1 / 3, 1, 1])


def test_answered_mean_is_not_the_restricted_mean():
    assert np.mean([1, 6]) == 3.5
    assert kaplan_meier(*D1_B_ANSWERS).rmst(24).rmst > 3.5


@pytest.mark.parametrize("refused", [0.0, 0.3, 0.6])
def test_dropping_what_is_never_answered_hides_it(refused):
    """Waits log-normal around 2 h; 6.4 h and 1.8 h are read off whatever share never answers."""
    n = 20_000
    waits = 2 * np.exp(2 * stats.norm.ppf((np.arange(n) + 0.5) / n))
    never = np.full(round(n * refused / (1 - refused)), np.inf)
    hours = np.minimum(np.concatenate([waits, never]), 72.0)
    seen = np.concatenate([waits <= 72, np.zeros(never.size, bool)])
    assert hours[seen].mean() == pytest.approx(6.4, abs=0.05)
    assert np.median(hours[seen]) == pytest.approx(1.8, abs=0.05)
    curve = kaplan_meier(hours, seen)
    rate = (1 - refused) * stats.norm.cdf(np.log(12) / 2)
    assert curve.rate_within(24)[0] == pytest.approx(rate, abs=1e-4)
    if refused == 0.3:
        assert curve.median == pytest.approx(6.2, abs=0.05)
        assert curve.rmst(24).rmst == pytest.approx(11.3, abs=0.05)
        assert curve.rate_within(24)[0] == pytest.approx(0.625, abs=5e-4)


def test_median_has_a_tolerance_where_products_miss_one_half():
    # (1 - 1/10)...(1 - 1/6) = .5 exactly, but the factors do not multiply to it in binary.
    times = list(range(1, 11))
    assert kaplan_meier(times, [1] * 5 + [0] * 5).median == 5


def test_restricted_mean_stops_where_follow_up_stops():
    mean = kaplan_meier([1, 4, 10], [1, 0, 0]).rmst(24)
    assert mean.status == "not_identified"
    assert math.isnan(mean.rmst)
    assert math.isnan(mean.se)
    assert mean.rmst_observed == pytest.approx(1 + 9 * 2 / 3)
    assert mean.last_follow_up == 10
    assert mean.to_estimate().status == "not_identified"
    assert mean.to_estimate().params["rmst_observed"] == mean.rmst_observed


def test_a_curve_at_zero_is_known_for_ever():
    mean = kaplan_meier([1, 3], [1, 1]).rmst(24)
    assert (mean.status, mean.rmst) == ("ok", 2.0)


def test_follow_up_to_tau_exactly_is_enough():
    assert kaplan_meier([1, 24], [1, 0]).rmst(24).rmst == pytest.approx(1 + 23 / 2)


def test_all_censored_and_empty():
    silent = kaplan_meier([30, 72], [0, 0])
    assert silent.status == "all_censored"
    assert math.isnan(silent.median)
    assert silent.rmst(24).rmst == 24.0
    nothing = kaplan_meier([], [])
    assert nothing.status == "empty"
    assert nothing.rmst(24).status == "empty"
    assert math.isnan(nothing.median)
    assert np.isnan(nothing.survival_at([1])).all()
    assert nothing.rmst(24).to_estimate().status == "empty"


def test_rates_beyond_follow_up_are_unknown():
    rates = kaplan_meier([1, 10], [1, 0]).rate_within([0, 1, 10, 11])
    assert rates[:3].tolist() == [0, 0.5, 0.5]
    assert math.isnan(rates[3])


def test_binned_counts_equal_single_times():
    rng = np.random.default_rng(3)
    times, seen = rng.integers(0, 12, 300), rng.random(300) < 0.6
    events = np.bincount(times[seen], minlength=12)
    censored = np.bincount(times[~seen], minlength=12)
    one, binned = kaplan_meier(times, seen), km_binned(events, censored)
    for name in ("time", "at_risk", "events", "censored", "survival"):
        assert getattr(one, name).tolist() == getattr(binned, name).tolist()


def test_closure_toy_w():
    # Wedges 8 d closed, 25+ and 25+: closure probability by 25 d is 1/3.
    assert kaplan_meier([8, 25, 25], [1, 0, 0]).rate_within(25)[0] == pytest.approx(1 / 3)


def test_frequency_weights_equal_repeated_rows():
    weighted = kaplan_meier(*KM6, weights=[3, 1, 2, 1, 4, 2])
    repeated = kaplan_meier(*(np.repeat(x, [3, 1, 2, 1, 4, 2]) for x in KM6))
    assert weighted.survival == pytest.approx(repeated.survival, abs=1e-15)
    assert weighted.rmst(6).se == pytest.approx(repeated.rmst(6).se, abs=1e-15)


@pytest.mark.parametrize(
    ("times", "seen", "word"),
    [
        ([-1.0], [1], "waits"),
        ([math.nan], [1], "waits"),
        ([1.0], [2], "true or false"),
        ([1.0], [1, 0], "one entry"),
        ([math.inf], [0], "finite"),
        (["x"], [0], "numbers"),
    ],
)
def test_bad_times_are_refused(times, seen, word):
    with pytest.raises(InputError, match=word):
        kaplan_meier(times, seen)


@pytest.mark.parametrize("tau", [0, -1, math.inf, math.nan])
def test_bad_horizon_is_refused(tau):
    with pytest.raises(InputError, match="tau"):
        kaplan_meier(*KM6).rmst(tau)


def test_bad_bins_and_weights_are_refused():
    with pytest.raises(InputError, match="counts"):
        km_binned([1, -1], [0, 0])
    with pytest.raises(InputError, match="ascend"):
        km_binned([1, 1], [0, 0], times=[2, 2])
    with pytest.raises(InputError, match="weights"):
        kaplan_meier([1], [1], weights=[0])
    with pytest.raises(InputError, match="n_groups"):
        rmst_by_group([3], [1], [1], n_groups=2)


def test_logrank_lr12_agrees_with_r():
    test = logrank(KM6[0] + LATER[0], KM6[1] + LATER[1], ["early"] * 6 + ["late"] * 6)
    assert test.chi2 == pytest.approx(2.0542, abs=5e-5)
    assert test.p_value == pytest.approx(0.1518, abs=5e-5)
    assert sum(test.observed) == pytest.approx(sum(test.expected))


def test_logrank_of_three_groups_agrees_with_statsmodels():
    duration = pytest.importorskip("statsmodels.duration.survfunc")
    rng = np.random.default_rng(11)
    group = rng.integers(0, 3, 90)
    times = np.ceil(rng.exponential(5 + group))
    seen = rng.random(90) < 0.7
    chi2, p_value = duration.survdiff(times, seen.astype(int), group)
    mine = logrank(times, seen, group)
    assert mine.df == 2
    assert mine.chi2 == pytest.approx(chi2, rel=1e-9)
    assert mine.p_value == pytest.approx(p_value, rel=1e-9)


def test_logrank_without_a_contrast():
    assert logrank([], [], []).status == "empty"
    assert logrank([1, 2], [1, 1], [0, 0]).status == "zero_denominator"
    none = logrank([1, 2], [0, 0], [0, 1])
    assert none.status == "zero_denominator"
    assert math.isnan(none.p_value)


def test_reprompt_incidence_of_d1():
    curve = cumulative_incidence([1, 2, 72, 28], [1, 2, 0, 0], cause=2)
    assert curve.at([1.9, 24, 72]).tolist() == [0, 0.25, 0.25]
    assert np.isnan(curve.at(73)).all()
    assert (curve.n, curve.n_events) == (4, 1)
    assert cumulative_incidence([], []).status == "empty"


def test_incidences_of_all_causes_and_survival_sum_to_one():
    rng = np.random.default_rng(5)
    times, causes = rng.integers(0, 20, 200), rng.integers(0, 4, 200)
    parts = [cumulative_incidence(times, causes, cause=c).incidence for c in (1, 2, 3)]
    survival = cumulative_incidence(times, causes).survival
    assert np.sum(parts, axis=0) + survival == pytest.approx(np.ones(survival.size), abs=1e-12)


TURN = st.tuples(st.integers(0, 6), st.integers(0, 40), st.booleans())


@settings(max_examples=60, deadline=None)
@given(st.lists(TURN, max_size=60), st.randoms(use_true_random=False))
def test_many_groups_equal_one_at_a_time(turns, shuffler):
    shuffler.shuffle(turns)
    code, times, seen = (np.array([t[k] for t in turns], dtype=float) for k in range(3))
    out = rmst_by_group(code, times, seen, tau=24, rates=(0, 1, 24, 41), n_groups=7)
    for g in range(7):
        mine = code == g
        curve = kaplan_meier(times[mine], seen[mine])
        mean = curve.rmst(24)
        one = (mean.rmst, mean.se, mean.rmst_observed, curve.median)
        many = (out.rmst[g], out.rmst_se[g], out.rmst_observed[g], out.median[g])
        assert many == pytest.approx(one, abs=1e-10, nan_ok=True)
        expected = curve.rate_within([0, 1, 24, 41])
        assert out.rates[g] == pytest.approx(expected, abs=1e-12, nan_ok=True)
        assert out.status[g] == mean.status
        assert (out.n[g], out.n_observed[g]) == (mine.sum(), curve.n_observed)
        assert (out.median_status[g] == "ok") == (not math.isnan(curve.median))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9), st.integers(0, 3)), max_size=40))
def test_many_incidences_equal_one_at_a_time(spells):
    code, times, cause = (np.array([s[k] for s in spells], dtype=int) for k in range(3))
    out = incidence_by_group(code, times, cause, cause=2, at=(0, 3, 24), n_groups=5)
    for g in range(5):
        mine = code == g
        one = cumulative_incidence(times[mine], cause[mine], cause=2)
        assert out.incidence[g] == pytest.approx(one.at([0, 3, 24]), abs=1e-12, nan_ok=True)
        assert out.n_events[g] == one.n_events
        wanted = "empty" if not mine.any() else None
        if wanted is None:
            wanted = "not_identified" if np.isnan(one.at([0, 3, 24])).any() else "ok"
        assert out.status[g] == wanted


def test_median_statuses_of_groups():
    out = rmst_by_group([0, 1, 1, 1, 2], [5, 1, 9, 9, 3], [0, 1, 0, 0, 1], n_groups=4)
    wanted = ["all_censored", "not_identified", "ok", "empty"]
    assert out.median_status.tolist() == wanted


def test_survival_by_brute_force():
    """The product limit redistributes censored mass to the right; checked by doing that."""
    for pattern in itertools.product((0, 1), repeat=5):
        mass = np.full(5, 0.2)
        for k, seen in enumerate(pattern):
            if not seen and k < 4:
                mass[k + 1 :] += mass[k] / (4 - k)
                mass[k] = 0
        surviving = [
            1 - sum(mass[j] for j in range(k + 1) if pattern[j] or j == 4) for k in range(5)
        ]
        curve = kaplan_meier([1, 2, 3, 4, 5], pattern)
        assert curve.survival[:4] == pytest.approx(surviving[:4], abs=1e-12)


@pytest.mark.slow
def test_a_million_turns_equal_one_at_a_time():
    rng = np.random.default_rng(1)
    code = np.minimum(rng.zipf(1.5, 1_000_000) - 1, 20_000)
    times, seen = rng.exponential(10, code.size), rng.random(code.size) < 0.8
    out = rmst_by_group(code, times, seen)
    for g in (0, 1, 57, 20_000):
        mean = kaplan_meier(times[code == g], seen[code == g]).rmst(24)
        assert (out.rmst[g], out.rmst_se[g]) == pytest.approx((mean.rmst, mean.se), abs=1e-9)
