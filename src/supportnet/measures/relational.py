"""Relational share: how much of what people do is addressed to people rather than to content."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa

from supportnet.community import Community
from supportnet.coverage import network_scope
from supportnet.dataset import Dataset, Lazy, collect, lazy
from supportnet.interactions import EVENT_KINDS, FIXED_POINT, Attribution, fixed_units
from supportnet.turns import silent_status
from supportnet.units import check_level, finish, identify

__all__ = ["relational_share"]

_SIDES = ("private", "public")
# k shares of 1/k make one message within this.
_TOLERANCE = 1e-9
_PARTS = ("in_mutual", "to_people", "to_content", "broadcast")


def relational_share(
    community: Community,
    *,
    level: str = "network",
    strict: bool = True,
    attribution: Attribution | None = None,
) -> pd.DataFrame:
    """Compute the share of acts that are addressed to persons rather than to content.

    Parameters
    ----------
    community
        The community.
    level
        `person` (what the person does) or `network` (everybody observed, pooled).
    strict
        Also return the share inside mutual ties, the primary number.
    attribution
        Who addressed whom; None takes the primary rules.

    Returns
    -------
    pandas.DataFrame
        Keys of the level, `measure`, `value`, `n` (acts in the denominator), `status`:
        `relational_share_strict` and `relational_share_broad` (0 to 1), and `broadcast_share`
        (0 to 1; public messages addressed to nobody among all acts).

    Raises
    ------
    InputError
        When the level is unknown.

    Notes
    -----
    R/(R + C): C are reactions, reposts and quotes; R_broad is what is addressed to persons,
    R_strict the part of it in ties where at least one message went each way in any layer: a
    comment to a stranger who never answers is closer to content. Broadcasts stand outside the
    denominator. R + C = 0: NaN (`zero_denominator`). Archives without reactions given, and persons
    of whose writing one side is missing, are `not_identified`; the strict share also needs what
    the person received, so one person's archive without what others wrote to her in public shows
    the broad share alone. So does a dump of a whole public community, of whose private talk
    nothing is in reach: its share is that of public acts. Undated reactions count. The index is
    this package's own: no earlier definition is claimed, only the contrast it counts.

    References
    ----------
    Barnes 1954, doi:10.1177/001872675400700102. Kaplan & Haenlein 2010,
    doi:10.1016/j.bushor.2009.09.003. Horton & Wohl 1956, doi:10.1080/00332747.1956.11023049.

    Examples
    --------
    >>> import pandas as pd
    >>> from supportnet.community import from_dataframe
    >>> talk = pd.DataFrame({"sender": ["a", "b"], "recipient": ["b", "a"], "time": [0, 1]})
    >>> c = from_dataframe(talk, visibility="private_1to1", unit="s")
    >>> relational_share(c)["status"].tolist()  # a table of messages knows no reactions
    ['not_identified', 'not_identified', 'not_identified']
    """
    check_level(level, ("person", "network"))
    table = _counted(community, attribution)
    if level == "network":
        table = _pooled(table)
    acts = table["to_people"] + table["to_content"]
    everything = acts + table["broadcast"]
    broad = ("relational_share_broad", table["to_people"] / acts.where(acts > 0), acts, "seen_out")
    numbers = [
        ("relational_share_strict", table["in_mutual"] / acts.where(acts > 0), acts, "seen_both"),
        broad,
        (
            "broadcast_share",
            table["broadcast"] / everything.where(everything > 0),
            everything,
            "seen_out",
        ),
    ]
    parts = [
        table.assign(measure=name, value=value, n=np.rint(n), status=_status(value, table[seen]))
        for name, value, n, seen in numbers[0 if strict else 1 :]
    ]
    return finish(pd.concat(parts, ignore_index=True), level)


def _status(value: pd.Series[float], seen: pd.Series[bool]) -> list[str]:
    """Return the status of each unit's number."""
    return [
        "not_identified" if not known else "zero_denominator" if undefined else "ok"
        for known, undefined in zip(seen, value.isna(), strict=True)
    ]


