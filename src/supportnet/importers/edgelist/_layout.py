"""Recognise a table: SNAP, KONECT, Network Repository, MatrixMarket or a delimited file."""

from __future__ import annotations

import codecs
import csv
import posixpath
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from supportnet.archive import Member
from supportnet.errors import InputError
from supportnet.importers.edgelist._plan import is_header_like, is_known_header

__all__ = ["KONECT", "MATRIX", "Layout", "is_number", "layout_of"]

KONECT: Final = re.compile(r"%\s*(sym|asym|bip)(?:\s+(\w+))?\s*$", re.IGNORECASE)
MATRIX: Final = "%%matrixmarket"
_COMMENT: Final = ("#", "%")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d*)?(?:[eE][+-]?\d{1,3})?", re.ASCII)
_SAMPLE: Final = 50
_DIRECTED: Final = (
    "a directed list (who wrote to whom) was expected; found an undirected one ({}); if its first "
    'column is the sender after all, say so with "directed": true in a column map (--map).'
)


@dataclass(slots=True)
class Layout:
    """How the lines of one text table are to be cut.

    Attributes
    ----------
    what
        The layout in words, for errors; `pattern` names it in the list of rejected rows.
    delimiter
        What parts the cells; None for runs of blanks.
    header
        Names of the columns; `skip` rows that are no data come first (header, size line).
    comments_anywhere
        Lines beginning with # or % are comments wherever they stand, not only at the top.
    defaults
        Role → place by the layout's own order.
    is_bip
        Two modes with id spaces of their own.
    is_multiplicity
        The weight says how many equal events the line stands for.
    is_dynamic
        Weight −1 takes an edge away.
    """

    what: str
    pattern: str
    delimiter: str | None
    encoding: str
    width: int
    header: list[str] | None = None
    skip: int = 0
    comments_anywhere: bool = True
    defaults: dict[str, int] = field(default_factory=dict)
    is_bip: bool = False
    is_multiplicity: bool = False
    is_dynamic: bool = False


def is_number(cell: str) -> bool:
    """Tell whether a cell is a plain number."""
    return _NUMBER.fullmatch(cell.strip()) is not None


