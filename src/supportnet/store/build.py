"""Make the tables researchers read from the parts, in one deterministic order.

The order is (time, sha256 of the source, record order): it depends neither on the order of import
nor on the key, so neither do `message_id` and `person_id`, which number it.

The steps: rank all rows; number the people; number the conversations; find copies of one message
and choose which copy supplies the fields; write the tables. Rows are handled as arrays, one narrow
column at a time, and each row passes whole through memory once, on its way to its place in table
`messages`; the smaller tables and the matching of copies on content are SQL, in
:mod:`supportnet.store.statements` and :mod:`supportnet.store.outputs`.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from supportnet.errors import DatasetError, InternalError
from supportnet.memory import give_back
from supportnet.schema import BUILD_TABLES, PART_TABLES
from supportnet.store import outputs
from supportnet.store import statements as sql
from supportnet.store.buckets import CHUNK_ROWS
from supportnet.store.columns import Array, key_values, values_of
from supportnet.store.copies import Numbered, find_copies, number_messages
from supportnet.store.engine import arrow_of, quoted, workshop
from supportnet.store.files import TEMPORARY, publish_folder, remove_tree
from supportnet.store.keys import KeyIndex
from supportnet.store.manifest import Manifest
from supportnet.store.messages import write_messages
from supportnet.store.order import distinct
from supportnet.store.parts import disk_trouble, read_source
from supportnet.store.people import NOBODY, People, number_people, register_persons
from supportnet.store.readers import (
    Members,
    write_mentions,
    write_message_sources,
    write_recipients,
)
from supportnet.store.rows import Rows
from supportnet.store.same_conversation import same_conversations
from supportnet.store.tables import SPILL, TableWriter
from supportnet.store.talks import (
    Talks,
    conversation_rows,
    join_threads,
    number_talks,
    read_talks,
)

__all__ = ["BuiltSource", "build"]


_MANY = 5_000_000  # rows for which a second thread is worth its memory


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
    try:
        rows = sum(source["kept"] for source in sources)
        with workshop(temporary / SPILL, 2 if rows > _MANY else 1) as cursor:
            accounts = _Build(cursor, dataset, temporary, manifest, sources).run()
        remove_tree(temporary / SPILL)
        publish_folder(temporary, dataset / "build" / str(manifest.generation))
    except duckdb.OutOfMemoryException:
        remove_tree(temporary)
        msg = (
            "memory to build the dataset was expected; found too little; set SUPPORTNET_MEMORY to "
            "more, for example 2GB, and run the same command again."
        )
        raise DatasetError(msg) from None
    except (OSError, duckdb.IOException) as error:
        remove_tree(temporary)
        raise disk_trouble(
            error if isinstance(error, OSError) else OSError(28, "disk full")
        ) from None
    manifest.tables = {
        name: [f"build/{manifest.generation}/{name}.parquet"] for name in BUILD_TABLES
    }
    return accounts


class _Build:
    """One build: where it reads and writes, and what it has found so far."""

    def __init__(
        self,
        cursor: duckdb.DuckDBPyConnection,
        dataset: Path,
        folder: Path,
        manifest: Manifest,
        sources: list[dict[str, Any]],
    ) -> None:
        self._cursor = cursor
        self._dataset = dataset
        self._folder = folder
        self._manifest = manifest
        self._sources = sources
        dates = [source["exported_us"] or 0 for source in sources]
        newest_first = sorted(range(len(sources)), key=lambda i: (-dates[i], manifest.parts[i]))
        self._newest: Array = np.argsort(newest_first)

    def run(self) -> list[BuiltSource]:
        """Build all tables and return each source's account."""
        manifest, cursor = self._manifest, self._cursor
        _load(cursor, self._dataset, manifest)
        rows = Rows(self._dataset, manifest.parts)
        give_back()
        register_persons(cursor, manifest)
        people = number_people(cursor, rows)
        talks = read_talks(self._dataset, manifest.parts, people)
        same = same_conversations(cursor, self._dataset, manifest.parts, self._sources)
        talks.share_keys(same)
        kept, forgotten, talk_of, author_of = _placed(rows, people, talks)
        index = _keys(rows, kept)
        give_back()
        talk_of = join_threads(talks, rows, kept, talk_of, index)
        talk_of = number_talks(talks, rows, kept, talk_of)
        rep = find_copies(cursor, rows, kept, talk_of, author_of, index)
        numbered = number_messages(rows, kept, talk_of, author_of, rep, self._newest, index)
        built = self._accounts(rows, numbered.stands_first(), kept, forgotten)
        del rep, kept, forgotten, talk_of
        author_of = author_of[numbered.first_rows()]
        give_back()
        self._find_reacted(numbered, author_of)
        cursor.register("conv_no", talks.numbers())
        give_back()
        self._write_messages(rows, people, talks, numbered, author_of)
        # What belongs to single rows is not needed any more, and makes room for the database.
        del rows, people, talks, numbered, author_of, index
        give_back()
        for name, query in outputs.TABLES.items():
            _copy(cursor, name, query, self._folder)
        with TableWriter(self._folder, "sources") as table:
            table.write(_sources_table(self._sources, built))
        return built

    def _accounts(
        self, rows: Rows, first: Array, kept: Array, forgotten: Array
    ) -> list[BuiltSource]:
        """Return what became of each source's records."""
        starts = rows.messages.starts
        counts = [
            [int(np.count_nonzero(some[low:high])) for low, high in pairwise(starts.tolist())]
            for some in (first, kept, forgotten)
        ]
        return [
            _account(source, n_kept, n_forgotten, n_rows - n_kept)
            for source, n_kept, n_rows, n_forgotten in zip(self._sources, *counts, strict=True)
        ]

    def _write_messages(
        self,
        rows: Rows,
        people: People,
        talks: Talks,
        numbered: Numbered,
        author_of: Array,
    ) -> None:
        """Write the tables with a row per message or more."""
        folder = self._folder
        talk_of, codes, words = write_messages(folder, rows, people, talks, numbered, author_of)
        with TableWriter(folder, "conversations") as table:
            found = conversation_rows(talks, talk_of, codes, words)
            for start in range(0, len(found), CHUNK_ROWS):
                table.write(found.slice(start, CHUNK_ROWS))
            del found
        give_back()
        closed = [i for i, word in enumerate(words) if word in ("private_1to1", "private_group")]
        is_private = np.isin(codes, closed)
        members = _members(self._cursor, talks)
        give_back()
        write_recipients(folder, rows, people, numbered, author_of, talk_of, is_private, members)
        give_back()
        write_mentions(folder, rows, people, numbered, author_of)
        write_message_sources(folder, rows, numbered)

    def _find_reacted(self, numbered: Numbered, author_of: Array) -> None:
        """Tell the database which messages have reactions, as `message_of`."""
        reacted = arrow_of(self._cursor, outputs.REACTED)["target_key"].combine_chunks()
        keys, _ = key_values(reacted.cast(pa.binary(16)))
        messages = numbered.index.find(keys)
        found = np.flatnonzero(messages >= 0)
        columns = {
            "target_key": reacted.take(pa.array(found)),
            "message_id": messages[found],
            "author_id": author_of[messages[found]],
        }
        self._cursor.register("message_of", pa.table(columns))


