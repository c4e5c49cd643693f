"""Waiting against the worked example and a plain re-implementation."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from supportnet.community import Community, from_dataframe
from supportnet.dataset import lazy
from supportnet.errors import InputError
from supportnet.inference import cumulative_incidence
from supportnet.measures.waiting import WAITING_MEASURES, waiting
from supportnet.schema import BUILD_TABLES, COVERAGE_FLAGS

HOUR = 3600
D1 = [("a", 0.0), ("a", 0.1), ("b", 1.1), ("a", 3.1), ("a", 5.1), ("b", 9.1), ("b", 9.2)]
D1 += [("a", 10.2), ("b", 90.0), ("a", 92.0)]


def pair_talk(rows: list[tuple[str, float]], end: float) -> Community:
    """Return a private talk of a and b; times and end in hours."""
    table = pd.DataFrame(
        {
            "sender": [who for who, _ in rows],
            "recipient": ["b" if who == "a" else "a" for who, _ in rows],
            "time": [round(hours * HOUR) for _, hours in rows],
            "order": range(len(rows)),
        }
    )
    stop = pd.Timestamp(round(end * HOUR), unit="s", tz="UTC")
    return from_dataframe(table, visibility="private_1to1", unit="s", order="order", end=stop)


def row_of(table: pd.DataFrame, measure: str, **keys: int) -> pd.Series:
    """Return one row."""
    rows = table[table["measure"] == measure]
    for key, value in keys.items():
        rows = rows[rows[key] == value]
    assert len(rows) == 1
    return rows.iloc[0]


def test_the_worked_example() -> None:
    table = waiting(pair_talk(D1, 120), level="direction")
    of_a, of_b = {"author_id": 0}, {"author_id": 1}
    for name in WAITING_MEASURES[2:]:
        assert row_of(table, name, **of_a)["value"] == 0.75
        assert row_of(table, name, **of_b)["value"] == 1.0
    assert row_of(table, "waiting_compliance", **of_a)["n"] == 4
    assert row_of(table, "waiting_compliance", **of_b)["n"] == 3
    assert row_of(table, "reprompt_incidence_24h", **of_a)["value"] == pytest.approx(0.25)
    assert row_of(table, "reprompt_incidence_24h", **of_a)["n"] == 4
    assert row_of(table, "reprompt_rate", **of_a)["value"] == pytest.approx(1 / 114.8)
    assert row_of(table, "reprompt_rate", **of_b)["value"] == 0.0


def test_which_re_prompts_count() -> None:
    # Gaps of 30 min, 2 h and 100 h (an opening) before b answers.
    talk = pair_talk([("a", 0), ("a", 0.5), ("a", 2.5), ("a", 102.5), ("b", 103)], 110)
    table = waiting(talk, level="direction")
    value = {name: row_of(table, name, author_id=0)["value"] for name in WAITING_MEASURES}
    assert value["waiting_compliance"] == pytest.approx(1 / 4)
    assert value["waiting_compliance_after_1h"] == pytest.approx(1 / 3)
    assert value["waiting_compliance_within_horizon"] == pytest.approx(1 / 3)
    # The hours of one long wait count once, whatever was written in it.
    assert value["reprompt_rate"] == pytest.approx(3 / 103)


def test_a_burst_without_a_successor_says_nothing() -> None:
    table = waiting(pair_talk([("a", 0)], 50), level="direction").set_index("measure")
    assert table.loc["waiting_compliance", "status"] == "zero_denominator"
    assert np.isnan(table.loc["waiting_compliance", "value"])
    assert table.loc["reprompt_incidence_24h", "value"] == 0.0
    assert table.loc["reprompt_rate", "value"] == 0.0
    at_once = waiting(pair_talk([("a", 0)], 0), level="direction").set_index("measure")
    assert at_once.loc["reprompt_rate", "status"] == "zero_denominator"
    assert at_once.loc["reprompt_incidence_24h", "status"] == "not_identified"


# A plain re-implementation ------------------------------------------------------------------------


def plain(table: pd.DataFrame, end: int, horizon: int = 72 * HOUR, burst: int = 600) -> Any:
    """Return waited, re-prompts with their gaps, spells and turns of each direction."""
    pairs = defaultdict(list)
    for row in table.itertuples():
        pairs[tuple(sorted((row.sender, row.recipient)))].append((row.sender, row.time))
    found = defaultdict(lambda: {"waited": 0, "gaps": [], "spells": [], "turns": []})
    for people, events in pairs.items():
        bursts: list[list[Any]] = []
        for who, t in events:
            if bursts and bursts[-1][0] == who and t - bursts[-1][2] <= burst:
                bursts[-1][2] = t
            else:
                bursts.append([who, t, t])
        for k, (who, _, stop) in enumerate(bursts):
            other = people[0] if people[1] == who else people[1]
            mine = found[who, other]
            following = bursts[k + 1] if k + 1 < len(bursts) else None
            if following and following[0] == who:
                mine["gaps"].append(following[1] - stop)
            elif following:
                mine["waited"] += 1
            later = [b[1] for b in bursts[k + 1 :] if b[0] != who]
            begins = k == 0 or bursts[k - 1][0] != who
            if begins:
                mine["spells"].append((later[0] if later else end) - stop)
            if begins or bursts[k][1] - bursts[k - 1][2] > horizon:
                until, cause = min(horizon, end - stop), 0
                if following and following[0] == who and following[1] - stop <= horizon:
                    until, cause = following[1] - stop, 2
                elif later and later[0] - stop <= horizon:
                    until, cause = later[0] - stop, 1
                mine["turns"].append((until / HOUR, cause))
    return found


@pytest.mark.parametrize("seed", range(8))
def test_against_a_plain_reimplementation(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, people = 250, 4
    sender = rng.integers(0, people, n)
    table = pd.DataFrame(
        {
            "sender": sender,
            "recipient": (sender + 1 + rng.integers(0, people - 1, n)) % people,
            "time": np.cumsum(rng.choice([0, 60, 600, 3600, 40_000, 300_000], n)),
        }
    )
    table["order"] = range(n)
    end = int(table["time"].max()) + 50_000
    talk = from_dataframe(
        table.sample(frac=1, random_state=seed),
        visibility="private_1to1",
        unit="s",
        order="order",
        end=pd.Timestamp(end, unit="s", tz="UTC"),
    )
    names = talk.id_map().set_index("person_id")["id"]
    found, expected = waiting(talk, level="direction"), plain(table, end)
    assert len(found) == len(WAITING_MEASURES) * len(expected)
    for (author, other), own in found.groupby(["author_id", "other_id"]):
        counts = expected[names[author], names[other]]
        got = own.set_index("measure")["value"]
        gaps = np.array(counts["gaps"])
        for name, kept in (
            ("waiting_compliance", gaps >= 0),
            ("waiting_compliance_after_1h", gaps >= HOUR),
            ("waiting_compliance_within_horizon", gaps <= 72 * HOUR),
        ):
            total = counts["waited"] + int(kept.sum())
            share = counts["waited"] / total if total else np.nan
            assert got[name] == pytest.approx(share, nan_ok=True)
        rate = len(gaps) / (sum(counts["spells"]) / HOUR)
        assert got["reprompt_rate"] == pytest.approx(rate)
        times, causes = zip(*counts["turns"], strict=True)
        at = cumulative_incidence(times, causes, cause=2).at(24)[0]
        assert got["reprompt_incidence_24h"] == pytest.approx(at, abs=1e-12, nan_ok=True)


def test_ties_persons_and_groups_pool_what_they_hold() -> None:
    rng = np.random.default_rng(4)
    sender = rng.integers(0, 4, 300)
    table = pd.DataFrame(
        {
            "sender": sender,
            "recipient": (sender + 1 + rng.integers(0, 3, 300)) % 4,
            "time": np.cumsum(rng.integers(1, 30_000, 300)),
        }
    )
    talk = from_dataframe(table, visibility="private_1to1", unit="s")
    ways = waiting(talk, level="direction")
    ways = ways[ways["measure"] == "waiting_compliance"]
    ways["waited"] = ways["value"] * ways["n"]
    persons = waiting(talk, level="person")
    for person, own in ways.groupby("author_id"):
        row = row_of(persons, "waiting_compliance", person_id=person)
        assert row["value"] == pytest.approx(own["waited"].sum() / own["n"].sum())
    ties = waiting(talk, level="tie")
    one = ways[ways["author_id"].isin([0, 2]) & ways["other_id"].isin([0, 2])]
    row = row_of(ties, "waiting_compliance", lo=0, hi=2)
    assert row["value"] == pytest.approx(one["waited"].sum() / one["n"].sum())
    groups = pd.DataFrame({"community": talk.name, "kind": "t", "group": 0, "person": [0, 1, 2]})
    inside = ways[(ways["author_id"] < 3) & (ways["other_id"] < 3)]
    assert len(inside) == 6
    grouped = waiting(talk, level="group", groups=groups)
    # Each of the six directions counts once, however much was written in it.
    assert row_of(grouped, "waiting_compliance")["value"] == pytest.approx(inside["value"].mean())
    assert row_of(grouped, "waiting_compliance")["n"] == inside["n"].sum()


def test_one_archive_does_not_show_other_ties() -> None:
    rows = [("a", "b"), ("b", "a"), ("b", "c"), ("c", "b"), ("a", "b")]
    table = pd.DataFrame(rows, columns=["sender", "recipient"]).assign(time=range(0, 50, 10))
    talk = from_dataframe(table, visibility="private_1to1", unit="s")
    record = {"source_id": 0, "start_us": 0, "end_us": 10**12, "resolution_us": 1}
    record |= dict.fromkeys(COVERAGE_FLAGS, False) | {"end_basis": "stated", "owner_id": 0}
    record |= {"private_in": True, "private_out": True}
    one = lazy(pa.Table.from_pylist([record], schema=BUILD_TABLES["coverage"]))
    talk.dataset.__dict__["tables"] = {**talk.dataset.tables, "coverage": one}
    table = waiting(talk, level="tie")
    hidden = table["lo"] == 1
    assert set(table.loc[hidden, "status"]) == {"not_identified"}
    assert table.loc[hidden, "value"].isna().all()
    assert row_of(table, "waiting_compliance", lo=0)["status"] == "ok"
    groups = pd.DataFrame({"community": talk.name, "kind": "t", "group": 0, "person": [0, 1, 2]})
    assert set(waiting(talk, level="group", groups=groups)["status"]) == {"not_identified"}


def test_nothing_at_all() -> None:
    empty = pd.DataFrame({"sender": [], "recipient": [], "time": np.array([], np.int64)})
    talk = from_dataframe(empty, visibility="private_1to1", unit="s")
    assert waiting(talk).empty
    groups = pd.DataFrame({"community": talk.name, "kind": "t", "group": 0, "person": [0, 1]})
    quiet = waiting(pair_talk(D1, 120), level="group", groups=groups.assign(person=[7, 8]))
    assert set(quiet["status"]) == {"empty"}


@pytest.mark.parametrize("options", [{"level": "network"}, {"layer": "all"}, {"burst": "long"}])
def test_refusals(options: dict[str, str]) -> None:
    with pytest.raises(InputError, match=r"must be (one of|a duration)"):
        waiting(pair_talk(D1, 120), **options)
