"""The one DuckDB connection of this process.

Frames of two connections cannot be joined, so everything that reads tables goes through here.
Extensions are neither installed nor loaded on demand: the package never touches the network.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

__all__ = ["arrow_of", "connection", "quoted", "read_parquet", "workshop"]


@cache
def connection() -> duckdb.DuckDBPyConnection:
    """Return the process's DuckDB connection, made at the first call.

    `SUPPORTNET_MEMORY` (for example `8GB`) and `SUPPORTNET_THREADS` bound what it uses.
    """
    config: dict[str, Any] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "preserve_insertion_order": False,
        "temp_directory": str(Path(tempfile.gettempdir()) / "supportnet-spill"),
    }
    if memory := os.environ.get("SUPPORTNET_MEMORY"):
        config["memory_limit"] = memory
    if threads := os.environ.get("SUPPORTNET_THREADS"):
        config["threads"] = int(threads)
    return _quiet(duckdb.connect(":memory:", config=config))


def session() -> duckdb.DuckDBPyConnection:
    """Return a cursor of the one connection, with temporary tables of its own."""
    return _quiet(connection().cursor())


def workshop(folder: Path, n_threads: int = 1) -> duckdb.DuckDBPyConnection:
    """Return a database of its own for one build, which gives all its memory back when closed.

    Parameters
    ----------
    folder
        Where rows wait that do not fit into memory.
    n_threads
        How many to use; each takes memory of its own.

    Notes
    -----
    `SUPPORTNET_MEMORY` and `SUPPORTNET_THREADS` bound it; without, it takes 256 MB
    and works from the disk beyond.
    """
    threads = os.environ.get("SUPPORTNET_THREADS")
    config: dict[str, Any] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "memory_limit": os.environ.get("SUPPORTNET_MEMORY") or "256MB",
        "threads": int(threads) if threads else min(n_threads, os.cpu_count() or 1),
        "temp_directory": folder.as_posix(),
    }
    return _quiet(duckdb.connect(":memory:", config=config))


def arrow_of(made: duckdb.DuckDBPyConnection, query: str) -> pa.Table:
    """Return a query's rows as an Arrow table."""
    table: pa.Table = made.sql(query).to_arrow_table()
    return table


def _quiet(made: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Switch off the engine's own progress bar: the library prints nothing."""
    # In a notebook without widgets the engine has no bar, and refuses to be told so.
    with contextlib.suppress(duckdb.InvalidInputException):
        made.execute("SET enable_progress_bar = false")
    return made


def quoted(path: Path) -> str:
    """Return a path as an SQL string literal."""
    return "'" + path.as_posix().replace("'", "''") + "'"


def read_parquet(files: list[Path]) -> duckdb.DuckDBPyRelation:
    """Return a lazy relation over parquet files of one schema."""
    return connection().read_parquet([path.as_posix() for path in files])
