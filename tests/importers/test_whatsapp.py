"""WhatsApp chats: who is who, what each row is, and what is counted out."""

from __future__ import annotations

import time
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from support import load_cases, mutate_case, options_of, run_mutations
from whatsapp_support import LRM, TWO, case, person, phone, read_chats, read_text, us

from supportnet.errors import InputError
from supportnet.formats import Options
from supportnet.importers.whatsapp import chatfile
from supportnet.importers.whatsapp.names import NameBook, name_key
from supportnet.records import (
    ASSUMED_ZONE,
    MINUTE,
    RESOLUTION_MINUTE,
    SECOND,
    RawMembership,
)

# ------------------------------------------------------------------ the sheet's gold snippets


def test_gold_french_dm() -> None:
    chat = case("gold_french")
    assert chat.ignored == {"system": 1}
    assert chat.said == [
        ("Odile", "Tu tiens le coup ?"),
        ("Nadir", "Pas trop.\nJe t'appelle demain : promis."),
        ("Odile", None),
    ]
    first = chat.messages[0]
    assert first.t_us == us("2019-09-26T22:40:00+02:00")
    assert first.time_note == RESOLUTION_MINUTE | ASSUMED_ZONE
    assert first.resolution_us == MINUTE
    assert [message.seq for message in chat.messages] == [1, 2, 3]
    assert {message.visibility for message in chat.messages} == {"private_1to1"}
    assert {message.audience_size for message in chat.messages} == {1}
    assert chat.conversation.kind == "dm"
    assert chat.conversation.members == {person("Odile"), person("Nadir")}
    # The file is named after the other person, so the owner is Odile.
    assert chat.coverage.owner == person("Odile")
    assert chat.coverage.flags == {"private_in", "private_out"}
    assert chat.coverage.resolution_us == MINUTE
    assert chat.notes["date_order"] == "dmy, rule 2"
    assert chat.notes["language"] == "fr"


def test_gold_ios_group() -> None:
    chat = case("gold_ios")
    assert chat.ignored == {"system": 1}
    assert [(m.author.id, m.kind, m.text, m.edited) for m in chat.messages] == [
        ("~ Rémi", "message", "Qui vient dimanche ?", False),
        ("Odile", "message", None, False),
        ("Odile", "message", "On sera 5", True),
        ("Rémi", "deleted", None, False),
    ]
    assert chat.messages[0].t_us == us("2024-02-14T08:06:00+01:00")
    assert {message.resolution_us for message in chat.messages} == {SECOND}
    assert {message.time_note for message in chat.messages} == {ASSUMED_ZONE}
    assert chat.conversation.kind == "group"
    assert chat.messages[3].original_kind == "message"
    # Two spellings stay two persons; the note proposes to join them.
    assert chat.notes["possible_aliases"] == "1"
    assert chat.coverage.owner is None
    assert chat.coverage.flags == {"private_in", "private_out", "groups"}


def test_gold_month_first() -> None:
    chat = case("gold_us")
    (message,) = chat.messages
    assert message.t_us == us("2023-02-03T21:59:00-05:00")
    assert message.text == "pair with U+202F before PM"
    assert chat.ignored == {"system": 1}
    assert chat.conversation.kind == "group"
    assert message.audience_size is None  # one author seen: unknown, never 0
    assert chat.notes["date_order"] == "mdy, rule 2"


# ------------------------------------------------------------------ authors and the app's lines


