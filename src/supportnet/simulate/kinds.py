"""How ties talk: what is planted for each kind of tie, and the kinds of the example."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

__all__ = ["LAYERS", "SUSTAINED", "KindPlan", "LayerPlan", "TieKind", "example_kinds"]

TieKind: TypeAlias = Literal["twinome", "dyad", "friend", "acquaintance", "hub"]
LAYERS = ("private_1to1", "public")
SUSTAINED: tuple[TieKind, ...] = ("twinome", "dyad")


@dataclass(frozen=True, slots=True)
class LayerPlan:
    """How turns are answered in one layer of one kind of tie.

    Attributes
    ----------
    answer_opening
        Probability that the first turn of a conversation is answered.
    answer_later
        Probability that any later turn is answered; a conversation ends with the first turn
        that is not.
    median_h, sigma
        Median (hours) and log-scale standard deviation of the log-normal reply latency of an
        answered turn.
    """

    answer_opening: float
    answer_later: float
    median_h: float
    sigma: float

    @property
    def turns_per_session(self) -> float:
        """Expected turns in a conversation: 1 + q1 / (1 - q2)."""
        return 1.0 + self.answer_opening / (1.0 - self.answer_later)

    @property
    def answered(self) -> float:
        """Expected share of turns answered: (turns - 1) / turns, as one turn ends each session."""
        return 1.0 - 1.0 / self.turns_per_session

    @property
    def opener_lead(self) -> float:
        """Expected (opener's turns - other's turns) / turns of a conversation, 0..1."""
        q1, q2 = self.answer_opening, self.answer_later
        opener = 1.0 + q1 * q2 / (1.0 - q2**2)
        other = q1 / (1.0 - q2**2)
        return (opener - other) / (opener + other)


@dataclass(frozen=True, slots=True)
class KindPlan:
    """How ties of one kind talk.

    Attributes
    ----------
    private, public
        Answering and latency in the two layers.
    private_share
        Mean over ties of the expected private share of a tie's one-to-one traffic.
    share_icc
        Intraclass correlation of that share: tie shares are Beta with variance m(1-m)·icc.
    latency_tie_sd
        Standard deviation over ties of the log median latency.
    opening_icc
        The probability that the first person opens is Beta with mean 1/2 and this correlation.
    gap_h
        Mean wait (hours, on the rhythm's clock) from the end of the obligatory silence to the
        next private opening; sustained kinds only.
    sessions
        Mean number of conversations of a tie in a year; None for sustained kinds.
    burst_more
        Probability of a second message in a burst, and of a third after the second.
    reprompt
        Probability that somebody who waits more than an hour sends one reminder.
    """

    private: LayerPlan
    public: LayerPlan
    private_share: float
    share_icc: float = 0.03
    latency_tie_sd: float = 0.2
    opening_icc: float = 0.05
    gap_h: float = 15.0
    sessions: float | None = None
    burst_more: float = 0.13
    reprompt: float = 0.05

    def layer(self, name: str) -> LayerPlan:
        """Return the plan of layer `private_1to1` or `public`."""
        return self.private if name == "private_1to1" else self.public

    @property
    def burst_messages(self) -> float:
        """Expected messages in a burst of one to three."""
        return 1.0 + self.burst_more + self.burst_more**2


def example_kinds() -> Mapping[TieKind, KindPlan]:
    """Return the kinds of the example: the closer the tie, the surer and faster the answer."""
    kinds: dict[TieKind, KindPlan] = {
        "twinome": KindPlan(
            private=LayerPlan(0.97, 0.60, 5.0, 1.0),
            public=LayerPlan(0.85, 0.75, 2.5, 1.1),
            private_share=0.80,
            reprompt=0.04,
        ),
        "dyad": KindPlan(
            private=LayerPlan(0.95, 0.45, 7.5, 1.0),
            public=LayerPlan(0.85, 0.75, 4.0, 1.1),
            private_share=0.70,
            share_icc=0.02,
            opening_icc=0.10,
            reprompt=0.10,
        ),
        "friend": KindPlan(
            private=LayerPlan(0.50, 0.35, 14.0, 1.3),
            public=LayerPlan(0.60, 0.50, 8.0, 1.2),
            private_share=0.45,
            share_icc=0.10,
            opening_icc=0.20,
            sessions=9.0,
            reprompt=0.15,
        ),
        "acquaintance": KindPlan(
            private=LayerPlan(0.40, 0.25, 20.0, 1.3),
            public=LayerPlan(0.50, 0.40, 10.0, 1.2),
            private_share=0.12,
            share_icc=0.10,
            opening_icc=0.20,
            sessions=2.5,
            reprompt=0.10,
        ),
        "hub": KindPlan(
            private=LayerPlan(0.45, 0.35, 18.0, 1.3),
            public=LayerPlan(0.40, 0.30, 12.0, 1.2),
            private_share=0.35,
            share_icc=0.10,
            opening_icc=0.20,
            sessions=14.0,
            reprompt=0.10,
        ),
    }
    return MappingProxyType(kinds)
