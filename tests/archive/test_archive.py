"""Folders, files, zips and tars: the same export read out of each, and nothing else."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import os
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from hostile import central, ending, local, raw_zip

from supportnet.archive import Archive, Limits, Member, open_archive, open_exports, tars
from supportnet.errors import ArchiveError, InputError

Builder = Callable[[Path], Path]

FILES = {
    "export/chats/part2.json": b'{"n": 2}',
    "export/chats/part10.json": b'{"n": 10}' * 9000,
    "export/café – 北.txt": "blé\n".encode() * 3,
    "export/empty.txt": b"",
    "export/noise.bin": os.urandom(300_000),
}
ORDER = [
    "export/café – 北.txt",
    "export/chats/part2.json",
    "export/chats/part10.json",
    "export/empty.txt",
    "export/noise.bin",
]


def as_folder(place: Path) -> Path:
    for name, data in FILES.items():
        (place / "x" / name).parent.mkdir(parents=True, exist_ok=True)
        (place / "x" / name).write_bytes(data)
    return place / "x"


def as_zip(method: int) -> Builder:
    def build(place: Path) -> Path:
        with zipfile.ZipFile(place / "x.zip", "w", method) as made:
            made.mkdir("export")
            for name, data in FILES.items():
                made.writestr(name, data)
        return place / "x.zip"

    return build


def as_tar(suffix: str) -> Builder:
    def build(place: Path) -> Path:
        plain = io.BytesIO()
        with tarfile.open(fileobj=plain, mode="w") as made:
            made.add(place, "export", recursive=False)
            for name, data in FILES.items():
                info = tarfile.TarInfo(name)
                info.size = len(data)
                made.addfile(info, io.BytesIO(data))
        path = place / f"x.tar{suffix}"
        path.write_bytes(PACKERS[suffix](plain.getvalue()))
        return path

    return build


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "": lambda data: data,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": lambda data: zstandard.ZstdCompressor(write_checksum=True).compress(data),
}
BUILDERS: dict[str, Builder] = {
    "folder": as_folder,
    "stored": as_zip(zipfile.ZIP_STORED),
    "deflated": as_zip(zipfile.ZIP_DEFLATED),
    "bzipped": as_zip(zipfile.ZIP_BZIP2),
    **{f"tar{suffix}": as_tar(suffix) for suffix in PACKERS},
}


@pytest.fixture(params=BUILDERS)
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Archive:
    path = BUILDERS[request.param](tmp_path)
    return open_archive(path)


def test_the_same_files_come_out_of_every_kind(archive: Archive) -> None:
    assert [member.name for member in archive.members] == ORDER
    for member in archive.members:
        data = FILES[member.name]
        assert member.size == len(data)
        assert member.read() == data
        assert member.head(10) == data[:10]
        assert member.head() == data[:65_536]
        assert member.head(20) == data[:20]
    assert not archive.skipped


def test_files_open_in_any_order_and_side_by_side(archive: Archive) -> None:
    for member in reversed(archive.members):
        assert member.read() == FILES[member.name]
    first, second = archive.members[2].open(), archive.members[4].open()
    pieces: tuple[list[bytes], list[bytes]] = ([], [])
    for _ in range(60):
        pieces[0].append(first.read(7000))
        pieces[1].append(second.read(7000))
    assert b"".join(pieces[0]) == FILES[ORDER[2]]
    assert b"".join(pieces[1]) == FILES[ORDER[4]]
    first.close()
    second.close()


def test_labels_hold_no_names(archive: Archive) -> None:
    for member in archive.members:
        assert "caf" not in member.label
        assert "export 1 of 1" in member.label
        assert f"file #{member.number + 1}" in member.label
        assert "caf" not in repr(member)


def test_reading_needs_a_cap(archive: Archive) -> None:
    with pytest.raises(ArchiveError, match="at most 1,000 bytes"):
        archive.members[-1].read(cap=1000)


def test_large_files_of_a_compressed_tar_cost_one_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Members too large to remember, read in order, start the decompressor once."""
    monkeypatch.setattr(tars, "_SMALL", 100)
    started = []
    kept = tars._Running.__init__

    def count(self: tars._Running, archive: Archive, codec: str | None) -> None:
        started.append(codec)
        kept(self, archive, codec)

    monkeypatch.setattr(tars._Running, "__init__", count)
    with open_archive(as_tar(".gz")(tmp_path)) as archive:
        in_order = sorted(archive.members, key=lambda member: list(FILES).index(member.name))
        assert started == ["gz"]
        for member in in_order:
            assert member.read() == FILES[member.name]
        assert started == ["gz", "gz"]
        assert in_order[1].read() == FILES[in_order[1].name]
        assert started == ["gz", "gz", "gz"]


def test_remembered_files_are_given_back(tmp_path: Path) -> None:
    before = tars._Tape.held
    with open_archive(as_tar(".gz")(tmp_path)) as archive:
        assert tars._Tape.held == before + sum(map(len, FILES.values()))
    assert tars._Tape.held == before
    assert archive.members[0].read() == FILES[ORDER[0]]  # read again from the file


