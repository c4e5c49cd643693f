"""The fields that are read of a post, a notification, a conversation or an account.

Every field may hold anything: servers differ, and one odd field must not cost a record.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec

__all__ = ["Account", "Thing"]

_Odd: TypeAlias = list[Any] | str | int | float | bool | None


class Account(msgspec.Struct, gc=False):
    """An account as the server knows it; `id` counts on that server only."""

    id: Any = None
    username: Any = None
    acct: Any = None
    url: Any = None
    bot: Any = None


class Thing(msgspec.Struct):
    """Anything the interface answers with, told apart by the fields it has."""

    id: Any = None
    created_at: Any = None
    account: Account | _Odd = None
    # A post.
    uri: Any = None
    url: Any = None
    edited_at: Any = None
    in_reply_to_id: Any = None
    in_reply_to_account_id: Any = None
    mentions: list[Account | _Odd] | Account | str | int | float | bool | None = None
    reblog: Thing | _Odd = None
    quote: Thing | _Odd = None
    quoted_status: Thing | _Odd = None
    visibility: Any = None
    content: Any = None
    language: Any = None
    favourites_count: Any = None
    # A notification.
    type: Any = None
    status: Thing | _Odd = None
    # A conversation.
    unread: Any = None
    accounts: list[Account | _Odd] | Account | str | int | float | bool | None = None
    last_status: Thing | _Odd = None
    # An account.
    username: Any = None
    acct: Any = None
    bot: Any = None
    # A page on a line of its own.
    ancestors: list[Thing | _Odd] | Thing | str | int | float | bool | None = None
    descendants: list[Thing | _Odd] | Thing | str | int | float | bool | None = None
    statuses: list[Thing | _Odd] | Thing | str | int | float | bool | None = None
