"""Random tables of directions, with equal times, weights below 1 and persons without ties."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest


def random_directions(seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 11))
    people = np.sort(rng.choice(10**6 if seed % 3 else 30, n, replace=False))
    pairs = [(a, b) for a in people for b in people if a != b and rng.random() < 0.35]
    rng.shuffle(pairs)
    ends = np.asarray(pairs, np.int64).reshape(-1, 2)
    first = rng.integers(0, 7 if seed % 2 else 70, len(pairs))
    events = rng.integers(1, 6, len(pairs))
    return pd.DataFrame(
        {
            "author_id": ends[:, 0],
            "other_id": ends[:, 1],
            "weight": events * rng.choice([1.0, 0.25], len(pairs)),
            "n": events,
            "first_us": first,
            "last_us": first + rng.integers(0, 2 if seed % 2 else 20, len(pairs)),
        }
    )


@pytest.fixture(scope="session")
def tables() -> list[pd.DataFrame]:
    return [random_directions(seed) for seed in range(300)]