def _load(cursor: duckdb.DuckDBPyConnection, dataset: Path, manifest: Manifest) -> None:
    """Name each part's tables as one view per table, with `source_id` in the order of sha256."""
    numbers = pa.table(
        {
            "part": pa.array(manifest.parts, pa.string()),
            "source_id": pa.array(range(len(manifest.parts)), pa.int32()),
        }
    )
    cursor.register("source_arrow", numbers)
    cursor.execute("CREATE TEMP TABLE source_no AS SELECT * FROM source_arrow")
    for name in sql.PART_VIEWS:
        files = [quoted(dataset / "parts" / part / f"{name}.parquet") for part in manifest.parts]
        if files:
            cursor.execute(sql.part_view(name, files))
        else:
            cursor.register(f"empty_{name}", PART_TABLES[name].empty_table())
            cursor.execute(
                f"CREATE TEMP VIEW p_{name} AS SELECT *, 0::INTEGER AS source_id FROM empty_{name}"
            )


def _placed(rows: Rows, people: People, talks: Talks) -> tuple[Array, Array, Array, Array]:
    """Return which rows count, which are forgotten, and each row's conversation and author.

    Forgotten are the rows of a forgotten person, and the 1:1 messages sent to them.
    """
    n = rows.messages.n_rows
    talk_of = np.empty(n, talks.ids.dtype)
    author_of = np.empty(n, np.int32)
    has_gone = np.zeros(len(talks.ids), bool)
    has_gone[talks.member_of[talks.members == NOBODY]] = True
    forgotten = np.zeros(n, bool)
    for source, start, batch in rows.messages.batches(["conv", "author", "visibility"]):
        stop = start + batch.num_rows
        talk = values_of(batch.column("conv"), -1) + talks.starts[source]
        talk_of[start:stop] = talks.ids[talk]
        author_of[start:stop] = people.of(source, values_of(batch.column("author"), -1))
        if people.has_forgotten:
            is_direct = values_of(pc.equal(batch.column("visibility"), "private_1to1"), 0)
            forgotten[start:stop] = is_direct & has_gone[talk]
    forgotten |= author_of == NOBODY
    return ~forgotten, forgotten, talk_of, author_of


