"""Bluesky: hand-computed facts of each sample, traps of existing parsers, hostile repositories."""

from __future__ import annotations

import json
import random
import struct
from collections import Counter
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import bluesky_support as make
import libipld
import pytest
from bluesky_support import DAY0, GOLD, HOUR, INES, LEA, OMAR, Cid, every_kind, tid
from mutate import PLANTED
from support import check_record, options_of, read_paths, run_mutations

from supportnet.archive import open_exports
from supportnet.errors import ArchiveError
from supportnet.formats import Options
from supportnet.importers.bluesky import FORMAT, repo
from supportnet.importers.bluesky.car import decode
from supportnet.importers.bluesky.clock import tid_number, tid_time
from supportnet.parsing.times import iso_us
from supportnet.records import (
    BACKDATED,
    Ignored,
    RawAlias,
    RawContact,
    RawCoverage,
    RawMembership,
    RawMessage,
    RawReaction,
    Rejected,
)

CASES = Path(__file__).parent / "bluesky"
PUBLIC = frozenset({"public_out", "reactions_out"})
CHAT = frozenset({"private_in", "private_out", "groups", "deletions_visible"})


def case(name: str, **declared: object) -> list[Any]:
    options = replace(options_of(CASES / name), **declared)
    return read_paths([CASES / name / "input"], FORMAT, options)


def read_car(tmp_path: Path, data: bytes, **declared: object) -> list[Any]:
    path = tmp_path / "repo.car"
    path.write_bytes(data)
    return read_paths([path], FORMAT, replace(Options(), **declared))


def read_chat(tmp_path: Path, *lines: object, **declared: object) -> list[Any]:
    path = tmp_path / "chat.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    return read_paths([path], FORMAT, replace(Options(), **declared))


def only(records: list[Any], kind: type) -> list[Any]:
    return [record for record in records if type(record) is kind]


def posts(records: list[Any]) -> dict[str, RawMessage]:
    return {message.text or message.kind: message for message in only(records, RawMessage)}


def reasons(records: list[Any]) -> tuple[Counter[str], Counter[str]]:
    ignored: Counter[str] = Counter()
    for record in only(records, Ignored):
        ignored[record.reason] += record.n
    return ignored, Counter(record.reason for record in only(records, Rejected))


def notes(records: list[Any]) -> dict[str, str]:
    return records[-1] if isinstance(records[-1], dict) else {}


def at(text: str) -> int:
    t_us = iso_us(text)
    assert t_us is not None
    return t_us


# The writer of the samples


def test_the_samples_are_what_another_reader_says_they_are() -> None:
    data = (CASES / "gold" / "input" / "repo.car").read_bytes()
    header, blocks = libipld.decode_car(data)
    assert header["version"] == 1
    values = list(blocks.values())
    assert sum("text" in value for value in values) == 3
    assert [value["did"] for value in values if "did" in value] == [LEA]
    assert decode(make.cbor(every_kind())) == every_kind()


def test_tids_count_microseconds() -> None:
    # 3l… of November 2024: the character count and the shift by ten bits, by hand for one digit.
    assert tid_number("2222222222222") == 0
    assert tid_number("2222222222223") == 1
    assert tid_number("2222222222322") == 1 << 10
    assert tid_number(tid(DAY0, clock=5)) == (DAY0 << 10) | 5
    assert tid_time(tid(DAY0)) == DAY0
    for no_tid in ("self", "zzzzzzzzzzzzz", "3kaaaaaaaab2", "3kaaaaaaaab21", "3KAAAAAAAAB2A"):
        assert tid_number(no_tid) is None
    # A TID, but of 1970.
    assert tid_time("2222222222223") is None


# Gold


