"""Rows of a table as records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final, Literal, NamedTuple, cast

from supportnet.formats import Options
from supportnet.importers.edgelist._people import Cast, id_of
from supportnet.importers.edgelist._tables import Table
from supportnet.importers.edgelist._times import Clock, clock_for
from supportnet.parsing.times import MIN_US, max_us
from supportnet.records import (
    Conversation,
    Identity,
    Ignored,
    MessageRef,
    RawContact,
    RawCoverage,
    RawMessage,
    Record,
    Rejected,
)

__all__ = ["contact_rows", "message_rows"]

Visibility = Literal["private_1to1", "private_group", "semi_public", "public", "unknown"]
MessageKind = Literal["message", "post", "comment", "quote", "repost", "call", "deleted"]

_SAMPLE: Final = 1000
_MOST_COPIES: Final = 10_000
_MOST_PARTIES: Final = 131_072
_KINDS: Final = frozenset({"message", "post", "comment", "quote", "repost", "call"})
_PRIVATE: Final = ("private_1to1", "private_group")
_PARTY_COLUMNS: Final = ("sender", "recipient", "conversation", "visibility", "channel")
_EXTRAS: Final = ("message_id", "reply_to", "text", "kind", "audience_size")
_FLAGS: Final[dict[str, frozenset[str]]] = {
    "private_1to1": frozenset({"private_in", "private_out", "alter_alter"}),
    "private_group": frozenset({"private_in", "private_out", "alter_alter", "groups"}),
    "semi_public": frozenset({"public_in", "public_out", "alter_alter"}),
    "public": frozenset({"public_in", "public_out", "alter_alter"}),
    "unknown": frozenset(),
}


class _Parties(NamedTuple):
    """Who wrote to whom, where, and who could read: the same for all rows of a pair."""

    author: Identity
    others: tuple[Identity, ...]
    conversation: Conversation
    visibility: Visibility
    recipients: tuple[Identity, ...] | None
    mentions: tuple[Identity, ...]
    reply_author: Identity | None
    audience_size: int | None


class _Reader:
    """Turn the rows of one table of timed events into messages."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self.table = table
        self.plan = table.plan
        self.clock = clock
        self.cast = Cast(table.plan.platform, is_bip=table.is_bip)
        self.visibilities: set[str] = set()
        self._parties: dict[tuple[Any, ...], _Parties | str] = {}
        self._time_place = table.plan.places["time"]
        self._has_extras = any(role in table.plan.places for role in _EXTRAS)
        self._last_us = max_us()

    def read(self) -> Iterator[Record]:
        """Yield one record per row (several for a row that stands for several events)."""
        table = self.table
        is_weighed = (table.is_multiplicity or table.is_dynamic) and "weight" in self.plan.places
        seq = 0
        for number, cells in table.all_rows():
            message = cells if isinstance(cells, str) else self._message(cells, seq)
            if isinstance(message, str):
                is_self = message == "self_addressed"
                yield Ignored(message) if is_self else Rejected(message, table.pattern, number)
            elif not is_weighed or isinstance(cells, str):
                yield message
                seq += 1
            else:
                copies = self._weigh(cells, number)
                if not isinstance(copies, int):
                    yield copies
                    continue
                for _ in range(copies):
                    yield replace(message, seq=seq)
                    seq += 1

    def _message(self, cells: Sequence[Any], seq: int) -> RawMessage | str:
        """Return the message of a row, or the reason why it is none."""
        if len(cells) != self.plan.width and not _fits(cells, self.plan.width):
            return "bad_row"
        parties = self._who(cells)
        if isinstance(parties, str):
            return parties
        cell = cells[self._time_place]
        time = self.clock.read(cell)
        if time is None or not MIN_US <= time[0] <= self._last_us:
            is_blank = cell is None or str(cell).strip() in self.plan.na
            return "undated" if is_blank else "bad_date"
        message = RawMessage(
            parties[2],
            parties[0],
            time[0],
            seq,
            visibility=parties[3],
            recipients=parties[4],
            mentions=parties[5],
            reply_author=parties[6],
            audience_size=parties[7],
            time_note=time[1],
            resolution_us=self.clock.resolution_us,
        )
        return (self._add(message, cells) or message) if self._has_extras else message

    # Who wrote to whom

    def _who(self, cells: Sequence[Any]) -> _Parties | str:
        """Return the parties of a row, or the reason why it has none."""
        places = self.plan.places
        key = tuple([cells[places[role]] for role in _PARTY_COLUMNS if role in places])
        try:
            found = self._parties.get(key)
        except TypeError:
            # A list of recipients in a JSON line cannot be looked up.
            return self._settle(cells)
        if found is None:
            if len(self._parties) >= _MOST_PARTIES:
                self._parties.clear()  # only to save work: settling again gives the same
            found = self._parties[key] = self._settle(cells)
        return found

    def _cell(self, cells: Sequence[Any], role: str) -> str | None:
        """Return the id in a column; None when there is no such column or it says nothing."""
        place = self.plan.places.get(role)
        word = None if place is None else id_of(cells[place])
        return None if word is None or word in self.plan.na else word

    def _settle(self, cells: Sequence[Any]) -> _Parties | str:
        """Work out the parties of a row."""
        word = self._cell(cells, "sender")
        if word is None:
            return "no_author"
        author = self.cast.sender(word)
        named = self._recipients(cells)
        talk = self._cell(cells, "conversation")
        if not named and talk is None:
            return "no_recipient"
        others = tuple(person for person in named if person != author)
        if named and not others:
            return "self_addressed"
        visibility = self._visibility(cells, len(others))
        self.visibilities.add(visibility)
        is_private = visibility in _PRIVATE
        if talk is None:
            conversation = self.cast.among((author, *others), visibility)
        else:
            conversation = self.cast.named(talk, visibility)
            conversation.members.update((author, *others))
        is_dm = visibility == "private_1to1"
        size = len(others) if visibility == "private_group" and len(others) > 1 else None
        is_answer = not is_private and len(others) == 1 and "reply_to" not in self.plan.places
        return _Parties(
            author,
            others,
            conversation,
            visibility,
            # The readers of a private talk without named recipients are its members.
            None if is_dm or (is_private and not others) else others,
            others if not is_private and len(others) > 1 else (),
            others[0] if is_answer else None,
            size,
        )

    def _recipients(self, cells: Sequence[Any]) -> tuple[Identity, ...]:
        """Return whom a row addresses, each once, in order."""
        place = self.plan.places.get("recipient")
        if place is None:
            return ()
        cell = cells[place]
        words: Sequence[Any] = cell if isinstance(cell, list | tuple) else [cell]
        if isinstance(cell, str) and self.plan.recipients_sep:
            words = cell.split(self.plan.recipients_sep)
        ids = [word for part in words if (word := id_of(part)) is not None]
        kept = dict.fromkeys(word for word in ids if word not in self.plan.na)
        return tuple(self.cast.recipient(word) for word in kept)

    def _visibility(self, cells: Sequence[Any], n_others: int) -> Visibility:
        """Return who could read a row; private to one named person is 1:1, to more a group."""
        plan = self.plan
        value = plan.visibility
        if value is None:
            roles = [r for r in ("visibility", "channel", "conversation") if r in plan.places]
            word = self._cell(cells, roles[0]) if roles else None
            value = plan.visibility_words.get(word or "", plan.visibility_default)
        if value in ("private", "private_1to1") and n_others:
            value = "private_1to1" if n_others == 1 else "private_group"
        return cast("Visibility", value)

    # What else a row says

    def _add(self, message: RawMessage, cells: Sequence[Any]) -> str:
        """Fill in what optional columns say; return a reason when one cannot be understood."""
        platform, places = self.plan.platform, self.plan.places
        word = self._cell(cells, "message_id")
        if word is not None:
            message.ref = MessageRef(platform, word)
        word = self._cell(cells, "reply_to")
        if word is not None:
            message.reply_to = MessageRef(platform, word)
        if "text" in places and isinstance(cells[places["text"]], str):
            message.text = cells[places["text"]] or None
        word = self._cell(cells, "audience_size")
        if word is not None:
            if not (word.isdecimal() and len(word) < 10):
                return "bad_audience_size"
            message.audience_size = int(word)
        word = self._cell(cells, "kind")
        if word is not None:
            if word.lower() not in _KINDS:
                return "unknown_kind"
            message.kind = cast("MessageKind", word.lower())
        return ""

    def _weigh(self, cells: Sequence[Any], number: int) -> int | Record:
        """Return how many events a row stands for; a removed edge is none."""
        try:
            weight = float(cells[self.plan.places["weight"]])
        except (TypeError, ValueError):
            weight = 0.0
        if self.table.is_dynamic:
            return Ignored("edge_removed") if weight < 0 else 1
        if weight.is_integer() and 1 <= weight <= _MOST_COPIES:
            return int(weight)
        return Rejected("bad_weight", self.table.pattern, number)


