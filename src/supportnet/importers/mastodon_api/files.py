"""Recognise answers of Mastodon's interface, and walk what a file holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from supportnet.archive import BadItem, Member, iter_jsonl, stream_json
from supportnet.importers.mastodon_api.shapes import Account, Thing

__all__ = ["PATTERN", "PLATFORM", "Found", "accounts_in", "host_in_name"]
__all__ += ["is_archive", "sniff", "walk"]

PLATFORM: Final = "mastodon"
# The generic name under which rejected records are reported.
PATTERN: Final = "statuses*.json"

_BOM: Final = b"\xef\xbb\xbf"
# The first line of a document that is laid out over many lines.
_OPENING = re.compile(rb"\s*\{[^\r\n]*(?<=[{\[,])[ \t]*[\r\n]")
_FIRST_KEY = re.compile(rb'\s*\{\s*"(\w+)"')
_OWN = re.compile(
    rb'"(?:in_reply_to_account_id|spoiler_text|favourites_count|last_status'
    rb'|followers_count|statuses|ancestors|descendants)"\s*:'
)
_NOTIFICATION = re.compile(
    rb'"type"\s*:\s*"(?:mention|status|reblog|follow|follow_request|favourite|poll|update|quote)"'
)
_EMPTY = re.compile(rb'\s*\{\s*"ancestors"\s*:\s*\[\s*\]\s*,\s*"descendants"\s*:\s*\[\s*\]')
_HOST_IN_NAME = re.compile(r"(?:.*/)?((?:[\w-]+\.)+[\w-]+)\.user\.[\w.-]+\.json", re.IGNORECASE)
# List in a document → what its elements are.
_LISTS: Final = {
    "statuses": "item",
    "ancestors": "item",
    "descendants": "item",
    "mentions": "item",
    "notifications": "item",
    "conversations": "item",
    "favourites": "favourite",
    "bookmarks": "bookmark",
    "followers": "follower",
    "following": "following",
    "accounts": "account",
    "blocks": "block",
    "mutes": "mute",
    "lists": "list",
}
_CONTAINERS: Final = frozenset({*_LISTS, "account"})


class Found(NamedTuple):
    """One element: its number in the file, what it stands for, and what it is.

    `kind` is `owner`, `item` (a post, notification or conversation), `favourite`, `bookmark`,
    `follower`, `following`, or the word under which it is left out.
    """

    number: int
    kind: str
    value: Thing | BadItem


def _head(member: Member) -> bytes:
    """Return the first bytes without a byte order mark."""
    return member.head().removeprefix(_BOM)


def _first_key(head: bytes) -> str:
    """Return the first key of a JSON object."""
    found = _FIRST_KEY.match(head)
    return "" if found is None else found[1].decode()


def is_archive(member: Member) -> bool:
    """Say whether a file is one account's archive as mastodon-archive writes it."""
    head = _head(member)
    return _first_key(head) in _CONTAINERS and b'"account"' in head and b'"statuses"' in head


def host_in_name(name: str) -> str:
    """Return the server that mastodon-archive puts into its file names; empty for other names.

    Examples
    --------
    >>> host_in_name("backup/m.example.user.lea.json"), host_in_name("posts.json")
    ('m.example', '')
    """
    found = _HOST_IN_NAME.fullmatch(name)
    return "" if found is None else found[1].lower()


def sniff(member: Member) -> bool:
    """Say whether one file holds answers of Mastodon's interface.

    Parameters
    ----------
    member
        The file.

    Returns
    -------
    bool
        True for JSON of posts, threads, notifications, conversations and of mastodon-archive;
        the archive that a server hands out to its user is another format.
    """
    head = _head(member)
    if head.lstrip()[:1] not in (b"{", b"["):
        return False
    if _EMPTY.match(head):
        return True
    if b'"acct"' not in head or b'"time_us"' in head:
        return False
    return bool(_OWN.search(head)) or bool(_NOTIFICATION.search(head))


def walk(member: Member) -> Iterator[Found]:
    """Yield the elements of a file, in order.

    Parameters
    ----------
    member
        The file.

    Yields
    ------
    Found
        Pages that stand on a line of their own are taken apart.
    """
    head = _head(member)
    first = head.lstrip()[:1]
    if first == b"[":
        items = stream_json(member, "[]", type=Thing)
    elif _first_key(head) in _CONTAINERS and (_is_document(head) or is_archive(member)):
        yield from _document(member)
        return
    elif _OPENING.match(head):
        items = stream_json(member, "", type=Thing)
    else:
        items = iter_jsonl(member, type=Thing)
    for item in items:
        yield from _parts(item.index, item.value)


def _is_document(head: bytes) -> bool:
    """Say whether a file is one document, laid out or on a single line."""
    return _OPENING.match(head) is not None or b"\n{" not in head.replace(b"\r", b"\n")


def _document(member: Member) -> Iterator[Found]:
    """Yield what the lists of one document hold."""
    paths = ["account", *(f"{name}[]" for name in _LISTS)]
    for number, item in enumerate(stream_json(member, *paths, type=Thing)):
        kind = "owner" if item.path == "account" else _LISTS[item.path.removesuffix("[]")]
        yield Found(number, kind, item.value)


def _parts(number: int, value: Thing | BadItem) -> Iterator[Found]:
    """Yield the elements of one line or list element."""
    pages = [] if isinstance(value, BadItem) else [value.ancestors, value.statuses]
    lists = [page for page in [*pages, getattr(value, "descendants", None)] if type(page) is list]
    if not lists:
        yield Found(number, "item", value)
    for page in lists:
        for one in page:
            yield Found(number, "item", one if isinstance(one, Thing) else BadItem("json_shape"))


def accounts_in(value: Thing) -> Iterator[Account]:
    """Yield the accounts that a post, notification or conversation describes."""
    for one in (value.account, *_listed(value.mentions), *_listed(value.accounts)):
        if type(one) is Account:
            yield one


def _listed(value: object) -> list[object]:
    """Return a list as it is, anything else as none."""
    return value if isinstance(value, list) else []
