"""`result.json`: one chat, or a whole account with its chats and the chats it left."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from supportnet.archive import BadItem, Item, Member, stream_json
from supportnet.errors import InputError
from supportnet.formats import Export
from supportnet.importers.telegram._clock import Clock, unix_us
from supportnet.importers.telegram._peers import (
    PLATFORM,
    Accounts,
    Chat,
    chat_type,
    open_chat,
    peer_id,
)
from supportnet.importers.telegram._rows import PATTERN, Rows
from supportnet.parsing.times import MIN_US, max_us
from supportnet.records import (
    SECOND,
    Identity,
    Ignored,
    RawAlias,
    RawContact,
    RawCoverage,
    Record,
    Rejected,
)

__all__ = ["owner_in_head", "read_json_export"]

_CHATS: Final = ("messages[]", "chats.list[].messages[]", "left_chats.list[].messages[]")
_CONTACTS: Final = "contacts.list[]"
_OWNER = re.compile(rb'"personal_information"\s*:\s*\{\s*"user_id"\s*:\s*"?(\d{1,19})')


def owner_in_head(member: Member) -> str | None:
    """Return the owner's peer id when the head of an account export shows it."""
    found = _OWNER.search(member.head())
    return f"user{found[1].decode()}" if found else None


def _rows(member: Member) -> Iterator[Any]:
    """Yield the bare rows of all chats of a file."""
    for item in stream_json(member, *_CHATS):
        yield item.value


