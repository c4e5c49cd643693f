"""Messages summed while they are read, against the same sums of a table."""

import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from supportnet.dataset import lazy
from supportnet.interactions import FIXED_POINT, directions
from supportnet.pair_sums import sum_parts, sum_sides


def talk(seed, *, one_weight, size=400):
    """Invent interactions: few persons, some messages without a time."""
    rng = np.random.default_rng(seed)
    author = rng.integers(0, 9, size)
    readers = np.ones(size) if one_weight else rng.integers(1, 8, size)
    t_us = pd.array(rng.integers(0, 5_000, size), "Int64")
    t_us[rng.random(size) < 0.3] = pd.NA
    table = pd.DataFrame({
        "author_id": author.astype(np.int32),
        "other_id": ((author + rng.integers(1, 9, size)) % 9).astype(np.int32),
        "t_us": t_us,
        "weight": 1.0 / readers,
        "visibility": rng.choice(["public", "private_1to1"], size),
    })  # fmt: skip
    return table, lazy(pa.Table.from_pandas(table, preserve_index=False))


def fixed(weight):
    return np.floor(weight * FIXED_POINT + 0.5).astype(np.int64)


@pytest.mark.parametrize("one_weight", [True, False])
@pytest.mark.parametrize("size", [0, 1, 400])
def test_parts_equal_a_groupby(one_weight, size):
    for seed in range(10):
        table, frame = talk(seed, one_weight=one_weight, size=size)
        ends = table[["author_id", "other_id"]].to_numpy().reshape(-1, 2)
        by_pair = table.assign(lo=ends.min(axis=1, initial=99), hi=ends.max(axis=1, initial=-1))
        by_pair["units"] = fixed(table["weight"])
        for part, second in (
            (None, by_pair["author_id"] == by_pair["hi"]),
            (nw.col("visibility") == "public", by_pair["visibility"] == "public"),
        ):
            found = sum_parts(frame, part)
            sums = by_pair.assign(second=second).groupby(["lo", "hi", "second"])["units"].sum()
            known = dict(zip(sums.index, sums, strict=True))
            pairs = sorted({(lo, hi) for lo, hi, _ in known})
            assert list(zip(found.lo.tolist(), found.hi.tolist(), strict=True)) == pairs
            expected = [[known.get((*pair, side), 0) for pair in pairs] for side in (False, True)]
            assert found.units.tolist() == expected


@pytest.mark.parametrize("one_weight", [True, False])
def test_sides_equal_directions(one_weight):
    for seed in range(10):
        table, frame = talk(seed, one_weight=one_weight, size=60)
        sums, times = sum_sides(frame)
        expected = directions(frame).collect().to_native().to_pandas().dropna(subset=["first_us"])
        known = expected.set_index(["author_id", "other_id"])[["weight", "first_us"]]
        found = {}
        for lo, hi, forth, back, first, since in zip(*(a.tolist() for a in sums), strict=True):
            for pair, units, began in (((lo, hi), forth, first), ((hi, lo), back, since)):
                if began >= 0:
                    found[pair] = [units / FIXED_POINT, began]
        assert found == {pair: [w, int(t)] for pair, (w, t) in known.iterrows()}
        assert times == (table["t_us"].min(), table["t_us"].max())


def test_undated_messages_have_no_times():
    table, _ = talk(1, one_weight=True, size=20)
    table["t_us"] = pd.array([pd.NA] * 20, "Int64")
    sums, times = sum_sides(lazy(pa.Table.from_pandas(table, preserve_index=False)))
    assert times is None
    assert sums.lo.size == 0


def test_an_engine_without_batches_gives_the_same_sums():
    table, frame = talk(2, one_weight=False)
    whole = nw.from_native(pa.Table.from_pandas(table, preserve_index=False)).lazy()
    part = nw.col("visibility") == "public"
    for one, other in zip(sum_parts(frame, part), sum_parts(whole, part), strict=True):
        np.testing.assert_array_equal(one, other)
