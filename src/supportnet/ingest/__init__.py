"""Import exported archives: importers, privacy and store in one pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from tqdm import tqdm

from supportnet.archive import Limits, open_exports
from supportnet.errors import DatasetError, InternalError, KeyFileError, choose
from supportnet.formats import Options
from supportnet.ingest.encode import Encoder
from supportnet.ingest.erase import without_persons
from supportnet.ingest.grouping import Job, collect
from supportnet.ingest.tables import person_pseudonym, read_person_table
from supportnet.privacy import Key, load_key
from supportnet.records import Record
from supportnet.schema import CONSENT_STATES, VISIBILITIES
from supportnet.store.build import BuiltSource, build
from supportnet.store.files import locked, remove_tree
from supportnet.store.manifest import Manifest, read_manifest, sweep, write_manifest
from supportnet.store.parts import PartWriter, disk_trouble

__all__ = ["ImportReport", "import_archives"]

# Keys of a column map that say something about a collection instead of naming a column.
DECLARATIONS = frozenset({"whole_community", "keep_context", "invitations"})


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What one import did, source by source.

    Attributes
    ----------
    community
        Name of the community.
    new, known
        Number of sources added, and of sources that were there already.
    sources
        One account per source of the dataset after the build.
    """

    community: str
    new: int
    known: int
    sources: tuple[BuiltSource, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per source: format, seen, kept, ignored, rejected (counts of records)."""
        return pd.DataFrame(
            [
                {
                    "format": source.format,
                    "seen": source.seen,
                    "kept": source.kept,
                    "ignored": sum(source.ignored.values()),
                    "rejected": sum(source.rejected.values()),
                }
                for source in self.sources
            ],
            columns=["format", "seen", "kept", "ignored", "rejected"],
        )

    def __str__(self) -> str:
        """Say what happened in one line."""
        if self.new == 0:
            known = _counted(self.known, "source")
            return f"{self.community}: nothing new; {known} had been imported before."
        kept = sum(source.kept for source in self.sources)
        return (
            f"{self.community}: {_counted(self.new, 'source')} added, {self.known} already there; "
            f"the dataset now holds {_counted(kept, 'record')} from "
            f"{_counted(len(self.sources), 'source')}."
        )


def _counted(n: int, what: str) -> str:
    """Return a number with its word."""
    return f"{n:,} {what}{'' if n == 1 else 's'}"


def import_archives(
    exports: str | Path | Sequence[str | Path],
    *,
    into: str | Path,
    community: str,
    format: str | None = None,
    timezone: str | None = None,
    owner: str | None = None,
    visibility: str | None = None,
    visibility_map: Mapping[str, str] | None = None,
    date_order: str | None = None,
    columns: Mapping[str, object] | None = None,
    ordinal_times: bool = False,
    year: int | None = None,
    key: str | None = None,
    consent: str | Path | None = None,
    limits: Limits | None = None,
) -> ImportReport:
    """Import exported archives into a dataset folder.

    Parameters
    ----------
    exports
        Files, folders or glob patterns: archives as the platforms hand them out.
    into
        Folder of the dataset; made when absent.
    community
        Name of the community the dataset holds.
    format
        Format name for everything; by default each file is recognised.
    timezone
        IANA zone of local times, for archives that write none (`Europe/Paris`).
    owner
        Id, handle or display name of the archives' owner where they do not name it.
    visibility
        One of the visibility values, for sources that cannot say.
    visibility_map
        Board or channel name → visibility value.
    date_order
        `dmy`, `mdy` or `ymd` for dates that can be read two ways.
    columns
        Column map for tables: `{"sender": "from", "recipient": "to", "time": "date"}`.
    ordinal_times
        Times are step numbers.
    year
        Year of the first line of logs without years.
    key
        Name of the project key; made at the first import.
    consent
        CSV file with columns platform, identifier, state (donor, consented, notified, none).
    limits
        Caps of the door.

    Returns
    -------
    ImportReport
        What each source gave: `seen = kept + ignored + rejected`.

    Raises
    ------
    InputError
        For anything that cannot be read; the dataset is then as it was.

    Notes
    -----
    One call is all or nothing: the manifest is swapped last, so a call that fails or is killed
    leaves the earlier dataset, and running it again completes it. Importing a source again adds
    nothing. Texts, names, numbers and addresses are not stored.
    """
    paths = [exports] if isinstance(exports, str | Path) else list(exports)
    options = Options(
        timezone=timezone,
        owner=owner,
        visibility=visibility
        if visibility is None
        else choose(visibility, VISIBILITIES, "visibility"),
        visibility_map=visibility_map,
        date_order=date_order
        if date_order is None
        else choose(date_order, ("dmy", "mdy", "ymd"), "date_order"),
        columns=columns,
        ordinal_times=ordinal_times,
        year=year,
        community=community,
    )
    folder = Path(into)
    existed = folder.exists()
    archives = open_exports(paths, limits=limits or Limits())
    try:
        # A map of columns is for tables, so it names their format; declarations do not.
        is_table = columns is not None and not set(columns) <= DECLARATIONS
        named = "edgelist" if format is None and is_table else format
        jobs = collect(archives, options, named)
        with locked(folder):
            manifest = read_manifest(folder)
            try:
                return _commit(folder, manifest, jobs, paths, community, key, consent)
            except BaseException as error:
                if manifest is None:
                    _undo(folder, existed=existed)
                if isinstance(error, OSError):
                    raise disk_trouble(error) from None
                raise
    finally:
        for archive in archives:
            archive.close()


def _undo(folder: Path, *, existed: bool) -> None:
    """Leave no trace of a first import that failed."""
    for name in ("parts", "build"):
        remove_tree(folder / name)
    (folder / "lock").unlink(missing_ok=True)
    if not existed and not any(folder.iterdir()):
        folder.rmdir()


def _commit(
    folder: Path,
    manifest: Manifest | None,
    jobs: list[Job],
    paths: Sequence[str | Path],
    community: str,
    key_name: str | None,
    consent: str | Path | None,
) -> ImportReport:
    """Write the new parts, build, swap the manifest."""
    key = _checked_key(folder, manifest, key_name, paths)
    sweep(folder, manifest)
    if manifest is None:
        manifest = Manifest(community=community, key_id=key.id, synthetic=key.is_public)
    elif manifest.community != community:
        msg = (
            f"a dataset of community {manifest.community!r} was expected to grow; found "
            f"--community {community!r}; import into another folder, one per community."
        )
        raise DatasetError(msg)
    have = {part.partition("-")[0] for part in manifest.parts}
    fresh = [job for job in jobs if job.sha256 not in have]
    known = len(jobs) - len(fresh)
    fresh = list({job.sha256: job for job in fresh}.values())
    if consent is not None:
        manifest.consent.update(_read_consent(Path(consent), key))
    elif not fresh:
        return ImportReport(manifest.community, 0, known, ())
    for job in tqdm(fresh, desc="import", unit="source", disable=None):
        write_part(folder, job, key)
    manifest.generation += 1
    gone = {bytes.fromhex(name) for name in manifest.forgotten}
    added = [
        without_persons(folder, job.sha256, gone, manifest.generation)[0] if gone else job.sha256
        for job in fresh
    ]
    manifest.parts = sorted([*manifest.parts, *added])
    built = build(folder, manifest)
    write_manifest(folder, manifest)
    sweep(folder, manifest)
    return ImportReport(manifest.community, len(fresh), known, tuple(built))


def _checked_key(
    folder: Path, manifest: Manifest | None, name: str | None, paths: Sequence[str | Path]
) -> Key:
    """Load the key, and refuse another one than the dataset's or a public one for real data."""
    key = load_key(name, create=manifest is None, apart_from=(folder,))
    if manifest is not None and key.id != manifest.key_id:
        msg = (
            f"the key with id {manifest.key_id} was expected for this dataset; found id {key.id}; "
            "pass the right one with --key (pseudonyms of two keys cannot be joined)."
        )
        raise KeyFileError(msg)
    if key.is_public:
        for path in paths:
            place = Path(path)
            if not any((p / "SYNTHETIC").exists() for p in (place, *place.absolute().parents[:2])):
                msg = (
                    "generated data, marked by a file SYNTHETIC, was expected for the public "
                    "example key; found none; make a key of your own with: supportnet key new."
                )
                raise KeyFileError(msg)
    return key


def write_part(folder: Path, job: Job, key: Key) -> None:
    """Read one source and publish its part."""
    with PartWriter(folder, job.sha256) as writer:
        encoder = Encoder(key, writer, job.sha256)
        records: Any = job.format.read(job.export)
        encoder.take(_watched(records))
        encoder.finish()
        if job.is_forced and not any(writer.rows[t] for t in ("messages", "contacts", "reactions")):
            raise job.refuse()
        seen = encoder.kept + sum(encoder.ignored.values()) + sum(encoder.rejected.values())
        notes = dict(job.export.notes)
        exported = notes.pop("exported_us", None)
        writer.publish(
            {
                "sha256": job.sha256,
                "format": job.format.name,
                "format_version": notes.pop("version", ""),
                "file_digest": key.digest(
                    b"file\x1f" + job.file_name.encode("utf-8", "surrogatepass")
                ).hex()[:16],
                "seen": seen,
                "kept": encoder.kept,
                "ignored": dict(encoder.ignored),
                "rejected": dict(encoder.rejected),
                "exported_us": int(exported) if exported else None,
                "zone": notes.pop("zone", job.export.options.timezone),
                "leaves_out": job.format.leaves_out,
                "notes": notes,
            }
        )
        if writer.rows["messages"] != encoder.kept:
            msg = "rows written differ from rows kept"
            raise InternalError(msg)


def _watched(records: Any) -> Any:
    """Show a bar while a long source is read (only where somebody looks at a terminal)."""
    watched: Sequence[Record] = tqdm(
        records, desc="read", unit="record", disable=None, leave=False, delay=2, mininterval=0.5
    )
    return watched


def _read_consent(path: Path, key: Key) -> dict[str, str]:
    """Read consent states by pseudonym."""
    states = {}
    for row in read_person_table(path, ("platform", "identifier", "state")):
        state = choose(row["state"].strip(), CONSENT_STATES, "state in the consent file")
        states[person_pseudonym(key, row).hex()] = state
    return states
