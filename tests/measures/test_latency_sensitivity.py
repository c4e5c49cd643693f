"""The table of definitions against what each definition says by itself."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from supportnet.community import Community, from_dataframe
from supportnet.errors import InputError
from supportnet.measures.latency_sensitivity import latency_sensitivity

HOUR = 3600
D1 = [("a", 0.0), ("a", 0.1), ("b", 1.1), ("a", 3.1), ("a", 5.1), ("b", 9.1), ("b", 9.2)]
D1 += [("a", 10.2), ("b", 90.0), ("a", 92.0)]


def talk_of(rows: list[tuple[str, float]], end: float) -> Community:
    """Return a private talk of a and b; times and end in hours."""
    table = pd.DataFrame(rows, columns=["sender", "time"])
    table["recipient"] = np.where(table["sender"] == "a", "b", "a")
    table["time"] = (table["time"] * HOUR).round().astype("int64")
    stop = pd.Timestamp(round(end * HOUR), unit="s", tz="UTC")
    return from_dataframe(table, visibility="private_1to1", unit="s", end=stop)


def of(table: pd.DataFrame, definition: str, words: str = "") -> float:
    """Return the first value of a definition whose settings hold some words."""
    rows = table[(table["definition"] == definition) & table["parameter"].str.contains(words)]
    return float(rows["value"].iloc[0])


def test_the_worked_example() -> None:
    table = latency_sensitivity(talk_of(D1, 120))
    # Seven turns: 1, 2, 6, 1, 72+, 2, 28+.
    assert table["definition"].tolist()[:3] == ["km_median", "rmst_24h", "rate_24h"]
    assert of(table, "km_median") == 2.0
    assert of(table, "rmst_24h") == pytest.approx((1 + 2 + 6 + 1 + 24 + 2 + 24) / 7)
    assert of(table, "rmst_24h", "last_burst") == pytest.approx((1 + 2 + 4 + 1 + 24 + 2 + 24) / 7)
    assert of(table, "rate_24h") == pytest.approx(5 / 7)
    assert of(table, "answered_mean") == pytest.approx(12 / 5)
    assert of(table, "answered_median") == 2.0
    # Gaps at changes of sender: 1, 2, 4, 1, 79.8, 2.
    assert of(table, "sender_change_mean") == pytest.approx(89.8 / 6)
    assert of(table, "sender_change_median") == 2.0
    with_burst = of(table, "rmst_24h", "burst=2min")
    assert with_burst == pytest.approx((1.1 + 2 + 6 + 1.1 + 24 + 2 + 24) / 7)
    dashboards = table[table["definition"].str.startswith("dashboard")]
    assert set(dashboards["status"]) == {"empty"}
    assert table["meaning"].str.len().min() > 20
    assert set(table["unit"]) == {"h", "share"}


def test_dashboards_keep_gaps_from_five_seconds_to_half_an_hour() -> None:
    seconds = [0, 4, 9, 1809, 3610]  # gaps 4, 5, 1800, 1801
    talk = talk_of([("ab"[k % 2], s / HOUR) for k, s in enumerate(seconds)], 2)
    table = latency_sensitivity(talk)
    assert of(table, "dashboard_mean") == pytest.approx((5 + 1800) / 2 / HOUR)
    assert of(table, "sender_change_mean") == pytest.approx(3610 / 4 / HOUR)


def test_the_horizon_decides_late_answers() -> None:
    table = latency_sensitivity(talk_of([("a", 0), ("b", 100)], 400))
    medians = table[table["definition"] == "km_median"].set_index("parameter")["value"]
    assert np.isnan(medians["anchor=first_burst, horizon=72h, burst=10min"])
    assert medians["anchor=first_burst, horizon=168h, burst=10min"] == 100.0
    rows = table[(table["definition"] == "km_median") & table["value"].isna()]
    assert set(rows["status"]) == {"all_censored"}


def test_dropping_the_unanswered_hides_refusal() -> None:
    # The same answers, with and without turns that are never answered.
    rng = np.random.default_rng(5)
    waits = np.minimum(rng.lognormal(np.log(2), 1.0, 200), 23.0)
    tables = []
    for refused in (0, 100):
        rows: list[tuple[str, float]] = []
        for k, wait in enumerate(waits):
            # b's own turn is answered soon, so that only a's turns differ.
            rows += [("a", 200.0 * k), ("b", 200.0 * k + wait), ("a", 200.0 * k + wait + 0.1)]
        rows += [("a", 200.0 * (200 + k)) for k in range(refused)]
        tables.append(latency_sensitivity(talk_of(rows, 200.0 * (200 + refused))))
    few, many = tables
    assert of(many, "answered_mean") == of(few, "answered_mean")
    assert of(many, "answered_median") == of(few, "answered_median")
    assert of(many, "rate_24h") == pytest.approx(400 / 700)
    assert of(few, "rate_24h") == pytest.approx(400 / 600)
    assert of(many, "rmst_24h") > of(few, "rmst_24h")


def test_nothing_at_all() -> None:
    empty = pd.DataFrame({"sender": [], "recipient": [], "time": np.array([], np.int64)})
    table = latency_sensitivity(from_dataframe(empty, visibility="private_1to1", unit="s"))
    assert set(table["status"]) == {"empty"}
    assert table["value"].isna().all()
    public = latency_sensitivity(talk_of(D1, 120), layer="public")
    assert set(public["status"]) == {"not_identified"}


def test_an_unknown_layer() -> None:
    with pytest.raises(InputError, match="layer must be one of private, public"):
        latency_sensitivity(talk_of(D1, 120), layer="group")
