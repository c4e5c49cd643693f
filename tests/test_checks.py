"""The checks find what was planted, and nothing where nothing is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from builders import community, covers
from supportnet.checks import check_dataset
from supportnet.records import (
    AMBIGUOUS_HOUR,
    ASSUMED_ZONE,
    BACKDATED,
    RESOLUTION_DAY,
    RESOLUTION_MINUTE,
)

SOURCE: dict[str, Any] = {"ignored": "{}", "rejected": "{}", "notes": "{}", "seen": 2, "kept": 2}
PLACE = {"conversation_id": 0, "platform": "x", "kind": "dm", "members_basis": "roster"}
BOTH = "private_in private_out"


def check(rows: list[dict[str, Any]], **more: Any) -> Any:
    """Return the checks by name, for rows of one direct conversation in two sources."""
    tables: dict[str, Any] = {
        "sources": [SOURCE | {"source_id": n} for n in (0, 1)],
        "conversations": [PLACE],
    }
    table = check_dataset(community(rows, **tables | more).dataset)
    assert list(table.columns) == ["check", "status", "found", "meaning"]
    assert table["meaning"].str.len().gt(10).all()
    return table.set_index("check")


def direct(by: int, t: float, **more: Any) -> dict[str, Any]:
    return {"by": by, "t": t, "visibility": "private_1to1", **more}


TWO = [direct(0, 0), direct(1, 1)]


def test_a_sound_dataset_has_nothing_to_look_at() -> None:
    table = check(TWO, readers=[(0, 1), (1, 0)])
    assert set(table["status"]) == {"ok"}
    assert table["found"].sum() == 0


@pytest.mark.parametrize(
    ("planted", "target"),
    [
        ({"readers": [(0, 99)]}, "people"),
        ({"mentions": [(0, 99)]}, "people"),
        ({"contacts": [{"owner_id": 0, "other_id": 99, "kind": "friend"}]}, "people"),
        ({"reactions": [{"actor_id": 99, "n": 1}]}, "people"),
        ({"coverage": [covers(99, BOTH)]}, "people"),
        ({"readers": [(7, 1)]}, "messages"),
        ({"message_sources": [{"message_id": 7, "source_id": 0}]}, "messages"),
        ({"conversations": []}, "conversations"),
        ({"message_sources": [{"message_id": 0, "source_id": 9}]}, "sources"),
        ({"rejects": [{"source_id": 9, "member": "x", "record": 0, "reason": "y"}]}, "sources"),
    ],
)
def test_pointers_to_nothing_are_broken(planted: dict[str, Any], target: str) -> None:
    table = check(TWO, **planted)
    broken = table[table["status"] == "broken"]
    assert list(broken.index) == [f"pointers to missing {target}"]
    assert broken["found"].iloc[0] >= 1


@pytest.mark.parametrize(
    ("column", "target"),
    [
        ("reply_author", "people"),
        ("root_author", "people"),
        ("target_author", "people"),
        ("wall_owner", "people"),
        ("reply_to", "messages"),
        ("target_message", "messages"),
    ],
)
def test_rows_that_point_at_nothing_are_broken(column: str, target: str) -> None:
    table = check([direct(0, 0, **{column: 99}), direct(1, 1)])
    assert table.loc[f"pointers to missing {target}", "status"] == "broken"
    assert table.loc[f"pointers to missing {target}", "found"] == 1


def test_an_unseen_parent_is_told_and_not_broken() -> None:
    rows = [direct(0, 0), direct(1, 1, reply_basis="explicit", reply_author=0)]
    rows.append(direct(1, 2, reply_basis="explicit", reply_to=0, reply_author=0))
    table = check(rows)
    found = table.loc["replies whose parent no archive holds"]
    assert (found["status"], found["found"]) == ("look", 1)
    assert "broken" not in set(table["status"])


def test_rejected_records_are_told_apart_from_ignored_ones() -> None:
    source = SOURCE | {"source_id": 0, "seen": 20, "kept": 2, "ignored": '{"system": 11}'}
    found = check(TWO, sources=[source]).loc["records rejected"]
    assert (found["status"], found["found"]) == ("look", 7)


def test_copies_are_counted_and_their_disagreement_too() -> None:
    held = [(0, 0), (0, 1), (1, 0)]
    table = check(
        TWO,
        message_sources=[{"message_id": m, "source_id": s} for m, s in held],
        coverage=[covers(None, BOTH, source_id=s, conversation_id=0) for s in (0, 1)],
    )
    assert table.loc["messages held by several sources", ["status", "found"]].tolist() == ["ok", 1]
    one = table.loc["rows that only one of two copies holds"]
    assert (one["status"], one["found"]) == ("look", 1)


def test_a_month_of_silence_is_a_gap_and_four_weeks_are_not() -> None:
    name = "silences of the whole community over 28 days"
    assert check([direct(0, 0), direct(1, 28 * 24)]).loc[name, "found"] == 0
    rows = [direct(0, 0), direct(1, 29 * 24), direct(0, 60 * 24)]
    assert check(rows).loc[name, ["status", "found"]].tolist() == ["look", 2]
    table = check_dataset(community(rows).dataset, gap_days=30).set_index("check")
    assert table.loc["silences of the whole community over 30 days", "found"] == 1


def test_rows_out_of_order_are_told_per_conversation() -> None:
    name = "rows earlier than the row before them"
    rows = [direct(0, 5), direct(1, 6), direct(0, 1, conversation_id=1), direct(1, 5.5)]
    places = [PLACE, PLACE | {"conversation_id": 1}]
    assert check(rows, conversations=places).loc[name, ["status", "found"]].tolist() == ["look", 1]


@pytest.mark.parametrize(
    ("bit", "name"),
    [
        (RESOLUTION_MINUTE, "clock without seconds"),
        (RESOLUTION_DAY, "clock without time of day"),
        (ASSUMED_ZONE, "local time read in the zone given"),
        (AMBIGUOUS_HOUR, "hour that the clocks repeat or skip"),
        (BACKDATED, "time that the record's own id contradicts"),
    ],
)
def test_each_clock_note_is_counted(bit: int, name: str) -> None:
    every = sum((RESOLUTION_MINUTE, RESOLUTION_DAY, ASSUMED_ZONE, AMBIGUOUS_HOUR, BACKDATED))
    rows = [direct(0, 0, time_note=bit), direct(1, 1, time_note=every), direct(0, 2)]
    clocks = check(rows).iloc[-5:]
    assert clocks.loc[name, ["status", "found"]].tolist() == ["look", 2]
    assert clocks["found"].sum() == 6  # the second row counts once under each of the five


def test_an_empty_dataset_is_sound() -> None:
    table = check([], people=0, coverage=[], sources=[], conversations=[])
    assert set(table["status"]) == {"ok"}
