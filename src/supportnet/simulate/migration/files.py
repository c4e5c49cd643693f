"""The migration as a folder: exported archives, what belongs beside them, the answers."""

from __future__ import annotations

from pathlib import Path

from supportnet.simulate.folder import MARKER, as_text, marker, write_folder
from supportnet.simulate.migration.plan import MIGRATION, MigrationPlan
from supportnet.simulate.migration.talk import Migrated, migrate
from supportnet.simulate.migration.truth import migration_truth
from supportnet.simulate.writers.accounts import write_aliases, write_consent
from supportnet.simulate.writers.bluesky import write_bluesky
from supportnet.simulate.writers.book import Book
from supportnet.simulate.writers.mastodon import write_mastodon
from supportnet.simulate.writers.twitter import write_twitter

__all__ = ["migration_files", "write_migration"]

_README = Path(__file__).parent / "readme.md"


def migration_files(moved: Migrated) -> dict[str, bytes]:
    """Return every file of a migration folder.

    Parameters
    ----------
    moved
        The community to write down.

    Returns
    -------
    dict of str to bytes
        Path below the folder (with `/`), in alphabetical order → content. Equal communities give
        equal bytes on one version of the compression library.
    """
    book, day = Book(moved.made), moved.plan.exported
    archives = (
        write_twitter(book, day)
        | write_bluesky(book, moved.likes, moved.follows, day)
        | write_mastodon(book, moved.likes, day)
    )
    texts = {
        MARKER: marker(moved.plan.seed),
        "README.md": _README.read_text(encoding="utf-8"),
        "aliases.csv": write_aliases(book),
        "consent.csv": write_consent(book),
        "imports.json": as_text([{"files": ["archives/*.zip"]}]),
        "truth.json": as_text(migration_truth(moved)),
    }
    files = {name: text.encode("utf-8") for name, text in texts.items()}
    files |= {f"archives/{name}": content for name, content in archives.items()}
    return dict(sorted(files.items()))


def write_migration(directory: str | Path, plan: MigrationPlan = MIGRATION) -> list[Path]:
    """Write a community of which some people move into a folder, as exported archives.

    Parameters
    ----------
    directory
        A new or empty folder, or one that holds an earlier example.
    plan
        What to plant.

    Returns
    -------
    list of Path
        The files written, in alphabetical order.

    Raises
    ------
    InputError
        When the folder holds something else: nothing is written then.
    """
    return write_folder(Path(directory), migration_files(migrate(plan)))
