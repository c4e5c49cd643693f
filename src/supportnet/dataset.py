"""The built tables as lazy frames: from a dataset folder, or from tables in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from supportnet.errors import DatasetError, choose
from supportnet.schema import BUILD_TABLES
from supportnet.store.engine import connection, read_parquet
from supportnet.store.files import TEMPORARY
from supportnet.store.manifest import Manifest, read_manifest

__all__ = ["Dataset", "Lazy", "arrays", "batches", "collect", "lazy", "open_dataset", "scalar"]

Lazy = nw.LazyFrame[Any]

_BATCH_ROWS = 1 << 20


def lazy(table: pa.Table) -> Lazy:
    """Return an Arrow table as a lazy frame on the one connection.

    Parameters
    ----------
    table
        Columns of any schema.

    Returns
    -------
    narwhals.LazyFrame
        A frame that can be joined with the dataset's tables.
    """
    return nw.from_native(connection().from_arrow(table))


def collect(frame: Lazy) -> pd.DataFrame:
    """Run a lazy frame and return its rows as pandas, in the order the frame asks for."""
    arrow: pa.Table = frame.collect().to_native()
    table: pd.DataFrame = arrow.to_pandas()
    for place, field_ in enumerate(arrow.schema):
        # A missing integer must not turn its neighbours into floats.
        if pa.types.is_integer(field_.type) and arrow.column(place).null_count:
            table[field_.name] = pd.array(arrow.column(place).to_pylist(), dtype="Int64")
    return table


def scalar(frame: Lazy) -> Any:
    """Run a lazy frame of one row and one column and return its value (None for null)."""
    return frame.collect().to_native().column(0)[0].as_py()


def arrays(frame: Lazy) -> dict[str, npt.NDArray[Any]] | None:
    """Run a lazy frame of numbers and return its columns as arrays.

    Parameters
    ----------
    frame
        Columns of numbers. It is run twice: first to count its rows, which costs little, then batch
        by batch, so that they are never there both as a table and as arrays.

    Returns
    -------
    dict or None
        One array per column, rows in no order; None where any number is missing.
    """
    names = frame.collect_schema().names()
    rows = int(scalar(frame.select(nw.len().cast(nw.Int64))))
    columns: dict[str, npt.NDArray[Any]] = {}
    place = 0
    for batch in _record_batches(frame):
        if any(column.null_count for column in batch.columns):
            return None
        for name, column in zip(names, batch.columns, strict=True):
            if name not in columns:
                columns[name] = np.empty(rows, column.type.to_pandas_dtype())
            columns[name][place : place + batch.num_rows] = column
        place += batch.num_rows
    return columns


def batches(frame: Lazy) -> Iterator[list[npt.NDArray[Any]]]:
    """Run a lazy frame of numbers and give its columns as arrays, a million rows at a time.

    Parameters
    ----------
    frame
        Columns of numbers or booleans, none of them missing.

    Yields
    ------
    list of array
        One array per column, rows in no order.
    """
    for batch in _record_batches(frame):
        yield [column.to_numpy(zero_copy_only=False) for column in batch.columns]


def _record_batches(frame: Lazy) -> Iterator[pa.RecordBatch]:
    """Run a lazy frame; an engine that cannot hand out batches hands out all rows at once."""
    reader = getattr(frame.to_native(), "to_arrow_reader", None)
    if reader is not None:
        yield from reader(_BATCH_ROWS)
    else:
        yield from frame.collect("pyarrow").to_native().to_batches(_BATCH_ROWS)


@dataclass(frozen=True, eq=False)
class Dataset:
    """One community's tables.

    Attributes
    ----------
    community
        Name of the community.
    tables
        Table name → lazy frame, for every table of the schema.
    folder
        Where it lies; None for tables in memory.
    generation
        Number of the build (0 in memory).
    synthetic
        Whether the data were generated.
    cache, memo, shared
        Derived tables already at hand; `shared` holds some only while a block of code lasts.
    parent, window_us
        For a stretch of another dataset: the whole, and the half-open window [start, end) in µs.
    """

    community: str
    tables: Mapping[str, Lazy]
    folder: Path | None = None
    generation: int = 0
    synthetic: bool = False
    parent: Dataset | None = None
    window_us: tuple[int, int] | None = None
    cache: dict[str, Lazy] = field(default_factory=dict, repr=False)
    memo: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False)
    shared: dict[str, object] = field(default_factory=dict, repr=False)

    def table(self, name: str) -> Lazy:
        """Return one table as a lazy frame."""
        return self.tables[choose(name, tuple(BUILD_TABLES), "table")]

    def frame(self, name: str) -> pd.DataFrame:
        """Return one (small) table as pandas, sorted by its columns as stored."""
        return collect(self.table(name))

    def between(self, start_us: int, end_us: int) -> Dataset:
        """Return the same community seen only in [start, end): rows and coverage are cut there.

        Parameters
        ----------
        start_us, end_us
            Bounds in µs UTC.

        Returns
        -------
        Dataset
            Its messages, reactions and coverage; people, conversations and contacts are as before.
        """
        if self.parent is not None and self.window_us is not None:
            low, high = self.window_us
            return self.parent.between(max(low, start_us), min(high, end_us))
        inside = (nw.col("t_us") >= start_us) & (nw.col("t_us") < end_us)
        tables = dict(self.tables)
        for name in ("messages", "reactions"):
            tables[name] = self.tables[name].filter(inside)
        tables["coverage"] = self._cut_coverage(start_us, end_us)
        return Dataset(
            self.community,
            tables,
            generation=self.generation,
            synthetic=self.synthetic,
            parent=self,
            window_us=(start_us, end_us),
        )

    def _cut_coverage(self, start_us: int, end_us: int) -> Lazy:
        """Return the coverage records that overlap a window, cut to it.

        A record about one conversation bounds what its source covers of it, so one that lies
        outside the window stays, with an end before its start: nothing of it was observed.
        """
        records: pa.Table = self.tables["coverage"].collect().to_native()
        rows = []
        for row in records.to_pylist():
            if row["end_us"] is None:
                continue
            cut = {
                "start_us": max(row["start_us"], start_us),
                "end_us": min(row["end_us"], end_us),
                "end_basis": "stated" if row["end_us"] > end_us else row["end_basis"],
            }
            if row["start_us"] < end_us and row["end_us"] >= start_us:
                rows.append({**row, **cut})
            elif row["conversation_id"] is not None:
                rows.append({**row, "start_us": start_us, "end_us": start_us - 1})
        return lazy(pa.Table.from_pylist(rows, schema=BUILD_TABLES["coverage"]))

    @cached_property
    def outsiders(self) -> list[int]:
        """Persons that are nobody in particular: flagged bots and labels of deleted accounts."""
        people = self.table("people").filter(nw.col("is_bot") | nw.col("is_placeholder"))
        ids: list[int] = sorted(collect(people.select("person_id"))["person_id"].tolist())
        return ids

    def derived(self, name: str, make: Callable[[], Lazy]) -> Lazy:
        """Return a heavy derived table, computed once per build and process.

        `make` says how, and is not called where the table is known. In a folder it is kept under
        `derived/<generation>/` and found again by the next process; in memory it stays in memory.
        Deleting the folder loses nothing.
        """
        if name in self.cache:
            return self.cache[name]
        if self.folder is None:
            self.cache[name] = lazy(make().collect().to_native())
            return self.cache[name]
        target = self.folder / "derived" / str(self.generation) / f"{name}.parquet"
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            temporary = target.with_name(f"{TEMPORARY}{target.name}")
            make().to_native().write_parquet(
                temporary.as_posix(), compression="zstd", row_group_size=1 << 20
            )
            temporary.replace(target)
        self.cache[name] = nw.from_native(read_parquet([target]))
        return self.cache[name]


def open_dataset(folder: str | Path) -> Dataset:
    """Open a dataset folder.

    Parameters
    ----------
    folder
        Folder given to `--into` when importing.

    Returns
    -------
    Dataset
        Its tables, lazily.

    Raises
    ------
    DatasetError
        When the folder holds no dataset, or one of another schema, or a damaged one.
    """
    path = Path(folder)
    manifest = read_manifest(path)
    if manifest is None:
        msg = (
            "a dataset folder was expected; found no manifest.json in it; make one with: "
            "supportnet import EXPORT --into DIR --community NAME."
        )
        raise DatasetError(msg)
    return Dataset(
        manifest.community,
        _tables(path, manifest),
        folder=path,
        generation=manifest.generation,
        synthetic=manifest.synthetic,
    )


def _tables(path: Path, manifest: Manifest) -> dict[str, Lazy]:
    """Open every table named in the manifest."""
    tables = {}
    for name in BUILD_TABLES:
        files = [path / file for file in manifest.tables.get(name, [])]
        if not files or not all(file.exists() for file in files):
            msg = (
                "every table named in the manifest was expected in the dataset; found one missing; "
                "restore the dataset from a backup or import the archives again."
            )
            raise DatasetError(msg)
        tables[name] = nw.from_native(read_parquet(files))
    return tables
