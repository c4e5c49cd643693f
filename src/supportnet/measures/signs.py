"""Structural balance: do the signs of closed triads agree? Only where ties were coded."""

from __future__ import annotations

import numpy as np
import pandas as pd

from supportnet.community import Community
from supportnet.errors import InputError
from supportnet.interactions import Attribution
from supportnet.layers import layer_network, not_identified, with_coverage
from supportnet.network import Ties, list_triangles
from supportnet.units import check_level, network_rows

__all__ = ["balance_share"]

_NUMBERS = ("balance_share", "+++", "+--", "++-", "---", "unsigned")
_KEYS = ["lo", "hi"]


def balance_share(
    community: Community,
    signs: pd.DataFrame | None = None,
    *,
    level: str = "network",
    layer: str = "private",
    projection: str | None = None,
    attribution: Attribution | None = None,
    m: float = 1.0,
) -> pd.DataFrame:
    """Compute the share of closed triads whose signs are balanced.

    Parameters
    ----------
    community
        The community.
    signs
        Coded ties: columns `lo`, `hi` (person ids, either order, each pair once) and `sign`, a
        number whose sign counts; 0 or a gap is uncoded. Signs come from human coders or a validated
        classifier. None: nothing was coded.
    level
        `network`.
    layer, projection, attribution, m
        Which ties make triads, as for `triadic_closure`.

    Returns
    -------
    pandas.DataFrame
        `measure`, `value`, `n` (signed triangles), `status`, `projection`, `coverage`, `reason`.
        `balance_share` (0–1); `+++`, `+--` (balanced), `++-`, `---` (not): counts ≥ 0; `unsigned`:
        triangles with an uncoded tie, left out.

    Raises
    ------
    InputError
        For an unknown level, layer or projection, a missing column, or a pair coded twice.

    Notes
    -----
    A triad is balanced where the product of its signs is positive. Without a signed triangle the
    share is NaN, `zero_denominator`. Silence is not a negative sign: without codes, and where the
    archives do not show what others say between them, every row is `not_identified`.

    References
    ----------
    Heider 1946, doi:10.1080/00223980.1946.9917275. Cartwright & Harary 1956,
    doi:10.1037/h0046049.

    Examples
    --------
    >>> import pandas as pd
    >>> from supportnet.community import from_dataframe
    >>> talk = pd.DataFrame({"sender": list("aab"), "recipient": list("bcc"),
    ...                      "time": [1, 2, 3]})
    >>> c = from_dataframe(talk, visibility="public", unit="s")
    >>> coded = pd.DataFrame({"lo": [0, 0, 1], "hi": [1, 2, 2], "sign": [1, -1, -1]})
    >>> float(balance_share(c, coded, layer="public")["value"].iloc[0])
    1.0
    """
    check_level(level, ("network",))
    found = layer_network(
        community, layer=layer, projection=projection, attribution=attribution, m=m
    )
    coded = None if signs is None else _coded(signs)
    if found.ties is None or coded is None:
        table = not_identified(_NUMBERS, found)
        return table if coded is not None else table.assign(reason="no signs were coded")
    return with_coverage(network_rows(_numbers(found.ties, coded)), found)


def _coded(signs: pd.DataFrame) -> pd.Series[float]:
    """Return the sign (1 or -1) of each coded pair, by (lower id, higher id)."""
    missing = [name for name in (*_KEYS, "sign") if name not in signs.columns]
    if missing:
        names = ", ".join(map(str, signs.columns))
        msg = f"signs need columns lo, hi, sign; found {names}; add {missing[0]!r}."
        raise InputError(msg)
    known = signs[signs["sign"].fillna(0) != 0]
    ends = np.sort(known[_KEYS].to_numpy(dtype=np.int64), axis=1)
    index = pd.MultiIndex.from_arrays([ends[:, 0], ends[:, 1]], names=_KEYS)
    repeated = int(index.duplicated().sum())
    if repeated:
        msg = f"each pair must be coded once; found {repeated} repeated; average their codes first."
        raise InputError(msg)
    return pd.Series(np.sign(known["sign"].to_numpy(dtype=float)), index=index)


def _numbers(ties: Ties, coded: pd.Series[float]) -> list[tuple[str, float, int, str]]:
    """Return the share and the counts by number of negative signs."""
    triangles = list_triangles(ties)
    sides = []
    for one, two in (("a", "b"), ("a", "c"), ("b", "c")):
        pairs = pd.MultiIndex.from_arrays([triangles[one], triangles[two]], names=_KEYS)
        sides.append(coded.reindex(pairs).to_numpy(dtype=float))
    signs = np.column_stack(sides)
    signed = signs[~np.isnan(signs).any(axis=1)]
    counts = np.bincount((signed < 0).sum(axis=1), minlength=4)
    n, balanced = len(signed), int(counts[0] + counts[2])
    some = "ok" if n else "empty"
    share = balanced / n if n else np.nan
    return [
        ("balance_share", share, n, "ok" if n else "zero_denominator"),
        ("+++", float(counts[0]), n, some),
        ("+--", float(counts[2]), n, some),
        ("++-", float(counts[1]), n, some),
        ("---", float(counts[3]), n, some),
        ("unsigned", float(len(triangles) - n), n, "ok" if len(triangles) else "empty"),
    ]