def test_gold() -> None:
    records = case("gold")
    found = posts(records)
    assert len(found) == 3
    assert {message.visibility for message in found.values()} == {"public"}
    reply = found["é @omar.example courage"]
    assert reply.t_us == at("2024-11-20T08:30:00Z")
    assert reply.reply_author.id == OMAR
    assert reply.reply_to.id == f"at://{OMAR}/app.bsky.feed.post/3k1" == reply.root.id
    assert reply.conversation.key == reply.root.id
    assert [who.id for who in reply.mentions] == [OMAR]
    quote = found["quote"]
    assert quote.text == ""
    assert (quote.target.id, quote.target_author.id) == (
        f"at://{INES}/app.bsky.feed.post/3k2",
        INES,
    )
    first = found["Bonjour à tous"]
    assert first.lang == "fr"
    assert first.conversation.key == first.ref.id
    assert (first.conversation.kind, first.conversation.members) == ("thread", set())
    (like,) = only(records, RawReaction)
    assert (like.kind, like.actor.id, like.target_author.id) == ("like", LEA, INES)
    assert like.t_us == at("2024-11-20T10:00:00Z")
    (follow,) = only(records, RawContact)
    assert (follow.owner.id, follow.other.id, follow.kind) == (LEA, OMAR, "follow")
    assert follow.t_us == at("2024-11-19T10:00:00Z")
    # The keys of these records were made up a year before their claims: noted, and not believed.
    assert all(message.time_note == BACKDATED for message in found.values())
    assert reasons(records) == (Counter(), Counter())


def test_commits_of_2023_without_a_revision_read_the_same() -> None:
    assert [str(r) for r in only(case("gold"), RawMessage)] == [
        str(r) for r in only(case("version2"), RawMessage)
    ]
    (coverage,) = only(case("version2"), RawCoverage)
    assert (coverage.flags, coverage.end_stated) == (PUBLIC, False)
    assert coverage.end_us == at("2024-11-21T08:00:00Z")


# Every kind of record


def test_every_record_is_counted_once() -> None:
    records = case("records")
    ignored, rejected = reasons(records)
    assert ignored == {
        "block": 1,
        "profile": 1,
        "list": 2,
        "reply_gate": 1,
        "quote_gate": 1,
        "setting": 1,
        "other_app": 1,
        "other_record": 1,
    }
    assert rejected == {"undated": 1, "bad_date": 1, "unknown_shape": 1}
    kept = sum(len(only(records, kind)) for kind in (RawMessage, RawReaction, RawContact))
    assert kept + ignored.total() + rejected.total() == len(every_kind())


def test_stale_blocks_are_no_records() -> None:
    records = case("records")
    assert "effacé depuis" not in posts(records)
    assert notes(records)["stale_nodes"] == "1"


def test_times() -> None:
    found = posts(case("records"))
    expected = {
        # The claim, in its own offset: 02:00 at -08:00.
        "merci à vous deux": ("2024-11-20T10:00:00.25Z", 0, 1_000),
        "regardez": ("2024-11-20T11:00:00Z", 0, 1_000_000),
        # Brought over from elsewhere: the key's time.
        "vieux message": ("2024-11-20T13:00:00Z", BACKDATED, 1_000),
        "sans fuseau": ("2024-11-20T14:00:00Z", 0, 1_000),
        "jour impossible": ("2024-11-20T15:00:00Z", 0, 1_000),
        "sans date": ("2024-11-20T16:00:00Z", 0, 1_000),
        "clé choisie": ("2024-11-20T16:30:00.5Z", 0, 1_000),
    }
    for text, (moment, note, step) in expected.items():
        message = found[text]
        assert (message.t_us, message.time_note, message.resolution_us) == (at(moment), note, step)


@pytest.mark.parametrize(
    ("hours", "flagged"), [(-24.01, True), (-23.99, False), (23.99, False), (24.01, True)]
)
def test_more_than_a_day_off_is_flagged(tmp_path: Path, hours: float, flagged: bool) -> None:
    key = f"app.bsky.feed.post/{tid(at('2024-11-20T08:00:00Z') - int(hours * HOUR))}"
    (found,) = only(
        read_car(tmp_path, make.repository({key: make.post("x", "2024-11-20T08:00:00Z")})),
        RawMessage,
    )
    assert (found.time_note == BACKDATED) is flagged
    # A claim before its key gives way to the key; a claim behind it stands.
    moved = hours < 0 and flagged
    assert (found.t_us != at("2024-11-20T08:00:00Z")) is moved


