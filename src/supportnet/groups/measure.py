"""Measure groups: every construct that has a group level, in the window after their detection."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from supportnet.community import Community
from supportnet.coverage import span
from supportnet.errors import InputError, choose
from supportnet.measures import GROUP_MEASURES
from supportnet.units import check_groups

__all__ = ["after_detection", "measure"]

COLUMNS = ("community", "kind", "group", "measure", "value", "n", "status")


def after_detection(community: Community, groups: pd.DataFrame) -> Community:
    """Cut a community to the window after its groups were detected.

    Parameters
    ----------
    community
        The whole community.
    groups
        Its groups; the latest `period_end_us` of detected ones counts.

    Returns
    -------
    Community
        From the end of detection on; the whole community for declared groups.

    Raises
    ------
    InputError
        When the detection window reaches the end of the data, so that nothing is left to measure.
    """
    own = groups[groups["community"] == community.name]
    detected = own["source"].astype(str).str.startswith("detected") if "source" in own else None
    if detected is None or not detected.any() or "period_end_us" not in own:
        return community
    end = own.loc[detected, "period_end_us"].dropna()
    whole = span(community.dataset)
    if end.empty or whole.end_us is None:
        return community
    cut = int(end.max())
    if cut >= whole.end_us:
        msg = (
            "groups detected in a part of the data were expected, so that the rest can be "
            "measured; found a detection window that reaches its end; pass period= when "
            "finding groups."
        )
        raise InputError(msg)
    return Community(community.dataset.between(cut, whole.end_us + 1))


def measure(
    community: Community, groups: pd.DataFrame, *, measures: Sequence[str] | None = None
) -> pd.DataFrame:
    """Measure groups with every construct that has a group level.

    Parameters
    ----------
    community
        The community.
    groups
        One row per (community, kind, group, person).
    measures
        Names of constructs; None takes all that have a group level.

    Returns
    -------
    pandas.DataFrame
        `community`, `kind`, `group`, `measure` (construct, or construct.number where it returns
        several), `value` (unit as the measure's own page says), `n`, `status`.

    Raises
    ------
    InputError
        For an unknown measure, and when the community has no groups in the frame.

    Notes
    -----
    Detected groups are measured after their detection window, declared ones over the whole span.

    Examples
    --------
    >>> import pandas as pd
    >>> from supportnet.community import from_dataframe
    >>> talk = pd.DataFrame({"sender": ["a", "b", "a"], "recipient": ["b", "a", "b"],
    ...                      "time": [1_700_000_000, 1_700_003_600, 1_700_010_000]})
    >>> c = from_dataframe(talk, visibility="private_1to1", unit="s", community="c")
    >>> pair = pd.DataFrame({"community": "c", "kind": "dyad", "group": 0, "person": [0, 1]})
    >>> t = measure(c, pair, measures=["reply_latency"]).set_index("measure")["value"]
    >>> float(t["reply_latency.answered"])
    0.6666666666666666
    """
    names = list(GROUP_MEASURES) if measures is None else list(measures)
    for name in names:
        choose(name, tuple(GROUP_MEASURES), "measures")
    check_groups(groups, community.name)
    seen = after_detection(community, groups)
    frames = []
    for name in names:
        table = GROUP_MEASURES[name](seen, level="group", groups=groups)
        label = name + "." + table["measure"].astype(str) if "measure" in table.columns else name
        frames.append(table.assign(community=community.name, measure=label)[list(COLUMNS)])
    filled = [frame for frame in frames if not frame.empty]
    if not filled:
        return pd.DataFrame(columns=list(COLUMNS))
    return pd.concat(filled, ignore_index=True)
