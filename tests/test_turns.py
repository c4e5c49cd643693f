"""Turns against the worked example, a plain re-implementation, and what data can bring."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supportnet.community import Community, from_dataframe
from supportnet.dataset import lazy
from supportnet.errors import InputError
from supportnet.interactions import Attribution
from supportnet.schema import BUILD_TABLES, COVERAGE_FLAGS
from supportnet.turns import (
    HOUR_US,
    PairMessages,
    TurnRules,
    active_hours,
    activity_profile,
    form_turns,
    pair_messages,
    parse_duration_us,
)

D1 = [("a", 0.0), ("a", 0.1), ("b", 1.1), ("a", 3.1), ("a", 5.1), ("b", 9.1), ("b", 9.2)]
D1 += [("a", 10.2), ("b", 90.0), ("a", 92.0)]


def pair_talk(rows: list[tuple[str, float]], end: float, **more: Any) -> Community:
    """Return a private talk of a and b; times and end in hours."""
    table = pd.DataFrame(
        {
            "sender": [who for who, _ in rows],
            "recipient": ["b" if who == "a" else "a" for who, _ in rows],
            "time": [round(hours * HOUR_US) for _, hours in rows],
            "order": range(len(rows)),
        }
    )
    stop = pd.Timestamp(round(end * HOUR_US), unit="us", tz="UTC")
    return from_dataframe(
        table, visibility="private_1to1", unit="us", order="order", end=stop, **more
    )


def waits(community: Community, **options: Any) -> list[tuple[int, float, bool]]:
    """Return author, latency and whether observed of each turn, in time order."""
    table = community.turns(**options)
    return list(
        zip(
            table["author_id"].tolist(),
            table["latency_h"].round(9).tolist(),
            table["observed"].tolist(),
            strict=True,
        )
    )


def test_the_worked_example() -> None:
    talk = pair_talk(D1, 120)
    assert waits(talk) == [
        (0, 1.0, True),
        (1, 2.0, True),
        (0, 6.0, True),
        (1, 1.0, True),
        (0, 72.0, False),
        (1, 2.0, True),
        (0, 28.0, False),
    ]
    assert waits(talk, anchor="last_burst")[2] == (0, 4.0, True)
    table = talk.turns()
    assert table["is_opening"].tolist() == [True, False, False, False, False, True, False]
    assert table["n_bursts"].tolist() == [1, 1, 2, 1, 1, 1, 1]
    assert table["n_messages"].tolist() == [2, 1, 2, 2, 1, 1, 1]


def test_an_opening_begins_a_turn_whoever_writes_it() -> None:
    talk = pair_talk([("a", 0), ("a", 100), ("b", 101)], 200)
    assert waits(talk)[:2] == [(0, 72.0, False), (0, 1.0, True)]


def test_the_horizon_runs_from_the_first_burst() -> None:
    # The reply comes 30 h after the reminder, but 90 h after an answer was due.
    talk = pair_talk([("a", 0), ("a", 60), ("b", 90)], 200)
    assert waits(talk)[0] == (0, 72.0, False)
    assert talk.turns()["is_opening"].tolist() == [True, False]
    assert waits(talk, anchor="last_burst")[0] == (0, 30.0, True)


@pytest.mark.parametrize(("hours", "answered"), [(72.0, True), (72.001, False)])
def test_the_horizon_includes_its_end(hours: float, *, answered: bool) -> None:
    first = waits(pair_talk([("a", 0), ("b", hours)], 200))[0]
    assert first == (0, 72.0, answered)


def test_the_burst_gap_includes_its_end() -> None:
    assert waits(pair_talk([("a", 0), ("a", 1 / 6), ("b", 1)], 9))[0][1] == pytest.approx(5 / 6)
    assert waits(pair_talk([("a", 0), ("a", 0.17), ("b", 1)], 9))[0][1] == 1.0


def test_public_messages_neither_answer_nor_interrupt_private_turns() -> None:
    rows = [("a", "b", 0, "private_1to1"), ("b", "a", 1, "public"), ("b", "a", 2, "semi_public")]
    rows += [("a", "b", 3, "public"), ("b", "a", 5, "private_1to1")]
    table = pd.DataFrame(rows, columns=["sender", "recipient", "time", "visibility"])
    table["time"] *= 3600
    talk = from_dataframe(table, unit="s")
    assert waits(talk)[0] == (0, 5.0, True)
    assert waits(talk, layer="public") == [(1, 2.0, True), (0, 2.0, False)]


def pointed(rows: list[tuple[str, float, int | None]]) -> Community:
    """Return a talk in which messages may point at earlier ones by their place."""
    table = pd.DataFrame(
        {
            "sender": [who for who, _, _ in rows],
            "recipient": ["b" if who == "a" else "a" for who, _, _ in rows],
            "time": [round(hours * 3600) for _, hours, _ in rows],
            "message_id": range(len(rows)),
            "reply_to": pd.array([to for _, _, to in rows], dtype="Int64"),
        }
    )
    end = pd.Timestamp(400 * 3600, unit="s", tz="UTC")
    return from_dataframe(table, visibility="private_1to1", unit="s", end=end)


def test_a_pointer_answers_the_turn_it_points_at_and_no_other() -> None:
    # b's second message answers a's first turn by pointer; a's second waits for b's third.
    talk = pointed([("a", 0, None), ("b", 1, None), ("a", 2, None), ("b", 3, 0), ("b", 5, None)])
    assert [w for w in waits(talk) if w[0] == 0] == [(0, 1.0, True), (0, 3.0, True)]


def test_an_explicit_reply_beyond_the_horizon_is_censored_there() -> None:
    talk = pointed([("a", 0, None), ("b", 200, 0)])
    assert waits(talk)[0] == (0, 72.0, False)


def test_pointing_at_ones_own_words_answers_nothing() -> None:
    talk = pointed([("b", 0, None), ("a", 1, None), ("b", 2, 0), ("b", 4, None)])
    assert waits(talk)[1] == (1, 3.0, True)


def test_a_plain_message_answers_every_turn_that_still_waits() -> None:
    # b's pointer leaves a's second turn waiting while a goes on.
    rows = [("a", 0, None), ("b", 1, None), ("a", 2, None), ("b", 3, 0), ("a", 4, None)]
    talk = pointed([*rows, ("b", 6, None)])
    assert [w[1] for w in waits(talk) if w[0] == 0] == [1.0, 4.0, 2.0]


def test_pointers_to_other_pairs_later_messages_and_strangers_are_as_none() -> None:
    talk = pointed([("a", 0, None), ("b", 1, 5), ("a", 2, None), ("b", 3, 99), ("a", 4, 3)])
    assert [w[1] for w in waits(talk)[:4]] == [1.0, 1.0, 1.0, 1.0]


# A plain re-implementation ------------------------------------------------------------------------


@dataclass
class Event:
    """One message of a pair, and the index of the one it points at."""

    who: str
    t: int
    to: int | None = None


@dataclass
class Turn:
    """One turn as a list of bursts of events."""

    who: str
    bursts: list[list[int]]
    opening: bool
    answer: int | None = None


def plain_turns(events: list[Event], horizon: int, burst: int) -> list[Turn]:
    """Cut one pair's messages into turns by reading them one after the other."""
    turns: list[Turn] = []
    turn_of: dict[int, Turn] = {}
    for i, event in enumerate(events):
        silence = event.t - events[i - 1].t if i else None
        opening = silence is None or silence > horizon
        if opening or turns[-1].who != event.who:
            turns.append(Turn(event.who, [[i]], opening))
        elif silence is not None and silence > burst:
            turns[-1].bursts.append([i])
        else:
            turns[-1].bursts[-1].append(i)
        turn_of[i] = turns[-1]
        if event.to is not None and event.to < i:
            asked = turn_of[event.to]
            if asked.who != event.who and asked.answer is None:
                asked.answer = event.t
        else:
            for old in turns:
                if old.who != event.who and old.answer is None:
                    old.answer = event.t
    return turns


