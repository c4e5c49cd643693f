"""Telegram Desktop exports: one whole account, and single chats."""

from __future__ import annotations

from typing import Any

from supportnet.simulate.events import Chat
from supportnet.simulate.writers.book import MEDIA_EVERY, Account, Book, Row, local
from supportnet.simulate.writers.files import as_json, zipped

__all__ = ["write_telegram"]

_NOT_INCLUDED = "(File not included. Change data exporting settings to download.)"
_EMOJI = {"heart": "❤", "like": "👍", "agree": "👌", "funny": "😁"}
_GROUP_ID = 7_700_000_001


def write_telegram(book: Book) -> dict[str, bytes]:
    """Return the exports of Telegram.

    Parameters
    ----------
    book
        The community.

    Returns
    -------
    dict of str to bytes
        File name → zip of a folder with `result.json`. Times stand in both forms: the computer's
        local clock (Paris) and seconds since 1970.
    """
    files: dict[str, bytes] = {}
    account: list[Chat] = []
    for chat in book.made.chats:
        if chat.platform != "telegram":
            continue
        if chat.shape == "account":
            account.append(chat)
            continue
        text = as_json(_chat(book, chat), indent=1)
        code = book.owner(chat).code.lower()
        files[f"telegram-chat-{code}.zip"] = zipped({"ChatExport_2025-01-05/result.json": text})
    if account:
        owner = book.owner(account[0])
        text = as_json(_account(book, owner, account), indent=1)
        name = f"telegram-account-{owner.code.lower()}.zip"
        files[name] = zipped({"DataExport_2025-01-05/result.json": text})
    return files


def _account(book: Book, owner: Account, chats: list[Chat]) -> dict[str, object]:
    """Return a whole account."""
    first, _, last = owner.name.partition(" ")
    return {
        "about": "Here is the data you requested (invented).",
        "personal_information": {
            "user_id": int(owner.telegram_id),
            "first_name": first,
            "last_name": last,
            "username": f"@{owner.handle}",
        },
        "chats": {
            "about": "This page lists all chats from this export.",
            "list": [_chat(book, chat) for chat in chats],
        },
    }


def _chat(book: Book, chat: Chat) -> dict[str, object]:
    """Return one chat: a person's, named and numbered after the other person, or a group's."""
    owner, rows = book.owner(chat), book.said_in(chat.name)
    numbers = _numbers(book, owner)
    hearts = {
        event_id: (actor, kind, t_us)
        for event_id, actor, kind, t_us in book.made.reactions.itertuples(index=False)
        if book.rows[event_id].conversation == chat.name
    }
    messages = [_message(book, row, numbers, hearts.get(row.event_id)) for row in rows]
    if len(chat.members) > 2:
        made = _created(book, owner, chat, rows[0].t_us - 60_000_000)
        head: dict[str, object] = {
            "name": "Chorale",
            "type": "private_group",
            "id": _GROUP_ID,
        }
        return head | {"messages": [made, *messages]}
    other = next(m for m in book.members(chat) if m.code != owner.code)
    return {
        "name": other.name,
        "type": "personal_chat",
        "id": int(other.telegram_id),
        "messages": messages,
    }


def _numbers(book: Book, owner: Account) -> dict[int, int]:
    """Return event → message id: personal chats and small groups share their account's counter."""
    said = [
        row.event_id
        for chat in book.made.chats
        if chat.platform == "telegram" and book.owner(chat) is owner
        for row in book.said_in(chat.name)
    ]
    return {event_id: 100 + i for i, event_id in enumerate(sorted(said))}


def _clock(t_us: int) -> dict[str, str]:
    """Return both forms of a time."""
    return {
        "date": f"{local(t_us):%Y-%m-%dT%H:%M:%S}",
        "date_unixtime": str(t_us // 1_000_000),
    }


def _created(book: Book, owner: Account, chat: Chat, t_us: int) -> dict[str, object]:
    """Return the service row that made a group."""
    return {
        "id": 99,
        "type": "service",
        **_clock(t_us),
        "actor": owner.name,
        "actor_id": f"user{owner.telegram_id}",
        "action": "create_group",
        "title": "Chorale",
        "members": [m.name for m in book.members(chat)],
        "text": "",
        "text_entities": [],
    }


def _message(
    book: Book, row: Row, numbers: dict[int, int], heart: tuple[str, str, int] | None
) -> dict[str, object]:
    """Return one message."""
    author = book.people[row.author]
    record: dict[str, object] = {
        "id": numbers[row.event_id],
        "type": "message",
        **_clock(row.t_us),
        "from": author.name,
        "from_id": f"user{author.telegram_id}",
    }
    if row.reply_to >= 0:
        record["reply_to_message_id"] = numbers[row.reply_to]
    if numbers[row.event_id] % MEDIA_EVERY == 0:
        record |= {"photo": _NOT_INCLUDED, "width": 800, "height": 600}
        record |= {"text": "", "text_entities": []}
    else:
        entities = _entities(row.text)
        plain = all(e["type"] == "plain" for e in entities)
        mixed = [e["text"] if e["type"] == "plain" else e for e in entities]
        record |= {"text": row.text if plain else mixed, "text_entities": entities}
    if heart is not None:
        actor, kind, t_us = heart
        who = book.people[actor]
        given: dict[str, Any] = {
            "from": who.name,
            "from_id": f"user{who.telegram_id}",
            "date": _clock(t_us)["date"],
        }
        record["reactions"] = [
            {"type": "emoji", "count": 1, "emoji": _EMOJI[kind], "recent": [given]}
        ]
    return record


def _entities(text: str) -> list[dict[str, str]]:
    """Return a text as its pieces, a link apart."""
    before, mark, after = text.partition("https://")
    if not mark:
        return [{"type": "plain", "text": text}]
    pieces = [{"type": "plain", "text": before}] if before else []
    return [*pieces, {"type": "link", "text": mark + after}]
