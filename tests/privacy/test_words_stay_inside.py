"""Every format: what its invented samples say and whom they name reaches no decoded output."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "importers"))

from support import load_cases, options_of, read_paths

from supportnet.cli import cli
from supportnet.errors import InputError
from supportnet.importers import all_formats
from supportnet.ingest import import_archives
from supportnet.records import Identity, RawMessage

CASES = [
    pytest.param(format_, case, id=f"{format_.name}-{case.name}")
    for format_ in all_formats().values()
    for case in load_cases(format_.name)
]


def identities(record: Any) -> Iterator[Identity]:
    """Yield whoever a record names."""
    for name in getattr(type(record), "__slots__", ()):
        value = getattr(record, name)
        values = value if isinstance(value, tuple) and not isinstance(value, Identity) else (value,)
        for item in values:
            if isinstance(item, Identity):
                yield item
        members = getattr(value, "members", None)
        if isinstance(members, set):
            yield from members


def planted(format_: Any, case: Path) -> set[str]:
    """Return the sentences, names, handles, addresses and numbers that a sample holds."""
    words: set[str] = set()
    for record in read_paths([case / "input"], format_, options_of(case)):
        if isinstance(record, RawMessage) and record.text and len(record.text) >= 8:
            words.add(record.text)
        for who in identities(record):
            words |= {w for w in (who.id, who.name) if w and len(w) >= 4 and w != who.platform}
    return words


def outputs(folder: Path) -> Iterator[str]:
    """Yield every value that a reader of the dataset's files can decode."""
    for path in folder.rglob("*"):
        if path.suffix == ".parquet":
            table = pq.read_table(path)
            yield from (str(v) for column in table.columns for v in column.to_pylist())
            yield json.dumps({str(k): str(v) for k, v in (table.schema.metadata or {}).items()})
        elif path.is_file():
            yield path.read_text(encoding="utf-8", errors="replace")


def leaks(words: set[str], texts: list[str]) -> set[str]:
    """Return the planted words that occur in the texts."""
    whole = "\n".join(texts)
    values = set(texts)
    return {w for w in words if (len(w) >= 8 and w in whole) or w in values}


def options_for(case: Path) -> dict[str, Any]:
    options = options_of(case)
    names = ("timezone", "owner", "visibility", "visibility_map", "date_order", "columns", "year")
    given = {name: getattr(options, name) for name in names}
    return {**given, "ordinal_times": options.ordinal_times}


@pytest.mark.parametrize(("format_", "case"), CASES)
def test_nothing_of_a_sample_is_in_any_output(
    format_: Any, case: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    words = planted(format_, case)
    into = tmp_path / "d"
    said = []
    try:
        report = import_archives(
            case / "input", into=into, community="c", format=format_.name, **options_for(case)
        )
        said.append(f"{report} {report.to_frame().to_string()}")
    except InputError as error:
        said.append(str(error))
    if into.exists():
        for verb in (
            ["describe", str(into), "--json"],
            ["describe", str(into)],
            ["check", str(into)],
        ):
            said.append(CliRunner().invoke(cli, verb, standalone_mode=False).output)
    found = leaks(words, [*outputs(into), *said, caplog.text])
    assert not found, f"{len(found)} of {len(words)} planted words are in the outputs"


def test_every_format_has_planted_words() -> None:
    for format_ in all_formats().values():
        assert any(planted(format_, case) for case in load_cases(format_.name)), format_.name


def test_a_leak_would_be_seen(tmp_path: Path) -> None:
    words = {"a sentence of somebody", "Odile"}
    (tmp_path / "manifest.json").write_text('{"note": "it says: a sentence of somebody"}')
    assert leaks(words, list(outputs(tmp_path))) == {"a sentence of somebody"}
    assert leaks(words, ["Odile"]) == {"Odile"}
    assert leaks(words, ["nothing"]) == set()
