"""Sorted keys of messages, cut between pairs so that threads can share them."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from supportnet.kernels.jit import kernel
from supportnet.kernels.radix import Keys
from supportnet.kernels.split import row_bounds, run_parts

__all__ = ["Stretch", "stretches"]

#: The first row of a stretch and the one after its last.
Stretch: TypeAlias = tuple[int, int]


@kernel
def _next_pair(key: Keys, place: int) -> int:
    """Return where the first pair begins from `place` on; keys ascend."""
    while 0 < place < key.size and key[place] >> np.uint64(1) == key[place - 1] >> np.uint64(1):
        place += 1
    return place


@kernel
def _count_pairs(key: Keys) -> int:
    """Return how many different pairs there are; keys ascend."""
    pairs = 0
    for i in range(key.size):
        pairs += i == 0 or key[i] >> np.uint64(1) != key[i - 1] >> np.uint64(1)
    return pairs


def stretches(key: Keys) -> tuple[list[Stretch], dict[Stretch, int], int]:
    """Cut ascending keys into stretches of whole pairs, one per thread.

    Parameters
    ----------
    key
        One for each message: its pair above, and one binary digit of another meaning below.

    Returns
    -------
    bounds, before, pairs
        The stretches; how many pairs there are before each; and in all.
    """
    cuts = [(_next_pair(key, a), _next_pair(key, b)) for a, b in row_bounds(key.size)]
    bounds = sorted({(a, b) for a, b in cuts if a < b}) or [(0, 0)]
    sizes = run_parts(lambda a, b: int(_count_pairs(key[a:b])), bounds)
    *begins, size = np.cumsum([0, *sizes]).tolist()
    return bounds, dict(zip(bounds, begins, strict=True)), size
