"""Conversations: a thread anyone may read, a pair, or several who are named in every message."""

from __future__ import annotations

from typing import Literal, TypeAlias

from supportnet.importers.mastodon.files import PLATFORM
from supportnet.importers.mastodon.threads import Threads
from supportnet.records import Conversation, Identity

__all__ = ["DirectVisibility", "Places"]

DirectVisibility: TypeAlias = Literal["private_1to1", "private_group", "unknown"]


class Places:
    """Make each conversation once."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads
        self._known: dict[str, Conversation] = {}
        self._no_members: set[Identity] = set()

    def thread(self, key: str) -> Conversation:
        """Return the conversation of a thread; its readers are not known one by one."""
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = Conversation(PLATFORM, key, "thread", self._no_members)
        return found

    def direct(
        self, uri: str, talk: str | None, author: Identity, readers: tuple[Identity, ...]
    ) -> tuple[Conversation, DirectVisibility]:
        """Return the conversation of a private mention, and how private it is.

        Parameters
        ----------
        uri
            Address of the post.
        talk
            The talk it says it belongs to, which is the same word in everybody's archive.
        author
            Who wrote it.
        readers
            Everyone else who could read it.

        Returns
        -------
        tuple of (Conversation, str)
            With one reader the pair, `private_1to1`; with several their talk, `private_group`;
            with none (nobody was named, or the one who was is gone) a conversation of its own,
            `unknown`.
        """
        people = {author, *readers}
        kind: Literal["dm", "group", "unknown"] = "unknown"
        visibility: DirectVisibility = "unknown"
        key = uri
        if len(readers) == 1:
            key = "|".join(sorted(one.id for one in people))
            kind, visibility = "dm", "private_1to1"
        elif readers:
            key = talk or self._threads.key(uri, direct=True)
            kind, visibility = "group", "private_group"
        key = f"direct:{kind}:{key}"
        place = self._known.get(key)
        if place is None:
            basis: Literal["roster", "none"] = "roster" if readers else "none"
            place = self._known[key] = Conversation(PLATFORM, key, kind, set(), basis)
        place.members |= people
        return place, visibility
