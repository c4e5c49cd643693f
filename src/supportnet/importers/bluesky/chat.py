"""The chat export: one JSON object per line, of a shape nobody has written down.

So a line is searched for objects that look like those of the chat interface, at its top and one
level down, and what looks like none of them is counted, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from supportnet.archive import BadItem, Member, iter_jsonl
from supportnet.importers.bluesky.clock import order_of, record_time
from supportnet.importers.bluesky.facts import carried, emoji_of, mentions_of
from supportnet.importers.bluesky.files import PATTERNS, PLATFORM
from supportnet.importers.bluesky.people import People, is_did
from supportnet.importers.bluesky.rooms import Room, move_of
from supportnet.parsing.times import in_range, iso_us
from supportnet.records import Identity, Ignored, MessageRef, RawMessage, RawReaction, Rejected

__all__ = ["Chat"]

_Kind: TypeAlias = Literal["message", "system", "view"]
_Out: TypeAlias = RawMessage | RawReaction | Ignored | Rejected
_SHOWN: Final = 3


class _Part(NamedTuple):
    """An object that was recognised in a line, and the conversation it belongs to."""

    kind: _Kind
    value: dict[str, Any]
    key: str | None


def _kind_of(value: dict[str, Any]) -> _Kind | None:
    """Return what an object looks like."""
    if isinstance(value.get("members"), list):
        return "view"
    if isinstance(value.get("sender"), dict) and ("sentAt" in value or "text" in value):
        return "message"
    is_system = str(value.get("$type")).endswith("#systemMessageView")
    return "system" if is_system or _event_name(value) else None


def _event_name(value: dict[str, Any]) -> str:
    """Return the name of a system message's event, empty where there is none."""
    data = value.get("data")
    name = data.get("$type") if isinstance(data, dict) and "sentAt" in value else None
    return name if isinstance(name, str) else ""


def _text(value: Any) -> str | None:
    """Return a usable id."""
    return value if isinstance(value, str) and 0 < len(value) <= 512 else None


