"""The data card: what a dataset holds, what was left out, what cannot be identified."""

from __future__ import annotations

import html
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import narwhals as nw
import pandas as pd

from supportnet.coverage import coverage_flags, identifiability, span
from supportnet.dataset import Dataset, collect, scalar
from supportnet.schema import COUNTED_KINDS, SCHEMA_VERSION

__all__ = ["card_html", "card_text", "describe"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def iso_utc(t_us: int | None) -> str | None:
    """Return a time as ISO 8601 with Z (None stays None)."""
    if t_us is None or pd.isna(t_us):
        return None
    moment = _EPOCH + timedelta(microseconds=int(t_us))
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _counts(frame: nw.LazyFrame[Any], column: str) -> dict[str, int]:
    """Return value → rows of a lazy frame, by name."""
    table = collect(frame.group_by(column).agg(n=nw.len()))
    return {str(k): int(n) for k, n in sorted(zip(table[column], table["n"], strict=True))}


def describe(dataset: Dataset) -> dict[str, Any]:
    """Describe a dataset as plain values that a program can read.

    Parameters
    ----------
    dataset
        The community's tables.

    Returns
    -------
    dict
        `community`, `schema_version`, `synthetic`, `messages` (rows of kind message, post,
        comment, quote), `kinds` {kind: n}, `people` (wrote or were addressed, labels of deleted
        accounts left out), `authors`, `bots`, `placeholders`, `first`, `last` (UTC, ISO 8601 with
        Z), `visibility` {value: n}, `replies_explicit`, `conversations` {kind: n holding one of
        those rows}, `reactions`, `contacts` {kind: n}, `sources` [{format, seen, kept, ignored,
        rejected}], `coverage`, `identifiability`.
    """
    messages = dataset.table("messages")
    counted = messages.filter(nw.col("kind").is_in(COUNTED_KINDS))
    edges = collect(
        counted.select(n=nw.len(), first=nw.col("t_us").min(), last=nw.col("t_us").max())
    ).iloc[0]
    held = dataset.table("conversations").join(
        counted.select("conversation_id").unique(), on="conversation_id", how="semi"
    )
    reactions = scalar(dataset.table("reactions").select(nw.col("n").sum().cast(nw.Int64)))
    return {
        "community": dataset.community,
        "schema_version": SCHEMA_VERSION,
        "synthetic": dataset.synthetic,
        "messages": int(edges["n"]),
        "kinds": _counts(messages, "kind"),
        **_people(dataset, counted),
        "first": iso_utc(edges["first"]),
        "last": iso_utc(edges["last"]),
        "visibility": _counts(counted, "visibility"),
        "replies_explicit": int(
            scalar(counted.filter(nw.col("reply_basis") == "explicit").select(nw.len()))
        ),
        "conversations": _counts(held, "kind"),
        "reactions": int(reactions or 0),
        "contacts": _counts(dataset.table("contacts"), "kind"),
        "sources": _sources(dataset),
        "coverage": _coverage(dataset),
        "identifiability": identifiability(dataset).to_dict("records"),
    }


def _people(dataset: Dataset, counted: nw.LazyFrame[Any]) -> dict[str, int]:
    """Count who wrote or was addressed in the counted rows."""
    ids = [counted.select(person_id=nw.col("author_id"))]
    for column in ("reply_author", "wall_owner"):
        named = counted.filter(~nw.col(column).is_null())
        ids.append(named.select(person_id=nw.col(column)))
    for table in ("recipients", "mentions"):
        rows = dataset.table(table).join(counted.select("message_id"), on="message_id", how="semi")
        ids.append(rows.select("person_id"))
    everyone = nw.concat(ids, how="vertical").unique()
    people = collect(dataset.table("people").join(everyone, on="person_id", how="semi"))
    authors = scalar(counted.select(nw.col("author_id").n_unique().cast(nw.Int64)))
    return {
        "people": int((~people["is_placeholder"].astype(bool)).sum()),
        "authors": int(authors or 0),
        "bots": int(people["is_bot"].astype(bool).sum()),
        "placeholders": int(people["is_placeholder"].astype(bool).sum()),
    }


def _sources(dataset: Dataset) -> list[dict[str, Any]]:
    """Return each source's account of its records."""
    return [
        {
            "format": row["format"],
            "seen": int(row["seen"]),
            "kept": int(row["kept"]),
            "ignored": json.loads(row["ignored"]),
            "rejected": json.loads(row["rejected"]),
            "leaves_out": row["leaves_out"] or "",
        }
        for row in dataset.frame("sources").to_dict("records")
    ]


def _coverage(dataset: Dataset) -> dict[str, Any]:
    """Sum up what was observed."""
    whole = span(dataset)
    records = dataset.frame("coverage")
    return {
        "start": iso_utc(whole.start_us),
        "end": iso_utc(whole.end_us),
        "days": None if whole.start_us is None else round(whole.days, 2),
        "flags": list(coverage_flags(dataset)),
        "donors": int(records["owner_id"].nunique()),
        "whole_community": bool((records["owner_id"].isna() & records["alter_alter"]).any()),
        "coarsest_resolution_s": None
        if records.empty
        else float(records["resolution_us"].max()) / 1e6,
    }


def card_text(card: dict[str, Any]) -> str:
    """Return the data card as a few lines for a terminal."""
    lines = [f"{card['community']}" + ("  (generated data)" if card["synthetic"] else "")]
    lines.append(
        f"  {card['messages']:,} messages by {card['authors']:,} of {card['people']:,} people, "
        f"{(card['first'] or 'no date')[:10]} to {(card['last'] or 'no date')[:10]} (UTC)"
    )
    shown = ", ".join(f"{name} {n:,}" for name, n in card["visibility"].items())
    lines.append(f"  who could read: {shown or 'nothing'}")
    reactions, declared = card["reactions"], sum(card["contacts"].values())
    lines.append(f"  {reactions:,} reactions, {declared:,} declared contacts")
    for name, n in _source_lines(card):
        lines.append(f"  {name}: {n}")
    for row in card["identifiability"]:
        mark = {"ok": "yes", "partly": "in part"}.get(row["status"], "not identified")
        lines.append(f"  {row['quantity']}: {mark} ({row['reason']})")
    return "\n".join(lines)


def _source_lines(card: dict[str, Any]) -> list[tuple[str, str]]:
    """Return one line per format: records seen, kept, ignored, rejected."""
    lines = []
    for name in sorted({s["format"] for s in card["sources"]}):
        own = [s for s in card["sources"] if s["format"] == name]
        total = {k: sum(s[k] for s in own) for k in ("seen", "kept")}
        ignored = sum(sum(s["ignored"].values()) for s in own)
        rejected = sum(sum(s["rejected"].values()) for s in own)
        text = (
            f"{len(own)} source(s), {total['seen']:,} records seen = {total['kept']:,} kept + "
            f"{ignored:,} ignored + {rejected:,} rejected"
        )
        lines.append((name, text))
    return lines


def card_html(card: dict[str, Any]) -> str:
    """Return the data card as an HTML table for the notebook; every value is escaped."""
    rows = []
    for line in card_text(card).splitlines()[1:]:
        left, _, right = line.strip().partition(": ")
        cells = (left, right) if right else ("", left)
        rows.append(
            "<tr>"
            + "".join(f"<td style='text-align:left'>{html.escape(c)}</td>" for c in cells)
            + "</tr>"
        )
    title = html.escape(card_text(card).splitlines()[0])
    return (
        f"<table><caption style='text-align:left'><b>{title}</b></caption>{''.join(rows)}</table>"
    )
