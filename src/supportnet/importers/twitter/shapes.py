"""The fields that are read from a tweet and from a direct message; the rest is never decoded.

Every field may hold anything: exports differ, and one odd field must not cost a record.
"""

from __future__ import annotations

from typing import Any

import msgspec

__all__ = ["Direct", "DirectEntry", "Entities", "Tweet", "TweetEntry"]


class Entities(msgspec.Struct, gc=False):
    """What Twitter found in a text."""

    user_mentions: Any = None
    urls: Any = None


class Tweet(msgspec.Struct, gc=False):
    """A tweet of any generation; classic ones have `text` and `retweeted_status`."""

    id_str: Any = None
    id: Any = None
    created_at: Any = None
    full_text: Any = None
    text: Any = None
    in_reply_to_status_id_str: Any = None
    in_reply_to_status_id: Any = None
    in_reply_to_user_id_str: Any = None
    in_reply_to_user_id: Any = None
    in_reply_to_screen_name: Any = None
    quoted_status_id_str: Any = None
    quoted_status_id: Any = None
    retweeted_status: Any = None
    entities: Entities | None = None
    edit_info: Any = None
    expanded_urls: Any = None
    lang: Any = None


class TweetEntry(Tweet, gc=False):
    """A record of a file of tweets: wrapped, or bare as in 2018."""

    tweet: Tweet | None = None


class Direct(msgspec.Struct, gc=False):
    """A direct message."""

    id: Any = None
    senderId: Any = None  # noqa: N815
    recipientId: Any = None  # noqa: N815
    text: Any = None
    createdAt: Any = None  # noqa: N815
    reactions: Any = None


class DirectEntry(msgspec.Struct, gc=False):
    """An event of a conversation, told apart by the one key it has."""

    messageCreate: Direct | None = None  # noqa: N815
    welcomeMessageCreate: Any = None  # noqa: N815
    joinConversation: Any = None  # noqa: N815
    participantsJoin: Any = None  # noqa: N815
    participantsLeave: Any = None  # noqa: N815
    conversationNameUpdate: Any = None  # noqa: N815
    reactionCreate: Any = None  # noqa: N815
