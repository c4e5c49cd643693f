"""Temporal motifs: ordered patterns of three messages among at most three persons."""

from __future__ import annotations

import numpy as np
import pandas as pd

from supportnet.community import Community
from supportnet.errors import InputError
from supportnet.interactions import Attribution
from supportnet.layers import (
    NULL_COLUMNS,
    against_null,
    check_null,
    draw_events,
    layer_network,
    not_identified,
    with_coverage,
)
from supportnet.network import temporal_motifs as motifs_of
from supportnet.turns import parse_duration_us
from supportnet.units import check_level, network_rows

__all__ = ["temporal_motifs"]

_NULLS = ("times", "intervals", "receivers")
_KINDS = ("pair", "star", "feed_forward", "cycle")
_EVENTS = 3


def temporal_motifs(
    community: Community,
    *,
    level: str = "network",
    layer: str = "private",
    delta: str = "24h",
    k: int = 3,
    attribution: Attribution | None = None,
    null: str = "times",
    null_draws: int = 0,
    seed: int = 1,
) -> pd.DataFrame:
    """Count ordered patterns of three messages among at most three persons within a time.

    Parameters
    ----------
    community
        The community.
    level
        `network`.
    layer
        `private`, `public`, `private_group` or `all`.
    delta
        The third message comes at most this long after the first.
    k
        Messages in a pattern; 3.
    attribution
        The attribution rules. A message to several persons is one arc to each of them.
    null
        Null model to compare with: `times` (times dealt out anew), `intervals` (pauses within each
        tie dealt out anew) or `receivers` (receivers exchanged between messages).
    null_draws
        Draws from it (999 is usual); 0 leaves the comparison out.
    seed
        Seed of the draws.

    Returns
    -------
    pandas.DataFrame
        First the sums `all`, `pair`, `star`, `feed_forward`, `cycle`, then the 36 patterns, in
        `measure`: the three messages as pairs of digits, persons numbered as they appear (`01 12
        02` is a→b, b→c, a→c). `value` (instances, ≥ 0), `n` (messages), `status` (`empty` below
        three messages), `kind` (the sum a pattern belongs to), `projection`, `coverage`, `reason`.
        With `null_draws` also `null`, `null_draws`, `null_mean`, `null_sd`, `z`, `p_above`,
        `p_below` (0–1), `null_status`, `null_keeps`, `null_destroys`.

    Raises
    ------
    InputError
        For an unknown level, layer or null model, another `k`, or a duration that cannot be read.

    Notes
    -----
    Any three messages in order that fit are an instance; they need not be consecutive. Equal times
    keep the order of record. Counts grow with activity: compare z, never counts. Undated rows are
    left out. NaN, `not_identified` where the archives do not show what others say between them.

    References
    ----------
    Paranjape, Benson & Leskovec 2017, doi:10.1145/3018661.3018731. Gauvin et al. 2022,
    doi:10.1137/19M1242252.

    Examples
    --------
    >>> import pandas as pd
    >>> from supportnet.community import from_dataframe
    >>> talk = pd.DataFrame({"sender": list("abaca"), "recipient": list("bccab"),
    ...                      "time": [1, 5, 8, 9, 20]})
    >>> c = from_dataframe(talk, visibility="private_1to1", unit="s")
    >>> temporal_motifs(c, delta="10s").set_index("measure")["value"].head(5).to_dict()
    {'all': 4.0, 'pair': 0.0, 'star': 2.0, 'feed_forward': 1.0, 'cycle': 1.0}
    """
    check_level(level, ("network",))
    check_null(null, _NULLS, null_draws)
    delta_us = parse_duration_us(delta, "delta")
    if k != _EVENTS:
        msg = f"k must be 3, the patterns counted here; found {k}; leave it out."
        raise InputError(msg)
    found = layer_network(community, layer=layer, projection="union", attribution=attribution)
    none = np.empty(0, np.int64)
    labels = _with_sums(motifs_of(none, none, none, delta_us))
    if found.scope.kind == "none":
        return not_identified(labels["measure"].tolist(), found).assign(kind=labels["kind"])
    events = found.events()
    author, other, t_us = (events[c].to_numpy() for c in ("author_id", "other_id", "t_us"))
    n = len(events)
    if not null_draws:
        del events  # Their weights are only needed to draw others.
    counts = _with_sums(motifs_of(author, other, t_us, delta_us))
    values = counts["count"].astype(float).tolist()
    status = "ok" if n >= _EVENTS else "empty"
    rows = [(name, value, n, status) for name, value in zip(counts["measure"], values, strict=True)]
    table = with_coverage(network_rows(rows).assign(kind=counts["kind"]), found)
    if null_draws:
        rng = np.random.default_rng(seed)
        drawn = (
            (_with_sums(motifs_of(*lists, delta_us))["count"].tolist(), True)
            for lists in draw_events(events, null, null_draws, rng)
        )
        table[list(NULL_COLUMNS)] = against_null(values, drawn, null, null_draws)
    return table


def _with_sums(counts: pd.DataFrame) -> pd.DataFrame:
    """Return the sums over all patterns and over each kind, then the patterns."""
    by_kind = counts.groupby("kind")["count"].sum()
    sums = pd.DataFrame(
        {
            "measure": ["all", *_KINDS],
            "kind": ["all", *_KINDS],
            "count": [int(counts["count"].sum()), *(int(by_kind[kind]) for kind in _KINDS)],
        }
    )
    return pd.concat([sums, counts.rename(columns={"motif": "measure"})], ignore_index=True)