@pytest.mark.parametrize("suffix", [".gz", ".bz2", ".xz", ".zst"])
def test_single_compressed_files(tmp_path: Path, suffix: str) -> None:
    data = b"hello\n" * 1000
    path = tmp_path / f"log.txt{suffix}"
    # Two streams one after the other, as log rotation writes them, and padding.
    path.write_bytes(PACKERS[suffix](data) + PACKERS[suffix](data) + bytes(4))
    (member,) = open_archive(path).members
    assert (member.name, member.size) == ("log.txt", None)
    assert member.read() == data * 2


def test_what_a_file_is_follows_from_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "chat.txt"
    path.write_bytes(b"hello")
    archive = open_archive(path)
    assert (archive.kind, archive.members[0].name) == ("file", "chat.txt")
    as_zip(0)(tmp_path).rename(tmp_path / "export.bin")
    assert open_archive(tmp_path / "export.bin").kind == "zip"


# -- zips as other programs write them ---------------------------------------------------------


def test_zips_with_bytes_in_front_and_a_comment(tmp_path: Path) -> None:
    path = as_zip(zipfile.ZIP_DEFLATED)(tmp_path)
    data = path.read_bytes()
    with zipfile.ZipFile(path, "a") as made:
        made.comment = b"a comment"
    path.write_bytes(b"#!/bin/sh\n" + path.read_bytes())
    assert [member.name for member in open_archive(path).members] == ORDER
    assert len(data) < path.stat().st_size
    for member in open_archive(path).members:
        assert member.read() == FILES[member.name]


def test_streamed_and_zip64_entries(tmp_path: Path) -> None:
    class Pipe(io.RawIOBase):
        """A file that cannot go back, so that sizes come behind the data."""

        def __init__(self) -> None:
            self.data = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:  # type: ignore[override]
            self.data += data
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as made:
        with made.open("a.txt", "w", force_zip64=True) as entry:
            entry.write(b"hello")
        made.writestr("b.txt", b"there")
    path = tmp_path / "a.zip"
    path.write_bytes(pipe.data)
    assert [member.read() for member in open_archive(path).members] == [b"hello", b"there"]


def test_more_entries_than_sixteen_bits_hold(tmp_path: Path) -> None:
    names = [f"{number:05}.txt".encode() for number in range(65_540)]
    bodies = b"".join(local(name, b"") for name in names)
    directory = b"".join(central(name, n * 39, 0) for n, name in enumerate(names))
    start, size, count = len(bodies), len(directory), len(names)
    wide = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, start)
    place = struct.pack("<4sLQL", b"PK\x06\x07", 0, start + size, 1)
    path = tmp_path / "a.zip"
    path.write_bytes(bodies + directory + wide + place + ending(count, size, start))
    assert len(zipfile.ZipFile(path).namelist()) == 65_540
    members = open_archive(path).members
    assert len(members) == 65_540
    assert members[-1].name == "65539.txt"


@pytest.mark.parametrize(
    ("raw", "flags", "name"),
    [
        ("ж.txt".encode(), 0x800, "ж.txt"),
        ("ж.txt".encode(), 0, "ж.txt"),
        ("é.txt".encode("cp437"), 0, "é.txt"),
        (b"\xff\xfe.txt", 0x800, "\ufffd\ufffd.txt"),
    ],
)
def test_names_in_old_and_new_encodings(tmp_path: Path, raw: bytes, flags: int, name: str) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(raw_zip(local(raw, b""), [central(raw, 0, 0, flags=flags)]))
    assert [member.name for member in open_archive(path).members] == [name]


def test_a_unicode_name_beside_the_plain_one(tmp_path: Path) -> None:
    for right in (True, False):
        check = zlib.crc32(b"_.txt") + (not right)
        body = struct.pack("<BL", 1, check) + "ж.txt".encode()
        extra = struct.pack("<HH", 0x7075, len(body)) + body
        path = tmp_path / "a.zip"
        path.write_bytes(raw_zip(local(b"_.txt", b""), [central(b"_.txt", 0, 0, extra=extra)]))
        assert open_archive(path).members[0].name == ("ж.txt" if right else "_.txt")


