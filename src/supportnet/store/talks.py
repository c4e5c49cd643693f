"""Find which conversations of different parts are one, and number them in the build order.

Direct conversations are the same when their two persons are; the others when their key is. A
thread whose first row in hand answers a message of another thread is a later part of that one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from supportnet.store.columns import Array, PartTable, key_values, values_of, whole_type
from supportnet.store.keys import KeyIndex
from supportnet.store.order import distinct, runs_of, sorted_by
from supportnet.store.people import NOBODY, People
from supportnet.store.rows import Rows

__all__ = ["Talks", "conversation_rows", "join_threads", "number_talks", "read_talks"]

MAX_POINTER_STEPS = 64  # path doubling: follows chains of 2^64 pointers, so in effect all of them
_NOWHERE = 1 << 62
_BASES = ("roster", "observed", "declared", "none")


@dataclass(slots=True)
class Talks:
    """The conversations of all parts, one entry per part and conversation.

    Attributes
    ----------
    starts
        Number of each source's first conversation among those of all sources.
    ids
        Which conversation each one is; `conversation_id` once they are numbered.
    keys
        Key of each conversation, as two whole numbers.
    member_of, members
        The pairs (conversation, person) of its members, sorted; `NOBODY` for the forgotten.
    platforms, kinds
        Codes in the order of the words.
    """

    starts: Array
    ids: Array
    keys: Array
    member_of: Array
    members: Array
    platforms: Array
    platform_words: list[str]
    kinds: Array
    kind_words: list[str]
    n_declared: Array
    bases: Array

    @property
    def sources(self) -> Array:
        """Return the source of each conversation."""
        counts = np.diff(self.starts)
        return np.repeat(np.arange(len(counts), dtype=np.int32), counts)

    def share_keys(self, same: Mapping[tuple[int, int], tuple[int, int]]) -> None:
        """Give copies of one conversation (source, conv) the key of the one standing for it."""
        if same:
            for (source, conv), (first, other) in same.items():
                self.keys[self.starts[source] + conv] = self.keys[self.starts[first] + other]
            self.ids = _labels(self)

    def numbers(self) -> pa.Table:
        """Return each part's conversations with their `conversation_id`."""
        sources = self.sources
        local = np.arange(len(self.ids)) - self.starts[sources]
        columns = {"source_id": sources, "conv": local, "conversation_id": self.ids}
        return pa.table({name: values.astype(np.int32) for name, values in columns.items()})


def read_talks(dataset: Path, parts: list[str], people: People) -> Talks:
    """Read the conversations of all parts and join those that are one by members or by key."""
    table = PartTable(dataset, parts, "conversations")
    numbers = table.numbers("conv")
    counts = np.zeros(len(parts), np.int64)
    np.maximum.at(counts, table.sources(), numbers + 1)
    starts = np.concatenate([[0], np.cumsum(counts)])
    at = starts[table.sources()] + numbers
    n = int(starts[-1])

    def placed(values: Array) -> Array:
        """Put a column's values where the conversations' numbers say."""
        if np.array_equal(at, np.arange(n)):
            return values
        whole = np.zeros((n, *values.shape[1:]), values.dtype)
        whole[at] = values
        return whole

    platforms, platform_words = table.words("platform")
    kinds, kind_words = table.words("kind")
    bases, basis_words = table.words("members_basis")
    rank = [_BASES.index(w) if w in _BASES else len(_BASES) - 1 for w in basis_words]
    # The last place answers the code -1, which stands for null.
    bases = np.array([*rank, len(_BASES) - 1], np.int8)[bases]
    member_of, members = _members(dataset, parts, people, starts)
    talks = Talks(
        starts,
        np.empty(0, np.int32),
        placed(table.keys("conversation_key")[1]),
        member_of,
        members,
        placed(platforms),
        platform_words,
        placed(kinds),
        kind_words,
        placed(table.numbers("n_members")),
        placed(bases),
    )
    talks.ids = _labels(talks)
    return talks


