"""A seeded event generator: heavy-tailed activity, conversations in bursts, friend-of-friend ties.

It writes a dataset that `supportnet.open_community` opens: the tables of the schema, without
archives. About 45 % of events continue a recent conversation, 20 % go to a known contact, 20 % to a
contact's contact, the rest to anybody; activity follows a power law.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numba as nb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from supportnet.schema import BUILD_TABLES
from supportnet.store.manifest import Manifest, write_manifest

SIZES = {"1m": 1_000_000, "10m": 10_000_000, "60m": 60_000_000}
START_US = 1_388_534_400_000_000
SPAN_US = 2_774 * 86_400_000_000
PEOPLE_PER_EVENT = 0.043
CHUNK = 2_000_000


@nb.njit(cache=True)
def _draw(
    events: int,
    cumulative: npt.NDArray[np.float64],
    keep: int,
    rng: np.random.Generator,
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    """Draw author, other and time of each event, in order of time."""
    people = cumulative.size
    author = np.empty(events, np.int32)
    other = np.empty(events, np.int32)
    contacts = np.full((people, keep), -1, np.int32)
    known = np.zeros(people, np.int32)
    clock = np.empty(events, np.int64)
    now = 0.0
    for i in range(events):
        kind = rng.random()
        to = -1
        if kind < 0.45 and i > 0:  # go on with one of the last conversations
            back = i - 1 - int(rng.random() ** 3 * min(i, 4096))
            back = max(back, 0)
            if rng.random() < 0.8:
                one, to = other[back], author[back]
            else:
                one, to = author[back], other[back]
        else:
            one = np.searchsorted(cumulative, rng.random())
            if kind < 0.65 and known[one] > 0:
                to = contacts[one, rng.integers(0, min(known[one], keep))]
            elif kind < 0.85 and known[one] > 0:
                friend = contacts[one, rng.integers(0, min(known[one], keep))]
                if known[friend] > 0:
                    to = contacts[friend, rng.integers(0, min(known[friend], keep))]
            if to < 0:
                to = np.searchsorted(cumulative, rng.random())
        if one == to:
            to = (to + 1 + rng.integers(0, people - 1)) % people
        author[i], other[i] = one, to
        if kind >= 0.45:
            for a, b in ((one, to), (to, one)):
                place = known[a] if known[a] < keep else rng.integers(0, keep)
                contacts[a, place] = b
                known[a] += 1
        now += -np.log(1.0 - rng.random()) * (1 + 0.8 * np.sin(i * 6.283 / (events / 500)))
        clock[i] = int(now * 1000)
    return author, other, clock


def _private(
    author: npt.NDArray[np.int32], other: npt.NDArray[np.int32], seed: int
) -> npt.NDArray[np.bool_]:
    """Give each tie its own leaning to private talk, and each event its draw."""
    lo = np.minimum(author, other).astype(np.int64)
    hi = np.maximum(author, other).astype(np.int64)
    leaning = (lo * 1_000_003 + hi * 998_244_353) & 1023
    share = np.where(leaning < 300, 0.8, np.where(leaning < 600, 0.35, 0.05))
    drawn: npt.NDArray[np.bool_] = np.random.default_rng(seed + 1).random(author.size) < share
    return drawn


def write_events(folder: Path, events: int, *, seed: int = 1) -> Path:
    """Write a generated dataset of `events` messages; return its folder."""
    if (folder / "manifest.json").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    build = folder / "build" / "1"
    build.mkdir(parents=True)
    people = max(int(events * PEOPLE_PER_EVENT), 100)
    weight = 1.0 / np.arange(1, people + 1) ** 0.75
    cumulative = np.cumsum(weight / weight.sum())
    cumulative[-1] = 1.0
    author, other, clock = _draw(events, cumulative, 32, np.random.default_rng(seed))
    rename = np.random.default_rng(seed).permutation(people).astype(np.int32)
    author, other = rename[author], rename[other]
    t_us = START_US + (clock * (SPAN_US / clock[-1])).astype(np.int64)
    private = _private(author, other, seed)
    _write_messages(build, author, other, t_us, private)
    _write_small(build, people, t_us)
    tables = {name: [f"build/1/{name}.parquet"] for name in BUILD_TABLES}
    write_manifest(
        folder,
        Manifest(f"bench-{events}", "0" * 16, synthetic=True, generation=1, tables=tables),
    )
    return folder


def _write_messages(
    build: Path,
    author: npt.NDArray[np.int32],
    other: npt.NDArray[np.int32],
    t_us: npt.NDArray[np.int64],
    private: npt.NDArray[np.bool_],
) -> None:
    """Write tables messages and recipients in chunks."""
    schema = BUILD_TABLES["messages"]
    with (
        pq.ParquetWriter(build / "messages.parquet", schema, compression="zstd") as messages,
        pq.ParquetWriter(
            build / "recipients.parquet", BUILD_TABLES["recipients"], compression="zstd"
        ) as recipients,
    ):
        for low in range(0, author.size, CHUNK):
            cut = slice(low, low + CHUNK)
            ids = np.arange(low, min(low + CHUNK, author.size), dtype=np.int64)
            n = ids.size
            words = pa.array(["public", "private_1to1"])
            given = {
                "message_id": ids,
                "conversation_id": np.zeros(n, np.int32),
                "seq": ids,
                "author_id": author[cut],
                "t_us": t_us[cut],
                "kind": pa.DictionaryArray.from_arrays(np.zeros(n, np.int8), ["message"]).cast(
                    pa.string()
                ),
                "visibility": pa.DictionaryArray.from_arrays(
                    private[cut].astype(np.int8), words
                ).cast(pa.string()),
                "reply_author": pa.array(other[cut], mask=private[cut]),
                "reply_basis": pa.DictionaryArray.from_arrays(np.zeros(n, np.int8), ["none"]).cast(
                    pa.string()
                ),
                "edited": np.zeros(n, bool),
                "time_note": np.zeros(n, np.int16),
            }
            arrays = [
                pa.array(given[f.name], f.type) if f.name in given else pa.nulls(n, f.type)
                for f in schema
            ]
            messages.write_table(pa.table(arrays, schema=schema), row_group_size=1 << 20)
            readers = pa.table(
                [pa.array(ids[private[cut]]), pa.array(other[cut][private[cut]], pa.int32())],
                schema=BUILD_TABLES["recipients"],
            )
            recipients.write_table(readers, row_group_size=1 << 20)


def _write_small(build: Path, people: int, t_us: npt.NDArray[np.int64]) -> None:
    """Write the other tables: people and one whole-community coverage record; the rest empty."""
    no = np.zeros(people, bool)
    rows = {
        "people": pa.table(
            [
                pa.array(np.arange(people, dtype=np.int32)),
                pa.array(no),
                pa.array(no),
                pa.array(no),
                pa.array(["none"] * people),
            ],
            schema=BUILD_TABLES["people"],
        ),
        "coverage": pa.Table.from_pylist(
            [
                {
                    "source_id": 0,
                    "start_us": int(t_us[0]),
                    "end_us": int(t_us[-1]),
                    "end_basis": "last_record",
                    "resolution_us": 1,
                    **dict.fromkeys(
                        ("private_in", "private_out", "public_in", "public_out", "alter_alter"),
                        True,
                    ),
                    **dict.fromkeys(
                        ("reactions_in", "reactions_out", "groups", "deletions_visible"), False
                    ),
                }
            ],
            schema=BUILD_TABLES["coverage"],
        ),
    }
    for name, schema in BUILD_TABLES.items():
        if name not in ("messages", "recipients"):
            table = rows.get(name, schema.empty_table())
            pq.write_table(table, build / f"{name}.parquet", compression="zstd")
