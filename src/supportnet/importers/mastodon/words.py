"""The words of a post: HTML turned into plain text, and the names it begins with."""

from __future__ import annotations

import html
import re
from typing import Any

__all__ = ["language_of", "leading_names", "plain", "text_of"]

_PARAGRAPH = re.compile(r"</p>\s*<p(?: [^<>]*)?>", re.IGNORECASE)
_BREAK = re.compile(r"<br ?/?>|</(?:li|blockquote|h[1-6]|pre|div)>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_LEAD = re.compile(r"\s*(?:@[\w.-]{1,256}(?:@[\w.-]{1,256})?(?:\s+|$))+")
_NAME = re.compile(r"@([\w.-]{1,256})(?:@[\w.-]{1,256})?")


def plain(content: str) -> str:
    r"""Return the text of an HTML fragment as its reader sees it.

    Examples
    --------
    >>> plain("<p>je t&#39;appelle<br />ce soir ?</p><p>&lt;3</p>")
    "je t'appelle\nce soir ?\n\n<3"
    """
    if "<" in content:
        content = _PARAGRAPH.sub("\n\n", content)
        content = _BREAK.sub("\n", content)
        content = _TAG.sub("", content)
    return html.unescape(content) if "&" in content else content


def _contents(note: dict[str, Any]) -> dict[str, Any]:
    """Return the texts by language."""
    found = note.get("contentMap")
    return found if isinstance(found, dict) else {}


def text_of(note: dict[str, Any]) -> str | None:
    """Return the words of a post; None when it holds none."""
    content = note.get("content")
    if not isinstance(content, str):
        texts = (text for text in _contents(note).values() if isinstance(text, str))
        content = next(texts, None)
    return None if content is None else plain(content)


def language_of(note: dict[str, Any], known: dict[str, str]) -> str | None:
    """Return the language a post declares, when it declares exactly one."""
    texts = _contents(note)
    if len(texts) != 1:
        return None
    lang = next(iter(texts))
    return known.setdefault(lang, lang) if lang and lang != "und" else None


def leading_names(text: str) -> frozenset[str]:
    """Return the names a text begins with, in lower case and without servers.

    Examples
    --------
    >>> sorted(leading_names("@omar@other.example @Ines merci, et à @zoe"))
    ['ines', 'omar']
    """
    lead = _LEAD.match(text)
    if lead is None:
        return frozenset()
    return frozenset(name.lower() for name in _NAME.findall(lead[0]))
