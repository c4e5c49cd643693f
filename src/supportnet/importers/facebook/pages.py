"""HTML exports: pages of one conversation (2018 on) and the one page of all before that.

Classes are meaningless and change, so a page is read by its structure: a name, the words, a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from supportnet.archive import Member
from supportnet.errors import InputError
from supportnet.importers.facebook.dates import PageClock, PageTime, read_time
from supportnet.parsing.html import Leaf, leaves, marks
from supportnet.parsing.meta import folded, is_nobody
from supportnet.parsing.meta_layout import ThreadFile
from supportnet.parsing.meta_rows import ThreadReader
from supportnet.parsing.meta_threads import Caption, Room
from supportnet.parsing.meta_words import read_wording
from supportnet.records import Ignored, RawMessage, RawReaction, Record, Rejected

__all__ = ["PageReader"]

_PAGE: Final = "messages/*/*/message_*.html"
_OLD: Final = "html/messages.htm"
_HEADER = re.compile(
    r"(?:Participants?|Teilnehmer|Participantes|Partecipanti|Deelnemers)\s*:\s*(.+)", re.DOTALL
)
_BETWEEN = re.compile(r", (?:and |et )?| and | et ")
_REACTION = re.compile(r"([^\w\s]{1,12})\s*(.+?)(?: \(.*\))?", re.DOTALL)
_MOST_LEAVES: Final = 500


@dataclass(slots=True)
class _Block:
    """The leaves of one message, and the time at their end."""

    texts: list[Leaf] = field(default_factory=list)
    time: PageTime | None = None


@dataclass(slots=True)
class _OldRow:
    """One message of the one page of all: `thread` numbers the `div` it stands in."""

    thread: int
    names: str
    user: str = ""
    meta: str = ""
    body: list[str] = field(default_factory=list)


class PageReader:
    """Read pages into the rooms of the export.

    Parameters
    ----------
    reader
        Holds the rooms.
    zone
        Declared time zone.
    owner_name
        The owner's display name.
    """

    def __init__(self, reader: ThreadReader, zone: str | None, owner_name: str | None) -> None:
        self._reader = reader
        self._owner_name = owner_name
        self.clock = PageClock(zone)

    # Pages of one conversation

    def read(self, file: ThreadFile, part: str, members: list[Member]) -> Iterator[Record]:
        """Yield the records of the pages of one conversation, newest first."""
        room: Room | None = None
        self.clock.reset()
        for member in members:
            header, blocks = _blocks(member)
            if room is None:
                room = self._room(file, header, blocks)
            known = {folded(name) for name in room.caption.names}
            for number, block in enumerate(blocks):
                yield from self._block(block, room, part, number, known)

    def _room(self, file: ThreadFile, header: list[str], blocks: list[_Block]) -> Room:
        """Make the room of a page from its header and who writes on it."""
        senders = sorted({block.texts[0].text for block in blocks[1:] if block.texts})
        # Whoever deleted the account is one of those in the header, not one more.
        more = [name for name in senders if not (header and is_nobody(name))]
        names = list(dict.fromkeys([*header, *more]))
        if self._owner_name and len(names) == 1:
            names.append(self._owner_name)
        caption = Caption(list({folded(name): name for name in names}.values()))
        kind = caption.form(senders, file.folder, owner_name=self._owner_name)
        return self._reader.rooms.enter(file.ident, caption, kind, senders)

    def _block(
        self, block: _Block, room: Room, part: str, number: int, known: set[str]
    ) -> Iterator[Record]:
        """Yield the records of one message of a page."""
        texts = block.texts
        if number == 0:
            # The header stands before the first name.
            places = [place for place, leaf in enumerate(texts) if folded(leaf.text) in known]
            texts = texts[places[-1] :] if places else texts[-2:]
        if block.time is None or not texts:
            yield Rejected("undated" if texts else "no_author", _PAGE, number)
            return
        name = texts[0].text
        words = "\n".join(leaf.text for leaf in texts[1:] if not leaf.is_item)
        found = self._message(room, part, name, words or None, block.time)
        if isinstance(found, str):
            yield Rejected(found, _PAGE, number)
            return
        if isinstance(found, RawMessage):
            yield from _reactions([leaf.text for leaf in texts[1:] if leaf.is_item], found, room)
        yield found

    def _message(
        self, room: Room, part: str, name: str, text: str | None, time: PageTime
    ) -> RawMessage | Ignored | str:
        """Make one message; a reason when it cannot be used."""
        if not self.clock.tells(time):
            msg = (
                "a time zone was expected for the pages of an HTML export, which write local times "
                "without one; found none; pass --timezone with the zone of the account, such as "
                "Europe/Paris, or ask for the export again in the JSON format."
            )
            raise InputError(msg)
        when = self.clock.instant(time)
        if when is None:
            return "bad_date"
        author, starts, _ = room.cast.get(name) or room.meet(name)
        said = read_wording(text, starts) if text else None
        if said is not None and said.reason != "attachment_placeholder":
            event = said.reason in ("joined", "left")
            return Ignored("membership_event" if event else said.reason)
        copy = room.copy_of(part)
        seq = room.next_place(copy, -1) - 1
        room.keep_place(copy, seq)
        room.extend(part, when[0], when[0])
        return RawMessage(
            room.conversation,
            author,
            when[0],
            seq,
            visibility=room.visibility,
            visibility_raw=room.section,
            text=None if said is not None else text,
            audience_size=room.audience,
            time_note=when[1],
            resolution_us=when[2],
            copy=copy,
        )

    # The one page of all conversations (before 2018)

    def read_old(self, member: Member) -> Iterator[Record]:
        """Yield the records of a page that holds many conversations, some in several pieces."""
        thread = -1
        room: Room | None = None
        for number, row in enumerate(_old_rows(member)):
            if room is None or row.thread != thread:
                thread = row.thread
                self.clock.reset()
                room = self._old_room(row.names)
            if not row.user and not row.meta:
                yield Rejected("no_author", _OLD, number)
                continue
            time = read_time(row.meta)
            if time is None:
                yield Rejected("bad_date" if row.meta else "undated", _OLD, number)
                continue
            text = "\n".join(part for part in row.body if part) or None
            found = self._message(room, "", row.user, text, time)
            yield Rejected(found, _OLD, number) if isinstance(found, str) else found

    def _old_room(self, listed: str) -> Room:
        """Return the room of the persons named above a conversation."""
        header = _HEADER.search(listed)
        words = " ".join((header[1] if header else listed).split())
        names = [name for name in words.split(", ") if name]
        owner = self._owner_name
        if owner and folded(owner) not in {folded(name) for name in names}:
            names.append(owner)
        caption = Caption(list({folded(name): name for name in names}.values()))
        kind = caption.form((), "", owner_name=owner)
        ident = "legacy:" + "\x1f".join(sorted(folded(name) for name in caption.names))
        return self._reader.rooms.enter(ident, caption, kind, ())


def _reactions(items: list[str], message: RawMessage, room: Room) -> Iterator[RawReaction]:
    """Yield the reactions below a message: an emoji and a name in one line."""
    for item in items:
        found = _REACTION.fullmatch(item)
        if found is None:
            continue
        if message.ref is None:
            message.ref = room.ref(message.t_us, message.author, message.copy)
        actor = (room.cast.get(found[2]) or room.meet(found[2]))[0]
        yield RawReaction(message.ref, found[1], actor, 1, message.author, None, message.visibility)


def _blocks(member: Member) -> tuple[list[str], list[_Block]]:
    """Return the names in the header of a page, and its messages in its order."""
    header: list[str] = []
    blocks: list[_Block] = []
    open_ = _Block()
    for leaf in leaves(member):
        time = None if leaf.is_item else read_time(leaf.text)
        if time is not None:
            open_.time = time
            blocks.append(open_)
            open_ = _Block()
            continue
        named = _HEADER.fullmatch(leaf.text) if not blocks else None
        if named is not None:
            header = [name.strip() for name in _BETWEEN.split(named[1]) if name.strip()]
            open_ = _Block()
        elif len(open_.texts) < _MOST_LEAVES:
            open_.texts.append(leaf)
    return header, blocks


def _old_rows(member: Member) -> Iterator[_OldRow]:
    """Yield the messages of a page of many conversations."""
    row: _OldRow | None = None
    stack: list[str] = []  # what the words under each open tag are
    names, thread = "", -1
    for what, word, classes in marks(member):
        role = stack[-1] if stack else ""
        if what == "open":
            if "thread" in classes:
                names, thread, role = "", thread + 1, "names"
            elif "message" in classes:
                if row is not None:
                    yield row
                row, role = _OldRow(thread, names), ""
            elif row is not None and classes & {"user", "meta"}:
                role = "user" if "user" in classes else "meta"
            elif word == "p" and row is not None:
                role = "body"
                row.body.append("")
            stack.append(role)
        elif what == "close":
            left = stack.pop() if stack else ""
            if left == "names" and (not stack or stack[-1] != "names") and row is not None:
                yield row
                row = None
        elif role == "names" and row is None:
            names += word
        elif row is not None and role in ("user", "meta", "body"):
            _add(row, role, word)
    if row is not None:
        yield row


def _add(row: _OldRow, role: str, word: str) -> None:
    """Add words to the part of a message they belong to."""
    if role == "user":
        row.user = (row.user + word).strip()
    elif role == "meta":
        row.meta = (row.meta + word).strip()
    else:
        row.body[-1] = (row.body[-1] + word).strip("\n")