def _counted(community: Community, attribution: Attribution | None) -> pd.DataFrame:
    """Return what each person did: messages, and whether all of it was observed."""
    dataset = community.dataset
    frame = community.interactions(attribution, lazy=True)
    units = fixed_units()
    person = nw.col("relational")
    directions = (
        frame.with_columns(
            to_people=nw.when(person).then(units).otherwise(0),
            to_content=nw.when(~person).then(units).otherwise(0),
        )
        .group_by("author_id", "other_id")
        .agg(nw.col("to_people", "to_content").sum().cast(nw.Float64))
    )
    whole = (1.0 - _TOLERANCE) * FIXED_POINT
    back = directions.select(
        author_id=nw.col("other_id"), other_id=nw.col("author_id"), returned=nw.col("to_people")
    )
    mutual = (nw.col("to_people") >= whole) & (nw.col("returned") >= whole)
    acted = (
        directions.join(back, on=["author_id", "other_id"], how="left")
        .with_columns(in_mutual=nw.when(mutual).then(nw.col("to_people")).otherwise(0.0))
        .group_by("author_id")
        .agg(nw.col("in_mutual", "to_people", "to_content").sum())
        .select("in_mutual", "to_people", "to_content", person_id=nw.col("author_id"))
    )
    table = collect(acted).merge(_broadcasts(community, frame), on="person_id", how="outer")
    amounts = table[list(_PARTS)].astype(float).fillna(0.0)
    amounts[list(_PARTS[:3])] /= FIXED_POINT
    people = table[["person_id"]].astype("int64").assign(**amounts)
    return _observed(dataset, people)


def _broadcasts(community: Community, frame: Lazy) -> pd.DataFrame:
    """Count each person's public messages that were addressed to nobody."""
    plain = nw.col("original_kind").is_null() | ~nw.col("original_kind").is_in(["call", "repost"])
    open_ = (
        community.messages(lazy=True)
        .filter(nw.col("kind").is_in(EVENT_KINDS), plain)
        # A quote is an act towards content, not a broadcast.
        .filter(nw.col("kind") != "quote")
        .filter(nw.col("visibility").is_in(["public", "semi_public"]))
        .filter(~nw.col("author_id").is_in([-1, *community.dataset.outsiders]))
    )
    addressed = frame.filter(~nw.col("message_id").is_null()).select("message_id").unique()
    counted = (
        open_.join(addressed, on="message_id", how="anti")
        .group_by("author_id")
        .agg(broadcast=nw.len().cast(nw.Int64))
    )
    return collect(counted.select("broadcast", person_id=nw.col("author_id")))


def _observed(dataset: Dataset, people: pd.DataFrame) -> pd.DataFrame:
    """Add `seen_out` and `seen_both`: whether what the person did, and got, is in the record."""
    records = dataset.frame("coverage")
    reacting = records[records["reactions_out"].astype(bool) & records["conversation_id"].isna()]
    whole = bool((reacting["owner_id"].isna() & reacting["alter_alter"].astype(bool)).any())
    reacts = people["person_id"].isin(reacting["owner_id"].dropna().astype("int64")) | whole
    frame = lazy(pa.table({"person_id": people["person_id"].to_numpy(dtype=np.int32)}))
    seen = {}
    for name, who in (("seen_out", "author"), ("seen_both", "person")):
        # Nothing private is in reach of a public dump: what was done there was done in public.
        open_ = name == "seen_out" and silent_status(dataset, "private") == "not_identified"
        layers = _SIDES[1:] if open_ and _whole_public(dataset) else _SIDES
        asked = collect(identify(dataset, frame, who, layers=layers))
        known = asked.loc[asked["identified"].astype(bool), "person_id"]
        seen[name] = reacts & people["person_id"].isin(known)
    return people.assign(**seen)


def _whole_public(dataset: Dataset) -> bool:
    """Tell whether one source covers the public side of the whole community."""
    return network_scope(dataset, "public").kind == "community"


def _pooled(people: pd.DataFrame) -> pd.DataFrame:
    """Sum over the persons whose acts were observed; strict needs that all was of each of them."""
    out = people[people["seen_out"]]
    table = out[list(_PARTS)].sum().to_frame().T
    return table.assign(
        seen_out=not out.empty, seen_both=not out.empty and bool(out["seen_both"].all())
    )
