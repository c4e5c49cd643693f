"""Accounts and chats as Telegram Desktop writes them: ids, kinds, visibility, and who is a bot."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

from supportnet.records import SECOND, Conversation, Identity, IdScope, MessageRef, RawCoverage

__all__ = ["PLATFORM", "Accounts", "Chat", "ChatType", "chat_type", "open_chat", "peer_id"]

PLATFORM: Final = "telegram"
_OWNER_WORD = re.compile(r"(?:user)?(\d+)")

Visibility = Literal["private_1to1", "private_group", "semi_public", "public", "unknown"]
ConversationKind = Literal["dm", "group", "channel", "thread", "broadcast", "self", "unknown"]


class ChatType(NamedTuple):
    """What one value of a chat's field `type` means.

    Attributes
    ----------
    kind, visibility
        Form of the conversation and who could read it.
    peer
        Prefix of the chat's own peer id.
    is_shared
        Message ids are the same for every member. Private chats and basic groups number messages
        per account instead: two owners' copies of one message carry different ids.
    row_kind
        Kind of an ordinary row.
    """

    kind: ConversationKind
    visibility: Visibility
    peer: Literal["user", "chat", "channel"]
    is_shared: bool
    row_kind: Literal["message", "post"] = "message"


_TYPES: Final[dict[str, ChatType]] = {
    "personal_chat": ChatType("dm", "private_1to1", "user", is_shared=False),
    "bot_chat": ChatType("dm", "private_1to1", "user", is_shared=False),
    "saved_messages": ChatType("self", "unknown", "user", is_shared=False),
    "private_group": ChatType("group", "private_group", "chat", is_shared=False),
    "private_supergroup": ChatType("group", "private_group", "channel", is_shared=True),
    "public_supergroup": ChatType("channel", "public", "channel", is_shared=True),
    # Not written by the program today, but other readers know it.
    "public_group": ChatType("channel", "public", "channel", is_shared=True),
    "private_channel": ChatType(
        "broadcast", "semi_public", "channel", is_shared=True, row_kind="post"
    ),
    "public_channel": ChatType("broadcast", "public", "channel", is_shared=True, row_kind="post"),
}
_UNKNOWN: Final = ChatType("unknown", "unknown", "chat", is_shared=False)
SERVICE_TYPES: Final = frozenset({"replies", "verification_codes"})
ALL_TYPES: Final = (*_TYPES, *SERVICE_TYPES)


def chat_type(word: object) -> ChatType:
    """Return what a chat's `type` means; a word of a later version means nothing is known."""
    return _TYPES.get(word, _UNKNOWN) if isinstance(word, str) else _UNKNOWN


def peer_id(value: object) -> str | None:
    """Return a peer id with its class: `user123`, `channel123`, `chat123`; None when there is none.

    Before 2021 the export wrote one bare number, the class in the bits above the 32nd (1 a user,
    2 a group or channel).

    Examples
    --------
    >>> peer_id("user5550002"), peer_id(4306234567), peer_id(11267271)
    ('user5550002', 'user11267271', 'user11267271')
    >>> peer_id(8600551942), peer_id(None)
    ('channel10617350', None)
    """
    if type(value) is str:
        if not value.isdecimal() or len(value) > 20:
            return value or None
        value = int(value)
    if type(value) is not int or value <= 0:
        return None
    if value >> 32 == 2:
        return f"channel{value & 0xFFFFFFFF}"
    return f"user{value & 0xFFFFFFFF if value >> 32 == 1 else value}"


@dataclass(slots=True)
class Accounts:
    """Every account seen, made once and reused.

    Attributes
    ----------
    owner
        Peer id of the export's owner, where known.
    """

    owner: str | None = None
    _known: dict[str, Identity] = field(default_factory=dict)

    def get(self, peer: str, name: object = None, *, is_bot: bool = False) -> Identity:
        """Return the account with this peer id."""
        found = self._known.get(peer)
        if found is None or (is_bot and not found.is_bot):
            word = name if isinstance(name, str) else None
            found = Identity(PLATFORM, peer, name=word, is_bot=is_bot)
            self._known[peer] = found
        return found

    def owner_identity(self) -> Identity | None:
        """Return the owner's account, None when unknown."""
        return None if self.owner is None else self.get(self.owner)

    @staticmethod
    def owner_word(text: str) -> str | None:
        """Return the peer id that the words of `--owner` spell, None when they are a name."""
        found = _OWNER_WORD.fullmatch(text.strip())
        return f"user{found[1]}" if found else None