def test_threads_replies_and_quotes() -> None:
    found = posts(case("records"))
    root = f"at://{LEA}/app.bsky.feed.post/{tid(DAY0)}"
    own = found["et la suite"]
    assert (own.reply_to.id, own.reply_author.id) == (root, LEA)
    assert own.conversation is found["Je commence"].conversation
    other = found["merci à vous deux"]
    assert (other.reply_author.id, other.root_author.id) == (OMAR, INES)
    assert other.conversation.key == other.root.id != other.reply_to.id
    assert other.lang is None  # two languages declared
    with_pictures = found["regardez"]
    assert (with_pictures.kind, with_pictures.target_author.id) == ("quote", INES)
    assert with_pictures.target.id.endswith("/app.bsky.feed.post/3k2")
    of_a_feed = found["un bon fil"]
    assert (of_a_feed.kind, of_a_feed.target) == ("post", None)
    assert [who.id for who in found["salut @ines.example"].mentions] == [INES]


def test_reposts_and_likes() -> None:
    records = case("records")
    repost = posts(records)["repost"]
    assert repost.kind == "repost"
    assert repost.target_author.id == OMAR
    assert repost.conversation.key == repost.ref.id
    assert repost.reply_to is None
    assert [(like.t_us, like.target_author.id) for like in only(records, RawReaction)] == [
        (at("2024-11-20T18:00:00Z"), OMAR),
        (None, LEA),
    ]
    assert notes(records)["seen_through_reposts"] == "2"


def test_order_follows_the_keys() -> None:
    found = posts(case("records"))
    in_time = sorted(found.values(), key=lambda message: message.t_us)
    assert [m.seq for m in in_time] == sorted(m.seq for m in in_time)
    assert max(m.seq for m in in_time) < 2**63


def test_coverage_of_a_repository_is_the_owners_public_side() -> None:
    (coverage,) = only(case("records"), RawCoverage)
    assert (coverage.owner.id, coverage.flags) == (LEA, PUBLIC)
    # The commit says when the last change was made.
    assert (coverage.end_us, coverage.end_stated) == (tid_time("3lcaaaaaaaa2a"), True)
    assert coverage.start_us == DAY0


# The container


@pytest.mark.parametrize("order", ["reversed", "twice", "shuffled"])
def test_blocks_come_in_any_order(tmp_path: Path, order: str) -> None:
    def change(blocks: list[tuple[Cid, bytes]]) -> list[tuple[Cid, bytes]]:
        if order == "shuffled":
            random.Random(3).shuffle(blocks)
        return blocks * 2 if order == "twice" else blocks[::-1]

    expected = sorted(str(r) for r in only(case("records"), RawMessage))
    records = read_car(tmp_path, make.repository(every_kind(), change=change))
    assert sorted(str(r) for r in only(records, RawMessage)) == expected


