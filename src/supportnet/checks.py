"""Look a dataset over: is it whole, what overlaps, where are gaps, which clocks are odd."""

from __future__ import annotations

import json

import narwhals as nw
import pandas as pd

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
    "clock without seconds": RESOLUTION_MINUTE,
    "clock without time of day": RESOLUTION_DAY,
    "local time read in the zone given": ASSUMED_ZONE,
    "hour that the clocks repeat or skip": AMBIGUOUS_HOUR,
    "time that the record's own id contradicts": BACKDATED,
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
    """Columns as in the schema, and no pointer to a person or message that is not there."""
    wrong = 0
    for name, schema in BUILD_TABLES.items():
        wrong += dataset.table(name).collect_schema().names() != schema.names
    messages, people = dataset.table("messages"), dataset.table("people")
    authors = messages.select(person_id=nw.col("author_id")).unique()
    strangers = scalar(authors.join(people, on="person_id", how="anti").select(nw.len()))
    parents = messages.filter(~nw.col("reply_to").is_null()).select(message_id=nw.col("reply_to"))
    lost = scalar(parents.join(messages, on="message_id", how="anti").select(nw.len()))
    unanswered = messages.filter(
        (nw.col("reply_basis") == "explicit") & nw.col("reply_to").is_null()
    )
    absent = scalar(unanswered.select(nw.len()))
    sums = dataset.frame("sources")
    return [
        _row("tables of another shape", wrong, "broken", "columns differ from the schema"),
        _row("authors without a person", strangers, "broken", "import the archives again"),
        _row("replies to a missing row", lost, "broken", "import the archives again"),
        _row(
            "replies whose parent no archive holds",
            absent,
            "look",
            "they count as addressed to the parent's author where the record names them",
        ),
        _row(
            "records rejected",
            int(sums["seen"].sum() - sums["kept"].sum()) - _ignored(sums),
            "look",
            "table rejects says which and why",
        ),
    ]


def _ignored(sources: pd.DataFrame) -> int:
    """Sum the counts of table sources' column `ignored`."""
    return sum(sum(json.loads(text).values()) for text in sources["ignored"])


def _copies(dataset: Dataset) -> list[tuple[str, str, int, str]]:
    """Messages that more than one source held."""
    copies = dataset.table("message_sources").group_by("message_id").agg(n=nw.len())
    several = scalar(copies.filter(nw.col("n") > 1).select(nw.len()))
    meaning = "copies were merged into one message"
    return [("messages held by several sources", "ok", several, meaning)]


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
    for name, bit in _CLOCK.items():
        n = int(notes.loc[(notes["time_note"] & bit) > 0, "n"].sum())
        rows.append(_row(name, n, "look", "latencies below the clock's step are unknown"))
    return rows
