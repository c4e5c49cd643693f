"""WhatsApp lines: every shape of header and body, and which of day and month comes first."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import pytest
from whatsapp_support import HERE, LRM, NNBSP, case, person, read_chats, read_text, us

from supportnet.errors import InputError
from supportnet.formats import Options
from supportnet.importers.whatsapp.bodies import read_body
from supportnet.importers.whatsapp.dates import Evidence, decide
from supportnet.importers.whatsapp.events import names_in, read_event
from supportnet.importers.whatsapp.grammar import HEADER, Shape, read_time
from supportnet.records import (
    AMBIGUOUS_HOUR,
    MINUTE,
    SECOND,
)

# ------------------------------------------------------------------ headers


@pytest.mark.parametrize(
    ("line", "date", "minutes", "rest"),
    [
        ("26/09/2019 à 22:39 - Nom: t", "26/09/2019", 1359, "Nom: t"),
        ("26/09/2019 a\u0300 22:39 - Nom: t", "26/09/2019", 1359, "Nom: t"),
        ("02.05.18 à 18:00 - Nom: t", "02.05.18", 1080, "Nom: t"),
        ("12/03/2025 09:14 - Nom: t", "12/03/2025", 554, "Nom: t"),
        ("12/03/2025, 09:14 – Nom: t", "12/03/2025", 554, "Nom: t"),
        ("26/09/2019, 22:39: Nom: t", "26/09/2019", 1359, "Nom: t"),
        (f"{LRM}[04/05/2019 à 09:10:11] Nom: t", "04/05/2019", 550, "Nom: t"),
        (f"[{LRM}04/05/2019, 09:10:11] Nom: t", "04/05/2019", 550, "Nom: t"),
        ("[12.3.2022 klo 14.08.18] N: t", "12.3.2022", 848, "N: t"),
        ("26.9.2019 klo 22.39 - N: t", "26.9.2019", 1359, "N: t"),
        (f"2/3/23, 9:59{NNBSP}PM - Z: t", "2/3/23", 1319, "Z: t"),
        ("2/3/23, 9:59\u2009pm - Z: t", "2/3/23", 1319, "Z: t"),
        ("2/3/23, 9:59 p.\u00a0m. - Z: t", "2/3/23", 1319, "Z: t"),
        ("2/3/23, 9:59 p.m. - Z: t", "2/3/23", 1319, "Z: t"),
        ("2/3/23, 00:10 a. m. - Z: t", "2/3/23", 10, "Z: t"),
        ("2/3/23, 13:10 p. m. - Z: t", "2/3/23", 790, "Z: t"),
        ("2/3/23, 12:10 AM - Z: t", "2/3/23", 10, "Z: t"),
        ("2/3/23, 12:10 PM - Z: t", "2/3/23", 730, "Z: t"),
        ("2023. 12. 31. 오후 3:15 - 이름: t", "2023. 12. 31", 915, "이름: t"),
        ("2023/12/31 午前0:15 - N: t", "2023/12/31", 15, "N: t"),
        ("2023/12/31 下午12:15 - N: t", "2023/12/31", 735, "N: t"),
        ("\u200f٢٦\u200f/٩\u200f/٢٠١٩، ١٠:٣٩ م - N: t", "٢٦\u200f/٩\u200f/٢٠١٩", 1359, "N: t"),
        ("۲۶/۹/۲۰۱۹, ۱۰:۳۹ - N: t", "۲۶/۹/۲۰۱۹", 639, "N: t"),
        ("26/9/2019, 10:39 μμ - N: t", "26/9/2019", 1359, "N: t"),
        ("26.09.15, 10:39 vorm. - N: t", "26.09.15", 639, "N: t"),
        ("2023-05-04 9:10 - N: t", "2023-05-04", 550, "N: t"),
        ("26-09-2019, 22:39 - N: t", "26-09-2019", 1359, "N: t"),
        ("26/09/2019, 22:39 - ", "26/09/2019", 1359, ""),
    ],
)
def test_headers(line: str, date: str, minutes: int, rest: str) -> None:
    match = HEADER.match(f"\n{line}")
    assert match is not None
    assert match[2] == date
    clock = read_time(match[3])
    assert clock is not None
    assert clock.us // MINUTE == minutes
    assert f"\n{line}"[match.end() :] == rest


@pytest.mark.parametrize(
    "line",
    [
        "12:30 - Marie: le train",  # no date
        "[10:39, 26/09/2019] Zoé: copied from the desktop",
        "[26/09, 22:39] Zoé: copied on a phone",
        "26/09/2019, 22:39: dentist",  # a colon alone proves nothing
        "1.2.3, 10:30 - version",
        "26/09/2019 collé",
        "1/2/23 10:30-11:00 dentist",
    ],
)
def test_lines_that_look_like_headers(line: str) -> None:
    assert HEADER.match(f"\n{line}") is None


@pytest.mark.parametrize("text", ["24:00", "12:60", "09:10:61"])
def test_no_clock_shows_this(text: str) -> None:
    assert read_time(text) is None


def test_all_shapes_are_read() -> None:
    chats = read_chats(HERE / "shapes" / "input")
    assert len(chats) == 19
    assert sum(len(chat.messages) for chat in chats) == 40
    assert Counter(chat.conversation.kind for chat in chats) == {"dm": 19}
    assert {chat.coverage.owner for chat in chats} == {person("Me")}
    assert not any(chat.rejected for chat in chats)
    assert {m.text for chat in chats for m in chat.messages if m.text and "<" in m.text} == set()
    assert sum(m.text is None for chat in chats for m in chat.messages) == 11
    assert sum(m.kind == "deleted" for chat in chats for m in chat.messages) == 2


def test_merged_exports_have_an_order_each() -> None:
    chat = case("merged")
    local = [dt.datetime.fromtimestamp(m.t_us / SECOND, dt.UTC).date() for m in chat.messages]
    assert [(day.month, day.day) for day in local] == [
        (5, 13), (5, 6), (5, 13), (7, 6), (8, 1), (8, 12),
    ]  # fmt: skip
    assert chat.notes["shapes"] == "3"
    # The coarsest clock is the one that counts for latencies.
    assert chat.coverage.resolution_us == MINUTE
    assert [m.resolution_us for m in chat.messages].count(SECOND) == 1


# ------------------------------------------------------------------ times


def test_the_autumn_hour_keeps_file_order() -> None:
    chat = case("autumn")
    times = [message.t_us for message in chat.messages]
    assert times == sorted(times)
    assert times[:6] == [
        us("2024-10-26T23:50:00+02:00"),
        us("2024-10-27T02:10:00+02:00"),
        us("2024-10-27T02:50:00+02:00"),
        us("2024-10-27T02:05:00+01:00"),
        us("2024-10-27T02:55:00+01:00"),
        us("2024-10-27T03:00:00+01:00"),
    ]
    flagged = [bool(message.time_note & AMBIGUOUS_HOUR) for message in chat.messages]
    assert flagged == [False, True, True, True, True, False, False, True, False]
    # The hour missing in spring is moved forward.
    assert times[7] == us("2025-03-30T03:30:00+02:00")


def test_a_zone_is_required() -> None:
    with pytest.raises(InputError, match="--timezone") as error:
        read_chats(HERE / "gold_french" / "input", Options())
    assert error.value.exit_code == 2
    with pytest.raises(InputError, match="--timezone"):
        read_chats(HERE / "gold_french" / "input", Options(timezone="Paris/Nowhere"))


# ------------------------------------------------------------------ day or month first


def shape(date: str = "/2", time: str = "24", *, ios: bool = False) -> Shape:
    return Shape(ios, date, time)


def seen(*dates: tuple[int, int, int]) -> Evidence:
    evidence = Evidence()
    for line, fields in enumerate(dates, start=1):
        evidence.see(fields, lambda line=line: line)  # type: ignore[misc]
    return evidence


def test_rule_1_year_first() -> None:
    assert decide(shape("4-"), seen((2023, 5, 4))) == ("ymd", "rule 1")


def test_rule_2_a_number_above_twelve() -> None:
    assert decide(shape(), seen((1, 2, 23), (13, 2, 23))) == ("dmy", "rule 2")
    assert decide(shape(), seen((1, 2, 23), (2, 13, 23))) == ("mdy", "rule 2")
    # Proof beats the option, which is for dates that can be read two ways.
    assert decide(shape(), seen((2, 13, 23)), option="dmy") == ("mdy", "rule 2")


def test_both_orders_proved_is_no_proof() -> None:
    both = seen((1, 2, 23), (13, 2, 23), (2, 13, 23))
    assert decide(shape(), both) is None
    assert decide(shape(), both, option="dmy") == ("dmy", "option")
    # One damaged row among many does not undo the proof.
    assert decide(shape(), seen(*((d, 1, 23) for d in range(1, 32)), (1, 31, 23))) is None
    long = seen(*((d, m, 23) for m in (1, 3, 5) for d in range(1, 32)), (1, 31, 23))
    assert decide(shape(), long) == ("dmy", "rule 2")


def test_the_option_decides_what_is_open() -> None:
    open_ = seen((1, 2, 23), (2, 2, 23))
    assert decide(shape(), open_) is None
    assert decide(shape(), open_, option="mdy") == ("mdy", "option")
    assert decide(shape(), open_, option="ymd") == ("ymd", "option")


def test_rule_3_order_of_the_file() -> None:
    # 1 Feb, 3 Feb, 2 March; read month first: 2 January, 2 March, 3 February.
    assert decide(shape(), seen((1, 2, 23), (3, 2, 23), (2, 3, 23))) == ("dmy", "rule 3")
    assert decide(shape(), seen((2, 1, 23), (2, 3, 23), (3, 2, 23))) == ("mdy", "rule 3")


def test_rule_3_bears_late_deliveries() -> None:
    days = [(d, m, 23) for m in range(1, 13) for d in range(1, 13)]
    days.insert(30, days[28])  # one row delivered late
    assert decide(shape(), seen(*days)) == ("dmy", "rule 3")


def test_rule_4_attachment_names() -> None:
    evidence = seen((4, 5, 23))
    evidence.see_attachment((4, 5, 23), dt.date(2023, 5, 4))
    assert decide(shape(), evidence) == ("dmy", "rule 4")
    # The strongest evidence when present: it overrules the order of the file.
    against = seen((2, 1, 23), (2, 3, 23), (3, 2, 23))
    against.see_attachment((2, 3, 23), dt.date(2023, 3, 2))
    assert decide(shape(), against) == ("dmy", "rule 4")


def test_rule_5_customs() -> None:
    open_ = seen((1, 2, 23))
    assert decide(shape(time="12"), open_) == ("mdy", "rule 5")
    assert decide(shape(".2"), open_) == ("dmy", "rule 5")
    french = decide(shape(), open_, language="fr", day_first_language=True)
    assert french == ("dmy", "rule 5")
    # Hints that disagree, or Spanish p. m., decide nothing.
    assert decide(shape(".2", "12"), open_) is None
    assert decide(shape(time="12."), open_) is None
    assert decide(shape(time="12"), open_, language="es") is None


def test_dates_equal_both_ways_need_no_order() -> None:
    assert decide(shape(), seen((5, 5, 23))) == ("dmy", "either order")


def test_open_dates_stop_the_import_and_name_the_lines(tmp_path: Path) -> None:
    lines = ["01/02/23, 10:00 - Odile: a", "suite", "03/02/23, 10:01 - Nadir: b"]
    with pytest.raises(InputError) as error:
        read_text(tmp_path, lines)
    sentence = str(error.value)
    assert "--date-order" in sentence
    assert "lines 1, 3" in sentence
    assert "Odile" not in sentence
    assert "chat.txt" not in sentence
    options = Options(timezone="Europe/Paris", date_order="mdy")
    chat = read_text(tmp_path, lines, options=options)
    assert chat.messages[0].t_us == us("2023-01-02T10:00:00+01:00")
    assert chat.notes["date_order"] == "mdy, option"


def test_date_order_must_be_one_of_three(tmp_path: Path) -> None:
    options = Options(timezone="Europe/Paris", date_order="dym")
    with pytest.raises(InputError, match="dmy, mdy, ymd"):
        read_text(tmp_path, ["13/02/23, 10:00 - Odile: a"], options=options)


@pytest.mark.parametrize(
    ("lines", "note"),
    [
        ([f"0{d}/23, 10:00 - A: x" for d in ("1/02", "1/03", "2/02")], "mdy, rule 3"),
        (["04/05/23, 10:00 - A: IMG-20230504-WA0002.jpg (file attached)"], "dmy, rule 4"),
        (
            [f"[04/05/23, 10:00:00] A: {LRM}<attached: 00000031-PHOTO-2023-04-05-09-10-11.jpg>"],
            "mdy, rule 4",
        ),
        (["04/05/23, 10:00 PM - A: x"], "mdy, rule 5"),
        (["04.05.23, 10:00 - A: x"], "dmy, rule 5"),
        (["04/05/23 à 10:00 - A: x"], "dmy, rule 5"),
        (["04/05/23, 10:00 - A: <Médias omis>"], "dmy, rule 5"),
        (["04/05/23, 10:00 - Les messages sont chiffrés de bout en bout."], "dmy, rule 5"),
        (["05/05/23, 10:00 - A: x"], "dmy, either order"),
        (["2023/05/04, 10:00 - A: x"], "ymd, rule 1"),
    ],
)  # fmt: skip
def test_the_rule_that_fired_is_noted(tmp_path: Path, lines: list[str], note: str) -> None:
    assert read_text(tmp_path, lines).notes["date_order"] == note


# ------------------------------------------------------------------ bodies


@pytest.mark.parametrize(
    ("raw", "kind", "text", "edited"),
    [
        ("<Media omitted>", "message", None, False),
        ("<MÉDIAS OMIS>", "message", None, False),
        ("<Media omitted>\ncaption", "message", "caption", False),
        (f"{LRM}image omitted", "message", None, False),
        (f"{LRM}fiche contact absente", "message", None, False),
        (f"a.pdf • {LRM}2 pages {LRM}<attached: 0003-a.pdf>", "message", None, False),
        (f"{LRM}<pièce jointe\u00a0: 00000004-PHOTO-2024.jpg>", "message", None, False),
        ("VID-20230504-WA0001.mp4 (Datei angehängt)\nja", "message", "ja", False),
        ("report.pdf (file attached)", "message", None, False),
        ("see report.pdf (page 3)", "message", "see report.pdf (page 3)", False),
        ("This message was deleted.", "deleted", None, False),
        (f"{LRM}Vous avez supprimé ce message.", "deleted", None, False),
        (f"ok {LRM}<This message was edited>", "message", "ok", True),
        ("ok <Ce message a été modifié>", "message", "ok", True),
        ("I <3 you >", "message", "I <3 you >", False),
        ("Appel vocal manqué", "call", None, False),
        (f"{LRM}Video call, {LRM}5 min", "call", None, False),
        ("Video call at 5?", "message", "Video call at 5?", False),
        ("Location: https://maps.google.com/?q=48.8,2.3", "message", None, False),
        (
            "go https://maps.google.com/?q=48.8,2.3 now",
            "message",
            "go https://maps.google.com/?q=48.8,2.3 now",
            False,
        ),
        (f"{LRM}SONDAGE:\nQui ?\n{LRM}OPTION: Moi (3 votes)", "message", "Qui ?\nMoi", False),
        ("", "message", None, False),
        ("...", "message", "...", False),
    ],
)
def test_bodies(raw: str, kind: str, text: str | None, *, edited: bool) -> None:
    body = read_body(raw)
    assert (body.kind, body.text, body.edited) == (kind, text, edited)


@pytest.mark.parametrize(
    ("sentence", "kind", "who"),
    [
        ("Odile created group “Thé”", "group", None),
        ("You changed the group description", "group", None),
        ("Odile removed this group's icon", "group", None),
        ("Odile removed Nadir", "left", "Nadir"),
        ("Odile left", "left", "Odile"),
        ("Rose joined using this group's invite link", "joined", "Rose"),
        ("Nadir was added", "joined", "Nadir"),
        ("Odile a exclu Nadir", "left", "Nadir"),
        ("Vous avez ajouté Nadir", "joined", "Nadir"),
        ("Odile hat Nadir hinzugefügt", "joined", "Nadir"),
        ("Odile hat die Gruppe verlassen", "left", "Odile"),
        ("Odile añadió a Nadir", "joined", "Nadir"),
        ("Odile saiu", "left", "Odile"),
        ("Odile ha aggiunto Nadir", "joined", "Nadir"),
        ("Odile heeft Nadir toegevoegd", "joined", "Nadir"),
        ("Your security code with Odile changed. Tap to learn more.", "notice", None),
        ("Odile a changé de numéro de téléphone.", "notice", None),
        ("Les messages éphémères ont été activés", "notice", None),
        ("Zibulon frobulates", "unknown", None),
    ],
)
def test_sentences_of_the_app(sentence: str, kind: str, who: str | None) -> None:
    event = read_event(sentence)
    assert (event.kind, event.who) == (kind, who)


def test_lists_of_names() -> None:
    assert names_in("Anne et Luc", {"Anne et Luc"}) == ["Anne et Luc"]
    assert names_in("Anne et Luc", set()) == ["Anne", "Luc"]
    assert names_in("Rose, Anne et Luc, +33 6", {"Anne et Luc"}) == ["Rose", "Anne et Luc", "+33 6"]
    assert names_in("Rose and 3 others", set()) == ["Rose"]
