"""Read one export from its first file to its last and yield its records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from supportnet.archive import Member
from supportnet.errors import InputError
from supportnet.formats import Export
from supportnet.importers.facebook.acts import Acts
from supportnet.importers.facebook.files import IGNORED, PLATFORM, layout_of, sorted_files
from supportnet.importers.facebook.lists import ignored_counts, read_contacts, read_reactions
from supportnet.importers.facebook.owner import identity_of, owner_name
from supportnet.importers.facebook.pages import PageReader
from supportnet.importers.facebook.sealed import SEALED, read_sealed
from supportnet.parsing.meta import People
from supportnet.parsing.meta_layout import thread_file
from supportnet.parsing.meta_rows import CUTOVER, ThreadReader, grouped_threads
from supportnet.parsing.meta_threads import Room
from supportnet.records import (
    MINUTE,
    SECOND,
    Identity,
    Ignored,
    RawCoverage,
    Record,
)

__all__ = ["read"]

_ACTS: Final = ("posts", "group_posts", "comments", "group_comments")
_CONTACTS: Final = ("friends", "following", "followers")
_OWNED: Final = (*_ACTS, "likes", *_CONTACTS)
_MILLISECOND: Final = 1000
_BOTH: Final = frozenset({"private_in", "private_out"})


def read(export: Export) -> Iterator[Record]:
    """Yield the records of one export of Facebook or Messenger.

    Parameters
    ----------
    export
        The claimed files of one owner, of any layout; options `owner`, `timezone`.

    Yields
    ------
    Record
        Conversations newest message first, encrypted chats as further copies of theirs, pages of
        HTML where there is no JSON, then posts, comments, likes, friends, counts and coverage.

    Raises
    ------
    InputError
        When pages write local times and no zone is declared, or nothing tells whose posts they are.
    """
    yield from _Reading(export).records()


class _Reading:
    """The reading of one export: what its steps share."""

    def __init__(self, export: Export) -> None:
        self._export = export
        self._files = sorted_files(export.members)
        self._name = owner_name(export.members) or export.options.owner
        self._owner = None if not self._name else identity_of(self._name)
        self._people = People(PLATFORM, self._owner, [self._name] if self._name else [])
        self._threads = ThreadReader(self._people, self._name, placeholder_is_talk=False)
        self._pages = PageReader(self._threads, export.options.timezone, self._name)
        self._has_acts = False

    def _members(self, kind: str) -> list[Member]:
        """Return the files of one kind."""
        return self._files.get(kind, [])

    def _refuse_nobody(self) -> None:
        """Refuse an export of posts and lists alone that tells nobody's name."""
        talk = any(map(self._members, ("thread", "page", "legacy_page", "sealed")))
        if self._owner is None and not talk and any(map(self._members, _OWNED)):
            msg = (
                "a file that names the owner (profile_information.json) was expected beside the "
                "posts; found none that can be read; add it to the export, or pass --owner with "
                "the owner's name."
            )
            raise InputError(msg)

    def records(self) -> Iterator[Record]:
        """Yield everything."""
        self._refuse_nobody()
        yield from self._conversations()
        if self._owner is not None and self._name is not None:
            yield from self._owned(self._owner, self._name)
        else:
            for kind in _OWNED:
                for member in self._members(kind):
                    yield from ignored_counts(member, "owner_unknown", kind)
        for kind, reason in IGNORED.items():
            for member in self._members(kind):
                yield from ignored_counts(member, reason, kind)
        for room in self._threads.rooms.all:
            yield from room.stays()
        yield from self._coverage()
        self._report()

    def _conversations(self) -> Iterator[Record]:
        """Yield all messages: the JSON, the encrypted chats, and pages that have no JSON."""
        threads = grouped_threads(self._members("thread"))
        for file, part, members in threads:
            yield from self._threads.read(file, part, members)
        downloads: dict[tuple[int, str], int] = {}
        for member in self._members("sealed"):
            place = id(member.archive), member.name.rpartition("/")[0]
            number = downloads.setdefault(place, len(downloads))
            yield from read_sealed(member, self._threads, self._name, number)
        known = {file.folder for file, _, _ in threads}
        pages = [page for page in self._members("page") if not _has_json(page, known)]
        copies = len(self._members("page")) - len(pages)
        for file, part, members in grouped_threads(pages):
            yield from self._pages.read(file, part, members)
        for member in self._members("legacy_page"):
            if threads:
                copies += 1
            else:
                yield from self._pages.read_old(member)
        if copies:
            yield Ignored("html_copy", copies)

    def _owned(self, owner: Identity, name: str) -> Iterator[Record]:
        """Yield the owner's posts and comments, reactions and declared ties."""
        acts = Acts(self._people, owner, name)
        for kind in _ACTS:
            for member in self._members(kind):
                yield from acts.read(member, kind)
        self._has_acts = acts.span is not None
        for member in self._members("likes"):
            yield from read_reactions(member, self._people, owner, name)
        for kind in _CONTACTS:
            for member in self._members(kind):
                yield from read_contacts(member, kind, self._people, owner)

    def _coverage(self) -> Iterator[RawCoverage]:
        """Yield what the export could have shown.

        The audience of the timeline is not told, so the owner's public side is not observed. A
        chat that moved to encrypted storage is observed until it moved, unless it goes on here.
        """
        rooms = self._threads.rooms.all
        flags = set(_BOTH) | {"groups"} if rooms else set()
        if self._threads.facts.shows_deleted:
            flags.add("deletions_visible")
        if self._members("likes") and self._owner is not None:
            flags.add("reactions_out")
        step = _MILLISECOND if self._members("thread") or self._members("sealed") else MINUTE
        if self._owner is None and rooms:
            for room in rooms:
                if room.spans:
                    yield self._of_room(room, step)
            return
        only_acts = self._has_acts and not rooms
        yield RawCoverage(
            self._owner, frozenset(flags), resolution_us=SECOND if only_acts else step
        )
        for room in rooms:
            parts = {part.partition("/")[0] for part in room.spans}
            if CUTOVER in parts and SEALED not in parts:
                end = max(last for _, last in room.spans.values())
                yield self._of_room(room, step, end)
                self._threads.facts.counts["chats_moved_to_encrypted_storage"] += 1

    def _of_room(self, room: Room, step: int, end: int | None = None) -> RawCoverage:
        """Return the coverage of one conversation."""
        flags = _BOTH | {"groups"} if room.conversation.kind == "group" else _BOTH
        return RawCoverage(self._owner, flags, room.conversation, None, end, resolution_us=step)

    def _report(self) -> None:
        """Write down what the data card should show about this reading."""
        notes = self._export.notes
        notes["version"] = layout_of(self._files)
        notes["zone"] = ", ".join(sorted(self._pages.clock.used)) or "utc"
        if self._owner is None:
            notes["owner"] = "not known; pass --owner"
        notes.update({k: str(n) for k, n in sorted(self._threads.facts.counts.items())})


def _has_json(page: Member, known: set[str]) -> bool:
    """Tell whether the conversation of a page is there as JSON."""
    file = thread_file(page.name)
    return file is not None and file.folder in known
