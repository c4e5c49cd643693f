"""Read the columns of the parts as arrays, one table over all parts at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

__all__ = ["Array", "Batch", "PartTable", "key_values", "values_of", "whole_type"]

Array: TypeAlias = npt.NDArray[Any]

BATCH_ROWS = 4_096


class Batch(NamedTuple):
    """Some rows of one part.

    Attributes
    ----------
    source
        `source_id` of the part.
    start
        Number of the first row among the rows of all parts.
    rows
        The columns asked for.
    """

    source: int
    start: int
    rows: pa.RecordBatch


def whole_type(n: int) -> type[np.int32 | np.int64]:
    """Return the narrowest type of whole numbers that counts to `n`, and -1."""
    return np.int32 if n < 2**31 else np.int64


def values_of(column: pa.Array, absent: int) -> Array:
    """Return a column of numbers; a null becomes `absent`."""
    if column.null_count:
        column = column.fill_null(bool(absent) if pa.types.is_boolean(column.type) else absent)
    values: Array = column.to_numpy(zero_copy_only=False)
    return values


def key_values(column: pa.Array) -> tuple[Array, Array]:
    """Return keys of 8 or 16 bytes as rows of whole numbers, and which of them are there."""
    width = column.type.byte_width // 8
    data = np.frombuffer(column.buffers()[1] or b"", np.int64)
    keys = data[column.offset * width : (column.offset + len(column)) * width]
    is_there: Array = column.is_valid().to_numpy(zero_copy_only=False)
    if len(keys) == 0:
        keys = np.zeros(len(column) * width, np.int64)
    return keys.reshape(-1, width), is_there


class PartTable:
    """One table of all parts; its rows are numbered source by source, as they stand in the files.

    Parameters
    ----------
    dataset
        Folder of the dataset.
    parts
        Names of the parts in the order of `source_id`.
    table
        Name of the table.
    """

    def __init__(self, dataset: Path, parts: Sequence[str], table: str) -> None:
        self._paths = [dataset / "parts" / part / f"{table}.parquet" for part in parts]
        self._metadata = [pq.read_metadata(path) for path in self._paths]
        counts = [metadata.num_rows for metadata in self._metadata]
        self.starts: Array = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
        self.n_rows = int(self.starts[-1])

    def batches(self, columns: Sequence[str], words: Sequence[str] = ()) -> Iterator[Batch]:
        """Yield the rows batch by batch; `words` names the columns of few distinct texts."""
        for source, path in enumerate(self._paths):
            start = int(self.starts[source])
            if start == self.starts[source + 1]:
                continue
            with pq.ParquetFile(
                path,
                metadata=self._metadata[source],
                read_dictionary=list(words),
                pre_buffer=False,
            ) as file:
                for rows in file.iter_batches(BATCH_ROWS, columns=list(columns), use_threads=False):
                    yield Batch(source, start, rows)
                    start += rows.num_rows

    def numbers(self, name: str, kind: type[np.generic] = np.int64, *, absent: int = -1) -> Array:
        """Return one column of numbers over all parts; a null becomes `absent`."""
        values = np.empty(self.n_rows, kind)
        for batch in self.batches([name]):
            stop = batch.start + batch.rows.num_rows
            values[batch.start : stop] = values_of(batch.rows.column(0), absent)
        return values

    def keys(self, name: str) -> tuple[Array, Array]:
        """Return the rows that have a key in a column, and these keys as whole numbers."""
        rows, keys = [np.empty(0, np.int64)], []
        for batch in self.batches([name]):
            found, is_there = key_values(batch.rows.column(0))
            at = np.flatnonzero(is_there)
            rows.append(at + batch.start)
            keys.append(found[at])
        return np.concatenate(rows), np.concatenate(keys) if keys else np.empty((0, 2), np.int64)

    def words(self, name: str) -> tuple[Array, list[str]]:
        """Return a column of few distinct texts as codes in the order of the words; null is -1."""
        codes = np.full(self.n_rows, -1, np.int16)
        known: dict[str, int] = {}
        for batch in self.batches([name], [name]):
            stop = batch.start + batch.rows.num_rows
            codes[batch.start : stop] = word_codes(batch.rows.column(0), known)
        ranked = sorted(known)
        place = np.array([ranked.index(word) for word in known] + [-1], np.int16)
        return place[codes], ranked

    def sources(self) -> Array:
        """Return each row's `source_id`."""
        n = len(self._paths)
        ids = np.arange(n, dtype=np.int16 if n < 2**15 else np.int32)
        return np.repeat(ids, np.diff(self.starts))


def word_codes(column: pa.Array, known: dict[str, int]) -> Array:
    """Return each row's number in `known`, which grows by the words first met here; null is -1."""
    coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    places = [known.setdefault(word, len(known)) for word in coded.dictionary.to_pylist()]
    # The last place answers the index -1, which stands for null.
    return np.array([*places, -1], np.int32)[values_of(coded.indices, -1)]
