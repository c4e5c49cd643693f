"""The data card says what is there: hand-made datasets whose answers are known."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from builders import DAY, T0, community, covers, table, talk
from supportnet.card import card_html, card_text, describe
from supportnet.community import from_dataframe
from supportnet.dataset import Dataset, lazy

KEYS = {
    *("community", "schema_version", "synthetic", "messages", "kinds", "people", "authors"),
    *("bots", "placeholders", "first", "last", "visibility", "replies_explicit"),
    *("conversations", "reactions", "contacts", "sources", "coverage", "copies"),
    "identifiability",
}
SOURCE: dict[str, Any] = {
    "source_id": 0,
    "sha256": "0" * 64,
    "format": "made",
    "format_version": "",
    "file_digest": "",
    "seen": 9,
    "kept": 9,
    "ignored": "{}",
    "rejected": "{}",
    "notes": "{}",
}


def card(messages: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return describe(community(messages, **more).dataset)


def say(by: int, t: float, **more: Any) -> dict[str, Any]:
    return {"by": by, "t": t, "visibility": "public", "kind": "post", **more}


def person(number: int, **flags: bool) -> dict[str, Any]:
    base = {"is_owner": False, "is_bot": False, "is_placeholder": False, "consent": "none"}
    return {"person_id": number, **base, **flags}


def test_has_the_keys_and_is_plain_json() -> None:
    found = card([say(0, 0)])
    assert set(found) == KEYS
    assert json.loads(json.dumps(found)) == found
    assert (found["community"], found["schema_version"], found["synthetic"]) == ("test", 1, False)


def test_only_four_kinds_are_messages() -> None:
    kinds = ["message", "post", "comment", "quote", "repost", "call", "deleted"]
    # The rows that do not count stand first and last, by other people, in other places.
    times = [10, 11, 12, 13, 1, 2, 99]
    rows = [
        {
            "by": n if kind in kinds[:4] else 9,
            "t": t,
            "kind": kind,
            "visibility": "public" if n % 2 else "private_1to1",
            "conversation_id": n,
            "reply_basis": "explicit" if kind in ("repost", "deleted", "comment") else "none",
        }
        for n, (kind, t) in enumerate(zip(kinds, times, strict=True))
    ]
    places = [
        {"conversation_id": n, "platform": "x", "kind": kind, "members_basis": "none"}
        for n, kind in enumerate(["dm", "thread", "thread", "group", "channel", "dm", "self"])
    ]
    found = card(rows, conversations=places)
    assert found["messages"] == 4
    assert found["kinds"] == dict.fromkeys(sorted(kinds), 1)
    assert (found["first"], found["last"]) == ("2024-01-01T10:00:00Z", "2024-01-01T13:00:00Z")
    assert found["visibility"] == {"private_1to1": 2, "public": 2}
    assert found["replies_explicit"] == 1  # the comment; not the repost, not the deleted row
    assert found["conversations"] == {"dm": 1, "group": 1, "thread": 2}
    assert (found["people"], found["authors"]) == (4, 4)


def test_people_wrote_or_were_addressed() -> None:
    rows = [
        say(0, 0, reply_author=1, reply_basis="explicit"),
        say(0, 1, wall_owner=2),
        say(0, 2),  # mentions 3 below
        {"by": 0, "t": 3, "kind": "message", "visibility": "private_1to1"},  # read by 4
        say(0, 4, kind="quote", target_author=5),  # quoted: a target, not a recipient
        say(6, 5, kind="repost", target_author=5),
        say(0, 6, root_author=7),  # the thread's root was not addressed
    ]
    found = card(
        rows,
        readers=[(3, 4)],
        mentions=[(2, 3), (5, 9)],  # 9 is mentioned in a repost only
        reactions=[{"actor_id": 8, "target_id": 0, "n": 1, "kind": "like", "source_id": 0}],
        contacts=[{"owner_id": 0, "other_id": 9, "kind": "follow"}],
    )
    assert (found["people"], found["authors"]) == (5, 1)


def test_bots_are_people_and_labels_are_not() -> None:
    people = [
        person(0),
        person(1, is_bot=True),
        person(2, is_placeholder=True),
        person(3, is_placeholder=True),  # never speaks
        person(4, is_bot=True),  # never speaks
    ]
    rows = [say(0, 0, reply_author=1), say(1, 1), say(2, 2, reply_author=0)]
    frames = dict(community(rows).dataset.tables)
    frames["people"] = lazy(table("people", people))
    found = describe(Dataset("test", frames))
    assert (found["people"], found["authors"]) == (2, 2)
    assert (found["bots"], found["placeholders"]) == (1, 1)


def test_a_typed_name_is_a_mention_and_no_pointer() -> None:
    rows = [say(0, 0, kind="message"), say(1, 1, kind="message"), say(2, 2, kind="message")]
    rows[2] |= {"reply_basis": "explicit", "reply_author": 1}  # its parent is in no archive
    found = card(rows, mentions=[(1, 0)])
    assert found["replies_explicit"] == 1
    assert found["people"] == 3


def test_a_group_of_two_is_a_group_and_private() -> None:
    rows = [
        {"by": by, "t": t, "visibility": "private_1to1", "conversation_id": 0}
        for by, t in [(0, 0), (1, 1)]
    ]
    place = {"conversation_id": 0, "platform": "x", "kind": "group", "members_basis": "roster"}
    found = card(rows, readers=[(0, 1), (1, 0)], conversations=[place | {"n_members": 2}])
    assert found["conversations"] == {"group": 1}
    assert found["visibility"] == {"private_1to1": 2}


def test_reactions_are_counted_one_by_one_and_in_sums() -> None:
    given = [
        {"actor_id": 1, "n": 1, "kind": "like", "message_id": 0},
        {"actor_id": 2, "n": 1, "kind": "like", "message_id": 0},
        {"actor_id": None, "n": 12, "kind": "heart", "message_id": None},
    ]
    found = card([say(0, 0)], reactions=[{"source_id": 0, **one} for one in given])
    assert found["reactions"] == 14
    assert (found["people"], found["messages"]) == (1, 1)


def test_contacts_are_counted_by_kind() -> None:
    ties = [(0, 1, "friend"), (0, 2, "friend"), (0, 3, "follow"), (4, 0, "follower")]
    rows = [{"owner_id": a, "other_id": b, "kind": kind} for a, b, kind in ties]
    found = card([], contacts=rows)
    assert found["contacts"] == {"follow": 1, "follower": 1, "friend": 2}
    assert "4 declared contacts" in card_text(found)


def test_nothing_is_nothing_and_not_zero_days() -> None:
    found = card([], people=0, coverage=[])
    assert (found["messages"], found["people"], found["authors"]) == (0, 0, 0)
    assert (found["first"], found["last"], found["visibility"], found["kinds"]) == (
        None,
        None,
        {},
        {},
    )
    assert found["coverage"]["days"] is None
    assert found["copies"] == {
        "same_name_apart": 0,
        "conversations": 0,
        "n_both": 0,
        "n_one_only": 0,
        "agreement": None,
    }
    text = card_text(found)
    assert "no dates" in text
    assert "who could read: nothing" in text


def test_coverage_is_summed_up() -> None:
    flags = "private_in private_out"
    found = card(
        [say(0, 0), say(1, 24)],
        coverage=[
            covers(0, flags, start_us=T0 - 9 * DAY, end_us=T0 + 3 * DAY, resolution_us=60_000_000),
            covers(1, flags + " public_out", end_us=T0 + 5 * DAY),
        ],
    )["coverage"]
    assert found == {
        "start": "2024-01-01T00:00:00Z",  # not before the first message
        "end": "2024-01-06T00:00:00Z",
        "days": 5.0,
        "flags": ["private_in", "private_out", "public_out"],
        "donors": 2,
        "whole_community": False,
        "coarsest_resolution_s": 60.0,
        "clock": "dates",
    }


def test_the_text_tells_what_became_of_the_records() -> None:
    source = SOURCE | {
        "seen": 1200,
        "kept": 1100,
        "ignored": json.dumps({"system": 60, "duplicate": 30}),
        "rejected": json.dumps({"undated": 10}),
    }
    found = card([say(0, 0)], sources=[source])
    assert found["sources"] == [
        {
            "format": "made",
            "seen": 1200,
            "kept": 1100,
            "ignored": {"system": 60, "duplicate": 30},
            "rejected": {"undated": 10},
            "leaves_out": "",
        }
    ]
    assert (
        "made: 1 source, 1,200 records seen = 1,100 kept + 90 (system 60, duplicate 30) ignored "
        "+ 10 (undated 10) rejected"
    ) in card_text(found)


def test_steps_are_not_shown_as_dates() -> None:
    rows = [say(0, 0), say(1, 30)]
    found = card(rows, sources=[SOURCE | {"notes": '{"clock": "steps"}'}])
    assert found["coverage"]["clock"] == "steps"
    text = card_text(found)
    assert "2024" not in text
    assert "no dates" in text


@pytest.mark.parametrize(
    ("coverage", "wanted"),
    [
        ([covers(0, "private_in private_out public_out")], "for the ties of 1 donor"),
        (
            [covers(p, "private_in private_out") for p in (0, 1)],
            "for the ties of 2 donors",
        ),
        (
            [covers(None, "private_in private_out", conversation_id=0)],
            "for 1 exported conversation",
        ),
        (
            [
                covers(0, "private_in private_out"),
                covers(1, "public_out"),
                covers(None, "private_in private_out", conversation_id=0),
                covers(None, "private_in private_out", conversation_id=1),
            ],
            "for the ties of 1 donor and 2 exported conversations",
        ),
    ],
)
def test_the_text_says_for_whom(coverage: list[dict[str, Any]], wanted: str) -> None:
    c = talk([(0, 1, 0, "private"), (1, 0, 1, "private")], coverage=coverage)
    assert f"private reply latency: in part ({wanted})" in card_text(c.card)


def test_the_card_of_an_own_table() -> None:
    table = pd.DataFrame(
        {"sender": list("abc"), "recipient": list("bac"), "time": [0, 60, 120], "extra": 1}
    )
    c = from_dataframe(table, visibility="private_1to1", unit="s", community="mine")
    found = c.card
    assert (found["messages"], found["people"]) == (2, 2)  # c wrote to c
    assert set(found) == KEYS
    (source,) = found["sources"]
    assert source["seen"] == source["kept"] + sum(source["ignored"].values())


def test_foreign_words_are_escaped_in_the_notebook() -> None:
    found = card([say(0, 0)])
    found["community"] = "<script>alert(1)</script> & co"
    shown = card_html(found)
    assert "<script" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; co" in shown
    assert repr(community([say(0, 0)])).splitlines()[0] == "test"
