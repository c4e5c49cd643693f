"""For generated moves to another platform: what was planted, beside what was found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from supportnet.report.findings import Findings
from supportnet.report.migration import platform_name
from supportnet.report.moves import Moves
from supportnet.report.words import Talk

__all__ = ["counts", "estimates"]

_COUNTED = ("people", "joined", "baseline_ties", "both_present", "reestablished")
# Our count → the key of the planted answers, among those of all kinds of ties.
_OF_TIES = {"baseline_ties": "baseline", "both_present": "both_present"}


def _move(found: Findings, truth: Mapping[str, Any]) -> Moves | None:
    """Return the planted move among those found."""
    old = truth.get("from_platform")
    return next((move for move in found.moves if move.old == old), None)


def counts(found: Findings, truth: Mapping[str, Any], talk: Talk) -> list[tuple[str, Any, Any]]:
    """Return what is counted of a planted move.

    Parameters
    ----------
    found, truth, talk
        What was found; the planted answers; the language.

    Returns
    -------
    list of tuple
        What, planted, found: people and ties by target, and twinomes that moved together.
    """
    move = _move(found, truth)
    if move is None:
        return []
    rows: list[tuple[str, Any, Any]] = []
    for target, answers in truth.get("realised", {}).items():
        if target not in move.numbers:
            continue
        to = talk.say("mig.t_any") if target == "any" else platform_name(target)
        for name in _COUNTED:
            if name == "people" and target != "any":
                continue
            ties = answers["kinds"]["all"]
            planted = answers[name] if name in answers else ties[_OF_TIES.get(name, name)]
            label = talk.say(f"mig.t_{name}", old=platform_name(move.old), to=to)
            rows.append((label, planted, int(move.number(target, name)["value"])))
    triads = truth.get("realised", {}).get("any", {}).get("triads")
    if triads and len(move.triads):
        planted = sum(bool(one["co_moving"]) for one in triads)
        rows.append((talk.say("mig.t_together"), planted, int(move.triads["together"].sum())))
    return rows


def estimates(
    found: Findings, truth: Mapping[str, Any], talk: Talk
) -> list[tuple[str, str, float, float, float, float, float, str]]:
    """Return what is estimated of a planted move.

    Parameters
    ----------
    found, truth, talk
        As for :func:`counts`.

    Returns
    -------
    list of tuple
        By kind of group: name, unit, the planted chance that a tie whose ends meet is taken up,
        its realised share, the estimate, the interval's bounds, its method.
    """
    move = _move(found, truth)
    if move is None:
        return []
    chances = truth.get("planted", {}).get("reformed", {})
    realised = truth.get("realised", {}).get("any", {}).get("kinds", {})
    rows = move.kinds[move.kinds["measure"] == "conditional"].set_index("kind")
    lines = []
    for kind in ("twinome", "dyad"):
        if kind not in chances or kind not in rows.index:
            continue
        value, low, high = (float(rows.loc[kind, c]) for c in ("value", "low", "high"))  # type: ignore[arg-type]
        share = realised.get(kind, {}).get("conditional")
        label = talk.say("mig.t_kind", kind=talk.name(kind, "kind"))
        done = float("nan") if share is None else float(share)
        lines.append((label, "share", float(chances[kind]), done, value, low, high, "wilson"))
    return lines
