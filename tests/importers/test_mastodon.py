"""Mastodon: hand-computed facts of each sample, traps of existing parsers, damaged files."""

from __future__ import annotations

import json
import tarfile
import zipfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from mutate import PLANTED
from support import options_of, pack, read_paths, run_mutations

from supportnet.archive import open_exports
from supportnet.errors import InputError
from supportnet.formats import Options
from supportnet.importers.mastodon import FORMAT
from supportnet.importers.mastodon.audience import word_of
from supportnet.importers.mastodon.people import People
from supportnet.importers.mastodon.words import leading_names, plain
from supportnet.parsing.times import iso_us
from supportnet.records import (
    Identity,
    Ignored,
    RawAlias,
    RawContact,
    RawCoverage,
    RawMessage,
    RawReaction,
    Rejected,
)

CASES = Path(__file__).parent / "mastodon"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
ME = "https://m.example/users/lea"
FOLLOWERS = f"{ME}/followers"
OMAR = "https://other.example/users/omar"
INES = "https://m.example/users/ines"


def case(name: str, **declared: object) -> list[Any]:
    options = replace(options_of(CASES / name), **declared)
    return read_paths([CASES / name / "input"], FORMAT, options)


def only(records: list[Any], kind: type) -> list[Any]:
    return [record for record in records if type(record) is kind]


def posts(records: list[Any]) -> dict[str, RawMessage]:
    return {message.text or message.target.id: message for message in only(records, RawMessage)}


def reasons(records: list[Any]) -> tuple[Counter[str], Counter[str]]:
    ignored: Counter[str] = Counter()
    for record in only(records, Ignored):
        ignored[record.reason] += record.n
    return ignored, Counter(record.reason for record in only(records, Rejected))


def ids(people: Any) -> list[str]:
    return [person.id for person in people or ()]


def at(text: str) -> int:
    t_us = iso_us(text)
    assert t_us is not None
    return t_us


def mention(href: str, name: str) -> dict[str, str]:
    return {"type": "Mention", "href": href, "name": name}


def create(
    number: int, to: object, cc: object = (), content: str = "<p>x</p>", **more: object
) -> dict[str, Any]:
    uri = f"{ME}/statuses/{number}"
    head = {
        "published": f"2024-02-01T10:{number:02}:00Z",
        "to": list(to) if isinstance(to, tuple) else to,
        "cc": list(cc) if isinstance(cc, tuple) else cc,
    }
    note = {"id": uri, "type": "Note", "content": content, "tag": [], **head, **more}
    return {"id": f"{uri}/activity", "type": "Create", "actor": ME, **head, "object": note}


def read(
    tmp_path: Path, *items: object, others: dict[str, object] | None = None, **declared: object
) -> list[Any]:
    outbox = {"id": "outbox.json", "type": "OrderedCollection", "orderedItems": list(items)}
    for name, document in {"outbox.json": outbox, **(others or {})}.items():
        (tmp_path / name).write_text(json.dumps(document), "utf-8")
    return read_paths([tmp_path], FORMAT, replace(Options(), **declared))


# Gold


def test_gold() -> None:
    records = case("gold")
    found = posts(records)
    assert len(found) == 4
    first, direct = found["Premier jour ici"], found["@omar je t'appelle ?"]
    assert (first.visibility, first.visibility_raw, first.kind) == ("public", "public", "post")
    assert first.t_us == at("2024-02-01T10:00:00Z")
    assert (direct.visibility, direct.visibility_raw, direct.kind) == (
        "private_1to1",
        "direct",
        "message",
    )
    assert (direct.audience_size, ids(direct.recipients)) == (1, ["omar@other.example"])
    assert direct.reply_author.id == "omar@other.example"
    assert direct.mentions == ()  # put there by the reply
    assert direct.conversation.kind == "dm"
    assert sorted(ids(direct.conversation.members)) == ["lea@m.example", "omar@other.example"]
    own = found["@ines suite"]
    assert (own.visibility, own.visibility_raw) == ("semi_public", "private")
    assert (own.reply_author.id, ids(own.mentions)) == ("lea@m.example", ["ines@m.example"])
    assert own.conversation is first.conversation
    boost = found["https://other.example/users/omar/statuses/78"]
    assert (boost.kind, boost.target_author.id) == ("repost", "omar@other.example")
    assert {message.author.id for message in found.values()} == {"lea@m.example"}
    assert [
        (like.target_author and like.target_author.id) for like in only(records, RawReaction)
    ] == ["omar@other.example", None]
    assert reasons(records) == (Counter(), Counter())
    (coverage,) = only(records, RawCoverage)
    # Received private messages and all answers are missing.
    assert coverage.flags == {"public_out", "private_out", "reactions_out"}


