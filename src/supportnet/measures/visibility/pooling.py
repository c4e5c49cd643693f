"""Shares of sets of ties: groups, and everybody."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from supportnet.dataset import Dataset, collect, lazy
from supportnet.inference import Estimate, dyadic_interval, pooled_ratio
from supportnet.measures.visibility.counts import with_share
from supportnet.units import group_pairs, identify

__all__ = [
    "MIN_MESSAGES",
    "components",
    "inside",
    "mean_of_ties",
    "pooled_share",
    "ties_of_groups",
    "to_members",
]

# A tie with fewer messages is too noisy for a mean of shares or of distances.
MIN_MESSAGES = 20
# Fewer independent units than this do not carry a t interval of their own.
_MIN_COMPONENTS = 5


def ties_of_groups(ties: pd.DataFrame, groups: pd.DataFrame, dataset: Dataset) -> pd.DataFrame:
    """Return one row for each tie of each group: `kind`, `group` and the tie's share.

    Pairs that never exchanged a message have `n` 0 and status `zero_denominator`, or
    `not_identified` where nothing shows what they exchanged.
    """
    pairs = group_pairs(groups)
    distinct = pairs[["lo", "hi"]].drop_duplicates().astype("int32")
    frame = lazy(pa.Table.from_pandas(distinct, preserve_index=False))
    asked = collect(identify(dataset, frame, "tie", layers=("private", "public")))
    known = asked.astype({"lo": "int64", "hi": "int64"}).merge(
        ties[["lo", "hi", "private", "public"]], on=["lo", "hi"], how="left"
    )
    known[["private", "public"]] = known[["private", "public"]].astype(float).fillna(0.0)
    return pairs.merge(with_share(known), on=["lo", "hi"], how="left")


def to_members(directions: pd.DataFrame, groups: pd.DataFrame, dataset: Dataset) -> pd.DataFrame:
    """Sum what each member of each group wrote to its other members.

    Returns
    -------
    pandas.DataFrame
        `kind`, `group`, `person_id`, `private`, `public`, `identified` (all her directions into
        the group were observed).
    """
    pairs = group_pairs(groups)
    there = pairs.rename(columns={"lo": "author_id", "hi": "other_id"})
    back = pairs.rename(columns={"hi": "author_id", "lo": "other_id"})
    ordered = pd.concat([there, back], ignore_index=True)
    ends = ordered[["author_id", "other_id"]].drop_duplicates().astype("int32")
    frame = lazy(pa.Table.from_pandas(ends, preserve_index=False))
    known = collect(identify(dataset, frame, "direction", layers=("private", "public")))
    amounts = directions[["author_id", "other_id", "private", "public"]]
    rows = ordered.merge(known.astype({"author_id": "int64", "other_id": "int64"})).merge(
        amounts, on=["author_id", "other_id"], how="left"
    )
    rows[["private", "public"]] = rows[["private", "public"]].astype(float).fillna(0.0)
    summed = rows.rename(columns={"author_id": "person_id"}).groupby(
        ["kind", "group", "person_id"], as_index=False
    )
    return summed.agg(
        private=("private", "sum"), public=("public", "sum"), identified=("identified", "all")
    )


def inside(ties: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """Keep the ties that lie inside a group, each once."""
    pairs = group_pairs(groups)[["lo", "hi"]].drop_duplicates()
    return ties.merge(pairs.astype("int64"), on=["lo", "hi"], how="inner")


def components(lo: npt.ArrayLike, hi: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Return for each tie the number of the set of ties it is joined to by shared persons."""
    ends = np.concatenate([np.asarray(lo), np.asarray(hi)])
    people, code = np.unique(ends, return_inverse=True)
    first, second = np.split(code, 2)
    shape = (people.size, people.size)
    graph = sparse.coo_array((np.ones(first.size, np.int8), (first, second)), shape=shape)
    _, label = connected_components(graph, directed=False)
    return np.asarray(label, np.int64)[first]


def mean_of_ties(ties: pd.DataFrame, *, level: float = 0.95) -> Estimate:
    """Estimate the mean of one value per tie (`value`, with `lo` and `hi`).

    Returns
    -------
    Estimate
        Ties weigh equally. `ci_method` is `t` where no two ties share a person, `t_components`
        where some do (the sandwich over components, which is t when they are of one size), and
        `dyadic_robust` where one component holds more than half of the ties or there are fewer
        than five.
    """
    part = components(ties["lo"], ties["hi"])
    size = np.bincount(part)
    if len(size) == len(ties):
        found = pooled_ratio(ties["value"], np.ones(len(ties)), level=level)
        return replace(found, ci_method="t") if found.ci_method != "none" else found
    if len(size) < _MIN_COMPONENTS or size.max() * 2 > len(ties):
        return dyadic_interval(ties["value"], ties["lo"], ties["hi"], level=level)
    found = pooled_ratio(np.bincount(part, ties["value"]), size, level=level)
    return replace(found, ci_method="t_components")


def pooled_share(ties: pd.DataFrame) -> Estimate:
    """Estimate the share of all messages of all ties, a sandwich over components beside it.

    Returns
    -------
    Estimate
        Large ties weigh more: descriptive. No interval below five components or where one holds
        more than half of the ties (`ci_method` none).
    """
    part = components(ties["lo"], ties["hi"])
    size = np.bincount(part)
    total = ties["private"] + ties["public"]
    found = pooled_ratio(np.bincount(part, ties["private"]), np.bincount(part, total))
    if len(ties) and (len(size) < _MIN_COMPONENTS or size.max() * 2 > max(len(ties), 2)):
        return replace(found, ci_low=np.nan, ci_high=np.nan, ci_method="none")
    return found
