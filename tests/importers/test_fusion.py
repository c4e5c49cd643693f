"""Several members' archives of the same conversations become one set of messages."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bluesky_support as bluesky
import pandas as pd
import pytest
from twitter_support import chat, dm, tweet, write_files

from supportnet.card import card_text
from supportnet.community import Community, open_community
from supportnet.coverage import copy_agreement
from supportnet.ingest import import_archives
from supportnet.ingest.maintain import link_aliases
from supportnet.ingest.tables import person_pseudonym
from supportnet.privacy import Key, normalise, pseudonym
from supportnet.records import Identity
from supportnet.schema import BUILD_TABLES

HOUR = 3600
T0 = 1_700_000_000  # 2023-11-14T22:13:20Z


@dataclass
class Copies:
    """Exports of some members, with what the import is told about each, and declared aliases."""

    exports: list[tuple[Path, dict[str, Any]]]
    aliases: str = ""
    options: dict[str, Any] = field(default_factory=dict)


def load(into: Path, copies: Copies, order: tuple[int, ...]) -> Community:
    """Import the exports one by one, then the aliases."""
    for number in order:
        path, words = copies.exports[number]
        import_archives(path, into=into, community="f", **copies.options, **words)
    if copies.aliases:
        table = into.parent / "aliases.csv"
        table.write_text(copies.aliases, "utf-8")
        link_aliases(into, table)
    return open_community(into)


def content(c: Community) -> dict[str, pd.DataFrame]:
    return {name: c.dataset.frame(name) for name in BUILD_TABLES}


def in_any_order(folder: Path, copies: Copies, *, every: bool = False) -> Community:
    """Import in two orders, or in all, hold that the result is the same, and return it."""
    orders = list(itertools.permutations(range(len(copies.exports))))
    orders = orders if every else [orders[0], orders[-2]]
    whole = load(folder / "all", copies, orders[0])
    golden = content(whole)
    for number, order in enumerate(orders[1:]):
        found = content(load(folder / f"o{number}", copies, order))
        for name in golden:
            pd.testing.assert_frame_equal(golden[name], found[name], obj=f"{name} {order}")
    again = load(folder / "all", copies, orders[-1])  # a second time: nothing new
    for name, table in content(again).items():
        pd.testing.assert_frame_equal(golden[name], table, obj=name)
    return again


def agreement(c: Community) -> list[tuple[int, int, int, int]]:
    """Return (source, source, in both, in one only), by pair."""
    table = copy_agreement(c.dataset)
    columns = ["first_source", "second_source", "n_both", "n_one_only"]
    return [tuple(row) for row in table[columns].astype(int).to_numpy().tolist()]


def iso(seconds: int) -> str:
    return pd.Timestamp(T0 + seconds, unit="s", tz="UTC").strftime("%Y-%m-%dT%H:%M:%S.000Z")


# -- the same few conversations in every format ------------------------------------------------

# Three people; 0 and 1 talk directly, all three in a group. (by, seconds, text)
DIRECT = [(0, 0, "tu es là ?"), (1, 60, "oui"), (1, 65, "oui"), (0, 120, "merci"), (1, 9000, "ok")]
GROUP = [
    *((0, 20_000, "à trois ?"), (2, 20_100, "bien sûr"), (1, 20_200, "oui")),
    *((1, 20_300, "à huit heures ?"), (0, 20_400, "plutôt huit et demie")),
]


def twitter(folder: Path) -> Copies:
    people = ("1001", "1002", "1003")

    def archive(owner: int) -> Path:
        handle = f"p{owner}"
        account = [{"account": {"accountId": people[owner], "username": handle}}]
        rows = [
            dm(f"d{n}", people[by], iso(t), recipientId=people[1 - by], text=text)
            for n, (by, t, text) in enumerate(DIRECT)
        ]
        group = [
            dm(f"g{n}", people[by], iso(t), text=text) for n, (by, t, text) in enumerate(GROUP)
        ]
        start = {"participantsSnapshot": list(people), "initiatingUserId": people[0]}
        group.insert(0, {"joinConversation": {**start, "createdAt": iso(19_000)}})
        post = tweet(f"160000000000000000{owner}", "Tue Dec 06 07:30:00 +0000 2022", f"moi {owner}")
        files: dict[str, Any] = {
            "data/account.js": account,
            "data/tweets.js": [post],
            "data/direct-messages-group.js": [chat("9000001", *reversed(group))],
            "data/direct-messages.js": [],
        }
        if owner < 2:
            talk = chat("1001-1002", *reversed([row for row in rows if kept(owner, row)]))
            files["data/direct-messages.js"] = [talk]
        write_files(folder / handle, files)
        return folder / handle

    def kept(owner: int, row: dict[str, Any]) -> bool:
        # The second owner deleted one message from their own copy.
        return not (owner == 1 and row["messageCreate"]["id"] == "d3")

    return Copies([(archive(owner), {}) for owner in range(3)])


def telegram(folder: Path) -> Copies:
    people, names = (71, 72, 73), ("Rose", "Theo", "Uma")

    def row(number: int, by: int, t: int, text: str) -> dict[str, Any]:
        return {
            "id": number,
            "type": "message",
            "date_unixtime": str(T0 + t),
            "from": names[by],
            "from_id": f"user{people[by]}",
            "text": text,
        }

    def archive(owner: int) -> Path:
        # Message numbers of direct chats are each account's own; those of big groups are not.
        first = 100 * (owner + 1)
        direct = [
            row(first + n, *said)
            for n, said in enumerate(DIRECT)
            if not (owner == 1 and said[2] == "merci")
        ]
        group = [row(n + 1, *said) for n, said in enumerate(GROUP)]
        chats = [{"name": "Trois", "type": "private_supergroup", "id": 900, "messages": group}]
        if owner < 2:
            other = 1 - owner
            talk = {"name": names[other], "type": "personal_chat", "id": people[other]}
            chats.append({**talk, "messages": direct})
        me = {"user_id": people[owner], "first_name": names[owner], "last_name": ""}
        document = {"personal_information": me, "chats": {"about": "", "list": chats}}
        path = folder / names[owner] / "result.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(document), "utf-8")
        return path

    return Copies([(archive(owner), {}) for owner in range(3)])


def whatsapp(folder: Path) -> Copies:
    # Each phone book calls people by other names; the first is the owner's own name.
    books = (("Rose B", "Théo", "Uma"), ("Theo V", "Rose", "Uma tante"), ("Uma", "Rosie", "Théo V"))
    seats = ((0, 1, 2), (1, 0, 2), (2, 0, 1))  # who stands at which place of whose book

    def name(owner: int, person: int) -> str:
        return books[owner][seats[owner].index(person)]

    def lines(owner: int, rows: list[tuple[int, int, str]]) -> list[str]:
        out = []
        for by, t, text in rows:
            if owner == 1 and text == "merci":
                continue
            clock = pd.Timestamp(T0 + t, unit="s", tz="UTC").tz_convert("Europe/Paris")
            out.append(f"{clock:%d/%m/%Y, %H:%M} - {name(owner, by)}: {text}")
        return out

    def archive(owner: int) -> Path:
        place = folder / f"phone{owner}"
        place.mkdir(parents=True)
        opening = f"15/11/2023, 00:00 - {name(owner, 0)} a créé le groupe “Trois”"
        group = [opening, *lines(owner, [(by, t, text) for by, t, text in GROUP])]
        (place / "Discussion WhatsApp avec Trois.txt").write_text("\n".join(group) + "\n", "utf-8")
        if owner < 2:
            path = place / f"Discussion WhatsApp avec {name(owner, 1 - owner)}.txt"
            path.write_text("\n".join(lines(owner, DIRECT)) + "\n", "utf-8")
        return place

    rows = ["person,platform,identifier,owner"]
    for owner in range(3):
        for person in range(3):
            rows.append(f"P{person},whatsapp,{name(owner, person)},{name(owner, owner)}")
    exports: list[tuple[Path, dict[str, Any]]] = [
        (archive(owner), {"owner": books[owner][0]}) for owner in range(3)
    ]
    options = {"timezone": "Europe/Paris", "date_order": "dmy"}
    return Copies(exports, "\n".join(rows) + "\n", options)


def meta_thread(
    names: tuple[str, ...], who: tuple[int, ...], owner: int, rows: list[tuple[int, int, str]]
) -> dict[str, object]:
    """Return what Facebook and Instagram write alike of a thread; the second owner lost a word."""
    messages = [
        {"sender_name": names[by], "timestamp_ms": (T0 + t) * 1000, "content": text}
        for by, t, text in rows
        if not (owner == 1 and text == "merci")
    ]
    return {
        "participants": [{"name": names[n]} for n in who],
        "messages": messages[::-1],
        "title": "Trois" if len(who) > 2 else names[1 - owner],
    }


def facebook(folder: Path) -> Copies:
    names = ("Rose Bel", "Theo Vau", "Uma Kor")

    def archive(owner: int) -> Path:
        place = folder / f"p{owner}"
        inbox = place / "your_facebook_activity" / "messages" / "inbox"

        def thread(key: str, who: tuple[int, ...], rows: list[tuple[int, int, str]]) -> None:
            document = {
                **meta_thread(names, who, owner, rows),
                "is_still_participant": True,
                "thread_path": f"inbox/{key}",
            }
            if len(who) > 2:
                document["joinable_mode"] = {"mode": 1, "link": ""}
            (inbox / key).mkdir(parents=True)
            (inbox / key / "message_1.json").write_text(json.dumps(document), "utf-8")

        thread("trois_900", (0, 1, 2), GROUP)
        if owner < 2:
            thread(f"x_{100 + owner}", (1 - owner, owner), DIRECT)
        profile = place / "personal_information" / "profile_information"
        profile.mkdir(parents=True)
        document = {"profile_v2": {"name": {"full_name": names[owner]}}}
        (profile / "profile_information.json").write_text(json.dumps(document), "utf-8")
        return place

    # Meta writes names, not accounts; that two archives mean one person has to be declared.
    rows = ["person,platform,identifier,owner"]
    rows += [f"{who},facebook,{who},{owner}" for owner in names for who in names]
    return Copies([(archive(owner), {}) for owner in range(3)], "\n".join(rows) + "\n")


def instagram(folder: Path) -> Copies:
    names, handles = ("Rose Bel", "Theo Vau", "Uma Kor"), ("rose.b", "theo_v", "uma.k")

    def archive(owner: int) -> Path:
        place = folder / f"p{owner}"
        inbox = place / "your_instagram_activity" / "messages" / "inbox"

        def thread(key: str, who: tuple[int, ...], rows: list[tuple[int, int, str]]) -> None:
            document = {
                **meta_thread(names, who, owner, rows),
                **({"joinable_mode": {"mode": 1, "link": ""}} if len(who) > 2 else {}),
            }
            (inbox / key).mkdir(parents=True)
            (inbox / key / "message_1.json").write_text(json.dumps(document), "utf-8")

        thread("trois_900", (0, 1, 2), GROUP)
        if owner < 2:
            thread(f"x_{100 + owner}", (1 - owner, owner), DIRECT)
        words = {"Username": {"value": handles[owner]}, "Name": {"value": names[owner]}}
        profile = place / "personal_information" / "personal_information"
        profile.mkdir(parents=True)
        document = {"profile_user": [{"string_map_data": words}]}
        (profile / "personal_information.json").write_text(json.dumps(document), "utf-8")
        return place

    # Display names are each owner's own; the owner's column may be written in any case.
    rows = ["person,platform,identifier,owner"]
    for owner, handle in enumerate(handles):
        rows.append(f"P{owner},instagram,@{handle},")
        rows += [f"P{n},instagram,{name},@{handle.upper()}" for n, name in enumerate(names)]
    return Copies([(archive(owner), {}) for owner in range(3)], "\n".join(rows) + "\n")


def linkedin(folder: Path) -> Copies:
    names = ("Rose Bel", "Theo Vau", "Uma Kor")
    header = (
        "CONVERSATION ID,CONVERSATION TITLE,FROM,SENDER PROFILE URL,TO,RECIPIENT PROFILE URLS,"
        "DATE,SUBJECT,CONTENT,FOLDER,ATTACHMENTS,IS MESSAGE DRAFT"
    )

    def url(person: int) -> str:
        return "https://www.linkedin.com/in/" + names[person].lower().replace(" ", "-")

    def archive(owner: int) -> Path:
        place = folder / f"p{owner}"
        place.mkdir(parents=True)
        lines = [header]

        def talk(key: str, who: tuple[int, ...], rows: list[tuple[int, int, str]]) -> None:
            for by, t, text in rows[::-1]:
                if owner == 1 and text == "merci":
                    continue
                to = [n for n in who if n != by]
                day = pd.Timestamp(T0 + t, unit="s").strftime("%Y-%m-%d %H:%M:%S UTC")
                listed, urls = ", ".join(names[n] for n in to), " ".join(map(url, to))
                lines.append(
                    f'{key},,{names[by]},{url(by)},"{listed}",{urls},{day},,{text},INBOX,,No'
                )

        talk("2-G==", (0, 1, 2), GROUP)
        if owner < 2:
            talk(f"2-D{owner}==", (0, 1), DIRECT)
        (place / "messages.csv").write_text("\n".join(lines) + "\n", "utf-8")
        profile = f"First Name,Last Name\n{names[owner].replace(' ', ',')}\n"
        (place / "Profile.csv").write_text(profile, "utf-8")
        return place

    return Copies([(archive(owner), {}) for owner in range(3)])


def bluesky_chats(folder: Path) -> Copies:
    people = (bluesky.LEA, bluesky.OMAR, bluesky.INES)

    def archive(owner: int) -> Path:
        rows: list[dict[str, Any]] = []
        rooms: list[tuple[str, tuple[int, ...], list[tuple[int, int, str]]]] = [
            ("c9", (0, 1, 2), GROUP)
        ]
        if owner < 2:
            rooms.append(("c1", (0, 1), DIRECT))
        for key, who, said in rooms:
            members = [{"did": people[n], "handle": f"p{n}.example"} for n in who]
            rows.append({"convo": {"id": key, "rev": "1", "members": members}})
            for n, (by, t, text) in enumerate(said):
                if owner == 1 and text == "merci":
                    continue
                message = {
                    "$type": "chat.bsky.convo.defs#messageView",
                    "id": f"{key}m{n}",
                    "rev": "1",
                    "text": text,
                    "sender": {"did": people[by]},
                    "sentAt": iso(t),
                }
                rows.append({"convoId": key, "message": message})
        path = folder / f"p{owner}" / "chat.jsonl"
        path.parent.mkdir(parents=True)
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        return path

    return Copies([(archive(owner), {"owner": people[owner]}) for owner in range(3)])


MEMBERS: dict[str, Callable[[Path], Copies]] = {
    "twitter": twitter,
    "telegram": telegram,
    "whatsapp": whatsapp,
    "facebook": facebook,
    "instagram": instagram,
    "linkedin": linkedin,
    "bluesky": bluesky_chats,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", MEMBERS)
def test_all_orders_give_the_same(name: str, tmp_path: Path) -> None:
    in_any_order(tmp_path, MEMBERS[name](tmp_path / "x"), every=True)


@pytest.mark.parametrize("name", MEMBERS)
def test_three_members_archives_are_one_set_of_messages(name: str, tmp_path: Path) -> None:
    c = in_any_order(tmp_path, MEMBERS[name](tmp_path / "x"))
    messages = c.messages()
    private = messages[messages["visibility"].isin(["private_1to1", "private_group"])]
    counts = private["visibility"].value_counts().to_dict()
    assert counts == {"private_1to1": len(DIRECT), "private_group": len(GROUP)}
    assert private["conversation_id"].nunique() == 2
    assert private["author_id"].nunique() == 3
    ties = c.ties("private")
    assert (len(ties), sorted(ties[["n_fwd", "n_back"]].iloc[0].tolist())) == (1, [2, 3])
    assert c.card["people"] == 3
    # "oui" twice within five seconds stays twice; "merci" is missing in the second copy alone.
    table = copy_agreement(c.dataset)
    assert int(table["n_one_only"].sum()) == 1
    direct = table[table["n_one_only"] == 1]
    assert direct["n_both"].tolist() == [len(DIRECT) - 1]
    assert direct["agreement"].tolist() == [pytest.approx(4 / 5)]
    assert table["n_both"].sum() == 4 + 3 * len(GROUP)
    assert "in one only" in card_text(c.card)


@pytest.mark.parametrize("name", MEMBERS)
def test_two_of_three_are_enough_for_all_that_was_said(name: str, tmp_path: Path) -> None:
    copies = MEMBERS[name](tmp_path / "x")
    whole = load(tmp_path / "whole", copies, (0, 1, 2)).messages()
    copies.exports = copies.exports[:2]
    part = load(tmp_path / "part", copies, (0, 1)).messages()
    private = ["private_1to1", "private_group"]
    seen = [
        table.loc[table["visibility"].isin(private), ["t_us", "visibility", "n_chars"]]
        for table in (whole, part)
    ]
    pd.testing.assert_frame_equal(*(table.reset_index(drop=True) for table in seen))


def edited(folder: Path, phone: int, change: Callable[[list[str]], list[str]]) -> None:
    """Change the lines of one phone's copy of the group."""
    chat = folder / f"phone{phone}" / "Discussion WhatsApp avec Trois.txt"
    chat.write_text("\n".join(change(chat.read_text("utf-8").splitlines())) + "\n", "utf-8")


