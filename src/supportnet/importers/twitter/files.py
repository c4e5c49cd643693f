"""Which file of an archive holds what, whatever the generation named it.

Four generations: the classic archive (2012 to early 2019: `tweets.csv`, monthly `data/js/tweets`),
the first privacy archive (2018 to March 2020: `tweet.js` at the root), `data/tweet.js` (to 2022)
and `data/tweets.js` (since). Any file may be continued in `-part1`, `-part2` ….
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from supportnet.archive import Archive, Member
from supportnet.parsing.text import natural_key

__all__ = ["IGNORED", "PLATFORM", "kind_of", "kind_of_name", "pattern_of", "root_of", "sniff"]
__all__ += ["layout_of", "sorted_files"]

PLATFORM: Final = "twitter"

# File stem, or variable of `window.YTD.<variable>.part0`, both with `_` for `-` → what it holds.
_KINDS: Final = {
    "account": "account",
    "manifest": "manifest",
    "__thar_config": "manifest",
    "user_details": "user_details",
    "payload_details": "payload_details",
    "screen_name_change": "screen_name_change",
    "protected_history": "protected_history",
    "tweet": "tweet",
    "tweets": "tweet",
    "community_tweet": "community_tweet",
    "community_tweets": "community_tweet",
    "deleted_tweet": "deleted_tweet",
    "deleted_tweets": "deleted_tweet",
    "note_tweet": "note_tweet",
    "note_tweets": "note_tweet",
    "deleted_note_tweet": "deleted_note_tweet",
    "deleted_note_tweets": "deleted_note_tweet",
    "tweet_headers": "tweet_headers",
    "deleted_tweet_headers": "deleted_tweet_headers",
    "direct_message": "direct",
    "direct_messages": "direct",
    "direct_message_group": "direct_group",
    "direct_messages_group": "direct_group",
    "direct_message_headers": "direct_headers",
    "direct_messages_headers": "direct_headers",
    "direct_message_group_headers": "direct_group_headers",
    "direct_messages_group_headers": "direct_group_headers",
    "like": "like",
    "likes": "like",
    "follower": "follower",
    "followers": "follower",
    "following": "following",
}
# Understood and left out on purpose: every record is counted under this reason.
IGNORED: Final = {
    "article": "article",
    "article_metadata": "article",
    "audio_video_calls_in_dm": "call_log",
    "audio_video_calls_in_dm_recipient_sessions": "call_log",
    "block": "block_list",
    "contact": "address_book",
    "direct_message_mute": "mute_list",
    "direct_messages_mute": "mute_list",
    "grok_chat_item": "machine_chat",
    "moment": "moment",
    "mute": "mute_list",
    "periscope_broadcast_metadata": "broadcast",
    "periscope_comments_made_by_user": "broadcast",
    "spaces_metadata": "audio_space",
}
# The generic name under which a rejected record is reported.
_PATTERNS: Final = {
    "classic_csv": "tweets.csv",
    "classic_month": "data/js/tweets/*.js",
    "user_details": "data/js/user_details.js",
    "payload_details": "data/js/payload_details.js",
    "direct": "data/direct-messages-part*.js",
    "direct_group": "data/direct-messages-group-part*.js",
    "tweet": "data/tweets-part*.js",
    "deleted_tweet": "data/deleted-tweets-part*.js",
    "direct_headers": "data/direct-message-headers-part*.js",
    "direct_group_headers": "data/direct-message-group-headers-part*.js",
}
_ASSIGNMENT = re.compile(
    rb"\s*(?:window\s*\.\s*(?:YTD\s*\.\s*(?P<ytd>\w+)\s*\.\s*part\d+|(?P<config>__THAR_CONFIG))"
    rb"|(?P<month>Grailbird\.data\.tweets_\d{4}_\d{2})"
    rb"|var\s+(?P<details>user_details|payload_details|tweet_index))\s*="
)
_COPY_MARK = re.compile(r"(?:[_-]part_?\d+|\s*\(\d+\))+$", re.IGNORECASE)
_CLASSIC_COLUMNS: Final = (b"tweet_id", b"timestamp", b"text")
_HEAD_BYTES: Final = 4096
_BOM: Final = b"\xef\xbb\xbf"


def _assignment(member: Member) -> re.Match[bytes] | None:
    """Match the JavaScript assignment at the top of a file."""
    return _ASSIGNMENT.match(member.head()[:_HEAD_BYTES].removeprefix(_BOM))


def _is_classic_csv(member: Member) -> bool:
    """Say whether the first line of a CSV names the classic archive's columns."""
    line = member.head()[:_HEAD_BYTES].partition(b"\n")[0]
    return all(column in line for column in _CLASSIC_COLUMNS) and b"in_reply_to_status_id" in line


