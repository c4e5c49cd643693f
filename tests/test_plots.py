"""The figures: right numbers, both languages, nothing overlapping, nothing about single persons."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.text import Text

from report.hostile import HOSTILE
from supportnet import plots
from supportnet.community import Community, from_dataframe
from supportnet.errors import InputError
from supportnet.inference import kaplan_meier
from supportnet.plots.numbers import show_number, show_percent, show_tick
from supportnet.plots.style import clean_text, label, looks


@pytest.fixture(autouse=True)
def close_figures() -> Iterator[None]:
    """Close what a test has drawn."""
    yield
    plt.close("all")


def curves(kinds: tuple[str, ...] = ("twinome", "dyad", "other")) -> pd.DataFrame:
    """Return a curve per kind."""
    hours = np.linspace(0, 72, 60)
    parts = [
        pd.DataFrame({"kind": kind, "hours": hours, "survival": np.exp(-hours / (8 + 20 * n))})
        for n, kind in enumerate(kinds)
    ]
    return pd.concat(parts, ignore_index=True).assign(turns=1234, ties=40, persons=30)


def ties(n: int = 40) -> pd.DataFrame:
    """Return values of ties of three kinds."""
    rng = np.random.default_rng(2)
    kinds = [kind for kind in ("twinome", "dyad", "friend_network") for _ in range(n)]
    return pd.DataFrame({"kind": kinds, "value": rng.beta(8, 3, 3 * n), "expected": 0.9})


def contrast() -> pd.DataFrame:
    """Return differences in two units, one of them without interval."""
    return pd.DataFrame(
        {
            "outcome": ["reply_latency", "private_share", "waiting"],
            "unit": ["hours", "share", "share"],
            "kind": "twinome",
            "compared_with": ["dyad", "dyad", "friend_network"],
            "estimate": [-2.5, 0.1, 0.05],
            "ci_low": [-3.5, 0.05, np.nan],
            "ci_high": [-1.5, 0.15, np.nan],
        }
    )


def closing() -> pd.DataFrame:
    """Return two closure curves."""
    parts = [
        pd.DataFrame({"t_days": [0.0, 10, 50], "survival": [1, 0.9, s], "at_risk": 30}).assign(
            layer=name
        )
        for name, s in (("private", 0.8), ("public", 0.7))
    ]
    return pd.concat(parts, ignore_index=True)


def weeks(n: int = 30) -> pd.DataFrame:
    """Return weekly counts of two visibilities."""
    begin = pd.date_range("2024-01-01", periods=n, freq="7D", tz="UTC")
    parts = [
        pd.DataFrame({"week": begin, "visibility": name, "n": np.arange(n) + 5, "persons": 9})
        for name in ("private_1to1", "public")
    ]
    return pd.concat(parts, ignore_index=True)


def contacts() -> pd.DataFrame:
    """Return the contacts of two persons."""
    measures = ["declared", "one_way", "reciprocal"]
    return pd.DataFrame({"measure": measures * 2, "value": [600.0, 40, 10, 400, 20, 14]})


FIGURES: dict[str, tuple[Callable[..., Axes], Callable[[], pd.DataFrame]]] = {
    "reply_latency": (plots.plot_reply_latency, curves),
    "private_share": (plots.plot_private_share, ties),
    "balance": (plots.plot_balance, ties),
    "closure": (plots.plot_closure, closing),
    "contrast": (plots.plot_contrast, contrast),
    "contacts": (plots.plot_contacts, contacts),
    "activity": (plots.plot_activity, weeks),
}
each = pytest.mark.parametrize("name", list(FIGURES))


def texts_of(ax: Axes) -> list[Text]:
    """Return the texts of a figure that can be seen."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.canvas.draw()
    found = figure.findobj(Text)
    return [t for t in found if isinstance(t, Text) and t.get_visible() and t.get_text().strip()]


