"""What Meta's exports share: letters, lists under any key, labels, texts of the app, places."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from supportnet.archive import BadItem, Member, open_archive
from supportnet.parsing.html import leaves, marks
from supportnet.parsing.meta import People, is_nobody, labelled, records_of, repaired
from supportnet.parsing.meta_layout import place_of, thread_file
from supportnet.parsing.meta_words import prefixes, read_title, read_wording
from supportnet.records import Identity


def member(tmp_path: Path, content: str, name: str = "file.json") -> Member:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    return open_archive(path).members[0]


def listed(tmp_path: Path, document: Any) -> list[tuple[str, Any]]:
    text = document if isinstance(document, str) else json.dumps(document)
    return [(one.key, one.value) for one in records_of(member(tmp_path, text))]


# Letters


@pytest.mark.parametrize(
    "word", ["café", "❤", "Zoë Ångström", "Ёлка", "👨\u200d👩\u200d👧", "naïve “quoted”"]
)
def test_damage_is_undone_exactly_and_once(word: str) -> None:
    written = word.encode("utf-8").decode("latin-1")
    assert repaired(written) == word
    assert repaired(word) == word


def test_what_is_no_damage_stays() -> None:
    assert repaired("cafÃ") == "cafÃ"  # cut in the middle of a letter
    assert repaired("plain") == "plain"
    assert repaired(12) is None


# Lists


@pytest.mark.parametrize(
    ("document", "found"),
    [
        ([{"a": 1}, {"a": 2}], [("", {"a": 1}), ("", {"a": 2})]),
        ({"comments_v2": [{"a": 1}]}, [("comments_v2", {"a": 1})]),
        ({"comments_v2": {"a": 1}}, [("comments_v2", {"a": 1})]),
        ({"timestamp": 5, "data": [{"b": 1}]}, [("", {"timestamp": 5, "data": [{"b": 1}]})]),
        ({"n": 1, "list": [{"a": 1}]}, [("list", {"a": 1})]),
        ({"list": []}, []),
        ({"stories": "[object Object]"}, [("stories", BadItem("json_shape"))]),
        ("[object Object]", [("", BadItem("json_truncated"))]),
    ],
)
def test_records_whatever_stands_around_them(tmp_path: Path, document: Any, found: Any) -> None:
    got = listed(tmp_path, document)
    if isinstance(document, str):
        assert [type(value) for _, value in got] == [BadItem]
    else:
        assert got == found


def test_labels_of_all_three_shapes() -> None:
    nested = {
        "label_values": [
            {"label": "R\u00c3\u00a9action", "value": "LOVE"},
            {"label": "Quand", "timestamp_value": 1_720_000_000},
            {"title": "Owner", "dict": [{"dict": [{"label": "Username", "value": "omar_b"}]}]},
        ]
    }
    assert [(one.label, one.value) for one in labelled(nested)] == [
        ("Réaction", "LOVE"),
        ("Quand", ""),
        ("Username", "omar_b"),
    ]
    assert labelled(nested)[1].t_us == 1_720_000_000_000_000
    plain = {"string_list_data": [{"href": "h", "value": "v", "timestamp": 1_720_000_000}]}
    assert labelled(plain)[0][1:3] == ("v", "h")
    deep: dict[str, Any] = {"label": "x", "value": "y"}
    for _ in range(50):
        deep = {"dict": [deep]}
    assert labelled({"label_values": [deep]}) == []


# Persons


def test_people_are_made_once_and_nobody_in_each_place() -> None:
    owner = Identity("facebook", "Léa", "owner", "name")
    people = People("facebook", owner, ["Léa"])
    assert people.named("Léa ", "a") is owner
    assert people.named("Inès", "a") is people.named("Ine\u0300s", "b")
    assert people.named("Facebook user", "a") != people.named("Facebook user", "b")
    assert people.named(None, "a").is_placeholder
    assert people.named("12345@facebook.com", "a") == Identity("facebook", "12345")
    assert is_nobody("Utilisateur Facebook")
    assert not is_nobody("Facebook")


# Texts of the app


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Omar sent an attachment.", "attachment_placeholder"),
        ("Omar Bénali a envoyé une pièce jointe.", "attachment_placeholder"),
        ("Reacted 😂 to your message ", "reaction_event"),
        ("Liked a message", "reaction_event"),
        ("Omar Bénali named the group Les 3.", "system_event"),
        ("Omar a nommé le groupe Les 3.", "system_event"),
        ("Omar set the nickname for Léa to Lili.", "system_event"),
        ("Omar created a poll: samedi ?", "system_event"),
        ("Omar pinned a message.", "system_event"),
        ("Omar Bénali a ajouté Léa au groupe.", "joined"),
        ("Omar left the group.", "left"),
        ("Omar started an audio call", "call_event"),
        ("Audio call ended", "call_event"),
        ("You are now connected on Messenger.", "greeting_event"),
        ("Vous pouvez désormais vous appeler et voir si l'autre est en ligne.", "greeting_event"),
    ],
)
def test_texts_of_the_app(text: str, reason: str) -> None:
    found = read_wording(text, prefixes("Omar Bénali", is_owner=False))
    assert found is not None
    assert found.reason == reason


@pytest.mark.parametrize(
    "text",
    [
        "Omar sent an attachment, did you see it?",
        "I left the group.",
        "You left the group early",
        "You added Léa to the group.",  # only the owner's own rows begin so
        "Reacted badly to your message yesterday",
        "Vous pouvez venir",
        "Audio call ended too soon",
        "Liked a message of hers",
    ],
)
def test_talk_that_resembles_them(text: str) -> None:
    assert read_wording(text, prefixes("Omar Bénali", is_owner=False)) is None


@pytest.mark.parametrize(
    ("title", "act", "other"),
    [
        ("Léa wrote on Omar Bénali's timeline.", "wall", "Omar Bénali"),
        ("Léa wrote on Omar Bénali's profile.", "wall", "Omar Bénali"),
        ("Léa commented on Inès's photo.", "comment", "Inès"),
        ("Léa commented on James' post.", "comment", "James"),
        ("Léa replied to her own comment.", "reply", ""),
        ("Léa a commenté sa propre publication.", "comment", ""),
        ("Léa a répondu au commentaire d’Omar.", "reply", "Omar"),
        ("Léa shared a link to the group: Parents solo.", "group", "Parents solo"),
        ("Léa likes Omar Bénali's comment.", "reaction", "Omar Bénali"),
    ],
)
def test_sentences_above_an_act(title: str, act: str, other: str) -> None:
    for owner in ("Léa", None):
        found = read_title(title, owner)
        assert found is not None
        assert (found.act, found.other) == (act, other)


@pytest.mark.parametrize("title", ["Léa updated her status.", "Léa shared a memory.", "x" * 2000])
def test_sentences_that_name_nobody(title: str) -> None:
    assert read_title(title, "Léa") is None


# Places


@pytest.mark.parametrize(
    ("name", "root"),
    [
        ("messages/inbox/a_1/message_1.json", ""),
        ("fb/your_activity_across_facebook/messages/inbox/a_1/message_1.json", "fb"),
        ("a/b/your_instagram_activity/media/posts_1.json", "a/b"),
        ("ig/messages.json", "ig"),
        ("e2ee/Omar_4.json", "e2ee"),
    ],
)
def test_roots(name: str, root: str) -> None:
    assert place_of(name).root == root


def test_a_thread_is_known_by_its_number_not_by_its_title_or_section() -> None:
    names = [
        "your_facebook_activity/messages/inbox/trio_456/message_2.json",
        "messages/archived_threads/quatuor_456/message_10.json",
    ]
    assert [(f.ident, f.number) for f in map(thread_file, names) if f] == [("456", 2), ("456", 10)]
    bare = thread_file("messages/inbox/parents_solo/message_1.json")
    assert bare is not None
    assert bare.ident == "parents_solo"


# Pages


def test_marks_nest_whatever_the_page_leaves_open(tmp_path: Path) -> None:
    page = "<div><p>one<div>two</i></div><script>if (a<b) x()</script><br>three"
    found = list(marks(member(tmp_path, page, "page.html")))
    opened = [word for what, word, _ in found if what == "open"]
    closed = [word for what, word, _ in found if what == "close"]
    assert sorted(opened) == sorted(closed)
    assert "".join(word for what, word, _ in found if what == "text") == "onetwo\nthree"


def test_leaves_are_the_words_between_blocks(tmp_path: Path) -> None:
    page = "<head><title>t</title></head><div>a <b>b</b> &amp; c<ul><li>❤Inès</li></ul></div>d"
    found = [tuple(leaf) for leaf in leaves(member(tmp_path, page, "page.html"))]
    assert found == [("a b & c", False), ("❤Inès", True), ("d", False)]


def test_letters_on_the_edge_of_two_pieces_are_whole(tmp_path: Path) -> None:
    page = "<p>" + "é" * 70_000 + "</p>"
    assert [leaf.text for leaf in leaves(member(tmp_path, page, "page.html"))] == ["é" * 70_000]
