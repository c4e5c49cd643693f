"""Memory goes back to the system, and Arrow's own pool comes back after lean work."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from supportnet.memory import give_back, lean


def held() -> float:
    """Return the resident memory of this process, MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory of a process from Linux")
def test_what_small_pieces_leave_behind_goes_back() -> None:
    # Pieces too small to be given back one by one; the last one keeps the heap from shrinking.
    pieces = [np.ones(8_000, np.int64) for _ in range(2_000)]
    last = np.ones(8_000, np.int64)
    full = held()
    pieces.clear()
    give_back()
    assert full - held() > 60, "about 122 MiB were free"
    assert last.sum() == 8_000


def test_lean_work_uses_the_systems_memory_and_puts_the_pool_back() -> None:
    before = pa.default_memory_pool().backend_name
    with lean():
        assert pa.default_memory_pool().backend_name == "system"
    assert pa.default_memory_pool().backend_name == before
    with pytest.raises(ZeroDivisionError), lean():
        _ = 1 / 0
    assert pa.default_memory_pool().backend_name == before
