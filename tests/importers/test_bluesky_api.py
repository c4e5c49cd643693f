"""Saved pages of Bluesky: hand-computed facts of each sample, context, damage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dump_support import at, by_text, flags, kept, made, notes, only, reasons, sample
from support import run_mutations

from supportnet.records import BACKDATED, RawReaction

LEA, OMAR, INES = (f"did:plc:{letter * 24}" for letter in "abc")
T0 = at("2024-11-20T09:00:00Z")
TID = "3lbeljyit2222"  # made at T0


def view(rkey: str, text: object, *, did: str = LEA, made_at: object = None) -> dict[str, Any]:
    record = {"text": text, "createdAt": made_at or "2024-11-20T09:00:00Z"}
    uri = f"at://{did}/app.bsky.feed.post/{rkey}"
    return {"uri": uri, "author": {"did": did, "handle": "x.example"}, "record": record}


def test_a_feed() -> None:
    records = sample("bluesky_api", "feed")
    found = by_text(records)
    answer = found["courage"]
    assert (answer.author.id, answer.t_us) == (LEA, T0 + 60_000_000)
    assert answer.reply_author is not None
    assert answer.reply_author.id == OMAR
    # Pinned posts are the account's own.
    assert found["épinglé"].author.id == LEA
    assert reasons(records) == ({"empty_page": 1}, {"unknown_shape": 1})


def test_a_feed_s_reposts_are_by_whoever_reposted() -> None:
    first, second = (m for m in kept(sample("bluesky_api", "feed")) if m.kind == "repost")
    assert (first.author.id, second.author.id) == (LEA, INES)
    assert first.t_us == T0 + 70_000_000
    assert first.ref is not None
    assert "app.bsky.feed.repost" in first.ref.id
    assert second.ref is None
    for repost in (first, second):
        assert repost.target_author is not None
        assert repost.target_author.id == OMAR


def test_posts_around_others_are_context() -> None:
    records = sample("bluesky_api", "feed")
    assert "mauvaise nuit" not in by_text(records)
    assert notes(records)["context_posts_left_out"] == "1"
    more = by_text(sample("bluesky_api", "feed", columns={"keep_context": "true"}))
    assert more["courage"].t_us - more["mauvaise nuit"].t_us == 60_000_000


def test_counts_of_likes_have_no_actor() -> None:
    likes = only(sample("bluesky_api", "thread"), RawReaction)
    assert sorted((like.n, like.actor) for like in likes) == [(1, None), (5, None)]


def test_a_thread() -> None:
    records = sample("bluesky_api", "thread")
    found = by_text(records)
    assert set(found) == {"mauvaise nuit", "courage", "merci"}
    assert {message.conversation.key for message in found.values()} == {
        f"at://{OMAR}/app.bsky.feed.post/{TID}"
    }
    assert found["merci"].reply_to == found["courage"].ref
    assert reasons(records) == ({"not_found": 1, "blocked": 1}, {})


def test_lines_hold_items_pages_and_posts() -> None:
    records = sample("bluesky_api", "lines")
    assert {m.text for m in kept(records) if m.kind == "post"} == {
        "courage",
        "mauvaise nuit",
        "seule",
    }
    # One post stands in an item and alone; the last line was cut.
    assert reasons(records) == ({"duplicate": 1}, {"json_syntax": 1})


def test_coverage() -> None:
    assert flags(sample("bluesky_api", "feed")) == {"public_out"}
    assert flags(sample("bluesky_api", "lines")) == {"public_out", "public_in", "alter_alter"}


def test_two_clocks(tmp_path: Path) -> None:
    lines: list[object] = [
        view(TID, "a", made_at="2015-04-01T10:00:00Z"),
        view("self", "b", made_at="2024-11-20T10:00:00+01:00"),
        view(TID, "c", did=OMAR, made_at="?"),
        view("self", "d", did=OMAR, made_at="?"),
    ]
    records = made("bluesky_api", tmp_path, {"a.jsonl": lines})
    found = by_text(records)
    assert (found["a"].t_us, found["a"].time_note) == (T0, BACKDATED)
    assert (found["b"].t_us, found["b"].time_note) == (T0, 0)
    assert (found["c"].t_us, found["c"].time_note) == (T0, 0)
    assert reasons(records)[1] == {"bad_date": 1}


def test_odd_posts_are_rejected_one_by_one(tmp_path: Path) -> None:
    nobody = view("k3", "x")
    nobody["author"] = {"did": "lea"}
    lines: list[object] = [view("k1", "a"), view("k2", 7), nobody, {**view("k4", "d"), "uri": "?"}]
    records = made("bluesky_api", tmp_path, {"a.jsonl": lines})
    assert [m.text for m in kept(records)] == ["a"]
    assert reasons(records)[1] == {"unknown_shape": 2, "no_author": 1}


def test_joins_with_the_repository_of_a_user(tmp_path: Path) -> None:
    (message,) = kept(made("bluesky_api", tmp_path, {"a.jsonl": [view("k1", "a")]}))
    assert message.ref == ("bluesky", f"at://{LEA}/app.bsky.feed.post/k1", "global", "")


def test_damaged_copies_are_read_or_refused(tmp_path: Path) -> None:
    outcome = run_mutations("bluesky_api", 600, 13, tmp_path)
    assert outcome["read"] > 500
