"""Random small networks with many equal times, shared by the brute-force tests."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

from supportnet.kernels import split


class Network(NamedTuple):
    """Ties in order of birth among n persons; births repeat often; coverage is [0, stop]."""

    lo: np.ndarray
    hi: np.ndarray
    birth: np.ndarray
    n: int
    stop: int
    rng: np.random.Generator


def random_network(seed: int) -> Network:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 12))
    pairs = [(a, b) for a in range(n) for b in range(a + 1, n) if rng.random() < rng.random()]
    rng.shuffle(pairs)
    ends = np.asarray(pairs, np.int32).reshape(-1, 2)
    # Every other network has so few instants that most ties share theirs.
    birth = np.sort(rng.integers(0, 6 if seed % 2 else 60, len(pairs)))
    stop = int(birth.max(initial=0) + rng.integers(0, 20))
    return Network(ends[:, 0].copy(), ends[:, 1].copy(), birth, n, stop, rng)


@pytest.fixture(scope="session")
def networks() -> list[Network]:
    return [random_network(seed) for seed in range(320)]


@pytest.fixture(params=[1, 3])
def shared_rows(request, monkeypatch) -> int:
    """Share rows among so many threads, however few they are."""
    monkeypatch.setattr(split, "thread_count", lambda rows: request.param)
    return int(request.param)
