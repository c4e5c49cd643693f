"""Collected tweets: hand-computed facts of each sample, traps of existing parsers, damage."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from dump_support import at, by_text, flags, kept, made, notes, only, reasons, sample
from mutate import PLANTED
from support import run_mutations

from supportnet.errors import InputError
from supportnet.importers.twarc.threads import Threads
from supportnet.records import RawAlias, RawMessage, RawReaction, Rejected

B = 1102500000000000000
C = 1600000000000000000


def tweet(ident: int, whose: int = 1001, **more: object) -> dict[str, Any]:
    return {
        "id_str": str(ident),
        "created_at": "Mon Mar 04 12:00:00 +0000 2019",
        "full_text": f"n{ident}",
        "user": {"id_str": str(whose), "screen_name": f"u{whose}"},
        "retweet_count": 0,
        **more,
    }


def reply(ident: int, parent: int, user: int = 1001) -> dict[str, Any]:
    return tweet(ident, user, in_reply_to_status_id_str=str(parent))


# Gold


def test_gold_version_1() -> None:
    records = sample("twarc", "gold_v1")
    (message,) = kept(records)
    # The text form of the id, not the rounded number beside it.
    assert message.ref is not None
    assert message.ref.id == "1102500000000000513"
    assert message.text == "@omar_b oui & non"
    assert message.t_us == at("2019-03-04T12:00:00Z")
    assert message.reply_author is not None
    assert message.reply_author.id == "1002"
    assert message.mentions == ()
    assert message.visibility == "public"
    assert reasons(records) == ({"delete_notice": 1}, {})


def test_gold_version_2() -> None:
    records = sample("twarc", "gold_v2")
    (message,) = kept(records)
    assert message.reply_author is not None
    assert (message.author.id, message.reply_author.id) == ("1001", "1002")
    assert message.conversation.key == "1400000000000000001"
    assert reasons(records) == ({}, {"json_syntax": 1})
    (rejected,) = only(records, Rejected)
    assert (rejected.member, rejected.record) == ("tweets*.jsonl", 1)


def test_a_kept_parent_gives_the_latency_of_the_gold_sheet() -> None:
    found = by_text(sample("twarc", "context"))
    answer, parent = found["@omar_b on est là"], found["journée difficile"]
    assert answer.reply_to == parent.ref
    assert answer.t_us - parent.t_us == 300_000_000
    assert answer.conversation is parent.conversation


# Version 1.1


def test_the_copy_collected_last_counts_once() -> None:
    records = sample("twarc", "kinds_v1")
    copies = [m for m in kept(records) if m.text == "qui est là ?"]
    assert len(copies) == 1
    (likes,) = [r for r in only(records, RawReaction) if r.target == copies[0].ref]
    assert (likes.n, likes.actor) == (3, None)


def test_each_record_is_counted_once() -> None:
    records = sample("twarc", "kinds_v1")
    ignored, rejected = reasons(records)
    assert ignored == {
        "duplicate": 1,
        "deleted": 1,
        "delete_notice": 1,
        "limit_notice": 1,
        "scrub_geo_notice": 1,
        "withheld_notice": 1,
        "stream_notice": 1,
    }
    # A line that was cut, a list, a cut last line; a tweet of nobody; a number from a spreadsheet.
    assert rejected == {"json_syntax": 2, "unknown_shape": 1, "no_author": 1, "bad_id": 1}
    # 6 + 14 lines that are not blank.
    assert len(kept(records)) + sum(ignored.values()) + sum(rejected.values()) == 20


def test_a_deleted_tweet_is_gone_whatever_the_order_of_files(tmp_path: Path) -> None:
    notice = {"delete": {"status": {"id": 1, "id_str": str(B + 1), "user_id_str": "1"}}}
    files: dict[str, object] = {"a.jsonl": [notice], "b.jsonl": [tweet(B + 1), tweet(B + 2)]}
    records = made("twarc", tmp_path, files)
    assert [m.text for m in kept(records)] == [f"n{B + 2}"]
    assert reasons(records)[0] == {"delete_notice": 1, "deleted": 1}


def test_threads_follow_answers_as_far_as_the_collection_goes() -> None:
    found = by_text(sample("twarc", "kinds_v1"))
    root = found["qui est là ?"]
    last = found["@lea_m @omar_b moi aussi"]
    assert last.conversation is root.conversation
    assert last.root == root.ref
    assert last.root_author == root.author
    assert last.reply_to == found["@omar_b moi, avec @ines_k"].ref


def test_typed_mentions_leave_out_a_reply_s_prefix() -> None:
    found = by_text(sample("twarc", "kinds_v1"))
    assert [p.id for p in found["@omar_b moi, avec @ines_k"].mentions] == ["1003"]
    assert found["@lea_m @omar_b moi aussi"].mentions == ()
    whole = found["le texte entier pour @omar_b et @lea_m, sans coupure"]
    assert [p.id for p in whole.mentions] == ["1002", "1001"]


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_a_tweet_for_an_account_without_a_tweet_answered_is_addressed_to_it(
    tmp_path: Path, version: str
) -> None:
    tweet: dict[str, object] = {
        "created_at": "Mon Mar 04 12:00:00 +0000 2019",
        "id_str": "1102500000000000513",
        "full_text": "@omar_b tu es là ?",
        "user": {"id_str": "1001", "screen_name": "lea_m"},
        "in_reply_to_status_id_str": None,
        "in_reply_to_user_id_str": "1002",
    }
    if version == "v2":
        tweet = {
            "id": "1102500000000000513",
            "created_at": "2019-03-04T12:00:00.000Z",
            "text": "@omar_b tu es là ?",
            "author_id": "1001",
            "conversation_id": "1102500000000000513",
            "in_reply_to_user_id": "1002",
        }
    (post,) = kept(made("twarc", tmp_path, {"tweets.jsonl": json.dumps(tweet) + "\n"}))
    assert (post.reply_to, post.reply_author.id) == (None, "1002")


def test_a_repost_holds_the_whole_words_and_no_count_of_its_own() -> None:
    records = sample("twarc", "kinds_v1")
    repost = by_text(records)["un long texte original, en entier <3"]
    assert (repost.kind, repost.author.id) == ("repost", "1002")
    assert repost.target is not None
    assert repost.target.id == str(B - 9001)
    assert repost.target_author is not None
    assert repost.target_author.id == "1003"
    assert repost.ref not in [r.target for r in only(records, RawReaction)]


def test_quotes_name_their_author_even_when_the_quoted_is_gone() -> None:
    found = by_text(sample("twarc", "kinds_v1"))
    alive, gone = found["à lire https://t.co/x"], found["disparu https://t.co/y"]
    assert (alive.kind, gone.kind) == ("quote", "quote")
    assert alive.target_author is not None
    assert gone.target_author is not None
    assert (alive.target_author.id, alive.target_author.kind) == ("1003", "opaque")
    assert (gone.target_author.id, gone.target_author.kind) == ("old_name", "handle")


def test_protected_accounts_are_semi_public() -> None:
    found = {m.author.id: m for m in kept(sample("twarc", "kinds_v1"))}
    assert (found["1004"].visibility, found["1004"].visibility_raw) == ("semi_public", "protected")
    assert found["1003"].visibility == "public"


def test_an_undated_tweet_takes_the_time_of_its_id() -> None:
    message = by_text(sample("twarc", "kinds_v1"))["sans date"]
    # (1102500000000009001 >> 22) + 1288834974657 ms.
    assert message.t_us == at("2019-03-04T09:24:18.116Z")


def test_an_old_undated_tweet_is_rejected(tmp_path: Path) -> None:
    lines: list[object] = [tweet(20, created_at=None), tweet(21, created_at="hier")]
    records = made("twarc", tmp_path, {"a.jsonl": lines})
    assert reasons(records)[1] == {"undated": 1, "bad_date": 1}


def test_embedded_originals_are_not_collected() -> None:
    records = sample("twarc", "kinds_v1")
    assert notes(records)["context_tweets_left_out"] == "1"
    more = sample("twarc", "kinds_v1", columns={"keep_context": True})
    assert len(kept(more)) == len(kept(records)) + 1
    assert notes(more)["context_tweets_kept"] == "1"


# Version 2


def test_pages_count_each_tweet_once() -> None:
    records = sample("twarc", "pages_v2")
    ignored, rejected = reasons(records)
    assert ignored == {
        "duplicate": 1,
        "older_edit": 1,
        "deleted": 1,
        "compliance_notice": 1,
        "empty_page": 1,
        "user": 1,
        "count": 1,
    }
    assert rejected == {"no_author": 1, "unknown_shape": 1}
    assert len(kept(records)) == 7
    assert notes(records)["unavailable_context"] == "1"


def test_the_copy_with_the_later_stamp_counts_even_when_it_was_read_first() -> None:
    # page 2 was collected at noon, page 1 at midnight after it.
    found = by_text(sample("twarc", "pages_v2"))
    assert "merci @Ines_K et @parti" in found
    assert "merci" not in found


def test_included_tweets_complete_reposts() -> None:
    repost = by_text(sample("twarc", "pages_v2"))["le texte original en entier, sans coupure"]
    assert (repost.kind, repost.author.id) == ("repost", "1001")
    assert repost.target_author is not None
    assert repost.target_author.id == "1003"


def test_mentions_without_ids_are_known_by_handle_and_joined() -> None:
    records = sample("twarc", "pages_v2")
    message = by_text(records)["merci @Ines_K et @parti"]
    assert [(p.kind, p.id) for p in message.mentions] == [("handle", "ines_k"), ("handle", "parti")]
    pairs = [(alias.first.id, alias.second.id) for alias in only(records, RawAlias)]
    assert pairs == [("1003", "ines_k")]


def test_the_last_version_of_an_edited_tweet_stands_for_all() -> None:
    found = by_text(sample("twarc", "pages_v2"))
    last, answer = found["seconde version"], found["@lea_m bien dit"]
    assert last.edited
    assert "première version" not in found
    # The answer points at the first version.
    assert answer.reply_to == last.ref
    assert answer.root == last.ref
    assert answer.conversation is last.conversation
    assert last.root is None


def test_an_unseen_thread_is_known_by_its_first_tweet() -> None:
    message = by_text(sample("twarc", "pages_v2"))[
        "@lea_m une réponse à un fil inconnu, avec @omar_b"
    ]
    assert message.conversation.key == str(C - 500)
    assert message.root is not None
    assert message.root.id == str(C - 500)
    assert message.root_author is None
    assert message.reply_author is not None
    assert message.reply_author.id == "1001"
    assert [p.id for p in message.mentions] == ["1002"]


def test_long_texts_are_whole() -> None:
    message = by_text(sample("twarc", "pages_v2"))["un texte long, entier, avec @ines_k à la fin"]
    assert [p.id for p in message.mentions] == ["1003"]
    assert message.lang is None


def test_one_page_laid_out_over_many_lines() -> None:
    records = sample("twarc", "page_document")
    assert len(kept(records)) == 7
    assert reasons(records) == ({"older_edit": 1}, {})


def test_flattened_tweets_bring_their_context_along() -> None:
    (message,) = kept(sample("twarc", "flat_v2"))
    assert message.root_author is not None
    assert message.root_author.id == "1003"
    assert message.reply_to == message.root


def test_tables() -> None:
    records = sample("twarc", "table")
    found = by_text(records)
    reply_, repost = found["@ines_k une ligne\nune autre, pour @omar_b"], found["le texte original"]
    quote = found["voir\nplus bas"]
    assert reply_.reply_author is not None
    assert (reply_.reply_author.id, [p.id for p in reply_.mentions]) == ("1003", ["omar_b"])
    assert repost.target_author is not None
    assert (repost.kind, repost.target_author.id) == ("repost", "1003")
    assert (quote.kind, quote.visibility) == ("quote", "semi_public")
    # The converter gives reposts the counts of what they repeat.
    assert [r.target for r in only(records, RawReaction)] == [reply_.ref]
    assert reasons(records) == ({}, {"bad_id": 1, "bad_row": 1})


# Coverage and options


def test_a_sample_covers_nothing_between_people() -> None:
    assert flags(sample("twarc", "gold_v2")) == {"public_out"}
    assert notes(sample("twarc", "gold_v2"))["collection"].startswith("sample")


@pytest.mark.parametrize("word", [True, "true", "yes"])
def test_a_declared_community_covers_everybody(word: object) -> None:
    records = sample("twarc", "gold_v2", columns={"whole_community": word})
    assert flags(records) == {"public_out", "public_in", "alter_alter"}


def test_a_declaration_that_is_neither_yes_nor_no() -> None:
    with pytest.raises(InputError, match="true or false was expected"):
        sample("twarc", "gold_v2", columns={"whole_community": PLANTED})


def test_ids_alone_are_refused_in_a_sentence(tmp_path: Path) -> None:
    text = "".join(f"{B + n}\n" for n in range(50))
    with pytest.raises(InputError, match="hydrate") as caught:
        made("twarc", tmp_path, {f"{PLANTED}.txt": text})
    assert PLANTED not in str(caught.value)
    assert str(B) not in str(caught.value)


def test_joins_with_the_archive_of_a_user(tmp_path: Path) -> None:
    # What the twitter format makes of the same tweet.
    (message,) = kept(made("twarc", tmp_path, {"a.jsonl": [reply(B + 9, B + 5)]}))
    assert message.ref is not None
    assert message.ref == ("twitter", str(B + 9), "global", "")
    assert message.author[:4] == ("twitter", "1001", "platform", "opaque")
    assert message.conversation.key == str(B + 5)


# Threads against brute force


def test_threads_equal_brute_force() -> None:
    random_ = random.Random(5)
    for _ in range(40):
        n = random_.randrange(1, 40)
        ids = random_.sample(range(1, 400), n)
        parents = {i: random_.choice([0, 0, random_.randrange(1, 400)]) for i in ids}
        firsts = {i: random_.choice([0, 0, 0, random_.randrange(1, 400)]) for i in ids}
        threads = Threads()
        for ident in ids:
            threads.note(ident, parents[ident], firsts[ident], ())
        threads.settle()

        def root(ident: int, parents: Any = parents, firsts: Any = firsts) -> int:
            if firsts[ident]:
                return int(firsts[ident])
            parent = parents[ident]
            if not parent:
                return ident
            return root(parent) if parent in parents and parent < ident else int(parent)

        assert [threads.root(i) for i in ids] == [root(i) for i in ids]
        assert all(threads.is_collected(i) for i in ids)
        assert not threads.is_collected(500)


# Damage


def test_damaged_copies_are_read_or_refused(tmp_path: Path) -> None:
    outcome = run_mutations("twarc", 600, 11, tmp_path)
    assert outcome["read"] > 500


def test_odd_values_cost_no_other_record(tmp_path: Path) -> None:
    odd: list[Any] = [None, True, 1.5, "x", [], [1], {}, {"a": [None]}]
    fields = ("user", "entities", "retweeted_status", "quoted_status", "full_text", "created_at")
    lines: list[object] = [tweet(B + 1)]
    lines += [tweet(B + 10 + n, **{field: value}) for n, (field, value) in
              enumerate((f, v) for f in fields for v in odd)]  # fmt: skip
    records = made("twarc", tmp_path, {"a.jsonl": lines})
    ignored, rejected = reasons(records)
    assert not ignored
    assert len(kept(records)) + sum(rejected.values()) == len(lines)
    # A user that is none leaves nobody; everything else is kept.
    assert rejected == {"no_author": len(odd)}


def test_one_odd_tweet_costs_no_page(tmp_path: Path) -> None:
    good = {"id": str(C + 1), "author_id": "5", "text": "a", "created_at": "2022-12-06T06:00:00Z"}
    page = {"data": [good, 7, {**good, "id": str(C + 2), "entities": "?"}], "includes": 3}
    records = made("twarc", tmp_path, {"a.jsonl": [json.dumps({**page, "meta": {}})]})
    assert len(kept(records)) == 2
    assert reasons(records)[1] == {"unknown_shape": 1}


def test_positions_are_unique_and_grow_with_time() -> None:
    for case in ("kinds_v1", "pages_v2"):
        talks: dict[str, list[RawMessage]] = {}
        for message in kept(sample("twarc", case)):
            talks.setdefault(message.conversation.key, []).append(message)
        for messages in talks.values():
            ordered = sorted(messages, key=lambda message: message.seq)
            assert [m.t_us for m in ordered] == sorted(m.t_us for m in ordered)
