"""What a calibration row holds: a measured rate or bias beside the range that is accepted.

Bands are 99.9 % binomial limits, so a correct method fails about once in a thousand runs of the
suite; fewer simulated runs give wider bands, never other nominal values.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from supportnet.inference.checks import FloatArray
from supportnet.inference.result import Estimate

__all__ = [
    "CalibrationRow",
    "bias_row",
    "binomial_band",
    "coverage_row",
    "covers",
    "rejection_row",
    "show_rows",
]


@dataclass(frozen=True)
class CalibrationRow:
    """Hold one line of the calibration table.

    Parameters
    ----------
    test, planted
        What was tried, and on what truth.
    measured
        Coverage, rejection rate, or bias in standard deviations of the estimator.
    low, high
        The accepted range.
    runs
        Simulated data sets.

    Examples
    --------
    >>> CalibrationRow("t on tie means", "share .80", 0.94, 0.915, 0.971, 1000).passed
    True
    """

    test: str
    planted: str
    measured: float
    low: float
    high: float
    runs: int

    @property
    def passed(self) -> bool:
        """Say whether the measured value lies in the accepted range."""
        return self.low <= self.measured <= self.high


def binomial_band(low: float, high: float, runs: int) -> tuple[float, float]:
    """Return the 99.9 % limits of a measured rate whose true value lies in [low, high].

    Parameters
    ----------
    low, high
        True rates between which a method counts as correct.
    runs
        Simulated data sets.

    Returns
    -------
    tuple of float
        Accepted range.

    Examples
    --------
    >>> binomial_band(0.941, 0.95, 1000), binomial_band(0.05, 0.05, 1000)
    ((0.915, 0.971), (0.029, 0.074))
    """
    return (
        float(stats.binom.ppf(0.0005, runs, low)) / runs,
        float(stats.binom.ppf(0.9995, runs, high)) / runs,
    )


def covers(result: Estimate, truth: float) -> bool:
    """Say whether an interval holds the truth."""
    return result.ci_low <= truth <= result.ci_high


def coverage_row(
    test: str, planted: str, hits: list[bool], band: tuple[float, float] = (0.941, 0.95)
) -> CalibrationRow:
    """Make a row of an interval's coverage."""
    low, high = binomial_band(*band, len(hits))
    return CalibrationRow(test, planted, float(np.mean(hits)), low, high, len(hits))


def rejection_row(test: str, planted: str, hits: list[bool], rate: float = 0.05) -> CalibrationRow:
    """Make a row of a test's rejection rate."""
    low, high = binomial_band(rate, rate, len(hits))
    return CalibrationRow(test, planted, float(np.mean(hits)), low, high, len(hits))


def bias_row(test: str, planted: str, values: FloatArray, truth: float) -> CalibrationRow:
    """Make a row of bias in standard deviations of the estimator."""
    measured = abs(float(values.mean()) - truth) / float(values.std(ddof=1))
    high = 0.1 + 3.29 / math.sqrt(values.size)
    return CalibrationRow(test, planted, measured, 0.0, high, values.size)


def show_rows(rows: Sequence[CalibrationRow]) -> str:
    """Lay rows out as a table: what was tried, runs, measured, accepted, verdict.

    Parameters
    ----------
    rows
        The rows, in their order.

    Returns
    -------
    str
        One line for each row under a head, without a newline at the end.

    Examples
    --------
    >>> print(show_rows([CalibrationRow("t interval", "share .80", 0.94, 0.915, 0.971, 1000)]))
    test        planted    runs  measured  accepted     verdict
    t interval  share .80  1000     0.940  0.915-0.971  ok
    """
    one, two = (
        max([len(head), *(len(str(getattr(row, head))) for row in rows)])
        for head in ("test", "planted")
    )
    lines = [f"{'test':<{one}}  {'planted':<{two}}  {'runs':>4}  measured  accepted     verdict"]
    for row in rows:
        band = f"{row.low:.3f}-{row.high:.3f}"
        lines.append(
            f"{row.test:<{one}}  {row.planted:<{two}}  {row.runs:>4}  {row.measured:>8.3f}  "
            f"{band:<11}  {'ok' if row.passed else 'OUTSIDE'}"
        )
    return "\n".join(lines)
