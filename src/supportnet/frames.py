"""Tables a researcher already has, as a dataset in memory: the same measures without an import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from supportnet.dataset import Dataset, lazy
from supportnet.errors import InputError, choose
from supportnet.schema import BUILD_TABLES, COVERAGE_FLAGS, KINDS, VISIBILITIES

__all__ = ["TableOptions", "dataset_from_frame"]

_UNIT_US = {"s": 1_000_000, "ms": 1_000, "us": 1}
_OURS = ("sender", "recipient", "time", "message_id", "reply_to", "visibility", "kind")


@dataclass(frozen=True, slots=True)
class TableOptions:
    """How to read the researcher's table; see :func:`supportnet.from_dataframe`."""

    columns: Mapping[str, str]
    visibility: str | None = None
    unit: str | None = None
    order: str | None = None
    start: pd.Timestamp | None = None
    end: pd.Timestamp | None = None
    community: str = "table"


def dataset_from_frame(
    df: pd.DataFrame, options: TableOptions, contacts: pd.DataFrame | None = None
) -> tuple[Dataset, pd.DataFrame]:
    """Make a dataset in memory from one row per message.

    Parameters
    ----------
    df
        The researcher's table; not changed.
    options
        Column names, visibility, clock.
    contacts
        Declared ties: columns owner, other and optionally kind.

    Returns
    -------
    Dataset
        The tables of the schema.
    pandas.DataFrame
        `id`, `person_id`: the researcher's ids beside ours, for memory only.
    """
    rows = _rows(df, options)
    people, rows = _people(rows, contacts)
    tables = {name: schema.empty_table() for name, schema in BUILD_TABLES.items()}
    tables.update(_message_tables(rows))
    tables["people"] = _people_table(len(people))
    if contacts is not None:
        tables["contacts"] = _contacts(contacts, people)
    tables["coverage"] = _coverage(rows, options)
    tables["sources"] = _sources(len(df), len(rows), self_addressed=len(df) - len(rows))
    frames = {name: lazy(table) for name, table in tables.items()}
    ids = pd.DataFrame({"id": people.to_numpy(), "person_id": np.arange(len(people))})
    return Dataset(options.community, frames), ids


def _column(df: pd.DataFrame, options: TableOptions, name: str) -> pd.Series[Any]:
    """Return one of our columns by the researcher's name for it."""
    theirs = options.columns.get(name, name)
    if theirs not in df.columns:
        found = ", ".join(repr(str(c)) for c in df.columns)
        msg = (
            f"the table needs a column for {name!r}; found {found}; rename one, or pass "
            f"columns={{{name!r}: ...}}."
        )
        raise InputError(msg)
    return df[theirs]


def _rows(df: pd.DataFrame, options: TableOptions) -> pd.DataFrame:
    """Return sender, recipient, t_us, visibility, kind, ids, number: a row per reader, ordered."""
    unknown = [name for name in options.columns if name not in _OURS]
    if unknown:
        msg = (
            f"columns maps our names ({', '.join(_OURS)}); found {unknown[0]!r}; pass one of them."
        )
        raise InputError(msg)
    has = {name for name in _OURS if options.columns.get(name, name) in df.columns}
    rows = pd.DataFrame(
        {
            "sender": _column(df, options, "sender").to_numpy(),
            "recipient": _column(df, options, "recipient").to_numpy(),
            "t_us": _microseconds(_column(df, options, "time"), options),
        }
    )
    if "visibility" in has and (options.visibility is None or "visibility" in options.columns):
        rows["visibility"] = _column(df, options, "visibility").astype(str).to_numpy()
    else:
        rows["visibility"] = choose(str(options.visibility), VISIBILITIES, "visibility")
    rows["kind"] = "message"
    if "kind" in has:
        rows["kind"] = _column(df, options, "kind").astype(str).to_numpy()
    for name in ("message_id", "reply_to"):
        if name in has:
            rows[name] = _column(df, options, name).to_numpy()
    for name, valid in (("visibility", VISIBILITIES), ("kind", KINDS)):
        for value in rows[name].unique():
            choose(str(value), valid, name)
    if rows["sender"].isna().any() or rows["recipient"].isna().any():
        missing = int((rows["sender"].isna() | rows["recipient"].isna()).sum())
        msg = (
            f"a sender and a recipient in every row were expected; {missing} rows lack one; "
            "drop or fill them."
        )
        raise InputError(msg)
    rows = _without_copies(rows)
    by = _order_column(df, rows, options)
    rows = rows.assign(by=by).sort_values(["t_us", "by", "sender", "recipient"], kind="stable")
    rows = rows[rows["sender"] != rows["recipient"]].drop(columns="by").reset_index(drop=True)
    return _numbered(rows)


