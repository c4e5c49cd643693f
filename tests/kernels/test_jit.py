import subprocess
import sys
from types import SimpleNamespace

import numba as nb

from supportnet.kernels import jit


def test_kernels_compile_where_no_cache_can_be_written(monkeypatch):
    asked = []

    def njit(*, cache=False, nogil):
        asked.append(cache)
        if cache:
            msg = "cannot cache function: no locator available"
            raise RuntimeError(msg)
        return compiler(nogil=nogil)

    compiler = nb.njit
    monkeypatch.setattr(jit, "nb", SimpleNamespace(njit=njit))

    @jit.kernel
    def doubled(x: int) -> int:
        return 2 * x

    assert asked == [True, False]
    assert doubled(21) == 42


def test_importing_the_kernels_compiles_nothing():
    code = """
import importlib, pkgutil
import supportnet, supportnet.kernels
paths = pkgutil.iter_modules(supportnet.kernels.__path__, "supportnet.kernels.")
found = {
    id(value): value
    for path in paths for value in vars(importlib.import_module(path.name)).values()
    if hasattr(value, "nopython_signatures")
}
print(len(found), sum(len(kernel.nopython_signatures) for kernel in found.values()))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    kernels, compiled = done.stdout.split()
    assert int(kernels) > 50
    assert compiled == "0"
