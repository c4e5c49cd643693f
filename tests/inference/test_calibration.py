"""The calibration suite: quick in every run, full when asked for."""

import numpy as np
import pytest

from supportnet.inference import CalibrationRow, calibrate
from supportnet.inference.calibration import ROWS, binomial_band


def report(rows):
    return "\n".join(f"{r.test}: {r.measured:.3f} not in [{r.low:.3f}, {r.high:.3f}]" for r in rows)


def test_quick_calibration_is_in_band():
    rows = calibrate(seed=20)
    assert len(rows) == len(ROWS) == len({row.test for row in rows})
    failed = [row for row in rows if not row.passed]
    assert not failed, report(failed)


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
    assert not CalibrationRow("wilson", "icc .10", 0.35, low, high, 200).passed


@pytest.mark.slow
def test_full_calibration_is_in_band():
    failed = [row for row in calibrate(seed=1, quick=False) if not row.passed]
    assert not failed, report(failed)