def _without_copies(rows: pd.DataFrame) -> pd.DataFrame:
    """Leave out rows that repeat a message id, except where they name another of its readers."""
    if "message_id" not in rows or not rows["message_id"].duplicated().any():
        return rows
    told = ["sender", "t_us", "visibility", "kind"]
    first = rows.groupby("message_id", dropna=False, sort=False)[told].transform("first")
    same = (rows[told] == first).all(axis=1)
    kept = same & ~rows.duplicated(["message_id", "recipient"])
    return rows[kept | rows["message_id"].isna()]


def _numbered(rows: pd.DataFrame) -> pd.DataFrame:
    """Give messages numbers; rows of one id are one message to several persons."""
    own = np.arange(len(rows))
    if "message_id" not in rows:
        return rows.assign(number=own)
    named = pd.factorize(rows["message_id"])[0]
    # A row without an id is a message of its own.
    number = pd.factorize(np.where(named < 0, len(rows) + own, named))[0]
    rows = rows.assign(number=number)
    shared = rows["number"].duplicated(keep=False) & (rows["visibility"] == "private_1to1")
    if shared.any():
        several = rows.loc[shared, "number"].nunique()
        msg = (
            f"one recipient was expected for each private_1to1 message; found {several:,} message "
            "ids with several; call their visibility private_group."
        )
        raise InputError(msg)
    return rows


def _order_column(df: pd.DataFrame, rows: pd.DataFrame, options: TableOptions) -> npt.NDArray[Any]:
    """Return what orders rows of equal time: a column the researcher named, else nothing."""
    if options.order is None:
        return np.zeros(len(rows), dtype=np.int8)
    if options.order not in df.columns:
        msg = f"order= names a column of the table; found {options.order!r}; pass an existing one."
        raise InputError(msg)
    chosen: npt.NDArray[Any] = df[options.order].to_numpy()[rows.index.to_numpy()]
    return chosen


def _microseconds(times: pd.Series[Any], options: TableOptions) -> npt.NDArray[np.int64]:
    """Read times: aware datetimes, or integers with a unit. Nothing is assumed."""
    if pd.api.types.is_integer_dtype(times):
        if options.unit is None:
            msg = "integer times need unit='s', 'ms' or 'us'; found none; pass it."
            raise InputError(msg)
        scale = _UNIT_US[choose(options.unit, tuple(_UNIT_US), "unit")]
        result: npt.NDArray[np.int64] = times.to_numpy(dtype=np.int64) * scale
        return result
    if not isinstance(times.dtype, pd.DatetimeTZDtype):
        msg = (
            "times were expected as timezone-aware datetimes, or as integers with unit=; found "
            f"{times.dtype}; use pandas.to_datetime(..., utc=True) or .dt.tz_localize(zone)."
        )
        raise InputError(msg)
    if times.isna().any():
        missing = int(times.isna().sum())
        msg = f"a time in every row was expected; {missing} rows lack one; drop or fill them."
        raise InputError(msg)
    utc = times.dt.tz_convert("UTC").astype("datetime64[us, UTC]")
    moments: npt.NDArray[np.int64] = utc.astype("int64").to_numpy(dtype=np.int64)
    return moments


def _people(
    rows: pd.DataFrame, contacts: pd.DataFrame | None
) -> tuple[pd.Index[Any], pd.DataFrame]:
    """Give persons numbers in the order of their first row, readers after authors."""
    pairs = rows[["sender", "recipient"]].to_numpy().ravel()
    more = [] if contacts is None else [contacts[c].to_numpy() for c in ("owner", "other")]
    codes, people = pd.factorize(np.concatenate([pairs, *more]) if more else pairs)
    both = codes[: 2 * len(rows)].reshape(-1, 2)
    numbered = rows.assign(author_id=both[:, 0], other_id=both[:, 1])
    return pd.Index(people), numbered


def _nulls(n: int, type_: pa.DataType) -> pa.Array:
    return pa.nulls(n, type=type_)


def _message_tables(rows: pd.DataFrame) -> dict[str, pa.Table]:
    """Return tables messages and recipients."""
    every = rows
    rows = every[~every["number"].duplicated()]
    n = len(rows)
    ids = np.arange(n, dtype=np.int64)
    reply = _reply_ids(rows)
    known = ~pd.isna(reply)
    authors = rows["author_id"].to_numpy(dtype=np.int32)
    reply_author = pd.array([pd.NA] * n, dtype="Int32")
    if known.any():
        reply_author[known] = authors[reply[known].astype(np.int64)]
    given: dict[str, Any] = {
        "message_id": ids,
        "conversation_id": _conversations(every, n),
        "seq": ids,
        "author_id": authors,
        "t_us": rows["t_us"].to_numpy(),
        "kind": rows["kind"].to_numpy(),
        "visibility": rows["visibility"].to_numpy(),
        "reply_to": pa.array(reply, pa.int64(), from_pandas=True),
        "reply_author": pa.array(reply_author, pa.int32()),
        "reply_basis": np.where(known, "explicit", "none"),
        "edited": np.zeros(n, bool),
        "time_note": np.zeros(n, np.int16),
    }
    schema = BUILD_TABLES["messages"]
    arrays = [
        pa.array(given[f.name], f.type) if f.name in given else _nulls(n, f.type) for f in schema
    ]
    readers = [every["number"].to_numpy(dtype=np.int64), every["other_id"].to_numpy(dtype=np.int32)]
    return {
        "messages": pa.table(arrays, schema=schema),
        "recipients": pa.table(
            [pa.array(a, f.type) for a, f in zip(readers, BUILD_TABLES["recipients"], strict=True)],
            schema=BUILD_TABLES["recipients"],
        ),
    }


