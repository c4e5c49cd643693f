"""Threads: hand-computed facts of each sample, traps of existing parsers, damaged files."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from meta_support import Reading, damaged, read_case, write
from support import read_paths, run_mutations

from supportnet.archive import open_exports
from supportnet.errors import InputError
from supportnet.formats import Options
from supportnet.importers.instagram import FORMAT as INSTAGRAM
from supportnet.importers.threads import FORMAT
from supportnet.records import SECOND, RawContact, RawCoverage, RawReaction

CASES = Path(__file__).parent / "threads"
FOLDER = "your_instagram_activity/threads/"


def case(name: str, **declared: Any) -> Reading:
    return read_case(CASES / name, FORMAT, **declared)


def made(root: Path, files: dict[str, Any], **declared: Any) -> Reading:
    return Reading(read_paths([write(root, files)], FORMAT, Options(**declared)))


def posts(*texts: str, at: int = 1_754_466_859) -> dict[str, Any]:
    listed = [
        {"media": [{"uri": "", "creation_timestamp": at + place, "title": text}]}
        for place, text in enumerate(texts)
    ]
    return {"text_post_app_text_posts": listed}


def test_gold() -> None:
    found = case("gold")
    reply, post = found.messages
    assert (reply.kind, post.kind) == ("comment", "post")
    assert {one.visibility for one in found.messages} == {"public"}
    assert (reply.reply_to, reply.reply_author, reply.target) == (None, None, None)
    assert [one.id for one in reply.mentions] == ["ines.k"]
    # Outer caption and outer time, where there are several pictures.
    assert (post.text, post.t_us) == ("café du matin", 1_754_500_001 * SECOND)
    (like,) = found.only(RawReaction)
    assert (like.target.id, like.target_author.id, like.actor.id) == ("DAbc", "ines.k", "lea_m")
    assert like.t_us == 1_754_510_000 * SECOND
    follower, follow = found.only(RawContact)
    assert (follower.other.id, follower.other.name, follower.kind) == ("ines.k", "Inès", "follower")
    assert (follow.other.id, follow.kind) == ("omar_b", "follow")  # from the link alone
    (covered,) = found.only(RawCoverage)
    assert covered.flags == {"public_out", "reactions_out"}
    assert found.ignored == Counter(block_list=1, viewed_post=1)
    assert found.notes["reply_mark"] == "present in 2 of 2 posts"


def test_without_the_mark_nothing_is_guessed_to_be_a_reply() -> None:
    found = case("unmarked")
    assert {one.kind for one in found.messages} == {"post"}
    assert found.notes["reply_mark"] == "present in 0 of 3 posts"
    assert found.notes["opens_with_mention"] == "2"
    assert {one.visibility for one in found.messages} == {"unknown"}
    assert found.rejected == Counter(undated=1, bad_date=1)
    # Two posts of one second and text are two.
    assert len({one.ref for one in found.messages}) == 3
    assert not found.only(RawCoverage)[0].flags


def test_mentions_are_neither_addresses_nor_oneself() -> None:
    last = case("unmarked").messages[-1]
    assert [one.id for one in last.mentions] == ["omar_b"]


def test_a_private_profile_is_read_by_followers() -> None:
    (post,) = case("private").messages
    assert (post.visibility, post.visibility_raw) == ("semi_public", "private profile")


def test_an_edited_post_keeps_its_name_in_the_next_export(tmp_path: Path) -> None:
    first = made(tmp_path / "a", {FOLDER + "threads_and_replies.json": posts("avant")}, owner="l")
    second = made(tmp_path / "b", {FOLDER + "threads_and_replies.json": posts("après")}, owner="l")
    assert first.messages[0].ref == second.messages[0].ref


def test_the_owner_is_found_around(tmp_path: Path) -> None:
    files: dict[str, Any] = {FOLDER + "threads_and_replies.json": posts("x")}
    with pytest.raises(InputError, match="--owner"):
        made(tmp_path / "none", files)
    with zipfile.ZipFile(tmp_path / "instagram-lea.m-2026-01-05-AbCd.zip", "w") as packed:
        for name, document in files.items():
            packed.writestr(name, json.dumps(damaged(document)))
    zipped = Reading(
        read_paths([tmp_path / "instagram-lea.m-2026-01-05-AbCd.zip"], FORMAT, Options())
    )
    assert zipped.messages[0].author.id == "lea.m"
    around = "personal_information/personal_information/personal_information.json"
    files[around] = {"profile_user": [{"string_map_data": {"Username": {"value": "Lea_M"}}}]}
    assert made(tmp_path / "around", files).messages[0].author.id == "lea_m"


def test_instagram_and_threads_share_a_zip_without_claiming_one_file(tmp_path: Path) -> None:
    names = [
        FOLDER + "followers_1.json",
        FOLDER + "personal_information.json",
        FOLDER + "threads_and_replies.json",
        "connections/followers_and_following/followers_1.json",
        "personal_information/personal_information/personal_information.json",
    ]
    write(tmp_path, {name: {"x": []} for name in names})
    (archive,) = open_exports([tmp_path])
    claims = {m.name: (FORMAT.sniff(m), INSTAGRAM.sniff(m)) for m in archive.members}
    assert claims == {
        name: (name.startswith(FOLDER), not name.startswith(FOLDER)) for name in names
    }


def test_pages_of_html_are_refused_with_advice(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="choose JSON"):
        made(tmp_path, {FOLDER + "threads_and_replies.html": "<html></html>"})


def test_damaged_files_give_no_bare_exception(tmp_path: Path) -> None:
    outcome = run_mutations("threads", 600, 20_240_311, tmp_path)
    assert sum(outcome.values()) == 600
    assert outcome["read"] > 400
