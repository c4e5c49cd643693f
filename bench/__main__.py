"""Time each measure against a bare DuckDB scan + sort of its columns, in one run, alternating.

    python3 run.py bench --size 1m|10m|60m [--repeat 5] [--together] [--peaks]

Prints a table of medians, the ratio to the floor, and the peak memory of this process, floors
included; with `--peaks` also that of each step called once in a process of its own. Each
measure runs as a user calls it, on the cached table of interactions; making that table is timed
once and shown apart. With `--together`, "all four together" are reciprocity, private share, latency
and closure inside `community.sharing()`, against one scan and sort of all their columns.

Memory once taken stays with this process, for the floors as for the measures: a virtual machine may
give free pages back to its host, and then half a second of work waits two for fresh ones.
`graphs.py` holds the graph kernels against other packages, `growth.py` shows how times grow,
`imports.py` times importing, `json_stream.py` reading.
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
from headline import ALONE, ASKED, COLUMNS, all_four, floor

import supportnet as sn
from supportnet.interactions import interactions
from supportnet.layers import layer_network
from supportnet.network import closure_curve, transitivity
from supportnet.store.engine import connection

HOUR_US = 3_600_000_000


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


def peaks(folder: Path) -> None:
    """Print the peak memory of each step in a process of its own."""
    for name in ALONE:
        command = [sys.executable, str(Path(__file__).parent), "--alone", name, str(folder)]
        out = subprocess.run(command, check=True, capture_output=True, text=True)
        print(f"{name:<22}{'peak alone, GiB':>44}{float(out.stdout):>9.2f}", flush=True)


def steps(
    community: sn.Community, path: Path
) -> dict[str, tuple[Callable[[], object], Callable[[], None]]]:
    """Return each timed step with the floor it is held against."""
    return {
        name: (lambda name=name: ALONE[name](community), floor(path, *columns))
        for name, columns in COLUMNS.items()
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
    asked = ASKED[name]
    met = "met" if a <= asked * b else "missed"
    print(
        f"{name:<22}{a:>10.2f}{b:>10.2f}{a / b:>8.2f}{asked:>8.1f} {met:<8}{peak_gib():>8.2f}",
        flush=True,
    )


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
    print(f"{'step':<22}{'median s':>10}{'floor s':>10}{'ratio':>8}{'asked':>8}{'peak GiB':>17}")
    for name, (step, bare) in table.items():
        compare(name, step, bare, options.repeat)
    for name, seconds in graph_step(sn.open_community(folder)).items():
        print(f"{name:<22}{seconds:>10.2f}{'':>35}{peak_gib():>8.2f}", flush=True)
    if options.together:
        together, bare = lambda: all_four(sn.open_community(folder)), table["private share"][1]
        compare("all four together", together, bare, options.repeat)
    if options.peaks:
        peaks(folder)
    print(f"cores {os.cpu_count()}, repeats {options.repeat}, medians; lower is better")


if __name__ == "__main__":
    main()