def _members(dataset: Path, parts: list[str], people: People, starts: Array) -> tuple[Array, Array]:
    """Return the distinct pairs (conversation, person) that the parts list, sorted."""
    found = [np.empty(0, np.int64)]
    for name in ("members", "memberships"):
        for source, _, batch in PartTable(dataset, parts, name).batches(["conv", "account"]):
            conv, account = (values_of(column, -1) for column in batch.columns)
            listed = (conv >= 0) & (account >= 0)
            person = people.of(source, account[listed]).astype(np.int64)
            found.append(((conv[listed] + starts[source]) << 32) | (person - NOBODY))
    pairs = distinct(np.concatenate(found))
    kind = whole_type(int(starts[-1]))
    return (pairs >> 32).astype(kind), ((pairs & 0xFFFFFFFF) + NOBODY).astype(np.int32)


def _labels(talks: Talks) -> Array:
    """Give one number to all conversations that are the same."""
    first, second = talks.keys[:, 0].copy(), talks.keys[:, 1].copy()
    is_known = talks.members != NOBODY
    of, persons = talks.member_of[is_known], talks.members[is_known]
    n_known = np.bincount(of, minlength=len(first))
    is_pair = np.zeros(len(first), bool)
    if "dm" in talks.kind_words:
        is_pair = (talks.kinds == talks.kind_words.index("dm")) & (n_known == 2)
    pairs = np.flatnonzero(is_pair)
    ends = np.cumsum(n_known)[pairs]
    # Members are sorted, so the lower of the two stands first.
    low, high = persons[ends - 2].astype(np.int64), persons[ends - 1]
    first[pairs], second[pairs] = (low << 32) | high, talks.platforms[pairs]
    order = sorted_by(first, second, is_pair)
    is_start = runs_of(first[order], second[order], is_pair[order])
    labels = np.empty(len(first), whole_type(len(first)))
    labels[order] = np.cumsum(is_start) - 1
    return labels


def join_threads(talks: Talks, rows: Rows, kept: Array, of_row: Array, index: KeyIndex) -> Array:
    """Move the later parts of threads to the threads that they continue.

    Parameters
    ----------
    talks
        The conversations; `ids` changes.
    rows
        The message rows.
    kept
        Which rows count.
    of_row
        Conversation of each row.
    index
        The keys of the rows.

    Returns
    -------
    array
        The new conversation of each row.
    """
    if "thread" not in talks.kind_words or len(kept) == 0:
        return of_row
    n = int(talks.ids.max()) + 1
    is_thread = np.zeros(n, bool)
    is_thread[talks.ids[talks.kinds == talks.kind_words.index("thread")]] = True
    threads, pointers = _first_pointers(rows, kept, of_row, is_thread)
    ranks = index.find(pointers)
    threads, ranks = threads[ranks >= 0], ranks[ranks >= 0]
    ups = of_row[rows.order[ranks]]
    moves = is_thread[ups] & (ups != threads)
    up = np.full(n, -1, of_row.dtype)
    up[threads[moves]] = ups[moves]
    for _ in range(MAX_POINTER_STEPS):
        start = np.flatnonzero(up >= 0)
        onward = up[up[start]]
        is_onward = (onward >= 0) & (onward != start)
        if not is_onward.any():
            break
        up[start[is_onward]] = onward[is_onward]
    if (up >= 0).any():
        talks.ids = np.where(up[talks.ids] >= 0, up[talks.ids], talks.ids)
        of_row = np.where(up[of_row] >= 0, up[of_row], of_row)
    return of_row