def test_android_group() -> None:
    chat = case("android_group")
    assert chat.ignored == {
        "system": 3,  # encryption, created, subject with a colon in it
        "membership_event": 6,
        "call_without_author": 1,
        "system_unknown": 1,
    }
    assert len(chat.messages) == 16
    assert sum(chat.ignored.values()) + len(chat.messages) == 27  # every row once
    said = chat.said
    assert ("Anne et Luc", "Merci ! Paul a ajouté du sel : trop.") in said
    assert ("Dr: Rose", "Note: à demain") in said
    assert ("+33612345678", "https://example.org/a: voir") in said
    assert ("Nadir", "Le lac ce matin") in said  # caption of a left-out picture
    assert ("Nadir", "Et le soir") in said
    assert ("Odile", "On se voit lundi") in said
    # Three empty bodies: `Name:`, `Name:.` and a file; `Name: .` is a message.
    assert Counter(text for name, text in said if name == "Nadir")[None] == 3
    assert ("Nadir", ".") in said
    mention = chat.messages[5]
    assert mention.mentions == (phone("+33612345678"),)
    assert mention.text is not None
    assert mention.text.count("\n") == 2  # pasted lines are no rows
    assert chat.notes["unmatched_lines"].startswith("2 of 4 ")
    assert chat.conversation.members == {
        *map(person, ("Odile", "Anne et Luc", "Dr: Rose", "Nadir")),
        phone("+33612345678"),
    }
    assert {message.audience_size for message in chat.messages} == {4}
    assert chat.coverage.owner == person("Nadir")


def test_memberships() -> None:
    stays = [(m.person.id, m.joined_us, m.left_us) for m in case("android_group").of(RawMembership)]

    def at(day: int, clock: str) -> int:
        return us(f"2025-01-{day}T{clock}:00+01:00")

    assert sorted(stays, key=str) == sorted(
        [
            ("Nadir", at(12, "09:00"), None),  # « vous a ajouté »: the owner
            ("Anne et Luc", at(12, "09:01"), at(13, "09:14")),
            ("Anne et Luc", at(14, "09:17"), None),
            ("+33612345678", at(12, "09:01"), None),  # joined twice without leaving
            ("Dr: Rose", None, at(14, "09:15")),
        ],
        key=str,
    )


def test_ios_group() -> None:
    chat = case("ios_group")
    assert chat.ignored == {"system": 3, "membership_event": 2, "system_unknown": 1}
    kinds = Counter(message.kind for message in chat.messages)
    assert kinds == {"message": 14, "call": 2, "deleted": 1}
    by_seq = {message.seq: message for message in chat.messages}
    assert by_seq[4].text == "Kim added salt, she left"  # ordinary talk
    assert by_seq[7].author == phone("+447700900123")
    assert by_seq[7].mentions == (person("Wanda"), person("~ Kim L"))
    assert by_seq[8].mentions == (phone("+447700900123"),)
    assert by_seq[9].text == "Two views of the hill"
    assert by_seq[11].text == "Who pours?\nWanda\nIvo (the elder)"
    assert by_seq[16].edited
    assert by_seq[16].text == "see you at six"
    assert by_seq[22].text == "bye 👨\u200d👩\u200d👧"  # the joiner stays
    assert all(by_seq[seq].text is None for seq in (5, 6, 10, 12, 13, 14, 15, 17, 18))
    # The chat's own name has a colon and speaks only for the app.
    assert chat.conversation.members == {person("Wanda"), person("Ivo"), phone("+447700900123")}
    assert chat.notes["unknown_app_texts"] == "2"


def test_a_name_with_colon_needs_to_recur(tmp_path: Path) -> None:
    lines = ["13/02/23, 10:00 - Paul: PS: un", "13/02/23, 10:01 - Paul: deux: trois"]
    assert read_text(tmp_path, lines).said == [("Paul", "PS: un"), ("Paul", "deux: trois")]
    # A name that also writes without a second colon is the whole name.
    lines = ["13/02/23, 10:00 - Paul: PS: un", "13/02/23, 10:01 - Paul: PS: deux"]
    more = [*lines, "13/02/23, 10:02 - Paul: fin"]
    assert {name for name, _ in read_text(tmp_path, more).said} == {"Paul"}
    assert {name for name, _ in read_text(tmp_path, lines).said} == {"Paul: PS"}
    # ... unless the file is named after the short one.
    named = read_text(tmp_path, lines, "WhatsApp Chat with Paul.txt")
    assert {name for name, _ in named.said} == {"Paul"}


@pytest.mark.parametrize(
    "name", ["Nadir - maison", "[Nadir]", "🌻🌻", "A:B", "~\u00a0Rémi", "Jean, Luc"]
)
def test_odd_names(tmp_path: Path, name: str) -> None:
    lines = [f"13/02/23, 10:00 - {name}: salut", f"[13/02/2023, 10:00:05] {name}: re: oui"]
    assert {m.author for m in read_text(tmp_path, lines).messages} == {
        person(name.replace("\u00a0", " "))
    }


