"""The HTML export, read only where the JSON is missing: names instead of ids, local times."""

from __future__ import annotations

import calendar
import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from supportnet.archive import Member
from supportnet.formats import Export
from supportnet.importers.telegram._body import emoji_of
from supportnet.importers.telegram._page import PageRow, read_page
from supportnet.importers.telegram._peers import PLATFORM, ConversationKind, Visibility
from supportnet.parsing.times import LocalClock, in_range, require_timezone
from supportnet.records import (
    SECOND,
    Conversation,
    Identity,
    Ignored,
    MessageRef,
    RawCoverage,
    RawMessage,
    RawReaction,
    Record,
    Rejected,
)

__all__ = ["PAGE", "read_html_export"]

PAGE: Final = re.compile(r"(?:^|/)messages(\d*)\.html$")
_PATTERN: Final = "messages*.html"
_CLOCK = re.compile(
    r"(\d\d)\.(\d\d)\.(\d{4}) (\d\d):(\d\d):(\d\d)(?: UTC([+-]\d\d):?(\d\d))?", re.ASCII
)
_DELETED: Final = "Deleted Account"
_NUMBERLESS = "no_author"

# What `--visibility` says about a chat's form, since a page does not tell it.
_KINDS: Final[dict[str, ConversationKind]] = {
    "private_1to1": "dm",
    "private_group": "group",
    "semi_public": "channel",
    "public": "channel",
}
_LAYERS: Final = {"private_1to1": "private", "private_group": "private", "unknown": ""}


