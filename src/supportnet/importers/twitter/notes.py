"""Long posts: their full text stands in another file, without the id of the tweet it belongs to.

A note and a tweet belong together when they were sent in the same second *and* the note begins
with the tweet's text (without its final `…` and link). The second alone would be wrong: threads
are posted within one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from supportnet.importers.twitter.clock import When, direct_time, whole
from supportnet.importers.twitter.people import People, handle_of
from supportnet.importers.twitter.posts import Post, lead_end, plain
from supportnet.records import SECOND, Identity

__all__ = ["Note", "join_notes", "note_mentions", "parse_note"]

_FINAL_LINKS = re.compile(r"(?:\s*https?://t\.co/\w+)+\s*$")


@dataclass(slots=True)
class Note:
    """The full text of a long post.

    Attributes
    ----------
    ident
        Its id, in an id space of its own.
    when
        When it was sent.
    text
        The words, unescaped.
    handles
        Accounts named in it, as far as it lists them.
    tweet
        The tweet's id, in the one variant that states it.
    is_deleted
        It came from the file of deleted notes.
    record
        Number in its file.
    """

    ident: int | None
    when: When
    text: str
    handles: tuple[str, ...]
    tweet: int | None
    is_deleted: bool
    record: int


def parse_note(raw: dict[str, Any], record: int, *, is_deleted: bool) -> Note | str:
    """Read one note.

    Parameters
    ----------
    raw
        The unwrapped record, in either of its two known shapes.
    record
        Number in its file.
    is_deleted
        Whether it came from the file of deleted notes.

    Returns
    -------
    Note or str
        The note, or the reason why it cannot be used.
    """
    body = raw.get("core")
    if not isinstance(body, dict):
        body = raw.get("noteTweetResults")
    text = body.get("text") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(text, str):
        return "unknown_shape"
    tweet = whole(raw.get("tweetId"))
    when = direct_time(raw.get("createdAt"), tweet)
    if isinstance(when, str):
        return when
    listed = body.get("mentions")
    if not isinstance(listed, list):
        entities = body.get("entitySet")
        listed = entities.get("userMentions") if isinstance(entities, dict) else None
    handles: list[str] = []
    for entry in listed if isinstance(listed, list) else ():
        if isinstance(entry, dict):
            handle = handle_of(entry.get("screenName") or entry.get("screen_name"))
            handles += [handle] if handle is not None else []
    return Note(
        ident=whole(raw.get("noteTweetId")),
        when=when,
        text=plain(text),
        handles=tuple(dict.fromkeys(handles)),
        tweet=tweet,
        is_deleted=is_deleted,
        record=record,
    )


def _beginning(text: str) -> tuple[str, bool]:
    """Return a tweet's text without final links and `…`, and whether it was cut off."""
    start = _FINAL_LINKS.sub("", text).rstrip()
    return start.rstrip("…").rstrip(), start.endswith("…")


def _fit(post: Post, note: Note) -> tuple[bool, int] | None:
    """Return how well a note continues a tweet of its second (cut off, characters shared)."""
    if note.tweet is not None:
        return (True, len(note.text) + 1) if note.tweet == post.ident else None
    if post.kind == "repost":
        return None
    start, is_cut = _beginning(post.text)
    for skip_lead in (False, True):
        # A reply's automatic prefix may stand in one of the two texts only.
        head = start[lead_end(start) :] if skip_lead else start
        whole_text = note.text[lead_end(note.text) :] if skip_lead else note.text
        if head and whole_text.startswith(head):
            return is_cut, len(head)
    return None


def join_notes(posts: Iterable[Post], notes: Iterable[Note]) -> list[tuple[Post, Note]]:
    """Find the tweet of each note.

    Parameters
    ----------
    posts
        All tweets of the archive.
    notes
        All notes.

    Returns
    -------
    list of (Post, Note)
        Pairs; each tweet and each note stands in one at most. Of several candidates a tweet that
        was cut off goes first, then the one that shares more text.
    """
    waiting: dict[int, list[Note]] = {}
    stated: dict[int, list[Note]] = {}
    for note in notes:
        if note.tweet is not None:
            stated.setdefault(note.tweet, []).append(note)
        else:
            waiting.setdefault(note.when.t_us // SECOND, []).append(note)
    if not waiting and not stated:
        return []
    fits: list[tuple[bool, int, Post, Note]] = []
    for post in posts:
        here = waiting.get(post.when.t_us // SECOND, [])
        if post.ident is not None:
            here = here + stated.get(post.ident, [])
        for note in here:
            fit = _fit(post, note)
            if fit is not None:
                fits.append((*fit, post, note))
    fits.sort(key=lambda found: found[:2], reverse=True)
    taken: set[int] = set()
    pairs: list[tuple[Post, Note]] = []
    for *_, post, note in fits:
        if id(post) not in taken and id(note) not in taken:
            taken |= {id(post), id(note)}
            pairs.append((post, note))
    return pairs


def note_mentions(note: Note, people: People, *, is_reply: bool) -> tuple[Identity, ...]:
    """Return the accounts typed in a note, without a reply's automatic prefix."""
    start = lead_end(note.text) if is_reply else 0
    body = note.text[start:].lower()
    typed = [handle for handle in note.handles if not start or f"@{handle}" in body]
    return tuple(people.id_of(handle) or people.by_handle(handle) for handle in typed)
