"""Zip archives, read by their central directory and checked against their local headers.

The directory is parsed here rather than by :mod:`zipfile`: that module shortens names at a NUL,
reads the whole directory before anything can be counted and, in early 3.11 releases, accepts
entries that lie on top of each other.

References
----------
.. [1] PKWARE, APPNOTE.TXT, ".ZIP File Format Specification", version 6.3.10.
.. [2] D. Fifield, "A better zip bomb", WOOT 2019.
"""

from __future__ import annotations

import stat
import struct
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO, NamedTuple

from supportnet.archive.codecs import Damaged, Decoded, Source, Span
from supportnet.archive.guard import plain_errors
from supportnet.archive.limits import refuse
from supportnet.archive.model import Archive
from supportnet.archive.names import natural_key

__all__ = ["ZIP_STARTS", "fill_zip"]

ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")

_END = struct.Struct("<4s4H2LH")
_END64_PLACE = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_METHODS = {0: None, 8: "deflate", 12: "bz2", 93: "zst"}
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF
_ENCRYPTED, _UTF8, _MASKED = 0x0001, 0x0800, 0x2000
_BACKSLASH_SYSTEMS = (0, 10, 14)  # MS-DOS, NTFS, VFAT
_UNIX_SYSTEMS = (3, 19)  # Unix, macOS


class _Entry(NamedTuple):
    """One line of the central directory."""

    name: str
    system: int
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    mode: int
    offset: int
    name_length: int


def fill_zip(archive: Archive) -> None:
    """List the members of a zip file.

    Parameters
    ----------
    archive
        An empty archive whose path is the zip file.

    Raises
    ------
    ArchiveError
        When the directory is damaged, has too many entries, or holds an entry that is encrypted,
        badly named, named twice or lying on top of another.
    """
    with plain_errors(archive.label), archive.path.open("rb") as stream:
        start, size, shift = _directory(stream, archive.label)
        entries: list[_Entry] = []
        for entry in _entries(stream, start, size, archive.label):
            entries.append(entry._replace(offset=entry.offset + shift))
            archive.allow(len(entries))
    ends = _ends(entries, start, archive.label)
    kept: list[tuple[str, _Entry, int]] = []
    for entry, end in zip(entries, ends, strict=True):
        name = _keep(archive, entry)
        if name is not None:
            kept.append((name, entry, end))
    for name, entry, end in sorted(kept, key=lambda one: natural_key(one[0])):
        archive.add(name, entry.size, _opener(archive.path, entry, end), entry.crc)


def _keep(archive: Archive, entry: _Entry) -> str | None:
    """Return the name of an entry that is a file to read; None for folders and those left out."""
    if entry.flags & (_ENCRYPTED | _MASKED):
        todo = "unpack it with its password, or export without one"
        refuse(archive.label, "an archive without password", "an encrypted file in it", todo)
    backslashes = entry.system in _BACKSLASH_SYSTEMS
    if entry.name.endswith("/") or (backslashes and entry.name.endswith("\\")):
        return None
    kind = stat.S_IFMT(entry.mode) if entry.system in _UNIX_SYSTEMS else 0
    if kind == stat.S_IFLNK:
        archive.skipped["link"] += 1
        return None
    if kind not in (0, stat.S_IFREG):
        archive.skipped["special_file"] += 1
        return None
    return archive.accept(entry.name, backslashes=backslashes)


def _directory(stream: BinaryIO, label: str) -> tuple[int, int, int]:
    """Return where the central directory starts, its size, and what to add to its offsets."""
    length = stream.seek(0, 2)
    tail_start = max(0, length - _END.size - _FULL16)
    stream.seek(tail_start)
    tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        refuse(label, "a whole zip file", "one without its closing directory, perhaps cut short")
    _, disk, start_disk, _, count, size, offset, _ = _END.unpack_from(tail, at)
    end = tail_start + at
    if _FULL16 in (disk, count) or _FULL32 in (size, offset):
        found = _directory64(stream, end, label)
        if found is not None:
            size, offset, end = found
            disk = start_disk = 0
    if disk or start_disk:
        refuse(label, "a zip file in one piece", "one split over several files", "join them first")
    # Bytes put in front of the archive (a self-extracting head) shift every offset.
    shift = end - size - offset
    if shift < 0:
        refuse(label, "a whole zip file", "a directory that lies outside the file")
    return end - size, size, shift


def _directory64(stream: BinaryIO, end: int, label: str) -> tuple[int, int, int] | None:
    """Return size, offset and end of a zip64 directory; None when there is none."""
    place = end - _END64_PLACE.size
    if place < 0:
        return None
    stream.seek(place)
    signature, _, offset, disks = _END64_PLACE.unpack(stream.read(_END64_PLACE.size))
    if signature != b"PK\x06\x07":
        return None
    if disks > 1:
        refuse(label, "a zip file in one piece", "one split over several files", "join them first")
    for where in (offset, place - _END64.size):
        if not 0 <= where <= place - _END64.size:
            continue
        stream.seek(where)
        record = _END64.unpack(stream.read(_END64.size))
        if record[0] == b"PK\x06\x06":
            return record[8], record[9], where
    refuse(label, "a whole zip file", "one whose directory cannot be found")


