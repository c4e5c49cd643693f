"""What the verbs share: reading small files, saying what an import did."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from supportnet.errors import InputError, KeyFileError, RefusedError
from supportnet.ingest import ImportReport
from supportnet.privacy import load_key

__all__ = ["columns", "has_key", "json_file", "plural", "show_import"]


def has_key(name: str | None) -> bool:
    """Say whether the project key is there before an import would make it."""
    try:
        load_key(name)
    except KeyFileError:
        return False
    return True


def plural(n: int) -> str:
    """Return the ending of the plural."""
    return "" if n == 1 else "s"


def show_import(report: ImportReport, refused: RefusedError | None, *, as_json: bool) -> None:
    """Say what an import did; what it refused is said at the door."""
    if as_json:
        shown = {
            "new": report.new,
            "known": report.known,
            "replaced": report.replaced,
            "sources": report.to_frame().to_dict("records"),
            "advice": list(report.advice),
            "refused": [] if refused is None else list(refused.sentences[:-1]),
        }
        click.echo(json.dumps(shown))
        return
    click.echo(str(report))
    if report.sources:
        table = report.to_frame().groupby("format", as_index=False).sum()
        click.echo(table.to_string(index=False))
    for sentence in report.advice:
        click.echo(sentence)


def json_file(path: Path) -> dict[str, Any]:
    """Read a small JSON object that the user named."""
    value, found = None, "something else"
    try:
        value = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError:
        found = "no file at the path given"
    except ValueError:
        found = "a file that is no JSON in UTF-8"
    if not isinstance(value, dict):
        msg = f"a file with one JSON object was expected; found {found}; check the path and file."
        raise InputError(msg)
    return value


def columns(text: str) -> dict[str, Any]:
    """Read a column map: `ours=theirs` pairs, or a JSON file."""
    if "=" not in text:
        return json_file(Path(text))
    pairs = [pair.partition("=") for pair in text.split(",")]
    if any(not ours or not theirs for ours, _, theirs in pairs):
        msg = (
            "a map such as sender=from,recipient=to,time=date was expected; found an empty side; "
            "write our name, =, the table's name."
        )
        raise InputError(msg)
    return {ours.strip(): theirs.strip() for ours, _, theirs in pairs}
