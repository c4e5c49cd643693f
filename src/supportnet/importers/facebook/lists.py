"""Likes, friends and follows, and the files whose records are counted and left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final, Literal

from supportnet.archive import BadItem, Member
from supportnet.importers.facebook.files import PLATFORM, pattern_of
from supportnet.parsing.meta import (
    Labelled,
    People,
    folded,
    is_nobody,
    labelled,
    records_of,
    repaired,
    seconds_us,
)
from supportnet.parsing.meta_words import read_title
from supportnet.records import (
    SECOND,
    Identity,
    Ignored,
    MessageRef,
    RawContact,
    RawReaction,
    Rejected,
)

__all__ = ["ignored_counts", "read_contacts", "read_reactions"]

_LONGEST_WORD: Final = 32
_CONTACTS: Final[dict[str, Literal["friend", "follow", "follower"]]] = {
    "friends": "friend",
    "following": "follow",
    "followers": "follower",
}


def read_reactions(
    member: Member, people: People, owner: Identity, owner_name: str
) -> Iterator[RawReaction | Rejected]:
    """Yield the owner's reactions to posts and comments, dated; whose they were if a title tells.

    Parameters
    ----------
    member
        A file of reactions of any layout.
    people, owner, owner_name
        The persons of the export; who reacted.

    Yields
    ------
    RawReaction or Rejected
        Reactions are counted apart from messages; only damaged records are rejected.
    """
    met: Counter[str] = Counter()
    for _, index, record in records_of(member):
        if not isinstance(record, dict):
            reason = record.reason if isinstance(record, BadItem) else "json_shape"
            yield Rejected(reason, pattern_of("likes"), index)
            continue
        entries = labelled(record)
        t_us = seconds_us(record.get("timestamp"))
        prose = repaired(record.get("title")) or ""
        title = read_title(prose, owner_name) if prose else None
        link = next((entry.href for entry in entries if entry.href), "")
        number = record.get("fbid")
        # The number is that of the reaction, the link that of the content.
        words = link or (str(number) if isinstance(number, (str, int)) else "")
        mark = words or f"{record.get('timestamp')}:{prose}"
        met[mark] += 1
        copy = f":{met[mark]}" if met[mark] > 1 and not words else ""
        author = None
        if title is not None and title.act == "reaction" and title.other is not None:
            author = people.named(title.other, mark) if title.other else owner
        yield RawReaction(
            MessageRef(PLATFORM, f"reaction:{mark}{copy}", "account", owner.id),
            _word(record, entries),
            owner,
            1,
            None if author is None or author.is_placeholder else author,
            t_us,
        )


def _word(record: dict[str, Any], entries: list[Labelled]) -> str:
    """Return the platform's word for a reaction, lower case."""
    data = record.get("data")
    for part in data if isinstance(data, list) else []:
        inner = part.get("reaction") if isinstance(part, dict) else None
        word = inner.get("reaction") if isinstance(inner, dict) else None
        if isinstance(word, str) and 0 < len(word) <= _LONGEST_WORD:
            return word.lower()
    for entry in entries:
        if (
            folded(entry.label) in ("reaction", "réaction")
            and 0 < len(entry.value) <= _LONGEST_WORD
        ):
            return entry.value.lower()
    return "unknown"


def read_contacts(
    member: Member, kind: str, people: People, owner: Identity
) -> Iterator[RawContact | Ignored | Rejected]:
    """Yield the declared ties of one list: friends with since when, follows.

    Parameters
    ----------
    member
        The file.
    kind
        `friends`, `following` or `followers`.
    people, owner
        The persons of the export; whose list it is.

    Yields
    ------
    RawContact, Ignored or Rejected
        Friends who deleted their account are counted out: nothing tells them apart.
    """
    for _, index, record in records_of(member):
        if not isinstance(record, dict):
            reason = record.reason if isinstance(record, BadItem) else "json_shape"
            yield Rejected(reason, pattern_of(kind), index)
            continue
        entries = labelled(record)
        name = repaired(record.get("name")) or repaired(record.get("title"))
        name = name or next((entry.value for entry in entries if entry.value), None)
        if is_nobody(name) or name is None:
            yield Ignored("nameless_contact")
            continue
        times = (entry.t_us for entry in entries)
        t_us = seconds_us(record.get("timestamp")) or next((t for t in times if t), None)
        yield RawContact(owner, people.named(name, ""), _CONTACTS[kind], t_us, SECOND)


def ignored_counts(member: Member, reason: str, kind: str) -> Iterator[Ignored | Rejected]:
    """Yield the count of a file whose records are understood and left out."""
    n = 0
    for key, index, record in records_of(member):
        if kind == "group_copy" and key != "messages":
            continue  # who takes part stands in a list as well
        if isinstance(record, BadItem):
            yield Rejected(record.reason, pattern_of(kind), index)
        else:
            n += 1
    if n:
        yield Ignored(reason, n)