def test_backslashes_of_windows_part_folders(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    for system, name in ((0, "chats/a.txt"), (3, "chats\\a.txt")):
        entry = central(b"chats\\a.txt", 0, 0, system=system)
        path.write_bytes(raw_zip(local(b"chats\\a.txt", b""), [entry]))
        assert open_archive(path).members[0].name == name


def test_litter_is_left_out_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    names = ["__MACOSX/a.txt", "x/._a.txt", ".DS_Store", "x/inner.zip", "x/a.txt.gz", "x/a.txt"]
    with zipfile.ZipFile(path, "w") as made:
        for name in names:
            made.writestr(name, b"")
    archive = open_archive(path)
    assert [member.name for member in archive.members] == ["x/a.txt"]
    assert archive.skipped == {"mac_metadata": 3, "nested_archive": 2}


# -- tars --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_and_foreign_names_in_tars(tmp_path: Path, kind: int) -> None:
    names = ["a/" * 40 + "b.txt", "ж" * 20 + ".txt"]
    if kind != tarfile.USTAR_FORMAT:
        names.append("long" * 60 + ".txt")
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w", format=kind) as made:
        for name in names:
            info = tarfile.TarInfo(name)
            info.size = 3
            made.addfile(info, io.BytesIO(b"abc"))
    members = open_archive(path).members
    assert sorted(member.name for member in members) == sorted(names)
    assert {member.read() for member in members} == {b"abc"}


# -- folders and several paths -----------------------------------------------------------------


def names_of(archives: list[Archive]) -> list[list[str]]:
    return [[member.name for member in archive.members] for archive in archives]


def put(place: Path, data: bytes = b"x") -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)


def test_archives_of_a_folder_stand_alone_and_loose_files_together(tmp_path: Path) -> None:
    as_zip(8)(tmp_path)
    as_tar(".gz")(tmp_path)
    put(tmp_path / "chat.txt")
    put(tmp_path / "sub" / "log.txt.gz", gzip.compress(b"hello"))
    put(tmp_path / "sub" / "attachment.zip")
    archives = open_exports([tmp_path])
    assert [archive.kind for archive in archives] == ["tar", "zip", "folder"]
    assert names_of(archives) == [ORDER, ORDER, ["chat.txt", "sub/log.txt"]]
    assert archives[2].skipped == {"nested_archive": 1}
    assert archives[2].members[1].read() == b"hello"
    assert [archive.label for archive in archives] == [
        "export 1 of 3 (.gz)",
        "export 2 of 3 (.zip)",
        "export 3 of 3 (folder)",
    ]


def test_archives_in_folders_of_archives_are_opened(tmp_path: Path) -> None:
    for person in ("p1", "p2"):
        (tmp_path / person).mkdir()
        as_zip(8)(tmp_path / person)
    assert [archive.kind for archive in open_exports([tmp_path])] == ["zip", "zip"]


def test_patterns_repeats_and_missing_paths(tmp_path: Path) -> None:
    for name in ("chat 10.txt", "chat 2.txt", "other.csv"):
        put(tmp_path / name)
    archives = open_exports([str(tmp_path / "chat *.txt"), tmp_path / "chat 2.txt"])
    assert names_of(archives) == [["chat 2.txt"], ["chat 10.txt"]]
    put(tmp_path / "odd [1].txt")
    assert names_of(open_exports([tmp_path / "odd [1].txt"])) == [["odd [1].txt"]]
    for missing in (tmp_path / "nothing", tmp_path / "*.zip"):
        with pytest.raises(InputError, match=r"path 2 of 2: .* found nothing there"):
            open_exports([tmp_path, missing])
    with pytest.raises(InputError, match="found nothing there"):
        open_archive(tmp_path / "nothing")


def test_a_loose_file_and_its_compressed_twin(tmp_path: Path) -> None:
    put(tmp_path / "a.txt", b"plain")
    put(tmp_path / "a.txt.gz", gzip.compress(b"packed"))
    put(tmp_path / "M: b.txt", b"colon")
    members = open_archive(tmp_path).members
    assert {member.name: member.read() for member in members} == {
        "a.txt": b"plain",
        "a.txt.gz": b"packed",
        "M: b.txt": b"colon",
    }


def test_an_empty_folder_is_an_archive_without_files(tmp_path: Path) -> None:
    assert names_of(open_exports([tmp_path])) == [[]]


def test_digests(tmp_path: Path) -> None:
    path = as_zip(8)(tmp_path)
    assert open_archive(path).sha256() == hashlib.sha256(path.read_bytes()).hexdigest()
    folder = as_folder(tmp_path)
    first = open_archive(folder).sha256()
    assert first == open_archive(folder).sha256()
    (folder / "export" / "empty.txt").write_bytes(b"!")
    assert open_archive(folder).sha256() != first
    (folder / "export" / "empty.txt").write_bytes(b"")
    assert open_archive(folder).sha256() == first
    (folder / "export" / "empty.txt").rename(folder / "export" / "void.txt")
    assert open_archive(folder).sha256() != first


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    put(path)
    (member,) = open_archive(path).members
    path.unlink()
    with pytest.raises(ArchiveError, match=r"could not read it \(error 2\)") as caught:
        member.open()
    assert str(tmp_path) not in str(caught.value)


def test_files_read_twice_count_once(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    put(path, bytes(600))
    member: Member = open_archive(path, limits=Limits(total_bytes=1000)).members[0]
    assert {len(member.read()) for _ in range(5)} == {600}


def test_remembered_heads_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("supportnet.archive.model._HEADS", 1000)
    for number in range(20):
        put(tmp_path / f"{number}.txt", bytes([number]) * 300)
    archive = open_archive(tmp_path)
    for _ in range(2):
        assert [member.head(100)[0] for member in archive.members] == list(range(20))
        assert archive._heads_held <= 1100
