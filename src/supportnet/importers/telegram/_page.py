"""One page of Telegram's HTML export (`messages.html`, `messages2.html` …) as plain rows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

__all__ = ["Page", "PageRow", "read_page"]

_VOID: Final = frozenset({"br", "img", "input", "meta", "link", "hr", "source", "wbr"})
_ID = re.compile(r"message(-?\d{1,18})")
_GO_TO = re.compile(r"#go_to_message(-?\d{1,18})$")
_DEEPEST = 200


@dataclass(slots=True)
class PageRow:
    """One `div.message`.

    Attributes
    ----------
    number
        Its id; negative for rows made up for display. None when damaged.
    is_service, is_joined, is_call
        Classes of the row; a joined row is by the sender of the row before.
    name, date, text
        As written; `date` is the title of the clock, local time and the zone's standard offset.
    reply_to
        Id of the answered row.
    reactions
        Emoji and how many gave it.
    """

    number: int | None
    is_service: bool = False
    is_joined: bool = False
    is_call: bool = False
    has_media: bool = False
    name: str = ""
    date: str = ""
    text: str = ""
    reply_to: int | None = None
    reactions: list[tuple[str, int]] = field(default_factory=list)


@dataclass(slots=True)
class Page:
    """A page: the chat's title and its rows."""

    title: str = ""
    rows: list[PageRow] = field(default_factory=list)


class _Parser(HTMLParser):
    """Walk the tags; `sink` says what the words under the current tag are."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._stack: list[tuple[str, str]] = []
        self._row: PageRow | None = None
        self._row_depth = 0
        self._emoji: list[str] = []
        self._faces = 0

    def _sink(self) -> str:
        """Return what the words under the open tag are."""
        return self._stack[-1][1] if self._stack else ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a tag: a row, one of its parts, or something inside a part."""
        if tag in _VOID:
            if tag == "br" and self._sink() == "text" and self._row is not None:
                self._row.text += "\n"
            return
        if len(self._stack) >= _DEEPEST:
            return
        given = dict(attrs)
        classes = frozenset((given.get("class") or "").split())
        if "message" in classes and tag == "div":
            self._open_row(classes, given.get("id") or "")
            sink = "row"
        elif self._row is None:
            sink = "title" if {"text", "bold"} <= classes else ""
        else:
            sink = self._part(self._row, classes, given)
        self._stack.append((tag, sink))

    def _open_row(self, classes: frozenset[str], mark: str) -> None:
        """Begin a row."""
        found = _ID.fullmatch(mark)
        self._row = PageRow(
            int(found[1]) if found else None,
            is_service="service" in classes,
            is_joined="joined" in classes,
        )
        self.page.rows.append(self._row)
        self._row_depth = len(self._stack)

    def _part(self, row: PageRow, classes: frozenset[str], given: dict[str, str | None]) -> str:
        """Return what the words under a tag of a row are, noting what the tag itself says."""
        parent = self._sink()
        sink = parent if parent in ("text", "forwarded", "reply", "media") else ""
        if "date" in classes and parent == "row_body":
            row.date = given.get("title") or ""
        elif "body" in classes and parent == "row":
            sink = "row_body"
        elif "forwarded" in classes:
            sink = "forwarded"
        elif "reply_to" in classes:
            sink = "reply"
        elif parent == "reply":
            found = _GO_TO.search(given.get("href") or "")
            row.reply_to = int(found[1]) if found else row.reply_to
        elif "from_name" in classes:
            # A forwarded row names its first author inside: that is not who sent this one.
            sink = "name" if parent == "row_body" else "media"
        elif "text" in classes and parent in ("row_body", "forwarded"):
            sink = "text"
        elif "reaction" in classes:
            self._emoji, self._faces = [], 0
            row.reactions.append(("", 1))
            sink = "reaction"
        elif parent in ("reaction", "faces"):
            sink = self._reaction_part(row, classes)
        elif "reactions" in classes:
            sink = "row_body"
        elif "media" in classes or "media_wrap" in classes:
            row.has_media = True
            sink = "media"
        if "media_call" in classes:
            row.is_call = True
        return sink

    def _reaction_part(self, row: PageRow, classes: frozenset[str]) -> str:
        """Return the part of a reaction: its emoji, its count, or the faces of who gave it."""
        for word in ("emoji", "count"):
            if word in classes:
                return word
        if "userpic" in classes and row.reactions:
            self._faces += 1
            row.reactions[-1] = (row.reactions[-1][0], max(1, self._faces))
        return "faces"

    def handle_endtag(self, tag: str) -> None:
        """Close a tag, and those left open inside it."""
        if tag in _VOID:
            return
        for place in range(len(self._stack) - 1, -1, -1):
            if self._stack[place][0] == tag:
                del self._stack[place:]
                break
        if self._row is not None and len(self._stack) <= self._row_depth:
            self._row = None

    def handle_data(self, data: str) -> None:
        """Keep the words that belong to a part we read."""
        sink = self._sink()
        row = self._row
        if sink == "title":
            self.page.title += data
        elif row is None:
            return
        elif sink == "name":
            row.name += data
        elif sink == "text":
            row.text += data
        elif sink in ("emoji", "count") and row.reactions:
            emoji, number = row.reactions[-1]
            if sink == "emoji":
                emoji += data.strip()
            elif data.strip().isdecimal() and len(data) < 16:
                number = int(data)
            row.reactions[-1] = (emoji, number)


def read_page(text: str) -> Page:
    """Return the rows of one page, in the order of the page."""
    parser = _Parser()
    parser.feed(text)
    parser.close()
    page = parser.page
    page.title = page.title.strip()
    for row in page.rows:
        row.name = row.name.strip()
        row.text = row.text.strip()
    return page
