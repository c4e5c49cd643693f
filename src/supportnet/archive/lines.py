"""Text files as numbered lines, tables as numbered rows, in bounded memory."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterator
from typing import BinaryIO

from supportnet.archive.limits import Limits
from supportnet.archive.model import Member

__all__ = ["BadRow", "CutLine", "iter_csv", "iter_lines"]

_STEP = 2**20
_ROW = 4  # most fields' worth of text in one row


class CutLine(str):
    """The beginning of a line that is longer than `Limits.field_bytes`; the rest was dropped."""

    __slots__ = ()


class BadRow(list[str]):
    """A row that could not be parsed; it is empty and `reason` says why."""

    reason = "field_too_long"


def iter_lines(
    member: Member, encoding: str = "utf-8-sig", limits: Limits | None = None
) -> Iterator[tuple[int, str]]:
    r"""Yield the lines of a text file.

    Parameters
    ----------
    member
        The file.
    encoding
        Its encoding; bytes that do not fit become U+FFFD. A byte order mark is dropped with the
        default.
    limits
        Cap on the length of a line, `field_bytes`; the archive's own caps when not given.

    Yields
    ------
    tuple of (int, str)
        Number of the line, from 0, and its text without the line end (``\n``, ``\r\n`` or
        ``\r``). A line over the cap comes as a `CutLine` holding its beginning: a parser that
        keeps such a line must count it as rejected (`field_too_long`).
    """
    cap = (limits or member.archive.limits).field_bytes
    number = 0
    open_line: list[str] = []  # the line that has not ended yet, no more of it than the cap
    held = 0
    with member.open() as stream:
        # No piece is longer than the cap, so only a line that spans pieces can be.
        for text in _texts(stream, encoding, min(cap, _STEP)):
            first, *lines = text.split("\n")
            if held <= cap:
                open_line.append(first)
            held += len(first)
            if not lines:
                continue
            yield number, _joined(open_line, cap)
            last = lines.pop()
            yield from enumerate(lines, number + 1)
            number += 1 + len(lines)
            open_line, held = [last], len(last)
    if held:
        yield number, _joined(open_line, cap)


def _joined(pieces: list[str], cap: int) -> str:
    line = "".join(pieces)
    return line if len(line) <= cap else CutLine(line[:cap])


def _texts(stream: BinaryIO, encoding: str, step: int) -> Iterator[str]:
    r"""Yield decoded pieces of at most `step` characters whose line ends are all ``\n``."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    pending = ""
    while data := stream.read(step):
        text = pending + decoder.decode(data)
        # A "\r" at the end may be half of "\r\n".
        pending = "\r" if text.endswith("\r") else ""
        if pending:
            text = text[:-1]
        yield text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    yield (pending + decoder.decode(b"", final=True)).replace("\r", "\n")


def iter_csv(
    member: Member,
    *,
    delimiter: str = ",",
    encoding: str = "utf-8-sig",
    skip_until: str | Callable[[list[str]], bool] | None = None,
) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a delimited table, quoted fields with line ends included.

    Parameters
    ----------
    member
        The file.
    delimiter
        What parts the cells.
    encoding
        See `iter_lines`.
    skip_until
        Leave out everything before the first row whose first cell is this text, or for which this
        function answers yes: some exports put notes above the header.

    Yields
    ------
    tuple of (int, list of str)
        Number of the row in the file, from 0 and counting rows left out, and its cells; the header
        comes as a row like others, blank lines do not come. A row with a cell over
        `Limits.field_bytes` comes as an empty `BadRow`.
    """
    cap = member.archive.limits.field_bytes
    # The module's own cap is one for the whole process; it must not be the smaller one.
    csv.field_size_limit(max(csv.field_size_limit(), cap))
    feed = _Feed(iter_lines(member, encoding, Limits(field_bytes=2 * cap)), _ROW * cap)
    started = skip_until is None
    for number, row in enumerate(_rows(feed, delimiter, cap)):
        if not started:
            started = bool(row) and _starts(row, skip_until)
        if started and (row or isinstance(row, BadRow)):
            yield number, row


def _starts(row: list[str], mark: str | Callable[[list[str]], bool] | None) -> bool:
    if callable(mark):
        return mark(row)
    return row[0].strip() == mark


class _RowTooLongError(Exception):
    """Say that one row goes on over too many lines."""


class _Feed:
    """Lines for the table parser, no more than a capful of them for one row."""

    def __init__(self, lines: Iterator[tuple[int, str]], cap: int) -> None:
        self._lines = lines
        self._cap = cap
        self.given = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.given > self._cap:
            raise _RowTooLongError
        _, text = next(self._lines)
        self.given += len(text) + 1
        return f"{text}\n"


def _rows(feed: _Feed, delimiter: str, cap: int) -> Iterator[list[str]]:
    """Yield parsed rows; what the parser refuses comes as a `BadRow`, and it goes on after it."""
    reader = csv.reader(feed, delimiter=delimiter)
    while True:
        feed.given = 0
        try:
            row = next(reader, None)
        except (csv.Error, _RowTooLongError):
            reader = csv.reader(feed, delimiter=delimiter)
            yield BadRow()
            continue
        if row is None:
            return
        # A row made of less text than the cap cannot hold a longer cell.
        yield row if feed.given <= cap or max(map(len, row), default=0) <= cap else BadRow()
