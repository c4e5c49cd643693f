"""Turns of every pair, with what answered them and how long that took."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from supportnet.dataset import Dataset, Lazy, lazy
from supportnet.kernels.dtypes import Bools, Float64, Int32, Int64
from supportnet.kernels.turns import answer_positions, turn_positions, wait_ends
from supportnet.turns.pairs import PairMessages, pair_messages
from supportnet.turns.rules import HORIZONS, TurnRules

__all__ = ["Turns", "form_turns", "turns"]


@dataclass(frozen=True)
class Turns:
    """Hold the turns of all pairs, pair by pair in time order, as positions among their messages.

    Attributes
    ----------
    messages
        What was cut into turns.
    rules
        How.
    pair
        Number of the pair of each turn.
    first
        Position of its first message.
    first_burst_end, second_burst
        Position of the last message of its first burst, and of the first of its second (-1: none).
    n_bursts
        How many bursts it has.
    is_opening
        Whether it follows a silence longer than the horizon, or nothing that was observed.
    answer
        Position of the message that answers it, however late; -1 where none does.
    """

    messages: PairMessages
    rules: TurnRules
    pair: Int32
    first: Int32
    first_burst_end: Int32
    second_burst: Int32
    n_bursts: Int32
    is_opening: Bools
    answer: Int32

    def __len__(self) -> int:
        return int(self.first.size)

    @cached_property
    def last(self) -> Int32:
        """Position of the last message of each turn."""
        following = np.append(self.first[1:], np.int32(self.messages.times.size))
        return np.asarray(following[: len(self)] - 1, np.int32)

    @cached_property
    def forward(self) -> Bools:
        """Whether the first person of the pair has the turn."""
        return self.messages.forward[self.first]

    @property
    def direction(self) -> Int64:
        """Dense number of the direction: twice the pair, plus one when `hi` has the turn."""
        return self.pair.astype(np.int64) * 2 + ~self.forward

    @cached_property
    def author(self) -> Int32:
        """Whose turn it is."""
        lo, hi = self.messages.lo[self.pair], self.messages.hi[self.pair]
        return np.where(self.forward, lo, hi)

    @cached_property
    def other(self) -> Int32:
        """Who is to answer."""
        lo, hi = self.messages.lo[self.pair], self.messages.hi[self.pair]
        return np.where(self.forward, hi, lo)

    @property
    def identified(self) -> Bools:
        """Whether both directions of the pair were observed."""
        return self.messages.identified[self.pair]

    @cached_property
    def due_us(self) -> Int64:
        """When an answer was due: the end of the anchoring burst, µs UTC."""
        late = self.rules.anchor == "last_burst"
        return self.messages.times[self.last if late else self.first_burst_end]

    @cached_property
    def _ends(self) -> tuple[Int64, Bools, Float64]:
        """When each wait ended, whether in an answer, and its hours."""
        of = self.messages
        return wait_ends(
            self.pair, self.due_us, self.answer, of.times, of.end_us, self.rules.horizon_us
        )

    @property
    def stop_us(self) -> Int64:
        """When the wait ended: at the answer, the horizon or the end of coverage, µs UTC."""
        return self._ends[0]

    @property
    def observed(self) -> Bools:
        """Whether it was answered within the horizon."""
        return self._ends[1]

    @property
    def latency_h(self) -> Float64:
        """Hours from due to the answer, else to censoring; NaN where not identified."""
        hours = self._ends[2]
        return hours if self.messages.identified.all() else np.where(self.identified, hours, np.nan)


def form_turns(messages: PairMessages, rules: TurnRules) -> Turns:
    """Cut the messages of each pair into turns.

    Parameters
    ----------
    messages
        Of one layer, by pair.
    rules
        Horizon, burst gap and anchor.

    Returns
    -------
    Turns
        In the order of pairs and time.

    Notes
    -----
    A message without a pointer answers every turn of the other person that still waits. A message
    with a pointer to the other's words in this pair and layer answers the turn it points at only;
    one that points at its author's own words answers none. Pointers to something else, or to
    something later, are as none. Whether an answer came in time is decided afterwards.
    """
    first, end, second, bursts, opening, pair = turn_positions(
        messages.starts, messages.times, messages.forward, rules.horizon_us, rules.burst_us
    )
    answer = answer_positions(first, pair, messages.forward, messages.parent)
    return Turns(messages, rules, pair, first, end, second, bursts, opening, answer)


def turns(dataset: Dataset, frame: Lazy, *, layer: str, rules: TurnRules | None = None) -> Lazy:
    """Form the turns of every pair in one layer.

    Parameters
    ----------
    dataset
        The community's tables (for coverage and reply pointers).
    frame
        Interactions.
    layer
        `private` (private_1to1) or `public` (public and semi_public).
    rules
        Horizon, burst gap and anchor; None takes 72 h (private) or 168 h (public), 10 min, the
        end of the first burst.

    Returns
    -------
    narwhals.LazyFrame
        One row per turn: `author_id` (whose turn), `other_id` (who is to answer), `start_us`,
        `due_us` (end of the anchoring burst), `end_us` (its last message), `n_messages`,
        `n_bursts`, `is_opening`, `latency_h` (hours from due to answer, else to censoring, ≥ 0;
        null where not identified), `observed` (answered within the horizon), `identified` (both
        directions of the pair were seen), `end_cover_us` (until when). Unordered.

    Raises
    ------
    InputError
        When the layer is another one.

    Notes
    -----
    See :func:`form_turns`. The first message of a pair is an opening, whatever went before the
    start of coverage.
    """
    messages = pair_messages(dataset, frame, layer)
    formed = form_turns(messages, rules or TurnRules(HORIZONS[layer]))
    times, identified = messages.times, formed.identified
    columns = {
        "author_id": formed.author,
        "other_id": formed.other,
        "start_us": times[formed.first],
        "due_us": formed.due_us,
        "end_us": times[formed.last],
        "n_messages": (formed.last - formed.first + 1).astype(np.int64),
        "n_bursts": formed.n_bursts.astype(np.int64),
        "is_opening": formed.is_opening,
        "latency_h": pa.array(formed.latency_h, mask=~identified),
        "observed": formed.observed & identified,
        "identified": identified,
        "end_cover_us": pa.array(messages.end_us[formed.pair], mask=~identified),
    }
    return lazy(pa.table(columns))