def _conversations(rows: pd.DataFrame, n: int) -> npt.NDArray[np.int32]:
    """Return for each message the number of its conversation: one for each set of persons."""
    both = rows[["author_id", "other_id"]].to_numpy(dtype=np.int64)
    lo, hi = both.min(axis=1, initial=2**31), both.max(axis=1, initial=0)
    if len(rows) == n:
        key: npt.NDArray[Any] = lo * (int(hi.max(initial=0)) + 1) + hi
    else:
        met = rows.groupby("number", sort=True)[["author_id", "other_id"]]
        named = [tuple(sorted(set(part.to_numpy().ravel().tolist()))) for _, part in met]
        key = np.empty(n, dtype=object)
        key[:] = named
    return np.asarray(pd.factorize(key)[0], dtype=np.int32)


def _reply_ids(rows: pd.DataFrame) -> npt.NDArray[Any]:
    """Return the row number of each row's parent, NaN where there is none."""
    empty: npt.NDArray[Any] = np.full(len(rows), np.nan)
    if "reply_to" not in rows or "message_id" not in rows:
        return empty
    place = pd.Series(np.arange(len(rows), dtype=float), index=rows["message_id"])
    place = place[place.index.notna()]
    found: npt.NDArray[Any] = rows["reply_to"].map(place).to_numpy(dtype=float)
    return found


def _people_table(n: int) -> pa.Table:
    schema = BUILD_TABLES["people"]
    no = np.zeros(n, bool)
    values = [np.arange(n, dtype=np.int32), no, no, no, np.full(n, "none", dtype=object)]
    arrays = [pa.array(v, f.type) for v, f in zip(values, schema, strict=True)]
    return pa.table(arrays, schema=schema)


def _contacts(contacts: pd.DataFrame, people: pd.Index[Any]) -> pa.Table:
    """Return declared ties among numbered persons."""
    schema = BUILD_TABLES["contacts"]
    owner = people.get_indexer(pd.Index(contacts["owner"]))
    other = people.get_indexer(pd.Index(contacts["other"]))
    kind = contacts["kind"] if "kind" in contacts else pd.Series("friend", index=contacts.index)
    keep = owner != other
    n = int(keep.sum())
    values = {
        "owner_id": owner[keep].astype(np.int32),
        "other_id": other[keep].astype(np.int32),
        "kind": kind.astype(str).to_numpy()[keep],
    }
    arrays = [
        pa.array(values[f.name], f.type) if f.name in values else _nulls(n, f.type) for f in schema
    ]
    return pa.table(arrays, schema=schema)


def _coverage(rows: pd.DataFrame, options: TableOptions) -> pa.Table:
    """Say that a researcher's table covers the whole community, in the layers it has rows of."""
    seen = set(rows["visibility"])
    flags = dict.fromkeys(COVERAGE_FLAGS, False)
    private = bool(seen & {"private_1to1", "private_group"})
    public = bool(seen & {"public", "semi_public"})
    flags.update(alter_alter=True, private_in=private, private_out=private)
    flags.update(public_in=public, public_out=public, groups="private_group" in seen)
    start = int(rows["t_us"].min()) if len(rows) else None
    end = int(rows["t_us"].max()) if len(rows) else None
    if options.start is not None:
        start = int(options.start.tz_convert("UTC").value // 1000)
    if options.end is not None:
        end = int(options.end.tz_convert("UTC").value // 1000)
    row: dict[str, Any] = {
        "source_id": 0,
        "start_us": start,
        "end_us": end,
        "resolution_us": 1,
        **flags,
    }
    row["end_basis"] = "last_record" if options.end is None else "stated"
    return pa.Table.from_pylist([row], schema=BUILD_TABLES["coverage"])


def _sources(seen: int, kept: int, *, self_addressed: int) -> pa.Table:
    ignored = f'{{"self_addressed_or_duplicate": {self_addressed}}}' if self_addressed else "{}"
    row = {
        "source_id": 0,
        "format": "dataframe",
        "seen": seen,
        "kept": kept,
        "ignored": ignored,
        "rejected": "{}",
        "leaves_out": "",
        "notes": "{}",
    }
    return pa.Table.from_pylist([row], schema=BUILD_TABLES["sources"])
