"""Second walk over a chat: rows become records."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from supportnet.importers.whatsapp.bodies import LRM, MENTION, PLAIN, is_missed_call, read_body
from supportnet.importers.whatsapp.chatfile import Block, ChatFile
from supportnet.importers.whatsapp.days import Calendar
from supportnet.importers.whatsapp.events import Event, read_event
from supportnet.importers.whatsapp.grammar import Clock
from supportnet.importers.whatsapp.names import PLATFORM, name_key
from supportnet.importers.whatsapp.roles import Roles, empty_author
from supportnet.importers.whatsapp.survey import Survey
from supportnet.parsing.text import without_marks
from supportnet.records import (
    MINUTE,
    Conversation,
    Identity,
    Ignored,
    RawCoverage,
    RawMembership,
    RawMessage,
    Record,
    Rejected,
)

__all__ = ["Chat"]

MEMBER = "*.txt"  # the generic name of a chat file, for the list of rejects
LONGEST = 2**20  # characters of one body; the app itself stops at 65,536

_VISIBILITY: dict[str, Literal["private_1to1", "private_group", "unknown"]] = {
    "dm": "private_1to1",
    "group": "private_group",
    "unknown": "unknown",
}
_event = lru_cache(maxsize=4096)(read_event)


class Chat:
    """One chat on its second walk."""

    def __init__(self, file: ChatFile, seen: Survey, who: Roles, calendar: Calendar) -> None:
        self.file = file
        self.who = who
        self.starts = seen.starts
        self.calendar = calendar
        self.ignored: Counter[str] = Counter()
        self.stays: dict[Identity, list[tuple[int | None, int | None]]] = {}
        self.step = 0
        self.conversation = Conversation(
            PLATFORM, "", who.kind, who.members, "observed" if who.members else "none"
        )
        self.visibility = _VISIBILITY[who.kind]
        self.audience = (len(who.members) - 1 or None) if who.kind != "unknown" else None

    def records(self) -> Iterator[Record]:
        """Yield everything the chat holds."""
        self.conversation.key = self._key()
        number = 0
        for block in self.file.blocks():
            yield from self._rows(block, number)
            number += len(block.starts)
        for line in self.file.orphans:
            yield Rejected("no_header", MEMBER, line)
        for person, stays in self.stays.items():
            for joined, left in stays:
                yield RawMembership(self.conversation, person, joined, left)
        for reason, n in self.ignored.items():
            yield Ignored(reason, n)
        flags = {"private_in", "private_out"}
        if self.who.kind == "group":
            flags.add("groups")
        yield RawCoverage(
            self.who.owner,
            frozenset(flags),
            self.conversation,
            resolution_us=self.step or MINUTE,
        )

    def _key(self) -> str:
        """Make a key that two exports of one chat share: its name, and when and where it begins.

        The digest keeps the name itself out of keys; seconds are dropped because the two systems
        disagree about them.
        """
        start = "none"
        block = next(self.file.blocks(), None)
        if block is not None:
            clock = self.file.clocks[block.times[0]]
            moment = clock and self.calendar.moment(block.shape, block.dates[0], clock)
            start = f"{moment[0] // MINUTE if moment else 'undated'}\x1f{block.line - 1}"
        title = name_key(self.who.title) if self.who.title else ""
        return hashlib.sha256(f"{title}\x1f{start}".encode()).hexdigest()[:32]

    def _rows(self, block: Block, number: int) -> Iterator[Record]:
        """Yield the records of one block; the common row is told apart by a few cheap tests."""
        conversation, visibility, audience = self.conversation, self.visibility, self.audience
        authors, clocks = self.who.authors, self.file.clocks
        # One shape, one clock: its step and flags hold for the block.
        _, step, clock_note, _ = clocks[block.times[0]] or Clock(0, 0, 0, "?")
        midnights = self.calendar.midnights(block.shape) if step else {}
        self.step = max(self.step, step)
        unedited = False
        for row, (date, time, start, text) in enumerate(
            zip(block.dates, block.times, block.starts, block.rests, strict=True), number
        ):
            author = authors.get(start)  # type: ignore[arg-type]
            midnight = midnights.get(date)
            if (
                author is None
                or midnight is None
                or LRM in text
                or "\n" in text
                or "@" in text
                or "//" in text
                or text[-1:] in ">)"
                or text in PLAIN
                or len(text) > LONGEST
            ):
                made = self._odd_row(row, block, row - number)
                if made is not None:
                    yield made
                continue
            t_us, note = midnight
            yield RawMessage(
                conversation, author, t_us + clocks[time][0], row, None, "message", visibility,  # type: ignore[index]
                None, text, None, (), None, None, None, None, None, None, None, audience, unedited,
                None, None, note | clock_note, step,
            )  # fmt: skip

    def _odd_row(self, number: int, block: Block, row: int) -> Record | None:
        """Return the record of a row that needs a closer look; None for one that is ignored."""
        start, ios = block.starts[row], block.shape.ios
        clock = self.file.clocks[block.times[row]]
        when = None if clock is None else self.calendar.moment(block.shape, block.dates[row], clock)
        author, text = self._author(start, block.rests[row])
        if author is None:
            if start is not None and not without_marks(start).strip():
                return Rejected("no_author", MEMBER, number)
            self._app_line(text if ios or start is None else f"{start}: {text}", when)
            return None
        if len(text) > LONGEST:
            return Rejected("field_too_long", MEMBER, number)
        read = read_body(text)
        if ios and not read.known and _event(text).kind != "unknown":
            self._app_line(text, when)
            return None
        words = None if ios and not read.known else read.text
        if clock is None or when is None:
            return Rejected("bad_date", MEMBER, number)
        return RawMessage(
            self.conversation,
            author,
            when[0],
            number,
            kind=read.kind,
            visibility=self.visibility,
            text=words,
            mentions=self._mentions(words),
            audience_size=self.audience,
            edited=read.edited,
            original_kind="message" if read.kind == "deleted" else None,
            time_note=when[1],
            resolution_us=clock.step,
        )

    def _author(self, start: str | None, rest: str) -> tuple[Identity | None, str]:
        """Split a body into author and words; no author where the app itself speaks."""
        if start is None:
            first, _, after = rest.partition("\n")
            name = empty_author(first, self.starts)
            return (None, rest) if name is None else (self.who.authors.get(name), after)
        for name, who in self.who.longer.get(start, ()):
            behind = name.removeprefix(f"{start}: ")
            if rest.startswith((f"{behind}: ", f"{behind}:\n")) or rest == f"{behind}:":
                return who, rest[len(behind) + 2 :]
        return self.who.authors.get(start), rest

    def _mentions(self, text: str | None) -> tuple[Identity, ...]:
        """Return the persons mentioned in a text, each once."""
        if text is None or "@" not in text:
            return ()
        book = self.who.book
        found = (
            book.of(name) if name else book.of_number(digits)
            for name, digits in MENTION.findall(text)
        )
        return tuple(dict.fromkeys(found))

    def _app_line(self, sentence: str, when: tuple[int, int] | None) -> None:
        """Count a line of the app and keep what it says of members."""
        if is_missed_call(sentence):
            self.ignored["call_without_author"] += 1
            return
        event = _event(sentence.split("\n", 1)[0])
        reason = "system_unknown" if event.kind == "unknown" else "system"
        if event.kind in ("joined", "left") and when is not None:
            for person in self.who.persons(event):
                self._move(person, event, when[0])
                reason = "membership_event"
        self.ignored[reason] += 1

    def _move(self, person: Identity, event: Event, t_us: int) -> None:
        """Open or close a stay; a repeated sentence changes nothing."""
        stays = self.stays.setdefault(person, [])
        inside = bool(stays) and stays[-1][1] is None
        if event.kind == "joined" and not inside:
            stays.append((t_us, None))
        elif event.kind == "left" and inside:
            stays[-1] = (stays[-1][0], t_us)
        elif event.kind == "left" and not stays:
            stays.append((None, t_us))
