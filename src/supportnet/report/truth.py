"""For generated communities: what was planted, beside what was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from supportnet.community import Community
from supportnet.measures import closure_times
from supportnet.report import truth_moves as moved
from supportnet.report.cells import interval_cell, value_cell
from supportnet.report.differences import Differences
from supportnet.report.findings import Findings
from supportnet.report.html import Column, Html, safe_name, table, tag
from supportnet.report.settings import Settings
from supportnet.report.words import Talk

__all__ = ["Line", "lines_of", "truth_section"]

_KINDS = ("twinome", "dyad")
# Our number → the planted and the realised one, inside `private_1to1` or `public`.
_LATENCY = {"rmst": ("rmst24_h", "rmst24_tie_mean_h"), "rate_24h": ("rate", "rate")}


@dataclass(frozen=True, slots=True)
class Line:
    """One planted number beside its estimate."""

    name: str
    unit: str
    planted: float
    realised: float
    estimate: float
    low: float
    high: float
    method: str

    @property
    def inside(self) -> bool | None:
        """Whether the planted number lies in the interval; None without an interval."""
        if np.isnan(self.low) or np.isnan(self.planted):
            return None
        return bool(self.low <= self.planted <= self.high)


def truth_section(
    community: Community,
    found: Findings,
    differences: Differences,
    truth: Mapping[str, Any],
    talk: Talk,
    settings: Settings,
) -> Html:
    """Return the section on planted truth.

    Parameters
    ----------
    community, found
        The generated community and what was found in it.
    differences
        The comparison of kinds of groups.
    truth
        The planted answers, as in the example's `truth.json`.
    talk, settings
        The language; all settings.

    Returns
    -------
    Html
        Counts (planted, found, equal) and estimates (planted, realised, estimate, interval, and
        whether the planted number lies in it).
    """
    lines = lines_of(community, found, differences, truth, talk, settings)
    inside = [line.inside for line in lines if line.inside is not None]
    about = talk.say("truth.none_with_interval")
    if inside:
        about = talk.say("truth.about", hit=sum(inside), all=len(inside))
    return tag(
        "section",
        tag("h2", talk.say("h.truth"), id="truth"),
        tag("p", about),
        _counts(found, truth, talk, settings),
        _estimates(lines, talk),
        tag("p", talk.say("truth.note"), class_="small"),
    )


def _counts(found: Findings, truth: Mapping[str, Any], talk: Talk, settings: Settings) -> Html:
    """Return what is counted, planted and found."""
    totals, groups = truth.get("totals", {}), truth.get("groups", {})
    card = found.card
    sizes = Counter(found.groups.drop_duplicates(["kind", "group"])["kind"].astype(str))
    pairs: list[tuple[str, Any, Any]] = [
        (talk.say("t.messages"), totals.get("messages"), card["messages"]),
        (talk.say("t.people"), totals.get("donors"), card["coverage"]["donors"]),
    ]
    for kind, n in totals.get("visibility", {}).items():
        label = talk.say("t.visibility", kind=talk.name(kind, "visibility"))
        pairs.append((label, n, card["visibility"].get(kind, 0)))
    for kind, n in totals.get("contacts", {}).items():
        pairs.append(
            (talk.say("t.contacts", kind=safe_name(kind)), n, card["contacts"].get(kind, 0))
        )
    for kind, key in (("twinome", "twinomes"), ("dyad", "dyads"), ("friend_network", "hubs")):
        label = talk.say(f"t.{kind}", k=talk.count(settings.min_contacts))
        pairs.append((label, len(groups[key]) if key in groups else None, sizes[kind]))
    pairs += moved.counts(found, truth, talk)
    rows = [
        (label, talk.count(planted), talk.count(seen), _yes(planted == seen, talk))
        for label, planted, seen in pairs
        if planted is not None
    ]
    keys = ("truth.quantity", "truth.planted", "truth.found", "truth.equal")
    columns = [Column(talk.say(key), numeric=0 < place < 3) for place, key in enumerate(keys)]
    return table(talk.say("truth.counts"), columns, rows)


def _yes(answer: bool | None, talk: Talk) -> Html:  # noqa: FBT001
    """Return yes or no, said and coloured."""
    if answer is None:
        return tag("span", talk.say("truth.no_interval"), class_="why")
    return tag("span", talk.say("yes" if answer else "no"), class_="yes" if answer else "no")


def _estimates(lines: Sequence[Line], talk: Talk) -> Html:
    """Return the table of estimates."""
    rows = [
        (
            line.name,
            value_cell(line.planted, line.unit, talk),
            value_cell(line.realised, line.unit, talk),
            value_cell(line.estimate, line.unit, talk),
            interval_cell(line.low, line.high, line.method, talk),
            _yes(line.inside, talk),
        )
        for line in lines
    ]
    columns = [
        Column(talk.say("truth.quantity")),
        Column(talk.say("truth.planted"), numeric=True),
        Column(talk.say("truth.realised"), numeric=True),
        Column(talk.say("truth.estimate"), numeric=True),
        Column(talk.say("interval"), numeric=True),
        Column(talk.say("truth.inside")),
    ]
    return table(talk.say("truth.numbers"), columns, rows)


def lines_of(
    community: Community,
    found: Findings,
    differences: Differences,
    truth: Mapping[str, Any],
    talk: Talk,
    settings: Settings,
) -> list[Line]:
    """Return every planted number that has an estimate.

    Parameters
    ----------
    community, found, differences, truth, talk, settings
        As for :func:`truth_section`.

    Returns
    -------
    list of Line
        Ties of twinomes and dyads, differences between them, closure.
    """
    kinds = truth.get("kinds", {})
    lines = [line for kind in _KINDS for line in _of_kind(found, kinds.get(kind, {}), kind, talk)]
    if all(kind in kinds for kind in _KINDS):
        lines += _of_differences(differences, kinds, talk)
    planted = truth.get("closure", {}).get("planted", {}).get("hazard_per_wedge_week")
    if planted is not None:
        lines.append(_closure(community, truth["closure"], talk, settings))
    lines += [Line(*values) for values in moved.estimates(found, truth, talk)]
    return lines


def _planted(kind: Mapping[str, Any], number: str, layer: str) -> tuple[float, float]:
    """Return the planted and the realised number of one kind; NaN where there is none."""
    found = []
    for side, place in (("planted", 0), ("realised", 1)):
        part = kind.get(side, {})
        if number == "private_share":
            value = part.get("private_share")
        else:
            value = part.get(layer, {}).get(_LATENCY[number][place])
            value = value.get("24") if isinstance(value, Mapping) else value
        found.append(float("nan") if value is None else float(value))
    return found[0], found[1]


def _of_kind(found: Findings, kind: Mapping[str, Any], name: str, talk: Talk) -> list[Line]:
    """Return the lines of one kind's ties."""
    lines = []
    for number, layer in (
        ("private_share", ""),
        ("rmst", "private_1to1"),
        ("rate_24h", "private_1to1"),
        ("rmst", "public"),
        ("rate_24h", "public"),
    ):
        construct = f"{number}_public" if layer == "public" else number
        rows = found.kinds[(found.kinds["construct"] == construct) & (found.kinds["kind"] == name)]
        planted, realised = _planted(kind, number, layer)
        if rows.empty or np.isnan(planted):
            continue
        row = rows.iloc[0]
        label = talk.say(
            f"t.{number}",
            kind=talk.name(name, "kind"),
            layer=talk.name("public" if layer == "public" else "private", "layer"),
        )
        lines.append(
            Line(
                label,
                "hours" if number == "rmst" else "share",
                planted,
                realised,
                float(row["value"]),
                float(row["low"]),
                float(row["high"]),
                str(row["method"]),
            )
        )
    return lines


