"""Small cells: what rests on fewer than five persons stays here, and totals do not give it back.

A hidden cell is safe when it cannot be worked out from what is shown. Cells of a table with totals
obey one equation per line, and each cell lies on one row and one column. So the hidden cells are
the edges of a graph whose nodes are the lines, and a hidden cell can be worked out exactly when its
edge is a bridge of that graph. Lines without a shown total are one common node: they tell nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import networkx as nx
import numpy as np
import numpy.typing as npt
import pandas as pd

from supportnet.errors import InputError
from supportnet.units import KEYS

__all__ = ["SMALLEST", "determined", "distinct_persons", "hide_small", "summarise_units"]

#: Fewest persons (and fewest groups) behind anything that leaves the project.
SMALLEST = 5

_Mask = npt.NDArray[np.bool_]


def hide_small(
    counts: pd.DataFrame,
    persons: pd.DataFrame | None = None,
    *,
    total: str | None = None,
    smallest: int = SMALLEST,
) -> pd.DataFrame:
    """Hide the small cells of a table of counts, and as many others as it takes to keep them so.

    Parameters
    ----------
    counts
        Counts ≥ 0 by row and column. Where totals are shown they are a row, a column, or both,
        under the label `total`.
    persons
        How many persons each cell rests on, in the same shape; None takes the counts themselves.
    total
        Label of the totals; None where none are shown.
    smallest
        Cells resting on fewer persons are hidden; cells that are 0 are shown.

    Returns
    -------
    pandas.DataFrame
        The counts as floats, NaN where hidden.

    Raises
    ------
    InputError
        When the shapes differ.

    Notes
    -----
    Every line with a total that holds a small hidden cell also hides one cell that rests on enough
    persons (the smallest such), so that the hidden ones together never rest on fewer; then cells
    are added until no hidden cell can be worked out from the lines.

    Examples
    --------
    >>> table = pd.DataFrame({"n": [3, 20, 40, 63]}, index=["a", "b", "c", "all"])
    >>> hide_small(table, total="all")["n"].tolist()
    [nan, nan, 40.0, 63.0]
    """
    behind = counts if persons is None else persons.reindex_like(counts)
    if persons is not None and persons.shape != counts.shape:
        msg = (
            f"persons of shape {counts.shape} were expected; found {persons.shape}; pass one each."
        )
        raise InputError(msg)
    people = behind.to_numpy(dtype=float)
    value = counts.to_numpy(dtype=float)
    hidden: _Mask = (value != 0) & (people < smallest)
    lines = _lines(counts, total)
    _accompany(hidden, value, people, lines, smallest)
    while (given := determined(hidden, rows=lines[0], columns=lines[1])).any():
        if not _hide_beside(given, hidden, value, lines):
            break
    shown = counts.astype(float)
    return shown.mask(pd.DataFrame(hidden, index=counts.index, columns=counts.columns))


def _lines(counts: pd.DataFrame, total: str | None) -> tuple[bool, bool]:
    """Say whether rows add up (there is a total column) and whether columns do (a total row)."""
    if total is None:
        return False, False
    return total in counts.columns, total in counts.index


def _accompany(
    hidden: _Mask,
    value: npt.NDArray[np.float64],
    people: npt.NDArray[np.float64],
    lines: tuple[bool, bool],
    smallest: int,
) -> None:
    """Hide one cell that is large enough in every line with a total that hides a small one."""
    while True:
        before = int(hidden.sum())
        for axis, adds_up in ((1, lines[0]), (0, lines[1])):
            if not adds_up:
                continue
            along = (hidden, value, people) if axis == 1 else (hidden.T, value.T, people.T)
            for line, values, behind in zip(*along, strict=True):
                if not line.any() or (line & (behind >= smallest)).any():
                    continue
                open_ = np.flatnonzero(~line & (values != 0))
                if open_.size:
                    line[open_[np.argmin(values[open_])]] = True
        if int(hidden.sum()) == before:
            return


def _hide_beside(
    given: _Mask, hidden: _Mask, value: npt.NDArray[np.float64], lines: tuple[bool, bool]
) -> bool:
    """Hide the smallest open cell on a line of the first cell that can be worked out."""
    row, column = np.argwhere(given)[0]
    candidates: list[tuple[bool, float, int, int]] = []
    if lines[0]:
        candidates += [
            (value[row, c] == 0, value[row, c], row, c)
            for c in range(value.shape[1])
            if not hidden[row, c]
        ]
    if lines[1]:
        candidates += [
            (value[r, column] == 0, value[r, column], r, column)
            for r in range(value.shape[0])
            if not hidden[r, column]
        ]
    if not candidates:
        return False
    _, _, r, c = min(candidates)
    hidden[r, c] = True
    return True


def determined(hidden: _Mask, *, rows: bool, columns: bool) -> _Mask:
    """Say which hidden cells can be worked out from the shown ones.

    Parameters
    ----------
    hidden
        True where a cell is hidden; totals are cells as well.
    rows, columns
        Whether the cells of each row, of each column, add up to a total that is in the table.

    Returns
    -------
    numpy.ndarray
        True where a cell is hidden in vain.

    Examples
    --------
    >>> determined(np.array([[True], [False]]), rows=False, columns=True)[:, 0].tolist()
    [True, False]
    """
    graph: nx.MultiGraph[object] = nx.MultiGraph()
    for row, column in np.argwhere(hidden).tolist():
        ends = (("row", row) if rows else "nowhere", ("column", column) if columns else "nowhere")
        if ends[0] != ends[1]:
            graph.add_edge(*ends, key=(row, column))
    result = np.zeros(hidden.shape, np.bool_)
    for one, other in nx.bridges(nx.Graph(graph)):
        cells = list(graph[one][other])
        if len(cells) == 1:
            result[cells[0]] = True
    return result


def distinct_persons(units: pd.DataFrame) -> int:
    """Count the persons that unit-level rows rest on.

    Parameters
    ----------
    units
        Rows with the keys of a level (persons, ties or directions).

    Returns
    -------
    int
        Distinct persons; for rows of groups, whose members are not in the table, the groups.

    Examples
    --------
    >>> distinct_persons(pd.DataFrame({"lo": [1, 1], "hi": [2, 3]}))
    3
    """
    for keys in (("author_id", "other_id"), ("lo", "hi"), ("person_id",)):
        if set(keys) <= set(units.columns):
            return int(np.unique(units[list(keys)].to_numpy()).size)
    return len(units[list(KEYS["group"])].drop_duplicates())


def summarise_units(table: pd.DataFrame, *, smallest: int = SMALLEST) -> pd.DataFrame:
    """Sum up a measure's unit-level rows as a distribution that names nobody.

    Parameters
    ----------
    table
        A measure's result at level direction, tie, person or group: keys, optionally `measure` and
        `kind`, `value`, `status`.
    smallest
        Fewest persons (and units) behind a row that is shown.

    Returns
    -------
    pandas.DataFrame
        One row per kind and measure: `units` (with a value), `undefined` (without), `mean`,
        `quartile_1`, `median`, `quartile_3` (in the measure's unit), `status`; `suppressed` and NaN
        where fewer than `smallest` persons or units stand behind it. No minimum and no maximum:
        they are somebody's.

    Examples
    --------
    >>> rows = pd.DataFrame({"person_id": range(6), "value": [1.0, 2, 3, 4, 5, float("nan")]})
    >>> summary = summarise_units(rows.assign(status=["ok"] * 5 + ["empty"]))
    >>> summary[["units", "mean"]].to_numpy().tolist()
    [[5.0, 3.0]]
    """
    by = [name for name in ("kind", "measure") if name in table.columns]
    parts = table.groupby(by, sort=True, observed=True) if by else [((), table)]
    rows: list[dict[str, object]] = []
    for key, part in parts:
        defined = part[part["value"].notna()]
        few = len(defined) < smallest or distinct_persons(defined) < smallest
        numbers = defined["value"].astype(float)
        low, middle, high = (np.nan,) * 3 if few else tuple(np.quantile(numbers, [0.25, 0.5, 0.75]))
        undefined = len(part) - len(defined)
        rows.append(
            {
                **dict(zip(by, key, strict=True)),
                "units": np.nan if few else float(len(defined)),
                "undefined": np.nan if 0 < undefined < smallest else float(undefined),
                "mean": np.nan if few else float(numbers.mean()),
                "quartile_1": low,
                "median": middle,
                "quartile_3": high,
                "status": "suppressed" if few else "ok",
            }
        )
    columns = ["units", "undefined", "mean", "quartile_1", "median", "quartile_3", "status"]
    return pd.DataFrame(rows, columns=[*by, *columns])


def unit_keys(columns: Sequence[object]) -> tuple[str, ...]:
    """Return the columns that name single persons, pairs or groups."""
    naming = {
        *(key for keys in KEYS.values() for key in keys if key != "kind"),
        "person",
        "pseudonym",
        "owner_id",
        "actor_id",
        "target_id",
        "account_id",
        "id",
    }
    return tuple(str(name) for name in columns if str(name) in naming)
