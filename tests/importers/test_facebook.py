"""Facebook: hand-computed facts of each sample, traps of existing parsers, damaged files."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from meta_support import Reading, message, read_case, thread, write
from support import read_paths, run_mutations, singly

from supportnet.archive import open_exports
from supportnet.errors import InputError
from supportnet.formats import Options
from supportnet.importers.facebook import FORMAT
from supportnet.importers.facebook.dates import PageClock, read_time
from supportnet.importers.instagram import FORMAT as INSTAGRAM
from supportnet.ingest.grouping import collect
from supportnet.parsing import meta_rows
from supportnet.records import (
    AMBIGUOUS_HOUR,
    ASSUMED_ZONE,
    MINUTE,
    RESOLUTION_MINUTE,
    SECOND,
    RawContact,
    RawCoverage,
    RawMembership,
    RawReaction,
)

CASES = Path(__file__).parent / "facebook"
LEA, OMAR, INES, THEO = "Léa Martin", "Omar Bénali", "Inès", "Théo Vidal"
T = 1_701_111_000_000
INBOX = "your_facebook_activity/messages/inbox/"
PROFILE = {
    "personal_information/profile_information/profile_information.json": {
        "profile_v2": {"name": {"full_name": LEA}}
    }
}


def case(name: str, **declared: Any) -> Reading:
    return read_case(CASES / name, FORMAT, **declared)


def made(root: Path, files: dict[str, Any], **declared: Any) -> Reading:
    return Reading(read_paths([write(root, files)], FORMAT, Options(**declared)))


# The sheet's gold


def test_gold_thread() -> None:
    found = case("activity_2024")
    direct = [one for one in found.messages if one.conversation.key == "dm:123" and one.copy == 0]
    talk = [one for one in direct if one.kind == "message"]
    assert Counter(one.author.id for one in talk) == {LEA: 2, OMAR: 1}
    assert Counter(one.kind for one in direct) == {"message": 3, "call": 1, "deleted": 1}
    assert [one.text for one in sorted(talk, key=lambda one: one.seq)] == [
        "dur dur aujourd'hui",
        None,
        "Merci ❤",
    ]
    assert direct[0].t_us == 1_701_111_300_000_000
    assert {one.visibility for one in direct} == {"private_1to1"}
    assert {one.audience_size for one in direct} == {1}
    deleted = next(one for one in direct if one.kind == "deleted")
    assert (deleted.original_kind, deleted.text) == ("message", None)
    (reaction,) = [one for one in found.only(RawReaction) if one.target == direct[0].ref]
    assert (reaction.kind, reaction.actor.id, reaction.target_author.id) == ("❤", OMAR, LEA)
    # The actor's name was repaired: he is the person who wrote.
    assert reaction.actor is talk[1].author


def test_gold_post_and_comment() -> None:
    found = case("activity_2024")
    wall = found.one("Bonne année")
    assert (wall.kind, wall.visibility, wall.wall_owner.id) == ("post", "unknown", OMAR)
    assert wall.t_us == 1_672_600_000 * SECOND
    answer = found.one("courage")
    assert (answer.kind, answer.reply_author.id, answer.reply_to) == ("comment", OMAR, None)
    assert found.one("belle").root_author.id == INES
    assert found.one("merci à tous").root_author.id == LEA
    assert found.one("oui").root_author.id == OMAR  # the sentence in French


def test_gold_page_of_2015() -> None:
    found = case("legacy_html")
    first = found.one("salut")
    assert first.t_us == 1_393_996_500 * SECOND  # 2014-03-05T05:15:00Z
    assert (first.time_note, first.resolution_us) == (RESOLUTION_MINUTE, MINUTE)
    assert (first.author.id, first.visibility) == (OMAR, "private_1to1")


# Rows that are talk and rows that are not


def test_every_row_is_counted_once_and_for_its_reason() -> None:
    found = case("activity_2024")
    listed = 0
    for file in (CASES / "activity_2024/input/your_facebook_activity/messages").rglob("*.json"):
        document = json.loads(file.read_text("utf-8"))
        listed += len(document.get("messages", []))
    private = [one for one in found.messages if one.kind in ("message", "call", "deleted")]
    outside = Counter(group_copy=2, title_only=1, nameless_contact=1, friend_request=1, poke=1)
    reasons = found.ignored - outside
    assert reasons == Counter(
        system_event=2,
        attachment_placeholder=1,
        membership_event=3,
        reaction_event=1,
        no_content=2,
        taken_down=1,
        greeting_event=1,
    )
    # Rejected outside the threads: a post of time 0 and a file that holds no record.
    assert found.rejected == Counter(bad_date=2, undated=1, json_shape=1)
    assert len(private) + reasons.total() + 2 == listed


def test_talk_that_looks_like_a_text_of_the_app_stays_talk() -> None:
    found = case("activity_2024")
    assert found.one("Omar left the group chat early, no?").kind == "message"
    # A whole text of the app's own, but by somebody else than it speaks of.
    assert found.one("Inès a quitté le groupe.").author.id == OMAR


def test_rows_that_say_their_type_are_told_apart_in_any_language(tmp_path: Path) -> None:
    names = ["Omar", "Inès", "Zoé", "Léa Martin"]
    rows = [
        message("Omar", 1501111000009, "Omar hat die Gruppe verlassen.", type="Unsubscribe"),
        message(
            "Omar", 1501111000008, "Omar hat Zoé geholt.", type="Subscribe", users=[{"name": "Zoé"}]
        ),
        message("Omar", 1501111000007, "Omar hat dich angerufen.", type="Call"),
        message("Omar", 1501111000006, "Omar hat etwas geplant.", type="Plan"),
        message("Omar", 1501111000005, "hallo", type="Generic"),
        message("Omar", 1501111000004, "da", type="Share", share={"link": "https://a.example"}),
    ]
    content = thread(names, rows, "Trio")
    path = write(tmp_path, {"facebook-x/messages/inbox/trio_9/message_1.json": content})
    found = Reading(read_paths([path], FORMAT, Options()))
    assert found.said(kind="message") == [("Omar", "da"), ("Omar", "hallo")]
    assert [one.text for one in found.messages if one.kind == "call"] == [None]
    assert found.ignored == {"membership_event": 2, "system_event": 1}
    # The first row does not tell whether Omar left or removed somebody.
    assert [(one.person.id, one.left_us) for one in found.only(RawMembership)] == [("Zoé", None)]


def test_company_in_a_title_is_each_person_who_is_named(tmp_path: Path) -> None:
    owner = {"profile_v2": {"name": {"full_name": "Léa Martin"}}}
    titles = (
        "Léa Martin was with Inès Koné, Omar Bénali and Zoé Roux.",
        "Léa Martin was with Inès Koné and 2 others.",
    )
    posts = [{"timestamp": 1672600000, "title": one, "data": [{"post": "x"}]} for one in titles]
    files = {
        "profile_information/profile_information.json": owner,
        "posts/your_posts_1.json": posts,
    }
    found = Reading(read_paths([write(tmp_path, files)], FORMAT, Options()))
    assert [[who.id for who in one.mentions] for one in found.messages] == [
        ["Inès Koné", "Omar Bénali", "Zoé Roux"],
        ["Inès Koné"],
    ]


@pytest.mark.parametrize("last", ["participants", "threadName"])
def test_encrypted_chats_are_known_whatever_the_order_of_their_fields(
    tmp_path: Path, last: str
) -> None:
    row = {"senderName": "Omar", "text": "on continue", "timestamp": 1710000000000}
    chat: dict[str, Any] = {
        "messages": [{**row, "type": "text", "isUnsent": False}],
        "threadName": "Omar",
        "participants": ["Léa Martin", "Omar"],
    }
    chat[last] = chat.pop(last)
    (tmp_path / "Omar_4.json").write_text(json.dumps(chat), encoding="utf-8")
    found = Reading(read_paths([tmp_path], FORMAT, Options()))
    assert found.said(visibility="private_1to1") == [("Omar", "on continue")]


def test_an_encrypted_placeholder_is_no_talk_even_with_words(tmp_path: Path) -> None:
    row = {"senderName": "Omar", "timestamp": 1710000000000, "type": "placeholder"}
    rows = [{**row, "text": "not to be shown"}, {**row, "text": "", "isUnsent": True}]
    chat = {"participants": ["Léa Martin", "Omar"], "threadName": "Omar", "messages": rows}
    (tmp_path / "Omar_4.json").write_text(json.dumps(chat), encoding="utf-8")
    found = Reading(read_paths([tmp_path], FORMAT, Options()))
    assert [one.kind for one in found.messages] == ["deleted"]
    assert found.ignored == {"no_content": 1}


def test_a_deleted_account_on_a_page_is_one_of_its_two(tmp_path: Path) -> None:
    page = (
        "<div>Participants: Omar, Léa Martin</div><div><div>Facebook user</div><div>salut</div>"
        "<div>Sep 3, 2021, 11:21 AM</div></div><div><div>Léa Martin</div><div>ça va</div>"
        "<div>Sep 3, 2021, 11:20 AM</div></div>"
    )
    path = tmp_path / "facebook-x/messages/inbox/omar_1/message_1.html"
    path.parent.mkdir(parents=True)
    path.write_text(page, encoding="utf-8")
    options = Options(timezone="Europe/Paris", owner="Léa Martin")
    found = Reading(read_paths([tmp_path], FORMAT, options))
    assert {(one.visibility, one.audience_size) for one in found.messages} == {("private_1to1", 1)}


def test_two_equal_messages_of_one_instant_are_both_kept() -> None:
    twice = [one for one in case("activity_2024").messages if one.text == "deux fois"]
    assert len(twice) == 2
    assert len({one.seq for one in twice}) == 2


def test_shared_links_and_the_placeholder_beside_them() -> None:
    found = case("activity_2024")
    at = [one for one in found.messages if one.t_us == 1_701_111_390_000_000]
    assert [(one.author.id, one.text) for one in at] == [(OMAR, None)]
    assert found.one("https://example.org/b").author.id == LEA


def test_words_that_are_right_already_and_words_typed_to_look_damaged(tmp_path: Path) -> None:
    rows = [message(OMAR, T, "😂 café"), message(OMAR, T - 1, 'il dit "oui\\non"')]
    document = json.dumps(thread([OMAR, LEA], rows, OMAR), ensure_ascii=False)
    found = made(tmp_path, {INBOX + "omar_1/message_1.json": document, **PROFILE})
    assert [text for _, text in found.said()] == ['il dit "oui\\non"', "😂 café"]
    assert {name for name, _ in found.said()} == {OMAR}


# Conversations


def test_a_group_that_shrank_to_two_stays_a_group() -> None:
    found = case("activity_2024")
    assert found.one("il ne reste que nous").visibility == "private_group"
    old = case("layout_2018").one("plus que deux")
    assert (old.conversation.kind, old.visibility) == ("group", "private_group")


def test_a_group_of_two_without_its_mark_is_told_by_its_title(tmp_path: Path) -> None:
    rows = [message(OMAR, T, "a")]
    found = made(tmp_path, {INBOX + "duo_1/message_1.json": thread([OMAR, LEA], rows, "Duo")})
    assert found.messages[0].conversation.kind == "group"


def test_roster_former_members_and_stays() -> None:
    found = case("activity_2024")
    group = found.one("je pars bientôt").conversation
    assert {one.id for one in group.members} == {LEA, OMAR, INES}
    first, second = [s for s in found.only(RawMembership) if s.conversation is group]
    assert first.person.id == second.person.id == THEO
    assert (first.joined_us, first.left_us) == (1_700_990_000 * SECOND, 1_701_111_370 * SECOND)
    assert (second.joined_us, second.left_us) == (1_701_111_380 * SECOND, None)


def test_deleted_accounts_are_nobody_and_another_nobody_in_each_conversation() -> None:
    found = case("activity_2024")
    label, empty, alone = (found.one(text) for text in ("au revoir", "sans nom", "bonjour"))
    assert all(one.author.is_placeholder for one in (label, empty, alone))
    assert len({one.author for one in (label, empty, alone)}) == 3
    assert label.author.within == "thread:456"
    assert (alone.conversation.kind, alone.visibility) == ("dm", "private_1to1")
    assert alone.visibility_raw == "message_requests"


def test_notes_to_oneself_have_no_audience() -> None:
    note = case("activity_2024").one("liste : pain")
    assert (note.conversation.kind, note.visibility, note.audience_size) == (
        "self",
        "unknown",
        None,
    )


def test_files_are_joined_in_numerical_order() -> None:
    found = case("activity_2023")
    words = [text for name, text in found.said(copy=0) if text != "salut" and name]
    assert words == ["le plus vieux", "plus vieux", "avant, même instant", "coucou"]
    # The owner is the one name in both conversations, though no file says so.
    assert found.only(RawCoverage)[0].owner.id == LEA
    assert found.one("coucou").author.scope == "owner"


def test_a_long_file_is_looked_at_to_its_end_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meta_rows, "_AHEAD", 3)
    rows = [message(OMAR, T - i, f"n{i}") for i in range(10)]
    document = thread([OMAR, LEA], rows, "Duo", joinable_mode={"mode": 1, "link": ""})
    found = made(tmp_path, {INBOX + "duo_1/message_1.json": document, **PROFILE})
    assert {one.visibility for one in found.messages} == {"private_group"}
    assert [text for _, text in found.said()] == [f"n{i}" for i in range(9, -1, -1)]


# Copies and encrypted chats


def test_encrypted_chats_are_copies_of_their_conversation() -> None:
    found = case("activity_2024")
    direct = [one for one in found.messages if one.conversation.key == "dm:123"]
    assert Counter(one.copy for one in direct) == {0: 5, 1: 2, 2: 3}
    group = [one for one in found.messages if one.conversation.key == "thread:456"]
    assert {one.text for one in group if one.copy == 1} == {"la suite", None}
    # Whichever way the file is written, places grow with time.
    late = sorted((one.seq, one.t_us) for one in group if one.copy == 1)
    assert late == sorted(late, key=lambda pair: pair[1])


def test_a_chat_that_moved_away_is_covered_until_it_moved() -> None:
    found = case("activity_2024")
    whole, moved = found.only(RawCoverage)
    assert whole.conversation is None
    assert whole.flags == {
        "private_in",
        "private_out",
        "groups",
        "deletions_visible",
        "reactions_out",
    }
    # Omar's chat goes on in the second download; Théo's does not.
    assert moved.conversation.key == "dm:901"
    assert moved.end_us == 1_702_000_000 * SECOND
    assert moved.flags == {"private_in", "private_out"}
    assert found.notes["chats_moved_to_encrypted_storage"] == "1"


def test_export_of_encrypted_chats_alone() -> None:
    found = case("encrypted")
    assert found.said(kind="message") == [
        (LEA, "https://example.org"),
        (LEA, "et toi ?"),
        (OMAR, "on continue ici"),
    ]
    assert Counter(one.kind for one in found.messages)["deleted"] == 1
    assert found.only(RawCoverage)[0].owner.id == LEA
    assert found.seen == 4


def test_a_thread_of_two_exports_of_different_dates_is_two_copies(tmp_path: Path) -> None:
    rows = [message(OMAR, T, "neuf"), message(OMAR, T - 1000, "vieux")]
    for name, section, kept in (("a-1", "inbox", rows[1:]), ("a-2", "archived_threads", rows)):
        place = f"your_facebook_activity/messages/{section}/omar_1/message_1.json"
        with zipfile.ZipFile(tmp_path / f"facebook-{name}.zip", "w") as made_:
            made_.writestr(place, json.dumps(thread(["Omar", "Lea"], kept, "Omar")))
            if name == "a-1":
                for path, document in PROFILE.items():
                    made_.writestr(path, json.dumps(document))
    # The volume without an owner joins the one that names it.
    (job,) = collect(open_exports([tmp_path]), Options(), "facebook")
    found = Reading(list(singly(FORMAT.read(job.export))))
    copies = [{one.text for one in found.messages if one.copy == copy} for copy in (0, 1)]
    assert sorted(copies, key=len) == [{"vieux"}, {"vieux", "neuf"}]
    assert len(found.messages) == 3


def test_volumes_of_one_export_share_out_a_thread(tmp_path: Path) -> None:
    for number in (1, 2):
        place = f"{INBOX}omar_1/message_{number}.json"
        row = message("Omar", T - number, f"file {number}")
        with zipfile.ZipFile(tmp_path / f"facebook-lea-{number}.zip", "w") as made_:
            made_.writestr(place, json.dumps(thread(["Omar", "Lea"], [row], "Omar")))
            if number == 2:
                for path, document in PROFILE.items():
                    made_.writestr(path, json.dumps(document))
    (job,) = collect(open_exports([tmp_path]), Options(), None)
    found = Reading(list(singly(FORMAT.read(job.export))))
    assert {one.copy for one in found.messages} == {0}
    assert [text for _, text in found.said()] == ["file 2", "file 1"]


# Whose file it is


def test_a_bare_inbox_is_claimed_by_both_platforms_and_the_error_names_them(
    tmp_path: Path,
) -> None:
    rows = [message("Plantagenet", T, "x")]
    files = {"messages/inbox/p_1/message_1.json": thread(["Plantagenet", "B"], rows, "P")}
    write(tmp_path, files)
    with pytest.raises(InputError, match="facebook and instagram both") as caught:
        collect(open_exports([tmp_path]), Options(), None)
    assert "Plantagenet" not in str(caught.value)
    (job,) = collect(open_exports([tmp_path]), Options(), "facebook")
    assert job.format is FORMAT


@pytest.mark.parametrize(
    ("beside", "claimed"),
    [
        ("profile_information/profile_information.json", FORMAT),
        ("comments_and_reactions/comments.json", FORMAT),
        ("account_information/personal_information.json", INSTAGRAM),
        ("media/posts/202301/1.jpg", INSTAGRAM),
    ],
)
def test_the_files_beside_tell_the_platform(tmp_path: Path, beside: str, claimed: Any) -> None:
    rows = thread(["A", "B"], [message("A", T, "x")], "A")
    write(tmp_path, {"x/messages/inbox/a_1/message_1.json": rows, f"x/{beside}": "{}"})
    members = {m.name: m for archive in open_exports([tmp_path]) for m in archive.members}
    member = members["x/messages/inbox/a_1/message_1.json"]
    assert (FORMAT.sniff(member), INSTAGRAM.sniff(member)) == (
        claimed is FORMAT,
        claimed is INSTAGRAM,
    )


def test_without_an_owner_the_conversations_are_covered_one_by_one(tmp_path: Path) -> None:
    files = {INBOX + "omar_1/message_1.json": thread([OMAR, LEA], [message(OMAR, T, "a")], OMAR)}
    found = made(tmp_path, files)
    (covered,) = found.only(RawCoverage)
    assert covered.owner is None
    assert covered.conversation is found.messages[0].conversation
    assert found.notes["owner"] == "not known; pass --owner"
    named = made(tmp_path, files, owner=LEA)
    assert named.only(RawCoverage)[0].owner.id == LEA


def test_posts_without_any_owner_are_refused(tmp_path: Path) -> None:
    posts = [{"timestamp": 1_672_600_000, "data": [{"post": "Plantagenet"}]}]
    files = {"your_facebook_activity/posts/your_posts_1.json": posts}
    with pytest.raises(InputError, match="--owner") as caught:
        made(tmp_path, files)
    assert "Plantagenet" not in str(caught.value)
    assert made(tmp_path, files, owner=LEA).one("Plantagenet").author.id == LEA


# Posts and lists


def test_audience_is_unknown_unless_the_file_writes_it() -> None:
    found = case("activity_2024")
    shown = Counter((one.kind, one.visibility) for one in found.messages if one.copy == 0)
    assert shown["post", "unknown"] == 3
    assert shown["post", "public"] == 1
    assert found.one("ouvert à tous, vraiment").visibility_raw == "Public"
    assert not any(
        flag.startswith("public") for one in found.only(RawCoverage) for flag in one.flags
    )


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Friends", ("semi_public", "Friends")),
        ("Tout le monde", ("public", "Tout le monde")),
        # A list of friends bears a name that its owner gave it.
        ("Custom: Omar Benali", ("unknown", "other")),
    ],
)
def test_no_audience_is_kept_but_the_platform_s_own(
    tmp_path: Path, written: str, kept: tuple[str, str]
) -> None:
    labels = [{"label": "Text", "value": "hé"}, {"label": "Audience", "value": written}]
    posts = [{"timestamp": 1701111000, "media": [], "label_values": labels, "fbid": "1"}]
    (post,) = made(tmp_path, {**PROFILE, "posts/your_posts_1.json": posts}).messages
    assert (post.visibility, post.visibility_raw) == kept


def test_posts_and_comments_in_one_group_share_their_conversation() -> None:
    found = case("activity_2024")
    post = next(one for one in found.messages if one.t_us == 1_672_600_600 * SECOND)
    comment = found.one("moi aussi")  # its file holds one record without a list
    assert post.conversation is comment.conversation
    assert {post.visibility, comment.visibility} == {"semi_public"}
    assert comment.reply_author.id == "Rose"


def test_tags_and_company_are_mentions() -> None:
    found = case("activity_2024")
    assert [one.id for one in found.one("seule").mentions] == [INES, THEO]
    assert [one.id for one in found.one("au lac").mentions] == [OMAR, INES]


def test_reactions_to_posts() -> None:
    liked = [one for one in case("activity_2024").only(RawReaction) if one.t_us is not None]
    assert [(one.kind, one.target_author and one.target_author.id) for one in liked] == [
        ("like", OMAR),
        ("love", None),
    ]
    (own,) = case("layout_2018").only(RawReaction)
    assert (own.kind, own.target_author.id) == ("haha", LEA)


def test_friends_have_the_time_since_when() -> None:
    found = case("activity_2024").only(RawContact)
    assert [(one.other.id, one.kind, one.t_us) for one in found] == [
        (OMAR, "friend", 1_400_000_000 * SECOND),
        (INES, "friend", 1_500_000_000 * SECOND),
    ]
    assert {one.kind for one in case("layout_2018").only(RawContact)} == {"friend", "follow"}


# Pages of HTML


def test_pages_in_the_repeated_hour_keep_their_order() -> None:
    found = case("html_pages")
    late, early = found.one("bien rentrée & au chaud\nmerci"), found.one("tu es rentrée ?")
    # 25 October 2020 in Paris: 2:40 came first, then the clock went back, then 2:10.
    assert early.t_us == 1_603_586_400 * SECOND
    assert late.t_us == 1_603_588_200 * SECOND
    assert late.time_note == RESOLUTION_MINUTE | ASSUMED_ZONE | AMBIGUOUS_HOUR
    (reaction,) = found.only(RawReaction)
    assert (reaction.kind, reaction.actor.id, reaction.target) == ("❤", OMAR, late.ref)
    assert found.ignored == Counter(call_event=1, html_copy=1)
    assert [name for name, _ in found.said(resolution_us=MINUTE)] == [OMAR, OMAR, LEA]


def test_pages_need_a_zone_and_json_does_not() -> None:
    with pytest.raises(InputError, match="--timezone"):
        case("html_pages", timezone=None)
    assert case("activity_2024").notes["zone"] == "utc"


def test_the_old_page_joins_the_pieces_of_a_conversation() -> None:
    found = case("legacy_html")
    direct = [one for one in found.messages if one.visibility == "private_1to1"]
    assert len({one.conversation.key for one in direct}) == 1
    # In July the letter P-S-T is wrong: Los Angeles was on summer time.
    assert found.one("été & soleil").t_us == 1_404_274_500 * SECOND
    assert found.one("été & soleil").time_note == RESOLUTION_MINUTE | ASSUMED_ZONE
    assert found.one("décalage").t_us == 1_434_734_220 * SECOND  # 19:17 at +02
    group = found.one("à trois")
    assert (group.author.id, group.author.scope, group.author.kind) == (
        "1234",
        "platform",
        "opaque",
    )
    assert found.rejected == Counter(bad_date=1)


@pytest.mark.parametrize(
    "text",
    [
        "Sep 3, 2021, 11:20 AM",
        "3 Sep 2021, 11:20",
        "Sep 3, 2021 at 11:20\u202fAM",
        "3 sept. 2021, 11:20",
        "3 septembre 2021 à 11:20",
        "vendredi 3 septembre 2021, 11:20",
        "Friday, 3 September 2021 at 11:20",
        "03. September 2021 um 11:20",
        "3 de septiembre de 2021, 11:20",
    ],
)
def test_times_of_pages(text: str) -> None:
    found = read_time(text)
    assert found is not None
    assert (found.fields, found.has_seconds, found.zone) == ((2021, 9, 3, 11, 20, 0), False, "")


@pytest.mark.parametrize("text", ["13 Foo 2021, 11:20", "Sep 3, 2021, 13:20 PM", "demain 11:20"])
def test_what_is_no_time_of_a_page(text: str) -> None:
    assert read_time(text) is None


def test_the_letter_tells_the_two_readings_of_the_repeated_hour_apart() -> None:
    clock = PageClock(None)
    found = []
    for zone in ("PDT", "PST"):
        written = read_time(f"Sunday, November 2, 2014 at 1:30am {zone}")
        assert written is not None
        found.append(clock.instant(written))
    first = 1_414_917_000 * SECOND
    assert found == [
        (first, RESOLUTION_MINUTE, MINUTE),
        (first + 60 * MINUTE, RESOLUTION_MINUTE, MINUTE),
    ]


# Damage


def test_a_bad_row_does_not_spoil_its_neighbours(tmp_path: Path) -> None:
    rows: list[Any] = [message(OMAR, T, "a"), {"sender_name": 3, "timestamp_ms": T}, 7]
    rows += [message(OMAR, T - 1, "b", timestamp_ms="soon"), message(OMAR, 0, "c")]
    rows += [message(LEA, T - 2, "d")]
    files = {INBOX + "o_1/message_1.json": thread([OMAR, LEA], rows, OMAR), **PROFILE}
    found = made(tmp_path, files)
    assert [text for _, text in found.said()] == ["d", "a"]
    assert found.rejected == Counter(json_shape=3, bad_date=1)
    assert found.seen == len(rows)


def test_a_file_cut_short_gives_its_whole_rows(tmp_path: Path) -> None:
    rows = [message(OMAR, T - i, f"n{i}") for i in range(5)]
    text = json.dumps(thread([OMAR, LEA], rows, OMAR))
    found = made(tmp_path, {INBOX + "o_1/message_1.json": text[:430], **PROFILE})
    assert found.rejected == Counter(json_truncated=1)
    assert 0 < len(found.messages) < 5
    assert {one.visibility for one in found.messages} == {"private_1to1"}


def test_damaged_files_give_no_bare_exception(tmp_path: Path) -> None:
    outcome = run_mutations("facebook", 600, 20_240_311, tmp_path)
    assert sum(outcome.values()) == 600
    assert outcome["read"] > 500
