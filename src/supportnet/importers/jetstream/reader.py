"""Read a recorded stream twice: once for changes and deletions, once for what is left of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final

from supportnet.archive import BadItem, Member, iter_jsonl
from supportnet.errors import InputError
from supportnet.formats import Export
from supportnet.importers.jetstream.events import (
    LIKE,
    REPOST,
    WANTED,
    Change,
    Commit,
    Event,
    change_of,
    kind_of,
    time_of,
)
from supportnet.importers.jetstream.files import PATTERN, is_raw
from supportnet.parsing.atproto import POST, Dids, PostMaker, When, record_time
from supportnet.parsing.copies import DELETED, Copies, key_of
from supportnet.parsing.declared import community_flags
from supportnet.parsing.times import MIN_US, iso_us, max_us
from supportnet.records import (
    BACKDATED,
    DAY,
    Identity,
    Ignored,
    RawContact,
    RawCoverage,
    RawReaction,
    Record,
    Rejected,
)

__all__ = ["read"]

# Collections that are understood and left out; any other counts as `other_record`.
_WORDS: Final = {
    "app.bsky.actor.profile": "profile",
    "app.bsky.graph.block": "block",
    "app.bsky.graph.list": "list",
    "app.bsky.graph.listblock": "list",
    "app.bsky.graph.listitem": "list",
    "app.bsky.feed.threadgate": "reply_gate",
    "app.bsky.feed.postgate": "quote_gate",
}
_GONE: Final = "deleted"


@lru_cache(maxsize=64)
def _date(day: int) -> str:
    """Return a day, counted from 1970, as it stands at the beginning of a time in UTC."""
    return (date(1970, 1, 1) + timedelta(days=day)).isoformat()


def read(export: Export) -> Iterator[Record]:
    """Yield the records of one recorded stream.

    Parameters
    ----------
    export
        Its files, in order.

    Yields
    ------
    Record
        See `supportnet.records`.

    Raises
    ------
    InputError
        When a file holds raw frames, or the column map says neither yes nor no.
    """
    return _Reader(export).records()


class _Reader:
    """The state of one reading."""

    def __init__(self, export: Export) -> None:
        self._export = export
        self._flags, self._word = community_flags(export.options, reactions=True)
        self._people = Dids()
        self._posts = PostMaker(self._people)
        self._copies = Copies()
        # Account → (time of its last notice, whether it was deleted by then).
        self._closed: dict[str, tuple[int, bool]] = {}
        self._latest_us = self._start_us = max_us()
        self._end_us = 0
        self._facts: Counter[str] = Counter()
        self._place = 0

    def records(self) -> Iterator[Record]:
        """Yield all records."""
        for member in self._export.members:
            if is_raw(member):
                msg = (
                    f"{member.label}: JSON events were expected; found raw frames of the network's "
                    "stream; convert them to Jetstream's JSON lines first."
                )
                raise InputError(msg)
        for member in self._export.members:
            self._survey(member)
        self._copies.settle()
        for member in self._export.members:
            yield from self._read(member)
        yield from self._people.aliases()
        has_times = self._end_us > 0
        yield RawCoverage(
            None,
            self._flags,
            start_us=self._start_us if has_times else None,
            end_us=self._end_us if has_times else None,
        )
        notes = self._export.notes
        notes["zone"] = "utc"
        notes["collection"] = self._word
        notes.update({name: str(n) for name, n in sorted(self._facts.items()) if n})

    def _survey(self, member: Member) -> None:
        """Note the changes of one file, and who closed their account."""
        for item in iter_jsonl(member, type=Event):
            event = item.value
            if type(event) is BadItem:
                continue
            t_us = time_of(event)
            if MIN_US <= t_us <= self._latest_us:
                self._start_us = min(self._start_us, t_us)
                self._end_us = max(self._end_us, t_us)
            kind = kind_of(event)
            if kind == "commit":
                change = change_of(event)
                if change is not None and change.collection in WANTED:
                    self._copies.note(key_of(change.uri), t_us, change.what)
            elif kind == "account":
                self._close(event, t_us)
            elif kind == "identity" and type(event.identity) is dict:
                self._people.state(event.did, event.identity.get("handle"))

    def _close(self, event: Event, t_us: int) -> None:
        """Note what an account notice says; the last one holds."""
        account = event.account
        if type(account) is not dict or type(event.did) is not str:
            return
        if t_us >= self._closed.get(event.did, (0, False))[0]:
            is_gone = account.get("active") is False and account.get("status") == _GONE
            self._closed[event.did] = t_us, is_gone

    def _read(self, member: Member) -> Iterator[Record]:
        """Yield what the events of one file are."""
        for item in iter_jsonl(member, type=Event):
            event, number = item.value, item.index
            if type(event) is BadItem:
                shapeless = event.reason == "json_shape"
                yield Rejected("unknown_shape" if shapeless else event.reason, PATTERN, number)
                continue
            kind = kind_of(event)
            if kind == "commit":
                found = self._commit(event, number)
                yield Rejected(found, PATTERN, number) if type(found) is str else found
            elif kind in ("identity", "account"):
                yield Ignored(f"{kind}_event")
            else:
                yield Rejected("unknown_shape", PATTERN, number)

    def _commit(self, event: Event, number: int) -> Any:
        """Return what a commit is: a record, or the reason why it cannot be used."""
        change = change_of(event)
        if change is None:
            return "unknown_shape"
        if change.collection not in WANTED:
            return Ignored(_WORDS.get(change.collection, "other_record"))
        reason = self._copies.left_out(self._place)
        self._place += 1
        if change.what == DELETED:
            return Ignored("delete_event")
        if reason:
            return Ignored(reason)
        if self._closed.get(change.did, (0, False))[1]:
            return Ignored("account_deleted")
        author = self._people.get(change.did)
        if author is None:
            return "no_author"
        record = event.commit.record if type(event.commit) is Commit else None
        if type(record) is not dict:
            return "unknown_shape"
        when = self._when(event, record, change.rkey)
        if isinstance(when, str):
            return when
        return self._kept(author, change, record, when, number)

    def _when(self, event: Event, record: dict[str, Any], rkey: str) -> When | str:
        """Return when something happened: when the stream saw it, not when its app says it did.

        A record whose app claims a time more than a day away was brought over from elsewhere.
        """
        t_us, claimed = time_of(event), record.get("createdAt")
        if not MIN_US <= t_us <= self._latest_us:
            return record_time(claimed, rkey)
        if type(claimed) is not str or claimed[:10] == _date(t_us // DAY):
            return When(t_us, 0, 1)
        stated = iso_us(claimed)
        is_old = stated is not None and abs(stated - t_us) > DAY
        return When(t_us, BACKDATED if is_old else 0, 1)

    def _kept(
        self, author: Identity, change: Change, record: dict[str, Any], when: When, number: int
    ) -> Any:
        """Return the record of a creation or update that still stands."""
        if when.note & BACKDATED:
            self._facts["backdated"] += 1
        if change.collection == POST:
            if type(record.get("text")) is not str:
                return "unknown_shape"
            message = self._posts.post(author, change.uri, record, when, number)
            message.edited = bool(change.what)
            return message
        subject = record.get("subject")
        if change.collection == REPOST:
            uri = subject.get("uri") if type(subject) is dict else None
            return self._posts.repost(author, change.uri, uri, when, number) or "unknown_shape"
        if change.collection == LIKE:
            found = self._people.content(subject.get("uri") if type(subject) is dict else None)
            if found is None:
                return "unknown_shape"
            return RawReaction(
                target=found[0],
                kind="like",
                actor=author,
                target_author=found[1],
                t_us=when.t_us,
                visibility="public",
            )
        other = self._people.get(subject)
        if other is None:
            return "unknown_shape"
        return RawContact(author, other, "follow", when.t_us, when.resolution_us)