def test_phone_numbers_are_one_account_in_all_spellings() -> None:
    book = NameBook()
    spelled = ["+33 6 12 34 56 78", "\u202a+33\u00a06\u00a012\u00a034\u00a056\u00a078\u202c"]
    assert {book.of(name) for name in spelled} == {phone("+33612345678")}
    assert book.of_number("33612345678") is book.of(spelled[0])
    assert book.of("0612345678").kind == "name"  # without a country code: a contact's name
    assert name_key("~\u202fRémi") == name_key("rémi")


# ------------------------------------------------------------------ direct chat or group


@pytest.mark.parametrize(
    ("name", "extra", "kind", "owner"),
    [
        ("WhatsApp Chat with Odile.txt", [], "dm", "Nadir"),
        ("WhatsApp Chat with Odile (2).txt", [], "dm", "Nadir"),
        ("WhatsApp_Chat_with_Nadir.txt", [], "dm", "Odile"),
        ("chat.txt", [], "dm", None),
        # A group where only two spoke: named after neither of them.
        ("WhatsApp Chat with Jardin.txt", [], "group", None),
        ("WhatsApp Chat with Odile.txt", ["13/02/23, 10:02 - Odile added Rose"], "group", None),
        ("chat.txt", ["13/02/23, 10:02 - You changed this group's icon"], "group", None),
        ("chat.txt", ["13/02/23, 10:02 - Rose: c"], "group", None),
        (
            "WhatsApp Chat with Odile.txt",
            ["13/02/23, 10:02 - Your security code with Odile changed. Tap to learn more."],
            "dm",
            "Nadir",
        ),
    ],
)
def test_kind_and_owner(
    tmp_path: Path, name: str, extra: list[str], kind: str, owner: str | None
) -> None:
    chat = read_text(tmp_path, [*TWO, *extra], name)
    assert chat.conversation.kind == kind
    assert chat.coverage.owner == (None if owner is None else person(owner))
    assert ("owner" in chat.notes) == (owner is None)
    wanted = "private_1to1" if kind == "dm" else "private_group"
    assert {message.visibility for message in chat.messages} == {wanted}


def test_the_owner_option(tmp_path: Path) -> None:
    options = Options(timezone="Europe/Paris", owner="nadir")
    assert read_text(tmp_path, TWO, options=options).coverage.owner == person("Nadir")
    # Silent in a group: still a member.
    silent = Options(timezone="Europe/Paris", owner="Zoé")
    group = read_text(tmp_path, TWO, "WhatsApp Chat with Jardin.txt", silent)
    assert group.coverage.owner == person("Zoé")
    assert group.conversation.members == {person("Odile"), person("Nadir"), person("Zoé")}
    # Neither of the two of a direct chat: nobody is put in.
    direct = read_text(tmp_path, TWO, options=silent)
    assert direct.coverage.owner is None
    assert len(direct.conversation.members) == 2


def test_one_author_alone(tmp_path: Path) -> None:
    lines = TWO[:1]
    alone = read_text(tmp_path, lines, "WhatsApp Chat with Odile.txt")
    assert alone.conversation.kind == "unknown"
    assert alone.messages[0].visibility == "unknown"
    assert alone.messages[0].audience_size is None
    options = Options(timezone="Europe/Paris", owner="Nadir")
    told = read_text(tmp_path, lines, "WhatsApp Chat with Odile.txt", options)
    assert told.conversation.kind == "dm"
    assert told.conversation.members == {person("Odile"), person("Nadir")}


def test_ios_dm_is_named_by_its_notice(tmp_path: Path) -> None:
    lines = [
        f"[13/02/2023, 10:00:00] Odile: {LRM}Messages and calls are end-to-end encrypted.",
        "[13/02/2023, 10:00:01] Odile: salut",
        "[13/02/2023, 10:00:02] Nadir: oui",
    ]
    chat = read_text(tmp_path, lines, "_chat.txt")
    assert chat.conversation.kind == "dm"
    assert chat.coverage.owner == person("Nadir")
    assert chat.ignored == {"system": 1}


