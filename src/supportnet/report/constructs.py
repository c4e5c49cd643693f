"""The four measures: the community's numbers side by side, ties by kind of group, a figure each."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from supportnet.coverage import span
from supportnet.plots.numbers import show_day
from supportnet.report import pictures
from supportnet.report.cells import interval_cell, not_identified, number_cells, value_cell
from supportnet.report.findings import Findings
from supportnet.report.html import Column, Html, join, safe_name, table, tag
from supportnet.report.numbers import LAYERS, Number
from supportnet.report.suppress import hide_small
from supportnet.report.words import Talk

__all__ = ["CONSTRUCTS", "construct", "window"]

CONSTRUCTS = ("reciprocity", "private_share", "reply_latency", "triadic_closure")
# Construct → the tie-level numbers shown by kind of group, with their units.
_BY_KIND = {
    "reciprocity": (("balance", "share"),),
    "private_share": (("private_share", "share"),),
    "reply_latency": (("rmst", "hours"), ("rate_24h", "share")),
    "triadic_closure": (),
}
_FIGURES: dict[str, Callable[[Findings, Talk], Html]] = {
    "reciprocity": pictures.balance,
    "private_share": pictures.private_share,
    "reply_latency": pictures.latency,
    "triadic_closure": pictures.closure,
}


def construct(name: str, all_found: Sequence[Findings], talk: Talk) -> Html:
    """Return the section of one measure.

    Parameters
    ----------
    name
        One of :data:`CONSTRUCTS`.
    all_found
        The communities, side by side.
    talk
        The language.

    Returns
    -------
    Html
        What it is, its numbers with interval, n and status, ties by kind, a figure each.
    """
    title = talk.say(f"h.{name}")
    parts: list[object] = [
        tag("h2", title, id=name),
        tag("p", talk.say(f"about.{name}")),
        _numbers(name, title, all_found, talk),
    ]
    if name == "reciprocity":
        parts.append(tag("p", talk.say("about.balance")))
    for found in all_found:
        parts += [_kinds(name, title, found, talk), _FIGURES[name](found, talk)]
    return tag("section", *parts)


def _numbers(name: str, title: str, all_found: Sequence[Findings], talk: Talk) -> Html:
    """Return the community-level numbers, communities beside each other."""
    rows: list[tuple[object, ...]] = []
    for layer in (*LAYERS, "both"):
        asked = [n for f in all_found for n in f.numbers if (n.construct, n.layer) == (name, layer)]
        for measure in dict.fromkeys(number.measure for number in asked):
            for found in all_found:
                number = found.number(name, layer, measure)
                if number is None or _refused(found, name, layer):
                    continue
                head = (talk.say(f"m.{measure}"), safe_name(found.name), talk.say(f"lay.{layer}"))
                rows.append((*head, *number_cells(found, number, talk)))
        for found in all_found:
            refused = _refused(found, name, layer)
            if refused is not None:
                head = (talk.say("m.every"), safe_name(found.name), talk.say(f"lay.{layer}"))
                status = number_cells(found, refused, talk)[-1]
                rows.append((*head, "–", "–", "–", status))
    columns = [
        Column(talk.say("measure")),
        Column(talk.say("community")),
        Column(talk.say("layer")),
        Column(talk.say("value"), numeric=True),
        Column(talk.say("interval"), numeric=True),
        Column(talk.say("n"), numeric=True),
        Column(talk.say("status")),
    ]
    if len(all_found) == 1:  # its name stands in the title
        columns.pop(1)
        rows = [(row[0], *row[2:]) for row in rows]
    return table(talk.say("numbers", construct=title), columns, rows)


def _refused(found: Findings, name: str, layer: str) -> Number | None:
    """Return one of a layer's numbers when the coverage rules refuse all of them."""
    own = [n for n in found.numbers if (n.construct, n.layer) == (name, layer)]
    if own and all(not_identified(found, number) for number in own):
        return own[0]
    return None


def window(found: Findings, talk: Talk) -> str:
    """Return the sentence that says in which window ties of groups are measured."""
    if found.window != "after":
        return talk.say(f"window.{found.window}")
    start = span(found.seen.dataset).start_us
    return talk.say("window", start=show_day(start, talk.language))


def _kinds(name: str, title: str, found: Findings, talk: Talk) -> Html:
    """Return means of ties by kind of group."""
    wanted = _BY_KIND[name]
    if not wanted:
        return join([])
    rows: list[tuple[object, ...]] = []
    for number, unit in wanted:
        part = found.kinds[found.kinds["construct"] == number].reset_index(drop=True)
        for row, counted in zip(part.to_dict("records"), _counted(found, part), strict=True):
            rows.append(_kind_row(found, {**row, "counted": counted}, unit, talk))
        rows += [_suppressed(number, kind, talk) for kind in found.folded if len(part)]
    if not rows:  # the table above says why
        return join([])
    columns = [
        Column(talk.say("measure")),
        Column(talk.say("kind")),
        Column(talk.say("groups"), numeric=True),
        Column(talk.say("ties"), numeric=True),
        Column(talk.say("mean_of_ties"), numeric=True),
        Column(talk.say("interval"), numeric=True),
        Column(talk.say("status")),
    ]
    if name == "reciprocity":
        columns.insert(5, Column(talk.say("m.excess"), numeric=True))
    else:
        rows = [(*row[:5], *row[6:]) for row in rows]
    caption = talk.say("by_kind", construct=title, name=safe_name(found.name))
    return join([table(caption, columns, rows), tag("p", window(found, talk), class_="small")])


def _counted(found: Findings, part: pd.DataFrame) -> list[bool]:
    """Say which kinds' counts may be shown: not so many that the rest follow from the sum."""
    if not found.smallest or part.empty:
        return [True] * len(part)
    ties = pd.DataFrame({"n": [*part["ties"], part["ties"].sum()]}, index=[*part.index, "total"])
    behind = part[["persons", "groups"]].min(axis=1)  # groups are NaN for ties in no group
    persons = pd.DataFrame({"n": [*behind, part["persons"].max()]}, index=ties.index)
    return hide_small(ties, persons, total="total")["n"].notna().tolist()[:-1]


def _suppressed(construct_: str, kind: str, talk: Talk) -> tuple[object, ...]:
    """Return the row of a kind that rests on too few."""
    name = safe_name(talk.name(kind, "kind"))
    dashes = ("–",) * 5
    return (talk.say(f"m.{construct_}"), name, *dashes, talk.say("s.suppressed"))


def _kind_row(
    found: Findings, row: Mapping[Hashable, Any], unit: str, talk: Talk
) -> tuple[object, ...]:
    """Return one kind's cells; suppressed where too few persons or groups stand behind them."""
    kind, groups = str(row["kind"]), float(row["groups"])
    few = float(row["persons"]) < found.smallest
    if few or (not np.isnan(groups) and groups < found.smallest):
        return _suppressed(str(row["construct"]), kind, talk)
    counts = (groups, float(row["ties"])) if row["counted"] else (np.nan, np.nan)
    return (
        talk.say(f"m.{row['construct']}"),
        safe_name(talk.name(kind, "kind")),
        *(talk.count(n) for n in counts),
        value_cell(float(row["value"]), unit, talk),
        value_cell(float(row["excess"]), "share", talk),
        interval_cell(float(row["low"]), float(row["high"]), str(row["method"]), talk),
        talk.say(f"s.{row['status']}"),
    )
