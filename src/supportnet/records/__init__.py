"""What an importer yields: the one vocabulary between formats and the store.

An importer turns an exported archive into a stream of the records below and nothing else. Names
and texts live in these objects only while one import runs; :mod:`supportnet.ingest` turns
them into keyed pseudonyms, lengths and flags, and only those reach the disk.

Every record that the archive holds at top level leaves the importer exactly once: as a
`RawMessage` (kept), as `Ignored` (seen, understood, left out on purpose) or as `Rejected` (seen,
not usable). Reactions, contacts, memberships and coverage travel beside them and are counted apart.
A `MessageBatch` is many `RawMessage` column by column, for importers of very large files.
"""

from typing import TypeAlias

from supportnet.records.batch import (
    Column,
    GivenReactions,
    MessageBatch,
    NamedRefs,
    NumberedRefs,
    PublicThreads,
    place_among,
)
from supportnet.records.single import (
    AMBIGUOUS_HOUR,
    ASSUMED_ZONE,
    BACKDATED,
    DAY,
    MINUTE,
    RESOLUTION_DAY,
    RESOLUTION_MINUTE,
    SECOND,
    Conversation,
    Identity,
    IdentityKind,
    IdScope,
    Ignored,
    MessageRef,
    NameScope,
    RawAlias,
    RawContact,
    RawCoverage,
    RawMembership,
    RawMessage,
    RawReaction,
    Rejected,
)

__all__ = [
    "AMBIGUOUS_HOUR",
    "ASSUMED_ZONE",
    "BACKDATED",
    "DAY",
    "MINUTE",
    "RESOLUTION_DAY",
    "RESOLUTION_MINUTE",
    "SECOND",
    "Column",
    "Conversation",
    "GivenReactions",
    "IdScope",
    "Identity",
    "IdentityKind",
    "Ignored",
    "MessageBatch",
    "MessageRef",
    "NameScope",
    "NamedRefs",
    "NumberedRefs",
    "PublicThreads",
    "RawAlias",
    "RawContact",
    "RawCoverage",
    "RawMembership",
    "RawMessage",
    "RawReaction",
    "Record",
    "Rejected",
    "place_among",
]

Record: TypeAlias = (
    RawMessage
    | MessageBatch
    | RawReaction
    | RawContact
    | RawMembership
    | RawAlias
    | RawCoverage
    | Ignored
    | Rejected
)
