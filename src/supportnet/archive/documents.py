"""Small JSON documents read whole, and JSON lines of any number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from supportnet.archive.decoding import BadItem, Decoder
from supportnet.archive.limits import Limits, refuse
from supportnet.archive.model import Member
from supportnet.archive.scanner import (
    DEEP,
    DEPTH,
    EMPTY,
    FLAGS,
    HUGE,
    IN_CONTAINER,
    IN_LINES,
    STATE,
    STRING,
    VALUES,
    reason_of,
    scan,
)

__all__ = ["decode_document", "iter_json_lines", "read_json"]

_BOM = b"\xef\xbb\xbf"
_PREFIX = 64 * 1024
_CHUNK = 2**17
_BATCH = 128
_LIST_END = 93
_FOUND = {
    "json_syntax": "one that is malformed",
    "json_truncated": "one that is cut short",
    "json_depth": "one that is nested too deeply",
    "too_many_values": "one of too many values",
}


def decode_document(data: bytes, decoder: Decoder, limits: Limits, *, skip_prefix: bool) -> Any:
    """Decode one whole document under the caps on depth and number of values.

    Parameters
    ----------
    data
        The document, without byte order mark.
    decoder
        What to decode it with.
    limits
        The caps in force.
    skip_prefix
        Drop a semicolon at the end.

    Returns
    -------
    Any
        The value, or a `BadItem`.
    """
    if skip_prefix:
        data = data.rstrip().removesuffix(b";")
    state, one = np.zeros(STATE, np.int64), np.zeros(1, np.int64)
    caps = np.array([limits.json_depth, max(limits.field_bytes, len(data)), limits.json_values])
    array = np.frombuffer(data, np.uint8)
    found, _, _ = scan(array, 0, state, caps, IN_CONTAINER, _LIST_END, one, one.copy())
    if int(state[FLAGS]) & DEEP:
        return BadItem("json_depth")
    if int(state[VALUES]) > limits.json_values:
        return BadItem("too_many_values")
    if found or not data.strip():
        return BadItem("json_syntax" if found else "json_truncated")
    if state[DEPTH] or state[STRING]:
        return BadItem("json_truncated")
    return decoder.one(data)


def read_json(member: Member, *, skip_prefix: bool = False, cap: int = 64 * 2**20) -> Any:
    """Return a small JSON document, decoded whole.

    Parameters
    ----------
    member
        The file.
    skip_prefix
        Drop everything up to the first equals sign and a semicolon at the end.
    cap
        Largest size in bytes.

    Returns
    -------
    Any
        Dicts, lists and scalars. A byte order mark is dropped, halves of surrogate pairs become
        U+FFFD, NaN and Infinity None.

    Raises
    ------
    ArchiveError
        When it is malformed, cut short, nested too deeply, too long or of too many values.
    """
    data = member.read(cap).removeprefix(_BOM)
    if skip_prefix and data.lstrip()[:1] not in (b"[", b"{"):
        equals = data.find(b"=", 0, _PREFIX)
        data = data[equals + 1 :]
    value = decode_document(data, Decoder(), member.archive.limits, skip_prefix=skip_prefix)
    if isinstance(value, BadItem):
        refuse(member.label, "a well-formed JSON document", _FOUND[value.reason])
    return value


def iter_json_lines(member: Member, decoder: Decoder) -> Iterator[tuple[int, Any]]:
    """Yield the values of a file that holds one JSON value per line.

    Parameters
    ----------
    member
        The file.
    decoder
        What to decode the lines with.

    Yields
    ------
    tuple of (int, Any)
        Number of the line, from 0 and counting blank lines, and its value or a `BadItem`. Blank
        lines do not come. A line end always ends a record, so one bad line spoils no other.
    """
    limits = member.archive.limits
    state = np.zeros(STATE, np.int64)
    caps = np.array([limits.json_depth, limits.field_bytes, limits.json_values], np.int64)
    ends, flags = np.zeros(_BATCH, np.int64), np.zeros(_BATCH, np.int64)
    buffer, number, last = b"", 0, False
    with member.open() as stream:
        while not last:
            data = stream.read(_CHUNK)
            last = not data
            place = len(buffer)
            # The end of the file ends a line too.
            buffer += data or b"\n"
            if number == 0 and place == 0:
                buffer = buffer.removeprefix(_BOM)
            array = np.frombuffer(buffer, np.uint8)
            start = 0
            while place < len(buffer):
                count, place, _ = scan(array, place, state, caps, IN_LINES, 0, ends, flags)
                if not count:
                    break
                cuts, bad = ends[:count].tolist(), flags[:count].tolist()
                yield from _line_values(buffer, start, cuts, bad, number, decoder)
                number += count
                start = cuts[-1] + 1
            buffer = buffer[start:]
            if len(buffer) > limits.element_bytes:
                state[FLAGS] |= HUGE
                buffer = b""


def _line_values(
    buffer: bytes, start: int, cuts: list[int], bad: list[int], number: int, decoder: Decoder
) -> Iterator[tuple[int, Any]]:
    """Decode one batch of lines."""
    lines: list[bytes] = []
    for end in cuts:
        lines.append(buffer[start:end])
        start = end + 1
    sound = [place for place, flag in enumerate(bad) if flag == 0]
    joined = b",".join([lines[place] for place in sound])
    values = decoder.many(joined, len(sound)) if len(joined) else []
    if values is None:
        values = [decoder.one(lines[place]) for place in sound]
    decoded = iter(values)
    for place, flag in enumerate(bad):
        if flag == 0:
            yield number + place, next(decoded)
        elif flag != EMPTY:
            yield number + place, BadItem(reason_of(flag))