def sniff(member: Member) -> bool:
    """Say whether one file belongs to a Twitter archive.

    Parameters
    ----------
    member
        The file.

    Returns
    -------
    bool
        True for `.js` files that assign to `window.YTD`, the manifest, `Grailbird` months and the
        classic details, and for a CSV with the classic header.
    """
    name = member.name.lower()
    if name.endswith(".js"):
        return _assignment(member) is not None
    return name.endswith(".csv") and _is_classic_csv(member)


def kind_of_name(name: str) -> str | None:
    """Return what a file of this path holds, judged by its name alone.

    Examples
    --------
    >>> kind_of_name("data/direct-messages-group-part3.js")
    'direct_group'
    >>> kind_of_name("data/ad-impressions.js") is None
    True
    """
    stem = name.rpartition("/")[2].lower().removesuffix(".js")
    stem = _COPY_MARK.sub("", stem).replace("-", "_")
    return _KINDS.get(stem) or (stem if stem in IGNORED else None)


def kind_of(member: Member) -> str | None:
    """Return what a file holds: by its name, else by the variable it assigns to.

    Parameters
    ----------
    member
        A file that :func:`sniff` accepted.

    Returns
    -------
    str or None
        A kind of this module (`tweet`, `direct_group`, `classic_csv` …); None for the many files
        of an archive that hold no talk (advertisements, devices, sessions).
    """
    if member.name.lower().endswith(".csv"):
        return "classic_csv"
    found = _assignment(member)
    if found is None:
        return None
    if found["month"]:
        return "classic_month"
    if found["details"]:
        return _KINDS.get(found["details"].decode())
    by_name = kind_of_name(member.name)
    if by_name is not None:
        return by_name
    variable = (found["ytd"] or found["config"]).decode("ascii", "replace").lower()
    return _KINDS.get(variable) or (variable if variable in IGNORED else None)


def pattern_of(kind: str) -> str:
    """Return the generic member name of a kind, for reports that must not name real files.

    Examples
    --------
    >>> pattern_of("note_tweet")
    'data/note-tweet-part*.js'
    """
    return _PATTERNS.get(kind) or f"data/{kind.replace('_', '-')}-part*.js"


def root_of(name: str) -> str:
    """Return the folder of the archive that a file belongs to.

    Archives come as `data/…`, re-zipped one level down, or with their files at the root.

    Examples
    --------
    >>> root_of("twitter-2023/data/tweets.js"), root_of("tweet.js")
    ('twitter-2023', '')
    >>> root_of("old/data/js/tweets/2013_03.js")
    'old'
    """
    folders = name.split("/")[:-1]
    for tail in (["data", "js", "tweets"], ["data", "js"], ["data"]):
        if folders[-len(tail) :] == tail:
            folders = folders[: -len(tail)]
            break
    return "/".join(folders)


def layout_of(members: Iterable[Member]) -> str:
    """Return the generations that an archive's posts belong to, oldest first, parted by `+`."""
    found: set[str] = set()
    for member in members:
        kind = kind_of(member)
        if kind in ("classic_csv", "classic_month"):
            found.add("2012")
        elif kind == "tweet":
            folder, _, name = member.name.lower().rpartition("/")
            old = "2020" if folder.rpartition("/")[2] == "data" else "2018"
            found.add("2022" if name.startswith("tweets") else old)
    return "+".join(sorted(found))


def _stem(name: str) -> str:
    """Return a path without its ending, so that `tweets` sorts before `tweets-part1`."""
    return name.rpartition(".")[0]


def sorted_files(
    members: Iterable[Member], written_us: dict[Archive, int]
) -> dict[str, list[Member]]:
    """Sort files by what they hold; in each kind the newest export first, then part by part.

    Parameters
    ----------
    members
        The claimed files.
    written_us
        When each archive was made, as far as its manifest says: among copies of one record the
        first one read is kept, so the newest goes first.

    Returns
    -------
    dict of str to list of Member
        Kind → files; files that hold no talk stand under the empty word.
    """
    files: dict[str, list[Member]] = {}
    for member in members:
        files.setdefault(kind_of(member) or "", []).append(member)
    for group in files.values():
        group.sort(key=lambda m: (-written_us.get(m.archive, 0), natural_key(_stem(m.name))))
    return files