@each
@pytest.mark.parametrize("language", ["en", "fr"])
def test_figures_are_drawn_with_words_in_the_language(name: str, language: str) -> None:
    plot, data = FIGURES[name]
    ax = plot(data(), language=language)
    assert isinstance(ax, Axes)
    shown = " ".join(text.get_text() for text in texts_of(ax))
    other = plots.WORDS["fr" if language == "en" else "en"]
    own = plots.WORDS[language]
    words = [text for text in own.values() if "{" not in text and text in shown.replace("\n", " ")]
    assert words
    strange = [t for k, t in other.items() if t not in own.values() and f" {t} " in f" {shown} "]
    assert [t for t in strange if "{" not in t and len(t) > 7] == []


@each
def test_given_axes_are_used_and_data_left_alone(name: str) -> None:
    plot, data = FIGURES[name]
    table = data()
    before = table.copy(deep=True)
    _, ax = plt.subplots()
    assert plot(table, ax=ax) is ax
    pd.testing.assert_frame_equal(table, before)


@each
def test_a_missing_column_is_named_and_no_data_says_so(name: str) -> None:
    plot, data = FIGURES[name]
    with pytest.raises(InputError, match="needs columns"):
        plot(pd.DataFrame({"x": [1]}))
    ax = plot(data().iloc[:0])
    assert any("nothing to show" in text.get_text() for text in texts_of(ax))


@each
def test_an_unknown_language_is_refused(name: str) -> None:
    plot, data = FIGURES[name]
    with pytest.raises(InputError, match="language must be one of en, fr"):
        plot(data(), language="de")


@each
@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_two_texts_overlap(name: str, language: str) -> None:
    plot, data = FIGURES[name]
    ax = plot(data(), language=language)
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts_of(ax)]
    for i, (one, box) in enumerate(boxes):
        for other, beside in boxes[i + 1 :]:
            shrunk = box.padded(-1.5)
            assert not shrunk.overlaps(beside.padded(-1.5)), (one, other)


@each
def test_every_series_differs_by_more_than_colour(name: str) -> None:
    plot, data = FIGURES[name]
    ax = plot(data())
    legend = ax.get_legend()
    if legend is None or len(legend.get_lines()) < 2:
        pytest.skip("one series")
    drawn = [(str(line.get_linestyle()), str(line.get_marker())) for line in legend.get_lines()]
    assert len(set(drawn)) == len(drawn)


def test_looks_are_fixed_for_known_kinds_and_distinct() -> None:
    found = looks(["dyad", "choir", "twinome", "band"])
    assert found["twinome"] == looks(["twinome"])["twinome"]
    assert len({(look.colour, str(look.line), look.marker) for look in found.values()}) == 4


def test_hostile_names_are_drawn_as_they_are() -> None:
    names = list(dict.fromkeys(clean_text(text, 40) for text in HOSTILE))
    ax = plots.plot_reply_latency(curves(tuple(names)))
    shown = [text.get_text() for text in texts_of(ax)]
    assert any("\\$\\frac{1}{" in text for text in shown)
    assert any("<script>" in text for text in shown)
    table = ties(6).assign(kind=[names[n % 3] for n in range(18)])
    texts_of(plots.plot_private_share(table))
    rows = contrast().assign(kind="$\\frac", compared_with=["$$", "a$b", "\\$x$"])
    texts_of(plots.plot_contrast(rows))


@pytest.mark.parametrize("text", HOSTILE)
def test_labels_can_be_drawn(text: str) -> None:
    drawn = label(text)
    drawn.encode("utf-8")
    assert 0 < len(drawn) <= 90
    assert drawn.count("$") == drawn.count(r"\$")


def test_no_artist_holds_a_point_per_tie() -> None:
    table = ties(60)
    for plot in (plots.plot_private_share, plots.plot_balance):
        for detail in ("bins", "quartiles"):
            ax = plot(table, detail=detail)
            assert max(len(line.get_xdata()) for line in ax.lines) <= 3  # type: ignore[arg-type]
            assert not ax.collections
            assert len(ax.patches) <= 3 * 20