def _of_differences(differences: Differences, kinds: Mapping[str, Any], talk: Talk) -> list[Line]:
    """Return the lines of the differences between twinomes and dyads."""
    lines = []
    outcomes = {
        "reply_latency": ("rmst", "private_1to1", "hours"),
        "response_rate": ("rate_24h", "private_1to1", "share"),
        "private_share": ("private_share", "", "share"),
    }
    for contrast, result in differences.results.items():
        table_ = result.table
        for outcome, (number, layer, unit) in outcomes.items():
            rows = table_[
                (table_["outcome"] == outcome)
                & (table_["kind"] == "twinome")
                & (table_["compared_with"] == "dyad")
            ]
            if rows.empty or np.isnan(rows["estimate"].iloc[0]):
                continue
            row = rows.iloc[0]
            one, other = (_planted(kinds[kind], number, layer) for kind in _KINDS)
            label = talk.say(
                "t.difference",
                what=talk.name(outcome, "outcome"),
                contrast=talk.say(f"cmp.{contrast}"),
            )
            lines.append(
                Line(
                    label,
                    unit,
                    one[0] - other[0],
                    one[1] - other[1],
                    float(row["estimate"]),
                    float(row["ci_low"]),
                    float(row["ci_high"]),
                    str(row["ci_method"]),
                )
            )
    return lines


def _closure(
    community: Community, closure: Mapping[str, Any], talk: Talk, settings: Settings
) -> Line:
    """Return the line of the closure hazard, in closures per open wedge and week."""
    table_ = closure_times(
        community,
        layer="all",
        projection="union",
        burn_in=settings.burn_in,
        tau=settings.closure_tau,
        attribution=settings.attribution,
    ).set_index("measure")
    realised = closure.get("realised", {})
    weeks = realised.get("wedge_weeks") or float("nan")
    return Line(
        talk.say("t.closure_hazard"),
        "index",
        float(closure["planted"]["hazard_per_wedge_week"]),
        float(realised.get("closures", float("nan"))) / weeks,
        float(table_.loc["closure_hazard", "value"]) * 7,  # type: ignore[arg-type]
        float("nan"),
        float("nan"),
        "none",
    )
