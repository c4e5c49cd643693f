"""Find which rows are copies of one message, choose which copy stands first, number the messages.

Rows are named by their rank in the build order here.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from supportnet.memory import give_back
from supportnet.store import statements as sql
from supportnet.store.columns import Array, key_values, values_of, whole_type
from supportnet.store.engine import arrow_of
from supportnet.store.keys import KeyIndex
from supportnet.store.order import runs_of, sorted_by
from supportnet.store.rows import Rows

__all__ = ["Numbered", "find_copies", "number_messages"]

_MANY = 1 << 18


@dataclass(slots=True)
class Numbered:
    """The messages of the dataset.

    Attributes
    ----------
    message_of
        Message of each row; -1 for a row that is left out.
    turns
        Which of its message's copies a row is (0 supplies the fields, later ones fill its nulls);
        None when no message has a copy.
    n_messages
        Number of messages.
    again, occurrences
        The messages that equal earlier ones in conversation, author, time and text, and how many
        there were up to each of them, itself included.
    index
        The messages by their keys.
    """

    message_of: Array
    turns: Array | None
    n_messages: int
    again: Array
    occurrences: Array
    index: KeyIndex

    def stands_first(self) -> Array:
        """Tell which rows supply the fields of their message."""
        stands: Array = self.message_of >= 0
        if self.turns is not None:
            stands &= self.turns == 0
        return stands

    def first_rows(self) -> Array:
        """Return the row that supplies each message's fields; made anew at every call."""
        stands = self.stands_first()
        found = np.empty(self.n_messages, self.message_of.dtype)
        for start in range(0, len(stands), _MANY):
            at = np.flatnonzero(stands[start : start + _MANY]) + start
            found[self.message_of[at]] = at
        return found


def find_copies(
    cursor: duckdb.DuckDBPyConnection,
    rows: Rows,
    kept: Array,
    talk_of: Array,
    author_of: Array,
    index: KeyIndex,
) -> Array | None:
    """Return the rank of the row that stands for all copies of each row's message.

    Parameters
    ----------
    cursor
        The build's database.
    rows
        The message rows.
    kept, talk_of, author_of
        Whether each row counts, its `conversation_id` and its author's `person_id`.
    index
        The keys of the rows.

    Returns
    -------
    array or None
        By rank; None when no message has a copy.
    """
    later, first = index.repeated()
    candidates = _to_match(rows, kept, talk_of)
    if len(later) == 0 and len(candidates) == 0:
        return None
    rep = np.arange(len(kept), dtype=whole_type(len(kept)))
    rep[later] = first
    if len(candidates):
        ranks = rows.ranks[candidates]
        candidates = candidates[rep[ranks] == ranks]
        by_content = rep.copy()
        found, same = _match(cursor, rows, candidates, talk_of, author_of)
        by_content[found] = same
        rep = by_content[rep]
    return None if np.array_equal(rep, np.arange(len(rep))) else rep


def _to_match(rows: Rows, kept: Array, talk_of: Array) -> Array:
    """Return the rows to match on content: those of conversations that two copies hold."""
    if not _has_several(rows):
        return np.empty(0, np.int64)
    matched = rows.messages.numbers("is_copy_matched", np.bool_, absent=0)
    at = np.flatnonzero(matched & kept)
    if len(at) == 0:
        return at
    units = rows.messages.sources()[at].astype(np.int64) * 65_536
    units += rows.messages.numbers("copy", np.int16, absent=0)[at]
    if units.min() == units.max():
        return at[:0]
    talks = talk_of[at]
    low = np.full(int(talks.max()) + 1, units.max())
    high = np.full(len(low), units.min())
    np.minimum.at(low, talks, units)
    np.maximum.at(high, talks, units)
    found: Array = at[(low < high)[talks]]
    return found


def _has_several(rows: Rows) -> bool:
    """Tell whether there is more than one copy of anything."""
    if len(rows.parts) > 1:
        return True
    copies = {
        number
        for _, _, batch in rows.messages.batches(["copy"])
        for number in np.unique(values_of(batch.column(0), 0)).tolist()
    }
    return len(copies) > 1


def _match(
    cursor: duckdb.DuckDBPyConnection,
    rows: Rows,
    at: Array,
    talk_of: Array,
    author_of: Array,
) -> tuple[Array, Array]:
    """Match rows on author, text and time; return ranks and the ranks of those they equal."""
    if len(at) == 0:
        return at, at
    sources = rows.messages.sources()
    digest_rows, digests = rows.messages.keys("digest")
    whole, has_digest = np.zeros(len(sources), np.int64), np.zeros(len(sources), bool)
    whole[digest_rows], has_digest[digest_rows] = digests[:, 0], True
    columns = {
        "ord": rows.ranks[at].astype(np.int64),
        "source_id": sources[at],
        "copy": rows.messages.numbers("copy", np.int16, absent=0)[at],
        "talk": talk_of[at],
        "author_id": author_of[at],
        "digest": pa.array(whole[at], mask=~has_digest[at]),
        "t_us": rows.times()[at],
        "resolution_us": rows.messages.numbers("resolution_us", absent=0)[at],
    }
    cursor.register("to_match", pa.table(columns))
    for statement in sql.MATCHING:
        cursor.execute(statement)
    cursor.unregister("to_match")
    found = arrow_of(cursor, "SELECT ord, rep FROM by_content WHERE ord <> rep")
    cursor.execute("DROP TABLE by_content")
    return found["ord"].to_numpy(), found["rep"].to_numpy()


