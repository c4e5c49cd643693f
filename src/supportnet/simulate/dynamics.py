"""How one tie talks: openings, turns, bursts, answers, silences.

A conversation opens at a moment that follows the rhythm of the week. A turn is one burst of one to
three messages, now and then with one reminder; it is answered with the probability of its kind
after a log-normal latency, counted from the end of its first burst, or it ends the conversation.
After the last message comes a silence longer than the horizon of that layer. So no opening can be
taken for a late answer, and the turns that the rules of reply latency find are the planted ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from supportnet.simulate.draws import Stream
from supportnet.simulate.kinds import KindPlan
from supportnet.simulate.plan import Plan

__all__ = ["Sent", "Session", "TieTraits", "draw_traits", "sparse_sessions", "sustained_sessions"]

_HOUR = 3600
_MARGIN_H = 1.0  # silence beyond the horizon; also covers clocks that write whole minutes
_LAST_REMINDER_H = 70.0  # answers later than this get no reminder: it would blur the opening rule

# Openings per hour of the day, Monday to Friday and weekend, relative.
_WEEKDAY = (1, 0, 0, 0, 0, 1, 3, 6, 7, 6, 6, 7, 9, 8, 6, 6, 7, 9, 11, 13, 15, 14, 9, 4)
_WEEKEND = (3, 1, 0, 0, 0, 0, 1, 3, 6, 9, 12, 12, 11, 10, 10, 11, 12, 12, 12, 13, 14, 13, 9, 6)
_WEEK = tuple(float(x) for x in (*(_WEEKDAY * 5), *(_WEEKEND * 2)))
_RHYTHM = tuple(x * len(_WEEK) / sum(_WEEK) for x in _WEEK)
_MONDAY_S = 4 * 86_400  # 1970-01-05 was a Monday


class Sent(NamedTuple):
    """One message: second, side (0 or 1), place of its turn and burst in the conversation."""

    t_s: int
    side: int
    turn: int
    burst: int


@dataclass(slots=True)
class Session:
    """One conversation of a tie in one layer, in order of time."""

    layer: str
    messages: list[Sent]

    @property
    def span_s(self) -> int:
        """Seconds from the first message to the last."""
        return self.messages[-1].t_s - self.messages[0].t_s

    def moved(self, to_s: int) -> Session:
        """Return the same conversation opening at another second."""
        by = to_s - self.messages[0].t_s
        return Session(self.layer, [m._replace(t_s=m.t_s + by) for m in self.messages])


@dataclass(frozen=True, slots=True)
class TieTraits:
    """What is particular to one tie.

    Attributes
    ----------
    private_share
        Expected private share.
    opens
        Probability that side 0 opens a conversation.
    pace
        Factor on the median latencies of its kind.
    """

    private_share: float
    opens: float
    pace: float


def draw_traits(stream: Stream, kind: KindPlan) -> TieTraits:
    """Draw the traits of one tie around the means of its kind."""
    return TieTraits(
        private_share=stream.beta(kind.private_share, kind.share_icc),
        opens=stream.beta(0.5, kind.opening_icc),
        pace=stream.lognormal(1.0, kind.latency_tie_sd),
    )


def next_opening(stream: Stream, earliest_s: float, mean_h: float) -> int:
    """Return when the next conversation opens: exponential waiting on the rhythm's clock."""
    left, now = stream.exponential(mean_h), float(earliest_s)
    while True:
        weight = _RHYTHM[int((now - _MONDAY_S) // _HOUR) % len(_RHYTHM)]
        room_h = (_HOUR - now % _HOUR) / _HOUR
        if weight * room_h >= left and weight > 0:
            return int(now + _HOUR * left / weight) + 1
        left -= weight * room_h
        now += room_h * _HOUR


def _burst(
    stream: Stream, kind: KindPlan, start_s: int, side: int, turn: int, number: int
) -> list[Sent]:
    """Return one to three messages, minutes apart, well under the ten that would part a burst."""
    messages = [Sent(start_s, side, turn, number)]
    while len(messages) < 3 and stream.chance(kind.burst_more):
        later = messages[-1].t_s + 15 + int(stream.between(0, 300))
        messages.append(Sent(later, side, turn, number))
    return messages


def draw_session(
    stream: Stream, kind: KindPlan, layer: str, traits: TieTraits, start_s: int
) -> Session:
    """Draw one conversation that opens at `start_s`.

    Parameters
    ----------
    stream, kind, layer, traits
        Randomness, and the plan of this tie in this layer.
    start_s
        Second of the first message.

    Returns
    -------
    Session
        Its messages; the last turn is the one that stays without an answer.
    """
    plan = kind.layer(layer)
    side = 0 if stream.chance(traits.opens) else 1
    messages: list[Sent] = []
    turn, now = 0, start_s
    while True:
        first = _burst(stream, kind, now, side, turn, 0)
        messages += first
        due = first[-1].t_s
        answered = stream.chance(plan.answer_later if turn else plan.answer_opening)
        latency_h = stream.lognormal(plan.median_h * traits.pace, plan.sigma)
        answer_s = due + 1 + int(latency_h * _HOUR)
        if stream.chance(kind.reprompt):
            messages += _reminder(stream, (side, turn, due), latency_h if answered else None)
        if not answered:
            return Session(layer, messages)
        side, turn, now = 1 - side, turn + 1, answer_s


def _reminder(stream: Stream, of: tuple[int, int, int], latency_h: float | None) -> list[Sent]:
    """Return one reminder while the turn waits, or none where the wait is too short or too long."""
    side, turn, due = of
    if latency_h is None:
        wait_h = stream.between(6.0, 48.0)
    elif 1.0 < latency_h < _LAST_REMINDER_H:
        wait_h = latency_h * stream.between(0.4, 0.9)
    else:
        return []
    return [Sent(due + int(wait_h * _HOUR), side, turn, 1)]


def sustained_sessions(stream: Stream, plan: Plan, kind: KindPlan) -> list[Session]:
    """Draw a year of a sustained tie.

    Private conversations follow one another all year. Public ones are then drawn until they hold
    as many messages as the tie's private share asks for, and are strewn evenly over the year.

    Parameters
    ----------
    stream
        The tie's own stream.
    plan, kind
        Span and horizons; parameters of the kind.

    Returns
    -------
    list of Session
        Private ones first; messages at or beyond the end of the span are cut off.
    """
    traits = draw_traits(stream, kind)
    private = _renewal(stream, plan, kind, traits)
    n_private = sum(len(s.messages) for s in private)
    public = kind.public
    per_turn = kind.burst_messages + kind.reprompt / 2
    # The conversation that crosses the target goes on as long as a fresh one: take that off first.
    overshoot = per_turn * public.answer_later / (1.0 - public.answer_later)
    target = n_private * (1.0 - traits.private_share) / traits.private_share - overshoot
    sessions: list[Session] = []
    while sum(len(s.messages) for s in sessions) < target:
        sessions.append(draw_session(stream, kind, "public", traits, plan.start_s))
    return private + _strewn(stream, plan, sessions, plan.start_s)


def _renewal(stream: Stream, plan: Plan, kind: KindPlan, traits: TieTraits) -> list[Session]:
    """Draw private conversations one after the other over the whole span."""
    silence_s = (plan.horizon_h["private_1to1"] + _MARGIN_H) * _HOUR
    found: list[Session] = []
    earliest = float(plan.start_s)
    while True:
        opening = next_opening(stream, earliest, kind.gap_h)
        if opening >= plan.end_s:
            return found
        session = draw_session(stream, kind, "private_1to1", traits, opening)
        earliest = session.messages[-1].t_s + silence_s
        session.messages = [m for m in session.messages if m.t_s < plan.end_s]
        found.append(session)


def sparse_sessions(stream: Stream, plan: Plan, kind: KindPlan, week: int) -> list[Session]:
    """Draw the few conversations of a background tie, from the week of its birth on.

    Each is private with the tie's share and public otherwise, so the expected share is exact
    whatever their number.

    Parameters
    ----------
    stream
        The tie's own stream.
    plan, kind
        Span and horizons; parameters of the kind (`sessions` must be set).
    week
        Week of the first conversation.

    Returns
    -------
    list of Session
        At least one conversation.
    """
    traits = draw_traits(stream, kind)
    born = next_opening(stream, plan.start_s + 7 * 86_400 * week + stream.between(0, 5 * 86_400), 6)
    born = min(born, plan.end_s - _HOUR)
    left = (plan.end_s - born) / (plan.end_s - plan.start_s)
    n = 1 + stream.poisson(left * ((kind.sessions or 1.0) - 1.0))
    layers = ["private_1to1" if stream.chance(traits.private_share) else "public" for _ in range(n)]
    sessions = [draw_session(stream, kind, layer, traits, born) for layer in layers]
    first = Session(sessions[0].layer, [m for m in sessions[0].messages if m.t_s < plan.end_s])
    silence_s = int((max(plan.horizon_h.values()) + _MARGIN_H) * _HOUR)
    return [first, *_strewn(stream, plan, sessions[1:], first.messages[-1].t_s + silence_s)]


def _strewn(stream: Stream, plan: Plan, sessions: list[Session], from_s: int) -> list[Session]:
    """Spread conversations over the span, a horizon's silence after each; drop what has no room."""
    silence_s = int((max(plan.horizon_h.values()) + _MARGIN_H) * _HOUR)
    settle_h = 6.0  # each opening still waits for its hour of the week
    need = [s.span_s + silence_s + int(12 * settle_h) * _HOUR for s in sessions]
    while sessions and sum(need) > plan.end_s - from_s:
        sessions, need = sessions[:-1], need[:-1]
    slack = plan.end_s - from_s - sum(need)
    cuts = sorted(slack * float(u) for u in stream.uniforms(len(sessions)))
    found: list[Session] = []
    used, earliest = 0, float(from_s)
    for session, cut, room in zip(sessions, cuts, need, strict=True):
        opening = next_opening(stream, max(from_s + used + cut, earliest), settle_h)
        placed = session.moved(opening)
        earliest = placed.messages[-1].t_s + silence_s
        placed.messages = [m for m in placed.messages if m.t_s < plan.end_s]
        if placed.messages:
            found.append(placed)
        used += room
    return found