def test_quartiles_leave_out_extremes_and_small_kinds() -> None:
    value = [0.0, 0.4, 0.5, 0.6, 1.0, 0.7, 0.7, 0.7, 0.7]
    table = pd.DataFrame({"kind": ["dyad"] * 5 + ["twinome"] * 4, "value": value})
    ax = plots.plot_private_share(table, detail="quartiles")
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["dyad\n5 ties"]
    drawn = np.concatenate([np.atleast_1d(np.asarray(line.get_xdata())) for line in ax.lines])
    assert set(drawn.round(6)) == {0.4, 0.5, 0.6, 0.8}


def test_latency_plots_what_it_is_given() -> None:
    table = curves(("dyad",))
    ax = plots.plot_reply_latency(table)
    line = ax.lines[0]
    np.testing.assert_array_equal(line.get_ydata(), table["survival"])
    assert ax.get_xscale() == "function"
    labels = [text.get_text() for text in ax.get_legend().get_texts()]  # type: ignore[union-attr]
    assert labels == [
        "dyad: 1,234 turns of 40 ties",
        "horizon 72 h: a later answer counts as none",
    ]


def test_closure_plots_the_closed_share() -> None:
    ax = plots.plot_closure(closing())
    drawn = np.asarray(ax.lines[0].get_ydata(), dtype=float)
    np.testing.assert_allclose(drawn, np.array([0, 0, 0.1, 0.2]))


def test_contrast_has_a_panel_per_unit() -> None:
    ax = plots.plot_contrast(contrast())
    figure = ax.get_figure(root=True)
    assert figure is not None
    assert [panel.get_xlabel().split("\n")[0] for panel in figure.axes] == [
        "difference, hours",
        "difference, share (0 to 1)",
    ]
    hollow = [
        line.get_markerfacecolor() for line in figure.axes[1].lines if line.get_marker() == "^"
    ]
    assert hollow == ["white"]
    one = plots.plot_contrast(contrast(), unit="share")
    assert len(one.get_yticks()) == 2
    with pytest.raises(InputError, match="unit must be one of"):
        plots.plot_contrast(contrast(), unit="days")


def test_contacts_are_means_over_persons() -> None:
    ax = plots.plot_contacts(contacts())
    assert [patch.get_width() for patch in ax.patches] == [500, 30, 12]  # type: ignore[attr-defined]
    assert [text.get_text() for text in ax.texts] == [
        "500",
        "30.0 (6.0% of declared)",
        "12.0 (2.4% of declared)",
    ]


def test_weeks_of_few_writers_are_gaps_and_silent_weeks_are_zero() -> None:
    table = weeks(6)
    table = table[table["visibility"] == "public"].reset_index(drop=True)
    table.loc[4, "persons"] = 2
    ax = plots.plot_activity(table.drop(index=2), fewest=5)
    drawn = np.asarray(ax.lines[0].get_ydata(), dtype=float)
    np.testing.assert_array_equal(drawn, [5, 6, 0, 8, np.nan, 10])


# --- the tables behind the figures ---------------------------------------------------------------


def talk() -> Community:
    """Return three persons who write to each other at known hours."""
    rng = np.random.default_rng(4)
    times = np.cumsum(rng.exponential(9, 400))
    pairs = rng.integers(0, 3, 400)
    sides = rng.integers(0, 2, 400)
    ends = [(0, 1), (0, 2), (1, 2)]
    rows = [
        (*(ends[p] if s else ends[p][::-1]), int(t * 3600))
        for p, s, t in zip(pairs, sides, times, strict=True)
    ]
    table = pd.DataFrame(rows, columns=["sender", "recipient", "time"])
    return from_dataframe(table, visibility="private_1to1", unit="s", community="c")


