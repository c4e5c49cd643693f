"""Grouped logistic regression: a table by hand, statsmodels, separation."""

import math

import numpy as np
import pandas as pd
import pytest

from supportnet.inference.logit import grouped_logit


def test_two_by_two_table_by_hand():
    fit = grouped_logit([10, 30], [1000, 1000], pd.DataFrame({"x": [0, 1]}), ["s", "s"])["x"]
    assert fit.estimate == pytest.approx(math.log(30 / 970) - math.log(10 / 990), rel=1e-9)
    se = math.sqrt(1 / 10 + 1 / 30 + 1 / 990 + 1 / 970)
    assert fit.params["se"] == pytest.approx(se, rel=1e-9)
    assert fit.ci_low == pytest.approx(fit.estimate - 1.959964 * se, rel=1e-6)
    assert (fit.n_units, fit.n_events) == (1, 40)


def test_statsmodels_agrees():
    models = pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(3)
    strata = np.repeat(np.arange(6), 4)
    terms = pd.DataFrame({"x": np.tile([0, 1, 0, 1], 6), "y": np.tile([0, 0, 1, 1], 6)})
    terms["xy"] = terms["x"] * terms["y"]
    trials = rng.integers(50, 100_000, 24)
    logit = -6 + 0.3 * strata + 1.2 * terms["x"] + 0.4 * terms["y"]
    events = rng.binomial(trials, 1 / (1 + np.exp(-logit)))
    found = grouped_logit(events, trials, terms, strata)
    design = np.column_stack([terms, strata[:, None] == np.arange(6)])
    fitted = models.GLM(
        np.column_stack([events, trials - events]), design, family=models.families.Binomial()
    ).fit(tol=1e-12)
    for place, name in enumerate(terms):
        assert found[name].estimate == pytest.approx(fitted.params[place], rel=1e-6)
        assert found[name].params["se"] == pytest.approx(fitted.bse[place], rel=1e-6)
        assert found[name].params["p_value"] == pytest.approx(fitted.pvalues[place], abs=1e-9)


def test_strata_without_events_change_nothing():
    terms = pd.DataFrame({"x": [0, 1, 0, 1]})
    two = grouped_logit([5, 9, 0, 0], [100, 80, 500, 500], terms, [0, 0, 1, 1])["x"]
    one = grouped_logit([5, 9], [100, 80], terms[:2], [0, 0])["x"]
    assert two.estimate == pytest.approx(one.estimate, rel=1e-12)
    assert two.n_units == 1


@pytest.mark.parametrize(
    ("events", "trials", "status"),
    [
        ([0, 0], [10, 10], "empty"),
        ([0, 4], [10, 10], "too_few_units"),  # events only with the term
        ([4, 0], [10, 10], "too_few_units"),
        ([3, 10], [10, 10], "too_few_units"),  # everything happened with the term
        ([2, 0], [10, 0], "too_few_units"),
        ([10, 10], [10, 10], "empty"),  # a stratum in which everything happened
    ],
)
def test_what_the_counts_cannot_tell(events, trials, status):
    fit = grouped_logit(events, trials, pd.DataFrame({"x": [0, 1]}), [0, 0])["x"]
    assert fit.status == status
    assert math.isnan(fit.estimate)
