"""The repository: from the signed commit down the search tree to the records.

Stale blocks may lie in the file, and a record does not know its own key, so records are found by
walking the tree and never by looking through the blocks. The file is read twice: once for the tree,
whose nodes are held, and once for the records, which are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple, NoReturn

from supportnet.archive import Member
from supportnet.errors import ArchiveError
from supportnet.importers.bluesky.car import Car, decode, is_intact
from supportnet.importers.bluesky.clock import tid_time
from supportnet.importers.bluesky.files import PATTERNS
from supportnet.records import Ignored, Rejected

__all__ = ["IGNORED", "WANTED", "Found", "Repo", "ignored_as", "owner_of"]

# Collections whose records are read.
WANTED: Final = (
    "app.bsky.feed.post",
    "app.bsky.feed.like",
    "app.bsky.feed.repost",
    "app.bsky.graph.follow",
)
# Collections that are understood and left out: each is counted under its word.
IGNORED: Final = {
    "app.bsky.actor.profile": "profile",
    "app.bsky.actor.status": "status",
    "app.bsky.feed.generator": "feed_generator",
    "app.bsky.feed.postgate": "quote_gate",
    "app.bsky.feed.threadgate": "reply_gate",
    "app.bsky.graph.block": "block",
    "app.bsky.graph.list": "list",
    "app.bsky.graph.listblock": "list",
    "app.bsky.graph.listitem": "list",
    "app.bsky.graph.starterpack": "starter_pack",
    "app.bsky.graph.verification": "verification",
    "app.bsky.labeler.service": "labeler",
    "app.bsky.notification.declaration": "setting",
    "chat.bsky.actor.declaration": "setting",
}
_NUMBER: Final = {collection: number for number, collection in enumerate(WANTED)}
_KEY = re.compile(rb"([A-Za-z][A-Za-z0-9.-]{0,316})/([A-Za-z0-9._:~-]{1,512})")
_MAX_KEY: Final = 1024
# First bytes of a tree node (a map of `e` and `l`) and of a commit (5 or 6 fields, `did` first).
_NODE: Final = (b"\xa2ae", b"\xa2al")
_COMMIT: Final = (b"\xa5cdid", b"\xa6cdid")
_MAX_NODES: Final = 512 * 2**20
_VERSIONS: Final = (2, 3)


def ignored_as(collection: str) -> str:
    """Return the word under which records of a collection are counted and left out.

    Examples
    --------
    >>> ignored_as("app.bsky.graph.block"), ignored_as("fm.teal.alpha.feed.play")
    ('block', 'other_app')
    """
    known = IGNORED.get(collection)
    if known is not None:
        return known
    return "other_record" if collection.startswith(("app.bsky.", "chat.bsky.")) else "other_app"


class Found(NamedTuple):
    """A record with its place: collection and key make its address."""

    number: int
    collection: str
    rkey: str
    value: dict[str, Any]


class Repo:
    """One repository file.

    Parameters
    ----------
    member
        The CAR file.

    Attributes
    ----------
    did
        The owner.
    rev_us
        When the last change in it was made (µs since 1970 UTC), where the commit says so.
    n_missing_nodes
        Nodes of the tree that are absent or damaged: an unknown number of records each.
    n_stale
        Tree nodes in the file that the commit does not reach.

    Raises
    ------
    ArchiveError
        When there is no commit, or one of a version that is not known.
    """

    def __init__(self, member: Member) -> None:
        self._member = member
        self._car = Car(member)
        self._nodes: dict[bytes, bytes] = {}
        commit = self._scan()
        if not isinstance(commit, dict):
            self._refuse("none")
        self.did: str = commit["did"]
        rev = commit.get("rev")
        self.rev_us = tid_time(rev) if isinstance(rev, str) else None
        self._data: bytes = commit["data"]
        self.n_missing_nodes = 0
        self.n_stale = 0

    @property
    def is_cut(self) -> bool:
        """Whether the file ends before its proper end."""
        return self._car.is_cut

    def _refuse(self, found: str) -> NoReturn:
        """Raise the one-sentence error for a file without a commit that can be read."""
        msg = (
            f"{self._member.label}: a repository with a commit of version 2 or 3 was expected; "
            f"found {found}; download the repository again."
        )
        raise ArchiveError(msg)

    def _scan(self) -> dict[str, Any] | None:
        """Go through the file once: hold the nodes, return the commit.

        The commit is the root; where its block is missing or damaged, the newest other one serves.
        """
        size = 0
        best: dict[str, Any] | None = None
        roots = frozenset(self._car.roots)
        is_root = False
        for cid, data in self._car.blocks():
            if data.startswith(_NODE):
                if cid not in self._nodes and is_intact(cid, data):
                    self._nodes[cid] = data
                    size += len(data)
                    if size > _MAX_NODES:
                        self._refuse("a search tree over the cap")
            elif (cid in roots or data.startswith(_COMMIT)) and not is_root:
                commit = _commit(decode(data)) if is_intact(cid, data) else None
                is_root = commit is not None and cid in roots
                if commit is not None and (is_root or best is None or _rev(commit) > _rev(best)):
                    best = commit
        return best

    def records(self) -> Iterator[Found | Ignored | Rejected]:
        """Yield every record of the tree exactly once.

        Yields
        ------
        Found, Ignored or Rejected
            A record that is read; the count of one that is left out; one whose bytes are not in
            the file (`missing_block`), damaged (`damaged_block`) or no record, one count per node
            of the tree that is missing (`missing_node`).
        """
        places: dict[bytes, int] = {}
        more: dict[int, int] = {}
        rkeys: list[str] = []
        collections = bytearray()
        for key, cid in self._walk():
            if cid is None:
                yield Rejected(key, PATTERNS["car"], len(rkeys))
                continue
            collection, _, rkey = key.partition("/")
            number = _NUMBER.get(collection)
            if number is None:
                yield Ignored(ignored_as(collection))
                continue
            place = len(rkeys)
            rkeys.append(rkey)
            collections.append(number)
            if cid in places:
                more[place] = places[cid]
            places[cid] = place
        self._nodes = {}
        yield from self._fetch(places, more, rkeys, collections)

    def _fetch(
        self,
        places: dict[bytes, int],
        more: dict[int, int],
        rkeys: list[str],
        collections: bytearray,
    ) -> Iterator[Found | Rejected]:
        """Go through the file again and yield the records asked for."""
        damaged: set[bytes] = set()
        pattern = PATTERNS["car"]
        for cid, data in self._car.blocks():
            first = places.get(cid)
            if first is None:
                continue
            if not is_intact(cid, data):
                damaged.add(cid)
                continue
            del places[cid]
            value = decode(data)
            place: int | None = first
            while place is not None:
                if isinstance(value, dict):
                    yield Found(place, WANTED[collections[place]], rkeys[place], value)
                else:
                    yield Rejected("cbor_syntax", pattern, place)
                place = more.get(place)
        for cid, first in places.items():
            reason = "damaged_block" if cid in damaged else "missing_block"
            place = first
            while place is not None:
                yield Rejected(reason, pattern, place)
                place = more.get(place)

    def _walk(self) -> Iterator[tuple[str, bytes | None]]:
        """Yield (key, address) of every record in key order; (reason, None) where it breaks off.

        Each node is taken once: a tree that leads back into itself ends there.
        """
        todo: list[tuple[str | None, bytes]] = [(None, self._data)]
        while todo:
            key, cid = todo.pop()
            if key is not None:
                yield key, cid or None
                continue
            data = self._nodes.get(cid)
            if data is None:
                self.n_missing_nodes += 1
                yield "missing_node", None
                continue
            if not data:
                yield "repeated_node", None
                continue
            self._nodes[cid] = b""
            steps = _steps(decode(data))
            todo.extend(reversed(steps))
        self.n_stale = sum(map(bool, self._nodes.values()))


def owner_of(member: Member) -> str | None:
    """Return the DID of a repository's owner, reading no further than its commit.

    Parameters
    ----------
    member
        The CAR file.

    Returns
    -------
    str or None
        The owner; None where the root's own block is missing or damaged.
    """
    car = Car(member)
    for cid, data in car.blocks():
        if cid in car.roots:
            commit = _commit(decode(data)) if is_intact(cid, data) else None
            return None if commit is None else str(commit["did"])
    return None


def _commit(value: Any) -> dict[str, Any] | None:
    """Return a commit that can be read, or None."""
    if not isinstance(value, dict) or value.get("version") not in _VERSIONS:
        return None
    did, data = value.get("did"), value.get("data")
    good = isinstance(did, str) and did.startswith("did:") and isinstance(data, bytes)
    return value if good else None


def _rev(commit: dict[str, Any]) -> str:
    """Return a commit's revision, which sorts by time; version 2 has none."""
    rev = commit.get("rev")
    return rev if isinstance(rev, str) else ""


def _steps(node: Any) -> list[tuple[str | None, bytes]]:
    """Return what stands in a node, in order: (None, subtree), (key, record) or (reason, b"")."""
    entries = node.get("e") if isinstance(node, dict) else None
    if not isinstance(entries, list):
        return [("bad_node", b"")]
    steps: list[tuple[str | None, bytes]] = []
    left = node.get("l")
    if isinstance(left, bytes):
        steps.append((None, left))
    previous = b""
    for entry in entries:
        shared = entry.get("p") if isinstance(entry, dict) else None
        rest = entry.get("k") if isinstance(entry, dict) else None
        if (
            not isinstance(shared, int)
            or not isinstance(rest, bytes)
            or not 0 <= shared <= len(previous)
            or shared + len(rest) > _MAX_KEY
        ):
            # Later keys of this node lean on this one.
            steps.append(("bad_key", b""))
            break
        previous = previous[:shared] + rest
        value, tree = entry.get("v"), entry.get("t")
        if isinstance(value, bytes) and value and _KEY.fullmatch(previous):
            steps.append((previous.decode("ascii"), value))
        else:
            steps.append(("bad_key", b""))
        if isinstance(tree, bytes):
            steps.append((None, tree))
    return steps
