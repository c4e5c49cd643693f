"""The export of 2018 to 2020: files at the top, user names instead of display names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from supportnet.archive import BadItem, Member, read_json, stream_json
from supportnet.errors import ArchiveError
from supportnet.importers.instagram.acts import Acts
from supportnet.importers.instagram.files import PLATFORM, pattern_of
from supportnet.parsing.meta import People, repaired
from supportnet.parsing.text import typed_handles
from supportnet.parsing.times import in_range, iso_us
from supportnet.records import (
    SECOND,
    Conversation,
    Identity,
    Ignored,
    MessageRef,
    RawContact,
    RawMessage,
    RawReaction,
    Record,
    Rejected,
)

__all__ = ["FlatReader"]

# Fields that carry something although there are no words.
_CARRIES: Final = (
    "link", "media", "media_url", "media_share_url", "media_share_caption", "media_owner",
    "story_share", "animated_media_images", "voice_media", "live_video_share",
    "profile_share_username", "heart", "is_random",
)  # fmt: skip
_CONTACTS: Final = {"followers": "follower", "following": "follow"}
_LISTS: Final = {
    "close_friends": "close_friend_list",
    "blocked_users": "block_list",
    "follow_requests_sent": "follow_request",
    "permanent_follow_requests": "follow_request",
}
_REACTION: Final = "like"


def _time(text: object) -> int | str:
    """Return a time in µs, else why there is none."""
    if not isinstance(text, str) or not text:
        return "undated"
    t_us = iso_us(text)
    return "bad_date" if t_us is None or not in_range(t_us) else t_us


class FlatReader:
    """Read the files of the flat export."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._rooms: dict[str, Conversation] = {}
        self.rooms: list[Conversation] = []
        self._taken: dict[str, int] = {}

    def messages(self, member: Member) -> Iterator[Record]:
        """Yield the messages of all conversations, each written newest first."""
        room: Conversation | None = None
        context: Any = None
        seq = 0
        for item in stream_json(member, "[].conversation[]"):
            fields = item.context[-1] if item.context else {}
            if fields is not context or room is None:
                context = fields
                room = self._room(fields.get("participants"))
                seq = self._taken.get(room.key, 0)
            row = item.value
            index = max(0, item.index)
            if not isinstance(row, dict):
                reason = row.reason if isinstance(row, BadItem) else "json_shape"
                yield Rejected(reason, pattern_of("flat_messages"), index)
                continue
            seq -= 1
            self._taken[room.key] = seq
            found = self._row(row, room, seq)
            if isinstance(found, str):
                yield Rejected(found, pattern_of("flat_messages"), index)
                continue
            yield found
            if isinstance(found, RawMessage):
                yield from self._likes(row.get("likes"), found)

    def _room(self, participants: object) -> Conversation:
        """Return the conversation of a list of user names."""
        listed = participants if isinstance(participants, list) else []
        names = {name.strip().lower() for one in listed if (name := repaired(one)) and name.strip()}
        key = "flat:" + "\x1f".join(sorted(names))
        room = self._rooms.get(key)
        if room is None:
            size = len(names)
            kind = "group" if size > 2 else "dm" if size == 2 else "self" if size else "unknown"
            room = Conversation(PLATFORM, key, kind)  # type: ignore[arg-type]
            room.members = {self._people.handle(name) for name in names}
            room.members_basis = "roster" if names else "none"
            self._rooms[key] = room
            self.rooms.append(room)
        return room

    def _row(self, row: dict[str, Any], room: Conversation, seq: int) -> RawMessage | Ignored | str:
        """Read one message; a reason when it cannot be used."""
        t_us = _time(row.get("created_at"))
        if isinstance(t_us, str):
            return t_us
        sender = repaired(row.get("sender"))
        if row.get("video_call_action") is not None:
            return Ignored("call_event")
        if row.get("action") is not None:
            return Ignored("system_event")
        text = repaired(row.get("text"))
        if not text and not any(row.get(key) for key in _CARRIES):
            return Ignored("no_content")
        is_named = sender is not None and sender.strip()
        author = (
            self._people.handle(sender or "") if is_named else self._people.named(sender, room.key)
        )
        typed = [self._people.handle(name) for name in typed_handles(text)] if text else []
        size = len(room.members)
        shared = repaired(row.get("media_owner")) or repaired(row.get("profile_share_username"))
        return RawMessage(
            room,
            author,
            t_us,
            seq,
            MessageRef(PLATFORM, f"{t_us}\x1f{author.id}", "account", room.key)
            if row.get("likes")
            else None,
            visibility="private_1to1"
            if room.kind == "dm"
            else "private_group"
            if room.kind == "group"
            else "unknown",
            text=text or None,
            mentions=tuple(one for one in typed if one in room.members and one != author),
            target_author=self._people.handle(shared) if shared and shared.strip() else None,
            audience_size=size - 1 if size > 1 else None,
        )

    def _likes(self, listed: object, message: RawMessage) -> Iterator[RawReaction]:
        """Yield the likes of a message, each dated."""
        if message.ref is None:
            return
        for like in listed if isinstance(listed, list) else []:
            name = repaired(like.get("username")) if isinstance(like, dict) else None
            if name and name.strip():
                t_us = _time(like.get("date"))
                yield RawReaction(
                    message.ref,
                    _REACTION,
                    self._people.handle(name),
                    1,
                    message.author,
                    None if isinstance(t_us, str) else t_us,
                    message.visibility,
                )

    def comments(self, member: Member, acts: Acts) -> Iterator[Record]:
        """Yield the owner's comments: time, words, user name of the media's owner."""
        for item in stream_json(member, "*[]"):
            row, index = item.value, max(0, item.index)
            if not isinstance(row, list) or len(row) < 2:
                reason = row.reason if isinstance(row, BadItem) else "json_shape"
                yield Rejected(reason, pattern_of("flat_comments"), index)
                continue
            t_us = _time(row[0])
            if isinstance(t_us, str):
                yield Rejected(t_us, pattern_of("flat_comments"), index)
                continue
            yield acts.comment(t_us, repaired(row[1]), repaired(row[2]) if len(row) > 2 else None)

    def likes(self, member: Member, owner: Identity) -> Iterator[Record]:
        """Yield the owner's likes: time, user name."""
        for item in stream_json(member, "*[]"):
            row, index = item.value, max(0, item.index)
            name = repaired(row[1]) if isinstance(row, list) and len(row) > 1 else None
            if name is None or not name.strip():
                reason = row.reason if isinstance(row, BadItem) else "json_shape"
                yield Rejected(reason, pattern_of("flat_likes"), index)
                continue
            t_us = _time(row[0])
            mark = f"{item.context[0].get('*')}:{row[0]}:{name}"
            yield RawReaction(
                MessageRef(PLATFORM, f"reaction:{mark}", "account", owner.id),
                _REACTION,
                owner,
                1,
                self._people.handle(name),
                None if isinstance(t_us, str) else t_us,
            )

    def contacts(self, member: Member, owner: Identity) -> Iterator[Record]:
        """Yield follows both ways; other lists are counted."""
        try:
            document = read_json(member)
        except ArchiveError:
            yield Rejected("json_syntax", pattern_of("flat_connections"), 0)
            return
        for key, listed in document.items() if isinstance(document, dict) else ():
            if not isinstance(listed, dict):
                continue
            kind = _CONTACTS.get(key)
            if kind is None:
                if listed:
                    yield Ignored(_LISTS.get(key, "other_list"), len(listed))
                continue
            for number, (name, time) in enumerate(listed.items()):
                handle = repaired(name) or ""
                if not handle.strip():
                    yield Rejected("no_name", pattern_of("flat_connections"), number)
                    continue
                t_us = _time(time)
                yield RawContact(
                    owner,
                    self._people.handle(handle),
                    "follower" if kind == "follower" else "follow",
                    None if isinstance(t_us, str) else t_us,
                    SECOND,
                )
