"""Twitter / X archives: the samples of every generation, counted once and joined right."""

import csv
import io
import json
import re
from collections import Counter
from pathlib import Path

import pytest
from support import run_mutations
from twitter_support import CASES, HERE, Result, read_case, us

from supportnet.archive import open_archive
from supportnet.importers.twitter import FORMAT
from supportnet.importers.twitter.account import Account
from supportnet.importers.twitter.clock import id_time
from supportnet.importers.twitter.coverage import Span, private_end
from supportnet.records import (
    BACKDATED,
    DAY,
    RESOLUTION_DAY,
    SECOND,
    Identity,
    RawContact,
    RawCoverage,
    RawMembership,
    RawMessage,
    RawReaction,
)

# ---------------------------------------------------------------- the sheet's gold archive


@pytest.fixture(scope="module")
def gold() -> Result:
    return read_case("gold")


def test_gold_posts(gold: Result) -> None:
    posts = [m for m in gold.messages if m.visibility == "public"]
    assert [(m.kind, m.t_us, m.author.id) for m in posts] == [
        ("post", us("2022-12-06T07:30:00"), "1001"),
        ("repost", us("2022-12-06T07:31:00"), "1001"),
        ("post", us("2023-09-08T10:00:00"), "1001"),
    ]
    reply, repost, long = posts
    assert reply.text == "@omar_b tu tiens le coup <3 ?"
    assert reply.reply_to is not None
    assert reply.reply_to.id == "1599999999999999990"
    assert reply.reply_author is not None
    assert reply.reply_author.id == "1002"
    assert reply.mentions == ()  # the handle in front was put there by the platform
    assert (reply.conversation.kind, reply.conversation.key) == ("thread", "1599999999999999990")
    assert reply.root == reply.reply_to
    assert reply.root_author == reply.reply_author
    # `retweeted` is false in every archive: the text tells.
    assert repost.target is None
    assert repost.target_author is not None
    assert repost.target_author.id == "1003"
    assert repost.mentions == ()
    # The note replaces the cut text, is no second post, and its link to itself is no quote.
    assert long.text == "Long retour d’expérience sur notre trio, en entier."
    assert long.ref is not None
    assert long.ref.id == "1700000000000000003"
    assert gold.ignored["note_joined"] == 1


def test_gold_direct_messages(gold: Result) -> None:
    direct = [m for m in gold.messages if m.visibility == "private_1to1"]
    assert len({id(m.conversation) for m in direct}) == 1
    assert direct[0].conversation.kind == "dm"
    assert {member.id for member in direct[0].conversation.members} == {"1001", "1002"}
    by_seq = sorted(direct, key=lambda m: m.seq)
    assert [m.ref.id for m in by_seq if m.ref] == ["m1", "m2"]
    assert [m.t_us for m in by_seq] == [us("2022-12-06T08:00:00"), us("2022-12-06T08:05:00")]
    assert by_seq[0].text == "je suis là & j’écoute"
    assert all(m.audience_size == 1 and m.recipients is None for m in direct)
    assert gold.ignored["duplicate"] == 1  # m2 comes in both chunks
    (heart,) = [r for r in gold.of(RawReaction) if r.kind == "heart"]
    assert heart.target == by_seq[1].ref
    assert (heart.actor.id, heart.target_author.id) == ("1001", "1002")
    assert (heart.t_us, heart.visibility) == (us("2022-12-06T08:06:00"), "private_1to1")


def test_gold_group(gold: Result) -> None:
    (message,) = [m for m in gold.messages if m.conversation.kind == "group"]
    assert message.visibility == "private_group"
    assert message.audience_size == 2
    assert {member.id for member in message.conversation.members} == {"1001", "1002", "1003"}
    assert message.conversation.members_basis == "roster"
    assert gold.ignored["membership_event"] + gold.ignored["name_event"] == 2
    (stay,) = gold.of(RawMembership)
    assert (stay.person.id, stay.joined_us, stay.left_us) == (
        "1001",
        us("2022-12-07T09:00:00"),
        None,
    )


