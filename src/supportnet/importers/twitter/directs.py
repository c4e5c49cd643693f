"""Direct messages, one to one and in groups: chunks joined, copies dropped, events counted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from supportnet.archive import Member
from supportnet.importers.twitter.channels import Channels, pair_of
from supportnet.importers.twitter.clock import direct_time, order_of, whole
from supportnet.importers.twitter.coverage import Span
from supportnet.importers.twitter.files import PLATFORM
from supportnet.importers.twitter.items import Tally, items
from supportnet.importers.twitter.people import People
from supportnet.importers.twitter.posts import plain
from supportnet.importers.twitter.shapes import Direct, DirectEntry
from supportnet.records import Conversation, Ignored, MessageRef, RawMessage, RawReaction, Rejected

__all__ = ["Directs", "common_owner"]

_PATHS: Final = ("[].dmConversation.messages[]", "[].messages[]")
# Direct messages and tweets once counted their ids apart from each other.
_ID_SPACE: Final = "dm"
_LONGEST_REACTION: Final = 32
# The one key of an event → why it is no message.
_EVENTS: Final = {
    "welcomeMessageCreate": "bot_greeting",
    "joinConversation": "membership_event",
    "participantsJoin": "membership_event",
    "participantsLeave": "membership_event",
    "conversationNameUpdate": "name_event",
    "reactionCreate": "reaction_event",
}
_MEMBERSHIP: Final = tuple(name for name, why in _EVENTS.items() if why == "membership_event")
_UNKNOWN: Final = "unknown_event"

_Out: TypeAlias = RawMessage | RawReaction | Ignored | Rejected
_Key: TypeAlias = int | str


def _conversation_id(context: tuple[dict[str, Any], ...]) -> str | None:
    """Return the conversation id that stands before the messages, if any."""
    for scope in reversed(context):
        found = scope.get("conversationId")
        if isinstance(found, (str, int)) and not isinstance(found, bool) and str(found):
            return str(found)
    return None


def _id_key(ident: Any) -> _Key | None:
    """Return what makes two copies of a message one: its id, numeric or not."""
    number = whole(ident)
    if number is not None:
        return number
    return ident if isinstance(ident, str) and ident else None


def _reaction_word(value: Any) -> str:
    """Return the platform's word for a reaction: a name or an emoji, never a sentence."""
    is_word = isinstance(value, str) and 0 < len(value) <= _LONGEST_REACTION
    return value if is_word and not any(map(str.isspace, value)) else "unknown"


def _event_reason(entry: DirectEntry) -> str:
    """Return why an event is no message; a key of the future is an unknown event."""
    for name, reason in _EVENTS.items():
        if getattr(entry, name) is not None:
            return reason
    return _UNKNOWN


def common_owner(members: list[Member]) -> str | None:
    """Return the account id that takes part in every one-to-one conversation, if exactly one does.

    Parameters
    ----------
    members
        The files of one-to-one messages.

    Returns
    -------
    str or None
        The owner of an archive that does not name its owner elsewhere.
    """
    common: set[str] | None = None
    for member in members:
        for item in items(member, "direct", Tally(), *_PATHS, shape=DirectEntry):
            pair = None if isinstance(item, Rejected) else pair_of(_conversation_id(item[1]))
            if pair is not None:
                common = set(pair) if common is None else common & set(pair)
    return common.pop() if common is not None and len(common) == 1 else None


