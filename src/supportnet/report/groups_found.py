"""The section on the groups that were found: counts by kind, nothing about a single group."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from supportnet.plots.data import kinds_in_order
from supportnet.report import pictures
from supportnet.report.findings import Findings
from supportnet.report.html import Column, Html, join, safe_name, table, tag
from supportnet.report.settings import Settings
from supportnet.report.suppress import hide_small
from supportnet.report.words import Talk

__all__ = ["groups_found"]

_HALF_DAYS = 84


def groups_found(all_found: Sequence[Findings], settings: Settings, talk: Talk) -> Html:
    """Return how many groups of each kind there are.

    Parameters
    ----------
    all_found
        The communities.
    settings
        All settings.
    talk
        The language.

    Returns
    -------
    Html
        The definition, one table, and the contacts of large friend networks.
    """
    rules = settings.rules
    about = talk.say(
        "groups.about",
        k=talk.count(settings.min_contacts),
        share=talk.percent(rules.min_continuity),
        days=rules.bin_days,
        n=rules.min_each_way,
    )
    parts: list[object] = [tag("h2", talk.say("h.groups"), id="groups"), tag("p", about)]
    rows = [row for found in all_found for row in _rows(found, talk)]
    columns = [
        Column(talk.say("community")),
        Column(talk.say("kind")),
        Column(talk.say("groups.n"), numeric=True),
        Column(talk.say("groups.persons"), numeric=True),
        Column(talk.say("groups.components"), numeric=True),
        Column(talk.say("groups.maximal"), numeric=True),
        Column(talk.say("groups.strict"), numeric=True),
    ]
    if rows:
        parts.append(table(talk.say("groups.caption"), columns, rows))
    for found in all_found:
        parts += [_remark(found, talk), pictures.contacts(found, talk, settings.min_contacts)]
    return tag("section", *parts)


def _remark(found: Findings, talk: Talk) -> Html:
    """Say why there are no groups where there are none."""
    name = safe_name(found.name)
    if found.trouble:
        sentence = talk.say("groups.failed", name=name, reason="")
        return tag("p", sentence, tag("span", found.trouble, lang="en"))
    days = float(found.card["coverage"]["days"] or 0)
    if found.groups.empty or "twinome" not in set(found.groups["kind"]):
        short = 0 < days / 2 < _HALF_DAYS
        why = talk.say("groups.short", reason=talk.say("groups.short_reason"))
        return tag("p", name, ": ", why if short else talk.say("groups.none"))
    return join([])


def _rows(found: Findings, talk: Talk) -> list[tuple[object, ...]]:
    """Return one community's rows; small counts and one beside them hidden."""
    groups = found.groups
    if groups.empty:
        return []
    kinds = kinds_in_order(groups["kind"].astype(str))
    counts = pd.Series({k: groups.loc[groups["kind"] == k, "group"].nunique() for k in kinds})
    persons = pd.Series({k: groups.loc[groups["kind"] == k, "person"].nunique() for k in kinds})
    frame = pd.DataFrame({"n": [*counts, counts.sum()]}, index=[*kinds, "total"])
    behind = pd.DataFrame(
        {"n": [*counts.where(persons >= counts, persons), counts.sum()]}, index=frame.index
    )
    shown = hide_small(frame, behind, total="total", smallest=found.smallest)["n"]
    rows = []
    for kind in kinds:
        own = groups[groups["kind"] == kind]
        each = own.drop_duplicates("group")
        hidden = shown[kind] != shown[kind]
        more: tuple[object, ...] = ("–", "–", "–", "–")
        if not hidden:
            once = kind == "twinome"
            maximal = float((each["maximal"] == True).sum())  # noqa: E712 - it may be missing
            strict = float((each["source"] == "detected_strict").sum()) if "source" in each else 0.0
            more = (
                talk.count(float(persons[kind])),
                talk.count(float(each["component"].nunique()), found.smallest)
                if "component" in each
                else "–",
                talk.count(maximal, found.smallest) if once and "maximal" in each else "–",
                talk.count(strict, found.smallest) if once and "source" in each else "–",
            )
        n = talk.say("s.suppressed") if hidden else talk.count(float(shown[kind]))
        rows.append((safe_name(found.name), safe_name(talk.name(kind, "kind")), n, *more))
    return rows
