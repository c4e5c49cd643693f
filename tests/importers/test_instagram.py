"""Instagram: hand-computed facts of each sample, traps of existing parsers, damaged files."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from meta_support import Reading, message, read_case, thread, write
from support import read_paths, run_mutations

from supportnet.archive import open_exports
from supportnet.errors import InputError
from supportnet.formats import Options
from supportnet.importers.instagram import FORMAT
from supportnet.importers.instagram.owner import Owner
from supportnet.records import SECOND, RawContact, RawCoverage, RawReaction

CASES = Path(__file__).parent / "instagram"
INBOX = "your_instagram_activity/messages/inbox/"
T = 1_711_000_000_000


def case(name: str, **declared: Any) -> Reading:
    return read_case(CASES / name, FORMAT, **declared)


def made(root: Path, files: dict[str, Any], **declared: Any) -> Reading:
    return Reading(read_paths([write(root, files)], FORMAT, Options(**declared)))


def profile(handle: str = "lea_m", name: str = "Léa", private: str = "False") -> dict[str, Any]:
    labels = {"Username": handle, "Name": name, "Private Account": private}
    entry = {label: {"value": value, "timestamp": 0} for label, value in labels.items()}
    path = "personal_information/personal_information/personal_information.json"
    return {path: {"profile_user": [{"string_map_data": entry}]}}


# The sheet's gold


def test_gold_thread_counts_a_reaction_once() -> None:
    found = case("activity_2024")
    direct = [one for one in found.messages if one.conversation.key == "dm:17900000000000001"]
    words = {one.text: one for one in direct}
    assert words["j'ai eu peur"].author.id == "lea_m"
    shared = next(one for one in direct if one.target_author is not None)
    assert (shared.text, shared.target_author.id, shared.author.id) == (None, "cats", "Inès")
    (reaction,) = [one for one in found.only(RawReaction) if one.t_us is None]
    assert (reaction.kind, reaction.actor.id) == ("❤", "Inès")
    assert reaction.target == words["j'ai eu peur"].ref
    assert found.ignored["reaction_event"] == 2


def test_gold_flat_thread() -> None:
    found = case("flat_2018")
    direct = [one for one in found.messages if one.visibility == "private_1to1"]
    assert [(one.author.id, one.text) for one in direct] == [("lea_m", "courage"), ("ines.k", None)]
    assert {one.author.kind for one in direct} == {"handle"}
    assert direct[0].t_us == 1_583_170_810_120_045
    (reaction,) = [one for one in found.only(RawReaction) if one.visibility == "private_1to1"]
    assert (reaction.kind, reaction.actor.id, reaction.t_us) == (
        "like",
        "lea_m",
        1_583_135_400_000_001,
    )
    assert reaction.target == direct[1].ref
    assert found.ignored["call_event"] == 1


def test_gold_lists() -> None:
    found = case("activity_2024")
    follower, follow = found.only(RawContact)
    assert (follower.other.id, follower.kind) == ("ines.k", "follower")
    assert follower.t_us == 1_701_111_000 * SECOND
    # The newest exports write the name in the title alone.
    assert (follow.other.id, follow.kind) == ("omar_b", "follow")
    comment = found.one("bravo")
    assert (comment.kind, comment.root_author.id) == ("comment", "ines.k")
    assert comment.t_us == 1_701_111_100 * SECOND


# Messages


def test_rows_that_are_no_talk() -> None:
    found = case("activity_2024")
    assert found.ignored == Counter(
        reaction_event=2, no_content=1, call_event=1, system_event=1, close_friend_list=1
    )
    # A placeholder with nothing beside it stands for a picture that vanished.
    alone = [one for one in found.messages if one.t_us == 1_711_000_190_000_000]
    assert [(one.kind, one.text) for one in alone] == [("message", None)]
    assert Counter(one.kind for one in found.messages)["call"] == 1
    assert found.notes["story_replies"] == "1"
    assert found.notes["shared_posts"] == "1"


def test_the_owner_stands_in_conversations_by_display_name() -> None:
    found = case("activity_2024")
    group = found.one("à trois").conversation
    assert {(one.id, one.kind) for one in group.members} == {
        ("lea_m", "handle"),
        ("Inès", "name"),
        ("Omar", "name"),
    }
    assert found.one("trop belle").author.id == "lea_m"
    assert {one.owner.id for one in found.only(RawCoverage)} == {"lea_m"}


def test_the_profile_may_bear_another_name_than_the_conversations(tmp_path: Path) -> None:
    files: dict[str, Any] = dict(profile(name="Léa avant"))
    for number, other in enumerate(("Inès", "Omar")):
        rows = [message("Léa après", T + number, f"à {other}")]
        files[f"{INBOX}x_{number}/message_1.json"] = thread([other, "Léa après"], rows, other)
    found = made(tmp_path, files)
    assert {one.author.id for one in found.messages} == {"lea_m"}


def test_display_names_are_not_user_names() -> None:
    found = case("activity_2024")
    ines = found.one("j'ai eu peur").conversation.members
    assert not any(one.id == "ines.k" for one in ines)
    assert {one.scope for one in ines if one.id == "Inès"} == {"owner"}


def test_deleted_partners_and_strangers() -> None:
    stranger = case("activity_2024").one("bonjour")
    assert stranger.author.is_placeholder
    assert stranger.visibility_raw == "message_requests"
    assert stranger.visibility == "private_1to1"


def test_all_files_of_a_thread_are_read(tmp_path: Path) -> None:
    files: dict[str, Any] = dict(profile())
    for number in (1, 2, 10):
        rows = [message("Inès", T - number, f"n{number}")]
        files[f"{INBOX}ines_1/message_{number}.json"] = thread(["Inès", "Léa"], rows, "Inès")
    assert [text for _, text in made(tmp_path, files).said()] == ["n10", "n2", "n1"]


# Posts and comments


def test_caption_and_time_of_one_medium_stand_in_it() -> None:
    found = case("activity_2024")
    single, several = found.one("café avec @ines.k"), found.one("deux photos")
    assert single.t_us == 1_700_000_000 * SECOND
    assert [one.id for one in single.mentions] == ["ines.k"]
    assert several.t_us == 1_701_000_000 * SECOND  # the outer time, not that of the pictures


def test_posts_before_the_account_became_private_were_public() -> None:
    found = case("activity_2024")
    assert found.one("café avec @ines.k").visibility == "public"
    assert found.one("deux photos").visibility == "semi_public"
    assert found.notes["privacy_changes"] == "1"


def test_each_change_of_privacy_turns_the_state_over() -> None:
    owner = Owner(is_private=False, changes=[100, 200])
    assert [owner.was_private(t) for t in (50, 150, 250)] == [False, True, False]
    assert Owner().was_private(1) is None


def test_comments_under_other_peoples_posts_are_of_unknown_audience() -> None:
    found = case("activity_2024")
    assert found.one("bravo").visibility == "unknown"
    assert found.one("merci à tous !").visibility == "semi_public"  # under a post of her own
    story = next(one for one in found.messages if one.visibility_raw == "stories")
    assert story.visibility == "unknown"


def test_labels_of_another_language() -> None:
    found = case("activity_2024")
    assert found.one("mooi zo").root_author.id == "omar_b"
    strange = found.one("très très joli")
    assert strange.t_us == 1_701_111_400 * SECOND
    assert strange.root_author.id == "rose"
    assert case("layout_2021").only(RawCoverage)[0].owner.id == "lea_m"


def test_likes_of_every_layout_name_the_author() -> None:
    liked = [one for one in case("activity_2024").only(RawReaction) if one.t_us is not None]
    assert next((one.target.id, one.target_author.id) for one in liked) == ("p/AbC", "ines.k")
    assert [one.target_author.id for one in liked] == ["ines.k", "omar_b", "ines.k"]
    assert [one.t_us // SECOND for one in liked] == [1_701_111_600, 1_701_111_700, 1_701_111_800]


def test_coverage_says_what_was_there() -> None:
    public, private = case("activity_2024").only(RawCoverage)
    assert public.flags == {"public_out", "reactions_out"}
    assert private.flags == {"private_in", "private_out", "groups"}
    flat = case("flat_2018").only(RawCoverage)
    assert next(one.flags for one in flat) == {"reactions_out"}


# The flat layout


def test_flat_rows() -> None:
    found = case("flat_2018")
    asked = found.one("@lea_m tu viens ?")
    assert [one.id for one in asked.mentions] == ["lea_m"]
    assert (asked.visibility, asked.audience_size) == ("private_group", 2)
    assert found.rejected == Counter(bad_date=1)
    assert found.ignored == Counter(call_event=1, system_event=1, no_content=1, block_list=1)
    assert {one.kind for one in found.only(RawContact)} == {"follower", "follow"}
    own, other = found.one("à moi"), found.one("joli")
    assert (own.visibility, other.visibility) == ("public", "unknown")
    assert found.notes["version"] == "2018"
    # 8 rows of messages, 2 comments, 1 blocked account.
    assert found.seen == 11


# Refusals and damage


def test_pages_of_html_are_refused_with_advice(tmp_path: Path) -> None:
    page = "<html><body>Plantagenet</body></html>"
    with pytest.raises(InputError, match="choose JSON") as caught:
        made(tmp_path, {INBOX + "plantagenet_1/message_1.html": page})
    assert "lantagenet" not in str(caught.value)


def test_posts_without_any_owner_are_refused(tmp_path: Path) -> None:
    post = {"media": [{"uri": "x.jpg", "creation_timestamp": 1_700_000_000, "title": "Quux"}]}
    files = {"your_instagram_activity/media/posts_1.json": [post]}
    with pytest.raises(InputError, match="--owner") as caught:
        made(tmp_path, files)
    assert "Quux" not in str(caught.value)
    found = made(tmp_path, files, owner="@Lea_M")
    assert (found.one("Quux").author.id, found.one("Quux").visibility) == ("lea_m", "unknown")
    assert not found.only(RawCoverage)[0].flags


def test_the_folder_of_threads_is_left_to_its_own_format(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "your_instagram_activity/threads/followers_1.json": {"relationships_followers": []},
            "connections/followers_and_following/followers_1.json": [],
        },
    )
    (archive,) = open_exports([tmp_path])
    assert [m.name for m in archive.members if FORMAT.sniff(m)] == [
        "connections/followers_and_following/followers_1.json"
    ]


def test_damaged_files_give_no_bare_exception(tmp_path: Path) -> None:
    outcome = run_mutations("instagram", 600, 20_240_311, tmp_path)
    assert sum(outcome.values()) == 600
    assert outcome["read"] > 500
