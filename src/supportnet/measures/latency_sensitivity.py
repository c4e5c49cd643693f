"""The same waits under every definition that the field uses, in one table."""

from __future__ import annotations

import numpy as np
import pandas as pd

from supportnet.community import Community
from supportnet.inference import kaplan_meier
from supportnet.interactions import Attribution
from supportnet.kernels.dtypes import Float64
from supportnet.turns import (
    HORIZONS,
    HOUR_US,
    PairMessages,
    TurnRules,
    form_turns,
    pair_messages,
    parse_duration_us,
    silent_status,
)
from supportnet.units import check_level

__all__ = ["latency_sensitivity"]

_COLUMNS = ("definition", "parameter", "value", "unit", "n", "status", "meaning")
_TAU_H = 24.0
_BURST = "10min"
_SHORTEST_H, _LONGEST_H = 5 / 3600, 0.5
_MEANINGS = {
    "km_median": "half of all turns are answered by then; unanswered turns count as censored",
    "rmst_24h": "mean wait when every wait is cut at 24 h; unanswered turns count as censored",
    "rate_24h": "share of turns answered within 24 h; unanswered turns count as censored",
    "answered_mean": "mean wait of answered turns; unanswered turns are dropped",
    "answered_median": "median wait of answered turns; unanswered turns are dropped",
    "dashboard_mean": "mean gap at a change of sender, of gaps from 5 s to 30 min alone",
    "dashboard_median": "median gap at a change of sender, of gaps from 5 s to 30 min alone",
    "sender_change_mean": "mean gap at a change of sender, from the last message on",
    "sender_change_median": "median gap at a change of sender, from the last message on",
}

_Row = tuple[str, str, float, str, int, str]


def latency_sensitivity(
    community: Community,
    *,
    level: str = "network",
    layer: str = "private",
    attribution: Attribution | None = None,
) -> pd.DataFrame:
    """Compute reply latency under every definition in use, so that they can be told apart.

    Parameters
    ----------
    community
        The community.
    level
        `network`.
    layer
        `private` or `public`.
    attribution
        The attribution rules; None takes the primary ones.

    Returns
    -------
    pandas.DataFrame
        `definition`, `parameter` (its settings), `value`, `unit` (h, or share 0–1), `n` (turns or
        gaps), `status`, `meaning` (one sentence). The first rows are the primary analysis. Then:
        the last burst as anchor, other horizons (24, 72, 168 h) and burst gaps (2, 30 min); mean
        and median of answered turns alone; mean and median of gaps at a change of sender, all of
        them as donation studies take them, and those from 5 s to 30 min as chat dashboards do.

    Raises
    ------
    InputError
        For an unknown level or layer.

    Notes
    -----
    Turns of all pairs observed in both directions are pooled. Without a turn (a gap) a row is NaN,
    `empty`; `not_identified` where no pair was observed in both directions, or follow-up ends too
    early; the median of turns never answered is `all_censored`. Dropping the unanswered makes slow
    partners look fast: in a simulation where 30 % were never answered, the median was 6.2 h; that
    of the answered turns alone was 1.8 h, and would have been so at any rate of refusal.

    References
    ----------
    Kaplan & Meier 1958, doi:10.1080/01621459.1958.10501452.

    Examples
    --------
    >>> import pandas as pd
    >>> from supportnet.community import from_dataframe
    >>> talk = pd.DataFrame({"sender": list("abaa"), "recipient": list("babb"),
    ...                      "time": [0, 3600, 7200, 500_000]})
    >>> t = latency_sensitivity(from_dataframe(talk, visibility="private_1to1", unit="s"))
    >>> t.loc[t["definition"].isin(["rmst_24h", "answered_mean"]), ["parameter", "value"]].head(1)
                                      parameter     value
    1  anchor=first_burst, horizon=72h, burst=10min  8.666667
    """
    check_level(level, ("network",))
    frame = community.interactions(attribution, lazy=True)
    messages = pair_messages(community.dataset, frame, layer)
    observed = messages.take(messages.identified)
    usual = f"{HORIZONS[layer] // HOUR_US}h"
    settings = [("first_burst", usual, _BURST), ("last_burst", usual, _BURST)]
    settings += [("first_burst", h, _BURST) for h in ("24h", "72h", "168h") if h != usual]
    settings += [("first_burst", usual, gap) for gap in ("2min", "30min")]
    rows = [row for setting in settings for row in _survival(observed, setting)]
    rows += _answered(observed, settings[0])
    rows += _sender_changes(observed)
    if not len(observed):
        silent = "not_identified" if len(messages) else silent_status(community.dataset, layer)
        rows = [(*row[:5], silent) for row in rows]
    return pd.DataFrame([(*row, _MEANINGS[row[0]]) for row in rows], columns=list(_COLUMNS))


def _words(setting: tuple[str, str, str]) -> str:
    """Return the settings of turns as words."""
    return "anchor={}, horizon={}, burst={}".format(*setting)


def _rules(setting: tuple[str, str, str]) -> TurnRules:
    """Return the settings of turns as rules."""
    anchor, horizon, burst = setting
    return TurnRules(
        parse_duration_us(horizon, "horizon"), parse_duration_us(burst, "burst"), anchor
    )


def _survival(messages: PairMessages, setting: tuple[str, str, str]) -> list[_Row]:
    """Return what the survival curve says under one setting."""
    turns = form_turns(messages, _rules(setting))
    curve = kaplan_meier(turns.latency_h, turns.observed)
    mean, rate = curve.rmst(_TAU_H), float(curve.rate_within(_TAU_H)[0])
    words, n = _words(setting), len(turns)
    none = "all_censored" if curve.status == "all_censored" else "not_identified"
    return [
        ("km_median", words, curve.median, "h", n, "ok" if curve.median >= 0 else none),
        ("rmst_24h", words, mean.rmst, "h", n, mean.status),
        ("rate_24h", words, rate, "share", n, "ok" if rate >= 0 else "not_identified"),
    ]


def _answered(messages: PairMessages, setting: tuple[str, str, str]) -> list[_Row]:
    """Return what is left when unanswered turns are dropped."""
    turns = form_turns(messages, _rules(setting))
    return _mean_and_median("answered", _words(setting), turns.latency_h[turns.observed])


def _sender_changes(messages: PairMessages) -> list[_Row]:
    """Return the gaps at changes of sender, all and those that dashboards keep."""
    change = np.zeros(messages.times.size, np.bool_)
    change[1:] = messages.forward[1:] != messages.forward[:-1]
    change[messages.starts[:-1]] = False
    at = np.flatnonzero(change)
    gaps = (messages.times[at] - messages.times[at - 1]) / HOUR_US
    kept = gaps[(gaps >= _SHORTEST_H) & (gaps <= _LONGEST_H)]
    rows = _mean_and_median("dashboard", "gap=5s-30min", kept)
    return rows + _mean_and_median("sender_change", "gap=any", gaps)


def _mean_and_median(name: str, words: str, hours: Float64) -> list[_Row]:
    """Return mean and median of some waits; undefined without any."""
    status = "ok" if hours.size else "empty"
    middle = (float(hours.mean()), float(np.median(hours))) if hours.size else (np.nan, np.nan)
    return [
        (f"{name}_mean", words, middle[0], "h", int(hours.size), status),
        (f"{name}_median", words, middle[1], "h", int(hours.size), status),
    ]
