"""Conversations of Messenger and Instagram: rows as they are written, rooms, and who is in them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

import msgspec

from supportnet.archive import Member
from supportnet.parsing.meta import People, folded, is_nobody, repaired, strings_in
from supportnet.parsing.meta_words import openers, prefixes
from supportnet.records import Conversation, Identity, MessageRef, RawMembership

__all__ = ["Caption", "Cast", "Room", "Rooms", "Row", "common_name", "head_names"]

# A person, how the app's own texts about them begin, and the letters these begin with.
Cast: TypeAlias = tuple[Identity, tuple[str, ...], frozenset[str]]
Kind: TypeAlias = Literal["dm", "group", "self", "unknown"]
Visibility: TypeAlias = Literal["private_1to1", "private_group", "unknown"]

_BOM: Final = b"\xef\xbb\xbf"
_PARTICIPANTS = re.compile(r'"participants"\s*:\s*(?=\[)')
_SHOWN: Final[dict[str, Visibility]] = {"dm": "private_1to1", "group": "private_group"}
_DELETED: Final = ("facebookuser", "instagramuser", "instagram_user", "facebook_user")
_SEEN_RATIO: Final = 0.5


class Row(msgspec.Struct, gc=False):
    """One message as Messenger and Instagram write it; fields not named here are not read."""

    sender_name: str | None = None
    timestamp_ms: int | None = None
    content: str | None = None
    reactions: list[Any] | None = None
    type: str | None = None
    share: Any = None
    photos: Any = None
    videos: Any = None
    audio_files: Any = None
    gifs: Any = None
    files: Any = None
    sticker: Any = None
    call_duration: Any = None
    missed: bool | None = None
    users: list[Any] | None = None
    is_unsent: bool | None = None
    is_taken_down: bool | None = None
    timestamp: int | None = None


@dataclass(slots=True)
class Caption:
    """What a file of messages says about its conversation.

    Attributes
    ----------
    names
        Participants, letters put right.
    title
        Its title; for a direct conversation the other's name.
    is_group
        Whether something says that it is a group whatever its size.
    """

    names: list[str] = field(default_factory=list)
    title: str | None = None
    is_group: bool = False

    @classmethod
    def of(cls, fields: dict[str, Any]) -> Caption:
        """Read the fields around the messages."""
        kind = fields.get("thread_type")
        return cls(
            strings_in(fields.get("participants")),
            repaired(fields.get("title")) or repaired(fields.get("threadName")),
            isinstance(fields.get("joinable_mode"), dict)
            or kind in ("RegularGroup", "PendingGroup"),
        )

    def form(self, senders: Iterable[str], folder: str, *, owner_name: str | None) -> Kind:
        """Decide what kind of conversation it is.

        Parameters
        ----------
        senders
            Names met among the messages read so far.
        folder
            Name of its folder.
        owner_name
            The owner's display name.

        Notes
        -----
        A group that shrank to two may have lost its mark; its title is not the other's name.
        """
        if self.is_group or len(self.names) > 2:
            return "group"
        known = {folded(name) for name in self.names}
        others = {folded(name) for name in senders if not is_nobody(name)} - known
        if len(self.names) == 2:
            title = self.title
            named = title is None or is_nobody(title) or folded(title) in known
            return "dm" if named and not others else ("group" if not named else "dm")
        if folder.lower().startswith(_DELETED) or (len(self.names) == 1 and len(others) == 1):
            return "dm"
        if len(self.names) == 1:
            alone = not others and (owner_name is None or folded(owner_name) in known)
            return "self" if alone else "group" if len(others) > 1 else "unknown"
        return "dm" if len(others) == 2 else "group" if len(others) > 2 else "unknown"


class Room:
    """One conversation while it is read.

    Attributes
    ----------
    conversation
        What its messages share.
    visibility, audience
        Who could read them, and how many others.
    section
        Word for strangers' threads (`message_requests`), None for ordinary ones.
    caption
        Title and names, to find the same conversation in other folders.
    spans
        For each part of the export, first and last time in it, µs.
    cast
        Written name → what is known of that person.
    """

    __slots__ = (
        "_copies",
        "_ends",
        "_people",
        "_used",
        "audience",
        "caption",
        "cast",
        "conversation",
        "events",
        "section",
        "spans",
        "visibility",
        "within",
    )

    def __init__(self, people: People, conversation: Conversation, caption: Caption) -> None:
        self._people = people
        self._copies: dict[str, int] = {}
        self._used: dict[int, set[str]] = {}
        self.conversation = conversation
        self.caption = caption
        self.visibility: Visibility = _SHOWN.get(conversation.kind, "unknown")
        self.section: str | None = None
        self.cast: dict[str | None, Cast] = {}
        self.spans: dict[str, tuple[int, int]] = {}
        self._ends: dict[int, tuple[int, int]] = {}
        self.events: list[tuple[int, Identity, bool]] = []
        size = len(conversation.members)
        self.audience = size - 1 if conversation.kind in ("dm", "group") and size > 1 else None
        names = sorted(folded(one.id) for one in conversation.members)
        base = "\x1f".join(names) if conversation.kind == "dm" else conversation.key
        owner = people.owner
        self.within = f"{owner.id if owner is not None else ''}\x1f{base}"

    def meet(self, raw: str | None) -> Cast:
        """Return the person of a name as written, with how the app's texts about them begin."""
        found = self.cast.get(raw)
        if found is None:
            name = repaired(raw)
            person = self._people.named(name, self.conversation.key)
            is_owner = person is self._people.owner
            starts = prefixes((name or "").strip(), is_owner=is_owner)
            found = self.cast[raw] = person, starts, openers(starts)
        return found

    def person(self, name: str | None) -> Identity:
        """Return the person of a name whose letters are right."""
        return self._people.named(name, self.conversation.key)

    def copy_of(self, part: str) -> int:
        """Return the number of the copy that a part of the export is, from 0."""
        return self._copies.setdefault(part, len(self._copies))

    def extend(self, part: str, first: int, last: int) -> None:
        """Let the span of a part of the export reach over two times."""
        known = self.spans.get(part, (first, last))
        self.spans[part] = min(first, known[0]), max(last, known[1])

    def next_place(self, copy: int, step: int) -> int:
        """Return the position before (step -1) or behind (step 1) all that were given."""
        return self._ends.get(copy, (0, 0))[0 if step < 0 else 1]

    def keep_place(self, copy: int, seq: int) -> None:
        """Remember the last position given."""
        low, high = self._ends.get(copy, (0, 0))
        self._ends[copy] = min(low, seq), max(high, seq)

    def ref(self, t_us: int, author: Identity, copy: int) -> MessageRef:
        """Return a reference for a message that something points at."""
        ident = self.ref_id(t_us, author, copy)
        return MessageRef(self._people.platform, ident, "account", self.within)

    def ref_id(self, t_us: int, author: Identity, copy: int) -> str:
        """Return an id for a message that something points at.

        Messages have no ids. Time and author name one inside the owner's copy of a conversation,
        in every export and copy alike; a second one of the same instant gets a number.
        """
        used = self._used.setdefault(copy, set())
        ident, number = f"{t_us}\x1f{author.id}", 0
        key = ident
        while key in used:
            number += 1
            key = f"{ident}\x1f{number}"
        used.add(key)
        return key

    def stays(self) -> Iterator[RawMembership]:
        """Yield the stays whose beginning or end was told."""
        inside: dict[Identity, int] = {}
        for t_us, person, came in sorted(self.events, key=lambda e: (e[0], not e[2])):
            if came:
                inside.setdefault(person, t_us)
            else:
                yield RawMembership(self.conversation, person, inside.pop(person, None), t_us)
        for person, t_us in inside.items():
            yield RawMembership(self.conversation, person, t_us, None)


