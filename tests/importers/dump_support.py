"""Short ways to read a sample or a made file and to look at what came out."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from support import format_of, options_of, read_paths

from supportnet.formats import Options
from supportnet.parsing.times import iso_us
from supportnet.records import Ignored, RawCoverage, RawMessage, Rejected

__all__ = ["at", "by_text", "flags", "kept", "made", "notes", "only", "reasons", "sample"]

HERE = Path(__file__).parent


def sample(name: str, case: str, **declared: object) -> list[Any]:
    """Return the records of a sample, read with its options and those given here."""
    folder = HERE / name / case
    options = replace(options_of(folder), **declared)  # type: ignore[arg-type]
    return read_paths([folder / "input"], format_of(name), options)


def made(name: str, folder: Path, files: dict[str, object], **declared: object) -> list[Any]:
    """Return the records of files made for the purpose: texts, or values written as JSON lines."""
    for file, content in files.items():
        if isinstance(content, list):
            lines = [line if isinstance(line, str) else json.dumps(line) for line in content]
            content = "".join(f"{line}\n" for line in lines)
        data = content if isinstance(content, bytes) else str(content).encode()
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(data)
    return read_paths([folder], format_of(name), replace(Options(), **declared))  # type: ignore[arg-type]


def only(records: list[Any], kind: type) -> list[Any]:
    return [record for record in records if type(record) is kind]


def kept(records: list[Any]) -> list[RawMessage]:
    return only(records, RawMessage)


def by_text(records: list[Any]) -> dict[str, RawMessage]:
    return {message.text or message.kind: message for message in kept(records)}


def reasons(records: list[Any]) -> tuple[Counter[str], Counter[str]]:
    """Return how many records were ignored and rejected, by reason."""
    ignored: Counter[str] = Counter()
    for record in only(records, Ignored):
        ignored[record.reason] += record.n
    return ignored, Counter(record.reason for record in only(records, Rejected))


def notes(records: list[Any]) -> dict[str, str]:
    return records[-1] if isinstance(records[-1], dict) else {}


def flags(records: list[Any]) -> set[str]:
    return set().union(*(record.flags for record in only(records, RawCoverage)))


def at(text: str) -> int:
    t_us = iso_us(text)
    assert t_us is not None
    return t_us
