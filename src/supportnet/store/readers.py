"""Write who could read each message, who is named in it, and which sources hold it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from supportnet.store.buckets import CHUNK_ROWS, Buckets, bucket_size
from supportnet.store.columns import Array
from supportnet.store.copies import Numbered
from supportnet.store.order import distinct, group_starts
from supportnet.store.people import People
from supportnet.store.rows import Rows
from supportnet.store.tables import SPILL, TableWriter

__all__ = ["Members", "write_mentions", "write_message_sources", "write_recipients"]

_MOST_ROWS = 524_288  # of one step's result, unless a single message has more readers
_NO_ONE = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Members:
    """Who belongs to each conversation, sorted by conversation and person.

    Attributes
    ----------
    talks, persons
        The members of whom no dates are known.
    stay_talks, stay_persons, joined, left
        The stays of the others, in µs; open ends are the type's ends.
    """

    talks: Array
    persons: Array
    stay_talks: Array
    stay_persons: Array
    joined: Array
    left: Array


def _named(
    folder: Path, rows: Rows, people: People, numbered: Numbered, author_of: Array, table: str
) -> Iterator[tuple[int, Array]]:
    """Yield (bucket, keys) of the persons that records name; a key is message << 32 | person."""
    n = len(author_of)
    size = bucket_size(n)
    counts = np.zeros(-(-n // size), np.int64)
    for _, at, _, _ in rows.named(table):
        messages = numbered.message_of[at]
        counts += np.bincount(messages[messages >= 0] // size, minlength=len(counts))
    buckets = Buckets(folder / SPILL, counts, size, np.int64)
    nothing = np.empty(0, np.int64)
    for place, found in buckets.add(nothing, nothing):
        yield place, _some_one(found)
    for source, at, accounts, _ in rows.named(table):
        messages = numbered.message_of[at].astype(np.int64)
        persons = people.of(source, accounts)
        known = messages >= 0
        messages, persons = messages[known], persons[known]
        # Who is forgotten counts as somebody of no name, so that every row arrives.
        is_other = (persons >= 0) & (persons != author_of[messages])
        keys = (messages << 32) | np.where(is_other, persons, _NO_ONE)
        for place, found in buckets.add(messages, keys):
            yield place, _some_one(found)


def _some_one(found: list[Array]) -> Array:
    """Return the distinct keys that name somebody, in order."""
    keys = distinct(np.concatenate(found)) if found else np.empty(0, np.int64)
    some_one: Array = keys[(keys & _NO_ONE) != _NO_ONE]
    return some_one


def write_mentions(
    folder: Path, rows: Rows, people: People, numbered: Numbered, author_of: Array
) -> None:
    """Write table `mentions`."""
    with TableWriter(folder, "mentions") as table:
        for _, named in _named(folder, rows, people, numbered, author_of, "mentions"):
            table.write(_pairs(named))


def _pairs(keys: Array) -> dict[str, Array]:
    """Take keys apart into messages and persons."""
    return {"message_id": keys >> 32, "person_id": (keys & _NO_ONE).astype(np.int32)}


def write_recipients(
    folder: Path,
    rows: Rows,
    people: People,
    numbered: Numbered,
    author_of: Array,
    talk_of: Array,
    is_private: Array,
    members: Members,
) -> None:
    """Write table `recipients`: readers the record names, else the closed list at that time.

    Parameters
    ----------
    folder, rows, people, numbered
        As for the messages.
    author_of, talk_of, is_private
        Author and conversation of each message, and whether a closed list reads it.
    members
        The lists.
    """
    n = len(author_of)
    size = bucket_size(n)
    n_talks = int(talk_of.max()) + 1 if n else 0
    starts = group_starts(members.talks, n_talks)
    stay_starts = group_starts(members.stay_talks, n_talks)
    times = rows.times()[numbered.first_rows()] if len(members.stay_talks) else author_of
    with TableWriter(folder, "recipients") as table:
        for place, named in _named(folder, rows, people, numbered, author_of, "recipients"):
            own = np.arange(place * size, min((place + 1) * size, n))
            is_unnamed = is_private[own]
            is_unnamed[(named >> 32) - own[0]] = False
            talks = talk_of[own]
            sizes = np.diff(starts)[talks] + np.diff(stay_starts)[talks]
            for some in _portions(np.where(is_unnamed, sizes, 1)):
                messages = own[some]
                low, high = np.searchsorted(named, [messages[0] << 32, (messages[-1] + 1) << 32])
                found = [named[low:high]]
                messages = messages[is_unnamed[some]]
                at, member = _expanded(talk_of[messages], starts)
                present = members.persons[member]
                is_other = present != author_of[messages[at]]
                found.append((messages[at[is_other]] << 32) | present[is_other])
                if len(members.stay_talks):
                    at, stay = _expanded(talk_of[messages], stay_starts)
                    t_us, present = times[messages[at]], members.stay_persons[stay]
                    was_there = (members.joined[stay] <= t_us) & (members.left[stay] > t_us)
                    was_there &= present != author_of[messages[at]]
                    found.append((messages[at[was_there]] << 32) | present[was_there])
                table.write(_pairs(_in_order(found)))


def _portions(sizes: Array) -> Iterator[slice]:
    """Cut messages into portions whose results are not large."""
    ends = np.cumsum(sizes)
    start = 0
    while start < len(sizes):
        done = ends[start - 1] if start else 0
        stop = max(int(np.searchsorted(ends, done + _MOST_ROWS, side="right")), start + 1)
        yield slice(start, stop)
        start = stop


def _expanded(talks: Array, starts: Array) -> tuple[Array, Array]:
    """Return (place in `talks`, place in a list sorted by talk) for every entry of each talk."""
    counts = starts[talks + 1] - starts[talks]
    at = np.repeat(np.arange(len(talks)), counts)
    before = np.cumsum(counts) - counts
    return at, np.arange(len(at)) - before[at] + starts[talks][at]


def _in_order(found: list[Array]) -> Array:
    """Return distinct keys in order, given lists of which each may be so already."""
    some = [keys for keys in found if len(keys)]
    if len(some) == 1 and bool((some[0][1:] > some[0][:-1]).all()):
        return some[0]
    return distinct(np.concatenate(some)) if some else found[0]


def write_message_sources(folder: Path, rows: Rows, numbered: Numbered) -> None:
    """Write table `message_sources`: which sources hold a copy of each message."""
    sources = rows.messages.sources()
    n = numbered.n_messages
    with TableWriter(folder, "message_sources") as table:
        if numbered.turns is None:
            first = numbered.first_rows()
            for start in range(0, n, CHUNK_ROWS):
                some = first[start : start + CHUNK_ROWS]
                messages = np.arange(start, start + len(some))
                table.write({"message_id": messages, "source_id": sources[some].astype(np.int32)})
            return
        known = numbered.message_of >= 0
        keys = distinct((numbered.message_of[known].astype(np.int64) << 32) | sources[known])
        for start in range(0, len(keys), CHUNK_ROWS):
            some = keys[start : start + CHUNK_ROWS]
            messages = some >> 32
            table.write({"message_id": messages, "source_id": (some & _NO_ONE).astype(np.int32)})
