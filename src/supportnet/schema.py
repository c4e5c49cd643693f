"""Schema version 1: every table and column that may reach the disk; nothing else can be written.

Two tiers. *Parts* hold one source each, with keys and local numbers; they never change. The *build*
holds the tables researchers read, made anew from the parts. Times are int64 microseconds since
1970 UTC; persons are dense integers; pseudonyms live in `accounts` alone.
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa

__all__ = [
    "BUILD_TABLES",
    "CONSENT_STATES",
    "CONVERSATION_KINDS",
    "COUNTED_KINDS",
    "COVERAGE_FLAGS",
    "KINDS",
    "PART_TABLES",
    "SCHEMA_VERSION",
    "VISIBILITIES",
]

SCHEMA_VERSION: Final = 1

KINDS: Final = ("message", "post", "comment", "quote", "repost", "call", "deleted")
# The rows that the data card counts as messages.
COUNTED_KINDS: Final = ("message", "post", "comment", "quote")
VISIBILITIES: Final = ("private_1to1", "private_group", "semi_public", "public", "unknown")
CONVERSATION_KINDS: Final = ("dm", "group", "channel", "thread", "broadcast", "self", "unknown")
CONSENT_STATES: Final = ("donor", "consented", "notified", "none")
COVERAGE_FLAGS: Final = (
    "private_in",
    "private_out",
    "public_in",
    "public_out",
    "alter_alter",
    "reactions_in",
    "reactions_out",
    "groups",
    "deletions_visible",
)

_KEY = pa.binary(16)
_WORD = pa.dictionary(pa.int8(), pa.string())


def _schema(*columns: tuple[str, pa.DataType]) -> pa.Schema:
    return pa.schema(list(columns))


_FEATURES: Final = (
    ("lang", pa.string()),
    ("n_chars", pa.int32()),
    ("n_words", pa.int32()),
    ("n_emoji", pa.int32()),
    ("has_question", pa.bool_()),
    ("has_link", pa.bool_()),
)
_FLAG_COLUMNS: Final = tuple((flag, pa.bool_()) for flag in COVERAGE_FLAGS)

# `account`, `conv` and the `*_author` columns number the part's own accounts and conversations.
PART_TABLES: Final[dict[str, pa.Schema]] = {
    "messages": _schema(
        ("pos", pa.int64()),
        ("native_key", _KEY),  # null where the archive has no ids
        ("is_copy_matched", pa.bool_()),  # ids are not shared between copies: match on content
        ("digest", pa.binary(8)),  # keyed digest of the text, for copy-matched rows
        ("copy", pa.int16()),
        ("conv", pa.int32()),
        ("author", pa.int32()),
        ("t_us", pa.int64()),
        ("seq", pa.int64()),
        ("kind", pa.string()),
        ("original_kind", pa.string()),
        ("visibility", pa.string()),
        ("visibility_raw", pa.string()),
        ("audience_size", pa.int32()),
        ("reply_key", _KEY),
        ("reply_author", pa.int32()),
        ("root_key", _KEY),
        ("root_author", pa.int32()),
        ("target_key", _KEY),
        ("target_author", pa.int32()),
        ("wall_owner", pa.int32()),
        ("edited", pa.bool_()),
        ("time_note", pa.int16()),
        ("resolution_us", pa.int64()),
        *_FEATURES,
    ),
    "recipients": _schema(("pos", pa.int64()), ("account", pa.int32()), ("slot", pa.int32())),
    "mentions": _schema(("pos", pa.int64()), ("account", pa.int32()), ("slot", pa.int32())),
    "accounts": _schema(
        ("account", pa.int32()),
        ("pseudonym", _KEY),
        ("platform", pa.string()),
        ("is_owner", pa.bool_()),
        ("is_bot", pa.bool_()),
        ("is_placeholder", pa.bool_()),
    ),
    "conversations": _schema(
        ("conv", pa.int32()),
        ("conversation_key", _KEY),
        ("platform", pa.string()),
        ("kind", pa.string()),
        ("n_members", pa.int32()),
        ("members_basis", pa.string()),
    ),
    "members": _schema(("conv", pa.int32()), ("account", pa.int32())),
    "memberships": _schema(
        ("conv", pa.int32()),
        ("account", pa.int32()),
        ("joined_us", pa.int64()),
        ("left_us", pa.int64()),
    ),
    "reactions": _schema(
        ("pos", pa.int64()),
        ("target_key", _KEY),
        ("actor", pa.int32()),
        ("n", pa.int32()),
        ("target_author", pa.int32()),
        ("t_us", pa.int64()),
        ("kind", pa.string()),
        ("visibility", pa.string()),
    ),
    "contacts": _schema(
        ("pos", pa.int64()),
        ("owner", pa.int32()),
        ("other", pa.int32()),
        ("kind", pa.string()),
        ("t_us", pa.int64()),
        ("resolution_us", pa.int64()),
    ),
    "aliases": _schema(("first", pa.int32()), ("second", pa.int32())),
    "coverage": _schema(
        ("owner", pa.int32()),
        ("conv", pa.int32()),
        ("start_us", pa.int64()),
        ("end_us", pa.int64()),
        ("end_basis", pa.string()),
        ("resolution_us", pa.int64()),
        *_FLAG_COLUMNS,
    ),
    "rejects": _schema(("member", pa.string()), ("record", pa.int64()), ("reason", pa.string())),
}

BUILD_TABLES: Final[dict[str, pa.Schema]] = {
    "messages": _schema(
        ("message_id", pa.int64()),
        ("native_key", _KEY),
        ("conversation_id", pa.int32()),
        ("seq", pa.int64()),
        ("author_id", pa.int32()),
        ("t_us", pa.int64()),
        ("kind", pa.string()),
        ("original_kind", pa.string()),
        ("visibility", pa.string()),
        ("visibility_raw", pa.string()),
        ("audience_size", pa.int32()),
        ("reply_to", pa.int64()),
        ("reply_author", pa.int32()),
        ("root_author", pa.int32()),
        ("reply_basis", pa.string()),
        ("target_message", pa.int64()),
        ("target_author", pa.int32()),
        ("wall_owner", pa.int32()),
        ("edited", pa.bool_()),
        ("time_note", pa.int16()),
        *_FEATURES,
    ),
    "recipients": _schema(("message_id", pa.int64()), ("person_id", pa.int32())),
    "mentions": _schema(("message_id", pa.int64()), ("person_id", pa.int32())),
    "codes": _schema(("native_key", _KEY), ("code", pa.string()), ("score", pa.float64())),
    "message_sources": _schema(("message_id", pa.int64()), ("source_id", pa.int32())),
    "accounts": _schema(
        ("account_id", pa.int32()),
        ("pseudonym", pa.string()),
        ("platform", pa.string()),
        ("person_id", pa.int32()),
        ("is_owner", pa.bool_()),
        ("is_bot", pa.bool_()),
        ("is_placeholder", pa.bool_()),
        ("consent", pa.string()),
    ),
    "people": _schema(
        ("person_id", pa.int32()),
        ("is_owner", pa.bool_()),
        ("is_bot", pa.bool_()),
        ("is_placeholder", pa.bool_()),
        ("consent", pa.string()),
    ),
    "conversations": _schema(
        ("conversation_id", pa.int32()),
        ("platform", pa.string()),
        ("kind", pa.string()),
        ("visibility", pa.string()),
        ("n_members", pa.int32()),
        ("members_basis", pa.string()),
    ),
    "memberships": _schema(
        ("conversation_id", pa.int32()),
        ("person_id", pa.int32()),
        ("joined_us", pa.int64()),
        ("left_us", pa.int64()),
    ),
    "reactions": _schema(
        ("message_id", pa.int64()),
        ("target_key", _KEY),
        ("actor_id", pa.int32()),
        ("n", pa.int32()),
        ("target_id", pa.int32()),
        ("t_us", pa.int64()),
        ("kind", pa.string()),
        ("visibility", pa.string()),
        ("source_id", pa.int32()),
    ),
    "contacts": _schema(
        ("owner_id", pa.int32()),
        ("other_id", pa.int32()),
        ("kind", pa.string()),
        ("t_us", pa.int64()),
        ("resolution_us", pa.int64()),
    ),
    "coverage": _schema(
        ("source_id", pa.int32()),
        ("owner_id", pa.int32()),
        ("conversation_id", pa.int32()),
        ("start_us", pa.int64()),
        ("end_us", pa.int64()),
        ("end_basis", pa.string()),
        ("resolution_us", pa.int64()),
        *_FLAG_COLUMNS,
    ),
    "sources": _schema(
        ("source_id", pa.int32()),
        ("sha256", pa.string()),
        ("format", pa.string()),
        ("format_version", pa.string()),
        ("file_digest", pa.string()),
        ("seen", pa.int64()),
        ("kept", pa.int64()),
        ("ignored", pa.string()),
        ("rejected", pa.string()),
        ("exported_us", pa.int64()),
        ("zone", pa.string()),
        ("leaves_out", pa.string()),
        ("notes", pa.string()),
    ),
    "rejects": _schema(
        ("source_id", pa.int32()),
        ("member", pa.string()),
        ("record", pa.int64()),
        ("reason", pa.string()),
    ),
}
