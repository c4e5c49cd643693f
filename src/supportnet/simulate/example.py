"""The example community as a folder: exported archives, what belongs beside them, the answers."""

from __future__ import annotations

import json
from pathlib import Path

from supportnet.errors import InputError
from supportnet.privacy import EXAMPLE_KEY_NAME, load_key
from supportnet.simulate.assemble import Simulated, community
from supportnet.simulate.plan import EXAMPLE, Plan
from supportnet.simulate.truth import planted_truth
from supportnet.simulate.writers.accounts import write_aliases, write_consent
from supportnet.simulate.writers.book import Book
from supportnet.simulate.writers.table import column_map, write_board
from supportnet.simulate.writers.telegram import write_telegram
from supportnet.simulate.writers.twitter import write_twitter
from supportnet.simulate.writers.whatsapp import write_whatsapp

__all__ = ["MARKER", "example_files", "write_example"]

MARKER = "SYNTHETIC"
_ZONE = "Europe/Paris"
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
        MARKER: _marker(made.plan),
        "README.md": _README.read_text(encoding="utf-8"),
        "aliases.csv": write_aliases(book),
        "board.map.json": _json(column_map()),
        "consent.csv": write_consent(book),
        "example.key": load_key(EXAMPLE_KEY_NAME).secret.hex() + "\n",
        "imports.json": _json(_imports(book, archives)),
        "truth.json": _json(planted_truth(made)),
    }
    files = {name: text.encode("utf-8") for name, text in texts.items()}
    files |= {f"archives/{name}": content for name, content in archives.items()}
    return dict(sorted(files.items()))


def write_example(directory: str | Path, plan: Plan = EXAMPLE) -> list[Path]:
    """Write a planted community into a folder as exported archives.

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
    folder = Path(directory)
    files = example_files(community(plan))
    _refuse_other(folder, files)
    written = []
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        written.append(path)
    return written


def _refuse_other(folder: Path, files: dict[str, bytes]) -> None:
    """Refuse a folder of other things, and archives that this example would not overwrite."""
    if folder.exists() and not folder.is_dir():
        msg = "a folder was expected; found a file; pass the name of a new folder."
        raise InputError(msg)
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARKER).is_file():
        msg = (
            "an empty folder or an earlier example was expected; found other files; "
            "pass the name of a new folder."
        )
        raise InputError(msg)
    archives = folder / "archives"
    present = [f"archives/{p.name}" for p in archives.iterdir()] if archives.is_dir() else []
    n_stale = sum(name not in files for name in present)
    if n_stale:
        msg = (
            f"archives of this example alone were expected; found {n_stale} other files among "
            "them; pass the name of a new folder."
        )
        raise InputError(msg)


def _marker(plan: Plan) -> str:
    """Return the text of the marker file."""
    return (
        "Everything in this folder is invented: no person, account or message in it exists.\n"
        f"seed {plan.seed}\n"
    )


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


def _json(value: object) -> str:
    """Return JSON text for people to read."""
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
