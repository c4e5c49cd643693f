"""Write the build's tables to parquet under their fixed schema, some rows at a time."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from supportnet.schema import BUILD_TABLES
from supportnet.store.columns import Array

__all__ = ["SPILL", "TableWriter"]

SPILL: Final = "spill"  # a folder inside the build's temporary one: rows that wait there
GROUP_ROWS: Final = 32_768
# Columns whose values hardly repeat: numbers that mostly rise are stored as differences.
_RISING: Final = ("message_id", "t_us", "seq", "reply_to", "target_message")
_ONCE: Final = ("native_key", "target_key")


class TableWriter:
    """Write one table; any other column than the schema's is refused.

    Parameters
    ----------
    folder
        Folder of the build.
    name
        Name of the table.
    """

    def __init__(self, folder: Path, name: str) -> None:
        # Texts may come as codes with their words; the file says nothing of it.
        self._schema = BUILD_TABLES[name]
        coded = pa.dictionary(pa.int32(), pa.string())
        fields = [
            pa.field(field.name, coded if field.type == pa.string() else field.type)
            for field in self._schema
        ]
        self._fields = pa.schema(fields)
        self._waiting: list[pa.Table] = []
        rising = [n for n in self._schema.names if n in _RISING]
        self._writer = pq.ParquetWriter(
            folder / f"{name}.parquet",
            self._fields,
            compression="zstd",
            compression_level=1,
            store_schema=False,
            use_dictionary=[n for n in self._schema.names if n not in (*_RISING, *_ONCE)],
            column_encoding=dict.fromkeys(rising, "DELTA_BINARY_PACKED") or None,
        )

    def write(self, columns: pa.Table | Mapping[str, Array | pa.Array]) -> None:
        """Append rows; they wait until there are enough for a row group."""
        table = columns if isinstance(columns, pa.Table) else pa.table(dict(columns))
        if table.num_rows:
            self._waiting.append(table.select(self._schema.names).cast(self._fields))
            if sum(map(len, self._waiting)) >= GROUP_ROWS:
                self._flush()

    def _flush(self) -> None:
        """Write what waits as one row group."""
        if self._waiting:
            # Words may have come since the first of them: each brings its own list.
            rows = pa.concat_tables(self._waiting).unify_dictionaries()
            self._writer.write_table(rows, row_group_size=len(rows))
            self._waiting = []

    def __enter__(self) -> TableWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Write the rest and close the file."""
        if kind is None:
            self._flush()
        self._writer.close()
