"""The headline measures as a user calls them, and the floor each is held against."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import supportnet as sn
from supportnet.store.engine import connection, quoted

__all__ = ["ALONE", "ASKED", "COLUMNS", "all_four", "floor"]


def floor(path: Path, columns: str, where: str) -> Callable[[], None]:
    """Return the floor: scan and sort the same columns, materialised, nothing else."""

    def run() -> None:
        query = (
            f"SELECT {columns} FROM read_parquet({quoted(path)}) WHERE {where} "
            "ORDER BY least(author_id, other_id), greatest(author_id, other_id), t_us"
        )
        connection().execute(f"CREATE OR REPLACE TEMP TABLE floor AS {query}")
        connection().execute("DROP TABLE floor")

    return run


def all_four(fresh: sn.Community) -> None:
    """Take the four headline measures as a report does: one scan and one sort for all.

    Layers remember what they derived for as long as their dataset lives: only one that was opened
    anew remembers nothing, so that every repetition pays for everything.
    """
    with fresh.sharing():
        sn.reciprocity(fresh, level="network")
        sn.private_share(fresh, level="tie")
        sn.reply_latency(fresh, level="direction", measures=["median"])
        sn.triadic_closure(fresh)


ALONE: dict[str, Callable[[sn.Community], object]] = {
    "reciprocity": lambda c: sn.reciprocity(c, level="network", layer="all"),
    "private share": lambda c: sn.private_share(c, level="tie"),
    "reply latency": lambda c: sn.reply_latency(c, level="direction", measures=["median"]),
    "closure": sn.triadic_closure,
    "all four together": all_four,
}

#: The most that a measure may take of its floor's time.
ASKED = {"reciprocity": 1.2, "private share": 1.2, "reply latency": 1.5, "all four together": 2.0}

#: The columns and the rows that each measure needs, for its floor.
COLUMNS = {
    "reciprocity": ("author_id, other_id, t_us, weight", "relational"),
    "private share": ("author_id, other_id, t_us, weight, visibility", "relational"),
    "reply latency": (
        "author_id, other_id, t_us, message_id",
        "relational AND visibility = 'private_1to1'",
    ),
}
