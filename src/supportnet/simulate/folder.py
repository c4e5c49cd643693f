"""Write an example into a folder, and never over anything else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from supportnet.errors import InputError

__all__ = ["MARKER", "as_text", "marker", "refuse_other", "write_folder"]

MARKER = "SYNTHETIC"


def marker(seed: int) -> str:
    """Return the text of the file that marks generated data."""
    return (
        "Everything in this folder is invented: no person, account or message in it exists.\n"
        f"seed {seed}\n"
    )


def as_text(value: object) -> str:
    """Return JSON text for people to read."""
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def write_folder(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Write the files of an example.

    Parameters
    ----------
    folder
        A new or empty folder, or one that holds an earlier example.
    files
        Path below the folder (with `/`) → content.

    Returns
    -------
    list of Path
        The files written, in their order.

    Raises
    ------
    InputError
        When the folder holds something else: nothing is written then.
    """
    refuse_other(folder, files)
    written = []
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        written.append(path)
    return written


def refuse_other(folder: Path, files: Mapping[str, bytes]) -> None:
    """Refuse a folder of other things, and archives that this example would not overwrite."""
    if folder.exists() and not folder.is_dir():
        msg = "a folder was expected; found a file; pass the name of a new folder."
        raise InputError(msg)
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARKER).is_file():
        msg = (
            "an empty folder or an earlier example was expected; found other files; "
            "pass the name of a new folder."
        )
        raise InputError(msg)
    kept = {Path(name).parent for name in files if Path(name).parent.name == "archives"}
    n_stale = sum(
        (place / path.name).as_posix() not in files
        for place in kept
        if (folder / place).is_dir()
        for path in (folder / place).iterdir()
    )
    if n_stale:
        msg = (
            f"archives of this example alone were expected; found {n_stale} other files among "
            "them; pass the name of a new folder."
        )
        raise InputError(msg)
