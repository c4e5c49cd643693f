"""Batches say what single records say: Facebook's rows, tweets, and the parts made of both."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import exports_of, load_cases, options_of, plain, singly

from supportnet.archive import open_archive, open_exports, stream_json
from supportnet.formats import Options
from supportnet.importers.facebook import FORMAT as FACEBOOK
from supportnet.importers.twitter import FORMAT as TWITTER
from supportnet.importers.twitter import blocks, tweets
from supportnet.importers.twitter.chains import roots_of
from supportnet.importers.twitter.clock import post_time
from supportnet.importers.twitter.idset import IdSet
from supportnet.importers.twitter.instants import english_times
from supportnet.importers.twitter.mentions import lead_ends
from supportnet.importers.twitter.posts import lead_end
from supportnet.ingest.encode import Encoder
from supportnet.parsing import meta_blocks
from supportnet.parsing.meta import People
from supportnet.parsing.meta_rows import ThreadReader, grouped_threads
from supportnet.parsing.meta_threads import Room, Row
from supportnet.privacy import Key
from supportnet.records import Conversation, Identity, MessageBatch, RawMessage, place_among
from supportnet.schema import PART_TABLES
from supportnet.store.parts import PartWriter

KEY = Key("test", bytes(range(32)))
T_MS = 1_600_000_000_000


# -- Facebook ------------------------------------------------------------------------------------

NAMES = ["Léa Martin", "Omar Bénali", "Inès", "Facebook user", "Zoë", "", "Omar Xu"]
TEXTS = [
    "salut", "ça va ?", "oui", "oui", "Reacted ❤ to your message ", "You left the group.",
    "Omar left the group.", "Omar Bénali named the group Trio.", "Inès sent an attachment.",
    "The end", "Le chat est là", "L’appel", "Appel terminé", "Say hi to Omar Bénali.", " ",
    "👍🏽👨‍👩‍👧", "Omar added Léa Martin to the group.", 'a "b"\n\\ /', "http://x.y www.z",
]  # fmt: skip
ODD_TEXTS = ["caf\u00e9", "\ud83d", "日本", "", None, 5, "Ã©"]
CARRIED = ["photos", "videos", "audio_files", "gifs", "files", "sticker"]
SHARES: list[Any] = [
    {"link": "https://a"}, {"link": "https://instagram.com/stories/x"}, {}, None, [], "x",
    {"link": 5}, {"original_content_owner": "zed_1", "link": "x"}, {"link": "\ud83d"},
    {"original_content_owner": "instagram user"},
]  # fmt: skip
STAMPS = [None, 0, -5, 10**19, 10**400, "160", 1.6e12, 1_600_000_000, True, 10**17]


def written(text: str) -> str:
    """Damage letters as the exports do."""
    return text.encode().decode("latin-1")


def reactions(random_: random.Random) -> Any:
    name = written(random_.choice(NAMES))
    return random_.choice(
        [
            [{"reaction": written("❤"), "actor": name}],
            [{"reaction": written("👍"), "actor": name}, {"reaction": "like", "actor": "Neuf"}],
            [{"reaction": "like", "actor": name, "timestamp": 1_600_000_000}],
            [{"reaction": None, "actor": 5}], [{"reaction": "x" * 50, "actor": name}],
            [{"actor": "Nouvelle"}], [{"reaction": "\ud83d", "actor": "Zz"}], [3], [], None, "x",
        ]
    )  # fmt: skip


def row(random_: random.Random, t_ms: int) -> Any:
    """Return one row: mostly talk, now and then anything."""
    made: dict[str, Any] = {"sender_name": written(random_.choice(NAMES)), "timestamp_ms": t_ms}
    draw = random_.random()
    if draw < 0.75:
        made["content"] = written(random_.choice(TEXTS))
    elif draw < 0.8:
        made["content"] = random_.choice(ODD_TEXTS)
    elif draw < 0.93:
        held = random_.choice([[{"uri": "x"}], [], None, {}, {"uri": "s"}, "x", 3])
        made[random_.choice(CARRIED)] = held
    odd = {
        "reactions": (0.15, lambda: reactions(random_)),
        "share": (0.1, lambda: random_.choice(SHARES)),
        "type": (0.05, lambda: random_.choice(["Generic", "Call", "Subscribe", None, 5])),
        "users": (0.04, lambda: random_.choice([[{"name": written("Zoë")}], [], None, "x"])),
        "is_unsent": (0.04, lambda: random_.choice([True, False, None, "x"])),
        "missed": (0.02, lambda: random_.choice([True, False])),
        "call_duration": (0.02, lambda: random_.choice([5, 0, None])),
        "timestamp_ms": (0.06, lambda: random_.choice(STAMPS)),
        "timestamp": (0.03, lambda: random_.choice([1_600_000_000, None, "x", 0])),
        "sender_name": (0.03, lambda: random_.choice([None, 5, "caf\u00e9", "\ud83d"])),
        "is_geoblocked_for_viewer": (0.2, lambda: random_.choice([False, [1, 2.5], {"a": [{}]}])),
    }
    for name, (share, value) in odd.items():
        if random_.random() < share:
            made[name] = value()
    return random_.choice([made] * 40 + [5, None])


def write_threads(folder: Path, seed: int) -> None:
    """Write some threads."""
    random_ = random.Random(seed)
    t_ms = T_MS
    for number in (1, 2, 3):
        place = folder / "messages" / "inbox" / f"t_{number}"
        place.mkdir(parents=True)
        rows = []
        for _ in range(random_.choice([0, 3, 120])):
            t_ms -= random_.choice([0, 0, 1, 1000, 10**6])
            rows.append(row(random_, t_ms))
        names = random_.sample(NAMES, random_.choice([2, 2, 3]))
        document = {
            "participants": [{"name": written(name)} for name in names],
            "messages": rows,
            "title": written(names[0]),
        }
        text = json.dumps(document, indent=random_.choice([None, 2]))
        data = bytearray(text.encode("utf-8", "surrogatepass"))
        if random_.random() < 0.4:
            at = random_.randrange(len(data))
            data[at : at + random_.choice([0, 1, 30])] = random_.choice([b'"', b"\\", b"", b"\xff"])
        (place / "message_1.json").write_bytes(data)


def read_threads(folder: Path) -> tuple[list[Any], ThreadReader]:
    """Return what the threads of a folder give, and their reader."""
    reader = ThreadReader(People("facebook", None), None, placeholder_is_talk=False)
    with open_archive(folder) as archive:
        grouped = grouped_threads(archive.members)
        return list(chain.from_iterable(reader.read(*thread) for thread in grouped)), reader


def in_columns(records: list[Any]) -> int:
    """Return how many messages stand in columns."""
    return sum(len(one.t_us) for one in records if isinstance(one, MessageBatch))


@pytest.mark.parametrize("seed", range(40))
def test_plain_rows_are_read_as_odd_ones_are(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_threads(tmp_path, seed)
    found, batches = read_threads(tmp_path)
    # With no field that may hold anything, every row goes the patient way.
    monkeypatch.setattr(meta_blocks, "_PLAIN", np.zeros_like(meta_blocks._PLAIN))
    expected, rows = read_threads(tmp_path)
    assert in_columns(expected) == 0
    assert [plain(one) for one in singly(found)] == [plain(one) for one in singly(expected)]
    assert batches.facts == rows.facts
    for one, other in zip(batches.rooms.all, rows.rooms.all, strict=True):
        assert (one.spans, one.events) == (other.spans, other.events)


def test_rows_one_by_one_are_those_of_the_stream(tmp_path: Path) -> None:
    """The other way in, which the encrypted chats take."""
    write_threads(tmp_path, 3)
    found, batches = read_threads(tmp_path)
    reader = ThreadReader(People("facebook", None), None, placeholder_is_talk=False)
    read: list[Any] = []
    with open_archive(tmp_path) as archive:
        for (_, part, (member,)), room in zip(
            grouped_threads(archive.members), batches.rooms.all, strict=True
        ):
            own = Room(People("facebook", None), room.conversation, room.caption)
            read += reader.rows(stream_json(member, "messages[]", type=Row), own, part)
    assert [plain(one) for one in read] == [plain(one) for one in singly(found)]


def test_plain_talk_stands_in_columns(tmp_path: Path) -> None:
    place = tmp_path / "messages" / "inbox" / "t_1"
    place.mkdir(parents=True)
    rows = [
        {"sender_name": written("Léa"), "timestamp_ms": T_MS, "content": written("ça va")},
        {"sender_name": "Omar", "timestamp_ms": T_MS - 1, "photos": [{"uri": "x"}]},
        {"sender_name": "Omar", "timestamp_ms": T_MS - 2, "content": "The end"},
        {"sender_name": "Omar", "timestamp_ms": T_MS - 3, "content": "Omar left the group."},
    ]
    people = [{"name": "Omar"}, {"name": written("Léa")}]
    document = {"participants": people, "messages": rows, "title": "Omar"}
    (place / "message_1.json").write_text(json.dumps(document))
    (batch,), _ = read_threads(tmp_path)
    assert batch.text.to_pylist() == ["ça va", None, "The end"]
    assert [batch.people[n].id for n in batch.author] == ["Léa", "Omar", "Omar"]
    assert batch.seq.tolist() == [-1, -2, -3]
    assert [(place, record.reason) for place, record in batch.between] == [(3, "membership_event")]


# -- tweets --------------------------------------------------------------------------------------

HANDLES = ["omar_b", "ines_k", "zed", "lea_m", "OMAR_B"]


def tweet_id(random_: random.Random, t_s: int) -> int:
    return ((t_s * 1000 - 1_288_834_974_657) << 22) + random_.randrange(4)


def tweet(random_: random.Random, t_s: int, known: list[int]) -> Any:
    """Return one tweet: mostly of the common form, now and then anything."""
    ident = tweet_id(random_, t_s) if random_.random() < 0.95 else random_.choice([5, *known[-3:]])
    known.append(ident)
    text = random_.choice(
        ["bonjour", "@omar_b salut @ines_k", "RT @ines_k: yo", "RT @zed : non", "&lt;3 &amp;amp;",
         "@zed @lea_m", ".@omar_b hé a@b.c", "", "@zed\u00a0oui", "@zed\n\u2003@lea_m x", "\ud83d"]
    )  # fmt: skip
    when = datetime.fromtimestamp(t_s, UTC)
    made: dict[str, Any] = {
        "id_str": str(ident),
        "created_at": f"{when:%a %b %d %H:%M:%S +0000 %Y}",
        "full_text": text,
        "entities": {"user_mentions": mentions(random_, text), "urls": urls(random_, known)},
        "lang": random_.choice(["fr", "und", None, "pt-BR", 5]),
    }
    if random_.random() < 0.5:
        made["in_reply_to_status_id_str"] = random_.choice(
            [str(random_.choice(known)), str(tweet_id(random_, t_s - 50)), "-1", "", None]
        )
        made["in_reply_to_user_id_str"] = random_.choice(["1002", "1003", "1001", "-1", "", None])
        made["in_reply_to_screen_name"] = random_.choice([*HANDLES, None, "", "bad h"])
    odd = {
        "in_reply_to_status_id": (0.05, ["77", None]),
        "in_reply_to_user_id": (0.05, ["1003", 1003]),
        "quoted_status_id_str": (0.05, [str(random_.choice(known)), "x", None]),
        "retweeted_status": (0.03, [{"id_str": "77", "user": {"screen_name": "zed"}}, None]),
        "edit_info": (0.3, [{"initial": {"editTweetIds": [str(ident)]}}, None, 5]),
        "created_at": (0.05, ["x", None, "Thu Jan 01 00:00:00 +0000 2009", "Thu Jan 1 1997"]),
        "id_str": (0.03, ["8E+17", None, 0, 5, "007"]),
        "full_text": (0.02, [None, 5]),
        "entities": (0.03, [None, {}, 5, {"user_mentions": "x"}]),
        "expanded_urls": (0.02, ["http://x.com/zed/status/5", None]),
    }
    for name, (share, values) in odd.items():
        if random_.random() < share:
            made[name] = random_.choice(values)
    if random_.random() < 0.05:
        made["edit_info"] = {"initial": {"editTweetIds": [str(ident), str(random_.choice(known))]}}
    return random_.choice([{"tweet": made}] * 40 + [made, None, {"tweet": None}])


def mentions(random_: random.Random, text: str) -> list[Any]:
    found = []
    for _ in range(random_.choice([0, 1, 1, 3])):
        handle = random_.choice(HANDLES)
        place = random_.choice([str(max(text.find("@"), 0)), "9", 3, None])
        ident = random_.choice(["1001", "1002", "1003", "-1", None])
        found.append({"id_str": ident, "screen_name": handle, "indices": [place, "12"]})
    return found


def urls(random_: random.Random, known: list[int]) -> list[Any]:
    links = ["http://a.b", None, f"https://x.com/zed/Status/{known[-1]}", "https:\\/\\/x.com"]
    return [{"expanded_url": random_.choice(links)}] if random_.random() < 0.2 else []


def archive_of(folder: Path, seed: int) -> None:
    """Write an archive of tweets and long texts."""
    random_ = random.Random(seed)
    data = folder / "data"
    data.mkdir()
    account = [{"account": {"accountId": "1001", "username": "lea_m"}}]
    (data / "account.js").write_text("window.YTD.account.part0 = " + json.dumps(account))
    t_s, known, listed = 1_420_070_400, list[int](), list[Any]()
    for _ in range(150):
        t_s += random_.choice([0, 1, 60, 5000])
        listed.append(tweet(random_, t_s, known))
    random_.shuffle(listed)
    for name, part in (("tweets", listed[:120]), ("deleted-tweets", listed[110:])):
        text = f"window.YTD.{name}.part0 = {json.dumps(part, indent=1)}"
        (data / f"{name}.js").write_bytes(text.encode("utf-8", "surrogatepass"))
    stamp = datetime.fromtimestamp(t_s, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    core = {"text": "bonjour tout le monde @zed", "mentions": [{"screenName": "zed"}]}
    note = {"noteTweet": {"noteTweetId": "1", "createdAt": stamp, "core": core}}
    (data / "note-tweet.js").write_text(f"window.YTD.note.part0 = {json.dumps([note])}")


def tweets_in(folder: Path) -> list[dict[str, Any]]:
    with open_archive(folder) as archive:
        (export,) = exports_of([archive], TWITTER, Options())
        records = [plain(record) for record in singly(TWITTER.read(export))]
    return [*records, dict(sorted(export.notes.items()))]


@pytest.mark.parametrize("seed", range(30))
def test_common_tweets_are_read_as_odd_ones_are(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive_of(tmp_path, seed)
    found = tweets_in(tmp_path)
    # With no field that may hold anything, every record goes the patient way.
    monkeypatch.setattr(blocks, "_ALLOWED", np.zeros_like(blocks._ALLOWED))
    assert found == tweets_in(tmp_path)


def test_only_tweets_that_repeat_or_quote_are_looked_at_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    random_ = random.Random(1)
    listed = []
    for number, text in enumerate(
        ["oui", "@omar_b ça va @zed ?", "RT @zed: yo", "vu https://t.co/a"]
    ):
        ident = tweet_id(random_, 1_420_070_400 + number)
        named = [
            {
                "id_str": f"100{k}",
                "screen_name": handle,
                "indices": [str(text.find(handle) - 1), "9"],
            }
            for k, handle in enumerate(("omar_b", "zed"))
            if handle in text
        ]
        link = [{"expanded_url": "https://x.com/zed/status/5"}] if "vu" in text else []
        made = {
            "id_str": str(ident),
            "created_at": f"Thu Jan 01 00:00:0{number} +0000 2015",
            "full_text": text,
            "entities": {"user_mentions": named, "urls": link},
        }
        if number == 1:
            made |= {"in_reply_to_status_id_str": "7", "in_reply_to_user_id_str": "1000"}
        listed.append({"tweet": made})
    archive_of(tmp_path, 0)
    for file in ("note-tweet.js", "deleted-tweets.js"):
        (tmp_path / "data" / file).unlink()
    (tmp_path / "data" / "tweets.js").write_text("window.YTD.tweets.part0 = " + json.dumps(listed))
    seen, act = [], tweets.act_of
    monkeypatch.setattr(
        tweets, "act_of", lambda said, people: seen.append(said.text) or act(said, people)
    )
    found = [one for one in tweets_in(tmp_path) if one.get("record") == "RawMessage"]
    assert seen == ["RT @zed: yo", "vu https://t.co/a"]
    assert [one.get("kind") for one in found] == ["post", "post", "repost", "quote"]
    # Omar is answered, so his handle in front is none that was typed.
    assert found[1]["mentions"] == ["twitter:opaque:1001"]


# -- parts ---------------------------------------------------------------------------------------


def part_of(folder: Path, records: list[Any]) -> dict[str, Any]:
    """Write records as a part; return its tables, with pseudonyms for the part's own numbers."""
    with PartWriter(folder, "0" * 64) as writer:
        encoder = Encoder(KEY, writer, "0" * 64)
        encoder.take(records)
        encoder.finish()
        writer.publish({})
    part = folder / "parts" / ("0" * 64)
    tables = {name: pq.read_table(part / f"{name}.parquet").to_pylist() for name in PART_TABLES}
    names = {one["account"]: one["pseudonym"] for one in tables["accounts"]}
    talks = {one["conv"]: one["conversation_key"] for one in tables["conversations"]}
    for name, rows in tables.items():
        for one in rows:
            for column, value in one.items():
                if column in PERSONS and value is not None:
                    one[column] = names[value]
                elif column == "conv" and value is not None:
                    one[column] = talks[value]
        if name != "rejects":
            rows.sort(key=repr)
    return {**tables, "ignored": encoder.ignored, "rejected": encoder.rejected}


