"""Turn an importer's records into the columns of one part: numbers, keys and lengths.

Names and texts end here. Accounts and conversations get small numbers when first met; their
pseudonyms are made when the source has been read to its end, because only then is its owner known.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from supportnet.errors import InternalError
from supportnet.ingest.batches import (
    first_met,
    mention_columns,
    message_columns,
    reaction_columns,
)
from supportnet.ingest.closing import write_rest, write_rows
from supportnet.ingest.ledger import Ledger
from supportnet.ingest.words import lang_of, reaction_of, word_of
from supportnet.memory import give_back
from supportnet.parsing.times import MIN_US, max_us
from supportnet.privacy import Key, message_key, text_digest, text_features
from supportnet.records import (
    Ignored,
    MessageBatch,
    RawAlias,
    RawContact,
    RawCoverage,
    RawMembership,
    RawMessage,
    RawReaction,
    Record,
    Rejected,
)
from supportnet.schema import KINDS, PART_TABLES, VISIBILITIES
from supportnet.store.parts import PartWriter

__all__ = ["Encoder"]

Ints: TypeAlias = npt.NDArray[np.integer[Any]]
Numbers: TypeAlias = npt.NDArray[np.int32]

BATCH = 32_768
_SCHEMA = PART_TABLES["messages"]
_FEATURES = ("n_chars", "n_words", "n_emoji", "has_question", "has_link")
_MESSAGE_COLUMNS = tuple(name for name in _SCHEMA.names if name not in _FEATURES)
_BESIDE = ("recipients", "mentions", "reactions", "contacts", "aliases", "rejects")


class Encoder:
    """Collect one source's records and write them as the tables of one part.

    Parameters
    ----------
    key
        The project key.
    writer
        The part being written.
    sha256
        The source's digest, which stands in for an unknown owner.
    """

    def __init__(self, key: Key, writer: PartWriter, sha256: str) -> None:
        self._key = key
        self._writer = writer
        self._sha256 = sha256
        self._ledger = Ledger()
        self._rows: dict[str, list[tuple[Any, ...]]] = {t: [] for t in ("messages", *_BESIDE)}
        self._texts: list[str | None] = []
        self._columns: list[pa.RecordBatch] = []
        self._waiting = 0  # rows in columns that are not written yet
        self._tables: dict[str, list[pa.Table]] = {"mentions": [], "reactions": []}
        self._coverage: list[RawCoverage] = []
        self._memberships: list[RawMembership] = []
        self._max_us = max_us()
        self._pos = 0
        self._reactions = 0
        self.ignored: Counter[str] = Counter()
        self.rejected: Counter[str] = Counter()

    def take(self, records: Iterable[Record]) -> None:
        """Read all records of the source."""
        for record in records:
            if type(record) is RawMessage:
                self._pos += self._message(record, self._pos)
            elif type(record) is MessageBatch:
                self._batch(record)
            else:
                self._beside(record)
            if len(self._texts) + self._waiting >= BATCH:
                self._flush()
        self._flush()

    def finish(self) -> None:
        """Write accounts, conversations, members and coverage once the source is read."""
        write_rest(
            self._writer,
            self._key,
            self._ledger,
            self._coverage,
            self._memberships,
            unowned=self._sha256,
        )
        give_back()

    @property
    def kept(self) -> int:
        """Number of message rows written."""
        return self._writer.rows["messages"]

    def _reject(self, reason: str, member: str, record: int) -> None:
        self.rejected[reason] += 1
        self._rows["rejects"].append((member, record, reason))

    def _batch(self, batch: MessageBatch) -> None:
        """Encode many messages; the hot path of large imports."""
        times, n = batch.t_us, len(batch.t_us)
        if n and not (times.min() >= MIN_US and times.max() <= self._max_us):
            self.take(batch.singly())  # it breaks its word: look at each
            return
        base = self._pos
        self._pos += len(batch)
        where = np.arange(n) if batch.place is None else batch.place
        accounts, positions = self._in_turn(batch, base, where)
        if n == 0:
            return
        conv = self._ledger.conversation(batch.conversation)
        self._ledger.stretch(conv, int(times.min()), int(times.max()))
        places = base + where
        talks = np.full(n, conv) if batch.thread is None else conv + batch.thread
        columns = message_columns(batch, self._key, places=places, talks=talks, accounts=accounts)
        self._keep(columns)
        if batch.mentions is not None:
            self._tables["mentions"].append(mention_columns(batch, places, accounts))
        given = batch.reactions
        if given is not None:
            table = reaction_columns(batch, given, columns["native_key"], positions, accounts)
            self._tables["reactions"].append(table)

    def _in_turn(self, batch: MessageBatch, base: int, where: Ints) -> tuple[Numbers, Ints]:
        """Encode what stands between the columns, and number what the columns name.

        Persons get their numbers and reactions their positions in the order of the messages,
        whether these stand in columns or between them. Return the number of each of the batch's
        persons (-1 where no row names one) and the position of each of its reactions.
        """
        accounts = np.full(len(batch.people), -1, np.int32)
        given = batch.reactions
        mine = where[given.rows] if given is not None else np.zeros(0, np.int64)
        others = [p for p, record in batch.between if type(record) is RawReaction]
        first = self._reactions
        self._reactions += len(mine) + len(others)
        among = first + np.arange(len(others)) + np.searchsorted(mine, others)
        theirs = iter(among.tolist())
        met = deque((int(where[row]), number) for row, number in first_met(batch))
        for place, record in batch.between:
            while met and met[0][0] < place:
                number = met.popleft()[1]
                accounts[number] = self._ledger.number(batch.people[number])
            if type(record) is RawMessage:
                self._message(record, base + place)
            elif type(record) is RawReaction:
                self._reaction(record, next(theirs))
            else:
                self._beside(record)
        for _, number in met:
            accounts[number] = self._ledger.number(batch.people[number])
        return accounts, first + np.arange(len(mine)) + np.searchsorted(others, mine)

    def _message(self, m: RawMessage, pos: int) -> bool:
        """Encode one message at a position of its own; tell whether it is kept."""
        t_us = m.t_us
        if not MIN_US <= t_us <= self._max_us:
            self._reject("bad_date", "", pos)
            return False
        account = self._ledger.account
        conv = self._ledger.conversation(m.conversation)
        author = account(m.author)
        ref = m.ref
        matched = ref is None or ref.scope in ("account", "none")
        text = m.text
        key = self._key
        self._ledger.stretch(conv, t_us, t_us)
        self._rows["messages"].append(
            (
                pos,
                None if ref is None else message_key(key, ref),
                matched,
                text_digest(key, text) if matched and text else None,
                m.copy,
                conv,
                author,
                t_us,
                m.seq,
                m.kind,
                word_of(m.original_kind),
                m.visibility,
                word_of(m.visibility_raw),
                m.audience_size,
                None if m.reply_to is None else message_key(key, m.reply_to),
                account(m.reply_author),
                None if m.root is None else message_key(key, m.root),
                account(m.root_author),
                None if m.target is None else message_key(key, m.target),
                account(m.target_author),
                account(m.wall_owner),
                m.edited,
                m.time_note,
                m.resolution_us,
                lang_of(m.lang),
            )
        )
        self._texts.append(text)
        if m.recipients is not None:
            named = self._rows["recipients"]
            for slot, person in enumerate(m.recipients):
                named.append((pos, account(person), slot))
        for slot, person in enumerate(m.mentions):
            self._rows["mentions"].append((pos, account(person), slot))
        return True

    def _beside(self, record: Record) -> None:
        """Encode what travels beside messages and is counted apart."""
        rows, account = self._rows, self._ledger.account
        if isinstance(record, Ignored):
            self.ignored[record.reason] += record.n
        elif isinstance(record, Rejected):
            self._reject(record.reason, record.member, record.record)
        elif isinstance(record, RawReaction):
            self._reaction(record, self._reactions)
            self._reactions += 1
        elif isinstance(record, RawContact):
            place = len(rows["contacts"]) + self._writer.rows["contacts"]
            owner, other = account(record.owner), account(record.other)
            rows["contacts"].append(
                (place, owner, other, record.kind, record.t_us, record.resolution_us)
            )
        elif isinstance(record, RawMembership):
            account(record.person)
            self._ledger.conversation(record.conversation)
            self._memberships.append(record)
        elif isinstance(record, RawAlias):
            rows["aliases"].append((account(record.first), account(record.second)))
        elif isinstance(record, RawCoverage):
            account(record.owner)
            self._coverage.append(record)
        else:
            msg = f"an importer yielded {type(record).__name__}, which is no record"
            raise InternalError(msg)

    def _reaction(self, record: RawReaction, pos: int) -> None:
        """Encode one reaction at a position of its own."""
        account = self._ledger.account
        self._rows["reactions"].append(
            (
                pos,
                message_key(self._key, record.target),
                account(record.actor),
                record.n,
                account(record.target_author),
                record.t_us,
                reaction_of(record.kind),
                record.visibility,
            )
        )

    def _keep(self, columns: dict[str, pa.Array]) -> None:
        """Hold encoded messages until enough of them have come together."""
        arrays = [columns[name] for name in _SCHEMA.names]
        self._columns.append(pa.RecordBatch.from_arrays(arrays, schema=_SCHEMA))
        self._waiting += len(arrays[0])

    def _flush(self) -> None:
        """Write what has been collected so far."""
        rows = self._rows["messages"]
        if rows:
            values = zip(_MESSAGE_COLUMNS, zip(*rows, strict=True), strict=True)
            columns = {name: pa.array(column, _SCHEMA.field(name).type) for name, column in values}
            self._keep(columns | text_features(_texts(self._texts)))
        if self._columns:
            table = pa.Table.from_batches(self._columns, schema=_SCHEMA)
            for name, allowed in (("kind", KINDS), ("visibility", VISIBILITIES)):
                if not set(table[name].unique().to_pylist()) <= set(allowed):
                    msg = "an importer yielded a kind or visibility outside the schema"
                    raise InternalError(msg)
            self._writer.append("messages", table)
        for name, tables in self._tables.items():
            if tables:
                self._writer.append(name, pa.concat_tables(tables))
                tables.clear()
        for name in _BESIDE:
            write_rows(self._writer, name, self._rows[name])
            self._rows[name] = []
        self._rows["messages"], self._texts, self._columns, self._waiting = [], [], [], 0
        give_back()


def _texts(texts: list[str | None]) -> pa.Array:
    """Make an Arrow array of texts; a lone surrogate becomes U+FFFD."""
    try:
        return pa.array(texts, pa.string())
    except UnicodeEncodeError:
        clean = [t if t is None else t.encode("utf-8", "replace").decode("utf-8") for t in texts]
        return pa.array(clean, pa.string())
