"""How long a first contact waits for the first thing that comes back."""

from __future__ import annotations

import numpy as np
import pandas as pd

from supportnet.community import Community
from supportnet.inference import Estimate, survival_intervals
from supportnet.interactions import Attribution
from supportnet.measures.exchange.pairs import histories, sides_of
from supportnet.turns import HOUR_US, parse_duration_us, silent_status
from supportnet.units import check_level, finish

__all__ = ["time_to_reciprocate"]

_WEEK_H, _MONTH_H = 7 * 24.0, 30 * 24.0
_INTERVAL = ("se", "ci_low", "ci_high", "ci_method", "ci_status")


def time_to_reciprocate(
    community: Community,
    *,
    level: str = "network",
    layer: str = "private",
    burn_in: str | None = None,
    attribution: Attribution | None = None,
) -> pd.DataFrame:
    """Compute the time from the first message i→j to the first message j→i.

    Parameters
    ----------
    community
        The community.
    level
        `direction` (one row for each first contact, from who made it) or `network`.
    layer
        `private`, `public` or `all`.
    burn_in
        Leave out contacts first seen in this stretch after the start of the record, which may be
        older than it; None keeps all.
    attribution
        Who addressed whom; None takes the primary rules.

    Returns
    -------
    pandas.DataFrame
        Level `direction`: `author_id`, `other_id`, `value` (hours ≥ 0; NaN `all_censored` where
        nothing came back), `n` (1), `status`, `observed`, `follow_up_h` (hours until the answer or
        the end of the record). Level `network`: rows `s_7d`, `s_30d` (share of contacts still
        without return, 0 to 1), `rmst_30d` (mean hours within 30 d), `median` (hours), with `n`
        contacts, `status`, `n_observed` (contacts that were returned), `n_excluded` (not
        identified or in the burn-in), `se` (in the unit of the value; none of the median),
        `ci_low`, `ci_high` (95 %; the upper bound of the median is inf where the band of the curve
        never falls to one half), `ci_method` (`dyadic_robust`, `none`), `ci_status`
        (`too_few_units` below ten persons).

    Raises
    ------
    InputError
        When a name or duration is unknown.

    Notes
    -----
    Kaplan–Meier over ordered first contacts, right-censored at the end of the record. No contact:
    `empty`, or `not_identified` where none could be seen; none returned: the median is NaN
    (`all_censored`). A share or mean beyond the longest follow-up is NaN (`not_identified`).
    Intervals allow contacts that share a person to depend on each other: see
    :func:`supportnet.inference.survival_intervals`.

    References
    ----------
    Kaplan & Meier 1958, doi:10.1080/01621459.1958.10501452. Aronow, Samii & Assenova 2015,
    doi:10.1093/pan/mpv018. Brookmeyer & Crowley 1982, doi:10.2307/2530286.

    Examples
    --------
    >>> import pandas as pd
    >>> from supportnet.community import from_dataframe
    >>> talk = pd.DataFrame({"sender": ["a", "b", "a"], "recipient": ["b", "a", "c"]})
    >>> talk["time"] = pd.to_datetime([0, 5, 48], unit="h", utc=True)
    >>> c = from_dataframe(talk, visibility="private_1to1")
    >>> time_to_reciprocate(c, level="direction")[["value", "follow_up_h"]].to_numpy().tolist()
    [[5.0, 5.0], [nan, 0.0]]
    """
    check_level(level, ("direction", "network"))
    seen = histories(community, layer, silence_us=HOUR_US, attribution=attribution)
    contacts = _contacts(seen, None if burn_in is None else parse_duration_us(burn_in, "burn_in"))
    if level == "direction":
        return finish(contacts, "direction", more=["observed", "follow_up_h"])
    used = contacts[contacts["status"] != "not_identified"]
    table = _of_network(used, len(seen) - len(used))
    silent = {silent_status(community.dataset, side) for side in sides_of(layer)}
    if used.empty and (len(contacts) or "not_identified" in silent):
        table["status"] = "not_identified"  # no contact was seen where none could be
    return table


def _contacts(seen: pd.DataFrame, burn_in_us: int | None) -> pd.DataFrame:
    """Return one row for each first contact with the wait for its return."""
    if burn_in_us is not None:
        young = seen["first_us"].astype("Int64") - seen["start_us"].astype("Int64") < burn_in_us
        seen = seen[~young.fillna(value=False).astype(bool)]
    first = seen["first_fwd"]
    returned = seen["first_back_us"].where(first, seen["first_fwd_us"]).astype("Int64")
    observed = returned.notna()
    until = returned.fillna(seen["end_us"].astype("Int64"))
    waited = (until - seen["first_us"].astype("Int64")).astype("Float64") / HOUR_US
    hours = waited.clip(lower=0.0).to_numpy(dtype=float, na_value=np.nan)
    return pd.DataFrame(
        {
            "author_id": seen["lo"].where(first, seen["hi"]),
            "other_id": seen["hi"].where(first, seen["lo"]),
            "value": np.where(observed, hours, np.nan),
            "n": 1,
            "status": np.select(
                [~seen["identified"], ~observed], ["not_identified", "all_censored"], "ok"
            ),
            "observed": observed.astype(bool),
            "follow_up_h": hours,
        }
    )


def _of_network(contacts: pd.DataFrame, n_excluded: int) -> pd.DataFrame:
    """Return the curve's rows."""
    found = survival_intervals(
        contacts["follow_up_h"],
        contacts["observed"],
        tau=_MONTH_H,
        at=(_WEEK_H, _MONTH_H),
        first=contacts["author_id"],
        second=contacts["other_id"],
    )
    numbers = {"s_7d": found.shares[0], "s_30d": found.shares[1]}
    numbers |= {"rmst_30d": found.rmst, "median": found.median}
    table = pd.DataFrame([_row(name, number) for name, number in numbers.items()])
    table = table.assign(
        n=len(contacts), n_observed=int(contacts["observed"].sum()), n_excluded=n_excluded
    )
    return finish(table, "network", more=["n_observed", "n_excluded", *_INTERVAL])


def _row(name: str, found: Estimate) -> dict[str, object]:
    """Return a number as a row; a value without an interval is a value all the same."""
    defined = not np.isnan(found.estimate)
    return {
        "measure": name,
        "value": found.estimate,
        "status": "ok" if defined else found.status,
        "se": found.params.get("se", np.nan),
        "ci_low": found.ci_low,
        "ci_high": found.ci_high,
        "ci_method": found.ci_method,
        "ci_status": found.status,
    }