def groups_of(c: Community) -> tuple[int, int, int]:
    """Return messages in groups, groups, and groups of one name that are held apart."""
    rows = c.messages().query("visibility == 'private_group'")
    apart: int = c.card["copies"]["same_name_apart"]
    return len(rows), rows["conversation_id"].nunique(), apart


JOINED = "15/11/2023, 04:47 - Rosie vous a ajouté"


def test_a_member_who_joined_later_holds_the_same_group(tmp_path: Path) -> None:
    copies = whatsapp(tmp_path / "x")
    edited(tmp_path / "x", 2, lambda lines: [JOINED, *lines[2:]])
    c = in_any_order(tmp_path, copies, every=True)
    assert groups_of(c) == (len(GROUP), 1, 0)
    table = copy_agreement(c.dataset)  # the three copies agree, from when each begins
    assert table.loc[table["n_both"] > len(DIRECT), "n_one_only"].sum() == 0
    assert "same name" not in card_text(c.card)


def test_without_aliases_too_two_copies_are_one_group(tmp_path: Path) -> None:
    # What the phone books call people plays no part in seeing that it is one conversation.
    copies = whatsapp(tmp_path / "x")
    copies.aliases = ""
    edited(tmp_path / "x", 2, lambda lines: [JOINED, *lines[2:]])
    c = load(tmp_path / "d", copies, (2, 0, 1))
    assert groups_of(c)[1:] == (1, 0)


