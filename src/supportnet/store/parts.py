"""Write one part: the rows of one source, keys only, under the fixed schema."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from supportnet.errors import DatasetError, InternalError
from supportnet.schema import PART_TABLES
from supportnet.store.files import TEMPORARY, publish_folder, remove_tree, write_json

__all__ = ["PartWriter", "read_source"]

SOURCE = "source.json"
# Words come again and again; looking for repeats among numbers and keys is work for nothing.
_WORDS = {
    name: [field.name for field in schema if pa.types.is_string(field.type)]
    for name, schema in PART_TABLES.items()
}
# Numbers that mostly rise by little are stored as differences.
_RISING = {
    name: {n: "DELTA_BINARY_PACKED" for n in schema.names if n in ("pos", "seq", "t_us")}
    for name, schema in PART_TABLES.items()
}


class PartWriter:
    """Write a part's tables batch by batch into a temporary folder and publish it whole.

    Only columns of :data:`supportnet.schema.PART_TABLES` can be written; anything else is an
    error of this package.
    """

    def __init__(self, dataset: Path, sha256: str) -> None:
        self._final = dataset / "parts" / sha256
        self._folder = dataset / "parts" / f"{TEMPORARY}{sha256}"
        remove_tree(self._folder)
        self._folder.mkdir(parents=True, mode=0o700)
        self._writers: dict[str, pq.ParquetWriter] = {}
        self.rows: dict[str, int] = dict.fromkeys(PART_TABLES, 0)

    def write(self, table: str, columns: Mapping[str, Sequence[Any] | pa.Array]) -> None:
        """Append a batch of rows to one table of the part."""
        schema = PART_TABLES[table]
        if set(columns) != set(schema.names):
            msg = f"table {table} takes exactly its schema's columns"
            raise InternalError(msg)
        arrays = [
            values if isinstance(values, pa.Array) else pa.array(values, type=field.type)
            for field in schema
            for values in [columns[field.name]]
        ]
        self.append(table, pa.table(arrays, schema=schema))

    def append(self, table: str, rows: pa.Table) -> None:
        """Append rows that have the columns of their table already."""
        if rows.schema != PART_TABLES[table]:
            msg = f"table {table} takes exactly its schema's columns"
            raise InternalError(msg)
        try:
            self._writer(table).write_table(rows, row_group_size=1 << 20)
        except OSError as error:
            raise disk_trouble(error) from None
        self.rows[table] += rows.num_rows

    def _writer(self, table: str) -> pq.ParquetWriter:
        """Open a table's file at its first batch."""
        if table not in self._writers:
            self._writers[table] = pq.ParquetWriter(
                self._folder / f"{table}.parquet",
                PART_TABLES[table],
                compression="zstd",
                write_statistics=False,
                use_dictionary=_WORDS[table] or False,
                column_encoding=_RISING[table] or None,
            )
        return self._writers[table]

    def publish(self, source: Mapping[str, Any]) -> None:
        """Close all tables, write the source's account of itself, and give the part its name."""
        try:
            for table in PART_TABLES:
                self._writer(table).close()
            write_json(self._folder / SOURCE, dict(source))
            publish_folder(self._folder, self._final)
        except OSError as error:
            raise disk_trouble(error) from None

    def __enter__(self) -> PartWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave nothing behind when the import of this source failed."""
        if error is not None:
            for writer in self._writers.values():
                try:
                    writer.close()
                except OSError:  # the disk is full: the folder goes anyway
                    continue
            remove_tree(self._folder)


def read_source(dataset: Path, sha256: str) -> dict[str, Any]:
    """Read a published part's account of its source."""
    path = dataset / "parts" / sha256 / SOURCE
    try:
        source: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        msg = (
            "every part named in the manifest was expected in the dataset; found one missing or "
            "damaged; restore the dataset from a backup or import the archives again."
        )
        raise DatasetError(msg) from None
    return source


def disk_trouble(error: OSError) -> DatasetError:
    """Turn a failed write into one sentence; the dataset stays as it was."""
    reason = error.strerror or type(error).__name__
    return DatasetError(
        f"room to write the dataset was expected; the system said {reason!r}; "
        "make room or choose another folder and run the same command again."
    )