PERSONS = {
    "account", "actor", "author", "first", "other", "owner", "reply_author", "root_author",
    "second", "target_author", "wall_owner",
}  # fmt: skip


def read_all(folder: Path, format_: Any, options: Options) -> list[Any]:
    archives = open_exports([folder])
    records = [
        record
        for export in exports_of(archives, format_, options)
        for record in format_.read(export)
    ]
    for archive in archives:
        archive.close()
    return records


def check_parts(folder: Path, format_: Any, options: Options, target: Path) -> int:
    batches = read_all(folder, format_, options)
    found = part_of(target / "batches", batches)
    single = part_of(target / "singles", list(singly(read_all(folder, format_, options))))
    assert found == single
    return in_columns(batches)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("format_", [FACEBOOK, TWITTER], ids=lambda format_: format_.name)
def test_parts_of_batches_are_those_of_single_records(
    seed: int, format_: Any, tmp_path: Path
) -> None:
    place = tmp_path / "in"
    place.mkdir()
    (write_threads if format_ is FACEBOOK else archive_of)(place, seed)
    check_parts(place, format_, Options(owner="Léa Martin"), tmp_path)


@pytest.mark.parametrize(
    "case", [*load_cases("facebook"), *load_cases("twitter")], ids=lambda case: case.name
)
def test_parts_of_samples_are_those_of_single_records(case: Path, tmp_path: Path) -> None:
    format_ = FACEBOOK if case.parent.name == "facebook" else TWITTER
    check_parts(case / "input", format_, options_of(case), tmp_path)


