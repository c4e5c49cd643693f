"""Distributions over ties: the private share and the balance, one row per kind of group."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from supportnet.errors import choose
from supportnet.plots.curves import need
from supportnet.plots.data import kinds_in_order
from supportnet.plots.numbers import show_count, show_percent
from supportnet.plots.style import (
    NORM,
    Look,
    label,
    looks,
    note,
    nothing,
    number_axis,
    on_axes,
)
from supportnet.plots.words import kind_name, word

__all__ = ["plot_balance", "plot_private_share"]

_DETAILS = ("bins", "quartiles")
_STEPS = np.linspace(0, 1, 21)
# Fewer values than this have no middle half to speak of.
_FEWEST = 5


def plot_private_share(
    ties: pd.DataFrame,
    ax: Axes | None = None,
    *,
    language: str = "en",
    norm: float = 0.8,
    detail: str = "bins",
) -> Axes:
    """Draw how the private share is distributed over ties, one row per kind of group.

    Parameters
    ----------
    ties
        One row per tie: `kind`, `value` (0–1); rows without value are left out.
    ax
        Axes to draw on; None makes a figure.
    language
        `en` or `fr`.
    norm
        Where the line of the norm stands.
    detail
        `bins` (share of ties in steps of .05, with median and middle half) or `quartiles` (the
        latter alone: nothing that rests on fewer than five ties is drawn, for data of real
        persons).

    Returns
    -------
    matplotlib.axes.Axes
        One row per kind; no point stands for a tie.

    Raises
    ------
    InputError
        When a column is missing, or a word is unknown.

    Examples
    --------
    >>> ties = pd.DataFrame({"kind": ["dyad"] * 6, "value": [0.6, 0.7, 0.7, 0.8, 0.8, 0.9]})
    >>> plot_private_share(ties).get_xlabel().splitlines()[0]
    'private share of a tie'
    """
    need(ties, ("kind", "value"), "plot_private_share")
    groups = _by_kind(ties)
    with on_axes(ax, _size(groups, detail)) as axes:
        if not groups:
            return nothing(axes, language, word("reason.few", language, k=_FEWEST))
        _rows(axes, groups, language, detail)
        text = word("share.norm", language, norm=show_percent(norm, language))
        axes.axvline(norm, color=NORM, linestyle=(0, (6, 3)), linewidth=1.2)
        axes.annotate(
            text, (norm, 1.01), xycoords=("data", "axes fraction"), ha="center", va="bottom"
        )
        axes.set_xlabel(word("share.x", language))
        note(axes, word(_note_of(detail), language))
        return axes


def _note_of(detail: str) -> str:
    """Return the key of the line that explains the drawing."""
    return "share.note" if detail == "bins" else "share.note_quartiles"


def plot_balance(
    ties: pd.DataFrame, ax: Axes | None = None, *, language: str = "en", detail: str = "bins"
) -> Axes:
    """Draw how evenly the two sides of ties write, one row per kind of group.

    Parameters
    ----------
    ties
        One row per tie: `kind`, `value` (balance, 0–1), optionally `expected` (what an even tie
        with as few messages shows by chance, 0–1).
    ax
        Axes to draw on; None makes a figure.
    language, detail
        As for :func:`plot_private_share`.

    Returns
    -------
    matplotlib.axes.Axes
        One row per kind; a diamond marks the mean of `expected`: short ties look uneven by chance.

    Raises
    ------
    InputError
        When a column is missing, or a word is unknown.

    Examples
    --------
    >>> ties = pd.DataFrame({"kind": ["dyad"] * 5, "value": [0.9, 0.95, 1.0, 0.9, 0.8],
    ...                      "expected": 0.92})
    >>> len(plot_balance(ties).get_yticks())
    1
    """
    need(ties, ("kind", "value"), "plot_balance")
    groups = _by_kind(ties)
    with on_axes(ax, _size(groups, detail)) as axes:
        if not groups:
            return nothing(axes, language, word("reason.few", language, k=_FEWEST))
        places = _rows(axes, groups, language, detail)
        if "expected" in ties.columns:
            known = ties.dropna(subset=["value"])
            axes.plot(
                [float(known.loc[known["kind"] == kind, "expected"].mean()) for kind in places],
                [place - 0.14 for place in places.values()],
                linestyle="none",
                marker="d",
                markersize=8,
                markerfacecolor="white",
                markeredgecolor=NORM,
                label=word("balance.expected", language),
                zorder=4,
            )
            axes.legend(loc="lower left", bbox_to_anchor=(0, 1.01), borderaxespad=0)
        axes.set_xlabel(word("balance.x", language))
        note(axes, word(_note_of(detail), language))
        return axes


def _by_kind(ties: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return kind → values, closest kind first; kinds with fewer than five ties are left out."""
    defined = ties.dropna(subset=["value"])
    groups = {
        kind: defined.loc[defined["kind"] == kind, "value"].to_numpy(float)
        for kind in kinds_in_order(defined["kind"])
    }
    return {kind: values for kind, values in groups.items() if values.size >= _FEWEST}


def _size(groups: dict[str, np.ndarray], detail: str) -> tuple[float, float]:
    """Return the size of a figure with one row per kind, inches."""
    choose(detail, _DETAILS, "detail")
    return 7.4, 1.5 + (0.85 if detail == "bins" else 0.55) * max(len(groups), 1)


def _rows(ax: Axes, groups: dict[str, np.ndarray], language: str, detail: str) -> dict[str, int]:
    """Draw one row per kind; return kind → height of its row."""
    chosen = looks(list(groups))
    places = {kind: len(groups) - 1 - n for n, kind in enumerate(groups)}
    for kind, values in groups.items():
        _row(ax, values, places[kind], chosen[kind], detail)
    texts = [
        word(
            "share.row",
            language,
            kind=label(kind_name(str(kind), language), 24),
            n=show_count(values.size, language),
        )
        for kind, values in groups.items()
    ]
    ax.set_yticks(list(places.values()), texts)
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=False, axis="y")
    ax.spines["left"].set_visible(False)
    ax.set_xlim(-0.01, 1.01)
    top = 0.85 if detail == "bins" else 0.35
    ax.set_ylim(-0.5, len(groups) - 1 + top)
    number_axis(ax, "x", language)
    return places


def _row(ax: Axes, values: np.ndarray, base: int, look: Look, detail: str) -> None:
    """Draw one distribution on the line `base`: steps above it, median and middle half on it."""
    if detail == "bins":
        counts, edges = np.histogram(values, _STEPS)
        height = 0.62 * counts / counts.max()
        ax.bar(
            edges[:-1],
            height,
            width=np.diff(edges),
            bottom=base,
            align="edge",
            color=look.colour,
            alpha=0.35,
            edgecolor=look.colour,
            linewidth=0.6,
        )
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
    y = base - 0.14
    ax.plot([low, high], [y, y], color=look.colour, linewidth=3.2, solid_capstyle="butt")
    ax.plot(
        [middle],
        [y],
        marker=look.marker,
        markersize=7,
        color=look.colour,
        markeredgecolor="white",
        zorder=3,
    )
