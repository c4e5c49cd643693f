"""The result object: statuses, NaN rule, flat rows."""

import math

import pytest

from supportnet.errors import InputError, InternalError
from supportnet.inference import STATUSES, Estimate, undefined


def test_undefined_is_nan_with_its_status_and_never_zero():
    for status in STATUSES[1:]:
        out = undefined(status, n_excluded={"undefined": 3})
        assert math.isnan(out.estimate)
        assert math.isnan(out.ci_low)
        assert math.isnan(out.ci_high)
        assert (out.status, out.defined, out.n_excluded["undefined"]) == (status, False, 3)


@pytest.mark.parametrize("status", ["ok", "fine", ""])
def test_undefined_needs_a_reason(status):
    with pytest.raises(InputError, match="status"):
        undefined(status)


def test_ok_with_nan_is_a_bug_of_ours():
    with pytest.raises(InternalError):
        Estimate(estimate=math.nan)


def test_a_result_does_not_change_after_the_fact():
    params = {"tau": 24.0}
    out = Estimate(estimate=1.0, params=params, n_excluded={"undefined": 0, "late": 2})
    params["tau"] = 1.0
    assert out.params["tau"] == 24.0
    assert dict(out.n_excluded) == {"late": 2}
    with pytest.raises(TypeError):
        out.params["tau"] = 2.0


def test_row_is_flat_and_dict_is_nested():
    out = Estimate(
        estimate=1,
        n_excluded={"late": 2, "early": 1},
        params={"tau": 24.0},
        coverage_flags=("a", "b"),
    )
    row = out.to_row()
    assert (row["n_excluded"], row["excluded_reasons"]) == (3, "early=1; late=2")
    assert (row["param_tau"], row["coverage_flags"], row["status"]) == (24.0, "a; b", "ok")
    assert "params" not in row
    assert out.to_dict()["params"] == {"tau": 24.0}
    assert out.to_dict()["n_excluded"] == {"late": 2, "early": 1}
