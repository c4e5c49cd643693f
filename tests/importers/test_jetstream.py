"""Jetstream: hand-computed facts of each sample, changes and deletions, damage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from dump_support import at, by_text, flags, kept, made, notes, only, reasons, sample
from mutate import PLANTED
from support import run_mutations

from supportnet.errors import InputError
from supportnet.parsing.atproto import tid_number
from supportnet.records import BACKDATED, RawAlias, RawContact, RawCoverage, RawReaction

LEA, OMAR, INES = (f"did:plc:{letter * 24}" for letter in "abc")
POST, LIKE = "app.bsky.feed.post", "app.bsky.feed.like"
T0 = at("2024-11-20T09:00:00Z")


def event(
    second: int, operation: str, *, rkey: str = "k1", text: str | None = None, did: str = LEA
) -> dict[str, Any]:
    commit: dict[str, Any] = {"operation": operation, "collection": POST, "rkey": rkey}
    if text is not None:
        commit["record"] = {"$type": POST, "text": text, "createdAt": "2024-11-20T09:00:00Z"}
    return {"did": did, "time_us": T0 + second * 1_000_000, "kind": "commit", "commit": commit}


def test_gold() -> None:
    records = sample("jetstream", "gold")
    assert kept(records) == []
    # Three events, each counted once.
    assert reasons(records) == ({"deleted": 1, "delete_event": 1, "identity_event": 1}, {})


def test_without_its_deletion_the_gold_post_is_there(tmp_path: Path) -> None:
    lines = (Path(__file__).parent / "jetstream/gold/input/events.jsonl").read_text().splitlines()
    (message,) = kept(made("jetstream", tmp_path, {"a.jsonl": [lines[0], lines[2]]}))
    assert message.text == "merci"
    assert message.t_us == T0
    assert message.reply_author is not None
    assert message.reply_author.id == OMAR
    assert message.conversation.key == f"at://{OMAR}/{POST}/3k1"


def test_each_event_is_counted_once() -> None:
    records = sample("jetstream", "kinds")
    ignored, rejected = reasons(records)
    assert ignored == {
        "duplicate": 1,
        "older_edit": 1,
        "deleted": 1,
        "delete_event": 1,
        "profile": 1,
        "other_record": 1,
        "account_deleted": 1,
        "account_event": 2,
        "identity_event": 1,
    }
    assert rejected == {"json_syntax": 1, "unknown_shape": 2, "no_author": 1}
    beside = len(only(records, RawReaction)) + len(only(records, RawContact))
    # 17 events, one of them twice, and four damaged ones.
    assert len(kept(records)) + beside + ignored.total() + rejected.total() == 22


def test_the_stream_s_clock_counts() -> None:
    found = by_text(sample("jetstream", "kinds"))
    answer = found["courage @omar.example"]
    assert answer.t_us == T0 + 60_001_234
    assert answer.resolution_us == 1
    # Sixty seconds after the post it answers, to the microsecond.
    assert answer.t_us - found["mauvaise nuit"].t_us == 60_000_000
    assert [person.id for person in answer.mentions] == [OMAR]
    assert answer.lang == "fr"


def test_an_old_claim_is_flagged_and_not_believed() -> None:
    message = by_text(sample("jetstream", "kinds"))["publié ailleurs"]
    assert message.t_us == T0 + 310_001_234
    assert message.time_note == BACKDATED


def test_without_a_usable_clock_the_claim_and_the_key_tell(tmp_path: Path) -> None:
    good, odd = event(0, "create", text="a"), event(0, "create", rkey="k2", text="b")
    good["time_us"], odd["time_us"] = 0, "now"
    odd["commit"]["record"]["createdAt"] = None
    records = made("jetstream", tmp_path, {"a.jsonl": [good, odd]})
    assert [m.t_us for m in kept(records)] == [T0]
    assert reasons(records)[1] == {"undated": 1}


def test_pictures_beside_a_quoted_post_hide_nothing() -> None:
    message = by_text(sample("jetstream", "kinds"))["à lire"]
    assert message.kind == "quote"
    assert message.target_author is not None
    assert message.target_author.id == OMAR


def test_reactions_reposts_and_follows() -> None:
    records = sample("jetstream", "kinds")
    # The second like was taken back.
    (like,) = only(records, RawReaction)
    assert like.actor is not None
    assert (like.actor.id, like.target_author.id, like.t_us) == (INES, OMAR, T0 + 180_001_234)
    (follow,) = only(records, RawContact)
    assert (follow.owner.id, follow.other.id, follow.kind) == (INES, LEA, "follow")
    (repost,) = [m for m in kept(records) if m.kind == "repost"]
    assert repost.target_author is not None
    assert (repost.author.id, repost.target_author.id) == (INES, LEA)


def test_changes_keep_the_last_form() -> None:
    found = by_text(sample("jetstream", "kinds"))
    assert "version 1" not in found
    assert found["version 2"].edited


def test_time_decides_and_not_the_order_of_files(tmp_path: Path) -> None:
    later, earlier = event(20, "delete"), event(10, "create", text="a")
    assert kept(made("jetstream", tmp_path, {"a.jsonl": [later], "b.jsonl": [earlier]})) == []


def test_written_again_after_a_deletion(tmp_path: Path) -> None:
    lines: list[object] = [
        event(0, "create", text="a"),
        event(1, "delete"),
        event(2, "create", text="b"),
    ]
    records = made("jetstream", tmp_path, {"a.jsonl": lines})
    assert [m.text for m in kept(records)] == ["b"]
    assert reasons(records)[0] == {"duplicate": 1, "delete_event": 1}


def test_accounts_that_came_back_keep_their_posts(tmp_path: Path) -> None:
    def account(second: int, **more: object) -> dict[str, Any]:
        time_us = T0 + second * 1_000_000
        return {"did": LEA, "time_us": time_us, "kind": "account", "account": dict(more)}

    gone = account(1, active=False, status="deleted")
    post = event(0, "create", text="a")
    assert kept(made("jetstream", tmp_path, {"a.jsonl": [post, gone]})) == []
    lines: list[object] = [post, gone, account(2, active=True)]
    assert len(kept(made("jetstream", tmp_path, {"a.jsonl": lines}))) == 1


def test_handles_are_stated_pairs() -> None:
    (pair,) = only(sample("jetstream", "kinds"), RawAlias)
    assert (pair.first.id, pair.second.id, pair.second.kind) == (OMAR, "omar.example", "handle")


def test_coverage() -> None:
    records = sample("jetstream", "kinds")
    (coverage,) = only(records, RawCoverage)
    assert coverage.owner is None
    assert coverage.flags == {"public_out"}
    # From the first event to the last, posts or not.
    assert (coverage.start_us, coverage.end_us) == (T0, T0 + 400_000_000)
    assert notes(records)["collection"].startswith("sample")
    whole = sample("jetstream", "kinds", columns={"whole_community": "yes"})
    everything = {"public_out", "public_in", "alter_alter", "reactions_in", "reactions_out"}
    assert flags(whole) == everything


def test_the_first_version_of_the_stream() -> None:
    records = sample("jetstream", "first_version")
    (message,) = kept(records)
    assert message.text == "premier flux"
    assert reasons(records) == ({"identity_event": 1, "account_event": 1}, {})
    assert message.ref is not None
    assert message.seq == tid_number(message.ref.id.rpartition("/")[2])


def test_raw_frames_are_refused_in_a_sentence(tmp_path: Path) -> None:
    frame = b"\xa2atg#commitbop\x01\xa1drepoxdid:plc:a" * 3
    with pytest.raises(InputError, match="convert") as caught:
        made("jetstream", tmp_path, {f"{PLANTED}.bin": frame})
    assert PLANTED not in str(caught.value)


def test_joins_with_the_repository_of_a_user(tmp_path: Path) -> None:
    (message,) = kept(made("jetstream", tmp_path, {"a.jsonl": [event(0, "create", text="a")]}))
    assert message.ref == ("bluesky", f"at://{LEA}/{POST}/k1", "global", "")
    assert message.author[:4] == ("bluesky", LEA, "platform", "opaque")


def test_damaged_copies_are_read_or_refused(tmp_path: Path) -> None:
    outcome = run_mutations("jetstream", 600, 12, tmp_path)
    assert outcome["read"] > 500
