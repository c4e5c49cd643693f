"""Records one by one: identities, conversations, messages and what travels beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

__all__ = [
    "AMBIGUOUS_HOUR",
    "ASSUMED_ZONE",
    "BACKDATED",
    "DAY",
    "MINUTE",
    "RESOLUTION_DAY",
    "RESOLUTION_MINUTE",
    "SECOND",
    "Conversation",
    "IdScope",
    "Identity",
    "IdentityKind",
    "Ignored",
    "MessageRef",
    "NameScope",
    "RawAlias",
    "RawContact",
    "RawCoverage",
    "RawMembership",
    "RawMessage",
    "RawReaction",
    "Rejected",
]

SECOND = 1_000_000
MINUTE = 60 * SECOND
DAY = 86_400 * SECOND

# Bit flags of column `time_note`.
RESOLUTION_MINUTE = 1  # the archive writes no seconds
RESOLUTION_DAY = 2  # the archive writes no time of day
ASSUMED_ZONE = 4  # local time, read in the zone the researcher gave
AMBIGUOUS_HOUR = 8  # local time inside the repeated autumn hour (or the missing spring hour)
BACKDATED = 16  # the record claims a time that its own id contradicts

IdScope: TypeAlias = Literal["global", "conversation", "account", "none"]
NameScope: TypeAlias = Literal["platform", "owner", "conversation"]
IdentityKind: TypeAlias = Literal["opaque", "handle", "email", "phone", "name"]


class Identity(NamedTuple):
    """One account as an archive writes it. Hashable: importers make each one once and reuse it.

    Attributes
    ----------
    platform
        Platform word, lower case: `twitter`, `whatsapp`, `bluesky` …
    id
        The identifier as written: an opaque id, a handle, an address or, where the archive has
        nothing better, a display name.
    scope
        Where `id` means one account. `platform`: everywhere on the platform. `owner`: only inside
        the archive owner's phone book (WhatsApp names). `conversation`: only here (labels of
        deleted accounts), together with field `within`.
    kind
        What `id` is. Handles and e-mail addresses fold case, phone numbers keep digits only,
        opaque ids and names are case-sensitive.
    name
        Display name if the archive gives one beside the id. Never stored; it only lets `--owner`
        and the consent file name a person the way the researcher knows them.
    within
        The conversation key, for scope `conversation`.
    is_bot, is_placeholder
        A flagged automaton; a label that stands for nobody in particular.
    """

    platform: str
    id: str
    scope: NameScope = "platform"
    kind: IdentityKind = "opaque"
    name: str | None = None
    within: str = ""
    is_bot: bool = False
    is_placeholder: bool = False


class MessageRef(NamedTuple):
    """Point at a message by the platform's id, inside the scope where that id is unique.

    Attributes
    ----------
    platform
        Platform word.
    id
        The id as written, never through a float.
    scope
        `global`: one id per platform. `conversation`: ids restart in each conversation (then
        `within` is the conversation key). `account`: ids of one owner's copy (then `within` is
        the owner's id).
    within
        See `scope`.
    """

    platform: str
    id: str
    scope: IdScope = "global"
    within: str = ""


@dataclass(slots=True, eq=False)
class Conversation:
    """One chat, room, channel, list or public thread. Make it once, share it between its messages.

    Attributes
    ----------
    platform
        Platform word.
    key
        Stable inside the platform (a chat id, a thread root's id). For `dm` it may be anything
        unique inside the export: the store keys a direct conversation by its pair of persons.
        For formats without conversation ids, make the key from facts that two exports of the same
        conversation share, never from its display name alone.
    kind
        Its form. A two-member group is `group`.
    members
        Everyone known to be able to read, the owner included; may grow while reading.
    members_basis
        `roster` (the archive lists them), `observed` (who wrote), `declared` (a count only) or
        `none`.
    n_members
        Declared number of members where only a count is known.
    """

    platform: str
    key: str
    kind: Literal["dm", "group", "channel", "thread", "broadcast", "self", "unknown"]
    members: set[Identity] = field(default_factory=set)
    members_basis: Literal["roster", "observed", "declared", "none"] = "none"
    n_members: int | None = None


@dataclass(slots=True)
class RawMessage:
    """One message, post, comment, quote, repost or call; or the stub of a deleted one.

    Attributes
    ----------
    conversation
        Where it was said.
    author
        Who said it.
    t_us
        When, µs since 1970 UTC.
    seq
        Record order within the conversation, oldest first: any int64 that grows with it
        (archives written newest first number their records downwards).
    ref
        The platform's id; None where the archive has none (scope `none`).
    kind
        What it is. `deleted` rows keep `visibility` and name `original_kind` where known.
    visibility
        Who could read it when it was sent; `unknown` is never guessed away.
    visibility_raw
        The platform's own word for that.
    text
        The words, in memory only. None when the archive has none (media, deleted, dropped).
    recipients
        Readers the record itself names, without the author; None means the members at that time.
    mentions
        Persons typed in the body; a reply's automatic prefix is no mention.
    reply_to, reply_author
        The message answered, by explicit pointer only, and its author where the record says.
    root, root_author
        The first message of the thread.
    target, target_author
        The quoted or reposted content and its author.
    wall_owner
        Whose wall, profile or guestbook it was written on.
    audience_size
        Number of other persons able to read, where the archive tells.
    edited, lang, time_note, resolution_us
        As named; `time_note` is the bit flags of this module; `resolution_us` the step of the
        clock that wrote `t_us`.
    copy
        Number of the copy inside one export (0 unless the export holds the same conversation
        twice, as Facebook's encrypted-chat folders do). Equal rows inside one copy are all kept.
    """

    conversation: Conversation
    author: Identity
    t_us: int
    seq: int
    ref: MessageRef | None = None
    kind: Literal["message", "post", "comment", "quote", "repost", "call", "deleted"] = "message"
    visibility: Literal["private_1to1", "private_group", "semi_public", "public", "unknown"] = (
        "unknown"
    )
    visibility_raw: str | None = None
    text: str | None = None
    recipients: tuple[Identity, ...] | None = None
    mentions: tuple[Identity, ...] = ()
    reply_to: MessageRef | None = None
    reply_author: Identity | None = None
    root: MessageRef | None = None
    root_author: Identity | None = None
    target: MessageRef | None = None
    target_author: Identity | None = None
    wall_owner: Identity | None = None
    audience_size: int | None = None
    edited: bool = False
    original_kind: str | None = None
    lang: str | None = None
    time_note: int = 0
    resolution_us: int = 1
    copy: int = 0


@dataclass(slots=True)
class RawReaction:
    """One reaction, or a count of reactions whose actors the archive does not name.

    Attributes
    ----------
    target
        The content reacted to.
    kind
        The platform's word (`like`, `heart`, an emoji name); never free text.
    actor
        Who reacted; None where only a count is known.
    n
        1 where the actor is known, else the count.
    target_author
        Author of the content, where known.
    t_us, visibility
        When it was given and who could see it; None / `unknown` where not told.
    """

    target: MessageRef
    kind: str
    actor: Identity | None = None
    n: int = 1
    target_author: Identity | None = None
    t_us: int | None = None
    visibility: str = "unknown"


@dataclass(slots=True)
class RawContact:
    """A declared tie: friend, follow (owner follows other), follower (other follows owner)."""

    owner: Identity
    other: Identity
    kind: Literal["friend", "follow", "follower"]
    t_us: int | None = None
    resolution_us: int | None = None


@dataclass(slots=True)
class RawMembership:
    """A stay in a conversation; None at an end that the archive does not show."""

    conversation: Conversation
    person: Identity
    joined_us: int | None = None
    left_us: int | None = None


@dataclass(slots=True)
class RawAlias:
    """Two identities of one account that the platform itself declares (an id and its handle).

    Only for what the archive states about one account on one platform; accounts on different
    platforms are joined by the researcher's alias file alone.
    """

    first: Identity
    second: Identity


@dataclass(slots=True)
class RawCoverage:
    """What an export could have shown, had it happened.

    Attributes
    ----------
    owner
        Whose archive this is; None for a whole-community source.
    conversation
        The one conversation covered; None for the whole source.
    start_us, end_us
        Bounds the archive states; None lets the importing pass use the first and last record.
    flags
        Any of `private_in private_out public_in public_out alter_alter reactions_in reactions_out
        groups deletions_visible`.
    resolution_us
        Step of the clock.
    """

    owner: Identity | None
    flags: frozenset[str]
    conversation: Conversation | None = None
    start_us: int | None = None
    end_us: int | None = None
    end_stated: bool = False
    resolution_us: int = 1


@dataclass(slots=True)
class Ignored:
    """A top-level record that was understood and left out on purpose, by reason code."""

    reason: str
    n: int = 1


@dataclass(slots=True)
class Rejected:
    """A top-level record that could not be used: where it stands and why, never what it says.

    Attributes
    ----------
    reason
        A code of lower-case words: `undated`, `bad_date`, `json_syntax`, `no_author` …
    member
        The format's own generic member pattern (`messages/inbox/*/message_*.json`), never a path.
    record
        Number of the record in its file, from 0.
    """

    reason: str
    member: str
    record: int
