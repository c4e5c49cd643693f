"""Posts, stories and comments: the owner's public side, and who could read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final, Literal, TypeAlias

from supportnet.archive import BadItem, Member
from supportnet.importers.instagram.files import PLATFORM, pattern_of
from supportnet.importers.instagram.owner import Owner
from supportnet.parsing.meta import (
    Labelled,
    People,
    folded,
    labelled,
    records_of,
    repaired,
    seconds_us,
)
from supportnet.parsing.text import typed_handles
from supportnet.records import (
    SECOND,
    Conversation,
    Identity,
    MessageRef,
    RawMessage,
    Rejected,
)

__all__ = ["Acts"]

Visibility: TypeAlias = Literal["semi_public", "public", "unknown"]

# Labels of comments (English; French and Dutch partly from memory).
_COMMENT: Final = frozenset({"comment", "commentaire", "opmerking", "kommentar", "comentario"})
_MEDIA_OWNER: Final = frozenset(
    {"media owner", "propriétaire du média", "propriétaire du contenu", "media-eigenaar"}
)
_OTHERS: Final = frozenset({"time", "heure", "date", "tijd", "zeit"})


def _first(value: object) -> dict[str, Any]:
    """Return the first object of a list, or the object that stands for a list of one."""
    if isinstance(value, list):
        value = value[0] if value else None
    return value if isinstance(value, dict) else {}


class Acts:
    """Read what the owner posted and commented.

    Parameters
    ----------
    people
        The accounts of the export.
    owner
        Who wrote it, and when the account was private.
    identity
        The owner's identity.
    """

    def __init__(self, people: People, owner: Owner, identity: Identity) -> None:
        self._people = people
        self._facts = owner
        self._owner = identity
        self._instants: Counter[str] = Counter()
        self._seq = 0
        self.n = 0

    def _shown(self, t_us: int) -> tuple[Visibility, str | None]:
        """Return who could read a post, and the platform's word for it."""
        private = self._facts.was_private(t_us)
        if private is None:
            return "unknown", None
        return ("semi_public", "private account") if private else ("public", None)

    def posts(self, member: Member, kind: str) -> Iterator[RawMessage | Rejected]:
        """Yield one record per post.

        Parameters
        ----------
        member
            The file.
        kind
            `posts`, `reels`, `archived_posts` or `stories`. Stories may have gone to close friends
            and archived posts are seen by nobody now, so who could read them is unknown.

        Yields
        ------
        RawMessage or Rejected
            In the order of the file.
        """
        for _, index, record in records_of(member):
            if not isinstance(record, dict):
                reason = record.reason if isinstance(record, BadItem) else "json_shape"
                yield Rejected(reason, pattern_of(kind), index)
                continue
            # With one medium its caption and time stand only there; a story is a medium itself.
            medium = _first(record.get("media"))
            given = record.get("creation_timestamp") or medium.get("creation_timestamp")
            t_us = seconds_us(given)
            if t_us is None:
                reason = "undated" if given is None else "bad_date"
                yield Rejected(reason, pattern_of(kind), index)
                continue
            text = repaired(record.get("title")) or repaired(medium.get("title"))
            uri = repaired(medium.get("uri")) or repaired(record.get("uri")) or ""
            visibility, word = (
                self._shown(t_us) if kind in ("posts", "reels") else ("unknown", kind)
            )
            yield self._act("post", t_us, text, visibility, word, uri)

    def comments(self, member: Member) -> Iterator[RawMessage | Rejected]:
        """Yield one record per comment, whatever its layout."""
        for _, index, record in records_of(member):
            if not isinstance(record, dict):
                reason = record.reason if isinstance(record, BadItem) else "json_shape"
                yield Rejected(reason, pattern_of("comments"), index)
                continue
            entries = labelled(record)
            times = [entry.t_us for entry in entries if entry.t_us is not None]
            if not times:
                given = any(
                    part.get("timestamp") for part in _parts(record) if isinstance(part, dict)
                )
                yield Rejected("bad_date" if given else "undated", pattern_of("comments"), index)
                continue
            text, owner = _comment_parts(entries)
            yield self.comment(times[0], text, owner)

    def comment(self, t_us: int, text: str | None, media_owner: str | None) -> RawMessage:
        """Return a comment; only one under the owner's own posts has a known audience."""
        other = self._people.handle(media_owner) if media_owner and media_owner.strip() else None
        own = other == self._owner
        visibility, word = self._shown(t_us) if own else ("unknown", None)
        message = self._act("comment", t_us, text, visibility, word, "")
        message.root_author = other
        return message

    def _act(
        self,
        kind: Literal["post", "comment"],
        t_us: int,
        text: str | None,
        visibility: Visibility,
        word: str | None,
        uri: str,
    ) -> RawMessage:
        """Make one record; time and file name it in every export, however it was edited."""
        mark = f"{kind}:{t_us // SECOND}:{uri.rpartition('/')[2]}"
        self._instants[mark] += 1
        if self._instants[mark] > 1:
            mark = f"{mark}:{self._instants[mark]}"
        self._seq += 1
        self.n += 1
        typed = (self._people.handle(name) for name in typed_handles(text or ""))
        return RawMessage(
            Conversation(PLATFORM, f"{self._owner.id}\x1f{mark}", "thread"),
            self._owner,
            t_us,
            self._seq,
            MessageRef(PLATFORM, mark, "account", self._owner.id),
            kind,
            visibility,
            word,
            text or None,
            (),
            tuple(one for one in dict.fromkeys(typed) if one != self._owner),
            resolution_us=SECOND,
        )


def _parts(record: dict[str, Any]) -> list[Any]:
    """Return the values of a record, whatever holds them."""
    by_label = record.get("string_map_data")
    found = list(by_label.values()) if isinstance(by_label, dict) else []
    listed = record.get("string_list_data")
    return found + (listed if isinstance(listed, list) else [])


def _comment_parts(entries: list[Labelled]) -> tuple[str | None, str | None]:
    """Return the words of a comment and whose media it is under.

    Labels are in the account's language: with unknown ones the longest value is the words, and a
    second one, that looks like a user name, the media's owner.
    """
    by_label = {folded(entry.label): entry.value for entry in entries if entry.value}
    text = next((by_label[k] for k in by_label if k in _COMMENT), None)
    owner = next((by_label[k] for k in by_label if k in _MEDIA_OWNER), None)
    if text is None:
        rest = [v for k, v in by_label.items() if k not in _MEDIA_OWNER | _OTHERS]
        text = max(rest, key=len, default=None)
    if owner is None and len(by_label) > 1:
        rest = [v for k, v in by_label.items() if v != text and k not in _COMMENT | _OTHERS]
        plain = [v for v in rest if v.replace(".", "").replace("_", "").isalnum() and len(v) <= 30]
        owner = plain[0] if len(plain) == 1 else None
    return text, owner
