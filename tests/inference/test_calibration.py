"""The calibration suite: quick in every run, full when asked for."""

from types import SimpleNamespace

import numpy as np
import pytest

from calibration_rows import (
    MAKERS,
    TRUTH,
    pairs_that_close,
    through_the_public_function,
    without_a_dataset,
)
from calibration_table import summary
from supportnet.inference import CalibrationRow, calibrate
from supportnet.inference.bands import binomial_band, show_rows
from supportnet.inference.calibration import FULL_RUNS, ROWS


def report(rows):
    return "\n" + show_rows(rows)


def test_quick_calibration_is_in_band():
    rows = calibrate(seed=20)
    assert len(rows) == len(ROWS) == len({row.test for row in rows})
    failed = [row for row in rows if not row.passed]
    assert not failed, report(failed)


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_quick_calibration_of_public_functions_is_in_band(make):
    rows = make(np.random.default_rng(2), MAKERS[make][0])
    assert all(row.passed for row in rows), report(rows)


def test_closure_is_calibrated_as_researchers_get_it():
    table = pairs_that_close(np.random.default_rng(4))
    one, two = through_the_public_function(table), without_a_dataset(table)
    for name in TRUTH:
        assert one[name] == pytest.approx(two[name], rel=1e-12)


def test_calibration_is_seeded():
    for make in ROWS:
        once, again = (make(np.random.default_rng(3), 12) for _ in range(2))
        assert once == again
        assert once.runs == 12


def test_bands_are_the_declared_ones():
    assert binomial_band(0.941, 0.95, 1000) == (0.915, 0.971)
    assert binomial_band(0.05, 0.05, 1000) == (0.029, 0.074)
    assert binomial_band(0.95, 1.0, 1000) == (0.926, 1.0)
    assert binomial_band(0.80, 0.80, 1000) == pytest.approx((0.76, 0.84), abs=0.004)


def test_a_wrong_method_is_caught():
    # What Wilson on pooled messages covered (.35) is far out of every band.
    low, high = binomial_band(0.941, 0.95, 200)
    wrong = CalibrationRow("wilson", "icc .10", 0.35, low, high, 200)
    assert not wrong.passed
    assert show_rows([wrong]).splitlines()[1].endswith("0.350  0.880-0.990  OUTSIDE")


def test_the_table_stands_at_the_end_of_a_full_run():
    """What `run.py calibrate` prints: a line for each row, whether its test passed or failed."""
    kept = (
        ["wilson", "icc .10", 0.35, 0.915, 0.971, 1000],
        ["t", "icc .10", 0.94, 0.915, 0.971, 1000],
    )
    report = [
        SimpleNamespace(when="call", location=("f", n, ""), user_properties=[("calibration", row)])
        for n, row in enumerate(kept)
    ]
    said = []
    summary(
        SimpleNamespace(
            stats={"passed": report[1:], "failed": report[:1]},
            section=said.append,
            write_line=said.append,
        )
    )
    head, table, count = said
    assert head == "calibration: measured against accepted"
    assert [line.split()[-1] for line in table.splitlines()] == ["verdict", "OUTSIDE", "ok"]
    assert "1000     0.350  0.915-0.971" in table
    assert count == "2 rows, 1 outside their band"
    said.clear()
    summary(SimpleNamespace(stats={}, section=said.append, write_line=said.append))
    assert said == []


def check(rows, keep):
    """Hand the rows to the summary at the end of the run, and fail where one is outside."""
    for row in rows:
        keep("calibration", [row.test, row.planted, row.measured, row.low, row.high, row.runs])
    assert all(row.passed for row in rows), report(rows)


@pytest.mark.slow
@pytest.mark.parametrize("place", range(len(ROWS)), ids=lambda place: ROWS[place].__name__)
def test_full_calibration_is_in_band(place, record_property):
    rng = np.random.default_rng(1).spawn(len(ROWS))[place]
    check([ROWS[place](rng, FULL_RUNS)], record_property)


@pytest.mark.slow
@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_full_calibration_of_public_functions_is_in_band(make, record_property):
    check(make(np.random.default_rng(1), MAKERS[make][1]), record_property)
