"""The pairs of a layer, summed without holding more than their messages need."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

import numpy.typing as npt

from supportnet.community import Community
from supportnet.dataset import Dataset
from supportnet.interactions import FIXED_POINT, Attribution, in_layer
from supportnet.kernels.dtypes import Float64, Int32, Int64
from supportnet.network import distinct_ids
from supportnet.pair_sums import sum_sides

__all__ = ["LayerSums", "Met", "forget_sums", "layer_sums", "met_in_sums", "summed"]

#: Ids of persons, once or more often, and the first and last time (None: empty).
Met: TypeAlias = tuple[list[npt.NDArray[Any]], tuple[int, int] | None]


@dataclass(frozen=True, slots=True)
class LayerSums:
    """What went each way in every pair of a layer, by pair.

    Attributes
    ----------
    lo, hi
        Ids of the two persons, lo < hi.
    n_fwd, n_back
        Weight lo→hi and hi→lo, messages; 0 where no dated message went that way.
    first_fwd_us, first_back_us
        First message each way, µs UTC; -1 where there is none.
    times
        The first and the last time in the layer, µs UTC; None where it is empty.
    """

    lo: Int32
    hi: Int32
    n_fwd: Float64
    n_back: Float64
    first_fwd_us: Int64
    first_back_us: Int64
    times: tuple[int, int] | None


def layer_sums(community: Community, layer: str, attribution: Attribution | None) -> LayerSums:
    """Sum the interactions of a layer into pairs.

    Parameters
    ----------
    community
        The community.
    layer
        `private`, `public`, `private_group` or `all`.
    attribution
        The attribution rules.

    Returns
    -------
    LayerSums
        As :func:`supportnet.interactions.directions` sums them, both directions of a pair side by
        side; undated messages count where their direction has dated ones.
    """
    found, times = sum_sides(in_layer(community.interactions(attribution, lazy=True), layer))
    return LayerSums(
        found.lo, found.hi, found.units_fwd / FIXED_POINT, found.units_back / FIXED_POINT,
        found.first_fwd, found.first_back, times,
    )  # fmt: skip


# Summed pairs of a layer, until networks are built from them; and who is in them, for longer. They
# hold no reference to the dataset, so it goes when nobody else keeps it.
_SUMMED: WeakKeyDictionary[Dataset, dict[Hashable, LayerSums]] = WeakKeyDictionary()
_MET: WeakKeyDictionary[Dataset, dict[Hashable, Met]] = WeakKeyDictionary()


def summed(community: Community, layer: str, attribution: Attribution | None) -> LayerSums:
    """Return the summed pairs of a layer, made anew where they were forgotten."""
    known = _SUMMED.setdefault(community.dataset, {})
    key = (layer, (attribution or Attribution()).name)
    if key not in known:
        known[key] = layer_sums(community, layer, attribution)
    return known[key]


def forget_sums(community: Community, layer: str, attribution: Attribution | None) -> None:
    """Let go of the summed pairs of a layer: 40 bytes for each."""
    rules = (attribution or Attribution()).name
    _SUMMED.get(community.dataset, {}).pop((layer, rules), None)


def met_in_sums(community: Community, layer: str, attribution: Attribution | None) -> Met:
    """Return who is in the pairs of a layer, and its first and last time."""
    known = _MET.setdefault(community.dataset, {})
    key = (layer, (attribution or Attribution()).name)
    if key not in known:
        sums = summed(community, layer, attribution)
        known[key] = [distinct_ids(sums.lo, sums.hi)], sums.times
    return known[key]
