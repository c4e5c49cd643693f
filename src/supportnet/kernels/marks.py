"""Which persons a walk has marked: one binary digit each.

A walk asks at every step whether somebody is marked, and most are not. The digits of millions of
persons stay in the nearest caches, where a number for each would not.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from supportnet.kernels.jit import kernel

__all__ = ["Marks", "erase", "is_marked", "no_marks", "put"]

Marks: TypeAlias = NDArray[np.uint64]

_WORD: Final = 64
_SHIFT: Final = np.uint64(6)
_PLACE: Final = np.uint64(63)
_ONE: Final = np.uint64(1)


@kernel
def no_marks(n: int) -> Marks:
    """Return marks for `n` persons, none of them set."""
    return np.zeros(n // _WORD + 1, np.uint64)


@kernel
def put(marks: Marks, person: int) -> None:
    """Mark a person."""
    place = np.uint64(person)
    marks[place >> _SHIFT] |= _ONE << (place & _PLACE)


@kernel
def is_marked(marks: Marks, person: int) -> int:
    """Return 1 where a person is marked, else 0."""
    place = np.uint64(person)
    return int((marks[place >> _SHIFT] >> (place & _PLACE)) & _ONE)


@kernel
def erase(marks: Marks, person: int) -> None:
    """Take away the mark of a person, and of those who share its word."""
    marks[np.uint64(person) >> _SHIFT] = 0
