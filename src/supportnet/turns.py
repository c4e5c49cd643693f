"""Bursts, turns, openings and replies of a dyad.

In a dyad, messages of one author at most `burst` apart form a burst; bursts of one author in a row
form a turn. A message after a silence longer than the horizon is an opening and always begins a new
turn. A turn is due an answer from the end of its *first* burst; a message of the other person within
the horizon of that moment answers it, else it is censored at the horizon or at the end of coverage.
Unanswered turns are kept: they are what naive measures lose.
"""

from __future__ import annotations

from dataclasses import dataclass

import narwhals as nw

from supportnet.coverage import cover_directions
from supportnet.dataset import Dataset, Lazy, scalar
from supportnet.errors import InputError, choose
from supportnet.interactions import in_layer

__all__ = ["HORIZONS", "TurnRules", "parse_duration_us", "turns"]

HOUR_US = 3_600_000_000
HORIZONS = {"private": 72 * HOUR_US, "public": 168 * HOUR_US}
_UNITS = {"s": 1_000_000, "min": 60_000_000, "h": HOUR_US, "d": 24 * HOUR_US, "w": 168 * HOUR_US}
_DYAD = ("lo", "hi")


def parse_duration_us(text: str | float, what: str) -> int:
    """Read a duration such as `10min`, `72h` or `28D` as microseconds (a bare number is hours).

    Parameters
    ----------
    text
        A number and one of s, min, h, d, w (upper or lower case).
    what
        Name of the parameter, for the message.

    Returns
    -------
    int
        Microseconds, > 0.

    Raises
    ------
    InputError
        For anything else.

    Examples
    --------
    >>> parse_duration_us("72h", "horizon") == parse_duration_us("3D", "horizon")
    True
    """
    word = str(text).strip().lower()
    unit = "h"
    for name in sorted(_UNITS, key=len, reverse=True):
        if word.endswith(name):
            word, unit = word.removesuffix(name).strip(), name
            break
    try:
        value = float(word)
    except ValueError:
        value = float("nan")
    if not 0 < value < 1e6:
        msg = f"{what} must be a duration such as 10min, 72h or 28D; found {text!r}; pass one of that form."
        raise InputError(msg)
    return round(value * _UNITS[unit])


@dataclass(frozen=True, slots=True)
class TurnRules:
    """The definitions that decide what a turn is.

    Attributes
    ----------
    horizon_us
        How long an answer may take, µs.
    burst_us
        Largest gap inside a burst, µs.
    anchor
        `first_burst` (when an answer was first due) or `last_burst` (sensitivity).
    """

    horizon_us: int
    burst_us: int = 600_000_000
    anchor: str = "first_burst"

    def __post_init__(self) -> None:
        choose(self.anchor, ("first_burst", "last_burst"), "anchor")


def turns(dataset: Dataset, frame: Lazy, *, layer: str, rules: TurnRules | None = None) -> Lazy:
    """Form the turns of every dyad in one layer.

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
        `due_us` (end of the first burst), `end_us`, `n_messages`, `n_bursts`, `is_opening`,
        `latency_h` (hours from due to answer, else to censoring; > = 0), `observed` (True when
        answered within the horizon), `end_cover_us`. Unordered.
    """
    choose(layer, tuple(HORIZONS), "layer")
    rules = rules or TurnRules(HORIZONS[layer])
    events = _numbered(_events(dataset, frame, layer), rules)
    formed = events.group_by(*_DYAD, "turn", "author_id", "other_id").agg(
        start_us=nw.col("t_us").min(),
        end_us=nw.col("t_us").max(),
        due_us=_due(rules).max(),
        n_messages=nw.len().cast(nw.Int64),
        n_bursts=nw.col("new_burst").cast(nw.Int64).sum().cast(nw.Int64),
        is_opening=nw.col("opening").cast(nw.Int64).max() == 1,
    )
    answered = formed.join(
        _answers(dataset, events), left_on=[*_DYAD, "turn"], right_on=[*_DYAD, "target"], how="left"
    )
    covered = cover_directions(dataset, answered.rename({"end_us": "last_us", "start_us": "first_us"}), layer)
    return _latency(covered, rules)


def _events(dataset: Dataset, frame: Lazy, layer: str) -> Lazy:
    """Return the addressed messages of a layer by dyad, with their reply pointers."""
    addressed = in_layer(frame, layer).filter(~nw.col("message_id").is_null(), nw.col("weight") > 0)
    events = addressed.select(
        "message_id",
        "author_id",
        "other_id",
        "t_us",
        lo=nw.min_horizontal("author_id", "other_id"),
        hi=nw.max_horizontal("author_id", "other_id"),
    )
    pointers = dataset.table("messages").filter(~nw.col("reply_to").is_null())
    if scalar(pointers.select(nw.len())) == 0:
        return events.with_columns(reply_to=nw.lit(None).cast(nw.Int64))
    return events.join(pointers.select("message_id", "reply_to"), on="message_id", how="left")


