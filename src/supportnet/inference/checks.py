"""Turn what a caller passes into clean numpy arrays, or say in one sentence what is wrong."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from supportnet.errors import InputError

__all__ = ["BoolArray", "FloatArray", "IntArray", "flags", "labels", "level_of", "vector", "whole"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


def vector(values: ArrayLike, what: str, *, like: int | None = None) -> FloatArray:
    """Return `values` as a one-dimensional float array, NaN allowed, of length `like` if given."""
    try:
        out = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as cause:
        msg = f"{what} must be numbers; found another type; convert the column to numbers first."
        raise InputError(msg) from cause
    if out.ndim != 1:
        msg = f"{what} must have one dimension; found {out.ndim}; pass one column."
        raise InputError(msg)
    if like is not None and out.size != like:
        msg = f"{what} must have one entry per row ({like}); found {out.size}; align the columns."
        raise InputError(msg)
    if np.isinf(out).any():
        msg = f"{what} must be finite; found an infinite entry; mark undefined entries as NaN."
        raise InputError(msg)
    return out


def flags(values: ArrayLike, what: str, *, like: int) -> BoolArray:
    """Return `values` as booleans of length `like`; 0 and 1 are accepted, NaN is not."""
    if isinstance(values, np.ndarray) and values.dtype == np.bool_ and values.shape == (like,):
        return values
    out = vector(values, what, like=like)
    if not ((out == 0) | (out == 1)).all():
        msg = f"{what} must be true or false; found something else; recode the column to 0 and 1."
        raise InputError(msg)
    return out.astype(bool)


def whole(values: ArrayLike, what: str, *, like: int | None = None) -> IntArray:
    """Return `values` as integers >= 0; a fractional or negative entry is an error."""
    if isinstance(values, np.ndarray) and values.dtype == np.int64 and values.ndim == 1:
        fits = like in (None, values.size) and bool(values.min(initial=0) >= 0)
        if fits:  # nothing to convert: millions of codes are only looked at
            return values
    out = vector(values, what, like=like)
    if np.isnan(out).any() or (out < 0).any() or (out != np.floor(out)).any():
        msg = f"{what} must be whole numbers >= 0; found other entries; pass counts or dense codes."
        raise InputError(msg)
    return out.astype(np.int64)


def labels(values: ArrayLike | None, what: str, *, like: int) -> IntArray:
    """Return any labels (numbers or words) as codes 0..k-1; None means one label for all."""
    if values is None:
        return np.zeros(like, dtype=np.int64)
    raw = np.asarray(values)
    if raw.shape != (like,):
        msg = (
            f"{what} must have one entry per row ({like}); found another shape; align the columns."
        )
        raise InputError(msg)
    if raw.dtype == object:
        raw = raw.astype(str)
    return np.unique(raw, return_inverse=True)[1].astype(np.int64)


def level_of(level: float, what: str = "level") -> float:
    """Return `level` when it lies strictly between 0 and 1."""
    if not 0.0 < level < 1.0:
        msg = f"{what} must lie between 0 and 1; found a value outside; pass e.g. {what}=0.95."
        raise InputError(msg)
    return float(level)