# Visibility


@pytest.mark.parametrize("everybody", [PUBLIC, "as:Public", "Public"])
def test_the_four_visibilities(everybody: str) -> None:
    assert word_of([everybody], [FOLLOWERS, OMAR], FOLLOWERS) == "public"
    assert word_of([FOLLOWERS], [everybody, OMAR], FOLLOWERS) == "unlisted"
    assert word_of([FOLLOWERS], [OMAR], FOLLOWERS) == "private"
    assert word_of([OMAR], [FOLLOWERS], FOLLOWERS) == "private"
    assert word_of([OMAR], [], FOLLOWERS) == "direct"
    assert word_of([], [], FOLLOWERS) == "direct"
    # An account moved to another form of address: its old posts are no private mentions.
    assert word_of([FOLLOWERS], [], "https://m.example/ap/users/9/followers") == "private"


def test_visibility_of_every_kind() -> None:
    found = posts(case("kinds"))
    expected = {
        "discret": ("public", "unlisted", None),
        "entre nous": ("semi_public", "private", None),
        "@omar tu vas mieux ?": ("private_1to1", "direct", 1),
        "@omar @ines on se retrouve ?": ("private_group", "direct", 2),
        "@parti tu es là ?": ("unknown", "direct", None),
        "pour mon cercle": ("private_1to1", "direct", 1),
    }
    for text, facts in expected.items():
        message = found[text]
        assert (message.visibility, message.visibility_raw, message.audience_size) == facts
    assert ids(found["pour mon cercle"].recipients) == ["ines@m.example"]
    assert found["@parti tu es là ?"].conversation.kind == "unknown"
    group = found["@omar @ines on se retrouve ?"].conversation
    assert group is found["@ines @omar à 8 h"].conversation
    assert (group.kind, group.members_basis, len(group.members)) == ("group", "roster", 3)


def test_a_talk_is_the_same_in_two_archives(tmp_path: Path) -> None:
    tags = [mention(OMAR, "@omar@other.example"), mention(INES, "@ines")]
    talk = "tag:m.example,2024-02-01:objectId=7:objectType=Conversation"
    (mine,) = only(read(tmp_path, create(1, (OMAR, INES), tag=tags, conversation=talk)), RawMessage)
    theirs = json.loads(json.dumps(create(2, (ME, INES), conversation=talk)).replace(ME, OMAR))
    theirs["to"] = theirs["object"]["to"] = [ME, INES]
    (other,) = only(read(tmp_path, theirs), RawMessage)
    assert mine.author.id != other.author.id
    assert mine.conversation.key == other.conversation.key
    assert mine.conversation.members == other.conversation.members


def test_a_direct_answer_in_a_public_talk_is_apart(tmp_path: Path) -> None:
    talk = "tag:m.example,2024:objectId=1"
    items = [
        create(1, (PUBLIC,), (FOLLOWERS,), conversation=talk),
        create(2, (OMAR,), conversation=talk, inReplyTo=f"{ME}/statuses/1"),
        create(3, (PUBLIC,), conversation=talk, inReplyTo=f"{OMAR}/statuses/9"),
    ]
    first, direct, third = only(read(tmp_path, *items), RawMessage)
    assert first.conversation is third.conversation
    assert direct.conversation.kind == "dm"
    assert direct.reply_to == first.ref
    assert direct.root is None


def test_the_private_word_of_a_boost_is_the_boosts_own() -> None:
    found = posts(case("kinds"))
    own = found["https://m.example/ap/users/901/statuses/111856209285120000"]
    assert (own.kind, own.visibility, own.target_author.id) == (
        "repost",
        "semi_public",
        "lea@m.example",
    )
    by_address = found["https://pix.example/@zoe/99"]
    assert by_address.target_author.id == "zoe@pix.example"


# Threads and persons


def test_replies_and_mentions() -> None:
    found = posts(case("kinds"))
    # Two at the front were put there by the app, one was typed.
    both = found["@omar @zoe d'accord, et avec @ines"]
    assert ids(both.mentions) == ["ines@m.example"]
    assert both.reply_author.id == "omar@other.example"
    # The address of the parent names nobody: the first mention does.
    assert found["@mi merci"].reply_author.id == "mi@mk.example"
    assert found["@mi merci"].mentions == ()
    # An answer to one's own post to two: both names were carried over.
    assert found["@ines @omar à 8 h"].mentions == ()
    assert ids(found["mention <b> et @ines"].mentions) == ["ines@m.example"]


