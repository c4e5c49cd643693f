"""The folder that `supportnet example` writes: same bytes, right forms, everything told once."""

import csv
import hashlib
import io
import json
import re
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from supportnet.errors import InputError
from supportnet.privacy import load_key
from supportnet.simulate import EXAMPLE, Plan, Simulated, community, example_files, write_example

SMALL = Plan(
    people=20,
    twinomes=2,
    dyads=2,
    bridges=1,
    hubs=1,
    channels=1,
    whatsapp_ties=1,
    telegram_ties=2,
    initial_ties=6,
)
ANDROID = re.compile(r"\d{2}/\d{2}/2024 à \d{2}:\d{2} - (?:([^:]+): )?(.*)")
IOS = re.compile(r"\u200e?\[\d{2}/\d{2}/2024, \d{2}:\d{2}:\d{2}\] ([^:]+): (.*)")


@pytest.fixture(scope="module")
def made() -> Simulated:
    return community(EXAMPLE)


@pytest.fixture(scope="module")
def files(made: Simulated) -> dict[str, bytes]:
    return example_files(made)


def unzipped(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def records(text: bytes) -> Any:
    """Parse what stands after the first equals sign."""
    return json.loads(text.decode("utf-8").partition("=")[2])


@pytest.fixture(scope="module")
def archives(files: dict[str, bytes]) -> dict[str, dict[str, Any]]:
    """Person code → file → parsed records, of all Twitter archives."""
    return {
        name[-8:-4].upper(): {
            path: records(text) for path, text in unzipped(content).items() if path.endswith(".js")
        }
        for name, content in files.items()
        if name.startswith("archives/twitter-")
    }


def directs(archive: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return (conversation, message) of an archive's direct messages, copies included."""
    return [
        (talk["dmConversation"]["conversationId"], event["messageCreate"])
        for path, talks in archive.items()
        if path.startswith("data/direct-messages") and "group" not in path
        for talk in talks
        for event in talk["dmConversation"]["messages"]
    ]


def test_two_runs_are_byte_identical() -> None:
    first, second = (example_files(community(SMALL)) for _ in range(2))
    assert list(first) == sorted(first)
    assert first == second


def test_committed_example_is_what_the_generator_writes(
    root: Path, files: dict[str, bytes]
) -> None:
    """Compare contents inside zips: compressed bytes may differ with the compression library."""
    folder = root / "data" / "example"
    if not (folder / "SYNTHETIC").is_file():
        pytest.skip("the example is not in this copy of the project")
    present = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    # The migration inside it has a test of its own.
    assert {name for name in present if not name.startswith("migration/")} == set(files)
    for name, content in files.items():
        committed = (folder / name).read_bytes()
        if name.endswith(".zip"):
            assert unzipped(committed) == unzipped(content), name
        else:
            assert committed == content, name


def test_sizes(files: dict[str, bytes]) -> None:
    assert sum(map(len, files.values())) < 4_000_000
    assert max(map(len, files.values())) < 200_000


def test_zip_metadata_is_fixed(files: dict[str, bytes]) -> None:
    for name, content in files.items():
        if not name.endswith(".zip"):
            continue
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = archive.infolist()
        assert [i.filename for i in infos] == sorted(i.filename for i in infos)
        assert {(i.date_time, i.create_system, i.compress_type) for i in infos} == {
            ((2025, 1, 5, 12, 0, 0), 3, zipfile.ZIP_DEFLATED)
        }


def test_one_archive_per_donor_with_true_counts(
    made: Simulated, archives: dict[str, dict[str, Any]]
) -> None:
    donors = made.people.loc[made.people["donor"]].set_index("code")["twitter_id"]
    assert sorted(archives) == sorted(donors.index)
    for code, archive in archives.items():
        assert archive["data/account.js"][0]["account"]["accountId"] == donors[code]
        listed = archive["data/manifest.js"]["dataTypes"]
        parts = [part for entry in listed.values() for part in entry["files"]]
        assert {p["fileName"] for p in parts} | {"data/manifest.js"} == set(archive)
        for part in parts:
            assert len(archive[part["fileName"]]) == int(part["count"])


def test_direct_messages_are_all_there_and_in_both_archives(
    made: Simulated, archives: dict[str, dict[str, Any]]
) -> None:
    account = made.people.set_index("code")["twitter_id"]
    donors = set(account[made.people.set_index("code")["donor"]])
    events = made.events
    planned = events[(events["platform"] == "twitter") & (events["layer"] == "private_1to1")]
    expected = sorted(
        (account[a], account[o], t // 1000)
        for a, o, t in planned[["author", "others", "t_us"]].itertuples(index=False)
    )
    seen: dict[str, tuple[str, str, int]] = {}
    owners: dict[str, set[str]] = {}
    for code, archive in archives.items():
        for conversation, message in directs(archive):
            pair = sorted((int(message["senderId"]), int(message["recipientId"])))
            assert conversation == f"{pair[0]}-{pair[1]}"
            sent = datetime.fromisoformat(message["createdAt"])
            t_ms = round(sent.timestamp() * 1000)
            assert (int(message["id"]) >> 22) + 1_288_834_974_657 == t_ms
            seen[message["id"]] = (message["senderId"], message["recipientId"], t_ms)
            owners.setdefault(message["id"], set()).add(account[code])
    assert sorted(seen.values()) == expected
    for message_id, (sender, recipient, _) in seen.items():
        assert owners[message_id] == {sender, recipient} & donors


def test_first_archive_is_split_with_overlap(archives: dict[str, dict[str, Any]]) -> None:
    split = [c for c, a in archives.items() if "data/direct-messages-part1.js" in a]
    assert split == ["P001"]
    messages = directs(archives["P001"])
    n_copies = len(messages) - len({m["id"] for _, m in messages})
    assert n_copies >= 1
    others = [m["id"] for c, a in archives.items() if c != "P001" for _, m in directs(a)]
    assert len(others) == sum(
        len({m["id"] for _, m in directs(a)}) for c, a in archives.items() if c != "P001"
    )


def test_tweets_hold_the_pointers(made: Simulated, archives: dict[str, dict[str, Any]]) -> None:
    people = made.people.set_index("twitter_id")
    kinds: dict[str, int] = {}
    for code, archive in archives.items():
        own = [entry["tweet"] for entry in archive["data/tweets.js"]]
        author = made.people.set_index("code").loc[code, "handle"]
        for tweet in own:
            text = tweet["full_text"]
            assert not re.search(r"[<>]|&(?!amp;|lt;|gt;)", text)
            datetime.strptime(tweet["created_at"], "%a %b %d %H:%M:%S %z %Y")
            for mention in tweet["entities"]["user_mentions"]:
                start, end = map(int, mention["indices"])
                assert text[start:end] == "@" + mention["screen_name"]
                assert people.loc[mention["id_str"], "handle"] == mention["screen_name"]
                assert mention["screen_name"] != author
            for url in tweet["entities"]["urls"]:
                start, end = map(int, url["indices"])
                assert text[start:end] == url["url"]
            kinds[kind_of(tweet)] = kinds.get(kind_of(tweet), 0) + 1
    tweets = made.events[
        (made.events["platform"] == "twitter") & (made.events["layer"] == "public")
    ]
    expected = tweets["kind"].value_counts().to_dict()
    assert kinds.pop("typed") + kinds.pop("leading") == expected.pop("mention")
    assert kinds == expected


def kind_of(tweet: dict[str, Any]) -> str:
    text = tweet["full_text"]
    if text.startswith("RT @"):
        return "repost"
    if re.search(r"https://twitter\.com/ex_\w+/status/\d+$", text):
        return "quote"
    if "in_reply_to_status_id_str" in tweet:
        return "reply"
    if "in_reply_to_user_id_str" in tweet:
        return "leading"
    return "typed" if tweet["entities"]["user_mentions"] else "post"


def test_replies_point_at_a_tweet_of_the_person_named(archives: dict[str, dict[str, Any]]) -> None:
    author_of = {
        entry["tweet"]["id_str"]: archive["data/account.js"][0]["account"]["accountId"]
        for archive in archives.values()
        for entry in archive["data/tweets.js"]
    }
    n = 0
    for archive in archives.values():
        for entry in archive["data/tweets.js"]:
            tweet = entry["tweet"]
            if "in_reply_to_status_id_str" in tweet:
                n += 1
                parent = tweet["in_reply_to_status_id_str"]
                assert author_of[parent] == tweet["in_reply_to_user_id_str"]
    assert n > 5000


def test_channels_likes_and_contacts(made: Simulated, archives: dict[str, dict[str, Any]]) -> None:
    channels: dict[str, set[str]] = {}
    for code, archive in archives.items():
        for talk in archive["data/direct-messages-group.js"]:
            channels.setdefault(talk["dmConversation"]["conversationId"], set()).add(code)
            events = talk["dmConversation"]["messages"]
            assert sum("messageCreate" in e for e in events) == EXAMPLE.channel_messages
            assert not any("recipientId" in e.get("messageCreate", {}) for e in events)
    assert sorted(map(len, channels.values())) == [3, 3, 3, 3]
    n_likes = sum(len(a["data/like.js"]) for a in archives.values())
    n_follow = sum(len(a["data/following.js"]) for a in archives.values())
    n_follower = sum(len(a["data/follower.js"]) for a in archives.values())
    counts = made.contacts["kind"].value_counts()
    assert (n_likes, n_follow, n_follower) == (
        len(made.likes),
        counts["follow"],
        counts["follower"],
    )
    ids = made.people.set_index("code")["twitter_id"]
    follows = {
        (c, r["following"]["accountId"])
        for c, a in archives.items()
        for r in a["data/following.js"]
    }
    followers = {
        (c, r["follower"]["accountId"]) for c, a in archives.items() for r in a["data/follower.js"]
    }
    code_of = {account: code for code, account in ids.items()}
    for code, account in follows:
        if code_of.get(account) in archives:  # the other side's archive must agree
            assert (code_of[account], ids[code]) in followers


def test_whatsapp_lines(made: Simulated, files: dict[str, bytes]) -> None:
    events = made.events[made.events["platform"] == "whatsapp"]
    total = 0
    for name, content in files.items():
        if "WhatsApp" not in name:
            continue
        text = unzipped(content)["_chat.txt"] if name.endswith(".zip") else content
        pattern = IOS if name.endswith(".zip") else ANDROID
        found = [pattern.fullmatch(line) for line in text.decode("utf-8").splitlines()]
        assert found[0]
        spoken = [m for m in found[1:] if m is not None and m[1] is not None]
        authors = {m[1] for m in spoken}
        assert len(authors) == 6 if "Rando du dimanche" in name else len(authors) == 2
        total += len(spoken)
        if "Rando du dimanche" not in name:
            title = re.sub(r"^.*(?:avec|Chat -) |\.\w+$", "", name)
            assert title in authors  # the file bears the other person's name
            assert len(authors - {title}) == 1
    assert total == len(events)
    assert events["conversation"].nunique() == EXAMPLE.whatsapp_ties + 1


def test_telegram_files(made: Simulated, files: dict[str, bytes]) -> None:
    parsed = [
        json.loads(text)
        for name, content in files.items()
        if name.startswith("archives/telegram-")
        for text in unzipped(content).values()
    ]
    whole = [p for p in parsed if "chats" in p]
    assert len(parsed) == 3
    assert len(whole) == 1
    chats = [*whole[0]["chats"]["list"], *(p for p in parsed if "chats" not in p)]
    messages = [m for c in chats for m in c["messages"] if m["type"] == "message"]
    events = made.events[made.events["platform"] == "telegram"]
    assert (
        sorted(int(m["date_unixtime"]) for m in messages)
        == (events["t_us"] // 1_000_000).sort_values().tolist()
    )
    assert sum("reply_to_message_id" in m for m in messages) == events["reply_to"].notna().sum()
    assert (
        sum("reactions" in m for m in messages)
        == made.reactions["event_id"].isin(events["event_id"]).sum()
    )
    counted = [m["id"] for c in whole[0]["chats"]["list"] for m in c["messages"]]
    assert len(counted) == len(set(counted))  # one counter for the account
    for chat in chats:
        assert [m["id"] for m in chat["messages"]] == sorted(m["id"] for m in chat["messages"])
        senders = {m["from_id"] for m in chat["messages"] if m["type"] == "message"}
        if chat["type"] == "personal_chat":
            assert f"user{chat['id']}" in senders
            assert len(senders) == 2
        numbers = {m["id"] for m in chat["messages"]}
        assert all(m.get("reply_to_message_id", 99) in numbers | {99} for m in chat["messages"])
        for m in chat["messages"]:
            wall = datetime.fromisoformat(m["date"] + "+00:00").timestamp()
            assert wall - int(m["date_unixtime"]) in (3600, 7200)  # Paris
    assert whole[0]["personal_information"]["user_id"] not in {c["id"] for c in chats}


def test_board_matches_its_map(made: Simulated, files: dict[str, bytes]) -> None:
    rows = list(csv.DictReader(io.StringIO(files["archives/board.csv"].decode("utf-8"))))
    columns = json.loads(files["board.map.json"])
    assert set(columns.values()) - {"board"} <= set(rows[0])
    events = made.events[made.events["platform"] == "board"]
    assert len(rows) == len(events)
    t_us = [round(datetime.fromisoformat(r["date"]).timestamp()) * 1_000_000 for r in rows]
    assert t_us == events["t_us"].tolist()
    names = made.people.set_index("code")["board_name"]
    assert [r["author"] for r in rows] == names[events["author"]].tolist()
    assert sum(not r["reply_to_author"] for r in rows) == EXAMPLE.threads


def test_aliases_join_accounts_that_occur(made: Simulated, files: dict[str, bytes]) -> None:
    rows = list(csv.DictReader(io.StringIO(files["aliases.csv"].decode("utf-8"))))
    assert list(rows[0]) == ["person", "platform", "identifier", "owner"]
    accounts = [(r["platform"], r["owner"], r["identifier"]) for r in rows]
    assert len(accounts) == len(set(accounts))  # nobody's account is claimed twice
    by_person: dict[str, set[str]] = {}
    for row in rows:
        by_person.setdefault(row["person"], set()).add(row["platform"])
        assert bool(row["owner"]) == (row["platform"] == "whatsapp")
    assert all(len(platforms) > 1 for platforms in by_person.values())
    chats = b"".join(
        b"".join(unzipped(content).values()) if name.endswith(".zip") else content
        for name, content in files.items()
        if "WhatsApp" in name
    ).decode("utf-8")
    for row in rows:
        if row["platform"] == "whatsapp":
            assert f" {row['identifier']}: " in chats
            assert f" {row['owner']}: " in chats
    talking = set(made.events.loc[made.events["platform"].isin(["board", "telegram"]), "author"])
    assert talking <= set(by_person)


def test_consent_names_everybody(made: Simulated, files: dict[str, bytes]) -> None:
    rows = list(csv.DictReader(io.StringIO(files["consent.csv"].decode("utf-8"))))
    assert {r["person"] for r in rows} == set(made.people["code"])
    donors = set(made.people.loc[made.people["donor"], "code"])
    assert {r["person"] for r in rows if r["state"] == "donor"} == donors
    assert {r["state"] for r in rows} == {"donor", "consented", "notified", "none"}


def test_import_calls_name_every_archive_once(files: dict[str, bytes]) -> None:
    calls = json.loads(files["imports.json"])
    listed = [pattern for call in calls for pattern in call["files"]]
    archives = [Path(name) for name in files if name.startswith("archives/")]
    for path in archives:
        hits = [p for p in listed if (path.match(p) if "*" in p else path.as_posix() == p)]
        assert len(hits) == 1, path


def test_key_is_the_public_one(files: dict[str, bytes]) -> None:
    secret = bytes.fromhex(files["example.key"].decode().strip())
    assert secret == load_key("example").secret
    assert secret == hashlib.sha256(b"supportnet example community, synthetic, public key").digest()


def test_readme_explains_every_field_of_the_truth(files: dict[str, bytes]) -> None:
    truth = json.loads(files["truth.json"])
    readme = files["README.md"].decode("utf-8")

    def words(value: Any, inside: str = "") -> set[str]:
        if isinstance(value, list):
            return set().union(*(words(v, inside) for v in value)) if value else set()
        if not isinstance(value, dict):
            return set()
        keys = {k for k in value if inside not in ("people", "rate", "kinds", "horizon_h")}
        return keys.union(*(words(v, k) for k, v in value.items()))

    counted = {"start", "end", "synthetic", "board", "telegram", "twitter", "whatsapp"}
    counted |= {"private_group", "follow", "follower", "formation"}
    closure = set(truth["closure"]["planted"]) | set(truth["closure"]["realised"])
    missing = {w for w in words(truth) - counted - closure if w not in readme}
    assert missing == set()


def test_write_example_refuses_a_folder_of_other_things(tmp_path: Path) -> None:
    other = tmp_path / "thesis"
    other.mkdir()
    (other / "draft.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="empty folder"):
        write_example(other, SMALL, migration=None)
    assert [p.name for p in other.iterdir()] == ["draft.txt"]
    with pytest.raises(InputError, match="found a file"):
        write_example(other / "draft.txt", SMALL, migration=None)


def test_write_example_writes_again_over_itself(tmp_path: Path) -> None:
    first = write_example(tmp_path / "ex", SMALL, migration=None)
    before = {p: p.read_bytes() for p in first}
    assert write_example(str(tmp_path / "ex"), SMALL, migration=None) == first
    assert {p: p.read_bytes() for p in first} == before
    stray = tmp_path / "ex" / "archives" / "real.zip"
    stray.write_bytes(b"")
    with pytest.raises(InputError, match="1 other files"):
        write_example(tmp_path / "ex", SMALL, migration=None)
