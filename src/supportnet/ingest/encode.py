"""Turn an importer's records into the columns of one part: numbers, keys and lengths.

Names and texts end here. Accounts and conversations get small numbers when first met; their
pseudonyms are made when the source has been read to its end, because only then is its owner known.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import pyarrow as pa

from supportnet.errors import InternalError
from supportnet.parsing.times import MIN_US, max_us
from supportnet.privacy import Key, message_key, normalise, pseudonym, text_digest, text_features
from supportnet.records import (
    Conversation,
    Identity,
    Ignored,
    RawAlias,
    RawContact,
    RawCoverage,
    RawMembership,
    RawMessage,
    RawReaction,
    Record,
    Rejected,
)
from supportnet.schema import COVERAGE_FLAGS, KINDS, PART_TABLES, VISIBILITIES
from supportnet.store.parts import PartWriter

__all__ = ["Encoder"]

BATCH = 65_536
_MESSAGE_COLUMNS = tuple(
    name
    for name in PART_TABLES["messages"].names
    if name not in ("n_chars", "n_words", "n_emoji", "has_question", "has_link")
)
_WORD = re.compile(r"[A-Za-z0-9_ :.+-]{1,40}")
_LANG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_REACTION = re.compile(r"[a-z0-9_+-]{1,32}")


@lru_cache(maxsize=4096)
def _word(text: str | None) -> str | None:
    """Keep a platform's own word; anything that does not look like a word is not one."""
    return text if text is not None and _WORD.fullmatch(text) else None


@lru_cache(maxsize=4096)
def _lang(text: str | None) -> str | None:
    """Keep a language tag, nothing else."""
    return text if text is not None and _LANG.fullmatch(text) else None