def plain_waits(
    events: list[Event], rules: TurnRules, end: int
) -> list[tuple[str, float, bool, int, bool]]:
    """Return author, hours, observed, bursts and opening of each turn."""
    out = []
    for turn in plain_turns(events, rules.horizon_us, rules.burst_us):
        anchor = turn.bursts[0] if rules.anchor == "first_burst" else turn.bursts[-1]
        due = events[anchor[-1]].t
        seen = turn.answer is not None and turn.answer - due <= rules.horizon_us
        stop = turn.answer if seen else min(due + rules.horizon_us, max(end, events[-1].t))
        hours = round((stop - due) / HOUR_US, 9)
        out.append((turn.who, hours, seen, len(turn.bursts), turn.opening))
    return out


def random_talk(seed: int, *, pointers: bool) -> tuple[pd.DataFrame, dict[str, list[Event]], int]:
    """Make a table of several pairs on coarse clocks, so that times are often equal."""
    rng = random.Random(seed)
    people = ["p", "q", "r", "s"][: rng.choice([2, 3, 4])]
    grid = rng.choice([60, 600, 3600, 36_000])
    rows: list[dict[str, Any]] = []
    clock = 0
    for i in range(rng.randrange(1, 60)):
        clock += grid * rng.choice([0, 0, 1, 1, 2, 5, 30, 300])
        who, to = rng.sample(people, 2)
        target = rng.randrange(0, max(i, 1) + 3) if pointers and rng.random() < 0.4 else None
        rows.append({"sender": who, "recipient": to, "time": clock, "message_id": i, "to": target})
    table = pd.DataFrame(rows)
    table["reply_to"] = pd.array(table["to"], dtype="Int64")
    table["order"] = table["message_id"]
    events: dict[str, list[Event]] = {}
    place: dict[int, tuple[str, int]] = {}
    for row in rows:
        pair = "".join(sorted(row["sender"] + row["recipient"]))
        mine = events.setdefault(pair, [])
        where = place.get(row["to"]) if row["to"] is not None else None
        to = where[1] if where is not None and where[0] == pair else None
        place[row["message_id"]] = (pair, len(mine))
        mine.append(Event(row["sender"], row["time"] * 1_000_000, to))
    return table.drop(columns="to"), events, clock


