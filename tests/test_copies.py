"""Two copies of a conversation: how far they agree, and where one of them ends."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from builders import DAY, HOUR, T0, community, covers
from supportnet.card import card_text
from supportnet.community import Community
from supportnet.coverage import copy_agreement, cover_directions, span
from supportnet.dataset import collect, lazy
from supportnet.measures.continuity import chain_continuity

BOTH = "private_in private_out"
PLACE = {"conversation_id": 0, "platform": "x", "kind": "dm", "members_basis": "roster"}


def chat(times: list[float], **more: Any) -> Community:
    """Return messages between 0 and 1, in turn, at some hours; both read what the other wrote."""
    rows = [{"by": n % 2, "t": t, "visibility": "private_1to1"} for n, t in enumerate(times)]
    tables: dict[str, Any] = {"conversations": [PLACE]}
    return community(rows, readers=[(n, 1 - n % 2) for n in range(len(rows))], **tables | more)


def held(*sources: list[int]) -> list[dict[str, int]]:
    """Return which messages each source holds."""
    return [{"message_id": m, "source_id": s} for s, rows in enumerate(sources) for m in rows]


def two(first: dict[str, Any] | None = None, second: dict[str, Any] | None = None) -> list[Any]:
    """Return the coverage of two members' archives."""
    return [
        covers(0, BOTH, source_id=0, **first or {}),
        covers(1, BOTH, source_id=1, **second or {}),
    ]


def numbers(c: Community) -> list[tuple[int, ...]]:
    table = copy_agreement(c.dataset)
    columns = ["conversation_id", "first_source", "second_source", "n_both", "n_one_only"]
    return [tuple(row) for row in table[columns].astype(int).to_numpy().tolist()]


# How far copies agree


def test_equal_copies_agree_and_a_missing_row_is_counted() -> None:
    c = chat([0, 1, 2, 3], coverage=two(), message_sources=held([0, 1, 2, 3], [0, 1, 2, 3]))
    assert numbers(c) == [(0, 0, 1, 4, 0)]
    assert copy_agreement(c.dataset)["agreement"].tolist() == [1.0]
    c = chat([0, 1, 2, 3], coverage=two(), message_sources=held([0, 1, 3], [0, 1, 2]))
    assert numbers(c) == [(0, 0, 1, 2, 2)]
    table = copy_agreement(c.dataset)
    assert table["agreement"].tolist() == [0.5]
    assert table["status"].tolist() == ["ok"]


def test_only_the_time_that_both_cover_counts() -> None:
    # The first archive ends at hour 3 (stated: exclusive), the second begins at hour 1.
    coverage = two({"end_us": T0 + 3 * HOUR}, {"start_us": T0 + HOUR})
    c = chat([0, 1, 2, 3, 4], coverage=coverage, message_sources=held([0, 1, 2], [1, 3, 4]))
    assert numbers(c) == [(0, 0, 1, 1, 1)]
    # An end that is the last record includes it.
    coverage = two({"end_us": T0 + 3 * HOUR, "end_basis": "last_record"}, {"start_us": T0 + HOUR})
    c = chat([0, 1, 2, 3, 4], coverage=coverage, message_sources=held([0, 1, 2], [1, 3, 4]))
    assert numbers(c) == [(0, 0, 1, 1, 2)]


def test_copies_that_never_overlap_are_not_compared() -> None:
    coverage = two({"end_us": T0 + 2 * HOUR}, {"start_us": T0 + 2 * HOUR})
    c = chat([0, 1, 2, 3], coverage=coverage, message_sources=held([0, 1], [2, 3]))
    assert copy_agreement(c.dataset).empty
    assert "copies:" not in card_text(c.card)


def test_a_conversation_that_one_member_deleted_is_all_disagreement() -> None:
    rows = [
        {"by": 0, "t": 0, "visibility": "private_1to1"},
        {"by": 1, "t": 1, "visibility": "private_1to1"},
        {"by": 0, "t": 2, "visibility": "private_1to1", "conversation_id": 1},  # to 2
    ]
    c = community(
        rows,
        readers=[(0, 1), (1, 0), (2, 2)],
        coverage=two(),
        conversations=[PLACE, PLACE | {"conversation_id": 1}],
        message_sources=held([2], [0, 1]),
    )
    # What 0 wrote to 2 was never 1's to hold, so nothing is compared there.
    assert numbers(c) == [(0, 0, 1, 0, 2)]
    assert copy_agreement(c.dataset)["agreement"].tolist() == [0.0]


def test_one_sided_archives_are_no_copies() -> None:
    coverage = [covers(p, "private_out public_out", source_id=p) for p in (0, 1)]
    c = chat([0, 1], coverage=coverage, message_sources=held([0], [1]))
    assert copy_agreement(c.dataset).empty


