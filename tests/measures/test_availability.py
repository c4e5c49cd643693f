"""Availability against a count by hand and a plain re-implementation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from supportnet.community import Community, from_dataframe
from supportnet.dataset import lazy
from supportnet.errors import InputError
from supportnet.measures.availability import availability
from supportnet.schema import BUILD_TABLES, COVERAGE_FLAGS

DAY = 86_400


def talk_of(rows: list[tuple[str, str, float]], days: int) -> Community:
    """Return private messages (from, to, day) observed for some days."""
    table = pd.DataFrame(rows, columns=["sender", "recipient", "time"])
    table["time"] = (table["time"] * DAY).round().astype("int64")
    start, stop = (pd.Timestamp(d * DAY, unit="s", tz="UTC") for d in (0, days))
    return from_dataframe(table, visibility="private_1to1", unit="s", start=start, end=stop)


def of(talk: Community, table: pd.DataFrame, name: str) -> pd.Series:
    """Return the row of one of the researcher's ids."""
    ids = talk.id_map().set_index("id")["person_id"]
    return table[table["person_id"] == ids[name]].iloc[0]


def both(a: str, b: str, days: range) -> list[tuple[str, str, float]]:
    """Return a message each way on each of some days."""
    return [(x, y, day + part) for day in days for x, y, part in ((a, b, 0.0), (b, a, 0.5))]


def test_sixty_days_of_eighty_four() -> None:
    # 84 days whose window of 28 lies inside 111 days; with c the exchange stops on day 59.
    talk = talk_of(both("a", "b", range(111)) + both("a", "c", range(60)), 111)
    table = availability(talk)
    row = of(talk, table, "a")
    # The last exchange with c counts until day 59 + 27 = 86, i.e. on days 27..86.
    assert (row["value"], row["n"]) == (pytest.approx(60 / 84), 84)
    assert of(talk, table, "b")["value"] == 0.0


def test_both_ways_are_needed() -> None:
    rows = [*both("a", "b", range(40)), ("a", "c", 1.0), ("a", "c", 20.0)]
    talk = talk_of(rows, 40)
    assert of(talk, availability(talk), "a")["value"] == 0.0


def test_a_short_archive_cannot_say() -> None:
    talk = talk_of(both("a", "b", range(27)) + both("a", "c", range(27)), 27)
    table = availability(talk)
    assert set(table["status"]) == {"not_identified"}
    assert table["value"].isna().all()
    longer = talk_of(both("a", "b", range(28)) + both("a", "c", range(28)), 28)
    row = of(longer, availability(longer), "a")
    assert (row["value"], row["n"], row["status"]) == (1.0, 1, "ok")


@pytest.mark.parametrize("seed", range(6))
def test_against_a_plain_reimplementation(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, people, days, window = 120, 5, 60, int(rng.choice([3, 7, 28]))
    sender = rng.integers(0, people, n)
    other = (sender + 1 + rng.integers(0, people - 1, n)) % people
    day = rng.integers(0, days, n) + rng.choice([0.0, 0.5], n)
    day[0] = 0.0  # coverage begins with the first message
    rows = list(zip(sender.tolist(), other.tolist(), day.tolist(), strict=True))
    talk = talk_of(rows, days)
    names = talk.id_map().set_index("person_id")["id"]
    table = availability(talk, window=f"{window}D")
    sent = {(s, o, int(d)) for s, o, d in rows}
    for row in table.itertuples():
        me = names[row.person_id]
        good = 0
        for today in range(window - 1, days):
            recent = range(today - window + 1, today + 1)
            alters = [
                p
                for p in range(people)
                if any((me, p, d) in sent for d in recent)
                and any((p, me, d) in sent for d in recent)
            ]
            good += len(alters) >= 2
        assert row.value == pytest.approx(good / (days - window + 1))
        assert row.n == days - window + 1


def test_only_who_gave_an_archive_is_known() -> None:
    talk = talk_of(both("a", "b", range(40)) + both("a", "c", range(40)), 40)
    record = {"source_id": 0, "start_us": 0, "end_us": 40 * DAY * 10**6, "resolution_us": 1}
    record |= dict.fromkeys(COVERAGE_FLAGS, False) | {"end_basis": "stated", "owner_id": 0}
    record |= {"private_in": True, "private_out": True}
    one = lazy(pa.Table.from_pylist([record], schema=BUILD_TABLES["coverage"]))
    talk.dataset.__dict__["tables"] = {**talk.dataset.tables, "coverage": one}
    table = availability(talk).set_index("person_id")
    assert table.loc[0, "value"] == 1.0
    assert table.loc[[1, 2], "status"].tolist() == ["not_identified"] * 2


def test_nothing_and_refusals() -> None:
    empty = pd.DataFrame({"sender": [], "recipient": [], "time": np.array([], np.int64)})
    assert availability(from_dataframe(empty, visibility="private_1to1", unit="s")).empty
    talk = talk_of(both("a", "b", range(3)), 3)
    with pytest.raises(InputError, match="level must be one of person"):
        availability(talk, level="tie")
    with pytest.raises(InputError, match="window must be a duration"):
        availability(talk, window="month")
