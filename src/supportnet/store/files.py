"""Files that are either whole or absent: temporary name, fsync, rename, fsync of the folder."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from supportnet.errors import DatasetError

__all__ = ["TEMPORARY", "locked", "publish_folder", "remove_tree", "sync_tree", "write_json"]

TEMPORARY = ".tmp-"


def _sync(path: Path) -> None:
    """Ask the system to put a file or a folder on the disk."""
    flags = os.O_RDONLY if path.is_dir() else os.O_RDWR
    try:
        handle = os.open(path, flags)
    except PermissionError:  # a folder cannot be opened on Windows; its rename is durable there
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """Put every file of a flat folder on the disk, then the folder itself."""
    for path in sorted(folder.iterdir()):
        _sync(path)
    _sync(folder)


def publish_folder(temporary: Path, final: Path) -> None:
    """Give a finished folder its real name in one step.

    A folder already there under that name was never published by a manifest; it is replaced.
    """
    sync_tree(temporary)
    if final.exists():
        remove_tree(final)
    temporary.rename(final)
    _sync(final.parent)


def write_json(path: Path, value: Any, *, mode: int = 0o600) -> None:
    """Replace a JSON file so that a reader sees the old one or the new one, nothing between."""
    temporary = path.with_name(f"{TEMPORARY}{path.name}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=True, indent=1, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    _sync(path.parent)


def remove_tree(folder: Path) -> None:
    """Remove a folder that nothing refers to any more; a file still open elsewhere may stay."""
    shutil.rmtree(folder, ignore_errors=True)


def _lock(file: IO[bytes]) -> None:
    """Wait for the exclusive lock on an open file."""
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined,unused-ignore]
    else:
        import fcntl

        fcntl.flock(file.fileno(), fcntl.LOCK_EX)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the dataset's lock: one writer at a time, the others wait. A killed writer frees it."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = (folder / "lock").open("ab")
    except (FileExistsError, NotADirectoryError, PermissionError):
        msg = (
            "a folder for the dataset was expected; found something that cannot be written there; "
            "choose another folder with --into."
        )
        raise DatasetError(msg) from None
    with file:
        _lock(file)
        yield
