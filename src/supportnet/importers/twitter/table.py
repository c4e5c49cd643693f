"""Hold the tweets of an archive in few bytes each until their threads are known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from supportnet.importers.twitter.clock import When
from supportnet.importers.twitter.posts import Post, PostKind
from supportnet.records import Identity

__all__ = ["KINDS", "ROW", "SOURCES", "PostTable", "texts_of"]

Ints: TypeAlias = npt.NDArray[np.int64]
Rows: TypeAlias = npt.NDArray[Any]

KINDS: Final[tuple[PostKind, ...]] = ("post", "quote", "repost")
# In this order, so that of two copies the one that tells more is met first.
SOURCES: Final = ("tweet", "community_tweet", "classic_month", "classic_csv", "deleted_tweet")
# One tweet: 0 stands for no id, -1 for no person and no language.
ROW: Final = np.dtype(
    [
        ("ident", np.int64), ("t_us", np.int64), ("parent", np.int64), ("target", np.int64),
        ("resolution_us", np.int64), ("parent_author", np.int32), ("target_author", np.int32),
        ("record", np.int32), ("lang", np.int16), ("kind", np.int8), ("note", np.int8),
        ("source", np.int8),
    ]
)  # fmt: skip
_MOST_LANGS = 2**15 - 1


class PostTable:
    """Tweets in the order in which they were added.

    Attributes
    ----------
    people
        The persons that columns number.
    langs
        The language tags that column `lang` numbers.
    edits
        Row → ids of all versions of an edited tweet.
    """

    def __init__(self) -> None:
        self._chunks: list[Rows] = []
        self._texts: list[pa.Array] = []
        self._starts: list[int] = [0]
        self._mentions: list[tuple[Ints, Ints]] = []
        self._numbers: dict[int, int] = {}
        self._tags: dict[str, int] = {}
        self._changed: dict[int, str] = {}
        self.people: list[Identity] = []
        self.langs: list[str] = []
        self.edits: dict[int, tuple[int, ...]] = {}

    def __len__(self) -> int:
        return self._starts[-1]

    def number(self, person: Identity | None) -> int:
        """Return the number of a person; -1 for nobody."""
        if person is None:
            return -1
        found = self._numbers.get(id(person))
        if found is None:
            found = self._numbers[id(person)] = len(self.people)
            self.people.append(person)
        return found

    def tag(self, lang: object) -> int:
        """Return the number of a language tag; -1 for none."""
        if not isinstance(lang, str) or lang == "und":
            return -1
        if lang not in self._tags:
            if len(self.langs) == _MOST_LANGS:
                return -1
            self._tags[lang] = len(self.langs)
            self.langs.append(lang)
        return self._tags[lang]

    def row_of(self, post: Post) -> tuple[Any, ...]:
        """Return a tweet that was read by itself as a row."""
        return (
            post.ident or 0, post.when.t_us, post.parent or 0, post.target or 0,
            post.when.resolution_us, self.number(post.parent_author),
            self.number(post.target_author), post.record, self.tag(post.lang),
            KINDS.index(post.kind), post.when.note, SOURCES.index(post.source),
        )  # fmt: skip

    def add(
        self,
        rows: Rows,
        texts: pa.Array,
        mentions: tuple[Ints, Ints],
        edits: dict[int, tuple[int, ...]],
    ) -> None:
        """Add tweets.

        Parameters
        ----------
        rows, texts
            One entry each per tweet.
        mentions
            The place of each mention among `rows`, in order, and the person.
        edits
            Place among `rows` → ids of all versions.
        """
        if len(rows):
            places, persons = mentions
            self._mentions.append((places + len(self), persons))
            self.edits.update((len(self) + place, ids) for place, ids in edits.items())
            self._chunks.append(rows)
            self._texts.append(texts)
            self._starts.append(len(self) + len(rows))

    def add_post(self, post: Post) -> None:
        """Add one tweet that was read by itself."""
        persons = np.array([self.number(person) for person in post.mentions], np.int64)
        self.add(
            np.array([self.row_of(post)], ROW),
            texts_of([post.text]),
            (np.zeros(len(persons), np.int64), persons),
            {0: post.edits} if post.edits else {},
        )

    def column(self, name: str) -> Rows:
        """Return one field of all tweets."""
        parts = [chunk[name] for chunk in self._chunks]
        return np.concatenate(parts) if parts else np.zeros(0, ROW[name])

    def _places(self, rows: Ints) -> tuple[Ints, list[int]]:
        """Return which chunk each of some tweets is in, and these chunks."""
        where = np.searchsorted(self._starts, rows, side="right") - 1
        return where, np.unique(where).tolist()

    def rows(self, rows: Ints) -> Rows:
        """Return some tweets."""
        where, held = self._places(rows)
        found = np.zeros(len(rows), ROW)
        for chunk in held:
            mine = where == chunk
            found[mine] = self._chunks[chunk][rows[mine] - self._starts[chunk]]
        return found

    def texts(self, rows: Ints) -> pa.Array:
        """Return the texts of some tweets."""
        where, held = self._places(rows)
        near = [self._texts[chunk] for chunk in held]
        begins = np.cumsum([0, *map(len, near)])
        places = rows - np.array(self._starts)[where] + begins[np.searchsorted(held, where)]
        found = pa.concat_arrays([*near, texts_of([])]).take(pa.array(places, pa.int64()))
        changed = np.isin(rows, list(self._changed))
        if changed.any():
            words = texts_of([self._changed[row] for row in rows[changed].tolist()])
            found = pc.replace_with_mask(found, pa.array(changed), words)
        return found

    def mentions(self) -> tuple[Ints, Ints]:
        """Return the row of each mention and the person, in order of rows."""
        if len(self._mentions) != 1:
            none = np.zeros(0, np.int64)
            pairs = [*self._mentions, (none, none)]
            whole = [np.concatenate([pair[side] for pair in pairs]) for side in (0, 1)]
            self._mentions = [(whole[0], whole[1])]
        return self._mentions[0]

    def change(self, row: int, text: str, mentions: Iterable[Identity]) -> None:
        """Give a tweet another text and other mentions."""
        self._changed[row] = text
        rows, persons = self.mentions()
        others = rows != row
        new = np.array([self.number(person) for person in mentions], np.int64)
        rows = np.concatenate([rows[others], np.full(len(new), row)])
        persons = np.concatenate([persons[others], new])
        order = np.argsort(rows, kind="stable")
        self._mentions = [(rows[order], persons[order])]

    def post(self, row: int) -> Post:
        """Return one tweet with all that was held of it."""
        held = self.rows(np.array([row]))[0]
        rows, persons = self.mentions()
        mine = persons[slice(*np.searchsorted(rows, [row, row + 1]))]
        named = [
            None if n < 0 else self.people[n]
            for n in (held["parent_author"], held["target_author"])
        ]
        return Post(
            ident=int(held["ident"]) or None,
            when=When(int(held["t_us"]), int(held["note"]), int(held["resolution_us"])),
            text=self.texts(np.array([row]))[0].as_py(),
            kind=KINDS[held["kind"]],
            parent=int(held["parent"]) or None,
            parent_author=named[0],
            target=int(held["target"]) or None,
            target_author=named[1],
            mentions=tuple(self.people[n] for n in mine),
            edits=self.edits.get(row, ()),
            source=SOURCES[held["source"]],
            lang=None if held["lang"] < 0 else self.langs[held["lang"]],
            record=int(held["record"]),
        )


def texts_of(words: list[str]) -> pa.Array:
    """Make an array of texts; half a surrogate pair becomes U+FFFD, as everywhere."""
    try:
        return pa.array(words, pa.string())
    except UnicodeEncodeError:
        clean = [word.encode("utf-8", "replace").decode("utf-8") for word in words]
        return pa.array(clean, pa.string())
