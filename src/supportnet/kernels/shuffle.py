"""The random moves behind the null models.

A kernel draws from its own small generator (SplitMix64) that is seeded from the caller's NumPy
generator: the same seed gives the same draw whatever compiled the kernel.
"""

from __future__ import annotations

import numpy as np

from supportnet.kernels.dtypes import Bools, Int8, Int32, Int64
from supportnet.kernels.jit import kernel

__all__ = ["permute_receivers", "rewire"]


@kernel
def _mix(state: np.uint64) -> np.uint64:
    """Scramble a counter into 64 random bits."""
    z = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@kernel
def _below(random: np.uint64, size: int) -> int:
    """Turn 64 random bits into an integer in [0, size); exact to 2⁻⁵³."""
    return int(float(random >> np.uint64(11)) * 1.1102230246251565e-16 * size)


@kernel
def _seek(table: Int64, key: int) -> int:
    """Return the place of `key` in an open-addressed table, or the free place (-1) for it.

    A key that was taken out leaves -2 behind, so that keys stored beyond it are still found.
    """
    mask = table.size - 1
    place = np.int64(_mix(np.uint64(key)) & np.uint64(mask))
    while table[place] != key and table[place] != -1:
        place = (place + 1) & mask
    return int(place)


@kernel
def _key(a: int, b: int, n: int) -> int:
    """Return the number of the unordered pair of `a` and `b`."""
    return min(a, b) * n + max(a, b)


@kernel
def _filled(tail: Int32, head: Int32, n: int, size: int) -> Int64:
    """Return a table of `size` (a power of two) that holds the unordered pair of every tie."""
    table = np.full(size, -1, np.int64)
    for t in range(tail.size):
        key = _key(int(tail[t]), int(head[t]), n)
        table[_seek(table, key)] = key
    return table


@kernel
def rewire(
    tail: Int32, head: Int32, free: Bools, kind: Int8, n: int, swaps: int, attempts: int, seed: int
) -> tuple[Int32, Int32, int, int]:
    """Swap the heads of random pairs of ties; return tails, heads, swaps and attempts made.

    Two ties a→b and c→d of one `kind` become a→d and c→b, unless that would tie a person to itself
    or repeat a tie. A `free` tie has no direction: it is turned round at random before the swap.
    Tries come in blocks of `swaps`; the walk ends with the first block after which `swaps` have
    succeeded, or after `attempts` tries. A walk that ended with a success would favour networks
    that allow many swaps; at a fixed number of tries all networks are equally likely.
    """
    tail = tail.copy()
    head = head.copy()
    size = 16
    while size < 4 * tail.size:
        size *= 2
    table = _filled(tail, head, n, size)
    removed = done = tried = 0
    step = np.uint64(0x9E3779B97F4A7C15)
    state = np.uint64(seed)
    while tried < attempts and tail.size > 1 and swaps > 0 and (done < swaps or tried % swaps):
        tried += 1
        state += step
        e = _below(_mix(state), tail.size)
        state += step
        f = _below(_mix(state), tail.size)
        state += step
        turn = _mix(state)
        a, b, c, d = int(tail[e]), int(head[e]), int(tail[f]), int(head[f])
        if free[e] and turn & np.uint64(1):
            a, b = b, a
        if free[f] and turn & np.uint64(2):
            c, d = d, c
        if kind[e] != kind[f] or a in (c, d) or b in (c, d):
            continue
        new_one, new_two = _key(a, d, n), _key(c, b, n)
        if table[_seek(table, new_one)] == new_one or table[_seek(table, new_two)] == new_two:
            continue
        table[_seek(table, _key(a, b, n))] = -2
        table[_seek(table, _key(c, d, n))] = -2
        table[_seek(table, new_one)] = new_one
        table[_seek(table, new_two)] = new_two
        tail[e], head[e], tail[f], head[f] = a, d, c, b
        done += 1
        removed += 2
        if removed > size // 4:
            # Too many removed marks would slow the search down: lay the table out afresh.
            table = _filled(tail, head, n, size)
            removed = 0
    return tail, head, done, tried


@kernel
def permute_receivers(author: Int64, other: Int64, rounds: int, seed: int) -> tuple[Int64, int]:
    """Swap the receivers of random pairs of events, `rounds` tries per event; return swaps made.

    A swap that would address a person to itself is refused, so nobody ever does.
    """
    other = other.copy()
    done = 0
    step = np.uint64(0x9E3779B97F4A7C15)
    state = np.uint64(seed)
    for _ in range(rounds * other.size):
        state += step
        i = _below(_mix(state), other.size)
        state += step
        j = _below(_mix(state), other.size)
        if author[i] != other[j] and author[j] != other[i]:
            other[i], other[j] = other[j], other[i]
            done += 1
    return other, done
