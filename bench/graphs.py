"""Hold the graph kernels against other packages, in one run, alternating.

    python bench/graphs.py --size 1m|10m|60m [--peers igraph,graphblas,raphtory,duckdb] [--repeat 3]

Every tool runs in a process of its own, so that its peak memory is its own; the processes of one
comparison stay alive and take turns, so that what else the machine does hits both. Arrays are made
once from the generated events and are in memory before any clock starts; what is built for a step
before the clock starts is said beside it. A peer that is not installed is skipped with a sentence.
`growth.py` runs the same steps at two sizes.

The peers are no dependencies of the project: `pip install python-graphblas suitesparse-graphblas
raphtory igraph` in an environment of your own. Figures: best wall and CPU seconds of the repeats.
"""

from __future__ import annotations

import argparse
import importlib.util
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

import events
import steady

HOUR_US, DAY_US = 3_600_000_000, 86_400_000_000
ARRAYS = ("lo", "hi", "birth", "tail", "head", "t_us", "n")
#: A call longer than this is not repeated, seconds.
PATIENCE_S = 120
#: A step as one process runs it: `prepare` makes it from the folder, its call is timed.
Step = Callable[[], object]


class Figure(NamedTuple):
    """What one call of a step took, and what it found."""

    wall: float
    cpu: float
    peak: float
    answer: object


def load(folder: Path, *names: str) -> list[Any]:
    """Return arrays made by `make_arrays`."""
    return [np.load(folder / "graph-arrays" / f"{name}.npy") for name in names]


def oriented(folder: Path) -> tuple[Any, Any, Any, int]:
    """Return ties as (lower, higher) rank by degree with their birth: what the peers are given."""
    lo, hi, birth, n = load(folder, "lo", "hi", "birth", "n")
    degree = np.bincount(lo, minlength=n) + np.bincount(hi, minlength=n)
    rank = np.empty(n, np.int32)
    rank[np.argsort(degree, kind="stable")] = np.arange(n, dtype=np.int32)
    return np.minimum(rank[lo], rank[hi]), np.maximum(rank[lo], rank[hi]), birth, int(n)


# --- supportnet -----------------------------------------------------------------------------------


def our_ties(folder: Path) -> Any:
    """Return the ties as supportnet holds them."""
    from supportnet.network import Ties

    lo, hi, birth, n = load(folder, "lo", "hi", "birth", "n")
    none, end = np.zeros(lo.size), int(birth[-1])
    return Ties(lo, hi, np.arange(n), birth, none, none, birth, birth, int(birth[0]), end)


def ours_build(folder: Path) -> Step:
    """Everything from the open dataset to ties in order of birth."""
    import supportnet as sn
    from supportnet.layers import layer_network

    def run() -> object:
        community = sn.open_community(folder)
        return len(layer_network(community, layer="all", projection="union").ties)

    return run


def ours_orient(folder: Path) -> Step:
    """The forward graph."""
    ties = our_ties(folder)
    return lambda: int(ties.graph().ptr[-1])


def ours_count(folder: Path) -> Step:
    """Triangles, on the forward graph."""
    from supportnet.kernels.triangles import count_triangles

    graph = our_ties(folder).graph()
    return lambda: count_triangles(graph)


def ours_transitivity(folder: Path) -> Step:
    """Transitivity with everything it takes, the forward graph included."""
    from supportnet.network import transitivity

    ties = our_ties(folder)
    return lambda: transitivity(ties).triangles


def ours_closure(folder: Path) -> Step:
    """The closure curve with risk set and censoring, the forward graph included."""
    from supportnet.network import closure_curve

    ties = our_ties(folder)

    def run() -> object:
        curve = closure_curve(ties, width_us=HOUR_US, burn_in_us=0)
        return curve.closed

    return run


