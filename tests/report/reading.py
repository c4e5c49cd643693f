"""Read a report as a browser would, and list what it must not hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:"
ALLOWED = {
    *("html", "head", "meta", "title", "style", "body", "main", "section", "div", "nav"),
    *("p", "span", "strong", "br", "h1", "h2", "h3", "h4", "ul", "ol", "li", "a", "code"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td", "figure", "figcaption", "img"),
}
_VOID = {"meta", "br", "img"}


@dataclass
class Page:
    """What a report holds."""

    tags: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    alternatives: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    policies: list[str] = field(default_factory=list)
    language: str = ""
    cells: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    """Collect elements, attributes and text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        page, given = self.page, dict(attrs)
        page.tags.append(tag)
        if tag not in ALLOWED:
            page.faults.append(f"element {tag}")
        if tag not in _VOID:
            self.open.append(tag)
        for name, value in attrs:
            self._attribute(tag, name, value or "")
        if tag == "img":
            page.alternatives.append(given.get("alt") or "")
            page.pictures.append(given.get("src") or "")
        if tag == "meta" and given.get("http-equiv"):
            page.policies.append(f"{given['http-equiv']}|{given.get('content')}")
        if tag == "html":
            page.language = given.get("lang") or ""
        if tag == "th" and given.get("scope") not in ("row", "col"):
            page.faults.append("th without scope")
        if tag[0] == "h" and tag[1:].isdigit():
            page.headings.append(int(tag[1:]))
        if tag == "td":
            page.cells.append("")

    def _attribute(self, tag: str, name: str, value: str) -> None:
        page = self.page
        if name.startswith("on"):
            page.faults.append(f"attribute {name}")
        if name == "href":
            page.links.append(value)
        if name == "href" and not value.startswith("#"):
            page.faults.append(f"link {value[:40]}")
        if name == "src" and not value.startswith("data:image/svg+xml;base64,"):
            page.faults.append(f"source {value[:40]}")
        if name == "id":
            page.ids.append(value)
        if name not in ("alt", "content") and "://" in value:
            page.faults.append(f"address in {tag} {name}")
        if name == "style":
            page.faults.append("style attribute")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.page.faults.append(f"end of {tag} out of place")
            return
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            if "@import" in data or "url(" in data:
                self.page.faults.append("style that loads something")
            return
        self.page.text.append(data)
        if self.page.cells and "td" in self.open:
            self.page.cells[-1] += data

    def handle_comment(self, data: str) -> None:
        self.page.faults.append("comment")

    def unknown_decl(self, data: str) -> None:
        self.page.faults.append("declaration")

    def handle_pi(self, data: str) -> None:
        self.page.faults.append("processing instruction")


def read(text: str) -> Page:
    """Return what a report holds; faults are what it must not hold."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    page = reader.page
    if reader.open:
        page.faults.append(f"left open: {reader.open}")
    if page.policies != [f"Content-Security-Policy|{POLICY}"]:
        page.faults.append(f"policies {page.policies}")
    if not all(page.alternatives):
        page.faults.append("picture without alternative text")
    if page.tags.count("table") != page.tags.count("caption"):
        page.faults.append("table without caption")
    if page.tags.count("figure") != page.tags.count("figcaption"):
        page.faults.append("figure without caption")
    if page.headings[:1] != [1] or any(b - a > 1 for a, b in pairwise(page.headings)):
        page.faults.append(f"headings {page.headings}")
    if len(set(page.ids)) != len(page.ids):
        page.faults.append("two equal ids")
    if not {link[1:] for link in page.links} <= set(page.ids):
        page.faults.append("link to nowhere")
    return page
