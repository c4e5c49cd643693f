"""Put tweets together: newest versions, long texts, threads; then turn them into messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from supportnet.importers.twitter.account import Protection
from supportnet.importers.twitter.chains import roots_of
from supportnet.importers.twitter.coverage import Span
from supportnet.importers.twitter.files import PLATFORM
from supportnet.importers.twitter.idset import IdSet
from supportnet.importers.twitter.notes import Note, join_notes, note_mentions
from supportnet.importers.twitter.people import People
from supportnet.importers.twitter.posts import Post
from supportnet.importers.twitter.table import KINDS, SOURCES, PostTable
from supportnet.memory import give_back
from supportnet.records import (
    SECOND,
    Conversation,
    Identity,
    Ignored,
    MessageBatch,
    MessageRef,
    NumberedRefs,
    PublicThreads,
    RawMessage,
)

__all__ = ["Threads"]

Ints: TypeAlias = npt.NDArray[np.int64]
Rows: TypeAlias = npt.NDArray[Any]
Marks: TypeAlias = npt.NDArray[np.bool_]

_NOTE_SPACE: Final = "note"
_BATCH: Final = 16_384
_NOTHING: Final = pa.scalar(None, pa.string())
_DELETED: Final = SOURCES.index("deleted_tweet")
_COMMUNITY: Final = SOURCES.index("community_tweet")


class Threads:
    """Hold what is known of all tweets of one archive until their threads are known.

    Parents may stand after their replies and newer versions before older ones, so nothing can be
    said about a tweet before the last one is read. What is held is a row of numbers for each and
    its text.

    Attributes
    ----------
    table
        The tweets, in the order in which they were read.
    idents
        Their ids.
    """

    def __init__(self, people: People, owner: Identity, protection: Protection) -> None:
        self._people = people
        self._owner = owner
        self._protection = protection
        self._notes: list[Note] = []
        self._seen_notes: set[int] = set()
        self._newest: dict[int, int] = {}
        self._loose: Counter[int] = Counter()
        self.table = PostTable()
        self.idents = IdSet()
        self.span = Span()
        self.facts: Counter[str] = Counter()

    def are_new(self, idents: Ints) -> Marks:
        """Take note of ids; tell which were not met before. Tweets without one (0) always are."""
        new = np.ones(len(idents), np.bool_)
        given = idents != 0
        new[given] = self.idents.add(idents[given])
        if not given.all():
            self.facts["posts_without_usable_id"] += int((~given).sum())
        return new

    def add(self, post: Post) -> Ignored | None:
        """Take a tweet; a second copy of one already taken is ignored."""
        if not self.are_new(np.array([post.ident or 0]))[0]:
            return Ignored("duplicate")
        self.table.add_post(post)
        return None

    def add_note(self, note: Note) -> Ignored | None:
        """Take a long text; a second copy of one already taken is ignored."""
        if note.ident is not None:
            if note.ident in self._seen_notes:
                return Ignored("duplicate")
            self._seen_notes.add(note.ident)
        self._notes.append(note)
        return None

    def records(self) -> Iterator[MessageBatch | RawMessage | Ignored]:
        """Yield every tweet and note taken, oldest first, each exactly once."""
        joined = self._join_notes()
        if joined:
            yield Ignored("note_joined", joined)
        self._find_newest()
        kept = self._in_order()
        if len(kept) < len(self.table):
            yield Ignored("older_edit", len(self.table) - len(kept))
        yield from self._batches(kept)
        for seq, note in enumerate(self._notes, start=len(kept)):
            yield self._note_message(note, seq)
        ends = self.table.rows(kept[[0, -1]])["t_us"].tolist() if len(kept) else []
        ends += [note.when.t_us for note in self._notes]
        self.span = Span(min(ends, default=None), max(ends, default=None))
        self.table = PostTable()

    def _in_order(self) -> Ints:
        """Return the tweets that are kept, oldest first."""
        ident = self.table.column("ident")
        kept = np.flatnonzero(~np.isin(ident, list(self._newest)))
        record = -self.table.column("record")[kept].astype(np.int64)
        return kept[np.lexsort((record, ident[kept], self.table.column("t_us")[kept]))]

    def _join_notes(self) -> int:
        """Give long texts to their tweets; keep the rest. Return how many found one."""
        if not self._notes:
            return 0
        seconds = [note.when.t_us // SECOND for note in self._notes]
        near = np.isin(self.table.column("t_us") // SECOND, seconds)
        stated = [note.tweet for note in self._notes if note.tweet]
        near |= np.isin(self.table.column("ident"), stated)
        places = np.flatnonzero(near).tolist()
        posts = [self.table.post(row) for row in places]
        row_of = {id(post): row for row, post in zip(places, posts, strict=True)}
        pairs = join_notes(posts, self._notes)
        for post, note in pairs:
            more = note_mentions(note, self._people, is_reply=post.parent is not None)
            mentions = dict.fromkeys(post.mentions + more)
            self.table.change(row_of[id(post)], note.text, mentions)
        done = {id(note) for _, note in pairs}
        self._notes = [note for note in self._notes if id(note) not in done]
        self._notes.sort(key=lambda note: (note.when.t_us, note.record))
        if self._notes:
            self.facts["notes_without_tweet"] = len(self._notes)
        return len(pairs)

    def _find_newest(self) -> None:
        """Map each superseded version of an edited tweet to the last one the archive holds."""
        versions: dict[int, set[int]] = {}
        idents = self.table.column("ident") if self.table.edits else ()
        for row, edits in self.table.edits.items():
            if idents[row]:
                group = {int(idents[row]), *edits}
                for known in [versions[ident] for ident in group if ident in versions]:
                    group |= known
                for ident in group:
                    versions[ident] = group
        for group in {id(group): group for group in versions.values()}.values():
            last = max(ident for ident in group if ident in self.idents)
            self._newest.update((ident, last) for ident in group if ident != last)

    def current(self, ident: int | None) -> int | None:
        """Return the id under which a tweet is kept."""
        return ident if ident is None else self._newest.get(ident, ident)

    def _current(self, idents: Ints) -> Ints:
        """Return the ids under which tweets are kept."""
        old = np.isin(idents, list(self._newest))
        if not old.any():
            return idents
        idents = idents.copy()
        idents[old] = [self._newest[ident] for ident in idents[old].tolist()]
        return idents

    def _batches(self, kept: Ints) -> Iterator[MessageBatch]:
        """Yield tweets as messages, in the order of `kept`."""
        table, owner = self.table, self.table.number(self._owner)
        ident = table.column("ident")[kept]
        parent = self._current(table.column("parent")[kept])
        root, root_author = roots_of(ident, parent, table.column("parent_author")[kept])
        own = root == ident
        root[own], root_author[own] = 0, -1
        root_author[self.idents.has(root)] = owner
        keys = np.where(root != 0, root, ident)
        threads, thread = self._threads(keys, kept)
        del ident, own, keys
        give_back()
        for start in range(0, len(kept), _BATCH):
            cut = slice(start, start + _BATCH)
            rows = table.rows(kept[cut])
            answers, target = rows["parent_author"], self._current(rows["target"])
            batch = MessageBatch(
                threads,
                table.people,
                np.full(len(rows), owner),
                rows["t_us"],
                start + np.arange(len(rows)),
                self._texts(kept[cut], rows),
                thread=thread[cut],
                ref=NumberedRefs(PLATFORM, rows["ident"]),
                reply_to=NumberedRefs(PLATFORM, parent[cut]),
                root=NumberedRefs(PLATFORM, root[cut]),
                target=NumberedRefs(PLATFORM, target),
                reply_author=np.where((answers < 0) & self.idents.has(parent[cut]), owner, answers),
                root_author=root_author[cut],
                target_author=np.where(self.idents.has(target), owner, rows["target_author"]),
                mentions=self._mentions(kept[cut]),
            )
            self._describe(batch, kept[cut], rows)
            yield batch

    def _texts(self, kept: Ints, rows: Rows) -> pa.Array:
        """Return the texts of tweets; none of deleted ones."""
        found = self.table.texts(kept)
        gone = rows["source"] == _DELETED
        return found if not gone.any() else pc.if_else(pa.array(gone), _NOTHING, found)

    def _mentions(self, kept: Ints) -> tuple[Ints, Ints]:
        """Return the mentions of tweets: place among `kept` and person."""
        rows, persons = self.table.mentions()
        starts, ends = np.searchsorted(rows, kept), np.searchsorted(rows, kept, side="right")
        counts = ends - starts
        places = np.repeat(np.arange(len(kept)), counts)
        slots = np.arange(len(places)) - np.repeat(np.cumsum(counts) - counts, counts)
        return places, persons[np.repeat(starts, counts) + slots]

    def _describe(self, batch: MessageBatch, kept: Ints, rows: Rows) -> None:
        """Fill in what tweets are and who could read them."""
        gone, community = rows["source"] == _DELETED, rows["source"] == _COMMUNITY
        closed = self._protection.during(rows["t_us"])
        kinds = _words(rows["kind"], list(KINDS))
        batch.kind = pc.if_else(pa.array(gone), "deleted", kinds) if gone.any() else kinds
        batch.original_kind = pc.if_else(pa.array(gone), kinds, _NOTHING) if gone.any() else None
        batch.visibility = _words(closed & ~community, ["public", "semi_public"])
        if closed.any() or community.any():
            raw = np.where(community, 1, np.where(closed, 2, 0))
            batch.visibility_raw = _words(raw, [None, "community", "protected"])
        batch.lang = _words(rows["lang"], [*self.table.langs, None])
        batch.time_note = pa.array(rows["note"], pa.int16())
        batch.resolution_us = pa.array(rows["resolution_us"])
        edits = self.table.edits
        edited = np.isin(kept, list(edits))
        for place in np.flatnonzero(edited).tolist():
            edited[place] = rows["ident"][place] != min(edits[int(kept[place])])
        batch.edited = pa.array(edited)

    def _threads(self, keys: Ints, kept: Ints) -> tuple[PublicThreads, npt.NDArray[np.int32]]:
        """Return the threads of tweets, and the number of each one's.

        Anyone can read them, so they list no members. `keys` holds the id of each thread's first
        tweet, 0 for a tweet without usable id and parent, which is a thread of its own.
        """
        loose = np.flatnonzero(keys == 0)
        keys[loose] = -1 - np.arange(len(loose))
        known, first, thread = np.unique(keys, return_index=True, return_inverse=True)
        order = np.argsort(first)  # numbered as first met
        places = np.empty(len(order), np.int32)
        places[order] = np.arange(len(order))
        words = pa.array(known[order]).cast(pa.string())
        if len(loose):
            times = self.table.rows(kept[loose])["t_us"].tolist()
            named = pa.array([self._loose_key(t_us) for t_us in times], pa.string())
            # Those are numbered downwards in order, so they are met in order.
            words = pc.replace_with_mask(words, pa.array(known[order] < 0), named)
        return PublicThreads(PLATFORM, words), places[thread]

    def _loose_key(self, t_us: int) -> str:
        """Return a thread key for a tweet without usable id: its time and place in that second."""
        self._loose[t_us] += 1
        return f"at:{t_us}:{self._loose[t_us] - 1}"

    def _note_message(self, note: Note, seq: int) -> RawMessage:
        """Turn a long text whose tweet the archive lacks into a post of its own."""
        key = f"note:{note.ident}" if note.ident is not None else self._loose_key(note.when.t_us)
        is_protected = self._protection.at(note.when.t_us)
        ref = MessageRef(PLATFORM, str(note.ident), within=_NOTE_SPACE)
        return RawMessage(
            conversation=Conversation(PLATFORM, key, "thread"),
            author=self._owner,
            t_us=note.when.t_us,
            seq=seq,
            ref=None if note.ident is None else ref,
            kind="deleted" if note.is_deleted else "post",
            original_kind="post" if note.is_deleted else None,
            visibility="semi_public" if is_protected else "public",
            visibility_raw="protected" if is_protected else None,
            text=None if note.is_deleted else note.text,
            mentions=note_mentions(note, self._people, is_reply=False),
            time_note=note.when.note,
            resolution_us=note.when.resolution_us,
        )


def _words(numbers: npt.NDArray[Any], words: list[str | None]) -> pa.Array:
    """Return a column of a few words; -1 stands for the last."""
    places = np.where(numbers < 0, len(words) - 1, numbers).astype(np.int32)
    return pa.array(words, pa.string()).take(pa.array(places))
