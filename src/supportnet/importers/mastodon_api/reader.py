"""Read a collection twice: once for ids, accounts and copies, once for the messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final, Literal

from supportnet.archive import BadItem
from supportnet.formats import Export
from supportnet.importers.mastodon_api.files import (
    PATTERN,
    PLATFORM,
    Found,
    accounts_in,
    host_in_name,
    is_archive,
    walk,
)
from supportnet.importers.mastodon_api.local import Named, Place, Server, merge
from supportnet.importers.mastodon_api.posts import Posts, carried, uri_of
from supportnet.importers.mastodon_api.shapes import Account, Thing
from supportnet.parsing.copies import Copies, key_of
from supportnet.parsing.declared import community_flags, declared
from supportnet.parsing.fediverse import Handles, host_of, published
from supportnet.records import (
    Identity,
    Ignored,
    MessageRef,
    RawContact,
    RawCoverage,
    RawMessage,
    RawReaction,
    Record,
    Rejected,
)

__all__ = ["read"]

_MILLISECOND: Final = 1_000
_MOST: Final = 10**10
_ACCOUNTS: Final = ("owner", "follower", "following")
# Notifications that bring a post by somebody else.
_BRINGS_POST: Final = frozenset({"mention", "status", "update", "quote"})


def read(export: Export) -> Iterator[Record]:
    """Yield the records of one collection.

    Parameters
    ----------
    export
        All its files.

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


def _post_in(found: Found) -> tuple[Thing | None, str]:
    """Return the collected post of an element, and what the element is."""
    value = found.value
    if isinstance(value, BadItem) or found.kind != "item":
        return None, found.kind
    if type(value.last_status) is Thing or (type(value.accounts) is list and value.uri is None):
        return (value.last_status if type(value.last_status) is Thing else None), "conversation"
    is_post = value.content is not None or type(value.reblog) is Thing
    if type(value.type) is str and not is_post:
        brings = value.type in _BRINGS_POST and type(value.status) is Thing
        return (
            value.status if brings and isinstance(value.status, Thing) else None
        ), "notification"
    if is_post or value.uri is not None:
        return value, "post"
    return None, "account" if value.acct is not None else "unknown"