def test_an_export_whose_oldest_messages_the_app_cut_is_the_same_group(tmp_path: Path) -> None:
    copies = whatsapp(tmp_path / "x")
    (path, words), _, _ = copies.exports
    later = tmp_path / "x" / "phone0-again"
    later.mkdir()
    (old,) = path.glob("*Trois.txt")
    lines = old.read_text("utf-8").splitlines()[2:]
    lines.append("16/11/2023, 09:00 - Rose B: et après ?")
    (later / old.name).write_text("\n".join(lines) + "\n", "utf-8")
    c = in_any_order(tmp_path, Copies([(path, words), (later, words)], "", copies.options))
    assert groups_of(c) == (len(GROUP) + 1, 1, 0)


def other_words(lines: list[str]) -> list[str]:
    """Say other things at the same times, but for one sentence that was sent to both groups."""
    kept = [n for n, line in enumerate(lines) if line.endswith("bien sûr")]
    return [
        line if n in kept or n == 0 else f"{line.rpartition(': ')[0]}: autre chose {n}"
        for n, line in enumerate([JOINED, *lines[1:]])
    ]


def one_author(lines: list[str]) -> list[str]:
    """Let one person say everything."""
    return [
        line if n == 0 else f"{line.partition(' - ')[0]} - Uma: {line.rpartition(': ')[2]}"
        for n, line in enumerate(lines)
    ]


