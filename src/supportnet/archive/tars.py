"""Tar archives, plain or compressed, read in one pass and opened in any order.

A plain tar is opened at the byte where a member starts. A compressed one cannot be: the first
pass remembers small members, and for the others one reader is kept running, so that opening them
in their order costs one pass in all and opening an earlier one starts again from the front.
"""

from __future__ import annotations

import re
from functools import partial
from typing import NamedTuple

from supportnet.archive.codecs import Damaged, Decoded, Source, Span
from supportnet.archive.guard import plain_errors
from supportnet.archive.limits import refuse
from supportnet.archive.model import Archive
from supportnet.archive.names import natural_key
from supportnet.archive.tar_headers import BLOCK, member_name, number, pax_facts, sum_is_right

__all__ = ["TarArchive", "fill_tar"]

_STEP = 256 * 1024
_EXTRA = 2**20  # largest extended header that is read
_SMALL = 2**20
_REMEMBERED = 256 * 2**20
_FILES = (b"0", b"\0", b"7")
_LINKS = (b"1", b"2")
_IGNORED = (b"5", b"V")  # folders, volume labels
_SIZE = re.compile("[0-9]{1,15}")


class _Entry(NamedTuple):
    """One file of the tar."""

    name: str
    offset: int
    size: int


class _Held:
    """Bytes in memory as a source."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.consumed = 0

    def read(self, n: int) -> bytes:
        """Return at most `n` bytes; none at the end."""
        piece = self._data[self.consumed : self.consumed + n]
        self.consumed += len(piece)
        return piece

    def close(self) -> None:
        """Do nothing: the bytes belong to the archive."""


class _Running:
    """A reader over the tar's plain bytes that knows where it is."""

    def __init__(self, archive: Archive, codec: str | None) -> None:
        self._file = archive.path.open("rb", buffering=0)
        raw = Span(self._file)
        self._source: Source = raw if codec is None else Decoded(raw, codec)
        self._length = archive.path.stat().st_size
        self._limits = archive.limits
        self._label = archive.label
        self._packed = codec is not None
        self.at = 0

    @property
    def consumed(self) -> int:
        """Bytes taken from the file so far."""
        return self._source.consumed

    def some(self, n: int) -> bytes:
        """Return at most `n` bytes, after checking the compression ratio."""
        data = self._source.read(n)
        self.at += len(data)
        limits = self._limits
        if self._packed and limits.ratio_after < self.at > limits.ratio * self.consumed:
            most = f"a compression ratio of at most {limits.ratio:g}"
            refuse(self._label, most, "a higher one, as in a decompression bomb")
        if self.at > limits.total_bytes:
            most = f"at most {limits.total_bytes:,} bytes in all"
            refuse(self._label, most, "more", "raise the limit if you trust the file")
        return data

    def exactly(self, n: int) -> bytes:
        """Return `n` bytes; a tar that ends before is damaged."""
        pieces: list[bytes] = []
        while n:
            piece = self.some(min(n, _STEP))
            if not piece:
                msg = "a tar that is cut short"
                raise Damaged(msg)
            pieces.append(piece)
            n -= len(piece)
        return b"".join(pieces)

    def skip_to(self, offset: int) -> None:
        """Go on to `offset`: by reading where the tar is compressed, at once where it is not."""
        if not self._packed and offset <= self._length:
            self._file.seek(offset)
            self.at = offset
        while self.at < offset:
            if not self.some(min(offset - self.at, _STEP)):
                msg = "a tar that is cut short"
                raise Damaged(msg)

    def close(self) -> None:
        """Let go of the file."""
        self._source.close()


class _Tape:
    """The compressed tar behind the members: what is remembered of it, and the idle reader."""

    held = 0  # bytes remembered by all tapes together

    def __init__(self, archive: Archive, codec: str) -> None:
        self._archive = archive
        self._codec = codec
        self._idle: _Running | None = None
        self._whole: dict[int, bytes] = {}

    def remember(self, offset: int, data: bytes) -> None:
        """Keep a small member's bytes."""
        self._whole[offset] = data
        type(self).held += len(data)

    def has_room(self, size: int) -> bool:
        """Answer whether a member of `size` bytes is to be kept in memory."""
        return size <= min(_SMALL, _REMEMBERED - _Tape.held)

    def open(self, offset: int, size: int) -> Source:
        """Open the member that starts at `offset`."""
        if offset in self._whole:
            return _Held(self._whole[offset])
        running, self._idle = self._idle, None
        if running is not None and running.at > offset:
            running.close()
            running = None
        if running is None:
            running = _Running(self._archive, self._codec)
        try:
            running.skip_to(offset)
        except BaseException:
            running.close()
            raise
        return _Stretch(self, running, size)

    def give_back(self, running: _Running) -> None:
        """Keep the reader for the next member, closing another one that was kept."""
        if self._idle is not None:
            self._idle.close()
        self._idle = running

    def close(self) -> None:
        """Let go of the file and of what is remembered."""
        if self._idle is not None:
            self._idle.close()
            self._idle = None
        type(self).held -= sum(map(len, self._whole.values()))
        self._whole = {}

    def __del__(self) -> None:
        self.close()


