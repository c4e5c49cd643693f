"""Continuity against the worked example and a plain re-implementation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from supportnet.community import Community, from_dataframe
from supportnet.dataset import lazy
from supportnet.errors import InputError
from supportnet.measures.continuity import chain_continuity
from supportnet.schema import BUILD_TABLES, COVERAGE_FLAGS

HOUR = 3600
D1 = [("a", 0.0), ("a", 0.1), ("b", 1.1), ("a", 3.1), ("a", 5.1), ("b", 9.1), ("b", 9.2)]
D1 += [("a", 10.2), ("b", 90.0), ("a", 92.0)]


def talk_of(rows: list[tuple[str, str, float]], end: float) -> Community:
    """Return private messages (from, to, hours) observed from 0 to `end` hours."""
    table = pd.DataFrame(rows, columns=["sender", "recipient", "time"])
    table["time"] = (table["time"] * HOUR).round().astype("int64")
    start, stop = (pd.Timestamp(round(h * HOUR), unit="s", tz="UTC") for h in (0, end))
    return from_dataframe(table, visibility="private_1to1", unit="s", start=start, end=stop)


def d1() -> Community:
    """Return the worked example."""
    return talk_of([(w, "b" if w == "a" else "a", t) for w, t in D1], 120)


def values(table: pd.DataFrame) -> dict[str, float]:
    """Return the values of a single unit by measure."""
    assert table["measure"].is_unique
    return dict(zip(table["measure"], table["value"], strict=True))


def test_the_worked_example() -> None:
    table = chain_continuity(d1(), bin="1D")
    found = values(table)
    assert found["continuity"] == pytest.approx(0.4)
    assert found["longest_silence"] == pytest.approx(79.8)
    assert found["breaks"] == 1
    assert found["longest_run"] == 1
    assert set(table["n"]) == {5}


def test_the_open_end_is_a_silence() -> None:
    found = values(chain_continuity(talk_of([("a", "b", 0), ("b", "a", 1)], 200), bin="1D"))
    assert found["longest_silence"] == 199.0
    assert found["breaks"] == 1


def test_cut_bins_are_dropped() -> None:
    talk = talk_of([("a", "b", 0), ("b", "a", 2), ("a", "b", 49), ("b", "a", 50)], 71)
    assert values(chain_continuity(talk, bin="1D"))["continuity"] == 0.5
    short = chain_continuity(talk, bin="4D").set_index("measure")
    assert short.loc["continuity", "status"] == "zero_denominator"
    assert short.loc["longest_run", "status"] == "zero_denominator"
    assert short.loc["longest_silence", "value"] == 47.0


@pytest.mark.parametrize("seed", range(10))
def test_against_a_plain_reimplementation(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, people, width = 200, 4, int(rng.choice([6, 24, 72]))
    hours = np.sort(rng.choice([0.0, 1.0, 24.0], n) + rng.uniform(0, 1500, n))
    hours[0] = 0.0
    sender = rng.integers(0, people, n)
    other = (sender + 1 + rng.integers(0, people - 1, n)) % people
    rows = list(zip(sender.tolist(), other.tolist(), hours.round(3).tolist(), strict=True))
    end = float(hours[-1] // 1 + rng.integers(1, 300))
    rng.shuffle(rows)
    talk = talk_of(rows, end)
    names = talk.id_map().set_index("person_id")["id"]
    table = chain_continuity(talk, bin=f"{width}h", horizon="48h")
    for (lo, hi), own in table.groupby(["lo", "hi"]):
        pair = {names[lo], names[hi]}
        mine = sorted((t, s) for s, o, t in rows if {s, o} == pair)
        bins = int(end // width)
        full = [
            len({s for t, s in mine if k * width <= round(t * HOUR) / HOUR < (k + 1) * width}) == 2
            for k in range(bins)
        ]
        run = max((len(r) for r in "".join("x" if f else " " for f in full).split()), default=0)
        times = [round(t * HOUR) / HOUR for t, _ in mine] + [end]
        gaps = np.diff(times)
        found = values(own)
        assert found["continuity"] == pytest.approx(sum(full) / bins)
        assert found["longest_run"] == run
        assert found["longest_silence"] == pytest.approx(gaps.max())
        assert found["breaks"] == (gaps > 48).sum()


def grouped(people: list[Any], talk: Community, **more: Any) -> pd.DataFrame:
    """Return the continuity of one group of the researcher's ids."""
    ids = talk.id_map().set_index("id")["person_id"]
    groups = pd.DataFrame(
        {
            "community": talk.name,
            "kind": more.pop("kind", "t"),
            "group": 0,
            "person": [int(ids.get(p, 99)) for p in people],
            **{k: v for k, v in more.items() if k == "role"},
        }
    )
    return chain_continuity(talk, level="group", groups=groups, bin="1D")


