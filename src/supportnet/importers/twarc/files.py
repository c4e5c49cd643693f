"""Which layout a file has, judged by its first bytes."""

from __future__ import annotations

import re
from typing import Final

from supportnet.archive import Member

__all__ = ["PATTERNS", "PLATFORM", "kind_of", "sniff"]

PLATFORM: Final = "twitter"

# Layout → the generic name under which its rejected records are reported.
PATTERNS: Final = {
    "lines": "tweets*.jsonl",
    "array": "tweets*.json",
    "document": "tweets*.json",
    "table": "tweets*.csv",
    "ids": "ids*.txt",
}

_BOM: Final = b"\xef\xbb\xbf"
_NUMBER: Final = rb'"?(?:\d|-)'
# A tweet of v1.1 has a user with a screen name and ids as text.
_V1 = (re.compile(rb'"created_at"\s*:'), re.compile(rb'"(?:id_str|id)"\s*:\s*' + _NUMBER))
_V1_USER = re.compile(rb'"(?:screen_name|user)"\s*:')
_V1_OWN = re.compile(rb'"(?:retweet_count|retweeted|in_reply_to_status_id(?:_str)?)"\s*:')
_V2 = (re.compile(rb'"author_id"\s*:\s*"'), re.compile(rb'"(?:text|tweet_count)"\s*:'))
_V2_OWN = re.compile(
    rb'"(?:conversation_id|referenced_tweets|edit_history_tweet_ids|public_metrics'
    rb'|reply_settings|includes|__twarc|matching_rules)"\s*:'
)
_TWARC = re.compile(rb'"__twarc"\s*:\s*\{')
_EMPTY_PAGE = re.compile(rb'\s*\{\s*"meta"\s*:\s*\{[^{}]*"result_count"\s*:\s*0')
_NOTICE = re.compile(
    rb'\s*\{\s*"(?:delete|limit|scrub_geo|status_withheld|user_withheld|warning|disconnect)"'
    rb'\s*:\s*\{\s*"(?:status|track|user_id|user_id_str|id|code|favorite)"\s*:'
)
_COMPLIANCE = re.compile(rb'"(?:redacted_at|action)"\s*:\s*"[^"]*"[^}]*"reason"\s*:\s*"')
# The first line of a document that is laid out over many lines.
_OPENING = re.compile(rb"\s*\{[^\r\n]*(?<=[{\[,])[ \t]*[\r\n]")
_IDS = re.compile(rb"(?:\s*\d{15,19}[ \t]*[\r\n])+\s*\d{0,19}\s*")
_COLUMNS: Final = (b"author_id", b"created_at", b"text")
_REFERENCE: Final = b"referenced_tweets."


def kind_of(member: Member) -> str | None:
    """Return the layout of a file of tweets.

    Parameters
    ----------
    member
        Any file.

    Returns
    -------
    str or None
        `lines` (one JSON object per line), `array`, `document` (one page), `table` (CSV),
        `ids` (a list of ids without tweets); None for files of other origin.
    """
    head = member.head().removeprefix(_BOM)
    first = head.lstrip()[:1]
    if first in (b"{", b"["):
        if not _is_ours(head):
            return None
        if first == b"[":
            return "array"
        return "document" if _OPENING.match(head) else "lines"
    name = member.name.lower()
    if first.isdigit() and name.endswith((".txt", ".csv", ".tsv", ".ids", ".dat")):
        return "ids" if _IDS.fullmatch(head) else None
    if name.endswith((".csv", ".tsv")):
        header = head.partition(b"\n")[0]
        is_tweets = _REFERENCE in header and all(column in header for column in _COLUMNS)
        return "table" if is_tweets else None
    return None


def _is_ours(head: bytes) -> bool:
    """Say whether JSON holds tweets, or what the interface sends between them."""
    # Posts of other networks have none of these fields.
    if all(sign.search(head) for sign in _V1) and _V1_USER.search(head) and _V1_OWN.search(head):
        return b'"acct"' not in head
    if all(sign.search(head) for sign in _V2) and _V2_OWN.search(head):
        return True
    signs = (_TWARC.search(head), _EMPTY_PAGE.match(head), _NOTICE.match(head))
    return any(signs) or (b'"id"' in head and _COMPLIANCE.search(head) is not None)


def sniff(member: Member) -> bool:
    """Say whether one file is a collection of tweets.

    Parameters
    ----------
    member
        The file.

    Returns
    -------
    bool
        True for JSON of the Twitter API, the tables of twarc-csv and bare lists of tweet ids.
    """
    return kind_of(member) is not None