def test_gold_lists(gold: Result) -> None:
    likes = [r for r in gold.of(RawReaction) if r.kind == "like"]
    assert [(r.target.id, r.actor.id, r.t_us, r.target_author) for r in likes] == [
        ("1599", "1001", None, None),
        ("1598", "1001", None, None),
    ]
    (contact,) = gold.of(RawContact)
    assert (contact.owner.id, contact.other.id, contact.kind) == ("1001", "1002", "follower")
    assert contact.t_us is None
    assert gold.aliases() == {("1001", "lea_m")}
    assert gold.ignored["header_only"] == 1
    assert gold.rejected == []
    assert gold.export.notes == {"zone": "utc", "version": "2022"}


def test_gold_coverage(gold: Result) -> None:
    public, private = gold.of(RawCoverage)
    assert public.flags == {"public_out", "reactions_out"}
    assert private.flags == {"private_in", "private_out", "groups"}
    for coverage in (public, private):
        assert coverage.owner.id == "1001"
        assert coverage.start_us == us("2010-05-02T08:00:00")
        assert (coverage.end_us, coverage.end_stated) == (None, False)
    assert (public.resolution_us, private.resolution_us) == (SECOND, 1000)


# ---------------------------------------------------------------- today's layout


@pytest.fixture(scope="module")
def modern() -> Result:
    return read_case("modern")


def test_threads_belong_to_their_root(modern: Result) -> None:
    first, second = modern.text("début d'un fil"), modern.text("suite du fil")
    third = modern.text("@omar_b @ines_k encore")
    assert first.ref is not None
    assert {m.conversation.key for m in (first, second, third)} == {first.ref.id}
    assert first.conversation is second.conversation is third.conversation
    assert (first.root, first.reply_to) == (None, None)
    assert (second.root, third.root) == (first.ref, first.ref)
    assert third.reply_to == second.ref
    assert third.root_author == first.author
    assert first.seq < second.seq < third.seq
    # Two handles in front are the platform's, the third was typed.
    assert [m.id for m in third.mentions] == ["1004"]


def test_unseen_root_is_the_oldest_known_pointer(modern: Result) -> None:
    answer, again = modern.text("@omar_b tu tiens ?"), modern.text("@omar_b oui")
    assert answer.reply_to is not None
    assert answer.conversation.key == answer.reply_to.id
    assert again.conversation is answer.conversation
    assert again.reply_to == answer.ref
    assert again.root == answer.reply_to
    assert again.root_author is not None
    assert again.root_author.id == "1002"
    assert again.reply_author is not None
    assert again.reply_author.id == "1001"


def test_addressed_without_a_parent_is_no_threaded_reply(modern: Result) -> None:
    message = modern.text("@omar_b bonjour")
    assert (message.reply_to, message.root) == (None, None)
    assert message.reply_author is not None
    assert message.reply_author.id == "1002"
    # Without a parent the leading handle was typed; the vanished account keeps its handle.
    assert [(m.id, m.kind) for m in message.mentions] == [
        ("1002", "opaque"),
        ("partie_loin", "handle"),
    ]
    assert not any(second == "partie_loin" for _, second in modern.aliases())


def test_quotes(modern: Result) -> None:
    linked, stated = modern.text("à lire"), modern.text("cité")
    assert (linked.kind, stated.kind) == ("quote", "quote")
    assert linked.target is not None
    assert stated.target is not None
    assert (linked.target.id, stated.target.id) == ("1500000000000000009", "1500000000000000011")
    assert linked.target_author == Identity("twitter", "ines_k", kind="handle")
    assert ("1003", "ines_k") in modern.aliases()  # her mention elsewhere states the pair
    assert stated.target_author is None
    assert modern.text("photo").kind == "post"


