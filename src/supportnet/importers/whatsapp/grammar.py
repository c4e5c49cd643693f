"""Where one row of a chat ends and the next begins, and what its clock says.

Two shapes of header exist: Android writes `date, time - author: body`, iOS writes
`[date, time] author: body`. Each comes with as many spellings as there are phone languages. A line
that opens no row continues the row before.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from supportnet.records import MINUTE, RESOLUTION_MINUTE, SECOND

__all__ = [
    "FRENCH",
    "HEADER",
    "ROW",
    "Clock",
    "Shape",
    "Written",
    "read_date",
    "read_time",
    "usual_row",
]

_MARKS = "[\u200e\u200f\u202a\u202b\ufeff]{0,4}"
_BLANK = "[ \t\u00a0\u202f\u2009]"
_STEP = "[\u200e\u200f]?[./-][\u200e\u200f ]?"
# `\d` takes Arabic-Indic and other digits too, and so does int().
_DATE = rf"\d\d?{_STEP}\d\d?{_STEP}\d\d(?:\d\d)?|\d{{4}}{_STEP}\d\d?{_STEP}\d\d?"
_BEFORE = "오전|오후|上午|下午|午前|午後"
_AFTER = rf"[AaPp]\.?{_BLANK}*[Mm]\.?|ص|م|[πμ]\.?μ\.?|vorm\.?|nachm\.?"
_HALF = rf"(?!{_BLANK}-|\]){_BLANK}*(?:{_AFTER})"
_TIME = rf"(?:(?:{_BEFORE}){_BLANK}*)?\d\d?[:.]\d\d(?:[:.]\d\d)?(?:{_HALF})?"

# Groups: bracket (iOS) or None (Android), date, time. The last line asks for what each shape puts
# between its time and the author; some old Android exports have a colon there, which is believed
# only where an author follows, since "1/2/23 10:00: dentist" is a thing people write in a message.
HEADER = re.compile(
    rf"\n{_MARKS}(\[)?{_MARKS}({_DATE})[,.،]?{_BLANK}+{_MARKS}(?:(?:à|a\u0300|klo){_BLANK}+)?"
    rf"({_TIME})"
    rf"(?(1)\]{_BLANK}?|(?:{_BLANK}+[-–](?:{_BLANK}|(?=\n|\Z))|:{_BLANK}(?=[^\n:]+: )))"
)

# The author stands before the first `: `; a name with a colon of its own is left to a second look.
_AUTHOR = r"(?:([^\n:]*): )?"
ROW = re.compile(HEADER.pattern + _AUTHOR)
FRENCH = re.compile(" (?:à|a\u0300) ")
_NUMBERS = re.compile(r"\d+")
_TIME_PARTS = re.compile(
    rf"({_BEFORE})?\D*(\d{{1,2}})[:.](\d\d)(?:[:.](\d\d))?{_BLANK}*(\S.*)?", re.DOTALL
)
_NOON_AND_AFTER = frozenset({"오후", "下午", "午後", "م", "μμ", "nachm", "pm"})
_LATIN = frozenset({"am", "pm"})


class Shape(NamedTuple):
    """One way of writing headers; two phones' exports merged into one file show two.

    Attributes
    ----------
    ios
        Whether the header stands in brackets.
    date, time
        Styles of :class:`Written` and :class:`Clock`; `?` for a time that no clock shows.
    """

    ios: bool
    date: str
    time: str


class Written(NamedTuple):
    """A date as three numbers in file order, and how it is spelled.

    Attributes
    ----------
    fields
        The three numbers, as they stand.
    style
        Separator and place of the year: `/4` for dd/mm/yyyy, `/2` for dd/mm/yy, `4-` for
        yyyy-mm-dd.
    """

    fields: tuple[int, int, int]
    style: str


class Clock(NamedTuple):
    """A time of day.

    Attributes
    ----------
    us
        Microseconds since local midnight, as a wall clock counts them.
    step
        Step of the clock that wrote it, µs.
    note
        `RESOLUTION_MINUTE` where no seconds are written.
    style
        `24`, `12` (Latin AM and PM without dots), `12.` (any other half-day word), with `s` where
        seconds are written.
    """

    us: int
    step: int
    note: int
    style: str


def read_date(text: str) -> Written:
    """Split the date of a header into its numbers and its style.

    Examples
    --------
    >>> read_date("26/09/2019")
    Written(fields=(26, 9, 2019), style='/4')
    >>> read_date("2023. 12. 31").style
    '4.'
    """
    a, b, c = _NUMBERS.findall(text)
    separator = next(mark for mark in text if mark in "./-")
    style = f"4{separator}" if len(a) == 4 else f"{separator}{len(c)}"
    return Written((int(a), int(b), int(c)), style)


def read_time(text: str) -> Clock | None:
    """Return the time of day of a header, or None where no clock shows such a time.

    Notes
    -----
    12 AM is midnight and 12 PM noon. Hours that already count to 24 keep their value whatever
    half-day word follows, and `00:30 a. m.` is half past midnight.

    Examples
    --------
    >>> read_time("12:05 AM").us // 60_000_000
    5
    >>> read_time("오후 3:15").us // 60_000_000
    915
    """
    match = _TIME_PARTS.fullmatch(text.strip())
    if match is None:
        return None
    before, hour_text, minute_text, second_text, after = match.groups()
    word = before or re.sub(r"[\s.]", "", after or "").lower()
    hour, minute, second = int(hour_text), int(minute_text), int(second_text or 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    if word in _NOON_AND_AFTER and hour < 12:
        hour += 12
    elif word and word not in _NOON_AND_AFTER and hour == 12:
        hour = 0
    style = "24" if not word else "12" if word in _LATIN and "." not in text else "12."
    us = (hour * 60 + minute) * MINUTE + second * SECOND
    if second_text is None:
        return Clock(us, MINUTE, RESOLUTION_MINUTE, style)
    return Clock(us, SECOND, 0, style + "s")


def usual_row(head: re.Match[str]) -> re.Pattern[str] | None:
    """Make the pattern of rows whose header is written like the given one, numbers aside."""
    behind = head.string[head.end(3) : head.end()]
    if not re.search(rf"{_BLANK}\Z", behind):
        return None
    date = _NUMBERS.sub(
        lambda run: r"\d{4}" if len(run[0]) == 4 else r"\d\d?", _escaped_but_digits(head[2])
    )
    if read_date(head[2]).style.endswith("2"):
        date = date.removesuffix(r"\d\d?") + r"\d\d"
    time = r"\d\d?[:.]\d\d(?:[:.]\d\d)?"
    if not re.fullmatch(time, head[3]):
        time = _TIME
    marks = "[\u200e\u200f]{0,4}" if head[1] or head.start(2) - head.start() > 1 else ""
    lead = rf"\n{marks}{re.escape(head[1] or '')}"
    between = head.string[head.end(2) : head.start(3)]
    return re.compile(f"{lead}({date}){re.escape(between)}({time}){re.escape(behind)}{_AUTHOR}")


def _escaped_but_digits(text: str) -> str:
    """Escape everything in a date for a pattern; its digits stay."""
    return "".join(sign if sign.isdigit() else re.escape(sign) for sign in text)
