"""What became of persons and of ties: arrived or not, taken up again or not, or not known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from supportnet.coverage import span
from supportnet.measures.migration.sightings import Sightings
from supportnet.units import first_status

__all__ = ["DAY_US", "Move"]

DAY_US = 86_400_000_000


class Move:
    """A move from one platform to one or several others.

    Attributes
    ----------
    origin_us
        When it began, µs UTC.
    people
        Index person: `day` (of the first message on a new platform, since the origin), `n`
        (messages there), `followed_days` (till then, else till the end of observation),
        `last_day_before` (of the last message on the old platform), `status`.
    ties
        `lo`, `hi`: mutual in the baseline; `both_present`, `present_day`, `delay_days`, `back`,
        `followed` (for the whole window), `n` (messages between the two there), and what is known:
        `watched`, `absent`.
    """

    def __init__(
        self,
        seen: Sightings,
        old: str,
        new: Sequence[str],
        *,
        window_us: int,
        baseline_us: int,
        origin_us: int | None,
    ) -> None:
        self._seen, self._old, self._new = seen, old, tuple(new)
        self._window_us = window_us
        self.origin_us = self._begin() if origin_us is None else origin_us
        start_us = self.origin_us - baseline_us
        self.ties = self._follow_ties(start_us)
        asked = seen.authors(old, start_us, self.origin_us)
        self.people = self._follow_people(pd.Index(asked, name="person_id"))

    def _begin(self) -> int:
        """Return the first activity of anybody on a new platform, else the end of coverage."""
        firsts = [self._seen.activity(p)["first_us"].min() for p in self._new]
        known = [int(t) for t in firsts if pd.notna(t)]
        return min(known) if known else (span(self._seen.dataset).end_us or 0)

    def _follow_people(self, people: pd.Index[int]) -> pd.DataFrame:
        """Return what became of persons who used the old platform."""
        asked = people.to_numpy(dtype=np.int64)
        first = self._seen.first(self._new, asked)
        end = self._seen.ends(asked)
        counts = [self._seen.activity(p)["n"].reindex(people) for p in self._new]
        left = self._seen.activity(self._old)["last_us"].astype("float64").reindex(people)
        known = np.ones(len(asked), dtype=bool)
        for platform in self._new:
            known &= self._seen.is_absent(platform, asked)
        came = ~np.isnan(first)
        until = np.where(came, first, np.where(known, end, np.nan))
        return pd.DataFrame(
            {
                "day": (first - self.origin_us) / DAY_US,
                "n": sum((c.fillna(0).astype("int64") for c in counts), start=pd.Series(0, people)),
                "followed_days": (until - self.origin_us) / DAY_US,
                "last_day_before": (left - self.origin_us) / DAY_US,
                "status": first_status(
                    {"not_identified": ~came & ~known, "all_censored": ~came}, people
                ),
            },
            index=people,
        )

    def _follow_ties(self, start_us: int) -> pd.DataFrame:
        """Return what became of the ties that were mutual on the old platform."""
        found = self._seen.ties(self._old, start_us, self.origin_us)
        mutual = (found["n_fwd"] > 0) & (found["n_back"] > 0)
        base = found.loc[mutual, ["lo", "hi"]].astype("int64").sort_values(["lo", "hi"])
        base = base.reset_index(drop=True)
        lo, hi = base["lo"], base["hi"]
        present = np.full(len(base), np.nan)
        both_ways = np.full(len(base), np.nan)
        n = np.zeros(len(base), np.int64)
        watched = np.ones(len(base), bool)
        absent = np.ones(len(base), bool)
        for platform in self._new:
            firsts = [self._seen.first([platform], side) for side in (lo, hi)]
            here = np.maximum(*firsts)
            there = base.merge(self._seen.ties(platform), on=["lo", "hi"], how="left")
            times = there[["first_fwd_us", "first_back_us"]].astype("Float64")
            exchanged = np.maximum(*(times[c].to_numpy(np.float64, na_value=np.nan) for c in times))
            present, both_ways = np.fmin(present, here), np.fmin(both_ways, exchanged)
            n += there[["n_fwd", "n_back"]].sum(axis=1).fillna(0).to_numpy(dtype=np.int64)
            watched &= np.isnan(here) | self._seen.is_watched(platform, lo, hi)
            gone = [self._seen.is_absent(platform, side) for side in (lo, hi)]
            absent &= gone[0] | gone[1]
        end = np.minimum(self._seen.ends(lo), self._seen.ends(hi))
        delay = both_ways - present
        return base.assign(
            n=n,
            both_present=~np.isnan(present),
            present_day=(present - self.origin_us) / DAY_US,
            delay_days=delay / DAY_US,
            back=delay <= self._window_us,
            followed=present + self._window_us <= end,
            watched=watched,
            absent=absent,
        )

    def tie_status(self, *, conditional: bool) -> pd.Series[str]:
        """Return for each tie why its value is not defined, or `ok`.

        Parameters
        ----------
        conditional
            Whether only ties whose ends are both present are at risk.
        """
        t = self.ties
        lost = t["both_present"] & ~t["back"]
        cases = {
            "not_identified": (lost & ~t["watched"]) | (~t["both_present"] & ~t["absent"]),
            "all_censored": lost & ~t["followed"],
        }
        if conditional:
            cases["zero_denominator"] = ~t["both_present"]
        return first_status(cases, t.index)

    def counted(self, *, conditional: bool) -> pd.Series[bool]:
        """Say which ties a share counts: those known, and followed for the whole window.

        A tie taken up soon after a late meeting is left out with those that were not: else late
        meetings would count only where they went well.
        """
        t = self.ties
        known = self.tie_status(conditional=conditional).eq("ok")
        return known & (t["followed"] | ~t["both_present"])
