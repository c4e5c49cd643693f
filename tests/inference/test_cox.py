"""Cox regression: against other packages' frozen values and a plain re-implementation."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from supportnet.errors import InputError
from supportnet.inference import cox_regression

LR12 = ([1, 2, 2, 4, 5, 8, 3, 6, 7, 9, 10, 12], [1, 1, 0, 1, 0, 1, 1, 1, 1, 0, 1, 0])
ARM = pd.DataFrame({"arm": [0] * 6 + [1] * 6})
TIMES = [
    2.491, 1.54, 0.153, 0.089, 1.008, 5.782, 1.539, 7.235, 0.973, 0.57, 0.396, 1.956, 0.849, 2.174,
    2.809, 0.332, 0.489, 3.046, 8.197, 0.253, 7.303, 4.444, 0.101, 0.194,
]  # fmt: skip
SEEN = [1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1]
TERMS = pd.DataFrame({
    "a": [0, 0, 1, 0, 1, 1, 1, 0, 0, 0, 0, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 0, 0, 1],
    "b": [
        0.7, -0.1, -0.4, 0.5, 0.8, -0.2, -0.2, 0.7, -0.9, -1.5, 0.4, -0.7, -1.9, -0.8, -0.5, -1.2,
        -1.5, 0.0, 0.9, -0.2, -0.7, 0.4, 0.7, -0.3,
    ],
})  # fmt: skip
STRATA = [1, 1, 0, 0, 1, 1, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 1, 1, 1, 0, 1, 0]
CLUSTERS = np.arange(24) // 3


def numbers(found, name="se"):
    return [v.estimate for v in found.values()], [
        float(str(v.params[name])) for v in found.values()
    ]


def test_the_worked_twelve():
    """log hazard ratio -1.0919, error .7926, clustered in successive pairs .7968."""
    alone = cox_regression(*LR12, ARM)["arm"]
    assert (round(alone.estimate, 4), round(alone.params["se"], 4)) == (-1.0919, 0.7926)
    assert alone.params["hazard_ratio"] == pytest.approx(0.3356, abs=5e-5)
    assert alone.ci_high - alone.ci_low == pytest.approx(2 * 1.959964 * 0.792606, abs=1e-5)
    paired = cox_regression(*LR12, ARM, clusters=np.arange(12) // 2)["arm"]
    assert round(paired.params["se"], 4) == 0.7968
    assert paired.status == "too_few_units"  # three clusters on a side
    assert paired.estimate == alone.estimate
    assert math.isnan(paired.ci_low)


@pytest.mark.parametrize(
    ("options", "rounded", "estimates", "errors"),
    [
        ({}, False, [-0.70192618, -0.49835719], [0.46447189, 0.31547377]),
        ({"clusters": CLUSTERS}, False, [-0.70192618, -0.49835719], [0.27076623, 0.23219464]),
        ({}, True, [-0.71593468, -0.70983694], [0.45370922, 0.32192135]),
        ({"strata": STRATA}, True, [-0.47971261, -0.58644222], [0.56755819, 0.35161822]),
    ],
    ids=["plain", "clustered", "tied times", "tied and stratified"],
)
def test_another_package(options, rounded, estimates, errors):
    """statsmodels 0.15.0, PHReg with ties="efron"; clustered by fit(groups=)."""
    times = np.ceil(TIMES) if rounded else TIMES
    found = numbers(cox_regression(times, SEEN, TERMS, **options))
    assert found[0] == pytest.approx(estimates, abs=1e-7)
    assert found[1] == pytest.approx(errors, abs=1e-7)


def test_proportional_hazards_of_another_package():
    """lifelines 0.30.3, proportional_hazard_test(time_transform="rank")."""
    found = numbers(cox_regression(TIMES, SEEN, TERMS), "proportional_p")[1]
    assert found == pytest.approx([0.25658207570434466, 0.1625887974016833], abs=1e-6)


def test_a_ratio_that_changes_is_noticed():
    rng = np.random.default_rng(1)
    arm = np.repeat([0, 1], 300)
    # The second arm is quick at first and slow later.
    hours = np.where(arm == 1, rng.weibull(0.5, 600), rng.weibull(2.0, 600)) * 10
    found = cox_regression(hours, np.ones(600), pd.DataFrame({"arm": arm}))["arm"]
    assert found.params["proportional_p"] < 1e-6


def plain_residuals(times, seen, x, beta):
    """What each wait adds to the score under Efron's rule, written out."""
    weight = np.exp(x @ beta)
    out = np.zeros_like(x, dtype=float)
    for t in sorted({a for a, b in zip(times, seen, strict=True) if b}):
        at_risk = [i for i, a in enumerate(times) if a >= t]
        dead = [i for i in at_risk if times[i] == t and seen[i]]
        for turn in range(len(dead)):
            taken = turn / len(dead)
            part = {i: weight[i] * (1 - taken if i in dead else 1) for i in at_risk}
            mean = sum(part[i] * x[i] for i in at_risk) / sum(part.values())
            for i in at_risk:
                out[i] -= part[i] * (x[i] - mean) / sum(part.values())
            for i in dead:
                out[i] += (x[i] - mean) / len(dead)
    return out


