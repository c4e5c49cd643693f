"""The verbs of a dataset: each reads its arguments and calls one library function.

Those that measure are in :mod:`supportnet.cli.measuring`: an import does without what they need.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import click

from supportnet import __version__
from supportnet.cli.door import Door
from supportnet.cli.shared import columns as read_columns
from supportnet.cli.shared import has_key, json_file, plural, show_import
from supportnet.dataset import open_dataset
from supportnet.errors import InputError, RefusedError
from supportnet.importers import all_formats, get_format
from supportnet.ingest import ImportReport, import_archives
from supportnet.ingest.maintain import forget as forget_person
from supportnet.ingest.maintain import link_aliases
from supportnet.privacy import config_dir, load_key, new_key

__all__ = ["cli", "main"]

_DIR = click.Path(path_type=Path)
#: So many lines of a table are named in one sentence.
_NAMED = 10
_MORE = {
    "en": "More on one of them: supportnet formats NAME",
    "fr": "Pour en savoir plus sur l’un d’eux : supportnet formats NOM --language fr",
}


@click.group(
    cls=Door,
    more="supportnet.cli.measuring",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="supportnet")
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
@click.option("--language", type=click.Choice(["en", "fr"]), default="en", show_default=True)
def formats(name: str | None, language: str) -> None:
    """List what can be imported; with NAME: how to export it, what is kept, what is lost."""
    if name is None:
        for format_ in all_formats().values():
            click.echo(f"{format_.name:<14} {format_.title_in(language)}")
        click.echo(f"\n{_MORE[language]}")
        return
    click.echo(get_format(name).sheet_in(language).read_text(encoding="utf-8"))


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
    Name all volumes of a split export in one call. An export that cannot be read is named, and the
    others are imported.
    """
    had_key = has_key(options["key"])
    refused: RefusedError | None = None
    try:
        report = import_archives(
            list(exports),
            into=into,
            community=community,
            format=format_name,
            visibility_map=None if visibility_map is None else json_file(visibility_map),
            columns=None if columns is None else read_columns(columns),
            **options,
        )
    except RefusedError as error:
        if not isinstance(error.report, ImportReport):
            raise
        refused, report = error, error.report
    show_import(report, refused, as_json=as_json)
    if not had_key and not as_json:
        click.echo(
            f"A project key was made in {config_dir() / 'keys'}: back it up apart from the data; "
            "without it no further archive can be joined to this dataset."
        )
    if refused is not None:
        raise refused


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
    """Merge the accounts that people declared to be theirs.

    ALIASES is a CSV file with columns person (any label), platform, identifier, and owner for names
    out of somebody's phone book. An identifier is a number as it is, a handle with @ in front, a
    phone number with +, or an e-mail address.
    """
    persons, unknown = link_aliases(folder, aliases, key=key)
    accounts = open_dataset(folder).frame("accounts")
    several = int((accounts.groupby("person_id").size() > 1).sum())
    click.echo(
        f"linked: {persons:,} declared group{plural(persons)} of accounts; {several:,} "
        f"{'person' if several == 1 else 'people'} of this dataset now "
        f"{'has' if several == 1 else 'have'} more than one account."
    )
    if unknown:
        more = "" if len(unknown) <= _NAMED else f" and {len(unknown) - _NAMED:,} more"
        click.echo(
            f"not in this dataset so far: the account{plural(len(unknown))} in "
            f"line{plural(len(unknown))} {', '.join(map(str, unknown[:_NAMED]))}{more} of the "
            "table. A handle needs @ in front, a phone number +; a later import may bring what is "
            "missing."
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
