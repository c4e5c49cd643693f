"""Write what is known of a source only when it has been read to its end.

Pseudonyms of names in a phone book need the owner, and direct conversations are keyed by the
pseudonyms of their two persons: both wait for the last record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from supportnet.ingest.ledger import Ledger
from supportnet.privacy import Key, digests_of, normalise, pseudonym
from supportnet.records import Conversation, PublicThreads, RawCoverage, RawMembership
from supportnet.schema import COVERAGE_FLAGS, PART_TABLES
from supportnet.store.parts import PartWriter

__all__ = ["write_rest", "write_rows"]

_CHUNK = 65_536


def write_rows(writer: PartWriter, table: str, rows: list[tuple[Any, ...]]) -> None:
    """Write rows of a table of the part, each in the order of its columns."""
    if rows:
        names = PART_TABLES[table].names
        writer.write(table, dict(zip(names, zip(*rows, strict=True), strict=True)))


def write_rest(
    writer: PartWriter,
    key: Key,
    ledger: Ledger,
    coverage: Iterable[RawCoverage],
    stays: Iterable[RawMembership],
    *,
    unowned: str,
) -> None:
    """Write accounts, conversations, members, stays and coverage.

    Parameters
    ----------
    writer
        The part being written.
    key
        The project key.
    ledger
        Numbers of accounts and conversations; those named here for the first time get theirs.
    coverage, stays
        The records of these kinds.
    unowned
        What stands in for an unknown owner.
    """
    covered = list(coverage)
    owners = {record.owner for record in covered if record.owner is not None}
    owner = normalise(next(iter(owners))) if len(owners) == 1 else unowned
    members = [
        (number, ledger.account(person))
        for number, talk in ledger.conversations()
        for person in sorted(talk.members, key=lambda i: i[:4])
    ]
    bounds = [_covered(ledger, record) for record in covered]
    dwelt = [
        (ledger.conversation(s.conversation), ledger.account(s.person), s.joined_us, s.left_us)
        for s in stays
    ]
    names = [pseudonym(key, identity, owner=owner) for identity in ledger.accounts]
    accounts = [
        (number, names[number], i.platform, i in owners, i.is_bot, i.is_placeholder)
        for i, number in ledger.accounts.items()
    ]
    write_rows(writer, "accounts", accounts)
    write_rows(writer, "members", members)
    write_rows(writer, "memberships", dwelt)
    write_rows(writer, "coverage", bounds)
    talks = [_talk(number, talk, key, ledger, names) for number, talk in ledger.conversations()]
    write_rows(writer, "conversations", talks)
    for number, threads in ledger.threads():
        for batch in _threads(number, threads, key):
            writer.append("conversations", batch)


def _talk(
    number: int, talk: Conversation, key: Key, ledger: Ledger, names: list[bytes]
) -> tuple[Any, ...]:
    """Key a conversation: a direct one by its two accounts, another by the platform's id."""
    pair = sorted({names[ledger.accounts[person]] for person in talk.members})
    if talk.kind == "dm" and len(pair) == 2:
        message = b"dm\x1f" + talk.platform.encode() + b"\x1f" + b"".join(pair)
    else:
        message = (_space(talk.platform) + talk.key).encode("utf-8", "surrogatepass")
    digest = key.digest(message)[:16]
    return (number, digest, talk.platform, talk.kind, talk.n_members, talk.members_basis)


def _space(platform: str) -> str:
    """Return what the keyed form of a conversation's key begins with."""
    return f"conversation\x1f{platform}\x1f"


def _threads(first: int, threads: PublicThreads, key: Key) -> Iterator[pa.Table]:
    """Yield the rows of public threads, some tens of thousands at a time."""
    schema = PART_TABLES["conversations"]
    for start in range(0, len(threads.keys), _CHUNK):
        keys = threads.keys.slice(start, _CHUNK)
        n = len(keys)
        columns = {
            "conv": pa.array(np.arange(first + start, first + start + n, dtype=np.int32)),
            "conversation_key": digests_of(key, _space(threads.platform), keys),
            "platform": pa.repeat(threads.platform, n),
            "kind": pa.repeat("thread", n),
            "n_members": pa.nulls(n, pa.int32()),
            "members_basis": pa.repeat("none", n),
        }
        yield pa.table([columns[name] for name in schema.names], schema=schema)


def _covered(ledger: Ledger, record: RawCoverage) -> tuple[Any, ...]:
    """Bound a coverage record by what the archive states, else by its first and last record."""
    conv = None if record.conversation is None else ledger.conversation(record.conversation)
    first, last = ledger.span(conv) or (None, None)
    start = record.start_us if record.start_us is not None else first
    end = record.end_us if record.end_us is not None else last
    flags = tuple(flag in record.flags for flag in COVERAGE_FLAGS)
    basis = "stated" if record.end_stated else "last_record"
    owner = ledger.account(record.owner)
    return (owner, conv, start, end, basis, record.resolution_us, *flags)
