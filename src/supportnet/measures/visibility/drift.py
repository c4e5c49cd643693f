"""The private share over time, and when a tie leaves the norm."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import pandas as pd

from supportnet.community import Community
from supportnet.coverage import span
from supportnet.dataset import collect
from supportnet.errors import InputError
from supportnet.interactions import FIXED_POINT, Attribution
from supportnet.measures.visibility.counts import ShareRules, addressed
from supportnet.turns import parse_duration_us
from supportnet.units import check_level, finish, identify

__all__ = ["private_share_drift", "private_share_over_time"]

_SIDES = ("private", "public")
_DAY_US = 86_400_000_000


def private_share_over_time(
    community: Community,
    *,
    level: str = "tie",
    window: str = "28D",
    min_messages: int = 10,
    semi_public: str = "public",
    group_messages: str = "exclude",
    attribution: Attribution | None = None,
) -> pd.DataFrame:
    """Compute the private share of every tie in every stretch of time.

    Parameters
    ----------
    community
        The community.
    level
        `tie`.
    window
        Length of a stretch, counted from the start of the record.
    min_messages
        Stretches with fewer messages are `too_few_units`.
    semi_public, group_messages, attribution
        As in :func:`supportnet.private_share`.

    Returns
    -------
    pandas.DataFrame
        `lo`, `hi`, `window` (number, from 0), `value` (0 to 1), `n` (messages), `status`. Stretches
        without a message have no row.

    Raises
    ------
    InputError
        When a level, rule or duration is unknown.

    Notes
    -----
    s = private / (private + public) in each stretch; NaN, `too_few_units`, under `min_messages`;
    NaN, `not_identified`, where the tie's share is not.

    Examples
    --------
    >>> import pandas as pd
    >>> from supportnet.community import from_dataframe
    >>> talk = pd.DataFrame({"sender": ["a"] * 40, "recipient": ["b"] * 40})
    >>> talk["time"] = pd.date_range("2024-01-01", periods=40, freq="D", tz="UTC")
    >>> talk["visibility"] = ["private_1to1"] * 21 + ["public"] * 19
    >>> private_share_over_time(from_dataframe(talk))[["window", "value", "n"]].to_numpy().tolist()
    [[0.0, 0.75, 28.0], [1.0, 0.0, 12.0]]
    """
    check_level(level, ("tie",))
    width = parse_duration_us(window, "window")
    origin = span(community.dataset).start_us or 0
    events = addressed(community, ShareRules(semi_public, group_messages, attribution))
    private = nw.col("is_private")
    counted = (
        events.with_columns(
            lo=nw.min_horizontal("author_id", "other_id"),
            hi=nw.max_horizontal("author_id", "other_id"),
            window=(nw.col("t_us") - origin) // width,
            private=nw.when(private).then(nw.col("units")).otherwise(0),
            public=nw.when(~private).then(nw.col("units")).otherwise(0),
        )
        .group_by("lo", "hi", "window")
        .agg(nw.col(*_SIDES).sum().cast(nw.Float64))
    )
    table = collect(identify(community.dataset, counted, "tie", layers=_SIDES))
    total = (table["private"] + table["public"]) / FIXED_POINT
    few = np.rint(total) < min_messages
    status = np.select(
        [~table["identified"].astype(bool), few], ["not_identified", "too_few_units"], "ok"
    )
    share = table["private"] / (table["private"] + table["public"])
    table = table.assign(value=share, n=np.rint(total), status=status)
    table[["lo", "hi", "window"]] = table[["lo", "hi", "window"]].astype("int64")
    done = finish(table, "tie", more=["window"])
    ordered = done[["lo", "hi", "window", "value", "n", "status"]]
    return ordered.sort_values(["lo", "hi", "window"], ignore_index=True)


def private_share_drift(
    community: Community,
    *,
    level: str = "tie",
    window: str = "28D",
    low: float = 0.7,
    high: float = 0.9,
    min_messages: int = 10,
    semi_public: str = "public",
    group_messages: str = "exclude",
    attribution: Attribution | None = None,
) -> pd.DataFrame:
    """Compute when the private share of a tie leaves the norm for good, or whether it does.

    Parameters
    ----------
    community
        The community.
    level
        `tie`.
    window, min_messages
        As in :func:`private_share_over_time`.
    low, high
        The range that counts as the norm.
    semi_public, group_messages, attribution
        As in :func:`supportnet.private_share`.

    Returns
    -------
    pandas.DataFrame
        `lo`, `hi`, `value` (days from the tie's first stretch with enough messages to the first of
        two successive ones outside the range, ≥ 0), `n` (stretches with enough messages),
        `status`, `follow_up_d` (days from the first to the end of the last of them).

    Raises
    ------
    InputError
        When a rule, the range or a duration makes no sense.

    Notes
    -----
    Ties that never leave the range are censored (`all_censored`, NaN); with fewer than two usable
    stretches a tie is `too_few_units`. A stretch with too few messages ends a run. Ties whose share
    is not identified are `not_identified`.

    Examples
    --------
    >>> import pandas as pd
    >>> from supportnet.community import from_dataframe
    >>> talk = pd.DataFrame({"sender": ["a"] * 84, "recipient": ["b"] * 84})
    >>> talk["time"] = pd.date_range("2024-01-01", periods=84, freq="D", tz="UTC")
    >>> talk["visibility"] = ["private_1to1"] * 22 + ["public"] * 62
    >>> private_share_drift(from_dataframe(talk))[["value", "n"]].to_numpy().tolist()
    [[28.0, 3.0]]
    """
    check_level(level, ("tie",))
    if not 0 <= low < high <= 1:
        msg = "0 <= low < high <= 1 was expected; found otherwise; pass e.g. low=0.7, high=0.9."
        raise InputError(msg)
    bins = private_share_over_time(
        community,
        window=window,
        min_messages=min_messages,
        semi_public=semi_public,
        group_messages=group_messages,
        attribution=attribution,
    )
    days = parse_duration_us(window, "window") / _DAY_US
    ok = bins["status"] == "ok"
    outside = ok & ~bins["value"].between(low, high)
    same = bins.duplicated(["lo", "hi"], keep="last")
    following = outside.shift(-1, fill_value=False) & same & (bins["window"].diff(-1) == -1)
    usable = bins["window"].where(ok)
    table = (
        bins.assign(
            left=bins["window"].where(outside & following),
            usable=usable,
            unseen=bins["status"] == "not_identified",
        )
        .groupby(["lo", "hi"], as_index=False)
        .agg(
            left=("left", "min"),
            start=("usable", "min"),
            last=("usable", "max"),
            n=("usable", "count"),
            unseen=("unseen", "any"),
        )
    )
    cases = [table["unseen"], table["n"] < 2, table["left"].isna()]
    status = np.select(cases, ["not_identified", "too_few_units", "all_censored"], "ok")
    table = table.assign(
        value=(table["left"] - table["start"]) * days,
        follow_up_d=(table["last"] - table["start"] + 1) * days,
        status=status,
    )
    return finish(table, "tie", more=["follow_up_d"])
