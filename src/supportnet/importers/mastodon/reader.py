"""Read one Mastodon export: the owner, the outbox, likes, lists, and what they cover."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal

from supportnet.archive import BadItem, BadRow, Member, iter_csv, read_json, stream_json
from supportnet.errors import ArchiveError, InputError
from supportnet.formats import Export
from supportnet.importers.mastodon.clock import published_us
from supportnet.importers.mastodon.files import PATTERNS, PLATFORM, is_bare_list, kind_of
from supportnet.importers.mastodon.people import People, host_of
from supportnet.importers.mastodon.posts import Outbox
from supportnet.importers.mastodon.threads import Threads
from supportnet.records import (
    SECOND,
    Identity,
    Ignored,
    MessageRef,
    RawContact,
    RawCoverage,
    RawReaction,
    Record,
    Rejected,
)

__all__ = ["find_owner", "read"]

_ACTOR_CAP: Final = 4 * 2**20
_ITEMS: Final = "orderedItems[]"
# The collection names itself so in an archive, and by its address on the server elsewhere.
_OWN_OUTBOX: Final = b'"outbox.json"'
_PUBLISHER: Final = re.compile(rb'"actor"\s*:\s*"(https?://[^"\\\s]{1,2048})"')
_COUNTED: Final = {
    "bookmark": "bookmark",
    "bookmark_table": "bookmark",
    "other_list": "other_list",
    "list": "list",
    "mute": "mute",
    "block": "block",
}


def _actor(member: Member) -> dict[str, Any] | None:
    """Return the description of an account, or None when it is damaged."""
    try:
        actor = read_json(member, cap=_ACTOR_CAP)
    except ArchiveError:
        return None
    return actor if isinstance(actor, dict) and isinstance(actor.get("id"), str) else None


def _account_of(actor: dict[str, Any]) -> str:
    """Return the account an actor file describes, as `name@server`; empty when it cannot tell."""
    name, host = actor.get("preferredUsername"), host_of(actor.get("id"))
    return f"{name}@{host}" if isinstance(name, str) and name and host else ""


def find_owner(members: Sequence[Member]) -> Identity | None:
    """Return the owner that `actor.json` names, else the first who publishes in the outbox.

    Parameters
    ----------
    members
        The claimed files of one export.

    Returns
    -------
    Identity or None
        The account `name@server`, or the address of an account whose name it does not spell; None
        where no file names one, or two name different ones.
    """
    people = People()
    described: set[Identity] = set()
    publishing: set[Identity] = set()
    for member in members:
        kind = kind_of(member)
        if kind == "actor":
            actor = _actor(member)
            person = None if actor is None else people.state(actor["id"], _account_of(actor))
            described |= {person} if person is not None else set()
        elif kind == "outbox":
            first = _PUBLISHER.search(member.head())
            person = None if first is None else people.at(first[1].decode("utf-8", "replace"))
            publishing |= {person} if person is not None else set()
    found = described or publishing
    return found.pop() if len(found) == 1 else None


def read(export: Export) -> Iterator[Record]:
    """Yield everything in one Mastodon export.

    Parameters
    ----------
    export
        The JSON files of one archive, and the CSV downloads lying beside them.

    Yields
    ------
    Record
        See `supportnet.records`.

    Raises
    ------
    InputError
        When only lists of accounts are there and nobody says whose they are.
    """
    return _Reader(export).records()


class _Reader:
    """The state of one reading."""

    def __init__(self, export: Export) -> None:
        self._export = export
        self._people = People()
        self._threads = Threads()
        self._outbox = Outbox(self._people, self._threads)
        self._files: dict[str, list[Member]] = {}
        for member in export.members:
            self._files.setdefault(kind_of(member) or "", []).append(member)
        self._start_us: int | None = None

    def records(self) -> Iterator[Record]:
        """Yield all records."""
        yield from self._describe()
        for member in self._files.get("outbox", []):
            for item in self._activities(member):
                if isinstance(item, tuple):
                    self._outbox.survey(item[1])
        self._name_owner()
        yield from self._posts()
        for member in self._files.get("like", []):
            yield from self._likes(member)
        for kind in ("follow", "follower"):
            for member in self._files.get(kind, []):
                yield from self._contacts(member, kind)
        for kind, reason in _COUNTED.items():
            for member in self._files.get(kind, []):
                yield from self._counted(member, kind, reason)
        yield from self._people.aliases()
        yield self._coverage()

    def _describe(self) -> Iterator[Rejected]:
        """Read the file that describes the owner."""
        for member in self._files.get("actor", []):
            actor = _actor(member)
            if actor is None:
                yield Rejected("json_syntax", PATTERNS["actor"], 0)
                continue
            if self._outbox.owner is not None:
                continue
            self._people.host = host_of(actor["id"]) or ""
            self._outbox.owner_url = actor["id"]
            self._outbox.owner = self._people.state(actor["id"], _account_of(actor))
            followers = actor.get("followers")
            self._outbox.followers = followers if isinstance(followers, str) else ""
            self._start_us = published_us(actor.get("published"))
            also = actor.get("alsoKnownAs")
            if isinstance(also, list) and also:
                self._export.notes["other_accounts"] = str(len(also))

    def _activities(self, member: Member) -> Iterator[tuple[int, dict[str, Any]] | Rejected]:
        """Yield the activities of one file, numbered, and its damaged ones."""
        path = "[]" if is_bare_list(member) else _ITEMS
        for number, item in enumerate(stream_json(member, path)):
            if isinstance(item.value, BadItem):
                yield Rejected(item.value.reason, PATTERNS["outbox"], number)
            elif isinstance(item.value, dict):
                yield number, item.value
            else:
                yield Rejected("unknown_shape", PATTERNS["outbox"], number)

    def _name_owner(self) -> None:
        """Settle who the owner is: described, else declared, else the only one who published."""
        outbox, people = self._outbox, self._people
        declared = self._export.options.owner
        if outbox.owner is None and len(outbox.actors) == 1:
            outbox.owner_url = next(iter(outbox.actors))
            outbox.owner = people.at(outbox.owner_url)
        if outbox.owner is None and declared is not None:
            outbox.owner = people.account(declared) or people.at(declared)
        if not people.host and outbox.owner is not None:
            people.host = host_of(outbox.owner_url) or outbox.owner.id.rpartition("@")[2]
        lists = {"follow", "follower", "like"} & self._files.keys()
        if outbox.owner is None and lists and not self._files.keys() - lists - _COUNTED.keys():
            msg = (
                f"{self._export.members[0].label}: the account whose list this is was expected; "
                "found a list alone; pass --owner with name@server, or add the archive's "
                "actor.json."
            )
            raise InputError(msg)

    def _posts(self) -> Iterator[Record]:
        """Read the outbox again, for its messages."""
        place = 0
        for member in self._files.get("outbox", []):
            number = -1
            for item in self._activities(member):
                if isinstance(item, Rejected):
                    yield item
                    continue
                number, activity = item
                found = self._outbox.read(activity, place + number)
                yield (
                    Rejected(found, PATTERNS["outbox"], number) if isinstance(found, str) else found
                )
            place += number + 1

    def _likes(self, member: Member) -> Iterator[RawReaction | Ignored | Rejected]:
        """Read what the owner liked: addresses of posts, without a time."""
        for number, item in enumerate(stream_json(member, _ITEMS)):
            uri = item.value.get("id") if isinstance(item.value, dict) else item.value
            if isinstance(uri, BadItem):
                yield Rejected(uri.reason, PATTERNS["like"], number)
            elif not isinstance(uri, str) or not uri:
                yield Rejected("unknown_shape", PATTERNS["like"], number)
            elif self._outbox.owner is None:
                yield Ignored("no_owner")
            else:
                own = uri in self._threads
                yield RawReaction(
                    target=MessageRef(PLATFORM, uri),
                    kind="like",
                    actor=self._outbox.owner,
                    target_author=self._outbox.owner if own else self._people.writer_of(uri),
                )

    def _contacts(self, member: Member, kind: str) -> Iterator[RawContact | Ignored | Rejected]:
        """Read whom the owner follows, or who follows the owner, on the day of the download."""
        owner = self._outbox.owner
        word: Literal["follow", "follower"] = "follow" if kind == "follow" else "follower"
        for number, row in iter_csv(member):
            if number == 0 and row and row[0].strip() == "Account address":
                continue
            other = self._people.account(row[0]) if row else None
            if isinstance(row, BadRow):
                yield Rejected(row.reason, PATTERNS[kind], number)
            elif other is None:
                yield Rejected("unknown_shape", PATTERNS[kind], number)
            elif owner is None:
                yield Ignored("no_owner")
            else:
                yield RawContact(owner, other, word)

    def _counted(self, member: Member, kind: str, reason: str) -> Iterator[Ignored | Rejected]:
        """Count a file whose records are no talk between people."""
        counted = 0
        if member.name.lower().endswith(".csv"):
            for number, row in iter_csv(member):
                counted += not (number == 0 and row and row[0].strip() == "Account address")
        else:
            for number, item in enumerate(stream_json(member, _ITEMS)):
                if isinstance(item.value, BadItem):
                    yield Rejected(item.value.reason, PATTERNS[kind], number)
                else:
                    counted += 1
        if counted:
            yield Ignored(reason, counted)

    def _coverage(self) -> RawCoverage:
        """Return what the export could have shown: the owner's side, and no other."""
        flags: set[str] = set()
        outboxes = self._files.get("outbox", [])
        if outboxes and self._outbox.owner is not None:
            flags.add("public_out")
            # A saved page of the public outbox holds no private mention; an archive's own does.
            is_whole = any(not is_bare_list(m) and _OWN_OUTBOX in m.head() for m in outboxes)
            if is_whole or self._outbox.has_direct:
                flags.add("private_out")
        if self._files.get("like") and self._outbox.owner is not None:
            flags.add("reactions_out")
        self._export.notes["zone"] = "utc"
        return RawCoverage(
            self._outbox.owner, frozenset(flags), start_us=self._start_us, resolution_us=SECOND
        )