def test_many_records_in_a_deep_tree(tmp_path: Path) -> None:
    many = {make.post_key(DAY0 + i * HOUR // 60): make.post(str(i), "") for i in range(3000)}
    records = read_car(tmp_path, make.repository(many))
    found = sorted(only(records, RawMessage), key=lambda message: message.t_us)
    assert [message.text for message in found] == [str(i) for i in range(3000)]
    assert len({message.seq for message in found}) == 3000


def test_equal_records_under_two_keys_are_two(tmp_path: Path) -> None:
    same = make.post("encore", "")
    twice = {make.post_key(DAY0): same, make.post_key(DAY0 + HOUR): same}
    found = only(read_car(tmp_path, make.repository(twice)), RawMessage)
    assert sorted(message.t_us for message in found) == [DAY0, DAY0 + HOUR]


def test_a_slice_reports_what_is_missing(tmp_path: Path) -> None:
    records = case("partial")
    assert reasons(records)[1] == {"missing_block": 2}
    assert len(only(records, RawMessage)) == 2

    # Without the tree's nodes nothing is known of the records below.
    def bare(blocks: list[tuple[Cid, bytes]]) -> list[tuple[Cid, bytes]]:
        return [(cid, data) for cid, data in blocks if not data.startswith(b"\xa2ae")]

    records = read_car(tmp_path, make.repository(GOLD, change=bare))
    assert reasons(records)[1] == {"missing_node": 1}
    assert notes(records)["missing_nodes"] == "1"
    assert only(records, RawMessage) == []


def test_a_damaged_block_is_not_believed(tmp_path: Path) -> None:
    data = make.repository(GOLD)
    damaged = data.replace("Bonjour à tous".encode(), "Bonsoir à tous".encode())
    records = read_car(tmp_path, damaged)
    assert reasons(records)[1] == {"damaged_block": 1}
    assert len(only(records, RawMessage)) == 2


def test_a_broken_download_keeps_what_came(tmp_path: Path) -> None:
    data = make.repository(GOLD)
    records = read_car(tmp_path, data[:-20])
    assert reasons(records)[1] == {"missing_block": 1}
    assert notes(records)["repository"] == "cut short"


def test_the_newest_commit_serves_where_the_root_is_missing(tmp_path: Path) -> None:
    def change(blocks: list[tuple[Cid, bytes]]) -> list[tuple[Cid, bytes]]:
        commit = libipld.decode_dag_cbor(blocks[0][1])
        older = make.block({**commit, "data": Cid(b"\1" * 36), "rev": "3kaaaaaaaaa2a"})
        newer = make.block({**commit, "data": Cid(commit["data"]), "rev": "3lzzzzzzzzz2a"})
        return [newer, older, *blocks[1:]]

    assert len(only(read_car(tmp_path, make.repository(GOLD, change=change)), RawMessage)) == 3


def headless(blocks: list[tuple[Cid, bytes]]) -> list[tuple[Cid, bytes]]:
    return blocks[1:]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (make.repository(GOLD, version=7), "a commit of version 2 or 3 was expected"),
        (make.repository(GOLD, change=headless), "a commit of version 2 or 3 was expected"),
        (make.car([], []), "a commit of version 2 or 3 was expected"),
        (make.car([], [], version=2)[:9] + b"x" * 40, "a CAR file of version 1 was expected"),
        (make.repository(GOLD, did=f"did:{PLANTED}"), "names its account was expected"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(
    tmp_path: Path, data: bytes, sentence: str
) -> None:
    path = tmp_path / f"{PLANTED}.car"
    path.write_bytes(data)
    with open_exports([path])[0] as archive:
        (member,) = archive.members
        if not FORMAT.sniff(member):
            pytest.fail("the file was expected to be recognised")
    with pytest.raises(ArchiveError, match=sentence) as caught:
        read_paths([path], FORMAT, Options())
    assert PLANTED not in str(caught.value)


def hostile(blocks: list[tuple[Cid, bytes]], root: Cid) -> bytes:
    commit = {"did": LEA, "version": 3, "data": root, "rev": "3kaaaaaaaaa2a", "prev": None}
    top = make.block({**commit, "sig": b""})
    return make.car([top[0]], [top, *blocks])


def test_a_tree_that_doubles_at_each_level_ends(tmp_path: Path) -> None:
    # 2**60 ways through 61 nodes: each is taken once.
    key = b"app.bsky.feed.post/x"
    post = make.block(make.post("x", "2024-11-20T08:00:00Z"))
    nodes = [make.block({"l": None, "e": []})]
    for _ in range(60):
        below = nodes[-1][0]
        nodes.append(make.block({"l": below, "e": [{"p": 0, "k": key, "v": post[0], "t": below}]}))
    records = read_car(tmp_path, hostile([*nodes, post], nodes[-1][0]))
    assert reasons(records)[1] == {"repeated_node": 60}
    assert len(only(records, RawMessage)) == 60


def test_a_tree_that_leads_back_into_itself_ends(tmp_path: Path) -> None:
    # A true circle would need a broken hash; an address that is no SHA-256 is believed.
    here, there = Cid(b"\x01\x71\x00\x02aa"), Cid(b"\x01\x71\x00\x02bb")
    nodes = [
        (here, make.cbor({"l": there, "e": []})),
        (there, make.cbor({"l": here, "e": []})),
    ]
    assert reasons(read_car(tmp_path, hostile(nodes, here)))[1] == {"repeated_node": 1}


@pytest.mark.parametrize(
    "value",
    [
        b"\x81" * 100_000 + b"\x01",  # deep
        b"\xa1\x61\x61" * 100_000 + b"\x01",
        b"\x9b" + b"\xff" * 8,  # an array of 2**64
        b"\xbb\0\0\0\0\xff\xff\xff\xff",
        b"\x5b\x7f" + b"\xff" * 7,
        b"\x7b\0\0\xff\xff\xff\xff\xff\xff",
        b"\xd8\x2a\x41\x00",
        b"\xfb" + struct.pack(">d", float("nan")),
        b"\x9f\x01\xff",
        b"",
        b"\x01\x01",
        b"\x63abc",
    ],
)
def test_a_hostile_record_is_rejected_alone(tmp_path: Path, value: bytes) -> None:
    bad = make.block(value)
    good = make.block(make.post("sain", "2024-11-20T08:00:00Z"))
    entries = [
        {"p": 0, "k": b"app.bsky.feed.post/a", "v": bad[0], "t": None},
        {"p": 19, "k": b"b", "v": good[0], "t": None},
    ]
    node = make.block({"l": None, "e": entries})
    records = read_car(tmp_path, hostile([node, bad, good], node[0]))
    assert reasons(records)[1] == {"cbor_syntax": 1}
    assert [message.text for message in only(records, RawMessage)] == ["sain"]


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"p": 5, "k": b"x", "t": None}, "bad_key"),
        ({"p": -1, "k": b"x", "t": None}, "bad_key"),
        ({"p": 0, "k": b"x" * 2000, "t": None}, "bad_key"),
        ({"p": 0, "k": b"no slash", "t": None}, "bad_key"),
        ({"p": 0, "k": "text", "t": None}, "bad_key"),
        ({"p": 0, "k": b"a.b/../c", "t": None}, "bad_key"),
    ],
)
def test_a_hostile_key_is_rejected(tmp_path: Path, entry: dict[str, Any], reason: str) -> None:
    post = make.block(make.post("x", "2024-11-20T08:00:00Z"))
    node = make.block({"l": None, "e": [{**entry, "v": post[0]}]})
    assert reasons(read_car(tmp_path, hostile([node, post], node[0])))[1] == {reason: 1}


