"""The manifest: the one file that says which parts and tables a dataset consists of."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from supportnet.errors import DatasetError
from supportnet.schema import SCHEMA_VERSION
from supportnet.store.files import TEMPORARY, remove_tree, write_json

__all__ = ["MANIFEST", "Manifest", "read_manifest", "sweep", "write_manifest"]

MANIFEST = "manifest.json"


@dataclass(slots=True)
class Manifest:
    """What a dataset consists of. Swapping this file is the only commit.

    Attributes
    ----------
    community
        Name of the community.
    key_id
        Id of the key that made the pseudonyms.
    synthetic
        Whether the data were generated (the public example key, no suppression of small cells).
    schema_version
        Version of :mod:`supportnet.schema`.
    generation
        Number of the build.
    parts
        sha256 of each source, in hexadecimal, sorted.
    tables
        Table name → files of the build, relative to the dataset.
    links
        Groups of account pseudonyms (32 hex) that one person declared to be theirs.
    forgotten
        Pseudonyms whose rows every build leaves out.
    consent
        Pseudonym → consent state.
    """

    community: str
    key_id: str
    synthetic: bool = False
    schema_version: int = SCHEMA_VERSION
    generation: int = 0
    parts: list[str] = field(default_factory=list)
    tables: dict[str, list[str]] = field(default_factory=dict)
    links: list[list[str]] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    consent: dict[str, str] = field(default_factory=dict)


def read_manifest(folder: Path) -> Manifest | None:
    """Read a dataset's manifest; None when the folder holds no dataset.

    Raises
    ------
    DatasetError
        When the manifest cannot be understood or belongs to a later version.
    """
    path = folder / MANIFEST
    if not path.exists():
        return None
    try:
        raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        version = int(raw["schema_version"])
        if version != SCHEMA_VERSION:
            msg = (
                f"a dataset of schema version {SCHEMA_VERSION} was expected; found {version}; "
                "open it with the supportnet release that wrote it, or import the archives again."
            )
            raise DatasetError(msg)
        return Manifest(**raw)
    except (ValueError, KeyError, TypeError):
        msg = (
            "a readable manifest.json was expected in the dataset; found a damaged one; "
            "restore the dataset from a backup or import the archives again."
        )
        raise DatasetError(msg) from None


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Swap the manifest: from here on readers see the new dataset."""
    write_json(folder / MANIFEST, asdict(manifest))


def sweep(folder: Path, manifest: Manifest | None, *, keep_previous: bool = True) -> None:
    """Remove what an interrupted import or an older generation left behind.

    The previous generation stays, because somebody may still be reading it; after forgetting
    somebody it goes as well.
    """
    parts = set(manifest.parts) if manifest else set()
    generation = manifest.generation if manifest else 0
    keep = {str(generation), str(generation - 1)} if keep_previous else {str(generation)}
    for path in folder.glob(f"{TEMPORARY}*"):
        path.unlink(missing_ok=True)
    for path in (folder / "parts").glob("*"):
        if path.name not in parts:
            remove_tree(path)
    for tier in ("build", "derived"):
        for path in (folder / tier).glob("*"):
            if path.name not in keep:
                remove_tree(path)
