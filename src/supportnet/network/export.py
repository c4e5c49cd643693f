"""The way out to other tools: NetworkX graphs and GraphML files."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pyarrow as pa

from supportnet.errors import InputError
from supportnet.network.build import column_of

__all__ = ["to_networkx", "write_graphml"]


def to_networkx(table: pd.DataFrame | pa.Table) -> nx.DiGraph:
    """Build a directed graph from a table with one row for each ordered pair.

    Parameters
    ----------
    table
        Columns `author_id`, `other_id` (integers), `weight` (messages), `n` (events), `first_us`,
        `last_us` (µs UTC).

    Returns
    -------
    networkx.DiGraph
        Nodes are person ids. Each edge has `weight` (messages), `n` (events), `first` and `last`
        (pandas.Timestamp, UTC).

    Raises
    ------
    InputError
        When a column is missing or has gaps.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {"author_id": [7], "other_id": [9], "weight": [2.0], "n": [2],
    ...      "first_us": [0], "last_us": [86_400_000_000]}
    ... )
    >>> to_networkx(table).edges[7, 9]["last"]
    Timestamp('1970-01-02 00:00:00+0000', tz='UTC')
    """
    author, other = column_of(table, "author_id"), column_of(table, "other_id")
    weight, n = column_of(table, "weight", whole=False), column_of(table, "n")
    first = pd.to_datetime(column_of(table, "first_us"), unit="us", utc=True)
    last = pd.to_datetime(column_of(table, "last_us"), unit="us", utc=True)
    graph = nx.DiGraph()
    graph.add_nodes_from(np.unique(np.concatenate([author, other])).tolist())
    graph.add_edges_from(
        (a, b, {"weight": w, "n": k, "first": f, "last": z})
        for a, b, w, k, f, z in zip(
            author.tolist(), other.tolist(), weight.tolist(), n.tolist(), first, last, strict=True
        )
    )
    return graph


def write_graphml(graph: nx.DiGraph, path: str | Path, *, reviewed: bool = False) -> Path:
    """Write a graph of :func:`to_networkx` as GraphML, with days instead of exact times.

    Parameters
    ----------
    graph
        The graph; its nodes must be person ids.
    path
        A file that does not exist yet.
    reviewed
        Say that everybody in the graph agreed to, or a review allowed, an edge list being written.

    Returns
    -------
    pathlib.Path
        The file. Nodes have no attributes; edges have `weight`, `n`, `first_day` and `last_day`
        (UTC, YYYY-MM-DD). Other attributes are not written.

    Raises
    ------
    InputError
        When `reviewed` is not set, a node is something else than a person id, an edge lacks an
        attribute, or the file exists.

    Notes
    -----
    Structure alone can identify persons although names are gone, and exact times more so: the file
    is for work inside the project, not for publication.

    References
    ----------
    Narayanan & Shmatikov 2009. https://doi.org/10.1109/SP.2009.22

    Examples
    --------
    >>> import networkx as nx
    >>> write_graphml(nx.DiGraph(), "network.graphml")
    Traceback (most recent call last):
    ...
    supportnet.errors.InputError: an edge list can identify persons without names; found no word
    that it may be written; pass reviewed=True when everybody agreed or a review allowed it.
    """
    if not reviewed:
        msg = (
            "an edge list can identify persons without names; found no word that it may be "
            "written; pass reviewed=True when everybody agreed or a review allowed it."
        )
        raise InputError(msg)
    target = Path(path)
    if target.exists():
        msg = "the GraphML file must be new; found one at that place; pass another path."
        raise InputError(msg)
    nx.write_graphml(_coarse(graph), target)
    return target


def _coarse(graph: nx.DiGraph) -> nx.DiGraph:
    """Return a copy that holds only what may be written."""
    strange = sum(not isinstance(node, int) for node in graph.nodes)
    if strange:
        msg = f"nodes must be person ids; found {strange} others; use the graph of to_networkx."
        raise InputError(msg)
    copy = nx.DiGraph()
    copy.add_nodes_from(graph.nodes)
    for author, other, data in graph.edges(data=True):
        if not {"weight", "n", "first", "last"} <= data.keys():
            msg = (
                "edges need weight, n, first and last; found one without; use the graph of "
                "to_networkx."
            )
            raise InputError(msg)
        copy.add_edge(
            author,
            other,
            weight=float(data["weight"]),
            n=int(data["n"]),
            first_day=_day(data["first"]),
            last_day=_day(data["last"]),
        )
    return copy


def _day(time: pd.Timestamp) -> str:
    """Return the UTC day of a time."""
    return str(pd.Timestamp(time).tz_convert("UTC").strftime("%Y-%m-%d"))
