"""Giving first: who acts before anything was received, beyond what activity alone would show."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import pandas as pd

from supportnet.community import Community
from supportnet.dataset import Lazy
from supportnet.interactions import Attribution
from supportnet.measures.exchange.pairs import covered_people, from_both_ends, histories
from supportnet.turns import parse_duration_us
from supportnet.units import check_level, finish

__all__ = ["give_first"]


def give_first(
    community: Community,
    *,
    level: str = "person",
    layer: str = "private",
    code: str | None = None,
    threshold: float = 0.5,
    silence: str = "8h",
    attribution: Attribution | None = None,
) -> pd.DataFrame:
    """Compute how much more often than by chance a person gives before receiving.

    Parameters
    ----------
    community
        The community.
    level
        `person`, or `tie` (one tie's term, seen from `lo`).
    layer
        `private`, `public` or `all`.
    code
        Name of a code of table `codes`: only messages that carry it are acts. None takes every
        message.
    threshold
        Least score at which a message carries the code.
    silence
        A tie whose first act lies less than this after the start of the record is left out:
        something may have gone before.
    attribution
        Who addressed whom; None takes the primary rules.

    Returns
    -------
    pandas.DataFrame
        Keys of the level, `value` (-1 to 1), `n` (ties; at level `tie` acts), `status`,
        `n_excluded` (ties left out because the record starts too late).

    Raises
    ------
    InputError
        When a name or duration is unknown.

    Notes
    -----
    GF_i = mean over ties of [1(first act by i) - g/(g+r)], g acts given to and r received from the
    other: a person who sends most is first most often by chance, and that share is taken off.
    Without an eligible tie NaN (`empty`); not identified unless all that the person writes and gets
    was observed.

    References
    ----------
    Molm, Collett & Schaefer 2007, doi:10.1086/517900.

    Examples
    --------
    >>> import pandas as pd
    >>> from supportnet.community import from_dataframe
    >>> talk = pd.DataFrame({"sender": ["x", "a"] + ["b"] * 4, "recipient": ["y", "b"] + ["a"] * 4})
    >>> talk["time"] = pd.to_datetime([0, 100, 101, 102, 103, 104], unit="h", utc=True)
    >>> c = from_dataframe(talk, visibility="private_1to1")
    >>> give_first(c)[["value", "n", "n_excluded"]].to_numpy().tolist()
    [[nan, 0.0, 1.0], [nan, 0.0, 1.0], [0.8, 1.0, 0.0], [-0.8, 1.0, 0.0]]
    """
    check_level(level, ("person", "tie"))
    seen = histories(
        community,
        layer,
        silence_us=parse_duration_us(silence, "silence"),
        attribution=attribution,
        acts=None if code is None else _coded(community, attribution, code, threshold),
    )
    total = (seen["n_fwd"] + seen["n_back"]).astype(float)
    eligible = ~seen["truncated"]
    ties = seen.assign(
        w_fwd=seen["first_fwd"].astype(float) - seen["n_fwd"] / total,
        w_back=(~seen["first_fwd"]).astype(float) - seen["n_back"] / total,
    )
    if level == "tie":
        status = np.select([~ties["identified"], ~eligible], ["not_identified", "empty"], "ok")
        value = ties["w_fwd"].where(eligible)
        rows = ties.assign(value=value, n=total, status=status, n_excluded=(~eligible).astype(int))
        return finish(rows, "tie", more=["n_excluded"])
    ends = from_both_ends(ties)
    used = ~ends["truncated"]
    table = (
        ends.assign(value=ends["out"].where(used), used=used)
        .groupby("person_id", as_index=False)
        .agg(value=("value", "mean"), n=("used", "sum"), n_ties=("used", "size"))
    )
    known = covered_people(community, table, layer)
    status = np.select([~known, table["n"] == 0], ["not_identified", "empty"], "ok")
    table = table.assign(status=status, n_excluded=table["n_ties"] - table["n"])
    return finish(table, "person", more=["n_excluded"])


def _coded(
    community: Community, attribution: Attribution | None, code: str, threshold: float
) -> Lazy:
    """Return the interactions whose message carries a code."""
    dataset = community.dataset
    scored = dataset.table("codes").filter(nw.col("code") == code, nw.col("score") >= threshold)
    carrying = dataset.table("messages").join(
        scored.select("native_key").unique(), on="native_key", how="semi"
    )
    frame = community.interactions(attribution, lazy=True)
    return frame.join(carrying.select("message_id"), on="message_id", how="semi")
