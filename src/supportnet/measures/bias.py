"""Closure biases: how much more often pairs become tied that share a contact or a focus."""

from __future__ import annotations

import math
from typing import NamedTuple

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from supportnet.community import Community
from supportnet.dataset import collect
from supportnet.errors import choose
from supportnet.inference import person_jackknife_se
from supportnet.inference.intervals import student_interval
from supportnet.inference.logit import grouped_logit
from supportnet.interactions import EVENT_KINDS, Attribution
from supportnet.layers import LayerNetwork, burn_in_us, foci_of, layer_network, with_coverage
from supportnet.network import DAY_US, STATES, TieRates, Ties, tie_rates
from supportnet.turns import parse_duration_us
from supportnet.units import check_level

__all__ = ["closure_bias"]

_MONTH_US = 30 * DAY_US
# measure → (states with, states without) what the pair may have in common.
_CONTACT = ([STATES.index("contact"), STATES.index("both")], [0, STATES.index("focus")])
_FOCUS = ([STATES.index("focus"), STATES.index("both")], [0, STATES.index("contact")])
_BIASES = {"cyclic_bias": _CONTACT, "focal_bias": _FOCUS}
_RATES = {
    "rate_common_contact": _CONTACT[0],
    "rate_no_common_contact": _CONTACT[1],
    "rate_shared_focus": _FOCUS[0],
    "rate_no_shared_focus": _FOCUS[1],
    "rate_neither": [0],
    "rate_contact_only": [1],
    "rate_focus_only": [2],
    "rate_both": [3],
}
_LOGIT = ("log_odds_common_contact", "log_odds_shared_focus", "log_odds_interaction")
_NUMBERS = (*_BIASES, *_RATES)
_COLUMNS = (
    "measure", "value", "n", "status", "new_ties", "pair_months", "reference_ties",
    "reference_months", "ci_low", "ci_high", "ci_method", "ci_status", "n_excluded",
)  # fmt: skip
_BANDS = 10


class _Row(NamedTuple):
    """One number with the counts it rests on."""

    measure: str
    value: float
    n: int
    status: str
    new_ties: float = math.nan
    pair_months: float = math.nan
    reference_ties: float = math.nan
    reference_months: float = math.nan
    ci_low: float = math.nan
    ci_high: float = math.nan
    ci_method: str = "none"
    ci_status: str = "none"