def _keys(rows: Rows, kept: Array) -> KeyIndex:
    """Return the rows by their keys."""
    at, keys = rows.messages.keys("native_key")
    if not kept.all():
        at, keys = at[kept[at]], keys[kept[at]]
    return KeyIndex(keys, rows.ranks[at])


def _members(cursor: duckdb.DuckDBPyConnection, talks: Talks) -> Members:
    """Return who belongs to each conversation; those with dated stays apart."""
    known = talks.members != NOBODY
    pairs = distinct(
        (talks.ids[talks.member_of[known]].astype(np.int64) << 32) | talks.members[known]
    )
    stays = arrow_of(cursor, f"SELECT * FROM ({outputs.STAYS}) ORDER BY ALL")
    talk, person = stays["conversation_id"].to_numpy(), stays["person_id"].to_numpy()
    ends = np.iinfo(np.int64)
    if len(talk):
        pairs = pairs[~np.isin(pairs, (talk.astype(np.int64) << 32) | person)]
    return Members(
        (pairs >> 32).astype(np.int32),
        (pairs & 0xFFFFFFFF).astype(np.int32),
        talk,
        person,
        stays["joined_us"].fill_null(ends.min).to_numpy(),
        stays["left_us"].fill_null(ends.max).to_numpy(),
    )


def _account(source: dict[str, Any], kept: int, forgotten: int, duplicate: int) -> BuiltSource:
    """Return what became of one source's records; all of them must be accounted for."""
    ignored = Counter(source["ignored"])
    ignored.update({"forgotten": forgotten, "duplicate": duplicate})
    account = BuiltSource(
        sha256=source["sha256"],
        format=source["format"],
        seen=source["seen"],
        kept=kept,
        ignored={
            reason: n for reason, n in sorted(ignored.items()) if n or reason in source["ignored"]
        },
        rejected=dict(sorted(source["rejected"].items())),
    )
    others = sum(account.ignored.values()) + sum(account.rejected.values())
    if account.seen != account.kept + others:
        msg = "a source's seen is not kept + ignored + rejected after the build"
        raise InternalError(msg)
    return account


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
