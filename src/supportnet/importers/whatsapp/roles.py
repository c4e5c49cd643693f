"""Who is who in a chat: authors, the chat's own name, the owner, and whether it is a group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from typing import Literal

from supportnet.importers.whatsapp.events import (
    Event,
    is_you,
    names_in,
    read_event,
    title_of_change,
)
from supportnet.importers.whatsapp.names import NameBook, name_key
from supportnet.importers.whatsapp.survey import Survey
from supportnet.parsing.text import without_marks
from supportnet.records import Identity

__all__ = ["Roles", "empty_author", "roles"]


LONGEST_NAME = 250  # characters


@dataclass(slots=True)
class Roles:
    """What the first walk decided about persons.

    Attributes
    ----------
    book
        Identities by name.
    title
        Name of the chat, where the file name or an iOS notice tells it.
    authors
        Text before the first `: ` → author, for starts that are always a name.
    longer
        Start → names with a colon that begin with it; nobody for the chat's own name.
    system
        Starts that are the app's: a sentence with a colon, or the chat's own name.
    kind
        `dm`, `group` or `unknown`.
    members
        Everyone seen: authors, persons of the app's sentences, the owner.
    owner
        The owner, where the file or the researcher tells.
    names
        Names that wrote messages, to keep those with "and" in them whole.
    """

    book: NameBook
    title: str | None
    authors: dict[str, Identity] = field(default_factory=dict)
    longer: dict[str, list[tuple[str, Identity | None]]] = field(default_factory=dict)
    system: set[str] = field(default_factory=set)
    kind: Literal["dm", "group", "unknown"] = "unknown"
    members: set[Identity] = field(default_factory=set)
    owner: Identity | None = None
    names: set[str] = field(default_factory=set)

    def at_the_other_end(self, authors: set[Identity]) -> Identity | None:
        """Return the one author whom the chat is named after, None where none or two are."""
        if self.title is None:
            return None
        named = self.book.of(self.title)
        if named in authors:
            return named
        same = [one for one in authors if name_key(one.id) == name_key(self.title)]
        return same[0] if len(same) == 1 else None

    def aliases(self) -> int:
        """Count names that differ only by the `~` of people outside the phone book."""
        keys = Counter(name_key(one.id) for one in self.members if one.kind == "name")
        return sum(n - 1 for n in keys.values())

    def persons(self, event: Event) -> list[Identity]:
        """Return the persons who came or left by a sentence; the second person is the owner."""
        return self._identities(event.who)

    def _identities(self, who: str | None) -> list[Identity]:
        if who is None:
            return []
        found = []
        for name in names_in(who, self.names):
            if not is_you(name):
                found.append(self.book.of(name))
            elif self.owner is not None:
                found.append(self.owner)
        return found

    def see(self, event: Event) -> None:
        """Add the persons whom a sentence names to the members."""
        for who in (event.who, event.actor):
            if who is not None and (self.title is None or name_key(who) != name_key(self.title)):
                self.members.update(self._identities(who))


def roles(seen: Survey, title: str | None, owner: str | None) -> Roles:
    """Decide who is who from a finished survey.

    Parameters
    ----------
    seen
        The first walk.
    title
        Name of the chat from the file name, if it tells.
    owner
        The researcher's `--owner`.

    Returns
    -------
    Roles
        Authors, kind, members and owner.

    Notes
    -----
    A chat is a direct one when exactly two persons wrote, no sentence of the app belongs to a
    group, and the file name, where known, is one of the two. The owner of a direct chat is then
    the other one: the app names a chat after the person at the other end.
    """
    if title is None:
        notices = (start for start, event in seen.silent if event.kind == "encryption")
        title = next(notices, None)
    made = Roles(NameBook(), " ".join(without_marks(title).split()) if title else None)
    sentences = list(_sentences(seen))
    _find_authors(seen, made, sentences)
    authors = set(made.authors.values()) | {
        who for names in made.longer.values() for _, who in names if who is not None
    }
    made.members |= authors
    made.names = {who.id for who in authors}
    grouped = any(event.kind in ("group", "joined", "left") for event in sentences)
    _find_kind(made, authors, grouped=grouped)
    _find_owner(made, authors, owner)
    for event in sentences:
        made.see(event)
    if made.kind == "dm":
        made.members = authors if made.owner is None else authors | {made.owner}
    elif made.owner is not None:
        made.members.add(made.owner)
    return made


def empty_author(line: str, starts: Container[str]) -> str | None:
    """Return the author of a row that says nothing: `Name:` or `Name:.`, a view-once message.

    Parameters
    ----------
    line
        First line of a row without `: `.
    starts
        Known authors; only they can be silent, all else is a sentence of the app.
    """
    name = line.rstrip().removesuffix(".").removesuffix(":")
    return name if name != line and line[len(name)] == ":" and name in starts else None


def _sentences(seen: Survey) -> Iterator[Event]:
    """Yield the app's sentences of rows without author, and of marked rows."""
    for line in seen.bare:
        if empty_author(line, seen.starts) is None:
            yield read_event(line)
    for _, event in seen.silent:
        yield event


