"""Import exported archives: importers, privacy and store in one pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from supportnet.archive import Limits, open_exports
from supportnet.errors import DatasetError, InputError, KeyFileError, RefusedError, choose
from supportnet.formats import Options
from supportnet.ingest.erase import without_persons
from supportnet.ingest.grouping import collect
from supportnet.ingest.jobs import Job
from supportnet.ingest.known import Shelf
from supportnet.ingest.outcome import ImportReport, counted
from supportnet.ingest.sources import write_parts
from supportnet.ingest.tables import person_pseudonym, read_person_table
from supportnet.privacy import Key, load_key
from supportnet.schema import CONSENT_STATES, VISIBILITIES
from supportnet.store.build import build
from supportnet.store.files import locked, remove_tree
from supportnet.store.manifest import Manifest, read_manifest, sweep, write_manifest
from supportnet.store.parts import disk_trouble

__all__ = ["ImportReport", "import_archives"]

# Keys of a column map that say something about a collection instead of naming a column.
DECLARATIONS = frozenset({"whole_community", "keep_context", "invitations"})


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
    RefusedError
        When some of several sources cannot be used: one sentence for each. The others are in the
        dataset by then, as if they had been named alone; attribute `report` tells of them.
    InputError
        When nothing can be imported; the dataset is then as it was.

    Notes
    -----
    Each source stands by itself, and what can be read is imported in one step: the manifest is
    swapped last, so a call that is killed leaves the earlier dataset, and running it again
    completes it. Importing a source again adds nothing. Texts, names, numbers and addresses are
    not stored.

    The volumes of one split export are one source when one call names them all. Those imported
    before, one by one, give way to it.
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
    refused: list[InputError] = []
    archives = open_exports(paths, limits=limits or Limits(), refused=refused)
    try:
        # A map of columns is for tables, so it names their format; declarations do not.
        is_table = columns is not None and not set(columns) <= DECLARATIONS
        named = "edgelist" if format is None and is_table else format
        jobs = collect(archives, options, named, refused)
        if not jobs:
            raise _refusal(refused)
        with locked(folder):
            manifest = read_manifest(folder)
            try:
                report = _commit(folder, manifest, jobs, paths, community, key, consent, refused)
            except BaseException as error:
                if manifest is None:
                    _undo(folder, existed=existed)
                if isinstance(error, OSError):
                    raise disk_trouble(error) from None
                raise
    finally:
        for archive in archives:
            archive.close()
    if refused:
        raise _refusal(refused, report)
    return report


def _refusal(refused: list[InputError], report: ImportReport | None = None) -> InputError:
    """Return the error that names every source refused and says what became of the others."""
    if report is None and len(refused) == 1:
        return refused[0]
    said = counted(len(refused), "source")
    said += " was" if len(refused) == 1 else " were"
    others = "nothing was imported" if report is None else "the others were"
    last = f"{said} not imported, {others}; mend what is named above and run the command again."
    return RefusedError([*(str(error) for error in refused), last], report)


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
    refused: list[InputError],
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
    shelf = Shelf(folder, manifest.parts)
    fresh = [job for job in jobs if not shelf.holds(job)]
    known = len(jobs) - len(fresh)
    if consent is not None:
        manifest.consent.update(_read_consent(Path(consent), key))
    elif not fresh:
        return ImportReport(manifest.community, 0, known, ())
    read = write_parts(folder, fresh, key, refused)
    if not read and not known:
        raise _refusal(refused)
    if not read and consent is None:
        return ImportReport(manifest.community, 0, known, ())
    manifest.generation += 1
    gone = {bytes.fromhex(name) for name in manifest.forgotten}
    added = [
        without_persons(folder, job.sha256, gone, manifest.generation)[0] if gone else job.sha256
        for job in read
    ]
    replaced = shelf.replaced_by(read)
    manifest.parts = sorted([*(p for p in manifest.parts if p not in replaced), *added])
    built = build(folder, manifest)
    write_manifest(folder, manifest)
    sweep(folder, manifest)
    advice = Shelf(folder, manifest.parts).advice({job.format.name for job in read})
    return ImportReport(manifest.community, len(read), known, tuple(built), len(replaced), advice)


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


def _read_consent(path: Path, key: Key) -> dict[str, str]:
    """Read consent states by pseudonym."""
    states = {}
    for row in read_person_table(path, ("platform", "identifier", "state")):
        state = choose(row["state"].strip(), CONSENT_STATES, "state in the consent file")
        states[person_pseudonym(key, row).hex()] = state
    return states