class _Stretch:
    """One member, read from the running reader and handing it back when done."""

    def __init__(self, tape: _Tape, running: _Running, size: int) -> None:
        self._tape = tape
        self._running: _Running | None = running
        self._left = size
        self._start = running.consumed
        self.consumed = 0

    def read(self, n: int) -> bytes:
        """Return at most `n` bytes; none at the end."""
        running = self._running
        if running is None or not self._left:
            self.close()
            return b""
        data = running.some(min(n, self._left))
        if not data:
            msg = "a tar that is cut short"
            raise Damaged(msg)
        self._left -= len(data)
        # The ratio of the whole tar is checked by the reader; a member alone has none of its own.
        self.consumed += len(data)
        return data

    def close(self) -> None:
        """Hand the reader back."""
        if self._running is not None:
            running, self._running = self._running, None
            self._tape.give_back(running)


class TarArchive(Archive):
    """A tar archive; closing it lets go of the running reader."""

    tape: _Tape | None = None

    def close(self) -> None:
        """Forget what was remembered of the files and close the tar."""
        super().close()
        if self.tape is not None:
            self.tape.close()


def fill_tar(archive: TarArchive, codec: str | None) -> None:
    """List the members of a tar file in one pass.

    Parameters
    ----------
    archive
        An empty archive whose path is the file.
    codec
        How it is compressed; None for a plain tar.

    Raises
    ------
    ArchiveError
        When it is damaged or over a cap, or holds a bad or repeated name.
    """
    tape = _Tape(archive, codec) if codec is not None else None
    archive.tape = tape
    with plain_errors(archive.label):
        running = _Running(archive, codec)
        try:
            kept = _scan(archive, running, tape)
        finally:
            running.close()
    for entry in sorted(kept, key=lambda one: natural_key(one.name)):
        if tape is None:
            opener = partial(_open_plain, archive, entry.offset, entry.size)
            archive.add(entry.name, entry.size, opener)
        else:
            archive.add(entry.name, entry.size, partial(tape.open, entry.offset, entry.size))


def _open_plain(archive: Archive, offset: int, size: int) -> Source:
    stream = archive.path.open("rb", buffering=0)
    stream.seek(offset)
    return Span(stream, size)


def _scan(archive: Archive, running: _Running, tape: _Tape | None) -> list[_Entry]:
    """Walk all headers; hold the small members of a compressed tar."""
    kept: list[_Entry] = []
    seen = 0
    extra: dict[str, str] = {}
    common: dict[str, str] = {}
    while (header := _header(running)) is not None:
        kind = header[156:157]
        size = number(header[124:136])
        if kind in (b"x", b"g", b"L", b"K"):
            body = _extended(running, size)
            if kind == b"L":
                extra["path"] = body.split(b"\0", 1)[0].decode("utf-8", "replace")
            elif kind == b"x":
                extra.update(pax_facts(body))
            elif kind == b"g":
                common.update(pax_facts(body))
            continue
        seen += 1
        archive.allow(seen)
        facts = {**common, **extra}
        extra = {}
        size = int(facts["size"]) if _SIZE.fullmatch(facts.get("size", "")) else size
        if kind in _LINKS:
            size = 0
        entry = _Entry(facts.get("path") or member_name(header), running.at, size)
        name = _keep(archive, entry, kind, facts)
        if name is not None:
            kept.append(entry._replace(name=name))
        if name is not None and tape is not None and tape.has_room(size):
            tape.remember(entry.offset, running.exactly(size))
        running.skip_to(entry.offset + size + -size % BLOCK)
    while running.some(_STEP):
        """Reach the end of the file, where the checksum of the compressed bytes stands."""
    return kept


def _keep(archive: Archive, entry: _Entry, kind: bytes, facts: dict[str, str]) -> str | None:
    """Return the name of an entry that is a file to read; None for those left out."""
    if kind in _IGNORED or (kind in _FILES and entry.name.endswith("/")):
        return None
    if kind in _LINKS:
        archive.skipped["link"] += 1
        return None
    if kind not in _FILES or any(key.startswith("GNU.sparse") for key in facts):
        archive.skipped["special_file"] += 1
        return None
    return archive.accept(entry.name)


def _header(running: _Running) -> bytes | None:
    """Return the next header; None at the end of the tar."""
    block = b""
    while len(block) < BLOCK:
        piece = running.some(BLOCK - len(block))
        if not piece:
            break
        block += piece
    if len(block) == BLOCK and not block.strip(b"\0"):
        return None
    if len(block) < BLOCK:
        msg = "a tar that is cut short"
        raise Damaged(msg)
    if not sum_is_right(block):
        msg = "a tar with a damaged header"
        raise Damaged(msg)
    return block


def _extended(running: _Running, size: int) -> bytes:
    if size > _EXTRA:
        msg = "a tar with an oversized header"
        raise Damaged(msg)
    body = running.exactly(size)
    running.exactly(-size % BLOCK)
    return body
