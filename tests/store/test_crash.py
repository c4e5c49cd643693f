"""Kill the import anywhere, fill the disk, import at once from many processes: nothing is lost."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

import fake
import pandas as pd
import pytest
from test_store import content, load, same

from supportnet.dataset import open_dataset
from supportnet.errors import DatasetError
from supportnet.store import build, files, manifest, parts

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kills processes with a POSIX signal")
KILLS = 50


def exports(folder: Path, n: int = 3) -> list[Path]:
    """Write overlapping exports of a few hundred rows each."""
    made = []
    for number in range(n):
        rows = [
            {"by": f"p{i % 5}", "to": f"p{(i + 1) % 5}", "t": i * 60, "id": i, "text": f"m {i}"}
            for i in range(number * 100, number * 100 + 250)
        ]
        made.append(fake.write(folder, f"e{number}", owner=f"p{number}", rows=rows))
    return made


def import_in_child(into: str, exports_: list[str], config: str) -> None:
    """Run one import in a process of its own."""
    os.environ["SUPPORTNET_CONFIG_HOME"] = config
    os.environ["SUPPORTNET_THREADS"] = "1"
    from supportnet.ingest import grouping

    grouping.all_formats = lambda: {"fake": fake.FORMAT}  # type: ignore[assignment]
    load(Path(into), *[Path(e) for e in exports_])


@pytest.fixture(scope="module")
def context() -> ForkServerContext:
    """Return a process starter that has the package loaded but has opened nothing yet."""
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload(["test_crash", "supportnet.ingest"])
    return made


def start(context: ForkServerContext, into: Path, made: list[Path]) -> Any:
    args = (str(into), [str(e) for e in made], os.environ["SUPPORTNET_CONFIG_HOME"])
    process = context.Process(target=import_in_child, args=args)
    process.start()
    return process


def finished(context: ForkServerContext, into: Path, made: list[Path]) -> float:
    began = time.monotonic()
    process = start(context, into, made)
    process.join(120)
    assert process.exitcode == 0
    return time.monotonic() - began


def test_killed_at_random_points(tmp_path: Path, context: ForkServerContext) -> None:
    made = exports(tmp_path / "x")
    finished(context, tmp_path / "golden", made)
    finished(context, tmp_path / "earlier", made[:1])
    golden, earlier = content(tmp_path / "golden"), content(tmp_path / "earlier")
    finished(context, tmp_path / "timing", made[:1])
    span = finished(context, tmp_path / "timing", made)
    rng = random.Random(20260101)
    killed = 0
    for number in range(KILLS):
        folder = tmp_path / f"d{number}"
        finished_once = start(context, folder, made[:1])
        finished_once.join(120)
        process = start(context, folder, made)
        process.join(rng.uniform(0, 0.7 * span))
        if process.is_alive():
            killed += 1
            os.kill(process.pid, signal.SIGKILL)
        process.join()
        seen = content(folder)  # readable at once, and one of the two states
        same(earlier if len(seen["sources"]) == 1 else golden, seen)
        if number % 10 == 0:  # complete some of them; the others only had to be readable
            finished(context, folder, made)
            same(golden, content(folder))
            assert not list((folder / "parts").glob(".tmp-*"))
    assert killed >= KILLS // 2


def test_eight_importers_at_once(tmp_path: Path, context: ForkServerContext) -> None:
    made = exports(tmp_path / "x", 4)
    finished(context, tmp_path / "golden", made)
    rng = random.Random(7)
    running = []
    for _ in range(8):
        order = list(made)
        rng.shuffle(order)
        running.append(start(context, tmp_path / "d", order[: rng.randint(2, 4)]))
    for process in running:
        process.join(240)
        assert process.exitcode == 0
    finished(context, tmp_path / "d", made)
    same(content(tmp_path / "golden"), content(tmp_path / "d"))


def _failing(real: Callable[..., Any], at: int) -> Callable[..., Any]:
    """Return `real` failing once, at its n-th call, as a full disk does."""
    calls = iter(range(10**6))

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if next(calls) == at:
            raise OSError(28, "No space left on device")
        return real(*args, **kwargs)

    return wrapped


SITES = [
    (files.os, "fsync"),
    (files.Path, "rename"),
    (files.Path, "replace"),
    (parts.pq.ParquetWriter, "write_table"),
    (parts.pq.ParquetWriter, "close"),
    (files.json, "dump"),
]


@pytest.mark.parametrize("at", [0, 1, 3, 7])
@pytest.mark.parametrize("site", SITES, ids=lambda s: s[1])
def test_every_failed_write_leaves_the_earlier_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, site: tuple[Any, str], at: int
) -> None:
    made = exports(tmp_path / "x", 2)
    load(tmp_path / "d", made[0])
    before = content(tmp_path / "d")
    owner, name = site
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, _failing(getattr(owner, name), at))
        failed = False
        try:
            load(tmp_path / "d", made[1])
        except DatasetError as error:  # any other exception fails the test: one sentence is asked
            failed = "No space left" in str(error)
        if failed:
            same(before, content(tmp_path / "d"))
    load(tmp_path / "d", *made)
    load(tmp_path / "whole", *made)
    same(content(tmp_path / "whole"), content(tmp_path / "d"))


def test_leftovers_are_swept(tmp_path: Path) -> None:
    made = exports(tmp_path / "x", 2)
    load(tmp_path / "d", made[0])
    for name in ("parts/.tmp-abc", "parts/0123", "build/99", "build/.tmp-3"):
        (tmp_path / "d" / name).mkdir(parents=True)
    (tmp_path / "d" / ".tmp-manifest.json").write_text("half")
    load(tmp_path / "d", made[1])
    names = {p.name for p in (tmp_path / "d" / "parts").iterdir()}
    found = manifest.read_manifest(tmp_path / "d")
    assert found is not None
    assert names == set(found.parts)
    assert {p.name for p in (tmp_path / "d" / "build").iterdir()} <= {"1", "2"}
    assert not (tmp_path / "d" / ".tmp-manifest.json").exists()


def test_the_account_of_a_source_is_asserted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from supportnet.errors import InternalError

    made = exports(tmp_path / "x", 1)
    real = build.read_source
    monkeypatch.setattr(build, "read_source", lambda d, p: {**real(d, p), "seen": 1})
    with pytest.raises(InternalError, match="seen is not kept"):
        load(tmp_path / "d", *made)
    with pytest.raises(DatasetError):
        open_dataset(tmp_path / "d")


def test_comparison_of_states_can_fail(tmp_path: Path) -> None:
    made = exports(tmp_path / "x", 2)
    load(tmp_path / "a", made[0])
    load(tmp_path / "b", *made)
    with pytest.raises(AssertionError):
        same(content(tmp_path / "a"), content(tmp_path / "b"))
    assert isinstance(content(tmp_path / "a")["messages"], pd.DataFrame)
