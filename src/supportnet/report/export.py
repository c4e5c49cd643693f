"""Tables that leave the project: no small cells, no persons, no exact times, no formulas."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from supportnet.errors import InputError
from supportnet.report.suppress import SMALLEST, hide_small, summarise_units, unit_keys

__all__ = ["guard_formulas", "write_file", "write_table"]

# A spreadsheet reads a cell that begins so as a formula, whatever the file says.
_FORMULA = ("=", "+", "-", "@", "\t")
_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x85\u2028\u2029]")
_VALUES = (
    "value",
    "estimate",
    "ci_low",
    "ci_high",
    "p_value",
    "p_adjusted",
    "mean",
    "median",
    "se",
)
# Counts that add up to a number anybody can compute from the number of persons.
_CENSUS = (
    "mutual", "asymmetric", "null",
    "003", "012", "102", "021D", "021U", "021C", "111D", "111U",
    "030T", "030C", "201", "120D", "120U", "120C", "210", "300",
)  # fmt: skip


def write_table(
    table: pd.DataFrame, path: str | Path, *, synthetic: bool, persons: int | None = None
) -> pd.DataFrame:
    """Write a table as CSV or parquet, with what data of real persons must not show taken out.

    Parameters
    ----------
    table
        A result of a measure, a comparison, or any other table.
    path
        A file name ending in `.csv` or `.parquet`; an existing file is replaced.
    synthetic
        True for generated data, which are written as they are (formulas guarded all the same).
    persons
        Persons the whole table rests on, where the caller knows.

    Returns
    -------
    pandas.DataFrame
        The table as written.

    Raises
    ------
    InputError
        When the ending is another one, or rows of real data name single persons, pairs or groups
        and cannot be summed up.

    Notes
    -----
    For data of real persons: a measure's unit-level rows become their distribution
    (:func:`supportnet.report.summarise_units`); values resting on fewer than five units are NaN
    with status `suppressed`; in a census further counts are hidden, so that the sum does not give
    the small ones back; times become the day of the Monday before them.

    Examples
    --------
    >>> import tempfile
    >>> rows = pd.DataFrame({"measure": ["=2+3"], "value": [0.5], "n": [40], "status": ["ok"]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     written = write_table(rows, Path(folder, "t.csv"), synthetic=True)
    ...     Path(folder, "t.csv").read_text().splitlines()
    ['measure,value,n,status', "'=2+3,0.5,40,ok"]
    """
    target = Path(path)
    if target.suffix not in (".csv", ".parquet"):
        msg = "a file ending in .csv or .parquet was expected; found another ending; choose one."
        raise InputError(msg)
    shown = table if synthetic else _anonymous(table, persons)
    plain = guard_formulas(shown.reset_index(drop=True))
    if target.suffix == ".csv":
        text = plain.to_csv(index=False, lineterminator="\n")
        write_file(target, text.encode("utf-8", "replace"))
    else:
        # Through Arrow without pandas' metadata: attributes and categories may hold old values.
        arrow = pa.Table.from_pandas(plain, preserve_index=False).replace_schema_metadata(None)
        sink = pa.BufferOutputStream()
        pq.write_table(arrow, sink, compression="zstd", write_statistics=False)
        write_file(target, sink.getvalue().to_pybytes())
    return plain


def write_file(target: Path, content: bytes) -> None:
    """Write a file that others may read (0644), whole or not at all."""
    temporary = target.with_name(f".{target.name}.part")
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        msg = (
            f"a place that can be written was expected for the output; found: {error.strerror}; "
            "choose another with -o."
        )
        raise InputError(msg) from None


def _anonymous(table: pd.DataFrame, persons: int | None) -> pd.DataFrame:
    """Take out what data of real persons must not show."""
    keys = unit_keys(list(table.columns))
    if keys:
        if not {"value", "status"} <= set(table.columns):
            msg = (
                "a table without rows of single persons, pairs or groups was expected; found "
                f"column {keys[0]!r} in data of real persons; export counts or summaries instead."
            )
            raise InputError(msg)
        return summarise_units(table)
    shown = _without_times(table)
    few = pd.Series(persons is not None and persons < SMALLEST, index=shown.index)
    for name in ("n", "n_units", "units"):
        if name in shown.columns:
            few |= shown[name].astype(float).between(1, SMALLEST - 1)
    shown = _hide_values(shown, few)
    return _hide_census(shown)


def _hide_values(table: pd.DataFrame, few: pd.Series[bool]) -> pd.DataFrame:
    """Blank the numbers of rows that rest on too few, and small counts everywhere."""
    table = table.copy()
    for name in table.columns:
        numeric = pd.api.types.is_numeric_dtype(table[name].dtype)
        if not numeric or pd.api.types.is_bool_dtype(table[name].dtype):
            continue
        if str(name) in _VALUES:
            table[name] = table[name].astype(float).mask(few)
        elif str(name).startswith("n") or str(name) in ("units", "persons", "people"):
            small = table[name].astype(float).between(1, SMALLEST - 1) & (name != "n_definitions")
            table[name] = table[name].astype(float).mask(small | few)
    if "status" in table.columns:
        table["status"] = table["status"].astype(object).mask(few, "suppressed")
    if "n_excluded" in table.columns and not pd.api.types.is_numeric_dtype(table["n_excluded"]):
        table["n_excluded"] = [_without_small(str(cell)) for cell in table["n_excluded"]]
    return table


def _without_small(reasons: str) -> str:
    """Write `reason=<5` for small counts in `reason=n; …`."""
    parts = []
    for part in filter(None, reasons.split("; ")):
        reason, _, n = part.partition("=")
        small = n.isdigit() and 0 < int(n) < SMALLEST
        parts.append(f"{reason}=<{SMALLEST}" if small else part)
    return "; ".join(parts)


def _hide_census(table: pd.DataFrame) -> pd.DataFrame:
    """Hide small counts of a census, and others beside them: the sum is known to everybody."""
    if not {"measure", "value"} <= set(table.columns):
        return table
    rows = table["measure"].astype(str).isin(_CENSUS) & table["value"].notna()
    if not rows.any():
        return table
    counts = table.loc[rows, ["value"]]
    whole = pd.DataFrame({"value": [counts["value"].sum()]}, index=["total"])
    hidden = hide_small(pd.concat([counts, whole]), total="total").iloc[:-1]
    gone = hidden.index[hidden["value"].isna()]
    table = table.copy()
    table.loc[gone, "value"] = np.nan
    if "status" in table.columns:
        table.loc[gone, "status"] = "suppressed"
    return table


def _without_times(table: pd.DataFrame) -> pd.DataFrame:
    """Turn exact times into the Monday before them."""
    shown = {}
    for name in table.columns:
        column, label = table[name], str(name)
        if label.endswith("_us"):
            column = pd.to_datetime(column.astype("Int64"), unit="us", utc=True)
            label = f"{label.removesuffix('_us')}_week"
        if pd.api.types.is_datetime64_any_dtype(column.dtype):
            days = column.dt.normalize()
            column = (days - pd.to_timedelta(days.dt.day_of_week, unit="D")).dt.strftime("%Y-%m-%d")
        shown[label] = column
    return pd.DataFrame(shown)


def guard_formulas(table: pd.DataFrame) -> pd.DataFrame:
    """Put an apostrophe before every text, header included, that a spreadsheet would calculate.

    Parameters
    ----------
    table
        Any table.

    Returns
    -------
    pandas.DataFrame
        The same table; numbers stay numbers.

    Examples
    --------
    >>> guard_formulas(pd.DataFrame({"=x": ["@a", "b"], "y": [-1.0, 2.0]})).columns.tolist()
    ["'=x", 'y']
    """
    guarded = {}
    for place, name in enumerate(table.columns):
        column = table.iloc[:, place]
        if not (
            pd.api.types.is_numeric_dtype(column.dtype)
            or pd.api.types.is_datetime64_any_dtype(column.dtype)
        ):
            column = column.astype(object).map(_guarded)
        guarded[_guarded(str(name))] = column
    return pd.DataFrame(guarded)


def _guarded(cell: object) -> object:
    """Return a cell, its text guarded and writable."""
    if not isinstance(cell, str):
        return cell
    # A line break inside a cell would begin a new row for some readers.
    text = _CONTROLS.sub(" ", cell).encode("utf-8", "replace").decode("utf-8")
    # A spreadsheet trims blanks before it looks for a formula.
    return f"'{text}" if text.lstrip(" \u00a0\u202f").startswith(_FORMULA) else text
