"""Twitter / X archives made on the spot: volumes, owners, oddities, and the small parts."""

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from twitter_support import (
    ACCOUNT,
    HERE,
    chat,
    dm,
    read_files,
    read_members,
    tweet,
    us,
    write_files,
)

from supportnet.archive import Archive, open_archive
from supportnet.errors import InputError
from supportnet.formats import Options
from supportnet.importers.twitter import FORMAT
from supportnet.importers.twitter.account import Protection
from supportnet.importers.twitter.channels import pair_of
from supportnet.importers.twitter.clock import direct_time, id_time, order_of, post_time, whole
from supportnet.importers.twitter.files import kind_of_name, root_of
from supportnet.importers.twitter.people import People
from supportnet.importers.twitter.posts import lead_end, plain
from supportnet.importers.twitter.rosters import Roster
from supportnet.records import Identity, RawCoverage


@pytest.mark.parametrize("seed", range(20))
def test_order_of_records_does_not_matter(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    posts = []
    for number in range(12):
        fields: dict[str, Any] = {}
        if number and rng.random() < 0.7:
            parent = rng.randrange(number)
            fields = {
                "in_reply_to_status_id_str": str(100 + parent),
                "in_reply_to_user_id_str": "1001",
            }
        when = f"Tue Dec 06 07:{number:02}:00 +0000 2022"
        posts.append(tweet(str(100 + number), when, f"post {number}", **fields))
    roots: dict[str, str] = {}
    for post in posts:
        inner = post["tweet"]
        parent = inner.get("in_reply_to_status_id_str")
        roots[inner["id_str"]] = roots[parent] if parent else inner["id_str"]
    rng.shuffle(posts)
    result = read_files(tmp_path, {"data/account.js": ACCOUNT, "data/tweets.js": posts})
    assert {m.ref.id: m.conversation.key for m in result.messages if m.ref} == roots
    assert [m.text for m in result.messages] == [f"post {n}" for n in range(12)]


# ---------------------------------------------------------------- several exports, volumes


def manifest(date: str, **more: Any) -> str:
    about = {
        "userInfo": {"accountId": "1001", "userName": "lea_m"},
        "archiveInfo": {"generationDate": date, **more},
        "dataTypes": {
            "tweets": {
                "files": [
                    {"fileName": "data/tweets.js", "count": "1"},
                    {"fileName": "data/tweets-part1.js", "count": "4"},
                ]
            }
        },
    }
    return f"window.__THAR_CONFIG = {json.dumps(about)};"


def test_newest_export_supplies_the_post(tmp_path: Path) -> None:
    when = "Tue Dec 06 07:30:00 +0000 2022"
    archives: list[Archive] = []
    for name, date, text in [
        ("a", "2023-01-01T00:00:00.000Z", "vieux"),
        ("b", "2024-01-01T00:00:00.000Z", "neuf"),
    ]:
        write_files(
            tmp_path / name,
            {"data/manifest.js": manifest(date), "data/tweets.js": [tweet("7", when, text)]},
        )
        archives.append(open_archive(tmp_path / name))
    for order in (archives, archives[::-1]):
        members = [member for archive in order for member in archive.members]
        result = read_members(members)
        assert [m.text for m in result.messages] == ["neuf"]
        assert result.ignored == {"duplicate": 1}
        assert result.coverage("public_out").end_us == us("2024-01-01T00:00:00")


def test_manifest_is_checked(tmp_path: Path) -> None:
    files = {
        "data/manifest.js": manifest("2023-01-01T00:00:00.000Z", isPartialArchive=True),
        "data/tweets.js": [tweet("7", "Tue Dec 06 07:30:00 +0000 2022", "un")],
    }
    assert read_files(tmp_path, files).export.notes == {
        "announced_tweet": "5 announced, 1 found",
        "announced_files_missing": "1",
        "partial_archive": "yes",
        "zone": "utc",
        "version": "2022",
        "exported_us": str(us("2023-01-01T00:00:00")),
    }


@pytest.mark.parametrize(
    ("case", "owner"), [("gold", "1001"), ("classic", "1001"), ("csv_alone", None)]
)
def test_owner_is_found_without_reading_posts(case: str, owner: str | None) -> None:
    assert FORMAT.owner is not None
    with open_archive(HERE / case / "input") as archive:
        found = FORMAT.owner(archive.members)
    assert (found and found.id) == owner


def test_single_file_with_declared_owner(tmp_path: Path) -> None:
    write_files(tmp_path, {"x.js": ""})
    path = tmp_path / "tweets (1).js"
    path.write_text(
        'window.YTD.tweets.part3 = [{"tweet":{"id":"7","full_text":"seul",'
        '"created_at":"Tue Dec 06 07:30:00 +0000 2022"}}]'
    )
    with open_archive(path) as archive:
        result = read_members(archive.members, Options(owner="1001"))
    assert [(m.author.id, m.text) for m in result.messages] == [("1001", "seul")]


def test_directs_without_owner_are_covered_one_by_one(tmp_path: Path) -> None:
    files = {"direct-messages.js": [chat("1001-1002", dm("1", "1001", "2022-12-06T08:00:00.000Z"))]}
    result = read_files(tmp_path, files)
    (coverage,) = result.of(RawCoverage)
    assert coverage.owner is None
    assert coverage.conversation is result.messages[0].conversation
    assert coverage.flags == {"private_in", "private_out"}


# ---------------------------------------------------------------- errors


def test_posts_without_owner_are_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    post = tweet(
        "7",
        "Tue Dec 06 07:30:00 +0000 2022",
        "secret words",
        in_reply_to_screen_name="planted_handle",
    )
    with pytest.raises(InputError, match="--owner") as caught:
        read_files(tmp_path, {"data/tweets.js": [post]})
    assert caught.value.exit_code == 2
    for planted in ("secret", "planted_handle", "tweets.js", str(tmp_path)):
        assert planted not in str(caught.value)


def test_owner_must_be_an_account(tmp_path: Path) -> None:
    post = tweet("7", "Tue Dec 06 07:30:00 +0000 2022", "x")
    with pytest.raises(InputError, match="account number or a handle") as caught:
        read_files(tmp_path, {"data/tweets.js": [post]}, Options(owner="Léa Martin"))
    assert "Martin" not in str(caught.value)


def test_damaged_account_file_is_said(tmp_path: Path) -> None:
    files = {
        "data/account.js": 'window.YTD.account.part0 = [ {"account',
        "data/manifest.js": manifest("2023-01-01T00:00:00.000Z"),
        "data/tweets.js": [],
    }
    result = read_files(tmp_path, files)
    assert ("json_syntax", "data/account-part*.js", 0) in result.rejected
    assert result.coverage("public_out").owner == Identity("twitter", "1001", name="lea_m")


# ---------------------------------------------------------------- what parsers get wrong


@pytest.mark.parametrize(
    "prefix",
    ["window.YTD.tweet.part0 = ", "\ufeffwindow.YTD.tweets.part17=", "window . YTD.x.part1\n=\n"],
)
def test_any_prefix_is_dropped(prefix: str, tmp_path: Path) -> None:
    body = json.dumps([tweet("7", "Tue Dec 06 07:30:00 +0000 2022", "a = b")])
    files = {"account.js": ACCOUNT, "tweets-part3.js": f"{prefix}{body} ;\n"}
    assert [m.text for m in read_files(tmp_path, files).messages] == ["a = b"]


def test_retweeted_flag_is_not_believed_and_manual_reposts_need_the_form(tmp_path: Path) -> None:
    when = "Tue Dec 06 07:30:00 +0000 2022"
    posts = [
        tweet("7", when, "retweeted flag", retweeted=True),
        tweet("8", when, "RT @partie: gone, no entity left"),
        tweet("9", when, "vu: RT @omar_b: milieu"),
    ]
    result = read_files(tmp_path, {"account.js": ACCOUNT, "tweets.js": posts})
    assert [m.kind for m in result.messages] == ["post", "repost", "post"]
    assert result.messages[1].target_author == Identity("twitter", "partie", kind="handle")


def test_same_second_is_ordered_by_id(tmp_path: Path) -> None:
    when = "Tue Dec 06 07:30:00 +0000 2022"
    posts = [tweet(str(n), when, f"{n}") for n in (9, 10, 8)]
    result = read_files(tmp_path, {"account.js": ACCOUNT, "tweets.js": posts})
    assert [m.text for m in result.messages] == ["8", "9", "10"]


def test_note_of_another_second_is_another_post(tmp_path: Path) -> None:
    note = {
        "noteTweetId": "5",
        "createdAt": "2023-12-06T07:30:01.000Z",
        "core": {"text": "un deux"},
    }
    files = {
        "account.js": ACCOUNT,
        "tweets.js": [
            tweet("7", "Wed Dec 06 07:30:00 +0000 2023", "un… https://t.co/a", lang="und")
        ],
        "note-tweet.js": [{"noteTweet": note}],
    }
    result = read_files(tmp_path, files)
    assert [m.text for m in result.messages] == ["un… https://t.co/a", "un deux"]
    assert result.messages[0].lang is None
    assert result.export.notes["notes_without_tweet"] == "1"


def test_a_handle_that_passed_on_joins_nobody(tmp_path: Path) -> None:
    when = "Tue Dec 06 07:30:00 +0000 2022"

    def mention(ident: str) -> dict[str, Any]:
        entity = {"id_str": ident, "screen_name": "Nom", "indices": ["0", "4"]}
        return {"entities": {"user_mentions": [entity]}}

    posts = [
        tweet("7", when, "@nom a", **mention("5")),
        tweet("8", when, "@nom b", **mention("6")),
        tweet("9", when, "@nom c", **mention("-1")),
    ]
    result = read_files(tmp_path, {"account.js": ACCOUNT, "tweets.js": posts})
    assert [m.mentions[0].id for m in result.messages] == ["5", "6", "nom"]
    assert result.aliases() == {("1001", "lea_m")}


def test_replies_in_a_circle_end(tmp_path: Path) -> None:
    when = "Tue Dec 06 07:30:00 +0000 2022"
    posts = [
        tweet("7", when, "a", in_reply_to_status_id_str="8"),
        tweet("8", when, "b", in_reply_to_status_id_str="7"),
        tweet("9", when, "c", in_reply_to_status_id_str="9"),
    ]
    result = read_files(tmp_path, {"account.js": ACCOUNT, "tweets.js": posts})
    assert len(result.messages) == 3


def test_more_than_a_thousand_messages_in_overlapping_chunks(tmp_path: Path) -> None:
    def message(n: int) -> dict[str, Any]:
        return dm(str(n), ("1001", "1002")[n % 2], f"2022-12-06T08:{n // 60:02}:{n % 60:02}.000Z")

    newest = [message(n) for n in range(2499, 1400, -1)]
    oldest = [message(n) for n in range(1500, -1, -1)]
    files = {
        "account.js": ACCOUNT,
        "direct-messages.js": [chat("1001-1002", *oldest)],
        "direct-messages-part1.js": [chat("1002-1001", *newest)],
    }
    result = read_files(tmp_path, files)
    assert len(result.messages) == 2500
    assert result.ignored == {"duplicate": 100}
    assert len({id(m.conversation) for m in result.messages}) == 1
    assert {m.conversation.key for m in result.messages} == {"1001-1002"}


def test_protection_before_its_first_change() -> None:
    opened = Protection([(100, False)])
    closed = Protection([(100, True), (200, False)])
    assert [opened.at(t) for t in (99, 100, 101)] == [True, False, False]
    assert [closed.at(t) for t in (99, 100, 199, 200)] == [False, True, True, False]
    assert not Protection().at(0)


# ---------------------------------------------------------------- small parts


def test_ids() -> None:
    assert whole("0") is None
    assert whole(True) is None
    assert whole("٣") is None
    assert whole(9.5) is None
    assert whole("9223372036854775807") == 2**63 - 1
    assert whole("9223372036854775808") is None
    assert pair_of("1002-1001") == ("1001", "1002")
    assert pair_of("9-10") == ("9", "10")
    assert pair_of("12-") is None


def test_both_forms_of_time_agree_with_datetime() -> None:
    rng = random.Random(5)
    for _ in range(300):
        moment = datetime(2007, 1, 1, tzinfo=UTC) + timedelta(seconds=rng.randrange(500_000_000))
        expected = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
        names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        english = f"Xxx {names[moment.month - 1]} {moment:%d %H:%M:%S +0000 %Y}".replace(
            "Xxx", "Mon"
        )
        for text in (english, f"{moment:%Y-%m-%d %H:%M:%S +0000}"):
            when = post_time(text, None)
            assert not isinstance(when, str)
            assert when.t_us == expected
        for value in (
            f"{moment:%Y-%m-%dT%H:%M:%S}.007Z",
            expected // 1000 + 7,
            str(expected // 1000 + 7),
        ):
            when = direct_time(value, None)
            assert not isinstance(when, str)
            assert when.t_us == expected + 7000


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "undated"),
        ("", "undated"),
        ("Tue Dec 06 25:30:00 +0000 2022", "bad_date"),
        ("Tue Dec 06 07:60:00 +0000 2022", "bad_date"),
        ("Tue Feb 30 07:30:00 +0000 2022", "bad_date"),
        ("mar. déc. 06 07:30:00 +0000 2022", "bad_date"),
        ("Tue Dec 06 07:30:00 +0000 2005", "bad_date"),
        ("Tue Dec 06 07:30:00 +0000 2999", "bad_date"),
        ("2022-12-06 07:30:00", "bad_date"),  # no zone said, none assumed
        (7, "undated"),
    ],
)
def test_unusable_dates(text: Any, reason: str) -> None:
    assert post_time(text, 12345) == reason


