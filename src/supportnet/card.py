"""The data card: what a dataset holds, what was left out, what cannot be identified."""

from __future__ import annotations

import html
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import narwhals as nw
import pandas as pd

from supportnet.coverage import copy_agreement, coverage_flags, identifiability, span
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
        accounts left out, bots included), `authors` (those of them who wrote), `bots`,
        `placeholders` (labels of deleted accounts), `first`, `last` (UTC, ISO 8601 with Z),
        `visibility` {value: n}, `replies_explicit` (pointers, the parent present or not),
        `conversations` {kind: n holding one of those rows}, `reactions`, `contacts` {kind: n},
        `sources` [{format, seen, kept, ignored, rejected}], `coverage`, `copies` (how far two
        copies of a conversation agree), `identifiability`.
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
        "copies": _copies(dataset),
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
    persons = people.loc[~people["is_placeholder"].astype(bool), "person_id"]
    authors = collect(counted.select("author_id").unique())["author_id"]
    return {
        "people": len(persons),
        "authors": int(persons.isin(authors).sum()),
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
            "leaves_out": row["leaves_out"] if isinstance(row["leaves_out"], str) else "",
        }
        for row in dataset.frame("sources").to_dict("records")
    ]


def _coverage(dataset: Dataset) -> dict[str, Any]:
    """Sum up what was observed."""
    whole = span(dataset)
    records = dataset.frame("coverage")
    sources = dataset.frame("sources")
    clocks = {json.loads(text).get("clock") for text in sources.loc[sources["kept"] > 0, "notes"]}
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
        "clock": "steps" if "steps" in clocks else "dates",
    }


def _copies(dataset: Dataset) -> dict[str, Any]:
    """Sum up how far the copies of one conversation agree; the share is None without copies."""
    table = copy_agreement(dataset)
    both, one = int(table["n_both"].sum()), int(table["n_one_only"].sum())
    notes = [json.loads(text) for text in dataset.frame("sources")["notes"]]
    return {
        "same_name_apart": sum("same_name" in note for note in notes),
        "conversations": int(table["conversation_id"].nunique()),
        "n_both": both,
        "n_one_only": one,
        "agreement": both / (both + one) if both + one else None,
    }


def card_text(card: dict[str, Any]) -> str:
    """Return the data card as a few lines for a terminal."""
    lines = [f"{card['community']}" + ("  (generated data)" if card["synthetic"] else "")]
    lines.append(
        f"  {card['messages']:,} messages by {card['authors']:,} of {card['people']:,} people, "
        f"{_stretch(card)}"
    )
    shown = ", ".join(f"{name} {n:,}" for name, n in card["visibility"].items())
    lines.append(f"  who could read: {shown or 'nothing'}")
    reactions, declared = card["reactions"], sum(card["contacts"].values())
    lines.append(f"  {reactions:,} reactions, {declared:,} declared contacts")
    for name, n in _source_lines(card):
        lines.append(f"  {name}: {n}")
    if card["copies"]["conversations"]:
        lines.append(f"  copies: {_copies_line(card['copies'])}")
    if card["copies"]["same_name_apart"]:
        lines.append(f"  same name: {_same_name_line(card['copies']['same_name_apart'])}")
    for row in card["identifiability"]:
        mark = {"ok": "yes", "partly": "in part"}.get(row["status"], "not identified")
        lines.append(f"  {row['quantity']}: {mark} ({row['reason']})")
    return "\n".join(lines)


def _stretch(card: dict[str, Any]) -> str:
    """Return the first and last day, or how long it took where times are only steps."""
    if card["first"] is None:
        return "no dates"
    if card["coverage"]["clock"] == "steps":
        return f"{card['coverage']['days']:,g} days if a step is a second (steps, no dates)"
    return f"{card['first'][:10]} to {card['last'][:10]} (UTC)"


def _copies_line(copies: dict[str, Any]) -> str:
    """Say how far the copies agree."""
    total = copies["n_both"] + copies["n_one_only"]
    held = (
        "1 conversation"
        if copies["conversations"] == 1
        else (f"{copies['conversations']:,} conversations")
    )
    return (
        f"{held} held twice; {copies['n_both']:,} of {total:,} rows that two copies should hold "
        f"are in both ({copies['agreement']:.1%}), {copies['n_one_only']:,} in one only"
    )


def _same_name_line(n: int) -> str:
    """Say how many exported groups bear the name of another."""
    return (
        f"{n:,} groups bear the name of another and are held apart, as too few of their messages "
        "are the same; if two are one group, its messages count twice"
    )


def _source_lines(card: dict[str, Any]) -> list[tuple[str, str]]:
    """Return one line per format: records seen, kept, ignored, rejected."""
    lines = []
    for name in sorted({s["format"] for s in card["sources"]}):
        own = [s for s in card["sources"] if s["format"] == name]
        total = {k: sum(s[k] for s in own) for k in ("seen", "kept")}
        ignored, rejected = (_reasons([s[k] for s in own]) for k in ("ignored", "rejected"))
        text = (
            f"{len(own)} source{'' if len(own) == 1 else 's'}, {total['seen']:,} records seen = "
            f"{total['kept']:,} kept + {ignored} ignored + {rejected} rejected"
        )
        lines.append((name, text))
    return lines


def _reasons(counts: list[dict[str, int]]) -> str:
    """Return a sum of counts by reason, as `7 (system 4, duplicate 3)`, most frequent first."""
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one)
    named = ", ".join(f"{reason} {n:,}" for reason, n in total.most_common(5))
    rest = ", …" if len(total) > 5 else ""
    return f"{total.total():,} ({named}{rest})" if total else "0"


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
