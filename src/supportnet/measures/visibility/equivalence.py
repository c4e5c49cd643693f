"""Test whether private shares equal four in five, within a margin declared beforehand."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from supportnet.community import Community
from supportnet.coverage import network_scope
from supportnet.inference import (
    DIFFERENT,
    EQUIVALENT,
    INCONCLUSIVE,
    NOT_IDENTIFIED,
    OK,
    TOO_FEW_UNITS,
)
from supportnet.inference.equivalence import EDGE, equivalence_range
from supportnet.interactions import Attribution
from supportnet.measures.visibility.counts import (
    COVERAGE,
    ShareRules,
    check_target,
    count_units,
    with_share,
)
from supportnet.measures.visibility.pooling import (
    MIN_MESSAGES,
    inside,
    mean_of_ties,
    ties_of_groups,
)
from supportnet.units import KEYS, check_groups, check_level, finish

__all__ = ["norm_equivalence"]

_MORE = ("verdict", "p_value", "ci_low", "ci_high", "ci_method", "n_excluded", "coverage")
_Numbers = npt.NDArray[np.float64]
# Three ties are all a twinome has; a set of groups needs five units.
_MIN_TIES, _MIN_UNITS = 3, 5


def norm_equivalence(
    community: Community,
    groups: pd.DataFrame | None = None,
    *,
    level: str = "network",
    target: float = 0.80,
    margin: float = 0.10,
    alpha: float = 0.05,
    semi_public: str = "public",
    group_messages: str = "exclude",
    attribution: Attribution | None = None,
) -> pd.DataFrame:
    """Test whether private shares equal a norm, by two one-sided tests.

    Parameters
    ----------
    community
        The community.
    groups
        Groups frame; needed at level `group`. At level `network` only ties inside groups are
        then used.
    level
        `tie` (exact binomial, messages taken as independent), `group` (t over the group's ties) or
        `network` (t over independent sets of ties).
    target, margin
        Centre and half-width of the range that counts as equivalent, declared beforehand.
    alpha
        Level of each one-sided test.
    semi_public, group_messages, attribution
        As in :func:`supportnet.private_share`.

    Returns
    -------
    pandas.DataFrame
        Keys of the level, `value` (share, or mean of tie shares, 0 to 1), `n` (messages at level
        `tie`, else ties of at least 20 messages), `status`, `verdict` (`equivalent`, `different`,
        `inconclusive`; empty without a test), `p_value` (the larger of the two), `ci_low`,
        `ci_high` (level 1 - 2 alpha), `ci_method`, `n_excluded` (ties left out), `coverage`.

    Raises
    ------
    InputError
        When the target, margin or alpha make no sense, a name is unknown, or groups are missing.

    Notes
    -----
    Equivalent iff the 1 - 2 alpha interval lies in [target - margin, target + margin], different
    iff it lies wholly outside. That a share does not differ significantly from the norm is never
    evidence for the norm. Undefined is NaN: a tie without messages is `zero_denominator`,
    `not_identified` where the private share is not; a group with fewer than 3
    ties of 20 messages, a network with fewer than 5 independent units (ties, or sets of ties
    joined by shared persons; 5 ties where one set holds most of them) is `too_few_units`. One tie
    needs about 150 independent messages.

    References
    ----------
    Schuirmann 1987, doi:10.1007/BF01068419. Lakens 2017, doi:10.1177/1948550617697177.

    Examples
    --------
    >>> import pandas as pd
    >>> from supportnet.community import from_dataframe
    >>> talk = pd.DataFrame({"sender": ["a", "b"] * 75, "recipient": ["b", "a"] * 75})
    >>> talk = talk.assign(time=range(150), visibility=["private_1to1"] * 120 + ["public"] * 30)
    >>> norm_equivalence(from_dataframe(talk, unit="s"), level="tie")["verdict"].tolist()
    ['equivalent']
    """
    check_level(level, ("tie", "group", "network"))
    bounds = equivalence_range(check_target(target), margin, alpha)
    needed = level == "group" or groups is not None
    chosen = check_groups(groups, community.name) if needed else None
    rules = ShareRules(semi_public, group_messages, attribution)
    ties = with_share(count_units(community, rules, "tie"))
    scope = network_scope(community.dataset, "all")
    if level == "tie":
        table = _of_ties(ties if chosen is None else inside(ties, chosen), bounds, alpha)
    elif chosen is not None and level == "group":
        table = _of_groups(ties_of_groups(ties, chosen, community.dataset), bounds, alpha)
    else:
        used = ties if chosen is None else inside(ties, chosen)
        table = _of_network(used, bounds, alpha, identified=scope.kind != "none")
    return finish(table.assign(coverage=COVERAGE[scope.kind]), level, more=_MORE)


def _of_ties(ties: pd.DataFrame, bounds: tuple[float, float], alpha: float) -> pd.DataFrame:
    """Test every tie exactly."""
    n = ties["n"].to_numpy(dtype=np.int64)
    k = np.minimum(np.rint(ties["private"]).to_numpy(dtype=np.int64), n)
    low, high = max(bounds[0], 0.0), min(bounds[1], 1.0)
    above, below = stats.binom.sf(k - 1, n, low), stats.binom.cdf(k, n, high)
    some_private, some_public = np.maximum(k, 1), np.maximum(n - k, 1)
    ci_low = np.where(k > 0, stats.beta.ppf(alpha, some_private, n - k + 1), 0.0)
    ci_high = np.where(k < n, stats.beta.ppf(1 - alpha, k + 1, some_public), 1.0)
    tested = ((ties["status"] == OK) & (n > 0)).to_numpy()
    p_value = np.maximum(above, below)
    return _with_verdict(ties, tested, (ci_low, ci_high, p_value), bounds, "tost_exact")


def _of_groups(pairs: pd.DataFrame, bounds: tuple[float, float], alpha: float) -> pd.DataFrame:
    """Test the mean over the ties of every group."""
    used = (pairs["status"] == OK) & (pairs["n"] >= MIN_MESSAGES)
    kept = pairs.assign(
        used=used, share=pairs["value"].where(used), unseen=pairs["status"] == NOT_IDENTIFIED
    )
    table = kept.groupby(list(KEYS["group"]), as_index=False).agg(
        value=("share", "mean"),
        spread=("share", "std"),
        n=("used", "sum"),
        n_pairs=("used", "size"),
        unseen=("unseen", "any"),
    )
    few = table["n"] < _MIN_TIES
    status = np.select([table["unseen"], few], [NOT_IDENTIFIED, TOO_FEW_UNITS], OK)
    table = table.assign(status=status, n_excluded=table["n_pairs"] - table["n"])
    tested = (table["status"] == OK).to_numpy()
    size = np.maximum(table["n"].to_numpy(dtype=float), 2)
    error = table["spread"].fillna(0.0).to_numpy() / np.sqrt(size)
    found = _t_test(table["value"].to_numpy(dtype=float), error, size - 1, bounds, alpha)
    return _with_verdict(table, tested, found, bounds, "tost_t")


def _of_network(
    ties: pd.DataFrame, bounds: tuple[float, float], alpha: float, *, identified: bool
) -> pd.DataFrame:
    """Test the mean over all ties, with the interval that their shared persons allow."""
    large = ties[(ties["status"] == OK) & (ties["n"] >= MIN_MESSAGES)]
    found = mean_of_ties(large, level=1 - 2 * alpha)
    enough = found.status == OK and found.n_units >= _MIN_UNITS
    status = OK if enough else TOO_FEW_UNITS
    table = pd.DataFrame(
        {
            "value": [found.estimate],
            "n": len(large),
            "status": status if identified else NOT_IDENTIFIED,
            "n_excluded": len(ties) - len(large),
        }
    )
    tested = (table["status"] == OK).to_numpy()
    error, df = (float(str(found.params.get(name, 0.0))) for name in ("se", "df"))
    numbers = _t_test(
        np.array([found.estimate]), np.array([error]), np.array([max(df, 1.0)]), bounds, alpha
    )
    return _with_verdict(table, tested, numbers, bounds, f"tost_{found.ci_method}")


def _t_test(
    mean: _Numbers, error: _Numbers, df: _Numbers, bounds: tuple[float, float], alpha: float
) -> tuple[_Numbers, _Numbers, _Numbers]:
    """Return the interval of level 1 - 2 alpha and the larger one-sided p-value."""
    half = stats.t.ppf(1 - alpha, df) * error
    with np.errstate(divide="ignore", invalid="ignore"):
        over, under = (mean - bounds[0]) / error, (mean - bounds[1]) / error
    # Without spread a mean on the very bound is neither inside nor outside.
    over, under = (
        np.nan_to_num(over, posinf=np.inf, neginf=-np.inf),
        np.nan_to_num(under, posinf=np.inf, neginf=-np.inf),
    )
    p_value = np.maximum(stats.t.sf(over, df), stats.t.cdf(under, df))
    return mean - half, mean + half, p_value


def _with_verdict(
    table: pd.DataFrame,
    tested: npt.NDArray[np.bool_],
    found: tuple[_Numbers, _Numbers, _Numbers],
    bounds: tuple[float, float],
    method: str,
) -> pd.DataFrame:
    """Add interval, p-value and verdict where a test was made."""
    ci_low, ci_high, p_value = (np.where(tested, numbers, np.nan) for numbers in found)
    low, high = bounds
    cases = [
        ~tested,
        (ci_low >= low - EDGE) & (ci_high <= high + EDGE),
        (ci_low > high + EDGE) | (ci_high < low - EDGE),
    ]
    verdict = np.select(cases, ["", EQUIVALENT, DIFFERENT], INCONCLUSIVE)
    return table.assign(
        verdict=verdict,
        p_value=p_value,
        ci_low=ci_low,
        ci_high=ci_high,
        ci_method=np.where(tested, method, "none"),
        n_excluded=table.get("n_excluded", 0),
    )
