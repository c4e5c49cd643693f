"""MD5 of many short messages of one length at once.

A key of a message that its platform gave no id is made of facts that are keyed digests already, so
nothing secret hangs on this digest; it only has to be the same wherever the same facts stand. The
tests hold it against the library, byte for byte.

References
----------
RFC 1321, The MD5 Message-Digest Algorithm, https://doi.org/10.17487/RFC1321
"""

from __future__ import annotations

from math import sin
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from supportnet.privacy.jit import bare, compiled, inlined

__all__ = ["md5_of"]

Bytes: TypeAlias = npt.NDArray[np.uint8]
Words: TypeAlias = npt.NDArray[np.uint32]

BLOCK = 64
LANES = 32
_U = np.uint32
_I = np.uint64
_START = np.array([0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476], np.uint32)
_ADDED = np.array([int(abs(sin(i + 1)) * 2**32) for i in range(64)], np.uint32)


@inlined
def _row(variable: int, t: int) -> np.uint64:
    """Return where the row of a variable begins when all have moved on by `t` rows."""
    return _I(((variable - t) & 3) * LANES)


@inlined
def _step(s: Words, k: np.uint32, kind: int, t: int, factor: int, more: int, n: int) -> None:
    """Do step `t` in all lanes; rows of `s`: 4 variables, then the 16 words of the block."""
    a, b, c, d = _row(0, t), _row(1, t), _row(2, t), _row(3, t)
    word = _I((4 + ((factor * t + more) & 15)) * LANES)
    for lane in range(LANES):
        i = _I(lane)
        x, y, z = s[b + i], s[c + i], s[d + i]
        if kind == 0:
            mixed = _U(_U(x & y) | _U(~x & z))
        elif kind == 1:
            mixed = _U(_U(z & x) | _U(~z & y))
        elif kind == 2:
            mixed = _U(_U(x ^ y) ^ z)
        else:
            mixed = _U(y ^ _U(x | ~z))
        whole = _U(_U(_U(s[a + i] + mixed) + s[word + i]) + k)
        s[a + i] = _U(x + _U(_U(whole << _U(n)) | _U(whole >> _U(32 - n))))


@bare
def _take_in(state: Words, s: Words, added: Words) -> None:
    """Take one block into the state of all lanes."""
    for i in range(4 * LANES):
        s[i] = state[i]
    for t in range(0, 16, 4):
        _step(s, added[t], 0, t, 1, 0, 7)
        _step(s, added[t + 1], 0, t + 1, 1, 0, 12)
        _step(s, added[t + 2], 0, t + 2, 1, 0, 17)
        _step(s, added[t + 3], 0, t + 3, 1, 0, 22)
    for t in range(16, 32, 4):
        _step(s, added[t], 1, t, 5, 1, 5)
        _step(s, added[t + 1], 1, t + 1, 5, 1, 9)
        _step(s, added[t + 2], 1, t + 2, 5, 1, 14)
        _step(s, added[t + 3], 1, t + 3, 5, 1, 20)
    for t in range(32, 48, 4):
        _step(s, added[t], 2, t, 3, 5, 4)
        _step(s, added[t + 1], 2, t + 1, 3, 5, 11)
        _step(s, added[t + 2], 2, t + 2, 3, 5, 16)
        _step(s, added[t + 3], 2, t + 3, 3, 5, 23)
    for t in range(48, 64, 4):
        _step(s, added[t], 3, t, 7, 0, 6)
        _step(s, added[t + 1], 3, t + 1, 7, 0, 10)
        _step(s, added[t + 2], 3, t + 2, 7, 0, 15)
        _step(s, added[t + 3], 3, t + 3, 7, 0, 21)
    for i in range(4 * LANES):
        state[i] = _U(state[i] + s[i])


@compiled
def _digest_all(padded: Words, out: Words) -> None:
    """Digest messages that are padded to whole blocks, one per row, `LANES` at a time."""
    added, begin = _ADDED, _START
    state, s = np.zeros(4 * LANES, np.uint32), np.zeros(20 * LANES, np.uint32)
    for first in range(0, len(padded), LANES):
        lanes = min(LANES, len(padded) - first)
        for i in range(4 * LANES):
            state[i] = begin[i // LANES]
        for block in range(0, padded.shape[1], 16):
            for lane in range(lanes):
                for word in range(16):
                    s[(4 + word) * LANES + lane] = padded[first + lane, block + word]
            _take_in(state, s, added)
        for lane in range(lanes):
            for word in range(4):
                out[first + lane, word] = state[word * LANES + lane]


def md5_of(messages: Bytes) -> Bytes:
    """Return the MD5 digests of messages of one length.

    Parameters
    ----------
    messages
        One row of bytes per message.

    Returns
    -------
    numpy.ndarray of uint8
        One row of 16 bytes per message.

    Examples
    --------
    >>> md5_of(np.frombuffer(b"abc", np.uint8)[None]).tobytes().hex()
    '900150983cd24fb0d6963f7d28e17f72'
    """
    n, size = messages.shape
    blocks = (size + 9 + BLOCK - 1) // BLOCK
    padded = np.zeros((n, blocks * BLOCK), np.uint8)
    padded[:, :size] = messages
    padded[:, size] = 0x80
    padded[:, -8:] = np.frombuffer((size * 8).to_bytes(8, "little"), np.uint8)
    out = np.empty((n, 4), np.dtype("<u4"))
    _digest_all(padded.view("<u4"), out)
    return out.view(np.uint8)
