"""Keep the memory of long work low: give free memory back to the system, and hold little."""

from __future__ import annotations

import contextlib
import ctypes
from collections.abc import Iterator

import pyarrow as pa

__all__ = ["give_back", "lean"]


def give_back() -> None:
    """Return memory that is free again: allocators keep it, and steps add up to a higher peak."""
    pa.default_memory_pool().release_unused()
    # Only the C library of most Linux systems keeps so much, and only it has this function.
    with contextlib.suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


@contextlib.contextmanager
def lean() -> Iterator[None]:
    """Let Arrow take memory from the system itself meanwhile, not from a pool that keeps more."""
    before = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(before)
        give_back()
