"""Ties: unordered pairs with traffic, and what went each way."""

from __future__ import annotations

import narwhals as nw

from supportnet.dataset import Lazy
from supportnet.interactions import FIXED_POINT, fixed_units, in_layer

__all__ = ["ties"]


def ties(frame: Lazy, *, layer: str, window_us: int | None = None, origin_us: int = 0) -> Lazy:
    """Sum interactions into ties of one layer.

    Parameters
    ----------
    frame
        Interactions.
    layer
        `private`, `public`, `private_group` or `all`.
    window_us
        Length of a window in µs; None takes the whole span at once.
    origin_us
        Start of window 0, µs UTC.

    Returns
    -------
    narwhals.LazyFrame
        `lo`, `hi` (persons, lo < hi), `window` (number, only with `window_us`), `w_fwd`, `w_back`
        (summed weight lo→hi and hi→lo, ≥ 0), `n_fwd`, `n_back` (rows), `first_us`, `last_us`,
        `first_fwd_us`, `first_back_us` (µs UTC, null where nothing went that way). Unordered.
    """
    kept = in_layer(frame, layer)
    keys = ["lo", "hi"]
    if window_us is not None:
        kept = kept.filter(~nw.col("t_us").is_null()).with_columns(
            window=(nw.col("t_us") - origin_us) // window_us
        )
        keys.append("window")
    forward = nw.col("author_id") < nw.col("other_id")

    def only(expr: nw.Expr, side: nw.Expr) -> nw.Expr:
        return nw.when(side).then(expr).otherwise(None)

    return (
        kept.with_columns(
            lo=nw.min_horizontal("author_id", "other_id"),
            hi=nw.max_horizontal("author_id", "other_id"),
            units_fwd=nw.when(forward).then(fixed_units()).otherwise(0),
            units_back=nw.when(forward).then(0).otherwise(fixed_units()),
            is_fwd=nw.when(forward).then(1).otherwise(0),
            t_fwd=only(nw.col("t_us"), forward),
            t_back=only(nw.col("t_us"), ~forward),
        )
        .group_by(*keys)
        .agg(
            units_fwd=nw.col("units_fwd").sum().cast(nw.Float64),
            units_back=nw.col("units_back").sum().cast(nw.Float64),
            n_fwd=nw.col("is_fwd").sum().cast(nw.Int64),
            n=nw.len().cast(nw.Int64),
            first_us=nw.col("t_us").min(),
            last_us=nw.col("t_us").max(),
            first_fwd_us=nw.col("t_fwd").min(),
            first_back_us=nw.col("t_back").min(),
        )
        .with_columns(
            w_fwd=nw.col("units_fwd") / FIXED_POINT,
            w_back=nw.col("units_back") / FIXED_POINT,
            n_back=nw.col("n") - nw.col("n_fwd"),
        )
        .select(
            *keys,
            "w_fwd",
            "w_back",
            "n_fwd",
            "n_back",
            "first_us",
            "last_us",
            "first_fwd_us",
            "first_back_us",
        )
    )
