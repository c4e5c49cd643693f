"""How evenly messages spread over the four kinds of audience."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa

from supportnet.community import Community
from supportnet.coverage import network_scope
from supportnet.dataset import Dataset, Lazy, collect, lazy
from supportnet.interactions import FIXED_POINT, Attribution, fixed_units
from supportnet.measures.visibility.counts import written
from supportnet.units import KEYS, check_groups, check_level, finish, group_pairs, identify

__all__ = ["visibility_entropy"]

_CLASSES = ("private_1to1", "private_group", "semi_public", "public")
_SIDES = ("private", "public")


def visibility_entropy(
    community: Community,
    *,
    level: str = "person",
    groups: pd.DataFrame | None = None,
    attribution: Attribution | None = None,
) -> pd.DataFrame:
    """Compute how evenly messages spread over private, group, semi-public and public.

    Parameters
    ----------
    community
        The community.
    level
        `person` and `network` (all messages, broadcasts included); `direction`, `tie` and `group`
        (addressed messages; inside the group).
    groups
        Groups frame, for level `group`.
    attribution
        Who addressed whom, for the levels of addressed messages.

    Returns
    -------
    pandas.DataFrame
        Keys of the level, `measure`: `visibility_entropy` (bits, 0 to 2) and
        `visibility_entropy_normalised` (0 to 1), `value`, `n` (messages), `status`.

    Raises
    ------
    InputError
        When the level is unknown or groups are missing.

    Notes
    -----
    H = -Σ p log2 p over the four classes, normalised by log2 4 = 2. One class gives 0; no message
    gives no row (levels `group` and `network`: NaN, `empty`). Unknown visibility is left out. NaN,
    `not_identified`, unless both the private and the public side were observed, in a group of all
    its ties.

    References
    ----------
    Shannon 1948, doi:10.1002/j.1538-7305.1948.tb01338.x.

    Examples
    --------
    >>> import pandas as pd
    >>> from supportnet.community import from_dataframe
    >>> talk = pd.DataFrame({"sender": ["a"] * 5, "recipient": ["b"] * 5, "time": range(5)})
    >>> talk["visibility"] = ["private_1to1"] * 4 + ["public"]
    >>> visibility_entropy(from_dataframe(talk, unit="s"))["value"].round(4).tolist()
    [0.7219, 0.361]
    """
    check_level(level, tuple(KEYS))
    own = check_groups(groups, community.name) if level == "group" else None
    counted = _counted(community, level, attribution)
    if own is not None:
        counted = _inside(counted, own, community.dataset)
    elif level == "network":
        seen = counted[counted["identified"]]
        scope = network_scope(community.dataset, "all")
        counted = seen[list(_CLASSES)].sum().to_frame().T.assign(identified=scope.kind != "none")
    return finish(_entropies(counted), level)


def _inside(counted: pd.DataFrame, groups: pd.DataFrame, dataset: Dataset) -> pd.DataFrame:
    """Sum the ties of each group; one that was not observed hides the group, silent or not."""
    pairs = group_pairs(groups)
    ends = pairs[["lo", "hi"]].drop_duplicates().astype("int32")
    frame = lazy(pa.Table.from_pandas(ends, preserve_index=False))
    known = collect(identify(dataset, frame, "tie", layers=_SIDES))
    rows = pairs.merge(known.astype({"lo": "int64", "hi": "int64"}), on=["lo", "hi"], how="left")
    amounts = counted[["lo", "hi", *_CLASSES]]
    how = {**dict.fromkeys(_CLASSES, "sum"), "identified": "all"}
    merged = rows.merge(amounts, on=["lo", "hi"], how="left")
    return merged.groupby(list(KEYS["group"]), as_index=False).agg(how)


def _counted(community: Community, level: str, attribution: Attribution | None) -> pd.DataFrame:
    """Return the messages of each class for each unit, one column a class."""
    unit = {"network": "person", "group": "tie"}.get(level, level)
    keys = list(KEYS[unit])
    frame = _written(community) if unit == "person" else _addressed(community, attribution)
    amounts = {
        name: nw.when(nw.col("visibility") == name).then(nw.col("units")).otherwise(0)
        for name in _CLASSES
    }
    summed = (
        frame.filter(nw.col("visibility").is_in(list(_CLASSES)))
        .with_columns(**amounts)
        .group_by(*keys)
        .agg(nw.col(*_CLASSES).sum().cast(nw.Float64))
    )
    who = "author" if unit == "person" else unit
    table = collect(identify(community.dataset, summed, who, layers=_SIDES))
    table[list(_CLASSES)] /= FIXED_POINT
    return table.astype(dict.fromkeys(keys, "int64"))


def _written(community: Community) -> Lazy:
    """Return every message with its author, each weighing one."""
    return written(community).select(
        "visibility",
        person_id=nw.col("author_id"),
        units=nw.lit(FIXED_POINT).cast(nw.Int64),
    )


def _addressed(community: Community, attribution: Attribution | None) -> Lazy:
    """Return the addressed messages with their weights."""
    frame = community.interactions(attribution, lazy=True).filter(nw.col("relational"))
    return frame.select(
        "author_id",
        "other_id",
        "visibility",
        lo=nw.min_horizontal("author_id", "other_id"),
        hi=nw.max_horizontal("author_id", "other_id"),
        units=fixed_units(),
    )


def _entropies(counted: pd.DataFrame) -> pd.DataFrame:
    """Return both numbers of each unit."""
    amounts = counted[list(_CLASSES)].to_numpy(dtype=float)
    total = amounts.sum(axis=1)
    share = np.divide(amounts, total[:, None], out=np.zeros_like(amounts), where=total[:, None] > 0)
    bits = -(share * np.log2(share, out=np.zeros_like(share), where=share > 0)).sum(axis=1)
    # A single class gives -0.0 otherwise.
    bits = np.where(total > 0, np.abs(bits), np.nan)
    known = counted["identified"].astype(bool).to_numpy()
    rows = counted.assign(n=np.rint(total))
    rows["status"] = np.select([~known, total <= 0], ["not_identified", "empty"], "ok")
    names = {"visibility_entropy": bits, "visibility_entropy_normalised": bits / 2}
    parts = [rows.assign(measure=name, value=value) for name, value in names.items()]
    return pd.concat(parts, ignore_index=True)
