"""Contacts per person, and differences between kinds of groups."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from supportnet.compare import Comparison
from supportnet.errors import choose
from supportnet.plots.curves import need
from supportnet.plots.numbers import show_count, show_number, show_percent
from supportnet.plots.style import GREY, label, looks, note, nothing, number_axis, on_axes
from supportnet.plots.words import kind_name, word

__all__ = ["plot_contacts", "plot_contrast"]


def plot_contacts(layers: pd.DataFrame, ax: Axes | None = None, *, language: str = "en") -> Axes:
    """Draw how many of the declared contacts are really written with.

    Parameters
    ----------
    layers
        One row per person and number: `measure` (declared, one_way, reciprocal), `value`
        (contacts), as :func:`supportnet.contact_layers` gives them; other measures are left out.
    ax
        Axes to draw on; None makes a figure.
    language
        `en` or `fr`.

    Returns
    -------
    matplotlib.axes.Axes
        Three bars, means over persons, each with its share of the declared contacts.

    Raises
    ------
    InputError
        When a column is missing or the language is unknown.

    References
    ----------
    Marlow 2009, Maintained relationships on Facebook (the three layers).

    Examples
    --------
    >>> layers = pd.DataFrame({"measure": ["declared", "one_way", "reciprocal"],
    ...                        "value": [500.0, 40.0, 12.0]})
    >>> [text.get_text() for text in plot_contacts(layers).texts][-1]
    '12.0 (2.4% of declared)'
    """
    need(layers, ("measure", "value"), "plot_contacts")
    names = ("declared", "one_way", "reciprocal")
    with on_axes(ax, (7.4, 2.5)) as axes:
        means = layers.dropna(subset=["value"]).groupby("measure")["value"].agg(["mean", "size"])
        if not set(names) <= set(means.index) or not means.loc["declared", "mean"]:
            return nothing(axes, language)
        declared = float(means["mean"]["declared"])
        styles = (("#0072B2", ""), ("#56B4E9", "//"), ("#D55E00", "xx"))
        for place, (name, (colour, hatch)) in enumerate(zip(names, styles, strict=True)):
            mean = float(means["mean"][name])
            axes.barh(-place, mean, color=colour, hatch=hatch, edgecolor="white", height=0.66)
            text = word(
                "contacts.label",
                language,
                mean=show_number(mean, language),
                share=show_percent(mean / declared, language, 1),
            )
            shown = show_number(mean, language) if name == "declared" else text
            axes.annotate(
                shown, (mean, -place), xytext=(5, 0), textcoords="offset points", va="center"
            )
        axes.set_yticks([0, -1, -2], [word(f"contacts.{name}", language) for name in names])
        axes.tick_params(axis="y", length=0)
        axes.grid(visible=False, axis="y")
        axes.set_xlim(0, declared * 1.16)
        number_axis(axes, "x", language)
        persons = show_count(float(means["size"]["declared"]), language)
        axes.set_xlabel(word("contacts.x", language, n=persons))
        return axes


def plot_contrast(
    result: Comparison | pd.DataFrame,
    ax: Axes | None = None,
    *,
    unit: str | None = None,
    language: str = "en",
) -> Axes:
    """Draw the differences of a comparison with their intervals, one panel per unit.

    Parameters
    ----------
    result
        What :func:`supportnet.compare` returns, or its table.
    ax
        Axes for one panel; None makes a figure with as many as there are units.
    unit
        `hours` or `share`: draw this unit only. Given axes without it, the first unit is drawn.
    language
        `en` or `fr`.

    Returns
    -------
    matplotlib.axes.Axes
        The first panel; `ax.figure.axes` holds all of them.

    Raises
    ------
    InputError
        When a column is missing, or a word is unknown.

    Examples
    --------
    >>> table = pd.DataFrame({"outcome": ["private_share"], "unit": ["share"], "kind": ["twinome"],
    ...     "compared_with": ["dyad"], "estimate": [0.1], "ci_low": [0.06], "ci_high": [0.14]})
    >>> plot_contrast(table).get_xlabel().splitlines()[0]
    'difference, share (0 to 1)'
    """
    table = result.table if isinstance(result, Comparison) else result
    columns = ("outcome", "unit", "kind", "compared_with", "estimate", "ci_low", "ci_high")
    need(table, columns, "plot_contrast")
    units = list(dict.fromkeys(str(name) for name in table["unit"]))
    if unit is not None:
        units = [choose(unit, tuple(units), "unit")]
    if ax is not None or len(units) <= 1:
        with on_axes(ax, (7.4, 1.5 + 0.5 * len(table))) as axes:
            rows = table[table["unit"] == units[0]] if units else table
            drawn = _forest(axes, rows, units[0] if units else "", language)
            note(drawn, word("contrast.note", language))
            return drawn
    heights = [0.9 + 0.5 * int((table["unit"] == name).sum()) for name in units]
    with on_axes(None, (0.1, 0.1)) as spare:
        plt.close(spare.figure)  # type: ignore[arg-type]
        figure, panels = plt.subplots(
            len(units),
            1,
            figsize=(7.4, 0.5 + sum(heights)),
            layout="constrained",
            gridspec_kw={"height_ratios": heights},
        )
        for panel, name in zip(panels, units, strict=True):
            _forest(panel, table[table["unit"] == name], name, language)
        note(panels[-1], word("contrast.note", language))
        first: Axes = figure.axes[0]
        return first


def _forest(ax: Axes, table: pd.DataFrame, unit: str, language: str) -> Axes:
    """Draw the rows of one unit."""
    if table.empty or table["estimate"].isna().all():
        return nothing(ax, language)
    rows: list[Any] = list(table.itertuples(index=False))
    chosen = looks(list(dict.fromkeys(str(row.compared_with) for row in rows)))
    for place, row in enumerate(rows):
        if np.isnan(row.estimate):
            continue
        look = chosen[str(row.compared_with)]
        bounded = not (np.isnan(row.ci_low) or np.isnan(row.ci_high))
        if bounded:
            ax.plot([row.ci_low, row.ci_high], [-place, -place], color=look.colour, linewidth=2.4)
        ax.plot(
            [row.estimate],
            [-place],
            marker=look.marker,
            markersize=6,
            color=look.colour,
            markerfacecolor=look.colour if bounded else "white",
            linestyle="none",
        )
    texts = [
        word(
            "contrast.row",
            language,
            outcome=kind_name(str(row.outcome), language, "outcome"),
            kind=label(kind_name(str(row.kind), language), 24),
            other=label(kind_name(str(row.compared_with), language), 24),
        )
        for row in rows
    ]
    ax.set_yticks([-place for place in range(len(rows))], texts)
    ax.set_ylim(-len(rows) + 0.4, 0.6)
    ax.axvline(0, color=GREY, linewidth=1.2)
    ax.grid(visible=False, axis="y")
    ax.tick_params(axis="y", length=0)
    ax.margins(x=0.08)
    number_axis(ax, "x", language)
    name = kind_name(unit, language, "unit")
    ax.set_xlabel(word("contrast.x", language, unit=name))
    return ax
