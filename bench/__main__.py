"""Time each measure against a bare DuckDB scan + sort of its columns, in one run, alternating.

    python3 run.py bench --size 1m|10m|60m [--repeat 5] [--together] [--peaks]

Prints a table of medians, the ratio to the floor, and the peak memory of this process, floors
included; with `--peaks` also that of each step called once in a process of its own. Each
measure runs as a user calls it, on the cached table of interactions; making that table is timed
once and shown apart. With `--together`, "all four together" are reciprocity, private share, latency
and closure inside `community.sharing()`, against one scan and sort of all their columns.

Memory once taken stays with this process, for the floors as for the measures: a virtual machine may
give free pages back to its host, and then half a second of work waits two for fresh ones.
`graphs.py` holds the graph kernels against other packages, `imports.py` times importing,
`json_stream.py` reading.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import events
import steady

import supportnet as sn
from supportnet.interactions import interactions
from supportnet.layers import layer_network
from supportnet.network import closure_curve, transitivity
from supportnet.store.engine import connection, quoted

HOUR_US = 3_600_000_000


def floor(path: Path, columns: str, where: str) -> Callable[[], None]:
    """Return the floor: scan and sort the same columns, materialised, nothing else."""

    def run() -> None:
        query = (
            f"SELECT {columns} FROM read_parquet({quoted(path)}) WHERE {where} "
            "ORDER BY least(author_id, other_id), greatest(author_id, other_id), t_us"
        )
        connection().execute(f"CREATE OR REPLACE TEMP TABLE floor AS {query}")
        connection().execute("DROP TABLE floor")

    return run


def timed(function: Callable[[], object]) -> float:
    """Return the seconds one call takes."""
    began = time.perf_counter()
    function()
    return time.perf_counter() - began


def peak_gib() -> float:
    """Return the largest resident size of this process so far, GiB."""
    status = Path("/proc/self/status")
    if status.exists():  # elsewhere a process may begin with the peak of the one that started it
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
        if found:
            return int(found[1]) / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def all_four(fresh: sn.Community) -> None:
    """Take the four headline measures as a report does: one scan and one sort for all.

    Layers remember what they derived for as long as their dataset lives: only one that was opened
    anew remembers nothing, so that every repetition pays for everything.
    """
    with fresh.sharing():
        sn.reciprocity(fresh, level="network")
        sn.private_share(fresh, level="tie")
        sn.reply_latency(fresh, level="direction", measures=["median"])
        sn.triadic_closure(fresh)


ALONE: dict[str, Callable[[sn.Community], object]] = {
    "reciprocity": lambda c: sn.reciprocity(c, level="network", layer="all"),
    "private share": lambda c: sn.private_share(c, level="tie"),
    "reply latency": lambda c: sn.reply_latency(c, level="direction", measures=["median"]),
    "closure": sn.triadic_closure,
    "all four together": all_four,
}


def peaks(folder: Path) -> None:
    """Print the peak memory of each step in a process of its own."""
    for name in ALONE:
        command = [sys.executable, str(Path(__file__).parent), "--alone", name, str(folder)]
        out = subprocess.run(command, check=True, capture_output=True, text=True)
        print(f"{name:<22}{'peak alone, GiB':>28}{float(out.stdout):>10.2f}", flush=True)


def steps(
    community: sn.Community, path: Path
) -> dict[str, tuple[Callable[[], object], Callable[[], None]]]:
    """Return each timed step with the floor it is held against."""
    everything = floor(path, "author_id, other_id, t_us, weight, visibility", "relational")
    private = floor(
        path, "author_id, other_id, t_us, message_id", "relational AND visibility = 'private_1to1'"
    )
    return {
        "reciprocity": (
            lambda: ALONE["reciprocity"](community),
            floor(path, "author_id, other_id, t_us, weight", "relational"),
        ),
        "private share": (lambda: ALONE["private share"](community), everything),
        "reply latency": (lambda: ALONE["reply latency"](community), private),
    }


def graph_step(community: sn.Community) -> dict[str, float]:
    """Time triangles, closure and the curve on the union of all ties, arrays in memory."""
    found = layer_network(community, layer="all", projection="union")
    ties = found.ties
    if ties is None:
        return {}
    took = {"triangles": [], "closure and curve": []}  # type: dict[str, list[float]]
    for _ in range(3):
        took["triangles"].append(timed(lambda: transitivity(ties)))
        took["closure and curve"].append(timed(lambda: closure_curve(ties, width_us=HOUR_US)))
    print(f"ties {len(ties):,}")
    return {name: min(times) for name, times in took.items()}


def compare(name: str, step: Callable[[], object], bare: Callable[[], None], repeat: int) -> None:
    """Time a step and its floor in turns, and print the row."""
    bare()
    step()  # warm: compile expressions and kernels, fill the page cache
    mine, theirs = [], []
    for _ in range(repeat):
        theirs.append(timed(bare))
        mine.append(timed(step))
    a, b = statistics.median(mine), statistics.median(theirs)
    print(f"{name:<22}{a:>10.2f}{b:>10.2f}{a / b:>8.2f}{peak_gib():>10.2f}", flush=True)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--size", default="1m", choices=sorted(events.SIZES))
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument(
        "--together", action="store_true", help="also take all four measures inside sharing()"
    )
    parser.add_argument(
        "--folder", type=Path, default=Path(tempfile.gettempdir()) / "supportnet-bench"
    )
    parser.add_argument("--peaks", action="store_true", help="also the memory of each step alone")
    parser.add_argument("--alone", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        name, where = options.alone
        ALONE[name](sn.open_community(where))
        print(peak_gib())
        return
    steady.keep_memory()
    steady.keep_engine(connection())
    folder = options.folder / options.size
    print(f"making {options.size} events in a temporary folder (seed 1) …", flush=True)
    events.write_events(folder, events.SIZES[options.size])
    community = sn.open_community(folder)
    for old in (folder / "derived").rglob("interactions*.parquet"):
        old.unlink()
    built = timed(lambda: interactions(community.dataset))
    path = next((folder / "derived").rglob("interactions*.parquet"))
    size = path.stat().st_size / 2**20
    print(
        f"interactions table, made once: {built:.1f} s, {size:.0f} MiB; peak {peak_gib():.2f} GiB"
    )
    table = steps(community, path)
    print(f"{'step':<22}{'median s':>10}{'floor s':>10}{'ratio':>8}{'peak GiB':>10}")
    for name, (step, bare) in table.items():
        compare(name, step, bare, options.repeat)
    for name, seconds in graph_step(sn.open_community(folder)).items():
        print(f"{name:<22}{seconds:>10.2f}{'':>10}{'':>8}{peak_gib():>10.2f}", flush=True)
    if options.together:
        together, bare = lambda: all_four(sn.open_community(folder)), table["private share"][1]
        compare("all four together", together, bare, options.repeat)
    if options.peaks:
        peaks(folder)
    print(f"cores {os.cpu_count()}, repeats {options.repeat}, medians; lower is better")


if __name__ == "__main__":
    main()
