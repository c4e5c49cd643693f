"""Names for the array types that kernels take and give."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Bools", "Float64", "Int8", "Int32", "Int64", "Walk"]

Bools: TypeAlias = NDArray[np.bool_]
Int8: TypeAlias = NDArray[np.int8]
Int32: TypeAlias = NDArray[np.int32]
Int64: TypeAlias = NDArray[np.int64]
Float64: TypeAlias = NDArray[np.float64]

#: What a walk over triangles needs: ptr, col, into, slot, stop; see `orient.Forward`.
Walk: TypeAlias = tuple[Int64, Int32, Int64, Int32, Int32]