def _encoding(head: bytes) -> str:
    """Return UTF-8 unless the head cannot be: then what French Excel writes, or UTF-16 by mark."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8-sig")().decode(head)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def head_lines(member: Member) -> tuple[list[str], str]:
    """Return the first whole lines of a file that are not blank, and its encoding."""
    head = member.head()
    encoding = _encoding(head)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(head) >= 65_536 and len(lines) > 1:
        lines.pop()
    return [line for line in lines if line.strip()], encoding


def cut(lines: Sequence[str], delimiter: str | None) -> list[list[str]]:
    """Cut lines into cells."""
    if delimiter is None:
        return [line.split() for line in lines]
    try:
        return [row for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return [line.split(delimiter) for line in lines]


def delimiter_of(lines: Sequence[str]) -> str | None:
    """Return what parts the cells: the sign that gives most lines the same number of cells.

    A comma inside the cells of a table parted by semicolons (French decimals, lists of names)
    loses, because not every line has it, or because it makes fewer columns.
    """
    best: tuple[float, int, str | None] = (0.0, 0, None)
    for sign in (";", ",", "\t", "|", None):
        widths = Counter(len(row) for row in cut(lines, sign))
        if not widths:
            continue
        width, number = widths.most_common(1)[0]
        if width < 2:
            continue
        # Blanks stand inside names and dates: any other sign that fits as well comes first.
        rank = (number / len(lines), 0 if sign is None else width, sign)
        if rank[:2] > best[:2]:
            best = rank
    return best[2]


def layout_of(
    member: Member, *, named: frozenset[str] = frozenset(), may_be_undirected: bool = False
) -> Layout:
    """Return how to read a text table.

    Parameters
    ----------
    member
        The file.
    named
        Columns that the researcher's map names.
    may_be_undirected
        The researcher said that the first column of an undirected list is the sender.

    Raises
    ------
    InputError
        For an undirected list: it does not say who wrote.
    """
    lines, encoding = head_lines(member)
    name = posixpath.basename(member.name).lower()
    first = lines[0].strip() if lines else ""
    konect = KONECT.match(first)
    comments: list[str] = []
    while lines and lines[0].lstrip().startswith(_COMMENT):
        comments.append(lines.pop(0))
    sample = lines[:_SAMPLE]
    if konect:
        return _konect(konect, sample, encoding, may_be_undirected=may_be_undirected)
    if first.lower().startswith(MATRIX) or name.endswith(".mtx"):
        return _matrix(first, sample, encoding, may_be_undirected=may_be_undirected)
    delimiter = delimiter_of(sample)
    rows = cut(sample, delimiter)
    width = Counter(map(len, rows)).most_common(1)[0][0] if rows else 0
    if delimiter == "\t" and _is_mostly_numbers(rows):
        delimiter = None
    is_edges = name.endswith(".edges")
    layout = Layout(
        "an edge list" if is_edges else "a table",
        "*.edges" if is_edges else "table",
        delimiter,
        encoding,
        width,
        comments_anywhere=delimiter is None or is_edges,
        defaults=_order(width, is_edges=is_edges),
    )
    _find_header(layout, comments, rows, named)
    return layout


def _is_mostly_numbers(rows: Sequence[list[str]]) -> bool:
    """Tell whether tabs part numbers, as blanks would: then comments may stand between them."""
    cells = [cell.strip() for row in rows if not is_header_like(row) for cell in row]
    return "" not in cells and sum(map(is_number, cells)) > 0.75 * len(cells)


def _find_header(
    layout: Layout, comments: Sequence[str], rows: Sequence[list[str]], named: frozenset[str]
) -> None:
    """Find the names of the columns: in the first row, or in the comment above it."""
    if rows:
        first = [cell.strip() for cell in rows[0]]
        is_only = len(rows) == 1 or not is_header_like(rows[1])
        if is_known_header(first) or named & set(first) or (is_header_like(first) and is_only):
            layout.header, layout.skip, layout.width = first, 1, len(first)
            return
    if not comments:
        return
    bare = comments[-1].strip().lstrip("#%").strip()
    for sign in (layout.delimiter, None, ","):
        for names in cut([bare], sign):
            # Any remark may have as many words as the table has columns.
            if len(names) == layout.width and (is_known_header(names) or named & set(names)):
                layout.header = names
                return


def _order(width: int, *, is_edges: bool) -> dict[str, int]:
    """Return the places by custom: u v t, or u v weight t; the third of `.edges` may be either."""
    order = {"sender": 0, "recipient": 1}
    if width == 3 and not is_edges:
        order["time"] = 2
    elif width == 4:
        order |= {"weight": 2, "time": 3}
    return order if width >= 2 else {}


def _konect(
    found: re.Match[str], sample: Sequence[str], encoding: str, *, may_be_undirected: bool
) -> Layout:
    """Return the layout of a KONECT file: u v [weight [time]]."""
    form, weights = found[1].lower(), (found[2] or "").lower()
    if form == "sym" and not may_be_undirected:
        raise InputError(_DIRECTED.format("sym"))
    widths = Counter(len(line.split()) for line in sample)
    width = widths.most_common(1)[0][0] if widths else 0
    order = {"sender": 0, "recipient": 1, "weight": 2, "time": 3}
    return Layout(
        "a KONECT file",
        "out.*",
        None,
        encoding,
        width,
        defaults={role: place for role, place in order.items() if place < width},
        is_bip=form == "bip",
        is_multiplicity=weights == "positive",
        is_dynamic=weights == "dynamic",
    )


def _matrix(first: str, sample: Sequence[str], encoding: str, *, may_be_undirected: bool) -> Layout:
    """Return the layout of a MatrixMarket file; its size line is no edge."""
    words = first.lower().split()
    if "symmetric" in words and not may_be_undirected:
        raise InputError(_DIRECTED.format("symmetric"))
    has_banner = first.lower().startswith(MATRIX)
    rows = [line.split() for line in sample]
    has_size = has_banner or (len(rows) > 1 and len(rows[0]) == 3 and len(rows[1]) != 3)
    data = rows[1:] if has_size else rows
    widths = Counter(map(len, data))
    width = widths.most_common(1)[0][0] if widths else 0
    return Layout(
        "a MatrixMarket file",
        "*.mtx",
        None,
        encoding,
        width,
        skip=1 if has_size else 0,
        defaults=_order(width, is_edges=True),
    )
