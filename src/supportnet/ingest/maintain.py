"""Change who is who in a dataset, or take somebody out: declared aliases, and forgetting."""

from __future__ import annotations

import string
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from supportnet.errors import DatasetError, InputError, KeyFileError
from supportnet.ingest.erase import without_persons
from supportnet.ingest.tables import person_pseudonym, read_person_table
from supportnet.privacy import load_key
from supportnet.store.build import build
from supportnet.store.files import locked
from supportnet.store.manifest import Manifest, read_manifest, sweep, write_manifest

__all__ = ["Linked", "forget", "link_aliases"]


class Linked(NamedTuple):
    """What became of a table of aliases.

    Attributes
    ----------
    persons
        Persons with two or more accounts in the table.
    unknown
        Lines of the table (its heading is line 1) whose account is not in the dataset so far. They
        are remembered: a later import may bring it.
    """

    persons: int
    unknown: list[int]


def link_aliases(folder: str | Path, aliases: str | Path, *, key: str | None = None) -> Linked:
    """Merge the accounts that one person declared to be theirs.

    Parameters
    ----------
    folder
        The dataset.
    aliases
        CSV file with columns person (any label; rows of equal label are one person), platform,
        identifier, and owner (only for names in an owner's phone book or display names: whose
        export they stand in). An identifier is a number or a DID as it is, a handle with @ in
        front (`@lea_m`, `@lea@m.example`), a phone number with +, or an e-mail address. Nothing of
        it is stored but pseudonyms.
    key
        Name of the project key.

    Returns
    -------
    Linked
        `persons` with two or more accounts, and the lines of `unknown` accounts.

    Raises
    ------
    InputError
        When the table cannot be read, or an account is claimed by two persons.
    """
    path = Path(folder)
    _expect_dataset(path)
    with locked(path):
        manifest = _open(path)
        project = load_key(key)
        if project.id != manifest.key_id:
            msg = (
                f"the key with id {manifest.key_id} was expected for this dataset; found id "
                f"{project.id}; pass the right one with --key."
            )
            raise KeyFileError(msg)
        people: dict[str, set[str]] = defaultdict(set)
        lines: dict[str, int] = {}
        table = read_person_table(Path(aliases), ("person", "platform", "identifier"))
        for line, row in enumerate(table, start=2):
            pseudonym = person_pseudonym(project, row).hex()
            people[row["person"]].add(pseudonym)
            lines.setdefault(pseudonym, line)
        claimed = [p for accounts in people.values() for p in accounts]
        if len(claimed) != len(set(claimed)):
            msg = (
                "each account was expected to belong to one person; found one that two labels "
                "claim; mend column person of the alias file."
            )
            raise InputError(msg)
        groups = sorted(sorted(accounts) for accounts in people.values() if len(accounts) > 1)
        known = {tuple(group) for group in manifest.links}
        manifest.links = sorted([*manifest.links, *(g for g in groups if tuple(g) not in known)])
        _rebuild(path, manifest)
        here = set(_accounts(path, manifest, ["pseudonym"])["pseudonym"].to_pylist())
    unknown = [line for pseudonym, line in lines.items() if pseudonym not in here]
    return Linked(len(groups), sorted(unknown))


def forget(folder: str | Path, person: str) -> int:
    """Take one person out of a dataset, now and at every later import.

    Parameters
    ----------
    folder
        The dataset.
    person
        Pseudonym of one of the person's accounts, 32 hexadecimal digits (column `pseudonym` of
        table accounts).

    Returns
    -------
    int
        Number of message rows removed: the person's own, and the 1:1 messages sent to them.

    Raises
    ------
    InputError
        When there is no such person.

    Notes
    -----
    The parts are rewritten without the rows; a tombstone keeps later imports of other copies from
    bringing them back (counted as `ignored: forgotten`). All accounts linked to the person go.
    """
    path = Path(folder)
    wanted = person.strip().lower()
    if len(wanted) != 32 or set(wanted) - set(string.hexdigits):
        msg = (
            "a pseudonym of 32 hexadecimal digits was expected; found something else; take it from "
            "column pseudonym of table accounts."
        )
        raise InputError(msg)
    _expect_dataset(path)
    with locked(path):
        manifest = _open(path)
        gone = _accounts_of(path, manifest, wanted)
        removed = 0
        parts = []
        for part in manifest.parts:
            name, n = without_persons(path, part, gone, manifest.generation + 1)
            parts.append(name)
            removed += n
        manifest.parts = sorted(parts)
        manifest.forgotten = sorted({*manifest.forgotten, *(g.hex() for g in gone)})
        manifest.links = [g for g in manifest.links if not {bytes.fromhex(p) for p in g} & gone]
        manifest.consent = {
            p: s for p, s in manifest.consent.items() if bytes.fromhex(p) not in gone
        }
        _rebuild(path, manifest)
    return removed


def _expect_dataset(path: Path) -> Manifest:
    """Read the manifest of a dataset that must exist; leave no trace where there is none."""
    manifest = read_manifest(path)
    if manifest is None:
        msg = (
            "a dataset folder was expected; found no manifest.json in it; make one with: "
            "supportnet import EXPORT --into DIR --community NAME."
        )
        raise DatasetError(msg)
    return manifest


def _open(path: Path) -> Manifest:
    """Read the manifest under the lock, and sweep leftovers."""
    manifest = _expect_dataset(path)
    sweep(path, manifest)
    return manifest


def _rebuild(path: Path, manifest: Manifest) -> None:
    """Build the next generation and commit it."""
    manifest.generation += 1
    build(path, manifest)
    write_manifest(path, manifest)
    sweep(path, manifest, keep_previous=False)


def _accounts(path: Path, manifest: Manifest, columns: list[str]) -> pa.Table:
    """Read columns of the accounts of a dataset."""
    return pq.read_table(path / manifest.tables["accounts"][0], columns=columns)


def _accounts_of(path: Path, manifest: Manifest, wanted: str) -> set[bytes]:
    """Return the pseudonyms of every account of the person who has account `wanted`."""
    table = _accounts(path, manifest, ["pseudonym", "person_id"])
    rows = table.filter(pc.equal(table["pseudonym"], wanted))
    if rows.num_rows == 0:
        msg = (
            "a pseudonym of this dataset was expected; found one that is not in it; take it from "
            "column pseudonym of table accounts."
        )
        raise InputError(msg)
    mine = table.filter(pc.equal(table["person_id"], rows["person_id"][0]))
    return {bytes.fromhex(p) for p in mine["pseudonym"].to_pylist()}