def closure_bias(
    community: Community,
    *,
    level: str = "network",
    layer: str = "private",
    projection: str | None = None,
    burn_in: str = "28D",
    presence: str = "seen",
    foci: pd.DataFrame | None = None,
    largest_focus: int = 1000,
    model: str = "logit",
    step: str = "7D",
    attribution: Attribution | None = None,
    m: float = 1.0,
) -> pd.DataFrame:
    """Compute how many times more often pairs become tied that share a contact, or a focus.

    Parameters
    ----------
    community
        The community.
    level
        `network`.
    layer, projection, attribution, m
        Which ties count, as for `triadic_closure`.
    burn_in
        Nobody is at risk in this time after the start of coverage; its ties still make contacts.
    presence
        `seen`: a pair is at risk once both have written or been addressed anywhere in the dataset;
        `span`: all pairs always are, which dilutes the reference where persons join later.
    foci
        Columns `focus`, `person_id`, optionally `since_us` (µs UTC); None takes the dataset's
        groups, channels and threads.
    largest_focus
        Foci of more persons bring nobody together and are left out.
    model
        `logit`: also the discrete-time logit of tie formation; `none`: rates and ratios alone.
    step
        Length of a step of the logit.

    Returns
    -------
    pandas.DataFrame
        `measure`, `value`, `n` (new ties behind the value), `status`, `new_ties`, `pair_months`,
        `reference_ties`, `reference_months` (new ties and months of 30 days at risk, with and
        without what the pair shares), `ci_low`, `ci_high` (95 %), `ci_method`, `ci_status`,
        `n_excluded` (ties born before their pair was at risk), `projection`, `coverage`, `reason`.
        `cyclic_bias` (common contact) and `focal_bias` (shared focus): ratios of two rates, ≥ 0.
        `rate_…`: new ties per pair-month, ≥ 0. From the logit `log_odds_common_contact`,
        `log_odds_shared_focus`, `log_odds_interaction`, real, adjusted for one another and for
        activity; `too_few_units` where new ties came only with or only without the term.

    Raises
    ------
    InputError
        For an unknown level, layer, projection, presence or model, a duration that cannot be read,
        and foci without their columns.

    Notes
    -----
    bias = (new ties / pair-months with) / (new ties / pair-months without); 12 in 4,000 against 9
    in 90,000 is 30. Time runs to the microsecond: a pair has a common contact i from max(t_ij,
    t_ik), and a tie counts under what its pair shared before the tie was born. A tie born with the
    first appearance of an end was never at risk and is excluded. No new tie in the reference: NaN,
    `zero_denominator`, counts kept; nobody ever shared anything: NaN, `empty`. Where the archives
    do not show what others say between them every row is `not_identified`. Intervals leave out
    one person at a time (`person_jackknife`, on the logarithm). Persons who write much have more
    contacts and more new ties, so the ratio overstates closure; the logit compares pairs within
    strata of the product of their activity deciles, in the state in which they begin each step,
    and its Wald interval takes pairs as independent. Activity is that of the whole span,
    new ties included, so the logit may adjust for too much: report both. Time O(Σ degree² + Σ size
    of focus²), about a minute per 10⁹ wedges on two processors and twice that with the logit;
    memory O(n + m).

    References
    ----------
    Kossinets & Watts 2006, doi:10.1126/science.1116869. Feld 1981, doi:10.1086/227352.
    Snijders & Borgatti 1999, Connections 22(2):161.

    Examples
    --------
    >>> import pandas as pd
    >>> from supportnet.community import from_dataframe
    >>> start = pd.Timestamp("2024-01-01", tz="UTC")
    >>> rows = [("a", "b", 0), ("c", "d", 0), ("b", "c", 10), ("a", "c", 30), ("a", "d", 60)]
    >>> talk = pd.DataFrame(rows, columns=["sender", "recipient", "day"])
    >>> talk["time"] = start + pd.to_timedelta(talk["day"], unit="D")
    >>> c = from_dataframe(talk, visibility="public", end=start + pd.Timedelta(days=90))
    >>> t = closure_bias(c, layer="public", burn_in="0s").set_index("measure")
    >>> t.loc["cyclic_bias", ["new_ties", "pair_months"]].astype(float).round(2).tolist()
    [2.0, 4.33]
    """
    check_level(level, ("network",))
    choose(presence, ("seen", "span"), "presence")
    choose(model, ("none", "logit"), "model")
    late_us = burn_in_us(burn_in)
    step_us = parse_duration_us(step, "step")
    found = layer_network(
        community, layer=layer, projection=projection, attribution=attribution, m=m
    )
    ties = found.ties
    names = _NUMBERS if model == "none" else (*_NUMBERS, *_LOGIT)
    if ties is None:
        rows = [_Row(name, math.nan, 0, "not_identified") for name in names]
        return _table(rows, 0, found)
    members = foci_of(community, foci=foci, largest=largest_focus).table
    seen = _first_seen(found) if presence == "seen" else np.full(ties.people.size, ties.start_us)
    entry_us = ties.start_us + late_us
    rates = tie_rates(ties, entry_us=entry_us, unit_us=_MONTH_US, seen_us=seen, members=members)
    rows = [_bias(name, rates, *states) for name, states in _BIASES.items()]
    rows += [_rate(name, rates, states) for name, states in _RATES.items()]
    if model == "logit":
        rows += _logit(ties, seen, members, entry_us=entry_us, step_us=step_us)
    return _table(rows, rates.late, found)


def _table(rows: list[_Row], excluded: int, found: LayerNetwork) -> pd.DataFrame:
    """Return the rows as a result."""
    table = pd.DataFrame(rows).assign(n_excluded=excluded)
    return with_coverage(table[list(_COLUMNS)], found)


def _first_seen(found: LayerNetwork) -> npt.NDArray[np.int64]:
    """Return when each person of the network first wrote or was addressed anywhere, µs UTC."""
    community = found.community
    wrote = community.messages(lazy=True).filter(nw.col("kind").is_in(EVENT_KINDS))
    addressed = community.interactions(found.attribution, lazy=True).filter(
        ~nw.col("t_us").is_null()
    )
    parts = [
        wrote.select("t_us", person_id=nw.col("author_id")),
        addressed.select("t_us", person_id=nw.col("author_id")),
        addressed.select("t_us", person_id=nw.col("other_id")),
    ]
    rows = nw.concat([part.select("person_id", "t_us") for part in parts], how="vertical")
    first = collect(rows.group_by("person_id").agg(t_us=nw.col("t_us").min()))
    seen = first.dropna().set_index("person_id")["t_us"].astype(np.int64)
    # Whoever is in the network without a trace of her own is there from the end on: never at risk.
    return np.asarray(seen.reindex(found.people, fill_value=found.end_us), dtype=np.int64)