def swapped_authors(lines: list[str]) -> list[str]:
    """Let everybody say now this person's words, now that one's."""
    names = ["Rosie", "Théo V", "Théo V", "Rosie", "Uma"]
    return [lines[0]] + [
        f"{line.partition(' - ')[0]} - {name}: {line.rpartition(': ')[2]}"
        for line, name in zip(lines[1:], names, strict=True)
    ]


def two_texts(lines: list[str]) -> list[str]:
    return [JOINED, *lines[4:]]


@pytest.mark.parametrize(
    ("change", "phones"),
    [
        (other_words, (2,)),
        (lambda lines: [JOINED, *one_author(lines)[2:]], (2,)),
        (lambda lines: [JOINED, *swapped_authors(lines)[1:]], (2,)),
        (two_texts, (2,)),
        # One writer sends the same to two groups of one name: notices, in both of which only that
        # person speaks.
        (one_author, (0, 1)),
    ],
    ids=["other words", "one author of many", "authors do not correspond", "two texts", "notices"],
)
def test_groups_of_one_name_are_not_joined_by_guess(
    change: Callable[[list[str]], list[str]], phones: tuple[int, ...], tmp_path: Path
) -> None:
    copies = whatsapp(tmp_path / "x")
    copies.exports = [copies.exports[0], copies.exports[2]]
    edited(tmp_path / "x", 2, lambda lines: change([JOINED, *lines[1:]]))
    if len(phones) > 1:
        edited(tmp_path / "x", 0, one_author)
    c = in_any_order(tmp_path, copies)
    assert groups_of(c)[1:] == (2, 2)
    assert "2 groups bear the name of another and are held apart" in card_text(c.card)


