"""Loose acquaintance: ties that come about by chance and through common contacts.

Week by week, a pair without a tie gets one with the base chance, and each open wedge between the
two (a person tied to both) closes on its own with the planted hazard.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from supportnet.simulate.draws import Stream
from supportnet.simulate.kinds import TieKind
from supportnet.simulate.plan import FormedBy, Person, Plan, PlannedTie

__all__ = ["Formation", "form_ties"]

_STREAM = 102


@dataclass(frozen=True, slots=True)
class Formation:
    """The background ties and how they came about.

    Attributes
    ----------
    ties
        New ties, numbered on from the planted ones.
    wedge_weeks
        Sum over weeks of the open wedges at risk.
    closures, base
        Ties made by an open wedge, by base chance.
    pair_weeks
        Sum over weeks of the pairs without a tie.
    """

    ties: list[PlannedTie]
    wedge_weeks: int
    pair_weeks: int
    closures: int
    base: int


def form_ties(plan: Plan, people: list[Person], planted: list[PlannedTie]) -> Formation:
    """Let acquaintances form over the span of a plan.

    Parameters
    ----------
    plan
        Hazards and number of initial ties.
    people
        Two persons without archive never tie: nobody would have seen it.
    planted
        Ties that exist from the first week.

    Returns
    -------
    Formation
        Ties and the counts that give back the planted hazards.

    Notes
    -----
    A pair with c open wedges ties in a week with probability 1 - (1-b)(1-h)^c, b the base hazard
    and h the closure hazard. A tie counts as made by closure when its own draw for closure hit.
    """
    stream = Stream(plan.seed, _STREAM)
    n = len(people)
    tied = np.zeros((n, n), dtype=np.int64)
    for tie in planted:
        tied[tie.first, tie.second] = tied[tie.second, tie.first] = 1
    donor = np.array([p.donor for p in people])
    rows, cols = np.triu_indices(n, k=1)
    seen = donor[rows] | donor[cols]
    rows, cols = rows[seen], cols[seen]
    ties = list(planted)
    free = [k for k in range(len(rows)) if not tied[rows[k], cols[k]]]
    for start in stream.shuffled(free)[: plan.initial_ties]:
        _tie(stream, plan, ties, tied, (int(rows[start]), int(cols[start])), 0, "initial")
    wedge_weeks = pair_weeks = closures = base = 0
    for week in range(1, (plan.end - plan.start).days // 7):
        common = (tied @ tied)[rows, cols]
        open_ = tied[rows, cols] == 0
        wedge_weeks += int(common[open_].sum())
        pair_weeks += int(open_.sum())
        closes = stream.uniforms(len(rows)) < 1.0 - (1.0 - plan.closure_hazard) ** common
        meets = stream.uniforms(len(rows)) < plan.base_hazard
        for k in np.flatnonzero(open_ & (closes | meets)):
            closures += int(closes[k])
            base += int(meets[k])
            how: FormedBy = "closure" if closes[k] else "base"
            _tie(stream, plan, ties, tied, (int(rows[k]), int(cols[k])), week, how)
    return Formation(ties[len(planted) :], wedge_weeks, pair_weeks, closures, base)


def _tie(
    stream: Stream,
    plan: Plan,
    ties: list[PlannedTie],
    tied: np.ndarray[tuple[int, int], np.dtype[np.int64]],
    pair: tuple[int, int],
    week: int,
    how: FormedBy,
) -> None:
    """Add one background tie to the list and to the matrix."""
    kind: TieKind = "friend" if stream.chance(plan.friend_share) else "acquaintance"
    ties.append(PlannedTie(len(ties), *pair, kind, formed_by=how, week=week))
    tied[pair] = tied[pair[::-1]] = 1
