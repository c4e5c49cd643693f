"""Likes, follows, headers, and the files that are counted and left out."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from typing import Final, Literal

from supportnet.archive import Member
from supportnet.importers.twitter.clock import whole
from supportnet.importers.twitter.files import IGNORED, PLATFORM
from supportnet.importers.twitter.items import Tally, items, unwrapped
from supportnet.importers.twitter.people import People, handle_of
from supportnet.importers.twitter.threads import Threads
from supportnet.records import Identity, Ignored, MessageRef, RawContact, RawReaction, Rejected

__all__ = ["Lists", "header_counts", "ignored_counts"]

_LIKED = re.compile(r"https?://(?:\w+\.)?(?:twitter|x)\.com/(\w{1,20})/status/", re.IGNORECASE)
# First segments of a path that are no handles.
_NO_HANDLES: Final = frozenset({"i", "web"})


class Lists:
    """Read likes, followers and follows; what two parts of an archive repeat counts once."""

    def __init__(self, people: People, owner: Identity, tally: Tally) -> None:
        self._people = people
        self._owner = owner
        self._tally = tally
        self._liked: set[int] = set()
        self._others: set[tuple[str, int]] = set()

    def likes(self, member: Member, threads: Threads) -> Iterator[RawReaction | Ignored | Rejected]:
        """Yield the owner's likes: no time, and as a rule no author of what was liked."""
        for item in items(member, "like", self._tally):
            if isinstance(item, Rejected):
                yield item
                continue
            record, _, value = item
            raw = unwrapped(value, "like")
            ident = whole(raw.get("tweetId"))
            if ident is None:
                yield self._tally.reject("unknown_shape", "like", record)
            elif ident in self._liked:
                yield Ignored("duplicate")
            else:
                self._liked.add(ident)
                current = threads.current(ident)
                own = ident in threads.idents
                yield RawReaction(
                    target=MessageRef(PLATFORM, str(current)),
                    kind="like",
                    actor=self._owner,
                    target_author=self._owner if own else self._author(raw.get("expandedUrl")),
                )

    def _author(self, link: object) -> Identity | None:
        """Return the author that a link to a tweet names, if it names one."""
        found = _LIKED.match(link) if isinstance(link, str) else None
        handle = handle_of(found[1]) if found is not None else None
        return None if handle is None or handle in _NO_HANDLES else self._people.by_handle(handle)

    def contacts(
        self, member: Member, kind: Literal["follower", "following"]
    ) -> Iterator[RawContact | Ignored | Rejected]:
        """Yield who follows the owner, or whom the owner follows, at the time of the export."""
        for item in items(member, kind, self._tally):
            if isinstance(item, Rejected):
                yield item
                continue
            record, _, value = item
            ident = whole(unwrapped(value, kind).get("accountId"))
            if ident is None:
                yield self._tally.reject("unknown_shape", kind, record)
            elif (kind, ident) in self._others:
                yield Ignored("duplicate")
            else:
                self._others.add((kind, ident))
                other = self._people.by_id(str(ident))
                yield RawContact(self._owner, other, "follower" if kind == "follower" else "follow")


def header_counts(
    member: Member, kind: str, tally: Tally, known: Container[int]
) -> Iterator[Ignored | Rejected]:
    """Yield one count per tweet header: a copy of a tweet already read, or of one held nowhere."""
    for item in items(member, kind, tally):
        if isinstance(item, Rejected):
            yield item
            continue
        raw = unwrapped(item[2], "tweet")
        ident = whole(raw.get("tweet_id") or raw.get("tweetId"))
        yield Ignored("header_duplicate" if ident in known else "header_only")


def ignored_counts(member: Member, kind: str, tally: Tally) -> Iterator[Ignored | Rejected]:
    """Yield the count of a file whose records are no talk between people."""
    n = 0
    for item in items(member, kind, tally):
        if isinstance(item, Rejected):
            yield item
        else:
            n += 1
    if n:
        yield Ignored(IGNORED[kind], n)