def test_an_archive_of_another_platform_is_no_copy() -> None:
    rows = [
        {"by": 0, "t": 0, "visibility": "private_1to1"},
        {"by": 0, "t": 1, "visibility": "private_1to1", "conversation_id": 1},
    ]
    c = community(
        rows,
        readers=[(0, 1), (1, 2)],
        coverage=[covers(0, BOTH, source_id=s) for s in (0, 1)],
        conversations=[PLACE, PLACE | {"conversation_id": 1, "platform": "y"}],
        message_sources=held([0], [1]),
    )
    assert copy_agreement(c.dataset).empty


def test_chats_exported_one_by_one_are_compared_without_knowing_their_owner() -> None:
    coverage = [covers(None, BOTH, source_id=s, conversation_id=0) for s in (0, 1, 2)]
    coverage[2]["end_us"] = T0 + 2 * HOUR
    copies = held([0, 1, 2, 3], [0, 1, 3], [0])
    c = chat([0, 1, 2, 3], coverage=coverage, message_sources=copies)
    # Sources 0 and 1 over four rows; with source 2 over the first two only.
    assert numbers(c) == [(0, 0, 1, 3, 1), (0, 0, 2, 1, 1), (0, 1, 2, 1, 1)]
    assert c.card["copies"] == {
        "same_name_apart": 0,
        "conversations": 1,
        "n_both": 5,
        "n_one_only": 3,
        "agreement": 5 / 8,
    }
    assert "copies: 1 conversation held twice; 5 of 8 rows" in card_text(c.card)
    assert "(62.5%), 3 in one only" in card_text(c.card)


def test_public_copies_are_compared_apart_from_private_ones() -> None:
    rows = [{"by": 0, "t": t, "visibility": v} for t, v in enumerate(["public", "private_group"])]
    coverage = [
        covers(None, "public_in public_out", source_id=s, conversation_id=0) for s in (0, 1)
    ]
    c = community(rows, coverage=coverage, conversations=[PLACE], message_sources=held([0, 1], []))
    assert numbers(c) == [(0, 0, 1, 0, 1)]


def test_one_source_is_compared_with_nobody() -> None:
    c = chat([0, 1], coverage=[covers(0, BOTH)], message_sources=held([0, 1]))
    table = copy_agreement(c.dataset)
    assert table.empty
    assert list(table.columns) == [
        *("conversation_id", "first_source", "second_source", "n_both", "n_one_only"),
        *("agreement", "status"),
    ]


def test_agreement_equals_a_count_by_hand_on_random_copies() -> None:
    rng = np.random.default_rng(20260101)
    times = np.sort(rng.uniform(0, 200, 120))
    spans = [(0, 150), (20, 180), (60, 200)]
    copies = [
        [n for n, t in enumerate(times) if low <= t < high and rng.random() < 0.8]
        for low, high in spans
    ]
    coverage = [
        covers(s % 2, BOTH, source_id=s, start_us=T0 + low * HOUR, end_us=T0 + high * HOUR)
        for s, (low, high) in enumerate(spans)
    ]
    # The card takes no start before the first message of all.
    c = chat(times.tolist(), coverage=coverage, message_sources=held(*copies))
    wanted = []
    for a in range(3):
        for b in range(a + 1, 3):
            low, high = max(spans[a][0], spans[b][0]), min(spans[a][1], spans[b][1])
            inside = {n for n, t in enumerate(times) if low <= t < high}
            one, other = inside & set(copies[a]), inside & set(copies[b])
            wanted.append((0, a, b, len(one & other), len(one ^ other)))
    assert numbers(c) == wanted


# Where a conversation's own coverage ends


def bounds(c: Community) -> dict[tuple[int, int], tuple[float, float]]:
    """Return the days covered of each direction that has private traffic."""
    frame = c.interactions(lazy=True).select("author_id", "other_id").unique()
    table = collect(cover_directions(c.dataset, frame, "private"))
    assert table["identified"].astype(bool).all()
    return {
        (row["author_id"], row["other_id"]): (
            (row["start_us"] - T0) / DAY,
            (row["end_us"] - T0) / DAY,
        )
        for row in table.to_dict("records")
    }


def moved(*more: dict[str, Any]) -> list[dict[str, Any]]:
    """Return an archive of 28 days whose chat with 1 moved elsewhere after 14 days."""
    end = {"end_us": T0 + 28 * DAY}
    cut = {"end_us": T0 + 14 * DAY, "conversation_id": 0}
    return [covers(0, BOTH, **end), covers(0, BOTH, **cut), *more]


