"""Local times on the pages of HTML exports: many languages, often no seconds, seldom a zone."""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

from supportnet.parsing.text import without_marks
from supportnet.parsing.times import LocalClock, in_range
from supportnet.records import ASSUMED_ZONE, MINUTE, RESOLUTION_MINUTE, SECOND

__all__ = ["PageClock", "PageTime", "read_time"]

# First letters of month names without accents; English and French were seen, the rest is common.
_MONTHS: Final = {
    "jan": 1, "ene": 1, "gen": 1, "fev": 2, "feb": 2, "mar": 3, "mrt": 3, "avr": 4, "apr": 4,
    "abr": 4, "mai": 5, "may": 5, "mei": 5, "mag": 5, "jun": 6, "juin": 6, "giu": 6, "jul": 7,
    "juil": 7, "lug": 7, "aou": 8, "aug": 8, "ago": 8, "sep": 9, "set": 9, "oct": 10, "okt": 10,
    "ott": 10, "out": 10, "nov": 11, "dec": 12, "dez": 12, "dic": 12,
}  # fmt: skip
_WORD = r"[^\W\d_]{3,12}\.?"
_WEEKDAY = r"(?:[^\W\d_]{2,14}(?:-feira)?\.?,? )?"
_JOIN = r"(?:,? (?:at|à|um|om|alle|às|a las|kl\.?|u))?,? "
_CLOCK = (
    r"(?P<H>\d{1,2})[:.h](?P<M>\d\d)(?:[:.](?P<S>\d\d))? ?(?P<half>[ap]\.?m\.?)?"
    r"(?: (?P<zone>[A-Z]{1,5}(?:[+-]\d{1,2}(?::?\d\d)?)?))?"
)
_DAY = rf"(?:(?P<mon>{_WORD}) (?P<d>\d{{1,2}}),?|(?P<d2>\d{{1,2}})\.?(?: de)? (?P<mon2>{_WORD}),?)"
_TIME = re.compile(
    rf"{_WEEKDAY}{_DAY}(?: de)? (?P<y>\d{{4}}){_JOIN}{_CLOCK}",
    re.IGNORECASE,
)
_ISO = re.compile(r"(?P<y>\d{4})-(?P<mo>\d\d)-(?P<d>\d\d)[ T]" + _CLOCK)
_LONGEST: Final = 80
_OFFSET = re.compile(r"(?:UTC|GMT)(?:([+-])(\d{1,2})(?::?(\d\d))?)?")
# Abbreviations name a zone, not an offset: the letter for summer may be wrong for the season.
_ZONES: Final = {
    "PST": ("America/Los_Angeles", -8), "PDT": ("America/Los_Angeles", -7),
    "MST": ("America/Denver", -7), "MDT": ("America/Denver", -6),
    "CST": ("America/Chicago", -6), "CDT": ("America/Chicago", -5),
    "EST": ("America/New_York", -5), "EDT": ("America/New_York", -4),
    "AST": ("America/Halifax", -4), "ADT": ("America/Halifax", -3),
    "BST": ("Europe/London", 1), "WET": ("Europe/Lisbon", 0), "WEST": ("Europe/Lisbon", 1),
    "CET": ("Europe/Paris", 1), "CEST": ("Europe/Paris", 2),
    "EET": ("Europe/Athens", 2), "EEST": ("Europe/Athens", 3),
}  # fmt: skip
_HOUR: Final = 60 * MINUTE


class PageTime(NamedTuple):
    """A time as a page writes it.

    Attributes
    ----------
    fields
        Year, month, day, hour, minute, second.
    has_seconds
        Whether seconds are written.
    zone
        Abbreviation or offset behind it; empty where there is none.
    """

    fields: tuple[int, int, int, int, int, int]
    has_seconds: bool
    zone: str


def _month(word: str) -> int | None:
    """Return the number of a month's name in one of a dozen languages."""
    bare = unicodedata.normalize("NFKD", word.casefold())
    letters = "".join(sign for sign in bare if sign.isalpha())
    return _MONTHS.get(letters[:4]) or _MONTHS.get(letters[:3])


