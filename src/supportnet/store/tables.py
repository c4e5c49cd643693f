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
        """Append rows as one row group."""
        table = columns if isinstance(columns, pa.Table) else pa.table(dict(columns))
        if table.num_rows:
            rows = table.select(self._schema.names).cast(self._fields)
            self._writer.write_table(rows, row_group_size=max(1, len(rows)))

    def __enter__(self) -> TableWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self._writer.close()
