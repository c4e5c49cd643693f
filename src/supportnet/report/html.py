"""HTML as text: every value is escaped unless it was made here; no script, no outside address."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from supportnet.plots.style import clean_text

__all__ = [
    "POLICY",
    "Column",
    "Html",
    "figure",
    "items",
    "join",
    "page",
    "safe_name",
    "table",
    "tag",
]

#: The page may show the pictures inside it and style itself, nothing else.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:"

_VOID = ("meta", "img", "br", "hr")


class Html(str):
    """Markup made by this module; anything else is escaped where it enters."""

    __slots__ = ()


def safe_name(name: object) -> str:
    """Return a foreign name on one line, without controls and direction marks, at most 80 long."""
    return clean_text(name, 80)


def _escaped(value: object) -> str:
    """Return a value as markup."""
    if isinstance(value, Html):
        return value
    # Controls cannot be written in HTML at all; a lone surrogate cannot be written in a file.
    text = "".join(c for c in str(value) if c >= " " or c in "\n\t")
    return html.escape(text.encode("utf-8", "replace").decode("utf-8"), quote=True)


def join(parts: Iterable[object]) -> Html:
    """Put pieces one after the other, escaping those that are not markup."""
    return Html("".join(_escaped(part) for part in parts))


def tag(name: str, *children: object, **attributes: object) -> Html:
    """Return an element.

    Parameters
    ----------
    name
        Name of the element.
    *children
        What is inside; text is escaped.
    **attributes
        `class_` stands for `class`; None leaves an attribute out.

    Returns
    -------
    Html
        The element.

    Examples
    --------
    >>> tag("p", "<b>", tag("br"), class_="note")
    '<p class="note">&lt;b&gt;<br></p>'
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_escaped(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID:
        return Html(f"<{name}{given}>")
    return Html(f"<{name}{given}>{join(children)}</{name}>")


def items(texts: Iterable[object]) -> Html:
    """Return an unordered list."""
    return tag("ul", *(tag("li", text) for text in texts))


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, and whether numbers stand in it (right-aligned)."""

    title: str
    numeric: bool = False


def table(caption: str, columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> Html:
    """Return a table with caption; the first cell of each row is its heading.

    Parameters
    ----------
    caption
        What the table shows.
    columns
        Headings.
    rows
        Cells, as many as there are columns.

    Returns
    -------
    Html
        The table in a box that scrolls where the page is narrow.
    """
    head = [
        tag("th", column.title, scope="col", class_="n" if column.numeric else None)
        for column in columns
    ]
    body = []
    for row in rows:
        cells = [tag("th", row[0], scope="row")]
        cells += [
            tag("td", cell, class_="n" if column.numeric else None)
            for cell, column in zip(row[1:], columns[1:], strict=True)
        ]
        body.append(tag("tr", *cells))
    return tag(
        "div",
        tag(
            "table",
            tag("caption", caption),
            tag("thead", tag("tr", *head)),
            tag("tbody", *body),
        ),
        class_="wide",
    )


def figure(svg: bytes, alternative: str, caption: str) -> Html:
    """Return a picture with the text that stands for it and a caption below.

    Parameters
    ----------
    svg
        The drawing.
    alternative
        What a reader who does not see it needs to know.
    caption
        What it shows and how to read it.

    Returns
    -------
    Html
        The figure; the drawing is part of the page.
    """
    data = base64.b64encode(svg).decode("ascii")
    picture = tag("img", src=f"data:image/svg+xml;base64,{data}", alt=alternative)
    return tag("figure", picture, tag("figcaption", caption))


def page(title: str, language: str, body: Iterable[object]) -> str:
    """Return the whole document.

    Parameters
    ----------
    title
        Title of the page.
    language
        `en` or `fr`.
    body
        The sections.

    Returns
    -------
    str
        HTML with its style and its policy inside.
    """
    policy = tag("meta", http_equiv="Content-Security-Policy", content=Html(POLICY))
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        policy,
        tag("meta", name_="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name_="robots", content="noindex"),
        tag("title", title),
        tag("style", Html(STYLE)),
    )
    main = tag("main", *body)
    return f"<!DOCTYPE html>\n{tag('html', head, tag('body', main), lang=language)}\n"


STYLE = """
:root { color-scheme: light; --ink: #1d1d1f; --soft: #57595e; --line: #d9dbe0; --tint: #f5f6f8;
  --accent: #0b5c8f; }
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: #fff; font: 16px/1.55 system-ui, -apple-system,
  "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 2.2rem 1.5rem 4rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .4rem; }
h2 { font-size: 1.35rem; margin: 2.8rem 0 .6rem; padding-top: .7rem;
  border-top: 2px solid var(--line); }
h3 { font-size: 1.08rem; margin: 1.8rem 0 .4rem; }
p, ul, dl { max-width: 46rem; }
.sub { color: var(--soft); margin-top: 0; }
.lead { background: var(--tint); border-left: 4px solid var(--accent); padding: .9rem 1.1rem;
  max-width: none; }
.lead p, .lead ul { max-width: none; margin: .35rem 0; }
nav ul { columns: 2; column-gap: 2rem; padding-left: 1.1rem; }
a { color: var(--accent); }
.wide { overflow-x: auto; margin: 1rem 0 1.4rem; }
table { border-collapse: collapse; width: 100%; font-size: .88rem; line-height: 1.35; }
caption { text-align: left; font-weight: 600; padding-bottom: .45rem; }
th, td { text-align: left; vertical-align: top; padding: .38rem .7rem .38rem 0;
  border-bottom: 1px solid var(--line); }
thead th { border-bottom: 2px solid #9aa0a8; vertical-align: bottom; }
tbody th { font-weight: 500; }
.n { text-align: right; font-variant-numeric: tabular-nums; padding-right: 1rem; }
td.n { white-space: nowrap; }
figure { margin: 1.3rem 0 1.8rem; break-inside: avoid; }
img { display: block; max-width: 100%; height: auto; }
figcaption { color: var(--soft); font-size: .88rem; max-width: 46rem; margin-top: .4rem; }
.why { color: var(--soft); }
.yes { color: #0a6245; font-weight: 600; }
.no { color: #9a3412; font-weight: 600; }
code { font-size: .88em; background: var(--tint); padding: 0 .25em; border-radius: 3px; }
.small { font-size: .86rem; color: var(--soft); }
@media print {
  body { font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  nav { display: none; }
  .wide { overflow: visible; }
  h2, h3, caption { break-after: avoid; }
  tr, figure { break-inside: avoid; }
  a { color: inherit; text-decoration: none; }
}
""".strip()