@dataclass(slots=True)
class Chat:
    """One chat while it is being read.

    Attributes
    ----------
    conversation, type
        As opened.
    peer
        The chat's own peer id, None when the file gives no id.
    is_service
        A chat that no person writes in (replies digest, login codes).
    scope, within
        Scope of its message ids.
    copy
        Whose copy of the chat this is: the owner's id, or a mark made of the first row.
    senders
        Peer ids that wrote.
    topics
        Ids of `topic_created` rows.
    authors
        Senders by their id as written.
    n_reactions
        Reactions seen.
    """

    conversation: Conversation
    type: ChatType
    raw_type: str | None
    peer: str | None
    is_service: bool
    scope: IdScope
    within: str
    copy: str
    senders: set[str] = field(default_factory=set)
    topics: set[int] = field(default_factory=set)
    authors: dict[str | int, Identity] = field(default_factory=dict)
    n_reactions: int = 0

    def observe(self, person: Identity) -> None:
        """Count a person among those who can read; a private chat's two are known beforehand."""
        if self.type.kind != "dm":
            self.conversation.members.add(person)

    def ref(self, number: object) -> MessageRef | None:
        """Return the reference of message `number` of this chat, None when it is no number."""
        if type(number) is not int:
            return None
        word = str(number)
        # The history of a basic group before it became a supergroup is written with negative ids,
        # and those came from the account's own counter.
        if number < 0 and self.scope == "conversation":
            return MessageRef(PLATFORM, word, "account", self.copy)
        return MessageRef(PLATFORM, word, self.scope, self.within)

    def elsewhere(self, number: object, peer: str) -> MessageRef | None:
        """Return the reference of message `number` of another chat, `peer`."""
        if type(number) is not int:
            return None
        if peer.startswith("channel"):
            return MessageRef(PLATFORM, str(number), "conversation", peer)
        return MessageRef(PLATFORM, str(number), "account", self.copy)

    def coverage(self, owner: Identity | None) -> RawCoverage | None:
        """Return what this chat's file shows: all sides, or only the owner's own messages."""
        if self.is_service or self.type.kind in ("self", "unknown"):
            return None
        if self.type.kind == "dm":
            flags = {"private_in", "private_out"}
        else:
            layer = "private" if self.type.kind == "group" else "public"
            flags = {f"{layer}_out"} | ({"groups"} if layer == "private" else set())
            if not self.is_owner_only(owner):
                flags |= {f"{layer}_in", "alter_alter"}
        if self.n_reactions and self.type.kind == "dm":
            flags |= {"reactions_in", "reactions_out"}
        return RawCoverage(owner, frozenset(flags), self.conversation, resolution_us=SECOND)

    def is_owner_only(self, owner: Identity | None) -> bool:
        """Tell whether a group or channel holds nobody's rows but the owner's."""
        return owner is not None and self.senders == {owner.id}


def _chat_peer(meta: dict[str, Any], kind: ChatType, *, is_old: bool) -> str | None:
    """Return the chat's own peer id; `is_old` marks files whose ids carry their class in bits."""
    number = meta.get("id")
    if type(number) is not int:
        return None
    if is_old and number >> 32 in (1, 2):
        number &= 0xFFFFFFFF
    return f"{kind.peer}{number}"


def open_chat(meta: dict[str, Any], first: object, accounts: Accounts, owner: str | None) -> Chat:
    """Return the state of a chat about to be read.

    Parameters
    ----------
    meta
        The chat object's own fields.
    first
        Its first row; in a chat of unknown owner its id and time stand for the copy.
    accounts
        The accounts of the file.
    owner
        Peer id of the owner of this chat's copy, where known.
    """
    word = meta.get("type")
    raw = word if isinstance(word, str) else None
    kind = chat_type(raw)
    row = first if isinstance(first, dict) else {}
    is_old = type(row.get("from_id") or row.get("actor_id")) is int
    peer = _chat_peer(meta, kind, is_old=is_old)
    # Two owners never share this mark, and one owner's second export of the chat does.
    copy = owner or f"copy:{row.get('id')}:{row.get('date_unixtime') or row.get('date')}"
    if raw == "saved_messages":
        peer = owner or peer
    conversation = Conversation(PLATFORM, peer or f"{raw}:{copy}", kind.kind)
    if kind.kind == "dm" and peer is not None:
        conversation.members_basis = "roster"
        name = meta.get("name")
        conversation.members.add(accounts.get(peer, name, is_bot=raw == "bot_chat"))
        if owner is not None:
            conversation.members.add(accounts.get(owner))
    elif kind.kind == "self" and owner is not None:
        conversation.members_basis = "roster"
        conversation.members.add(accounts.get(owner))
    else:
        conversation.members_basis = "observed"
    scope: IdScope = "conversation" if kind.is_shared and peer else "account"
    within = conversation.key if scope == "conversation" else copy
    return Chat(conversation, kind, raw, peer, raw in SERVICE_TYPES, scope, within, copy)
