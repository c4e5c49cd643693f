"""Look a dataset over: is it whole, what overlaps, where are gaps, which clocks are odd."""

from __future__ import annotations

import json

import narwhals as nw
import pandas as pd

from supportnet.coverage import copy_agreement
from supportnet.dataset import Dataset, collect, scalar
from supportnet.records import (
    AMBIGUOUS_HOUR,
    ASSUMED_ZONE,
    BACKDATED,
    RESOLUTION_DAY,
    RESOLUTION_MINUTE,
)
from supportnet.schema import BUILD_TABLES

__all__ = ["check_dataset"]

_CLOCK = {
    "clock without seconds": (RESOLUTION_MINUTE, "waits below a minute are unknown"),
    "clock without time of day": (RESOLUTION_DAY, "waits below a day are unknown"),
    "local time read in the zone given": (
        ASSUMED_ZONE,
        "right only if --timezone named the zone of the device that wrote them",
    ),
    "hour that the clocks repeat or skip": (
        AMBIGUOUS_HOUR,
        "the order of the file decided; a wait may be an hour off",
    ),
    "time that the record's own id contradicts": (
        BACKDATED,
        "backdated or brought from elsewhere; the format's sheet says which time was kept",
    ),
}


# Table → its key, and the columns of other tables that point at it.
_POINTERS = {
    "people": (
        "person_id",
        (
            *(f"messages.{c}" for c in ("author_id", "reply_author", "root_author")),
            *("messages.target_author", "messages.wall_owner"),
            *("recipients.person_id", "mentions.person_id", "memberships.person_id"),
            *("reactions.actor_id", "reactions.target_id"),
            *("contacts.owner_id", "contacts.other_id"),
            *("accounts.person_id", "coverage.owner_id"),
        ),
    ),
    "messages": (
        "message_id",
        (
            *("messages.reply_to", "messages.target_message", "recipients.message_id"),
            *("mentions.message_id", "reactions.message_id", "message_sources.message_id"),
        ),
    ),
    "conversations": (
        "conversation_id",
        (
            *("messages.conversation_id", "memberships.conversation_id"),
            "coverage.conversation_id",
        ),
    ),
    "sources": (
        "source_id",
        ("message_sources.source_id", "coverage.source_id", "rejects.source_id"),
    ),
}


def check_dataset(dataset: Dataset, *, gap_days: int = 28) -> pd.DataFrame:
    """Check a dataset's integrity, overlaps, gaps and clocks.

    Parameters
    ----------
    dataset
        The tables.
    gap_days
        Length of a silence of the whole community that counts as a gap, days.

    Returns
    -------
    pandas.DataFrame
        `check`, `status` (ok, look, broken), `found` (count), `meaning` (one sentence).
    """
    rows = [*_integrity(dataset), *_copies(dataset), *_gaps(dataset, gap_days), *_clocks(dataset)]
    return pd.DataFrame(rows, columns=["check", "status", "found", "meaning"])


def _row(check: str, found: int, bad: str, meaning: str) -> tuple[str, str, int, str]:
    return (check, bad if found else "ok", found, meaning)


def _integrity(dataset: Dataset) -> list[tuple[str, str, int, str]]:
    """Columns as in the schema, and no pointer to a row that is not there."""
    wrong = 0
    for name, schema in BUILD_TABLES.items():
        wrong += dataset.table(name).collect_schema().names() != schema.names
    again = "no such row may be; import the archives again"
    rows = [_row("tables of another shape", wrong, "broken", "columns differ from the schema")]
    for target, (key, columns) in _POINTERS.items():
        lost = sum(_lost(dataset, column, target, key) for column in columns)
        rows.append(_row(f"pointers to missing {target}", lost, "broken", again))
    messages = dataset.table("messages")
    absent = messages.filter((nw.col("reply_basis") == "explicit") & nw.col("reply_to").is_null())
    sums = dataset.frame("sources")
    rejected = int(sums["seen"].sum() - sums["kept"].sum()) - _ignored(sums)
    return [
        *rows,
        _row(
            "replies whose parent no archive holds",
            scalar(absent.select(nw.len())),
            "look",
            "they count as addressed to the parent's author where the record names them",
        ),
        _row("records rejected", rejected, "look", "table rejects says which and why"),
    ]


def _lost(dataset: Dataset, pointer: str, target: str, key: str) -> int:
    """Count the rows of a table that point at a row of another which is not there."""
    table, _, column = pointer.partition(".")
    named = dataset.table(table).filter(~nw.col(column).is_null()).select(nw.col(column).alias(key))
    return int(scalar(named.join(dataset.table(target), on=key, how="anti").select(nw.len())))


def _ignored(sources: pd.DataFrame) -> int:
    """Sum the counts of table sources' column `ignored`."""
    return sum(sum(json.loads(text).values()) for text in sources["ignored"])


def _copies(dataset: Dataset) -> list[tuple[str, str, int, str]]:
    """Messages that more than one source held, and those that only one of two copies holds."""
    copies = dataset.table("message_sources").group_by("message_id").agg(n=nw.len())
    several = scalar(copies.filter(nw.col("n") > 1).select(nw.len()))
    one_only = int(copy_agreement(dataset)["n_one_only"].sum())
    return [
        _row("messages held by several sources", several, "ok", "copies were merged into one"),
        _row(
            "rows that only one of two copies holds",
            one_only,
            "look",
            "deleted or never received in the other copy; all are counted",
        ),
    ]


def _gaps(dataset: Dataset, gap_days: int) -> list[tuple[str, str, int, str]]:
    """Silences of the whole community, and rows that their file wrote out of order."""
    messages = dataset.table("messages")
    days = collect(messages.select(day=nw.col("t_us") // 86_400_000_000).unique())["day"]
    steps = days.sort_values().diff().dropna()
    backward = messages.with_columns(
        before=nw.col("t_us").shift(1).over("conversation_id", order_by=["seq", "message_id"])
    ).filter(nw.col("t_us") < nw.col("before"))
    return [
        _row(
            f"silences of the whole community over {gap_days} days",
            int((steps > gap_days).sum()),
            "look",
            "an archive may be missing",
        ),
        _row(
            "rows earlier than the row before them",
            scalar(backward.select(nw.len())),
            "look",
            "late delivery or merged files; order is by time",
        ),
    ]


def _clocks(dataset: Dataset) -> list[tuple[str, str, int, str]]:
    """Rows whose time carries a note."""
    notes = collect(dataset.table("messages").group_by("time_note").agg(n=nw.len()))
    rows = []
    for name, (bit, meaning) in _CLOCK.items():
        n = int(notes.loc[(notes["time_note"] & bit) > 0, "n"].sum())
        rows.append(_row(name, n, "look", meaning))
    return rows