class Directs:
    """Read the files of direct messages of one archive.

    Conversations of more than 1000 messages come as several entries of one id, out of order and
    overlapping: they are brought together by id, and a message seen before is ignored.

    Attributes
    ----------
    channels
        The conversations met.
    span
        Times of the first and the last message.
    """

    def __init__(self, people: People, tally: Tally) -> None:
        self._people = people
        self._tally = tally
        self._seen: set[_Key] = set()
        self._without_id = 0
        self.channels = Channels(people)
        self.span = Span()

    def survey(self, member: Member) -> None:
        """Collect writers and membership events of a group file, before its messages are read."""
        for item in items(member, "survey", Tally(), *_PATHS, shape=DirectEntry):
            key = None if isinstance(item, Rejected) else _conversation_id(item[1])
            if isinstance(item, Rejected) or key is None:
                continue
            entry = item[2]
            if entry.messageCreate is not None:
                self.channels.note_writer(key, entry.messageCreate.senderId)
                continue
            for name in _MEMBERSHIP:
                event = getattr(entry, name)
                if isinstance(event, dict):
                    self.channels.note_event(key, name, event)

    def read(self, member: Member, kind: str, *, group: bool) -> Iterator[_Out]:
        """Yield the messages of one file, their reactions, and what was left out.

        Parameters
        ----------
        member
            The file.
        kind
            Its kind, for reports.
        group
            Whether it holds group conversations.

        Yields
        ------
        RawMessage, RawReaction, Ignored or Rejected
            One of message, ignored and rejected per event; reactions beside.
        """
        for item in items(member, kind, self._tally, *_PATHS, shape=DirectEntry):
            if isinstance(item, Rejected):
                yield item
                continue
            record, context, entry = item
            raw = entry.messageCreate
            if raw is None:
                yield Ignored(_event_reason(entry))
                continue
            found = self._message(raw, _conversation_id(context), group=group)
            if isinstance(found, str):
                yield self._tally.reject(found, kind, record)
            else:
                yield found
                if raw.reactions and isinstance(found, RawMessage):
                    yield from self._reactions(raw.reactions, found)

    def check(self, member: Member, kind: str) -> Iterator[Ignored | Rejected]:
        """Yield one count per record of a header file: a copy, or a message held nowhere else."""
        for item in items(member, kind, self._tally, *_PATHS, shape=DirectEntry):
            if isinstance(item, Rejected):
                yield item
                continue
            entry = item[2]
            if entry.messageCreate is not None:
                known = _id_key(entry.messageCreate.id) in self._seen
            else:
                known = _event_reason(entry) != _UNKNOWN
            yield Ignored("header_duplicate" if known else "header_only")

    def _message(
        self, raw: Direct, conversation_id: str | None, *, group: bool
    ) -> RawMessage | Ignored | str:
        """Read one message; a reason when it cannot be used."""
        author = self._people.user(raw.senderId)
        if author is None:
            return "no_author"
        key = _id_key(raw.id)
        number = key if isinstance(key, int) else None
        when = direct_time(raw.createdAt, number)
        if isinstance(when, str):
            return when
        if key is not None and key in self._seen:
            return Ignored("duplicate")
        place: Conversation | str
        if not group:
            place = self.channels.direct(conversation_id, author, raw.recipientId)
        elif conversation_id is not None:
            place = self.channels.group(conversation_id, author)
        else:
            place = "no_conversation"
        if isinstance(place, str):
            return place
        if key is not None:
            self._seen.add(key)
        self._without_id += number is None
        self._extend(when.t_us)
        visibility, audience = self.channels.readers(place, when.t_us)
        return RawMessage(
            conversation=place,
            author=author,
            t_us=when.t_us,
            seq=order_of(number, when.t_us, self._without_id),
            ref=None if key is None else MessageRef(PLATFORM, str(key), within=_ID_SPACE),
            visibility=visibility,
            text=plain(raw.text) if isinstance(raw.text, str) else None,
            audience_size=audience,
            time_note=when.note,
            resolution_us=when.resolution_us,
        )

    def _extend(self, t_us: int) -> None:
        """Let the span reach to a time."""
        first, last = self.span.first_us, self.span.last_us
        if first is None or last is None:
            self.span = Span(t_us, t_us)
        elif not first <= t_us <= last:
            self.span = Span(min(first, t_us), max(last, t_us))

    def _reactions(self, listed: Any, message: RawMessage) -> Iterator[RawReaction]:
        """Yield the reactions to a message, each with its author and time."""
        if not isinstance(listed, list) or message.ref is None:
            return
        for reaction in listed:
            if not isinstance(reaction, dict):
                continue
            actor = self._people.user(reaction.get("senderId"))
            if actor is None:
                continue
            when = direct_time(reaction.get("createdAt"), whole(reaction.get("eventId")))
            yield RawReaction(
                target=message.ref,
                kind=_reaction_word(reaction.get("reactionKey")),
                actor=actor,
                target_author=message.author,
                t_us=None if isinstance(when, str) else when.t_us,
                visibility=message.visibility,
            )
