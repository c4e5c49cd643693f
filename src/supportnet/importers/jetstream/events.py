"""The fields of an event that are read, and what each event is about."""

from __future__ import annotations

from typing import Any, Final, NamedTuple, TypeAlias

import msgspec

from supportnet.parsing.atproto import POST
from supportnet.parsing.copies import CREATED, DELETED, UPDATED

__all__ = ["LIKE", "REPOST", "WANTED", "Change", "Commit", "Event"]
__all__ += ["change_of", "kind_of", "time_of"]

LIKE: Final = "app.bsky.feed.like"
REPOST: Final = "app.bsky.feed.repost"
_FOLLOW: Final = "app.bsky.graph.follow"
WANTED: Final = frozenset({POST, LIKE, REPOST, _FOLLOW})

_Odd: TypeAlias = list[Any] | str | int | float | bool | None
# The first version of the stream abbreviated its words.
_KINDS: Final = {"com": "commit", "id": "identity", "acc": "account"}
_OPERATIONS: Final = {
    "create": CREATED,
    "update": UPDATED,
    "delete": DELETED,
    "c": CREATED,
    "u": UPDATED,
    "d": DELETED,
}
_LAST_US: Final = 2**62


class Commit(msgspec.Struct, gc=False):
    """A change to one record of one account."""

    operation: Any = None
    type: Any = None
    collection: Any = None
    rkey: Any = None
    record: Any = None


class Event(msgspec.Struct, gc=False):
    """One line of the stream."""

    did: Any = None
    time_us: Any = None
    kind: Any = None
    type: Any = None
    commit: Commit | _Odd = None
    identity: Any = None
    account: Any = None


class Change(NamedTuple):
    """A commit that can be used: account, collection, key, what happened, address."""

    did: str
    collection: str
    rkey: str
    what: int
    uri: str


def kind_of(event: Event) -> str | None:
    """Return `commit`, `identity` or `account`; None for anything else."""
    word = event.kind if event.kind is not None else event.type
    return _KINDS.get(word, word) if type(word) is str else None


def time_of(event: Event) -> int:
    """Return an event's place in time (µs); 0 where it has none."""
    t_us = event.time_us
    return t_us if type(t_us) is int and 0 < t_us < _LAST_US else 0


def change_of(event: Event) -> Change | None:
    """Return what a commit changed; None when it cannot be told."""
    commit, did = event.commit, event.did
    if type(commit) is not Commit or type(did) is not str:
        return None
    word = commit.operation if commit.operation is not None else commit.type
    what = _OPERATIONS.get(word) if type(word) is str else None
    collection, rkey = commit.collection, commit.rkey
    if what is None or type(collection) is not str or type(rkey) is not str:
        return None
    return Change(did, collection, rkey, what, f"at://{did}/{collection}/{rkey}")
