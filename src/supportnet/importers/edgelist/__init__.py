"""Plain lists of who wrote to whom and when: SNAP, KONECT, Network Repository, mapped tables."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final

import msgspec

from supportnet.archive import Member
from supportnet.formats import Export, Format
from supportnet.importers.edgelist._layout import (
    KONECT,
    MATRIX,
    cut,
    delimiter_of,
    head_lines,
    is_number,
)
from supportnet.importers.edgelist._plan import is_known_header, role_of
from supportnet.importers.edgelist._rows import contact_rows, message_rows
from supportnet.importers.edgelist._tables import open_table
from supportnet.records import Record

__all__ = ["FORMAT"]

_TEXTS: Final = (".txt", ".csv", ".tsv", ".edges", ".mtx", ".edgelist", ".el", ".dat")
_SAMPLE: Final = 20


def _sniff(member: Member) -> bool:
    """Tell whether a file is surely a list of edges, without any map.

    Tables under other names of columns are read too, but only when the format is named: a
    stranger's CSV cannot be told from another platform's.
    """
    name = posixpath.basename(member.name).lower()
    if name.endswith((".jsonl", ".ndjson")):
        return _is_known_line(member)
    if name.endswith((".parquet", ".pq")):
        return member.head(4).startswith(b"PAR1")
    is_konect = name.startswith("out.")
    if not is_konect and not name.endswith(_TEXTS) and "." in name:
        return False
    if b"\0" in member.head(512) and member.head(2) not in (b"\xff\xfe", b"\xfe\xff"):
        return False
    lines, _ = head_lines(member)
    if not lines:
        return False
    if KONECT.match(lines[0].strip()) or lines[0].lower().startswith(MATRIX):
        return True
    return name.endswith((".edges", ".mtx")) or _is_edge_table(lines)


def _is_edge_table(lines: list[str]) -> bool:
    """Tell whether lines are numbered edges, or stand under a header that we know by heart."""
    is_comment = [line.lstrip().startswith(("#", "%")) for line in lines]
    if all(is_comment):
        return False
    start = is_comment.index(False)
    comments, rows = lines[:start], lines[start : start + _SAMPLE]
    delimiter = delimiter_of(rows)
    cells = cut(rows, delimiter)
    if is_known_header(cells[0]):
        return True
    if comments:
        bare = comments[-1].strip().lstrip("#%").strip()
        if any(is_known_header(row) for sign in (delimiter, None) for row in cut([bare], sign)):
            return True
    # u v t, or u v weight t: whole numbers for the two, a number for the time.
    width = len(cells[0])
    return width in (3, 4) and all(
        len(row) == width
        and row[0].strip().isdecimal()
        and row[1].strip().isdecimal()
        and all(is_number(cell) for cell in row[2:])
        for row in cells
    )


def _is_known_line(member: Member) -> bool:
    """Tell whether the first JSON line has our own names for sender, recipient and time only."""
    lines, _ = head_lines(member)
    try:
        value = msgspec.json.decode(lines[0]) if lines else None
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return False
    return (
        isinstance(value, dict)
        and is_known_header(list(value))
        and "time" in {role_of(key) for key in value}
    )


def _read(export: Export) -> Iterator[Record]:
    """Yield the records of the tables of one export."""
    for member in export.members:
        table = open_table(member, export.options)
        export.notes["version"] = table.version
        if table.plan.is_contacts:
            yield from contact_rows(table, export.options)
        else:
            yield from message_rows(table, export.options, export.notes)


FORMAT = Format(
    name="edgelist",
    title="Edge lists and tables: SNAP, KONECT, Network Repository, CSV, JSON lines, Parquet",
    title_fr="Listes d’arêtes et tableaux : SNAP, KONECT, Network Repository, CSV, JSON, Parquet",
    sniff=_sniff,
    read=_read,
    platform="edgelist",
    root=str,
    needs=("visibility", "visibility_map", "ordinal_times", "timezone", "columns"),
    leaves_out=(
        "Whatever the table's maker left out: mostly texts, replies, reactions, deleted messages "
        "and who belonged to which group."
    ),
)
