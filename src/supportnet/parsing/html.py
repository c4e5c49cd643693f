"""Pages of HTML as a stream of marks, or as the texts of their blocks, in bounded memory."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Final, Literal, NamedTuple

from supportnet.archive import Member
from supportnet.archive.limits import refuse

__all__ = ["Leaf", "Mark", "leaves", "marks"]

_STEP: Final = 2**16
_DEEPEST: Final = 200
# A tag or comment that never ends would be searched again with every piece.
_HELD: Final = 2**20
_VOID: Final = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
_BLOCKS: Final = frozenset(
    {"address", "article", "body", "dd", "div", "dl", "dt", "footer", "form", "h1", "h2", "h3"}
    | {"h4", "h5", "h6", "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section"}
    | {"table", "tbody", "td", "th", "tr", "ul"}
)
_UNREAD: Final = frozenset({"script", "style", "head", "template"})


class Mark(NamedTuple):
    """An opening tag, a closing tag, or the words between two of them.

    Attributes
    ----------
    what
        `open`, `close` or `text`. Every tag that opens closes; `br` is the text of a line end.
    word
        Name of the tag, or the words with their entities resolved.
    classes
        Classes of an opening tag.
    """

    what: Literal["open", "close", "text"]
    word: str
    classes: frozenset[str] = frozenset()


class _Marker(HTMLParser):
    """Turn tags as written into tags that nest."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Mark] = []
        self._open: list[str] = []
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a tag; a block ends the paragraph before it."""
        if tag == "br":
            self.handle_data("\n")
        if tag in _VOID:
            return
        if tag in _BLOCKS and self._open and self._open[-1] == "p":
            self._close_down_to(len(self._open) - 1)
        if len(self._open) >= _DEEPEST:
            return
        self._open.append(tag)
        self._unread += tag in _UNREAD
        classes = next((value for name, value in attrs if name == "class"), None)
        self.found.append(Mark("open", tag, frozenset((classes or "").split())))

    def handle_endtag(self, tag: str) -> None:
        """Close a tag and those left open inside it; one that was never opened is passed over."""
        if tag in self._open:
            last = len(self._open) - 1 - self._open[::-1].index(tag)
            self._close_down_to(last)

    def _close_down_to(self, depth: int) -> None:
        while len(self._open) > depth:
            tag = self._open.pop()
            self._unread -= tag in _UNREAD
            self.found.append(Mark("close", tag))

    def handle_data(self, data: str) -> None:
        """Keep words, except those of scripts and styles."""
        if not self._unread and data:
            self.found.append(Mark("text", data))

    def finish(self) -> None:
        """Close what was left open."""
        self.close()
        self._close_down_to(0)


def marks(member: Member) -> Iterator[Mark]:
    """Yield the tags and words of a page.

    Parameters
    ----------
    member
        The file; UTF-8, bytes that are not become U+FFFD.

    Yields
    ------
    Mark
        In the order of the page.

    Raises
    ------
    ArchiveError
        When a tag or comment is longer than a mebibyte.
    """
    parser = _Marker()
    decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
    with member.open() as stream:
        while piece := stream.read(_STEP):
            parser.feed(decoder.decode(piece))
            if len(parser.rawdata) > _HELD:
                refuse(member.label, "a page of HTML", "a tag without an end")
            yield from parser.found
            parser.found.clear()
    parser.feed(decoder.decode(b"", final=True))
    parser.finish()
    yield from parser.found


class Leaf(NamedTuple):
    """The words of one block that lie between the edges of blocks.

    Attributes
    ----------
    text
        The words, outer blanks removed.
    is_item
        Whether they stand in an item of a list.
    """

    text: str
    is_item: bool


def leaves(member: Member) -> Iterator[Leaf]:
    """Yield the words of a page block by block; tags within a line do not part them.

    Parameters
    ----------
    member
        The file.

    Yields
    ------
    Leaf
        In the order of the page; blocks without words do not come.
    """
    words: list[str] = []
    items = 0
    for what, word, _ in marks(member):
        if what == "text":
            words.append(word)
        elif word in _BLOCKS:
            if words:
                text = "".join(words).strip()
                words.clear()
                if text:
                    yield Leaf(text, items > 0)
            if word == "li":
                items += 1 if what == "open" else -1
    text = "".join(words).strip()
    if text:
        yield Leaf(text, items > 0)
