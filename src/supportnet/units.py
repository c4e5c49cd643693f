"""What every measure returns, and what it may be asked for: units, levels, values with a status.

A unit-level result has its keys and `value`, `n`, `status`. An undefined value is NaN with a status
that says why; it is never 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from supportnet.coverage import cover_directions
from supportnet.dataset import Dataset, Lazy
from supportnet.errors import InputError, choose

__all__ = [
    "GROUP_COLUMNS",
    "KEYS",
    "STATUSES",
    "check_groups",
    "check_level",
    "empty_result",
    "finish",
    "first_status",
    "group_pairs",
    "identify",
    "in_order",
    "network_rows",
    "stack_numbers",
    "words",
]

STATUSES = (
    "ok",
    "empty",
    "zero_denominator",
    "not_identified",
    "too_few_units",
    "all_censored",
    "suppressed",
)
# Level → the columns that name a unit of it.
KEYS: dict[str, tuple[str, ...]] = {
    "direction": ("author_id", "other_id"),
    "tie": ("lo", "hi"),
    "person": ("person_id",),
    "group": ("kind", "group"),
    "network": (),
}
GROUP_COLUMNS = ("community", "kind", "group", "person")
_EGO_KINDS = ("friend_network",)


def finish(table: pd.DataFrame, level: str, *, more: Sequence[str] = ()) -> pd.DataFrame:
    """Return a unit-level result in its common form.

    Parameters
    ----------
    table
        Columns: the keys of `level`, `value`, `n`, `status`, optionally `measure` and `more`.
    level
        A key of :data:`KEYS`.
    more
        Further columns to keep, after `status`.

    Returns
    -------
    pandas.DataFrame
        Keys, `measure` where present, `value` (float), `n` (int), `status`, `more`; sorted by
        keys, index 0…; value is NaN wherever status is not `ok` or `empty`.
    """
    keys = [*KEYS[level], *(["measure"] if "measure" in table.columns else [])]
    result = table[[*keys, "value", "n", "status", *more]]
    value = result["value"].astype(float)
    defined = result["status"].isin(["ok", "empty"])
    count = result["n"] if result["n"].dtype == np.int64 else result["n"].fillna(0).astype("int64")
    result = result.assign(value=value.where(defined), n=count)
    if level == "network":
        return result.reset_index(drop=True)
    return in_order(result, keys)


def in_order(table: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Sort rows by their keys, stably, with a fresh index.

    Parameters
    ----------
    table
        Any frame.
    keys
        Columns to sort by; whole numbers are packed into one integer, which sorts millions of
        ties several times faster than one key after the other.

    Returns
    -------
    pandas.DataFrame
        The rows in order; the same values as `sort_values(keys, kind="stable")`.
    """
    packed = np.zeros(len(table), dtype=np.int64)
    room = 1
    for name in keys:
        column = table[name]
        if pd.api.types.is_integer_dtype(column.dtype) and not column.hasnans:
            codes = column.to_numpy(dtype=np.int64)
        elif name == "measure":
            codes = pd.Categorical(column, categories=sorted(column.unique())).codes.astype(
                np.int64
            )
        else:
            return table.sort_values(list(keys), kind="stable", ignore_index=True)
        low, high = int(codes.min(initial=0)), int(codes.max(initial=0))
        room *= high - low + 1
        if room >= 2**62:
            return table.sort_values(list(keys), kind="stable", ignore_index=True)
        packed = packed * (high - low + 1) + (codes - low)
    if bool((packed[1:] >= packed[:-1]).all()):
        return table.reset_index(drop=True)
    return table.take(np.argsort(packed, kind="stable")).reset_index(drop=True)


def words(codes: npt.NDArray[np.integer[Any]], vocabulary: Sequence[str]) -> pd.Series[Any]:
    """Return one of a few words for each row, from its number: quick for millions of rows."""
    if codes.size and bool((codes == codes[0]).all()):
        return _one_word(vocabulary[int(codes[0])], codes.size)
    numbered = pa.DictionaryArray.from_arrays(pa.array(codes, pa.int8()), pa.array(vocabulary))
    return pd.Series(pd.array(numbered.cast(pa.large_string()), dtype="str"))


