"""Which file of an archive holds what: by content, and by name where the content is alike."""

from __future__ import annotations

import re
from typing import Final

from supportnet.archive import Member

__all__ = ["PATTERNS", "PLATFORM", "is_bare_list", "kind_of", "root_of", "sniff"]

PLATFORM: Final = "mastodon"

# Kind of file → the generic name under which its rejected records are reported.
PATTERNS: Final = {
    "actor": "actor.json",
    "outbox": "outbox*.json",
    "like": "likes.json",
    "bookmark": "bookmarks.json",
    "other_list": "*.json",
    "follow": "following_accounts.csv",
    "follower": "followers.csv",
    "list": "lists.csv",
    "mute": "muted_accounts.csv",
    "block": "blocked_accounts.csv",
    "bookmark_table": "bookmarks.csv",
}
# File stem of a CSV download → what it holds.
_TABLES: Final = {
    "following_accounts": "follow",
    "following": "follow",
    "follows": "follow",
    "followers": "follower",
    "lists": "list",
    "muted_accounts": "mute",
    "mutes": "mute",
    "blocked_accounts": "block",
    "blocked_domains": "block",
    "blocks": "block",
    "bookmarks": "bookmark_table",
}
_COLLECTIONS: Final = {"outbox": "outbox", "likes": "like", "bookmarks": "bookmark"}
_BOM: Final = b"\xef\xbb\xbf"
_COLLECTION = re.compile(rb'"type"\s*:\s*"OrderedCollection(?:Page)?"')
_ID = re.compile(rb'"id"\s*:\s*"([a-z]+)\.json"')
_ITEMS = re.compile(rb'"orderedItems"\s*:\s*\[\s*([{"\]])')
_ACTIVITY = re.compile(rb'"type"\s*:\s*"(?:Create|Announce)"')
_ACTOR = re.compile(rb'"actor"\s*:\s*"https?://')
_COPY_MARK = re.compile(r"(?:[ _-]*\(?\d+\)?)+$")
_ACCOUNT_ROW = re.compile(r'"?@?[\w.-]{1,256}@[\w.:-]{1,256}"?\s*(?:,[^\r\n]*)?[\r\n]')
_LIST_ROW = re.compile(r"[^,\r\n]{1,512},@?[\w.-]{1,256}@[\w.:-]{1,256}\s*[\r\n]")
_LINK_ROW = re.compile(r"https?://\S{1,2048}\s*[\r\n]")
_HEADER: Final = "Account address"


def kind_of(member: Member) -> str | None:
    """Return what a file holds.

    Parameters
    ----------
    member
        Any file.

    Returns
    -------
    str or None
        `actor`, `outbox` (a collection, a page of one, or a bare list of activities), `like`,
        `bookmark`, `other_list`; for tables `follow`, `follower`, `list`, `mute`, `block`,
        `bookmark_table`; None for files of other origin.
    """
    head = member.head().removeprefix(_BOM)
    first = head.lstrip()[:1]
    if first == b"{":
        return _kind_of_object(member, head)
    if first == b"[":
        is_outbox = _ACTIVITY.search(head) and _ACTOR.search(head)
        return "outbox" if is_outbox else None
    if member.name.lower().endswith(".csv"):
        return _kind_of_table(member, head)
    return None


def _stem(member: Member) -> str:
    """Return a file's name without folder, ending and the number of a repeated download."""
    stem = member.name.rpartition("/")[2].rpartition(".")[0].lower()
    return _COPY_MARK.sub("", stem)


def _kind_of_object(member: Member, head: bytes) -> str | None:
    """Return what a JSON object is."""
    if b'"preferredUsername"' in head and b'"outbox"' in head and b'"orderedItems"' not in head:
        return "actor" if b"activitystreams" in head else None
    if _COLLECTION.search(head) is None:
        return None
    # The type that was found may be that of a post's collection of answers: look at the items.
    items = _ITEMS.search(head)
    if items is None:
        return None
    named = _ID.search(head[: items.start()])
    word = named[1].decode() if named is not None else _stem(member)
    if items[1] == b"{":
        return "outbox" if _ACTIVITY.search(head) or word == "outbox" else None
    return _COLLECTIONS.get(word, "other_list")


def _kind_of_table(member: Member, head: bytes) -> str | None:
    """Return what a CSV download holds: by its name, and its first row must look like it."""
    line = head.decode("utf-8", "replace").lstrip().partition("\n")[0] + "\n"
    kind = _TABLES.get(_stem(member))
    if line.startswith(_HEADER):
        if kind is None and "Show boosts" in line:
            return "follow"
        return kind or ("mute" if "Hide notifications" in line else None)
    if kind in ("follow", "follower", "mute", "block"):
        return kind if _ACCOUNT_ROW.match(line) else None
    if kind == "list":
        return kind if _LIST_ROW.match(line) else None
    return kind if kind is not None and _LINK_ROW.match(line) else None


def is_bare_list(member: Member) -> bool:
    """Say whether an outbox is a plain list of activities, without the collection around it."""
    return member.head().removeprefix(_BOM).lstrip()[:1] == b"["


def sniff(member: Member) -> bool:
    """Say whether one file belongs to a Mastodon archive.

    Parameters
    ----------
    member
        The file.

    Returns
    -------
    bool
        True for the JSON files of the archive, saved outboxes and the CSV downloads. Answers of
        the API (`{"account": …, "statuses": …}`) are another format.
    """
    return kind_of(member) is not None


def root_of(name: str) -> str:
    """Return the folder a file lies in: one archive, or one archive unpacked.

    Examples
    --------
    >>> root_of("archive-20240201/outbox.json"), root_of("outbox.json")
    ('archive-20240201', '')
    """
    return name.rpartition("/")[0]
