"""Texts as people wrote them: repaired, matched and searched, never changed by guessing."""

from __future__ import annotations

import re

from supportnet.archive.names import natural_key

__all__ = ["natural_key", "repair_mojibake", "typed_handles", "without_marks"]

_MARKS = dict.fromkeys([0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])
_BLANKS = dict.fromkeys([0x00A0, 0x202F, 0x2009], " ")
_FOR_MATCHING = {**_MARKS, **_BLANKS}
# Not after a letter (an address), a slash (a path of a link), a dot or another @.
_HANDLE = re.compile(r"(?<![\w@/.])@(\w[\w.-]*(?:@\w[\w.-]*)?)")


def repair_mojibake(text: str) -> str:
    """Undo UTF-8 that was written as Latin-1, exactly or not at all.

    Parameters
    ----------
    text
        Text of an export that is known to hold such text (Meta's).

    Returns
    -------
    str
        The repaired text where every character is a Latin-1 byte and those bytes are UTF-8;
        the text as it was otherwise. The latter keeps repaired text from being repaired twice.

    Examples
    --------
    >>> repair_mojibake("caf\u00c3\u00a9"), repair_mojibake("caf\u00e9")
    ('café', 'café')
    """
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def without_marks(text: str) -> str:
    r"""Return `text` without invisible direction marks and with plain blanks, for matching only.

    Parameters
    ----------
    text
        A line or field as written.

    Returns
    -------
    str
        Without U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069 and U+FEFF; the blanks U+00A0,
        U+202F and U+2009 become an ordinary one. U+200D stays: it joins emoji.

    Examples
    --------
    >>> without_marks("\u200e9:15\u202fPM")
    '9:15 PM'
    """
    return text if text.isascii() else text.translate(_FOR_MATCHING)


def typed_handles(text: str) -> list[str]:
    """Return the `@name` mentions typed in a text.

    Parameters
    ----------
    text
        The body of a message.

    Returns
    -------
    list of str
        Names in lower case without the first `@`, in order, each once; `name@server` stays whole.
        Mail addresses are no mentions.

    Examples
    --------
    >>> typed_handles("@Ann and @bob.example, not x@y.org; @ann again, @eve@mail.example.")
    ['ann', 'bob.example', 'eve@mail.example']
    """
    if "@" not in text:
        return []
    found = (name.rstrip(".-").lower() for name in _HANDLE.findall(text))
    return list(dict.fromkeys(found))
