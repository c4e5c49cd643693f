"""Small communities with everything the report asks for."""

import itertools
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from supportnet.community import Community, from_dataframe


def talk(people: int = 12, days: int = 200, seed: int = 5) -> pd.DataFrame:
    """Return messages of a few persons: two triangles, some pairs, private and public."""
    rng = np.random.default_rng(seed)
    triangles = [pair for t in ((0, 1, 2), (3, 4, 5)) for pair in itertools.combinations(t, 2)]
    pairs = [*triangles, *((a, a + 1) for a in range(6, people - 1, 2)), (0, 6), (3, 8)]
    rows = []
    start = pd.Timestamp("2024-01-01", tz="UTC")
    for lo, hi in pairs:
        for day in range(0, days, 2):
            at = start + pd.Timedelta(days=day, minutes=int(rng.integers(0, 600)))
            visibility = "private_1to1" if rng.random() < 0.75 else "public"
            first, second = (lo, hi) if rng.random() < 0.5 else (hi, lo)
            rows.append((first, second, at, visibility))
            if rng.random() < 0.7:
                wait = pd.Timedelta(hours=float(rng.exponential(6)))
                rows.append((second, first, at + wait, visibility))
    return pd.DataFrame(rows, columns=["sender", "recipient", "time", "visibility"])


def as_synthetic(community: Community) -> Community:
    """Return a community whose data count as generated."""
    return Community(replace(community.dataset, synthetic=True))


@pytest.fixture(scope="session")
def make() -> Callable[..., Community]:
    """Return a function that makes a community of the given name."""

    def made(name: str = "river", *, synthetic: bool = False, people: int = 12) -> Community:
        rows = talk(people)
        contacts = pd.DataFrame(
            [(0, other, "friend") for other in range(1, people)],
            columns=["owner", "other", "kind"],
        )
        community = from_dataframe(rows, contacts=contacts, community=name)
        return as_synthetic(community) if synthetic else community

    return made
