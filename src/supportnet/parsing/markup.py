"""Fragments of HTML turned into the text that their readers see."""

from __future__ import annotations

import html
import re

__all__ = ["html_text"]

_PARAGRAPH = re.compile(r"</p>\s*<p(?: [^<>]*)?>", re.IGNORECASE)
_BREAK = re.compile(r"<br ?/?>|</(?:p|li|blockquote|h[1-6]|pre|div)>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--.*?-->", re.DOTALL)


def html_text(fragment: str) -> str:
    r"""Return the text of an HTML fragment, paragraphs and breaks as line ends.

    Parameters
    ----------
    fragment
        What a platform wrote, as `<p>one<br>two</p>`.

    Returns
    -------
    str
        Without tags and with the characters that entities stand for; a `<` that opens no tag
        stays.

    Examples
    --------
    >>> html_text("<p>d&#39;accord<br />ce soir ?</p><p>&lt;3</p>")
    "d'accord\nce soir ?\n\n<3"
    """
    if "<" in fragment:
        fragment = _PARAGRAPH.sub("\n\n", fragment)
        fragment = _BREAK.sub("\n", fragment)
        fragment = _TAG.sub("", fragment).strip("\n")
    return html.unescape(fragment) if "&" in fragment else fragment
