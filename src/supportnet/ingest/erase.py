"""Take persons out of a part: their rows, and the 1:1 messages sent to them."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from supportnet.errors import InternalError
from supportnet.schema import PART_TABLES
from supportnet.store.parts import PartWriter, read_source

__all__ = ["without_persons"]

# Columns of a part that number an account, by table.
_PERSON_COLUMNS = {
    "recipients": ("account",),
    "mentions": ("account",),
    "members": ("account",),
    "memberships": ("account",),
    "reactions": ("actor",),
    "contacts": ("owner", "other"),
    "aliases": ("first", "second"),
    "coverage": ("owner",),
}
_NULLED = {
    "messages": ("reply_author", "root_author", "target_author", "wall_owner"),
    "reactions": ("target_author",),
}


def without_persons(path: Path, part: str, gone: set[bytes], generation: int) -> tuple[str, int]:
    """Write a part again without some persons.

    Parameters
    ----------
    path
        The dataset.
    part
        Name of the part.
    gone
        Pseudonyms of the persons' accounts.
    generation
        Number that tells the new part's name from the old one's.

    Returns
    -------
    str
        Name of the new part; the old name when none of the persons is in it.
    int
        Message rows left out: the persons' own, and the 1:1 messages sent to them.
    """
    old = path / "parts" / part
    accounts = pq.read_table(old / "accounts.parquet")
    mask = pc.is_in(accounts["pseudonym"], value_set=pa.array(sorted(gone), pa.binary(16)))
    numbers = accounts.filter(mask)["account"].combine_chunks().cast(pa.int32())
    if len(numbers) == 0:
        return part, 0
    tables = {name: pq.read_table(old / f"{name}.parquet") for name in PART_TABLES}
    messages = tables["messages"]
    members = tables["members"]
    theirs = members.filter(pc.is_in(members["account"], value_set=numbers))["conv"]
    direct = pc.and_(
        pc.equal(messages["visibility"], "private_1to1"),
        pc.is_in(messages["conv"], value_set=theirs.combine_chunks()),
    )
    drop = pc.or_(pc.is_in(messages["author"], value_set=numbers), direct)
    positions = messages.filter(drop)["pos"].combine_chunks()
    tables["messages"] = messages.filter(pc.invert(drop))
    for name in ("recipients", "mentions"):
        tables[name] = tables[name].filter(
            pc.invert(pc.is_in(tables[name]["pos"], value_set=positions))
        )
    for name, columns in _PERSON_COLUMNS.items():
        for column in columns:
            hit = pc.is_in(tables[name][column], value_set=numbers)
            tables[name] = tables[name].filter(pc.invert(hit))
    for name, columns in _NULLED.items():
        for column in columns:
            tables[name] = _null(tables[name], column, numbers)
    tables["accounts"] = accounts.filter(pc.invert(mask))
    return _publish(path, part, tables, len(positions), generation), len(positions)


def _null(table: pa.Table, column: str, numbers: pa.Array) -> pa.Table:
    """Blank a person out of a column that only names them beside somebody else's row."""
    values = table[column]
    hit = pc.is_in(values, value_set=numbers)
    blank = pc.if_else(hit, pa.scalar(None, values.type), values)
    return table.set_column(table.schema.get_field_index(column), column, blank)


def _publish(
    path: Path, part: str, tables: dict[str, pa.Table], removed: int, generation: int
) -> str:
    """Publish a rewritten part under a new name; the old one goes when the manifest is swapped."""
    source = read_source(path, part)
    sha256 = part.partition("-")[0]
    name = f"{sha256}-{generation}"
    ignored = dict(source["ignored"])
    ignored["forgotten"] = ignored.get("forgotten", 0) + removed
    kept = source["kept"] - removed
    if kept != tables["messages"].num_rows:
        msg = "rows kept differ from rows written while forgetting"
        raise InternalError(msg)
    with PartWriter(path, name) as writer:
        for table, rows in tables.items():
            writer.write(table, {c: rows[c].combine_chunks() for c in rows.column_names})
        writer.publish({**source, "ignored": ignored, "kept": kept})
    return name
