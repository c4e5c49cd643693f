"""Read one export from its first file to its last and yield its records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from supportnet.archive import Member
from supportnet.errors import InputError
from supportnet.formats import Export
from supportnet.importers.instagram.acts import Acts
from supportnet.importers.instagram.files import IGNORED, PLATFORM, layout_of, sorted_files
from supportnet.importers.instagram.flat import FlatReader
from supportnet.importers.instagram.lists import ignored_counts, read_contacts, read_likes
from supportnet.importers.instagram.owner import read_owner
from supportnet.parsing.meta import People
from supportnet.parsing.meta_rows import ThreadReader, grouped_threads
from supportnet.records import (
    SECOND,
    Conversation,
    Identity,
    Ignored,
    RawCoverage,
    Record,
)

__all__ = ["read"]

_POSTS: Final = ("posts", "reels", "archived_posts", "stories")
_LIKES: Final = ("likes", "comment_likes", "story_likes")
_CONTACTS: Final = ("followers", "following")
_OWNED: Final = (
    *_POSTS, "comments", *_LIKES, *_CONTACTS, "flat_comments", "flat_likes", "flat_connections",
)  # fmt: skip
_MILLISECOND: Final = 1000
_BOTH: Final = frozenset({"private_in", "private_out"})


def read(export: Export) -> Iterator[Record]:
    """Yield the records of one Instagram export.

    Parameters
    ----------
    export
        The claimed files of one owner, of any layout; option `owner`.

    Yields
    ------
    Record
        Conversations newest message first, posts, comments, likes, follows, counts and coverage.

    Raises
    ------
    InputError
        When the export was made as HTML, or nothing tells whose posts they are.
    """
    yield from _Reading(export).records()


class _Reading:
    """The reading of one export: what its steps share."""

    def __init__(self, export: Export) -> None:
        self._export = export
        self._files = sorted_files(export.members)
        if set(self._files) <= {"page", ""}:
            msg = (
                "an Instagram export in the JSON format was expected; found one made as HTML, "
                "which lacks what is needed; ask Instagram for it again and choose JSON."
            )
            raise InputError(msg)
        self._owner = read_owner(export.members, export.options.owner)
        identity = self._owner.identity
        self._people = People(PLATFORM, identity, self._owner.names)
        name = self._owner.names[0] if self._owner.names else None
        self._threads = ThreadReader(self._people, name, placeholder_is_talk=True)
        self._flat = FlatReader(self._people)
        talk = self._members("thread") or self._members("flat_messages")
        if identity is None and not talk and any(map(self._members, _OWNED)):
            msg = (
                "a file that names the owner (personal_information.json) was expected beside the "
                "posts; found none that can be read; add it to the export, or pass --owner with "
                "the user name."
            )
            raise InputError(msg)
        self._acts = 0

    def _members(self, kind: str) -> list[Member]:
        """Return the files of one kind."""
        return self._files.get(kind, [])

    def records(self) -> Iterator[Record]:
        """Yield everything."""
        for file, part, members in grouped_threads(self._members("thread")):
            yield from self._threads.read(file, part, members)
        for member in self._members("flat_messages"):
            yield from self._flat.messages(member)
        if self._owner.identity is not None:
            yield from self._owned(self._owner.identity)
        else:
            for kind in _OWNED:
                for member in self._members(kind):
                    yield from ignored_counts(member, "owner_unknown", kind)
        for kind, reason in IGNORED.items():
            for member in self._members(kind):
                yield from ignored_counts(member, reason, kind)
        pages = len(self._members("page"))
        if pages:
            yield Ignored("html_copy", pages)
        for room in self._threads.rooms.all:
            yield from room.stays()
        yield from self._coverage(self._owner.identity)
        self._report()

    def _owned(self, owner: Identity) -> Iterator[Record]:
        """Yield the owner's posts and comments, likes and follows."""
        acts = Acts(self._people, self._owner, owner)
        for kind in _POSTS:
            for member in self._members(kind):
                yield from acts.posts(member, kind)
        for member in self._members("comments"):
            yield from acts.comments(member)
        for member in self._members("flat_comments"):
            yield from self._flat.comments(member, acts)
        for kind in _LIKES:
            for member in self._members(kind):
                yield from read_likes(member, kind, self._people, owner)
        for member in self._members("flat_likes"):
            yield from self._flat.likes(member, owner)
        for kind in _CONTACTS:
            for member in self._members(kind):
                yield from read_contacts(member, kind, self._people, owner)
        for member in self._members("flat_connections"):
            yield from self._flat.contacts(member, owner)
        self._acts = acts.n

    def _conversations(self) -> list[Conversation]:
        """Return the conversations of both layouts."""
        return [room.conversation for room in self._threads.rooms.all] + self._flat.rooms

    def _coverage(self, owner: Identity | None) -> Iterator[RawCoverage]:
        """Yield what the export could have shown."""
        talks = self._conversations()
        private = set(_BOTH) | {"groups"} if talks else set()
        if talks and self._threads.facts.shows_deleted:
            private.add("deletions_visible")
        public = set()
        posts = any(self._members(kind) for kind in ("posts", "reels"))
        if posts and self._owner.is_private is not None:
            public.add("public_out")
        if any(self._members(kind) for kind in (*_LIKES, "flat_likes")):
            public.add("reactions_out")
        if owner is None:
            for one in talks:
                flags = _BOTH | {"groups"} if one.kind == "group" else _BOTH
                yield RawCoverage(None, flags, one, resolution_us=_MILLISECOND)
            if not talks:
                yield RawCoverage(None, frozenset())
            return
        if public or not private:
            yield RawCoverage(owner, frozenset(public), resolution_us=SECOND)
        if private:
            yield RawCoverage(owner, frozenset(private), resolution_us=_MILLISECOND)

    def _report(self) -> None:
        """Write down what the data card should show about this reading."""
        notes = self._export.notes
        notes["version"] = layout_of(self._export.members)
        notes["zone"] = "utc"
        if self._owner.identity is None:
            notes["owner"] = "not known; pass --owner"
        if self._acts and self._owner.is_private is None:
            notes["private_account"] = "not told: who could read the posts is unknown"
        if self._owner.changes:
            notes["privacy_changes"] = str(len(self._owner.changes))
        notes.update({k: str(n) for k, n in sorted(self._threads.facts.counts.items())})
