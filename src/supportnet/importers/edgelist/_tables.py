"""Open a table, whatever holds it, as one stream of rows."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from supportnet.archive import BadRow, CutLine, Member, iter_csv, iter_lines
from supportnet.errors import ArchiveError
from supportnet.formats import Options
from supportnet.importers.edgelist._layout import Layout, layout_of
from supportnet.importers.edgelist._plan import Plan, make_plan, named_columns, role_of
from supportnet.importers.edgelist._times import Instant, Local

__all__ = ["Table", "open_table"]

Row = Sequence[Any] | str
"""Cells, or the reason why the row cannot be read."""

_PARQUET_CAP: Final = 4 * 2**30
_COMMENT: Final = ("#", "%")


@dataclass(slots=True)
class Table:
    """A table: its plan, and its rows with their numbers.

    Attributes
    ----------
    plan
        What the columns are for.
    rows
        (number from 0, cells or reason).
    pattern
        Word for the list of rejected rows.
    version
        Word for the data card.
    is_bip, is_multiplicity, is_dynamic
        See `Layout`.
    """

    plan: Plan
    rows: Iterator[tuple[int, Row]]
    pattern: str
    version: str
    is_bip: bool = False
    is_multiplicity: bool = False
    is_dynamic: bool = False
    head: list[tuple[int, Row]] = field(default_factory=list)

    def sample(self, role: str, size: int) -> list[Any]:
        """Return the first cells of a column that are not missing, keeping the rows for later."""
        place = self.plan.places.get(role)
        found: list[Any] = []
        if place is None:
            return found
        for pair in self.rows:
            self.head.append(pair)
            cells = pair[1]
            if not isinstance(cells, str) and len(cells) > place:
                cell = cells[place]
                if cell is not None and str(cell).strip() not in self.plan.na:
                    found.append(cell)
            if len(found) >= size or len(self.head) >= 100 * size:
                break
        return found

    def all_rows(self) -> Iterator[tuple[int, Row]]:
        """Yield every row, those of the sample first."""
        return itertools.chain(self.head, self.rows)


def open_table(member: Member, options: Options) -> Table:
    """Open a table as rows.

    Raises
    ------
    InputError
        When the columns cannot be settled (see `make_plan`) or the file is damaged.
    """
    name = member.name.lower()
    if name.endswith((".jsonl", ".ndjson")):
        return _open_jsonl(member, options)
    if name.endswith((".parquet", ".pq")) or member.head().startswith(b"PAR1"):
        return _open_parquet(member, options)
    directed = (options.columns or {}).get("directed") is True
    layout = layout_of(member, named=named_columns(options), may_be_undirected=directed)
    plan = make_plan(options, layout.header, layout.width, layout.defaults, layout.what)
    rows = _blank_rows(member, layout) if layout.delimiter is None else _cell_rows(member, layout)
    return Table(
        plan,
        itertools.islice(rows, layout.skip, None),
        layout.pattern,
        layout.what.removeprefix("a ").removeprefix("an "),
        layout.is_bip,
        layout.is_multiplicity,
        layout.is_dynamic,
    )


def _blank_rows(member: Member, layout: Layout) -> Iterator[tuple[int, Row]]:
    """Yield the rows of a file whose cells are parted by blanks, without comments."""
    for number, line in iter_lines(member, layout.encoding):
        cells = line.split()
        if not cells or cells[0].startswith(_COMMENT):
            continue
        yield number, "field_too_long" if type(line) is CutLine else cells


def _cell_rows(member: Member, layout: Layout) -> Iterator[tuple[int, Row]]:
    """Yield the rows of a delimited file, without the comments."""
    at_top = True
    delimiter = layout.delimiter or ","
    for number, cells in iter_csv(member, delimiter=delimiter, encoding=layout.encoding):
        if type(cells) is BadRow:
            yield number, "field_too_long"
            continue
        is_blank = not any(map(str.strip, cells))
        if is_blank or (
            (at_top or layout.comments_anywhere) and cells[0].lstrip().startswith(_COMMENT)
        ):
            continue
        at_top = False
        yield number, cells


def _look_up(value: Any, path: Sequence[str]) -> Any:
    """Return the value at a dotted path of an object, None when it is not there."""
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _open_jsonl(member: Member, options: Options) -> Table:
    """Open a file of one JSON object per line; the map may name dotted paths."""
    paths = sorted(named_columns(options))
    if not paths:
        first = next((value for _, value in _objects(member) if isinstance(value, dict)), {})
        paths = [key for key in first if role_of(key)]
    plan = make_plan(options, paths, len(paths), {}, "a file of JSON lines")
    steps = [path.split(".") for path in paths]
    rows = (
        (number, value if isinstance(value, str) else [_look_up(value, s) for s in steps])
        for number, value in _objects(member)
    )
    return Table(plan, rows, "*.jsonl", "JSON lines")


def _objects(member: Member) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Yield the objects of a file of JSON lines, or the reason why a line is none."""
    decode = msgspec.json.Decoder().decode
    for number, line in iter_lines(member):
        if type(line) is CutLine:
            yield number, "field_too_long"
        elif line.strip():
            try:
                value = decode(line)
            except RecursionError:
                yield number, "json_depth"
            except (msgspec.DecodeError, UnicodeError):
                yield number, "json_syntax"
            else:
                yield number, value if isinstance(value, dict) else "not_an_object"


def _open_parquet(member: Member, options: Options) -> Table:
    """Open a Parquet file; times with a zone are instants, those without are local."""
    try:
        file = pq.ParquetFile(pa.BufferReader(member.read(_PARQUET_CAP)))
        names = list(file.schema_arrow.names)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise ArchiveError(_damaged(member)) from error
    plan = make_plan(options, names, len(names), {}, "a Parquet file")
    used = sorted(set(plan.places.values()))
    plan.places = {role: used.index(place) for role, place in plan.places.items()}
    plan.width = len(used)
    rows = _parquet_rows(member, file, [names[place] for place in used])
    return Table(plan, rows, "*.parquet", "Parquet")


def _damaged(member: Member) -> str:
    """Return the error's words for a Parquet file that cannot be read."""
    return (
        f"{member.label}: a readable Parquet file was expected; found a damaged one; "
        "export the table again."
    )


def _parquet_rows(
    member: Member, file: pq.ParquetFile, names: list[str]
) -> Iterator[tuple[int, Row]]:
    """Yield the rows of a Parquet file batch by batch."""
    number = 0
    try:
        for batch in file.iter_batches(batch_size=65_536, columns=names):
            columns = [_values(batch.column(name)) for name in names]
            for cells in zip(*columns, strict=True):
                yield number, cells
                number += 1
    except (pa.ArrowException, OSError, ValueError) as error:
        raise ArchiveError(_damaged(member)) from error


def _values(column: pa.Array) -> list[Any]:
    """Return a column as Python values; instants as µs since 1970, civil times as `Local`."""
    kind = column.type
    if pa.types.is_timestamp(kind):
        whole = pc.cast(column, pa.timestamp("us", tz=kind.tz), safe=False).cast(pa.int64())
        values: list[Any] = whole.to_pylist()
        if kind.tz is None:
            return [None if us is None else Local(us) for us in values]
        return [None if us is None else Instant(us) for us in values]
    if pa.types.is_date(kind):
        days = pc.cast(column, pa.date32()).cast(pa.int32()).to_pylist()
        return [None if d is None else Local(d * 86_400_000_000, is_day=True) for d in days]
    values = column.to_pylist()
    return values
