"""Giving first: who acts before anything was received, beyond what activity alone would show."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa

from supportnet.community import Community
from supportnet.dataset import Lazy, collect, lazy
from supportnet.errors import choose
from supportnet.interactions import Attribution, in_layer
from supportnet.measures.exchange.pairs import (
    covered_people,
    from_both_ends,
    histories,
    sides_of,
)
from supportnet.turns import parse_duration_us
from supportnet.units import check_level, finish, identify

__all__ = ["give_first"]


def give_first(
    community: Community,
    *,
    level: str = "person",
    layer: str = "private",
    version: str = "ties",
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
    version
        `ties` (first acts, tie by tie), or `newcomer` at level `person`: whether the person's first
        reply to anybody came before the first reply she got (explicit replies and comments alone).
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
        Keys of the level, `value` (-1 to 1), `n` (ties; at level `tie` acts; replies given and
        received for newcomers), `status`, `n_excluded` (ties, or newcomers, left out because the
        record starts too late).

    Raises
    ------
    InputError
        When a name or duration is unknown.

    Notes
    -----
    GF_i = mean over ties of [1(first act by i) - g/(g+r)], g acts given to and r received from the
    other: a person who sends most is first most often by chance, and that share is taken off. For
    newcomers 1(first reply given precedes first received) - g/(g+r) over all her replies, one half
    where both came in the same instant.
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
    choose(version, ("ties", "newcomer"), "version")
    if version == "newcomer":
        check_level(level, ("person",))
        frame = _acts_of(community, attribution, code, threshold)
        return _newcomers(community, frame, layer, parse_duration_us(silence, "silence"))
    seen = histories(
        community,
        layer,
        silence_us=parse_duration_us(silence, "silence"),
        attribution=attribution,
        acts=_acts_of(community, attribution, code, threshold),
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


def _acts_of(
    community: Community, attribution: Attribution | None, code: str | None, threshold: float
) -> Lazy:
    """Return the interactions that count as acts."""
    if code is None:
        return community.interactions(attribution, lazy=True)
    return _coded(community, attribution, code, threshold)


def _newcomers(community: Community, acts: Lazy, layer: str, silence_us: int) -> pd.DataFrame:
    """Compare the first reply each person gave with the first she got."""
    sides = sides_of(layer)
    replies = in_layer(acts, layer).filter(nw.col("basis").is_in(["reply", "comment"]))
    parts = []
    for end, name in (("author_id", "given"), ("other_id", "got")):
        counted = replies.group_by(end).agg(
            **{name: nw.len().cast(nw.Int64), f"first_{name}": nw.col("t_us").min()}
        )
        parts.append(collect(counted).rename(columns={end: "person_id"}))
    table = parts[0].merge(parts[1], on="person_id", how="outer").sort_values("person_id")
    given, got = (table[name].fillna(0).astype(float) for name in ("given", "got"))
    first, back = (table[f"first_{name}"].astype("Float64") for name in ("given", "got"))
    lead = (first.fillna(np.inf) < back.fillna(np.inf)) + 0.5 * (first == back).fillna(value=False)
    people = pa.table({"person_id": table["person_id"].to_numpy(dtype=np.int32)})
    asked = identify(
        community.dataset, lazy(people), "person", layers=sides, spans=True, stated=True
    )
    known = collect(asked.sort("person_id")).set_axis(table.index)
    began = pd.concat([first, back], axis=1).min(axis=1)
    early = (began - known["start_us"].astype("Float64") < silence_us).fillna(value=False)
    status = np.select([~known["identified"], early], ["not_identified", "empty"], "ok")
    rows = (
        table[["person_id"]]
        .astype("int64")
        .assign(
            value=lead.astype(float) - given / (given + got),
            n=given + got,
            status=status,
            n_excluded=early.astype(int),
        )
    )
    return finish(
        rows.assign(value=rows["value"].where(status == "ok")), "person", more=["n_excluded"]
    )


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
