"""What stands inside one Telegram row: words, persons mentioned, reactions."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

from supportnet.importers.telegram._clock import Clock
from supportnet.importers.telegram._peers import PLATFORM, Accounts, Chat, peer_id
from supportnet.records import Identity, MessageRef, RawReaction

__all__ = ["emoji_of", "mentions_of", "reactions_of", "text_of"]

_MOST_REACTIONS = 2**31 - 1


def flat(value: object) -> str:
    """Return a text written as a string or as a list of strings and entities, joined as it stands.

    Examples
    --------
    >>> flat(["courage ", {"type": "bold", "text": "toi"}, "!"])
    'courage toi!'
    """
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        return ""
    parts = [part.get("text") if isinstance(part, dict) else part for part in value]
    return "".join([part for part in parts if isinstance(part, str)])


def text_of(row: dict[str, Any]) -> str | None:
    """Return the words of a row: its text, else the question of its poll; None for neither."""
    text = row.get("text")
    if type(text) is str and text:
        return text
    entities = row.get("text_entities")
    words = (flat(entities) if entities else "") or flat(text)
    if not words:
        poll = row.get("poll")
        if isinstance(poll, dict):
            words = flat(poll.get("question"))
    return words or None


def mentions_of(parts: list[Any], accounts: Accounts) -> tuple[Identity, ...]:
    """Return the persons mentioned: `@name` by handle, a name without handle by its account id."""
    found: dict[Identity, None] = {}
    for part in parts:
        if type(part) is not dict:
            continue
        kind = part.get("type")
        if kind == "mention":
            word = part.get("text")
            if isinstance(word, str) and len(word) > 1:
                handle = word.removeprefix("@").lower()
                found[Identity(PLATFORM, handle, kind="handle")] = None
        elif kind == "mention_name":
            peer = peer_id(part.get("user_id"))
            if peer is not None:
                found[accounts.get(peer)] = None
    return tuple(found)


def emoji_of(text: object) -> str:
    """Return an emoji without its colour mark, `other` for anything that is not one.

    Examples
    --------
    >>> emoji_of("❤\ufe0f"), emoji_of("hello")
    ('❤', 'other')
    """
    if not isinstance(text, str) or not 0 < len(text) <= 16:
        return "other"
    # Symbols and their modifiers; a letter or digit would be words.
    is_symbol = unicodedata.category(text[0]) in ("So", "Sm", "Sk")
    return text.replace("\ufe0f", "") if is_symbol else "other"


def _kind_of(reaction: dict[str, Any]) -> str:
    """Return the platform's word for a reaction."""
    kind = reaction.get("type")
    if kind in ("custom_emoji", "paid"):
        return str(kind)
    return emoji_of(reaction.get("emoji"))


def reactions_of(
    row: dict[str, Any],
    chat: Chat,
    target: MessageRef,
    author: Identity,
    accounts: Accounts,
    clock: Clock,
) -> Iterator[RawReaction]:
    """Yield a row's reactions: those whose giver is named, and the rest as a count.

    The list `recent` is a sample and `count` the truth; channels give no sample.
    """
    reactions = row.get("reactions")
    if not isinstance(reactions, list):
        return
    visibility = chat.type.visibility
    for reaction in reactions:
        if not isinstance(reaction, dict):
            continue
        kind = _kind_of(reaction)
        named = 0
        recent = reaction.get("recent")
        for one in recent if isinstance(recent, list) else ():
            peer = peer_id(one.get("from_id")) if isinstance(one, dict) else None
            if peer is None:
                continue
            named += 1
            actor = accounts.get(peer, one.get("from"))
            t_us = clock.reaction(one.get("date"), row)
            yield RawReaction(target, kind, actor, 1, author, t_us, visibility)
        count = reaction.get("count")
        rest = count - named if type(count) is int else 0
        if 0 < rest <= _MOST_REACTIONS:
            yield RawReaction(target, kind, None, rest, author, None, visibility)
