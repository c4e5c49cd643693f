"""What an importer module must offer: a `Format`, and the `Export` it reads.

A format is two functions and a few words about itself. `sniff` looks at one file and answers yes
or no; `read` walks one `Export` and yields :mod:`supportnet.records`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from supportnet.archive import Member
from supportnet.errors import choose
from supportnet.records import Identity, Record

__all__ = ["Export", "Format", "Options", "one_root"]

_LANGUAGES: Final = ("en", "fr")  # of the sheets and of the list


@dataclass(frozen=True, slots=True)
class Options:
    """What the researcher declared on the command line; None means: not said, nothing assumed.

    Attributes
    ----------
    timezone
        IANA name of the zone in which local times were written.
    owner
        Id, handle or display name of the archive's owner.
    visibility
        One visibility value for sources that cannot say.
    visibility_map
        Board or channel name → visibility value.
    date_order
        `dmy`, `mdy` or `ymd`, for dates that could be read two ways.
    columns
        Column map for tables: our name → their name (`sender`, `recipient`, `time`, …).
    ordinal_times
        Times are step numbers, not clock times.
    year
        Year of the first line, for logs that write none.
    community
        Name of the community imported into.
    """

    timezone: str | None = None
    owner: str | None = None
    visibility: str | None = None
    visibility_map: Mapping[str, str] | None = None
    date_order: str | None = None
    columns: Mapping[str, object] | None = None
    ordinal_times: bool = False
    year: int | None = None
    community: str = ""


@dataclass(slots=True)
class Export:
    """All files of one import call that belong together: one owner's archive, or one chat file.

    Attributes
    ----------
    members
        The files claimed by the format, in name order (natural order: part2 before part10).
    options
        What the researcher declared.
    others
        Files of the same root that the format did not claim (for names and manifests only).
    notes
        Facts about the reading that the data card shows, written by `read`
        (`zone: offset`, `date_order: rule 2`); short words and numbers, never content.
    name
        Name of the one conversation that the export is, for formats without conversation ids;
        written by `read`, kept as a keyed digest only, so that copies of it find each other.
    """

    members: list[Member]
    options: Options
    root: str = ""
    others: list[Member] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    name: str | None = None

    def named(self, *endings: str) -> Iterator[Member]:
        """Yield the members whose path (below the root) ends with one of `endings`."""
        for member in self.members:
            if member.name.endswith(endings):
                yield member


def one_root(name: str) -> str:
    """Put every claimed file of an archive into one export (the default)."""
    return ""


Sniff: TypeAlias = Callable[[Member], bool]
Read: TypeAlias = Callable[[Export], Iterator[Record]]
Owner: TypeAlias = Callable[[Sequence[Member]], Identity | None]
Belongs: TypeAlias = Callable[[Sequence[Member], Sequence[Member]], bool | None]


@dataclass(frozen=True, slots=True)
class Format:
    """One exported-archive format.

    Attributes
    ----------
    name
        The word for `--format`: lower case, the module's own name unless it reads several.
    title
        One line for `supportnet formats`.
    sniff
        Looks at one member's name and head; answers whether this format reads it. Must not claim
        the sample of any other format.
    read
        Generator over one export. It never raises for a bad record (yield `Rejected`); it may
        raise `InputError` for an export that cannot be read at all or an option that is missing.
    platform
        Platform word of its identities (None when it varies).
    root
        Maps a member's name to the root of the export it belongs to; members of equal root in one
        archive are one `Export`. `one_root` takes the whole archive, `str` each file alone.
    owner
        Finds the owner among the claimed members without reading messages, to merge the volumes
        of a split archive; None when the format cannot tell before reading.
    belongs
        Tells whether members that name no owner (first) are of the export of others that do
        (second): True where their content says so, False where it says otherwise, None where it
        says nothing.
    needs
        Options it may demand (for `supportnet formats NAME`).
    leaves_out
        One sentence: what the platform leaves out of this export.
    title_fr
        The same line in French; empty stands for the English one.
    """

    name: str
    title: str
    sniff: Sniff
    read: Read
    platform: str | None = None
    root: Callable[[str], str] = one_root
    owner: Owner | None = None
    belongs: Belongs | None = None
    needs: tuple[str, ...] = ()
    leaves_out: str = ""
    title_fr: str = ""

    @property
    def sheet(self) -> Path:
        """Path of the format's English sheet inside the package."""
        return self.sheet_in("en")

    def sheet_in(self, language: str) -> Path:
        """Return the path of the format's sheet inside the package.

        Parameters
        ----------
        language
            `en` or `fr`.

        Returns
        -------
        pathlib.Path
            A Markdown file in UTF-8, for participants and researchers.

        Raises
        ------
        InputError
            For any other language.

        Examples
        --------
        >>> from supportnet.importers import get_format
        >>> get_format("threads").sheet_in("fr").read_text("utf-8").splitlines()[2][:37]
        'Threads n’a pas d’export à lui : ses '
        """
        folder = Path(__file__).parent / "importers" / "sheets"
        if choose(language, _LANGUAGES, "language") != "en":
            folder /= language
        return folder / f"{self.name}.md"

    def title_in(self, language: str) -> str:
        """Return the format's line for `supportnet formats`.

        Parameters
        ----------
        language
            `en` or `fr`.

        Returns
        -------
        str
            One line without the name of the format.

        Raises
        ------
        InputError
            For any other language.

        Examples
        --------
        >>> from supportnet.importers import get_format
        >>> get_format("whatsapp").title_in("fr")
        'Export d’une discussion WhatsApp (txt, ou zip avec les médias)'
        """
        french = choose(language, _LANGUAGES, "language") == "fr"
        return self.title_fr or self.title if french else self.title
