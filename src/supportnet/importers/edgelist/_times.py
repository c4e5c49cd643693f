"""Times of a table: seconds, milliseconds, steps, ISO 8601, or a pattern that the map gives."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from supportnet.errors import InputError
from supportnet.formats import Options
from supportnet.importers.edgelist._layout import is_number
from supportnet.importers.edgelist._plan import Plan
from supportnet.parsing.times import LocalClock, iso_local, iso_us, require_timezone
from supportnet.records import DAY, MINUTE, RESOLUTION_DAY, RESOLUTION_MINUTE, SECOND

__all__ = ["STEPS_FROM_US", "Clock", "Instant", "Local", "clock_for"]

# Step 0 of a file without calendar: 2000-01-01T00:00Z. Windows keep their meaning in seconds.
STEPS_FROM_US: Final = 946_684_800 * SECOND
_STEPS_BELOW: Final = 10**8
_FAR: Final = 2**62
_UNITS: Final = {"s": SECOND, "ms": 1000, "us": 1}
_FORMAT_HAS_SECONDS = re.compile(r"%[STcXs]")
_FORMAT_HAS_MINUTES = re.compile(r"%[MRTcXs]")
_SHORT_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d)?")


class Local(NamedTuple):
    """A civil time without zone, in µs of its own calendar (what Parquet holds)."""

    us: int
    is_day: bool = False


class Instant(NamedTuple):
    """An exact time in µs since 1970 UTC."""

    us: int


class Clock(NamedTuple):
    """How one table tells time.

    Attributes
    ----------
    read
        Cell → (µs, note bits), or None for a cell that is no time.
    resolution_us
        Step of the clock.
    word
        For the data card.
    """

    read: Callable[[Any], tuple[int, int] | None]
    resolution_us: int
    word: str


def _number(cell: Any) -> float | int | None:
    """Return a number of any spelling (a French decimal comma too); None for anything else."""
    if type(cell) is int:
        return cell
    if type(cell) is str:
        if len(cell) > 40:
            return None
        try:
            return int(cell)
        except ValueError:
            pass
        try:
            cell = float(cell.replace(",", "."))
        except ValueError:
            return None
    return cell if type(cell) is float and math.isfinite(cell) else None


def _scaled(scale: int, start: int) -> Callable[[Any], tuple[int, int] | None]:
    """Return a reader of numbers that count `scale` µs from `start`."""

    def read(cell: Any) -> tuple[int, int] | None:
        number = _number(cell)
        if number is None or abs(number) > _FAR:
            return None
        return start + (number * scale if type(number) is int else round(number * scale)), 0

    return read


def _numeric(numbers: Sequence[float], plan: Plan, options: Options) -> Clock:
    """Return the clock of numbers: steps or time since 1970, in the unit they show."""
    ranked = sorted(numbers)
    n_small = sum(number < _STEPS_BELOW for number in numbers)
    # One damaged line among many does not turn a file of clock times into steps.
    is_steps = n_small > len(numbers) // 100
    if is_steps and not options.ordinal_times:
        msg = (
            f"times since 1970 were expected; found numbers below {_STEPS_BELOW}, which are steps "
            "or seconds from an unknown start; pass --ordinal-times, or name another column."
        )
        raise InputError(msg)
    if not is_steps and options.ordinal_times:
        msg = (
            f"step numbers below {_STEPS_BELOW} were expected with --ordinal-times; found times "
            "since 1970; leave the option out."
        )
        raise InputError(msg)
    whole = all(type(number) is int for number in numbers)
    if is_steps:
        scale = _UNITS[plan.unit or "s"]
        return Clock(_scaled(scale, STEPS_FROM_US), scale if whole else 1, "steps")
    middle = ranked[len(ranked) // 2]
    unit = plan.unit or ("us" if middle >= 1e14 else "ms" if middle >= 1e11 else "s")
    return Clock(_scaled(_UNITS[unit], 0), _UNITS[unit] if whole else 1, f"unix {unit}")


def _local(text: str) -> tuple[int, ...] | None:
    """Return the civil fields of an ISO text without zone, with or without a time of day."""
    return iso_local(f"{text}T00:00" if len(text) == 10 else text)


def _zone(plan: Plan, options: Options) -> LocalClock:
    """Return the zone of local times."""
    return require_timezone(replace(options, timezone=plan.tz), "the table's local times")


def _pattern(plan: Plan, options: Options) -> Clock:
    """Return the clock of a `date_format`."""
    form = plan.date_format or ""
    try:
        datetime.strptime(datetime(2000, 1, 2, tzinfo=UTC).strftime(form), form)  # noqa: DTZ007
    except ValueError:
        msg = (
            'a date_format such as "%d/%m/%Y %H:%M" was expected in the column map; found one '
            "that cannot be read; correct it."
        )
        raise InputError(msg) from None
    note, resolution = _fineness(form)
    zone = None if "%z" in form else _zone(plan, options)

    def read(cell: Any) -> tuple[int, int] | None:
        try:
            # The fields are read as they stand; the zone follows.
            found = datetime.strptime(str(cell).strip(), form)  # noqa: DTZ007
        except (ValueError, OverflowError):
            return None
        if found.tzinfo is not None:
            since = found.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
            return (since.days * 86_400 + since.seconds) * SECOND + since.microseconds, note
        if zone is None:
            return None
        fields = (found.year, found.month, found.day, found.hour, found.minute, found.second)
        time = zone.to_us(*fields, found.microsecond)
        return None if time is None else (time[0], time[1] | note)

    return Clock(read, resolution, "date_format")


def _fineness(form: str) -> tuple[int, int]:
    """Return (note bits, step in µs) of a date pattern."""
    if _FORMAT_HAS_SECONDS.search(form):
        return 0, 1 if "%f" in form else SECOND
    if _FORMAT_HAS_MINUTES.search(form):
        return RESOLUTION_MINUTE, MINUTE
    return RESOLUTION_DAY, DAY


def _iso(sample: Sequence[Any], plan: Plan, options: Options) -> Clock:
    """Return the clock of ISO 8601 texts and of Parquet's civil times."""
    needs_zone = any(
        isinstance(c, Local) or (isinstance(c, str) and iso_us(c) is None) for c in sample
    )
    zone = _zone(plan, options) if needs_zone else None
    short = [isinstance(c, str) and _SHORT_ISO.fullmatch(c.strip()) for c in sample]
    days = [(isinstance(c, Local) and c.is_day) or len(str(c).strip()) == 10 for c in sample]
    resolution = DAY if all(days) else MINUTE if all(short) else SECOND

    def read(cell: Any) -> tuple[int, int] | None:
        if isinstance(cell, Local):
            return _civil(cell, zone)
        if isinstance(cell, Instant):
            return cell.us, 0
        text = str(cell).strip()
        exact = iso_us(text)
        if exact is not None:
            return exact, 0
        fields = _local(text)
        if fields is None or zone is None:
            return None
        time = zone.to_us(*fields)
        if time is None:
            return None
        note = RESOLUTION_DAY if len(text) == 10 else RESOLUTION_MINUTE if len(text) == 16 else 0
        return time[0], time[1] | note

    return Clock(read, resolution, "iso")


