"""Tables that leave: guarded against formulas, without persons, small cells or exact times."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from report.hostile import HOSTILE
from supportnet.errors import InputError
from supportnet.report import guard_formulas, write_table

FORMULAS = ["=1+1", "+33612345678", "-x", "@x", "\t=1", "\r=1", " =1+1", "\u00a0@x"]


def rows_of(path: Path) -> list[list[str]]:
    """Return the cells of a CSV file."""
    csv.field_size_limit(10_000_000)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("synthetic", [True, False])
def test_formulas_are_guarded_in_cells_and_headers(
    tmp_path: Path, ending: str, synthetic: bool
) -> None:
    table = pd.DataFrame({"=header": FORMULAS, "-n2": range(8), "ok": [-1.5] * 8})
    path = tmp_path / f"t.{ending}"
    write_table(table, path, synthetic=synthetic)
    if ending == "csv":
        head, *body = rows_of(path)
    else:
        read = pq.read_table(path)
        head, body = read.column_names, [list(row.values()) for row in read.to_pylist()]
    assert head == ["'=header", "'-n2", "ok"]
    assert [str(row[0]) for row in body] == [f"'{text}".replace("\r", " ") for text in FORMULAS]
    assert {float(row[2]) for row in body} == {-1.5}


def test_hostile_texts_can_be_written_and_read(tmp_path: Path) -> None:
    names = pd.Series(list(HOSTILE), dtype=object)  # Arrow strings refuse lone surrogates
    table = pd.DataFrame({"name": names, "value": 1.0})
    for ending in ("csv", "parquet"):
        write_table(table, tmp_path / f"t.{ending}", synthetic=True)
    assert len(rows_of(tmp_path / "t.csv")) == len(HOSTILE) + 1
    read = pq.read_table(tmp_path / "t.parquet")["name"].to_pylist()
    first = [name.lstrip(" \u00a0\u202f")[:1] for name in read]
    assert not set(first) & set("=+-@\t\r\n")


def test_numbers_stay_numbers() -> None:
    table = pd.DataFrame({"x": [-1, 2], "y": [True, False], "z": ["a", None]})
    guarded = guard_formulas(table)
    assert guarded["x"].tolist() == [-1, 2]
    assert guarded["z"].tolist()[0] == "a"


def test_measures_of_real_units_become_their_distribution(tmp_path: Path) -> None:
    ties = pd.DataFrame({"lo": range(9), "hi": range(9, 18), "value": 0.5, "n": 30, "status": "ok"})
    written = write_table(ties, tmp_path / "t.csv", synthetic=False)
    assert list(written.columns)[:3] == ["units", "undefined", "mean"]
    assert rows_of(tmp_path / "t.csv")[1][:3] == ["9.0", "0.0", "0.5"]
    kept = write_table(ties, tmp_path / "t.csv", synthetic=True)
    assert len(kept) == 9


@pytest.mark.parametrize(
    "columns",
    [
        {"community": ["c"], "kind": ["twinome"], "group": [0], "person": [7]},
        {"author_id": [1], "other_id": [2], "weight": [3.0]},
        {"pseudonym": ["ab" * 16]},
        {"id": ["anna"], "person_id": [1]},
    ],
)
def test_rows_of_single_persons_are_refused(
    tmp_path: Path, columns: dict[str, list[object]]
) -> None:
    with pytest.raises(InputError, match=r"^[^.]*\.$"):
        write_table(pd.DataFrame(columns), tmp_path / "t.csv", synthetic=False)
    assert list(tmp_path.iterdir()) == []


def test_values_on_few_units_are_suppressed(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "outcome": ["a", "b"],
            "estimate": [0.1, 0.2],
            "ci_low": [0.0, 0.1],
            "p_value": [0.5, 0.01],
            "n_units": [4, 12],
            "n_ties_first": [4, 3],
            "n_definitions": [3, 3],
            "n_excluded": ["undefined=2; too_few_events=40", ""],
            "status": ["ok", "ok"],
        }
    )
    written = write_table(table, tmp_path / "t.csv", synthetic=False)
    assert written.loc[0, ["estimate", "ci_low", "p_value", "n_units"]].isna().all()
    assert written["status"].tolist() == ["suppressed", "ok"]
    assert written.loc[1, "estimate"] == 0.2
    assert written["n_ties_first"].isna().all()
    assert written["n_excluded"].tolist() == ["undefined=<5; too_few_events=40", ""]


def test_a_whole_table_of_few_persons_is_suppressed(tmp_path: Path) -> None:
    table = pd.DataFrame({"measure": ["transitivity"], "value": [1.0], "n": [90], "status": ["ok"]})
    few = write_table(table, tmp_path / "t.csv", synthetic=False, persons=3)
    assert np.isnan(few["value"].iloc[0])
    enough = write_table(table, tmp_path / "t.csv", synthetic=False, persons=30)
    assert enough["value"].iloc[0] == 1.0


def test_a_census_does_not_give_its_small_cells_back(tmp_path: Path) -> None:
    names = ["003", "012", "102", "021D", "300"]
    table = pd.DataFrame(
        {"measure": names, "value": [900.0, 40, 30, 2, 0], "n": 20, "status": "ok"}
    )
    shown = write_table(table, tmp_path / "t.csv", synthetic=False).set_index("measure")["value"]
    assert np.isnan(shown["021D"])
    assert shown.isna().sum() == 2  # whoever knows n knows the sum
    assert shown["300"] == 0


def test_times_become_weeks(tmp_path: Path) -> None:
    moment = pd.Timestamp("2024-05-16 13:45:10", tz="UTC")
    table = pd.DataFrame({"start_us": [moment.value // 1000], "seen": [moment], "n": [9]})
    written = write_table(table, tmp_path / "t.csv", synthetic=False)
    assert written["start_week"].tolist() == ["2024-05-13"]
    assert written["seen"].tolist() == ["2024-05-13"]
    assert "13:45" not in (tmp_path / "t.csv").read_text(encoding="utf-8")


def test_parquet_holds_no_metadata_and_no_old_categories(tmp_path: Path) -> None:
    table = pd.DataFrame({"kind": pd.Categorical(["a", "b"], categories=["a", "b", "anna"])})
    table.attrs["path"] = "anna"
    write_table(table, tmp_path / "t.parquet", synthetic=True)
    file = pq.ParquetFile(tmp_path / "t.parquet")
    assert file.schema_arrow.metadata is None
    assert not file.metadata.row_group(0).column(0).is_stats_set
    assert b"anna" not in (tmp_path / "t.parquet").read_bytes()


def test_files_are_readable_and_whole(tmp_path: Path) -> None:
    table = pd.DataFrame({"n": [10]})
    write_table(table, tmp_path / "t.csv", synthetic=True)
    assert (tmp_path / "t.csv").stat().st_mode & 0o777 == 0o644
    with pytest.raises(InputError, match=r"ending in \.csv or \.parquet"):
        write_table(table, tmp_path / "t.xlsx", synthetic=True)
    with pytest.raises(InputError, match="a place that can be written"):
        write_table(table, tmp_path / "absent" / "t.csv", synthetic=True)
    assert [path.name for path in tmp_path.iterdir()] == ["t.csv"]
