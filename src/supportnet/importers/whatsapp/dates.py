"""Day first or month first: decided once per spelling of dates in a file, with the rule named.

A chat file does not say which order its dates have, and a wrong guess moves messages by months. So
every date of the file is looked at before the first is used, and where they leave two readings
open nothing is assumed: the researcher says which one holds.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

from supportnet.errors import InputError, choose
from supportnet.importers.whatsapp.grammar import Shape

__all__ = ["ORDERS", "Decision", "Evidence", "Order", "as_day", "decide", "decide_all"]

Order: TypeAlias = Literal["dmy", "mdy", "ymd"]
ORDERS: tuple[Order, ...] = ("dmy", "mdy", "ymd")
TWO_ORDERS: tuple[Order, ...] = ("dmy", "mdy")

CLEAR = 20  # how much oftener one reading must be proved than the other, where both are
NEARLY = 0.02  # share of steps backwards that late deliveries may explain

_PLACES: dict[Order, tuple[int, int, int]] = {
    "dmy": (2, 1, 0),
    "mdy": (2, 0, 1),
    "ymd": (0, 1, 2),
}


class Decision(NamedTuple):
    """The order of one shape's dates and the rule that fired."""

    order: Order
    rule: str


@dataclass(slots=True)
class Evidence:
    """What one shape's dates show, counted in file order over changes of date.

    Attributes
    ----------
    n
        Dates seen, immediate repetitions left out.
    day_first, month_first
        Dates that can only be read day first, or only month first.
    either
        Dates equal in both readings.
    backward
        Steps back in time under each order.
    not_ymd
        Dates that are no day when the year is read first.
    lines
        Line numbers of the first dates that can be read two ways.
    attached
        Votes of attachment names: order → number of rows whose name agrees with it alone.
    """

    n: int = 0
    day_first: int = 0
    month_first: int = 0
    either: int = 0
    backward: Counter[Order] = field(default_factory=Counter)
    not_ymd: int = 0
    lines: list[int] = field(default_factory=list)
    attached: Counter[Order] = field(default_factory=Counter)
    _fields: tuple[int, int, int] = (0, 0, 0)
    _days: dict[Order, dt.date] = field(default_factory=dict)

    def see(self, fields: tuple[int, int, int], line: Callable[[], int]) -> None:
        """Take in the next date of the shape; `line` tells where it stands, if it is asked."""
        if fields == self._fields:
            return
        self._fields = fields
        self.n += 1
        a, b, _ = fields
        if a == b:
            self.either += 1
        elif a > 12 >= b:
            self.day_first += 1
        elif b > 12 >= a:
            self.month_first += 1
        elif a <= 12 and len(self.lines) < 3:
            self.lines.append(line())
        if as_day(fields, "ymd") is None:
            self.not_ymd += 1
        for order in TWO_ORDERS:
            day = as_day(fields, order)
            if day is not None:
                if day < self._days.get(order, day):
                    self.backward[order] += 1
                self._days[order] = day

    def see_attachment(self, fields: tuple[int, int, int], true_day: dt.date) -> None:
        """Take in a row whose attachment's name carries the day."""
        days = {order: as_day(fields, order) for order in TWO_ORDERS}
        if days["dmy"] != days["mdy"]:
            for order in TWO_ORDERS:
                if days[order] == true_day:
                    self.attached[order] += 1


def as_day(fields: tuple[int, int, int], order: Order) -> dt.date | None:
    """Read three numbers as a day in the given order; None where the calendar has no such day.

    Examples
    --------
    >>> as_day((2, 13, 23), "mdy")
    datetime.date(2023, 2, 13)
    >>> as_day((2, 13, 23), "dmy") is None
    True
    """
    year, month, day = (fields[place] for place in _PLACES[order])
    try:
        return dt.date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        return None


def _proved(evidence: Evidence) -> Decision | None:
    """Rule 2: a number above 12 cannot be a month."""
    if evidence.day_first > CLEAR * evidence.month_first:
        return Decision("dmy", "rule 2")
    if evidence.month_first > CLEAR * evidence.day_first:
        return Decision("mdy", "rule 2")
    return None


