"""Threads: which own posts belong together, found out before any of them is read."""

from __future__ import annotations

from typing import Any, NamedTuple

from supportnet.importers.mastodon.audience import Word
from supportnet.records import Identity

__all__ = ["Threads", "parent_of", "talk_of"]


class _Own(NamedTuple):
    """An own post: what it answers, which talk it belongs to."""

    parent: str | None
    talk: str | None


class Threads:
    """Own posts by address, and the oldest known pointer of each talk.

    A post names the post it answers and, since 2018, a talk (`conversation`, later `context`). The
    first post of a talk is named nowhere. The key of a thread is therefore the oldest post known of
    it: the oldest own post of the talk if that answers nothing, else the post it answers.
    """

    def __init__(self) -> None:
        self._own: dict[str, _Own] = {}
        self._mentions: dict[str, frozenset[Identity]] = {}
        self._oldest: dict[tuple[str, bool], tuple[int, str]] = {}
        self._roots: dict[bool, dict[str, str]] = {False: {}, True: {}}

    def __contains__(self, uri: object) -> bool:
        return uri in self._own

    def add(
        self,
        uri: str,
        note: dict[str, Any],
        word: Word,
        t_us: int,
        mentions: frozenset[Identity],
    ) -> None:
        """Take one own post."""
        if uri in self._own:
            return
        talk = talk_of(note)
        self._own[uri] = _Own(parent_of(note), talk)
        if mentions:
            self._mentions[uri] = mentions
        if talk is not None:
            # A direct post in a public talk is a talk apart.
            place = (talk, word == "direct")
            oldest = self._oldest.get(place)
            if oldest is None or t_us < oldest[0]:
                self._oldest[place] = (t_us, uri)

    def mentions_in(self, uri: str | None) -> frozenset[Identity]:
        """Return whom an own post mentions; nobody for a post that is not here."""
        return self._mentions.get(uri or "", frozenset())

    def key(self, uri: str, *, direct: bool = False) -> str:
        """Return the address of the oldest post known of a post's thread.

        Damaged files may point in circles; each post is then passed once.
        """
        roots = self._roots[direct]
        passed: dict[str, None] = {}
        while uri not in passed:
            known = roots.get(uri)
            if known is not None:
                uri = known
                break
            passed[uri] = None
            own = self._own.get(uri)
            if own is None:
                break
            above = own.parent
            oldest = None if own.talk is None else self._oldest.get((own.talk, direct))
            if oldest is not None and oldest[1] not in passed:
                above = oldest[1]
            if above is None or above in passed:
                break
            uri = above
        for one in passed:
            roots[one] = uri
        return uri


def parent_of(note: dict[str, Any]) -> str | None:
    """Return the address of the post that a post answers."""
    parent = note.get("inReplyTo")
    if isinstance(parent, dict):
        parent = parent.get("id")
    return parent if isinstance(parent, str) and parent else None


def talk_of(note: dict[str, Any]) -> str | None:
    """Return the talk that a post says it belongs to; posts of 2018 may not say."""
    for name in ("conversation", "context"):
        talk = note.get(name)
        if isinstance(talk, str) and talk:
            return talk
    return None