def _one_word(word: str, n: int) -> pd.Series[Any]:
    """Return one word n times, laid out as Arrow lays out strings."""
    data = word.encode()
    offsets = np.arange(n + 1, dtype=np.int64) * len(data)
    repeated = pa.LargeStringArray.from_buffers(n, pa.py_buffer(offsets), pa.py_buffer(data * n))
    return pd.Series(pd.array(repeated, dtype="str"))


def first_status(cases: Mapping[str, npt.ArrayLike], index: pd.Index[Any]) -> pd.Series[Any]:
    """Return for each row the first status whose case holds, else `ok`."""
    codes = np.full(len(index), len(cases), np.int8)
    for code, case in reversed(list(enumerate(cases.values()))):
        codes[np.asarray(case, dtype=bool)] = code
    return words(codes, [*cases, "ok"]).set_axis(index)


def stack_numbers(table: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Return one row for each number of each unit, from one column for each number.

    Parameters
    ----------
    table
        One row for each unit, with `status` and the columns `names`.
    names
        Columns of numbers. One that is missing where the unit is `ok` gets `zero_denominator`.

    Returns
    -------
    pandas.DataFrame
        The other columns repeated, `measure`, `value`, `status`; units in their order, numbers by
        name.
    """
    ordered = sorted(names)
    numbers = table[ordered].to_numpy(dtype=float)
    place = np.repeat(np.arange(len(table)), len(ordered))
    rows = table.drop(columns=[*ordered, "status"]).take(place).reset_index(drop=True)
    missing = np.isnan(numbers)
    known = (table["status"] == "ok").to_numpy()
    values = numbers.ravel()
    status = table["status"].take(place).reset_index(drop=True)
    broken = (missing & known[:, None]).ravel()
    measure = words(np.tile(np.arange(len(ordered), dtype=np.int8), len(table)), ordered)
    return rows.assign(
        measure=measure, value=values, status=status.mask(broken, "zero_denominator")
    )


def empty_result(level: str, *, more: Sequence[str] = ()) -> pd.DataFrame:
    """Return a result without units (a dataset that has none of them)."""
    columns: dict[str, Any] = {name: pd.Series(dtype="int64") for name in KEYS[level]}
    columns.update(value=pd.Series(dtype=float), n=pd.Series(dtype="int64"))
    columns.update(
        status=pd.Series(dtype=object), **{name: pd.Series(dtype=float) for name in more}
    )
    return pd.DataFrame(columns)


def network_rows(rows: Sequence[tuple[str, float, int, str]]) -> pd.DataFrame:
    """Return network-level numbers, one row each: `measure`, `value`, `n`, `status`."""
    return finish(pd.DataFrame(rows, columns=["measure", "value", "n", "status"]), "network")


def check_groups(groups: pd.DataFrame | None, community: str) -> pd.DataFrame:
    """Return the rows of a groups frame that belong to one community.

    Raises
    ------
    InputError
        When no groups were passed, a column is missing, or the community has none in the frame.
    """
    if groups is None:
        msg = "level='group' needs groups=; found none; pass the result of twinomes(), dyads() …."
        raise InputError(msg)
    missing = [c for c in GROUP_COLUMNS if c not in groups.columns]
    if missing:
        found = ", ".join(str(c) for c in groups.columns)
        msg = f"groups need columns {', '.join(GROUP_COLUMNS)}; found {found}; add {missing[0]!r}."
        raise InputError(msg)
    own = groups[groups["community"] == community]
    if own.empty and not groups.empty:
        names = ", ".join(sorted({repr(str(c)) for c in groups["community"]}))
        msg = (
            f"groups of community {community!r} were expected; found only {names}; find its groups "
            "too, or leave it out."
        )
        raise InputError(msg)
    return own


def group_pairs(groups: pd.DataFrame) -> pd.DataFrame:
    """Return the ties inside each group: `kind`, `group`, `lo`, `hi`.

    Every pair of members; in a friend network only the pairs of its ego (column `role`), because
    what its contacts are to each other is not part of it.
    """
    rows: list[tuple[str, Any, int, int]] = []
    for (kind, group), members in groups.groupby(["kind", "group"], sort=True):
        people = sorted(int(p) for p in members["person"])
        if kind in _EGO_KINDS and "role" in members.columns:
            egos = sorted(int(p) for p in members.loc[members["role"] == "ego", "person"])
            pairs = {(min(e, p), max(e, p)) for e in egos for p in people if p != e}
            rows += [(str(kind), group, lo, hi) for lo, hi in sorted(pairs)]
        else:
            rows += [(str(kind), group, lo, hi) for lo, hi in combinations(people, 2)]
    return pd.DataFrame(rows, columns=["kind", "group", "lo", "hi"])


def check_level(level: str, valid: Sequence[str]) -> str:
    """Return `level` when this measure makes sense at it, else name those that do."""
    return choose(level, tuple(valid), "level")


# Somebody who is in no dataset: what a person writes to everybody is observed with the writer.
_ANYBODY = -1


def identify(
    dataset: Dataset,
    frame: Lazy,
    level: str,
    *,
    layers: Sequence[str],
    spans: bool = False,
    stated: bool = False,
) -> Lazy:
    """Say for each unit whether all its traffic in some layers was observed.

    Parameters
    ----------
    dataset
        The community's tables.
    frame
        The units; columns named as in :data:`KEYS`.
    level
        `direction`; `tie` (both directions); `person` (what the person writes and gets, with
        everybody); `author` (only what the person writes; key `person_id`).
    layers
        Out of `private` and `public`; all of them are asked for.
    spans
        Also add `start_us`, `end_us` (µs UTC): the stretch in which all of it was observed; null
        where not identified.
    stated
        Let stretches begin where the sources say; see :func:`supportnet.coverage.cover_directions`.

    Returns
    -------
    narwhals.LazyFrame
        The frame with `identified` (bool) added.
    """
    anybody = nw.lit(_ANYBODY).cast(nw.Int32)
    person = nw.col("unit_person_id")
    asked = {
        "direction": [(nw.col("unit_author_id"), nw.col("unit_other_id"))],
        "tie": [(nw.col("unit_lo"), nw.col("unit_hi")), (nw.col("unit_hi"), nw.col("unit_lo"))],
        "person": [(person, anybody), (anybody, person)],
        "author": [(person, anybody)],
    }
    # Our keys travel under other names: the coverage rules use author_id, other_id, lo and hi.
    keys = KEYS["person" if level == "author" else level]
    frame = frame.rename({key: f"unit_{key}" for key in keys})
    turns = [(*ends, layer) for ends in asked[level] for layer in layers]
    for turn, (author, other, layer) in enumerate(turns):
        named = frame.with_columns(author_id=author, other_id=other)
        covered = cover_directions(dataset, named, layer, stated=stated).rename(
            {"identified": f"seen_{turn}", "start_us": f"start_{turn}", "end_us": f"end_{turn}"}
        )
        frame = covered.drop("author_id", "other_id")
    seen, starts, ends_ = (
        [f"{word}_{turn}" for turn in range(len(turns))] for word in ("seen", "start", "end")
    )
    whole = frame.with_columns(identified=nw.all_horizontal(*seen, ignore_nulls=False))
    if spans:
        inside = nw.when(nw.col("identified"))
        whole = whole.with_columns(
            start_us=inside.then(nw.max_horizontal(*starts)),
            end_us=inside.then(nw.min_horizontal(*ends_)),
        )
    return whole.drop([*seen, *starts, *ends_]).rename({f"unit_{key}": key for key in keys})