def test_a_batch_that_breaks_its_word_is_looked_at_message_by_message(tmp_path: Path) -> None:
    person = Identity("facebook", "a")
    batch = MessageBatch(
        Conversation("facebook", "k", "group"),
        [person],
        np.zeros(3, np.int64),
        np.array([T_MS * 1000, 5, T_MS * 1000 + 1]),
        np.arange(3),
        pa.array(["a", "b", None]),
    )
    found = part_of(tmp_path, [batch])
    assert [one["n_chars"] for one in found["messages"]] == [1, None]
    assert found["rejected"] == {"bad_date": 1}


def test_records_between_columns_keep_their_place() -> None:
    talk, person = Conversation("facebook", "k", "group"), Identity("facebook", "a")
    alone = [RawMessage(talk, person, T_MS, place, text=f"m{place}") for place in (0, 2, 4)]
    batch = MessageBatch(
        talk,
        [person],
        np.zeros(2, np.int64),
        np.full(2, T_MS),
        np.array([1, 3]),
        pa.array(["m1", "m3"]),
        np.array([1, 3]),
        [(one.seq, one) for one in alone],
    )
    assert [one.text for one in batch.singly()] == ["m0", "m1", "m2", "m3", "m4"]
    assert len(batch) == 5


def test_places_among_marked_rows() -> None:
    assert place_among(np.array([False, True, True, False, True])).tolist() == [0, 0, 1, 2, 2]