def test_only_the_last_version_of_an_edit_is_kept(modern: Result) -> None:
    kept = modern.text("première version")
    assert kept.edited
    assert kept.t_us == us("2026-01-12T09:20:00")
    assert modern.ignored["older_edit"] == 2
    # An answer to the draft answers what became of it.
    assert modern.text("réponse à mon brouillon").reply_to == kept.ref
    assert sum(m.edited for m in modern.messages) == 1


def test_protected_community_and_deleted_posts(modern: Result) -> None:
    locked = modern.text("sous cadenas")
    assert (locked.visibility, locked.visibility_raw) == ("semi_public", "protected")
    community = modern.text("dans la communauté")
    assert (community.visibility, community.visibility_raw) == ("public", "community")
    (deleted,) = [m for m in modern.messages if m.kind == "deleted"]
    assert (deleted.original_kind, deleted.text, deleted.visibility) == ("post", None, "public")
    assert deleted.reply_author is not None
    assert deleted.reply_author.id == "1002"
    assert deleted.t_us == us("2026-05-01T08:00:00")


def test_impossible_dates(modern: Result) -> None:
    # 1997 is before Twitter; the id says 1 February 2026. 2003 with an untimed id is lost.
    saved = modern.text("date fausse")
    assert saved.t_us == us("2026-02-01T12:00:00")
    assert saved.time_note == BACKDATED
    assert ("bad_date", "data/tweets-part*.js", 2) in modern.rejected
    assert all(m.t_us > us("2006-03-21T00:00:00") for m in modern.messages)


def test_headers_are_checks_and_never_counted_twice(modern: Result) -> None:
    assert modern.ignored["header_duplicate"] == 9 + 1 + 1
    assert modern.ignored["header_only"] == 1 + 1
    refs = [m.ref for m in modern.messages]
    assert len(refs) == len(set(refs))


def test_direct_messages_of_all_parts(modern: Result) -> None:
    pair = [m for m in modern.messages if m.conversation.key == "1001-1002"]
    assert [m.text for m in sorted(pair, key=lambda m: m.seq)] == [
        "coucou",
        "<3 & courage",
        "merci",
    ]
    assert sorted(pair, key=lambda m: m.seq) == sorted(pair, key=lambda m: m.t_us)
    first = min(pair, key=lambda m: m.seq)
    assert first.t_us == us("2026-01-19T10:00:00")  # written as milliseconds since 1970
    assert max(m.t_us for m in pair) == us("2026-01-20T10:05:00.123")
    reactions = [r for r in modern.of(RawReaction) if r.target == first.ref]
    assert [r.kind for r in reactions] == ["like", "🫶"]
    (alone,) = [m for m in modern.messages if m.conversation.kind == "self"]
    assert (alone.visibility, alone.audience_size) == ("unknown", None)
    assert modern.ignored["bot_greeting"] == 1
    assert modern.ignored["unknown_event"] == 1
    assert ("no_author", "data/direct-messages-part*.js", 4) in modern.rejected
    assert ("undated", "data/direct-messages-part*.js", 5) in modern.rejected


def test_group_readers_follow_the_roster(modern: Result) -> None:
    seen = {m.text: (m.visibility, m.audience_size) for m in modern.messages}
    assert seen["à trois"] == ("private_group", 2)
    assert seen["à quatre"] == ("private_group", 3)
    assert seen["à deux"] == ("private_1to1", 1)
    # Made by the owner: nobody lists its silent members, so it is never taken for two.
    assert seen["groupe fait par moi"] == ("private_group", None)
    groups = {m.conversation.key: m.conversation for m in modern.messages}
    assert groups["9000001"].kind == groups["9000002"].kind == "group"
    assert groups["9000001"].members_basis == "roster"
    assert groups["9000002"].members_basis == "observed"
    stays = {(s.person.id, s.joined_us, s.left_us) for s in modern.of(RawMembership)}
    assert stays == {
        ("1001", us("2026-02-01T09:00:00"), None),
        ("1003", None, us("2026-02-02T09:00:00")),
        ("1004", us("2026-02-01T10:00:00"), us("2026-02-01T18:00:00")),
    }


