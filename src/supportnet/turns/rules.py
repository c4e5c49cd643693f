"""The definitions that decide what a turn is, and how a user types durations."""

from __future__ import annotations

from dataclasses import dataclass

from supportnet.errors import InputError, choose

__all__ = ["HORIZONS", "HOUR_US", "TurnRules", "parse_duration_us"]

HOUR_US = 3_600_000_000
HORIZONS = {"private": 72 * HOUR_US, "public": 168 * HOUR_US}
_UNITS = {"s": 1_000_000, "min": 60_000_000, "h": HOUR_US, "d": 24 * HOUR_US, "w": 168 * HOUR_US}
_ANCHORS = ("first_burst", "last_burst")
# Longer than any archive, short enough that sums of microseconds stay within int64.
_LONGEST_US = 1_000_000 * HOUR_US


def parse_duration_us(text: str | float, what: str) -> int:
    """Read a duration such as `10min`, `72h` or `28D` as microseconds (a bare number is hours).

    Parameters
    ----------
    text
        A number and one of s, min, h, d, w (upper or lower case).
    what
        Name of the parameter, for the message.

    Returns
    -------
    int
        Microseconds, > 0.

    Raises
    ------
    InputError
        For anything else.

    Examples
    --------
    >>> parse_duration_us("72h", "horizon") == parse_duration_us("3D", "horizon")
    True
    """
    word = str(text).strip().lower()
    unit = "h"
    for name in sorted(_UNITS, key=len, reverse=True):
        if word.endswith(name):
            word, unit = word.removesuffix(name).strip(), name
            break
    try:
        value = float(word) * _UNITS[unit]
    except ValueError:
        value = float("nan")
    if not 0.5 < value <= _LONGEST_US:  # also refuses NaN and what rounds to no time at all
        msg = (
            f"{what} must be a duration such as 10min, 72h or 28D; found {str(text)!r}; pass one "
            "of that form."
        )
        raise InputError(msg)
    return round(value)


@dataclass(frozen=True, slots=True)
class TurnRules:
    """The definitions that decide what a turn is.

    Attributes
    ----------
    horizon_us
        How long an answer may take, µs. A message after a longer silence in the pair is an opening.
    burst_us
        Largest gap inside a burst, µs; at most the horizon.
    anchor
        `first_burst` (when an answer was first due) or `last_burst` (sensitivity).

    Raises
    ------
    InputError
        When the anchor is unknown, or a burst may be longer than the horizon.
    """

    horizon_us: int
    burst_us: int = 600_000_000
    anchor: str = "first_burst"

    def __post_init__(self) -> None:
        choose(self.anchor, _ANCHORS, "anchor")
        if self.burst_us > self.horizon_us:
            msg = "burst must not exceed horizon; found a longer one; shorten burst."
            raise InputError(msg)