# -- what the tweets' columns rest on ------------------------------------------------------------


def climbed(parents: dict[int, tuple[int, int]], parent: int, author: int) -> tuple[int, int]:
    """Follow pointers one by one, as long as they lead to a tweet not met before."""
    seen = {parent}
    while parent in parents and parents[parent][0] not in seen:
        parent, author = parents[parent]
        seen.add(parent)
    return parent, author


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 8), st.integers(0, 9), st.integers(-1, 3)), max_size=9),
)
def test_roots_are_found_step_by_step(drawn: list[tuple[int, int, int]]) -> None:
    rows = list({one[0] or -n: one for n, one in enumerate(drawn)}.values())  # each id once
    ident, parent, author = (np.array([one[k] for one in rows], np.int64) for k in range(3))
    found = roots_of(ident, parent, author.astype(np.int32))
    parents = {i: (p, a) for i, p, a in rows if i and p and i != p}
    for (_, p, a), root, by in zip(rows, *(column.tolist() for column in found), strict=True):
        if p == 0:
            assert (root, by) == (0, -1)
            continue
        expected, expected_by = climbed(parents, p, a)
        assert root == expected
        if expected not in ident:  # else it is the owner's, whoever is named
            assert by == expected_by


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.integers(1, 2**63 - 1) | st.integers(1, 20), max_size=40), max_size=5))
def test_a_set_of_ids_is_a_set(drawn: list[list[int]]) -> None:
    known, expected = IdSet(), set[int]()
    for listed in drawn:
        fresh = [one not in expected and one not in listed[:n] for n, one in enumerate(listed)]
        assert known.add(np.array(listed, np.int64)).tolist() == fresh
        expected.update(listed)
    assert all(one in known for one in expected)
    assert known.has(np.array([0, *expected], np.int64)).tolist() == [False] + [True] * len(
        expected
    )
    assert 21 not in known or 21 in expected