def test_offsets_are_honoured() -> None:
    when = post_time("Tue Dec 06 07:30:00 +0200 2022", None)
    assert not isinstance(when, str)
    assert when.t_us == us("2022-12-06T05:30:00")


def test_order_without_ids_follows_time_then_the_file_backwards() -> None:
    t_us = us("2022-12-06T08:00:00")
    assert order_of(None, t_us, 5) < order_of(None, t_us, 4)
    assert order_of(None, t_us, 0) < order_of(None, t_us + 1000, 9)
    assert id_time(order_of(None, t_us, 0)) == t_us


def test_texts() -> None:
    assert plain("&amp;lt; &lt; &gt; &eacute;") == "&lt; < > &eacute;"
    assert lead_end("@a @b c @d") == 6
    assert lead_end("@a") == 2
    assert lead_end("@a, b") == 0
    assert kind_of_name("x/direct-messages-part12.js") == "direct"
    assert kind_of_name("tweets (2).js") == "tweet"
    assert root_of("a/b/data/js/x.js") == "a/b"


def test_people_keep_one_identity() -> None:
    people = People()
    assert people.named("5", "Nom") is people.by_id("5")
    assert people.named(5, "nom") is people.by_id("5")
    assert people.named("-1", "Nom") is people.by_handle("nom")
    assert people.named(None, None) is None
    assert people.named(["5"], {"x": 1}) is None


def test_roster_against_brute_force() -> None:
    rng = random.Random(11)
    people = [Identity("twitter", str(n)) for n in range(5)]
    for _ in range(200):
        present = set(rng.sample(people[1:], 2))
        roster = Roster([(0, frozenset({people[0], *present}))])
        inside, sizes = {people[0], *present}, {}
        for t_us in range(1, 9):
            person = rng.choice(people[1:])
            if person in inside:
                inside.discard(person)
                roster.leaves.add((t_us, person))
            else:
                inside.add(person)
                roster.joins.add((t_us, person))
            sizes[t_us] = len(inside)
        assert {t: roster.size_at(t, people[0]) for t in sizes} == sizes
        assert roster.size_at(0, people[0]) == 3
