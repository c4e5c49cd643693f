"""Figures as drawings inside the page, each with the words that stand for it."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from supportnet.compare import Comparison
from supportnet.plots import (
    plot_activity,
    plot_balance,
    plot_closure,
    plot_contacts,
    plot_contrast,
    plot_private_share,
    plot_reply_latency,
)
from supportnet.plots.data import kinds_in_order
from supportnet.report.findings import Findings
from supportnet.report.html import Html, figure, join, safe_name
from supportnet.report.words import Talk

__all__ = [
    "activity",
    "balance",
    "closure",
    "contacts",
    "contrasts",
    "draw",
    "latency",
    "private_share",
    "shown_kinds",
]


# Text as outlines: the page brings no font, and no reader needs one.
_SETTINGS: Any = {
    "svg.fonttype": "path",
    "svg.hashsalt": "supportnet",
    "savefig.facecolor": "white",
    "text.usetex": False,
}


def draw(plot: Callable[[], Axes]) -> bytes:
    """Draw a figure as SVG: the same bytes every time, with nothing about us in it."""
    with mpl.rc_context(_SETTINGS):
        axes = plot()
        drawing = io.BytesIO()
        whole = axes.get_figure(root=True)
        if whole is None:
            return b""
        metadata = dict.fromkeys(("Date", "Creator", "Type", "Format"))
        whole.savefig(drawing, format="svg", bbox_inches="tight", metadata=metadata)
        plt.close(whole)
    return drawing.getvalue()


def shown_kinds(found: Findings, ties: pd.DataFrame) -> list[str]:
    """Return the kinds of group that rest on enough persons and groups to be shown."""
    kinds = []
    for kind in kinds_in_order(ties["kind"]):
        own = ties[ties["kind"] == kind]
        persons = len(np.unique(own[["lo", "hi"]]))
        groups = math.inf if kind in ("other", "all") else own["group"].nunique()
        if min(persons, groups) >= found.smallest:
            kinds.append(kind)
    return kinds


def latency(found: Findings, talk: Talk) -> Html:
    """Draw the waits of private turns by kind of group."""
    curves = found.curves
    curves = curves[curves["persons"] >= found.smallest]
    if curves.empty:
        return join([])
    hours = float(curves["hours"].max())
    values = [
        talk.say(
            "fig.latency.value",
            kind=safe_name(talk.name(str(kind), "kind")),
            share=talk.percent(float(own["survival"].iloc[-1])),
            hours=talk.setting(hours),
        )
        for kind, own in ((k, curves[curves["kind"] == k]) for k in dict.fromkeys(curves["kind"]))
    ]
    return figure(
        draw(lambda: plot_reply_latency(curves, language=talk.language)),
        talk.say("fig.latency.alt", hours=talk.setting(hours), values=" ".join(values)),
        talk.say("fig.latency", name=safe_name(found.name)),
    )


def _distribution(
    found: Findings, talk: Talk, construct: str, plot: Callable[..., Axes], key: str
) -> Html:
    """Draw one value per tie as rows of kinds."""
    ties = found.ties[construct]
    kinds = shown_kinds(found, ties)
    ties = ties[ties["kind"].isin(kinds)]
    sizes = ties["kind"].value_counts()
    kinds = [kind for kind in kinds if sizes[kind] >= 5]
    if not kinds:
        return join([])
    detail = "bins" if found.synthetic else "quartiles"
    values = [
        talk.say(
            "fig.median",
            kind=safe_name(talk.name(kind, "kind")),
            value=talk.number(float(ties.loc[ties["kind"] == kind, "value"].median())),
            n=talk.count(float(sizes[kind])),
        )
        for kind in kinds
    ]
    return figure(
        draw(lambda: plot(ties, language=talk.language, detail=detail)),
        talk.say(f"{key}.alt", values=" ".join(values)),
        talk.say(key, name=safe_name(found.name)),
    )


def private_share(found: Findings, talk: Talk) -> Html:
    """Draw the private share of ties by kind of group."""
    return _distribution(found, talk, "private_share", plot_private_share, "fig.share")


def balance(found: Findings, talk: Talk) -> Html:
    """Draw the balance of ties by kind of group."""
    return _distribution(found, talk, "balance", plot_balance, "fig.balance")


def closure(found: Findings, talk: Talk) -> Html:
    """Draw how wedges close, by layer."""
    curves = found.closure
    if len(curves) and found.smallest:
        closed = curves.groupby("layer")["events"].transform("sum")
        curves = curves[closed >= found.smallest]
    if curves.empty:
        return join([])
    values = [
        talk.say(
            "fig.closure.value",
            layer=talk.name(str(layer), "layer"),
            share=talk.percent(1 - float(own["survival"].iloc[-1]), 1),
            days=talk.count(float(own["t_days"].max())),
        )
        for layer, own in curves.groupby("layer", sort=False)
    ]
    return figure(
        draw(lambda: plot_closure(curves, language=talk.language)),
        talk.say("fig.closure.alt", values=" ".join(values)),
        talk.say("fig.closure", name=safe_name(found.name)),
    )


def contacts(found: Findings, talk: Talk, fewest: int) -> Html:
    """Draw declared and real contacts of persons with large friend networks."""
    table = found.contacts
    if table.empty or table["person_id"].nunique() < max(found.smallest, 1):
        return join([])
    means = table.groupby("measure")["value"].mean()
    names = [name for name in ("declared", "one_way", "reciprocal") if name in means.index]
    values = "; ".join(
        f"{talk.name(name, 'contacts')} {talk.number(float(means[name]))}" for name in names
    )
    return figure(
        draw(lambda: plot_contacts(table, language=talk.language)),
        talk.say("fig.contacts.alt", values=values),
        talk.say("fig.contacts", name=safe_name(found.name), k=talk.count(fewest)),
    )


def contrasts(result: Comparison | pd.DataFrame, contrast: str, talk: Talk) -> Html:
    """Draw the differences of one contrast."""
    table = result.table if isinstance(result, Comparison) else result
    if table["estimate"].isna().all():
        return join([])
    lines = [
        f"{talk.name(row['outcome'], 'outcome')}, {safe_name(talk.name(row['kind'], 'kind'))} − "
        f"{safe_name(talk.name(row['compared_with'], 'kind'))}{talk.colon}"
        f"{talk.number(row['estimate'])}"
        for row in table.dropna(subset=["estimate"]).to_dict("records")
    ]
    values = "; ".join(lines)
    return figure(
        draw(lambda: plot_contrast(table, language=talk.language)),
        talk.say("fig.contrast.alt", values=values),
        talk.say("fig.contrast", contrast=contrast),
    )


def activity(found: Findings, talk: Talk) -> Html:
    """Draw messages per week."""
    weeks = found.weeks
    if weeks.empty or not (weeks["persons"] >= found.smallest).any():
        return join([])
    first, last = (weeks["week"].min(), weeks["week"].max())
    return figure(
        draw(lambda: plot_activity(weeks, language=talk.language, fewest=found.smallest)),
        talk.say("fig.activity.alt", first=first.date().isoformat(), last=last.date().isoformat()),
        talk.say("fig.activity", name=safe_name(found.name)),
    )
