"""Ask the processor for memory that a kernel will need a little later.

A walk over a network jumps about in arrays that are larger than the caches. Naming an address some
steps before it is read hides most of the wait: the walks take about half as long.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, cast

from numba.core import cgutils, types
from numba.extending import intrinsic

__all__ = ["AHEAD", "LINE", "prefetch"]

#: How many steps before its use an address is named.
AHEAD: Final = 16

#: How many numbers of 32 bits come at once. A short row often lies across two such lines: naming
#: the second as well is what keeps a network that exceeds the caches as quick as one that fits.
LINE: Final = 16

_READ, _KEEP, _DATA = 0, 3, 1


def _prefetch(_typing: Any, array: Any, place: Any) -> Any:
    """Compile the naming of an element of an array that will be read soon."""
    tools: Any = cgutils
    byte, whole = tools.int8_t.as_pointer(), tools.int32_t
    kind = tools.ir.FunctionType(tools.ir.VoidType(), [byte, whole, whole, whole])

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        """Emit the instruction."""
        values = context.make_array(signature.args[0])(context, builder, arguments[0])
        address = builder.bitcast(builder.gep(values.data, [arguments[1]]), byte)
        named = tools.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(named, [address, whole(_READ), whole(_KEEP), whole(_DATA)])
        return context.get_dummy_value()

    return types.void(array, place), generate


#: Name an element of an array that will be read soon: `prefetch(array, place)`, in kernels only.
#: Nothing is read and nothing can fail; the place need not exist.
prefetch = cast(Callable[[Any, Any], None], intrinsic(_prefetch))