@pytest.mark.parametrize("length", [b"\xff" * 9 + b"\x01", b"\xff\xff\xff\x7f", b"\x00", b"\x80"])
def test_a_length_that_makes_no_sense_ends_the_file(tmp_path: Path, length: bytes) -> None:
    records = read_car(tmp_path, make.repository(GOLD) + length)
    assert len(only(records, RawMessage)) == 3
    assert notes(records)["repository"] == "cut short"


def test_a_tree_over_the_cap_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repo, "_MAX_NODES", 100)
    with pytest.raises(ArchiveError, match="over the cap"):
        read_car(tmp_path, make.repository(GOLD))


# Pages of records


def test_pages_of_records() -> None:
    records = case("pages")
    assert reasons(records) == (Counter({"block": 1, "duplicate": 1}), Counter(unknown_shape=1))
    (message,) = only(records, RawMessage)
    assert message.ref.id == f"at://{LEA}/app.bsky.feed.post/3lbenr27q2k2a"
    (coverage,) = only(records, RawCoverage)
    assert (coverage.owner.id, coverage.flags, coverage.end_stated) == (LEA, PUBLIC, False)


# Chat


def test_gold_chat() -> None:
    records = case("chat")
    message, deleted = only(records, RawMessage)
    assert (message.text, message.visibility, message.author.id) == (
        "tu dors ?",
        "private_1to1",
        OMAR,
    )
    assert message.t_us == at("2025-01-01T22:00:00Z")
    assert {who.id for who in message.conversation.members} == {LEA, OMAR}
    assert (deleted.kind, deleted.original_kind, deleted.text) == ("deleted", "message", None)
    (reaction,) = only(records, RawReaction)
    assert (reaction.kind, reaction.actor.id, reaction.target) == ("👍", LEA, message.ref)
    assert {(alias.first.id, alias.second.id) for alias in only(records, RawAlias)} == {
        (LEA, "lea.example"),
        (OMAR, "omar.example"),
    }
    assert reasons(records) == (Counter(conversation=1), Counter())


def test_the_owner_of_a_chat_is_never_guessed() -> None:
    # One conversation of two: either may be the owner.
    (coverage,) = only(case("chat"), RawCoverage)
    assert (coverage.owner, coverage.flags) == (None, CHAT)
    assert coverage.conversation is not None
    for word in ("@lea.example", LEA, "LEA.example"):
        (coverage,) = only(case("chat", owner=word), RawCoverage)
        assert (coverage.owner.id, coverage.conversation) == (LEA, None)
    (coverage,) = only(case("chat", owner="nobody"), RawCoverage)
    assert coverage.owner is None