@pytest.mark.parametrize("seed", range(12))
def test_against_a_plain_reimplementation(seed: int) -> None:
    rng = random.Random(seed)
    table, events, last = random_talk(seed, pointers=seed % 2 == 0)
    rules = TurnRules(
        rng.choice([24, 72]) * HOUR_US,
        rng.choice([60, 600, 3600]) * 1_000_000,
        rng.choice(["first_burst", "last_burst"]),
    )
    end = last + rng.choice([0, 10_000, 400_000])
    talk = from_dataframe(
        table.sample(frac=1, random_state=seed),
        visibility="private_1to1",
        unit="s",
        order="order",
        end=pd.Timestamp(end, unit="s", tz="UTC"),
    )
    names = talk.id_map().set_index("person_id")["id"]
    options = {"horizon": rules.horizon_us / HOUR_US, "burst": f"{rules.burst_us // 10**6}s"}
    found = talk.turns(anchor=rules.anchor, **options)
    found["pair"] = ["".join(sorted(names[p])) for p in found[["author_id", "other_id"]].to_numpy()]
    assert set(found["pair"]) == set(events)
    for pair, mine in events.items():
        own = found[found["pair"] == pair]
        got = list(
            zip(
                names[own["author_id"]],
                own["latency_h"].round(9),
                own["observed"],
                own["n_bursts"],
                own["is_opening"],
                strict=True,
            )
        )
        expected = plain_waits(mine, rules, end * 1_000_000)
        # Turns that begin in the same instant have no order in the table.
        assert sorted(got) == sorted(expected)
        assert own["n_messages"].sum() == len(mine)


