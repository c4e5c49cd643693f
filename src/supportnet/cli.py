"""The command line: one verb per library function, argument parsing only."""

from __future__ import annotations

import json
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import click
import pandas as pd

import supportnet
from supportnet import card as cards
from supportnet import community as communities
from supportnet.checks import check_dataset
from supportnet.errors import InputError, SupportnetError
from supportnet.importers import all_formats, get_format
from supportnet.ingest import import_archives
from supportnet.ingest.maintain import forget as forget_person
from supportnet.ingest.maintain import link_aliases
from supportnet.measures import MEASURES
from supportnet.privacy import load_key, new_key
from supportnet.report import write_report, write_table
from supportnet.simulate import write_example

__all__ = ["cli", "main"]

_DIR = click.Path(path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(supportnet.__version__, prog_name="supportnet")
@click.option(
    "--debug", is_flag=True, help="Show tracebacks. They may hold personal data: do not share them."
)
@click.pass_context
def cli(context: click.Context, *, debug: bool) -> None:
    """Measure social support in online messages: import, measure, compare, report."""
    context.obj = {"debug": debug}


def main() -> None:
    """Run the command line; exit 0 for success, 2 for bad input or usage, 1 for our own faults."""
    debug = "--debug" in sys.argv
    try:
        cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        click.echo("stopped; the dataset is as it was before.", err=True)
        sys.exit(2)
    except SupportnetError as error:
        click.echo(f"supportnet: {error}", err=True)
        if debug:
            traceback.print_exc()
        sys.exit(error.exit_code)
    except Exception as error:  # noqa: BLE001 - the last door: a bug must not print personal data
        name = type(error).__name__
        click.echo(
            f"supportnet: an error of ours ({name}); please report it; see --debug.", err=True
        )
        if debug:
            traceback.print_exc()
        sys.exit(1)


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
    """Import exported archives into a dataset."""
    report = import_archives(
        list(exports),
        into=into,
        community=community,
        format=format_name,
        visibility_map=None if visibility_map is None else _json_file(visibility_map),
        columns=None if columns is None else _columns(columns),
        **options,
    )
    if as_json:
        rows = report.to_frame().to_dict("records")
        click.echo(json.dumps({"new": report.new, "known": report.known, "sources": rows}))
        return
    click.echo(str(report))
    if report.sources:
        table = report.to_frame().groupby("format").sum()
        click.echo(table.to_string())


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
    click.echo(table.to_json(orient="records") if as_json else table.to_string(index=False))
    if (table["status"] == "broken").any():
        msg = "a whole dataset was expected; found broken tables; import the archives again."
        raise InputError(msg)


@cli.command()
@click.argument("folder", metavar="DIR", type=_DIR)
@click.option("--measure", "name", required=True, help="Name of the measure.")
@click.option("--level", help="direction, tie, person, group or network, where it makes sense.")
@click.option("--layer", help="private, public, private_group or all, where it makes sense.")
@click.option("-o", "--output", type=_DIR, help="FILE.csv or FILE.parquet")
def measure(
    folder: Path, name: str, level: str | None, layer: str | None, output: Path | None
) -> None:
    """Compute one measure."""
    function = MEASURES.get(name)
    if function is None:
        msg = f"a measure was expected; found {name!r}; pass one of {', '.join(MEASURES)}."
        raise InputError(msg)
    given = {k: v for k, v in {"level": level, "layer": layer}.items() if v is not None}
    community = communities.open_community(folder)
    _emit(_call(function, community, given), community, output)


@cli.command()
@click.argument("folder", metavar="DIR", type=_DIR)
@click.option("--kind", default="twinome,dyad,friend_network", show_default=True)
@click.option("--min-contacts", default=500, show_default=True, help="Size of a friend network.")
@click.option("-o", "--output", type=_DIR, help="FILE.csv or FILE.parquet")
def groups(folder: Path, kind: str, min_contacts: int, output: Path | None) -> None:
    """Find twinomes, dyads and friend networks."""
    community = communities.open_community(folder)
    frame = supportnet.find_groups(community, kinds=kind.split(","), min_contacts=min_contacts)
    _emit(frame, community, output)


@cli.command()
@click.argument("folders", metavar="DIR...", nargs=-1, required=True, type=_DIR)
@click.option("--outcome", "outcomes", multiple=True, required=True, help="May be given again.")
@click.option("--contrast", default="within_person", show_default=True)
@click.option("--min-contacts", default=500, show_default=True, help="Size of a friend network.")
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
    found = [supportnet.find_groups(one, min_contacts=min_contacts) for one in opened]
    result = supportnet.compare(
        opened, pd.concat(found), outcomes=list(outcomes), contrast=contrast, seed=seed
    )
    _emit(result.to_frame(), opened[0], output)


@cli.command()
@click.argument("folders", metavar="DIR...", nargs=-1, required=True, type=_DIR)
@click.option("-o", "--output", type=_DIR, required=True, help="report.html")
@click.option("--language", type=click.Choice(["en", "fr"]), default="en", show_default=True)
@click.option("--truth", type=_DIR, help="truth.json of the example, to show beside the estimates.")
@click.option("--min-contacts", default=500, show_default=True, help="Size of a friend network.")
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
    planted = None if truth is None else _json_file(truth)
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
    click.echo(f"forgotten: {removed} message rows removed; later imports leave this person out.")


@cli.command()
@click.argument("folder", metavar="DIR", type=_DIR)
@click.argument("aliases", type=_DIR)
@click.option("--key", help="Name of the project key.")
def link(folder: Path, aliases: Path, key: str | None) -> None:
    """Merge the accounts that people declared to be theirs (CSV: person, platform, identifier)."""
    count = link_aliases(folder, aliases, key=key)
    click.echo(f"linked: {count} people with two or more accounts.")


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
            "JupyterLab was expected to start; it did not; "
            "install it with: pip install supportnet[lab]."
        )
        raise InputError(msg)


def _call(
    function: Callable[..., pd.DataFrame], community: Any, given: Mapping[str, str]
) -> pd.DataFrame:
    """Call a measure with the options it knows."""
    try:
        return function(community, **given)
    except TypeError as error:
        if "unexpected keyword" not in str(error):
            raise
        name = function.__name__
        msg = (
            f"{name} takes other options than {', '.join(given)}; leave out what it does not know."
        )
        raise InputError(msg) from None


def _emit(table: pd.DataFrame, community: Any, output: Path | None) -> None:
    """Print a table, or write it with small cells suppressed for data of real persons."""
    if output is None:
        click.echo(table.to_string(index=False, max_rows=200))
        return
    write_table(table, output, synthetic=community.dataset.synthetic)
    click.echo(f"wrote {output}")


def _json_file(path: Path) -> dict[str, Any]:
    """Read a small JSON object that the user named."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        value = None
    if not isinstance(value, dict):
        msg = "a file with one JSON object was expected; found none at the path given; check it."
        raise InputError(msg)
    return value


def _columns(text: str) -> dict[str, Any]:
    """Read a column map: `ours=theirs` pairs, or a JSON file."""
    if "=" not in text:
        return _json_file(Path(text))
    pairs = [pair.partition("=") for pair in text.split(",")]
    if any(not ours or not theirs for ours, _, theirs in pairs):
        msg = "a map such as sender=from,recipient=to,time=date was expected; found an empty side."
        raise InputError(msg)
    return {ours.strip(): theirs.strip() for ours, _, theirs in pairs}
