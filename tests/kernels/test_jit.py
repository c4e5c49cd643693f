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
    monkeypatch.setattr(nb, "njit", njit)

    @jit.kernel
    def doubled(x: int) -> int:
        return 2 * x

    assert asked == [True, False]
    assert doubled(21) == 42