def ours_census(folder: Path) -> Step:
    """The sixteen classes of triads."""
    from supportnet.network import triad_census

    ties = our_ties(folder)
    object.__setattr__(ties, "n_fwd", np.ones(len(ties)))
    return lambda: sum(triad_census(ties).values()) % 1_000_003


def ours_motifs(folder: Path) -> Step:
    """Ordered three-message patterns within a day."""
    from supportnet.network import temporal_motifs

    tail, head, t_us = load(folder, "tail", "head", "t_us")
    return lambda: by_kind(temporal_motifs(tail, head, t_us, DAY_US))


def by_kind(table: Any) -> dict[str, int]:
    """Sum motifs into pairs, stars and triangles."""
    found = table.groupby("kind")["count"].sum()
    triangles = int(found["feed_forward"] + found["cycle"])
    return {"pair": int(found["pair"]), "star": int(found["star"]), "triangle": triangles}


# --- peers ----------------------------------------------------------------------------------------


def igraph_transitivity(folder: Path) -> Step:
    """igraph's transitivity of a graph in memory."""
    import igraph

    lo, hi, n = load(folder, "lo", "hi", "n")
    graph = igraph.Graph(n=int(n), edges=np.column_stack([lo, hi]))
    return lambda: round(graph.transitivity_undirected(), 12)


def graphblas_count(folder: Path) -> Step:
    """SuiteSparse: sum of U·Uᵀ where U has an entry, U upper triangular by degree; a dot product.

    Of the masked products of U and of its transpose, by dot and by saxpy, this is the quickest
    here.
    """
    import graphblas
    from graphblas import Matrix, semiring

    low, high, _, n = oriented(folder)
    upper = Matrix.from_coo(low, high, values=True, nrows=n, ncols=n, dtype=graphblas.dtypes.BOOL)

    def run() -> object:
        product = Matrix(graphblas.dtypes.INT64, n, n)
        product(upper.S) << semiring.plus_pair(upper @ upper.T)
        return int(product.reduce_scalar().value)

    return run


#: Ties from the end with fewer ties to the other, as the kernel orients them.
ORIENTED = """
    WITH ends AS (SELECT unnest([lo, hi]) person FROM ties),
    degrees AS (SELECT person, count(*) degree FROM ends GROUP BY person)
    SELECT CASE WHEN (d.degree, lo) < (e.degree, hi) THEN lo ELSE hi END a,
           CASE WHEN (d.degree, lo) < (e.degree, hi) THEN hi ELSE lo END b, birth
    FROM ties JOIN degrees d ON d.person = lo JOIN degrees e ON e.person = hi
"""
#: Closed wedges: the middle and the latest of three births, without a list per row.
CLOSED = """
    WITH births AS (
        SELECT x.birth p, y.birth q, z.birth r
        FROM oriented x JOIN oriented y ON x.b = y.a JOIN oriented z ON z.a = x.a AND z.b = y.b
    ), spells AS (
        SELECT greatest(p, q, r) young,
               greatest(least(p, q), least(greatest(p, q), r)) middle FROM births
    )
    SELECT count(*), count(*) FILTER (young > middle) FROM spells
"""


def duckdb_base(folder: Path) -> Any:
    """Return DuckDB with the ties in memory."""
    import duckdb
    import pyarrow as pa

    lo, hi, birth = load(folder, "lo", "hi", "birth")
    base = duckdb.connect(config={"temp_directory": tempfile.gettempdir()})
    steady.keep_engine(base)
    base.execute("SET enable_progress_bar = false")
    base.register("given", pa.table({"lo": lo, "hi": hi, "birth": birth}))
    base.execute("CREATE TABLE ties AS SELECT * FROM given")
    base.unregister("given")
    return base


def duckdb_closure(folder: Path) -> Step:
    """DuckDB: the same closed wedges by a join of ties, their orientation included."""
    base = duckdb_base(folder)

    def run() -> object:
        base.execute(f"CREATE OR REPLACE TABLE oriented AS {ORIENTED}")
        return int(base.execute(CLOSED).fetchone()[1])

    return run


