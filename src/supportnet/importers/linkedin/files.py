"""Which CSV file holds what, told by its header wherever it stands, and its rows by column name."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from typing import Final

from supportnet.archive import BadRow, Member, iter_csv
from supportnet.records import Rejected

__all__ = ["PATTERNS", "PLATFORM", "Row", "kind_of", "root_of", "rows", "sniff"]

PLATFORM: Final = "linkedin"

# Kind of file → the generic name under which its rejected records are reported.
PATTERNS: Final = {
    "messages": "messages.csv",
    "coach": "*coach_messages.csv",
    "connections": "Connections.csv",
    "invitations": "Invitations.csv",
    "shares": "Shares*.csv",
    "comments": "Comments*.csv",
    "reactions": "Reactions*.csv",
    "votes": "Votes*.csv",
    "reposts": "InstantReposts*.csv",
    "member_follows": "Member_Follows*.csv",
    "company_follows": "Company Follows.csv",
    "endorsements": "Endorsement_*_Info.csv",
    "recommendations": "Recommendations_*.csv",
    "profile": "Profile.csv",
    "address_book": "Contacts.csv",
}
# Kind → columns that its header must have, of which no other file has all.
_COLUMNS: Final[dict[str, frozenset[str]]] = {
    "messages": frozenset({"from", "to", "date", "subject", "content"}),
    "connections": frozenset({"first name", "last name", "connected on"}),
    "invitations": frozenset({"from", "to", "sent at", "direction"}),
    "shares": frozenset({"date", "sharelink", "sharecommentary"}),
    "votes": frozenset({"date", "link", "optiontext"}),
    "member_follows": frozenset({"date", "status", "fullname"}),
    "company_follows": frozenset({"organization", "followed on"}),
    "endorsements": frozenset({"endorsement date", "skill name"}),
    "recommendations": frozenset({"first name", "last name", "text", "creation date"}),
    "profile": frozenset({"first name", "last name", "headline", "summary"}),
    "address_book": frozenset({"firstname", "lastname", "emails"}),
}
# Kinds whose few columns might be anybody's: these alone, and pointing at LinkedIn.
_PLAIN: Final[dict[str, frozenset[str]]] = {
    "comments": frozenset({"date", "link", "message"}),
    "reactions": frozenset({"date", "type", "link"}),
    "reposts": frozenset({"date", "link"}),
}
# A file of this very name needs no more than these to tell whose export it is.
_FULL_NAME: Final = frozenset({"first name", "last name"})
_OLD_MESSAGES: Final = frozenset({"conversation id", "direction"})
# Talks with machines have the columns of messages; only the file's name tells.
_COACH = re.compile(r"coach|guide|role[ _-]?play|learning")
_OWN = re.compile(r"linkedin\.com|^\s*$", re.IGNORECASE)
_SEARCHED: Final = 12


class Row:
    """The cells of one row by the names of their columns."""

    __slots__ = ("_cells", "_places", "number")

    def __init__(self, number: int, cells: list[str], places: Mapping[str, int]) -> None:
        self.number = number
        self._cells = cells
        self._places = places

    def __getitem__(self, name: str) -> str:
        """Return a cell without blanks around it; empty where there is no such column."""
        place = self._places.get(name)
        return "" if place is None else self._cells[place].strip()

    def __contains__(self, name: str) -> bool:
        return name in self._places

    @property
    def is_blank(self) -> bool:
        """Whether all cells are empty."""
        return not any(cell.strip() for cell in self._cells)


def _names(cells: list[str]) -> list[str]:
    """Return the names of columns, however they are spaced and cased."""
    return [" ".join(cell.split()).casefold() for cell in cells]


def _kind_of_header(names: frozenset[str]) -> str | None:
    """Return what a row is the header of."""
    for kind, wanted in _COLUMNS.items():
        if wanted <= names and (kind != "messages" or names & _OLD_MESSAGES):
            return kind
    return next((kind for kind, wanted in _PLAIN.items() if names == wanted), None)


def _is_profile(member: Member, names: frozenset[str]) -> bool:
    """Tell whether a file is the profile by its name, whatever else its header holds."""
    return member.name.rpartition("/")[2].lower() == "profile.csv" and names >= _FULL_NAME


def _first_rows(member: Member) -> list[list[str]]:
    """Return the first records of a file, notes above the header included."""
    text = member.head().decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    found: list[list[str]] = []
    try:
        for row in csv.reader(f"{line}\n" for line in text.split("\n")):
            if row:
                found.append(row)
            if len(found) > _SEARCHED:
                break
    except csv.Error:
        pass
    return found


def kind_of(member: Member) -> str | None:
    """Return what a file holds.

    Parameters
    ----------
    member
        Any file.

    Returns
    -------
    str or None
        A kind of this module; None for files of other origin and for the many files of an export
        that hold no talk.
    """
    if not member.name.lower().endswith(".csv"):
        return None
    first = _first_rows(member)
    for place, cells in enumerate(first):
        names = frozenset(_names(cells))
        kind = _kind_of_header(names)
        if kind is None and _is_profile(member, names):
            kind = "profile"
        if kind is None:
            continue
        if kind in _PLAIN:
            links = [
                row[-1 if kind == "reactions" else 1] for row in first[place + 1 :][:1] if row[1:]
            ]
            named = kind.removesuffix("s") in member.name.lower()
            return kind if named or any(_OWN.search(link) for link in links if link) else None
        is_coach = kind == "messages" and _COACH.search(member.name.rpartition("/")[2].lower())
        return "coach" if is_coach else kind
    return None


def sniff(member: Member) -> bool:
    """Say whether one file belongs to a LinkedIn export.

    Parameters
    ----------
    member
        The file.

    Returns
    -------
    bool
        True for CSV files whose header, which may stand below notes, is LinkedIn's.
    """
    return kind_of(member) is not None


def root_of(name: str) -> str:
    """Return the folder a file lies in: one export, or one export unpacked.

    Examples
    --------
    >>> root_of("lea/messages.csv"), root_of("messages.csv")
    ('lea', '')
    """
    return name.rpartition("/")[0]


def rows(member: Member, kind: str) -> Iterator[Row | Rejected]:
    """Yield the rows below the header.

    Parameters
    ----------
    member
        A file.
    kind
        What it holds.

    Yields
    ------
    Row or Rejected
        Numbered from 0 in the file, notes and header included; rows that are too short or too long
        to be read as `bad_row` and `field_too_long`.
    """
    pattern = PATTERNS[kind]
    header = "messages" if kind == "coach" else kind

    def is_header(cells: list[str]) -> bool:
        """Say whether a row is the header, notes being over."""
        names = frozenset(_names(cells))
        found = _kind_of_header(names)
        return found == header or (found is None and kind == "profile" and names >= _FULL_NAME)

    places: dict[str, int] = {}
    for number, cells in iter_csv(member, skip_until=is_header):
        if not places:
            names = _names(cells)
            # Of two columns of one name the first counts.
            places = {name: place for place, name in reversed(list(enumerate(names)))}
        elif isinstance(cells, BadRow):
            yield Rejected(cells.reason, pattern, number)
        elif len(cells) <= max(places.values()):
            yield Rejected("bad_row", pattern, number)
        else:
            yield Row(number, cells, places)
