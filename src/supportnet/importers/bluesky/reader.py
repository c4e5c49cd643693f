"""Read one Bluesky export: repositories, chat, pages of records, and what they cover."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from supportnet.archive import BadItem, Member, iter_csv, stream_json
from supportnet.errors import ArchiveError
from supportnet.formats import Export
from supportnet.importers.bluesky.chat import Chat
from supportnet.importers.bluesky.files import PATTERNS, PLATFORM, kind_of
from supportnet.importers.bluesky.people import People, is_did
from supportnet.importers.bluesky.posts import Posts
from supportnet.importers.bluesky.repo import Found, Repo, owner_of
from supportnet.records import Identity, Ignored, RawCoverage, Record, Rejected

__all__ = ["find_owner", "read"]

_MILLISECOND: Final = 1_000
# Everything the owner did in the open; nothing that others did.
_PUBLIC_FLAGS: Final = frozenset({"public_out", "reactions_out"})
# Reactions inside chats are seen both ways, but those to posts are not, so no flag is claimed.
_CHAT_FLAGS: Final = frozenset({"private_in", "private_out", "groups", "deletions_visible"})
_PAGE_DID = re.compile(rb'"uri"\s*:\s*"at://(did:[^/"]{1,2048})/')
_RECORD_URI = re.compile(
    r"at://(did:[^/]{1,2048})/([A-Za-z0-9.-]{1,317})/([A-Za-z0-9._:~-]{1,512})"
)


def find_owner(members: Sequence[Member]) -> Identity | None:
    """Return the owner that a repository or a page of records names, if they name one only.

    Parameters
    ----------
    members
        The claimed files of one export.

    Returns
    -------
    Identity or None
        The account; None for a chat export alone, which does not name its owner.
    """
    found: set[str] = set()
    for member in members:
        kind = kind_of(member)
        if kind == "car":
            try:
                found.add(owner_of(member) or "")
            except ArchiveError:
                # Reading will say what is wrong with it.
                continue
        elif kind == "records":
            page = _PAGE_DID.search(member.head())
            if page is not None:
                found.add(page[1].decode("utf-8", "replace"))
    did = found.pop() if len(found) == 1 else None
    return Identity(PLATFORM, did) if is_did(did) and did is not None else None


def read(export: Export) -> Iterator[Record]:
    """Yield everything in one Bluesky export.

    Parameters
    ----------
    export
        Repositories, chat exports, pages of records and a table of handles lying side by side.

    Yields
    ------
    Record
        See `supportnet.records`.

    Raises
    ------
    ArchiveError
        When a file is damaged beyond reading.
    """
    return _Reader(export).records()


class _Reader:
    """The state of one reading."""

    def __init__(self, export: Export) -> None:
        self._export = export
        self._people = People()
        self._files: dict[str, list[Member]] = {}
        for member in export.members:
            self._files.setdefault(kind_of(member) or "", []).append(member)
        copies = len(self._files.get("car", [])) + len(self._files.get("records", [])) > 1
        self._posts = Posts(self._people, check_copies=copies)
        self._revs: dict[Identity, int] = {}
        self._owners: dict[Identity, None] = {}

    def records(self) -> Iterator[Record]:
        """Yield all records: the table of handles and the chat first, for the names they state."""
        for member in self._files.get("handles", []):
            yield from self._handles(member)
        chat = Chat(self._people)
        for member in self._files.get("chat", []):
            chat.survey(member)
        for member in self._files.get("car", []):
            yield from self._repository(member)
        for member in self._files.get("records", []):
            yield from self._pages(member)
        chat_owner = self._chat_owner(chat)
        for room in chat.rooms.values():
            room.settle(self._people, None if chat_owner is None else chat_owner.id)
        for member in self._files.get("chat", []):
            yield from chat.read(member)
        for room in chat.rooms.values():
            yield from room.stays(self._people)
        yield from self._people.aliases()
        yield from self._coverage(chat, chat_owner)
        self._note(chat)

    def _handles(self, member: Member) -> Iterator[Record]:
        """Read a table of ids and handles that the researcher added."""
        for number, row in iter_csv(member):
            if number == 0:
                continue
            if len(row) >= 2 and is_did(row[0].strip()):
                self._people.state(row[0].strip(), row[1].strip().removeprefix("@"))
                yield Ignored("handle")
            else:
                yield Rejected("unknown_shape", PATTERNS["handles"], number)

    def _repository(self, member: Member) -> Iterator[Record]:
        """Read one repository."""
        repo = Repo(member)
        owner = self._people.maybe(repo.did)
        if owner is None:
            msg = (
                f"{member.label}: a repository that names its account was expected; found another "
                "word; download the repository again."
            )
            raise ArchiveError(msg)
        self._owners[owner] = None
        for found in repo.records():
            if isinstance(found, Found):
                yield self._posts.read(owner, found, PATTERNS["car"])
            else:
                yield found
        if repo.rev_us is not None:
            self._revs[owner] = max(repo.rev_us, self._revs.get(owner, 0))
        notes = self._export.notes
        if repo.is_cut:
            notes["repository"] = "cut short"
        if repo.n_missing_nodes:
            notes["missing_nodes"] = str(repo.n_missing_nodes)
        if repo.n_stale:
            notes["stale_nodes"] = str(repo.n_stale)

    def _pages(self, member: Member) -> Iterator[Record]:
        """Read a page of records, or a single one."""
        is_page = b'"records"' in member.head(4096)
        pattern = PATTERNS["records"]
        for number, item in enumerate(stream_json(member, "records[]" if is_page else "")):
            value = item.value
            if isinstance(value, BadItem):
                yield Rejected(value.reason, pattern, number)
                continue
            uri = value.get("uri") if isinstance(value, dict) else None
            record = value.get("value") if isinstance(value, dict) else None
            place = _RECORD_URI.fullmatch(uri) if isinstance(uri, str) else None
            owner = None if place is None else self._people.maybe(place[1])
            if place is None or owner is None or not isinstance(record, dict):
                yield Rejected("unknown_shape", pattern, number)
                continue
            self._owners[owner] = None
            yield self._posts.read(owner, Found(number, place[2], place[3], record), pattern)

    def _chat_owner(self, chat: Chat) -> Identity | None:
        """Return whose chat it is: declared, else the one account that is in every conversation.

        The export does not say. A repository's owner who is in all conversations is the one.
        """
        declared = self._export.options.owner
        if declared is not None:
            named = self._people.named(declared)
            if named is not None:
                return named
        common = chat.common()
        here = [owner for owner in self._owners if owner.id in common or not common]
        if len(here) == 1 and chat.rooms:
            return here[0]
        return self._people.get(common.pop()) if len(common) == 1 else None

    def _coverage(self, chat: Chat, chat_owner: Identity | None) -> Iterator[RawCoverage]:
        """Yield what the export could show: the owner's public side, both sides of the chats."""
        for owner in self._owners:
            start, end = self._posts.spans.get(owner, (None, None))
            rev = self._revs.get(owner)
            stated = rev is not None and (end is None or rev >= end)
            yield RawCoverage(
                owner,
                _PUBLIC_FLAGS,
                start_us=start,
                end_us=rev if stated else end,
                end_stated=stated,
                resolution_us=_MILLISECOND,
            )
        if chat_owner is not None and self._files.get("chat"):
            start, end = chat.span or (None, None)
            yield RawCoverage(
                chat_owner, _CHAT_FLAGS, start_us=start, end_us=end, resolution_us=_MILLISECOND
            )
        elif self._files.get("chat"):
            flags = _CHAT_FLAGS
            for room in chat.rooms.values():
                yield RawCoverage(None, flags, conversation=room.place, resolution_us=_MILLISECOND)
            if not chat.rooms and not self._owners:
                yield RawCoverage(None, frozenset(), resolution_us=_MILLISECOND)
        elif not self._owners:
            yield RawCoverage(None, frozenset(), resolution_us=_MILLISECOND)

    def _note(self, chat: Chat) -> None:
        """Leave facts for the data card."""
        notes: dict[str, Any] = self._export.notes
        notes["zone"] = "utc"
        for name, count in self._posts.facts.items():
            notes[name] = str(count)
        if chat.unknown:
            notes["unknown_lines"] = ", ".join(map(str, chat.unknown))