def test_the_name_of_a_group_is_kept_as_a_keyed_digest_alone(tmp_path: Path) -> None:
    copies = whatsapp(tmp_path / "x")
    load(tmp_path / "d", copies, (0, 1, 2))
    digests = set()
    for path in (tmp_path / "d" / "parts").glob("*/source.json"):
        source = json.loads(path.read_text("utf-8"))
        assert "trois" not in path.read_text("utf-8").casefold()
        digests.add(source["name_digest"])
    # The direct chats bear the other's name, which is not kept at all.
    assert None in digests
    (kept,) = digests - {None}
    assert kept != hashlib.sha256(b"name\x1fwhatsapp\x1ftrois").hexdigest()[:32]
    assert len(kept) == 32


@pytest.mark.parametrize("name", ["whatsapp", "facebook"])
def test_without_aliases_names_of_two_owners_are_not_joined(name: str, tmp_path: Path) -> None:
    copies = MEMBERS[name](tmp_path / "x")
    copies.aliases = ""
    c = in_any_order(tmp_path, copies)
    assert c.card["people"] == 9
    direct = c.messages().query("visibility == 'private_1to1'")
    assert len(direct) == 2 * len(DIRECT) - 1


@pytest.mark.parametrize(
    ("row", "account"),
    [
        (("Mastodon", "Lea@M.example", ""), Identity("mastodon", "lea@m.example", kind="handle")),
        (("mastodon", "@lea@m.example", ""), Identity("mastodon", "lea@m.example", kind="handle")),
        (("instagram", "@Lea_M", ""), Identity("instagram", "lea_m", kind="handle")),
        (("matrix", "lea@m.example", ""), Identity("matrix", "lea@m.example", kind="email")),
        (("instagram", "Omar B", "@Lea_M"), Identity("instagram", "Omar B", "owner", "name")),
    ],
)
def test_accounts_are_declared_as_people_write_them(
    row: tuple[str, str, str], account: Identity
) -> None:
    key = Key("test", bytes(range(32)))
    written = dict(zip(("platform", "identifier", "owner"), row, strict=True))
    book = normalise(Identity("instagram", "lea_m", kind="handle")) if row[2] else ""
    assert person_pseudonym(key, written) == pseudonym(key, account, owner=book)


