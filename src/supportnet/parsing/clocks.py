"""Local times of one zone, with the hour that comes twice and the hour that is missing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from supportnet.errors import InputError
from supportnet.records import AMBIGUOUS_HOUR, ASSUMED_ZONE, DAY, MINUTE, SECOND

__all__ = ["LocalClock", "civil_us", "require_timezone"]

_EPOCH_DAY = date(1970, 1, 1).toordinal()
_NEAR = 180 * MINUTE


def civil_us(y: int, m: int, d: int, H: int, M: int, S: int, us: int) -> int | None:
    """Return the microseconds of a civil time as if its zone were UTC.

    Parameters
    ----------
    y, m, d, H, M, S, us
        Year to microsecond; second 60 runs into the next minute.

    Returns
    -------
    int or None
        Microseconds since 1970; None when there is no such time.

    Examples
    --------
    >>> civil_us(1970, 1, 2, 0, 0, 1, 0)
    86401000000
    """
    if not (0 <= H < 24 and 0 <= M < 60 and 0 <= S <= 60):
        return None
    try:
        days = date(y, m, d).toordinal() - _EPOCH_DAY
    except (ValueError, OverflowError):
        return None
    return ((days * 24 + H) * 60 + M) * MINUTE + S * SECOND + us


class LocalClock:
    """Read local times of one zone.

    Parameters
    ----------
    zone
        IANA name, as `Europe/Paris`.
    newest_first
        True for files that are written newest first.

    Raises
    ------
    InputError
        When there is no such zone.

    Notes
    -----
    In autumn an hour comes twice and a local time in it has two readings. Files keep their order,
    so the first is taken until times step back, and the second from then on; call `reset` where
    another file begins. A time in the hour that is missing in spring is moved forward by the gap.
    Both are flagged.

    Examples
    --------
    >>> clock = LocalClock("Europe/Paris")
    >>> first, note = clock.to_us(2026, 10, 25, 2, 30)
    >>> second, _ = clock.to_us(2026, 10, 25, 2, 10)
    >>> (second - first) // MINUTE, note == ASSUMED_ZONE | AMBIGUOUS_HOUR
    (40, True)
    """

    def __init__(self, zone: str, *, newest_first: bool = False) -> None:
        try:
            self._zone = ZoneInfo(zone)
        except (KeyError, ValueError, OSError):
            msg = (
                "an IANA time zone name such as Europe/Paris was expected; found another word; "
                "pass --timezone with one of those names."
            )
            raise InputError(msg) from None
        self.name = zone
        self._newest_first = newest_first
        self._previous: int | None = None
        # Day → (microseconds of its midnight, offset); no offset where it changes that day.
        self._days: dict[tuple[int, int, int], tuple[int, int | None]] = {}

    def reset(self) -> None:
        """Forget the time read last: another file begins."""
        self._previous = None

    def to_us(
        self, y: int, m: int, d: int, H: int = 0, M: int = 0, S: int = 0, us: int = 0
    ) -> tuple[int, int] | None:
        """Return the moment of a local time.

        Parameters
        ----------
        y, m, d, H, M, S, us
            Year to microsecond as the clock on the wall showed them.

        Returns
        -------
        tuple of (int, int), or None
            Microseconds since 1970 UTC and the bit flags `ASSUMED_ZONE` and, where it applies,
            `AMBIGUOUS_HOUR`; None when there is no such date.
        """
        day = self._days.get((y, m, d)) or self._learn(y, m, d)
        if day is None or not (0 <= H < 24 and 0 <= M < 60 and 0 <= S <= 60):
            return None
        civil = day[0] + (H * 60 + M) * MINUTE + S * SECOND + us
        note = ASSUMED_ZONE
        if day[1] is not None:
            t_us = civil - day[1]
        else:
            t_us, odd = self._slowly(civil)
            note |= odd
        self._previous = t_us
        return t_us, note

    def _learn(self, y: int, m: int, d: int) -> tuple[int, int | None] | None:
        """Find the offset of a day, and whether it holds all day."""
        midnight = civil_us(y, m, d, 0, 0, 0, 0)
        if midnight is None or not 1 < y < 9999:
            return None
        ends = {self._offset(midnight + shift, fold) for shift in (0, DAY) for fold in (0, 1)}
        day = midnight, ends.pop() if len(ends) == 1 else None
        self._days[y, m, d] = day
        return day

    def _offset(self, civil: int, fold: int) -> int:
        """Return the zone's offset at a local time, in microseconds."""
        wall = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=civil)
        offset = wall.replace(tzinfo=self._zone, fold=fold).utcoffset()
        return offset // timedelta(microseconds=1) if offset is not None else 0

    def _slowly(self, civil: int) -> tuple[int, int]:
        """Return the moment of a local time on a day when the clocks change."""
        before, after = self._offset(civil, 0), self._offset(civil, 1)
        if before == after:
            return civil - before, 0
        early, late = civil - before, civil - after
        if before < after:
            # The missing hour: the old offset moves the time forward over the gap.
            return early, AMBIGUOUS_HOUR
        previous = self._previous
        near = previous is not None and abs(previous - early) <= _NEAR
        if previous is None or not near:
            return (late if self._newest_first else early), AMBIGUOUS_HOUR
        if self._newest_first:
            return (late if late <= previous else early), AMBIGUOUS_HOUR
        return (early if early >= previous else late), AMBIGUOUS_HOUR


class _HasTimezone(Protocol):
    """Anything with the researcher's choice of zone."""

    @property
    def timezone(self) -> str | None:
        """IANA name, or None when not said."""
        ...


def require_timezone(options: _HasTimezone, what: str) -> LocalClock:
    """Return the clock of the zone the researcher named.

    Parameters
    ----------
    options
        What the researcher declared.
    what
        What holds the times, for the error: `a WhatsApp chat`.

    Returns
    -------
    LocalClock
        A fresh clock.

    Raises
    ------
    InputError
        When no zone, or an unknown one, was named.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> require_timezone(SimpleNamespace(timezone="Europe/Paris"), "a chat").name
    'Europe/Paris'
    """
    if options.timezone is None:
        msg = (
            f"a time zone was expected for {what}, which writes local times without one; "
            "found none; pass --timezone with the zone of the phone or computer that wrote it, "
            "such as Europe/Paris."
        )
        raise InputError(msg)
    return LocalClock(options.timezone)