def _rate(name: str, rates: TieRates, states: list[int]) -> _Row:
    """Return new ties per pair-month in some states."""
    ties, months = int(rates.ties[0, states].sum()), float(rates.time[0, states].sum())
    known = months > 0
    return _Row(
        name, ties / months if known else math.nan, ties, "ok" if known else "empty",
        new_ties=ties, pair_months=months,
    )  # fmt: skip


def _bias(name: str, rates: TieRates, shared: list[int], without: list[int]) -> _Row:
    """Return the ratio of two rates with its interval."""
    ties, months = rates.ties[0, shared].sum(), rates.time[0, shared].sum()
    other, other_months = rates.ties[0, without].sum(), rates.time[0, without].sum()
    value, status = math.nan, "empty"
    if months > 0:
        status = "zero_denominator"
        if other > 0 and other_months > 0:
            value, status = float(ties / months / (other / other_months)), "ok"
    low, high, method, certain = math.nan, math.nan, "none", "none"
    if status == "ok":
        low, high, method, certain = _interval(value, rates, shared, without)
    return _Row(
        name, value, int(ties + other), status, float(ties), float(months), float(other),
        float(other_months), low, high, method, certain,
    )  # fmt: skip


def _interval(
    value: float, rates: TieRates, shared: list[int], without: list[int]
) -> tuple[float, float, str, str]:
    """Return the interval of a ratio of rates that leaves out one person at a time."""
    sums = [
        whole[0, states].sum() - person[:, states].sum(axis=1)
        for whole, person in ((rates.ties, rates.person_ties), (rates.time, rates.person_time))
        for states in (shared, without)
    ]
    ties, other, months, other_months = sums
    defined = (ties > 0) & (other > 0) & (months > 0) & (other_months > 0)
    if value <= 0 or not defined.all():
        return math.nan, math.nan, "none", "too_few_units"
    se = person_jackknife_se(np.log(ties / months) - np.log(other / other_months))
    if math.isnan(se):
        return math.nan, math.nan, "none", "too_few_units"
    found = student_interval(
        math.log(value), se, len(ties) - 1, level=0.95, method="person_jackknife", n_units=len(ties)
    )
    return math.exp(found.ci_low), math.exp(found.ci_high), "person_jackknife", "ok"


def _logit(
    ties: Ties,
    seen: npt.NDArray[np.int64],
    members: pd.DataFrame,
    *,
    entry_us: int,
    step_us: int,
) -> list[_Row]:
    """Return the log odds of a new tie in a step, within strata of activity."""
    band = _activity_bands(ties)
    products = np.outer(np.arange(1, _BANDS + 1), np.arange(1, _BANDS + 1))
    stratum = np.unique(products, return_inverse=True)[1].reshape(products.shape).astype(np.int64)
    rates = tie_rates(
        ties, entry_us=entry_us, unit_us=1, seen_us=seen, members=members, step_us=step_us,
        band=band, stratum=stratum,
    )  # fmt: skip
    strata, states = (side.ravel() for side in np.indices(rates.ties.shape))
    contact, focus = np.isin(states, _CONTACT[0]), np.isin(states, _FOCUS[0])
    terms = pd.DataFrame(dict(zip(_LOGIT, (contact, focus, contact & focus), strict=True)))
    # Pair-steps are whole numbers; sums of floats are off by rounding.
    fitted = grouped_logit(rates.ties.ravel(), np.rint(rates.time.ravel()), terms, strata)
    return [
        _Row(
            name, found.estimate, found.n_events, found.status,
            ci_low=found.ci_low, ci_high=found.ci_high, ci_method=found.ci_method,
            ci_status="ok" if found.status == "ok" else "none",
        )
        for name, found in fitted.items()
    ]  # fmt: skip


def _activity_bands(ties: Ties) -> npt.NDArray[np.int8]:
    """Return the decile of each person's summed weight, 0 to 9; equals share a decile."""
    n = ties.people.size
    weight = np.bincount(ties.lo, weights=ties.weight, minlength=n)
    weight += np.bincount(ties.hi, weights=ties.weight, minlength=n)
    rank = pd.Series(weight).rank(method="average", pct=True).to_numpy()
    return np.asarray(np.clip(np.ceil(rank * _BANDS) - 1, 0, _BANDS - 1), dtype=np.int8)