def duckdb_join(folder: Path) -> Step:
    """DuckDB: the join alone, of ties that were oriented before the clock starts."""
    base = duckdb_base(folder)
    base.execute(f"CREATE TABLE oriented AS {ORIENTED}")
    return lambda: int(base.execute(CLOSED).fetchone()[1])


def raphtory_motifs(folder: Path) -> Step:
    """Raphtory's motifs of three messages within a day, on a graph in memory."""
    import pyarrow as pa
    from raphtory import Graph, algorithms

    tail, head, t_us = load(folder, "tail", "head", "t_us")
    graph = Graph()
    table = pa.table({"time": t_us, "src": tail.astype(np.int64), "dst": head.astype(np.int64)})
    graph.load_edges(table, time="time", src="src", dst="dst")
    del table

    def run() -> object:
        counts = algorithms.global_temporal_three_node_motif(graph, DAY_US)
        # Its two-node motifs are listed from both ends.
        return {
            "pair": sum(counts[24:32]) // 2,
            "star": sum(counts[:24]),
            "triangle": sum(counts[32:]),
        }

    return run


# --- running --------------------------------------------------------------------------------------

#: Name → (ours, peer package, peer, asked: ours may take at most this share of the peer's time).
DUELS: dict[str, tuple[Callable[[Path], Step], str, Callable[[Path], Step], float]] = {
    "triangles : igraph transitivity": (ours_count, "igraph", igraph_transitivity, 1 / 10),
    "triangles : SuiteSparse masked product": (ours_count, "graphblas", graphblas_count, 1.5),
    "closure with orientation : DuckDB, likewise": (ours_closure, "duckdb", duckdb_closure, 1 / 8),
    "closure with orientation : DuckDB, join alone": (ours_closure, "duckdb", duckdb_join, 1 / 8),
    "temporal motifs : Raphtory": (ours_motifs, "raphtory", raphtory_motifs, 1 / 5),
}
OWN = {
    "ties from events": ours_build,
    "orientation": ours_orient,
    "triangles": ours_count,
    "transitivity with orientation": ours_transitivity,
    "closure with orientation": ours_closure,
    "triad census": ours_census,
    "temporal motifs": ours_motifs,
}


def serve(prepare: Callable[[Path], Step], folder: Path, line: Connection) -> None:
    """Prepare a step, then time it whenever asked to."""
    steady.keep_memory()
    began = time.perf_counter()
    step = prepare(folder)
    line.send(time.perf_counter() - began)
    while line.recv():
        wall, cpu = time.perf_counter(), time.process_time()
        answer = step()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        line.send(Figure(wall, cpu, peak, answer))


class Tool:
    """A step in a process of its own."""

    def __init__(self, prepare: Callable[[Path], Step], folder: Path) -> None:
        """Start the process and wait until it is ready."""
        fresh = multiprocessing.get_context("spawn")
        self.line, other = fresh.Pipe()
        self.process = fresh.Process(target=serve, args=(prepare, folder, other), daemon=True)
        self.process.start()
        other.close()
        self.built = self.line.recv()
        self.figures: list[Figure] = []

    def run(self) -> None:
        """Run the step once."""
        self.line.send("run")
        self.figures.append(self.line.recv())

    def stop(self) -> None:
        """End the process."""
        self.line.send("")
        self.process.join()

    @property
    def best(self) -> Figure:
        """The least wall, CPU and largest peak over the calls after the first."""
        kept = self.figures[1:] or self.figures
        return Figure(
            min(figure.wall for figure in kept), min(figure.cpu for figure in kept),
            max(figure.peak for figure in kept), kept[-1].answer,
        )  # fmt: skip