def test_likes_and_follows(modern: Result) -> None:
    likes = {r.target.id: r for r in modern.of(RawReaction) if r.t_us is None}
    root = modern.text("début d'un fil")
    assert root.ref is not None
    assert set(likes) == {root.ref.id, "1598"}
    assert likes[root.ref.id].target_author == root.author
    assert likes["1598"].target_author.id == "omar_b"
    assert {(c.other.id, c.kind) for c in modern.of(RawContact)} == {
        ("1002", "follower"),
        ("1003", "follow"),
    }
    assert ("unknown_shape", "data/like-part*.js", 1) in modern.rejected


def test_what_is_no_talk_between_people(modern: Result) -> None:
    assert modern.ignored["machine_chat"] == 2
    assert modern.ignored["address_book"] == 1
    assert modern.export.notes["files_without_talk"] == "1"


def test_former_handles_are_the_owner(modern: Result) -> None:
    assert {second for first, second in modern.aliases() if first == "1001"} == {
        "lea_m",
        "lea_ancienne",
    }


def test_encrypted_chat_ends_private_coverage(modern: Result) -> None:
    # Last direct message 10 February 2026, archive of 20 May 2026: the rest is not exported.
    private, public = modern.coverage("private_in"), modern.coverage("public_out")
    assert (private.end_us, private.end_stated) == (us("2026-02-10T09:00:00"), False)
    assert (public.end_us, public.end_stated) == (us("2026-05-20T10:00:00"), True)
    assert "private_end" in modern.export.notes
    assert not {"public_in", "alter_alter", "reactions_in", "deletions_visible"} & (
        private.flags | public.flags
    )


@pytest.mark.parametrize(
    ("last_post", "last_direct", "end"),
    [
        ("2024-06-01T00:00:00", "2019-01-01T00:00:00", None),  # silence, not encryption
        ("2026-03-01T00:00:00", "2026-02-01T00:00:00", None),  # under 60 days
        ("2026-04-02T00:00:00", "2026-02-01T00:00:00", "2026-02-01T00:00:00"),  # 60 days
        ("2026-04-02T00:00:00", "2015-01-01T00:00:00", "2025-10-01T00:00:00"),
        ("2026-04-02T00:00:00", None, "2025-10-01T00:00:00"),
    ],
)
def test_private_end(last_post: str, last_direct: str | None, end: str | None) -> None:
    direct = Span() if last_direct is None else Span(0, us(last_direct))
    expected = None if end is None else us(end)
    assert private_end(Account(), Span(0, us(last_post)), direct) == expected


# ---------------------------------------------------------------- long posts


def test_notes_join_by_second_and_text() -> None:
    result = read_case("notes")
    assert result.ignored["note_joined"] == 3
    assert result.ignored["duplicate"] == 1
    assert result.export.notes["notes_without_tweet"] == "1"
    assert [m.text for m in result.messages if m.text == "Long retour"] == ["Long retour"]
    long = [m for m in result.messages if m.text and m.text.endswith("fin.")]
    assert [m.text and len(m.text) for m in long] == [
        len("Long retour d'expérience sur notre trio, ") * 8 + 4
    ]
    reply = result.text("@omar_b Une réponse longue & détaillée, avec")
    assert [(m.id, m.kind) for m in reply.mentions] == [("ines_k", "handle"), ("paul_z", "handle")]
    assert result.text("Forme rare").text == "Forme rare, en entier."
    loose = result.text("Sans billet")
    assert loose.kind == "post"
    assert loose.ref is not None
    assert loose.ref.within == "note"
    assert len(result.messages) == 5 + 1
    assert result.rejected == [("unknown_shape", "data/note-tweet-part*.js", 5)]


# ---------------------------------------------------------------- older layouts