def test_one_talk_is_one_conversation_under_its_oldest_pointer() -> None:
    found = posts(case("kinds"))
    first, second = found["@omar @zoe d'accord, et avec @ines"], found["deuxième réponse"]
    assert first.conversation is second.conversation
    assert second.root.id == f"{OMAR}/statuses/77"
    # The address of zoe's server was stated together with her name.
    assert second.reply_author.id == "zoe@zoe.example"
    assert found["suite du premier"].root == next(iter(found.values())).ref


def test_posts_of_2018_have_no_talk() -> None:
    found = posts(case("early2018"))
    root = f"{ME}/statuses/1"
    for text in ("premier", "deuxième", "troisième"):
        assert found[text].conversation.key == root
    assert found["@omar et encore"].conversation.key == f"{OMAR}/statuses/9"
    assert [found[t].seq for t in ("premier", "deuxième", "troisième")] == [1, 2, 3]
    (coverage,) = only(case("early2018"), RawCoverage)
    assert coverage.flags == {"public_out", "private_out"}  # no likes in that archive


def test_pointers_in_a_circle_end(tmp_path: Path) -> None:
    items = [
        create(n, (PUBLIC,), inReplyTo=f"{ME}/statuses/{(n + 1) % 50}", conversation=None)
        for n in range(50)
    ]
    assert len(only(read(tmp_path, *items), RawMessage)) == 50


def test_a_long_thread_takes_no_time(tmp_path: Path) -> None:
    items = [
        create(n, (PUBLIC,), inReplyTo=f"{ME}/statuses/{n - 1}", published="2024-02-01T10:00:00Z")
        for n in range(1, 20_001)
    ]
    for item in items:
        item["published"] = "2024-02-01T10:00:00Z"
    found = only(read(tmp_path, *reversed(items)), RawMessage)
    assert {message.conversation.key for message in found} == {f"{ME}/statuses/0"}


def test_accounts_are_joined_where_name_and_address_differ() -> None:
    pairs = {(a.first.id, a.second.id) for a in only(case("kinds"), RawAlias)}
    assert pairs == {
        ("lea@m.example", "https://m.example/ap/users/901"),
        ("zoe@zoe.example", "zoe@social.zoe.example"),
        ("mi@mk.example", "9a8b7c@mk.example"),
    }


def test_names_fold_case_and_addresses_do_not() -> None:
    people = People()
    people.host = "m.example"
    assert people.account("@Omar@Other.Example") is people.at("https://OTHER.example/users/OMAR")
    assert people.account("ines") == Identity("mastodon", "ines@m.example", kind="handle")
    opaque = people.at("https://x.example/ap/users/7A")
    assert (opaque.id, opaque.kind) == ("https://x.example/ap/users/7A", "opaque")
    for nobody in (None, 3, "", "not an address", "https://", "@@", "a b@c"):
        assert people.at(nobody) is None
        assert people.account(nobody) is None


# Records


def test_every_record_is_counted_once() -> None:
    records = case("kinds")
    ignored, rejected = reasons(records)
    assert ignored == {
        "other_activity": 1,
        "tombstone": 1,
        "duplicate": 1,
        "bookmark": 2,
        "list": 1,
        "mute": 1,
    }
    assert rejected == {"bad_date": 1, "undated": 1, "unknown_shape": 3, "no_object": 1}
    outbox = json.loads((CASES / "kinds/input/outbox.json").read_text("utf-8"))
    of_outbox = sum(r.member == "outbox*.json" for r in only(records, Rejected))
    kept = len(only(records, RawMessage))
    assert kept + of_outbox + 3 == len(outbox["orderedItems"])
    assert outbox["totalItems"] != kept  # no check: it does not count private mentions


def test_times_texts_and_kinds() -> None:
    found = posts(case("kinds"))
    first = found["Une journée\n\nsans pluie & sans vent\nou presque :soleil:"]
    assert (first.t_us, first.resolution_us, first.lang) == (
        at("2024-02-01T08:00:00Z"),
        1_000_000,
        "fr",
    )
    # 111856260403200000 >> 16 = 1706791082812 ms.
    by_number = found["sans date, mais le numéro la porte"]
    assert (by_number.t_us, by_number.resolution_us) == (1_706_791_082_812_000, 1_000)
    quote = found["à lire\n\nRE: lien"]
    assert (quote.kind, quote.edited) == ("quote", True)
    assert (quote.target.id, quote.target_author.id) == (
        f"{OMAR}/statuses/60",
        "omar@other.example",
    )
    assert found["thé ou café ?"].kind == "post"
    assert found["mention <b> et @ines"].lang is None


