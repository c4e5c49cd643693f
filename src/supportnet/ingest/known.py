"""What a dataset holds already: which sources, and of which volumes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from supportnet.ingest.jobs import Job
from supportnet.store.parts import read_source

__all__ = ["Shelf"]


@dataclass(frozen=True, slots=True)
class _Held:
    """One part: the volumes it was read from, its format, and whether they name their owner."""

    volumes: frozenset[str]
    format: str
    names_owner: bool | None


class Shelf:
    """The sources of a dataset.

    Parameters
    ----------
    folder
        The dataset.
    parts
        Names of its parts.
    """

    def __init__(self, folder: Path, parts: Iterable[str]) -> None:
        self._held: dict[str, _Held] = {}
        for part in parts:
            source = read_source(folder, part)
            volumes = source.get("volumes") or [part.partition("-")[0]]
            self._held[part] = _Held(
                frozenset(volumes), source["format"], source.get("names_owner")
            )

    def holds(self, job: Job) -> bool:
        """Tell whether a source is there: itself, or all its volumes inside a larger one."""
        return any(set(job.volumes) <= held.volumes for held in self._held.values())

    def replaced_by(self, jobs: Iterable[Job]) -> set[str]:
        """Return the parts whose volumes are all among those of one of these sources."""
        whole = [frozenset(job.volumes) for job in jobs]
        return {
            part
            for part, held in self._held.items()
            if any(held.volumes < volumes for volumes in whole)
        }

    def advice(self, formats: Iterable[str]) -> tuple[str, ...]:
        """Return what to do where an export without owner lies beside others that name theirs.

        Parameters
        ----------
        formats
            Formats that were just imported; the others were talked of before.
        """
        said = []
        for name in sorted(set(formats)):
            told = [held.names_owner for held in self._held.values() if held.format == name]
            n = told.count(False)
            if n and True in told:
                said.append(
                    f"{n:,} {name} source{' does' if n == 1 else 's do'} not name the owner, as "
                    "the volumes of a split export do: if one is such a volume, name all volumes "
                    "of its export in one import (with --owner where nothing in it tells whose it "
                    "is), and they become one source."
                )
        return tuple(said)
