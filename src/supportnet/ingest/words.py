"""What is kept of the words an importer passes on: the platform's own terms, never free text."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["lang_of", "reaction_of", "word_of"]

# One word, or a phrase in small letters: names of persons, numbers and addresses look otherwise.
_WORD = re.compile(
    r"(?!.*\d{4})(?=.{1,40}$)[A-Za-z][A-Za-z0-9_+-]*(\.[a-z][A-Za-z0-9]*)*( [a-z]+){0,3}"
)
_LANG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_REACTION = re.compile(r"[a-z0-9_+-]{1,32}")


@lru_cache(maxsize=4096)
def word_of(text: str | None) -> str | None:
    """Keep a platform's own word; anything that does not look like a word is not one.

    Examples
    --------
    >>> word_of("message_requests"), word_of("Friends of friends"), word_of("app.bsky.feed.post")
    ('message_requests', 'Friends of friends', 'app.bsky.feed.post')
    >>> word_of("Custom: Omar"), word_of("Omar Benali"), word_of("see you at nine, at my place!")
    (None, None, None)
    """
    return text if text is not None and _WORD.fullmatch(text) else None


@lru_cache(maxsize=4096)
def lang_of(text: str | None) -> str | None:
    """Keep a language tag, nothing else.

    Examples
    --------
    >>> lang_of("pt-BR"), lang_of("franglais")
    ('pt-BR', None)
    """
    return text if text is not None and _LANG.fullmatch(text) else None


@lru_cache(maxsize=4096)
def reaction_of(text: str) -> str:
    """Keep a reaction's word or emoji; free text becomes `other`.

    Examples
    --------
    >>> reaction_of("like"), reaction_of("❤"), reaction_of("Bravo Omar")
    ('like', '❤', 'other')
    """
    if _REACTION.fullmatch(text):
        return text
    is_symbol = 0 < len(text) <= 16 and not any(c.isalnum() and ord(c) < 0x2000 for c in text)
    shown = text.isprintable() or "\u200d" in text
    return text if is_symbol and shown else "other"