class _File:
    """One `result.json` being read."""

    def __init__(self, member: Member, export: Export) -> None:
        self.member = member
        self.export = export
        self.clock = Clock(lambda: _rows(member), export.options)
        self.accounts = Accounts(owner_in_head(member))
        self.is_account = False
        self.covered: list[tuple[Chat, RawCoverage]] = []
        self.rows = Rows(self.accounts, self.clock)
        self.last_us = max_us()

    # Whose file it is

    def _named_owner(self) -> str | None:
        """Return the peer id of the owner named by `--owner`, by id or by name as sender."""
        word = self.export.options.owner
        if not word:
            return None
        spelt = self.accounts.owner_word(word)
        if spelt is not None:
            return spelt
        wanted = word.strip().casefold()
        found = {
            peer_id(row.get("from_id"))
            for row in _rows(self.member)
            if isinstance(row, dict)
            and isinstance(row.get("from"), str)
            and row["from"].strip().casefold() == wanted
        } - {None}
        if len(found) > 1:
            msg = (
                "an --owner that one account bears was expected; found "
                f"{len(found)} accounts of that name in {self.member.label}; "
                "pass the owner's numeric id."
            )
            raise InputError(msg)
        return found.pop() if found else None

    def _owner_of_dm(self, other: str | None) -> str | None:
        """Return the first sender of a private chat who is not the person it is named after."""
        if other is None:
            return None
        for row in _rows(self.member):
            sender = peer_id(row.get("from_id")) if isinstance(row, dict) else None
            if sender is not None and sender != other and sender.startswith("user"):
                return sender
        return None

    def _owner_of_account(self, root: dict[str, Any]) -> None:
        """Take the owner from the account's own page, with the name the researcher may use."""
        about = root.get("personal_information")
        if not isinstance(about, dict):
            return
        self.accounts.owner = self.accounts.owner or peer_id(about.get("user_id"))
        if self.accounts.owner is not None:
            self.accounts.get(self.accounts.owner, _full_name(about))

    def _find_owner(self, item: Item) -> None:
        """Settle whose file this is when its first chat opens."""
        self.is_account = item.path != _CHATS[0]
        root = item.context[0] if item.context else {}
        if self.is_account:
            self._owner_of_account(root)
        if self.accounts.owner is None:
            self.accounts.owner = self._named_owner()
        if self.accounts.owner is None and not self.is_account:
            kind = chat_type(root.get("type"))
            if kind.kind == "dm":
                row = item.value if isinstance(item.value, dict) else {}
                probe = open_chat(root, row, Accounts(), None)
                self.accounts.owner = self._owner_of_dm(probe.peer)

    def _begin(self, item: Item) -> Iterator[Record]:
        """Settle the owner; yield the handle that the account declares as its own."""
        self._find_owner(item)
        owner = self.accounts.owner_identity()
        root = item.context[0] if item.context else {}
        about = root.get("personal_information") if self.is_account else None
        self.export.notes["version"] = "account, JSON" if self.is_account else "chat, JSON"
        handle = about.get("username") if isinstance(about, dict) else None
        if owner is not None and isinstance(handle, str) and handle.strip("@ "):
            word = handle.strip("@ ").lower()
            yield RawAlias(owner, Identity(PLATFORM, word, kind="handle"))

    # Reading

    def read(self) -> Iterator[Record]:
        """Yield the records of the file."""
        chat: Chat | None = None
        last = (-1, "")
        record = -1
        for item in stream_json(self.member, *_CHATS, _CONTACTS):
            value = item.value
            if item.path == _CONTACTS:
                yield from self._contact(item)
                continue
            record += 1
            if type(value) is BadItem:
                yield Rejected(value.reason, PATTERN, record)
                continue
            if chat is None or item.index <= last[0] or item.path != last[1]:
                if chat is None:
                    yield from self._begin(item)
                else:
                    self._close(chat)
                meta = item.context[-1] if item.context else {}
                chat = open_chat(meta, value, self.accounts, self.accounts.owner)
                self.clock.new_chat()
            last = (item.index, item.path)
            if type(value) is not dict:
                yield Rejected("not_an_object", PATTERN, record)
            elif chat.is_service:
                yield Ignored("service_chat")
            elif value.get("type") != "message":
                yield from self.rows.other(value, chat, item.index, record)
            else:
                message = self.rows.message(value, chat, item.index)
                if isinstance(message, str):
                    yield Rejected(message, PATTERN, record)
                    continue
                yield message
                if "reactions" in value:
                    yield from self.rows.reactions(value, chat, message)
        if chat is not None:
            self._close(chat)
        yield from self._ending()

    def _contact(self, item: Item) -> Iterator[Record]:
        """Yield one entry of the owner's phone book as a declared tie."""
        entry = item.value
        if not isinstance(entry, dict):
            return
        self._owner_of_account(item.context[0] if item.context else {})
        owner = self.accounts.owner_identity()
        peer = peer_id(entry.get("user_id"))
        phone = entry.get("phone_number")
        if peer is not None:
            other = self.accounts.get(peer, _full_name(entry))
        elif isinstance(phone, str) and any(c.isdigit() for c in phone):
            other = Identity(PLATFORM, phone, kind="phone")
        else:
            return
        if owner is not None and other != owner:
            t_us = unix_us(entry.get("date_unixtime"))
            if t_us is not None and not MIN_US <= t_us <= self.last_us:
                t_us = None
            yield RawContact(owner, other, "friend", t_us, None if t_us is None else SECOND)

    def _close(self, chat: Chat) -> None:
        """Note what the chat just read shows."""
        owner = self.accounts.owner_identity()
        covered = chat.coverage(owner)
        if covered is not None:
            self.covered.append((chat, covered))
            if chat.type.kind != "dm" and chat.is_owner_only(owner):
                self.rows.facts["owner_only_chats"] += 1

    def _ending(self) -> Iterator[Record]:
        """Yield the coverage of the file and write its notes."""
        owner = self.accounts.owner_identity()
        flags: set[str] = set()
        for chat, covered in self.covered:
            if chat.type.kind == "dm" and self.is_account:
                flags |= covered.flags
            else:
                yield covered
        if self.is_account or not self.covered:
            yield RawCoverage(owner, frozenset(flags), resolution_us=SECOND)
        for word, number in self.rows.facts.items():
            self.export.notes[word] = str(number)
        if self.clock.used:
            self.export.notes["zone"] = ", ".join(sorted(self.clock.used))


def _full_name(person: dict[str, Any]) -> str | None:
    """Return first and last name as one, None when there is neither."""
    parts = (person.get("first_name"), person.get("last_name"))
    return " ".join(part for part in parts if isinstance(part, str) and part) or None


def read_json_export(members: Iterable[Member], export: Export) -> Iterator[Record]:
    """Yield the records of every `result.json` of an export."""
    for member in members:
        yield from _File(member, export).read()