class Rooms:
    """All conversations of one export.

    Two direct threads of one pair of names are one conversation. A thread that moved to an
    encrypted-chat folder is found again by its number, its pair, or its title and names.
    """

    def __init__(self, people: People) -> None:
        self._people = people
        self._by_ident: dict[str, Room] = {}
        self._by_pair: dict[frozenset[Identity], Room] = {}
        self.all: list[Room] = []

    def enter(self, ident: str, caption: Caption, kind: Kind, senders: Iterable[str]) -> Room:
        """Return the room of a thread, made when it is new.

        Parameters
        ----------
        ident
            Number of the thread, or words that stand for it; empty when it has none.
        caption, kind
            What its file says.
        senders
            Names met, for threads whose list of participants is short of one.
        """
        known = self._by_ident.get(ident) if ident else None
        if known is not None:
            return known
        if kind == "group" and (not ident or ident.startswith("e2ee:")):
            known = self._same_group(caption)
            if known is not None:
                return known
        key = f"{'dm' if kind == 'dm' else 'thread'}:{ident}"
        conversation = Conversation(self._people.platform, key, kind)
        members = [self._people.named(name, key) for name in caption.names]
        if kind == "dm" and len(set(members)) < 2:
            found = (self._people.named(name, key) for name in senders)
            members += [one for one in found if one not in members][:1]
            if len(set(members)) < 2 and len(caption.names) < 2:
                members.append(self._people.named(None, key))
        conversation.members.update(members)
        conversation.members_basis = "roster" if caption.names else "observed"
        pair = frozenset(members)
        if kind == "dm" and len(pair) == 2 and not any(one.is_placeholder for one in pair):
            known = self._by_pair.get(pair)
            if known is not None:
                self._by_ident[ident] = known
                return known
        room = Room(self._people, conversation, caption)
        if kind == "dm":
            self._by_pair.setdefault(pair, room)
        self._by_ident[ident] = room
        self.all.append(room)
        return room

    def _same_group(self, caption: Caption) -> Room | None:
        """Return the one group of the same title and, at least half of them, the same names."""
        if not caption.title:
            return None
        title, names = folded(caption.title), {folded(name) for name in caption.names}
        found = []
        for room in self.all:
            there = {folded(name) for name in room.caption.names}
            if room.conversation.kind == "group" and folded(room.caption.title or "") == title:
                shared, either = len(names & there), len(names | there)
                if either and shared / either >= _SEEN_RATIO:
                    found.append(room)
        return found[0] if len(found) == 1 else None


def head_names(member: Member) -> list[str] | None:
    """Return the participants from the head of a file of messages; None where it has none."""
    text = member.head().removeprefix(_BOM).decode("utf-8", "replace")
    found = _PARTICIPANTS.search(text)
    if found is None:
        return None
    try:
        value, _ = json.JSONDecoder().raw_decode(text, found.end())
    except (ValueError, RecursionError):
        return None
    return strings_in(value)


def common_name(members: Iterable[Member]) -> str | None:
    """Return the one name that takes part in all conversations, of which there must be two.

    Parameters
    ----------
    members
        One file of each conversation.

    Returns
    -------
    str or None
        The owner's name where exactly one is common to all.
    """
    common: dict[str, str] | None = None
    read = 0
    for member in members:
        names = head_names(member)
        if names is None or len(names) < 2:
            continue
        read += 1
        here = {folded(name): name for name in names if not is_nobody(name)}
        common = here if common is None else {k: v for k, v in common.items() if k in here}
        if not common:
            return None
    return next(iter(common.values())) if read > 1 and common and len(common) == 1 else None