def test_ios_zip_is_named_by_the_zip(tmp_path: Path) -> None:
    lines = ["[13/02/2023, 10:00:01] Odile: salut", "[13/02/2023, 10:00:02] Nadir: oui"]
    with zipfile.ZipFile(tmp_path / "WhatsApp Chat - Odile.zip", "w") as made:
        made.writestr("_chat.txt", "\r\n".join(lines))
        made.writestr("00000001-PHOTO-2023-02-13-10-00-01.jpg", b"\xff\xd8")
        # A chat sent as an attachment belongs to the chat, not to the donor.
        made.writestr("00000002-Chat with Rose.txt", "13/02/2023, 10:00 - Rose: non\n")
    (chat,) = read_chats(tmp_path / "WhatsApp Chat - Odile.zip")
    assert chat.coverage.owner == person("Nadir")
    assert chat.said == [("Odile", "salut"), ("Nadir", "oui")]


def test_android_zip_with_media(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as made:
        made.writestr("WhatsApp Chat with Odile.txt", "\n".join(TWO))
        made.writestr("DOC-20230213-WA0001.txt", "13/02/2023, 10:00 - Rose: non\n")
    (chat,) = read_chats(tmp_path / "export.zip")
    assert chat.coverage.owner == person("Nadir")


# ------------------------------------------------------------------ keys


def test_a_later_export_has_the_same_key(tmp_path: Path) -> None:
    name = "WhatsApp Chat with Odile.txt"
    first = read_text(tmp_path, TWO, name).conversation.key
    more = [*TWO, "14/02/23, 10:00 - Odile: c"]
    assert read_text(tmp_path, more, "WhatsApp Chat with Odile (1).txt").conversation.key == first
    later = ["13/02/23, 10:05 - Odile: a", *TWO[1:]]
    assert read_text(tmp_path, later, name).conversation.key != first  # same name, other chat
    other = read_text(tmp_path, TWO, "WhatsApp Chat with Nadir.txt").conversation.key
    assert other != first
    assert "odile" not in first


# ------------------------------------------------------------------ damaged and large files


def test_odd_lines_are_counted() -> None:
    chat = case("odd_lines")
    assert chat.rejected == [
        ("bad_date", 1), ("bad_date", 2), ("bad_date", 3), ("no_author", 5), ("no_header", 0),
    ]  # fmt: skip
    assert len(chat.messages) == 3
    assert chat.notes["unmatched_lines"].startswith("3 of 3 ")


def test_rows_do_not_depend_on_the_size_of_chunks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = []
    for day in range(1, 29):
        for minute in range(40):
            name = "Odile" if minute % 3 else "Nadir"
            lines.append(f"{day:02d}/02/2023, 10:{minute:02d} - {name}: mot {day} é😀 {minute}")
            if minute % 7 == 0:
                lines.append(f"suite {minute}: 12/12")
    whole = read_text(tmp_path, lines)
    assert len(whole.messages) == 28 * 40
    assert sum("\nsuite" in (m.text or "") for m in whole.messages) == 28 * 6
    monkeypatch.setattr(chatfile, "CHUNK", 997)
    monkeypatch.setattr(chatfile, "KEPT", 3000)
    cut = read_text(tmp_path, lines)
    assert [(m.seq, m.t_us, m.author, m.text) for m in cut.messages] == [
        (m.seq, m.t_us, m.author, m.text) for m in whole.messages
    ]
    assert cut.notes == whole.notes


def test_line_numbers_hold_across_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chatfile, "CHUNK", 64)
    lines = [f"05/05/23, 10:{m:02d} - Odile: mot\nsuite" for m in range(30)]
    lines.append("05/06/23, 10:00 - Nadir: fin")
    with pytest.raises(InputError, match="lines 61"):
        read_text(tmp_path, lines)


def test_a_body_longer_than_any_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("supportnet.importers.whatsapp.chat.LONGEST", 500)
    monkeypatch.setattr(chatfile, "CHUNK", 400)
    long = ["13/02/23, 10:00 - Odile: x", *("y" * 90 for _ in range(100))]
    chat = read_text(tmp_path, [*long, "13/02/23, 10:01 - Nadir: z", "13/02/23, 10:02 - Odile: a"])
    assert chat.rejected == [("field_too_long", 0)]
    assert chat.said == [("Nadir", "z"), ("Odile", "a")]