def _fits(cells: Sequence[Any], width: int) -> bool:
    """Tell whether a row is only longer by empty cells (a separator at the line's end)."""
    return len(cells) > width and not any(str(cell).strip() for cell in cells[width:])


def message_rows(table: Table, options: Options, notes: dict[str, str]) -> Iterator[Record]:
    """Yield the messages of a table of timed events, and its coverage.

    Every row is kept, equal ones too: without ids two equal rows may well be two messages.
    """
    clock = clock_for(table.sample("time", _SAMPLE), table.plan, options)
    notes["clock"] = clock.word
    if table.plan.tz is not None and clock.word in ("iso", "date_format"):
        notes["zone"] = table.plan.tz
    reader = _Reader(table, clock)
    yield from reader.read()
    seen = reader.visibilities or {table.plan.visibility or "unknown"}
    flags = frozenset[str]().union(*(_FLAGS.get(value, frozenset()) for value in seen))
    yield RawCoverage(None, flags, resolution_us=clock.resolution_us)


def contact_rows(table: Table, options: Options) -> Iterator[Record]:
    """Yield the declared ties of a table (friends, follows), and a coverage that claims nothing."""
    plan = table.plan
    has_time = "time" in plan.places
    clock = clock_for(table.sample("time", _SAMPLE), plan, options) if has_time else None
    people = Cast(plan.platform)
    relation = cast("Literal['friend', 'follow', 'follower']", plan.relation)
    for number, cells in table.all_rows():
        if isinstance(cells, str) or (len(cells) != plan.width and not _fits(cells, plan.width)):
            reason = cells if isinstance(cells, str) else "bad_row"
            yield Rejected(reason, table.pattern, number)
            continue
        ids = [id_of(cells[plan.places[role]]) for role in ("owner", "other")]
        owner, other = (None if word is None or word in plan.na else word for word in ids)
        if owner is None or other is None:
            yield Rejected("no_author" if owner is None else "no_recipient", table.pattern, number)
        elif owner == other:
            yield Ignored("self_addressed")
        else:
            time = clock.read(cells[plan.places["time"]]) if clock else None
            step = clock.resolution_us if clock and time else None
            t_us = time[0] if time and MIN_US <= time[0] <= max_us() else None
            yield RawContact(people.sender(owner), people.sender(other), relation, t_us, step)
    yield RawCoverage(None, frozenset())
