"""What stands inside a post or a chat message: persons mentioned, content carried, reactions."""

from __future__ import annotations

import unicodedata
from typing import Any, Final

from supportnet.importers.bluesky.people import People
from supportnet.records import Identity, MessageRef

__all__ = ["carried", "emoji_of", "language_of", "mentions_of"]

_POST: Final = "app.bsky.feed.post"
_LONGEST_EMOJI: Final = 32


def mentions_of(record: dict[str, Any], people: People) -> tuple[Identity, ...]:
    """Return the accounts mentioned, each once, in order.

    Facets carry them by id; records of 2022 and 2023 have entities instead. The text itself is
    never searched: a typed handle may be anybody's by now.
    """
    found: dict[Identity, None] = {}
    facets = record.get("facets")
    if isinstance(facets, list):
        for facet in facets:
            features = facet.get("features") if isinstance(facet, dict) else None
            for feature in features if isinstance(features, list) else ():
                if isinstance(feature, dict) and str(feature.get("$type")).endswith("#mention"):
                    person = people.maybe(feature.get("did"))
                    if person is not None:
                        found[person] = None
    entities = record.get("entities")
    if not found and isinstance(entities, list):
        for entity in entities:
            if isinstance(entity, dict) and entity.get("type") == "mention":
                person = people.maybe(entity.get("value"))
                if person is not None:
                    found[person] = None
    return tuple(found)


def carried(record: dict[str, Any], people: People) -> tuple[MessageRef | None, Identity | None]:
    """Return the post that a post or chat message carries, and its author.

    A carried list, feed or starter pack is nobody's message and gives nothing.
    """
    embed = record.get("embed")
    for _ in range(3):
        if not isinstance(embed, dict):
            break
        uri = embed.get("uri")
        if isinstance(uri, str):
            found = people.content(uri)
            if found is not None and found[2] == _POST:
                return found[0], found[1]
            break
        # With pictures beside it, the pointer lies one level deeper.
        embed = embed.get("record")
    return None, None


def language_of(record: dict[str, Any], known: dict[str, str]) -> str | None:
    """Return the language the record declares, when it declares exactly one."""
    langs = record.get("langs")
    if isinstance(langs, list) and len(langs) == 1 and isinstance(langs[0], str):
        return known.setdefault(langs[0], langs[0]) or None
    return None


def emoji_of(value: Any) -> str:
    r"""Return an emoji without its colour mark, `other` for anything that is none.

    Examples
    --------
    >>> emoji_of("❤\ufe0f"), emoji_of("thanks a lot")
    ('❤', 'other')
    """
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_EMOJI:
        return "other"
    is_symbol = unicodedata.category(value[0]) in ("So", "Sm", "Sk", "Po")
    return value.replace("\ufe0f", "") if is_symbol else "other"
