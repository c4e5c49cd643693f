"""The example community as a folder: exported archives, what belongs beside them, the answers."""

from __future__ import annotations

from pathlib import Path

from supportnet.privacy import EXAMPLE_KEY_NAME, load_key
from supportnet.simulate.assemble import Simulated, community
from supportnet.simulate.folder import MARKER, as_text, marker, write_folder
from supportnet.simulate.migration.files import migration_files
from supportnet.simulate.migration.plan import MIGRATION, MigrationPlan
from supportnet.simulate.migration.talk import migrate
from supportnet.simulate.plan import EXAMPLE, Plan
from supportnet.simulate.truth import planted_truth
from supportnet.simulate.writers.accounts import write_aliases, write_consent
from supportnet.simulate.writers.book import Book
from supportnet.simulate.writers.table import column_map, write_board
from supportnet.simulate.writers.telegram import write_telegram
from supportnet.simulate.writers.twitter import write_twitter
from supportnet.simulate.writers.whatsapp import write_whatsapp

__all__ = ["example_files", "write_example"]

_ZONE = "Europe/Paris"
_MIGRATION = "migration"
_README = Path(__file__).parent / "example_readme.md"


def example_files(made: Simulated) -> dict[str, bytes]:
    """Return every file of an example folder.

    Parameters
    ----------
    made
        The community to write down.

    Returns
    -------
    dict of str to bytes
        Path below the folder (with `/`), in alphabetical order → content. Equal communities give
        equal bytes on one version of the compression library.
    """
    book = Book(made)
    archives = write_twitter(book) | write_whatsapp(book) | write_telegram(book)
    archives["board.csv"] = write_board(book).encode("utf-8")
    texts = {
        MARKER: marker(made.plan.seed),
        "README.md": _README.read_text(encoding="utf-8"),
        "aliases.csv": write_aliases(book),
        "board.map.json": as_text(column_map()),
        "consent.csv": write_consent(book),
        "example.key": load_key(EXAMPLE_KEY_NAME).secret.hex() + "\n",
        "imports.json": as_text(_imports(book, archives)),
        "truth.json": as_text(planted_truth(made)),
    }
    files = {name: text.encode("utf-8") for name, text in texts.items()}
    files |= {f"archives/{name}": content for name, content in archives.items()}
    return dict(sorted(files.items()))


def write_example(
    directory: str | Path, plan: Plan = EXAMPLE, *, migration: MigrationPlan | None = MIGRATION
) -> list[Path]:
    """Write a planted community into a folder as exported archives.

    Parameters
    ----------
    directory
        A new or empty folder, or one that holds an earlier example.
    plan
        What to plant.
    migration
        What to plant in the folder `migration` inside it: a year later, some people move to other
        platforms. None leaves that folder out.

    Returns
    -------
    list of Path
        The files written: those of the community, then those of the migration, each in
        alphabetical order.

    Raises
    ------
    InputError
        When the folder holds something else: nothing is written then.
    """
    files = example_files(community(plan))
    if migration is not None:
        moved = migration_files(migrate(migration))
        files |= {f"{_MIGRATION}/{name}": content for name, content in moved.items()}
    return write_folder(Path(directory), files)


def _imports(book: Book, archives: dict[str, bytes]) -> list[dict[str, object]]:
    """Return the import calls that take in the whole folder, one object of options each."""
    names = sorted(archives)
    groups = [c for c in book.made.chats if c.shape == "group_android"]
    of_group = [n for n in names if n == "Discussion WhatsApp avec Rando du dimanche.txt"]
    phones = [n for n in names if "WhatsApp" in n and n not in of_group]
    calls: list[dict[str, object]] = [
        {"files": ["archives/twitter-*.zip", "archives/telegram-*.zip"]},
        {"files": [f"archives/{n}" for n in phones], "timezone": _ZONE},
    ]
    if groups:
        owner = book.owner(groups[0]).name
        files = [f"archives/{n}" for n in of_group]
        calls.append({"files": files, "timezone": _ZONE, "owner": owner})
    board: dict[str, object] = {
        "files": ["archives/board.csv"],
        "map": "board.map.json",
        "visibility": "public",
    }
    return [*calls, board]
