"""Which file of an export holds what, whatever the year named it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from supportnet.archive import Member
from supportnet.parsing.meta_layout import place_of, platform_of, thread_file

__all__ = ["IGNORED", "PLATFORM", "kind_of", "layout_of", "pattern_of", "root_of", "sniff"]
__all__ += ["sorted_files"]

PLATFORM: Final = "instagram"

_LISTS: Final = r"followers_and_following/"
_LEFT: Final = "left_out"
# What a path below the root ends in → what the file holds. Read from the top.
_PATHS: Final = tuple(
    (re.compile(rf"(?:^|/){pattern}$"), kind)
    for pattern, kind in (
        (r"(?:account_information|personal_information)/personal_information\.json", "profile"),
        (r"account_privacy_changes\.json", "privacy"),
        (r"(?:content|media)/posts(?:_\d+)?\.json", "posts"),
        (r"(?:content|media)/(?:reels|igtv_videos)(?:_\d+)?\.json", "reels"),
        (r"(?:content|media)/archived_posts(?:_\d+)?\.json", "archived_posts"),
        (r"(?:content|media)/stories(?:_\d+)?\.json", "stories"),
        (r"comments/(?:post|reels)_comments(?:_\d+)?\.json", "comments"),
        (r"likes/liked_posts(?:_\d+)?\.json", "likes"),
        (r"likes/liked_comments(?:_\d+)?\.json", "comment_likes"),
        (r"story_(?:sticker_)?interactions/story_likes(?:_\d+)?\.json", "story_likes"),
        (_LISTS + r"followers(?:_\d+)?\.json", "followers"),
        (_LISTS + r"following(?:_\d+)?\.json", "following"),
        (_LISTS + r"close_friends\.json", "close_friends"),
        (_LISTS + r"(?:blocked|restricted)_(?:profiles|accounts)\.json", "blocks"),
        (_LISTS + r"(?:pending|recent|received)_follow_requests\.json", "requests"),
        (_LISTS + r"(?:recently_unfollowed|removed)_\w+\.json", "unfollowed"),
    )
)
# The export of 2018 to 2020 has its files at the top; their names are common, so the head counts.
_FLAT: Final = {
    "messages.json": (
        "flat_messages",
        re.compile(rb'\s*\[\s*\{\s*"(?:participants|conversation)"'),
    ),
    "profile.json": ("flat_profile", re.compile(rb'\s*\{[^{}]*"username"\s*:')),
    "connections.json": (
        "flat_connections",
        re.compile(
            rb'\s*\{\s*"(?:followers|following|close_friends|blocked_users|follow_requests_sent'
            rb'|permanent_follow_requests|following_hashtags|dismissed_suggested_users)"\s*:\s*\{'
        ),
    ),
    "comments.json": ("flat_comments", re.compile(rb'\s*\{\s*"(?:media|live)_comments"\s*:\s*\[')),
    "likes.json": ("flat_likes", re.compile(rb'\s*\{\s*"(?:media|comment)_likes"\s*:\s*\[')),
}
# Understood and left out on purpose: every record is counted under this reason.
IGNORED: Final = {
    "close_friends": "close_friend_list",
    "blocks": "block_list",
    "requests": "follow_request",
    "unfollowed": "unfollowed_list",
}
_PATTERNS: Final = {
    "thread": "messages/*/*/message_*.json",
    "posts": "media/posts_*.json",
    "reels": "media/reels.json",
    "archived_posts": "media/archived_posts.json",
    "stories": "media/stories.json",
    "comments": "comments/post_comments_*.json",
    "likes": "likes/liked_posts.json",
    "comment_likes": "likes/liked_comments.json",
    "story_likes": "story_interactions/story_likes.json",
    "followers": "followers_and_following/followers_*.json",
    "following": "followers_and_following/following.json",
    "flat_messages": "messages.json",
    "flat_comments": "comments.json",
    "flat_likes": "likes.json",
    "flat_connections": "connections.json",
}
_BOM: Final = b"\xef\xbb\xbf"


def kind_of(member: Member) -> str | None:
    """Return what a file holds: a kind of this module; None for files that are not read.

    Parameters
    ----------
    member
        A file of any archive.

    Returns
    -------
    str or None
        `thread`, `posts`, `comments`, `flat_messages` and so on; `page` for their HTML forms.
    """
    name = member.name.lower()
    if name.endswith(".html"):
        return "page" if _named(f"{name[:-5]}.json") is not None else None
    if not name.endswith(".json"):
        return None
    found = _named(name)
    if found is not None:
        return found
    flat = _FLAT.get(name.rpartition("/")[2])
    if flat is not None and flat[1].match(member.head().removeprefix(_BOM)):
        # `messages.json` and the like are in many exports: an object's first keys decide.
        is_own = flat[0] != "flat_messages" or b'"conversation"' in member.head()
        return flat[0] if is_own else None
    return None


def _named(name: str) -> str | None:
    """Return what a path says that a file holds."""
    if thread_file(name) is not None:
        return "thread"
    tail = place_of(name).tail
    if tail.startswith("threads/"):
        return None  # another platform in the same zip
    return next((kind for pattern, kind in _PATHS if pattern.search(tail)), None)


def sniff(member: Member) -> bool:
    """Tell whether a file belongs to an Instagram export.

    Notes
    -----
    `messages/inbox/…/message_1.json` is Facebook's as well: see the other format.
    """
    kind = kind_of(member)
    if kind is None:
        return False
    platform = platform_of(member)
    if kind == "page":
        return platform == "instagram"
    if kind == "flat_profile":
        return _beside_flat(member)
    return platform != "facebook"


def _beside_flat(member: Member) -> bool:
    """Tell whether a `profile.json`, which many services write, is one of the flat export's."""
    folder = member.name.rpartition("/")[0]
    names = {one.name for one in member.archive.members if one.name.rpartition("/")[0] == folder}
    base = {name.rpartition("/")[2].lower() for name in names}
    return b'"private_account"' in member.head() or len(base & set(_FLAT)) > 2


def root_of(name: str) -> str:
    """Return the folder of the export that a file belongs to.

    Examples
    --------
    >>> root_of("ig/your_instagram_activity/messages/inbox/a_1/message_1.json")
    'ig'
    """
    return place_of(name).root


def pattern_of(kind: str) -> str:
    """Return the generic name of a kind of file, for reports that must not name real ones."""
    return _PATTERNS.get(kind, f"{kind}.json")


def sorted_files(members: Iterable[Member]) -> dict[str, list[Member]]:
    """Sort the files of an export by what they hold, in the order given."""
    files: dict[str, list[Member]] = {}
    for member in members:
        files.setdefault(kind_of(member) or "", []).append(member)
    return files


def layout_of(members: Iterable[Member]) -> str:
    """Return the layouts that an export is written in, oldest first, parted by `+`."""
    found = set()
    for member in members:
        kind, tail = kind_of(member) or "", place_of(member.name).tail
        if kind.startswith("flat_"):
            found.add("2018")
        elif place_of(member.name).platform is not None or tail.startswith("connections/"):
            found.add("2024")
        elif tail.startswith("account_information/"):
            found.add("2021")
        elif tail.startswith(
            ("personal_information/personal_information.json", "followers_and_following/followers_")
        ):
            found.add("2022")
    return "+".join(sorted(found))
