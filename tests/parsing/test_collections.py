"""What collections share: copies against brute force, clocks and names against the archives."""

from __future__ import annotations

import random
from types import SimpleNamespace

import pytest

from supportnet.errors import InputError
from supportnet.importers.bluesky import clock as bluesky_clock
from supportnet.importers.mastodon import words as mastodon_words
from supportnet.importers.twitter import clock as twitter_clock
from supportnet.importers.twitter import posts as twitter_posts
from supportnet.parsing.atproto import record_time, tid_number
from supportnet.parsing.copies import CREATED, DELETED, FOREVER, UPDATED, Copies, key_of
from supportnet.parsing.declared import community_flags, declared
from supportnet.parsing.fediverse import Handles, leading_names, published
from supportnet.parsing.markup import html_text
from supportnet.parsing.tweets import Accounts, lead_end, plain, tweet_id, when_of

# Copies


def test_copies_equal_brute_force() -> None:
    random_ = random.Random(3)
    for _ in range(60):
        noted = [
            (random_.randrange(-3, 4), random_.randrange(4), random_.choice([0, 0, 1, 2]))
            for _ in range(random_.randrange(1, 30))
        ]
        copies = Copies()
        for one in noted:
            copies.note(*one)
        copies.settle()
        expected = []
        for place, (key, *_) in enumerate(noted):
            mine = [(when, at, what) for at, (k, when, what) in enumerate(noted) if k == key]
            _, last, what = max(mine)
            if what == DELETED:
                expected.append("deleted")
            elif place == last:
                expected.append("")
            else:
                expected.append({CREATED: "duplicate", UPDATED: "older_edit"}[what])
        assert [copies.left_out(place) for place in range(len(noted))] == expected


def test_a_deletion_for_ever_is_undone_by_nothing() -> None:
    copies = Copies()
    copies.note(1, FOREVER, DELETED)
    copies.note(1, 5)
    copies.settle()
    assert copies.left_out(1) == "deleted"


def test_nothing_noted() -> None:
    copies = Copies()
    copies.settle()
    assert len(copies) == 0


def test_keys_are_signed_64_bit_numbers() -> None:
    keys = {key_of(f"at://x/{n}") for n in range(10_000)}
    assert len(keys) == 10_000
    assert all(-(2**63) <= key < 2**63 for key in keys)
    assert key_of("\ud83d") != key_of("\ufffd")


# Declarations


@pytest.mark.parametrize(
    ("value", "expected"), [(True, True), ("No", False), (1, True), (0, False)]
)
def test_yes_and_no(value: object, expected: bool) -> None:
    assert declared(SimpleNamespace(columns={"a": value}), "a") is expected


def test_anything_else_is_refused_without_repeating_it() -> None:
    with pytest.raises(InputError, match="--map a=true") as caught:
        declared(SimpleNamespace(columns={"a": "Omar Benali"}), "a")
    assert "Omar" not in str(caught.value)


def test_a_sample_never_covers_pairs() -> None:
    flags, _ = community_flags(SimpleNamespace(columns={}), reactions=True)
    assert flags == {"public_out"}


# The same clocks and words as the archives of one person: the records must join


def test_tweets_have_the_time_that_an_archive_gives_them() -> None:
    random_ = random.Random(4)
    stated = [
        "Mon Mar 04 12:00:00 +0000 2019",
        "2021-06-02T08:05:00.000Z",
        "2021-06-02T08:05:07.250Z",
        "2021-06-02 08:05:07+02:00",
        "Tue Mar 21 00:00:01 +0000 2006",
        "Tue Mar 21 24:00:01 +0000 2006",
        "2005-01-01T00:00:00.000Z",
        "soon",
        "",
        None,
        7,
    ]
    for text in stated:
        for _ in range(30):
            ident = random_.choice([random_.randrange(1, 3 * 10**10), random_.randrange(1, 2**61)])
            theirs = twitter_clock.post_time(text, ident)
            ours = when_of(text, ident)
            if isinstance(ours, str) or isinstance(theirs, str):
                assert ours == theirs, (text, ident)
            # Early archives lost times of day; collections did not.
            elif theirs.resolution_us < 86_400_000_000:
                assert tuple(ours) == tuple(theirs), (text, ident)


def test_tweet_ids_are_read_alike() -> None:
    values: list[object] = ["1", "0", "-1", "007", 5, 0, -3, True, 1.0, "1e5", "٣", None, []]
    for value in [*values, "9" * 19, "9" * 20]:
        assert tweet_id(value) == twitter_clock.whole(value), value


def test_texts_are_read_alike() -> None:
    for text in ("@a @b c", "a @b", "@a", "x &amp;lt; &lt; &gt;", "&amp;&amp;", ""):
        assert lead_end(text) == twitter_posts.lead_end(text)
        assert plain(text) == twitter_posts.plain(text)


def test_a_handle_with_two_ids_joins_nobody() -> None:
    people = Accounts()
    people.named("1", "Ann")
    people.named("2", "ann")
    people.by_handle("ann")
    people.named("3", "bob")
    bob = people.by_handle("bob")
    assert [(alias.first.id, alias.second) for alias in people.aliases()] == [("3", bob)]


def test_bluesky_records_have_the_time_that_a_repository_gives_them() -> None:
    keys = ["3kaaaaaaaab2a", "3lbeljyit2222", "self", "2222222222223", "zzzzzzzzzzzzz"]
    claims = ["2015-04-01T10:00:00Z", "2024-11-20T09:00:00.123Z", "2026-01-01", "", None, 7]
    for key in keys:
        for claim in claims:
            theirs = bluesky_clock.record_time(claim, key)
            ours = record_time(claim, key)
            assert (ours if isinstance(ours, str) else tuple(ours)) == (
                theirs if isinstance(theirs, str) else tuple(theirs)
            ), (key, claim)
    assert tid_number("3lbeljyit2222") == bluesky_clock.tid_number("3lbeljyit2222")


def test_fediverse_texts_are_read_alike() -> None:
    for html in ("<p>a<br>b</p><p>c</p>", "a &lt;b&gt; c", "<p>x</p>", "plain"):
        assert html_text(html) == mastodon_words.plain(html).strip("\n")
    for text in ("@a@b.example @C d", "a @b", ""):
        assert leading_names(text) == mastodon_words.leading_names(text)


def test_a_sign_that_opens_no_tag_stays() -> None:
    assert html_text("5 < 7 <b>et</b> 8 > 3<!-- rien -->") == "5 < 7 et 8 > 3"


def test_unstated_and_impossible_times() -> None:
    assert published("2024-02-30T00:00:00Z", "17") == "bad_date"
    assert published(None, None, 7) == "undated"


def test_accounts_of_one_name_on_two_servers_are_two() -> None:
    people = Handles()
    here = people.state("lea", "https://m.example/@lea")
    there = people.state("lea", "https://n.example/@lea")
    assert here != there
    assert people.state("Lea@m.example", None) == here
    assert people.account("lea") is None
    assert list(people.aliases()) == []