def test_root_layout_of_2018_is_not_empty() -> None:
    result = read_case("root2018")
    kinds = Counter((m.conversation.kind, m.kind) for m in result.messages)
    assert kinds == {
        ("thread", "post"): 1,
        ("thread", "repost"): 1,
        ("dm", "message"): 1,
        ("group", "message"): 1,
    }
    assert len(result.of(RawReaction)) == 1
    assert result.rejected == []
    assert result.export.notes["version"] == "2018"


def test_layout_of_2020_one_level_down() -> None:
    result = read_case("data2020")
    assert [m.text for m in result.messages if m.kind == "post"] == ["bonne année", "ça va ?"]
    direct = [m for m in result.messages if m.kind == "message"]
    assert len(direct) == 2
    assert direct[0].conversation is direct[1].conversation  # one chunk had no id
    assert direct[0].t_us == us("2021-01-05T08:00:00")
    assert result.export.notes["version"] == "2020"
    with open_archive(HERE / "data2020" / "input") as archive:
        assert {FORMAT.root(m.name) for m in archive.members} == {"twitter-2021-02-03-abc"}


def test_classic_archive() -> None:
    result = read_case("classic")
    assert [(m.kind, m.t_us) for m in result.messages] == [
        ("post", us("2009-11-02T00:00:00")),
        ("post", us("2013-03-13T08:52:14")),
        ("repost", us("2013-03-13T15:30:00")),
        ("quote", us("2013-03-13T22:06:40")),
        ("repost", us("2013-03-14T04:44:01")),
    ]
    old, reply, repost, quote, monthly = result.messages
    assert (old.time_note, old.resolution_us) == (RESOLUTION_DAY, DAY)
    assert reply.text == "@omar_b oui\ndemain"
    assert reply.mentions == ()
    assert reply.reply_author is not None
    assert reply.reply_author.id == "1002"
    assert repost.text == 'RT @ines_k: réunion "au parc"'
    assert repost.target is not None
    assert repost.target.id == "311799999999999999"
    assert repost.target_author is not None
    assert repost.target_author.id == "1003"
    assert monthly.target is not None
    assert monthly.target.id == "312000000000000000"
    assert [m.id for m in quote.mentions] == ["paul_z", "omar_b"]
    # Bare handles join where another record of the archive states the pair, and only there.
    assert result.aliases() == {("1001", "lea_m"), ("1002", "omar_b")}
    assert result.ignored == {"duplicate": 1}  # in the month and in the table
    (coverage,) = result.of(RawCoverage)
    assert coverage.flags == {"public_out"}  # the classic archive has no direct messages
    assert coverage.end_us == us("2013-04-01T10:00:00")
    assert result.export.notes["version"] == "2012"
    assert result.export.notes["exported_us"] == str(us("2013-04-01T10:00:00"))


def test_table_alone_after_a_spreadsheet() -> None:
    result = read_case("csv_alone")
    owner = Identity("twitter", "lea_m", kind="handle")
    assert {m.author for m in result.messages} == {owner}
    broken = [m for m in result.messages if m.ref is None]
    assert len(broken) == 2  # equal unusable ids are two posts
    assert len({m.conversation.key for m in broken}) == 2
    assert all(m.reply_to is None for m in broken)
    reply = result.text("@omar_b abîmé")
    assert reply.reply_author is not None
    assert reply.reply_author.id == "1002"
    assert reply.mentions == ()
    repost = result.text("RT @ines_k")
    assert (repost.kind, repost.target) == ("repost", None)
    undatable = result.text("sans date lisible")
    assert undatable.t_us == id_time(886500000000000001)
    assert result.rejected == [("undated", "tweets.csv", 4)]
    assert result.export.notes["posts_without_usable_id"] == "2"


def test_headers_stand_for_a_file_that_was_taken_out() -> None:
    result = read_case("headers_only")
    assert [(m.text, m.visibility) for m in result.messages] == [(None, "private_1to1")] * 2
    assert result.coverage("private_in").flags == {"private_in", "private_out"}
    assert result.ignored == {"header_only": 1}


