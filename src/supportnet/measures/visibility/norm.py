"""How far ties are from the norm of four private messages in five."""

from __future__ import annotations

import numpy as np
import pandas as pd

from supportnet.community import Community
from supportnet.inference import NOT_IDENTIFIED, OK, TOO_FEW_UNITS
from supportnet.interactions import Attribution
from supportnet.measures.visibility.counts import (
    ShareRules,
    check_target,
    count_units,
    with_share,
)
from supportnet.measures.visibility.pooling import MIN_MESSAGES, ties_of_groups
from supportnet.units import check_groups, check_level, finish, stack_numbers

__all__ = ["norm_distance"]

_OF_TIES = ("norm_distance", "ratio_fidelity")
_OF_GROUPS = ("norm_distance", "ratio_fidelity", "worst")


def norm_distance(
    community: Community,
    *,
    level: str = "tie",
    target: float = 0.80,
    groups: pd.DataFrame | None = None,
    semi_public: str = "public",
    group_messages: str = "exclude",
    attribution: Attribution | None = None,
) -> pd.DataFrame:
    """Compute how far the private share of ties is from a norm.

    Parameters
    ----------
    community
        The community.
    level
        `tie` or `group`.
    target
        The norm, a share between 0 and 1.
    groups
        Groups frame, for level `group`.
    semi_public, group_messages, attribution
        As in :func:`supportnet.private_share`.

    Returns
    -------
    pandas.DataFrame
        Keys of the level, `measure`, `value`, `n`, `status`. At level `tie`: `norm_distance` (0 to
        max(target, 1 - target)) and `ratio_fidelity` (0 to 1), `n` messages. At level `group`:
        `norm_distance` (mean over ties), `worst` (largest over ties) and `ratio_fidelity` (mean),
        `n` ties of at least 20 messages, `n_excluded` ties with fewer.

    Raises
    ------
    InputError
        When the level or a rule is unknown, the target no share, or groups are missing.

    Notes
    -----
    d = abs(s - target); f = 1 - d / max(target, 1 - target), so that at .80 f is 0 where nothing
    is private, 1 at the norm, .75 where everything is. abs(s - target) is above 0 by chance where
    messages are few: a tie under 20 messages is NaN, `too_few_units` and left out of its group; a
    group without a larger tie is `too_few_units`. `not_identified` where the private share is not
    (of any tie of the group).

    References
    ----------
    Lakens 2017, doi:10.1177/1948550617697177 (why a small distance alone does not show the norm:
    see :func:`supportnet.norm_equivalence`).

    Examples
    --------
    >>> import pandas as pd
    >>> from supportnet.community import from_dataframe
    >>> talk = pd.DataFrame({"sender": ["a", "b"] * 10, "recipient": ["b", "a"] * 10})
    >>> talk = talk.assign(time=range(20), visibility=["private_1to1"] * 15 + ["public"] * 5)
    >>> norm_distance(from_dataframe(talk, unit="s"))[["measure", "value", "n"]].round(4)
              measure   value   n
    0   norm_distance  0.0500  20
    1  ratio_fidelity  0.9375  20
    """
    check_level(level, ("tie", "group"))
    check_target(target)
    chosen = check_groups(groups, community.name) if level == "group" else None
    rules = ShareRules(semi_public, group_messages, attribution)
    ties = with_share(count_units(community, rules, "tie"))
    if chosen is None:
        return finish(stack_numbers(_distances(ties, target), _OF_TIES), "tie")
    pairs = _distances(ties_of_groups(ties, chosen, community.dataset), target)
    return finish(stack_numbers(_of_groups(pairs), _OF_GROUPS), "group", more=["n_excluded"])


def _distances(ties: pd.DataFrame, target: float) -> pd.DataFrame:
    """Add the distance and the fidelity of each tie; NaN and a status below 20 messages."""
    few = (ties["status"] == OK) & (ties["n"] < MIN_MESSAGES)
    status = ties["status"].mask(few, TOO_FEW_UNITS) if few.any() else ties["status"]
    distance = (ties["value"] - target).abs().where(status == OK)
    fidelity = 1.0 - distance / max(target, 1.0 - target)
    kept = ties.drop(columns="value")
    return kept.assign(status=status, norm_distance=distance, ratio_fidelity=fidelity)


def _of_groups(pairs: pd.DataFrame) -> pd.DataFrame:
    """Average the ties of each group."""
    grouped = pairs.assign(
        used=pairs["status"] == OK, unseen=pairs["status"] == NOT_IDENTIFIED
    ).groupby(["kind", "group"], as_index=False)
    table = grouped.agg(
        norm_distance=("norm_distance", "mean"),
        worst=("norm_distance", "max"),
        ratio_fidelity=("ratio_fidelity", "mean"),
        n=("used", "sum"),
        n_pairs=("used", "size"),
        unseen=("unseen", "any"),
    )
    status = np.select([table["unseen"], table["n"] == 0], [NOT_IDENTIFIED, TOO_FEW_UNITS], OK)
    return table.assign(status=status, n_excluded=table["n_pairs"] - table["n"])
