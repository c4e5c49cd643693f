"""Read sources and publish their parts; what cannot be read is refused, each by itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from supportnet.errors import DatasetError, InputError, InternalError, KeyFileError
from supportnet.ingest.encode import Encoder
from supportnet.ingest.jobs import Job
from supportnet.memory import lean
from supportnet.privacy import Key
from supportnet.records import Record
from supportnet.store.parts import PartWriter

__all__ = ["write_part", "write_parts"]


def write_parts(
    folder: Path, jobs: Sequence[Job], key: Key, refused: list[InputError]
) -> list[Job]:
    """Read sources and publish their parts.

    Parameters
    ----------
    folder
        The dataset.
    jobs
        The sources.
    key
        The project key.
    refused
        Takes the errors of sources that cannot be read: each stands by itself.

    Returns
    -------
    list of Job
        Those that were read.
    """
    read = []
    for job in tqdm(jobs, desc="import", unit="source", disable=None):
        try:
            write_part(folder, job, key)
        except (DatasetError, KeyFileError):  # nothing that another source could do better
            raise
        except InputError as error:
            refused.append(error)
        else:
            read.append(job)
    return read


def write_part(folder: Path, job: Job, key: Key) -> None:
    """Read one source and publish its part."""
    with lean(), PartWriter(folder, job.sha256) as writer:
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
                "volumes": list(job.volumes),
                "names_owner": job.names_owner,
                "name_digest": _name_digest(job, key),
            }
        )
        if writer.rows["messages"] != encoder.kept:
            msg = "rows written differ from rows kept"
            raise InternalError(msg)


def _name_digest(job: Job, key: Key) -> str | None:
    """Return the keyed digest of the name of the one conversation that a source is."""
    if not job.export.name:
        return None
    name = f"name\x1f{job.format.platform}\x1f{job.export.name}"
    return key.digest(name.encode("utf-8", "surrogatepass")).hex()[:32]


def _watched(records: Any) -> Any:
    """Show a bar while a long source is read (only where somebody looks at a terminal)."""
    watched: Sequence[Record] = tqdm(
        records, desc="read", unit="record", disable=None, leave=False, delay=2, mininterval=0.5
    )
    return watched
