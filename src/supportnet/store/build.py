"""Make the tables researchers read from the parts, in one deterministic order.

The order is (time, sha256 of the source, record order): it depends neither on the order of import
nor on the key, so neither do `message_id` and `person_id`, which number it.

The steps, each a short statement on the one connection: number all rows; number the people;
number the conversations; find copies of one message; choose which copy supplies the fields;
write the tables. Statements live in :mod:`supportnet.store.statements` and
:mod:`supportnet.store.outputs`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from supportnet.errors import InternalError
from supportnet.schema import BUILD_TABLES, PART_TABLES
from supportnet.store import outputs
from supportnet.store import statements as sql
from supportnet.store.engine import quoted, session
from supportnet.store.files import TEMPORARY, publish_folder, remove_tree
from supportnet.store.manifest import Manifest
from supportnet.store.parts import disk_trouble, read_source

__all__ = ["BuiltSource", "build"]

MAX_POINTER_STEPS = 64  # path doubling: follows chains of 2^64 pointers, so in effect all of them


@dataclass(frozen=True, slots=True)
class BuiltSource:
    """What became of one source's top-level records in this build.

    `seen == kept + sum(ignored.values()) + sum(rejected.values())` always holds.
    """

    sha256: str
    format: str
    seen: int
    kept: int
    ignored: dict[str, int]
    rejected: dict[str, int]


def build(dataset: Path, manifest: Manifest) -> list[BuiltSource]:
    """Build generation `manifest.generation` from `manifest.parts` and name its files there.

    Parameters
    ----------
    dataset
        Folder of the dataset.
    manifest
        The manifest to be; `tables` is filled in. The caller swaps it.

    Returns
    -------
    list of BuiltSource
        One account per source, in the order of `source_id`.
    """
    manifest.parts = sorted(manifest.parts)
    sources = [read_source(dataset, part) for part in manifest.parts]
    temporary = dataset / "build" / f"{TEMPORARY}{manifest.generation}"
    remove_tree(temporary)
    temporary.mkdir(parents=True, mode=0o700)
    cursor = session()
    try:
        _load(cursor, dataset, manifest, sources)
        _number(cursor, manifest)
        _merge_copies(cursor)
        accounts = _write(cursor, temporary, sources)
        publish_folder(temporary, dataset / "build" / str(manifest.generation))
    except (OSError, duckdb.IOException) as error:
        remove_tree(temporary)
        raise disk_trouble(
            error if isinstance(error, OSError) else OSError(28, "disk full")
        ) from None
    finally:
        cursor.close()
    manifest.tables = {
        name: [f"build/{manifest.generation}/{name}.parquet"] for name in BUILD_TABLES
    }
    return accounts


def _load(
    cursor: duckdb.DuckDBPyConnection,
    dataset: Path,
    manifest: Manifest,
    sources: list[dict[str, Any]],
) -> None:
    """Name each part's tables as one view per table, with `source_id` in the order of sha256."""
    newest_first = sorted(
        range(len(sources)), key=lambda i: (-(sources[i]["exported_us"] or 0), manifest.parts[i])
    )
    numbers = pa.table(
        {
            "part": pa.array(manifest.parts, pa.string()),
            "source_id": pa.array(range(len(sources)), pa.int32()),
            "prio": pa.array([newest_first.index(i) for i in range(len(sources))], pa.int32()),
        }
    )
    cursor.register("source_arrow", numbers)
    cursor.execute("CREATE TEMP TABLE source_no AS SELECT * FROM source_arrow")
    for name, schema in PART_TABLES.items():
        files = [quoted(dataset / "parts" / part / f"{name}.parquet") for part in manifest.parts]
        if files:
            cursor.execute(sql.part_view(name, files))
        else:
            cursor.register(f"empty_{name}", schema.empty_table())
            cursor.execute(
                f"CREATE TEMP VIEW p_{name} AS "
                f"SELECT *, 0::INTEGER AS source_id, 0::INTEGER AS prio FROM empty_{name}"
            )


def _link_roots(cursor: duckdb.DuckDBPyConnection, links: list[list[str]]) -> pa.Table:
    """Join declared aliases and ids that a platform itself equates; each group gets one root."""
    parent: dict[bytes, bytes] = {}

    def find(item: bytes) -> bytes:
        parent.setdefault(item, item)
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    pairs: list[tuple[bytes, bytes]] = cursor.execute(sql.ALIAS_PAIRS).fetchall()
    for group in links:
        pairs += [(bytes.fromhex(group[0]), bytes.fromhex(other)) for other in group[1:]]
    for first, second in pairs:
        low, high = sorted((find(first), find(second)))
        parent[high] = low
    members = sorted(parent)
    return pa.table(
        {
            "pseudonym": pa.array(members, pa.binary()),
            "root": pa.array([find(item) for item in members], pa.binary()),
        }
    )


