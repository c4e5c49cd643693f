"""HMAC-SHA256 of many short messages at once.

A library digests one message at a time and spends most of that time on being called. Here the
rounds run over `LANES` messages side by side, which the compiler turns into vector instructions.
The tests hold it against the library, byte for byte.

References
----------
FIPS 180-4, Secure Hash Standard, https://doi.org/10.6028/NIST.FIPS.180-4
"""

from __future__ import annotations

from itertools import count, islice
from math import isqrt
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from supportnet.privacy.jit import bare, compiled, inlined
from supportnet.privacy.keys import BLOCK, pads

__all__ = ["hmac_sha256"]

Bytes: TypeAlias = npt.NDArray[np.uint8]
Words: TypeAlias = npt.NDArray[np.uint32]
Ints: TypeAlias = npt.NDArray[np.int64]

LANES = 32
_ROUNDS = 64
_U = np.uint32
_I = np.uint64


def _cube_root(number: int) -> int:
    """Return the whole part of a cube root."""
    low, high = 0, 1 << (number.bit_length() // 3 + 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**3 <= number else (low, middle - 1)
    return low


_PRIMES = list(islice((n for n in count(2) if all(n % d for d in range(2, isqrt(n) + 1))), _ROUNDS))
# The first 32 bits behind the point of the roots of the first primes, as the standard has it.
_START = np.array([isqrt(p << 64) & 0xFFFFFFFF for p in _PRIMES[:8]], np.uint32)
_ADDED = np.array([_cube_root(p << 96) & 0xFFFFFFFF for p in _PRIMES], np.uint32)


# Sums of two numbers of 32 bits would be taken in 64: each is cut back, which costs nothing.
@inlined
def _turned(x: np.uint32, n: int) -> np.uint32:
    """Return the bits of `x` turned to the right by `n`."""
    return _U(_U(x >> _U(n)) | _U(x << _U(32 - n)))


@inlined
def _row(variable: int, turn: int) -> np.uint64:
    """Return where the row of a variable begins when all have moved on by `turn` rows."""
    return _I(((variable - turn) & 7) * LANES)


@inlined
def _round(s: Words, k: np.uint32, t: int, turn: int) -> None:
    """Do round `t` in all lanes; by `turn` the eight variables have moved through the rows."""
    a, b, c, d = _row(0, turn), _row(1, turn), _row(2, turn), _row(3, turn)
    e, f, g, h = _row(4, turn), _row(5, turn), _row(6, turn), _row(7, turn)
    word = _I((8 + t) * LANES)
    for lane in range(LANES):
        i = _I(lane)
        one, five = s[a + i], s[e + i]
        two, three = s[b + i], s[c + i]
        chosen = _U(_U(five & s[f + i]) ^ _U(~five & s[g + i]))
        most = _U(_U(one & two) ^ _U(one & three) ^ _U(two & three))
        mixed = _U(_turned(five, 6) ^ _turned(five, 11) ^ _turned(five, 25))
        first = _U(_U(_U(_U(s[h + i] + mixed) + chosen) + k) + s[word + i])
        mixed = _U(_turned(one, 2) ^ _turned(one, 13) ^ _turned(one, 22))
        s[d + i] = _U(s[d + i] + first)
        s[h + i] = _U(_U(first + mixed) + most)


@bare
def _schedule(s: Words) -> None:
    """Stretch the sixteen words of a block to sixty-four, in all lanes."""
    for t in range(16, _ROUNDS):
        row = _I((8 + t) * LANES)
        for i in range(LANES):
            at = row + _I(i)
            x, y = s[at - _I(15 * LANES)], s[at - _I(2 * LANES)]
            low = _U(_turned(x, 7) ^ _turned(x, 18) ^ _U(x >> _U(3)))
            high = _U(_turned(y, 17) ^ _turned(y, 19) ^ _U(y >> _U(10)))
            s[at] = _U(_U(_U(s[at - _I(16 * LANES)] + low) + s[at - _I(7 * LANES)]) + high)


@bare
def _compress(state: Words, s: Words, added: Words) -> None:
    """Take one block into the state of all lanes; rows of `s`: 8 variables, then the block."""
    _schedule(s)
    for i in range(8 * LANES):
        s[i] = state[i]
    # Written out eight at a time: the variables change places, not values.
    for t in range(0, _ROUNDS, 8):
        _round(s, added[t], t, 0)
        _round(s, added[t + 1], t + 1, 1)
        _round(s, added[t + 2], t + 2, 2)
        _round(s, added[t + 3], t + 3, 3)
        _round(s, added[t + 4], t + 4, 4)
        _round(s, added[t + 5], t + 5, 5)
        _round(s, added[t + 6], t + 6, 6)
        _round(s, added[t + 7], t + 7, 7)
    for i in range(8 * LANES):
        state[i] = _U(state[i] + s[i])


@bare
def _byte(data: Bytes, start: int, size: int, prefix: Bytes, at: int, last: int) -> int:
    """Return byte `at` of a padded message: prefix, data, 0x80, zeros, its length in bits."""
    if at < len(prefix):
        return int(prefix[at])
    if at < len(prefix) + size:
        return int(data[start + at - len(prefix)])
    if at == len(prefix) + size:
        return 0x80
    bits = (BLOCK + len(prefix) + size) * 8  # the pad of the key went before
    return (bits >> (8 * (last - 1 - at))) & 0xFF if at >= last - 8 else 0


@bare
def _fill(
    s: Words,
    lane: int,
    data: Bytes,
    start: int,
    size: int,
    prefix: Bytes,
    block: int,
    blocks: int,
) -> None:
    """Put one block of a message into its lane."""
    begin = len(prefix)
    for word in range(16):
        at = block * BLOCK + word * 4
        if at >= begin and at + 4 <= begin + size:
            i = start + at - begin
            value = (int(data[i]) << 24) | (int(data[i + 1]) << 16)
            value |= (int(data[i + 2]) << 8) | int(data[i + 3])
        else:
            value = 0
            for place in range(at, at + 4):
                byte = _byte(data, start, size, prefix, place, blocks * BLOCK)
                value = (value << 8) | byte
        s[(8 + word) * LANES + lane] = _U(value)


@compiled
def _digest_all(
    data: Bytes, starts: Ints, sizes: Ints, order: Ints, prefix: Bytes, begun: Words, out: Bytes
) -> None:
    """Digest all messages, `LANES` at a time, those of equal length side by side."""
    added = _ADDED
    s = np.zeros((8 + _ROUNDS) * LANES, np.uint32)
    state, inside = np.zeros(8 * LANES, np.uint32), np.zeros(8 * LANES, np.uint32)
    for first in range(0, len(order), LANES):
        rows = order[first : first + LANES]
        for i in range(8 * LANES):
            state[i] = begun[i // LANES]
        most = 0
        for row in rows:
            most = max(most, (len(prefix) + sizes[row] + 9 + BLOCK - 1) // BLOCK)
        for block in range(most):
            for lane, row in enumerate(rows):
                blocks = (len(prefix) + sizes[row] + 9 + BLOCK - 1) // BLOCK
                _fill(
                    s, lane, data, starts[row], sizes[row], prefix, min(block, blocks - 1), blocks
                )
            _compress(state, s, added)
            for lane, row in enumerate(rows):
                if block == (len(prefix) + sizes[row] + 9 + BLOCK - 1) // BLOCK - 1:
                    for word in range(8):
                        inside[word * LANES + lane] = state[word * LANES + lane]
        for i in range(8 * LANES):
            state[i], s[8 * LANES + i], s[16 * LANES + i] = begun[8 + i // LANES], inside[i], 0
        for lane in range(LANES):
            s[16 * LANES + lane], s[23 * LANES + lane] = 0x80000000, (BLOCK + 32) * 8
        _compress(state, s, added)
        for lane, row in enumerate(rows):
            for byte in range(out.shape[1]):
                word = state[(byte // 4) * LANES + lane]
                out[row, byte] = np.uint8((word >> _U(24 - 8 * (byte % 4))) & _U(0xFF))


def _begun(secret: bytes) -> Words:
    """Return the two states of SHA-256 that have taken in the pads of a key."""
    begun = np.zeros(16, np.uint32)
    for half, pad in enumerate(pads(secret)):
        s = np.zeros(((8 + _ROUNDS), LANES), np.uint32)
        s[8:24] = np.frombuffer(pad, ">u4")[:, None]
        state = np.repeat(_START, LANES)
        _compress(state, s.reshape(-1), _ADDED)
        begun[8 * half : 8 * half + 8] = state[::LANES]
    return begun


def hmac_sha256(
    secret: bytes, prefix: bytes, data: Bytes, starts: Ints, ends: Ints, *, width: int = 32
) -> Bytes:
    """Return the keyed digests of many messages.

    Parameters
    ----------
    secret
        The key, at most 64 bytes.
    prefix
        What every message begins with.
    data
        All messages, one behind the other or not.
    starts, ends
        Where each one stands in `data`.
    width
        Bytes to keep of each digest.

    Returns
    -------
    numpy.ndarray of uint8
        One row of `width` bytes per message: the first bytes of HMAC-SHA256(secret, prefix ‖
        message).

    Examples
    --------
    >>> import hmac
    >>> data = np.frombuffer(b"onetwo", np.uint8)
    >>> found = hmac_sha256(b"k", b"p", data, np.array([0, 3]), np.array([3, 6]))
    >>> found[1].tobytes() == hmac.digest(b"k", b"ptwo", "sha256")
    True
    """
    sizes = (ends - starts).astype(np.int64)
    out = np.zeros((len(sizes), width), np.uint8)
    blocks = (len(prefix) + sizes + 9 + BLOCK - 1) // BLOCK
    order = np.argsort(blocks, kind="stable").astype(np.int64)
    word = np.frombuffer(prefix, np.uint8)
    _digest_all(data, starts.astype(np.int64), sizes, order, word, _begun(secret), out)
    return out
