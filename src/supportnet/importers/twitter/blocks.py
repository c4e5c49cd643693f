"""Tweets by the thousand: columns for those of the common form, one by one for the rest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from supportnet.archive import Block, Fields
from supportnet.archive.columns import allowed, filled, several, texts, whole_numbers
from supportnet.importers.twitter.clock import FIRST_TIMED_ID, FIRST_TWEET_US, id_times
from supportnet.importers.twitter.instants import english_times
from supportnet.importers.twitter.mentions import (
    HANDLE,
    accounts_of,
    lead_ends,
    mentions_in,
    speaks_of,
)
from supportnet.importers.twitter.people import People
from supportnet.importers.twitter.posts import REPOST_START, Said, links_in, triples
from supportnet.importers.twitter.table import ROW, SOURCES, PostTable
from supportnet.parsing.times import max_us
from supportnet.records import BACKDATED, DAY, SECOND

__all__ = ["FIELDS", "Quiet", "TweetBlock"]

Marks: TypeAlias = npt.NDArray[np.bool_]
Ints: TypeAlias = npt.NDArray[np.int64]
Rows: TypeAlias = npt.NDArray[Any]

_NONE: Final = b"\0n"
_TEXT: Final = b'\0n"'
_LIST: Final = b"\0n["
_HELD: Final = b"\0n{"
_FREE: Final = bytes(range(256))
# What the value of each field may begin with in a tweet of the common form.
_COMMON: Final = {
    "entities": b"\0",  # a record that is not wrapped, or both
    "tweet.id_str": b'"',
    "tweet.created_at": b'"',
    "tweet.full_text": b'"',
    "tweet.in_reply_to_status_id_str": _TEXT,
    "tweet.in_reply_to_status_id": _FREE,
    "tweet.in_reply_to_user_id_str": _TEXT,
    "tweet.in_reply_to_user_id": _FREE,
    "tweet.in_reply_to_screen_name": _TEXT,
    "tweet.quoted_status_id_str": _TEXT,
    "tweet.quoted_status_id": _FREE,
    "tweet.retweeted_status": _NONE,
    "tweet.entities": b"{",
    "tweet.entities.user_mentions": _LIST,
    "tweet.entities.urls": _LIST,
    "tweet.edit_info": _HELD,
    "tweet.edit_info.edit": _NONE,
    "tweet.edit_info.initial": _HELD,
    "tweet.edit_info.initial.editTweetIds": _LIST,
    "tweet.expanded_urls": _NONE,
    "tweet.lang": _FREE,
}
FIELDS: Final = Fields(_COMMON)


_USER: Final = "in_reply_to_user_id_str"
_NAME: Final = "in_reply_to_screen_name"


def _table() -> Marks:
    """Return, for each field in the order of FIELDS, which first bytes are common."""
    table = np.ones((len(FIELDS), 256), np.bool_)
    for name, first in _COMMON.items():
        table[FIELDS.place(name)] = False
        table[FIELDS.place(name), list(first)] = True
    table[FIELDS.place("tweet")] = False
    table[FIELDS.place("tweet"), ord("{")] = True
    return table


_ALLOWED = _table()


class Quiet(NamedTuple):
    """Whom common tweets answer and name.

    Attributes
    ----------
    answering, answered
        Tweets that answer somebody, and whom.
    rows, persons
        Tweets that name somebody in their body, in order, and whom.
    """

    answering: Ints
    answered: Ints
    rows: Ints
    persons: Ints


class TweetBlock:
    """The tweets of one block.

    First `quiet` reads what can be read in columns; then `odd`, `busy` and the columns make sense.

    Parameters
    ----------
    block
        From the stream, with `FIELDS` located.

    Attributes
    ----------
    common
        Which records are tweets of the common form; all others are to be read one by one.
    ident, t_us
        Ids and times of the common tweets.
    """

    def __init__(self, block: Block) -> None:
        self._block = block
        self._data = block.data
        kinds = block.kinds()
        self._kinds = kinds
        self.common: Marks = allowed(kinds, _ALLOWED) & block.plain
        self.common &= ~several(self._data, self._spans("edit_info.initial.editTweetIds"))
        for stated in ("in_reply_to_status_id", "in_reply_to_user_id", "quoted_status_id"):
            # The second way to write an id is asked only where the first is missing.
            self.common &= self._is(f"{stated}_str") | ~self._given(stated)
        self.ident = self._ids("id_str", required=True)
        self._parent = self._ids("in_reply_to_status_id_str")
        self._quoted = self._ids("quoted_status_id_str")
        self._times()
        self._text, self._name = self._words("full_text"), self._words(_NAME)
        self._lang = self._words("lang")
        self._user, sound = np.empty(len(self), np.int64), np.empty(len(self), np.bool_)
        whole_numbers(self._data, self._spans(_USER), self._user, sound)
        self._held: dict[str, dict[int, Any]] = {}
        self._rest: Ints = np.zeros(0, np.int64)
        self._users: list[str] = []

    def __len__(self) -> int:
        return len(self.common)

    def _spans(self, name: str) -> npt.NDArray[np.int32]:
        return self._block.spans(f"tweet.{name}")

    def _is(self, name: str, byte: str = '"') -> Marks:
        """Tell in which records the value of a field begins with a byte."""
        found: Marks = self._kinds[:, FIELDS.place(f"tweet.{name}")] == ord(byte)
        return found

    def _given(self, name: str) -> Marks:
        """Tell in which records a field has a value."""
        kinds = self._kinds[:, FIELDS.place(f"tweet.{name}")]
        found: Marks = (kinds != 0) & (kinds != ord("n"))
        return found

    def _ids(self, name: str, *, required: bool = False) -> Ints:
        """Return ids, 0 for none; records whose id is unusable are not common."""
        numbers, good = np.empty(len(self), np.int64), np.empty(len(self), np.bool_)
        whole_numbers(self._data, self._spans(name), numbers, good)
        good &= numbers > 0
        self.common &= good if required else good | ~self._is(name)
        return np.where(self.common & good, numbers, 0)

    def _times(self) -> None:
        """Read when tweets were sent; where the stated time cannot be, the record is not common."""
        stated = english_times(self._data, self._spans("created_at")) * SECOND
        by_id = id_times(self.ident)
        known = (self.ident >= FIRST_TIMED_ID) & (by_id <= max_us())
        self.common &= (stated >= FIRST_TWEET_US) & (stated <= max_us())
        # Some early archives lost the time of day.
        self.common &= known | (stated % DAY != 0)
        self.t_us = stated
        self._note = np.where(known & (np.abs(by_id - stated) > DAY), BACKDATED, 0)

    def _words(self, name: str) -> pa.Array:
        """Return the texts of a field, empty where it has none."""
        written = self.common & self._is(name)
        good = written.copy()
        found = texts(self._data, self._spans(name), good)
        self.common &= good | ~written
        return found

    def _holds(self, name: str) -> Marks:
        """Tell in which common records a field holds something."""
        found: Marks = self.common & filled(self._data, self._spans(name))
        return found

    def odd(self) -> Iterator[tuple[int, Any]]:
        """Yield the records that are not common, as the stream would have handed them out."""
        which = np.flatnonzero(~self.common)
        values = self._block.values(which) if len(which) else ()
        yield from zip(which.tolist(), values, strict=True)

    def quiet(self, people: People, table: PostTable) -> Quiet:
        """Read whom common tweets answer and name, but for those that say it in another way.

        The latter, and tweets that repeat or quote another one, are left to `busy`.
        """
        busy = self._busy()
        listed = np.flatnonzero(self._holds("entities.user_mentions") & ~busy)
        found, odd = mentions_in(self._block, "tweet.entities.user_mentions", listed)
        busy[odd] = True
        replies = np.flatnonzero(self.common & (self._parent > 0) & ~busy)
        lead = np.zeros(len(self), np.int64)
        lead[replies] = lead_ends(self._text, replies)
        busy |= lead < 0
        self._prepare(np.flatnonzero(busy & self.common))
        answering = np.flatnonzero(self.common & self._is(_USER) & ~busy)
        named = pa.array(self._is(_NAME)[answering])
        names = pc.if_else(
            named, self._name.take(pa.array(answering)), pa.scalar(None, pa.string())
        )
        heard = ~busy[found.rows]
        accounts = accounts_of(
            np.concatenate([self._user[answering], found.idents[heard]]),
            pa.concat_arrays([names, found.handles.filter(pa.array(heard))]),
            people,
            table,
        )
        rows, persons = found.rows[heard], accounts[len(answering) :]
        typed = found.places[heard] >= lead[rows]
        rows, persons = rows[typed], persons[typed]
        _, first = np.unique(rows * (len(table.people) + 1) + persons, return_index=True)
        first.sort()
        answered = accounts[: len(answering)]
        return Quiet(answering, answered, rows[first], persons[first])

    def _busy(self) -> Marks:
        """Tell which common tweets have to be read one by one, as far as can be told at first."""
        busy: Marks = pc.starts_with(self._text, REPOST_START).to_numpy(zero_copy_only=False)
        busy |= self._quoted > 0
        busy |= speaks_of(self._data, self._spans("entities.urls"), b"status")
        answers, named = self._is(_USER), self._is(_NAME)
        good = pc.match_substring_regex(self._name, HANDLE).to_numpy(zero_copy_only=False)
        busy |= (named & ~(good & answers)) | (answers & (self._user <= 0))
        return busy & self.common

    def _prepare(self, rows: Ints) -> None:
        """Decode what busy tweets hold; those that cannot be decoded are not common."""
        answers = np.zeros(len(self), np.bool_)
        answers[rows] = self._is(_USER)[rows]
        sound = answers.copy()
        users = texts(self._data, self._spans(_USER), sound)
        # An empty id sends the reader to the other way of writing it.
        self.common &= ~answers | (sound & (pc.binary_length(users).to_numpy() > 0))
        for name in ("entities.user_mentions", "entities.urls"):
            held = rows[self._holds(name)[rows]]
            found = self._block.decoded(f"tweet.{name}", held) if len(held) else []
            if found is None:
                self.common[held] = False
            self._held[name] = dict(zip(held.tolist(), found or (), strict=False))
        self._rest = rows[self.common[rows]]
        self._users = users.take(pa.array(self._rest)).to_pylist()

    def busy(self) -> Iterator[tuple[int, Said]]:
        """Yield what the tweets say of themselves that `quiet` left out."""
        rows = self._rest
        words, names = (c.take(pa.array(rows)).to_pylist() for c in (self._text, self._name))
        named = self._is(_NAME)
        listed, links = self._held["entities.user_mentions"], self._held["entities.urls"]
        for row, text, name, user in zip(rows.tolist(), words, names, self._users, strict=True):
            yield (
                row,
                Said(
                    int(self.ident[row]),
                    text,
                    triples(listed.get(row)),
                    bool(self._parent[row] > 0),
                    user or None,
                    name if named[row] else None,
                    None,
                    int(self._quoted[row]) or None,
                    links_in(links.get(row)),
                ),
            )

    def rows(self, source: str, first: int, table: PostTable) -> Rows:
        """Return the common tweets as rows of the table, the others empty.

        What the busy ones do and whom they name is still to be filled in.
        """
        rows = np.zeros(len(self), ROW)
        rows["ident"], rows["t_us"], rows["parent"] = self.ident, self.t_us, self._parent
        rows["parent"][self._parent == self.ident] = 0
        rows["parent_author"] = rows["target_author"] = -1
        rows["resolution_us"], rows["note"] = SECOND, self._note
        rows["record"] = first + np.arange(len(self))
        rows["source"] = SOURCES.index(source)
        langs = self._lang.dictionary_encode()
        tags = [table.tag(word or None) for word in langs.dictionary.to_pylist()]
        rows["lang"] = np.array([*tags, -1], np.int16)[langs.indices.to_numpy()]
        return rows

    def texts(self) -> pa.Array:
        """Return the words of common tweets, without the escapes of HTML."""
        found = self._text
        for escape, sign in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
            found = pc.replace_substring(found, escape, sign)
        return found
