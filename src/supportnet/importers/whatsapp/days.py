"""From written dates to moments: one look-up per day instead of one conversion per row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from supportnet.importers.whatsapp.dates import ORDERS, Decision, Order, as_day
from supportnet.importers.whatsapp.grammar import Clock, Shape, read_date
from supportnet.parsing.times import LocalClock, in_range
from supportnet.records import AMBIGUOUS_HOUR, DAY, SECOND

__all__ = ["Calendar"]


class Calendar:
    """Turn dates and clock times of one file into moments.

    A day on which the zone keeps its offset is one addition; only the two days a year on which
    clocks change go through the zone row by row, in file order.

    Parameters
    ----------
    clock
        The zone the researcher named.
    decisions
        Order of the dates by shape.
    """

    def __init__(self, clock: LocalClock, decisions: Mapping[Shape, Decision]) -> None:
        self._clock = clock
        self._probe = LocalClock(clock.name)
        self._orders = {shape: decision.order for shape, decision in decisions.items()}
        self._midnights: dict[Order, dict[str, tuple[int, int]]] = {one: {} for one in ORDERS}

    def midnights(self, shape: Shape) -> Mapping[str, tuple[int, int]]:
        """Return the days met so far, for a quick look: date as written → (midnight, flags)."""
        return self._midnights[self._orders.get(shape, "ymd")]

    def moment(self, shape: Shape, date: str, clock: Clock) -> tuple[int, int] | None:
        """Return when a row was written.

        Parameters
        ----------
        shape
            How its header is written.
        date
            The header's date.
        clock
            Its time of day.

        Returns
        -------
        tuple of int and int, or None
            Microseconds since 1970 UTC and the flags of `time_note`; None where there is no such
            day or it lies outside the years that can be.
        """
        order = self._orders[shape]
        day = as_day(read_date(date).fields, order)
        if day is None or day.year > 9998:
            return None
        start = self._midnights[order].get(date) or self._learn(order, date, day)
        if start is not None:
            return start[0] + clock.us, start[1] | clock.note
        seconds, us = divmod(clock.us, SECOND)
        found = self._clock.to_us(
            day.year, day.month, day.day, seconds // 3600, seconds // 60 % 60, seconds % 60, us
        )
        if found is None or not in_range(found[0]):
            return None
        return found[0], found[1] | clock.note

    def _learn(self, order: Order, date: str, day: dt.date) -> tuple[int, int] | None:
        """Remember the midnight of a day; None for a day on which the clocks change."""
        after = day + dt.timedelta(days=1)
        first = self._probe.to_us(day.year, day.month, day.day)
        last = self._probe.to_us(after.year, after.month, after.day)
        if (
            first is None
            or last is None
            or last[0] - first[0] != DAY
            or (first[1] | last[1]) & AMBIGUOUS_HOUR
            or not (in_range(first[0]) and in_range(last[0]))
        ):
            return None
        self._midnights[order][date] = first
        return first
