"""Which file of the folder `threads` holds what."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from supportnet.archive import Member
from supportnet.parsing.meta_layout import place_of, platform_of

__all__ = ["IGNORED", "PLATFORM", "kind_of", "pattern_of", "root_of", "sniff", "sorted_files"]

PLATFORM: Final = "threads"

_MARK: Final = b'"text_post_app_'
# Name of the file without numbers → what it holds.
_KINDS: Final = {
    "threads_and_replies": "posts",
    "threads": "posts",
    "liked_threads": "likes",
    "followers": "followers",
    "following": "following",
    "personal_information": "profile",
    "pending_follow_requests": "requests",
    "recent_follow_requests": "requests",
    "recently_unfollowed_profiles": "unfollowed",
    "blocked_profiles": "blocks",
    "saved_threads": "saved",
    "threads_viewed": "viewed",
}
# Top-level key, below its common beginning → what its list holds.
_KEYS: Final = {
    b"text_posts": "posts",
    b"media_likes": "likes",
    b"text_post_app_followers": "followers",
    b"text_post_app_following": "following",
    b"text_post_app_profile": "profile",
    b"text_post_app_posts_seen": "viewed",
    b"posts_seen": "viewed",
    b"saved_posts": "saved",
}
# Understood and left out on purpose: every record is counted under this reason.
IGNORED: Final = {
    "requests": "follow_request",
    "unfollowed": "unfollowed_list",
    "blocks": "block_list",
    "saved": "saved_post",
    "viewed": "viewed_post",
    "other": "other_list",
}
_PATTERNS: Final = {
    "posts": "threads/threads_and_replies.json",
    "likes": "threads/liked_threads.json",
    "followers": "threads/followers_*.json",
    "following": "threads/following.json",
    "viewed": "threads/threads_viewed.json",
    "saved": "threads/saved_threads.json",
}
_NUMBER = re.compile(r"_\d+$")
_FIRST_KEY = re.compile(rb'\s*\{\s*"text_post_app_(\w+)"')
_FOLDERS = re.compile(r"(?:^|/)(?:threads|threads_and_replies)/[^/]+$")
_BOM: Final = b"\xef\xbb\xbf"


def kind_of(member: Member) -> str | None:
    """Return what a file holds; None for files of other platforms.

    Parameters
    ----------
    member
        A file of any archive.

    Returns
    -------
    str or None
        `posts`, `likes`, `followers`, `following`, `profile`, a kind that is counted and left
        out, or `page` for a page of HTML.
    """
    name = member.name.lower()
    tail = place_of(name).tail
    stem, _, ending = tail.rpartition("/")[2].rpartition(".")
    named = _KINDS.get(_NUMBER.sub("", stem))
    inside = place_of(name).platform == "instagram" and _FOLDERS.search(tail) is not None
    if ending == "html":
        return "page" if inside and named is not None else None
    if ending != "json":
        return None
    head = member.head().removeprefix(_BOM)
    key = _FIRST_KEY.match(head)
    if key is not None:
        return named or _KEYS.get(key[1], "other")
    if inside or (_FOLDERS.search(tail) and _MARK in head):
        return named or "other"
    return None


def sniff(member: Member) -> bool:
    """Tell whether a file belongs to Threads: by its key, else by its folder."""
    return kind_of(member) is not None and platform_of(member) != "facebook"


def root_of(name: str) -> str:
    """Return the folder of the export that a file belongs to.

    Examples
    --------
    >>> root_of("ig/your_instagram_activity/threads/following.json"), root_of("threads.json")
    ('ig', '')
    """
    return place_of(name).root


def pattern_of(kind: str) -> str:
    """Return the generic name of a kind of file, for reports that must not name real ones."""
    return _PATTERNS.get(kind, f"threads/{kind}.json")


def sorted_files(members: Iterable[Member]) -> dict[str, list[Member]]:
    """Sort the files by what they hold, in the order given."""
    files: dict[str, list[Member]] = {}
    for member in members:
        files.setdefault(kind_of(member) or "", []).append(member)
    return files
