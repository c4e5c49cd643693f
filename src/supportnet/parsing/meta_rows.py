"""Read conversations of Messenger and Instagram, file by file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, Final

from supportnet.archive import Block, Item, Member, read_outline, stream_blocks
from supportnet.parsing.meta import People, repaired
from supportnet.parsing.meta_batches import batch_of
from supportnet.parsing.meta_blocks import FIELDS, RowBlock
from supportnet.parsing.meta_layout import ThreadFile, thread_file
from supportnet.parsing.meta_row import Facts, RowReader, Run
from supportnet.parsing.meta_threads import Caption, Room, Rooms, Row
from supportnet.records import RawMessage, Record

__all__ = ["CUTOVER", "ThreadReader", "grouped_threads"]

# Files hold at most 10,000 messages; what stands behind them decides what they are.
_AHEAD: Final = 12_000
_REQUESTS: Final = frozenset({"message_requests", "filtered_threads"})
CUTOVER: Final = "e2ee_cutover"


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


def _located(item: Item) -> Item:
    """Read the columns of a block that a stream handed out."""
    if isinstance(item.value, Block):
        return Item(item.path, item.context, item.index, RowBlock(item.value))
    return item


def _size(item: Item) -> int:
    """Return how many rows an item stands for."""
    return len(item.value) if isinstance(item.value, RowBlock) else 1


def _first(stream: Iterator[Item]) -> list[Item]:
    """Return the first items of a stream, until they hold enough rows to tell what they are."""
    ahead: list[Item] = []
    rows = 0
    for item in stream:
        ahead.append(item)
        rows += _size(item)
        if rows >= _AHEAD:
            break
    return ahead


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
        self._reader = RowReader(people, placeholder_is_talk=placeholder_is_talk)
        self.rooms = Rooms(people)

    @property
    def facts(self) -> Facts:
        """What the conversations read so far showed."""
        return self._reader.facts

    def read(self, file: ThreadFile, part: str, members: list[Member]) -> Iterator[Record]:
        """Yield the records of one thread, newest first.

        Parameters
        ----------
        file, part, members
            From `grouped_threads`.

        Yields
        ------
        Record
            One of message, ignored and rejected per row, most of them in batches; reactions
            beside.
        """
        room: Room | None = None
        for member in members:
            found = stream_blocks(member, "messages[]", FIELDS, type=Row)
            stream: Iterator[Item] = map(_located, found)
            if room is None:
                ahead = _first(stream)
                room = self._room(file, member, ahead)
                if file.section in _REQUESTS:
                    room.section = file.section
                    self.facts.counts["threads_of_strangers"] += 1
                stream = chain(ahead, stream)
            yield from self._blocks(stream, room, part)

    def _room(self, file: ThreadFile, member: Member, ahead: list[Item]) -> Room:
        """Find out what kind of conversation a thread is, from what stands around its messages."""
        fields: Any = ahead[0].context[0] if ahead and ahead[0].context else {}
        left, written = _AHEAD, set[str]()
        for item in ahead:
            if isinstance(item.value, RowBlock):
                written |= item.value.names(left)
            left -= _size(item)
        if not ahead or left <= 0:
            # Not read to the end: what stands behind the messages is not known yet.
            fields = self._outline(member, fields)
        caption = Caption.of(fields)
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

    def rows(
        self, stream: Iterable[Item], room: Room, part: str, step: int = -1
    ) -> Iterator[Record]:
        """Yield the records of one file, row by row.

        Parameters
        ----------
        stream
            Items whose values are `Row` or `BadItem`.
        room, part
            The conversation, and the part of the export the file belongs to.
        step
            -1 for a file written newest first, 1 for one written oldest first.
        """
        run = Run(room, room.copy_of(part), self._reader.latest)
        seq = room.next_place(run.copy, step)
        for _, _, index, row in stream:
            for record in self._reader.read(row, max(0, index), run):
                if type(record) is RawMessage:
                    seq += step
                    record.seq = seq
                yield record
        run.close(part, seq)

    def _blocks(self, stream: Iterable[Item], room: Room, part: str) -> Iterator[Record]:
        """Yield the records of one file written newest first; the hot path of every import."""
        run = Run(room, room.copy_of(part), self._reader.latest)
        seq = room.next_place(run.copy, -1)
        for _, _, index, value in stream:
            if isinstance(value, RowBlock):
                batch = batch_of(value, index, run, seq, self._reader, self._people)
                seq -= len(batch)
                yield batch
            else:
                yield from self._reader.read(value, max(0, index), run)
        run.close(part, seq)
