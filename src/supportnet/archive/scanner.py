"""Find where the elements of a JSON array or object end, without decoding them.

The scanner knows quotes, backslashes, brackets and commas and nothing else. It keeps a depth
counter instead of a stack, so a document of a million open brackets costs it no memory, and it
goes on where it stopped when the next piece of the file arrives.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from supportnet.privacy.jit import bare, compiled

__all__ = [
    "DEEP",
    "DEPTH",
    "EMPTY",
    "FLAGS",
    "HUGE",
    "IN_CONTAINER",
    "IN_LINES",
    "LONG",
    "STATE",
    "STRING",
    "VALUES",
    "reason_of",
    "scan",
]

Bytes: TypeAlias = npt.NDArray[np.uint8]
Ints: TypeAlias = npt.NDArray[np.int64]
Table: TypeAlias = npt.NDArray[np.uint8]

# What can be wrong with an element, as bit flags.
DEEP, LONG, HUGE, DENSE, BROKEN, EMPTY = 1, 2, 4, 8, 16, 32
_REASONS = (
    (DEEP, "json_depth"),
    (LONG, "field_too_long"),
    (HUGE, "element_too_long"),
    (DENSE, "too_many_values"),
    (BROKEN | EMPTY, "json_syntax"),
)

# Places in the state array: what must survive from one piece of the file to the next.
STATE = 7
DEPTH, STRING, _ESCAPED, _LENGTH, _FILLED, FLAGS, VALUES = range(STATE)

# What a byte means outside strings, and inside them. One look-up replaces a chain of comparisons.
_BLANK, _PLAIN, _QUOTE, _OPEN, _CLOSE, _COMMA, _NEWLINE = range(7)
_BACKSLASH = _OPEN


def _meanings(*, lines: bool) -> Table:
    """Return the table (2, 256): meanings outside strings, then inside."""
    table = np.full((2, 256), _PLAIN, np.uint8)
    table[0, list(b" \t\r\n")] = _BLANK
    table[0, list(b"[{")] = _OPEN
    table[0, list(b"]}")] = _CLOSE
    table[0, ord(",")] = _COMMA
    table[:, ord('"')] = _QUOTE
    table[1, ord("\\")] = _BACKSLASH
    if lines:
        table[:, ord("\n")] = _NEWLINE
    return table


IN_CONTAINER = _meanings(lines=False)
IN_LINES = _meanings(lines=True)


def reason_of(flags: int) -> str:
    """Return the reason code of the first flag that is set.

    Examples
    --------
    >>> reason_of(LONG | EMPTY)
    'field_too_long'
    """
    return next(reason for flag, reason in _REASONS if flags & flag)


@bare
def _text_end(buffer: Bytes, at: np.uint64, table: Table, escaped: int) -> tuple[np.uint64, int]:
    """Return where a string is interrupted by a quote or a line end, and the escape state."""
    size = np.uint64(len(buffer))
    while at < size:
        meaning = table[1, buffer[at]]
        if escaped:
            escaped = 0
            if meaning == _NEWLINE:
                break
        elif meaning == _BACKSLASH:
            escaped = 1
        elif meaning != _PLAIN:
            break
        at += np.uint64(1)
    return at, escaped


@bare
def _run_end(buffer: Bytes, at: np.uint64, table: Table, meaning: int) -> np.uint64:
    """Return where a run of blanks or of plain bytes ends."""
    size = np.uint64(len(buffer))
    while at < size and table[0, buffer[at]] == meaning:
        at += np.uint64(1)
    return at


@compiled
def scan(
    buffer: Bytes,
    start: int,
    state: Ints,
    caps: Ints,
    table: Table,
    closer: int,
    ends: Ints,
    flags: Ints,
) -> tuple[int, int, bool]:
    """Walk through the inside of a container, or through lines, and note where elements end.

    Parameters
    ----------
    buffer
        A piece of the file.
    start
        Where to go on, an index into `buffer`.
    state
        Array of `STATE` numbers, zeros at the first element; carried from call to call.
    caps
        Deepest nesting below this container, longest string in bytes, most values per element.
    table
        `IN_CONTAINER`, where a comma ends an element and `closer` the walk, or `IN_LINES`, where
        a line end always ends an element, whatever is still open in it.
    closer
        The byte that closes the container.
    ends, flags
        Filled with the index of the byte that ends each element, and what is wrong with the
        element. The walk stops when they are full.

    Returns
    -------
    tuple of (int, int, bool)
        Number of elements noted, where to go on, and whether the container is closed.
    """
    depth, string, escaped, length = state[0], state[1], state[2], state[3]
    filled, flag, values = state[4], state[5], state[6]
    # Positions are unsigned: numba then leaves out the test for indices from the end.
    at, one, size = np.uint64(start), np.uint64(1), np.uint64(len(buffer))
    count, room, closed = 0, len(ends), False
    lines = table[0, 10] == _NEWLINE
    while at < size and count < room and not closed:
        if string:
            begun = at
            at, escaped = _text_end(buffer, at, table, escaped)
            length += np.int64(at - begun)
            flag |= LONG if length > caps[1] else 0
            if at == size:
                break
        meaning = table[0, buffer[at]]
        ended = False
        if meaning <= _PLAIN:
            filled |= meaning
            at = _run_end(buffer, at, table, meaning)
            continue
        if meaning == _QUOTE:
            string, length, filled = 1 - string, 0, 1
        elif meaning == _OPEN:
            depth, values, filled = depth + 1, values + 1, 1
            flag |= DEEP if depth > caps[0] else 0
        elif meaning == _CLOSE:
            if depth:
                depth -= 1
            elif buffer[at] == closer:
                closed = ended = True
            else:
                flag |= BROKEN
                filled = 1
        elif meaning == _COMMA:
            values += 1
            ended = depth == 0 and not lines
            if lines:
                filled = 1
                flag |= 0 if depth else BROKEN
        else:
            flag |= BROKEN if depth or string else 0
            depth, string, escaped, ended = 0, 0, 0, True
        # Nothing between the last comma and the bracket is no element.
        if ended and (filled or not closed):
            flag |= DENSE if values > caps[2] else 0
            ends[count] = np.int64(at)
            flags[count] = flag if filled else EMPTY
            count += 1
            filled, flag, values = 0, 0, 0
        at += one
    state[0], state[1], state[2], state[3] = depth, string, escaped, length
    state[4], state[5], state[6] = filled, flag, values
    return count, int(np.int64(at)), closed