def read_time(text: str) -> PageTime | None:
    """Read a local time; None for any other text.

    Examples
    --------
    >>> read_time("Sep 13, 2020 at 2:37 PM").fields
    (2020, 9, 13, 14, 37, 0)
    >>> read_time("19 oct. 2019, 14:37").fields
    (2019, 10, 19, 14, 37, 0)
    >>> read_time("Tuesday, March 4, 2014 at 9:15pm PST").zone
    'PST'
    >>> read_time("see you at 9:15") is None
    True
    """
    if not 10 <= len(text) <= _LONGEST:
        return None
    plain = " ".join(without_marks(text).split())
    found = _TIME.fullmatch(plain)
    if found is not None:
        month = _month(found["mon"] or found["mon2"])
        day = int(found["d"] or found["d2"])
    else:
        found = _ISO.fullmatch(plain)
        if found is None:
            return None
        month, day = int(found["mo"]), int(found["d"])
    if month is None:
        return None
    hour, half = int(found["H"]), (found["half"] or "")[:1].lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + 12 * (half == "p")
    fields = (int(found["y"]), month, day, hour, int(found["M"]), int(found["S"] or 0))
    return PageTime(fields, found["S"] is not None, (found["zone"] or "").upper())


class PageClock:
    """Turn the times of pages into instants.

    Parameters
    ----------
    declared
        Zone the researcher named; None where none was.
    """

    def __init__(self, declared: str | None) -> None:
        self._declared = None if declared is None else self._clock(declared)
        self._clocks: dict[str, LocalClock] = {}
        self.used: set[str] = set()

    @staticmethod
    def _clock(zone: str) -> LocalClock:
        return LocalClock(zone, newest_first=True)

    def reset(self) -> None:
        """Forget the order of times: another conversation begins."""
        for clock in (self._declared, *self._clocks.values()):
            if clock is not None:
                clock.reset()

    def instant(self, time: PageTime) -> tuple[int, int, int] | None:
        """Return (µs, note bits, step of the clock in µs); None when there is no such time.

        Notes
        -----
        An offset is taken as written. An abbreviation names a zone; its offset counts where that
        zone has it at that hour, else the zone's own offset then. No zone: the declared one.
        """
        step = SECOND if time.has_seconds else MINUTE
        note = 0 if time.has_seconds else RESOLUTION_MINUTE
        offset = _OFFSET.fullmatch(time.zone)
        if offset is not None:
            sign = -1 if offset[1] == "-" else 1
            shift = sign * (int(offset[2] or 0) * _HOUR + int(offset[3] or 0) * MINUTE)
            utc = self._named("UTC").to_us(*time.fields)
            self.used.add("offsets of the pages")
            return _checked(None if utc is None else utc[0] - shift, note, step)
        if time.zone in _ZONES:
            name, hours = _ZONES[time.zone]
            self.used.add("abbreviations of the pages")
            local = self._named(name).to_us(*time.fields)
            utc = self._named("UTC").to_us(*time.fields)
            if local is None or utc is None:
                return None
            written = utc[0] - hours * _HOUR
            # In the repeated hour the letter tells which of the two it was.
            if local[1] != ASSUMED_ZONE and abs(written - local[0]) <= _HOUR:
                return _checked(written, note, step)
            known = 0 if written == local[0] else local[1]
            return _checked(local[0], note | known, step)
        if self._declared is None:
            return None
        found = self._declared.to_us(*time.fields)
        self.used.add(f"declared {self._declared.name}")
        return None if found is None else _checked(found[0], note | found[1], step)

    def _named(self, zone: str) -> LocalClock:
        """Return the clock of a zone, made once."""
        if zone not in self._clocks:
            self._clocks[zone] = self._clock(zone)
        return self._clocks[zone]

    def tells(self, time: PageTime) -> bool:
        """Say whether a time can be placed: it has a known zone, or one was declared."""
        known = time.zone in _ZONES or _OFFSET.fullmatch(time.zone) is not None
        return known or self._declared is not None


def _checked(t_us: int | None, note: int, step: int) -> tuple[int, int, int] | None:
    """Return the three unless the time is out of range."""
    return (t_us, note, step) if t_us is not None and in_range(t_us) else None
