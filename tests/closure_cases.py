"""Networks with known answers and plain re-implementations, for the tests of the closure family."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from builders import community, covers, talk
from supportnet.community import Community, from_dataframe

DAY_S = 86_400
DAY_US = DAY_S * 1_000_000
START_S = 1_704_067_200
PEOPLE = "abcde"
# The five-person network of the methods page: weight of each arc.
G5 = {"ab": 4, "ba": 2, "bc": 3, "cb": 3, "ac": 1, "cd": 2, "de": 5, "ed": 1}
# Births of ties, days; coverage ends after 30 days.
TOY_W = [("a", "b", 0.0), ("a", "c", 2.0), ("d", "a", 5.0), ("b", "c", 10.0)]


def frame(rows: Iterable[tuple[Any, Any, float]], **options: Any) -> Community:
    """Return a community of messages (sender, recipient, days after the start)."""
    table = pd.DataFrame(list(rows), columns=["sender", "recipient", "day"])
    table["time"] = (START_S * 1_000_000 + (table["day"] * DAY_US).round()).astype("int64")
    days = options.pop("days", None)
    start = pd.Timestamp(START_S, unit="s", tz="UTC")
    if days is not None:
        options.update(start=start, end=start + pd.Timedelta(days=days))
    options.setdefault("visibility", "private_1to1")
    return from_dataframe(table.drop(columns="day"), unit="us", **options)


def g5(**options: Any) -> Community:
    """Return G5; persons a to e get the ids 0 to 4."""
    ring = [(x, y) for x, y in zip("abcd", "bcde", strict=True)]
    first = [(pair, 0.0) for pair in ring if "".join(pair) in G5]
    rest = [
        ((arc[0], arc[1]), 1.0 + number)
        for number, arc in enumerate(arc for arc, weight in G5.items() for _ in range(weight))
    ]
    seen = {pair for pair, _ in first}
    for pair in seen:  # the opening rows take one message from each of these arcs
        rest.remove(next(row for row in rest if row[0] == pair))
    return frame([(*pair, day) for pair, day in [*first, *rest]], **options)


def toy_w(**options: Any) -> Community:
    """Return toy W, a public network (a tie needs one message)."""
    return frame(TOY_W, visibility="public", days=30, **options)


def one_archive() -> Community:
    """Return what one person's archive shows: her own messages, and what others sent to her."""
    rows = [(0, 1, 0, "private"), (1, 0, 1, "private"), (0, 2, 2, "private"), (2, 0, 3, "private")]
    rows += [(0, 1, 4, "public"), (0, 3, 5, "private")]
    return talk(rows, coverage=[covers(0, "private_in private_out public_out")])


def three_donors() -> Community:
    """Return archives of persons 0, 1, 2, who all write to each other, and to 3 and 4."""
    rows = []
    for one, two in [(0, 1), (1, 2), (0, 2), (0, 3), (1, 3), (2, 4)]:
        rows += [(one, two, len(rows), "private"), (two, one, len(rows) + 1, "private")]
    donors = [covers(p, "private_in private_out public_out") for p in (0, 1, 2)]
    return talk(rows, coverage=donors)


def public_only() -> Community:
    """Return a whole public community in which nobody's private messages are known."""
    flags = "public_in public_out alter_alter"
    return talk([(0, 1, 0, "public"), (1, 2, 1, "public")], coverage=[covers(None, flags)])


def random_rows(seed: int, *, people: int = 9, events: int = 60) -> list[tuple[str, str, float]]:
    """Return messages among a few persons, many at equal times."""
    rng = np.random.default_rng(seed)
    rows = []
    while len(rows) < events:
        one, two = rng.integers(0, people, 2)
        if one != two:
            rows.append((f"p{one}", f"p{two}", float(rng.integers(0, 40))))
    return rows


def births(rows: Iterable[tuple[Any, Any, float]], projection: str) -> dict[frozenset[Any], float]:
    """Return the birth of each tie, days."""
    first: dict[tuple[Any, Any], float] = {}
    for sender, recipient, day in rows:
        first[sender, recipient] = min(day, first.get((sender, recipient), np.inf))
    ties = {}
    for (sender, recipient), day in first.items():
        back = first.get((recipient, sender))
        if projection == "mutual" and back is not None:
            ties[frozenset((sender, recipient))] = max(day, back)
        if projection == "union":
            ties[frozenset((sender, recipient))] = day if back is None else min(day, back)
    return ties


def wedges(ties: dict[frozenset[Any], float], end: float) -> list[dict[str, Any]]:
    """List every wedge ever open: centre, ends, opened, wait (days), closed, opening pair."""
    people = sorted({person for tie in ties for person in tie})
    found = []
    for centre in people:
        near = [p for p in people if frozenset((centre, p)) in ties]
        for j, k in combinations(near, 2):
            arms = [(ties[frozenset((centre, p))], p) for p in (j, k)]
            opened = max(arms)[0]
            closed = ties.get(frozenset((j, k)))
            if closed is not None and closed <= opened:
                continue
            late = [p for day, p in arms if day == opened]
            found.append(
                {
                    "centre": centre,
                    "ends": frozenset((j, k)),
                    "opened": opened,
                    "wait": (end if closed is None else closed) - opened,
                    "closed": closed is not None,
                    "openers": [frozenset((centre, p)) for p in late],
                }
            )
    return found


def kaplan_meier(spells: list[tuple[float, bool]], tau: float) -> float:
    """Return the probability of an event by tau."""
    share = 1.0
    for time in sorted({wait for wait, event in spells if event and wait <= tau}):
        at_risk = sum(wait >= time for wait, _ in spells)
        events = sum(event and wait == time for wait, event in spells)
        share *= 1 - events / at_risk
    return 1 - share


def numbers(table: pd.DataFrame, column: str = "value") -> dict[str, Any]:
    """Return measure → value of a network-level table."""
    return dict(zip(table["measure"], table[column], strict=True))


__all__ = [
    "DAY_S", "DAY_US", "G5", "PEOPLE", "births", "community", "frame", "g5", "kaplan_meier",
    "numbers", "one_archive", "public_only", "random_rows", "three_donors", "toy_w", "wedges",
]  # fmt: skip
