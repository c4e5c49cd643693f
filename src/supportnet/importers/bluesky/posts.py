"""Records of a repository turned into messages, reactions and declared ties."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, Final, TypeAlias

from supportnet.importers.bluesky.clock import When, order_of, record_time
from supportnet.importers.bluesky.facts import carried, language_of, mentions_of
from supportnet.importers.bluesky.files import PLATFORM
from supportnet.importers.bluesky.people import People
from supportnet.importers.bluesky.repo import Found, ignored_as
from supportnet.records import (
    Conversation,
    Identity,
    Ignored,
    MessageRef,
    RawContact,
    RawMessage,
    RawReaction,
    Rejected,
)

__all__ = ["Posts"]

_Out: TypeAlias = RawMessage | RawReaction | RawContact | Ignored | Rejected
_Reader: TypeAlias = Callable[[Identity, Found], _Out | str]

# Everything in a repository is open to anyone.
_PUBLIC: Final = "public"


class Posts:
    """Turn records into what the store takes.

    Attributes
    ----------
    spans
        Times (µs) of the first and the last dated record of each owner.
    facts
        Counts for the data card.
    """

    def __init__(self, people: People, *, check_copies: bool) -> None:
        self._people = people
        self._threads: dict[str, Conversation] = {}
        self._no_members: set[Identity] = set()
        self._langs: dict[str, str] = {}
        self._taken: set[str] | None = set() if check_copies else None
        self.spans: dict[Identity, tuple[int, int]] = {}
        self.facts: Counter[str] = Counter()
        self._readers: dict[str, _Reader] = {
            "app.bsky.feed.post": self._post,
            "app.bsky.feed.like": self._like,
            "app.bsky.feed.repost": self._repost,
            "app.bsky.graph.follow": self._follow,
        }

    def read(self, owner: Identity, found: Found, pattern: str) -> _Out:
        """Return what one record is.

        Parameters
        ----------
        owner
            Whose repository it is.
        found
            The record and its place.
        pattern
            Generic name of the file, for rejects.

        Returns
        -------
        RawMessage, RawReaction, RawContact, Ignored or Rejected
            Exactly one.
        """
        reader = self._readers.get(found.collection)
        if reader is None:
            return Ignored(ignored_as(found.collection))
        if self._taken is not None:
            address = f"{owner.id}/{found.collection}/{found.rkey}"
            if address in self._taken:
                return Ignored("duplicate")
            self._taken.add(address)
        out = reader(owner, found)
        return Rejected(out, pattern, found.number) if isinstance(out, str) else out

    def _when(self, owner: Identity, found: Found) -> When | str:
        """Return a record's time and let the owner's span reach to it."""
        when = record_time(found.value.get("createdAt"), found.rkey)
        if isinstance(when, When):
            first, last = self.spans.get(owner, (when.t_us, when.t_us))
            self.spans[owner] = min(first, when.t_us), max(last, when.t_us)
        return when

    def _thread(self, key: str) -> Conversation:
        """Return the conversation of a thread; anyone can read it, so it lists no members."""
        thread = self._threads.get(key)
        if thread is None:
            thread = self._threads[key] = Conversation(PLATFORM, key, "thread", self._no_members)
        return thread

    def _message(self, owner: Identity, found: Found, when: When, root: str | None) -> RawMessage:
        """Return the message of a record, as far as posts and reposts have it in common."""
        uri = f"at://{owner.id}/{found.collection}/{found.rkey}"
        return RawMessage(
            conversation=self._thread(root or uri),
            author=owner,
            t_us=when.t_us,
            seq=order_of(found.rkey, when.t_us, found.number),
            ref=MessageRef(PLATFORM, uri),
            visibility=_PUBLIC,
            time_note=when.note,
            resolution_us=when.resolution_us,
        )

    def _post(self, owner: Identity, found: Found) -> RawMessage | str:
        """Read a post, an answer or a quote."""
        value = found.value
        text = value.get("text")
        if not isinstance(text, str):
            return "unknown_shape"
        when = self._when(owner, found)
        if isinstance(when, str):
            return when
        reply = value.get("reply")
        root = self._pointed(reply, "root")
        parent = self._pointed(reply, "parent")
        if root is None:
            root = parent
        message = self._message(owner, found, when, None if root is None else root[0].id)
        message.text = text
        if parent is not None:
            message.reply_to, message.reply_author = parent
        if root is not None:
            message.root, message.root_author = root
        message.mentions = mentions_of(value, self._people)
        message.target, message.target_author = carried(value, self._people)
        message.kind = "post" if message.target is None else "quote"
        message.lang = language_of(value, self._langs)
        return message

    def _pointed(self, reply: Any, name: str) -> tuple[MessageRef, Identity | None] | None:
        """Return the post that one of the two pointers of an answer names, and its author."""
        pointer = reply.get(name) if isinstance(reply, dict) else None
        found = self._people.content(pointer.get("uri")) if isinstance(pointer, dict) else None
        return None if found is None else (found[0], found[1])

    def _subject(self, found: Found) -> tuple[MessageRef, Identity | None] | None:
        """Return the content that a like or repost is about, and its author."""
        if isinstance(found.value.get("via"), dict):
            self.facts["seen_through_reposts"] += 1
        return self._pointed(found.value, "subject")

    def _repost(self, owner: Identity, found: Found) -> RawMessage | str:
        """Read a repost: a message of its own that points at another."""
        subject = self._subject(found)
        if subject is None:
            return "unknown_shape"
        when = self._when(owner, found)
        if isinstance(when, str):
            return when
        message = self._message(owner, found, when, None)
        message.kind = "repost"
        message.target, message.target_author = subject
        return message

    def _like(self, owner: Identity, found: Found) -> RawReaction | str:
        """Read a like; one without a usable time is kept without."""
        subject = self._subject(found)
        if subject is None:
            return "unknown_shape"
        when = self._when(owner, found)
        return RawReaction(
            target=subject[0],
            kind="like",
            actor=owner,
            target_author=subject[1],
            t_us=when.t_us if isinstance(when, When) else None,
            visibility=_PUBLIC,
        )

    def _follow(self, owner: Identity, found: Found) -> RawContact | str:
        """Read a follow; one without a usable time is kept without."""
        other = self._people.maybe(found.value.get("subject"))
        if other is None:
            return "unknown_shape"
        when = self._when(owner, found)
        if isinstance(when, str):
            return RawContact(owner, other, "follow")
        return RawContact(owner, other, "follow", when.t_us, when.resolution_us)