def number_messages(
    rows: Rows,
    kept: Array,
    talk_of: Array,
    author_of: Array,
    rep: Array | None,
    newest: Array,
    index: KeyIndex,
) -> Numbered:
    """Choose the copy that supplies the fields and number the messages.

    First comes the copy with the finest clock, because times are what waits are made of; among
    equals the newest export.

    Parameters
    ----------
    rows, kept, talk_of, author_of
        As for :func:`find_copies`. The order of the rows is let go of.
    index
        The keys of the rows; leads to messages from now on.
    rep
        Its result.
    newest
        Place of each source among the sources, the newest export first.
    """
    n = len(kept)
    kind = whole_type(n)
    stands = kept[rows.order]
    turns: Array | None = None
    copied: Array = np.empty(0, kind)
    first = copied
    if rep is not None:
        copied, first, turn = _turns(rows, rep, newest)
        turns = np.zeros(n, np.int32)
        turns[rows.order[copied]] = turn
        stands[copied[turn > 0]] = False
    message_of_rank: Array = np.cumsum(stands, dtype=kind)
    message_of_rank -= 1
    message_of_rank[~stands] = -1
    if rep is not None:
        message_of_rank[copied] = message_of_rank[first]
    message_of = np.empty(n, kind)
    message_of[rows.order] = message_of_rank
    first_rows = rows.order[stands]
    index.point_at(message_of_rank)
    rows.forget_order()
    del stands, message_of_rank, copied, first
    give_back()
    again, occurrences = _occurrences(rows, first_rows, talk_of, author_of, message_of, turns)
    return Numbered(message_of, turns, len(first_rows), again, occurrences, index)


def _turns(rows: Rows, rep: Array, newest: Array) -> tuple[Array, Array, Array]:
    """Return the ranks of rows with copies, the rank of the first of each, and their turns."""
    own = np.arange(len(rep), dtype=rep.dtype)
    is_copied = rep != own
    is_copied[rep[is_copied]] = True
    copied = np.flatnonzero(is_copied)
    own = rows.order[copied]
    step = rows.messages.numbers("resolution_us", absent=0)[own]
    copied = copied[sorted_by(rep[copied], step, newest[rows.messages.sources()[own]], copied)]
    starts = np.flatnonzero(runs_of(rep[copied]))
    sizes = np.diff(np.append(starts, len(copied)))
    turn = np.arange(len(copied)) - np.repeat(starts, sizes)
    return copied, np.repeat(copied[starts], sizes), turn


def _occurrences(
    rows: Rows,
    first_rows: Array,
    talk_of: Array,
    author_of: Array,
    message_of: Array,
    turns: Array | None,
) -> tuple[Array, Array]:
    """Return the messages that equal earlier ones, and which repetition each of them is."""
    n_keys = sum(
        len(batch) - batch.column(0).null_count
        for _, _, batch in rows.messages.batches(["native_key"])
    )
    t_us = rows.times()[first_rows]
    ties = np.flatnonzero(t_us[1:] == t_us[:-1])
    if len(ties) == 0 or n_keys == rows.messages.n_rows:
        return ties[:0], ties[:0]
    is_tied = np.zeros(len(t_us), bool)
    is_tied[ties] = True
    is_tied[ties + 1] = True
    at = np.flatnonzero(is_tied)
    t_us = t_us[at]
    give_back()
    digests = _digests(rows, at, is_tied, message_of, turns)
    own = first_rows[at]
    told = (talk_of[own].astype(np.int64) << 32) | author_of[own]
    order = sorted_by(t_us, told, digests[:, 0], digests[:, 1])
    columns = [column[order] for column in (t_us, told, digests[:, 0], digests[:, 1])]
    starts = np.flatnonzero(runs_of(*columns))
    sizes = np.diff(np.append(starts, len(order)))
    occurrences = np.empty(len(at), np.int64)
    occurrences[order] = np.arange(len(order)) - np.repeat(starts, sizes) + 1
    is_again = occurrences > 1
    return at[is_again], occurrences[is_again]


def _digests(
    rows: Rows, at: Array, is_tied: Array, message_of: Array, turns: Array | None
) -> Array:
    """Return the digest of the text that the first copy with one has, and whether there is any.

    Parameters
    ----------
    at, is_tied
        The messages wanted, as numbers and as a mask.
    """
    digests = np.zeros((len(at), 2), np.int64)
    least = np.full(len(at), np.iinfo(np.int32).max, np.int32)
    for _, start, batch in rows.messages.batches(["digest"]):
        found, has_digest = key_values(batch.column(0))
        messages = message_of[start : start + batch.num_rows]
        own = np.flatnonzero(has_digest & (messages >= 0))
        own = own[is_tied[messages[own]]]
        places = np.searchsorted(at, messages[own])
        turn = np.zeros(len(own), np.int32) if turns is None else turns[own + start]
        np.minimum.at(least, places, turn)
        is_first = turn == least[places]
        digests[places[is_first], 0] = found[own[is_first], 0]
        digests[places[is_first], 1] = 1
    return digests