def test_likes_and_lists() -> None:
    records = case("kinds")
    likes = only(records, RawReaction)
    assert [like.t_us for like in likes] == [None, None, None]
    assert [like.target_author and like.target_author.id for like in likes] == [
        "omar@other.example",
        "lea@m.example",
        None,
    ]
    assert [(c.owner.id, c.other.id, c.kind) for c in only(records, RawContact)] == [
        ("lea@m.example", "omar@other.example", "follow"),
        ("lea@m.example", "ines@m.example", "follow"),
        ("lea@m.example", "zoe@zoe.example", "follower"),
    ]
    (coverage,) = only(records, RawCoverage)
    assert (coverage.owner.id, coverage.start_us) == ("lea@m.example", at("2023-05-01T00:00:00Z"))
    assert records[-1]["other_accounts"] == "1"


def test_saved_pages_of_the_public_outbox() -> None:
    records = case("public_page")
    found = only(records, RawMessage)
    # Written newest first: the numbers still grow with time.
    in_time = sorted(found, key=lambda message: message.t_us)
    assert [m.seq for m in in_time] == sorted(m.seq for m in in_time)
    for name in ("public_page", "bare_list"):
        (coverage,) = only(case(name), RawCoverage)
        # Private mentions are never on a public page: their absence says nothing.
        assert coverage.flags == {"public_out"}


def test_a_list_alone_needs_its_owner(tmp_path: Path) -> None:
    table = tmp_path / f"{PLANTED}" / "following_accounts.csv"
    table.parent.mkdir()
    table.write_text(f"Account address\n{PLANTED}@other.example\n")
    with pytest.raises(InputError, match="pass --owner with name@server") as caught:
        read_paths([table], FORMAT, Options())
    assert PLANTED not in str(caught.value)
    (contact,) = only(case("follows_only"), RawContact)
    assert contact.owner.id == "lea@m.example"


@pytest.mark.parametrize("beside", ["", "bookmarks.json"])
def test_likes_alone_need_their_owner(tmp_path: Path, beside: str) -> None:
    document = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "type": "OrderedCollection",
        "orderedItems": ["https://other.example/users/omar/statuses/70"],
    }
    for name in filter(None, ("likes.json", beside)):
        (tmp_path / name).write_text(json.dumps({**document, "id": name}))
    with pytest.raises(InputError, match="pass --owner with name@server"):
        read_paths([tmp_path], FORMAT, Options())
    (like,) = only(read_paths([tmp_path], FORMAT, Options(owner=ME)), RawReaction)
    assert (like.actor.id, like.target_author.id) == ("lea@m.example", "omar@other.example")


def test_likes_of_nobody_known_are_counted_out(tmp_path: Path) -> None:
    second = json.loads(json.dumps(create(2, (PUBLIC,))).replace(ME, OMAR))
    likes = {
        "id": "likes.json",
        "type": "OrderedCollection",
        "orderedItems": [f"{OMAR}/statuses/7"],
    }
    (tmp_path / "likes.json").write_text(json.dumps({"@context": "https://www.w3.org/ns", **likes}))
    records = read(tmp_path, create(1, (PUBLIC,)), second)
    assert [one.reason for one in only(records, Ignored)] == ["no_owner"]
    assert not only(records, RawReaction)


@pytest.mark.parametrize("first", ["omar@other.example\n", "Account address\nomar@other.example\n"])
def test_lists_of_all_versions(tmp_path: Path, first: str) -> None:
    (tmp_path / "following_accounts (1).csv").write_text(first)
    records = read_paths([tmp_path], FORMAT, Options(owner=ME))
    assert [(c.owner.id, c.other.id) for c in only(records, RawContact)] == [
        ("lea@m.example", "omar@other.example")
    ]


def test_without_a_description_the_only_actor_is_the_owner(tmp_path: Path) -> None:
    (coverage,) = only(read(tmp_path, create(1, (PUBLIC,))), RawCoverage)
    assert coverage.owner.id == "lea@m.example"
    second = json.loads(json.dumps(create(2, (PUBLIC,))).replace(ME, OMAR))
    records = read(tmp_path, create(1, (PUBLIC,)), second)
    assert [m.author.id for m in only(records, RawMessage)] == [
        "lea@m.example",
        "omar@other.example",
    ]
    (coverage,) = only(records, RawCoverage)
    assert (coverage.owner, coverage.flags) == (None, frozenset())
    (coverage,) = only(
        read(tmp_path, create(1, (PUBLIC,)), second, owner="lea@m.example"), RawCoverage
    )
    assert coverage.owner.id == "lea@m.example"


