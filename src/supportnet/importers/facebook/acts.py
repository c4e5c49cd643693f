"""Posts, comments and posts in groups: the owner's side of what more than a few could read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from supportnet.archive import BadItem, Member
from supportnet.importers.facebook.files import PLATFORM, pattern_of
from supportnet.parsing.meta import (
    People,
    folded,
    labelled,
    records_of,
    repaired,
    seconds_us,
    strings_in,
)
from supportnet.parsing.meta_words import Title, read_title
from supportnet.records import (
    SECOND,
    Conversation,
    Identity,
    Ignored,
    MessageRef,
    RawMessage,
    Rejected,
)

__all__ = ["Acts"]

Visibility: TypeAlias = Literal["semi_public", "public", "unknown"]

# An audience is written in new files only, as a label in the account's language.
_AUDIENCE_LABELS: Final = frozenset({"audience", "privacy", "confidentialité", "visibilité"})
_AUDIENCES: Final[dict[str, Visibility]] = {
    "public": "public",
    "everyone": "public",
    "tout le monde": "public",
    "friends": "semi_public",
    "amis": "semi_public",
    "friends of friends": "semi_public",
    "amis d'amis": "semi_public",
}
_TEXT_KEYS: Final = ("post", "comment")
# Company in a title: "A, B and C", or "A and 2 others", who stay unnamed.
_COMPANY = re.compile(r", (?:and |et )?| and | et ")
_UNNAMED = re.compile(r"\d+ (?:others?|more|other people|autres?(?: personnes?)?)")


class _Said(NamedTuple):
    """What one record says: its words, its own time, who wrote it, and the group."""

    text: str | None = None
    t_us: int | None = None
    author: str | None = None
    group: str | None = None


def _said(data: object) -> _Said:
    """Read the list `data` of a record: several objects of one key each."""
    found: dict[str, Any] = {}
    for part in data if isinstance(data, list) else [data]:
        if not isinstance(part, dict):
            continue
        for key in _TEXT_KEYS:
            value = part.get(key)
            if isinstance(value, dict):
                words = repaired(value.get("comment")) or repaired(value.get("post"))
                found.setdefault("text", words)
                found.setdefault("t_us", seconds_us(value.get("timestamp")))
                found.setdefault("author", repaired(value.get("author")))
                found.setdefault("group", repaired(value.get("group")))
            elif isinstance(value, str):
                found.setdefault("text", repaired(value))
    return _Said(**found)


def _labelled_said(record: dict[str, Any]) -> _Said:
    """Read a record of labels (2024 on): with unknown labels the longest words are the text."""
    entries = [entry for entry in labelled(record) if entry.value and not entry.href]
    audience = {entry for entry in entries if folded(entry.label) in _AUDIENCE_LABELS}
    words = [entry.value for entry in entries if entry not in audience]
    times = [entry.t_us for entry in labelled(record) if entry.t_us is not None]
    return _Said(max(words, key=len, default=None), times[0] if times else None)


def _audience(record: dict[str, Any]) -> tuple[Visibility, str | None]:
    """Return who could read a record where it says so itself, and its word for that.

    Of an audience that is not one of the platform's own nothing is kept: it bears the name of a
    list of friends, or of a friend.
    """
    for entry in labelled(record):
        if folded(entry.label) in _AUDIENCE_LABELS and entry.value:
            found = _AUDIENCES.get(folded(entry.value.replace("’", "'")))
            return ("unknown", "other") if found is None else (found, entry.value)
    return "unknown", None


class Acts:
    """Read posts and comments.

    Parameters
    ----------
    people
        The persons of the export.
    owner
        Who wrote them.
    owner_name
        The owner's display name, with which titles begin.
    """

    def __init__(self, people: People, owner: Identity, owner_name: str) -> None:
        self._people = people
        self._owner = owner
        self._name = owner_name
        self._groups: dict[str, Conversation] = {}
        self._instants: Counter[tuple[str, int]] = Counter()
        self._seq = 0
        self.span: tuple[int, int] | None = None

    def read(self, member: Member, kind: str) -> Iterator[RawMessage | Ignored | Rejected]:
        """Yield one record per post or comment of a file.

        Parameters
        ----------
        member
            The file.
        kind
            `posts`, `group_posts`, `comments` or `group_comments`.

        Yields
        ------
        RawMessage, Ignored or Rejected
            In the order of the file.
        """
        for _, index, record in records_of(member):
            if isinstance(record, BadItem):
                yield Rejected(record.reason, pattern_of(kind), index)
            elif not isinstance(record, dict):
                # A story of 2023 may be the bare words "[object Object]".
                yield Rejected("json_shape", pattern_of(kind), index)
            else:
                found = self._act(record, kind)
                yield Rejected(found, pattern_of(kind), index) if isinstance(found, str) else found

    def _act(self, record: dict[str, Any], kind: str) -> RawMessage | Ignored | str:
        """Read one record; a reason when it cannot be used."""
        said = _labelled_said(record) if "label_values" in record else _said(record.get("data"))
        t_us = seconds_us(record.get("timestamp")) or said.t_us
        if t_us is None:
            given = record.get("timestamp") is not None
            return "bad_date" if given else "undated"
        if not (said.text or _carries(record)):
            return Ignored("title_only")
        prose = repaired(record.get("title"))
        title = read_title(prose, self._name) if prose else None
        is_comment = kind in ("comments", "group_comments")
        visibility, word = _audience(record)
        group = said.group or (title.other if title is not None and title.act == "group" else None)
        if group or kind in ("group_posts", "group_comments"):
            place, visibility = self._group(group), "semi_public"
        else:
            place = None
        number = self._number(kind, t_us)
        instant = f"{kind}:{t_us // SECOND}" + (f":{number}" if number else "")
        conversation = place or Conversation(PLATFORM, f"{self._owner.id}\x1f{instant}", "thread")
        self._seq += 1
        self.span = (min(t_us, (self.span or (t_us,))[0]), max(t_us, (self.span or (0, t_us))[1]))
        message = RawMessage(
            conversation,
            self._owner,
            t_us,
            self._seq,
            MessageRef(PLATFORM, instant, "account", self._owner.id),
            "comment" if is_comment else "post",
            visibility,
            word,
            said.text or None,
            (),
            self._tagged(record, title),
            resolution_us=SECOND,
        )
        self._point(message, title)
        return message

    def _number(self, kind: str, t_us: int) -> int:
        """Return how many acts of this kind and second came before."""
        self._instants[kind, t_us] += 1
        return self._instants[kind, t_us] - 1

    def _group(self, name: str | None) -> Conversation:
        """Return the conversation of a large group; only its name is known, to this owner."""
        key = f"group:{self._owner.id}\x1f{folded(name or '')}"
        if key not in self._groups:
            self._groups[key] = Conversation(PLATFORM, key, "channel")
        return self._groups[key]

    def _tagged(self, record: dict[str, Any], title: Title | None) -> tuple[Identity, ...]:
        """Return the persons tagged in a post, or named as company in its title."""
        names = strings_in(record.get("tags"))
        if title is not None and title.act == "with" and title.other and not names:
            listed = (name.strip() for name in _COMPANY.split(title.other))
            names = [name for name in listed if name and not _UNNAMED.fullmatch(name)]
        found = (self._people.named(name, "") for name in names)
        return tuple(dict.fromkeys(one for one in found if not one.is_placeholder))

    def _point(self, message: RawMessage, title: Title | None) -> None:
        """Set whose wall, post or comment an act was for: only its title tells."""
        if title is None or title.other is None or title.act not in ("wall", "comment", "reply"):
            return
        other = self._owner
        if title.other:
            other = self._people.named(title.other, message.conversation.key)
        if title.act == "wall":
            message.wall_owner = other
        elif title.act == "comment":
            message.root_author = other
        else:
            message.reply_author = other


def _carries(record: dict[str, Any]) -> bool:
    """Tell whether a record carries a picture, a link, a place or anything but its title."""
    attached = record.get("attachments")
    parts = attached if isinstance(attached, list) else [attached]
    data = [part.get("data") for part in parts if isinstance(part, dict)]
    return any(data) or bool(record.get("media"))
