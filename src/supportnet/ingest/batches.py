"""Turn a batch of messages into the columns of a part, without looking at the rows one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from supportnet.ingest.words import lang_of, reaction_of, word_of
from supportnet.privacy import Key, digests_of, number_keys, text_digests, text_features
from supportnet.records import Column, GivenReactions, MessageBatch, NamedRefs, NumberedRefs
from supportnet.schema import PART_TABLES

__all__ = ["first_met", "mention_columns", "message_columns", "reaction_columns"]

Ints: TypeAlias = npt.NDArray[np.integer[Any]]

_ROLES = ("author", "reply_author", "root_author", "target_author")
_KEYS = {"native_key": "ref", "reply_key": "reply_to", "root_key": "root", "target_key": "target"}
_CLEANED: dict[str, Callable[[str | None], str | None]] = {
    "visibility_raw": word_of,
    "original_kind": word_of,
    "lang": lang_of,
}
# A rank is made of the row, the role and the place in a list: 2^20 rows and lists of 2^16 fit.
_ROW, _ROLE = 1 << 20, 1 << 16
_NEVER = np.iinfo(np.int64).max


def first_met(batch: MessageBatch) -> list[tuple[int, int]]:
    """Return row and number of each person a batch names, as its rows name them first."""
    first = np.full(len(batch.people), _NEVER)
    for role, (rows, persons) in enumerate(_named(batch)):
        ranks = rows * _ROW + role * _ROLE + np.minimum(slots_of(rows), _ROLE - 1)
        given = persons >= 0
        ranks, numbers = ranks[given], persons[given]
        here = np.full(len(first), _NEVER)
        # Written from behind: the first row that names a person has the last word.
        here[numbers[::-1]] = ranks[::-1]
        np.minimum(first, here, out=first)
    order = np.argsort(first, kind="stable")
    met = order[first[order] != _NEVER]
    return list(zip((first[met] // _ROW).tolist(), met.tolist(), strict=True))


def slots_of(rows: Ints) -> Ints:
    """Return the place of each entry among those of its row; rows stand in order."""
    return np.arange(len(rows)) - np.searchsorted(rows, rows)


def _named(batch: MessageBatch) -> Iterator[tuple[Ints, Ints]]:
    """Yield rows and persons of each role, in the order in which one row is read."""
    rows = np.arange(len(batch.t_us))
    if batch.reactions is not None:  # they come before their message
        yield batch.reactions.rows, batch.reactions.actors
    for role in _ROLES:
        persons = getattr(batch, role)
        if persons is not None:
            yield rows, persons
    if batch.mentions is not None:
        yield batch.mentions


def _accounts(persons: Ints | None, numbers: npt.NDArray[np.int32], n: int) -> pa.Array:
    """Return a column of accounts; null where nobody is named."""
    if persons is None:
        return pa.nulls(n, pa.int32())
    absent = persons < 0
    return pa.array(numbers[persons], mask=absent if absent.any() else None)


def _column(value: Column, kind: pa.DataType, n: int, cleaned: Any) -> pa.Array:
    """Return a column of one value for all rows, or of one for each."""
    if isinstance(value, pa.Array):
        if cleaned is not None and pa.types.is_dictionary(value.type):
            words = pa.array([cleaned(word) for word in value.dictionary.to_pylist()], kind)
            return words.take(value.indices)
        if cleaned is not None:
            return pa.array([cleaned(word) for word in value.to_pylist()], kind)
        return value.cast(kind)
    value = value if cleaned is None else cleaned(value)
    return pa.nulls(n, kind) if value is None else pa.repeat(pa.scalar(value, kind), n)


def _keys(key: Key, refs: NumberedRefs | NamedRefs | None, n: int) -> pa.Array:
    """Return a column of keyed references."""
    if refs is None:
        return pa.nulls(n, pa.binary(16))
    if isinstance(refs, NumberedRefs):
        return number_keys(key, refs.platform, "global", refs.ids)
    space = f"message\x1f{refs.platform}\x1faccount\x1f{refs.within}\x1f"
    found = digests_of(key, space, pa.array(refs.ids.values(), pa.string()))
    places = np.full(n, -1)
    places[list(refs.ids)] = np.arange(len(refs.ids))
    return found.take(pa.array(places, mask=places < 0))


def message_columns(
    batch: MessageBatch,
    key: Key,
    *,
    places: Ints,
    talks: Ints,
    accounts: npt.NDArray[np.int32],
) -> dict[str, pa.Array]:
    """Return the columns of table `messages` of a part.

    Parameters
    ----------
    batch
        The messages.
    key
        The project key.
    places, talks
        Position and conversation of each row in the part.
    accounts
        Number in the part of each of the batch's persons.

    Returns
    -------
    dict of str to pyarrow.Array
        One array per column of the schema.
    """
    n = len(batch.t_us)
    schema = PART_TABLES["messages"]
    columns = {name: _keys(key, getattr(batch, ref), n) for name, ref in _KEYS.items()}
    for role in (*_ROLES, "wall_owner"):
        columns[role] = _accounts(getattr(batch, role, None), accounts, n)
    # Ids of one owner's copy are not shared: such messages are recognised by their content.
    shared = isinstance(batch.ref, NumberedRefs)
    matched = columns["native_key"].is_null() if shared else pa.repeat(pa.scalar(True), n)  # noqa: FBT003
    digests = text_digests(key, batch.text)
    if matched.true_count < n:
        digests = pc.if_else(matched, digests, pa.scalar(None, digests.type))
    columns |= text_features(batch.text)
    columns |= {
        "pos": pa.array(places, pa.int64()),
        "is_copy_matched": matched,
        "digest": digests,
        "conv": pa.array(talks, pa.int32()),
        "t_us": pa.array(batch.t_us, pa.int64()),
        "seq": pa.array(batch.seq, pa.int64()),
    }
    for name in schema.names:
        if name not in columns:
            kind = schema.field(name).type
            columns[name] = _column(getattr(batch, name), kind, n, _CLEANED.get(name))
    return columns


def mention_columns(batch: MessageBatch, places: Ints, accounts: npt.NDArray[np.int32]) -> pa.Table:
    """Return the rows of table `mentions` of a part: position, account, slot in its message."""
    rows, persons = batch.mentions or (np.zeros(0, np.int64), np.zeros(0, np.int64))
    schema = PART_TABLES["mentions"]
    columns = {"pos": places[rows], "account": accounts[persons], "slot": slots_of(rows)}
    arrays = [pa.array(columns[field.name]).cast(field.type) for field in schema]
    return pa.table(arrays, schema=schema)


def reaction_columns(
    batch: MessageBatch,
    given: GivenReactions,
    keys: pa.Array,
    positions: Ints,
    accounts: npt.NDArray[np.int32],
) -> pa.Table:
    """Return the rows of table `reactions` of a part.

    Parameters
    ----------
    batch, given
        The messages, and the reactions to them.
    keys
        Keyed reference of each row.
    positions
        Position of each reaction in the part.
    accounts
        Number in the part of each of the batch's persons.
    """
    n, rows = len(given), given.rows
    schema = PART_TABLES["reactions"]
    shown = _column(batch.visibility, pa.string(), len(batch.t_us), None)
    columns = {
        "pos": pa.array(positions, pa.int64()),
        "target_key": keys.take(pa.array(rows)),
        "actor": _accounts(given.actors, accounts, n),
        "n": pa.repeat(pa.scalar(1, pa.int32()), n),
        "target_author": pa.array(accounts[batch.author[rows]]),
        "t_us": pa.array(given.t_us, pa.int64()),
        "kind": pa.array([reaction_of(word) for word in given.kinds], pa.string()),
        "visibility": shown.take(pa.array(rows)),
    }
    return pa.table([columns[name] for name in schema.names], schema=schema)