def test_a_damaged_description_is_counted(tmp_path: Path) -> None:
    actor = f'{{"@context":"activitystreams","preferredUsername":"{PLANTED}","outbox":"o", !'
    (tmp_path / "actor.json").write_text(actor)
    records = read(tmp_path, create(1, (PUBLIC,)))
    assert reasons(records)[1] == {"json_syntax": 1}
    assert len(only(records, RawMessage)) == 1


def test_moderated_accounts_mention_by_tag_alone(tmp_path: Path) -> None:
    # A silenced account's private mention names nobody in `to`.
    item = create(1, (), tag=[mention(OMAR, "@omar@other.example")])
    (message,) = only(read(tmp_path, item), RawMessage)
    assert (message.visibility, ids(message.recipients)) == ("private_1to1", ["omar@other.example"])


def test_a_mention_of_oneself_reads_no_more_than_the_others(tmp_path: Path) -> None:
    tags = [mention(OMAR, "@omar@other.example"), mention(ME, "@lea")]
    (message,) = only(read(tmp_path, create(1, (OMAR, ME), tag=tags)), RawMessage)
    assert (message.visibility, message.audience_size) == ("private_1to1", 1)


def test_both_packings_of_the_archive(tmp_path: Path) -> None:
    expected = [str(record) for record in only(case("kinds"), RawMessage)]
    for name in ("archive-20240201000000-abc.zip", "archive-20180401000000-abc.tar.gz"):
        path = tmp_path / name
        pack(CASES / "kinds" / "input", path)
        assert zipfile.is_zipfile(path) or tarfile.is_tarfile(path)
        found = read_paths([path], FORMAT, Options())
        assert [str(record) for record in only(found, RawMessage)] == expected


def test_the_private_key_is_never_touched() -> None:
    for archive in open_exports([CASES / "early2018" / "input"]):
        with archive:
            claimed = [member.name for member in archive.members if FORMAT.sniff(member)]
            assert claimed == ["archive-20180401/outbox.json"]


def test_the_owner_is_known_before_reading() -> None:
    (archive,) = open_exports([CASES / "kinds" / "input"])
    with archive:
        assert FORMAT.owner is not None
        assert FORMAT.owner(archive.members) == Identity("mastodon", "lea@m.example", kind="handle")
    # Nobody describes the owner here: whoever publishes is the owner, so that the outboxes of two
    # people in one call are never taken for two volumes of one archive.
    for name, owner in (("gold", "lea@m.example"), ("follows_only", None)):
        (archive,) = open_exports([CASES / name / "input"])
        with archive:
            found = FORMAT.owner(archive.members)
            assert (found and found.id) == owner


# Text


def test_html_becomes_what_its_reader_sees() -> None:
    assert plain("<p>a &amp;lt; b</p>") == "a &lt; b"
    link = '<a href="https://a.example/b"><span class="invisible">https://</span>a.example/b</a>'
    assert plain(f"<p>{link}</p>") == "https://a.example/b"
    assert plain("<p>1 < 2</p>") == "1 < 2"
    assert plain("<ul><li>un</li><li>deux</li></ul>") == "un\ndeux\n"
    assert plain("<" * 50_000) == "<" * 50_000
    assert leading_names("bonjour @omar") == frozenset()
    assert leading_names("@a" * 20_000) == frozenset()


# Recognition and damage


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("m.example.user.lea.json", {"account": {"id": "1"}, "statuses": [], "favourites": []}),
        ("statuses.json", [{"id": "1", "uri": f"{ME}/statuses/1", "visibility": "direct"}]),
        ("likes.json", {"likes_media_likes": []}),
        ("actor.json", {"preferredUsername": "x"}),
        ("replies.json", {"type": "Collection", "items": []}),
        ("followers.csv", "username,id\nx,1\n"),
        ("lists.csv", "name,size\n"),
        ("bookmarks.csv", "Title,Url\n"),
    ],
)
def test_it_claims_nothing_of_others(tmp_path: Path, name: str, document: Any) -> None:
    text = document if isinstance(document, str) else json.dumps(document)
    (tmp_path / name).write_text(text)
    (archive,) = open_exports([tmp_path / name])
    with archive:
        assert not any(FORMAT.sniff(member) for member in archive.members)


def test_damaged_samples(tmp_path: Path) -> None:
    outcome = run_mutations("mastodon", 600, 5, tmp_path)
    assert sum(outcome.values()) == 600
    assert outcome["read"] > 400