@settings(max_examples=5, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 500)), min_size=1, max_size=30))
def test_neither_names_nor_the_date_matter(rows: list[tuple[str, int]]) -> None:
    talk = [(who, float(hours)) for who, hours in sorted(rows, key=lambda row: row[1])]
    base = waits(pair_talk(talk, 600))
    later = pair_talk([(who, hours + 168) for who, hours in talk], 768)
    assert waits(later) == base
    swapped = pair_talk([("b" if who == "a" else "a", hours) for who, hours in talk], 600)
    assert waits(swapped) == base


@pytest.mark.parametrize("seed", range(300))
def test_the_kernels_against_a_plain_reimplementation(seed: int) -> None:
    rng = random.Random(seed)
    _, events, last = random_talk(seed, pointers=seed % 2 == 0)
    rules = TurnRules(
        rng.choice([6, 24, 72]) * HOUR_US,
        rng.choice([60, 600, 3600]) * 1_000_000,
        rng.choice(["first_burst", "last_burst"]),
    )
    end = (last + rng.choice([0, 10_000, 400_000])) * 1_000_000
    turns = form_turns(as_arrays(events, end), rules)
    plain = [wait for mine in events.values() for wait in plain_waits(mine, rules, end)]
    lower = [
        min(pair) == wait[0]
        for pair, mine in events.items()
        for wait in plain_waits(mine, rules, end)
    ]
    assert turns.latency_h.round(9).tolist() == [wait[1] for wait in plain]
    assert turns.observed.tolist() == [wait[2] for wait in plain]
    assert turns.n_bursts.tolist() == [wait[3] for wait in plain]
    assert turns.is_opening.tolist() == [wait[4] for wait in plain]
    assert turns.forward.tolist() == lower


def as_arrays(events: dict[str, list[Event]], end: int) -> PairMessages:
    """Return plain events in the form that turns are made of, each pair its own two persons."""
    n = len(events)
    starts = np.concatenate(([0], np.cumsum([len(mine) for mine in events.values()])))
    parent = [
        start + event.to if event.to is not None and event.to < place else -1
        for start, mine in zip(starts, events.values(), strict=False)
        for place, event in enumerate(mine)
    ]
    return PairMessages(
        lo=np.arange(n, dtype=np.int32) * 2,
        hi=np.arange(n, dtype=np.int32) * 2 + 1,
        starts=starts.astype(np.int64),
        times=np.array([event.t for mine in events.values() for event in mine]),
        forward=np.array([min(pair) == e.who for pair, mine in events.items() for e in mine]),
        parent=np.array(parent, np.int32),
        identified=np.ones(n, np.bool_),
        start_us=np.zeros(n, np.int64),
        end_us=np.array([max(end, mine[-1].t) for mine in events.values()]),
    )


def test_longer_horizons_have_fewer_openings() -> None:
    _, events, last = random_talk(4, pointers=False)
    messages = as_arrays(events, last * 1_000_000)
    counts = [
        int(form_turns(messages, TurnRules(hours * HOUR_US)).is_opening.sum())
        for hours in (1, 24, 72, 168)
    ]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1] >= len(messages)


def test_pairs_can_be_left_out() -> None:
    _, events, last = random_talk(6, pointers=True)
    messages = as_arrays(events, last * 1_000_000)
    for kept in ([True], [False], [True, False]):
        marked = np.resize(np.array(kept), len(messages))
        chosen = {p: mine for (p, mine), k in zip(events.items(), marked, strict=True) if k}
        part = form_turns(messages.take(marked), TurnRules(24 * HOUR_US))
        alone = form_turns(as_arrays(chosen, last * 1_000_000), TurnRules(24 * HOUR_US))
        assert part.latency_h.tolist() == alone.latency_h.tolist()
        assert part.messages.lo.tolist() == messages.lo[marked].tolist()


# Coverage and the odd cases -----------------------------------------------------------------------


