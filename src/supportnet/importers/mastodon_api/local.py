"""What numbers mean on the server that was asked: posts and accounts have local ids there."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

from supportnet.importers.mastodon_api.files import PLATFORM
from supportnet.records import MessageRef

__all__ = ["Named", "Place", "Server", "merge"]


class Named(NamedTuple):
    """An account as the server writes it: `acct` and address."""

    acct: Any
    url: Any
    local_name: str | None = None


class Place(NamedTuple):
    """A post that was met: its address, its author's local id, and the same of what it answers."""

    uri: str
    account: Any
    parent: str | None
    parent_account: Any


class Server:
    """One server that was asked, as far as its answers tell.

    Attributes
    ----------
    label
        Stands for the server where no answer tells its domain.
    host
        Its domain; empty where no answer tells it.
    hosts
        Domains of accounts that are at home there.
    owner
        The account whose archive the file is, where it is one.
    """

    def __init__(self, label: str) -> None:
        self.label = label
        self.host = ""
        self.hosts: Counter[str] = Counter()
        self.owner: Named | None = None
        self._posts: dict[str, Place] = {}
        self._accounts: dict[str, Named] = {}

    def note_post(self, ident: Any, place: Place) -> None:
        """Note a post under its local id."""
        if type(ident) is str:
            self._posts[ident] = place

    def note_account(self, ident: Any, account: Named) -> None:
        """Note an account under its local id."""
        if type(ident) is str:
            self._accounts[ident] = account

    def account(self, ident: Any) -> Named | None:
        """Return the account of a local id, where it was described."""
        return self._accounts.get(ident) if type(ident) is str else None

    def share(self, other: Server) -> None:
        """Let two files that were saved from one server know the same."""
        self._posts.update(other._posts)
        self._accounts.update(other._accounts)
        other._posts, other._accounts = self._posts, self._accounts

    def pointer(self, ident: str, account: Any) -> MessageRef:
        """Return the pointer at a post that is known by its local id.

        By its address where the post was met; else by the address that a server gives the posts of
        its own accounts; else by its number on that server.
        """
        post = self._posts.get(ident)
        if post is not None:
            return MessageRef(PLATFORM, post.uri)
        named = self.account(account)
        if self.host and named is not None and named.local_name is not None:
            uri = f"https://{self.host}/users/{named.local_name}/statuses/{ident}"
            return MessageRef(PLATFORM, uri)
        return MessageRef(PLATFORM, ident, "account", self.host or self.label)

    def root(self, ident: str, account: Any) -> tuple[MessageRef, Any]:
        """Return the oldest post known above a post, and its author's local id.

        Damaged ids may run in circles; each post is passed once.
        """
        passed = {ident}
        while (post := self._posts.get(ident)) is not None:
            account = post.account
            if post.parent is None or post.parent in passed:
                break
            ident, account = post.parent, post.parent_account
            passed.add(ident)
        return self.pointer(ident, account), account


def merge(servers: list[Server]) -> None:
    """Let all files that were saved from one server know the same."""
    first: dict[str, Server] = {}
    for server in servers:
        if server.host:
            known = first.setdefault(server.host, server)
            if known is not server:
                known.share(server)
