"""How every figure looks: colours all eyes tell apart, names that cannot break a drawing."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties, findfont
from matplotlib.ft2font import FT2Font
from matplotlib.ticker import FuncFormatter

from supportnet.plots.numbers import show_percent, show_tick
from supportnet.plots.words import word

__all__ = ["Look", "clean_text", "label", "looks", "note", "nothing", "number_axis", "on_axes"]

GREY = "#5f5f5f"
NORM = "#333333"
_FONT = "DejaVu Sans"  # comes with matplotlib, so a figure looks the same everywhere
_RC: Any = {
    "font.family": [_FONT],
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e3e3e3",
    "grid.linewidth": 0.8,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "text.usetex": False,
    "text.parse_math": True,  # so that an escaped dollar loses its escape, whatever the user set
    "axes.unicode_minus": True,
    "svg.fonttype": "path",
}


@dataclass(frozen=True, slots=True)
class Look:
    """One way to draw a series: colour, line and marker, each enough to tell it apart."""

    colour: str
    line: Any
    marker: str


# Okabe and Ito's colours, in an order that keeps neighbours far apart in lightness as well.
_LOOKS = (
    Look("#0072B2", "-", "o"),
    Look("#D55E00", "--", "s"),
    Look("#009E73", "-.", "^"),
    Look("#CC79A7", (0, (3, 1, 1, 1)), "v"),
    Look("#56B4E9", (0, (5, 1)), "P"),
    Look("#8A6D00", (0, (1, 1)), "X"),
)
_REST = Look(GREY, ":", "D")
_FIXED = {
    "twinome": _LOOKS[0],
    "dyad": _LOOKS[1],
    "friend_network": _LOOKS[2],
    "other": _REST,
    "all": _REST,
    "private": _LOOKS[0],
    "public": _LOOKS[1],
    "private_1to1": _LOOKS[0],
    "private_group": _LOOKS[3],
    "semi_public": _LOOKS[4],
    "unknown": _REST,
}


def looks(names: Sequence[str]) -> dict[str, Look]:
    """Give every name its look: known kinds always the same one, the rest what is left over.

    Parameters
    ----------
    names
        Distinct names, in the order of the legend.

    Returns
    -------
    dict
        Name → look; looks repeat only when there are more names than looks.
    """
    result = {name: _FIXED[name] for name in names if name in _FIXED}
    taken = {id(look) for look in result.values()}
    free = [look for look in _LOOKS if id(look) not in taken] or list(_LOOKS)
    for place, name in enumerate(name for name in names if name not in _FIXED):
        result[name] = free[place % len(free)]
    return result


def clean_text(text: object, longest: int = 60) -> str:
    r"""Return a name that can be shown: no controls, no direction marks, no broken characters.

    Parameters
    ----------
    text
        A name as the researcher or an archive wrote it.
    longest
        Characters kept; a longer name ends in an ellipsis.

    Returns
    -------
    str
        One line, never empty.

    Examples
    --------
    >>> clean_text("river\u202ebank\x00\n"), clean_text("\ud83d!") == "\ufffd!", clean_text("")
    ('river bank', True, '–')
    """
    shown = str(text)[: 20 * longest]
    # A lone surrogate cannot be written to a file at all.
    shown = shown.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    kept = (" " if unicodedata.category(c) in _UNSEEN else c for c in shown)
    line = " ".join("".join(kept).split())
    if len(line) > longest:
        line = line[: longest - 1].rstrip() + "…"
    return line or "–"


_UNSEEN = ("Cc", "Cf", "Zl", "Zp", "Co", "Cn")


@cache
def _glyphs() -> frozenset[int]:
    """Return the characters that the font can draw."""
    return frozenset(FT2Font(Path(findfont(FontProperties(family=[_FONT])))).get_charmap())


def label(text: object, longest: int = 40) -> str:
    r"""Return a name for a figure: clean, drawable, and never read as a formula.

    Parameters
    ----------
    text
        A name as the researcher or an archive wrote it.
    longest
        Characters kept.

    Returns
    -------
    str
        The name, `$` escaped, characters without a drawing replaced by a box.

    Examples
    --------
    >>> label(r"$\frac{1}$"), label("\u732b")
    ('\\$\\frac{1}\\$', '□')
    """
    lines = [clean_text(line, longest) for line in str(text).split("\n")]
    drawn = "\n".join("".join(c if ord(c) in _glyphs() else "□" for c in line) for line in lines)
    return drawn.replace("$", r"\$")


@contextmanager
def on_axes(ax: Axes | None, size: tuple[float, float]) -> Iterator[Axes]:
    """Draw on the given axes, or on those of a new figure of that size in inches."""
    with mpl.rc_context(_RC):
        if ax is None:
            _, ax = plt.subplots(figsize=size, layout="constrained")
        yield ax


def number_axis(ax: Axes, which: str, language: str, *, percent: bool = False) -> None:
    """Write the numbers of one axis (`x` or `y`) in the reader's language."""

    def written(value: float, _: int | None = None) -> str:
        """Return the text of one tick."""
        if percent:
            return show_tick(100 * value, language) + show_percent(0, language)[1:]
        return show_tick(value, language)

    (ax.xaxis if which == "x" else ax.yaxis).set_major_formatter(FuncFormatter(written))


def note(ax: Axes, text: str) -> None:
    """Write what the drawing means under the axis label, on lines that fit the figure."""
    lines = textwrap.wrap(text, 92)
    ax.set_xlabel("\n".join([ax.get_xlabel(), *lines]).strip(), fontsize=9)
    ax.xaxis.label.set_linespacing(1.5)


def nothing(ax: Axes, language: str, reason: str | None = None) -> Axes:
    """Say on empty axes why there is nothing to see."""
    why = word("reason.empty", language) if reason is None else reason
    ax.set_axis_off()
    text = label(word("nothing", language, reason=why), 120)
    ax.text(0.5, 0.5, text, ha="center", va="center", color=GREY, transform=ax.transAxes, wrap=True)
    return ax