def _numbered(events: Lazy, rules: TurnRules) -> Lazy:
    """Number the turns of each dyad and mark where bursts and openings begin."""
    order = ["t_us", "message_id"]
    with_previous = events.with_columns(
        previous_us=nw.col("t_us").shift(1).over(*_DYAD, order_by=order),
        previous_author=nw.col("author_id").shift(1).over(*_DYAD, order_by=order),
    )
    gap = nw.col("t_us") - nw.col("previous_us")
    first = nw.col("previous_us").is_null()
    marked = with_previous.with_columns(
        opening=first | (gap > rules.horizon_us),
        same=~first & (nw.col("author_id") == nw.col("previous_author")),
        near=~first & (gap <= rules.burst_us),
    ).with_columns(
        new_turn=nw.col("opening") | ~nw.col("same"),
        new_burst=nw.col("opening") | ~nw.col("same") | ~nw.col("near"),
    )
    counted = marked.with_columns(
        turn=nw.col("new_turn").cast(nw.Int64).cum_sum().over(*_DYAD, order_by=order).cast(nw.Int64),
        burst=nw.col("new_burst").cast(nw.Int64).cum_sum().over(*_DYAD, order_by=order).cast(nw.Int64),
    )
    return counted.with_columns(
        first_burst=nw.col("burst").min().over(*_DYAD, "turn"),
    )


def _due(rules: TurnRules) -> nw.Expr:
    """Return the time from which an answer is due: the end of the anchoring burst."""
    if rules.anchor == "last_burst":
        return nw.col("t_us")
    in_first = nw.col("burst") == nw.col("first_burst")
    return nw.when(in_first).then(nw.col("t_us")).otherwise(None)


def _answers(dataset: Dataset, events: Lazy) -> Lazy:
    """Return the time of the earliest message that answers each turn.

    A message with a pointer into the dyad answers the turn it points at; one without answers the
    turn before its own, when that is the other person's.
    """
    del dataset
    plain = events.filter(nw.col("reply_to").is_null()).select(
        *_DYAD, "t_us", target=nw.col("turn") - 1, by=nw.col("author_id")
    )
    parents = events.select(
        *_DYAD, reply_to=nw.col("message_id"), target=nw.col("turn"), asked_by=nw.col("author_id")
    )
    pointed = events.filter(~nw.col("reply_to").is_null()).join(
        parents, on=[*_DYAD, "reply_to"], how="left"
    )
    known = pointed.filter(
        ~nw.col("target").is_null(), nw.col("asked_by") != nw.col("author_id")
    ).select(*_DYAD, "t_us", "target", by=nw.col("author_id"))
    # A pointer to something outside this dyad and layer says nothing here: inference applies.
    astray = pointed.filter(nw.col("target").is_null()).select(
        *_DYAD, "t_us", target=nw.col("turn") - 1, by=nw.col("author_id")
    )
    stacked = nw.concat([plain, known, astray], how="vertical")
    return stacked.group_by(*_DYAD, "target").agg(
        reply_us=nw.col("t_us").min(), replier=nw.col("by").min()
    )


def _latency(frame: Lazy, rules: TurnRules) -> Lazy:
    """Turn answers into observed or censored latencies, in hours."""
    in_time = (
        ~nw.col("reply_us").is_null()
        & (nw.col("replier") == nw.col("other_id"))
        & (nw.col("reply_us") >= nw.col("due_us"))
        & (nw.col("reply_us") - nw.col("due_us") <= rules.horizon_us)
    )
    followed = nw.max_horizontal(nw.col("end_us"), nw.col("last_us"))
    observed = frame.with_columns(
        observed=nw.when(in_time).then(nw.lit(1)).otherwise(nw.lit(0)) == 1,
        follow_us=nw.min_horizontal(
            nw.lit(rules.horizon_us).cast(nw.Int64), followed - nw.col("due_us")
        ),
    )
    elapsed = (
        nw.when(nw.col("observed"))
        .then(nw.col("reply_us") - nw.col("due_us"))
        .otherwise(nw.col("follow_us"))
    )
    return observed.with_columns(latency_h=elapsed.cast(nw.Float64) / HOUR_US).select(
        "author_id",
        "other_id",
        "due_us",
        "n_messages",
        "n_bursts",
        "is_opening",
        "latency_h",
        "observed",
        "identified",
        start_us=nw.col("first_us"),
        end_us=nw.col("last_us"),
        end_cover_us=nw.col("end_us"),
    )
