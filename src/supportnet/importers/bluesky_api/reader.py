"""Turn the posts of saved pages into messages; what a page shows around them is context."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from supportnet.archive import BadItem, Member, iter_jsonl, stream_json
from supportnet.formats import Export
from supportnet.importers.bluesky_api.files import PATTERN, is_lines
from supportnet.parsing.atproto import Dids, PostMaker, When, record_time
from supportnet.parsing.copies import Copies, key_of
from supportnet.parsing.declared import community_flags, declared
from supportnet.parsing.times import in_range, iso_us
from supportnet.records import (
    Identity,
    Ignored,
    RawCoverage,
    RawMessage,
    RawReaction,
    Record,
    Rejected,
)

__all__ = ["read"]

_MILLISECOND: Final = 1_000
_MOST_LIKES: Final = 10**10
# What stands in a thread for a post that cannot be shown → how it is counted.
_MISSING: Final = {"notFoundPost": "not_found", "blockedPost": "blocked"}


def read(export: Export) -> Iterator[Record]:
    """Yield the records of saved pages.

    Parameters
    ----------
    export
        All files of the collection.

    Yields
    ------
    Record
        See `supportnet.records`.

    Raises
    ------
    InputError
        When the column map says neither yes nor no.
    """
    return _Reader(export).records()


def _items(member: Member) -> Iterator[tuple[int, Any]]:
    """Yield the elements of a file: items of feeds, threads, posts."""
    if is_lines(member):
        for line in iter_jsonl(member):
            yield line.index, line.value
        return
    is_list = member.head(64).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"["
    paths = ("[]",) if is_list else ("feed[]", "posts[]", "thread", "post")
    for number, item in enumerate(stream_json(member, *paths)):
        value = item.value
        if item.path == "post" and type(value) is dict:
            value = {"post": value}
        yield number, value


def _parts(value: Any) -> list[Any]:
    """Return the items that an element holds: a page on a line of its own holds many."""
    if type(value) is list:
        return value
    if type(value) is dict:
        for name in ("feed", "posts"):
            if type(value.get(name)) is list:
                return list(value[name])
        if type(value.get("thread")) is dict:
            return [value["thread"]]
    return [value]


class _Reader:
    """The state of one reading."""

    def __init__(self, export: Export) -> None:
        self._export = export
        self._flags, self._word = community_flags(export.options, reactions=False)
        self._keeps_context = declared(export.options, "keep_context")
        self._people = Dids()
        self._posts = PostMaker(self._people)
        self._copies = Copies()
        self._collected: set[str] = set()
        self._context: set[str] = set()
        self._reposts: set[str] = set()
        self._facts: Counter[str] = Counter()
        self._place = 0

    def records(self) -> Iterator[Record]:
        """Yield all records."""
        for member in self._export.members:
            for _, value in _items(member):
                for part in _parts(value):
                    self._survey(part)
        self._copies.settle()
        for member in self._export.members:
            for number, value in _items(member):
                if isinstance(value, BadItem):
                    yield Rejected(value.reason, PATTERN, number)
                    continue
                parts = _parts(value)
                if not parts:
                    yield Ignored("empty_page")
                for part in parts:
                    yield from self._item(part, number)
        yield from self._people.aliases()
        yield RawCoverage(None, self._flags, resolution_us=_MILLISECOND)
        notes = self._export.notes
        notes["zone"] = "utc"
        notes["collection"] = self._word
        notes.update({name: str(n) for name, n in sorted(self._facts.items()) if n})

    def _survey(self, part: Any) -> None:
        """Note accounts, and which posts were collected."""
        for view in _collected(part):
            uri = view.get("uri")
            self._know(view)
            if type(uri) is str:
                self._collected.add(uri)
                self._copies.note(key_of(uri))
        for view in _around(part):
            self._know(view)
        by = _reposter(part)
        if by is not None:
            self._people.state(by.get("did"), by.get("handle"))

    def _know(self, view: dict[str, Any]) -> None:
        """Note the handle of a post's author."""
        author = view.get("author")
        if type(author) is dict:
            self._people.state(author.get("did"), author.get("handle"))

    def _item(self, part: Any, number: int) -> Iterator[Record]:
        """Yield what one item of a feed, one thread or one post is."""
        if type(part) is not dict:
            yield Rejected("unknown_shape", PATTERN, number)
            return
        views = _collected(part)
        missing = _missing(part)
        for reason in missing:
            yield Ignored(reason)
        if _reposter(part) is not None:
            yield self._repost(part, number)
        elif not views and not missing:
            yield Rejected("unknown_shape", PATTERN, number)
        for view in views:
            yield from self._view(view, number)
        for view in _around(part):
            yield from self._context_of(view, number)

    def _view(self, view: dict[str, Any], number: int) -> Iterator[Record]:
        """Yield one collected post."""
        if type(view.get("uri")) is str:
            reason = self._copies.left_out(self._place)
            self._place += 1
            if reason:
                yield Ignored(reason)
                return
        found = self._post(view, number)
        if isinstance(found, str):
            yield Rejected(found, PATTERN, number)
        else:
            yield from self._with_likes(found, view)

    def _post(self, view: dict[str, Any], number: int) -> RawMessage | str:
        """Return the message of a post, or the reason why it cannot be used."""
        uri, record, author = view.get("uri"), view.get("record"), view.get("author")
        if type(uri) is not str or type(record) is not dict or self._people.content(uri) is None:
            return "unknown_shape"
        if type(record.get("text")) is not str:
            return "unknown_shape"
        person = self._people.get(author.get("did")) if type(author) is dict else None
        if person is None:
            return "no_author"
        when = record_time(record.get("createdAt"), uri.rpartition("/")[2])
        if isinstance(when, str):
            return when
        return self._posts.post(person, uri, record, when, number)

    def _with_likes(self, message: RawMessage, view: dict[str, Any]) -> Iterator[Record]:
        """Yield a post and how many likes it had when the page was saved."""
        yield message
        likes = view.get("likeCount")
        if type(likes) is int and 0 < likes < _MOST_LIKES and message.ref is not None:
            yield RawReaction(
                message.ref, "like", n=likes, target_author=message.author, visibility="public"
            )

    def _repost(self, part: dict[str, Any], number: int) -> Record:
        """Return the repost by which a post came into a feed."""
        by, post, reason = _reposter(part), part.get("post"), part["reason"]
        person: Identity | None = None if by is None else self._people.get(by.get("did"))
        if person is None:
            return Rejected("no_author", PATTERN, number)
        seen = reason.get("indexedAt")
        t_us = iso_us(seen) if type(seen) is str else None
        if t_us is None or not in_range(t_us):
            return Rejected("bad_date" if seen else "undated", PATTERN, number)
        own = reason.get("uri")
        uri = own if self._people.content(own) is not None else None
        subject = post.get("uri") if type(post) is dict else None
        when = When(t_us, 0, _MILLISECOND)
        message = self._posts.repost(person, uri, subject, when, number)
        if message is None:
            return Rejected("unknown_shape", PATTERN, number)
        if message.conversation.key in self._reposts:
            return Ignored("duplicate")
        self._reposts.add(message.conversation.key)
        return message

    def _context_of(self, view: dict[str, Any], number: int) -> Iterator[Record]:
        """Count a post that a page shows around another; keep it where that was asked for."""
        uri = view.get("uri")
        if type(uri) is not str or uri in self._collected or uri in self._context:
            return
        self._context.add(uri)
        if not self._keeps_context:
            self._facts["context_posts_left_out"] += 1
            return
        found = self._post(view, number)
        if not isinstance(found, str):
            self._facts["context_posts_kept"] += 1
            yield from self._with_likes(found, view)


