"""Who took part in which group, channel or thread, and since when: where persons can meet."""

from __future__ import annotations

from dataclasses import dataclass

import narwhals as nw
import numpy as np
import pandas as pd

from supportnet.community import Community
from supportnet.coverage import span
from supportnet.dataset import Lazy, collect
from supportnet.errors import InputError
from supportnet.interactions import EVENT_KINDS

__all__ = ["FOCUS_KINDS", "Foci", "foci_of"]

#: Conversations in which several persons can meet; a direct conversation is the tie itself.
FOCUS_KINDS = ("group", "channel", "thread")
_COLUMNS = ("focus", "person_id")


@dataclass(frozen=True, slots=True)
class Foci:
    """Who took part in which focus, and since when.

    Attributes
    ----------
    table
        `focus`, `person_id`, `since_us` (µs UTC): one row per focus and person.
    too_large
        Foci left out because they hold more persons than asked for: where everybody is, nobody is
        brought together.
    """

    table: pd.DataFrame
    too_large: int


def foci_of(community: Community, *, foci: pd.DataFrame | None = None, largest: int = 1000) -> Foci:
    """Return who took part in which focus.

    Parameters
    ----------
    community
        The community.
    foci
        Columns `focus`, `person_id` and optionally `since_us` (µs UTC; without it since always).
        None takes the dataset's groups, channels and threads: a person takes part from the first
        message there or the stated date of joining, whichever is earlier.
    largest
        Foci of more persons are left out and counted.

    Returns
    -------
    Foci
        Sorted by (`focus`, `person_id`).

    Raises
    ------
    InputError
        When a column is missing or `largest` is below two.
    """
    if largest < 2:
        msg = f"the largest focus must hold 2 or more persons; found {largest}; pass such a number."
        raise InputError(msg)
    if foci is None:
        rows = _of_dataset(community)
    else:
        missing = [name for name in _COLUMNS if name not in foci.columns]
        if missing:
            msg = (
                f"foci need columns {', '.join(_COLUMNS)}; found "
                f"{', '.join(map(str, foci.columns))}; add {missing[0]!r}."
            )
            raise InputError(msg)
        rows = foci.assign(since_us=foci.get("since_us", 0))
    rows = rows.assign(since_us=rows["since_us"].fillna(0).astype(np.int64))
    table = rows.groupby(["focus", "person_id"], as_index=False)["since_us"].min()
    size = table.groupby("focus")["person_id"].transform("size")
    kept = table[size <= largest].reset_index(drop=True)
    return Foci(kept, int(table.loc[size > largest, "focus"].nunique()))


def _of_dataset(community: Community) -> pd.DataFrame:
    """Return participation in the dataset's own groups, channels and threads."""
    dataset = community.dataset
    places = (
        dataset.table("conversations")
        .filter(nw.col("kind").is_in(FOCUS_KINDS))
        .select("conversation_id")
    )
    start = span(dataset).start_us or 0
    wrote = (
        dataset.table("messages")
        .filter(nw.col("kind").is_in(EVENT_KINDS))
        .join(places, on="conversation_id", how="semi")
        .select("conversation_id", "t_us", person_id=nw.col("author_id"))
    )
    joined = (
        dataset.table("memberships")
        .join(places, on="conversation_id", how="semi")
        .select("conversation_id", "person_id", t_us=nw.col("joined_us").fill_null(start))
    )
    rows: Lazy = nw.concat(
        [part.select("conversation_id", "person_id", "t_us") for part in (wrote, joined)],
        how="vertical",
    )
    first = rows.group_by("conversation_id", "person_id").agg(since_us=nw.col("t_us").min())
    table = collect(first).dropna(subset=["person_id"])
    known = table[~table["person_id"].isin(dataset.outsiders)]
    return known.rename(columns={"conversation_id": "focus"})