@pytest.mark.parametrize(
    "junk",
    [
        " " * 300_000, LRM * 300_000, "< " * 150_000, " joined " * 40_000, "(1 " * 100_000,
        "1/1/23, " * 40_000, "x: " * 100_000, ": " * 150_000, "@" * 300_000, "\n[" * 100_000,
    ],
    ids=range(10),
)  # fmt: skip
def test_no_text_makes_it_slow(tmp_path: Path, junk: str) -> None:
    rows = [f"13/02/23, 10:00 - Odile: {junk}>", f"13/02/23, 10:00 - {junk}", junk]
    marked = [f"[13/02/23, 10:00:00] Nadir: {LRM}{junk}", f"{LRM}[13/02/23, 10:00:0{junk}"]
    poll = [f"[13/02/23, 10:00:00] Nadir: {LRM}POLL:", f"{LRM}OPTION: {junk}"]
    start = time.process_time()
    read_text(tmp_path, [*TWO, *rows, *marked, *poll])
    assert time.process_time() - start < 3


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_line_ends_and_bom(tmp_path: Path, newline: str) -> None:
    (tmp_path / "chat.txt").write_bytes(b"\xef\xbb\xbf" + newline.join([*TWO, ""]).encode())
    (chat,) = read_chats(tmp_path)
    assert chat.said == [("Odile", "a"), ("Nadir", "b")]


def test_an_export_at_the_cap_is_noted(tmp_path: Path) -> None:
    row = "13/02/23, 10:00 - Odile: a"
    assert "cap" in read_text(tmp_path, [row] * 40_000).notes
    assert "cap" not in read_text(tmp_path, [row] * 10_000).notes
    media = "13/02/23, 10:00 - Odile: IMG-20230213-WA0002.jpg (file attached)"
    assert "cap" in read_text(tmp_path, [*[row] * 9_999, media]).notes


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Odile Berard.txt", "[2010/11/20 03:00]  Odile Berard: bonjour\n"),  # Second Life
        ("chat.txt", "[2024-05-01 22:10:03] Me: signal\n"),
        ("log.txt", "[10:00] <nick> text\n"),
        ("log.txt", "2024-05-01 10:00 <nick> text: x\n"),
        ("short.txt", "hello\n" * 9 + "13/02/23, 10:00 - Odile: a\n"),
        ("chat.csv", "13/02/23, 10:00 - Odile: a\n"),
    ],
)
def test_files_of_other_programs_are_left_alone(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    assert read_chats(tmp_path) == []


def test_year_first_in_brackets_needs_a_sign_of_the_app(tmp_path: Path) -> None:
    cases = [
        ("[2023/05/04, 9:10:11] A: x", "any.txt", 1),
        (f"{LRM}[2023/05/04 9:10:11] A: x", "any.txt", 1),
        ("[2023/05/04 9:10:11] A: x", "_chat.txt", 1),
        ("[2023/05/04 9:10:11] A: x", "any.txt", 0),
    ]
    for number, (row, name, n) in enumerate(cases):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / name).write_text(row, "utf-8")
        assert len(read_chats(folder)) == n


def test_every_row_leaves_once(tmp_path: Path) -> None:
    for one in load_cases("whatsapp"):
        for what, root in mutate_case(one, 8, 7, tmp_path):
            try:
                chats = read_chats(root, options_of(one))
            except InputError:
                continue
            for chat in chats:
                rows = {message.seq for message in chat.messages}
                rejected = [r for r in chat.rejected if r[0] != "no_header"]
                assert len(rows) == len(chat.messages), what
                assert not rows & {number for _, number in rejected}, what
                last = max([*rows, *(number for _, number in rejected)], default=-1)
                kept = len(rows) + len(rejected)
                assert kept + sum(chat.ignored.values()) >= last + 1, what


def test_damage(tmp_path: Path) -> None:
    outcome = run_mutations("whatsapp", 540, 20260, tmp_path)
    assert outcome["read"] > 400
    assert sum(outcome.values()) == 540