class Chat:
    """Read the chat exports of one owner: first all conversations, then the messages.

    Attributes
    ----------
    rooms
        Conversations by id.
    span
        Time of the first and the last message (µs), once read.
    unknown
        Numbers of the first lines that were not recognised.
    """

    def __init__(self, people: People) -> None:
        self._people = people
        self._seen: set[tuple[str, str]] = set()
        self._deleted: set[tuple[str, str]] = set()
        self.rooms: dict[str, Room] = {}
        self.span: tuple[int, int] | None = None
        self.unknown: list[int] = []

    def _parts(self, value: dict[str, Any], last: str | None) -> list[_Part]:
        """Return the objects recognised in a line; `last` is the conversation described last."""
        outer = _text(value.get("convoId"))
        kind = _kind_of(value)
        if kind is not None:
            own = _text(value.get("id")) if kind == "view" else outer or last
            return [_Part(kind, value, own)]
        found: list[_Part] = []
        inner = (v for v in value.values() if isinstance(v, (dict, list)))
        children = [c for v in inner for c in (v if isinstance(v, list) else (v,))]
        for child in children:
            kind = _kind_of(child) if isinstance(child, dict) else None
            if kind == "view":
                last = _text(child.get("id")) or outer
                found.append(_Part(kind, child, last))
            elif kind is not None:
                key = outer or _text(child.get("convoId")) or last or _text(value.get("id"))
                found.append(_Part(kind, child, key))
        return found

    def _lines(self, member: Member) -> Iterator[tuple[int, list[_Part] | str]]:
        """Yield each line's number and what it holds, or why it cannot be read."""
        last: str | None = None
        for item in iter_jsonl(member):
            value = item.value
            if isinstance(value, BadItem):
                yield item.index, value.reason
            elif not isinstance(value, dict):
                yield item.index, "unknown_shape"
            else:
                parts = self._parts(value, last)
                for part in parts:
                    last = part.key if part.kind == "view" else last
                if not parts and str(value.get("$type")).startswith("chat.bsky."):
                    yield item.index, ""
                else:
                    yield item.index, parts

    def survey(self, member: Member) -> None:
        """Gather conversations, members and deletions of one file."""
        for _, parts in self._lines(member):
            for part in parts if isinstance(parts, list) else ():
                if part.key is None:
                    continue
                room = self.rooms.get(part.key)
                if room is None:
                    room = self.rooms[part.key] = Room(part.key)
                self._learn(room, part)

    def _learn(self, room: Room, part: _Part) -> None:
        """Take what one object says about its conversation."""
        value = part.value
        if part.kind == "view":
            room.take_view(value, self._people)
            return
        stated = value.get("sentAt")
        t_us = iso_us(stated) if isinstance(stated, str) else None
        if t_us is not None and not in_range(t_us):
            t_us = None
        if part.kind == "system":
            data = value.get("data")
            person = data.get("member") if isinstance(data, dict) else None
            room.take_event(_event_name(value), person, t_us)
            return
        sender = value["sender"].get("did")
        if isinstance(sender, str) and is_did(sender):
            room.writers.add(sender)
        room.last_us = max(room.last_us, t_us or 0)
        ident = _text(value.get("id"))
        if ident is not None and not isinstance(value.get("text"), str):
            self._deleted.add((room.key, ident))

    def common(self) -> set[str]:
        """Return the accounts that are listed in every conversation."""
        listed = [room.listed for room in self.rooms.values() if room.listed]
        return set.intersection(*listed) if listed else set()

    def read(self, member: Member) -> Iterator[_Out]:
        """Yield the messages of one file, their reactions, and what was left out.

        Parameters
        ----------
        member
            A file that was surveyed; the rooms are settled.

        Yields
        ------
        RawMessage, RawReaction, Ignored or Rejected
            One of message, ignored and rejected per object; reactions beside.
        """
        pattern = PATTERNS["chat"]
        for number, parts in self._lines(member):
            if isinstance(parts, str):
                yield Rejected(parts, pattern, number) if parts else Ignored("event")
                continue
            said = [part for part in parts if part.kind != "view"]
            if not parts:
                if len(self.unknown) < _SHOWN:
                    self.unknown.append(number)
                yield Ignored("unknown_line")
            elif not said:
                yield Ignored("conversation")
            # A line that holds a message and its conversation is one record: the message.
            for part in said:
                if part.kind == "message":
                    yield from self._message(part, number)
                else:
                    yield self._system(part)

    def _system(self, part: _Part) -> Ignored:
        """Return how a system message is counted."""
        return Ignored("membership_event" if move_of(_event_name(part.value)) else "event")

    def _message(self, part: _Part, number: int) -> Iterator[_Out]:
        """Read one message and its reactions."""
        value, pattern = part.value, PATTERNS["chat"]
        ident = _text(value.get("id"))
        author = self._people.maybe(value["sender"].get("did"))
        room = None if part.key is None else self.rooms.get(part.key)
        when = record_time(value.get("sentAt"), ident or "")
        if author is None:
            yield Rejected("no_author", pattern, number)
        elif room is None or room.place is None:
            yield Rejected("no_conversation", pattern, number)
        elif isinstance(when, str):
            yield Rejected(when, pattern, number)
        elif ident is not None and (room.key, ident) in self._seen:
            yield Ignored("duplicate")
        else:
            if ident is not None:
                self._seen.add((room.key, ident))
            first, last = self.span or (when.t_us, when.t_us)
            self.span = min(first, when.t_us), max(last, when.t_us)
            visibility, audience = room.readers(when.t_us)
            text = value.get("text")
            is_deleted = not isinstance(text, str) or (room.key, ident) in self._deleted
            message = RawMessage(
                conversation=room.place,
                author=author,
                t_us=when.t_us,
                seq=order_of(ident or "", when.t_us, number),
                ref=None if ident is None else self._ref(room, ident),
                kind="deleted" if is_deleted else "message",
                original_kind="message" if is_deleted else None,
                visibility=visibility,
                visibility_raw=room.word,
                audience_size=audience,
                time_note=when.note,
                resolution_us=when.resolution_us,
            )
            if not is_deleted:
                message.text = text
                message.mentions = mentions_of(value, self._people)
                message.target, message.target_author = carried(value, self._people)
            self._answer(message, room, value.get("replyTo"))
            yield message
            yield from self._reactions(message, value.get("reactions"))

    def _ref(self, room: Room, ident: str) -> MessageRef:
        """Return the pointer at a message of a conversation."""
        return MessageRef(PLATFORM, ident, "conversation", room.key)

    def _answer(self, message: RawMessage, room: Room, pointer: Any) -> None:
        """Take the explicit pointer at an earlier message, and its author where it is told."""
        if not isinstance(pointer, dict):
            return
        ident = _text(pointer.get("messageId")) or _text(pointer.get("id"))
        if ident is not None:
            message.reply_to = self._ref(room, ident)
            sender = pointer.get("sender")
            did = sender.get("did") if isinstance(sender, dict) else pointer.get("did")
            message.reply_author = self._people.maybe(did)

    def _reactions(self, message: RawMessage, reactions: Any) -> Iterator[RawReaction]:
        """Yield the reactions that a message carries."""
        if message.ref is None or not isinstance(reactions, list):
            return
        for one in reactions:
            sender = one.get("sender") if isinstance(one, dict) else None
            actor: Identity | None = None
            if isinstance(sender, dict):
                actor = self._people.maybe(sender.get("did"))
            if not isinstance(one, dict) or actor is None:
                continue
            made = one.get("createdAt")
            t_us = iso_us(made) if isinstance(made, str) else None
            yield RawReaction(
                target=message.ref,
                kind=emoji_of(one.get("value")),
                actor=actor,
                target_author=message.author,
                t_us=t_us if t_us is not None and in_range(t_us) else None,
                visibility=message.visibility,
            )
