"""Balance, who starts, who gives first, and how long a first contact waits."""

from __future__ import annotations

import dataclasses
import math
import random
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from scipy import stats

from builders import community, covers
from supportnet.community import Community, from_dataframe
from supportnet.coverage import span
from supportnet.dataset import lazy
from supportnet.errors import InputError
from supportnet.inference import kaplan_meier
from supportnet.measures.exchange import (
    give_first,
    initiation_balance,
    tie_balance,
    time_to_reciprocate,
)
from supportnet.schema import BUILD_TABLES, COVERAGE_FLAGS

HOUR = 3600
G5 = {
    ("a", "b"): 4, ("b", "a"): 2, ("b", "c"): 3, ("c", "b"): 3,
    ("a", "c"): 1, ("c", "d"): 2, ("d", "e"): 5, ("e", "d"): 1,
}  # fmt: skip


def messages(arcs: dict[tuple[str, str], int]) -> pd.DataFrame:
    rows = [pair for pair, n in arcs.items() for _ in range(n)]
    return pd.DataFrame(rows, columns=["sender", "recipient"]).assign(time=range(len(rows)))


def private(frame: pd.DataFrame) -> Community:
    return from_dataframe(frame, unit="s", visibility="private_1to1")


def talk(*rows: tuple[str, str, float]) -> Community:
    """Return messages at hours, after two strangers who open the record at hour 0."""
    frame = pd.DataFrame([("x", "y", 0.0), *rows], columns=["sender", "recipient", "hour"])
    return private(frame.assign(time=(frame.pop("hour") * HOUR).astype("int64")))


def tie_of(table: pd.DataFrame, c: Community, one: str, two: str) -> pd.DataFrame:
    ids = c.id_map().set_index("id")["person_id"]
    lo, hi = sorted((ids[one], ids[two]))
    rows: pd.DataFrame = table[(table["lo"] == lo) & (table["hi"] == hi)]
    return rows


def covered(c: Community, *owners: int) -> Community:
    flags = dict.fromkeys(COVERAGE_FLAGS, False) | {"private_in": True, "private_out": True}
    rows = [
        {
            "source_id": i, "owner_id": owner, "start_us": 0, "end_us": 10**15,
            "resolution_us": 1, "end_basis": "stated", **flags,
        }
        for i, owner in enumerate(owners)
    ]  # fmt: skip
    tables = dict(c.dataset.tables)
    tables["coverage"] = lazy(pa.Table.from_pylist(rows, schema=BUILD_TABLES["coverage"]))
    return Community(dataclasses.replace(c.dataset, tables=tables, cache={}, memo={}))


def random_talk(seed: int, n: int = 300) -> pd.DataFrame:
    draw = random.Random(seed)
    rows, hour = [("x", "y", 0.0)], 0.0
    for _ in range(n):
        hour += draw.choice([0.1, 0.1, 1, 5, 9, 30])
        sender, recipient = draw.sample("abcd", 2)
        rows.append((sender, recipient, hour))
    frame = pd.DataFrame(rows, columns=["sender", "recipient", "hour"])
    return frame.assign(time=(frame.pop("hour") * HOUR).round().astype("int64"))


# --- balance --------------------------------------------------------------------------------


def test_worked_graph() -> None:
    table = tie_balance(private(messages(G5)), on="messages")
    wide = table.pivot(index=["lo", "hi"], columns="measure", values="value")
    assert wide["balance"].tolist() == pytest.approx([2 / 3, 0, 1, 0, 1 / 3])
    assert wide["signed"].tolist() == pytest.approx([1 / 3, 1, 0, 1, 2 / 3])
    assert (wide["excess"] - (wide["balance"] - wide["expected"])).abs().max() < 1e-15


