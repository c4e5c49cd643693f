"""`Archive` and `Member`: what an importer sees of a zip, a tar, a folder or a single file."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from supportnet.archive.codecs import Source
from supportnet.archive.guard import Budget, guarded, plain_errors
from supportnet.archive.limits import Limits, refuse
from supportnet.archive.names import clean_name, extension, skip_reason

__all__ = ["Archive", "Member"]

_HEADS = 2**21
_STEP = 2**20


class Member:
    """One file of an archive. Nothing is written to disk to read it.

    Attributes
    ----------
    name
        Path inside the archive, cleaned, with forward slashes; one common top folder is kept.
    size
        Uncompressed size in bytes where the archive tells.
    archive
        The archive it belongs to.
    number
        Position in the archive's list, from 0.
    """

    __slots__ = ("_crc", "_open", "archive", "name", "number", "size")

    def __init__(
        self,
        archive: Archive,
        name: str,
        size: int | None,
        opener: Callable[[], Source],
        crc: int | None = None,
    ) -> None:
        self.archive = archive
        self.name = name
        self.size = size
        self.number = len(archive.members)
        self._open = opener
        self._crc = crc

    @property
    def label(self) -> str:
        """Safe words for errors: the place of the file, never its name."""
        ending = extension(self.name)
        shown = f" ({ending})" if ending else ""
        return f"{self.archive.label}, file #{self.number + 1}{shown}"

    def open(self) -> BinaryIO:
        """Return a guarded stream over the file, from its first byte.

        Returns
        -------
        BinaryIO
            Not seekable. It raises `ArchiveError` when the file is damaged or over a cap.
        """
        label = self.label
        with plain_errors(label):
            source = self._open()
        budget = self.archive.budget
        return guarded(source, budget, self.number, label, size=self.size, crc=self._crc)

    def head(self, n: int = 65_536) -> bytes:
        """Return the first bytes, for format recognition; asked again, they are remembered.

        Parameters
        ----------
        n
            Number of bytes; fewer come back from a shorter file.

        Returns
        -------
        bytes
            The bytes as they are, a byte order mark included.
        """
        return self.archive.head_of(self, n)

    def read(self, cap: int = 64 * 2**20) -> bytes:
        """Return the whole file.

        Parameters
        ----------
        cap
            Largest size in bytes.

        Returns
        -------
        bytes
            The content.

        Raises
        ------
        ArchiveError
            When the file is longer than `cap` or damaged.
        """
        pieces: list[bytes] = []
        total = 0
        with self.open() as stream:
            while piece := stream.read(_STEP):
                total += len(piece)
                if total > cap:
                    refuse(self.label, f"a file of at most {cap:,} bytes", "a longer one")
                pieces.append(piece)
        return b"".join(pieces)

    def __repr__(self) -> str:
        return f"<Member {self.label}>"


class Archive:
    """The files of one exported archive, readable in any order.

    Attributes
    ----------
    path
        Where it lies.
    label
        Safe words for errors: `export 2 of 5 (.zip)`.
    kind
        `folder`, `file`, `zip` or `tar`.
    members
        Its files in natural order of their names, without those left out.
    skipped
        Files left out, by reason: `mac_metadata`, `nested_archive`, `link`, `special_file`.
    limits
        The caps in force.
    """

    def __init__(self, path: Path, label: str, kind: str, limits: Limits) -> None:
        self.path = path
        self.label = label
        self.kind = kind
        self.limits = limits
        self.members: list[Member] = []
        self.skipped: Counter[str] = Counter()
        self.budget = Budget(limits)
        self._names: set[str] = set()
        self._heads: dict[int, tuple[int, bytes]] = {}
        self._heads_held = 0
        self._digest: str | None = None

    def accept(self, raw: str, *, backslashes: bool = False) -> str | None:
        """Clean a member's name; None (and a count) when the member is left out by its name.

        Parameters
        ----------
        raw
            The name as the archive writes it.
        backslashes
            See `clean_name`.

        Returns
        -------
        str or None
            The name under which to `add` the member.

        Raises
        ------
        ArchiveError
            For a name that is absolute, leads out, holds a NUL or comes twice.
        """
        name, wrong = clean_name(raw, backslashes=backslashes)
        if wrong is None and not name:
            wrong = "an empty file name"
        if wrong is not None:
            refuse(self.label, "an archive of plain relative file names", wrong)
        reason = skip_reason(name)
        if reason is not None:
            self.skipped[reason] += 1
            return None
        if name in self._names:
            refuse(self.label, "every file name once", "one name twice")
        self._names.add(name)
        return name

    def claim(self, *names: str) -> str:
        """Return the first of `names` that no member has, for loose files; clear of all rules."""
        name = next((name for name in names if name not in self._names), None)
        if name is None:
            refuse(self.label, "every file name once", "one name twice")
        self._names.add(name)
        return name

    def add(
        self, name: str, size: int | None, opener: Callable[[], Source], crc: int | None = None
    ) -> None:
        """Append a member under an accepted name."""
        self.members.append(Member(self, name, size, opener, crc))

    def allow(self, count: int) -> None:
        """Refuse an archive of more than the permitted number of files."""
        if count > self.limits.members:
            most = f"at most {self.limits.members:,} files"
            refuse(self.label, most, "more than that", "raise the limit if you trust the file")

    def head_of(self, member: Member, n: int) -> bytes:
        """Return the first `n` bytes of `member`, remembering a bounded amount of them."""
        asked, held = self._heads.get(member.number, (0, b""))
        if asked >= n or (asked and len(held) < asked):
            return held[:n]
        with member.open() as stream:
            data = stream.read(n)
        if self._heads_held > _HEADS:
            self._heads.clear()
            self._heads_held = 0
        self._heads[member.number] = (n, data)
        self._heads_held += len(data)
        return data

    def sha256(self) -> str:
        """Return the SHA-256 of the archive as 64 hexadecimal digits.

        Returns
        -------
        str
            Of the file's bytes; for a folder, of the names and digests of the members in it.
        """
        if self._digest is None:
            if self.kind == "folder":
                self._digest = self._sha256_of_members()
            else:
                with plain_errors(self.label), self.path.open("rb") as stream:
                    self._digest = _sha256(stream)
        return self._digest

    def _sha256_of_members(self) -> str:
        whole = hashlib.sha256()
        for member in sorted(self.members, key=lambda one: one.name):
            with member.open() as stream:
                digest = _sha256(stream)
            whole.update(member.name.encode() + b"\0" + digest.encode() + b"\n")
        return whole.hexdigest()

    def close(self) -> None:
        """Forget what was remembered of the files."""
        self._heads.clear()
        self._heads_held = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Archive {self.label}, {len(self.members)} files>"


def _sha256(stream: BinaryIO) -> str:
    digest = hashlib.sha256()
    while piece := stream.read(_STEP):
        digest.update(piece)
    return digest.hexdigest()