def with_coverage(talk: Community, *records: dict[str, Any]) -> Community:
    """Return the same community seen by other sources."""
    filled = [
        {"source_id": i, "start_us": 0, "end_us": 10**15, "resolution_us": 1, "end_basis": "stated"}
        | dict.fromkeys(COVERAGE_FLAGS, False)
        | record
        for i, record in enumerate(records)
    ]
    table = pa.Table.from_pylist(filled, schema=BUILD_TABLES["coverage"])
    object.__setattr__(talk.dataset, "tables", {**talk.dataset.tables, "coverage": lazy(table)})
    return talk


def three_ways(visibility: str) -> Community:
    """Return messages both ways between every two of three persons."""
    rows = [("a", "b"), ("b", "a"), ("a", "c"), ("c", "a"), ("b", "c"), ("c", "b")]
    table = pd.DataFrame(rows, columns=["sender", "recipient"]).assign(
        time=[i * 3600 for i in range(len(rows))]
    )
    return from_dataframe(table, visibility=visibility, unit="s")


def test_private_turns_of_one_archive_are_those_of_its_owner() -> None:
    donor = {"owner_id": 0, "private_in": True, "private_out": True, "public_out": True}
    table = with_coverage(three_ways("private_1to1"), donor).turns()
    mine = (table["author_id"] == 0) | (table["other_id"] == 0)
    assert table.loc[mine, "identified"].all()
    assert not table.loc[~mine, "identified"].any()
    assert table.loc[~mine, "latency_h"].isna().all()
    assert not table.loc[~mine, "observed"].any()


def test_public_turns_need_what_both_said() -> None:
    one = {"owner_id": 0, "public_out": True}
    assert not with_coverage(three_ways("public"), one).turns("public")["identified"].any()
    two = [one, {"owner_id": 1, "public_out": True}]
    table = with_coverage(three_ways("public"), *two).turns("public")
    assert table["identified"].tolist() == [
        {row.author_id, row.other_id} == {0, 1} for row in table.itertuples()
    ]


def test_a_pair_is_followed_as_long_as_both_sides_were() -> None:
    ends = [
        {"public_out": True, "owner_id": i, "end_us": h * HOUR_US} for i, h in ((0, 50), (1, 9))
    ]
    table = pd.DataFrame({"sender": list("aba"), "recipient": list("bab"), "time": [0, 3600, 7200]})
    talk = with_coverage(from_dataframe(table, visibility="public", unit="s"), *ends)
    assert waits(talk, layer="public")[-1] == (0, 7.0, False)


def test_a_message_after_the_end_of_coverage_extends_it() -> None:
    talk = with_coverage(
        pair_talk([("a", 0), ("b", 300)], 300),
        {"alter_alter": True, "private_in": True, "private_out": True, "end_us": 5 * HOUR_US},
    )
    assert waits(talk)[0] == (0, 72.0, False)


def test_a_window_censors_at_its_end_and_forgets_what_was_before() -> None:
    talk = pair_talk(D1, 120).between("1970-01-01T03:00", "1970-01-01T09:00")
    assert waits(talk) == [(0, pytest.approx(9.0 - 3.1), False)]


def test_nothing_and_next_to_nothing() -> None:
    columns = ["sender", "recipient", "time"]
    empty = pd.DataFrame(columns=columns).astype({"time": "int64"})
    assert from_dataframe(empty, visibility="private_1to1", unit="s").turns().empty
    one = pair_talk([("a", 5.0)], 10.0)
    assert waits(one) == [(0, 5.0, False)]
    selfish = pd.DataFrame([["a", "a", 1]], columns=columns)
    assert from_dataframe(selfish, visibility="private_1to1", unit="s").turns().empty


def test_all_at_once() -> None:
    talk = pair_talk([(w, 1.0) for w in "abbaab"], 2.0)
    # The order of the file decides: a bb aa b.
    assert sorted(waits(talk)) == [(0, 0.0, True)] * 2 + [(1, 0.0, True), (1, 1.0, False)]


