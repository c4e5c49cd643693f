"""Likes and follows, and the lists whose entries are counted and left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final, Literal

from supportnet.archive import BadItem, Member
from supportnet.importers.instagram.files import PLATFORM, pattern_of
from supportnet.parsing.meta import (
    Labelled,
    People,
    folded,
    labelled,
    records_of,
    repaired,
    seconds_us,
)
from supportnet.records import (
    SECOND,
    Identity,
    Ignored,
    MessageRef,
    RawContact,
    RawReaction,
    Rejected,
)

__all__ = ["ignored_counts", "read_contacts", "read_likes"]

_POST = re.compile(r"instagram\.com/(?:[\w.]+/)?(?:p|reel|reels|tv)/([\w-]{1,40})")
_PROFILE = re.compile(r"instagram\.com/(?:_u/)?@?([\w.]{1,30})/?(?:\?.*)?$")
_HANDLE = re.compile(r"@?[A-Za-z0-9_][A-Za-z0-9._]{0,29}")
_USERNAME: Final = frozenset({"username", "nom d'utilisateur", "nom d’utilisateur"})
_TIES: Final[dict[str, Literal["follow", "follower"]]] = {
    "followers": "follower",
    "following": "follow",
}
_LIKE: Final = "like"


def _dicts(member: Member, kind: str) -> Iterator[tuple[int, dict[str, Any]] | Rejected]:
    """Yield the records of a file that are objects, the others as rejects."""
    for _, index, record in records_of(member):
        if isinstance(record, dict):
            yield index, record
        else:
            reason = record.reason if isinstance(record, BadItem) else "json_shape"
            yield Rejected(reason, pattern_of(kind), index)


def _account(record: dict[str, Any], entries: list[Labelled]) -> str | None:
    """Return the user name a record is about: in its title, a value, a label, or a link."""
    title = repaired(record.get("title")) or ""
    words = [e.value for e in entries if folded(e.label) in _USERNAME]
    words += [title, *(e.value for e in entries if not e.label)]
    for word in words:
        if _HANDLE.fullmatch(word.strip()):
            return word.strip()
    for entry in entries:
        found = _PROFILE.search(entry.href)
        if found is not None:
            return found[1]
    return None


def read_likes(
    member: Member, kind: str, people: People, owner: Identity
) -> Iterator[RawReaction | Rejected]:
    """Yield the owner's likes, dated, with the author of what was liked.

    Parameters
    ----------
    member
        A file of likes of any layout.
    kind
        `likes`, `comment_likes` or `story_likes`.
    people, owner
        The accounts of the export; who liked.

    Yields
    ------
    RawReaction or Rejected
        Reactions are counted apart from messages; only damaged records are rejected.
    """
    met: Counter[str] = Counter()
    for found in _dicts(member, kind):
        if isinstance(found, Rejected):
            yield found
            continue
        _, record = found
        entries = labelled(record)
        times = (entry.t_us for entry in entries)
        t_us = seconds_us(record.get("timestamp")) or next((t for t in times if t), None)
        account = _account(record, entries)
        links = (_POST.search(entry.href or entry.value) for entry in entries)
        post = next((link[1] for link in links if link), None)
        if post is not None and kind == "likes":
            target = MessageRef(PLATFORM, f"p/{post}")
        else:
            # A comment has no link of its own: its post, its author and the time name it.
            mark = f"{kind}:{post}:{account}:{None if t_us is None else t_us // SECOND}"
            met[mark] += 1
            mark += f":{met[mark]}" if met[mark] > 1 else ""
            target = MessageRef(PLATFORM, mark, "account", owner.id)
        author = people.handle(account) if account else None
        yield RawReaction(target, _LIKE, owner, 1, author, t_us)


def read_contacts(
    member: Member, kind: str, people: People, owner: Identity
) -> Iterator[RawContact | Rejected]:
    """Yield who follows the owner, or whom the owner follows, each since when.

    Parameters
    ----------
    member
        A file of either list; new ones write the user name in the title.
    kind
        `followers` or `following`.
    people, owner
        The accounts of the export; whose list it is.

    Yields
    ------
    RawContact or Rejected
        In the order of the file.
    """
    for found in _dicts(member, kind):
        if isinstance(found, Rejected):
            yield found
            continue
        index, record = found
        entries = labelled(record)
        account = _account(record, entries)
        if account is None:
            yield Rejected("no_name", pattern_of(kind), index)
            continue
        t_us = next((entry.t_us for entry in entries if entry.t_us is not None), None)
        other = people.handle(account)
        yield RawContact(owner, other, _TIES[kind], t_us, SECOND)


def ignored_counts(member: Member, reason: str, kind: str) -> Iterator[Ignored | Rejected]:
    """Yield the count of a file whose records are understood and left out."""
    n = 0
    for _, index, record in records_of(member):
        if isinstance(record, BadItem):
            yield Rejected(record.reason, pattern_of(kind), index)
        else:
            n += 1
    if n:
        yield Ignored(reason, n)