def test_latency_curves_equal_kaplan_meier_on_the_turns() -> None:
    community = talk()
    turns = community.turns("private")
    frame = pd.DataFrame({"community": "c", "kind": "dyad", "group": 0, "person": [0, 1]})
    found = plots.latency_curves(community, frame)
    ends = turns[["author_id", "other_id"]]
    lo, hi = ends.min(axis=1), ends.max(axis=1)
    inside = (lo == 0) & (hi == 1)
    for kind, own in (("dyad", turns[inside]), ("other", turns[~inside])):
        exact = kaplan_meier(own["latency_h"], own["observed"])
        curve = found[found["kind"] == kind]
        at = curve["hours"].to_numpy()[1:-1]
        # A step of the figure holds what happened up to its end.
        expected = exact.survival_at(at)
        assert np.nanmax(np.abs(curve["survival"].to_numpy()[1:-1] - expected)) < 0.02
        assert curve["turns"].iloc[0] == len(own)
    rests_on = found.groupby("kind")[["ties", "persons"]].first()
    assert rests_on.to_numpy().tolist() == [[1, 2], [2, 3]]


def test_latency_curves_without_groups_and_without_turns() -> None:
    whole = plots.latency_curves(talk())
    assert set(whole["kind"]) == {"all"}
    assert whole["survival"].is_monotonic_decreasing
    assert plots.latency_curves(talk(), layer="public").empty


def test_each_tie_is_counted_once_under_its_closest_kind() -> None:
    rows: list[tuple[str, str, int, int, str]] = [
        *(("c", "friend_network", 0, p, "ego" if p == 0 else "contact") for p in range(5)),
        *(("c", "twinome", 0, p, "member") for p in (0, 1, 2)),
        *(("c", "choir", 0, p, "member") for p in (1, 2, 3)),
    ]
    frame = pd.DataFrame(rows, columns=["community", "kind", "group", "person", "role"])
    found = plots.ties_by_kind(frame)
    assert found.groupby("kind").size().to_dict() == {"choir": 2, "friend_network": 2, "twinome": 3}
    assert not found.duplicated(["lo", "hi"]).any()


def test_weekly_activity_counts_messages_and_writers() -> None:
    day = 86_400
    monday = 1_704_067_200  # 1 January 2024
    times = [monday, monday + 6 * day, monday + 7 * day, monday + 20 * day]
    table = pd.DataFrame({"sender": list("aabc"), "recipient": list("bbaa"), "time": times})
    community = from_dataframe(table, visibility="public", unit="s")
    found = plots.weekly_activity(community)
    assert found["n"].tolist() == [2, 1, 1]
    assert found["persons"].tolist() == [1, 1, 1]
    assert found["week"].dt.date.astype(str).tolist() == ["2024-01-01", "2024-01-08", "2024-01-15"]
    assert plots.weekly_activity(community, weeks=4)["n"].sum() == 4
    with pytest.raises(InputError, match="whole weeks"):
        plots.weekly_activity(community, weeks=0)


# --- numbers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "english", "french"),
    [
        (0.79653, "0.797", "0,797"),
        (0.9996, "1.00", "1,00"),
        (1234567.0, "1,234,567", "1\u202f234\u202f567"),
        (-12.345, "−12.3", "−12,3"),
        (0.0, "0", "0"),
        (float("nan"), "–", "–"),
        (float("-inf"), "−∞", "−∞"),
        (99.95, "100", "100"),
        (1.5e-12, "1.50e−12", "1,50e−12"),
    ],
)
def test_three_digits_in_both_languages(value: float, english: str, french: str) -> None:
    assert show_number(value, "en") == english
    assert show_number(value, "fr") == french


def test_ticks_and_percentages() -> None:
    ticks: list[Any] = [show_tick(t, "fr") for t in (0.2, 0.30000000000000004, 1.0, 1000)]
    assert ticks == ["0,2", "0,3", "1", "1\u202f000"]
    assert show_percent(0.035, "en", 1) == "3.5%"
    assert show_percent(0.8, "fr") == "80\u202f%"
