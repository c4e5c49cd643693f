"""Read one archive from its first file to its last and yield its records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from supportnet.archive import Member
from supportnet.errors import InputError
from supportnet.formats import Export
from supportnet.importers.twitter.account import read_account, written_times
from supportnet.importers.twitter.classic import csv_posts
from supportnet.importers.twitter.clock import whole
from supportnet.importers.twitter.coverage import Span, coverage_records, private_end
from supportnet.importers.twitter.directs import Directs, common_owner
from supportnet.importers.twitter.files import IGNORED, PLATFORM, layout_of, sorted_files
from supportnet.importers.twitter.items import Tally, items, unwrapped
from supportnet.importers.twitter.lists import Lists, header_counts, ignored_counts
from supportnet.importers.twitter.notes import parse_note
from supportnet.importers.twitter.people import People, handle_of
from supportnet.importers.twitter.posts import parse_post
from supportnet.importers.twitter.table import SOURCES
from supportnet.importers.twitter.threads import Threads
from supportnet.importers.twitter.tweets import add_tweets
from supportnet.memory import give_back
from supportnet.records import Identity, Record, Rejected

__all__ = ["read"]

_NOTE_KINDS: Final = ("note_tweet", "deleted_note_tweet")
_HEADER_KINDS: Final = ("tweet_headers", "deleted_tweet_headers")
_OWNED_KINDS: Final = (*SOURCES, *_NOTE_KINDS, "like", "follower", "following")
_DIRECT_KINDS: Final = (
    ("direct", "direct_headers", False),
    ("direct_group", "direct_group_headers", True),
)
# Kinds whose announced number of records is a number of lines of the file.
_COUNTED_KINDS: Final = ("tweet", "community_tweet", "deleted_tweet", "note_tweet", "like")


def read(export: Export) -> Iterator[Record]:
    """Yield the records of one Twitter archive.

    Parameters
    ----------
    export
        The claimed files of one owner: any generation, or several of them.

    Yields
    ------
    Record
        Posts oldest first, then direct messages, likes, follows, counts, aliases and coverage.

    Raises
    ------
    InputError
        When posts, likes or follows have no owner: neither the archive nor `--owner` names one.
    """
    yield from _Reading(export).records()


class _Reading:
    """The reading of one export: what its steps share."""

    def __init__(self, export: Export) -> None:
        self._export = export
        self._files = sorted_files(export.members, written_times(export.members))
        self._account = read_account(self._files)
        self._tally = Tally()
        self._people = People()
        self._directs = Directs(self._people, self._tally)
        self._posts = Span()

    def _members(self, kind: str) -> list[Member]:
        """Return the files of one kind."""
        return self._files.get(kind, [])

    def records(self) -> Iterator[Record]:
        """Yield everything; people whom posts name are known when direct messages come."""
        for kind in self._account.damaged:
            yield self._tally.reject("json_syntax", kind, 0)
        owner = self._find_owner()
        if owner is not None:
            self._people.set_owner(owner, *self._account.handles)
            yield from self._owned(owner)
        yield from self._private()
        for kind in IGNORED:
            for member in self._members(kind):
                yield from ignored_counts(member, kind, self._tally)
        yield from self._people.aliases()
        yield from self._coverage(owner)
        self._report()

    def _find_owner(self) -> Identity | None:
        """Return the owner: named by the archive, by the researcher, or common to all directs."""
        declared = self._export.options.owner
        if self._account.owner is not None:
            return self._account.owner
        if declared is not None:
            number, handle = whole(declared.strip()), handle_of(declared)
            if number is not None:
                return Identity(PLATFORM, str(number))
            if handle is not None:
                return Identity(PLATFORM, handle, kind="handle")
            msg = (
                "the owner of a Twitter archive was expected as an account number or a handle; "
                "found other words; pass --owner with one of the two."
            )
            raise InputError(msg)
        common = common_owner(self._members("direct"))
        if common is None and any(self._members(kind) for kind in _OWNED_KINDS):
            msg = (
                "a file that names the owner (account.js, manifest.js or user_details.js) was "
                "expected beside the posts; found none that can be read; add it to the archive, "
                "or pass --owner with the account number or the handle."
            )
            raise InputError(msg)
        return None if common is None else Identity(PLATFORM, common)

    def _owned(self, owner: Identity) -> Iterator[Record]:
        """Yield posts, likes, follows and header counts."""
        threads = Threads(self._people, owner, self._account.protection)
        for kind in SOURCES:
            for member in self._members(kind):
                yield from self._add_posts(member, kind, threads)
        for kind in _NOTE_KINDS:
            for member in self._members(kind):
                yield from self._add_notes(member, kind, threads)
        give_back()
        yield from threads.records()
        self._posts = threads.span
        for kind in _HEADER_KINDS:
            for member in self._members(kind):
                yield from header_counts(member, kind, self._tally, threads.idents)
        lists = Lists(self._people, owner, self._tally)
        for member in self._members("like"):
            yield from lists.likes(member, threads)
        for member in self._members("follower"):
            yield from lists.contacts(member, "follower")
        for member in self._members("following"):
            yield from lists.contacts(member, "following")
        self._export.notes.update({name: str(n) for name, n in sorted(threads.facts.items())})

    def _add_posts(self, member: Member, kind: str, threads: Threads) -> Iterator[Record]:
        """Hand the tweets of one file to the threads; yield what they do not take."""
        if kind != "classic_csv":
            yield from add_tweets(member, kind, threads, self._people, self._tally)
            return
        for found in csv_posts(member, self._tally):
            if isinstance(found, Rejected):
                yield found
                continue
            record, raw = found
            post = parse_post(raw, self._people, kind, record)
            if isinstance(post, str):
                yield self._tally.reject(post, kind, record)
            else:
                left_out = threads.add(post)
                if left_out is not None:
                    yield left_out

    def _add_notes(self, member: Member, kind: str, threads: Threads) -> Iterator[Record]:
        """Hand the long texts of one file to the threads; yield what they do not take."""
        for item in items(member, kind, self._tally):
            if isinstance(item, Rejected):
                yield item
                continue
            record, _, value = item
            raw = unwrapped(value, "noteTweet")
            note = parse_note(raw, record, is_deleted=kind == "deleted_note_tweet")
            if isinstance(note, str):
                yield self._tally.reject(note, kind, record)
            else:
                left_out = threads.add_note(note)
                if left_out is not None:
                    yield left_out

    def _private(self) -> Iterator[Record]:
        """Yield direct messages; where only their headers are left, these stand for them."""
        for kind, header_kind, group in _DIRECT_KINDS:
            full, headers = self._members(kind), self._members(header_kind)
            told = full or headers
            if group:
                for member in told:
                    self._directs.survey(member)
            for member in told:
                yield from self._directs.read(member, kind if full else header_kind, group=group)
            if full:
                for member in headers:
                    yield from self._directs.check(member, header_kind)
        yield from self._directs.channels.memberships()

    def _coverage(self, owner: Identity | None) -> Iterator[Record]:
        """Yield what the archive could have shown."""
        public, private = set(), set()
        if any(self._members(kind) for kind in SOURCES):
            public.add("public_out")
        if self._members("like"):
            public.add("reactions_out")
        if self._members("direct") or self._members("direct_headers"):
            private |= {"private_in", "private_out"}
        if self._members("direct_group") or self._members("direct_group_headers"):
            private.add("groups")
        directs = self._directs.span
        if private and private_end(self._account, self._posts, directs) is not None:
            self._export.notes["private_end"] = "direct messages stop before the archive does"
        yield from coverage_records(
            self._account,
            owner,
            frozenset(public),
            frozenset(private),
            self._posts,
            directs,
            self._directs.channels.all(),
        )

    def _report(self) -> None:
        """Write down what the data card should show about this reading."""
        notes, account = self._export.notes, self._account
        notes["zone"] = "utc"
        notes["version"] = layout_of(self._export.members)
        if account.written_us is not None:
            notes["exported_us"] = str(account.written_us)
        for kind in _COUNTED_KINDS:
            stated, found = account.stated.get(kind), self._tally.counts[kind]
            if stated is not None and stated != found:
                notes[f"announced_{kind}"] = f"{stated} announced, {found} found"
        present = {member.name.rpartition("/")[2] for member in self._export.members}
        missing = len(account.announced - present)
        if missing:
            notes["announced_files_missing"] = str(missing)
        silent = self._members("")
        if silent:
            notes["files_without_talk"] = str(len(silent))
        if any("twitter-circle" in member.name for member in silent):
            notes["circle"] = "posts of 2022-08 to 2023-10 may have had a smaller audience"
        if account.is_partial:
            notes["partial_archive"] = "yes"
