"""Open what the researcher names: a file, a folder, a pattern, or several of them."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from supportnet.archive.codecs import Damaged, Decoded, Source, Span, codec_of
from supportnet.archive.guard import plain_errors
from supportnet.archive.limits import Limits, refuse
from supportnet.archive.model import Archive
from supportnet.archive.names import extension, is_archive_name, natural_key, skip_reason
from supportnet.archive.tar_headers import is_tar
from supportnet.archive.tars import TarArchive, fill_tar
from supportnet.archive.zips import ZIP_STARTS, fill_zip
from supportnet.errors import InputError

__all__ = ["open_archive", "open_exports"]

_PACKED = {".gz", ".zst", ".bz2", ".xz"}
_FOLDER_DEPTH = 64


def open_archive(
    path: Path | str, *, limits: Limits | None = None, label: str = "export 1 of 1"
) -> Archive:
    """Open one exported archive for reading; nothing is unpacked to disk.

    Parameters
    ----------
    path
        A folder, a zip, a tar (plain or compressed with gz, bz2, xz or zst), a single compressed
        file, or a single plain file. What it is follows from its first bytes, not from its name.
    limits
        Caps on what is read; the defaults of `Limits` when not given.
    label
        Safe words for errors.

    Returns
    -------
    Archive
        Its members in natural order; usable in a ``with`` statement.

    Raises
    ------
    ArchiveError
        When it is damaged, hostile or over a cap.
    InputError
        When there is nothing at `path`.

    Examples
    --------
    >>> import tempfile, zipfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = Path(folder.name) / "export.zip"
    >>> with zipfile.ZipFile(path, "w") as made:
    ...     made.writestr("messages/1.json", "[]")
    >>> with open_archive(path) as archive:
    ...     [member.name for member in archive.members]
    ['messages/1.json']
    >>> folder.cleanup()
    """
    return _open(Path(path), limits or Limits(), label, leave=frozenset())


def _open(path: Path, limits: Limits, label: str, *, leave: frozenset[Path]) -> Archive:
    if not path.exists():
        msg = f"{label}: a file or folder was expected; found nothing there; check the path."
        raise InputError(msg)
    if path.is_dir():
        archive = Archive(path, f"{label} (folder)", "folder", limits)
        with plain_errors(archive.label):
            _fill_folder(archive, leave)
        return archive
    ending = extension(path.name)
    label = f"{label} ({ending})" if ending else label
    if not path.is_file():
        refuse(label, "a file or folder", "something else", "name a file or folder")
    with plain_errors(label), path.open("rb") as stream:
        head = stream.read(1024)
    if head.startswith(ZIP_STARTS) or path.suffix.lower() == ".zip":
        archive = Archive(path, label, "zip", limits)
        fill_zip(archive)
        return archive
    codec = codec_of(head)
    if is_tar(head if codec is None else _plain_head(path, codec)):
        tar = TarArchive(path, label, "tar", limits)
        fill_tar(tar, codec)
        return tar
    archive = Archive(path, label, "file", limits)
    _add_file(archive, path, path.name, codec)
    return archive


def open_exports(
    paths: Sequence[Path | str],
    *,
    limits: Limits | None = None,
    refused: list[InputError] | None = None,
) -> list[Archive]:
    """Open every exported archive that the given paths and patterns name.

    Parameters
    ----------
    paths
        Files, folders and patterns (`exports/*.zip`). Archives that lie in a folder are opened on
        their own; its other files, with those of its subfolders, form one folder archive.
        An archive further down counts as an attachment, unless all folders on the way to it hold
        nothing but folders and archives.
    limits
        Caps for each archive.
    refused
        Takes the errors of what cannot be opened, so that the others are; without it the first
        error is raised.

    Returns
    -------
    list of Archive
        In the order of `paths`, then by name; the same place named twice is opened once.

    Raises
    ------
    ArchiveError
        When one of them is damaged, hostile or over a cap.
    InputError
        When a path does not exist or a pattern matches nothing.

    Examples
    --------
    >>> open_exports(["nowhere/*.zip"])
    Traceback (most recent call last):
    ...
    supportnet.errors.InputError: path 1 of 1: a file or folder was expected; found nothing there;
    check the path or the pattern.
    """
    found: dict[Path, frozenset[Path]] = {}
    for number, path in enumerate(paths, start=1):
        label = f"path {number} of {len(paths)}"
        with _each(refused):
            for one in _matches(path, label):
                with plain_errors(label):
                    for place, leave in _expand(one):
                        found.setdefault(place, leave)
    caps = limits or Limits()
    opened: list[Archive] = []
    for number, (place, leave) in enumerate(found.items(), start=1):
        with _each(refused):
            label = f"export {number} of {len(found)}"
            opened.append(_open(place, caps, label, leave=leave))
    return opened


@contextmanager
def _each(refused: list[InputError] | None) -> Iterator[None]:
    """Let one bad export not stop the others, where somebody takes its error."""
    try:
        yield
    except InputError as error:
        if refused is None:
            raise
        refused.append(error)


def _matches(path: Path | str, label: str) -> list[Path]:
    """Return the paths that a path or pattern names."""
    plain = Path(path).expanduser()
    if plain.exists():
        return [plain]
    names = glob.glob(str(plain), recursive=True) if glob.has_magic(str(plain)) else []  # noqa: PTH207
    if not names:
        msg = (
            f"{label}: a file or folder was expected; found nothing there; "
            "check the path or the pattern."
        )
        raise InputError(msg)
    return [Path(name) for name in sorted(names, key=natural_key)]


def _expand(path: Path) -> Iterator[tuple[Path, frozenset[Path]]]:
    """Yield a path, or the archives of a folder and then the folder without them."""
    if not path.is_dir():
        yield path, frozenset()
        return
    archives: list[Path] = []
    _collect_archives(path, archives, 0)
    for archive in archives:
        yield archive, frozenset()
    leave = frozenset(archives)
    if any(place not in leave for place, kind, _ in _walk(path, "", 0) if kind == "file"):
        yield path, leave
    elif not archives:
        yield path, leave  # an empty folder, for the caller to say so


def _collect_archives(folder: Path, archives: list[Path], depth: int) -> None:
    """Gather the archives of a folder; go deeper only while it holds no other file."""
    if depth > _FOLDER_DEPTH:
        return
    subfolders: list[Path] = []
    loose = False
    for entry in sorted(os.scandir(folder), key=lambda one: natural_key(one.name)):
        if entry.is_symlink() or skip_reason(entry.name) == "mac_metadata":
            continue
        if entry.is_dir():
            subfolders.append(Path(entry.path))
        elif entry.is_file() and is_archive_name(entry.name):
            archives.append(Path(entry.path))
        else:
            loose = True
    for subfolder in [] if loose else subfolders:
        _collect_archives(subfolder, archives, depth + 1)


def _walk(folder: Path, prefix: str, depth: int) -> Iterator[tuple[Path, str, str]]:
    """Yield (path, kind, name below the folder) of everything in it, never following a link."""
    for entry in sorted(os.scandir(folder), key=lambda one: natural_key(one.name)):
        place, name = Path(entry.path), prefix + entry.name
        if entry.is_symlink():
            yield place, "link", name
        elif entry.is_dir():
            if depth >= _FOLDER_DEPTH:
                yield place, "too_deep", name
            else:
                yield from _walk(place, f"{name}/", depth + 1)
        else:
            yield place, "file" if entry.is_file() else "special_file", name


def _fill_folder(archive: Archive, leave: frozenset[Path]) -> None:
    """List the files of a folder; those in `leave` are archives opened elsewhere."""
    files: list[tuple[str, Path]] = []
    for seen, (place, kind, name) in enumerate(_walk(archive.path, "", 0), start=1):
        archive.allow(seen)
        if kind != "file":
            archive.skipped[kind] += 1
        elif place not in leave:
            files.append((name, place))
    for name, place in sorted(files, key=lambda one: natural_key(one[0])):
        if skip_reason(name) == "nested_archive" and place.suffix.lower() in _PACKED:
            _add_packed(archive, place, name)
        else:
            accepted = archive.accept(name)
            if accepted is not None:
                archive.add(accepted, place.stat().st_size, partial(_open_file, place, None))


def _add_packed(archive: Archive, place: Path, name: str) -> None:
    """Add a loose compressed file, unless it holds a tar."""
    with place.open("rb") as stream:
        codec = codec_of(stream.read(1024))
    if is_archive_name(name) or is_tar(_plain_head(place, codec)):
        archive.skipped["nested_archive"] += 1
        return
    _add_file(archive, place, name, codec)


def _add_file(archive: Archive, place: Path, name: str, codec: str | None) -> None:
    """Add a single file; a compressed one loses its last ending, unless that name is taken."""
    plain = name.encode("utf-8", "replace").decode()
    if codec is None:
        archive.add(archive.claim(plain), place.stat().st_size, partial(_open_file, place, None))
        return
    packed = place.suffix.lower() in _PACKED and plain != place.suffix
    shorter = plain[: -len(place.suffix)] if packed else plain
    archive.add(archive.claim(shorter, plain), None, partial(_open_file, place, codec))


def _open_file(place: Path, codec: str | None) -> Source:
    raw = Span(place.open("rb", buffering=0))
    return raw if codec is None else Decoded(raw, codec)


def _plain_head(path: Path, codec: str | None) -> bytes:
    """Return the first block of a file, decompressed; nothing when that fails."""
    source = _open_file(path, codec)
    block = b""
    try:
        while len(block) < 512 and (piece := source.read(512 - len(block))):
            block += piece
    except Damaged:
        # A damaged file is no tar; whoever reads it learns what is wrong with it.
        return block
    finally:
        source.close()
    return block
