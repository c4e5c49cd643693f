"""The verbs that measure, compare and report: each calls one library function."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pandas as pd

import supportnet
from supportnet import card as cards
from supportnet import community as communities
from supportnet.checks import check_dataset
from supportnet.cli.shared import json_file
from supportnet.cli.verbs import cli
from supportnet.community import Community
from supportnet.compare.outcomes import get_outcome
from supportnet.errors import InputError
from supportnet.groups import after_detection
from supportnet.measures import MEASURES
from supportnet.report import write_report, write_table
from supportnet.simulate import write_example

__all__: list[str] = []

_DIR = click.Path(path_type=Path)
_min_contacts = click.option(
    "--min-contacts",
    type=click.IntRange(min=1),
    default=500,
    show_default=True,
    help="Declared contacts that make a friend network.",
)
_NO_GROUPS = (
    "groups were expected in the dataset; found none: ties must go on for months to count "
    "(docs/methods.md), and a friend network needs declared contacts; import more archives, "
    "or lower --min-contacts."
)


@cli.command()
@click.argument("folder", metavar="DIR", type=_DIR)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def describe(folder: Path, *, as_json: bool) -> None:
    """Print the data card: what is there, what was left out, what cannot be identified."""
    card = communities.open_community(folder).card
    click.echo(json.dumps(card, indent=1) if as_json else cards.card_text(card))


@cli.command()
@click.argument("folder", metavar="DIR", type=_DIR)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def check(folder: Path, *, as_json: bool) -> None:
    """Check integrity, duplicates, gaps and clocks."""
    table = check_dataset(communities.open_community(folder).dataset)
    if as_json:
        click.echo(table.to_json(orient="records"))
    else:
        shown = table.assign(meaning=table["meaning"].where(table["found"] > 0, ""))
        click.echo(shown.to_string(index=False, justify="left"))
    if (table["status"] == "broken").any():
        msg = "a whole dataset was expected; found broken tables; import the archives again."
        raise InputError(msg)


@cli.command()
@click.argument("folder", metavar="DIR", type=_DIR)
@click.option("--measure", "name", required=True, help="Name of the measure.")
@click.option("--level", help="direction, tie, person, group or network, where it makes sense.")
@click.option("--layer", help="private, public, private_group or all, where it makes sense.")
@_min_contacts
@click.option("-o", "--output", type=_DIR, help="FILE.csv or FILE.parquet")
def measure(
    folder: Path,
    name: str,
    level: str | None,
    layer: str | None,
    min_contacts: int,
    output: Path | None,
) -> None:
    """Compute one measure; at level group, of the groups found, after their detection."""
    function = MEASURES.get(name)
    if function is None:
        msg = f"a measure was expected; found {name!r}; pass one of {', '.join(MEASURES)}."
        raise InputError(msg)
    given: dict[str, Any] = {"level": level, "layer": layer}
    given = _check_options(function, {k: v for k, v in given.items() if v is not None})
    community = communities.open_community(folder)
    if level == "group" and "groups" in inspect.signature(function).parameters:
        found = supportnet.find_groups(community, min_contacts=min_contacts)
        if found.empty:
            raise InputError(_NO_GROUPS)
        given["groups"] = found
        table = function(after_detection(community, found), **given)
    else:
        table = function(community, **given)
    _emit(table, community, output)


@cli.command()
@click.argument("folder", metavar="DIR", type=_DIR)
@click.option("--kind", default="twinome,dyad,friend_network", show_default=True)
@_min_contacts
@click.option("-o", "--output", type=_DIR, help="FILE.csv or FILE.parquet")
def groups(folder: Path, kind: str, min_contacts: int, output: Path | None) -> None:
    """Find twinomes, dyads and friend networks."""
    community = communities.open_community(folder)
    kinds = [word.strip() for word in kind.split(",")]
    frame = supportnet.find_groups(community, kinds=kinds, min_contacts=min_contacts)
    if frame.empty:
        raise InputError(_NO_GROUPS)
    if output is not None and not community.dataset.synthetic:
        # Who is in which group stays here: a file of real data holds the counts.
        frame = frame.groupby("kind").agg(
            n_groups=("group", "nunique"), persons=("person", "nunique")
        )
        frame = frame.reset_index()
    _emit(frame, community, output)


@cli.command()
@click.argument("folders", metavar="DIR...", nargs=-1, required=True, type=_DIR)
@click.option("--outcome", "outcomes", multiple=True, required=True, help="May be given again.")
@click.option("--contrast", default="within_person", show_default=True)
@_min_contacts
@click.option("--seed", default=1, show_default=True)
@click.option("-o", "--output", type=_DIR, help="FILE.csv or FILE.parquet")
def compare(
    folders: tuple[Path, ...],
    outcomes: tuple[str, ...],
    contrast: str,
    min_contacts: int,
    seed: int,
    output: Path | None,
) -> None:
    """Compare kinds of groups on tie-level outcomes."""
    opened = [communities.open_community(folder) for folder in folders]
    for outcome in outcomes:
        get_outcome(outcome)
    found = [supportnet.find_groups(one, min_contacts=min_contacts) for one in opened]
    if all(frame.empty for frame in found):
        raise InputError(_NO_GROUPS)
    result = supportnet.compare(
        opened, pd.concat(found), outcomes=list(outcomes), contrast=contrast, seed=seed
    )
    _emit(result.to_frame(), opened[0], output)


@cli.command()
@click.argument("folders", metavar="DIR...", nargs=-1, required=True, type=_DIR)
@click.option("-o", "--output", type=_DIR, required=True, help="report.html")
@click.option("--language", type=click.Choice(["en", "fr"]), default="en", show_default=True)
@click.option("--truth", type=_DIR, help="truth.json of the example, to show beside the estimates.")
@_min_contacts
@click.option("--seed", default=1, show_default=True)
def report(
    folders: tuple[Path, ...],
    output: Path,
    language: str,
    truth: Path | None,
    min_contacts: int,
    seed: int,
) -> None:
    """Write the report: one HTML file without scripts or requests."""
    opened = [communities.open_community(folder) for folder in folders]
    planted = None if truth is None else json_file(truth)
    write_report(
        opened, output, language=language, truth=planted, min_contacts=min_contacts, seed=seed
    )
    click.echo(f"wrote {output}")


@cli.command()
@click.argument("folder", metavar="DIR", type=_DIR)
def example(folder: Path) -> None:
    """Write the planted example community as exported archives."""
    write_example(folder)
    click.echo(f"wrote the example community to {folder}")


def _check_options(function: Callable[..., pd.DataFrame], given: dict[str, Any]) -> dict[str, Any]:
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


def _emit(table: pd.DataFrame, community: Community, output: Path | None) -> None:
    """Print a table, or write it with small cells suppressed for data of real persons."""
    if output is None:
        shown = table.to_string(index=False, max_rows=200)
        click.echo("no rows: nothing to measure here." if table.empty else shown)
        return
    write_table(table, output, synthetic=community.dataset.synthetic)
    click.echo(f"wrote {output}")
