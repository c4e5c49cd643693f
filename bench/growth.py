"""How times grow from 10 to 60 million messages: both sizes in one run, alternating.

    python bench/growth.py [--steps "reciprocity,triangles"] [--repeat 3]

The exponent is log(time at 60M / time at 10M) / log 6: 1 where twice the messages take twice as
long. Two rows say what no program escapes: `floor` is a bare DuckDB scan and sort of the columns
of the interactions, and `slots a triangle walk looks at` counts what there is to do, without a
clock. Measures run as a user calls them, in a dataset that is opened anew, on the cached table of
interactions; kernels on arrays in memory. Every step has a process of its own for each size. Best
of the repeats.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import events
import graphs
import steady
from headline import ALONE, COLUMNS, floor

import supportnet as sn
from supportnet.store.engine import connection

SIZES = ("10m", "60m")
Prepare = Callable[[Path], graphs.Step]


def ours(name: str, folder: Path) -> graphs.Step:
    """Prepare a headline measure."""
    steady.keep_engine(connection())

    def run() -> object:
        return len(str(ALONE[name](sn.open_community(folder))))

    return run


def bare(folder: Path) -> graphs.Step:
    """Prepare the floor: all columns that the measures need."""
    steady.keep_engine(connection())
    path = next((folder / "derived").rglob("interactions*.parquet"))
    return floor(path, *COLUMNS["private share"])


STEPS: dict[str, Prepare] = {
    "floor": bare,
    **{name: partial(ours, name) for name in ALONE},
    **graphs.OWN,
}


def exponent(small: float, large: float, ratio: float) -> float:
    """Return by which power of the number of messages something grows."""
    return math.log(large / small) / math.log(ratio)


def work(folder: Path) -> int:
    """Return how many slots a walk over triangles looks at."""
    stop, slot = graphs.our_ties(folder).graph().walk[4:2:-1]
    return int((stop - slot).sum(dtype="int64"))


def main() -> None:
    """Run the steps asked for."""
    parser = argparse.ArgumentParser(prog="bench/growth.py", description=__doc__.split("\n")[0])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--steps", default=",".join(STEPS), help="which, by name, with commas")
    home = Path(tempfile.gettempdir()) / "supportnet-bench"
    parser.add_argument("--folder", type=Path, default=home)
    options = parser.parse_args()
    folders = [options.folder / size for size in SIZES]
    for size, folder in zip(SIZES, folders, strict=True):
        events.write_events(folder, events.SIZES[size])
        graphs.arrays_of(folder)
    ratio = events.SIZES[SIZES[1]] / events.SIZES[SIZES[0]]
    looked = [work(folder) for folder in folders]
    print(f"slots a triangle walk looks at: {looked[0]:,} and {looked[1]:,}, ", end="")
    print(f"exponent {exponent(*looked, ratio):.2f}")
    print(f"{'step':<32}{'10M s':>9}{'60M s':>9}{'wall':>7}{'CPU':>7}{'GiB':>7}")
    for name in options.steps.split(","):
        tools = graphs.together([(STEPS[name], folder) for folder in folders], options.repeat)
        small, large = (tool.best for tool in tools)
        grown = [exponent(small[i], large[i], ratio) for i in (0, 1)]
        print(
            f"{name:<32}{small.wall:>9.2f}{large.wall:>9.2f}{grown[0]:>7.2f}{grown[1]:>7.2f}"
            f"{large.peak:>7.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