def _find_authors(seen: Survey, made: Roles, sentences: list[Event]) -> None:
    """Sort the starts into authors, names with a colon, and the app's own."""
    silent: Counter[str] = Counter()
    for (start, _), n in seen.silent.items():
        silent[start] += n
    key = None if made.title is None else name_key(made.title)
    named = {who for event in sentences for who in (event.who, event.actor) if who}

    def is_app(name: str, n: int) -> bool:
        """Tell whether all rows under a name are the app's."""
        marked = seen.marked[name]
        return silent[name] + marked == n and (name_key(name) == key or not marked)

    for start, n in seen.starts.items():
        if not without_marks(start).strip() or len(start) > LONGEST_NAME:
            continue
        if is_app(start, n):
            made.system.add(start)
        elif title_of_change(start) or (n == 1 and read_event(start).kind in ("joined", "left")):
            made.system.add(start)
            sentences.append(Event("group"))
        else:
            longer = _names_with_colon(seen, start, key, named)
            rest = n - sum(longer.values())
            if longer:
                made.longer[start] = [
                    (name, None if is_app(name, rows) else made.book.of(name))
                    for name, rows in longer.items()
                ]
            if rest:
                made.authors[start] = made.book.of(start)


def _names_with_colon(seen: Survey, start: str, key: str | None, named: set[str]) -> dict[str, int]:
    """Return the longer names that the rows of `start` show, and in how many rows.

    A longer name is believed where no row shows the short one alone, and the longer one recurs or
    the file name or one of the app's sentences has it.
    """
    if start in seen.single or name_key(start) == key or start in named:
        return {}
    return {
        name: n
        for name, n in seen.longer.get(start, {}).items()
        if len(name) <= LONGEST_NAME and (n > 1 or name_key(name) == key or name in named)
    }


def _find_kind(made: Roles, authors: set[Identity], *, grouped: bool) -> None:
    """Tell a direct chat from a group; a file in which one person wrote may be either."""
    if grouped or len(authors) > 2:
        made.kind = "group"
    elif len(authors) == 2:
        made.kind = "dm" if made.title is None or made.at_the_other_end(authors) else "group"


def _find_owner(made: Roles, authors: set[Identity], owner: str | None) -> None:
    """Name the owner: the author who is not the file's name, else whom the researcher names."""
    other = made.at_the_other_end(authors)
    if made.kind == "dm" and other is not None:
        made.owner = next(one for one in authors if one != other)
        return
    if owner is None:
        return
    asked = made.book.of(owner)
    same = [one for one in authors | made.members if name_key(one.id) == name_key(asked.id)]
    found = asked if asked in same or not same else same[0] if len(same) == 1 else None
    if made.kind == "dm" and not same:
        found = None
    made.owner = found
    if made.kind == "unknown" and other is not None and found not in (None, other):
        made.kind = "dm"
