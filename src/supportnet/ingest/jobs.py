"""One source to read, before anything of it is read."""

from __future__ import annotations

from dataclasses import dataclass

from supportnet.errors import InputError
from supportnet.formats import Export, Format

__all__ = ["Job", "unrecognised"]


@dataclass(slots=True)
class Job:
    """One source to read: a format, its export, and the digest that names it.

    Attributes
    ----------
    format, export
        Who reads it, and what.
    sha256
        Names the source. That of the file; of several volumes, the digest of theirs.
    file_name
        The real name of the file: it may name a person, so only a keyed digest of it is stored.
    is_forced
        The researcher named the format of files that it does not recognise.
    volumes
        sha256 of each file that the export came in; a single one is `sha256` itself.
    names_owner
        Whether a file of it names its owner; None where its format cannot tell before reading.
    """

    format: Format
    export: Export
    sha256: str
    file_name: str
    is_forced: bool = False
    volumes: tuple[str, ...] = ()
    names_owner: bool | None = None

    def refuse(self) -> InputError:
        """Return the error that says that the files are none of the format named for them."""
        return InputError(unrecognised(self.export.members[0].label, self.format.name))


def unrecognised(label: str, format_name: str | None) -> str:
    """Return the sentence that refuses files which no format, or not the one named, reads."""
    if format_name:
        return (
            f"{label}: a {format_name} export was expected; found no file of that format; "
            f"see how to make one with: supportnet formats {format_name}."
        )
    return (
        f"{label}: an exported archive was expected; found none that any format recognises; see "
        "the list with: supportnet formats, or name one with --format."
    )