def test_a_repository_beside_names_the_owner_of_the_chat() -> None:
    records = case("whole")
    first, second = only(records, RawCoverage)
    assert (first.owner.id, first.flags) == (LEA, PUBLIC)
    assert (second.owner.id, second.flags) == (LEA, CHAT)
    assert (second.start_us, second.end_us) == (
        at("2025-01-01T22:00:00Z"),
        at("2025-01-01T22:02:00Z"),
    )
    owners = {record.author for record in only(records, RawMessage) if record.author.id == LEA}
    assert owners == {first.owner}
    assert (INES, "ines.example") in {(a.first.id, a.second.id) for a in only(records, RawAlias)}


def test_groups_are_private_to_one_only_while_they_are_two() -> None:
    records = case("chat_groups")
    group = [m for m in only(records, RawMessage) if m.conversation.key == "g1"]
    assert [(m.visibility, m.audience_size) for m in group] == [
        ("private_1to1", 1),
        ("private_group", 2),
        ("private_group", 2),
        ("private_1to1", 1),
    ]
    assert {m.conversation.kind for m in group} == {"group"}
    (stay,) = only(records, RawMembership)
    assert (stay.person.id, stay.joined_us, stay.left_us) == (
        OMAR,
        at("2026-05-02T08:00:00Z"),
        at("2026-05-03T08:00:00Z"),
    )
    (coverage,) = only(records, RawCoverage)
    assert coverage.owner.id == LEA  # the one who is in every list


def test_chat_lines_of_every_shape() -> None:
    records = case("chat_groups")
    ignored, rejected = reasons(records)
    assert ignored == {
        "conversation": 2,
        "membership_event": 2,
        "event": 2,
        "duplicate": 1,
        "unknown_line": 1,
    }
    assert rejected == {"undated": 1, "no_author": 1, "unknown_shape": 1, "json_syntax": 1}
    lines = (CASES / "chat_groups/input/chat-export.jsonl").read_text("utf-8").splitlines()
    kept = len(only(records, RawMessage))
    assert kept + ignored.total() + rejected.total() == sum(map(bool, lines))
    found = posts(records)
    # A copy that says "deleted" drops the words of the other copy.
    assert "bienvenue" not in found
    assert found["oui"].reply_to == found["on se voit ?"].ref
    assert found["merci"].reply_author.id == INES
    assert [who.id for who in found["@omar regarde"].mentions] == [OMAR]
    assert found["@omar regarde"].target_author.id == INES
    assert [r.kind for r in only(records, RawReaction)] == ["❤", "other"]
    assert "handle.invalid" not in {alias.second.id for alias in only(records, RawAlias)}
    assert found["on se voit ?"].seq < found["oui"].seq
    assert notes(records)["unknown_lines"] == "18"


def test_who_could_read_a_chat_without_a_list_of_members() -> None:
    found = posts(case("chat_groups"))
    # Before groups existed every conversation was between two.
    assert found["avant les groupes"].visibility == "private_1to1"
    assert found["sans liste"].visibility == "unknown"
    assert found["sans liste"].audience_size is None


def chat_line(number: int, did: str, key: str | None = "c", **more: object) -> dict[str, Any]:
    message = {
        "id": f"m{number}",
        "text": "x",
        "sender": {"did": did},
        "sentAt": f"2026-06-01T08:{number:02}:00Z",
        **more,
    }
    return {"message": message} | ({"convoId": key} if key else {})


def test_three_writers_make_a_group(tmp_path: Path) -> None:
    lines = [chat_line(number, did) for number, did in enumerate((LEA, OMAR, INES))]
    found = only(read_chat(tmp_path, *lines), RawMessage)
    assert {(m.visibility, m.audience_size) for m in found} == {("private_group", None)}
    assert {who.id for who in found[0].conversation.members} == {LEA, OMAR, INES}