def _number(cursor: duckdb.DuckDBPyConnection, manifest: Manifest) -> None:
    """Give numbers to rows, people and conversations in the build order."""
    cursor.register("links_arrow", _link_roots(cursor, manifest.links))
    forgotten = [bytes.fromhex(pseudonym) for pseudonym in manifest.forgotten]
    cursor.register("forgotten_arrow", pa.table({"pseudonym": pa.array(forgotten, pa.binary())}))
    consent = pa.table(
        {
            "pseudonym": pa.array([bytes.fromhex(p) for p in manifest.consent], pa.binary()),
            "consent": pa.array(list(manifest.consent.values()), pa.string()),
        }
    )
    cursor.register("consent_arrow", consent)
    for statement in sql.NUMBERING:
        cursor.execute(statement)
    for _ in range(MAX_POINTER_STEPS):  # threads of which a copy held only a later part
        moved = cursor.execute(sql.THREAD_STEP_COUNT).fetchone()
        if moved is None or moved[0] == 0:
            break
        for statement in sql.THREAD_STEP:
            cursor.execute(statement)
    for statement in sql.CONVERSATION_NUMBERS:
        cursor.execute(statement)


def _merge_copies(cursor: duckdb.DuckDBPyConnection) -> None:
    """Find which rows are copies of one message and which copy supplies the fields."""
    for statement in sql.COPIES:
        cursor.execute(statement)


def _write(
    cursor: duckdb.DuckDBPyConnection, folder: Path, sources: list[dict[str, Any]]
) -> list[BuiltSource]:
    """Write every table under the fixed schema and give each source its final account."""
    for name, query in outputs.TABLES.items():
        _copy(cursor, name, query, folder)
    fates = cursor.execute(outputs.FATES).fetchall()
    kept = {source: n for source, fate, n in fates if fate == "kept"}
    built = []
    for number, source in enumerate(sources):
        ignored = dict(source["ignored"])
        for source_id, fate, n in fates:
            if source_id == number and fate != "kept":
                ignored[fate] = ignored.get(fate, 0) + n
        account = BuiltSource(
            sha256=source["sha256"],
            format=source["format"],
            seen=source["seen"],
            kept=kept.get(number, 0),
            ignored=dict(sorted(ignored.items())),
            rejected=dict(sorted(source["rejected"].items())),
        )
        if account.seen != account.kept + sum(ignored.values()) + sum(account.rejected.values()):
            msg = f"source {number}: seen is not kept + ignored + rejected after the build"
            raise InternalError(msg)
        built.append(account)
    cursor.register("sources_arrow", _sources_table(sources, built))
    _copy(cursor, "sources", "SELECT * FROM sources_arrow ORDER BY source_id", folder)
    return built


def _copy(cursor: duckdb.DuckDBPyConnection, name: str, query: str, folder: Path) -> None:
    """Write one query to parquet, casting to the table's schema and refusing any other column."""
    schema = BUILD_TABLES[name]
    columns = ", ".join(f"{f.name}::{outputs.type_name(f.type)} AS {f.name}" for f in schema)
    path = quoted(folder / f"{name}.parquet")
    cursor.execute(
        f"COPY (SELECT {columns} FROM ({query})) TO {path} "
        "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 1048576)"
    )


def _sources_table(sources: list[dict[str, Any]], built: list[BuiltSource]) -> pa.Table:
    """Return table `sources`: counts with their reasons as compact JSON."""
    rows = [
        {
            "source_id": number,
            "sha256": source["sha256"],
            "format": source["format"],
            "format_version": source["format_version"],
            "file_digest": source["file_digest"],
            "seen": account.seen,
            "kept": account.kept,
            "ignored": json.dumps(account.ignored),
            "rejected": json.dumps(account.rejected),
            "exported_us": source["exported_us"],
            "zone": source["zone"],
            "leaves_out": source["leaves_out"],
            "notes": json.dumps(source["notes"], sort_keys=True),
        }
        for number, (source, account) in enumerate(zip(sources, built, strict=True))
    ]
    return pa.Table.from_pylist(rows, schema=BUILD_TABLES["sources"])