EVERY_DAY = [24.0 * d + h for d in range(14) for h in (0, 1)]


def with_another_chat(coverage: list[dict[str, Any]], times: list[float]) -> Community:
    """Return the chat of 0 and 1, and one of 0 and 2 that goes on to day 20."""
    rows = [{"by": n % 2, "t": t, "visibility": "private_1to1"} for n, t in enumerate(times)]
    readers = [(n, 1 - n % 2) for n in range(len(rows))]
    for t in (0.5, 480.0):
        readers.append((len(rows), 2))
        rows.append({"by": 0, "t": t, "visibility": "private_1to1", "conversation_id": 1})
    places = [PLACE, PLACE | {"conversation_id": 1}]
    return community(rows, readers=readers, coverage=coverage, conversations=places)


def test_a_chat_that_moved_is_covered_until_it_moved() -> None:
    c = with_another_chat(moved(), EVERY_DAY)
    assert bounds(c) == {(0, 1): (0, 14), (1, 0): (0, 14), (0, 2): (0, 28)}


def test_the_other_persons_archive_covers_what_follows() -> None:
    other = covers(1, BOTH, source_id=1, start_us=T0 + 10 * DAY, end_us=T0 + 21 * DAY)
    assert bounds(with_another_chat(moved(other), EVERY_DAY))[0, 1] == (0, 21)


def test_the_storage_it_moved_to_covers_what_follows() -> None:
    follows = {"start_us": T0 + 14 * DAY, "end_us": T0 + 28 * DAY, "conversation_id": 0}
    c = with_another_chat(moved(covers(0, BOTH, source_id=1, **follows)), EVERY_DAY)
    assert bounds(c)[0, 1] == (0, 28)


def test_continuity_ends_where_the_chat_moved() -> None:
    def continuity(coverage: list[dict[str, Any]]) -> pd.Series:
        table = chain_continuity(with_another_chat(coverage, EVERY_DAY), bin="7D")
        return table[(table["lo"] == 0) & (table["hi"] == 1)].set_index("measure")["value"]

    ended = continuity(moved())
    assert ended["continuity"] == 1.0  # two weeks, both full
    assert ended["breaks"] == 0
    assert ended["longest_silence"] == pytest.approx(23)
    silent = continuity(moved()[:1])  # the same rows, if the chat had been covered to the end
    assert silent["continuity"] == 0.5
    assert silent["breaks"] == 1
    assert silent["longest_silence"] == pytest.approx(23 + 14 * 24)


def test_waits_are_censored_where_the_chat_moved() -> None:
    times = [*EVERY_DAY, 14 * 24 - 6]  # six hours before it moved, 0 asks and nobody can answer

    def last_wait(coverage: list[dict[str, Any]]) -> tuple[float, bool]:
        turns = with_another_chat(coverage, times).turns("private", horizon="72h")
        pair = turns[(turns["author_id"] == 0) & (turns["other_id"] == 1)]
        last = pair.sort_values("start_us").iloc[-1]
        return round(float(last["latency_h"]), 9), bool(last["observed"])

    assert last_wait(moved()) == (6, False)
    assert last_wait(moved()[:1]) == (72, False)


def test_an_empty_record_about_a_conversation_bounds_nothing() -> None:
    nothing = covers(0, "", conversation_id=0, end_us=T0 + DAY)
    c = with_another_chat([moved()[0], nothing], EVERY_DAY)
    assert bounds(c)[0, 1] == (0, 28)


def test_a_window_after_the_move_shows_nothing_of_that_chat() -> None:
    c = with_another_chat(moved(), EVERY_DAY).between("2024-01-16")
    frame = pd.DataFrame({"author_id": [0, 1, 0], "other_id": [1, 0, 2]}).astype("int32")
    covered = cover_directions(c.dataset, lazy(pa.Table.from_pandas(frame)), "private")
    table = collect(covered).set_index(["author_id", "other_id"])
    assert table["identified"].to_dict() == {(0, 1): False, (1, 0): False, (0, 2): True}
    assert table["end_us"].isna().to_dict() == {(0, 1): True, (1, 0): True, (0, 2): False}
    # With the other person's archive it does.
    other = covers(1, BOTH, source_id=1, end_us=T0 + 21 * DAY)
    c = with_another_chat(moved(other), EVERY_DAY).between("2024-01-16")
    covered = cover_directions(c.dataset, lazy(pa.Table.from_pandas(frame)), "private")
    table = collect(covered).set_index(["author_id", "other_id"])
    assert table["end_us"].tolist()[0] == T0 + 21 * DAY
    assert span(c.dataset).end_us == T0 + 28 * DAY
