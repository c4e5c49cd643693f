"""Number the accounts of all parts, and the persons whose accounts they are."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from supportnet.store import statements as sql
from supportnet.store.columns import Array, key_values, values_of
from supportnet.store.engine import arrow_of
from supportnet.store.manifest import Manifest
from supportnet.store.rows import Rows

__all__ = ["NOBODY", "People", "number_people", "register_persons"]

# What stands for a person: forgotten; an account that its part does not list.
NOBODY = -1
_UNLISTED = -2
# One row's persons in their order: author, readers, typed mentions, then those it points at.
_ROLE_STEP = 1 << 20
_ROW_STEP = 1 << 24
_NAMED = {"recipients": 1, "mentions": 2}
_POINTED = {"reply_author": 3, "root_author": 4, "target_author": 5, "wall_owner": 6}


@dataclass(frozen=True, slots=True)
class People:
    """Who the accounts are.

    Attributes
    ----------
    starts
        Number of each source's first account among the accounts of all sources.
    persons
        `person_id` of each account, `NOBODY` for the forgotten.
    pseudonyms
        Pseudonym of each account, 16 bytes.
    has_forgotten
        Whether somebody was forgotten.
    """

    starts: Array
    persons: Array
    pseudonyms: Array
    has_forgotten: bool

    def of(self, source: int, accounts: Array) -> Array:
        """Return the persons of one source's accounts; `NOBODY` for the account -1."""
        found = np.where(accounts < 0, NOBODY, self.persons[self.starts[source] + accounts])
        return np.maximum(found, NOBODY)


def register_persons(cursor: duckdb.DuckDBPyConnection, manifest: Manifest) -> None:
    """Give the database what was declared about persons: links, tombstones, consent."""
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


def number_people(cursor: duckdb.DuckDBPyConnection, rows: Rows) -> People:
    """Give numbers to the persons in the order in which the build meets them.

    Leaves table `acc` in the database: every account with its person.
    """
    starts, places = _first_places(cursor, rows)
    n_accounts = np.diff(starts)
    sources = np.repeat(np.arange(len(n_accounts), dtype=np.int32), n_accounts)
    accounts = np.arange(len(places)) - starts[:-1][sources]
    met = {"source_id": sources, "account": accounts.astype(np.int32), "place": places}
    cursor.register("seen", pa.table(met))
    for statement in sql.PERSONS:
        cursor.execute(statement)
    cursor.unregister("seen")
    persons = np.full(len(places), _UNLISTED, np.int32)
    pseudonyms = np.zeros((len(places), 16), np.uint8)
    listed = arrow_of(cursor, "SELECT source_id, account, person_id, pseudonym FROM acc")
    for batch in listed.to_batches():
        source, account, person = (values_of(batch.column(i), NOBODY) for i in range(3))
        at = starts[source] + account
        persons[at] = person
        # Each pseudonym has 16 bytes, so they stand in a row in the column's buffer.
        packed = batch.column(3).cast(pa.binary(16))
        pseudonyms[at] = key_values(packed)[0].view(np.uint8)
    has_forgotten = bool((persons == NOBODY).any())
    return People(starts, persons, pseudonyms, has_forgotten)


def _first_places(cursor: duckdb.DuckDBPyConnection, rows: Rows) -> tuple[Array, Array]:
    """Return each source's first account, and where each account is first met.

    People who appear only as contacts or silent members come last, by source and number.
    """
    counts = np.zeros(len(rows.parts), np.int64)
    for source, n in cursor.execute(sql.ACCOUNT_COUNTS).fetchall():
        counts[source] = n
    starts = np.concatenate([[0], np.cumsum(counts)])
    last = [(1 << 62) + (source << 32) + np.arange(n) for source, n in enumerate(counts)]
    places = np.concatenate([np.empty(0, np.int64), *last])
    columns = ["author", *_POINTED]
    for source, start, batch in rows.messages.batches(columns):
        rank = rows.ranks[start : start + batch.num_rows].astype(np.int64) * _ROW_STEP
        for role, column in zip((0, *_POINTED.values()), batch.columns, strict=True):
            if column.null_count < len(column):
                accounts = values_of(column, -1)
                known = accounts >= 0
                place = rank[known] + role * _ROLE_STEP
                np.minimum.at(places, accounts[known] + starts[source], place)
    for table, role in _NAMED.items():
        for source, at, accounts, slots in rows.named(table):
            place = rows.ranks[at].astype(np.int64) * _ROW_STEP + role * _ROLE_STEP + slots
            np.minimum.at(places, accounts + starts[source], place)
    return starts, places