def _reposter(part: Any) -> dict[str, Any] | None:
    """Return the account through whose repost an item came into a feed."""
    reason = part.get("reason") if type(part) is dict else None
    if type(reason) is not dict or not str(reason.get("$type")).endswith("#reasonRepost"):
        return None
    by = reason.get("by")
    return by if type(by) is dict else {}


def _collected(part: Any) -> list[dict[str, Any]]:
    """Return the posts that an item is there for; that of a repost belongs to another feed."""
    if type(part) is not dict or _reposter(part) is not None:
        return []
    if "uri" in part and "record" in part:
        return [part]
    found: list[dict[str, Any]] = []
    todo = [part]
    while todo:
        node = todo.pop()
        if type(node.get("post")) is dict:
            found.append(node["post"])
        if type(node.get("parent")) is dict:
            todo.append(node["parent"])
        if type(node.get("replies")) is list:
            todo.extend(reversed([one for one in node["replies"] if type(one) is dict]))
    return found


def _missing(part: dict[str, Any]) -> list[str]:
    """Return what stands in a thread for posts that cannot be shown."""
    found: list[str] = []
    todo: list[Any] = [part]
    while todo:
        node = todo.pop()
        word = _MISSING.get(str(node.get("$type")).rpartition("#")[2])
        if word is not None:
            found.append(word)
        replies = node.get("replies")
        below = [node.get("parent"), *(replies if type(replies) is list else [])]
        todo.extend(one for one in below if type(one) is dict)
    return found


def _around(part: Any) -> list[dict[str, Any]]:
    """Return the posts that an item of a feed shows for context."""
    if type(part) is not dict:
        return []
    found: list[Any] = []
    if _reposter(part) is not None:
        found.append(part.get("post"))
    reply = part.get("reply")
    if type(reply) is dict:
        found += [reply.get("root"), reply.get("parent")]
    return [one for one in found if type(one) is dict and "record" in one]
