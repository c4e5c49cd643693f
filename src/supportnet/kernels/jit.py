"""How kernels are compiled: once per machine, and without holding the interpreter lock."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba as nb

__all__ = ["kernel"]

Function = TypeVar("Function", bound=Callable[..., object])


def kernel(function: Function) -> Function:
    """Compile `function` at its first call and keep the machine code for the next session.

    Where no folder can be written, the code is compiled anew in every session instead of the import
    failing.
    """
    try:
        return cast(Function, nb.njit(cache=True, nogil=True)(function))
    except RuntimeError:
        return cast(Function, nb.njit(nogil=True)(function))