def test_an_older_export_of_the_same_owner_adds_what_was_deleted_since(tmp_path: Path) -> None:
    copies = telegram(tmp_path / "x")
    (path, words), _, _ = copies.exports
    later = json.loads(path.read_text("utf-8"))
    direct = later["chats"]["list"][1]["messages"]
    gone = direct.pop(1)
    direct.append({**gone, "id": 999, "date_unixtime": str(T0 + 30_000), "text": "encore"})
    newer = tmp_path / "x" / "newer" / "result.json"
    newer.parent.mkdir()
    newer.write_text(json.dumps(later), "utf-8")
    c = in_any_order(tmp_path, Copies([(path, words), (newer, words)]))
    messages = c.messages()
    assert (messages["visibility"] == "private_1to1").sum() == len(DIRECT) + 1
    rows = agreement(c)
    # Up to the end of the older one: four of five direct rows in both, and the whole group.
    assert sum(row[2] for row in rows) == 4 + len(GROUP)
    assert sum(row[3] for row in rows) == 1


# -- public sides ------------------------------------------------------------------------------


def mastodon(folder: Path) -> Copies:
    """Three people answer each other in public; each archive holds its owner's posts alone."""
    hosts = ("a.example", "b.example", "c.example")
    public = "https://www.w3.org/ns/activitystreams#Public"
    said = [(0, 0, None), (1, 600, 0), (2, 1200, 1), (0, 1800, 2)]

    def actor(n: int) -> str:
        return f"https://{hosts[n]}/users/p{n}"

    def uri(n: int) -> str:
        return f"{actor(said[n][0])}/statuses/{n + 1}"

    def archive(owner: int) -> Path:
        items = []
        for n, (by, t, parent) in enumerate(said):
            if by != owner:
                continue
            to = [public]
            tags = []
            if parent is not None:
                other = said[parent][0]
                tags = [
                    {"type": "Mention", "href": actor(other), "name": f"@p{other}@{hosts[other]}"}
                ]
                to.append(actor(other))
            note = {
                "id": uri(n),
                "type": "Note",
                "inReplyTo": None if parent is None else uri(parent),
                "published": iso(t).replace(".000", ""),
                "attributedTo": actor(by),
                "to": to,
                "cc": [],
                "conversation": "tag:a.example,2023-11-14:objectId=1:objectType=Conversation",
                "content": f"<p>un mot {n}</p>",
                "tag": tags,
            }
            items.append(
                {
                    "id": f"{uri(n)}/activity",
                    "type": "Create",
                    "actor": actor(by),
                    "published": note["published"],
                    "to": to,
                    "cc": [],
                    "object": note,
                }
            )
        place = folder / f"p{owner}"
        place.mkdir(parents=True)
        outbox = {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": "outbox.json",
            "type": "OrderedCollection",
            "totalItems": len(items),
            "orderedItems": items,
        }
        (place / "outbox.json").write_text(json.dumps(outbox), "utf-8")
        me = {
            "@context": ["https://www.w3.org/ns/activitystreams"],
            "id": actor(owner),
            "type": "Person",
            "preferredUsername": f"p{owner}",
            "outbox": "outbox.json",
        }
        (place / "actor.json").write_text(json.dumps(me), "utf-8")
        return place

    return Copies([(archive(owner), {}) for owner in range(3)])


