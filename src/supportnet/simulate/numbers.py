"""How numbers stand in the truth file."""

from __future__ import annotations

import math

__all__ = ["RATE_HOURS", "TAU_H", "rounded"]

TAU_H = 24.0
RATE_HOURS = (1.0, 8.0, 24.0, 72.0)


def rounded(value: float | None) -> float | None:
    """Return a number to six digits, so that no file hangs on the last bit; None if not finite.

    Examples
    --------
    >>> rounded(1 / 3), rounded(float("inf"))
    (0.333333, None)
    """
    if value is None or not math.isfinite(value):
        return None
    return round(float(value), 6)
