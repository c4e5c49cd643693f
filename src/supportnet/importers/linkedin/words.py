"""Times and pointers as the export writes them."""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from urllib.parse import unquote

from supportnet.importers.linkedin.files import PLATFORM
from supportnet.parsing.clocks import LocalClock, civil_us
from supportnet.parsing.text import without_marks
from supportnet.parsing.times import in_range, iso_local, iso_us
from supportnet.records import DAY, MINUTE, RESOLUTION_MINUTE, SECOND, MessageRef

__all__ = ["Link", "When", "day_of", "link_of", "local_time", "time_of"]

_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_DAY = re.compile(r"(\d{1,2}) ([A-Za-z]{3})[a-z]* (\d{4})", re.ASCII)
_PLAIN_DAY = re.compile(r"(\d{4})[-/](\d{2})[-/](\d{2})", re.ASCII)
_US = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{2}|\d{4}),? (\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([AP])\.?M\.?)?",
    re.ASCII | re.IGNORECASE,
)
_SECONDS = re.compile(r"\d:\d\d:\d\d")
_POST = re.compile(r"urn:li:(share|ugcPost|activity|groupPost):(\d{1,25})", re.ASCII)
_COMMENT = r"urn:li:comment:\((?:urn:li:)?(\w{1,20}):(\d{1,25}), ?(\d{1,25})\)"
_COMMENTS = re.compile(rf"(?:(commentUrn|replyUrn)=)?{_COMMENT}", re.ASCII)


class When(NamedTuple):
    """A time: µs since 1970 UTC, bit flags of `time_note`, and the step of its clock in µs."""

    t_us: int
    note: int
    resolution_us: int


class Link(NamedTuple):
    """What an address points at: a post, a comment under it, an answer to that comment."""

    post: MessageRef | None
    comment: MessageRef | None
    answer: MessageRef | None


def time_of(text: str) -> When | str:
    """Return a time in UTC, which the export may or may not say, or the reason why it is none.

    Examples
    --------
    >>> time_of("2024-03-15 09:30:00 UTC") == time_of("2024-03-15T09:30:00")
    True
    >>> time_of("2024-03-15 09:30").note, time_of("soon"), time_of("")
    (1, 'bad_date', 'undated')
    """
    t_us = iso_us(text)
    if t_us is None:
        civil = iso_local(text)
        t_us = None if civil is None else civil_us(*civil)
    if t_us is None or not in_range(t_us):
        return "bad_date" if text else "undated"
    if _SECONDS.search(text):
        return When(t_us, 0, SECOND)
    return When(t_us, RESOLUTION_MINUTE, MINUTE)


def local_time(text: str, clock: LocalClock) -> When | str:
    """Return a time that may be written the American way on the clock of the account's owner.

    Examples
    --------
    >>> local_time("3/7/24, 2:22 PM", LocalClock("Europe/Paris")).t_us
    1709817720000000
    """
    found = _US.fullmatch(without_marks(text))
    if found is None:
        return time_of(text)
    month, day, year, hour, minute, second, half = found.groups()
    hours = int(hour)
    if half is not None:
        if not 1 <= hours <= 12:
            return "bad_date"
        hours = hours % 12 + (12 if half.upper() == "P" else 0)
    full = int(year) + (2000 if len(year) == 2 else 0)
    read = clock.to_us(full, int(month), int(day), hours, int(minute), int(second or 0))
    if read is None or not in_range(read[0]):
        return "bad_date"
    if second is None:
        return When(read[0], read[1] | RESOLUTION_MINUTE, MINUTE)
    return When(read[0], read[1], SECOND)


def day_of(text: str) -> tuple[int, int] | None:
    """Return the start of a day (µs, as if in UTC) and its length; None for anything else.

    Examples
    --------
    >>> day_of("15 Jan 2024")
    (1705276800000000, 86400000000)
    >>> day_of("2024-01-15") == day_of("15 Jan 2024"), day_of("15 janv. 2024")
    (True, None)
    """
    found, plain = _DAY.fullmatch(text), _PLAIN_DAY.fullmatch(text)
    if found is not None:
        year, month, day = int(found[3]), _MONTHS.get(found[2].lower(), 0), int(found[1])
    elif plain is not None:
        year, month, day = (int(part) for part in plain.groups())
    else:
        when = time_of(text)
        return None if isinstance(when, str) else (when.t_us, when.resolution_us)
    t_us = civil_us(year, month, day, 0, 0, 0, 0)
    return None if t_us is None or not in_range(t_us) else (t_us, DAY)


def link_of(link: str) -> Link:
    """Return what an address of a post or comment points at.

    Examples
    --------
    >>> link_of("https://www.linkedin.com/feed/update/urn%3Ali%3Ashare%3A71").post.id
    'urn:li:share:71'
    """
    plain = unquote(unquote(link))
    found = _POST.search(plain)
    post = None if found is None else _ref(f"urn:li:{found[1]}:{found[2]}")
    named: dict[str, MessageRef] = {}
    for word, kind, number, ident in _COMMENTS.findall(plain):
        named.setdefault(word or "commentUrn", _ref(f"urn:li:comment:({kind}:{number},{ident})"))
        if post is None:
            post = _ref(f"urn:li:{kind}:{number}")
    return Link(post, named.get("commentUrn"), named.get("replyUrn"))


def _ref(ident: str) -> MessageRef:
    """Return the pointer at what an URN names."""
    return MessageRef(PLATFORM, ident)