def bluesky_posts(folder: Path) -> Copies:
    """Write the same thread as three repositories."""
    people = (bluesky.LEA, bluesky.OMAR, bluesky.INES)
    said = [(0, 0, None), (1, 600, 0), (2, 1200, 1), (0, 1800, 2)]
    keys = [bluesky.tid((T0 + t) * 1_000_000) for _, t, _ in said]

    def archive(owner: int) -> Path:
        records = {}
        for n, (by, t, parent) in enumerate(said):
            if by == owner:
                more = {}
                if parent is not None:
                    up = bluesky.reference(people[said[parent][0]], keys[parent])
                    more["reply"] = {"root": bluesky.reference(people[0], keys[0]), "parent": up}
                post = bluesky.post(f"un mot {n}", iso(t), **more)
                records[f"app.bsky.feed.post/{keys[n]}"] = post
        path = folder / f"p{owner}" / "repo.car"
        path.parent.mkdir(parents=True)
        path.write_bytes(bluesky.repository(records, people[owner]))
        return path

    return Copies([(archive(owner), {}) for owner in range(3)])


def twitter_posts(folder: Path) -> Copies:
    """Write the same thread as three archives."""
    said = [(0, "07:30", None), (1, "07:40", 0), (2, "07:50", 1), (0, "08:00", 2)]
    people = ("1001", "1002", "1003")

    def archive(owner: int) -> Path:
        posts = []
        for n, (by, clock, parent) in enumerate(said):
            if by == owner:
                more = {}
                if parent is not None:
                    other = said[parent][0]
                    more = {
                        "in_reply_to_status_id_str": f"160000000000000000{parent}",
                        "in_reply_to_user_id_str": people[other],
                        "in_reply_to_screen_name": f"p{other}",
                    }
                when = f"Tue Dec 06 {clock}:00 +0000 2022"
                posts.append(tweet(f"160000000000000000{n}", when, f"un mot {n}", **more))
        account = [{"account": {"accountId": people[owner], "username": f"p{owner}"}}]
        files = {"data/account.js": account, "data/tweets.js": posts}
        write_files(folder / f"p{owner}", files)
        return folder / f"p{owner}"

    return Copies([(archive(owner), {}) for owner in range(3)])


