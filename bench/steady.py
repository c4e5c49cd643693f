"""Keep what a process has once taken of memory, so that every repetition finds it there.

A virtual machine may give free pages back to its host; taking them again can cost more than the
work that is timed.
"""

from __future__ import annotations

import contextlib
import ctypes

import duckdb

__all__ = ["keep_engine", "keep_memory"]

# From <malloc.h>: never shrink the heap, grow it in large steps, take large arrays from it too.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX = -1, -2, -4


def keep_memory() -> None:
    """Keep freed memory for the next step, where the C library can be asked to."""
    with contextlib.suppress(AttributeError, OSError, TypeError):
        library = ctypes.CDLL(None)
        library.mallopt(_TRIM_THRESHOLD, -1)
        library.mallopt(_TOP_PAD, 2**28)
        library.mallopt(_MMAP_MAX, 0)


def keep_engine(connection: duckdb.DuckDBPyConnection) -> None:
    """Keep an engine from handing back what it finds free in the process, everybody's."""
    connection.execute("SET allocator_flush_threshold = '1TB'")
    connection.execute("SET allocator_bulk_deallocation_flush_threshold = '1TB'")