def test_a_quote_that_is_also_a_reply_counts_once() -> None:
    table = pd.DataFrame(
        {
            "sender": list("ab"),
            "recipient": list("ba"),
            "time": [0, 3600],
            "message_id": [0, 1],
            "reply_to": pd.array([None, 0], dtype="Int64"),
            "kind": ["post", "quote"],
        }
    )
    talk = from_dataframe(table, visibility="public", unit="s")
    rows = talk.messages().assign(target_author=pd.array([None, 0], dtype="Int32"))
    table_ = pa.Table.from_pandas(rows, schema=BUILD_TABLES["messages"], preserve_index=False)
    object.__setattr__(talk.dataset, "tables", {**talk.dataset.tables, "messages": lazy(table_)})
    loud = Attribution(quote="relational")
    assert len(talk.interactions(loud)) == 3
    messages = pair_messages(talk.dataset, talk.interactions(loud, lazy=True), "public")
    assert messages.times.size == 2
    assert form_turns(messages, TurnRules(HOUR_US)).latency_h.tolist() == [1.0, 0.0]


def test_calls_end_no_turn_and_deleted_messages_do() -> None:
    table = pd.DataFrame(
        {
            "sender": list("abba"),
            "recipient": list("baab"),
            "time": [0, 3600, 7200, 10_800],
            "kind": ["message", "call", "deleted", "message"],
        }
    )
    talk = from_dataframe(table, visibility="private_1to1", unit="s")
    assert waits(talk)[0] == (0, 2.0, True)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"layer": "private_group"}, "layer must be one of private, public"),
        ({"anchor": "middle"}, "anchor must be one of first_burst, last_burst"),
        ({"horizon": "soon"}, "horizon must be a duration"),
        ({"burst": "-1h"}, "burst must be a duration"),
        ({"burst": "0.1us"}, "burst must be a duration"),
        ({"horizon": "5min"}, "burst must not exceed horizon"),
    ],
)
def test_refusals(options: dict[str, str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        pair_talk(D1, 120).turns(**options)


def test_durations() -> None:
    assert parse_duration_us("10min", "x") == 600_000_000
    assert parse_duration_us(" 1.5 H ", "x") == 5_400_000_000
    assert parse_duration_us(2, "x") == 2 * HOUR_US
    assert parse_duration_us("1w", "x") == parse_duration_us("7D", "x")
    for bad in ("", "h", "nan", "0s", "inf", "1e9h", "ten"):
        with pytest.raises(InputError):
            parse_duration_us(bad, "x")


# Active hours -------------------------------------------------------------------------------------


def awake(first: int, last: int) -> np.ndarray:
    """Return counts by hour of the week of somebody active from first to last hour each day."""
    day = np.zeros(24)
    day[first:last] = 1
    return np.tile(day, 7)


def test_the_worked_example_of_active_hours() -> None:
    rho = activity_profile(awake(8, 24), smooth=False, floor=0.0)
    start, stop = np.array([22 * HOUR_US]), np.array([33 * HOUR_US])
    assert active_hours(start, stop, rho[None, :], np.array([0])).tolist() == [4.5]
    # The same in hours of activity rather than of a mean of 1.
    assert active_hours(start, stop, awake(8, 24)[None, :], np.array([0])).tolist() == [3.0]


@pytest.mark.parametrize("seed", range(5))
def test_profiles_average_one_and_weeks_are_weeks(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rho = activity_profile(rng.poisson(rng.choice([0.1, 3.0]), (4, 168)).astype(float))
    assert rho.mean(axis=1) == pytest.approx(np.ones(4))
    assert rho.min() > 0.04
    start = rng.integers(0, 2 * 10**15, 50)
    which = rng.integers(0, 4, 50)
    week = active_hours(start, start + 168 * HOUR_US, rho, which)
    assert week == pytest.approx(np.full(50, 168.0))
    length = rng.integers(0, 600 * HOUR_US, 50)
    middle = start + length // 3
    parts = active_hours(start, middle, rho, which) + active_hours(
        middle, start + length, rho, which
    )
    assert active_hours(start, start + length, rho, which) == pytest.approx(parts, abs=1e-9)


def test_a_person_who_never_wrote_is_active_at_any_hour() -> None:
    assert activity_profile(np.zeros(168)).tolist() == [1.0] * 168
