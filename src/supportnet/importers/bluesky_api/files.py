"""Recognise pages of Bluesky's interface by the posts in them."""

from __future__ import annotations

import re
from typing import Final

from supportnet.archive import Member

__all__ = ["PATTERN", "PLATFORM", "is_lines", "sniff"]

PLATFORM: Final = "bluesky"
# The generic name under which rejected records are reported.
PATTERN: Final = "feed*.json"

_BOM: Final = b"\xef\xbb\xbf"
_VIEW = re.compile(rb'"uri"\s*:\s*"at://[^"/]{1,2048}/app\.bsky\.feed\.post/')
_AROUND = re.compile(rb'"(?:feed|thread|posts|post)"\s*:\s*[\[{]')
_AUTHOR = re.compile(rb'"author"\s*:\s*\{[^{}]*"did"\s*:\s*"did:')
_EMPTY = re.compile(rb'\s*\{\s*(?:"cursor"\s*:\s*"[^"]*"\s*,\s*)?"feed"\s*:\s*\[\s*\]')
_MISSING = re.compile(rb'"\$type"\s*:\s*"app\.bsky\.feed\.defs#(?:notFound|blocked)Post"')
# The first line of a document that is laid out over many lines.
_OPENING = re.compile(rb"\s*[{\[][^\r\n]*(?<=[{\[,])[ \t]*[\r\n]")


def _head(member: Member) -> bytes:
    """Return the first bytes without a byte order mark."""
    return member.head().removeprefix(_BOM)


def is_lines(member: Member) -> bool:
    """Say whether a file holds one object per line rather than one document."""
    head = _head(member)
    is_object = head.lstrip()[:1] == b"{"
    return is_object and _OPENING.match(head) is None


def sniff(member: Member) -> bool:
    """Say whether one file is a page of Bluesky's interface.

    Parameters
    ----------
    member
        The file.

    Returns
    -------
    bool
        True for JSON with posts and their authors; events of the stream and pages of records from
        a repository are other formats.
    """
    head = _head(member)
    if head.lstrip()[:1] not in (b"{", b"["):
        return False
    if b'"time_us"' in head or b'"chat.bsky.' in head:
        return False
    if _EMPTY.match(head):
        return True
    if _MISSING.search(head) and _AROUND.search(head):
        return True
    has_post = _VIEW.search(head) is not None and _AUTHOR.search(head) is not None
    return has_post and b'"record"' in head