def _monotone(evidence: Evidence) -> Decision | None:
    """Rule 3: only the true order keeps a chat nearly in order of time."""
    allowed = int(NEARLY * evidence.n)
    steps = evidence.backward
    best: Order = "dmy" if steps["dmy"] <= steps["mdy"] else "mdy"
    worst = max(steps["dmy"], steps["mdy"])
    if steps[best] <= allowed and worst > 3 * steps[best] + allowed:
        return Decision(best, "rule 3")
    return None


def _attached(evidence: Evidence) -> Decision | None:
    """Rule 4: attachment names carry the day of their message, year first."""
    votes = evidence.attached
    if votes["dmy"] > 3 * votes["mdy"]:
        return Decision("dmy", "rule 4")
    if votes["mdy"] > 3 * votes["dmy"]:
        return Decision("mdy", "rule 4")
    return None


def _custom(shape: Shape, language: str | None, *, day_first_language: bool) -> Decision | None:
    """Rule 5: what phones set to a language usually write; silent where two hints disagree."""
    month_first = shape.time in ("12", "12s") and language in (None, "en")
    day_first = shape.date.startswith(".") or day_first_language
    if month_first == day_first:
        return None
    return Decision("mdy" if month_first else "dmy", "rule 5")


def decide(
    shape: Shape,
    evidence: Evidence,
    *,
    option: str | None = None,
    language: str | None = None,
    day_first_language: bool = False,
) -> Decision | None:
    """Find the order of one shape's dates.

    Parameters
    ----------
    shape
        How the headers are written.
    evidence
        What all dates of that shape show.
    option
        The researcher's `--date-order`.
    language
        Language of the app's own words in the file, where they show one.
    day_first_language
        Whether that language always writes the day before the month.

    Returns
    -------
    Decision or None
        The order and the rule that fired; None where two readings stay open.

    Notes
    -----
    In this order: rule 1, a four-digit first number is a year; rule 2, a number above 12 is no
    month; the option; no date differs between the two readings; rule 3, exactly one order keeps
    the dates nearly non-decreasing; rule 4, the names of attachments, which outweigh rule 3 where
    the two disagree; rule 5, AM and PM speak for the month first, a full stop between the numbers
    or a language such as French for the day first.

    Examples
    --------
    >>> seen = Evidence()
    >>> seen.see((2, 3, 23), lambda: 1)
    >>> seen.see((2, 13, 23), lambda: 2)
    >>> decide(Shape(ios=False, date="/2", time="12"), seen)
    Decision(order='mdy', rule='rule 2')
    """
    if shape.date.startswith("4"):
        return Decision("ymd", "rule 1")
    if option == "ymd" and not evidence.not_ymd:
        return Decision("ymd", "option")
    if decision := _proved(evidence):
        return decision
    if option in ("dmy", "mdy"):
        return Decision("dmy" if option == "dmy" else "mdy", "option")
    if evidence.day_first and evidence.month_first:
        return None
    if evidence.either == evidence.n:
        return Decision("dmy", "either order")
    third, fourth = _monotone(evidence), _attached(evidence)
    if third and fourth and third.order != fourth.order:
        return fourth
    return third or fourth or _custom(shape, language, day_first_language=day_first_language)


def decide_all(
    shapes: Mapping[Shape, Evidence],
    *,
    option: str | None,
    language: str | None,
    day_first_language: bool,
    label: str,
) -> dict[Shape, Decision]:
    """Decide every shape of a file, or say which lines leave the order open.

    Raises
    ------
    InputError
        When the dates of a shape can be read two ways; the sentence names lines and the option.
    """
    if option is not None:
        choose(option, ORDERS, "--date-order")
    decided: dict[Shape, Decision] = {}
    for shape, evidence in shapes.items():
        decision = decide(
            shape,
            evidence,
            option=option,
            language=language,
            day_first_language=day_first_language,
        )
        if decision is None:
            lines = ", ".join(str(line) for line in evidence.lines) or "of both orders"
            msg = (
                f"dates in one certain order were expected; {label} has dates that read both as "
                f"day-month and as month-day (lines {lines}); pass --date-order dmy or mdy."
            )
            raise InputError(msg)
        decided[shape] = decision
    return decided
