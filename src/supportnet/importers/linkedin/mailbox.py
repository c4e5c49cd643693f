"""Private messages: surveyed first for who belongs to which conversation, then read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from supportnet.archive import Member
from supportnet.importers.linkedin.files import PATTERNS, PLATFORM, Row, rows
from supportnet.importers.linkedin.people import People, is_nobody, one_name, pieces_of, slug_of
from supportnet.importers.linkedin.words import time_of
from supportnet.parsing.markup import html_text
from supportnet.records import Conversation, Identity, Ignored, RawMessage, Rejected

__all__ = ["Mailbox", "Talk"]

_Visibility: TypeAlias = Literal["private_1to1", "private_group", "unknown"]

_YES: Final = frozenset({"true", "yes", "1"})
_DRAFT_COLUMNS: Final = ("is message draft", "is conversation draft")
_SPONSORED: Final = "sponsored conversation"
_MARKUP: Final = "spinmail-quill-editor"
_URLS: Final = "recipient profile urls"
_NOBODY: Final = "LinkedIn Member"


@dataclass(slots=True)
class Talk:
    """One conversation, gathered before its messages are read.

    Attributes
    ----------
    key
        Its id; where the export has none, the names that occur in it.
    slugs
        Profile addresses of those in it.
    names
        Names of writers without an address.
    lists
        What stands in `TO` where no addresses are given.
    stated
        Name → address as rows of this conversation pair them; None for a name with two.
    has_urls
        Whether the rows list addresses of recipients.
    step
        More than 0 when the rows run forward in time, less when they run backward.
    """

    key: str
    slugs: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    lists: set[str] = field(default_factory=set)
    stated: dict[str, str | None] = field(default_factory=dict)
    has_nobody: bool = False
    has_urls: bool = False
    step: int = 0
    last_us: int = 0
    place: Conversation | None = None
    visibility: _Visibility = "unknown"

    @property
    def hides_addresses(self) -> bool:
        """Whether somebody in it stands there by name alone, so that the addresses are not all."""
        listed = (piece for to in self.lists for piece in pieces_of(to))
        return not all(map(is_nobody, self.names)) or not all(map(is_nobody, listed))

    def pair(self, name: str, slug: str) -> None:
        """Note that a row writes this name and this address for one account."""
        if not is_nobody(name) and self.stated.setdefault(name.casefold(), slug) != slug:
            self.stated[name.casefold()] = None


def _urls(row: Row) -> list[str]:
    """Return the profile addresses of the recipients, however they are parted."""
    cell = row[_URLS].replace(",", " ").replace(";", " ")
    return [slug for part in cell.split() if (slug := slug_of(part)) is not None]


def _left_out(row: Row) -> str | None:
    """Return why a row is no message between people; None when it is one."""
    if row.is_blank:
        return "blank_row"
    if any(row[name].casefold() in _YES for name in _DRAFT_COLUMNS):
        return "draft"
    titles = (row["conversation title"].casefold(), row["subject"].casefold())
    return "sponsored" if _SPONSORED in titles else None


def _key_of(row: Row) -> str:
    """Return what tells conversations apart: the id, else all names in a row, whoever wrote."""
    ident = row["conversation id"]
    if ident:
        return ident
    names = {*pieces_of(row["from"]), *pieces_of(row["to"])}
    if not names or any(is_nobody(name) for name in names):
        # Any of those who are gone, each time: nothing tells them apart but the moment.
        names.add(row["date"])
    return "names:" + "|".join(sorted(names))


class Mailbox:
    """Read the messages of one owner.

    Attributes
    ----------
    talks
        Conversations by key.
    span
        Time of the first and the last message (µs), once read.
    outgoing
        Names, with address where told, of those who wrote what the export calls outgoing.
    silent
        Names of writers whose address is empty although others have one.
    """

    def __init__(self, people: People) -> None:
        self._people = people
        self._step = 0
        self._count = 0
        self._answered: set[str] = set()
        self.talks: dict[str, Talk] = {}
        self.span: tuple[int, int] | None = None
        self.outgoing: Counter[tuple[str, str | None]] = Counter()
        self.silent: Counter[str] = Counter()

    # -- first reading

    def survey(self, member: Member) -> None:
        """Gather conversations, names and addresses of one file."""
        for row in rows(member, "messages"):
            if isinstance(row, Row) and _left_out(row) is None:
                self._survey(row)

    def _survey(self, row: Row) -> None:
        """Gather what one row tells."""
        key = _key_of(row)
        talk = self.talks.get(key)
        if talk is None:
            talk = self.talks[key] = Talk(key)
        name, slug = one_name(row["from"]), slug_of(row["sender profile url"])
        if slug is not None:
            talk.slugs.add(slug)
            talk.pair(name, slug)
            self._people.note_pair(name, slug)
        else:
            talk.names.add(name)
            if "sender profile url" in row and not is_nobody(name):
                self.silent[name] += 1
        self._people.note_name(name)
        to, slugs = one_name(row["to"]), _urls(row)
        self._note_recipients(talk, to, slugs)
        direction = row["direction"].casefold()
        if direction == "outgoing" and not is_nobody(name):
            self.outgoing[name, slug] += 1
        elif direction == "incoming" and to and "," not in to and not is_nobody(to):
            self.outgoing[to, None] += 1
        when = time_of(row["date"])
        if not isinstance(when, str):
            if talk.last_us:
                forward = (when.t_us > talk.last_us) - (when.t_us < talk.last_us)
                talk.step += forward
                self._step += forward
            talk.last_us = when.t_us

    def _note_recipients(self, talk: Talk, to: str, slugs: list[str]) -> None:
        """Gather whom one row is addressed to."""
        talk.slugs.update(slugs)
        if slugs:
            talk.has_urls = True
            talk.has_nobody |= any(is_nobody(piece) for piece in pieces_of(to))
            if len(slugs) == 1:
                talk.pair(to, slugs[0])
                self._people.note_pair(to, slugs[0])
                self._people.note_name(to)
        elif to:
            talk.lists.add(to)
            if "," not in to:
                self._people.note_name(to)

    def persons(self) -> tuple[list[set[str]], list[set[str]]]:
        """Return for each conversation the addresses and the names in it, to find the owner.

        Addresses only of those that give all of them: the missing one may be the owner's.
        """
        slugs = [talk.slugs for talk in self.talks.values() if not talk.hides_addresses]
        names = [
            {
                *talk.stated,
                *(name.casefold() for name in talk.names),
                *(to.casefold() for to in talk.lists),
                *(piece.casefold() for to in talk.lists for piece in pieces_of(to)),
            }
            for talk in self.talks.values()
        ]
        return slugs, [{name for name in one if not is_nobody(name)} for one in names]

    # -- between the readings

    def settle(self) -> None:
        """Decide what each conversation is, once the owner is known."""
        for talk in self.talks.values():
            members = {self._people.by_slug(slug) for slug in talk.slugs}
            members.update(self._named(talk, name) for name in talk.names)
            is_open = False
            for names in talk.lists:
                parts = self._people.split(names)
                is_open |= parts is None
                members.update(self._named(talk, name) for name in parts or ())
            if talk.has_nobody:
                members.add(self._named(talk, _NOBODY))
            # It is the owner's mailbox, even where a row forgets to say so.
            owner = self._people.owner
            to_self = members == {owner} and bool(talk.lists or talk.has_urls)
            if owner is not None:
                members.add(owner)
            kind: Literal["dm", "group", "self", "unknown"] = "unknown"
            if len(members) > 2:
                kind, talk.visibility = "group", "private_group"
            elif len(members) == 2 and not is_open:
                kind, talk.visibility = "dm", "private_1to1"
            elif to_self and not is_open:
                kind = "self"
            basis: Literal["roster", "observed"] = "roster" if talk.has_urls else "observed"
            talk.place = Conversation(PLATFORM, talk.key, kind, members, basis)

    def _named(self, talk: Talk, name: str) -> Identity:
        """Return who a name without an address is, in one conversation."""
        if is_nobody(name):
            return Identity(
                PLATFORM,
                _NOBODY,
                scope="conversation",
                kind="name",
                within=talk.key,
                is_placeholder=True,
            )
        slug = talk.stated.get(name.casefold())
        if slug is not None:
            return self._people.by_slug(slug)
        return self._people.by_name(name)

    # -- second reading

    def read(self, member: Member) -> Iterator[RawMessage | Ignored | Rejected]:
        """Yield what the rows of one file are."""
        for row in rows(member, "messages"):
            if isinstance(row, Rejected):
                yield row
                continue
            self._count += 1
            reason = _left_out(row)
            yield Ignored(reason) if reason is not None else self._message(row)

    def _message(self, row: Row) -> RawMessage | Rejected:
        """Return the message of one row."""
        talk, when = self.talks[_key_of(row)], time_of(row["date"])
        if isinstance(when, str) or talk.place is None:
            return Rejected(str(when), PATTERNS["messages"], row.number)
        slug = slug_of(row["sender profile url"])
        name = one_name(row["from"])
        author = self._named(talk, name) if slug is None else self._people.by_slug(slug)
        if author == self._people.owner:
            self._answered.add(talk.key)
        first, last = self.span or (when.t_us, when.t_us)
        self.span = min(first, when.t_us), max(last, when.t_us)
        readers = self._readers(row, talk, author)
        is_group = talk.visibility == "private_group"
        size = len(readers) if is_group and readers else None
        text = row["content"]
        # Files are written newest first, unless their own times say otherwise.
        forward = talk.step > 0 or (talk.step == 0 and self._step > 0)
        return RawMessage(
            conversation=talk.place,
            author=author,
            t_us=when.t_us,
            seq=self._count if forward else -self._count,
            visibility=talk.visibility,
            text=(html_text(text) if _MARKUP in text else text) or None,
            recipients=readers if is_group else None,
            audience_size=1 if talk.visibility == "private_1to1" else size,
            time_note=when.note,
            resolution_us=when.resolution_us,
        )

    def _readers(self, row: Row, talk: Talk, author: Identity) -> tuple[Identity, ...] | None:
        """Return whom a row is addressed to; None where it leaves that open."""
        slugs = _urls(row)
        found: dict[Identity, None] = {}
        if slugs:
            found.update((self._people.by_slug(slug), None) for slug in slugs)
            if any(is_nobody(piece) for piece in pieces_of(row["to"])):
                found[self._named(talk, _NOBODY)] = None
        else:
            parts = self._people.split(row["to"])
            if not parts:
                return None
            found.update((self._named(talk, name), None) for name in parts)
        if self._people.owner is not None:
            found[self._people.owner] = None
        found.pop(author, None)
        return tuple(found)

    def unanswered(self) -> int:
        """Return the number of conversations in which the owner wrote nothing."""
        return sum(talk.key not in self._answered for talk in self.talks.values())
