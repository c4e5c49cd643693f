"""Read one row of a conversation: talk, a call, what the app wrote itself, who came or went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from supportnet.parsing.meta import People, is_nobody, repaired, seconds_us
from supportnet.parsing.meta_threads import Room, Row
from supportnet.parsing.meta_words import Wording, read_wording
from supportnet.parsing.text import repair_mojibake
from supportnet.parsing.times import MIN_US, max_us
from supportnet.records import Identity, Ignored, RawMessage, RawReaction, Rejected

__all__ = ["MESSAGES", "MILLISECOND", "Facts", "RowReader", "Run", "cut_word", "reaction_word"]

MESSAGES: Final = "messages/*/*/message_*.json"
MILLISECOND: Final = 1000
_WORD: Final = 32
# Rows that say of themselves, until 2022, that the app wrote their words, in whatever language.
_STAYS: Final = ("Subscribe", "Unsubscribe")
_APP_TYPES: Final = frozenset({"Call", "Plan", *_STAYS})

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


@dataclass(slots=True)
class Run:
    """The reading of one file.

    Attributes
    ----------
    room, copy
        The conversation and the number of the copy that the file belongs to.
    first, last
        Span of the messages met so far, µs; `last` is 0 before the first.
    """

    room: Room
    copy: int
    first: int
    last: int = 0

    def meet_time(self, t_us: int) -> None:
        """Let the span reach over a time."""
        self.first, self.last = min(self.first, t_us), max(self.last, t_us)

    def meet_times(self, times: npt.NDArray[np.int64]) -> None:
        """Let the span reach over many times."""
        if len(times):
            self.meet_time(int(times.min()))
            self.meet_time(int(times.max()))

    def close(self, part: str, seq: int) -> None:
        """Tell the room how far the file went."""
        self.room.keep_place(self.copy, seq)
        if self.last:
            self.room.extend(part, self.first, self.last)


def _odd_time(row: Row) -> int | str:
    """Return the time of a row without a usable count of milliseconds, else why it has none."""
    if row.timestamp_ms is not None:
        return "bad_date"
    if row.timestamp is None:
        return "undated"
    t_us = seconds_us(row.timestamp)
    return "bad_date" if t_us is None else t_us


def reaction_word(written: object) -> str:
    """Return the word of a reaction, letters put right and cut to a length no word has.

    Examples
    --------
    >>> reaction_word("\u00e2\u009d\u00a4"), reaction_word(None)
    ('❤', 'unknown')
    """
    return cut_word(repaired(written) or "")


def cut_word(word: str) -> str:
    """Return the word of a reaction whose letters are right, cut to a length no word has."""
    return word[:_WORD] or "unknown"


class RowReader:
    """Read rows one by one.

    Parameters
    ----------
    people
        The persons of the export.
    placeholder_is_talk
        Whether "X sent an attachment." with nothing beside it stands for something sent
        (Instagram's disappearing pictures) or repeats another row (Messenger).

    Attributes
    ----------
    facts
        What the rows read so far showed.
    latest
        Latest time that is believed, µs.
    """

    def __init__(self, people: People, *, placeholder_is_talk: bool) -> None:
        self._people = people
        self._placeholder_is_talk = placeholder_is_talk
        self.latest = max_us()
        self.facts = Facts()

    def read(self, row: Any, index: int, run: Run) -> Iterator[_Out]:
        """Yield the records of one row; of a message only the place is still to be filled in.

        Parameters
        ----------
        row
            A `Row`, or what the stream gave in its place.
        index
            Number of the row in its file.
        run
            The reading of that file.
        """
        if type(row) is not Row:
            yield Rejected(getattr(row, "reason", "json_shape"), MESSAGES, index)
            return
        room = run.room
        author, starts, letters = room.cast.get(row.sender_name) or room.meet(row.sender_name)
        t_us = (row.timestamp_ms or 0) * 1000
        if not MIN_US <= t_us <= self.latest:
            odd = _odd_time(row)
            if isinstance(odd, str):
                yield Rejected(odd, MESSAGES, index)
                return
            t_us = odd
        text: str | None = row.content
        kind: _Kind = "message"
        said: Wording | None = None
        if text:
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
            or row.type in _APP_TYPES
        ):
            case = self._special(row, room, author, t_us, text, said)
            if isinstance(case, Ignored):
                yield case
                return
            kind, text = case
        run.meet_time(t_us)
        # By position: names of arguments would double the cost of a record.
        message = RawMessage(
            room.conversation, author, t_us, 0, None, kind, room.visibility, room.section, text,
            None, (), None, None, None, None, None, None, None, room.audience, False,  # noqa: FBT003
            "message" if kind == "deleted" else None, None, 0, MILLISECOND, run.copy,
        )  # fmt: skip
        if row.share or row.reactions or row.is_unsent is not None:
            yield from self._beside(row, message, room)
        yield message

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
        if row.type in _STAYS:
            if row.users or (said is not None and said.reason in ("joined", "left")):
                names = said.names if said is not None else ()
                return self._membership(row, room, author, t_us, row.type == "Subscribe", names)
            # Who came or went is not told: the writer may have added or removed somebody else.
            return Ignored("membership_event")
        if row.type == "Plan":
            return Ignored("system_event")
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
            actor = one.get("actor")
            who = None
            if actor is None or isinstance(actor, str):
                who = (room.cast.get(actor) or room.meet(actor))[0]
            yield RawReaction(
                message.ref,
                reaction_word(one.get("reaction")),
                who,
                1,
                message.author,
                seconds_us(one.get("timestamp")),
                message.visibility,
            )