def test_a_message_belongs_to_the_conversation_described_last(tmp_path: Path) -> None:
    views = [
        {"id": name, "members": [{"did": LEA}, {"did": other}], "unreadCount": 0}
        for name, other in (("a", OMAR), ("b", INES))
    ]
    lines = [views[0], chat_line(1, OMAR, None), views[1], chat_line(2, INES, None)]
    found = only(read_chat(tmp_path, *lines), RawMessage)
    assert [m.conversation.key for m in found] == ["a", "b"]
    # Nothing described, no id: the enclosing object's id, else there is no conversation.
    lost = {**chat_line(3, OMAR, None), "$type": "chat.bsky.thing"}
    assert reasons(read_chat(tmp_path, lost))[1] == {"no_conversation": 1}
    (found_one,) = only(read_chat(tmp_path, {**lost, "id": "e"}), RawMessage)
    assert found_one.conversation.key == "e"


def test_a_line_with_a_conversation_and_its_messages(tmp_path: Path) -> None:
    convo = {"id": "a", "members": [{"did": LEA}, {"did": OMAR}]}
    messages = [chat_line(n, OMAR, None)["message"] for n in (1, 2)]
    records = read_chat(tmp_path, {"convo": convo, "messages": messages})
    assert [m.conversation.key for m in only(records, RawMessage)] == ["a", "a"]
    assert reasons(records) == (Counter(), Counter())


# Recognition


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("jet.jsonl", '{"did":"did:plc:a","time_us":1,"kind":"commit","commit":{"rev":"3"}}\n'),
        ("feed.json", '{"feed":[{"post":{"uri":"at://did:plc:a/app.bsky.feed.post/1"}}]}'),
        ("tweets.json", '{"records":[{"id":1}]}'),
        ("chat.json", '{"messages":[{"sentAt":1,"sender":{"id":3}}]}'),
        ("table.csv", "did,name\n1,2\n"),
        ("repo.car", "not a repository"),
        ("empty.car", ""),
    ],
)
def test_it_claims_nothing_of_others(tmp_path: Path, name: str, data: str) -> None:
    (tmp_path / name).write_text(data)
    (archive,) = open_exports([tmp_path / name])
    with archive:
        assert not any(FORMAT.sniff(member) for member in archive.members)


def test_two_repositories_side_by_side_keep_their_owners(tmp_path: Path) -> None:
    (tmp_path / "a.car").write_bytes(make.repository(GOLD))
    (tmp_path / "b.car").write_bytes(make.repository(GOLD, did=OMAR))
    (tmp_path / "again.car").write_bytes(make.repository(GOLD))
    records = read_paths([tmp_path], FORMAT, Options())
    assert Counter(m.author.id for m in only(records, RawMessage)) == {LEA: 3, OMAR: 3}
    assert reasons(records)[0] == {"duplicate": len(GOLD)}
    assert {c.owner.id for c in only(records, RawCoverage)} == {LEA, OMAR}


# Damage


def test_damaged_samples(tmp_path: Path) -> None:
    outcome = run_mutations("bluesky", 500, 7, tmp_path)
    assert sum(outcome.values()) == 500
    assert outcome["read"] > 250


STRANGE: tuple[Any, ...] = (
    None, True, 0, -1, 2**64 - 1, -(2**64), 0.5, "", PLANTED, "\0", b"", b"\xff" * 40,
    Cid(b"\x01\x71\x12\x20" + b"\0" * 32), [], {}, [[]], [None], {"": None},
    {"uri": PLANTED, "did": PLANTED}, "did:plc:", f"at://{LEA}/app.bsky.feed.post/",
    "2026-02-30T25:61:61Z", "9999-12-31T23:59:59Z",
)  # fmt: skip


def places(value: Any) -> list[tuple[Any, Any]]:
    keys = list(value) if isinstance(value, dict) else range(len(value))
    found = [(value, key) for key in keys]
    for key in keys:
        if isinstance(value[key], dict | list):
            found += places(value[key])
    return found


def test_strange_values_in_whole_blocks(tmp_path: Path) -> None:
    rng = random.Random(11)
    for _ in range(400):
        kinds = deepcopy(every_kind())
        for _ in range(3):
            container, key = rng.choice([p for v in kinds.values() for p in places(v)])
            if rng.random() < 0.2:
                container.pop(key)
            else:
                container[key] = deepcopy(rng.choice(STRANGE))
        records = read_car(tmp_path, make.repository(kinds))
        for record in records:
            check_record(record)
        ignored, rejected = reasons(records)
        kept = sum(len(only(records, kind)) for kind in (RawMessage, RawReaction, RawContact))
        assert kept + ignored.total() + rejected.total() == len(kinds)
