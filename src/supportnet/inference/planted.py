"""Numbers with a known answer: shares, waiting times, networks and arms for the calibration suite.

Everything is clustered the way messages are: ties differ, turns of a dyad resemble each other,
persons differ in how much they send and receive.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from supportnet.inference.checks import BoolArray, FloatArray, IntArray

__all__ = ["p1_graph", "shared_components", "tie_shares", "true_restricted_mean", "turn_waits"]

# Gamma frailty of variance 1/2: the waiting times of one dyad share a rate.
FRAILTY_VARIANCE = 0.5


def tie_shares(
    rng: np.random.Generator, shape: tuple[int, int], *, share: float = 0.80, icc: float = 0.10
) -> tuple[IntArray, IntArray]:
    """Draw private and all messages of ties with log-normal volumes.

    Parameters
    ----------
    rng
        Source of randomness.
    shape
        Runs, and ties per run.
    share, icc
        The planted mean share and intra-tie correlation.

    Returns
    -------
    tuple of numpy.ndarray
        Successes and trials, of that shape.

    Examples
    --------
    >>> k, n = tie_shares(np.random.default_rng(1), (2, 5))
    >>> bool((k <= n).all())
    True
    """
    volume = np.maximum(5, np.rint(rng.lognormal(np.log(60), 1.0, size=shape))).astype(np.int64)
    scale = (1 - icc) / icc
    chance = rng.beta(share * scale, (1 - share) * scale, size=shape)
    return rng.binomial(volume, chance), volume


def turn_waits(
    rng: np.random.Generator,
    n_dyads: int,
    *,
    turns: int = 30,
    median: float = 6.0,
    cut: tuple[float, float] | None = (24.0, 100.0),
) -> tuple[IntArray, FloatArray, BoolArray]:
    """Draw waiting times of turns clustered in dyads, censored at random cuts.

    Parameters
    ----------
    rng
        Source of randomness.
    n_dyads, turns
        Dyads, and turns of each.
    median
        Median wait in hours at frailty 1.
    cut
        Range of the uniform censoring times in hours; None for no censoring.

    Returns
    -------
    tuple of numpy.ndarray
        Dyad code, hours, and whether the answer was seen, one entry per turn.

    Examples
    --------
    >>> code, hours, seen = turn_waits(np.random.default_rng(1), 3, turns=4)
    >>> code.size, bool((hours >= 0).all())
    (12, True)
    """
    code = np.repeat(np.arange(n_dyads), turns)
    frailty = rng.gamma(1 / FRAILTY_VARIANCE, FRAILTY_VARIANCE, size=n_dyads)
    hours = rng.exponential(median / np.log(2), size=code.size) / frailty[code]
    if cut is None:
        return code, hours, np.ones(code.size, dtype=bool)
    limit = rng.uniform(*cut, size=code.size)
    return code, np.minimum(hours, limit), hours <= limit


def true_restricted_mean(tau: float, *, median: float = 6.0) -> float:
    """Return the population restricted mean of `turn_waits`.

    Parameters
    ----------
    tau
        The restriction in hours.
    median
        As in `turn_waits`.

    Returns
    -------
    float
        Hours.

    Notes
    -----
    S(t) = (1 + θ λ t)^(-1/θ), λ = ln 2 / median, θ = 1/2; the area is
    (2/λ)(1 - 1/(1 + λ tau/2)).

    Examples
    --------
    >>> round(true_restricted_mean(24.0), 3)
    10.057
    """
    rate = np.log(2) / median
    return float(2 / rate * (1 - 1 / (1 + rate * tau / 2)))


def p1_graph(
    rng: np.random.Generator,
    n: int,
    *,
    spread: float = 0.8,
    base: float = -2.2,
    mutual: float = 2.2,
) -> tuple[IntArray, IntArray, FloatArray, FloatArray]:
    """Draw a directed network in which persons differ and arcs tend to be returned.

    Parameters
    ----------
    rng
        Source of randomness.
    n
        Persons.
    spread
        Standard deviation of sender and of receiver effects, on the logit scale.
    base, mutual
        Log-odds of an arc, and what reciprocation adds.

    Returns
    -------
    tuple of numpy.ndarray
        First and second person of each pair with traffic, weight forth, weight back (0 or 1).

    References
    ----------
    Holland & Leinhardt 1981, doi:10.1080/01621459.1981.10477598.

    Examples
    --------
    >>> first, second, forth, back = p1_graph(np.random.default_rng(1), 12)
    >>> bool((forth + back >= 1).all())
    True
    """
    send, receive = rng.normal(0, spread, size=(2, n))
    i, j = np.triu_indices(n, 1)
    forth = base + send[i] + receive[j]
    back = base + send[j] + receive[i]
    logits = np.column_stack((np.zeros(i.size), forth, back, forth + back + mutual))
    edges = np.cumsum(special.softmax(logits, axis=1), axis=1)
    state = (rng.random(i.size)[:, None] > edges).sum(axis=1)
    tied = state > 0
    i, j, state = i[tied], j[tied], state[tied]
    return i, j, np.isin(state, (1, 3)).astype(np.float64), (state >= 2).astype(np.float64)


def shared_components(
    rng: np.random.Generator, *, pure: int = 16, mixed: int = 8
) -> tuple[FloatArray, BoolArray, IntArray]:
    """Draw groups of two kinds that share persons inside components, without any effect.

    Parameters
    ----------
    rng
        Source of randomness.
    pure, mixed
        Components with one kind (half of each) and with both.

    Returns
    -------
    tuple of numpy.ndarray
        Value, kind and component of each group; components hold two to four groups.

    Examples
    --------
    >>> value, kind, component = shared_components(np.random.default_rng(1))
    >>> int(component.max()) + 1
    24
    """
    size = rng.integers(2, 5, size=pure + mixed)
    component = np.repeat(np.arange(size.size), size)
    first = np.concatenate(([0], np.cumsum(size)[:-1]))
    kind = component % 2 == 0
    is_mixed = component >= pure
    kind[is_mixed] = rng.random(int(is_mixed.sum())) < 0.5
    # A mixed component holds at least one group of each kind.
    kind[first[pure:]], kind[first[pure:] + 1] = True, False
    value = rng.normal(0, 1, size=size.size)[component] + rng.normal(0, 0.7, size=component.size)
    return value, kind, component
