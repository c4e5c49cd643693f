"""The start of the report: what can be said in plain words, and the card of each dataset."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pandas as pd

from supportnet.plots.numbers import show_day
from supportnet.report import migration, pictures
from supportnet.report.cells import is_hidden
from supportnet.report.differences import Differences, headline
from supportnet.report.findings import Findings
from supportnet.report.html import Column, Html, items, join, safe_name, table, tag
from supportnet.report.suppress import hide_small
from supportnet.report.words import Talk

__all__ = ["cards", "header", "summary"]


def _day(text: str | None, talk: Talk) -> str:
    """Return the day of an ISO time."""
    if text is None:
        return "–"
    moment = datetime.fromisoformat(text)
    return show_day(int(moment.timestamp()) * 1_000_000, talk.language)


def header(all_found: Sequence[Findings], talk: Talk, version: str, seed: int) -> Html:
    """Return title, origin of the data, and contents."""
    names = talk.listed([safe_name(found.name) for found in all_found])
    kinds = [
        tag(
            "p",
            safe_name(f.name) + talk.colon,
            talk.say("synthetic" if f.synthetic else "real"),
            ".",
            class_="sub",
        )
        for f in all_found
    ]
    return join(
        [
            tag("h1", talk.say("title", names=names)),
            tag("p", talk.say("sub", version=version, seed=seed), class_="sub"),
            *kinds,
        ]
    )


def summary(all_found: Sequence[Findings], differences: Differences, talk: Talk) -> Html:
    """Return in plain words what can and what cannot be said."""
    parts: list[object] = [tag("p", talk.say("sum.what"))]
    for found in all_found:
        can = [*_can(found, talk), *migration.headline(found, talk)]
        parts.append(tag("p", tag("strong", _size(found, talk))))
        parts.append(items(can))
        cannot = _cannot(found, talk)
        if cannot:
            parts += [tag("p", talk.say("sum.cannot")), items(cannot)]
        else:
            parts.append(tag("p", talk.say("sum.nothing_missing")))
    lines = headline(differences, talk)
    parts.append(items(lines) if len(lines) > 1 else tag("p", lines[0]))
    parts.append(tag("p", talk.say("sum.limits")))
    title = tag("h2", talk.say("h.summary"), id="summary")
    return tag("section", title, tag("div", *parts, class_="lead"))


def _size(found: Findings, talk: Talk) -> str:
    """Return how large a dataset is."""
    card = found.card
    return talk.say(
        "sum.size",
        name=safe_name(found.name),
        messages=talk.count(card["messages"], found.smallest),
        authors=talk.count(card["authors"], found.smallest),
        first=_day(card["first"], talk),
        last=_day(card["last"], talk),
    )


def _can(found: Findings, talk: Talk) -> list[str]:
    """Return the headline numbers that are defined, as sentences."""
    wanted = (
        ("sum.reciprocity", "reciprocity", "private", "dyad_reciprocity"),
        ("sum.private_share", "private_share", "both", "mean_of_ties"),
        ("sum.latency", "reply_latency", "private", "rate_24h"),
        ("sum.closure", "triadic_closure", "private", "transitivity"),
    )
    lines = []
    for key, construct, layer, measure in wanted:
        number = found.number(construct, layer, measure)
        if number is None or number.status != "ok" or is_hidden(found, number):
            continue
        interval = ""
        if number.low == number.low and key == "sum.private_share":
            bounds = f"{talk.percent(number.low)}–{talk.percent(number.high)}"
            interval = talk.say("sum.interval", interval=bounds)
        lines.append(talk.say(key, value=talk.percent(number.value), interval=interval))
    return lines


def _cannot(found: Findings, talk: Talk) -> list[str]:
    """Return what is not identified, with the reasons."""
    return [
        talk.say(
            "sum.cannot_item",
            quantity=talk.fact(str(row["quantity"])),
            reason=talk.fact(str(row["reason"])),
        )
        for row in found.card["identifiability"]
        if row["status"] == "not_identified"
    ]


def cards(all_found: Sequence[Findings], talk: Talk) -> Html:
    """Return the data card of every community."""
    parts: list[object] = [tag("h2", talk.say("h.cards"), id="cards")]
    for found in all_found:
        parts += [
            tag("h3", safe_name(found.name)),
            _facts(found, talk),
            _visibility(found, talk),
            pictures.activity(found, talk),
            _sources(found, talk),
            _identified(found, talk),
        ]
    return tag("section", *parts)


def _facts(found: Findings, talk: Talk) -> Html:
    """Return counts and span."""
    card, k = found.card, found.smallest
    coverage: dict[str, Any] = card["coverage"]
    span = talk.say(
        "card.span_value",
        first=_day(coverage["start"], talk),
        last=_day(coverage["end"], talk),
        days=talk.number(float(coverage["days"] or 0)),
    )
    seconds = coverage["coarsest_resolution_s"]
    rows = [
        ("card.messages", talk.count(card["messages"], k)),
        ("card.people", talk.count(card["people"], k)),
        ("card.authors", talk.count(card["authors"], k)),
        ("card.bots", talk.count(card["bots"], k)),
        ("card.placeholders", talk.count(card["placeholders"], k)),
        ("card.span", span),
        ("card.donors", talk.count(coverage["donors"])),
        ("card.whole", talk.say("yes" if coverage["whole_community"] else "no")),
        ("card.replies", talk.count(card["replies_explicit"], k)),
        ("card.reactions", talk.count(card["reactions"], k)),
        ("card.contacts", talk.count(sum(card["contacts"].values()), k)),
    ]
    if seconds is not None:
        shown = talk.say("card.resolution_value", seconds=talk.setting(float(seconds)))
        rows.append(("card.resolution", shown))
    columns = [Column(talk.say("card.fact")), Column(talk.say("card.value"), numeric=True)]
    return table(talk.say("card.facts"), columns, [(talk.say(key), cell) for key, cell in rows])


def _visibility(found: Findings, talk: Talk) -> Html:
    """Return messages by visibility; small cells and one beside them hidden."""
    counts = pd.Series(found.card["visibility"], dtype=float)
    if counts.empty:
        return join([])
    writers = found.weeks.groupby("visibility")["persons"].max().reindex(counts.index).fillna(0)
    frame = pd.DataFrame({"n": [*counts, counts.sum()]}, index=[*counts.index, "total"])
    persons = pd.DataFrame({"n": [*writers, float(found.card["authors"])]}, index=frame.index)
    shown = hide_small(frame, persons, total="total", smallest=found.smallest)["n"]
    rows = [
        (
            talk.name(str(name), "visibility") if name != "total" else talk.say("card.total"),
            talk.say("s.suppressed") if n != n else talk.count(float(n)),
        )
        for name, n in shown.items()
    ]
    columns = [Column(talk.say("card.who")), Column(talk.say("card.n_messages"), numeric=True)]
    return table(talk.say("card.visibility"), columns, rows)


def _sources(found: Findings, talk: Talk) -> Html:
    """Return seen = kept + ignored + rejected by format, the reasons, and what is left out."""
    sources = found.card["sources"]
    if not sources:
        return tag("p", talk.say("card.memory"))
    by_format = _by_format(found)
    keys = ("card.format", "card.n_sources", "card.seen", "card.kept", "card.ignored")
    columns = [
        Column(talk.say(key), numeric=place > 0)
        for place, key in enumerate((*keys, "card.rejected"))
    ]
    rows = [
        (
            talk.known(f"card.{name}", name) if name in ("others", "total") else safe_name(name),
            *(talk.count(float(n)) for n in row),
        )
        for name, row in zip(by_format.index, by_format.itertuples(index=False), strict=True)
    ]
    first = table(talk.say("card.sources"), columns, rows)
    left_out = sorted({safe_long(s["leaves_out"]) for s in sources if s["leaves_out"]})
    more = [
        tag("h4", talk.say("card.leaves_out")),
        tag("ul", *(tag("li", text, lang="en") for text in left_out)),
    ]
    return join([first, _reasons(found, talk), *(more if left_out else [])])


def safe_long(text: str) -> str:
    """Return a longer text on one line."""
    return " ".join(str(text).split())[:600]


def _by_format(found: Findings) -> pd.DataFrame:
    """Add up sources by format; formats of few sources are put together."""
    rows = [
        {
            "format": source["format"],
            "sources": 1,
            "seen": source["seen"],
            "kept": source["kept"],
            "ignored": sum(source["ignored"].values()),
            "rejected": sum(source["rejected"].values()),
        }
        for source in found.card["sources"]
    ]
    sums = pd.DataFrame(rows).groupby("format").sum().sort_values("sources", kind="stable")
    few = sums["sources"] < found.smallest
    if few.any() and sums.loc[few, "sources"].sum() < found.smallest:
        few |= sums["sources"].cumsum() <= sums["sources"].iloc[: int(few.sum()) + 1].sum()
    kept = sums[~few].sort_index()
    if few.any() and not kept.empty:
        kept.loc["others"] = sums[few].sum()
    kept.loc["total"] = sums.sum()
    return kept


def _reasons(found: Findings, talk: Talk) -> Html:
    """Return how many records were ignored and rejected, by reason."""
    counts: dict[tuple[str, str], int] = {}
    for source in found.card["sources"]:
        for fate in ("ignored", "rejected"):
            for reason, n in source[fate].items():
                counts[fate, reason] = counts.get((fate, reason), 0) + int(n)
    if not counts:
        return join([])
    names = sorted(counts)
    frame = pd.DataFrame(
        {"n": [*(counts[name] for name in names), sum(counts.values())]},
        index=pd.Index([*map("/".join, names), "total"]),
    )
    shown = hide_small(frame, total="total", smallest=found.smallest)["n"]
    rows = []
    for (fate, reason), n in zip(names, shown, strict=False):
        words = talk.known(f"reason.{reason}", "")
        label = join([tag("code", safe_name(reason)), f" {words}" if words else ""])
        count = talk.say("s.suppressed") if n != n else talk.count(float(n))
        rows.append((label, talk.say(f"card.{fate}"), count))
    columns = [
        Column(talk.say("card.reason")),
        Column(talk.say("card.fate")),
        Column(talk.say("card.records"), numeric=True),
    ]
    return table(talk.say("card.reasons"), columns, rows)


def _identified(found: Findings, talk: Talk) -> Html:
    """Return what is identified, for whom, and why not."""
    rows = [
        (
            talk.fact(str(row["quantity"])),
            tag(
                "span",
                talk.say(f"answer.{row['status']}"),
                class_="no" if row["status"] == "not_identified" else "yes",
            ),
            talk.fact(str(row["reason"])),
        )
        for row in found.card["identifiability"]
    ]
    keys = ("card.quantity", "card.answer", "card.why")
    return table(talk.say("card.identified"), [Column(talk.say(key)) for key in keys], rows)
