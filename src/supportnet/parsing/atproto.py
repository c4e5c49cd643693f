"""What every form of Bluesky data shares: lasting ids, keys that carry a time, posts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from supportnet.parsing.times import in_range, iso_us
from supportnet.records import (
    BACKDATED,
    DAY,
    SECOND,
    Conversation,
    Identity,
    MessageRef,
    RawAlias,
    RawMessage,
)

__all__ = ["POST", "Dids", "PostMaker", "When", "is_did", "record_time", "tid_number"]

_PLATFORM: Final = "bluesky"
POST: Final = "app.bsky.feed.post"
_MILLISECOND: Final = 1_000
_DID = re.compile(r"did:[a-z0-9]{1,32}:[A-Za-z0-9._:%-]{1,2000}")
_HANDLE = re.compile(r"(?=.{3,253}$)(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{1,63}")
_URI = re.compile(r"at://([^/\s]{1,2048})/([A-Za-z0-9.-]{1,317})/([A-Za-z0-9._:~-]{1,512})")
# What the platform shows for an account whose handle does not lead back to it.
_NO_HANDLES: Final = frozenset({"handle.invalid", "missing.invalid"})
_TID = re.compile(r"[2-7a-j][2-7a-z]{12}")
# The alphabet of TIDs, mapped to the one in which Python reads base 32.
_DIGITS: Final = str.maketrans(
    "234567abcdefghijklmnopqrstuvwxyz", "0123456789abcdefghijklmnopqrstuv"
)


class When(NamedTuple):
    """A time: µs since 1970 UTC, bit flags of `time_note`, and the step of its clock in µs."""

    t_us: int
    note: int
    resolution_us: int


def is_did(value: Any) -> bool:
    """Say whether a value is a DID, the lasting id of an account.

    Examples
    --------
    >>> is_did("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa"), is_did("lea.example")
    (True, False)
    """
    return type(value) is str and _DID.fullmatch(value) is not None


def tid_number(key: str) -> int | None:
    """Return the number a record's key stands for when it is a TID of a possible time, else None.

    Parameters
    ----------
    key
        The last part of a record's address.

    Returns
    -------
    int or None
        64 bits: microseconds since 1970 UTC in the upper 54, a clock number in the lower 10.

    Examples
    --------
    >>> tid_number("3kaaaaaaaab2a") >> 10
    1695659738732743
    >>> tid_number("self") is None
    True
    """
    if _TID.fullmatch(key) is None:
        return None
    number = int(key.translate(_DIGITS), 32)
    return number if in_range(number >> 10) else None


def record_time(claimed: Any, key: str) -> When | str:
    """Return when a record was made by its own account, or the reason why it cannot be told.

    Parameters
    ----------
    claimed
        `createdAt` as the app that made the record wrote it.
    key
        The record's key.

    Returns
    -------
    When or str
        The claim when the key agrees within a day or tells no time. Else, flagged as backdated,
        the later of the two: an old post brought over from elsewhere has a young key, and no
        record is older than a key that an app made for it. Without a usable claim the key's time.
        Reasons: `undated`, `bad_date`.

    Examples
    --------
    >>> record_time("2015-04-01T10:00:00Z", "3kaaaaaaaab2a")
    When(t_us=1695659738732743, note=16, resolution_us=1000)
    >>> record_time(None, "self")
    'undated'
    """
    number = tid_number(key)
    made = None if number is None else number >> 10
    stated = iso_us(claimed) if type(claimed) is str else None
    if stated is not None and in_range(stated):
        step = _MILLISECOND if "." in claimed else SECOND
        if made is None or abs(stated - made) <= DAY:
            return When(stated, 0, step)
        return (
            When(made, BACKDATED, _MILLISECOND) if stated < made else When(stated, BACKDATED, step)
        )
    if made is not None:
        return When(made, 0 if stated is None else BACKDATED, _MILLISECOND)
    return "bad_date" if type(claimed) is str and claimed else "undated"


class Dids:
    """Make each account's identity once, and remember the handles that the data state."""

    def __init__(self) -> None:
        self._handles: dict[str, str] = {}
        self._known: dict[str, Identity] = {}

    def state(self, did: Any, handle: Any) -> None:
        """Note that the data write this id and this handle for one account; the last one holds."""
        if is_did(did) and type(handle) is str and _HANDLE.fullmatch(handle):
            handle = handle.lower()
            if handle not in _NO_HANDLES:
                self._handles[did] = handle

    def get(self, did: Any) -> Identity | None:
        """Return the account of a DID; None when the value is none."""
        if type(did) is not str:
            return None
        found = self._known.get(did)
        if found is None and _DID.fullmatch(did):
            found = self._known[did] = Identity(_PLATFORM, did, name=self._handles.get(did))
        return found

    def content(self, uri: Any) -> tuple[MessageRef, Identity | None, str] | None:
        """Return what an address of content says: the pointer, the author, the collection.

        The author is None where the address names a handle: handles move on.
        """
        found = _URI.fullmatch(uri) if type(uri) is str else None
        if found is None:
            return None
        return MessageRef(_PLATFORM, uri), self.get(found[1]), found[2]

    def aliases(self) -> Iterator[RawAlias]:
        """Yield the stated pairs of id and handle, of accounts that occur and do not share one."""
        owners: dict[str, int] = {}
        for handle in self._handles.values():
            owners[handle] = owners.get(handle, 0) + 1
        for did, handle in self._handles.items():
            if did in self._known and owners[handle] == 1:
                yield RawAlias(self._known[did], Identity(_PLATFORM, handle, kind="handle"))


