"""How loops over bytes are compiled: once per machine, without the interpreter's lock.

It stands here because this is the lowest layer that needs it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

__all__ = ["bare", "compiled", "inlined"]

Function = TypeVar("Function", bound=Callable[..., object])


def _kept(function: Any, **options: Any) -> Any:
    """Compile, keeping the machine code on disk where there is a place for it."""
    try:
        return numba.njit(cache=True, nogil=True, **options)(function)
    except RuntimeError:  # neither the package nor the home folder can be written
        return numba.njit(nogil=True, **options)(function)


def compiled(function: Function) -> Function:
    """Compile a function that Python calls."""
    return cast(Function, _kept(function))


def bare(function: Function) -> Function:
    """Compile a helper of compiled functions that makes no array, only looks into those it gets.

    Each call of another helper counts the references to every array up and down, which costs more
    than what these small functions do.
    """
    try:
        return cast(Function, _kept(function, _nrt=False))
    except KeyError:  # the option has no public name, so it may go one day
        return cast(Function, _kept(function))


def inlined(function: Function) -> Function:
    """Compile into each caller, so that what it is given as constants stays constant there."""
    return cast(Function, numba.njit(inline="always")(function))
