"""What the verbs share: reading small files, refusing options, showing and writing tables."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pandas as pd

from supportnet.community import Community
from supportnet.errors import InputError, KeyFileError
from supportnet.privacy import load_key
from supportnet.report import write_table

__all__ = ["check_options", "columns", "emit", "has_key", "json_file", "plural"]


def check_options(function: Callable[..., pd.DataFrame], given: dict[str, Any]) -> dict[str, Any]:
    """Return the options, refusing one that the measure has no use for."""
    parameters = inspect.signature(function).parameters
    for name in given:
        if name not in parameters:
            listed = [f"--{word}" for word in ("level", "layer") if word in parameters]
            takes = " and ".join(listed) or "neither --level nor --layer"
            msg = (
                f"{function.__name__} was expected to get options it knows ({takes}); found "
                f"--{name}; leave it out."
            )
            raise InputError(msg)
    return given


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


def emit(table: pd.DataFrame, community: Community, output: Path | None) -> None:
    """Print a table, or write it with small cells suppressed for data of real persons."""
    if output is None:
        shown = table.to_string(index=False, max_rows=200)
        click.echo("no rows: nothing to measure here." if table.empty else shown)
        return
    write_table(table, output, synthetic=community.dataset.synthetic)
    click.echo(f"wrote {output}")


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
