"""The fields that are read from a line; the rest is never decoded.

Every field may hold anything: tools differ, and one odd field must not cost a page of tweets.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec

__all__ = ["Entities", "Extended", "Includes", "Line", "Metrics", "Note", "Tweet", "User"]

_Odd: TypeAlias = list[Any] | str | int | float | bool | None


class User(msgspec.Struct, gc=False):
    """An account; `screen_name` in v1.1, `username` in v2."""

    id_str: Any = None
    id: Any = None
    screen_name: Any = None
    username: Any = None
    protected: Any = None


class Entities(msgspec.Struct, gc=False):
    """What the platform found in a text."""

    user_mentions: Any = None
    mentions: Any = None
    urls: Any = None


class Extended(msgspec.Struct, gc=False):
    """The whole of a text that streams cut off (v1.1)."""

    full_text: Any = None
    entities: Entities | _Odd = None


class Note(msgspec.Struct, gc=False):
    """The whole of a long text (v2)."""

    text: Any = None
    entities: Entities | _Odd = None


class Metrics(msgspec.Struct, gc=False):
    """Counts of reactions (v2)."""

    like_count: Any = None


class Tweet(msgspec.Struct):
    """A tweet of either version, bare or with what it refers to filled in."""

    id_str: Any = None
    id: Any = None
    created_at: Any = None
    text: Any = None
    lang: Any = None
    entities: Entities | _Odd = None
    # v1.1
    full_text: Any = None
    extended_tweet: Extended | _Odd = None
    user: User | _Odd = None
    in_reply_to_status_id_str: Any = None
    in_reply_to_status_id: Any = None
    in_reply_to_user_id_str: Any = None
    in_reply_to_user_id: Any = None
    in_reply_to_screen_name: Any = None
    retweeted_status: Tweet | _Odd = None
    quoted_status: Tweet | _Odd = None
    quoted_status_id_str: Any = None
    quoted_status_id: Any = None
    quoted_status_permalink: Any = None
    favorite_count: Any = None
    # v2
    author_id: Any = None
    author: User | _Odd = None
    conversation_id: Any = None
    in_reply_to_user: User | _Odd = None
    referenced_tweets: list[Tweet | _Odd] | Tweet | str | int | float | bool | None = None
    type: Any = None
    public_metrics: Metrics | _Odd = None
    note_tweet: Note | _Odd = None
    edit_history_tweet_ids: Any = None
    username: Any = None
    tweet_count: Any = None


class Includes(msgspec.Struct):
    """What a page sends along with its tweets."""

    users: list[User | _Odd] | User | str | int | float | bool | None = None
    tweets: list[Tweet | _Odd] | Tweet | str | int | float | bool | None = None


class Line(Tweet):
    """One line: a tweet, a page of tweets, or a notice of the stream."""

    data: list[Tweet | _Odd] | Tweet | str | int | float | bool | None = None
    includes: Includes | _Odd = None
    meta: Any = None
    errors: Any = None
    twarc: Any = msgspec.field(name="__twarc", default=None)
    delete: Any = None
    limit: Any = None
    scrub_geo: Any = None
    status_withheld: Any = None
    user_withheld: Any = None
    warning: Any = None
    disconnect: Any = None
    action: Any = None
