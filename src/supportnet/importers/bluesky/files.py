"""Which file holds what. Names tell nothing here (`repo.car`, `….getRepo`, no ending): bytes do."""

from __future__ import annotations

import re
from typing import Final

from supportnet.archive import Member

__all__ = ["PATTERNS", "PLATFORM", "kind_of", "root_of", "sniff"]

PLATFORM: Final = "bluesky"

# Kind of file → the generic name under which its rejected records are reported.
PATTERNS: Final = {
    "car": "*.car",
    "chat": "chat*.jsonl",
    "records": "records*.json",
    "handles": "handles.csv",
}

_BOM: Final = b"\xef\xbb\xbf"
_HEAD: Final = 8192
# A CAR header is one map of `roots` and `version`, behind its length in one or two bytes.
_CAR = re.compile(rb"[\x10-\xff][\x00-\x7f]?\xa2eroots", re.DOTALL)
_CHAT_LINE = re.compile(rb'\s*\{[^\n]*(?:"chat\.bsky\.|"did:[a-z]+:)')
_CHAT_FIELD = re.compile(rb'"(?:sentAt|convoId|convo|members)"\s*:')
_RECORDS = re.compile(rb'\s*\{\s*(?:"cursor"\s*:\s*"[^"]*"\s*,\s*)?"(?:records|uri|cid)"\s*:')
_RECORD = re.compile(rb'"uri"\s*:\s*"at://did:')
_HANDLES = re.compile(rb'\s*"?did"?\s*[,;\t]\s*"?handle"?\s*[\r\n]', re.IGNORECASE)


def kind_of(member: Member) -> str | None:
    """Return what a file holds, judged by its first bytes.

    Parameters
    ----------
    member
        Any file.

    Returns
    -------
    str or None
        `car`, `chat`, `records` (pages of `listRecords`, or one record of `getRecord`), `handles`
        (a table the researcher may add); None for files of other origin.

    Notes
    -----
    A stream of the whole network (`time_us`) and answers of other calls of the interface (`feed`,
    `thread`) are no archive of one person and are not recognised.
    """
    head = member.head()[:_HEAD]
    if _CAR.match(head):
        return "car"
    head = head.removeprefix(_BOM)
    if head.lstrip()[:1] == b"{":
        if _RECORDS.match(head):
            is_record = _RECORD.search(head) and b'"value"' in head
            return "records" if is_record or _is_empty_page(head) else None
        if b'"time_us"' in head:
            return None
        is_chat = _CHAT_LINE.match(head) and _CHAT_FIELD.search(head)
        return "chat" if is_chat else None
    if member.name.lower().endswith((".csv", ".tsv", ".txt")) and _HANDLES.match(head):
        return "handles"
    return None


def _is_empty_page(head: bytes) -> bool:
    """Recognise the page that ends a list of records."""
    return re.fullmatch(rb'\s*\{\s*"records"\s*:\s*\[\s*\]\s*\}\s*', head) is not None


def sniff(member: Member) -> bool:
    """Say whether one file belongs to a Bluesky export.

    Parameters
    ----------
    member
        The file.

    Returns
    -------
    bool
        True for repositories, chat exports, pages of records and a table of handles.
    """
    return kind_of(member) is not None


def root_of(name: str) -> str:
    """Return the folder a file lies in: what lies side by side belongs together.

    Examples
    --------
    >>> root_of("lea/repo.car"), root_of("repo.car")
    ('lea', '')
    """
    return name.rpartition("/")[0]
