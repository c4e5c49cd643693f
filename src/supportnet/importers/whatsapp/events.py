"""Read the app's own sentences: who came, who left, and whether they prove a group."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Literal, NamedTuple

from supportnet.importers.whatsapp import phrases, wording
from supportnet.parsing.text import without_marks

__all__ = ["Event", "is_you", "language_of", "names_in", "read_event", "title_of_change"]


LONGEST_SENTENCE = 1000  # characters; long lists of names stay below


class Event(NamedTuple):
    """One sentence of the app.

    Attributes
    ----------
    kind
        `encryption` and `notice` stand in any chat; `group`, `joined` and `left` only in a group;
        `unknown` is a sentence of no list.
    who
        The persons who came or left, as one string.
    actor
        Who did it, where the sentence says.
    """

    kind: Literal["encryption", "notice", "group", "joined", "left", "unknown"]
    who: str | None = None
    actor: str | None = None


def _any(patterns: tuple[str, ...]) -> Callable[[str], re.Match[str] | None]:
    return re.compile("|".join(f"(?:{one})" for one in patterns), re.IGNORECASE).search


_NOTICE = _any(phrases.NOTICE)
_GROUP = _any(phrases.GROUP)
_JOINED = tuple(re.compile(one, re.IGNORECASE) for one in phrases.JOINED)
_CREATED = tuple(re.compile(one, re.IGNORECASE) for one in phrases.CREATED)
_LEFT = tuple(re.compile(one, re.IGNORECASE) for one in phrases.LEFT)
_MOVES: tuple[tuple[Literal["joined", "left"], tuple[re.Pattern[str], ...]], ...] = (
    ("joined", _JOINED),
    ("left", _LEFT),
)
_TITLE_CHANGED = _any(
    (
        r"\b(?:changed|deleted) (?:the|this) (?:group|subject|description)",
        r"\bchanged (?:the )?group (?:name|description)",
        r"\b(?:changé|modifié) (?:le sujet|le nom|la description)",
        r"\b(?:created|créé|erstellt|creó|criou|creato|aangemaakt)\b",
        r"\b(?:Betreff|Gruppennamen?|Gruppenbeschreibung) .*geändert",
        r"\b(?:cambió|mudou|alterou|cambiato|modificato) (?:el|o|a|la|il|l['’])",
    )
)
_COUNT = re.compile(r"\d+ ")
_COMMA = re.compile(r"\s*,\s*(?:(?:and|et|und|y|e|en)\s+)?")
_JOINT = re.compile(r"\s+(?:and|et|und|y|e|en)\s+")


def language_of(text: str) -> str | None:
    """Return the language of the encryption notice, None for any other text.

    Examples
    --------
    >>> language_of("Messages and calls are end-to-end encrypted. Tap to learn more.")
    'en'
    """
    low = text.casefold()
    for language, fragments in wording.ENCRYPTED.items():
        if any(fragment in low for fragment in fragments):
            return language
    return None


def read_event(text: str) -> Event:
    """Understand a sentence that is known, by its form, to be the app's.

    Examples
    --------
    >>> read_event("Odile added Nadir")
    Event(kind='joined', who='Nadir', actor='Odile')
    >>> read_event("Odile a quitté").kind
    'left'
    """
    if len(text) > LONGEST_SENTENCE:
        return Event("unknown")
    plain = " ".join(without_marks(text).split()).removesuffix(".")
    if language_of(plain):
        return Event("encryption")
    if _NOTICE(plain):
        return Event("notice")
    if _GROUP(plain):
        made = _first(_CREATED, plain)
        return Event("group", actor=made.get("actor"))
    for kind, patterns in _MOVES:
        found = _first(patterns, plain)
        if found:
            return Event(kind, found["who"], found.get("actor"))
    return Event("unknown")


def _first(patterns: tuple[re.Pattern[str], ...], text: str) -> dict[str, str]:
    """Return the named parts of the first pattern that matches all of `text`, else nothing."""
    for pattern in patterns:
        match = pattern.fullmatch(text)
        if match is not None:
            return match.groupdict()
    return {}


def title_of_change(prefix: str) -> bool:
    """Tell whether a would-be author is the start of a sentence that quotes a subject with `: `.

    Examples
    --------
    >>> title_of_change('Odile changed the subject from "Walks'), title_of_change("Odile")
    (True, False)
    """
    return len(prefix) < LONGEST_SENTENCE and _TITLE_CHANGED(prefix) is not None


def is_you(name: str) -> bool:
    """Tell whether a name in a sentence is the second person, that is the phone's owner."""
    return name.strip().casefold() in wording.YOU


def names_in(who: str, known: Collection[str]) -> list[str]:
    """Split a list of persons; a name that contains "and" stays whole where it wrote messages.

    Examples
    --------
    >>> names_in("Odile, Nadir and Rose", set())
    ['Odile', 'Nadir', 'Rose']
    """
    found = []
    for part in [who] if who in known else _COMMA.split(who):
        found += [part] if part in known else _JOINT.split(part)
    return [name for name in found if name and not _COUNT.match(name)]
