"""Read one LinkedIn export: the owner, private messages, contacts, public records, coverage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from supportnet.archive import Member
from supportnet.errors import InputError
from supportnet.formats import Export
from supportnet.importers.linkedin.files import PATTERNS, PLATFORM, Row, kind_of, rows
from supportnet.importers.linkedin.mailbox import Mailbox
from supportnet.importers.linkedin.people import People, is_nobody, one_name, slug_of
from supportnet.importers.linkedin.public import Public
from supportnet.importers.linkedin.words import day_of, local_time
from supportnet.parsing.clocks import LocalClock
from supportnet.parsing.declared import declared
from supportnet.parsing.times import require_timezone
from supportnet.records import (
    SECOND,
    Conversation,
    Identity,
    Ignored,
    RawContact,
    RawCoverage,
    RawMessage,
    Record,
    Rejected,
)

__all__ = ["read"]

_PUBLIC_KINDS: Final = ("shares", "reposts", "comments", "reactions", "votes")
_OWNED_KINDS: Final = (*_PUBLIC_KINDS, "connections", "member_follows")
# Understood and left out: kind → the word under which its rows are counted.
_COUNTED: Final = {
    "coach": "machine_coach",
    "company_follows": "company_follow",
    "endorsements": "endorsement",
    "recommendations": "recommendation",
    "address_book": "address_book",
}
_ENDED: Final = frozenset({"unfollowed", "inactive", "removed"})
_PRIVATE: Final = frozenset({"private_in", "private_out", "groups"})
_REQUESTED: Final = "invitations"


def read(export: Export) -> Iterator[Record]:
    """Yield everything in one LinkedIn export.

    Parameters
    ----------
    export
        The CSV files of one export, lying side by side.

    Yields
    ------
    Record
        See `supportnet.records`.

    Raises
    ------
    InputError
        When public records or contacts have no owner, or asked-for invitations have local times
        and no zone is named.
    """
    return _Reader(export).records()


class _Reader:
    """The state of one reading."""

    def __init__(self, export: Export) -> None:
        self._export = export
        self._people = People()
        self._mailbox = Mailbox(self._people)
        self._invited: set[tuple[str, str | None]] = set()
        self._profile: str | None = None
        self._files: dict[str, list[Member]] = {}
        self._invitations = declared(export.options, _REQUESTED)
        self._pairs: dict[str, Conversation] = {}
        for member in export.members:
            kind = kind_of(member)
            if kind is not None:
                self._files.setdefault(kind, []).append(member)

    def _members(self, kind: str) -> list[Member]:
        """Return the files of one kind."""
        return self._files.get(kind, [])

    def records(self) -> Iterator[Record]:
        """Yield all records."""
        self._learn()
        owner = self._find_owner()
        self._mailbox.settle()
        for member in self._members("messages"):
            yield from self._mailbox.read(member)
        for member in self._members("invitations"):
            yield from self._read_invitations(member)
        if owner is not None:
            yield from self._owned(owner)
        for kind, reason in _COUNTED.items():
            for member in self._members(kind):
                yield from _counted(member, kind, reason)
        yield from self._coverage(owner)
        notes = self._export.notes
        notes["zone"] = "utc"
        unanswered = self._mailbox.unanswered()
        if owner is not None and unanswered:
            notes["conversations_without_owner"] = str(unanswered)
        if owner is None and self._members("messages"):
            notes["owner"] = "not told; pass --owner"

    # -- the owner

    def _learn(self) -> None:
        """Read once through everything that tells names, addresses and the owner."""
        for member in self._members("profile"):
            for row in rows(member, "profile"):
                if isinstance(row, Row) and self._profile is None:
                    self._profile = _full_name(row) or None
                    self._people.note_name(_full_name(row))
        for member in self._members("connections"):
            for row in rows(member, "connections"):
                if isinstance(row, Row):
                    self._people.note_name(_full_name(row))
        for member in self._members("invitations"):
            for row in rows(member, "invitations"):
                if isinstance(row, Row):
                    self._note_invitation(row)
        for member in self._members("messages"):
            self._mailbox.survey(member)

    def _note_invitation(self, row: Row) -> None:
        """Learn names, addresses and the owner from an invitation, which says who sent it."""
        sides = (("from", "inviterprofileurl"), ("to", "inviteeprofileurl"))
        for name_column, url_column in sides:
            name, slug = one_name(row[name_column]), slug_of(row[url_column])
            self._people.note_name(name)
            if slug is not None:
                self._people.note_pair(name, slug)
        own = {"outgoing": sides[0], "incoming": sides[1]}.get(row["direction"].casefold())
        if own is not None:
            name, slug = one_name(row[own[0]]), slug_of(row[own[1]])
            if slug is not None or not is_nobody(name):
                self._invited.add((name, slug))

    def _find_owner(self) -> Identity | None:
        """Return the owner: declared, else told by the export, else in every conversation."""
        declared_owner = self._export.options.owner
        name, slug = self._profile, None
        if declared_owner is not None and declared_owner.strip():
            word = one_name(declared_owner)
            # An address, or the last part of one: names are written with blanks or capitals.
            slug = slug_of(word)
            is_slug = slug is None and " " not in word and word == word.lower()
            slug = word.removeprefix("@") if is_slug else slug
            name = None if slug is not None else word
        else:
            slug, name = self._told_owner(name)
        if slug is not None or name is not None:
            self._people.set_owner(slug=slug, name=name)
        owner = self._people.owner
        if owner is None and any(self._members(kind) for kind in _OWNED_KINDS):
            msg = (
                f"{self._export.members[0].label}: a file that tells whose export this is "
                "(Profile.csv or messages.csv) was expected; found none that does; add it, or "
                "pass --owner with the address of the profile or the full name."
            )
            raise InputError(msg)
        return owner

    def _told_owner(self, name: str | None) -> tuple[str | None, str | None]:
        """Return address and name of the owner, as far as the export tells them."""
        stated = {*self._invited, *self._mailbox.outgoing}
        slugs = {slug for _, slug in stated if slug is not None}
        if len(slugs) == 1:
            return slugs.pop(), name
        names = {who for who, _ in stated}
        if name is not None or len(names) == 1:
            return None, name or names.pop()
        by_slug, by_name = self._mailbox.persons()
        slug = self._people.common(by_slug)
        if slug is not None:
            return slug, None
        silent = {who.casefold() for who in self._mailbox.silent}
        common = self._people.common(by_name)
        if common is None and len(silent) == 1 and all(silent <= names for names in by_name):
            common = silent.pop()
        return None, common

    # -- what belongs to the owner

    def _owned(self, owner: Identity) -> Iterator[Record]:
        """Yield contacts and public records."""
        for member in self._members("connections"):
            yield from self._connections(member, owner)
        for member in self._members("member_follows"):
            yield from self._follows(member, owner)
        public = Public(owner)
        for member in self._members("shares"):
            public.survey(member)
        for kind in _PUBLIC_KINDS:
            for member in self._members(kind):
                yield from public.read(member, kind)

    def _connections(self, member: Member, owner: Identity) -> Iterator[Record]:
        """Yield the owner's contacts, with the day on which they connected."""
        for row in rows(member, "connections"):
            if isinstance(row, Rejected):
                yield row
                continue
            name, slug = _full_name(row), slug_of(row["url"])
            if row.is_blank:
                yield Ignored("blank_row")
            elif slug is None and is_nobody(name):
                yield Ignored("hidden_member")
            else:
                other = self._people.by_name(name) if slug is None else self._people.by_slug(slug)
                t_us, step = day_of(row["connected on"]) or (None, None)
                yield RawContact(owner, other, "friend", t_us, step)

    def _follows(self, member: Member, owner: Identity) -> Iterator[Record]:
        """Yield whom the owner follows; the export tells their names alone."""
        for row in rows(member, "member_follows"):
            if isinstance(row, Rejected):
                yield row
                continue
            name = one_name(row["fullname"])
            if row.is_blank:
                yield Ignored("blank_row")
            elif is_nobody(name):
                yield Ignored("hidden_member")
            elif row["status"].casefold() in _ENDED:
                yield Ignored("ended_follow")
            else:
                t_us, step = day_of(row["date"]) or (None, None)
                yield RawContact(owner, self._people.by_name(name), "follow", t_us, step)

    # -- invitations

    def _read_invitations(self, member: Member) -> Iterator[Record]:
        """Count invitations; read those with words as private messages where that was asked for."""
        clock: LocalClock | None = None
        for row in rows(member, "invitations"):
            if isinstance(row, Rejected):
                yield row
            elif row.is_blank:
                yield Ignored("blank_row")
            elif not self._invitations or not row["message"]:
                yield Ignored("invitation")
            else:
                if clock is None and "/" in row["sent at"]:
                    clock = require_timezone(self._export.options, "LinkedIn invitations")
                yield self._invitation(row, clock or LocalClock("UTC"))

    def _invitation(self, row: Row, clock: LocalClock) -> RawMessage | Rejected:
        """Return the message that went with an invitation."""
        when = local_time(row["sent at"], clock)
        sides: list[Identity | None] = []
        for name_column, url_column in (("from", "inviterprofileurl"), ("to", "inviteeprofileurl")):
            name, slug = one_name(row[name_column]), slug_of(row[url_column])
            unnamed = None if is_nobody(name) else self._people.by_name(name)
            sides.append(unnamed if slug is None else self._people.by_slug(slug))
        author, other = sides
        if isinstance(when, str):
            return Rejected(when, PATTERNS["invitations"], row.number)
        if author is None or other is None or author == other:
            reason = "no_author" if author is None else "no_recipient"
            return Rejected(reason, PATTERNS["invitations"], row.number)
        # Keyed by the two, whoever wrote.
        key = "invitation:" + "|".join(sorted((author.id, other.id)))
        talk = self._pairs.get(key)
        if talk is None:
            talk = Conversation(PLATFORM, key, "dm", {author, other}, "roster")
            self._pairs[key] = talk
        return RawMessage(
            conversation=talk,
            author=author,
            t_us=when.t_us,
            # Written newest first.
            seq=-row.number,
            visibility="private_1to1",
            visibility_raw="invitation",
            text=row["message"],
            audience_size=1,
            time_note=when.note,
            resolution_us=when.resolution_us,
        )

    # -- coverage

    def _coverage(self, owner: Identity | None) -> Iterator[RawCoverage]:
        """Yield what the export could have shown.

        Never the owner's public side: comments do not say on whose post they stand, so what was
        said in public to a certain person cannot be counted.
        """
        flags = {"reactions_out"} if self._members("reactions") else set()
        has_messages = bool(self._members("messages"))
        if has_messages and owner is not None:
            start, end = self._mailbox.span or (None, None)
            yield RawCoverage(owner, _PRIVATE, start_us=start, end_us=end, resolution_us=SECOND)
        elif has_messages:
            for talk in self._mailbox.talks.values():
                if talk.place is not None:
                    yield RawCoverage(None, _PRIVATE, talk.place, resolution_us=SECOND)
        if flags or not (has_messages and (owner is not None or self._mailbox.talks)):
            yield RawCoverage(owner, frozenset(flags), resolution_us=SECOND)


def _full_name(row: Row) -> str:
    """Return the name of a person that stands in two columns."""
    return one_name(f"{row['first name']} {row['last name']}")


def _counted(member: Member, kind: str, reason: str) -> Iterator[Ignored | Rejected]:
    """Yield the count of a file whose rows are no talk between people."""
    n = 0
    for row in rows(member, kind):
        if isinstance(row, Rejected):
            yield row
        else:
            n += 1
    if n:
        yield Ignored(reason, n)