def test_a_group_is_as_strong_as_its_weakest_link() -> None:
    rows = [("a", "b", h) for h in (0, 25)] + [("b", "a", h) for h in (1, 26)]
    rows += [("a", "c", 2), ("c", "a", 3), ("b", "c", 4), ("c", "b", 30)]
    talk = talk_of(rows, 48)
    found = values(grouped(["a", "b", "c"], talk))
    assert found["continuity"] == 0.0
    assert found["continuity_mean"] == pytest.approx((1 + 0.5 + 0) / 3)
    assert found["longest_run"] == 0
    assert found["longest_silence"] == 45.0
    by_person = chain_continuity(talk, level="person", bin="1D")
    own = by_person[(by_person["person_id"] == 0) & (by_person["measure"] == "continuity")]
    assert own[["value", "n"]].to_numpy().tolist() == [[0.5, 2]]


def test_covered_but_silent_is_a_true_zero() -> None:
    table = grouped(["a", "nobody"], d1()).set_index("measure")
    assert set(table["status"]) == {"empty"}
    assert table.loc["continuity", "value"] == 0.0
    assert table.loc["longest_silence", "value"] == 120.0
    assert table.loc["breaks", "value"] == 1
    # One silent pair among others is a link, not an empty group.
    mixed = grouped(["a", "b", "nobody"], d1()).set_index("measure")
    assert set(mixed["status"]) == {"ok"}
    assert mixed.loc["continuity", "value"] == 0.0


def test_only_private_messages_count() -> None:
    rows = [("a", "b", 0), ("b", "a", 1)]
    table = pd.DataFrame(rows, columns=["sender", "recipient", "time"]).assign(
        visibility=["private_1to1", "public"]
    )
    table["time"] *= HOUR
    talk = from_dataframe(table, unit="s", end=pd.Timestamp("1970-01-03", tz="UTC"))
    assert values(chain_continuity(talk, bin="1D"))["continuity"] == 0.0


def test_one_archive_does_not_show_other_ties() -> None:
    talk = talk_of([("a", "b", 0), ("b", "a", 1), ("b", "c", 2), ("c", "b", 3)], 48)
    record = {"source_id": 0, "start_us": 0, "end_us": 48 * HOUR * 10**6, "resolution_us": 1}
    record |= dict.fromkeys(COVERAGE_FLAGS, False) | {"end_basis": "stated", "owner_id": 0}
    record |= {"private_in": True, "private_out": True}
    one = lazy(pa.Table.from_pylist([record], schema=BUILD_TABLES["coverage"]))
    talk.dataset.__dict__["tables"] = {**talk.dataset.tables, "coverage": one}
    table = chain_continuity(talk, bin="1D")
    assert set(table.loc[table["lo"] == 1, "status"]) == {"not_identified"}
    assert set(table.loc[table["lo"] == 0, "status"]) == {"ok"}
    assert set(grouped(["a", "b", "c"], talk)["status"]) == {"not_identified"}
    # The owner with a stranger is covered, and silent.
    assert set(grouped(["a", "c"], talk)["status"]) == {"empty"}
    by_person = chain_continuity(talk, level="person", bin="1D")
    assert set(by_person.loc[by_person["person_id"] == 2, "status"]) == {"not_identified"}


def test_nothing_at_all() -> None:
    empty = pd.DataFrame({"sender": [], "recipient": [], "time": np.array([], np.int64)})
    talk = from_dataframe(empty, visibility="private_1to1", unit="s")
    assert chain_continuity(talk).empty
    assert chain_continuity(talk, level="person").empty


def test_names_do_not_matter() -> None:
    rows = [(w, "b" if w == "a" else "a", t) for w, t in D1]
    other = [({"a": "z", "b": "y"}[w], {"a": "z", "b": "y"}[o], t) for w, o, t in reversed(rows)]
    one, two = (chain_continuity(talk_of(r, 120), bin="1D") for r in (rows, other))
    pd.testing.assert_frame_equal(one, two)


def test_refusals() -> None:
    with pytest.raises(InputError, match="level must be one of tie, person, group"):
        chain_continuity(d1(), level="network")
    with pytest.raises(InputError, match="bin must be a duration"):
        chain_continuity(d1(), bin="week")