def _civil(cell: Local, zone: LocalClock | None) -> tuple[int, int] | None:
    """Return (µs, note bits) of a civil time."""
    if zone is None:
        return None
    seconds, us = divmod(cell.us, SECOND)
    try:
        at = datetime.fromtimestamp(seconds, tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None
    time = zone.to_us(at.year, at.month, at.day, at.hour, at.minute, at.second, us)
    if time is None:
        return None
    return time[0], time[1] | (RESOLUTION_DAY if cell.is_day else 0)


def clock_for(sample: Sequence[Any], plan: Plan, options: Options) -> Clock:
    """Return how a table tells time, from a sample of its time cells.

    Raises
    ------
    InputError
        When the option that the kind of time needs was not given: `--ordinal-times`,
        `--timezone`, or `date_format` in the column map (day and month are never guessed).
    """
    cells = [cell.strip() if isinstance(cell, str) else cell for cell in sample]
    if plan.date_format is not None:
        return _pattern(plan, options)
    numbers = [n for cell in cells if (n := _number(cell)) is not None]
    if numbers and len(numbers) * 2 >= len(cells):
        return _numeric(numbers, plan, options)
    dated = [
        cell
        for cell in cells
        if isinstance(cell, Local | Instant)
        or (isinstance(cell, str) and (iso_us(cell) is not None or _local(cell) is not None))
    ]
    if dated and len(dated) * 2 >= len(cells):
        return _iso(dated, plan, options)
    if not cells:
        return Clock(_scaled(SECOND, 0), SECOND, "none")
    if any(is_number(str(cell)) for cell in cells):
        return _numeric(numbers or [0], plan, options)
    msg = (
        "times as numbers or ISO 8601 were expected; found dates of another form, where day and "
        'month could be mistaken; give their pattern in the column map, e.g. "date_format": '
        '"%d/%m/%Y %H:%M".'
    )
    raise InputError(msg)
