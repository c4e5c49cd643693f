"""Small cells stay hidden, and the totals do not give them back."""

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from supportnet.errors import InputError
from supportnet.report import hide_small, summarise_units
from supportnet.report.suppress import determined, distinct_persons


def given_back(shown: pd.DataFrame, rows: bool, columns: bool) -> npt.NDArray[np.bool_]:
    """Say by linear algebra which hidden cells the totals determine (each last line is one)."""
    height, width = shown.shape
    equations = []
    if rows:
        for r in range(height):
            line = np.zeros((height, width))
            line[r, :-1], line[r, -1] = 1, -1
            equations.append(line.ravel())
    if columns:
        for c in range(width):
            line = np.zeros((height, width))
            line[:-1, c], line[-1, c] = 1, -1
            equations.append(line.ravel())
    hidden = shown.isna().to_numpy().ravel()
    result = np.zeros(height * width, bool)
    if not hidden.any():
        return result.reshape(shown.shape)
    matrix = np.array(equations)[:, hidden]
    _, singular, rows_v = np.linalg.svd(matrix)
    rank = int((singular > 1e-9).sum())
    null = rows_v[rank:]
    result[np.flatnonzero(hidden)] = np.all(np.abs(null) < 1e-9, axis=0)
    return result.reshape(shown.shape)


def margins(table: npt.NDArray[np.int64], rows: bool, columns: bool) -> pd.DataFrame:
    """Return a table with its totals."""
    frame = pd.DataFrame(table).rename(index=str, columns=str)
    if rows:
        frame["all"] = frame.sum(axis=1)
    if columns:
        frame.loc["all"] = frame.sum(axis=0)
    return frame


@pytest.mark.parametrize("seed", range(200))
def test_random_tables_show_no_small_cell_and_give_none_back(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, columns = bool(rng.integers(2)), bool(rng.integers(2))
    shape = (int(rng.integers(1, 7)), int(rng.integers(1, 7)))
    counts = rng.poisson(rng.choice([1, 4, 9, 30]), shape)
    table = margins(counts, rows, columns)
    shown = hide_small(table, total="all" if rows or columns else None)
    kept = shown.to_numpy()[~shown.isna().to_numpy()]
    assert not ((kept > 0) & (kept < 5)).any()
    assert np.array_equal(kept, table.to_numpy(dtype=float)[~shown.isna().to_numpy()])
    if rows or columns:
        assert not given_back(shown, rows, columns).any()


@pytest.mark.parametrize("seed", range(100))
def test_bridges_are_what_linear_algebra_finds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    height, width = int(rng.integers(2, 7)), int(rng.integers(2, 7))
    hidden = rng.random((height, width)) < rng.choice([0.2, 0.4, 0.7])
    frame = pd.DataFrame(np.where(hidden, np.nan, 1.0))
    for rows, columns in ((True, True), (True, False), (False, True)):
        expected = given_back(frame, rows, columns)
        assert np.array_equal(determined(hidden, rows=rows, columns=columns), expected)


def test_persons_decide_not_counts() -> None:
    counts = pd.DataFrame({"n": [900, 50, 60, 1010]}, index=["a", "b", "c", "all"])
    persons = pd.DataFrame({"n": [2, 20, 30, 52]}, index=counts.index)
    shown = hide_small(counts, persons, total="all")["n"]
    assert shown.isna().tolist() == [True, True, False, False]


def test_a_small_cell_alone_takes_its_total_with_it() -> None:
    counts = pd.DataFrame({"n": [3, 3]}, index=["a", "all"])
    assert hide_small(counts, total="all")["n"].isna().all()


def test_nothing_small_nothing_hidden() -> None:
    counts = pd.DataFrame({"n": [5, 0, 40, 45]}, index=["a", "b", "c", "all"])
    assert hide_small(counts, total="all")["n"].tolist() == [5, 0, 40, 45]
    assert hide_small(counts.iloc[:3], smallest=0)["n"].tolist() == [5, 0, 40]


def test_shapes_must_agree() -> None:
    table = pd.DataFrame({"n": [1]})
    wider = pd.DataFrame({"n": [1], "m": [2]})
    with pytest.raises(InputError, match="shape"):
        hide_small(table, wider)


def test_summary_holds_quartiles_and_no_extremes() -> None:
    rows = pd.DataFrame({"person_id": range(101), "value": np.arange(101.0), "status": "ok"})
    summary = summarise_units(rows).iloc[0]
    assert summary[["quartile_1", "median", "quartile_3", "mean"]].tolist() == [25, 50, 75, 50]
    assert not {"min", "max"} & set(summary.index)


@pytest.mark.parametrize(
    ("rows", "shown"),
    [
        ({"person_id": range(4)}, False),
        ({"person_id": range(5)}, True),
        ({"lo": [0, 0, 0, 1, 1], "hi": [1, 2, 3, 2, 3]}, False),  # five ties of four persons
        ({"lo": [0, 0, 0, 0, 1], "hi": [1, 2, 3, 4, 2]}, True),
        ({"author_id": [0, 1, 0, 2, 1], "other_id": [1, 0, 2, 0, 2]}, False),
        ({"kind": ["twinome"] * 4, "group": range(4)}, False),
        ({"kind": ["twinome"] * 5, "group": range(5)}, True),
    ],
)
def test_a_summary_needs_five_persons(rows: dict[str, object], shown: bool) -> None:
    table = pd.DataFrame(rows).assign(value=0.5, status="ok")
    summary = summarise_units(table).iloc[0]
    assert (summary["status"] == "ok") is shown
    assert summary[["units", "mean", "median"]].notna().all() == shown


def test_summary_is_by_measure_and_counts_the_undefined() -> None:
    table = pd.DataFrame(
        {
            "person_id": [*range(9), *range(9)],
            "measure": ["a"] * 9 + ["b"] * 9,
            "value": [1.0] * 9 + [np.nan] * 3 + [2.0] * 6,
            "status": "ok",
        }
    )
    summary = summarise_units(table).set_index("measure")
    assert summary["units"].tolist() == [9, 6]
    assert summary.loc["a", "undefined"] == 0
    assert summary["undefined"].isna().tolist() == [False, True]  # three persons: too few to say


def test_persons_behind_rows() -> None:
    assert distinct_persons(pd.DataFrame({"author_id": [1, 2], "other_id": [2, 1]})) == 2
    assert distinct_persons(pd.DataFrame({"kind": ["a", "a"], "group": [0, 0]})) == 1
