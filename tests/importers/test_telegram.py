"""Telegram: hand-computed facts of each sample, traps of existing parsers, damaged files."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from support import options_of, read_paths, run_mutations

from supportnet.archive import open_exports
from supportnet.errors import InputError
from supportnet.formats import Options
from supportnet.importers.telegram import FORMAT
from supportnet.records import (
    AMBIGUOUS_HOUR,
    ASSUMED_ZONE,
    SECOND,
    Ignored,
    RawAlias,
    RawContact,
    RawCoverage,
    RawMembership,
    RawMessage,
    RawReaction,
    Record,
    Rejected,
)

CASES = Path(__file__).parent / "telegram"
T = 1_709_546_400  # 2024-03-04T10:00:00Z
BOTH = frozenset({"private_in", "private_out"})


def read(path: Path, **declared: object) -> tuple[list[Record], dict[str, str]]:
    """Return the records and notes of every export below a path."""
    found = read_paths([path], FORMAT, replace(Options(), **declared))
    notes = found[-1] if found and isinstance(found[-1], dict) else {}
    return found, notes


def case(name: str, **declared: object) -> tuple[list[Record], dict[str, str]]:
    """Return the records and notes of a sample, read with its own options."""
    found = read_paths(
        [CASES / name / "input"], FORMAT, replace(options_of(CASES / name), **declared)
    )
    return found, found[-1]


def only(records: list[Record], kind: type) -> list:
    return [record for record in records if type(record) is kind]


def reasons(records: list[Record]) -> tuple[Counter, Counter]:
    ignored: Counter = Counter()
    for record in only(records, Ignored):
        ignored[record.reason] += record.n
    return ignored, Counter(record.reason for record in only(records, Rejected))


def write(tmp_path: Path, document: object) -> Path:
    path = tmp_path / "result.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def chat(kind: str, *rows: dict, number: int = 71, **more: object) -> dict:
    return {"name": "N", "type": kind, "id": number, "messages": list(rows), **more}


def row(number: int, seconds: int, sender: str | None, text: object = "x", **more: object) -> dict:
    base = {"id": number, "type": "message", "date_unixtime": str(seconds), "text": text}
    return base | ({"from": "N", "from_id": sender} if sender else {}) | more


# One private chat


def test_private_chat_as_the_sheet_promises() -> None:
    records, _ = case("dm")
    first, second, call, media = only(records, RawMessage)
    assert [m.text for m in (first, second)] == ["dure journée", "courage toi!"]
    assert first.conversation.kind == "dm"
    assert first.visibility == "private_1to1"
    assert (call.kind, call.text) == ("call", None)
    assert (media.kind, media.text) == ("message", None)
    # The sender without name keeps the account number and is no placeholder.
    assert (media.author.id, media.author.is_placeholder) == ("user5550003", False)
    # An explicit reply, 355 s later.
    assert second.reply_to == first.ref
    assert (second.t_us - first.t_us) / SECOND == 355
    assert reasons(records) == (Counter(), Counter(undated=1))
    # The chat bears the number of the other; so the first other sender is the owner.
    (covered,) = only(records, RawCoverage)
    assert covered.owner.id == "user5550002"
    assert covered.flags == BOTH | {"reactions_in", "reactions_out"}
    assert {person.id for person in first.conversation.members} == {"user5550001", "user5550002"}


def test_reaction_time_is_local_and_read_with_the_offset_of_its_row() -> None:
    records, _ = case("dm")
    (reaction,) = only(records, RawReaction)
    # 21:21:10 at +01:00 is 20:21:10 UTC, 70 s after the message of 20:20:00.
    assert reaction.t_us == 1_709_410_870 * SECOND
    assert (reaction.kind, reaction.n, reaction.actor.id) == ("❤", 1, "user5550002")
    assert reaction.target_author.id == "user5550001"


def test_ids_of_private_chats_belong_to_one_account_and_those_of_supergroups_to_all() -> None:
    private = only(case("dm")[0], RawMessage)[0]
    assert (private.ref.scope, private.ref.within) == ("account", "user5550002")
    shared = next(m for m in only(case("forum_group")[0], RawMessage) if m.ref.id == "5")
    assert (shared.ref.scope, shared.ref.within) == ("conversation", "channel900")


def test_two_owners_copies_of_a_private_chat_never_share_a_reference(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    talk = [("user1", "hi"), ("user2", "yes")]
    a = [row(10 + i, T + i, who, text) for i, (who, text) in enumerate(talk)]
    b = [row(10 + i, T + i, who, text) for i, (who, text) in enumerate(talk)]
    one, _ = read(write(tmp_path / "a", chat("personal_chat", *a, number=2)))
    two, _ = read(write(tmp_path / "b", chat("personal_chat", *b, number=1)))
    refs = [{m.ref for m in only(records, RawMessage)} for records in (one, two)]
    assert not refs[0] & refs[1]
    pairs = [{p.id for p in only(r, RawMessage)[0].conversation.members} for r in (one, two)]
    assert pairs[0] == pairs[1] == {"user1", "user2"}
    # A basic group of unknown owner: the copy is marked by its first row.
    group = write(tmp_path / "a", chat("private_group", *a, number=9))
    mine = only(read(group)[0], RawMessage)
    assert mine[0].ref.scope == "account"
    assert mine[0].ref.within == f"copy:10:{T}"
    assert only(read(group, owner="2")[0], RawMessage)[0].ref.within == "user2"


def test_owner_is_found_even_when_the_other_wrote_the_first_hundred_rows(tmp_path: Path) -> None:
    rows = [row(i, T + i, "user71") for i in range(100)] + [row(100, T + 100, "user70")]
    records, _ = read(write(tmp_path, chat("personal_chat", *rows)))
    assert only(records, RawCoverage)[0].owner.id == "user70"
    assert only(records, RawMessage)[0].ref.within == "user70"


# Groups


def test_group_rows_topics_and_pointers() -> None:
    records, notes = case("forum_group")
    messages = {m.ref.id: m for m in only(records, RawMessage)}
    assert messages["5"].reply_to is None  # the first message of a topic is no reply
    assert messages["5"].root.id == "2"
    assert messages["6"].reply_to == messages["5"].ref
    assert messages["6"].text == "@Ines_K et Rose : moi"
    assert [(p.kind, p.id) for p in messages["6"].mentions] == [
        ("handle", "ines_k"),
        ("opaque", "user71"),
    ]
    # A reply that goes to another chat points there.
    assert messages["11"].reply_to.within == "channel555"
    assert messages["12"].target_author.id == "channel901"
    assert messages["12"].text == "transféré"
    assert messages["10"].text == "Samedi ou dimanche ?"
    assert not any(m.edited for m in messages.values())
    assert notes["album_rows"] == "1"
    assert {m.visibility for m in messages.values()} == {"private_group"}
    seqs = [m.seq for m in only(records, RawMessage)]
    assert seqs == sorted(set(seqs))
    # The part before the migration has ids of one account's own counter.
    assert messages["-999999990"].ref.scope == "account"
    assert messages["-999999990"].conversation is messages["5"].conversation


def test_nobody_in_particular_is_a_placeholder() -> None:
    messages = {m.ref.id: m for m in only(case("forum_group")[0], RawMessage)}
    hidden, nameless = messages["7"].author, messages["15"].author
    assert hidden.is_placeholder
    assert nameless.is_placeholder
    assert {hidden.scope, nameless.scope} == {"conversation"}
    assert hidden.within == nameless.within == "channel900"
    assert {p.id for p in messages["7"].conversation.members} == {"user71", "user72", "user73"}


def test_membership_is_told_only_of_the_actor() -> None:
    records, _ = case("forum_group")
    joined, left = only(records, RawMembership)
    assert (joined.person.id, joined.joined_us, joined.left_us) == (
        "user72",
        (T - 6000) * SECOND,
        None,
    )
    assert (left.person.id, left.left_us) == ("user72", (T + 170) * SECOND)
    ignored, _ = reasons(records)
    assert ignored == Counter(membership_event=5, service_event=2)


def test_reaction_counts_are_the_truth_and_the_givers_a_sample() -> None:
    reactions = only(case("forum_group")[0], RawReaction)
    thumbs = [r for r in reactions if r.kind == "👍"]
    assert sum(r.n for r in thumbs) == 12
    assert [r.actor and r.actor.id for r in thumbs] == ["user71", "user73", None]
    assert {(r.kind, r.n) for r in reactions if r.actor is None} == {
        ("👍", 10),
        ("custom_emoji", 2),
        ("paid", 5),
    }


def test_every_top_level_row_is_counted_once() -> None:
    for name in ("dm", "forum_group", "account", "old_2019", "mixed_times"):
        (file,) = (CASES / name / "input").rglob("result.json")
        document = json.loads(file.read_text(encoding="utf-8"))
        chats = [document] if "messages" in document else []
        for part in ("chats", "left_chats"):
            chats += document.get(part, {}).get("list", [])
        records, _ = case(name)
        ignored, rejected = reasons(records)
        counted = len(only(records, RawMessage)) + ignored.total() + rejected.total()
        assert counted == sum(len(one["messages"]) for one in chats)


# Whole account


def test_account_kinds_and_visibility() -> None:
    records, notes = case("account")
    messages = only(records, RawMessage)
    told = {m.visibility_raw: (m.conversation.kind, m.visibility, m.kind) for m in messages}
    assert told == {
        "personal_chat": ("dm", "private_1to1", "message"),
        "bot_chat": ("dm", "private_1to1", "message"),
        "saved_messages": ("self", "unknown", "message"),
        "private_group": ("group", "private_group", "message"),
        "private_supergroup": ("group", "private_group", "message"),
        "public_supergroup": ("channel", "public", "message"),
        "public_channel": ("broadcast", "public", "post"),
        "private_channel": ("broadcast", "semi_public", "post"),
    }
    assert reasons(records)[0] == Counter(service_chat=2)
    assert {m.author.id for m in messages if m.author.is_bot} == {"user80"}
    assert notes["owner_only_chats"] == "1"
    # Nobody is named as a reader of a public place; a private one is read by its members.
    assert {m.recipients for m in messages if m.visibility == "public"} == {()}
    assert {m.recipients for m in messages if m.visibility.startswith("private")} == {None}


def test_account_coverage_tells_half_groups_from_whole_ones() -> None:
    records, _ = case("account")
    covered = {c.conversation and c.conversation.key: c.flags for c in only(records, RawCoverage)}
    assert covered[None] == BOTH
    assert covered["chat300"] == {"private_out", "groups"}
    assert covered["chat301"] == BOTH | {"groups", "alter_alter"}
    assert covered["channel310"] == {"public_in", "public_out", "alter_alter"}
    assert {c.owner.id for c in only(records, RawCoverage)} == {"user70"}


def test_account_contacts_and_alias() -> None:
    records, _ = case("account")
    rose, nadir = only(records, RawContact)
    assert (rose.owner.id, rose.other.id, rose.kind) == ("user70", "user71", "friend")
    assert rose.t_us == 1_619_856_000 * SECOND
    assert (nadir.other.kind, nadir.t_us) == ("phone", None)
    (alias,) = only(records, RawAlias)
    assert (alias.first.id, alias.second.id, alias.second.kind) == ("user70", "theo_v", "handle")


# Time


def test_old_ids_lose_their_class_bits_and_local_times_need_the_zone() -> None:
    records, _ = case("old_2019")
    messages = only(records, RawMessage)
    assert {m.author.id for m in messages} == {"user11267271", "user11267703"}
    minutes = [(m.t_us - messages[0].t_us) // (60 * SECOND) for m in messages]
    # 01:59, 02:30 (first), 02:10 (second), 03:00 on the night the hour is repeated.
    assert minutes == [0, 31, 71, 121]
    assert [m.time_note for m in messages] == [
        ASSUMED_ZONE,
        ASSUMED_ZONE | AMBIGUOUS_HOUR,
        ASSUMED_ZONE | AMBIGUOUS_HOUR,
        ASSUMED_ZONE,
    ]
    assert reasons(records)[1] == Counter(bad_date=2, undated=1)
    with pytest.raises(InputError, match="--timezone"):
        case("old_2019", timezone=None)


def test_rows_without_utc_take_the_offset_of_the_nearest_row_that_has_both() -> None:
    records, notes = case("mixed_times")
    messages = only(records, RawMessage)
    assert [m.t_us // SECOND - T for m in messages] == [-60, 0, 10_288_800, 10_289_100]
    assert [m.time_note for m in messages] == [ASSUMED_ZONE, 0, 0, ASSUMED_ZONE]
    assert notes["zone"] == "offset of the file"


def test_local_date_is_never_read_as_utc(tmp_path: Path) -> None:
    late = {"id": 1, "type": "message", "date": "2024-07-01T14:00:00", "from_id": "user1"}
    path = write(tmp_path, chat("personal_chat", late))
    (message,) = only(read(path, timezone="Europe/Paris")[0], RawMessage)
    assert message.t_us == 1_719_835_200 * SECOND  # 12:00 UTC


# HTML


def test_html_in_summer_is_read_in_the_zone_not_in_the_printed_offset() -> None:
    records, notes = case("html")
    messages = {m.ref.id: m for m in only(records, RawMessage)}
    # 14:00 in Paris on 1 July is 12:00 UTC although UTC+01:00 is printed.
    assert messages["21"].t_us == 1_719_835_200 * SECOND
    assert messages["25"].t_us == 1_736_929_800 * SECOND  # 15 January 09:30 is 08:30 UTC
    assert notes["printed_offset"] == "+01:00"
    assert "zone_check" not in notes
    assert "zone_check" in case("html", timezone="America/New_York")[1]
    with pytest.raises(InputError, match="--timezone"):
        case("html", timezone=None)


def test_html_rows() -> None:
    records, _ = case("html")
    messages = {m.ref.id: m for m in only(records, RawMessage)}
    assert messages["21"].text == "il fait chaud!"
    assert messages["22"].author == messages["21"].author  # a joined row inherits
    assert messages["22"].text == "tu viens\xa0?"
    assert messages["23"].reply_to == messages["21"].ref
    assert (messages["24"].author.id, messages["24"].text) == ("Odile", None)
    # The name inside a forwarded body is not the sender's.
    assert messages["25"].author.id == "Nadir"
    assert messages["25"].text == "fermé & rouvert\ndemain"
    assert messages["26"].kind == "call"
    assert messages["28"].author.is_placeholder
    assert messages["21"].author.scope == "owner"
    assert {(r.kind, r.n) for r in only(records, RawReaction)} == {("❤", 3), ("👍", 1)}
    assert reasons(records) == (
        Counter(display_row=2, service_event=1),
        Counter(bad_date=1),
    )
    (covered,) = only(records, RawCoverage)
    assert (covered.owner.id, covered.flags) == ("Nadir", BOTH)


def test_html_chat_is_unknown_unless_declared() -> None:
    messages = only(case("html_account")[0], RawMessage)
    told = {m.text: (m.conversation.kind, m.visibility) for m in messages}
    assert told["un"] == ("dm", "private_1to1")
    assert told["deux"] == told["trois"] == ("group", "private_group")
    assert told["quatre"] == ("unknown", "unknown")
    # Three chats, each with its own message 21: no reference is shared.
    assert len({m.ref for m in messages}) == 4


def test_json_is_read_and_html_beside_it_is_counted() -> None:
    records, notes = case("both")
    assert len(only(records, RawMessage)) == 1
    assert reasons(records)[0] == Counter(html_copy=1)
    assert notes["version"] == "chat, JSON"


# What existing parsers get wrong, and damage


def test_text_parts_are_joined_without_blanks_and_entities_win(tmp_path: Path) -> None:
    parts = ["a", {"type": "bold", "text": "b"}, "", {"type": "link", "text": "c"}, 7, {"x": 1}]
    rows = [
        row(1, T, "user1", parts),
        row(2, T, "user1", ["old"], text_entities=[{"type": "plain", "text": "new"}]),
        row(3, T, "user1", ""),
    ]
    messages = only(read(write(tmp_path, chat("personal_chat", *rows)))[0], RawMessage)
    assert [m.text for m in messages] == ["abc", "new", None]


def test_owner_by_name_and_a_name_of_two(tmp_path: Path) -> None:
    rows = [row(1, T, "user5", **{"from": "Ana"}), row(2, T, "user6", **{"from": "Bo"})]
    path = write(tmp_path, chat("private_supergroup", *rows))
    assert only(read(path, owner="ana ")[0], RawCoverage)[0].owner.id == "user5"
    assert only(read(path, owner="user6")[0], RawCoverage)[0].owner.id == "user6"
    assert only(read(path)[0], RawCoverage)[0].owner is None
    path = write(tmp_path, chat("private_supergroup", *rows, row(3, T, "user7", **{"from": "Ana"})))
    with pytest.raises(InputError, match="2 accounts") as error:
        read(path, owner="Ana")
    assert "Ana" not in str(error.value)


def test_imported_history_is_noted(tmp_path: Path) -> None:
    rows = [row(i, T, "user1") for i in range(150)]
    _, notes = read(write(tmp_path, chat("personal_chat", *rows)))
    assert notes["imported_bursts"] == "1"


def test_rows_that_are_no_rows_are_rejected_in_place(tmp_path: Path) -> None:
    rows = [row(1, T, "user1"), 5, None, {"type": "strange"}, row(2, 10, "user1"), {"id": 3}]
    records, _ = read(write(tmp_path, chat("personal_chat", *rows)))
    ignored, rejected = reasons(records)
    assert rejected == Counter(not_an_object=2, bad_date=1)
    assert ignored == Counter(unknown_type=2)
    assert [r.record for r in only(records, Rejected)] == [1, 2, 4]


def test_truncated_file_keeps_what_is_whole(tmp_path: Path) -> None:
    whole = (CASES / "dm" / "input").rglob("result.json")
    data = next(iter(whole)).read_bytes()
    path = tmp_path / "result.json"
    path.write_bytes(data[: data.index(b'{"id":12') + 20])
    records, _ = read(path)
    assert len(only(records, RawMessage)) == 2
    assert reasons(records)[1] == Counter(json_truncated=1)


def test_only_telegram_is_recognised(tmp_path: Path) -> None:
    strangers = {
        "a.json": '{"messages": [], "participants": [], "title": "x"}',
        "b.json": '[{"type": "personal_chat"}]',
        "c.json": '{"about": "me", "contacts": []}',
        "messages.html": "<html><body class='x'>messages</body></html>",
        "result.txt": '{"type": "personal_chat", "messages": []}',
    }
    for name, text in strangers.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (archive,) = open_exports([tmp_path])
    assert [m.name for m in archive.members if FORMAT.sniff(m)] == []


def test_damage_gives_records_or_one_plain_error(tmp_path: Path) -> None:
    outcome = run_mutations("telegram", 600, seed=20240304, tmp_path=tmp_path)
    assert outcome["read"] > 400
