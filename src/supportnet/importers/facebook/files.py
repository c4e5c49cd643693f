"""Which file of an export holds what, whatever the year named it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from supportnet.archive import Member
from supportnet.parsing.meta_layout import place_of, platform_of, thread_file

__all__ = ["IGNORED", "PLATFORM", "kind_of", "layout_of", "pattern_of", "root_of", "sniff"]
__all__ += ["sorted_files"]

PLATFORM: Final = "facebook"

_REQ: Final = "requests"
_FRIENDS: Final = r"(?:friends_and_followers|connections/friends)/"
_FOLLOWERS: Final = r"(?:friends_and_followers|connections/followers)/"
# What a path below the root ends in → what the file holds. Read from the top.
_PATHS: Final = tuple(
    (re.compile(rf"(?:^|/){pattern}$"), kind)
    for pattern, kind in (
        (r"(?:your_group_messages)/[^/]+\.json", "group_copy"),
        (r"profile_information\.json", "profile"),
        (r"autofill_information\.json", "autofill"),
        (r"posts/your_posts(?:__check_ins__photos_and_videos)?(?:_\d+)?\.json", "posts"),
        (r"posts/other_people'?_?s_posts_to_your_timeline(?:_\d+)?\.json", "wall_of_others"),
        (r"archived_stories\.json", "stories"),
        (r"comments(?:_and_reactions)?/comments(?:_\d+)?\.json", "comments"),
        (r"groups/your_comments_in_groups(?:_\d+)?\.json", "group_comments"),
        (r"groups/(?:your_|group_)?posts(?:_and_comments)?(?:_in_groups)?\.json", "group_posts"),
        (r"comments_and_reactions/likes_and_reactions(?:_\d+)?\.json", "likes"),
        (r"likes_and_reactions/(?:posts_and_comments|likes_and_reactions)(?:_\d+)?\.json", "likes"),
        (_FRIENDS + r"(?:your_)?friends\.json", "friends"),
        (_FOLLOWERS + r"(?:following|who_you'?ve_followed)\.json", "following"),
        (_FOLLOWERS + r"followers\.json", "followers"),
        (_FRIENDS + r"(?:removed_friends|(?:rejected|received|sent)_friend_requests)\.json", _REQ),
        (_FRIENDS + r"friend_requests_(?:sent|received)\.json", _REQ),
        (r"groups/(?:your_group_membership_activity|your_groups)\.json", "group_memberships"),
        (r"(?:other_activity/)?pokes\.json", "pokes"),
    )
)  # fmt: skip
# Understood and left out on purpose: every record is counted under this reason.
IGNORED: Final = {
    "group_copy": "group_copy",
    "wall_of_others": "wall_of_others",
    "stories": "archived_story",
    "requests": "friend_request",
    "group_memberships": "group_membership",
    "pokes": "poke",
}
_PATTERNS: Final = {
    "thread": "messages/*/*/message_*.json",
    "page": "messages/*/*/message_*.html",
    "legacy_page": "html/messages.htm",
    "sealed": "messages/*_*.json",
    "posts": "posts/your_posts_*.json",
    "comments": "comments_and_reactions/comments.json",
    "group_comments": "groups/your_comments_in_groups.json",
    "group_posts": "groups/your_posts_in_groups.json",
    "likes": "comments_and_reactions/likes_and_reactions_*.json",
    "friends": "connections/friends/your_friends.json",
    "following": "connections/followers/who_you_follow.json",
    "followers": "connections/followers/followers.json",
}
_SEALED = re.compile(rb'"participants"\s*:\s*\[\s*(?:"|\])')
_SEALED_ROW: Final = (b'"senderName"', b'"isUnsent"')
_NOT_CHATS: Final = frozenset(
    {"messaging_settings.json", "secret_conversations.json", "secret_groups.json"}
)
_OLD_PAGE = re.compile(r"(?:^|/)(?:html/messages\.html?|messages/\d+\.html?)$")
_OLD_MARKS: Final = (b'class="thread"', b'class="message_header"', b'class="contents"')
_BOM: Final = b"\xef\xbb\xbf"


def _is_sealed(member: Member) -> bool:
    """Tell whether a file is a chat of the separate download of encrypted chats.

    Its fields may come in any order: who takes part may stand behind all that was said.
    """
    if member.name.rpartition("/")[2].lower() in _NOT_CHATS:
        return False
    head = member.head().removeprefix(_BOM).lstrip()
    if head[:1] != b"{" or b'"messages"' not in head:
        return False
    named = b'"threadName"' in head and _SEALED.search(head) is not None
    return named or all(field in head for field in _SEALED_ROW)


def kind_of(member: Member) -> str | None:
    """Return what a file holds: a kind of this module; None for files that are not read.

    Parameters
    ----------
    member
        A file of any archive.

    Returns
    -------
    str or None
        `thread`, `page`, `legacy_page`, `sealed` (an encrypted chat), `posts` and so on.
    """
    name = member.name.lower()
    if name.endswith((".htm", ".html")):
        if thread_file(name) is not None:
            return "page"
        if _OLD_PAGE.search(name) and any(mark in member.head() for mark in _OLD_MARKS):
            return "legacy_page"
        return None
    if not name.endswith(".json"):
        return None
    if thread_file(name) is not None:
        return "thread"
    tail = place_of(name).tail
    for pattern, kind in _PATHS:
        if pattern.search(tail):
            return kind
    return "sealed" if _is_sealed(member) else None


def sniff(member: Member) -> bool:
    """Tell whether a file belongs to an export of Facebook or Messenger.

    Notes
    -----
    `messages/inbox/…/message_1.json` is Instagram's as well. Where neither the folders, the
    other files nor the name of the zip tell whose it is, both formats claim it and the researcher
    is asked to say which.
    """
    return kind_of(member) is not None and platform_of(member) != "instagram"


def root_of(name: str) -> str:
    """Return the folder of the export that a file belongs to.

    Examples
    --------
    >>> root_of("facebook-lea/messages/inbox/a_1/message_1.json"), root_of("e2ee/Omar_4.json")
    ('facebook-lea', 'e2ee')
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


def layout_of(files: dict[str, list[Member]]) -> str:
    """Return the layouts that an export is written in, oldest first, parted by `+`."""
    found = set()
    for kind, members in files.items():
        for member in members:
            name = member.name
            if kind == "legacy_page":
                found.add("2010 HTML")
            elif kind == "sealed":
                found.add("encrypted")
            elif "your_facebook_activity/" in name:
                found.add("2024")
            elif "your_activity_across_facebook/" in name:
                found.add("2023")
            elif kind in ("thread", "page", "posts"):
                found.add("2018")
    return "+".join(sorted(found))