def together(prepares: list[tuple[Callable[[Path], Step], Path]], repeat: int) -> list[Tool]:
    """Run steps, each on the events of a folder, in turns: once to warm up, then `repeat` times."""
    tools = []
    try:
        for prepare, folder in prepares:
            tools.append(Tool(prepare, folder))
        for _ in range(repeat + 1):
            for tool in tools:
                tool.run()
            if max(tool.figures[0].wall for tool in tools) > PATIENCE_S:
                break  # A peer that takes minutes is timed once, without a warm-up.
    finally:
        for tool in tools:
            tool.stop()
    return tools


def make_arrays(folder: Path) -> None:
    """Write ties and messages of the generated events as arrays, once."""
    target = folder / "graph-arrays"
    if (target / "n.npy").exists():
        return
    import pyarrow.parquet as pq

    import supportnet as sn
    from supportnet.layers import layer_network

    target.mkdir(exist_ok=True)
    community = sn.open_community(folder)
    ties = layer_network(community, layer="all", projection="union").ties
    found = {"lo": ties.lo, "hi": ties.hi, "birth": ties.birth_us, "n": np.int64(len(ties.people))}
    path = next((folder / "derived").rglob("interactions*.parquet"))
    table = pq.read_table(path, columns=["author_id", "other_id", "t_us", "message_id"])
    table = table.sort_by([("t_us", "ascending"), ("message_id", "ascending")])
    for name, column in (("tail", "author_id"), ("head", "other_id"), ("t_us", "t_us")):
        found[name] = table[column].to_numpy()
    for name in ARRAYS:
        np.save(target / f"{name}.npy", found[name])


def arrays_of(folder: Path) -> None:
    """Write the arrays, in a process whose memory is given back."""
    maker = multiprocessing.get_context("spawn").Process(target=make_arrays, args=(folder,))
    maker.start()
    maker.join()


def row(name: str, tool: Tool, rest: str = "") -> None:
    """Print one line of a table."""
    best = tool.best
    print(
        f"{name:<40}{best.wall:>9.2f}{best.cpu:>9.2f}{best.peak:>8.2f}{tool.built:>9.1f}  {rest}",
        flush=True,
    )


def main() -> None:
    """Run the comparisons asked for."""
    parser = argparse.ArgumentParser(prog="bench/graphs.py", description=__doc__.split("\n")[0])
    parser.add_argument("--size", default="1m", choices=sorted(events.SIZES))
    parser.add_argument("--peers", default="igraph,graphblas,raphtory,duckdb")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--own", default=",".join(OWN), help="own steps to time; empty for none")
    home = Path(tempfile.gettempdir()) / "supportnet-bench"
    parser.add_argument("--folder", type=Path, default=home)
    options = parser.parse_args()
    folder = options.folder / options.size
    events.write_events(folder, events.SIZES[options.size])
    arrays_of(folder)
    print(f"{'step':<40}{'wall s':>9}{'cpu s':>9}{'GiB':>8}{'built s':>9}")
    for name in [name for name in options.own.split(",") if name]:
        tool = together([(OWN[name], folder)], options.repeat)[0]
        row(name, tool, str(tool.best.answer))
    asked = options.peers.split(",")
    for name, (ours, package, peer, share) in DUELS.items():
        if package not in asked:
            continue
        if importlib.util.find_spec(package) is None:
            print(f"{name}: left out, since {package} is not installed here.")
            continue
        mine, theirs = together([(ours, folder), (peer, folder)], options.repeat)
        ratio = mine.best.wall / theirs.best.wall
        met = "met" if ratio <= share else "missed"
        if options.size == "1m":
            met = "asked of larger ones"
        row(name.split(" : ")[0], mine, str(mine.best.answer))
        times = f"{ratio:.2f} x its time" if share > 1 else f"{1 / ratio:.1f} x faster"
        goal = f"{share:g} x" if share > 1 else f"{1 / share:g} x"
        row("  " + name.split(" : ")[1], theirs, f"{theirs.best.answer}: {times}, {goal}: {met}")
    print(f"cores {os.cpu_count()}, best of {options.repeat} after a warm-up")


if __name__ == "__main__":
    main()