class _Chat:
    """One chat of pages, read in their order."""

    def __init__(self, export: Export, visibility: Visibility, copy: str) -> None:
        self.visibility = visibility
        self.conversation = Conversation(
            PLATFORM, f"html:{copy}", _KINDS.get(visibility, "unknown"), members_basis="observed"
        )
        self.copy = copy
        self.clock: LocalClock = require_timezone(export.options, "the HTML pages' local times")
        self.export = export
        self.people: dict[str, Identity] = {}
        self.last: Identity | None = None
        self.seq = 0

    def person(self, name: str) -> Identity:
        """Return the sender of this name: an entry of the owner's phone book, or nobody."""
        found = self.people.get(name)
        if found is None:
            if name == _DELETED:
                key = self.conversation.key
                found = Identity(
                    PLATFORM, name, "conversation", "name", None, key, is_placeholder=True
                )
            else:
                found = Identity(PLATFORM, name, "owner", "name", name)
                self.conversation.members.add(found)
            self.people[name] = found
        return found

    def ref(self, number: int) -> MessageRef:
        """Return the reference of a row of this chat."""
        return MessageRef(PLATFORM, str(number), "account", f"html:{self.copy}")

    def read(self, row: PageRow, record: int) -> Iterator[Record]:
        """Yield the records of one row."""
        self.seq += 1
        if row.is_service:
            made_up = row.number is not None and row.number < 0
            yield Ignored("display_row" if made_up else "service_event")
            return
        author = self._author(row)
        if author is None:
            yield Rejected(_NUMBERLESS, _PATTERN, record)
            return
        self.last = author
        time = self._time(row.date)
        if isinstance(time, str):
            yield Rejected(time, _PATTERN, record)
            return
        kind = self.conversation.kind
        message = RawMessage(
            self.conversation,
            author,
            time[0],
            self.seq,
            None if row.number is None else self.ref(row.number),
            "call" if row.is_call else "message",
            self.visibility,
            None,
            None if row.is_call else row.text or None,
            None if kind in ("dm", "group") else (),
            reply_to=None if row.reply_to is None else self.ref(row.reply_to),
            time_note=time[1],
            resolution_us=SECOND,
        )
        yield message
        if message.ref is not None:
            for emoji, number in row.reactions:
                word = emoji_of(emoji)
                yield RawReaction(message.ref, word, None, number, author, None, self.visibility)

    def _author(self, row: PageRow) -> Identity | None:
        """Return the sender; a joined row has the sender of the row before."""
        if row.name:
            return self.person(row.name)
        return self.last if row.is_joined else None

    def _time(self, title: str) -> tuple[int, int] | str:
        """Return (µs, note bits), or the reason why there is no time.

        The printed offset is the zone's standard one, also in summer: it names the zone and is
        not used as the offset of that instant.
        """
        found = _CLOCK.fullmatch(title)
        if found is None:
            return "bad_date" if title else "undated"
        day, month, year, hour, minute, second = (int(part) for part in found.groups()[:6])
        if found[7] and "printed_offset" not in self.export.notes:
            self._compare(f"{found[7]}:{found[8]}", year)
        time = self.clock.to_us(year, month, day, hour, minute, second)
        return time if time is not None and in_range(time[0]) else "bad_date"

    def _compare(self, printed: str, year: int) -> None:
        """Note the printed offset, and whether the declared zone has another standard one."""
        zone = require_timezone(self.export.options, "the HTML pages' local times")
        offsets = []
        for month in (1, 7):
            noon = zone.to_us(year, month, 15, 12)
            if noon is not None:
                civil = calendar.timegm((year, month, 15, 12, 0, 0, 0, 0, 0))
                offsets.append(civil - noon[0] // SECOND)
        minutes = int(printed[1:3]) * 60 + int(printed[4:])
        standard = -minutes if printed[0] == "-" else minutes
        self.export.notes["printed_offset"] = printed
        if offsets and min(offsets) != standard * 60:
            self.export.notes["zone_check"] = "printed offset differs from the declared zone"

    def coverage(self, owner: str | None) -> RawCoverage:
        """Return what the pages of this chat show: all that was said in it."""
        person = self.people.get(owner or "")
        layer = _LAYERS.get(self.visibility, "public")
        flags = {f"{layer}_in", f"{layer}_out"} if layer else set()
        if self.visibility not in ("private_1to1", "unknown"):
            flags.add("alter_alter")
        if self.visibility == "private_group":
            flags.add("groups")
        return RawCoverage(person, frozenset(flags), self.conversation, resolution_us=SECOND)


def _number(member: Member) -> int:
    """Return the page's number: `messages.html` is the first."""
    found = PAGE.search(member.name)
    return int(found[1]) if found and found[1] else 1


def _visibility(export: Export, title: str) -> Visibility:
    """Return who could read a chat, as declared; a page cannot tell."""
    named = export.options.visibility_map or {}
    word = named.get(title, export.options.visibility or "unknown")
    known: dict[str, Visibility] = {
        "private_1to1": "private_1to1",
        "private_group": "private_group",
        "semi_public": "semi_public",
        "public": "public",
    }
    return known.get(word, "unknown")


def _read_chat(pages: Sequence[Member], export: Export) -> Iterator[Record]:
    """Yield the records of the pages of one chat."""
    chat: _Chat | None = None
    record = -1
    for member in sorted(pages, key=_number):
        page = read_page(member.read().decode("utf-8-sig", "replace"))
        for row in page.rows:
            record += 1
            if chat is None:
                # Two exports of one chat by one owner begin alike; the title alone is no key.
                first = next((r for r in page.rows if not r.is_service), row)
                copy = f"{page.title}:{first.number}:{first.date}"
                chat = _Chat(export, _visibility(export, page.title), copy)
                if chat.conversation.kind == "dm" and page.title:
                    # A private chat bears the name of the other, who need not have written.
                    chat.person(page.title)
            yield from chat.read(row, record)
    if chat is not None:
        yield chat.coverage((export.options.owner or "").strip())


def read_html_export(members: Iterable[Member], export: Export) -> Iterator[Record]:
    """Yield the records of the pages of an export, chat by chat."""
    require_timezone(export.options, "the HTML pages' local times")
    chats: dict[str, list[Member]] = defaultdict(list)
    for member in members:
        chats[posixpath.dirname(member.name)].append(member)
    export.notes["version"] = "HTML"
    for pages in chats.values():
        yield from _read_chat(pages, export)
