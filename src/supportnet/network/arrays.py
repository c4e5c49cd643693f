"""Ties as arrays, in order of birth: the form in which the network is walked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np

from supportnet.errors import InputError
from supportnet.kernels.dtypes import Bools, Float64, Int32, Int64
from supportnet.kernels.orient import Adjacency, Forward, adjacency, forward_graph

__all__ = ["Projection", "Ties", "check_weight", "is_arc", "least_arc"]

Projection: TypeAlias = Literal["union", "mutual"]

#: k shares of 1/k must count as one message although their floating-point sum may fall short of it.
_TOLERANCE: Final = 1e-9


def check_weight(m: float) -> float:
    """Return the weight from which a direction counts, refusing one that every pair would reach."""
    if not m > 0:
        msg = f"m must be above 0; found {m}; pass the weight from which a direction counts."
        raise InputError(msg)
    return m


def least_arc(m: float) -> float:
    """Return the weight from which a direction counts as an arc, rounding allowed for."""
    return m - _TOLERANCE


def is_arc(weight: Float64, m: float) -> Bools:
    """Tell where a direction of this weight counts as an arc."""
    return np.asarray(weight >= least_arc(m))


@dataclass(frozen=True, slots=True)
class Ties:
    """The ties of one network, numbered in order of birth.

    Attributes
    ----------
    lo, hi
        The two ends of each tie, as positions in `people`, lo < hi.
    people
        Person ids, ascending; persons without a tie may be among them.
    birth_us
        When each tie entered the projection, ascending, µs UTC.
    n_fwd, n_back
        Summed weight of lo→hi and of hi→lo, messages or their fractional equivalent, ≥ 0.
    first_fwd_us, first_back_us
        First message of each direction, µs UTC; -1 where there is none.
    start_us, end_us
        What the coverage spans, µs UTC.
    m
        The weight from which a direction counts as an arc.
    projection
        `union`: a tie needs one arc; `mutual`: it needs both.
    """

    lo: Int32
    hi: Int32
    people: Int64
    birth_us: Int64
    n_fwd: Float64
    n_back: Float64
    first_fwd_us: Int64
    first_back_us: Int64
    start_us: int
    end_us: int
    m: float = 1.0
    projection: Projection = "union"

    def __len__(self) -> int:
        """Return the number of ties."""
        return int(self.lo.size)

    @property
    def weight(self) -> Float64:
        """Summed weight of both directions of each tie, messages."""
        return self.n_fwd + self.n_back

    @property
    def forward(self) -> Bools:
        """Whether lo→hi is an arc."""
        return is_arc(self.n_fwd, self.m)

    @property
    def backward(self) -> Bools:
        """Whether hi→lo is an arc."""
        return is_arc(self.n_back, self.m)

    def graph(self) -> Forward:
        """Return the forward graph on which triangles are enumerated."""
        return forward_graph(self.lo, self.hi, self.people.size)

    def adjacency(self) -> Adjacency:
        """Return the neighbours of every person."""
        return adjacency(self.lo, self.hi, self.people.size)