def _first_pointers(
    rows: Rows, kept: Array, of_row: Array, is_thread: Array
) -> tuple[Array, Array]:
    """Return the threads with a pointer, and the pointer of the first row that has one."""
    best = np.full(len(is_thread), _NOWHERE)
    keys = np.zeros((len(is_thread), 2), np.int64)
    for _, start, batch in rows.messages.batches(["root_key", "reply_key"]):
        if all(column.null_count == len(column) for column in batch.columns):
            continue
        (root, has_root), (reply, has_reply) = (key_values(column) for column in batch.columns)
        stop = start + batch.num_rows
        talk = of_row[start:stop]
        at = np.flatnonzero((has_root | has_reply) & kept[start:stop] & is_thread[talk])
        talk, ranks = talk[at], rows.ranks[start:stop][at]
        np.minimum.at(best, talk, ranks)
        is_first = best[talk] == ranks
        at, talk = at[is_first], talk[is_first]
        keys[talk] = np.where(has_root[at, None], root[at], reply[at])
    threads = np.flatnonzero(best < _NOWHERE)
    return threads, keys[threads]


def number_talks(talks: Talks, rows: Rows, kept: Array, of_row: Array) -> Array:
    """Give numbers to the conversations by their first row; those without rows come last.

    Returns
    -------
    array
        `conversation_id` of each row; `ids` of the conversations are these numbers from here on.
    """
    n = int(talks.ids.max()) + 1 if len(talks.ids) else 0
    places = np.full(n, 2 * _NOWHERE - 1)
    sources = talks.sources
    local = np.arange(len(talks.ids)) - talks.starts[sources]
    np.minimum.at(places, talks.ids, _NOWHERE + (sources.astype(np.int64) << 32) + local)
    at = slice(None) if kept.all() else np.flatnonzero(kept)
    np.minimum.at(places, of_row[at], rows.ranks[at].astype(np.int64))
    numbers = np.empty(n, np.int32)
    numbers[np.argsort(places, kind="stable")] = np.arange(n, dtype=np.int32)
    talks.ids = numbers[talks.ids]
    return numbers[of_row] if n else of_row


def conversation_rows(
    talks: Talks, talk_of: Array, visibilities: Array, visibility_words: list[str]
) -> pa.Table:
    """Return table `conversations`.

    Parameters
    ----------
    talks
        The numbered conversations.
    talk_of, visibilities
        Conversation and visibility of each message; where the messages of a conversation differ,
        its visibility is null.
    visibility_words
        The words of these codes.
    """
    n = int(talks.ids.max()) + 1 if len(talks.ids) else 0
    ids = talks.ids

    def least(values: Array) -> Array:
        """Return each conversation's least value over the parts."""
        found = np.full(n, np.iinfo(values.dtype).max, values.dtype)
        np.minimum.at(found, ids, values)
        return found

    declared = -least(-talks.n_declared)
    basis = least(talks.bases)
    pairs = distinct((ids[talks.member_of].astype(np.int64) << 32) | (talks.members - NOBODY))
    pairs = pairs[(pairs & 0xFFFFFFFF) > 0]
    has_list = np.zeros(n, bool)
    has_list[ids[talks.member_of]] = True
    n_listed = np.bincount(pairs >> 32, minlength=n)
    size = np.where((basis < 2) & has_list, n_listed, declared)
    size = np.where((size < 0) & has_list, n_listed, size)
    first = np.full(n, -1, np.int32)
    first[talk_of] = visibilities
    first[talk_of[first[talk_of] != visibilities]] = -1
    return pa.table(
        {
            "conversation_id": np.arange(n, dtype=np.int32),
            "platform": _words(least(talks.platforms), talks.platform_words),
            "kind": _words(least(talks.kinds), talks.kind_words),
            "visibility": _words(first, visibility_words),
            "n_members": pa.array(size, pa.int32(), mask=size < 0),
            "members_basis": _words(basis, list(_BASES)),
        }
    )


def _words(codes: Array, words: list[str]) -> pa.Array:
    """Return words for their codes; -1 is null."""
    indices = pa.array(codes.astype(np.int32), mask=codes < 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array(words, pa.string()))
