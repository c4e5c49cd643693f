"""Curves over time: turns that wait for an answer, wedges that close, messages by the week."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator

from supportnet.errors import InputError
from supportnet.plots.numbers import show_count, show_tick
from supportnet.plots.style import (
    NORM,
    clean_text,
    label,
    looks,
    note,
    nothing,
    number_axis,
    on_axes,
)
from supportnet.plots.words import kind_name, word

__all__ = ["need", "plot_activity", "plot_closure", "plot_reply_latency"]

_HOUR_TICKS = (0, 1, 4, 8, 24, 48, 72, 120, 168)
# Markers per curve: enough to tell curves apart without colour.
_MARKS = 9


def need(data: pd.DataFrame, columns: tuple[str, ...], what: str) -> None:
    """Raise an error that names the columns a figure needs, where one is missing.

    Raises
    ------
    InputError
        When a column is missing.
    """
    missing = [name for name in columns if name not in data.columns]
    if missing:
        found = ", ".join(clean_text(name) for name in data.columns) or "none"
        msg = (
            f"{what} needs columns {', '.join(columns)}; found {found}; pass the table of the "
            "function named in its documentation."
        )
        raise InputError(msg)


def plot_reply_latency(
    curves: pd.DataFrame, ax: Axes | None = None, *, language: str = "en"
) -> Axes:
    """Draw the share of turns still unanswered against the time since an answer was due.

    Parameters
    ----------
    curves
        The table of :func:`supportnet.plots.latency_curves`.
    ax
        Axes to draw on; None makes a figure.
    language
        `en` or `fr`.

    Returns
    -------
    matplotlib.axes.Axes
        One step curve per kind; the horizon is the last time on the axis. The time axis is in
        hours on a square-root scale, so that minutes and days are both seen.

    Raises
    ------
    InputError
        When a column is missing or the language is unknown.

    Notes
    -----
    Unanswered turns are censored, never dropped: a curve that ends at .3 says that three turns in
    ten had no answer within the horizon.

    Examples
    --------
    >>> curves = pd.DataFrame({"kind": "dyad", "hours": [0.0, 1.0, 72.0],
    ...                        "survival": [1.0, 0.6, 0.3], "turns": 40, "ties": 6})
    >>> plot_reply_latency(curves).get_ylim()
    (np.float64(0.0), np.float64(1.02))
    """
    need(curves, ("kind", "hours", "survival", "turns", "ties"), "plot_reply_latency")
    with on_axes(ax, (7.4, 3.6 + 0.2 * curves["kind"].nunique())) as axes:
        if curves.empty:
            return nothing(axes, language)
        last = float(curves["hours"].max())
        for kind, look in looks(list(dict.fromkeys(curves["kind"]))).items():
            own = curves[curves["kind"] == kind]
            text = word(
                "latency.legend",
                language,
                kind=label(kind_name(str(kind), language)),
                turns=show_count(float(own["turns"].iloc[0]), language),
                ties=show_count(float(own["ties"].iloc[0]), language),
            )
            axes.step(
                own["hours"],
                own["survival"],
                where="post",
                color=look.colour,
                linestyle=look.line,
                linewidth=1.8,
                marker=look.marker,
                markersize=5,
                markevery=(0.03, 1 / _MARKS),
                label=text,
            )
        _square_root_hours(axes, last, language)
        text = word("latency.horizon", language, hours=show_tick(last, language))
        axes.axvline(last, color=NORM, linewidth=1, linestyle=(0, (6, 3)), label=text)
        axes.set_ylim(0, 1.02)
        number_axis(axes, "y", language, percent=True)
        axes.set_ylabel(word("latency.y", language))
        axes.set_xlabel(word("latency.x", language))
        note(axes, word("latency.note", language))
        _legend_above(axes)
        return axes


def _square_root_hours(ax: Axes, last: float, language: str) -> None:
    """Scale the hours by their square root, with ticks at hours people think in."""
    ax.set_xscale("function", functions=(lambda x: np.sqrt(np.maximum(x, 0)), np.square))
    ax.set_xlim(0, last * 1.01)
    ticks = [tick for tick in _HOUR_TICKS if tick <= last * 1.001]
    # Near the end two numbers would touch.
    ticks = [
        t for t in ticks if t == ticks[-1] or np.sqrt(ticks[-1]) - np.sqrt(t) > np.sqrt(last) / 14
    ]
    ax.xaxis.set_major_locator(FixedLocator(ticks))
    ax.xaxis.set_minor_locator(NullLocator())
    number_axis(ax, "x", language)


def _legend_above(ax: Axes, columns: int = 1) -> None:
    """Put the legend above the axes, where no curve can pass."""
    ax.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1.01),
        ncols=columns,
        borderaxespad=0,
        handlelength=3.2,
        labelspacing=0.35,
    )


def plot_closure(curves: pd.DataFrame, ax: Axes | None = None, *, language: str = "en") -> Axes:
    """Draw the share of open wedges that have closed against the days since they opened.

    Parameters
    ----------
    curves
        The table of :func:`supportnet.closure_survival` (`t_days`, `survival`, `at_risk`);
        optionally with a column `layer`, for one curve per layer.
    ax
        Axes to draw on; None makes a figure.
    language
        `en` or `fr`.

    Returns
    -------
    matplotlib.axes.Axes
        One step curve per layer, time in days.

    Raises
    ------
    InputError
        When a column is missing or the language is unknown.

    Examples
    --------
    >>> curve = pd.DataFrame({"t_days": [0.0, 8.0], "at_risk": [3, 3], "survival": [1.0, 2 / 3]})
    >>> plot_closure(curve).get_xlabel()
    'days since the wedge opened'
    """
    need(curves, ("t_days", "survival", "at_risk"), "plot_closure")
    with on_axes(ax, (7.4, 3.9)) as axes:
        drawn = curves.dropna(subset=["survival"])
        if drawn.empty:
            return nothing(axes, language)
        if "layer" not in drawn.columns:
            drawn = drawn.assign(layer="all")
        last = float(drawn["t_days"].max())
        for layer, look in looks(list(dict.fromkeys(drawn["layer"]))).items():
            own = drawn[drawn["layer"] == layer].sort_values("t_days")
            days = np.concatenate(([0.0], own["t_days"]))
            closed = np.concatenate(([0.0], 1 - own["survival"].to_numpy()))
            text = word(
                "closure.legend",
                language,
                layer=label(kind_name(str(layer), language, "layer")),
                n=show_count(float(own["at_risk"].max()), language),
            )
            axes.step(
                days,
                closed,
                where="post",
                color=look.colour,
                linestyle=look.line,
                linewidth=1.8,
                marker=look.marker,
                markersize=5,
                markevery=(0.03, 1 / _MARKS),
                label=text,
            )
        axes.set_xlim(0, max(last, 1.0))
        axes.set_ylim(bottom=0)
        axes.set_xlabel(word("closure.x", language))
        axes.set_ylabel(word("closure.y", language))
        number_axis(axes, "x", language)
        axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
        number_axis(axes, "y", language, percent=True)
        _legend_above(axes)
        return axes


def plot_activity(
    weeks: pd.DataFrame,
    ax: Axes | None = None,
    *,
    language: str = "en",
    fewest: int = 0,
) -> Axes:
    """Draw how many messages were written each week, by who could read them.

    Parameters
    ----------
    weeks
        The table of :func:`supportnet.plots.weekly_activity`.
    ax
        Axes to draw on; None makes a figure.
    language
        `en` or `fr`.
    fewest
        Weeks with fewer writers than this are left blank (5 for data of real persons).

    Returns
    -------
    matplotlib.axes.Axes
        One line per visibility, messages per week; weeks that the data fill only in part are left
        out.

    Raises
    ------
    InputError
        When a column is missing or the language is unknown.

    Examples
    --------
    >>> weeks = pd.DataFrame({"week": pd.to_datetime(["2024-01-01", "2024-01-08"], utc=True),
    ...                       "visibility": "public", "n": [4, 6], "persons": [3, 3]})
    >>> plot_activity(weeks).get_ylabel()
    'messages per week'
    """
    need(weeks, ("week", "visibility", "n", "persons"), "plot_activity")
    with on_axes(ax, (7.4, 3.6)) as axes:
        if "whole" in weeks.columns and weeks["whole"].any():
            weeks = weeks[weeks["whole"].astype(bool)]
        shown = weeks[weeks["persons"] >= fewest]
        if shown.empty:
            return nothing(axes, language)
        step = weeks["week"].drop_duplicates().sort_values().diff().min()
        step = pd.Timedelta(days=7) if pd.isna(step) else step
        grid = pd.date_range(weeks["week"].min(), weeks["week"].max(), freq=step)
        for kind, look in looks(list(dict.fromkeys(weeks["visibility"]))).items():
            own = shown[shown["visibility"] == kind].set_index("week")["n"].astype(float)
            absent = grid.difference(
                pd.DatetimeIndex(weeks.loc[weeks["visibility"] == kind, "week"])
            )
            # A week without a message is a true 0; a week that is left out is a gap.
            series = pd.concat([own, pd.Series(0.0, index=absent)]).reindex(grid)
            axes.plot(
                grid,
                series,
                color=look.colour,
                linestyle=look.line,
                linewidth=1.6,
                marker=look.marker,
                markersize=4,
                markevery=max(1, len(grid) // _MARKS),
                label=label(kind_name(str(kind), language, "visibility")),
            )
        axes.set_ylim(bottom=0)
        shown_weeks = grid[:: -(-len(grid) // 8)]
        axes.set_xticks(shown_weeks, [str(week.date()) for week in shown_weeks])
        axes.tick_params(axis="x", labelrotation=0, labelsize=8)
        axes.set_xlabel(word("activity.x", language))
        axes.set_ylabel(word("activity.y", language))
        number_axis(axes, "y", language)
        if fewest > 0:
            note(axes, word("activity.gap", language, k=fewest))
        _legend_above(axes, columns=3)
        return axes
