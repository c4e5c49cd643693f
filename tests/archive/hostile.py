"""Builders of damaged and hostile exports: each writes one small file and says what to expect.

`CASES` maps a name to ``(builder, expected)``. A builder gets an empty folder and returns the path
to open. `expected` is a word of the error; or ``skipped:REASON`` where the file is left out and
counted; or ``bad:REASON`` where the one bad element or line is reported and reading goes on.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import zstandard

SECRET = "Plantagenet"
MIB = 2**20
ZEROS = bytes(24 * MIB)
Builder = Callable[[Path], Path]


def save(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


# -- zip -------------------------------------------------------------------------------------


def local(
    name: bytes, body: bytes, *, method: int = 0, flags: int = 0, extra: bytes = b""
) -> bytes:
    head = struct.pack(
        "<4s5H3L2H", b"PK\x03\x04", 20, flags, method, 0, 0, zlib.crc32(body),
        len(body), len(body), len(name), len(extra),
    )  # fmt: skip
    return head + name + extra + body


def central(
    name: bytes, offset: int, size: int, *, packed: int | None = None, crc: int = 0,
    method: int = 0, flags: int = 0, mode: int = 0, extra: bytes = b"", system: int = 3,
    disk: int = 0,
) -> bytes:  # fmt: skip
    return (
        struct.pack(
            "<4s6H3L5H2L", b"PK\x01\x02", 20 | system << 8, 20, flags, method, 0, 0, crc,
            size if packed is None else packed, size, len(name), len(extra), 0, disk, 0,
            mode << 16, offset,
        )
        + name
        + extra
    )  # fmt: skip


def ending(count: int, size: int, offset: int, *, disk: int = 0) -> bytes:
    few = min(count, 0xFFFF)
    return struct.pack("<4s4H2LH", b"PK\x05\x06", disk, disk, few, few, size, offset, 0)


def raw_zip(bodies: bytes, entries: list[bytes], **more: int) -> bytes:
    directory = b"".join(entries)
    return bodies + directory + ending(len(entries), len(directory), len(bodies), **more)


def one_entry(folder: Path, name: bytes, **more: int | bytes) -> Path:
    """Write a zip of one sound entry, with some fields of the directory changed."""
    body = b"hello"
    fields: dict[str, object] = {"crc": zlib.crc32(body), **more}
    entry = central(name, 0, len(body), **fields)  # type: ignore[arg-type]
    return save(folder, "a.zip", raw_zip(local(name, body), [entry]))


def sound_zip(data: bytes = b"hello", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        archive.writestr(f"{SECRET}/a.txt", data)
    return made.getvalue()


def zip_bomb(folder: Path, method: int) -> Path:
    return save(folder, "a.zip", sound_zip(ZEROS, method))


def zip_overlapping(folder: Path) -> Path:
    body = local(b"0", ZEROS[:MIB])
    entries = [central(b"%d" % n, 0, MIB) for n in range(1000)]
    return save(folder, "a.zip", raw_zip(body, entries))


def zip_quoted_overlap(folder: Path) -> Path:
    """Hide the next local header inside the extra field of the one before (Fifield 2019)."""
    inner = local(b"b", b"x" * 100)
    outer = local(b"a", b"", extra=struct.pack("<HH", 0x9999, len(inner)))
    outer = outer[:26] + struct.pack("<HH", 1, 4 + 31) + outer[30:]
    entries = [
        central(b"a", 0, 100, crc=zlib.crc32(b"x" * 100), packed=0),
        central(b"b", len(outer), 100, crc=zlib.crc32(b"x" * 100)),
    ]
    # The first entry's data start where the second's do: they share them.
    entries[0] = central(b"a", 0, 100, crc=zlib.crc32(b"x" * 100), packed=4)
    return save(folder, "a.zip", raw_zip(outer + inner, entries))


def zip_many(folder: Path) -> Path:
    names = [b"%06d" % n for n in range(200_001)]
    bodies = b"".join(local(name, b"") for name in names)
    entries = [central(name, n * 36, 0) for n, name in enumerate(names)]
    return save(folder, "a.zip", raw_zip(bodies, entries))


def zip_twice(folder: Path, other: bytes) -> Path:
    bodies = local(b"a.txt", b"") + local(other, b"")
    entries = [central(b"a.txt", 0, 0), central(other, 35, 0)]
    return save(folder, "a.zip", raw_zip(bodies, entries))


def zip_cut(folder: Path, sixtyfourths: int) -> Path:
    data = sound_zip(os.urandom(4000))
    return save(folder, "a.zip", data[: len(data) * sixtyfourths // 64])


def zip_flipped(folder: Path) -> Path:
    data = bytearray(sound_zip(os.urandom(4000), zipfile.ZIP_STORED))
    data[1000] ^= 1
    return save(folder, "a.zip", bytes(data))


def zip_damaged_deflate(folder: Path) -> Path:
    data = bytearray(sound_zip(b"the river " * 1000))
    data[60:70] = b"\xff" * 10
    return save(folder, "a.zip", bytes(data))


def zip_lying(folder: Path, stated: int) -> Path:
    data = bytearray(sound_zip(b"x" * 5000))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<L", stated)
    return save(folder, "a.zip", bytes(data))


def zip_wrong_place(folder: Path) -> Path:
    return save(folder, "a.zip", raw_zip(bytes(100), [central(b"a", 3, 5)]))


def zip_bad_directory(folder: Path) -> Path:
    return save(folder, "a.zip", b"PK\x03\x04" + bytes(80) + ending(1, 46, 30))


def zip_directory_outside(folder: Path) -> Path:
    return save(folder, "a.zip", b"PK\x03\x04" + ending(1, 5000, 90_000))


def zip64_nonsense(folder: Path) -> Path:
    place = struct.pack("<4sLQL", b"PK\x06\x07", 0, 2**60, 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 2**32 - 1, 2**32 - 1, 0)
    return save(folder, "a.zip", b"PK\x03\x04" + bytes(80) + place + end)


def zip64_short_extra(folder: Path) -> Path:
    entry = central(b"a", 0xFFFFFFFF, 0xFFFFFFFF, extra=struct.pack("<HHL", 1, 4, 7))
    return save(folder, "a.zip", raw_zip(local(b"a", b""), [entry]))


# -- compressed files ------------------------------------------------------------------------


def gz_bad_crc(folder: Path) -> Path:
    data = bytearray(gzip.compress(b"hello" * 100))
    data[-8] ^= 1
    return save(folder, "a.txt.gz", bytes(data))


def zstd(data: bytes) -> bytes:
    return bytes(zstandard.ZstdCompressor().compress(data))


def zstd_flipped(folder: Path) -> Path:
    data = bytearray(zstandard.ZstdCompressor(write_checksum=True).compress(os.urandom(4000)))
    data[2000] ^= 1
    return save(folder, "a.zst", bytes(data))


def xz_wide(folder: Path) -> Path:
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 1024 * MIB}]
    data = lzma.compress(b"x", filters=filters)
    return save(folder, "a.txt.xz", data)


# -- tar -------------------------------------------------------------------------------------


def tar(*members: tuple[str, bytes] | tarfile.TarInfo, mode: str = "w") -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=mode) as archive:  # type: ignore[call-overload]
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                archive.addfile(member)
            else:
                info = tarfile.TarInfo(member[0])
                info.size = len(member[1])
                archive.addfile(info, io.BytesIO(member[1]))
    return made.getvalue()


def tar_file(folder: Path, data: bytes) -> Path:
    return save(folder, "a.tar", data)


def tar_named(folder: Path, *names: str) -> Path:
    return tar_file(folder, tar(*[(name, b"hello") for name in names]))


def tar_special(folder: Path, kind: bytes) -> Path:
    info = tarfile.TarInfo("link")
    info.type, info.linkname = kind, "/etc/passwd"
    return tar_file(folder, tar(info, ("a.txt", b"hello")))


def tar_header(data: bytes, **fields: tuple[int, bytes]) -> bytes:
    """Overwrite fields of the first header and make its checksum right again."""
    block = bytearray(data[:512])
    for at, value in fields.values():
        block[at : at + len(value)] = value
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block) + data[512:]


def tar_changed(folder: Path, at: int, value: bytes) -> Path:
    return tar_file(folder, tar_header(tar(("a.txt", b"hello")), field=(at, value)))


def tar_bad_sum(folder: Path) -> Path:
    data = bytearray(tar(("a.txt", b"hello"), ("b.txt", b"hello")))
    data[1024 + 3] ^= 1
    return tar_file(folder, bytes(data))


def tar_bad_pax(folder: Path) -> Path:
    body = b"99999999 path=x\n".ljust(512, b"\0")
    first = tar_header(tar(("x", body)), field=(156, b"x"))
    return tar_file(folder, first)


def tar_many(folder: Path) -> Path:
    header = tar_header(tar(("a", b"")), field=(156, b"5"))[:512]
    made = gzip.compress(header * 200_001 + bytes(1024), 1)
    return save(folder, "a.tar.gz", made)


# -- text ------------------------------------------------------------------------------------


def text(folder: Path, name: str, data: bytes) -> Path:
    return save(folder, name, data)


def deep(folder: Path, piece: bytes, times: int, name: str = "a.json") -> Path:
    return save(folder, name, piece * times)


# -- folders ---------------------------------------------------------------------------------


def folder_link(folder: Path) -> Path:
    root = folder / "export"
    root.mkdir()
    (root / "a.txt").write_text("hello")
    (root / "b.txt").symlink_to("/etc/hostname")
    (root / "loop").symlink_to(root)
    return root


def folder_pipe(folder: Path) -> Path:
    root = folder / "export"
    root.mkdir()
    os.mkfifo(root / "pipe.txt")
    (root / "a.txt").write_text("hello")
    return root


def folder_deep(folder: Path) -> Path:
    place = folder / "export"
    for _ in range(70):
        place = place / "d"
    place.mkdir(parents=True)
    (place / "a.txt").write_text("hello")
    return folder / "export"


def pipe_itself(folder: Path) -> Path:
    os.mkfifo(folder / "pipe")
    return folder / "pipe"


# -- the battery -----------------------------------------------------------------------------

_BIG = b'{"messages": [1, {"t": "' + b"x" * (2 * MIB) + b'"}, 2]}'
_DENSE = b'{"messages": [1, [' + b"[]," * (2 * MIB) + b"[]], 2]}"
_LONG_ELEMENT = b'{"messages": [1, [' + b",".join([b'"' + b"y" * 1000 + b'"'] * 9000) + b"], 2]}"

CASES: dict[str, tuple[Builder, str]] = {
    "zip bomb": (partial(zip_bomb, method=zipfile.ZIP_DEFLATED), "compression ratio"),
    "zip bomb, bzip2": (partial(zip_bomb, method=zipfile.ZIP_BZIP2), "compression ratio"),
    "zip overlapping": (zip_overlapping, "on top of each other"),
    "zip quoted overlap": (zip_quoted_overlap, "on top of another"),
    "zip of a zip": (lambda f: one_entry(f, b"inner.zip"), "skipped:nested_archive"),
    "zip of a gz": (lambda f: one_entry(f, b"inner.txt.gz"), "skipped:nested_archive"),
    "zip of 200,001": (zip_many, "at most 200,000 files"),
    "zip encrypted": (partial(one_entry, name=b"a", flags=1), "encrypted"),
    "zip masked": (partial(one_entry, name=b"a", flags=0x2000), "encrypted"),
    "zip absolute": (partial(one_entry, name=b"/etc/Plantagenet"), "absolute"),
    "zip dots": (partial(one_entry, name=b"../Plantagenet"), "leads out"),
    "zip dots inside": (partial(one_entry, name=b"a/../../Plantagenet"), "leads out"),
    "zip backslash dots": (partial(one_entry, name=b"..\\Plantagenet", system=0), "leads out"),
    "zip unc": (partial(one_entry, name=b"\\\\host\\Plantagenet"), "absolute"),
    "zip drive": (partial(one_entry, name=b"C:\\Plantagenet"), "absolute"),
    "zip nul": (partial(one_entry, name=b"Plantagenet\0.txt"), "NUL"),
    "zip empty name": (partial(one_entry, name=b""), "empty file name"),
    "zip duplicate": (partial(zip_twice, other=b"a.txt"), "one name twice"),
    "zip duplicate by spelling": (partial(zip_twice, other=b"./a.txt"), "one name twice"),
    "zip link": (partial(one_entry, name=b"Plantagenet", mode=0o120777), "skipped:link"),
    "zip device": (partial(one_entry, name=b"a", mode=0o060666), "skipped:special_file"),
    "zip flipped": (zip_flipped, "checksum"),
    "zip damaged deflate": (zip_damaged_deflate, "damaged"),
    "zip longer than stated": (partial(zip_lying, stated=4000), "a longer one"),
    "zip shorter than stated": (partial(zip_lying, stated=6000), "a shorter one"),
    "zip wrong place": (zip_wrong_place, "wrong place"),
    "zip bad directory": (zip_bad_directory, "damaged directory"),
    "zip directory outside": (zip_directory_outside, "outside the file"),
    "zip unknown method": (partial(one_entry, name=b"a", method=99), "compression method 99"),
    "zip64 nonsense": (zip64_nonsense, "cannot be found"),
    "zip64 short extra": (zip64_short_extra, "damaged directory"),
    "zip of several disks": (
        lambda f: save(f, "a.zip", raw_zip(local(b"a", b""), [central(b"a", 0, 0)], disk=2)),
        "split over several",
    ),
    "zip entry on another disk": (partial(one_entry, name=b"a", disk=3), "split over several"),
    "zip only by name": (lambda f: save(f, "a.zip", b"hello"), "closing directory"),
    "gz bomb": (lambda f: save(f, "a.gz", gzip.compress(ZEROS)), "compression ratio"),
    "gz cut": (lambda f: save(f, "a.gz", gzip.compress(os.urandom(999))[:-99]), "cut short"),
    "gz bad crc": (gz_bad_crc, "damaged"),
    "gz with junk behind": (lambda f: save(f, "a.gz", gzip.compress(b"x") + b"junk"), "damaged"),
    "bz2 bomb": (lambda f: save(f, "a.bz2", bz2.compress(ZEROS)), "compression ratio"),
    "xz bomb": (lambda f: save(f, "a.xz", lzma.compress(ZEROS, preset=0)), "compression ratio"),
    "xz asking for memory": (xz_wide, "damaged"),
    "zst bomb": (lambda f: save(f, "a.zst", zstd(ZEROS)), "compression ratio"),
    "zst cut": (lambda f: save(f, "a.zst", zstd(os.urandom(999))[:-99]), "cut short"),
    "zst flipped": (zstd_flipped, "damaged"),
    "tar dots": (lambda f: tar_named(f, "../Plantagenet"), "leads out"),
    "tar absolute": (lambda f: tar_named(f, "/etc/Plantagenet"), "absolute"),
    "tar duplicate": (lambda f: tar_named(f, "a.txt", "./a.txt"), "one name twice"),
    "tar symbolic link": (partial(tar_special, kind=tarfile.SYMTYPE), "skipped:link"),
    "tar hard link": (partial(tar_special, kind=tarfile.LNKTYPE), "skipped:link"),
    "tar device": (partial(tar_special, kind=tarfile.CHRTYPE), "skipped:special_file"),
    "tar pipe": (partial(tar_special, kind=tarfile.FIFOTYPE), "skipped:special_file"),
    "tar sparse": (partial(tar_special, kind=tarfile.GNUTYPE_SPARSE), "skipped:special_file"),
    "tar cut": (lambda f: tar_file(f, tar(("a.txt", b"x" * 5000))[:3000]), "cut short"),
    "tar cut between files": (lambda f: tar_file(f, tar(("a.txt", b"x"))[:1024]), "cut short"),
    "tar bad sum": (tar_bad_sum, "damaged header"),
    "tar endless size": (partial(tar_changed, at=124, value=b"\x80" + b"\x7f" * 11), "cut short"),
    "tar negative size": (partial(tar_changed, at=124, value=b"\xff" * 12), "damaged header"),
    "tar oversized pax": (
        lambda f: tar_file(f, tar_header(tar(("x", bytes(2 * MIB))), field=(156, b"x"))),
        "oversized header",
    ),
    "tar oversized name": (
        lambda f: tar_file(f, tar_header(tar(("x", bytes(2 * MIB))), field=(156, b"L"))),
        "oversized header",
    ),
    "tar bad pax": (tar_bad_pax, "damaged header"),
    "tar.gz bomb": (
        lambda f: save(f, "a.tar.gz", gzip.compress(tar(("a.txt", ZEROS)))),
        "compression ratio",
    ),
    "tar.gz of 200,001 folders": (tar_many, "at most 200,000 files"),
    "tar.gz cut": (
        lambda f: save(f, "a.tar.gz", gzip.compress(tar(("a.txt", os.urandom(9999))))[:5000]),
        "cut short",
    ),
    "json 20,000 brackets": (partial(deep, piece=b"[", times=20_000), "bad:json_truncated"),
    "json 20,000 objects": (partial(deep, piece=b'{"a":', times=20_000), "bad:json_truncated"),
    "json deep element": (
        lambda f: text(f, "a.json", b'{"messages": [' + b"[" * 10**6 + b"]" * 10**6 + b", 1]}"),
        "bad:json_depth",
    ),
    "json deep context": (
        lambda f: text(f, "a.json", b'{"a": ' + b"[" * 9000 + b"]" * 9000 + b', "messages": [1]}'),
        "bad:json_depth",
    ),
    "json long field": (lambda f: text(f, "a.json", _BIG), "bad:field_too_long"),
    "json dense": (lambda f: text(f, "a.json", _DENSE), "bad:too_many_values"),
    "json long element": (lambda f: text(f, "a.json", _LONG_ELEMENT), "bad:element_too_long"),
    "json long key": (
        lambda f: text(f, "a.json", b'{"' + b"k" * (3 * MIB) + b'": 1, "messages": [1]}'),
        "bad:json_syntax",
    ),
    "json many digits": (
        lambda f: text(f, "a.json", b'{"messages": [1, ' + b"9" * 5000 + b", 2]}"),
        "bad:json_syntax",
    ),
    "json empty": (lambda f: text(f, "a.json", b""), "bad:json_truncated"),
    "json nul": (lambda f: text(f, "a.json", bytes(5000)), "bad:json_shape"),
    "jsonl deep": (
        lambda f: text(f, "a.jsonl", b"[" * 10**6 + b"]" * 10**6 + b"\n{}\n"),
        "bad:json_depth",
    ),
    "jsonl long line": (
        lambda f: text(f, "a.jsonl", b'["' + b'x","' * (3 * MIB) + b'"]\n{}\n'),
        "bad:element_too_long",
    ),
    "line of 40 MB": (lambda f: text(f, "a.txt", b"x" * (40 * MIB)), "bad:cut_line"),
    "csv open quote": (
        lambda f: text(f, "a.csv", b'a,"' + b"x,\n" * MIB),
        "bad:field_too_long",
    ),
    "csv endless row": (
        lambda f: text(f, "a.csv", b'"x\n",' * (2 * MIB)),
        "bad:field_too_long",
    ),
    "folder link": (folder_link, "skipped:link"),
    "folder pipe": (folder_pipe, "skipped:special_file"),
    "folder deep": (folder_deep, "skipped:too_deep"),
    "pipe itself": (pipe_itself, "something else"),
    **{
        f"zip cut at {part}/64": (partial(zip_cut, sixtyfourths=part), "")
        for part in range(1, 64)
    },
}  # fmt: skip
