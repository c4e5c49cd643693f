"""Small tables in which a researcher names persons; their content stays in memory."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from supportnet.errors import InputError
from supportnet.privacy import Key, normalise, pseudonym
from supportnet.records import Identity

__all__ = ["person_pseudonym", "read_person_table"]


def read_person_table(path: Path, required: tuple[str, ...]) -> list[dict[str, str]]:
    """Read a small CSV that names persons (aliases, consent); its content stays in memory.

    Raises
    ------
    InputError
        When the file or one of the required columns is missing.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            found = reader.fieldnames or []
            missing = [name for name in required if name not in found]
            if missing:
                msg = (
                    f"columns {', '.join(required)} were expected; {', '.join(missing)} not found; "
                    "add them to the first line of the CSV file."
                )
                raise InputError(msg)
            return [{k: v or "" for k, v in row.items() if k is not None} for row in reader]
    except OSError:
        found, advice = "no readable file at the path given", "check the path"
    except (UnicodeDecodeError, csv.Error):
        found, advice = "another encoding or kind of file", 'save the table as "CSV UTF-8"'
    msg = f"a CSV file in UTF-8 was expected; found {found}; {advice}."
    raise InputError(msg)


def person_pseudonym(key: Key, row: Mapping[str, str]) -> bytes:
    """Return the pseudonym of an account that a researcher's table names.

    A row with an owner names an entry of that owner's phone book; the owner is written like any
    other account.
    """
    platform, text = row["platform"].strip().lower(), row["identifier"].strip()
    owner = row.get("owner", "").strip()
    if owner:
        book = normalise(_written(platform, owner, "name"))
        return pseudonym(key, Identity(platform, text, "owner", "name"), owner=book)
    return pseudonym(key, _written(platform, text, "opaque"))


def _written(platform: str, text: str, plain: Literal["name", "opaque"]) -> Identity:
    """Return the account that a researcher writes so.

    An identifier with @ inside is an e-mail address (on Mastodon an account), with @ in front a
    handle, with + a phone number; anything else is what `plain` says.
    """
    kind: Any = plain
    if text.startswith("@"):
        kind = "handle"
    elif text.startswith("+"):
        kind = "phone"
    elif "@" in text and "." in text.rpartition("@")[2] and ":" not in text:
        kind = "handle" if platform == "mastodon" else "email"
    return Identity(platform, text, kind=kind)