@pytest.mark.parametrize(
    ("n", "expected"),
    [(2, 0.5), (4, 0.625), (10, 0.754), (20, 0.824), (50, 0.888), (100, 0.920), (500, 0.964)],
)
def test_worked_expectations(n: int, expected: float) -> None:
    c = private(messages({("a", "b"): n // 2, ("b", "a"): n - n // 2}))
    table = tie_balance(c, on="messages").set_index("measure")["value"]
    assert table["expected"] == pytest.approx(expected, abs=5e-4)
    assert table["balance"] == 1


@pytest.mark.parametrize(("forth", "back", "p"), [(12, 3, 0.035), (8, 7, 1.0), (5, 0, 0.0625)])
def test_worked_p_values(forth: int, back: int, p: float) -> None:
    c = private(messages({("a", "b"): forth, ("b", "a"): back}))
    table = tie_balance(c, on="messages").set_index("measure")["value"]
    assert table["p"] == pytest.approx(p, abs=5e-4)
    flags = tie_balance(c, on="messages")["few_acts"]
    assert set(flags) == {forth + back < 10}
    assert table["p"] == pytest.approx(stats.binomtest(back, forth + back).pvalue)


def sessions(frame: pd.DataFrame, one: str, two: str, silence: float) -> dict[str, int]:
    """Count session starts of a tie in plain Python; its first message is never truncated here."""
    listed: list[dict[str, Any]] = frame.to_dict("records")  # type: ignore[assignment]
    rows = [r for r in listed if {r["sender"], r["recipient"]} == {one, two}]
    starts = {one: 0, two: 0}
    starts[rows[0]["sender"]] += 1
    for before, row in pairwise(rows):
        starts[row["sender"]] += row["time"] - before["time"] > silence * HOUR
    return starts


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("silence", [8, 24])
def test_starts_against_plain_python(seed: int, silence: int) -> None:
    frame = random_talk(seed)
    frame.loc[frame.index > 0, "time"] += 100 * HOUR
    c = private(frame)
    table = tie_balance(c, silence=f"{silence}h")
    initiation = initiation_balance(c, silence=f"{silence}h")
    ids = c.id_map().set_index("id")["person_id"]
    for one, two in ("ab", "ac", "bd", "cd"):
        starts = sessions(frame, one, two, silence)
        rows = tie_of(table, c, one, two).set_index("measure")
        n = starts[one] + starts[two]
        assert set(rows["n"]) == {n}
        assert rows["value"]["balance"] == pytest.approx(2 * min(starts.values()) / n)
        lower = one if ids[one] < ids[two] else two
        sign = (2 * starts[lower] - n) / n
        assert rows["value"]["signed"] == pytest.approx(sign)
        assert tie_of(initiation, c, one, two)["value"].item() == pytest.approx(sign)


def test_means_leave_out_ties_of_few_acts() -> None:
    c = private(messages({("a", "b"): 12, ("b", "a"): 3, ("a", "c"): 5, ("d", "a"): 10}))
    people = tie_balance(c, level="person", on="messages").set_index(["person_id", "measure"])
    assert people.loc[(0, "balance"), "value"] == pytest.approx((0.4 + 0) / 2)
    assert people.loc[(0, "signed"), "value"] == pytest.approx((0.6 - 1) / 2)
    assert people.loc[(0, "balance"), "n"] == 2
    assert people.loc[(0, "balance"), "n_excluded"] == 1
    assert people.loc[(2, "balance"), "status"] == "too_few_units"
    groups = pd.DataFrame({"community": "table", "kind": "g", "group": 1, "person": [0, 1, 2]})
    group = tie_balance(c, level="group", on="messages", groups=groups).set_index("measure")
    assert group["value"]["balance"] == pytest.approx(0.4)
    assert group["n"].tolist() == [1, 1, 1]
    assert group["n_excluded"].tolist() == [2, 2, 2]


def test_posts_leave_out_what_answers() -> None:
    frame = pd.DataFrame(
        {
            "sender": list("aabb"), "recipient": list("bbaa"), "time": range(4),
            "message_id": range(4), "reply_to": [None, None, 0, 1],
        }
    )  # fmt: skip
    c = from_dataframe(frame, unit="s", visibility="public")
    every = tie_balance(c, layer="public", on="messages").set_index("measure")
    assert every["value"]["balance"] == 1
    posts = tie_balance(c, layer="public", on="posts").set_index("measure")
    assert posts["value"]["balance"] == 0
    assert posts["n"].tolist() == [2] * 5


# --- session starts -------------------------------------------------------------------------


def test_worked_initiation() -> None:
    """Six sessions begun by one, two by the other: .50."""
    hours = [10 + 9 * i for i in range(8)]
    rows = [("a", "b", h) if i not in (2, 5) else ("b", "a", h) for i, h in enumerate(hours)]
    c = talk(*rows)
    table = tie_of(initiation_balance(c), c, "a", "b")
    assert table["value"].tolist() == [0.5]
    assert table["n"].tolist() == [8]
    assert table["truncated"].tolist() == [0]
    sides = initiation_balance(c, level="direction")
    assert sorted(sides["value"].dropna()) == [-0.5, 0.5]


def test_a_session_at_the_start_of_the_record_is_truncated() -> None:
    c = talk(("a", "b", 7.9), ("b", "a", 20))
    table = tie_of(initiation_balance(c), c, "a", "b")
    assert table[["value", "n", "truncated"]].to_numpy().tolist() == [[-1.0, 1.0, 1.0]]
    late = talk(("a", "b", 8.0), ("b", "a", 20))
    assert tie_of(initiation_balance(late), late, "a", "b")["n"].item() == 2
    alone = tie_of(initiation_balance(c), c, "x", "y")
    assert alone["status"].tolist() == ["zero_denominator"]
    assert alone["value"].isna().all()


def test_a_record_stated_to_start_earlier_shows_who_began() -> None:
    """An archive that goes back 8 h before its first message holds nothing earlier."""
    frame = pd.DataFrame({"sender": ["a", "b"], "recipient": ["b", "a"], "time": [0, 20 * HOUR]})
    start = pd.Timestamp("1970-01-01", tz="UTC")
    for before, truncated in ((8.0, 0), (7.9, 1)):
        stated = start - pd.Timedelta(hours=before)
        c = from_dataframe(frame, unit="s", visibility="private_1to1", start=stated)
        table = initiation_balance(c)
        assert table[["n", "truncated"]].to_numpy().tolist() == [[2 - truncated, truncated]]
        assert give_first(c, level="tie")["n_excluded"].tolist() == [truncated]


def test_the_age_of_an_account_shows_who_began_and_is_no_coverage() -> None:
    c = covered(private(pd.DataFrame({
        "sender": ["a", "b"], "recipient": ["b", "a"], "time": [90 * HOUR, 110 * HOUR],
    })), 0)  # fmt: skip
    table = initiation_balance(c)  # the account was opened at hour 0
    assert table[["value", "n", "truncated"]].to_numpy().tolist() == [[0.0, 2.0, 0.0]]
    assert span(c.dataset).start_us == 90 * HOUR * 1_000_000
    assert time_to_reciprocate(c, burn_in="1h")["n"].tolist() == [0] * 4


def test_a_window_truncates_at_its_own_start() -> None:
    frame = random_talk(3)
    c = private(frame)
    cut = c.between("1970-01-21", "1970-02-20")
    assert span(cut.dataset).start_us == 20 * 24 * HOUR * 1_000_000
    seen = frame[frame["time"] >= 20 * 24 * HOUR].groupby(
        frame[["sender", "recipient"]].min(axis=1) + frame[["sender", "recipient"]].max(axis=1)
    )["time"].min()  # fmt: skip
    early = int((seen < (20 * 24 + 8) * HOUR).sum())
    assert early > 0
    assert initiation_balance(cut)["truncated"].sum() == early


def test_silence_of_exactly_the_limit_is_no_silence() -> None:
    c = talk(("a", "b", 20), ("b", "a", 28), ("b", "a", 36.01))
    assert tie_of(initiation_balance(c), c, "a", "b")["n"].item() == 2


# --- giving first ---------------------------------------------------------------------------


def worked_gifts() -> Community:
    one = [("i", "j", 20.0), ("i", "j", 21.0), *[("j", "i", 22.0 + k) for k in range(8)]]
    two = [("k", "i", 20.0), *[("k", "i", 21.0 + k) for k in range(4)]]
    three = [("i", "k", 30.0 + k) for k in range(5)]
    return talk(*one, *two, *three)


def test_worked_giving() -> None:
    c = worked_gifts()
    ids = c.id_map().set_index("id")["person_id"]
    people = give_first(c).set_index("person_id")
    assert people["value"][ids["i"]] == pytest.approx(0.15)
    assert people["n"][ids["i"]] == 2
    assert people["value"][ids["j"]] == pytest.approx(-0.8)
    assert people["value"][ids["k"]] == pytest.approx(0.5)
    assert people["status"][ids["x"]] == "empty"
    assert people["n_excluded"][ids["x"]] == 1
    ties = give_first(c, level="tie")
    assert tie_of(ties, c, "i", "j")["value"].abs().item() == pytest.approx(0.8)


def test_who_sends_most_is_not_thereby_generous() -> None:
    """First acts drawn in proportion to activity: the mean is near 0."""
    rng = np.random.default_rng(4)
    rows = []
    for tie in range(400):
        heavy = rng.random(10) < 0.8
        start = 20 + 0.001 * tie
        rows += [
            ("i", f"p{tie}", start + 0.01 * k) if own else (f"p{tie}", "i", start + 0.01 * k)
            for k, own in enumerate(heavy)
        ]
    c = talk(*rows)
    who = c.id_map().set_index("id")["person_id"]["i"]
    assert abs(give_first(c).set_index("person_id")["value"][who]) < 0.06


def test_newcomers_who_reply_before_they_are_replied_to() -> None:
    """a gives 2 replies, then gets 1; b gets 2, then gives 1; c and d answer at one moment."""
    posts = [("a", 20.0, None), ("b", 21.0, None), ("c", 22.0, None), ("d", 22.5, None)]
    replies = [("a", 30.0, "b"), ("a", 31.0, "b"), ("b", 32.0, "a"), ("c", 40.0, "d"),
               ("d", 40.0, "c")]  # fmt: skip
    ids = {"a": 0, "b": 1, "c": 2, "d": 3}
    messages = [
        {"by": ids[by], "t": t, "visibility": "public",
         **({} if to is None else {"reply_author": ids[to]})}
        for by, t, to in [*posts, *replies]
    ]  # fmt: skip
    c = community(messages, people=4)
    table = give_first(c, layer="public", version="newcomer")
    assert table["value"].tolist() == pytest.approx([1 - 2 / 3, 0 - 1 / 3, 0.0, 0.0])
    assert table["n"].tolist() == [3, 3, 2, 2]
    late = community([{**m, "t": m["t"] - 29} for m in messages[4:]], people=4)
    table = give_first(late, layer="public", version="newcomer")
    assert table["status"].tolist() == ["empty", "empty", "ok", "ok"]
    assert table["n_excluded"].tolist() == [1, 1, 0, 0]
    one = community(messages, people=4, coverage=[covers(0, "public_out")])
    assert set(give_first(one, layer="public", version="newcomer")["status"]) == {"not_identified"}
    with pytest.raises(InputError, match="level must be one of person"):
        give_first(c, version="newcomer", level="tie")


def test_coded_acts_alone_count() -> None:
    c = worked_gifts()
    tables = dict(c.dataset.tables)
    old = tables["messages"].collect().to_native()
    keys = [int(i).to_bytes(16, "big") for i in range(old.num_rows)]
    place = old.schema.get_field_index("native_key")
    field = old.schema.field(place)
    tables["messages"] = lazy(old.set_column(place, field, pa.array(keys, field.type)))
    ids = c.id_map().set_index("id")["person_id"]
    author = old.column("author_id").to_pylist()
    rows = [
        {"native_key": keys[i], "code": "support", "score": 0.9 if who == ids["j"] else 0.1}
        for i, who in enumerate(author)
    ]
    tables["codes"] = lazy(pa.Table.from_pylist(rows, schema=BUILD_TABLES["codes"]))
    coded = Community(dataclasses.replace(c.dataset, tables=tables, cache={}, memo={}))
    people = give_first(coded, code="support").set_index("person_id")
    assert people["value"][ids["j"]] == pytest.approx(1 - 8 / 8)
    assert people["n"].sum() == 2


# --- time to reciprocate --------------------------------------------------------------------


def test_first_contacts_wait() -> None:
    c = talk(
        ("a", "b", 1), ("a", "b", 2), ("b", "a", 6), ("c", "d", 3), ("d", "c", 3), ("e", "a", 10),
        ("a", "f", 900),
    )  # fmt: skip
    table = time_to_reciprocate(c, level="direction")
    names = c.id_map().set_index("person_id")["id"]
    columns = ["author_id", "other_id", "value", "follow_up_h"]
    found = {
        (names[author], names[other]): (value, follow_up)
        for author, other, value, follow_up in table[columns].to_numpy().tolist()
    }
    assert found[("a", "b")] == (5.0, 5.0)
    assert found[("c", "d")] == (0.0, 0.0)
    assert math.isnan(found[("e", "a")][0])
    assert found[("e", "a")][1] == 890
    assert ("b", "a") not in found
    assert table.set_index("status").loc["all_censored"].shape[0] == 3


def test_curve_of_first_contacts() -> None:
    frame = random_talk(2)
    last = int(frame["time"].max())
    late_row = pd.DataFrame({"sender": ["x"], "recipient": ["z"], "time": [last + 40 * 24 * HOUR]})
    frame = pd.concat([frame, late_row], ignore_index=True)
    c = private(frame)
    contacts = time_to_reciprocate(c, level="direction")
    table = time_to_reciprocate(c).set_index("measure")
    curve = kaplan_meier(contacts["follow_up_h"], contacts["observed"])
    assert table["value"]["s_7d"] == pytest.approx(curve.survival_at(168)[0])
    assert table["value"]["s_30d"] == pytest.approx(curve.survival_at(720)[0])
    assert table["value"]["rmst_30d"] == pytest.approx(curve.rmst(720).rmst)
    assert table["n"].tolist() == [len(contacts)] * 4
    late = time_to_reciprocate(c, burn_in="1h").set_index("measure")
    ends = frame[["sender", "recipient"]].to_numpy().tolist()
    tie = pd.Series([min(pair) + max(pair) for pair in ends], index=frame.index)
    young = int((frame["time"].groupby(tie).min() < HOUR).sum())
    assert young >= 2
    assert late["n_excluded"].tolist() == [young] * 4
    assert late["n"].tolist() == [len(contacts) - young] * 4


def test_no_contact_and_none_returned() -> None:
    empty = private(messages(G5).iloc[:0])
    assert set(time_to_reciprocate(empty)["status"]) == {"empty"}
    assert time_to_reciprocate(empty)["value"].isna().all()
    alone = talk(("a", "b", 1000)).dataset
    table = time_to_reciprocate(Community(alone)).set_index("measure")
    assert table["status"]["median"] == "all_censored"
    assert table["value"]["s_7d"] == 1.0


# --- coverage, edges ------------------------------------------------------------------------


def test_one_archive_shows_its_owner_alone() -> None:
    c = worked_gifts()
    ids = c.id_map().set_index("id")["person_id"]
    seen = covered(c, int(ids["i"]))
    for table in (tie_balance(seen), initiation_balance(seen), give_first(seen, level="tie")):
        assert set(tie_of(table, c, "i", "j")["status"]) == {"ok"}
        assert set(tie_of(table, c, "x", "y")["status"]) == {"not_identified"}
        assert tie_of(table, c, "x", "y")["value"].isna().all()
    people = give_first(seen).set_index("person_id")["status"]
    assert people[ids["i"]] == "ok"
    assert people[ids["j"]] == "not_identified"
    means = tie_balance(seen, level="person", on="messages").set_index("person_id")["status"]
    assert set(means[ids["i"]]) == {"ok"}
    assert set(means[ids["j"]]) == {"not_identified"}
    assert time_to_reciprocate(seen)["n"].tolist() == [2] * 4
    assert time_to_reciprocate(seen)["n_excluded"].tolist() == [1] * 4


def test_empty_and_one_sided() -> None:
    empty = private(messages(G5).iloc[:0])
    for table in (
        tie_balance(empty), tie_balance(empty, on="messages"), initiation_balance(empty),
        give_first(empty), time_to_reciprocate(empty, level="direction"),
        tie_balance(empty, level="person"),
    ):  # fmt: skip
        assert table.empty
    same = private(messages({("a", "b"): 5}).assign(time=3))
    values = tie_balance(same, on="messages").set_index("measure")["value"]
    assert values["balance"] == 0
    assert values["signed"] == 1


def test_order_and_names_do_not_matter() -> None:
    frame = random_talk(6)
    swapped = frame.sample(frac=1, random_state=2).replace({"a": "zz", "c": "aa"})
    for function in (tie_balance, initiation_balance, give_first, time_to_reciprocate):
        first = sorted(function(private(frame))["value"].dropna().abs())
        second = sorted(function(private(swapped))["value"].dropna().abs())
        assert second == pytest.approx(first, abs=1e-12)


def test_wrong_words_are_named() -> None:
    c = private(messages(G5))
    calls: list[Callable[[], object]] = [
        lambda: tie_balance(c, on="words"),
        lambda: tie_balance(c, level="network"),
        lambda: tie_balance(c, layer="semi_public"),
        lambda: initiation_balance(c, silence="soon"),
        lambda: give_first(c, level="group"),
        lambda: time_to_reciprocate(c, level="tie"),
    ]
    for call in calls:
        with pytest.raises(InputError):
            call()
