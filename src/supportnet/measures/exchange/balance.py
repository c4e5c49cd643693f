"""Balance of a tie: how evenly two persons start their talks, or write to each other."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from supportnet.community import Community
from supportnet.errors import choose
from supportnet.inference import binomial_p, expected_balance
from supportnet.interactions import Attribution
from supportnet.measures.exchange.pairs import (
    covered_people,
    from_both_ends,
    histories,
    ties_of_groups,
    weights,
)
from supportnet.turns import parse_duration_us
from supportnet.units import KEYS, check_groups, check_level, finish, first_status, stack_numbers

__all__ = ["initiation_balance", "tie_balance"]

_TIE = ("balance", "signed", "expected", "excess", "p")
_MEANS = ("balance", "signed", "expected", "excess")
# Means leave out ties with fewer acts: their raw balance says more about n than about the tie.
MIN_ACTS = 10


def tie_balance(
    community: Community,
    *,
    level: str = "tie",
    on: str = "starts",
    layer: str = "private",
    silence: str = "8h",
    groups: pd.DataFrame | None = None,
    attribution: Attribution | None = None,
) -> pd.DataFrame:
    """Compute how evenly the two persons of a tie act, and how far that is beyond chance.

    Parameters
    ----------
    community
        The community.
    level
        `tie`, `person` (mean over the person's ties) or `group` (mean over the group's ties).
    on
        What counts as an act: `starts` (first messages after a silence, the default because
        messages of a chat answer each other), `messages` (all), `posts` (messages that are neither
        reply nor comment; for public layers).
    layer
        `private`, `public` or `all`.
    silence
        Silence in the tie that ends a session.
    groups
        Groups frame, for level `group`.
    attribution
        Who addressed whom; None takes the primary rules.

    Returns
    -------
    pandas.DataFrame
        Keys of the level, `measure`, `value`, `n`, `status`. Level `tie`: `balance` (0 to 1),
        `signed` (-1 to 1, above 0 where `lo` acts more), `expected` (balance of a symmetric tie
        with as many acts), `excess` (balance minus expected), `p` (exact binomial, two-sided);
        `n` acts, `few_acts` (fewer than 10: raw balance says more about n than about the tie).
        Levels `person` and `group`: means of `balance`, `signed` (person only; above 0
        where the person acts more), `expected` and `excess` over ties of at least 10 acts, `n` such
        ties, `n_excluded` ties with fewer.

    Raises
    ------
    InputError
        When a name or duration is unknown, or groups are missing.

    Notes
    -----
    b = 2 min(w_ij, w_ji)/(w_ij + w_ji), signed (w_ij - w_ji)/(w_ij + w_ji); expected and p are
    those of n = w_ij + w_ji fair coins (n rounded where weights are shares). Without an act NaN
    (`zero_denominator`), without a tie of 10 acts a mean is `too_few_units`. A tie needs both
    directions observed, a person all of hers; else `not_identified`. Raw balance rises with n
    alone: compare `excess`, and `p` only where acts are independent (starts, posts). A first
    session that began less than `silence` after the record did is left out: nobody knows who began
    it.

    References
    ----------
    Kovanen, Saramäki & Kaski 2010, doi:10.48550/arXiv.1002.0763.

    Examples
    --------
    >>> import pandas as pd
    >>> from supportnet.community import from_dataframe
    >>> talk = pd.DataFrame({"sender": ["a"] * 12 + ["b"] * 3, "recipient": ["b"] * 12 + ["a"] * 3})
    >>> c = from_dataframe(talk.assign(time=range(15)), visibility="private_1to1", unit="s")
    >>> tie_balance(c, on="messages").set_index("measure")["value"].round(3).to_dict()
    {'balance': 0.4, 'excess': -0.391, 'expected': 0.791, 'p': 0.035, 'signed': 0.6}
    """
    check_level(level, ("tie", "person", "group"))
    choose(on, ("starts", "messages", "posts"), "on")
    chosen = check_groups(groups, community.name) if level == "group" else None
    acts = _acts(community, on, layer, parse_duration_us(silence, "silence"), attribution)
    if chosen is not None:
        inside = _measured(ties_of_groups(acts, chosen, community, layer))
        names = ("balance", "expected", "excess")
        return _means(inside, "group", names)
    ties = _measured(acts)
    if level == "tie":
        few = ties.assign(few_acts=ties["n"] < MIN_ACTS)
        return finish(stack_numbers(few, _TIE), "tie", more=["few_acts"])
    return _of_people(community, ties, layer)


def initiation_balance(
    community: Community,
    *,
    level: str = "tie",
    layer: str = "private",
    silence: str = "8h",
    attribution: Attribution | None = None,
) -> pd.DataFrame:
    """Compute which of two persons starts their talks more often.

    Parameters
    ----------
    community
        The community.
    level
        `tie`, or `direction` (the same number from either person's side).
    layer
        `private`, `public` or `all`.
    silence
        Silence in the tie that ends a session (sensitivity: `24h`, `72h`).
    attribution
        Who addressed whom; None takes the primary rules.

    Returns
    -------
    pandas.DataFrame
        Keys of the level, `value` (-1 to 1; above 0 where `lo`, or the author, starts more), `n`
        (session starts), `status`, `truncated` (1 where the first session was left out because the
        record starts less than `silence` before it).

    Raises
    ------
    InputError
        When a name or duration is unknown.

    Notes
    -----
    I_ij = (s_i - s_j)/(s_i + s_j), s the session starts: first messages after a silence longer than
    `silence`. Without a start NaN (`zero_denominator`); `not_identified` unless both directions
    were observed. The index is this package's own: no earlier definition is claimed.

    Examples
    --------
    >>> import pandas as pd
    >>> from supportnet.community import from_dataframe
    >>> talk = pd.DataFrame({"sender": list("baaba"), "recipient": list("abbab")})
    >>> talk["time"] = pd.to_datetime([0, 12, 24, 36, 48], unit="h", utc=True)
    >>> c = from_dataframe(talk, visibility="private_1to1")
    >>> initiation_balance(c)[["value", "n", "truncated"]].to_numpy().tolist()
    [[-0.5, 4.0, 1.0]]
    """
    check_level(level, ("tie", "direction"))
    seen = histories(
        community,
        layer,
        silence_us=parse_duration_us(silence, "silence"),
        attribution=attribution,
    )
    acts = seen.assign(w_fwd=seen["s_fwd"].astype(float), w_back=seen["s_back"].astype(float))
    ties = _measured(acts).assign(truncated=acts["truncated"].astype("int64"))
    ties = ties.assign(value=ties["signed"])
    if level == "tie":
        return finish(ties, "tie", more=["truncated"])
    one = ties.assign(author_id=ties["lo"], other_id=ties["hi"])
    two = ties.assign(author_id=ties["hi"], other_id=ties["lo"], value=-ties["value"])
    return finish(pd.concat([one, two], ignore_index=True), "direction", more=["truncated"])


def _acts(
    community: Community, on: str, layer: str, silence_us: int, attribution: Attribution | None
) -> pd.DataFrame:
    """Return the acts each way in every tie as `w_fwd`, `w_back`."""
    if on == "messages":
        return weights(community, layer, attribution)
    acts = None
    if on == "posts":
        frame = community.interactions(attribution, lazy=True)
        acts = frame.filter(~nw.col("basis").is_in(["reply", "comment"]))
    seen = histories(community, layer, silence_us=silence_us, attribution=attribution, acts=acts)
    names = ("s_fwd", "s_back") if on == "starts" else ("n_fwd", "n_back")
    counted = seen[["lo", "hi", "identified"]]
    return counted.assign(w_fwd=seen[names[0]].astype(float), w_back=seen[names[1]].astype(float))


def _measured(acts: pd.DataFrame) -> pd.DataFrame:
    """Add balance, signed, expected, excess, p, n and status to ties."""
    forth, back = acts["w_fwd"].fillna(0.0), acts["w_back"].fillna(0.0)
    total = (forth + back).where(forth + back > 0)
    whole_forth = np.rint(forth).astype("int64").to_numpy()
    n = whole_forth + np.rint(back).astype("int64").to_numpy()
    balance = 2 * np.minimum(forth, back) / total
    expected = expected_balance(n)
    known = acts["identified"].astype(bool)
    return acts.assign(
        w_fwd=forth,
        w_back=back,
        balance=balance,
        signed=(forth - back) / total,
        expected=expected,
        excess=balance - expected,
        p=_p_values(whole_forth, n),
        n=n,
        status=first_status(
            {"not_identified": ~known, "zero_denominator": total.isna()}, acts.index
        ),
    )


def _p_values(forth: npt.NDArray[np.int64], n: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Return exact binomial p-values; equal pairs of counts, of which most ties are, once."""
    room = int(n.max(initial=0)) + 1
    pairs, place = np.unique(n * room + forth, return_inverse=True)
    found: npt.NDArray[np.float64] = binomial_p(pairs % room, pairs // room)[place]
    return found


def _of_people(community: Community, ties: pd.DataFrame, layer: str) -> pd.DataFrame:
    """Average each person's ties, the sign turned to the person's side."""
    ends = from_both_ends(ties)
    ends["signed"] = ends["signed"].where(ends["person_id"] == ends["lo"], -ends["signed"])
    ends["identified"] = covered_people(community, ends, layer)
    return _means(ends, "person", _MEANS)


def _means(ties: pd.DataFrame, level: str, names: tuple[str, ...]) -> pd.DataFrame:
    """Average the ties of each unit that rest on enough acts."""
    keys = list(KEYS[level])
    used = (ties["status"] == "ok") & (ties["n"] >= MIN_ACTS)
    kept = ties.assign(used=used, **{name: ties[name].where(used) for name in names})
    how = {name: (name, "mean") for name in names}
    table = kept.groupby(keys, as_index=False).agg(
        **how, n=("used", "sum"), n_ties=("used", "size"), identified=("identified", "all")
    )
    cases = {
        "not_identified": ~table["identified"].astype(bool),
        "too_few_units": table["n"] == 0,
    }
    status = first_status(cases, table.index)
    table = table.assign(status=status, n_excluded=table["n_ties"] - table["n"])
    return finish(stack_numbers(table, names), level, more=["n_excluded"])
