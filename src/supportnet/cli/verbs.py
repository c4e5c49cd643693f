"""The verbs: each reads its arguments and calls one library function."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import click
import pandas as pd

import supportnet
from supportnet import card as cards
from supportnet import community as communities
from supportnet.checks import check_dataset
from supportnet.cli.door import Door
from supportnet.cli.shared import check_options, emit, has_key, json_file, plural
from supportnet.cli.shared import columns as read_columns
from supportnet.compare.outcomes import get_outcome
from supportnet.dataset import open_dataset
from supportnet.errors import InputError
from supportnet.groups import after_detection
from supportnet.importers import all_formats, get_format
from supportnet.ingest import import_archives
from supportnet.ingest.maintain import forget as forget_person
from supportnet.ingest.maintain import link_aliases
from supportnet.measures import MEASURES
from supportnet.privacy import config_dir, load_key, new_key
from supportnet.report import write_report
from supportnet.simulate import write_example

__all__ = ["cli", "main"]

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


@click.group(cls=Door, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(supportnet.__version__, prog_name="supportnet")
@click.option(
    "--debug", is_flag=True, help="Show tracebacks. They may hold personal data: do not share them."
)
def cli(*, debug: bool) -> None:
    """Measure social support in online messages: import, measure, compare, report.

    Begin with `supportnet formats`, then `supportnet import`, then `supportnet describe`.
    """
    del debug  # the door looks for it in the arguments


def main() -> None:
    """Run the command line."""
    cli()


@cli.command()
@click.argument("name", required=False)
def formats(name: str | None) -> None:
    """List what can be imported; with NAME: how to export it, what is kept, what is lost."""
    if name is None:
        for format_ in all_formats().values():
            click.echo(f"{format_.name:<14} {format_.title}")
        click.echo("\nMore on one of them: supportnet formats NAME")
        return
    format_ = get_format(name)
    sheet = files("supportnet.importers").joinpath("sheets", f"{format_.name}.md")
    click.echo(sheet.read_text(encoding="utf-8"))


@cli.command(name="import")
@click.argument("exports", nargs=-1, required=True, type=_DIR)
@click.option("--into", required=True, type=_DIR, help="Folder of the dataset.")
@click.option("--community", required=True, help="Name of the community.")
@click.option(
    "--format", "format_name", help="Format for all files; by default each is recognised."
)
@click.option("--timezone", help="Zone of local times, e.g. Europe/Paris.")
@click.option("--owner", help="Owner of the archives where they do not name one.")
@click.option("--visibility", help="Who could read the messages, for sources that cannot say.")
@click.option("--visibility-map", type=_DIR, help="JSON file: board or channel name to visibility.")
@click.option(
    "--date-order", type=click.Choice(["dmy", "mdy", "ymd"]), help="Order of ambiguous dates."
)
@click.option("--map", "columns", help="sender=COL,recipient=COL,time=COL or a JSON file.")
@click.option("--ordinal-times", is_flag=True, help="Times are step numbers.")
@click.option("--year", type=int, help="Year of the first line, for logs without years.")
@click.option("--key", help="Name of the project key.")
@click.option("--consent", type=_DIR, help="CSV: platform, identifier, state.")
@click.option("--json", "as_json", is_flag=True, help="Print counts for a program.")
def import_(
    exports: tuple[Path, ...],
    into: Path,
    community: str,
    format_name: str | None,
    visibility_map: Path | None,
    columns: str | None,
    *,
    as_json: bool,
    **options: Any,
) -> None:
    """Import exported archives into a dataset.

    EXPORTS are files, folders or patterns such as "exports/*.zip", as the platforms hand them out.
    """
    had_key = has_key(options["key"])
    report = import_archives(
        list(exports),
        into=into,
        community=community,
        format=format_name,
        visibility_map=None if visibility_map is None else json_file(visibility_map),
        columns=None if columns is None else read_columns(columns),
        **options,
    )
    if as_json:
        rows = report.to_frame().to_dict("records")
        click.echo(json.dumps({"new": report.new, "known": report.known, "sources": rows}))
        return
    click.echo(str(report))
    if report.sources:
        table = report.to_frame().groupby("format", as_index=False).sum()
        click.echo(table.to_string(index=False))
    if not had_key:
        click.echo(
            f"A project key was made in {config_dir() / 'keys'}: back it up apart from the data; "
            "without it no further archive can be joined to this dataset."
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
    given = check_options(function, {k: v for k, v in given.items() if v is not None})
    community = communities.open_community(folder)
    if level == "group" and "groups" in inspect.signature(function).parameters:
        found = supportnet.find_groups(community, min_contacts=min_contacts)
        if found.empty:
            raise InputError(_NO_GROUPS)
        given["groups"] = found
        table = function(after_detection(community, found), **given)
    else:
        table = function(community, **given)
    emit(table, community, output)


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
    emit(frame, community, output)


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
    emit(result.to_frame(), opened[0], output)


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


@cli.command()
@click.argument("folder", metavar="DIR", type=_DIR)
@click.argument("person")
def forget(folder: Path, person: str) -> None:
    """Take the person with pseudonym PERSON out of a dataset, for good."""
    removed = forget_person(folder, person)
    click.echo(
        f"forgotten: {removed:,} message row{plural(removed)} removed; later imports leave this "
        "person out."
    )


@cli.command()
@click.argument("folder", metavar="DIR", type=_DIR)
@click.argument("aliases", type=_DIR)
@click.option("--key", help="Name of the project key.")
def link(folder: Path, aliases: Path, key: str | None) -> None:
    """Merge the accounts that people declared to be theirs (CSV: person, platform, identifier)."""
    declared = link_aliases(folder, aliases, key=key)
    accounts = open_dataset(folder).frame("accounts")
    several = int((accounts.groupby("person_id").size() > 1).sum())
    click.echo(
        f"linked: {declared:,} declared group{plural(declared)} of accounts; {several:,} "
        f"{'person' if several == 1 else 'people'} of this dataset now "
        f"{'has' if several == 1 else 'have'} more than one account."
    )


@cli.group()
def key() -> None:
    """Make or name the project key that stands behind all pseudonyms."""


@key.command()
@click.argument("name", default="default")
def new(name: str) -> None:
    """Make a key; keep a copy apart from the data."""
    made = new_key(name)
    click.echo(f"made key {made.name!r} with id {made.id}; back it up apart from the data.")


@key.command(name="id")
@click.argument("name", default="default")
def id_(name: str) -> None:
    """Print a key's id, as the manifest of a dataset names it."""
    click.echo(load_key(name).id)


@cli.command()
def lab() -> None:
    """Open JupyterLab on the notebooks."""
    folder = Path("notebooks") if Path("notebooks").is_dir() else Path()
    command = [sys.executable, "-m", "jupyterlab", "--LabApp.news_url=", str(folder)]
    try:
        code = subprocess.run(command, check=False).returncode
    except OSError:
        code = 1
    if code:
        msg = (
            "JupyterLab was expected to start; found that it did not; install it with: "
            "pip install supportnet[lab]."
        )
        raise InputError(msg)
