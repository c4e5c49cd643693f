"""Named null models of a layer: what each keeps and destroys, their draws, and z scores."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from tqdm import tqdm

from supportnet.errors import InputError, choose
from supportnet.layers.network import LayerNetwork
from supportnet.network import (
    Ties,
    directions_of_events,
    permute_receivers,
    rewire_ties,
    shuffle_intervals,
    shuffle_times,
)

__all__ = [
    "NULLS",
    "NULL_COLUMNS",
    "NullModel",
    "against_null",
    "check_null",
    "draw_events",
    "network_against_null",
    "null_models",
]

Floats = npt.NDArray[np.float64]
Numbers = Callable[[Ties, Ties], Sequence[float]]


@dataclass(frozen=True, slots=True)
class NullModel:
    """One null model in words.

    Attributes
    ----------
    keeps, destroys
        What the draws share with the data, and what they lose.
    suits
        The measures it can say something about.
    """

    keeps: str
    destroys: str
    suits: str


NULLS = {
    "degree": NullModel(
        "every person's number of ties (of mutual, outgoing and incoming arcs where arcs count)",
        "triangles and every other arrangement of ties",
        "transitivity, clustering, triad census",
    ),
    "receivers": NullModel(
        "who wrote when, how much each person wrote and how often each was written to",
        "who wrote to whom, and with it ties, mutuality and triangles",
        "transitivity, clustering, triad census, times to closure, temporal motifs",
    ),
    "times": NullModel(
        "who wrote to whom how often (every static measure), and all times as a whole",
        "order, bursts and pauses: all timing",
        "times to closure, temporal motifs",
    ),
    "intervals": NullModel(
        "who wrote to whom in which order within a tie, its first and last time and its pauses",
        "the order of pauses, and with it timing between ties",
        "temporal motifs",
    ),
    "labels": NullModel(
        "the network, all its messages, and how many persons carry each label",
        "who carries which label: any relation between a label and a place in the network",
        "contrasts of attributes (supportnet.network.permute_labels)",
    ),
}
_TIMED = ("times", "intervals", "receivers")
#: What a comparison with a null model adds to a table.
NULL_COLUMNS = (
    "null", "null_draws", "null_mean", "null_sd", "z", "p_above", "p_below", "null_status",
    "null_keeps", "null_destroys",
)  # fmt: skip
# A count that differs by rounding alone is not more extreme.
_ROUNDING = 1e-12


def null_models() -> pd.DataFrame:
    """List the null models that measures can be compared with.

    Returns
    -------
    pandas.DataFrame
        `null` (the name to pass), `keeps`, `destroys`, `suits` (measures): words, one row for each.
        A measure takes the ones that can say something about it and names them otherwise.

    Notes
    -----
    What a draw keeps is what the comparison holds constant; the z score and the two p values
    (b + 1)/(R + 1) of a measure speak about what it destroys, and about nothing else.

    References
    ----------
    Gauvin et al. 2022, doi:10.1137/19M1242252.

    Examples
    --------
    >>> null_models()["null"].tolist()
    ['degree', 'receivers', 'times', 'intervals', 'labels']
    """
    rows = [(name, null.keeps, null.destroys, null.suits) for name, null in NULLS.items()]
    return pd.DataFrame(rows, columns=["null", "keeps", "destroys", "suits"])


def check_null(null: str, valid: Sequence[str], draws: int) -> None:
    """Refuse a null model that cannot speak about a measure.

    Raises
    ------
    InputError
        When the name is unknown or does not suit, or the number of draws is negative.
    """
    choose(null, tuple(NULLS), "null")
    choose(null, tuple(valid), "null of this measure")
    if draws < 0:
        msg = f"null_draws must be 0 or more; found {draws}; pass 999 for a test, 0 for none."
        raise InputError(msg)


@dataclass(frozen=True, slots=True)
class Drawn:
    """One draw: its ties, chosen projection and all arcs, and whether it can serve."""

    ties: Ties
    arcs: Ties
    complete: bool


def _networks(
    found: LayerNetwork, null: str, draws: int, seed: int, *, arcs_only: bool
) -> Iterator[Drawn]:
    """Draw networks under a null model."""
    rng = np.random.default_rng(seed)
    if null == "degree":
        for _ in range(draws):
            wired = rewire_ties(found.of("union"), rng, keep="arcs")
            main = wired if arcs_only else rewire_ties(found.of(found.projection), rng)
            yield Drawn(main.ties, wired.ties, main.complete and wired.complete)
        return
    events = found.events()
    weight = events["weight"].to_numpy(dtype=np.float64)
    for author, other, t_us in draw_events(events, null, draws, rng):
        table = directions_of_events(author, other, t_us, weight)
        ties = found.ties_of(table, found.projection)
        arcs = ties if found.projection == "union" else found.ties_of(table, "union")
        yield Drawn(ties, arcs, complete=True)


def network_against_null(
    found: LayerNetwork,
    observed: Sequence[float],
    numbers: Numbers,
    *,
    null: str,
    draws: int,
    seed: int,
    arcs_only: bool = False,
) -> pd.DataFrame:
    """Compare numbers of a network with those of networks drawn under a null model.

    Parameters
    ----------
    found
        The layer, identified.
    observed
        The numbers of the data.
    numbers
        Function from (ties under the layer's projection, all arcs) to the same numbers.
    null
        A key of :data:`NULLS`.
    draws
        How many.
    seed
        Seed of the generator.
    arcs_only
        Whether `numbers` looks at the arcs alone.

    Returns
    -------
    pandas.DataFrame
        See :func:`against_null`.
    """
    drawn = (
        (numbers(one.ties, one.arcs), one.complete)
        for one in _networks(found, null, draws, seed, arcs_only=arcs_only)
    )
    return against_null(observed, drawn, null, draws)


def draw_events(
    events: pd.DataFrame, null: str, draws: int, rng: np.random.Generator
) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """Draw lists of messages under a null model.

    Parameters
    ----------
    events
        `author_id`, `other_id`, `t_us`, in order of time.
    null
        `receivers`, `times` or `intervals`.
    draws
        How many.
    rng
        The source of randomness.

    Yields
    ------
    author, other, t_us
        Row by row beside the events given.
    """
    choose(null, _TIMED, "null")
    author, other, t_us = (
        events[name].to_numpy(dtype=np.int64) for name in ("author_id", "other_id", "t_us")
    )
    for _ in range(draws):
        if null == "receivers":
            yield author, permute_receivers(author, other, rng), t_us
        elif null == "times":
            yield author, other, shuffle_times(t_us, rng)
        else:
            yield author, other, shuffle_intervals(author, other, t_us, rng)


def against_null(
    observed: Sequence[float],
    drawn: Iterator[tuple[Sequence[float], bool]],
    null: str,
    draws: int,
) -> pd.DataFrame:
    """Compare numbers with those of draws from a null model.

    Parameters
    ----------
    observed
        The numbers of the data.
    drawn
        For each draw the same numbers, and whether the draw can serve.
    null
        Name of the null model.
    draws
        How many draws there are.

    Returns
    -------
    pandas.DataFrame
        One row per number. `null_draws` (draws in which it is defined), `null_mean`, `null_sd` (in
        its own unit), `z` = (value - mean)/sd, `p_above` and `p_below` = (b + 1)/(R + 1) with b the
        draws at least as large (as small) as the data. `null_status`: `ok`; `zero_denominator`
        where all draws are equal; `too_few_units` below two draws, or where a network allows too
        few swaps to be rewired; z is NaN there.
    """
    value = np.asarray(observed, np.float64)
    rows, complete = [], True
    for numbers, served in tqdm(drawn, total=draws, desc=f"null {null}", disable=None, leave=False):
        rows.append(np.asarray(numbers, np.float64))
        complete &= served
    table = np.array(rows).reshape(len(rows), value.size)
    defined = np.isfinite(table) & np.isfinite(value)
    used = defined.sum(axis=0)
    mean, spread = _moments(table, defined, used)
    slack = _ROUNDING * np.maximum(1.0, np.abs(value))
    above = (defined & (table >= value - slack)).sum(axis=0)
    below = (defined & (table <= value + slack)).sum(axis=0)
    can = (used >= 2) & complete
    flat = spread <= _ROUNDING * np.maximum(1.0, np.abs(mean))
    status = np.select([~can, flat], ["too_few_units", "zero_denominator"], "ok")
    z = np.divide(value - mean, spread, out=np.full(value.size, np.nan), where=status == "ok")
    chance = np.where(can, 1.0, np.nan) / (used + 1)
    result = pd.DataFrame(
        {
            "null": null,
            "null_draws": used,
            "null_mean": mean,
            "null_sd": spread,
            "z": z,
            "p_above": (above + 1) * chance,
            "p_below": (below + 1) * chance,
            "null_status": status,
            "null_keeps": NULLS[null].keeps,
            "null_destroys": NULLS[null].destroys,
        }
    )
    return result[list(NULL_COLUMNS)]


def _moments(
    table: Floats, defined: npt.NDArray[np.bool_], used: npt.NDArray[np.int64]
) -> tuple[Floats, Floats]:
    """Return mean and standard deviation of the defined draws of each number."""
    kept = np.where(defined, table, 0.0)
    blank = np.full(used.size, np.nan)
    mean = np.divide(kept.sum(axis=0), used, out=blank.copy(), where=used > 0)
    squares = np.where(defined, np.square(kept - np.nan_to_num(mean)), 0.0).sum(axis=0)
    variance = np.divide(squares, used - 1, out=blank, where=used > 1)
    return mean, np.sqrt(variance)
