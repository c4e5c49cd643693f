"""Read the rows of conversations: what is talk, what is a call, what the app wrote itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, Final, Literal, TypeAlias

from supportnet.archive import Item, Member, read_outline, stream_json
from supportnet.parsing.meta import People, is_nobody, repaired, seconds_us
from supportnet.parsing.meta_layout import ThreadFile, thread_file
from supportnet.parsing.meta_threads import Caption, Room, Rooms, Row
from supportnet.parsing.meta_words import Wording, read_wording
from supportnet.parsing.text import repair_mojibake
from supportnet.parsing.times import MIN_US, max_us
from supportnet.records import Identity, Ignored, RawMessage, RawReaction, Rejected

__all__ = ["CUTOVER", "MESSAGES", "Facts", "ThreadReader", "grouped_threads"]

MESSAGES: Final = "messages/*/*/message_*.json"
_MILLISECOND: Final = 1000
# Files hold at most 10,000 messages; what stands behind them decides what they are.
_AHEAD: Final = 12_000
_REQUESTS: Final = frozenset({"message_requests", "filtered_threads"})
CUTOVER: Final = "e2ee_cutover"
_WORD: Final = 32

_Kind: TypeAlias = Literal["message", "call", "deleted"]
_Out: TypeAlias = RawMessage | RawReaction | Ignored | Rejected


@dataclass(slots=True)
class Facts:
    """What the reading of the conversations showed, for the data card.

    Attributes
    ----------
    counts
        `shared_posts`, `story_replies`, `strangers` …
    shows_deleted
        Whether rows say of themselves whether they were taken back.
    """

    counts: Counter[str] = field(default_factory=Counter)
    shows_deleted: bool = False


def grouped_threads(members: Iterable[Member]) -> list[tuple[ThreadFile, str, list[Member]]]:
    """Bring the files of each thread together, newest first.

    Parameters
    ----------
    members
        Files of messages, of any section and archive.

    Returns
    -------
    list of (ThreadFile, str, list of Member)
        Path facts of a folder, the word of the part it belongs to (the same thread in another
        part is a copy), and its files by number. The encrypted-chat parts come last.
    """
    folders: dict[tuple[str, str], list[tuple[ThreadFile, Member]]] = {}
    for member in members:
        file = thread_file(member.name)
        if file is not None:
            folders.setdefault((file.section, file.ident), []).append((file, member))
    found = []
    homes: dict[str, str] = {}
    for (section, ident), files in folders.items():
        # A thread in two sections comes from two exports: it moved in between, and is a copy.
        part = CUTOVER if section == CUTOVER else ""
        if not part and homes.setdefault(ident, section) != section:
            part = section
        for number, listed in enumerate(_apart(files)):
            listed.sort(key=lambda pair: pair[0].number)
            word = f"{part}/{number}" if number else part
            found.append((listed[0][0], word, [member for _, member in listed]))
    return sorted(found, key=lambda thread: thread[0].section == CUTOVER)


def _apart(files: list[tuple[ThreadFile, Member]]) -> list[list[tuple[ThreadFile, Member]]]:
    """Part the files of a thread by where they lie, when one of them is there twice.

    The volumes of one export share out the files of a thread; two exports of different dates
    repeat them, and each is a copy.
    """
    numbers = [file.number for file, _ in files]
    if len(set(numbers)) == len(numbers):
        return [files]
    places: dict[tuple[int, str], list[tuple[ThreadFile, Member]]] = {}
    for file, member in files:
        place = id(member.archive), member.name.rpartition("/")[0]
        places.setdefault(place, []).append((file, member))
    return list(places.values())


def _odd_time(row: Row) -> int | str:
    """Return the time of a row without a usable count of milliseconds, else why it has none."""
    if row.timestamp_ms is not None:
        return "bad_date"
    if row.timestamp is None:
        return "undated"
    t_us = seconds_us(row.timestamp)
    return "bad_date" if t_us is None else t_us


class ThreadReader:
    """Read the threads of one export.

    Parameters
    ----------
    people
        The persons of the export.
    owner_name
        The owner's display name.
    placeholder_is_talk
        Whether "X sent an attachment." with nothing beside it stands for something sent
        (Instagram's disappearing pictures) or repeats another row (Messenger).
    """

    def __init__(
        self, people: People, owner_name: str | None, *, placeholder_is_talk: bool
    ) -> None:
        self._people = people
        self._owner_name = owner_name
        self._placeholder_is_talk = placeholder_is_talk
        self._latest = max_us()
        self.rooms = Rooms(people)
        self.facts = Facts()

    def read(self, file: ThreadFile, part: str, members: list[Member]) -> Iterator[_Out]:
        """Yield the records of one thread, newest first.

        Parameters
        ----------
        file, part, members
            From `grouped_threads`.

        Yields
        ------
        RawMessage, RawReaction, Ignored or Rejected
            One of message, ignored and rejected per row; reactions beside.
        """
        room: Room | None = None
        for member in members:
            stream: Iterator[Item] = stream_json(member, "messages[]", type=Row)
            if room is None:
                ahead = list(islice(stream, _AHEAD))
                room = self._room(file, member, ahead)
                if file.section in _REQUESTS:
                    room.section = file.section
                    self.facts.counts["threads_of_strangers"] += 1
                stream = chain(ahead, stream)
            yield from self.rows(stream, room, part)

    def _room(self, file: ThreadFile, member: Member, ahead: list[Item]) -> Room:
        """Find out what kind of conversation a thread is, from what stands around its messages."""
        fields: Any = ahead[0].context[0] if ahead and ahead[0].context else {}
        if len(ahead) in (0, _AHEAD):
            # Not read to the end: what stands behind the messages is not known yet.
            fields = self._outline(member, fields)
        caption = Caption.of(fields)
        rows = (item.value for item in ahead)
        written = {row.sender_name for row in rows if type(row) is Row and row.sender_name}
        senders = sorted(name for raw in written if (name := repaired(raw)) is not None)
        kind = caption.form(senders, file.folder, owner_name=self._owner_name)
        return self.rooms.enter(file.ident, caption, kind, senders)

    @staticmethod
    def _outline(member: Member, fields: Any) -> Any:
        try:
            outline = read_outline(member)
        except ValueError:
            return fields
        return outline if isinstance(outline, dict) else fields

    def rows(self, stream: Iterable[Item], room: Room, part: str, step: int = -1) -> Iterator[_Out]:
        """Yield the records of one file; the hot path of every import.

        Parameters
        ----------
        stream
            Items whose values are `Row` or `BadItem`.
        room, part
            The conversation, and the part of the export the file belongs to.
        step
            -1 for a file written newest first, 1 for one written oldest first.
        """
        copy = room.copy_of(part)
        seq = room.next_place(copy, step)
        conversation, visibility = room.conversation, room.visibility
        section, audience = room.section, room.audience
        cast, latest = room.cast, self._latest
        first, last = latest, 0
        for _, _, index, row in stream:
            if type(row) is not Row:
                yield Rejected(getattr(row, "reason", "json_shape"), MESSAGES, max(0, index))
                continue
            author, starts, letters = cast.get(row.sender_name) or room.meet(row.sender_name)
            t_us = (row.timestamp_ms or 0) * 1000
            if not MIN_US <= t_us <= latest:
                odd = _odd_time(row)
                if isinstance(odd, str):
                    yield Rejected(odd, MESSAGES, index)
                    continue
                t_us = odd
            text: str | None = row.content
            kind: _Kind = "message"
            said: Wording | None = None
            if text:
                if not text.isascii():
                    text = repair_mojibake(text)
                if text[0] in letters:
                    said = read_wording(text, starts)
            # Everything that is not plain talk, asked in one place.
            if (
                said
                or not text
                or row.call_duration is not None
                or row.is_unsent
                or row.missed
                or row.is_taken_down
                or row.users
            ):
                case = self._special(row, room, author, t_us, text, said)
                if isinstance(case, Ignored):
                    yield case
                    continue
                kind, text = case
            seq += step
            first, last = t_us if t_us < first else first, t_us if t_us > last else last
            # By position: names of arguments would double the cost of a record.
            message = RawMessage(
                conversation, author, t_us, seq, None, kind, visibility, section, text, None, (),
                None, None, None, None, None, None, None, audience, False,  # noqa: FBT003
                "message" if kind == "deleted" else None, None, 0, _MILLISECOND, copy,
            )  # fmt: skip
            if row.share or row.reactions or row.is_unsent is not None:
                yield from self._beside(row, message, room)
            yield message
        room.keep_place(copy, seq)
        if last:
            room.extend(part, first, last)

    def _beside(self, row: Row, message: RawMessage, room: Room) -> Iterator[RawReaction]:
        """Note what a message says of itself, and yield the reactions to it."""
        if row.is_unsent is not None:
            self.facts.shows_deleted = True
        if row.share:
            self._share(row.share, message)
        if row.reactions:
            yield from self._reactions(row.reactions, message, room)

    def _special(
        self,
        row: Row,
        room: Room,
        author: Identity,
        t_us: int,
        text: str | None,
        said: Wording | None,
    ) -> Ignored | tuple[_Kind, str | None]:
        """Read a row that is not plain talk: its kind and words, or why it is left out."""
        if row.is_unsent:
            return "deleted", None
        if row.is_taken_down:
            return Ignored("taken_down")
        if row.call_duration is not None or row.missed or row.type == "Call":
            return "call", None
        if row.users and row.type in ("Subscribe", "Unsubscribe"):
            return self._membership(row, room, author, t_us, row.type == "Subscribe", ())
        carries = (
            row.share or row.photos or row.videos or row.audio_files or row.gifs or row.files
            or row.sticker
        )  # fmt: skip
        if said is not None:
            if said.reason == "attachment_placeholder":
                talk = carries or self._placeholder_is_talk
                return ("message", None) if talk else Ignored("attachment_placeholder")
            if said.reason in ("joined", "left"):
                came = said.reason == "joined"
                return self._membership(row, room, author, t_us, came, said.names)
            return Ignored(said.reason)
        if text or carries:
            return "message", text or None
        return Ignored("no_content")

    def _membership(
        self,
        row: Row,
        room: Room,
        author: Identity,
        t_us: int,
        came: bool,  # noqa: FBT001 - one of two words
        names: tuple[str, ...],
    ) -> Ignored:
        """Note who came or went; the row itself is no message."""
        listed = row.users if isinstance(row.users, list) else []
        told = [one.get("name") for one in listed if isinstance(one, dict)]
        persons = [room.person(name) for one in told if (name := repaired(one)) is not None]
        persons = persons or [self._full(room, name) for name in names] or [author]
        if room.conversation.kind == "group":
            room.events += [(t_us, person, came) for person in persons if not person.is_placeholder]
        return Ignored("membership_event")

    @staticmethod
    def _full(room: Room, name: str) -> Identity:
        """Return the person of a name in a text, which may be a first name alone."""
        if name in room.caption.names or " " in name or is_nobody(name):
            return room.person(name)
        fitting = [full for full in room.caption.names if full.split(" ", 1)[0] == name]
        return room.person(fitting[0] if len(fitting) == 1 else name)

    def _share(self, share: object, message: RawMessage) -> None:
        """Note what a shared post or an answer to a story points at."""
        if not isinstance(share, dict):
            return
        link = share.get("link")
        if isinstance(link, str) and "instagram.com/stories/" in link:
            self.facts.counts["story_replies"] += 1
        else:
            self.facts.counts["shared_posts"] += 1
        owner = repaired(share.get("original_content_owner"))
        if owner and not is_nobody(owner):
            message.target_author = self._people.handle(owner)

    def _reactions(
        self, listed: list[Any], message: RawMessage, room: Room
    ) -> Iterator[RawReaction]:
        """Yield the reactions to a message, which gets a reference for them to point at."""
        message.ref = room.ref(message.t_us, message.author, message.copy)
        for one in listed:
            if not isinstance(one, dict):
                continue
            word = (repaired(one.get("reaction")) or "")[:_WORD]
            actor = one.get("actor")
            who = None
            if actor is None or isinstance(actor, str):
                who = (room.cast.get(actor) or room.meet(actor))[0]
            yield RawReaction(
                message.ref,
                word or "unknown",
                who,
                1,
                message.author,
                seconds_us(one.get("timestamp")),
                message.visibility,
            )