@lru_cache(maxsize=4096)
def _reaction(text: str) -> str:
    """Keep a reaction's word or emoji; free text becomes `other`."""
    if _REACTION.fullmatch(text):
        return text
    is_symbol = 0 < len(text) <= 16 and not any(c.isalnum() and ord(c) < 0x2000 for c in text)
    shown = text.isprintable() or "\u200d" in text
    return text if is_symbol and shown else "other"


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
        self._accounts: dict[Identity, int] = {}
        self._conversations: dict[int, int] = {}
        self._held: list[Conversation] = []  # keeps id() of a conversation valid and unique
        self._span: dict[int, tuple[int, int]] = {}
        self._rows: dict[str, list[tuple[Any, ...]]] = {t: [] for t in PART_TABLES}
        self._texts: list[str | None] = []
        self._coverage: list[RawCoverage] = []
        self._memberships: list[RawMembership] = []
        self._max_us = max_us()
        self._pos = 0
        self.ignored: Counter[str] = Counter()
        self.rejected: Counter[str] = Counter()

    def take(self, records: Iterable[Record]) -> None:
        """Read all records of the source."""
        for record in records:
            if type(record) is RawMessage:
                self._message(record)
            elif type(record) is Ignored:
                self.ignored[record.reason] += record.n
            elif type(record) is Rejected:
                self._reject(record.reason, record.member, record.record)
            else:
                self._beside(record)
            if len(self._texts) >= BATCH:
                self._flush()
        self._flush()

    @property
    def kept(self) -> int:
        """Number of message rows written."""
        return self._writer.rows["messages"]

    def _account(self, identity: Identity | None) -> int | None:
        if identity is None:
            return None
        number = self._accounts.get(identity)
        if number is None:
            number = self._accounts[identity] = len(self._accounts)
        return number

    def _conversation(self, conversation: Conversation) -> int:
        number = self._conversations.get(id(conversation))
        if number is None:
            number = self._conversations[id(conversation)] = len(self._held)
            self._held.append(conversation)
        return number

    def _reject(self, reason: str, member: str, record: int) -> None:
        self.rejected[reason] += 1
        self._rows["rejects"].append((member, record, reason))

    def _message(self, m: RawMessage) -> None:
        """Encode one message; the hot path of every import."""
        t_us = m.t_us
        if not MIN_US <= t_us <= self._max_us:
            self._reject("bad_date", "", self._pos)
            return
        conv = self._conversation(m.conversation)
        author = self._account(m.author)
        ref = m.ref
        matched = ref is None or ref.scope in ("account", "none")
        text = m.text
        key = self._key
        digest = text_digest(key, text) if matched and text else None
        pos = self._pos
        self._pos = pos + 1
        span = self._span.get(conv)
        if span is None:
            self._span[conv] = (t_us, t_us)
        elif t_us < span[0]:
            self._span[conv] = (t_us, span[1])
        elif t_us > span[1]:
            self._span[conv] = (span[0], t_us)
        self._rows["messages"].append(
            (
                pos,
                None if ref is None else message_key(key, ref),
                matched,
                digest,
                m.copy,
                conv,
                author,
                t_us,
                m.seq,
                m.kind,
                _word(m.original_kind),
                m.visibility,
                _word(m.visibility_raw),
                m.audience_size,
                None if m.reply_to is None else message_key(key, m.reply_to),
                self._account(m.reply_author),
                None if m.root is None else message_key(key, m.root),
                self._account(m.root_author),
                None if m.target is None else message_key(key, m.target),
                self._account(m.target_author),
                self._account(m.wall_owner),
                m.edited,
                m.time_note,
                m.resolution_us,
                _lang(m.lang),
            )
        )
        self._texts.append(text)
        if m.recipients is not None:
            named = self._rows["recipients"]
            for slot, person in enumerate(m.recipients):
                named.append((pos, self._account(person), slot))
        for slot, person in enumerate(m.mentions):
            self._rows["mentions"].append((pos, self._account(person), slot))

    def _beside(self, record: Record) -> None:
        """Encode what travels beside messages and is counted apart."""
        rows = self._rows
        if isinstance(record, RawReaction):
            rows["reactions"].append(
                (
                    len(rows["reactions"]) + self._writer.rows["reactions"],
                    message_key(self._key, record.target),
                    self._account(record.actor),
                    record.n,
                    self._account(record.target_author),
                    record.t_us,
                    _reaction(record.kind),
                    record.visibility,
                )
            )
        elif isinstance(record, RawContact):
            place = len(rows["contacts"]) + self._writer.rows["contacts"]
            owner, other = self._account(record.owner), self._account(record.other)
            rows["contacts"].append(
                (place, owner, other, record.kind, record.t_us, record.resolution_us)
            )
        elif isinstance(record, RawMembership):
            self._account(record.person)
            self._conversation(record.conversation)
            self._memberships.append(record)
        elif isinstance(record, RawAlias):
            rows["aliases"].append((self._account(record.first), self._account(record.second)))
        elif isinstance(record, RawCoverage):
            self._account(record.owner)
            self._coverage.append(record)
        else:
            msg = f"an importer yielded {type(record).__name__}, which is no record"
            raise InternalError(msg)

    def _flush(self) -> None:
        """Write the batch collected so far."""
        rows = self._rows["messages"]
        if rows:
            columns: dict[str, Any] = dict(
                zip(_MESSAGE_COLUMNS, zip(*rows, strict=True), strict=True)
            )
            if not (set(columns["kind"]) <= set(KINDS)) or not (
                set(columns["visibility"]) <= set(VISIBILITIES)
            ):
                msg = "an importer yielded a kind or visibility outside the schema"
                raise InternalError(msg)
            columns.update(text_features(_texts(self._texts)))
            self._writer.write("messages", columns)
        for table in ("recipients", "mentions", "reactions", "contacts", "aliases", "rejects"):
            self._write(table, self._rows[table])
            self._rows[table] = []
        self._rows["messages"] = []
        self._texts = []

    def _write(self, table: str, rows: list[tuple[Any, ...]]) -> None:
        if rows:
            names = PART_TABLES[table].names
            self._writer.write(table, dict(zip(names, zip(*rows, strict=True), strict=True)))

    def finish(self) -> None:
        """Write accounts, conversations, members and coverage once the source is read."""
        owners = {c.owner for c in self._coverage if c.owner is not None}
        owner = normalise(next(iter(owners))) if len(owners) == 1 else self._sha256
        members = [
            (conv, self._account(person))
            for conv, held in enumerate(self._held)
            for person in sorted(held.members, key=lambda i: i[:4])
        ]
        covered = [self._covered(record) for record in self._coverage]
        stays = [
            (self._conversation(s.conversation), self._account(s.person), s.joined_us, s.left_us)
            for s in self._memberships
        ]
        names = [pseudonym(self._key, identity, owner=owner) for identity in self._accounts]
        self._write(
            "accounts",
            [
                (number, names[number], i.platform, i in owners, i.is_bot, i.is_placeholder)
                for i, number in self._accounts.items()
            ],
        )
        self._write("members", members)
        self._write("memberships", stays)
        self._write("coverage", covered)
        self._write("conversations", [self._conv_row(n, names) for n in range(len(self._held))])

    def _conv_row(self, number: int, names: list[bytes]) -> tuple[Any, ...]:
        """Key a conversation: a direct one by its two accounts, another by the platform's id."""
        conv = self._held[number]
        pair = sorted({names[self._accounts[person]] for person in conv.members})
        if conv.kind == "dm" and len(pair) == 2:
            message = b"dm\x1f" + conv.platform.encode() + b"\x1f" + b"".join(pair)
        else:
            key = f"conversation\x1f{conv.platform}\x1f{conv.key}"
            message = key.encode("utf-8", "surrogatepass")
        digest = self._key.digest(message)[:16]
        return (number, digest, conv.platform, conv.kind, conv.n_members, conv.members_basis)

    def _covered(self, record: RawCoverage) -> tuple[Any, ...]:
        """Bound a coverage record by what the archive states, else by its first and last record."""
        conv = None if record.conversation is None else self._conversation(record.conversation)
        spans = list(self._span.values()) if conv is None else [self._span.get(conv)]
        known = [span for span in spans if span is not None]
        start = record.start_us
        end = record.end_us
        if start is None and known:
            start = min(span[0] for span in known)
        if end is None and known:
            end = max(span[1] for span in known)
        flags = tuple(flag in record.flags for flag in COVERAGE_FLAGS)
        basis = "stated" if record.end_stated else "last_record"
        owner = self._account(record.owner)
        return (owner, conv, start, end, basis, record.resolution_us, *flags)


def _texts(texts: list[str | None]) -> pa.Array:
    """Make an Arrow array of texts; a lone surrogate becomes U+FFFD."""
    try:
        return pa.array(texts, pa.string())
    except UnicodeEncodeError:
        clean = [t if t is None else t.encode("utf-8", "replace").decode("utf-8") for t in texts]
        return pa.array(clean, pa.string())
