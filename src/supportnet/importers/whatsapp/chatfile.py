"""Walk a chat file as rows: in bounded memory, and fast where all headers look alike."""

from __future__ import annotations

import codecs
import itertools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from supportnet.importers.whatsapp.grammar import (
    FRENCH,
    HEADER,
    ROW,
    Clock,
    Shape,
    read_date,
    read_time,
    usual_row,
)

if TYPE_CHECKING:
    from supportnet.archive import Member

__all__ = ["Block", "ChatFile", "Clocks"]

CHUNK = 2**20  # bytes read at a time
KEPT = 24 * 2**20  # a file up to this size is cut into rows once, a larger one twice
LONGEST_HEADER = 200  # bytes

_OPENINGS = frozenset(bytes([byte]) for byte in (*b"0123456789[", *range(0x80, 0x100)))


class Block(NamedTuple):
    """Neighbouring rows of one shape, column by column.

    Attributes
    ----------
    line
        Line number of the first row's header, from 1.
    shape
        How all their headers are written.
    dates, times
        Date and time of each header, as written.
    starts
        What stands before the first `: ` of the first line, which may be the author; else None.
    rests
        Body behind that; the whole body where the first line has no `: `.
    """

    line: int
    shape: Shape
    dates: list[str]
    times: list[str]
    starts: list[str | None]
    rests: list[str]

    def line_of(self, row: int) -> int:
        """Return the line number of a row's header, from 1."""
        return self.line + row + sum(rest.count("\n") for rest in self.rests[:row])

    def line_with(self, date: str) -> int:
        """Return the number of the first line that bears a date."""
        return self.line_of(self.dates.index(date))


class Columns(NamedTuple):
    """Rows as the header pattern cuts them, with the text before the first."""

    lead: str
    brackets: list[str | None]
    dates: list[str]
    times: list[str]
    starts: list[str | None]
    rests: list[str]


class Clocks(dict[str, Clock | None]):
    """Times of day by their spelling, each read once."""

    def __missing__(self, text: str) -> Clock | None:
        """Read a spelling not met before."""
        clock = self[text] = read_time(text)
        return clock


class ChatFile:
    """Walk one chat file as blocks of rows, in bounded memory, as often as needed.

    Attributes
    ----------
    orphans
        Line numbers (from 0) of the non-blank lines before the first header, once a walk is done.
    french
        Whether the header of a row says `à` between date and time.
    clocks
        Times of day by their spelling.
    """

    def __init__(self, member: Member) -> None:
        self.member = member
        self.orphans: list[int] = []
        self.french = False
        self.clocks = Clocks()
        self._blocks: list[Block] | None = None
        self._usual: tuple[str | None, re.Pattern[str] | None] | None = None

    def blocks(self) -> Iterator[Block]:
        """Yield the rows of the file in order; a small file is cut only the first time."""
        if self._blocks is not None:
            yield from self._blocks
            return
        kept: list[Block] | None = []
        room = KEPT
        self.orphans = []
        with self.member.open() as stream:
            for line, text in _pieces(stream):
                room -= len(text)
                kept = kept if room >= 0 else None
                for block in self._cut(line, text):
                    if kept is not None:
                        kept.append(block)
                    yield block
        self._blocks = kept

    def _cut(self, line: int, text: str) -> Iterator[Block]:
        """Cut a piece that begins with a newline into rows; `line` is the number of its first."""
        lead, brackets, dates, times, starts, rests = self._split(text)
        if lead.strip():
            self.orphans += [
                line + number - 2 for number, one in enumerate(lead.split("\n")) if one.strip()
            ]
        line += lead.count("\n")
        bare = [row for row, start in enumerate(starts) if start is None] if None in starts else []
        for row in bare:
            start, colon, rest = rests[row].partition(": ")
            if colon and "\n" not in start:
                starts[row], rests[row] = start, rest
        clocks = self.clocks
        date_styles = {date: read_date(date).style for date in set(dates)}
        time_styles = {
            time: "?" if (clock := clocks[time]) is None else clock.style for time in set(times)
        }
        if (
            len({*date_styles.values()}) < 2 > len({*time_styles.values()})
            and len(set(brackets)) < 2
        ):
            if dates:
                shape = Shape(brackets[0] is not None, date_styles[dates[0]], time_styles[times[0]])
                yield Block(line, shape, dates, times, starts, rests)
            return
        shapes = [
            Shape(bracket is not None, date_styles[date], time_styles[time])
            for bracket, date, time in zip(brackets, dates, times, strict=True)
        ]
        first = 0
        for shape, run in itertools.groupby(shapes):
            end = first + sum(1 for _ in run)
            block = Block(
                line, shape, dates[first:end], times[first:end], starts[first:end], rests[first:end]
            )
            yield block
            line = block.line_of(end - first)
            first = end

    def _split(self, text: str) -> Columns:
        """Return what precedes the first header, then the columns of the rows.

        All rows of a phone's export have the header of the first one, so a pattern made from it
        does the cutting at twice the speed; the general one looks only at what is left over.
        """
        if self._usual is None:
            head = HEADER.search(text)
            if head is not None:
                self.french = FRENCH.search(head[0]) is not None
                self._usual = head[1], usual_row(head)
        bracket, pattern = self._usual or (None, None)
        if pattern is not None:
            parts = pattern.split(text)
            rests = parts[4::4]
            if not any("\n" in one and HEADER.search(one) for one in (parts[0], *rests)):
                brackets = [bracket] * len(rests)
                return Columns(parts[0], brackets, parts[1::4], parts[2::4], parts[3::4], rests)
        parts = ROW.split(text)
        return Columns(parts[0], parts[1::5], parts[2::5], parts[3::5], parts[4::5], parts[5::5])


def _pieces(stream: BinaryIO) -> Iterator[tuple[int, str]]:
    """Yield stretches of whole rows, each with a newline in front, and their first line number."""
    line, lost, floor = 1, 0, 0
    carry = b"\n" + stream.read(CHUNK).removeprefix(codecs.BOM_UTF8)
    old_mac = b"\r" in carry and b"\n" not in carry[1:]
    if old_mac:
        carry = carry.replace(b"\r", b"\n")
    while raw := stream.read(CHUNK):
        carry += raw.replace(b"\r", b"\n") if old_mac else raw
        cut = _last_header(carry, floor)
        if cut > 0:
            yield line, _text(carry[:cut])
            line += carry.count(b"\n", 0, cut) + lost
            carry, lost = carry[cut:], 0
        elif len(carry) > 3 * CHUNK:
            # One row longer than any message can be: keep enough to see that it is too long.
            tail = max(carry.rfind(b"\n"), 2 * CHUNK)
            lost += carry.count(b"\n", 2 * CHUNK, tail)
            carry = carry[: 2 * CHUNK] + carry[tail:]
        floor = carry.rfind(b"\n")
    yield line, _text(carry.removesuffix(b"\n"))


def _text(raw: bytes) -> str:
    """Decode whole lines; a byte that is no UTF-8 becomes the replacement character."""
    text = raw.decode("utf-8", "replace")
    return text.replace("\r\n", "\n").removesuffix("\r") if "\r" in text else text


def _last_header(raw: bytes, floor: int) -> int:
    """Return where the last header from `floor` on begins, 0 where only the start can be one."""
    end = len(raw)
    while (place := raw.rfind(b"\n", floor, end)) > 0:
        # A header begins with a digit, a bracket or an invisible mark.
        if raw[place + 1 : place + 2] in _OPENINGS and HEADER.match(
            raw[place : place + LONGEST_HEADER].decode("utf-8", "replace")
        ):
            return place
        end = place
    return 0