def test_clustered_errors_with_tied_times_by_the_definition():
    times, x = np.ceil(TIMES), TERMS.to_numpy(dtype=float)
    found = cox_regression(times, SEEN, TERMS, clusters=CLUSTERS)
    beta = np.array([v.estimate for v in found.values()])
    each = plain_residuals(times, SEEN, x, beta)
    assert np.abs(each.sum(axis=0)).max() < 1e-8  # the score is 0 at the maximum
    step = 1e-5
    information = np.column_stack([
        -(
            plain_residuals(times, SEEN, x, beta + step * unit).sum(axis=0)
            - plain_residuals(times, SEEN, x, beta - step * unit).sum(axis=0)
        ) / (2 * step)
        for unit in np.eye(2)
    ])  # fmt: skip
    sums = np.zeros((8, 2))
    np.add.at(sums, CLUSTERS, each)
    inverse = np.linalg.inv(information)
    expected = np.sqrt(np.diag(inverse @ sums.T @ sums @ inverse))
    assert numbers(found)[1] == pytest.approx(expected, rel=1e-6)


def test_order_does_not_matter():
    order = np.random.default_rng(2).permutation(24)
    one = numbers(cox_regression(np.ceil(TIMES), SEEN, TERMS, clusters=CLUSTERS))
    two = numbers(
        cox_regression(
            np.ceil(TIMES)[order], np.array(SEEN)[order], TERMS.iloc[order],
            clusters=CLUSTERS[order],
        )
    )  # fmt: skip
    assert one[0] == pytest.approx(two[0], abs=1e-12)
    assert one[1] == pytest.approx(two[1], abs=1e-12)


def test_undefined_cases_have_a_status():
    assert cox_regression([1, 2], [0, 0], ARM.iloc[:2])["arm"].status == "empty"
    # Nobody of the first arm was ever answered: the ratio is infinite.
    arm = pd.DataFrame({"arm": [0, 0, 1, 1]})
    assert cox_regression([5, 5, 1, 2], [0, 0, 1, 1], arm)["arm"].status == "too_few_units"
    same = pd.DataFrame({"arm": [1, 1, 1]})
    assert cox_regression([1, 2, 3], [1, 1, 1], same)["arm"].status == "too_few_units"


def test_bad_input_is_named():
    with pytest.raises(InputError, match="clusters must have one entry per row"):
        cox_regression([1, 2], [1, 1], ARM.iloc[:2], clusters=[1])
    with pytest.raises(InputError, match="times must be waits"):
        cox_regression([-1, 2], [1, 1], ARM.iloc[:2])