def test_a_large_set_of_ids_grows() -> None:
    known = IdSet()
    idents = np.random.default_rng(3).integers(1, 2**62, 50_000)
    assert known.add(idents).sum() == len(set(idents.tolist()))
    assert not known.add(idents).any()


@settings(max_examples=200, deadline=None)
@given(
    st.datetimes(datetime(2006, 4, 1), datetime(2099, 12, 31))  # noqa: DTZ001 - made aware below
)
def test_times_of_the_common_form(moment: datetime) -> None:
    moment = moment.replace(microsecond=0, tzinfo=UTC)
    text = f'"{moment:%a %b %d %H:%M:%S +0000 %Y}"'.encode()
    found = english_times(np.frombuffer(text, np.uint8), np.array([[0, len(text)]], np.int32))
    assert found.tolist() == [int(moment.timestamp())]


@pytest.mark.parametrize(
    "text",
    [
        "Thu Feb 30 00:00:00 +0000 2015", "Wed Feb 29 00:00:00 +0000 2017",
        "Thu Jan 01 24:00:00 +0000 2015", "Thu Jan 01 00:00:60 +0000 2015",
        "Thu Jan 01 00:00:00 +0100 2015", "Xxx Jan 01 00:00:00 +0000 2015",
        "Thu jan 01 00:00:00 +0000 2015", "Thu Jan 1 00:00:00 +0000 2015",
        "2015-01-01T00:00:00.000Z",
    ],
)  # fmt: skip
def test_other_times_are_left_to_the_patient_reader(text: str) -> None:
    data = np.frombuffer(f'"{text}"'.encode(), np.uint8)
    assert english_times(data, np.array([[0, len(data)]], np.int32)).tolist() == [-1]
    # Where it reads them at all, it reads them its own way.
    assert post_time(text, None) is not None


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(["@", "ab", "_9", " ", "\n", "\u00a0", "\u2003", "é", "."]), max_size=9
    )
)
def test_the_lead_of_a_reply_ends_where_the_pattern_ends(parts: list[str]) -> None:
    text = "".join(parts)
    (found,) = lead_ends(pa.array([text]), np.zeros(1, np.int64)).tolist()
    wide = any(blank in text for blank in ("\u00a0", "\u2003"))
    assert found == lead_end(text) or (found == -1 and wide)