class PostMaker:
    """Turn records of posts and reposts into messages."""

    def __init__(self, people: Dids) -> None:
        self._people = people
        self._threads: dict[str, Conversation] = {}
        self._no_members: set[Identity] = set()
        self._langs: dict[str, str] = {}

    def post(
        self, author: Identity, uri: str, record: dict[str, Any], when: When, place: int
    ) -> RawMessage:
        """Return the message of a post, an answer or a quote.

        Parameters
        ----------
        author
            Who wrote it.
        uri
            Its address.
        record
            What the author's app wrote; its `text` is a string.
        when
            When it was sent.
        place
            Number of the record, for the order of posts whose keys carry no time.

        Returns
        -------
        RawMessage
            In the thread of its root; the root of an answer that names none is what it answers.
        """
        reply = record.get("reply")
        parent = self._pointed(reply, "parent")
        root = self._pointed(reply, "root") or parent
        message = self._message(author, uri, when, place, uri if root is None else root[0].id)
        message.text = record["text"]
        if parent is not None:
            message.reply_to, message.reply_author = parent
        if root is not None:
            message.root, message.root_author = root
        message.mentions = self._mentions(record)
        message.target, message.target_author = self._carried(record)
        message.kind = "post" if message.target is None else "quote"
        langs = record.get("langs")
        if type(langs) is list and len(langs) == 1 and type(langs[0]) is str:
            message.lang = self._langs.setdefault(langs[0], langs[0]) or None
        return message

    def repost(
        self, author: Identity, uri: str | None, subject: Any, when: When, place: int
    ) -> RawMessage | None:
        """Return the message of a repost; None when what it repeats has no usable address."""
        found = self._people.content(subject)
        if found is None:
            return None
        thread = uri or f"repost:{author.id}:{found[0].id}"
        message = self._message(author, uri, when, place, thread)
        message.kind = "repost"
        message.target, message.target_author = found[0], found[1]
        return message

    def _message(
        self, author: Identity, uri: str | None, when: When, place: int, thread: str
    ) -> RawMessage:
        """Return a message as far as posts and reposts have it in common."""
        talk = self._threads.get(thread)
        if talk is None:
            # Anyone can read it, so it lists no members.
            talk = Conversation(_PLATFORM, thread, "thread", self._no_members)
            self._threads[thread] = talk
        order = None if uri is None else tid_number(uri.rpartition("/")[2])
        return RawMessage(
            conversation=talk,
            author=author,
            t_us=when.t_us,
            seq=(when.t_us << 10) | (place & 0x3FF) if order is None else order,
            ref=None if uri is None else MessageRef(_PLATFORM, uri),
            visibility="public",
            time_note=when.note,
            resolution_us=when.resolution_us,
        )

    def _pointed(self, reply: Any, name: str) -> tuple[MessageRef, Identity | None] | None:
        """Return the post that one of the two pointers of an answer names, and its author."""
        pointer = reply.get(name) if type(reply) is dict else None
        found = self._people.content(pointer.get("uri")) if type(pointer) is dict else None
        return None if found is None else (found[0], found[1])

    def _mentions(self, record: dict[str, Any]) -> tuple[Identity, ...]:
        """Return the accounts mentioned, each once, in order.

        Facets carry them by id; posts of 2022 and 2023 have entities instead. The text is never
        searched: a typed handle may be anybody's by now.
        """
        found: dict[Identity, None] = {}
        for facet in _dicts(record.get("facets")):
            for feature in _dicts(facet.get("features")):
                person = self._people.get(feature.get("did"))
                if person is not None and str(feature.get("$type")).endswith("#mention"):
                    found[person] = None
        for entity in _dicts(record.get("entities")) if not found else ():
            person = self._people.get(entity.get("value"))
            if person is not None and entity.get("type") == "mention":
                found[person] = None
        return tuple(found)

    def _carried(self, record: dict[str, Any]) -> tuple[MessageRef | None, Identity | None]:
        """Return the post that a post carries, and its author; lists and feeds are nobody's."""
        embed = record.get("embed")
        for _ in range(3):
            if type(embed) is not dict:
                break
            if "uri" in embed:
                found = self._people.content(embed["uri"])
                if found is not None and found[2] == POST:
                    return found[0], found[1]
                break
            # With pictures beside it, the pointer lies one level deeper.
            embed = embed.get("record")
        return None, None


def _dicts(value: Any) -> list[dict[str, Any]]:
    """Return the objects in a list; nothing for anything else."""
    return [one for one in value if type(one) is dict] if type(value) is list else []
