"""The build gives what the rules say, row for row, whatever the sizes of its steps."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import fake
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from reference import Reference
from test_store import content, load, same

from supportnet.errors import DatasetError
from supportnet.ingest.maintain import forget, link_aliases
from supportnet.schema import BUILD_TABLES
from supportnet.store import buckets, columns, messages, readers, tables
from supportnet.store import copies as found_copies
from supportnet.store.buckets import Buckets
from supportnet.store.keys import KeyIndex
from supportnet.store.manifest import read_manifest
from supportnet.store.order import distinct, sorted_by

NAMES = ["ann", "bob", "cid", "dan", "eve", "fay"]
TABLES = ("messages", "recipients", "mentions", "message_sources")


def one_row(rng: random.Random, number: int, scope: str) -> dict[str, Any]:
    """Return what one member said, somewhere."""
    by = rng.choice(NAMES)
    row: dict[str, Any] = {
        "by": by,
        "to": rng.choice([n for n in NAMES if n != by]),
        "t": rng.choice([rng.randrange(40), rng.randrange(4000)]),
        "resolution_us": rng.choice([1, 1_000_000, 60_000_000]),
    }
    form = rng.random()
    if form < 0.3:
        row |= {"conv": f"g{rng.randrange(3)}", "conv_kind": "group"}
        row |= {"visibility": "private_group", "members": rng.sample(NAMES, 4)}
        if rng.random() < 0.3:
            ends = [rng.choice([None, rng.randrange(4000)]) for _ in range(2)]
            row["stays"] = [[rng.choice(NAMES), *ends]]
    elif form < 0.6:
        row |= {"conv": f"t{rng.randrange(6)}", "conv_kind": "thread", "members": [by]}
        row["visibility"] = rng.choice(["public", "semi_public"])
    if rng.random() < 0.7:
        row["text"] = rng.choice(["ok", "yes", "hello ?"])
    if scope != "none" and rng.random() < 0.8:
        row["id"] = max(0, number - rng.randrange(2))
        if rng.random() < 0.5:
            row["reply_to"] = rng.randrange(number + 3)
    if rng.random() < 0.3:
        row["reply_author"] = rng.choice(NAMES)
    if rng.random() < 0.3:
        row["mentions"] = rng.sample(NAMES, 2)
    if rng.random() < 0.2:
        row["lang"] = rng.choice(["en", "fr"])
    return row


def copies(folder: Path, seed: int) -> list[Path]:
    """Write up to four exports that hold much the same, each with its own gaps and clock."""
    rng = random.Random(seed)
    scope = rng.choice(["none", "global", "account"])
    world = [one_row(rng, number, scope) for number in range(rng.randrange(1, 40))]
    made = []
    for number in range(rng.randrange(1, 5)):
        rows = []
        for said in world:
            row = dict(said)
            if rng.random() < 0.3:
                row["t"] += rng.choice([0.4, -0.3, 20])
            for name, chance in (("lang", 0.3), ("reply_author", 0.3), ("reply_to", 0.1)):
                if rng.random() < chance:
                    row.pop(name, None)
            if rng.random() < 0.1:
                row["copy"] = rng.randrange(3)
            if rng.random() < 0.1:
                row["resolution_us"] = rng.choice([1, 60_000_000])
            rows += [row] * rng.choice([0, 1, 1, 1, 1, 2])
        more = {"exported_us": fake.START + rng.randrange(10**12)} if rng.random() < 0.6 else {}
        made.append(
            fake.write(folder, f"e{number}", owner=NAMES[number], scope=scope, rows=rows, **more)
        )
    return made


def changed(folder: Path, seed: int) -> None:
    """Forget or link somebody in some of the datasets."""
    accounts = content(folder)["accounts"]
    if seed % 4 == 1 and len(accounts):
        forget(folder, accounts["pseudonym"].iloc[seed % len(accounts)])
    elif seed % 4 == 2:
        aliases = folder.parent / "aliases.csv"
        aliases.write_text("person,platform,identifier\nP,fake,@cid\nP,fake,@ann\n")
        link_aliases(folder, aliases)


def stored(folder: Path, table: str) -> pa.Table:
    """Return a table as it is stored, row by row (a lazy frame of many groups has no order)."""
    manifest = read_manifest(folder)
    assert manifest is not None
    return pq.read_table(folder / manifest.tables[table][0])


def tiny(patch: pytest.MonkeyPatch, most_buckets: int = 128) -> None:
    """Make every step of the build a few rows long, so that all of them meet their limits."""
    patch.setattr(columns, "BATCH_ROWS", 5)
    for module in (buckets, messages, readers):
        patch.setattr(module, "CHUNK_ROWS", 4)
    patch.setattr(buckets, "HELD_BYTES", 300)
    patch.setattr(buckets, "_MOST_BUCKETS", most_buckets)
    patch.setattr(readers, "_MOST_ROWS", 6)
    patch.setattr(tables, "GROUP_ROWS", 6)
    patch.setattr(found_copies, "_MANY", 3)


@pytest.mark.parametrize("seed", range(16))
def test_tables_are_what_the_rules_say(tmp_path: Path, seed: int) -> None:
    folder = tmp_path / "d"
    load(folder, *copies(tmp_path / "x", seed))
    changed(folder, seed)
    wanted = Reference(folder)
    for table in TABLES:
        rows = getattr(wanted, table)()
        found = stored(folder, table)
        assert found.select(list(rows[0]) if rows else []).to_pylist() == rows, table
        assert found.num_rows == len(rows)


@pytest.mark.parametrize("seed", range(100, 106))
def test_sizes_of_steps_play_no_part(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = copies(tmp_path / "x", seed)
    load(tmp_path / "whole", *made)
    with monkeypatch.context() as patch:
        tiny(patch, most_buckets=2 if seed % 2 else 128)
        load(tmp_path / "steps", *made)
    for table in BUILD_TABLES:
        whole, steps = (stored(tmp_path / name, table) for name in ("whole", "steps"))
        assert whole.equals(steps), table


def test_rows_that_waited_on_disk_leave_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[Path] = []
    real = Buckets._put_away

    def noted(self: Buckets) -> None:
        real(self)
        waited.extend(self._folder.iterdir())

    monkeypatch.setattr(Buckets, "_put_away", noted)
    tiny(monkeypatch)
    rows = [{"by": "ann", "to": "bob", "t": 900 - t, "text": str(t)} for t in range(60)]
    load(tmp_path / "d", fake.write(tmp_path, "a", owner="ann", scope="none", rows=rows))
    assert waited
    assert not [path for path in waited if path.exists()]
    assert sorted(p.name for p in (tmp_path / "d" / "build" / "1").iterdir()) == sorted(
        f"{name}.parquet" for name in BUILD_TABLES
    )
    assert stored(tmp_path / "d", "messages")["message_id"].to_pylist() == list(range(60))
    times = stored(tmp_path / "d", "messages")["t_us"].to_pylist()
    assert times == sorted(times)


def test_too_little_memory_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = copies(tmp_path / "x", 3)
    load(tmp_path / "d", made[0])
    before = content(tmp_path / "d")
    monkeypatch.setenv("SUPPORTNET_MEMORY", "300KB")
    with pytest.raises(DatasetError, match="SUPPORTNET_MEMORY"):
        load(tmp_path / "d", *copies(tmp_path / "y", 4))
    same(before, content(tmp_path / "d"))
    assert not list((tmp_path / "d" / "build").glob(".tmp-*"))


def test_a_person_named_in_one_copy_only_is_the_one_of_that_copy(tmp_path: Path) -> None:
    # The numbers that accounts have in their own exports differ: cid is the third of the older
    # one, dan that of the newer one.
    row = {"by": "ann", "to": "bob", "t": 1, "id": 1, "text": "x"}
    older = fake.write(
        tmp_path, "a", owner="ann", rows=[{**row, "reply_author": "cid"}], exported_us=fake.START
    )
    other = {"by": "dan", "to": "ann", "t": 2, "id": 2, "text": "y"}
    newer = fake.write(tmp_path, "b", owner="bob", rows=[row, other], exported_us=fake.START * 2)
    load(tmp_path / "d", older, newer)
    tables = content(tmp_path / "d")
    first = tables["messages"].iloc[0]
    authors = tables["messages"]["author_id"].tolist()
    assert len(tables["people"]) == 4
    assert first["reply_author"] not in (first["author_id"], authors[1])
    assert first["reply_author"] not in tables["recipients"]["person_id"].tolist()


def test_rows_sort_by_all_columns() -> None:
    rng = np.random.default_rng(3)
    for n in (0, 1, 2, 50, 400):
        first, second, third = (rng.integers(0, high, n) for high in (20, 3, 4))
        assert np.array_equal(sorted_by(first, second, third), np.lexsort((third, second, first)))
        assert np.array_equal(
            sorted_by(np.sort(first), second), np.lexsort((second, np.sort(first)))
        )
        assert np.array_equal(distinct(first), np.unique(first))


def test_keys_are_told_apart_even_where_halves_agree() -> None:
    rng = np.random.default_rng(4)
    keys, wanted = (rng.integers(0, 4, (60, 2)) for _ in range(2))  # most halves are shared
    ranks = rng.permutation(60)
    index = KeyIndex(keys, ranks)
    first: dict[tuple[int, ...], int] = {}
    for key, rank in sorted(zip(map(tuple, keys.tolist()), ranks.tolist(), strict=True)):
        first.setdefault(key, rank)
    assert index.find(wanted).tolist() == [first.get(tuple(k), -1) for k in wanted.tolist()]
    later, earlier = index.repeated()
    own = dict(zip(ranks.tolist(), map(tuple, keys.tolist()), strict=True))
    assert sorted(later.tolist()) == sorted(set(ranks.tolist()) - set(first.values()))
    assert all(first[own[a]] == b for a, b in zip(later.tolist(), earlier.tolist(), strict=True))
    index.point_at(1000 + np.arange(60))
    found = [1000 + first[k] if k in first else -1 for k in map(tuple, wanted.tolist())]
    assert index.find(wanted).tolist() == found


@pytest.mark.parametrize("first", [0, 1])
def test_the_finest_clock_tells_the_time_in_any_order_of_import(tmp_path: Path, first: int) -> None:
    said = {"by": "ann", "to": "bob", "text": "ok"}
    pages = {**said, "t": 0, "resolution_us": 60_000_000}  # whole minutes, and the newer export
    exact = {**said, "t": 37.25, "lang": "en"}
    made = [
        fake.write(tmp_path, "pages", owner="ann", scope="none", rows=[pages], exported_us=9),
        fake.write(tmp_path, "exact", owner="ann", scope="none", rows=[exact], exported_us=3),
    ]
    for path in (made[first], made[1 - first]):
        load(tmp_path / "d", path)
    (row,) = stored(tmp_path / "d", "messages").to_pylist()
    assert (row["t_us"] - fake.START, row["lang"]) == (37_250_000, "en")


@pytest.mark.parametrize("held", [0, 100, 10**9])
def test_buckets_come_whole_and_in_order(
    tmp_path: Path, held: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buckets, "HELD_BYTES", held)
    rng = np.random.default_rng(5)
    rows = rng.permutation(95)
    waiting = Buckets(tmp_path / "spill", np.bincount(rows // 10), 10, np.int64)
    found = []
    for some in np.array_split(rows, 9):
        for place, parts in waiting.add(some, some):
            found.append(place)
            assert sorted(np.concatenate(parts)) == list(
                range(10 * place, min(10 * place + 10, 95))
            )
    assert found == list(range(10))
    assert not list(tmp_path.glob("spill/*"))


def test_numbers_are_written_digit_by_digit() -> None:
    values = np.array([0, 9, 10, 9_999, 10_000, 1_700_000_000_000_000, 10**18 - 1])
    assert messages._width(values).tolist() == [len(str(v)) for v in values.tolist()]
    for value in values:
        one = np.array([value])
        assert bytes(messages._decimal(one, len(str(value)))) == str(value).encode()
    key = np.frombuffer(bytes(range(248, 256)) + bytes(8), np.int64).reshape(1, 2)
    assert bytes(messages._hexadecimal(key)) == key.tobytes().hex().upper().encode()
