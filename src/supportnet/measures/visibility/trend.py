"""Whether the private share of ties rises or falls over time."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from supportnet.community import Community
from supportnet.coverage import network_scope
from supportnet.dataset import collect, lazy
from supportnet.inference import NOT_IDENTIFIED, OK, Estimate, panel_logit, undefined
from supportnet.interactions import Attribution
from supportnet.measures.visibility.counts import COVERAGE
from supportnet.measures.visibility.drift import private_share_over_time
from supportnet.measures.visibility.pooling import components, inside
from supportnet.units import KEYS, check_groups, check_level, finish, group_pairs, identify

__all__ = ["private_share_trend"]

_MORE = (
    "se", "ci_low", "ci_high", "p_value", "ci_method", "ci_status", "n_windows", "n_excluded",
    "coverage",
)  # fmt: skip
# Fewer independent sets of ties than this do not carry a clustered error of their own.
_MIN_COMPONENTS = 5
_TIE = ["lo", "hi"]
_SIDES = ("private", "public")


def private_share_trend(
    community: Community,
    *,
    level: str = "network",
    window: str = "28D",
    min_messages: int = 10,
    groups: pd.DataFrame | None = None,
    semi_public: str = "public",
    group_messages: str = "exclude",
    attribution: Attribution | None = None,
) -> pd.DataFrame:
    """Estimate the trend of the private share within ties.

    Parameters
    ----------
    community
        The community.
    level
        `network` (all ties; with `groups` those inside them) or `group` (the ties of each group).
    window, min_messages
        As in :func:`supportnet.private_share_over_time`.
    groups
        Groups frame; needed at level `group`.
    semi_public, group_messages, attribution
        As in :func:`supportnet.private_share`.

    Returns
    -------
    pandas.DataFrame
        Keys of the level, `value` (log odds of being private per window, real; 0 is no trend,
        ln 2 doubles the odds with each window), `n` (ties that say something about it), `status`,
        `se`, `ci_low`, `ci_high` (95 %), `p_value`, `ci_method` (`cluster_robust`,
        `dyadic_robust`, `none`), `ci_status` (why there is no interval), `n_windows` (stretches
        with enough messages), `n_excluded` (the other ties), `coverage` (`whole_community`,
        `donors_only`, `not_identified`).

    Raises
    ------
    InputError
        When a level, rule or duration is unknown, or groups are missing.

    Notes
    -----
    logit P(private) = a_tie + b window over stretches with at least `min_messages` messages, by
    maximum likelihood. Ties seen in one stretch, or that were wholly private or wholly public,
    say nothing about b; without any other tie it is NaN, `empty`. Errors are clustered on ties, on
    components where ties share persons, and dyadic-robust where one component holds more than half
    of the ties or there are fewer than five; no interval below five clusters or ten persons. The
    trend is that within ties: a change in which ties are active does not make one. Not identified
    where the private share of the ties is not.

    References
    ----------
    Liang & Zeger 1986, doi:10.1093/biomet/73.1.13. Aronow, Samii & Assenova 2015,
    doi:10.1093/pan/mpv018.

    Examples
    --------
    >>> import pandas as pd
    >>> from supportnet.community import from_dataframe
    >>> talk = pd.DataFrame({"sender": ["a"] * 56, "recipient": ["b"] * 56})
    >>> talk["time"] = pd.date_range("2024-01-01", periods=56, freq="D", tz="UTC")
    >>> talk["visibility"] = (["private_1to1", "public"] * 14 + ["private_1to1"] * 21
    ...                       + ["public"] * 7)
    >>> t = private_share_trend(from_dataframe(talk))
    >>> t[["value", "n", "ci_status"]].round(4).values.tolist()  # ln 3: the odds went from 1 to 3
    [[1.0986, 1, 'too_few_units']]
    """
    check_level(level, ("network", "group"))
    needed = level == "group" or groups is not None
    chosen = check_groups(groups, community.name) if needed else None
    bins = private_share_over_time(
        community,
        window=window,
        min_messages=min_messages,
        semi_public=semi_public,
        group_messages=group_messages,
        attribution=attribution,
    )
    scope = network_scope(community.dataset, "all")
    coverage = COVERAGE[scope.kind]
    if level == "group" and chosen is not None:
        table = _of_groups(community, bins, group_pairs(chosen))
    else:
        used = bins if chosen is None else inside(bins, chosen)
        table = pd.DataFrame([_row(used, identified=scope.kind != "none")])
    return finish(table.assign(coverage=coverage), level, more=_MORE)


def _of_groups(community: Community, bins: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the trend of each group; one with an unseen tie is not identified."""
    ends = pairs[_TIE].drop_duplicates().astype("int32")
    frame = lazy(pa.Table.from_pandas(ends, preserve_index=False))
    asked = collect(identify(community.dataset, frame, "tie", layers=_SIDES))
    known = pairs.merge(asked.astype({"lo": "int64", "hi": "int64"}), on=_TIE)
    seen = known.merge(bins, on=_TIE, how="left")
    rows = []
    for (kind, group), own in seen.groupby(list(KEYS["group"]), sort=True):
        whole = bool(own["identified"].all())
        rows.append({"kind": kind, "group": group} | _row(own, identified=whole))
    columns = [*KEYS["group"], *_row(bins.iloc[:0], identified=True)]
    return pd.DataFrame(rows, columns=columns)


def _row(bins: pd.DataFrame, *, identified: bool) -> dict[str, object]:
    """Return the trend of some ties as a row."""
    used = bins[bins["status"] == OK]
    found = _fit(used) if identified else undefined(NOT_IDENTIFIED)
    defined = not np.isnan(found.estimate)
    return {
        "value": found.estimate,
        "n": found.n_units,
        "status": OK if defined else found.status,
        "se": found.params.get("se", np.nan),
        "ci_low": found.ci_low,
        "ci_high": found.ci_high,
        "p_value": found.params.get("p_value", np.nan),
        "ci_method": found.ci_method,
        "ci_status": found.status,
        "n_windows": len(used) if identified else 0,
        "n_excluded": len(bins[_TIE].drop_duplicates()) - found.n_units,
    }


def _fit(used: pd.DataFrame) -> Estimate:
    """Fit the trend with the errors that shared persons allow."""
    unit = used.groupby(_TIE).ngroup().to_numpy()
    private = used["value"].to_numpy(dtype=float) * used["n"].to_numpy(dtype=float)
    numbers = (private, used["n"], used["window"], unit)
    part = components(used["lo"], used["hi"])
    of_tie = np.bincount(pd.DataFrame({"part": part, "unit": unit}).drop_duplicates()["part"])
    of_tie = of_tie[of_tie > 0]
    ties = int(of_tie.sum())
    if of_tie.size < ties and (of_tie.size < _MIN_COMPONENTS or 2 * of_tie.max() > ties):
        return panel_logit(*numbers, persons=(used["lo"], used["hi"]))
    return panel_logit(*numbers, clusters=part)