def test_owner_of_all_direct_messages() -> None:
    result = read_case("no_account")
    assert {c.owner.id for c in result.of(RawCoverage)} == {"1001"}
    assert result.text("bonjour").author.id == "1001"


def test_damaged_files_lose_only_what_is_damaged() -> None:
    result = read_case("damaged")
    assert [m.text for m in result.messages] == ["entier", "bon"]
    assert result.rejected == [
        ("unknown_shape", "data/tweets-part*.js", 1),
        ("unknown_shape", "data/tweets-part*.js", 2),
        ("json_truncated", "data/tweets-part*.js", 3),
        ("undated", "data/direct-messages-part*.js", 0),
        ("unknown_shape", "data/direct-messages-part*.js", 1),
        ("unknown_shape", "data/direct-messages-part*.js", 2),
        ("author_not_member", "data/direct-messages-part*.js", 3),
    ]


# ---------------------------------------------------------------- every record exactly once


TOP_LEVEL = re.compile(r"^[^=\[{]*=")


def count_records(folder: Path) -> int:
    """Count the records of a sample with the standard library alone."""
    total = 0
    for path in sorted(folder.rglob("*")):
        name = path.name
        if name == "tweets.csv":
            rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
            total += len(rows) - 1
        elif path.suffix == ".js" and not name.startswith(
            ("account", "manifest", "user_d", "payload", "tweet_index", "screen", "prot", "ad-")
        ):
            text = path.read_text(encoding="utf-8-sig")
            entries = json.loads(TOP_LEVEL.sub("", text, count=1).strip().rstrip(";"))
            for entry in entries:
                inner = entry.get("dmConversation") if isinstance(entry, dict) else None
                total += len(inner["messages"]) if inner else 1
    return total


@pytest.mark.parametrize("case", [case for case in CASES if case != "damaged"])
def test_seen_is_kept_ignored_and_rejected(case: str) -> None:
    result = read_case(case)
    likes = [r for r in result.of(RawReaction) if r.t_us is None]
    counted = len(result.messages) + sum(result.ignored.values()) + len(result.rejected)
    beside = len(likes) + len(result.of(RawContact))
    assert counted + beside == count_records(HERE / case / "input")


@pytest.mark.parametrize("case", CASES)
def test_seq_grows_with_time_inside_a_conversation(case: str) -> None:
    threads: dict[int, list[RawMessage]] = {}
    for message in read_case(case).messages:
        threads.setdefault(id(message.conversation), []).append(message)
    for messages in threads.values():
        ordered = sorted(messages, key=lambda m: m.seq)
        assert [m.t_us for m in ordered] == sorted(m.t_us for m in messages)
        assert len({m.seq for m in messages}) == len(messages)


# ---------------------------------------------------------------- recognition


@pytest.mark.parametrize("case", CASES)
def test_every_file_of_a_sample_is_claimed_under_one_root(case: str) -> None:
    with open_archive(HERE / case / "input") as archive:
        assert all(FORMAT.sniff(member) for member in archive.members)
        assert len({FORMAT.root(member.name) for member in archive.members}) == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("tweets.json", '[{"tweet": {}}]'),
        ("app.js", "window.YTDX = []"),
        ("manifest.js", "module.exports = {}"),
        ("tweets.csv", "id,date,text\n1,2020,x\n"),
        ("messages.csv", "tweet,timestamp,text\n"),
        ("empty.js", ""),
    ],
)
def test_other_files_are_left_alone(name: str, content: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(content)
    with open_archive(path) as archive:
        assert not any(FORMAT.sniff(member) for member in archive.members)


# ---------------------------------------------------------------- damage


def test_damage_gives_rejects_or_one_sentence(tmp_path: Path) -> None:
    outcome = run_mutations("twitter", 600, 7, tmp_path)
    assert sum(outcome.values()) == 600
    assert outcome["read"] > 400
