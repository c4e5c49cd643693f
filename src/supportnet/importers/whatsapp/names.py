"""Names of chats and of people: where a chat's name stands, and when two spellings are one."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from supportnet.importers.whatsapp.wording import FILE_NAMES
from supportnet.parsing.text import without_marks
from supportnet.records import Identity

if TYPE_CHECKING:
    from supportnet.archive import Member

__all__ = ["PLATFORM", "NameBook", "chat_title", "looks_exported", "name_key"]

PLATFORM = "whatsapp"

_COPY = re.compile(r" ?\(\d{1,3}\)$")
_PHONE = re.compile(r"\+\d[\d ()./-]{5,22}")


def _file_pattern(pattern: str) -> re.Pattern[str]:
    """Compile one localised file name; blanks may have become underscores."""
    before, after = pattern.split("{}")
    blanks = [re.escape(part).replace(r"\ ", "[ _]+") for part in (before, after)]
    return re.compile(rf"{blanks[0]}(.+?){blanks[1]}", re.IGNORECASE)


_FILES = tuple(_file_pattern(pattern) for pattern in FILE_NAMES)


def _title_in(stem: str) -> str | None:
    """Return the chat's name inside the name of an exported file or folder."""
    clean = _COPY.sub("", " ".join(without_marks(stem).split()))
    for pattern in _FILES:
        match = pattern.fullmatch(clean)
        if match is not None:
            return match[1].strip(" _") or None
    return None


def looks_exported(name: str) -> bool:
    """Tell whether a file bears a name that the app gives to an exported chat.

    Examples
    --------
    >>> looks_exported("WhatsApp Chat with Odile.txt"), looks_exported("notes.txt")
    (True, False)
    """
    path = PurePosixPath(name)
    return path.name == "_chat.txt" or _title_in(path.stem) is not None


def chat_title(member: Member) -> str | None:
    """Find the chat's name in the name of its file, its folder or its zip; None where none tells.

    Notes
    -----
    iOS calls every chat `_chat.txt`; there the zip or the folder around it bears the name.
    """
    path = PurePosixPath(member.name)
    places = [path.stem, *(folder.name for folder in path.parents if folder.name)]
    beside = [one.name for one in member.archive.members if one is not member]
    if not any(one.endswith(".txt") and looks_exported(one) for one in beside):
        places += [member.archive.path.stem, member.archive.path.name]
    for place in places:
        title = _title_in(place)
        if title is not None:
            return title
    return None


def name_key(name: str) -> str:
    """Reduce a name to what file systems and app versions leave unchanged.

    Returns
    -------
    str
        Letters and digits in lower case, without the `~` of people outside the phone book; the
        name itself where that leaves nothing (a name of emoji).

    Examples
    --------
    >>> name_key("~\u202fRémi L.") == name_key("Rémi_L")
    True
    """
    plain = without_marks(name).strip()
    return "".join(sign for sign in plain.casefold() if sign.isalnum()) or plain


class NameBook:
    """Make each person's identity once; names mean one person inside one phone book only."""

    def __init__(self) -> None:
        self._known: dict[str, Identity] = {}

    def of(self, raw: str) -> Identity:
        """Return the identity behind a name or an international phone number.

        Parameters
        ----------
        raw
            The name as it stands, invisible marks included.

        Returns
        -------
        Identity
            Kind `phone`, valid on the whole platform, for a number with its country code; else
            kind `name`, valid in the owner's phone book.
        """
        known = self._known.get(raw)
        if known is None:
            plain = " ".join(without_marks(raw).split())
            bare = plain.removeprefix("~").strip()
            if _PHONE.fullmatch(bare):
                digits = "".join(sign for sign in bare if sign.isdigit())
                known = Identity(PLATFORM, f"+{digits}", "platform", "phone")
            else:
                known = Identity(PLATFORM, plain, "owner", "name")
            known = self._known.setdefault(known.id, known)
            self._known[raw] = known
        return known

    def of_number(self, digits: str) -> Identity:
        """Return the identity of a typed `@digits`, which is a number with its country code."""
        return self.of(f"+{digits}")
