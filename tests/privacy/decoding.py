"""Decode everything the package wrote or said, and look for plants in it.

Bytes that are searched as they are hide much: parquet pages are compressed, figures are encoded.
So each file is read the way a curious person would read it.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.parquet as pq
from planting import NUMBER, PLANTS, WORD

__all__ = ["leaks", "search", "texts_of"]

_DATA = re.compile(r"data:[\w/+.-]+;base64,([A-Za-z0-9+/=\s]+)")
_PLANT = re.compile(rf"{WORD}|{'[^0-9]{0,2}'.join(NUMBER)}", re.IGNORECASE)
_HEX = re.compile(r"[0-9a-f]{16,}")


def _digests() -> set[str]:
    """Return the first 16 hex digits of what plain hashes make of the plants."""
    found = set()
    for kind, plants in PLANTS.items():
        for plant in plants:
            spellings = {plant, plant.lower(), plant.casefold().strip(), f"@{plant}"}
            if kind == "phone":
                digits = "".join(filter(str.isdigit, plant))
                spellings |= {digits, f"+{digits}"}
            for text in spellings:
                for name in ("md5", "sha1", "sha256", "sha512", "blake2b", "blake2s"):
                    found.add(hashlib.new(name, text.encode()).hexdigest()[:16])
                found.add(hashlib.blake2b(text.encode(), digest_size=16).hexdigest()[:16])
                found.add(hashlib.blake2b(text.encode(), digest_size=8).hexdigest()[:16])
    return found


_DIGESTS = _digests()


def leaks(text: str) -> list[str]:
    """Return what of the plants a text holds: the words, the numbers, or their plain hashes."""
    folded = unicodedata.normalize("NFKC", text)
    found = [match.group() for match in _PLANT.finditer(folded)]
    for match in _HEX.finditer(folded.lower()):
        run = match.group()
        found += [run[at : at + 16] for at in range(len(run) - 15) if run[at : at + 16] in _DIGESTS]
    return found


def texts_of(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the place and text of everything a file holds, its name included."""
    yield "name", path.name
    data = path.read_bytes()
    if data[:4] == b"PAR1" and data[-4:] == b"PAR1":
        yield from _parquet(path)
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                yield name, name + _plain(archive.read(name))
    elif data.startswith(b"\x89PNG"):
        yield from _png(data)
    yield "bytes", _plain(data)
    yield "utf-16", data.decode("utf-16-le", "replace")
    for number, match in enumerate(_DATA.finditer(data.decode("latin-1"))):
        inside = base64.b64decode(match[1])
        yield f"picture {number}", _plain(inside)
        if inside.startswith(b"\x89PNG"):
            yield from _png(inside)


def _plain(data: bytes) -> str:
    """Return bytes as text, with the escapes of HTML, JSON and URLs undone beside them."""
    text = data.decode("utf-8", "replace")
    try:
        parsed = json.dumps(json.loads(text), ensure_ascii=False)
    except (ValueError, RecursionError):
        parsed = ""
    return "\n".join((text, html.unescape(text), unquote(text), parsed))


def _parquet(path: Path) -> Iterator[tuple[str, str]]:
    """Yield values, dictionaries, metadata and statistics of a parquet file."""
    file = pq.ParquetFile(path)
    yield "metadata", repr(file.metadata.metadata) + repr(file.schema_arrow.metadata)
    for column in file.schema_arrow:
        yield f"{column.name} name", column.name + repr(column.metadata)
    for group in range(file.metadata.num_row_groups):
        for number in range(file.metadata.num_columns):
            chunk = file.metadata.row_group(group).column(number)
            yield f"{chunk.path_in_schema} statistics", repr(chunk.statistics)
    words = [f.name for f in file.schema_arrow if pa.types.is_string(f.type)]
    for name, column in zip(file.schema_arrow.names, file.read().columns, strict=True):
        yield name, "\n".join(map(_cell, column.to_pylist()))
    for column in pq.ParquetFile(path, read_dictionary=words).read().columns:
        for chunk in column.chunks:
            if pa.types.is_dictionary(chunk.type):
                yield "dictionary", "\n".join(map(str, chunk.dictionary.to_pylist()))


def _cell(value: object) -> str:
    return f"{value.hex()} {value.decode('latin-1')}" if isinstance(value, bytes) else str(value)


def _png(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield the text chunks of a picture."""
    at = 8
    while at + 12 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        body = data[at + 8 : at + 8 + size]
        if kind in (b"tEXt", b"iTXt", b"eXIf"):
            yield "picture text", body.decode("latin-1")
        elif kind == b"zTXt":
            yield "picture text", zlib.decompress(body.split(b"\0", 1)[1][1:]).decode("latin-1")
        at += 12 + size


def search(paths: Iterable[Path]) -> list[str]:
    """Return where in the files a plant was found."""
    found = []
    for path in sorted(paths):
        if path.is_file():
            for place, text in texts_of(path):
                for leak in leaks(text)[:3]:
                    found.append(f"{path.name}: {place}: {leak}")
    return found
