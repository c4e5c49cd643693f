"""The answers of the migration: what was planted, and what came of it in the planned events.

Counted event by event, with the definitions of the plan and nothing shared with the measure, so
that a difference between the two is a fault of an importer or of the measure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import pandas as pd

from supportnet.simulate.migration.plan import PLATFORMS
from supportnet.simulate.migration.talk import Migrated
from supportnet.simulate.numbers import rounded

__all__ = ["OLD_PLATFORM", "TARGETS", "migration_truth"]

OLD_PLATFORM = "twitter"
# Name of a question → the platforms it is about; on several, the first place counts.
TARGETS: dict[str, tuple[str, ...]] = {
    "bluesky": ("bluesky",),
    "mastodon": ("mastodon",),
    "any": PLATFORMS,
}
_DAY_US = 86_400_000_000
_Pair = frozenset[str]


def migration_truth(moved: Migrated) -> dict[str, Any]:
    """Return everything a measure should find, ready to be written as JSON.

    Parameters
    ----------
    moved
        A community of which some people moved.

    Returns
    -------
    dict
        `span`, definitions, `planted`, `realised` (per target: first days, tie survival by kind,
        triads), `people` and `totals`. The README beside the example describes the fields.
    """
    plan, people = moved.plan, moved.made.people
    said = _Said(moved)
    return {
        "synthetic": True,
        "seed": plan.seed,
        "span": {
            "start": f"{plan.start:%Y-%m-%dT%H:%M:%SZ}",
            "end": f"{plan.end:%Y-%m-%dT%H:%M:%SZ}",
        },
        "units": "shares 0..1; days; counts",
        "from_platform": OLD_PLATFORM,
        "window_days": plan.window_days,
        "baseline_days": plan.baseline_days,
        "co_moving_days": plan.co_moving_days,
        "planted": {"reformed": dict(plan.reformed), "triads": _planted_triads(moved)},
        "realised": {name: said.realised(platforms) for name, platforms in TARGETS.items()},
        "left_day": _left_days(moved),
        "people": dict(zip(people["code"], people["twitter_id"], strict=True)),
        "totals": _totals(moved),
    }


def _twinomes(moved: Migrated) -> list[list[str]]:
    """Return the members of each twinome, in the order of the plan."""
    people = moved.made.people
    part = people[people["role"] == "twinome"]
    return [group["code"].tolist() for _, group in part.groupby("group", sort=True)]


def _planted_triads(moved: Migrated) -> list[dict[str, Any]]:
    """Return the planned moves of the twinomes."""
    return [
        {
            "members": members,
            "routes": ["+".join(route) for route in move.routes],
            "spread_days": move.spread_days,
        }
        for members, move in zip(_twinomes(moved), moved.plan.twinomes, strict=True)
    ]


def _left_days(moved: Migrated) -> dict[str, float | None]:
    """Return on which day of the span each person who left used the old platform last."""
    events = moved.made.events
    last = events[events["platform"] == OLD_PLATFORM].groupby("author")["t_us"].max()
    start_us = moved.plan.talk.start_s * 1_000_000
    codes = moved.made.people["code"]
    return {
        codes[p]: rounded((last[codes[p]] - start_us) / _DAY_US) for p in sorted(moved.moves.left)
    }


def _totals(moved: Migrated) -> dict[str, Any]:
    """Return how much there is, by platform; every event stands in at least one archive."""
    events = moved.made.events
    found: dict[str, Any] = {}
    for platform, part in events.groupby("platform"):
        messages = part[part["kind"] != "repost"]
        found[str(platform)] = {
            "messages": len(messages),
            "private_1to1": int((messages["layer"] == "private_1to1").sum()),
            "public": int((messages["layer"] == "public").sum()),
            "reposts": len(part) - len(messages),
            "reply_pointers": int(messages["reply_to"].notna().sum()),
            "people": int(part["author"].nunique()),
        }
    likes = moved.likes["platform"].value_counts()
    for name in PLATFORMS:
        found[name]["likes"] = int(likes.get(name, 0))
    return found | {"follows": len(moved.follows), "people": len(moved.made.people)}


class _Said:
    """Who wrote when on which platform, and to whom."""

    def __init__(self, moved: Migrated) -> None:
        self.moved = moved
        self.plan = moved.plan
        events = moved.made.events
        self.first: dict[str, dict[str, int]] = defaultdict(dict)
        self.said: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        self.wrote: list[tuple[int, str]] = []  # on the old platform
        columns = ["t_us", "author", "others", "platform"]
        for t_us, author, others, platform in events[columns].itertuples(index=False):
            self.first[platform].setdefault(author, t_us)
            if platform == OLD_PLATFORM:
                self.wrote.append((t_us, author))
            for other in others.split():
                self.said[platform, author, other].append(t_us)
        ties = moved.made.ties
        self.kinds: dict[_Pair, str] = {
            frozenset((first, second)): kind
            for first, second, kind in ties[["first", "second", "kind"]].itertuples(index=False)
        }

    def realised(self, platforms: Sequence[str]) -> dict[str, Any]:
        """Return the numbers of a move to one of these platforms."""
        firsts = {
            code: min(self.first[p][code] for p in platforms if code in self.first[p])
            for code in self.moved.made.people["code"]
            if any(code in self.first[p] for p in platforms)
        }
        origin = min(firsts.values())
        asked = {a for t, a in self.wrote if origin - self._baseline_us <= t < origin}
        rows = list(self._ties(platforms, origin))
        triads = list(self._triads(firsts))
        return {
            "origin": pd.Timestamp(origin, unit="us").strftime("%Y-%m-%dT%H:%M:%SZ"),
            "people": len(asked),
            "joined": len(asked & firsts.keys()),
            "first_activity_day": {
                code: rounded((t - origin) / _DAY_US) for code, t in firsts.items()
            },
            "kinds": {
                name: _counted([r for r in rows if r["kind"] == name])
                for name in (*self.plan.reformed,)
            }
            | {"all": _counted(rows)},
            "ties": rows,
            "triads": triads,
        }

    @property
    def _baseline_us(self) -> int:
        """The length of the baseline, µs."""
        return self.plan.baseline_days * _DAY_US

    def _ties(self, platforms: Sequence[str], origin: int) -> Iterator[dict[str, Any]]:
        """Yield the ties that were mutual in the baseline, and what became of each."""
        for pair, kind in sorted(self.kinds.items(), key=lambda item: sorted(item[0])):
            a, b = sorted(pair)
            ways = (self.said[OLD_PLATFORM, a, b], self.said[OLD_PLATFORM, b, a])
            low = origin - self._baseline_us
            if not all(any(low <= t < origin for t in way) for way in ways):
                continue
            met = [
                max(self.first[p][a], self.first[p][b])
                for p in platforms
                if a in self.first[p] and b in self.first[p]
            ]
            both_ways = [
                max(self.said[p, a, b][0], self.said[p, b, a][0])
                for p in platforms
                if self.said[p, a, b] and self.said[p, b, a]
            ]
            window_us = self.plan.window_days * _DAY_US
            is_back = bool(both_ways) and min(both_ways) - min(met) <= window_us
            yield {
                "pair": [a, b],
                "kind": kind,
                "both_present": bool(met),
                "reestablished": is_back,
                "delay_days": rounded((min(both_ways) - min(met)) / _DAY_US) if is_back else None,
            }

    def _triads(self, firsts: dict[str, int]) -> Iterator[dict[str, Any]]:
        """Yield how far apart the members of each twinome moved."""
        for members in _twinomes(self.moved):
            times = [firsts[code] for code in members if code in firsts]
            gaps = [abs(x - y) for x, y in combinations(times, 2)]
            spread = max(gaps) / _DAY_US if len(times) == len(members) else None
            yield {
                "members": members,
                "present": len(times),
                "spread_days": rounded(spread),
                "co_moving": None if spread is None else spread <= self.plan.co_moving_days,
            }


def _counted(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Count ties and give both shares; None where nobody is at risk."""
    n, both = len(rows), sum(r["both_present"] for r in rows)
    back = sum(r["reestablished"] for r in rows)
    return {
        "baseline": n,
        "both_present": both,
        "reestablished": back,
        "conditional": rounded(back / both) if both else None,
        "unconditional": rounded(back / n) if n else None,
    }
