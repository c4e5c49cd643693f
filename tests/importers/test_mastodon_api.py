"""Saved answers of Mastodon servers: hand-computed facts of each sample, local ids, damage."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from dump_support import at, by_text, flags, kept, made, notes, only, reasons, sample
from mutate import PLANTED
from support import run_mutations

from supportnet.errors import InputError
from supportnet.records import RawAlias, RawContact, RawCoverage, RawMessage, RawReaction

LEA, OMAR, INES = "lea@m.example", "omar@other.example", "ines@m.example"


def account(name: str, ident: str = "7", host: str = "m.example", acct: str = "") -> dict[str, Any]:
    url = f"https://{host}/@{name}"
    return {"id": ident, "username": name, "acct": acct or name, "url": url}


def status(ident: str, content: object = "<p>a</p>", **more: object) -> dict[str, Any]:
    return {
        "id": ident,
        "uri": f"https://m.example/users/lea/statuses/{ident}",
        "created_at": "2024-02-01T10:00:00.000Z",
        "visibility": "public",
        "in_reply_to_id": None,
        "in_reply_to_account_id": None,
        "account": account("lea"),
        "mentions": [],
        "content": content,
        **more,
    }


def name_of(message: RawMessage) -> str:
    return message.author.id


def test_gold() -> None:
    (message,) = kept(sample("mastodon_api", "gold"))
    assert message.text == "@omar tu vas mieux ?"
    assert message.t_us == at("2024-02-01T10:00:00.123Z")
    assert message.visibility == "private_1to1"
    # `acct` without a server belongs to the server that was asked.
    assert name_of(message) == LEA
    assert message.recipients is not None
    assert [person.id for person in message.recipients] == [OMAR]
    assert message.conversation.kind == "dm"
    assert {person.id for person in message.conversation.members} == {LEA, OMAR}


def test_each_line_is_counted_once() -> None:
    records = sample("mastodon_api", "lines")
    ignored, rejected = reasons(records)
    assert ignored == {"duplicate": 1, "account": 1}
    assert rejected == {"json_syntax": 1, "unknown_shape": 1}
    assert len(kept(records)) == 10


def test_the_server_s_words_for_the_audience() -> None:
    found = {m.text or m.kind: (m.visibility, m.visibility_raw) for m in kept(lines())}
    assert found["dure journée"] == ("public", "public")
    assert found["@lea @omar oui"] == ("public", "unlisted")
    assert found["@Ines sur un fil perdu"] == ("semi_public", "private")
    assert found["@lea @omar entre nous"] == ("private_group", "direct")
    assert found["à personne"] == ("unknown", "direct")
    assert found["bip"] == ("unknown", "local")


def lines() -> list[Any]:
    return sample("mastodon_api", "lines")


def test_a_word_for_the_audience_that_no_server_has_is_not_kept(tmp_path: Path) -> None:
    document = [status("1", visibility=PLANTED)]
    records = made("mastodon_api", tmp_path, {"x.json": document})
    assert [(m.visibility, m.visibility_raw) for m in kept(records)] == [("unknown", "other")]


def test_local_ids_become_addresses() -> None:
    found = by_text(lines())
    root, middle = found["dure journée"], found["@omar courage, corrigé"]
    last = found["@lea @omar oui"]
    assert middle.reply_to == root.ref
    assert last.reply_to == middle.ref
    assert last.root == root.ref
    assert last.root_author == root.author
    assert last.conversation is root.conversation
    assert last.reply_author is not None
    assert last.reply_author.id == LEA


def test_a_parent_that_was_never_met() -> None:
    found = by_text(lines())
    # Written on the server that was asked: its address is known all the same.
    near = found["@Ines sur un fil perdu"]
    assert near.reply_to is not None
    assert near.reply_to.id == "https://m.example/users/Ines/statuses/111856201420799991"
    # Written elsewhere: only its number on this server is known.
    far = found["réponse d'ailleurs"]
    assert far.reply_to == ("mastodon", "111856201420799923", "account", "m.example")
    assert far.reply_author == far.author
    # (111856201420800010 >> 16) ms: this post states no time.
    assert far.t_us == at("2024-02-01T12:23:02.812Z")


def test_the_copy_saved_last_counts() -> None:
    found = by_text(lines())
    assert found["@omar courage, corrigé"].edited
    assert "@omar courage & @Ines aussi" not in found


def test_typed_mentions_leave_out_an_answer_s_beginning() -> None:
    found = by_text(lines())
    assert [p.id for p in found["@omar courage, corrigé"].mentions] == [INES]
    assert found["@lea @omar oui"].mentions == ()
    assert len(found["@lea @omar entre nous"].mentions) == 2


def test_boosts_and_quotes() -> None:
    found = by_text(lines())
    boost, quote = found["repost"], found["à lire"]
    assert boost.target == found["dure journée"].ref
    assert boost.target_author == found["dure journée"].author
    assert quote.kind == "quote"
    assert quote.target_author is not None
    assert quote.target_author.id == INES
    assert notes(lines())["context_posts_left_out"] == "1"
    assert "cité" in by_text(sample("mastodon_api", "lines", columns={"keep_context": True}))


def test_automata_are_flagged() -> None:
    assert [m.text for m in kept(lines()) if m.author.is_bot] == ["bip"]


def test_files_of_one_server_share_its_ids() -> None:
    records = sample("mastodon_api", "thread")
    found = by_text(records)
    assert len({message.conversation.key for message in found.values()}) == 1
    assert found["@omar courage & @Ines aussi"].reply_to == found["dure journée"].ref
    assert flags(records) == {"public_out", "public_in", "alter_alter"}


def test_ids_of_two_servers_are_not_mixed(tmp_path: Path) -> None:
    there = status("5", uri="https://n.example/users/kim/statuses/5")
    there["account"] = account("kim", host="n.example")
    answer = status("6", in_reply_to_id="5", in_reply_to_account_id="7")
    records = made("mastodon_api", tmp_path, {"m.jsonl": [answer], "n.jsonl": [there]})
    reply = next(m for m in kept(records) if m.reply_to is not None)
    assert reply.reply_to is not None
    assert reply.reply_to.id == "https://m.example/users/lea/statuses/5"


def test_an_archive_of_one_account() -> None:
    records = sample("mastodon_api", "archive")
    (coverage,) = only(records, RawCoverage)
    assert coverage.owner is not None
    assert coverage.owner.id == LEA
    # Received mentions last only as long as their notifications.
    assert coverage.flags == {"public_out", "private_out", "reactions_out"}
    assert reasons(records) == (
        {"bookmark": 1, "mute": 1, "notification": 1, "duplicate": 1},
        {},
    )


def test_notifications_bring_private_mentions_by_others() -> None:
    found = by_text(sample("mastodon_api", "archive"))
    received, sent = found["@lea merci"], found["@omar@other.example ça va ?"]
    assert (name_of(received), received.visibility) == (OMAR, "private_1to1")
    assert received.conversation is sent.conversation
    assert received.reply_to == sent.ref
    assert received.t_us - sent.t_us == 3_600_000_000


def test_notifications_tell_of_likes_boosts_and_follows() -> None:
    records = sample("mastodon_api", "archive")
    own = by_text(records)["à moi"]
    likes = [r for r in only(records, RawReaction) if r.target == own.ref]
    # Two likes: one by a known account, one that is only counted.
    assert sorted((like.actor is not None, like.n) for like in likes) == [(False, 1), (True, 1)]
    boosts = [m for m in kept(records) if m.kind == "repost" and name_of(m) == OMAR]
    assert [boost.target for boost in boosts] == [own.ref]
    contacts = [(c.other.id, c.kind) for c in only(records, RawContact)]
    assert contacts == [
        (INES, "follower"),
        (INES, "follower"),
        (OMAR, "follower"),
        (OMAR, "follow"),
    ]


def test_a_conversation_holds_its_last_message() -> None:
    records = sample("mastodon_api", "notifications")
    assert set(by_text(records)) == {"@lea merci", "@lea @omar entre nous"}
    # The same message stands in a notification and in a conversation.
    assert reasons(records) == ({"duplicate": 1, "empty_conversation": 1}, {})
    (follow,) = only(records, RawContact)
    assert follow.owner.id == LEA


def test_a_follow_without_an_owner_is_counted() -> None:
    ignored, _ = reasons(sample("mastodon_api", "notifications", owner=None))
    assert ignored["no_owner"] == 1


def test_names_under_another_domain_are_one_account(tmp_path: Path) -> None:
    post = status("5")
    post["account"] = account("lea", host="social.m.example", acct="lea@m.example")
    records = made("mastodon_api", tmp_path, {"a.jsonl": [post]})
    (pair,) = only(records, RawAlias)
    assert (pair.first.id, pair.second.id) == (LEA, "lea@social.m.example")


def test_html_becomes_the_text_that_readers_see(tmp_path: Path) -> None:
    html = "<p>je t&#39;appelle<br />ce soir ?</p><p>5 &lt; 7 &amp; <b>oui</b></p>"
    (message,) = kept(made("mastodon_api", tmp_path, {"a.jsonl": [status("5", html)]}))
    assert message.text == "je t'appelle\nce soir ?\n\n5 < 7 & oui"


def test_ids_in_circles_end(tmp_path: Path) -> None:
    posts: list[object] = [
        status("5", in_reply_to_id="6", in_reply_to_account_id="7"),
        status("6", in_reply_to_id="5", in_reply_to_account_id="7"),
    ]
    assert len(kept(made("mastodon_api", tmp_path, {"a.jsonl": posts}))) == 2


def test_odd_posts_are_rejected_one_by_one(tmp_path: Path) -> None:
    posts: list[object] = [
        status("5"),
        status("6", content=None),
        status("7", account=None),
        status("8", created_at="?"),
        status("9", uri=None, url=None),
        status("10", mentions="x", quote=7, reblog=[], language={}),
    ]
    records = made("mastodon_api", tmp_path, {"a.jsonl": posts})
    assert len(kept(records)) == 2
    assert reasons(records)[1] == {"unknown_shape": 1, "no_author": 1, "bad_date": 1, "bad_id": 1}


def test_one_post_alone(tmp_path: Path) -> None:
    post = status("5", spoiler_text="")
    text = json.dumps(post, indent=2)
    assert len(kept(made("mastodon_api", tmp_path, {"a.json": text}))) == 1


def test_joins_with_the_archive_of_a_server(tmp_path: Path) -> None:
    (message,) = kept(made("mastodon_api", tmp_path, {"a.jsonl": [status("5", spoiler_text="")]}))
    assert message.ref == ("mastodon", "https://m.example/users/lea/statuses/5", "global", "")
    assert message.author[:4] == ("mastodon", LEA, "platform", "handle")


def test_a_declaration_that_is_neither_yes_nor_no() -> None:
    with pytest.raises(InputError, match="true or false was expected") as caught:
        sample("mastodon_api", "gold", columns={"keep_context": PLANTED})
    assert PLANTED not in str(caught.value)


def test_damaged_copies_are_read_or_refused(tmp_path: Path) -> None:
    outcome = run_mutations("mastodon_api", 600, 14, tmp_path)
    assert outcome["read"] > 500