def _entries(stream: BinaryIO, start: int, size: int, label: str) -> Iterator[_Entry]:
    """Yield the lines of the central directory, reading a little at a time."""
    stream.seek(start)
    left = size
    while left >= _ENTRY.size:
        fields = _ENTRY.unpack(_exactly(stream, _ENTRY.size))
        if fields[0] != b"PK\x01\x02":
            refuse(label, "a whole zip file", "a damaged directory")
        lengths = fields[10:13]
        raw = _exactly(stream, lengths[0])
        extra = _exactly(stream, lengths[1])
        _exactly(stream, lengths[2])
        left -= _ENTRY.size + sum(lengths)
        if left < 0:
            refuse(label, "a whole zip file", "a damaged directory")
        yield _entry(fields, raw, extra, label)
    if left:
        refuse(label, "a whole zip file", "a damaged directory")


def _exactly(stream: BinaryIO, n: int) -> bytes:
    data = stream.read(n)
    if len(data) < n:
        msg = "a file that ends before its last byte"
        raise Damaged(msg)
    return data


def _entry(fields: tuple[int, ...], raw: bytes, extra: bytes, label: str) -> _Entry:
    _, version, _, flags, method, _, _, crc, packed, size, _, _, _, disk, _, external, offset = (
        fields
    )
    name = raw.decode("utf-8", "replace") if flags & _UTF8 else _old_name(raw)
    for tag, body in _extras(extra):
        if tag == 0x0001:
            size, packed, offset, body = _wide(size, packed, offset, body, label)
        elif tag == 0x7075 and body[:5] == b"\x01" + zlib.crc32(raw).to_bytes(4, "little"):
            # Info-ZIP's Unicode name counts only while it belongs to the plain one.
            name = body[5:].decode("utf-8", "replace")
    if disk not in (0, _FULL16):
        refuse(label, "a zip file in one piece", "one split over several files", "join them first")
    return _Entry(
        name, version >> 8, flags, method, crc, packed, size, external >> 16, offset, len(raw)
    )


def _wide(
    size: int, packed: int, offset: int, body: bytes, label: str
) -> tuple[int, int, int, bytes]:
    """Replace the fields that are marked as too small by their zip64 values."""
    values = [size, packed, offset]
    for position, value in enumerate(values):
        if value == _FULL32:
            if len(body) < 8:
                refuse(label, "a whole zip file", "a damaged directory")
            values[position] = int.from_bytes(body[:8], "little")
            body = body[8:]
    return values[0], values[1], values[2], body


def _extras(extra: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(extra):
        tag, length = struct.unpack_from("<HH", extra, at)
        yield tag, extra[at + 4 : at + 4 + length]
        at += 4 + length


def _old_name(raw: bytes) -> str:
    """Decode a name without UTF-8 flag: many programs write UTF-8 all the same."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp437")


def _ends(entries: list[_Entry], directory: int, label: str) -> list[int]:
    """Return for each entry the byte before which it must end; refuse entries that overlap."""
    order = sorted(range(len(entries)), key=lambda i: entries[i].offset)
    ends = [directory] * len(entries)
    for position, index in enumerate(order):
        entry = entries[index]
        if position + 1 < len(order):
            ends[index] = entries[order[position + 1]].offset
        if entry.offset + _LOCAL.size + entry.name_length + entry.packed > ends[index]:
            refuse(label, "files that lie side by side", "some that lie on top of each other")
    return ends


def _opener(path: Path, entry: _Entry, end: int) -> Callable[[], Source]:
    return partial(_open, path, entry.method, entry.packed, entry.offset, end)


def _open(path: Path, method: int, packed: int, offset: int, end: int) -> Source:
    """Open one entry after checking its local header."""
    if method not in _METHODS:
        msg = f"compression method {method}, which is not read here"
        raise Damaged(msg)
    stream = path.open("rb", buffering=0)
    try:
        stream.seek(offset)
        header = stream.read(_LOCAL.size)
        if len(header) < _LOCAL.size or header[:4] != b"PK\x03\x04":
            msg = "a directory that points at the wrong place"
            raise Damaged(msg)
        local = _LOCAL.unpack(header)
        data = offset + _LOCAL.size + local[9] + local[10]
        if local[2] & _ENCRYPTED:
            msg = "an encrypted file"
            raise Damaged(msg)
        if data + packed > end:
            msg = "a file that lies on top of another"
            raise Damaged(msg)
        stream.seek(data)
    except BaseException:
        stream.close()
        raise
    span = Span(stream, packed)
    codec = _METHODS[method]
    return span if codec is None else Decoded(span, codec, many=False)
