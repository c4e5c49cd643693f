"""Reply latency against the worked example, group by group, and where it is not defined."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from builders import community
from supportnet.community import Community, from_dataframe
from supportnet.dataset import lazy
from supportnet.errors import InputError
from supportnet.inference import kaplan_meier, t_interval
from supportnet.measures.latency import LATENCY_MEASURES, reply_latency, survival_curve
from supportnet.schema import BUILD_TABLES, COVERAGE_FLAGS

HOUR_US = 3_600_000_000
D1 = [("a", 0.0), ("a", 0.1), ("b", 1.1), ("a", 3.1), ("a", 5.1), ("b", 9.1), ("b", 9.2)]
D1 += [("a", 10.2), ("b", 90.0), ("a", 92.0)]


def d1() -> Community:
    """Return the worked example."""
    table = pd.DataFrame(
        {
            "sender": [who for who, _ in D1],
            "recipient": ["b" if who == "a" else "a" for who, _ in D1],
            "time": [round(hours * HOUR_US) for _, hours in D1],
        }
    )
    end = pd.Timestamp(120 * 3600, unit="s", tz="UTC")
    return from_dataframe(table, visibility="private_1to1", unit="us", end=end)


def crowd(seed: int, n: int = 400, people: int = 6, visibility: str = "private_1to1") -> Community:
    """Return random messages among a few people, in conversations."""
    rng = np.random.default_rng(seed)
    sender = rng.integers(0, people, n)
    other = (sender + 1 + rng.integers(0, people - 1, n)) % people
    time = np.cumsum(rng.choice([1, 30, 600, 5000, 90_000], n, p=[0.2, 0.3, 0.3, 0.15, 0.05]))
    table = pd.DataFrame({"sender": sender, "recipient": other, "time": time})
    return from_dataframe(table, visibility=visibility, unit="s")


def of(table: pd.DataFrame, measure: str, **keys: int) -> float:
    """Return one value."""
    rows = table[table["measure"] == measure]
    for key, value in keys.items():
        rows = rows[rows[key] == value]
    assert len(rows) == 1
    return float(rows["value"].iloc[0])


def seen_by(talk: Community, *records: dict[str, Any]) -> Community:
    """Return the same community seen by other sources."""
    filled = [
        {"source_id": i, "start_us": 0, "end_us": 10**15, "resolution_us": 1, "end_basis": "stated"}
        | dict.fromkeys(COVERAGE_FLAGS, False)
        | record
        for i, record in enumerate(records)
    ]
    table = pa.Table.from_pylist(filled, schema=BUILD_TABLES["coverage"])
    talk.dataset.__dict__["tables"] = {**talk.dataset.tables, "coverage": lazy(table)}
    return talk


def test_the_worked_example() -> None:
    table = reply_latency(d1())
    answering_a = {"author_id": 0, "other_id": 1}
    expected = {"median": 6.0, "rmst": 13.75, "rate_24h": 0.5, "rate_1h": 0.25, "rate_8h": 0.5}
    expected |= {"answered": 0.5, "rmst_observed": 13.75, "rate_72h": 0.5}
    for name, value in expected.items():
        assert of(table, name, **answering_a) == pytest.approx(value, abs=1e-12)
    assert of(table, "rmst", author_id=1, other_id=0) == pytest.approx(5 / 3)
    assert of(table, "rate_24h", author_id=1, other_id=0) == 1.0
    assert (table["status"] == "ok").all()
    assert table.groupby("author_id")["n"].unique().tolist() == [[4], [3]]
    late = reply_latency(d1(), anchor="last_burst")
    assert of(late, "median", **answering_a) == 4.0


def test_levels_name_whom_they_count_for() -> None:
    by_person = reply_latency(d1(), level="person")
    # The person is the responder: b answers a's turns.
    assert of(by_person, "median", person_id=1) == 6.0
    tie = reply_latency(d1(), level="tie")
    assert tie[["lo", "hi"]].drop_duplicates().to_numpy().tolist() == [[0, 1]]
    assert set(tie["n"]) == {7}


def expected_of(rows: pd.DataFrame, tau: float = 24.0) -> dict[str, float]:
    """Return every measure of some turns from one curve."""
    curve = kaplan_meier(rows["latency_h"], rows["observed"])
    mean = curve.rmst(tau)
    rates = curve.rate_within([1, 8, 24, 72])
    return {
        "answered": float(rows["observed"].mean()),
        "median": curve.median,
        "rmst": mean.rmst,
        "rmst_observed": mean.rmst_observed,
        **{f"rate_{h}h": float(r) for h, r in zip((1, 8, 24, 72), rates, strict=True)},
    }


@pytest.mark.parametrize("level", ["direction", "tie", "person", "group", "network"])
def test_every_level_is_the_curve_of_its_turns(level: str) -> None:
    talk = crowd(3)
    turns = talk.turns()
    turns["lo"] = turns[["author_id", "other_id"]].min(axis=1)
    turns["hi"] = turns[["author_id", "other_id"]].max(axis=1)
    turns["person_id"] = turns["other_id"]
    members = {0: [0, 1, 2], 1: [1, 2, 3], 2: [4, 5]}
    groups = pd.DataFrame(
        [(talk.name, "g", g, p) for g, people in members.items() for p in people],
        columns=["community", "kind", "group", "person"],
    )
    if level == "group":
        parts = [
            turns[turns["lo"].isin(people) & turns["hi"].isin(people)].assign(kind="g", group=g)
            for g, people in members.items()
        ]
        turns = pd.concat(parts)
    keys = {
        "direction": ["author_id", "other_id"],
        "tie": ["lo", "hi"],
        "person": ["person_id"],
        "group": ["kind", "group"],
        "network": [],
    }[level]
    table = reply_latency(talk, level=level, groups=groups)
    units = list(turns.groupby(keys)) if keys else [((), turns)]
    pooled = table[table["measure"].isin(LATENCY_MEASURES)]
    assert len(pooled) == len(units) * len(LATENCY_MEASURES)
    for (key, rows), (_, own) in zip(
        units, pooled.groupby(np.arange(len(pooled)) // len(LATENCY_MEASURES)), strict=True
    ):
        assert tuple(own[keys].iloc[0]) == tuple(key)
        assert own["measure"].tolist() == sorted(LATENCY_MEASURES)
        for name, value in expected_of(rows).items():
            found = own[own["measure"] == name].iloc[0]
            assert found["value"] == pytest.approx(value, abs=1e-12, nan_ok=True)
            assert (found["status"] == "ok") == (not np.isnan(value))
            assert found["n"] == len(rows)
            assert found["n_observed"] == rows["observed"].sum()


def test_the_network_has_an_interval_over_dyads() -> None:
    talk = crowd(5, people=5)
    ties = reply_latency(talk, level="tie", measures=["rmst", "rate_24h"])
    table = reply_latency(talk, level="network").set_index("measure")
    for name in ("rmst", "rate_24h"):
        own = ties[(ties["measure"] == name) & (ties["n"] >= 5)]
        mean = t_interval(own["value"])
        row = table.loc[f"{name}_dyads"]
        assert row["value"] == pytest.approx(mean.estimate)
        assert (row["ci_low"], row["ci_high"]) == pytest.approx((mean.ci_low, mean.ci_high))
        assert (row["n"], row["ci_method"]) == (mean.n_units, "t")
        assert row["n_excluded"] == len(ties) // 2 - mean.n_units
    assert set(table["coverage"]) == {"whole_community"}


def test_a_friend_network_is_its_egos_ties() -> None:
    talk = crowd(7, people=4)
    groups = pd.DataFrame(
        {
            "community": talk.name,
            "kind": "friend_network",
            "group": 0,
            "person": [0, 1, 2, 3],
            "role": ["ego", "contact", "contact", "contact"],
        }
    )
    table = reply_latency(talk, level="group", groups=groups)
    turns = talk.turns()
    mine = turns[(turns["author_id"] == 0) | (turns["other_id"] == 0)]
    assert set(table["n"]) == {len(mine)}
    assert of(table, "rmst") == pytest.approx(expected_of(mine)["rmst"])


def test_all_unanswered() -> None:
    table = pd.DataFrame(
        {"sender": ["a"] * 3, "recipient": ["b"] * 3, "time": [0, 10**6, 2 * 10**6]}
    )
    end = pd.Timestamp(2 * 10**6 + 36_000, unit="s", tz="UTC")
    talk = from_dataframe(table, visibility="private_1to1", unit="s", end=end)
    found = reply_latency(talk).set_index("measure")
    assert found.loc["median", "status"] == "all_censored"
    assert found.loc["answered", "value"] == 0.0
    assert found.loc["rmst", "value"] == 24.0
    alone = reply_latency(talk.between("1970-01-20"), measures=["rmst", "rmst_observed", "median"])
    words = dict(zip(alone["measure"], alone["status"], strict=True))
    assert words == {"rmst": "not_identified", "rmst_observed": "ok", "median": "all_censored"}
    assert of(alone, "rmst_observed") == pytest.approx(10.0)


@pytest.mark.parametrize("level", ["direction", "tie", "person", "network"])
def test_nothing_at_all(level: str) -> None:
    empty = pd.DataFrame({"sender": [], "recipient": [], "time": np.array([], np.int64)})
    table = reply_latency(from_dataframe(empty, visibility="private_1to1", unit="s"), level=level)
    if level != "network":
        assert table.empty
        return
    assert set(table["status"]) == {"empty"}
    assert table["value"].isna().all()
    assert set(table["n"]) == {0}


def test_a_group_without_messages_is_empty() -> None:
    talk = crowd(1)
    groups = pd.DataFrame({"community": talk.name, "kind": "g", "group": 0, "person": [40, 41]})
    table = reply_latency(talk, level="group", groups=groups)
    assert set(table["status"]) == {"empty"}
    curve = survival_curve(talk, groups=groups, by="kind")
    assert curve.empty
    assert "kind" in curve


def test_one_archive_shows_its_owners_ties() -> None:
    donor = {"owner_id": 0, "private_in": True, "private_out": True, "public_out": True}
    talk = seen_by(crowd(2, people=4), donor)
    table = reply_latency(talk, measures=["answered"])
    mine = (table["author_id"] == 0) | (table["other_id"] == 0)
    assert (table.loc[mine, "status"] == "ok").all()
    assert (table.loc[~mine, "status"] == "not_identified").all()
    assert table.loc[~mine, "value"].isna().all()
    assert table.loc[~mine, "n"].eq(0).all()
    people = [0, 1, 2]
    groups = pd.DataFrame({"community": talk.name, "kind": "g", "group": 0, "person": people})
    assert set(reply_latency(talk, level="group", groups=groups)["status"]) == {"not_identified"}
    network = reply_latency(talk, level="network").set_index("measure")
    assert network.loc["answered", "status"] == "ok"
    assert network.loc["answered", "coverage"] == "observed_ties"
    assert network.loc["answered", "n"] == table["n"].sum()


def test_one_archive_does_not_show_public_answers() -> None:
    donor = {"owner_id": 0, "private_in": True, "private_out": True, "public_out": True}
    talk = seen_by(crowd(2, people=4, visibility="public"), donor)
    for level in ("direction", "tie", "person", "network"):
        table = reply_latency(talk, level=level, layer="public")
        assert set(table["status"]) == {"not_identified"}
        assert table["value"].isna().all()
    silent = reply_latency(seen_by(d1(), donor), level="network", layer="public")
    assert set(silent["status"]) == {"not_identified"}


def test_rows_and_names_do_not_matter() -> None:
    rng = np.random.default_rng(11)
    n = 300
    sender = rng.integers(0, 5, n)
    table = pd.DataFrame(
        {
            "sender": sender,
            "recipient": (sender + 1 + rng.integers(0, 4, n)) % 5,
            "time": np.cumsum(rng.integers(1, 40_000, n)),
        }
    )
    base = reply_latency(
        from_dataframe(table, visibility="private_1to1", unit="s"), level="network"
    )
    other = table.replace({"sender": {0: 77}, "recipient": {0: 77}}).sample(frac=1, random_state=1)
    again = reply_latency(
        from_dataframe(other, visibility="private_1to1", unit="s"), level="network"
    )
    np.testing.assert_allclose(base["value"], again["value"], rtol=1e-12)
    pd.testing.assert_series_equal(base["status"], again["status"])


def test_the_curve_is_that_of_all_turns_or_of_each_kind() -> None:
    curve = survival_curve(d1())
    assert curve["t_h"].tolist() == [1.0, 2.0, 6.0, 28.0, 72.0]
    assert curve["at_risk"].tolist() == [7, 5, 3, 2, 1]
    assert curve["censored"].tolist() == [0, 0, 0, 1, 1]
    assert curve["survival"].iloc[-1] == pytest.approx(2 / 7)
    talk = crowd(4)
    rows = [(talk.name, "x", 0, 0), (talk.name, "x", 0, 1), (talk.name, "x", 1, 0)]
    rows += [(talk.name, "x", 1, 1), (talk.name, "y", 2, 2), (talk.name, "y", 2, 3)]
    groups = pd.DataFrame(rows, columns=["community", "kind", "group", "person"])
    by_kind = survival_curve(talk, groups=groups, by="kind")
    turns = talk.turns()
    for kind, pair in (("x", {0, 1}), ("y", {2, 3})):
        mine = turns["author_id"].isin(pair) & turns["other_id"].isin(pair)
        # The tie stands in two groups of kind x and counts once.
        assert by_kind.loc[by_kind["kind"] == kind, "at_risk"].iloc[0] == mine.sum()
    assert "kind" not in survival_curve(talk, groups=groups)


def test_the_active_clock_counts_the_responders_hours() -> None:
    # b writes to c at any time between 8 and 24 h; a writes to b at 22 h, b answers at 9 h.
    rows = [("b", "c", day * 24 + hour) for day in range(21) for hour in range(8, 24)]
    for day in range(0, 20, 2):
        rows += [("a", "b", day * 24 + 22), ("b", "a", day * 24 + 33)]
    table = pd.DataFrame(rows, columns=["sender", "recipient", "time"])
    table["time"] *= 3600
    talk = from_dataframe(table, visibility="private_1to1", unit="s")
    ids = talk.id_map().set_index("id")["person_id"]
    asked = {"author_id": ids["a"], "other_id": ids["b"]}
    raw, active = (reply_latency(talk, clock=c, measures=["median"]) for c in ("raw", "active"))
    assert of(raw, "median", **asked) == 11.0
    # Smoothing and floor move the plain 4.5 h a little: the night counts at the floor.
    assert of(active, "median", **asked) == pytest.approx(4.5, abs=0.5)
    mine = (active["author_id"] == ids["a"]) & (active["other_id"] == ids["b"])
    assert active.loc[mine, "own_profile"].tolist() == [1.0]
    # a wrote fewer than 200 messages: the dataset's profile stands in.
    back = (active["author_id"] == ids["b"]) & (active["other_id"] == ids["a"])
    assert active.loc[back, "own_profile"].tolist() == [0.0]


def test_the_active_clock_leaves_the_pair_itself_out() -> None:
    # All that b writes, it writes to a: nothing else tells when it is active.
    rows = [("ab"[k % 2], "ba"[k % 2], 3600 * 5 * k) for k in range(500)]
    table = pd.DataFrame(rows, columns=["sender", "recipient", "time"])
    talk = from_dataframe(table, visibility="private_1to1", unit="s")
    active = reply_latency(talk, clock="active", measures=["median"])
    assert set(active["own_profile"]) == {0.0}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"level": "triad"}, "level must be one of direction, tie, person, group, network"),
        ({"layer": "all"}, "layer must be one of private, public"),
        ({"clock": "sun"}, "clock must be one of raw, active"),
        ({"measures": ["mean"]}, "measures must be one of answered"),
        ({"tau": "0h"}, "tau must be a duration"),
        ({"horizon": "eternity"}, "horizon must be a duration"),
        ({"level": "group"}, "needs groups="),
    ],
)
def test_refusals(options: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        reply_latency(d1(), **options)
    with pytest.raises(InputError, match="by must be one of kind"):
        survival_curve(d1(), by="person")


def test_what_bots_post_at_night_is_nobodys_activity() -> None:
    def median(*, bot: bool) -> float:
        rows: list[dict[str, Any]] = [
            {"by": 0, "t": 22.0, "visibility": "private_1to1"},
            {"by": 1, "t": 33.0, "visibility": "private_1to1"},
        ]
        for hour in range(24 * 14):
            by = 2 if hour % 24 >= 8 else 3
            if bot or by == 2:
                rows.append({"by": by, "t": float(hour), "kind": "post", "visibility": "public"})
        c = community(rows, readers=[(0, 1), (1, 0)], bots=(3,))
        asked = {"author_id": 0, "other_id": 1}
        return of(reply_latency(c, clock="active", measures=["median"]), "median", **asked)

    assert median(bot=True) == pytest.approx(median(bot=False), abs=1e-12)
    assert median(bot=True) < 6  # eleven hours on the clock, most of them at night
