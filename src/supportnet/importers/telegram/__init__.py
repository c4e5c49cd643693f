"""Telegram Desktop: one chat or a whole account, JSON; HTML where the JSON is missing."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from typing import Final

from supportnet.archive import Member
from supportnet.formats import Export, Format
from supportnet.importers.telegram._html import PAGE, read_html_export
from supportnet.importers.telegram._json import owner_in_head, read_json_export
from supportnet.importers.telegram._peers import ALL_TYPES, PLATFORM
from supportnet.records import Identity, Ignored, RawCoverage, Record

__all__ = ["FORMAT"]

_TYPE = re.compile(rb'"type"\s*:\s*"(?:' + "|".join(ALL_TYPES).encode() + rb')"')
_OPENING = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{")
_SECTION = re.compile(
    rb'"(?:personal_information|profile_pictures|stories|contacts|frequent_contacts|sessions'
    rb'|web_sessions|other_data|chats|left_chats)"\s*:\s*\{\s*"(?:about|list|user_id)"\s*:'
)
_CHAT_FOLDER = re.compile(r"(?:^|/)chats/chat_?\d+$")
_PAGE_MARKS: Final = (b"page_wrap", b"page_body chat_page")


def _sniff(member: Member) -> bool:
    """Tell whether a file is a Telegram `result.json` or a page of its HTML export."""
    if PAGE.search(member.name):
        head = member.head()
        return all(mark in head for mark in _PAGE_MARKS)
    if not member.name.lower().endswith(".json"):
        return False
    head = member.head()
    if not _OPENING.match(head):
        return False
    if _SECTION.search(head) and (
        b"Telegram" in head or b'"personal_information"' in head or _TYPE.search(head)
    ):
        return True
    return _TYPE.search(head) is not None and b'"messages"' in head


def _root(name: str) -> str:
    """Return the folder of an export; the pages of an account lie in `chats/chat_01/`."""
    return _CHAT_FOLDER.sub("", posixpath.dirname(name))


def _owner(members: Sequence[Member]) -> Identity | None:
    """Return the owner whom an account export names."""
    for member in members:
        found = owner_in_head(member) if member.name.endswith(".json") else None
        if found is not None:
            return Identity(PLATFORM, found)
    return None


def _read(export: Export) -> Iterator[Record]:
    """Yield the records of one export: the JSON where there is one, else the pages."""
    files = [member for member in export.members if not PAGE.search(member.name)]
    pages = [member for member in export.members if PAGE.search(member.name)]
    if files:
        yield from read_json_export(files, export)
        if pages:
            yield Ignored("html_copy", len(pages))
    elif pages:
        yield from read_html_export(pages, export)
    else:
        yield RawCoverage(None, frozenset())


FORMAT = Format(
    name="telegram",
    title="Telegram Desktop: one chat or the whole account (JSON; HTML if need be)",
    title_fr="Telegram Desktop : une discussion ou tout le compte (JSON ; à défaut HTML)",
    sniff=_sniff,
    read=_read,
    platform=PLATFORM,
    root=_root,
    owner=_owner,
    needs=("timezone", "owner", "visibility", "visibility_map"),
    leaves_out=(
        "Deleted messages, secret chats, membership lists, who gave most reactions in groups, and "
        "in an account export by default everything that others wrote in groups and channels."
    ),
)
