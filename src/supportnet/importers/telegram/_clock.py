"""Local times of Telegram exports: the offset learned from the file, else the zone declared."""

from __future__ import annotations

import calendar
from bisect import bisect_left
from collections.abc import Callable, Iterable

from supportnet.formats import Options
from supportnet.parsing.times import LocalClock, in_range, iso_local, iso_us, require_timezone
from supportnet.records import ASSUMED_ZONE, SECOND

__all__ = ["Clock", "local_seconds", "unix_us"]

_QUARTER = 900
_LARGEST = 15 * 3600


def local_seconds(text: object) -> int | None:
    """Return a local time as seconds of its own calendar, None when it is not one."""
    fields = iso_local(text) if isinstance(text, str) else None
    if fields is None:
        return None
    try:
        return calendar.timegm((*fields[:6], 0, 0, 0))
    except (ValueError, OverflowError):
        return None


def unix_us(value: object) -> int | None:
    """Return field `date_unixtime` (a string of seconds) in µs, None when it is not a number."""
    if type(value) is not str and type(value) is not int:
        return None
    try:
        return int(value) * SECOND
    except ValueError:
        return None


def offset_of(row: object) -> tuple[int, int] | None:
    """Return (local second, offset in seconds) of a row that has both times."""
    if not isinstance(row, dict):
        return None
    t_us = unix_us(row.get("date_unixtime"))
    local = None if t_us is None else local_seconds(row.get("date"))
    if t_us is None or local is None:
        return None
    offset = local - t_us // SECOND
    # No zone of the last decades is off the quarter hour; anything else is a damaged row.
    return None if offset % _QUARTER or abs(offset) > _LARGEST else (local, offset)


class Clock:
    """Turn local times of one file into instants.

    Rows that have both times show the exporter's offset; the nearest of them in local time serves
    a row that has none. A file without any such row needs `--timezone`.

    Parameters
    ----------
    rows
        Returns all rows of the file anew; called only when a local time is met.
    options
        The declared options.
    """

    def __init__(self, rows: Callable[[], Iterable[object]], options: Options) -> None:
        self._rows = rows
        self._options = options
        self._learned: tuple[list[int], list[int]] | None = None
        self._zone: LocalClock | None = None
        self.used: set[str] = set()

    def _learn(self) -> tuple[list[int], list[int]]:
        """Return the local seconds where the offset is known, with the offsets, thinned."""
        if self._learned is None:
            seen = sorted({found for row in self._rows() if (found := offset_of(row))})
            kept = [
                pair
                for i, pair in enumerate(seen)
                if i in (0, len(seen) - 1) or pair[1] != seen[i - 1][1] or pair[1] != seen[i + 1][1]
            ]
            self._learned = ([local for local, _ in kept], [offset for _, offset in kept])
        return self._learned

    def new_chat(self) -> None:
        """Forget the order of times: the next row begins another chat."""
        self._zone = None

    def instant(self, text: object) -> tuple[int, int] | None:
        """Return (µs, note bits) of a local time; None when it is no time.

        Raises
        ------
        InputError
            When the file shows no offset and no zone was declared.
        """
        if not isinstance(text, str):
            return None
        exact = iso_us(text)
        if exact is not None:
            return exact, 0
        local = local_seconds(text)
        if local is None:
            return None
        places, offsets = self._learn()
        if places:
            self.used.add("offset of the file")
            return (local - offsets[_nearest(places, local)]) * SECOND, ASSUMED_ZONE
        return self._declared(text)

    def _declared(self, text: str) -> tuple[int, int] | None:
        """Return (µs, note bits) of a local time in the declared zone."""
        if self._zone is None:
            self._zone = require_timezone(self._options, "local times without a zone")
        fields = iso_local(text)
        if fields is None:
            return None
        self.used.add(f"declared {self._options.timezone}")
        return self._zone.to_us(*fields)

    def reaction(self, text: object, row: dict[str, object]) -> int | None:
        """Return when a reaction was given (local time), by the offset of its message's row.

        None where neither the row nor the file tells the zone: a reaction's time is not worth
        refusing the file for.
        """
        local = local_seconds(text)
        if local is None:
            return None
        found = offset_of(row)
        if found is not None:
            t_us = (local - found[1]) * SECOND
        else:
            places, offsets = self._learn()
            if not places:
                return None
            t_us = (local - offsets[_nearest(places, local)]) * SECOND
        return t_us if in_range(t_us) else None


def _nearest(places: list[int], local: int) -> int:
    """Return the index of the element of a sorted list that is nearest to `local`."""
    right = bisect_left(places, local)
    if right == len(places):
        return right - 1
    if right == 0 or places[right] - local < local - places[right - 1]:
        return right
    return right - 1