THREADS = {"mastodon": mastodon, "bluesky": bluesky_posts, "twitter": twitter_posts}


@pytest.mark.parametrize("name", THREADS)
def test_a_thread_is_put_together_from_its_authors_archives(name: str, tmp_path: Path) -> None:
    c = in_any_order(tmp_path, THREADS[name](tmp_path / "x"))
    messages = c.messages()
    assert len(messages) == 4
    assert set(messages["visibility"]) == {"public"}
    assert messages["conversation_id"].nunique() == 1
    assert messages["author_id"].tolist() == [0, 1, 2, 0]
    # Each parent is found, and each reply goes to its author.
    assert messages["reply_to"].tolist()[1:] == [0, 1, 2]
    assert messages["reply_author"].tolist()[1:] == [0, 1, 2]
    assert c.card["people"] == 3
    # Nobody's archive holds what the others posted, so there is nothing to agree about.
    assert copy_agreement(c.dataset).empty


@pytest.mark.parametrize("name", THREADS)
def test_a_missing_archive_leaves_a_pointer_and_its_arrival_resolves_it(
    name: str, tmp_path: Path
) -> None:
    copies = THREADS[name](tmp_path / "x")
    c = load(tmp_path / "d", Copies([copies.exports[0], copies.exports[2]]), (1, 0))
    messages = c.messages()
    assert c.card["replies_explicit"] == 2
    assert messages["reply_to"].notna().sum() == 1  # the last answers the third person's
    assert c.card["people"] == 3  # the second was addressed
    c = load(tmp_path / "d", Copies([copies.exports[1]]), (0,))
    assert c.messages()["reply_to"].notna().sum() == 3
    assert c.messages()["conversation_id"].nunique() == 1
