"""Rows of a Telegram chat: messages, calls, and what service rows say about membership."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from supportnet.importers.telegram._body import mentions_of, reactions_of, text_of
from supportnet.importers.telegram._clock import Clock, unix_us
from supportnet.importers.telegram._peers import PLATFORM, Accounts, Chat, peer_id
from supportnet.parsing.times import MIN_US, max_us
from supportnet.records import (
    SECOND,
    Identity,
    Ignored,
    RawMembership,
    RawMessage,
    RawReaction,
    Record,
    Rejected,
)

__all__ = ["PATTERN", "Rows"]

PATTERN: Final = "result.json"

# Service rows by what they tell us; every other action is a `service_event`.
_MEMBERSHIP: Final = frozenset(
    {
        "create_channel",
        "create_group",
        "invite_members",
        "join_group_by_link",
        "join_group_by_request",
        "migrate_from_group",
        "migrate_to_supergroup",
        "remove_members",
    }
)
_JOINS: Final = frozenset({"create_group", "join_group_by_link", "join_group_by_request"})
_CALLS: Final = frozenset({"phone_call", "conference_call"})
_BURST: Final = 100  # rows in one second: an imported history, not talk


class Rows:
    """Turn the rows of one file into records.

    Parameters
    ----------
    accounts, clock
        Of the file.

    Attributes
    ----------
    facts
        Counts of what the data card should say.
    """

    def __init__(self, accounts: Accounts, clock: Clock) -> None:
        self.accounts = accounts
        self.clock = clock
        self.facts: Counter[str] = Counter()
        self._last_us = max_us()
        self._now = 0
        self._chat: Chat | None = None
        self._run = 0
        self._album_of: Identity | None = None

    def message(self, row: dict[str, Any], chat: Chat, seq: int) -> RawMessage | str:
        """Return what an ordinary row says, or the reason why it cannot be used."""
        time = self._time(row)
        if isinstance(time, str):
            return time
        message = self._message(row, chat, seq, time, row.get("from_id"), row.get("from"))
        message.kind = chat.type.row_kind
        message.text = text_of(row)
        parts = row.get("text_entities") or row.get("text")
        if type(parts) is list:
            message.mentions = mentions_of(parts, self.accounts)
        if "reply_to_message_id" in row:
            self._point(message, row, chat)
        if "forwarded_from_id" in row:
            source = peer_id(row["forwarded_from_id"])
            message.target_author = None if source is None else self.accounts.get(source)
        self._count(row, message, chat)
        return message

    def reactions(
        self, row: dict[str, Any], chat: Chat, message: RawMessage
    ) -> Iterator[RawReaction]:
        """Yield the reactions that a row holds."""
        if message.ref is None:
            return
        given = reactions_of(row, chat, message.ref, message.author, self.accounts, self.clock)
        for reaction in given:
            chat.n_reactions += 1
            yield reaction

    def other(self, row: dict[str, Any], chat: Chat, seq: int, record: int) -> Iterator[Record]:
        """Yield the records of a row that is no ordinary message."""
        kind = row.get("type")
        if kind == "service":
            yield from self._service(row, chat, seq, record)
        elif kind == "unsupported":
            yield Rejected("undated", PATTERN, record)
        else:
            yield Ignored("unknown_type")

    def _author(self, sender: object, name: object, chat: Chat, seq: int) -> Identity:
        """Return the sender, or a stand-in that joins nobody to anybody."""
        key = chat.conversation.key
        peer = peer_id(sender)
        if peer is None:
            if isinstance(name, str) and name:
                author = Identity(PLATFORM, name, "owner", "name", name)
                chat.observe(author)
                return author
            word = f"unknown:{seq}"
            return Identity(PLATFORM, word, "conversation", within=key, is_placeholder=True)
        if peer == chat.peer and peer.startswith("channel") and chat.type.row_kind == "message":
            # Administrators who hide behind their group share its id: nobody in particular.
            author = Identity(PLATFORM, peer, "conversation", within=key, is_placeholder=True)
        else:
            author = self.accounts.get(peer, name)
            chat.senders.add(peer)
            chat.observe(author)
        if isinstance(sender, str | int):
            chat.authors[sender] = author
        return author

    def _message(
        self,
        row: dict[str, Any],
        chat: Chat,
        seq: int,
        time: tuple[int, int],
        sender: Any,
        name: object,
    ) -> RawMessage:
        """Return a message with what every kind of row has."""
        # A damaged row may hold a list where its sender should be, which cannot be looked up.
        known = chat.authors.get(sender) if type(sender) is str else None
        kind = chat.type
        return RawMessage(
            chat.conversation,
            known or self._author(sender, name, chat, seq),
            time[0],
            seq,
            chat.ref(row.get("id")),
            "message",
            kind.visibility,
            chat.raw_type,
            None,
            # The readers of a private chat are its members; elsewhere nobody is named.
            None if kind.kind in ("dm", "group") else (),
            time_note=time[1],
            resolution_us=SECOND,
        )

    def _point(self, message: RawMessage, row: dict[str, Any], chat: Chat) -> None:
        """Set what a row answers; an answer to a topic's first row only places it in the topic."""
        number = row["reply_to_message_id"]
        elsewhere = row.get("reply_to_peer_id")
        if elsewhere is not None:
            peer = peer_id(elsewhere)
            message.reply_to = None if peer is None else chat.elsewhere(number, peer)
        elif type(number) is int and number in chat.topics:
            message.root = chat.ref(number)
        else:
            message.reply_to = chat.ref(number)

    def _service(self, row: dict[str, Any], chat: Chat, seq: int, record: int) -> Iterator[Record]:
        """Yield a call, or what a service row says about membership, and its reason."""
        action = row.get("action")
        if not isinstance(action, str):
            yield Ignored("service_event")
            return
        if action in _CALLS:
            time = self._time(row)
            if isinstance(time, str):
                yield Rejected(time, PATTERN, record)
                return
            call = self._message(row, chat, seq, time, row.get("actor_id"), row.get("actor"))
            call.kind = "call"
            yield call
            return
        if action == "topic_created" and type(row.get("id")) is int:
            chat.topics.add(row["id"])
        if action not in _MEMBERSHIP:
            yield Ignored("service_event")
            return
        yield Ignored("membership_event")
        yield from self._stay(row, action, chat)

    def _stay(self, row: dict[str, Any], action: str, chat: Chat) -> Iterator[Record]:
        """Yield who joined or left, where the row tells it of its actor.

        The persons that others invite or remove are written by display name alone, and a name is
        no account.
        """
        peer = peer_id(row.get("actor_id"))
        if peer is None or not peer.startswith("user"):
            return
        names = row.get("members")
        is_self = (
            isinstance(names, list) and row.get("actor") is not None and names == [row.get("actor")]
        )
        joins = action in _JOINS or (action == "invite_members" and is_self)
        leaves = action == "remove_members" and is_self
        if not (joins or leaves):
            return
        time = self._time(row)
        if isinstance(time, str):
            return
        person = self.accounts.get(peer, row.get("actor"))
        chat.observe(person)
        if joins:
            yield RawMembership(chat.conversation, person, joined_us=time[0])
        else:
            yield RawMembership(chat.conversation, person, left_us=time[0])

    def _count(self, row: dict[str, Any], message: RawMessage, chat: Chat) -> None:
        """Count rows that look like parts of an album and bursts of an imported history."""
        now = message.t_us
        if now != self._now or chat is not self._chat:
            self._now, self._chat, self._run, self._album_of = now, chat, 1, None
        else:
            self._run += 1
            if self._run == _BURST:
                self.facts["imported_bursts"] += 1
        if "photo" in row or "file" in row:
            if self._album_of == message.author:
                self.facts["album_rows"] += 1
            self._album_of = message.author

    def _time(self, row: dict[str, Any]) -> tuple[int, int] | str:
        """Return (µs, note bits) of a row, or the reason why it has no time."""
        t_us = unix_us(row.get("date_unixtime"))
        note = 0
        if t_us is None:
            local = row.get("date")
            found = self.clock.instant(local)
            if found is None:
                return "undated" if local is None else "bad_date"
            t_us, note = found
        return (t_us, note) if MIN_US <= t_us <= self._last_us else "bad_date"