class _Reader:
    """The state of one reading."""

    def __init__(self, export: Export) -> None:
        self._export = export
        self._flags, self._word = community_flags(export.options, reactions=False)
        self._keeps_context = declared(export.options, "keep_context")
        self._people = Handles()
        self._posts = Posts(self._people)
        self._copies = Copies()
        self._collected: set[int] = set()
        self._others: set[str] = set()
        # Post → those whose likes are told one by one.
        self._fans: dict[str, set[object]] = {}
        self._archives: dict[Identity, set[str]] = {}
        self._facts: Counter[str] = Counter()
        self._place = 0

    def records(self) -> Iterator[Record]:
        """Yield all records."""
        members = self._export.members
        servers = [Server(f"file {number}") for number in range(len(members))]
        for member, server in zip(members, servers, strict=True):
            for found in walk(member):
                self._survey(found, server)
            server.host = max(server.hosts, key=lambda host: server.hosts[host], default="")
            server.host = server.host or host_in_name(member.name)
        merge(servers)
        self._copies.settle()
        is_collection = False
        for member, server in zip(members, servers, strict=True):
            owner = self._owner(server)
            if owner is not None and is_archive(member):
                self._archives.setdefault(owner, {"public_out", "private_out"})
            else:
                is_collection = True
            for found in walk(member):
                yield from self._element(found, owner, server)
        yield from self._people.aliases()
        for owner, flags in self._archives.items():
            yield RawCoverage(owner, frozenset(flags), resolution_us=_MILLISECOND)
        if is_collection:
            yield RawCoverage(None, self._flags, resolution_us=_MILLISECOND)
            self._export.notes["collection"] = self._word
        self._export.notes["zone"] = "utc"
        facts = {name: str(n) for name, n in sorted(self._facts.items()) if n}
        self._export.notes.update(facts)

    def _owner(self, server: Server) -> Identity | None:
        """Return whose archive or notifications a file holds: as it says, else as declared."""
        if server.owner is not None:
            return self._people.state(server.owner.acct, server.owner.url, server.host)
        return self._people.account(self._export.options.owner, server.host)

    # -- first reading

    def _survey(self, found: Found, server: Server) -> None:
        """Note the accounts, ids and addresses of one element."""
        value = found.value
        if isinstance(value, BadItem):
            return
        if found.kind in _ACCOUNTS:
            account = Account(value.id, value.username, value.acct, value.url, value.bot)
            named = self._know(account, server)
            if found.kind == "owner":
                server.owner = named
            return
        if found.kind == "item" and value.type == "favourite" and type(value.status) is Thing:
            liked, fan = uri_of(value.status), value.account
            if liked is not None and type(fan) is Account and type(fan.acct) is str:
                self._fans.setdefault(liked, set()).add(fan.acct)
        post, _ = _post_in(found)
        uri = None if post is None else uri_of(post)
        if uri is not None:
            key = key_of(uri)
            self._collected.add(key)
            self._copies.note(key)
        for one in (value, value.status, value.last_status):
            if type(one) is Thing:
                self._note(one, server)

    def _note(self, post: Thing, server: Server) -> None:
        """Note one post, the accounts in it, and the post that it carries."""
        for account in accounts_in(post):
            self._know(account, server)
        uri = uri_of(post)
        if uri is None or type(post.account) is not Account:
            return
        parent = post.in_reply_to_id if type(post.in_reply_to_id) is str else None
        place = Place(uri, post.account.id, parent, post.in_reply_to_account_id)
        server.note_post(post.id, place)
        inner = post.reblog if type(post.reblog) is Thing else carried(post)
        if inner is not None and type(inner.account) is Account:
            self._note(inner, server)

    def _know(self, account: Account, server: Server) -> Named:
        """Note an account under its local id, whether it is at home there, and an automaton."""
        name, url = account.acct or account.username, account.url
        if account.bot is True:
            self._people.flag_bot(name, url)
        local: str | None = None
        if type(name) is str and "@" not in name:
            host = host_of(url)
            if host:
                server.hosts[host] += 1
                local = name
        named = Named(name, url, local)
        server.note_account(account.id, named)
        return named

    # -- second reading

    def _element(self, found: Found, owner: Identity | None, server: Server) -> Iterator[Record]:
        """Yield what one element is."""
        value = found.value
        if isinstance(value, BadItem):
            shapeless = value.reason == "json_shape"
            reason = "unknown_shape" if shapeless else value.reason
            yield Rejected(reason, PATTERN, found.number)
            return
        post, kind = _post_in(found)
        if post is not None:
            yield from self._collected_post(post, found.number, server)
        elif kind == "notification":
            yield self._notice(value, owner, found.number, server)
        elif kind in _ACCOUNTS:
            yield from self._contact(value, kind, owner, found.number, server)
        elif kind == "favourite":
            yield self._favourite(value, owner, found.number, server)
        elif kind == "conversation":
            yield Ignored("empty_conversation")
        elif kind == "unknown":
            yield Rejected("unknown_shape", PATTERN, found.number)
        else:
            yield Ignored(kind)

    def _collected_post(self, post: Thing, number: int, server: Server) -> Iterator[Record]:
        """Yield the message of a collected post, unless a later copy counts."""
        if uri_of(post) is not None:
            reason = self._copies.left_out(self._place)
            self._place += 1
            if reason:
                yield Ignored(reason)
                return
        found = self._posts.message(post, server, number)
        if isinstance(found, str):
            yield Rejected(found, PATTERN, number)
            return
        yield from self._with_likes(found, post)
        inner = post.reblog if type(post.reblog) is Thing else carried(post)
        if inner is not None:
            yield from self._context(inner, number, server)

    def _with_likes(self, message: RawMessage, post: Thing) -> Iterator[Record]:
        """Yield a post and how many likes it had when it was saved."""
        yield message
        likes = post.favourites_count
        # A boost repeats the count of what it boosts.
        if message.kind == "repost" or message.ref is None or type(likes) is not int:
            return
        likes -= len(self._fans.get(message.ref.id, ()))
        if 0 < likes < _MOST:
            yield RawReaction(
                message.ref,
                "like",
                n=likes,
                target_author=message.author,
                visibility=message.visibility,
            )

    def _context(self, post: Thing, number: int, server: Server) -> Iterator[Record]:
        """Count a post that another one carries; keep it where that was asked for."""
        uri = uri_of(post)
        if uri is None or uri in self._others or key_of(uri) in self._collected:
            return
        self._others.add(uri)
        if not self._keeps_context:
            self._facts["context_posts_left_out"] += 1
            return
        found = self._posts.message(post, server, number)
        if not isinstance(found, str):
            self._facts["context_posts_kept"] += 1
            yield from self._with_likes(found, post)

    def _notice(self, notice: Thing, owner: Identity | None, number: int, server: Server) -> Record:
        """Return what a notification without a post by somebody else is."""
        actor = self._posts.author(notice, server)
        word, post = notice.type, notice.status
        if word not in ("reblog", "favourite", "follow"):
            return Ignored("notification")
        if actor is None:
            return Rejected("no_author", PATTERN, number)
        when = published(notice.created_at)
        if word == "follow":
            if owner is None:
                return Ignored("no_owner")
            step = None if isinstance(when, str) else when.resolution_us
            t_us = None if isinstance(when, str) else when.t_us
            return RawContact(owner, actor, "follower", t_us, step)
        uri = uri_of(post) if type(post) is Thing else None
        if uri is None or type(post) is not Thing:
            return Rejected("unknown_shape", PATTERN, number)
        if word == "favourite":
            return RawReaction(
                MessageRef(PLATFORM, uri),
                "like",
                actor=actor,
                target_author=self._posts.author(post, server),
                t_us=None if isinstance(when, str) else when.t_us,
            )
        key = f"{actor.id} {uri}"
        if key in self._others:
            return Ignored("duplicate")
        self._others.add(key)
        found = self._posts.boost_notice(actor, post, server, notice.created_at, number)
        return Rejected(found, PATTERN, number) if isinstance(found, str) else found

    def _contact(
        self, value: Thing, kind: str, owner: Identity | None, number: int, server: Server
    ) -> Iterator[Record]:
        """Yield whom the owner follows or who follows the owner; the owner's own entry is none."""
        if kind == "owner":
            return
        other = self._people.state(value.acct or value.username, value.url, server.host)
        word: Literal["follow", "follower"] = "follow" if kind == "following" else "follower"
        if other is None:
            yield Rejected("unknown_shape", PATTERN, number)
        elif owner is None:
            yield Ignored("no_owner")
        else:
            yield RawContact(owner, other, word)

    def _favourite(
        self, value: Thing, owner: Identity | None, number: int, server: Server
    ) -> Record:
        """Return what the owner liked; when is not told."""
        uri = uri_of(value)
        if uri is None:
            return Rejected("unknown_shape", PATTERN, number)
        if owner is None:
            return Ignored("no_owner")
        self._archives.setdefault(owner, set()).add("reactions_out")
        return RawReaction(
            MessageRef(PLATFORM, uri),
            "like",
            actor=owner,
            target_author=self._posts.author(value, server) or self._people.writer_of(uri),
        )
