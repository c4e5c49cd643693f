"""Chats that moved to encrypted storage: joined to what came before, never taken for silence."""

from __future__ import annotations

import itertools
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import supportnet as sn
from supportnet.community import Community, open_community
from supportnet.ingest import import_archives
from supportnet.ingest.maintain import link_aliases

WEEK = 7 * 86_400
T0 = 1_690_000_000  # July 2023
CUT = 8  # weeks after which the chats moved
NAMES = ("Lea Roux", "Omar Ben", "Ines Fox", "Paul Roi")
MESSAGES = "your_facebook_activity/messages"
PROFILE = "personal_information/profile_information/profile_information.json"
Said = Sequence[tuple[int, int, str]]  # by, seconds since T0, text


def weekly(first: int, last: int, one: int, other: int) -> list[tuple[int, int, str]]:
    """Say something both ways in each week from `first` to before `last`."""
    return [
        row
        for week in range(first, last)
        for row in (
            (one, week * WEEK + 3600, f"{one}{other} semaine {week} ?"),
            (other, week * WEEK + 7200, f"{other}{one} semaine {week} !"),
        )
    ]


def thread(owner: int, who: Sequence[int], said: Said, place: str) -> dict[str, Any]:
    """Return a conversation of the main download, newest message first."""
    others = [n for n in who if n != owner]
    document: dict[str, Any] = {
        "participants": [{"name": NAMES[n]} for n in (*others, owner)],
        "messages": [
            {"sender_name": NAMES[by], "timestamp_ms": (T0 + t) * 1000, "content": text}
            for by, t, text in sorted(said, key=lambda row: -row[1])
        ],
        "title": "Trois" if len(who) > 2 else NAMES[others[0]],
        "thread_path": place,
    }
    if len(who) > 2:
        document["joinable_mode"] = {"mode": 1, "link": ""}
    return document


def sealed(who: Sequence[int], title: str, said: Said) -> dict[str, Any]:
    """Return a conversation of the download of encrypted chats."""
    rows = [
        {
            "senderName": NAMES[by],
            "text": text,
            "timestamp": (T0 + t) * 1000,
            "type": "text",
            "isUnsent": False,
            "media": [],
            "reactions": [],
        }
        for by, t, text in said
    ]
    return {"participants": [NAMES[n] for n in who], "threadName": title, "messages": rows}


def packed(path: Path, files: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as made:
        for name, document in files.items():
            made.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), json.dumps(document))
    return path


BEFORE, AFTER = weekly(0, CUT, 0, 1), weekly(CUT, 12, 0, 1)
TALK = [(0, 5 * WEEK, "à trois ?"), (2, 5 * WEEK + 60, "bien sûr"), (1, 5 * WEEK + 90, "oui")]
LATER = [(1, 9 * WEEK, "encore ?"), (0, 9 * WEEK + 60, "oui"), (2, 9 * WEEK + 99, "d'accord")]
ELSEWHERE = weekly(0, 40, 0, 2)


def main_download(owner: int, section: str = "e2ee_cutover") -> dict[str, Any]:
    """Return a main download: a direct chat and a group until they moved, another that stayed."""
    files: dict[str, Any] = {PROFILE: {"profile_v2": {"name": {"full_name": NAMES[owner]}}}}
    files[f"{MESSAGES}/{section}/trois_900/message_1.json"] = thread(
        owner, (0, 1, 2), TALK, f"{section}/trois_900"
    )
    if owner < 2:
        place = f"{section}/direct_{100 + owner}"
        files[f"{MESSAGES}/{place}/message_1.json"] = thread(owner, (0, 1), BEFORE, place)
    if owner != 1:
        place = f"inbox/ailleurs_{200 + owner}"
        files[f"{MESSAGES}/{place}/message_1.json"] = thread(owner, (0, 2), ELSEWHERE, place)
    return files


def second_download(owner: int) -> dict[str, Any]:
    """Return a download of encrypted chats: what came after the move."""
    files = {"Trois_3.json": sealed((0, 1, 2), "Trois", LATER)}
    if owner < 2:
        other = NAMES[1 - owner]
        files[f"{other}_4.json"] = sealed((1 - owner, owner), other, AFTER)
        # Of two names in every chat either could be the owner's: a third chat tells.
        files["Paul Roi_5.json"] = sealed((3, owner), NAMES[3], weekly(9, 11, owner, 3))
    return files


def load(into: Path, calls: Sequence[Sequence[Path]]) -> Community:
    for exports in calls:
        import_archives(list(exports), into=into, community="e")
    rows = ["person,platform,identifier,owner"]
    rows += [f"{who},facebook,{who},{owner}" for owner in NAMES[:3] for who in NAMES]
    table = into.parent / f"{into.name}.csv"
    table.write_text("\n".join(rows) + "\n", "utf-8")
    link_aliases(into, table)
    return open_community(into)


def counted(c: Community) -> tuple[dict[str, int], int]:
    """Return private messages by visibility, and the number of private conversations."""
    messages = c.messages()
    return messages["visibility"].value_counts().to_dict(), messages["conversation_id"].nunique()


def everything(members: int) -> tuple[dict[str, int], int]:
    """Return what both downloads of so many members hold, each message once."""
    direct = len(BEFORE) + len(AFTER) + len(ELSEWHERE) + members * 4
    return {"private_1to1": direct, "private_group": len(TALK) + len(LATER)}, 3 + members


def test_both_downloads_of_two_members_are_one_set_of_messages(tmp_path: Path) -> None:
    calls = [
        [
            packed(tmp_path / f"main{owner}.zip", main_download(owner)),
            packed(tmp_path / f"chats{owner}.zip", second_download(owner)),
        ]
        for owner in (0, 1)
    ]
    for number, order in enumerate(itertools.permutations(calls)):
        assert counted(load(tmp_path / f"d{number}", order)) == everything(2)
    # The two downloads of a person need not be named in this order, nor in calls of their own.
    mixed = [calls[1][1], calls[0][0], calls[0][1], calls[1][0]]
    assert counted(load(tmp_path / "mixed", [mixed])) == everything(2)


def test_the_second_download_in_a_call_of_its_own_says_what_to_do(tmp_path: Path) -> None:
    main = packed(tmp_path / "main.zip", main_download(0))
    chats = packed(tmp_path / "chats.zip", second_download(0))
    import_archives(main, into=tmp_path / "d", community="e")
    report = import_archives(chats, into=tmp_path / "d", community="e")
    (sentence,) = report.advice
    assert "name all volumes of its export in one import" in sentence
    assert counted(load(tmp_path / "d", [[chats, main]])) == everything(1)


def test_encrypted_chats_alone_of_two_members_are_one(tmp_path: Path) -> None:
    calls = [[packed(tmp_path / f"c{owner}.zip", second_download(owner))] for owner in (0, 1)]
    for number, order in enumerate(itertools.permutations(calls)):
        found = counted(load(tmp_path / f"d{number}", order))
        assert found == ({"private_1to1": len(AFTER) + 8, "private_group": len(LATER)}, 4)


def test_one_member_with_both_downloads_and_one_with_the_first(tmp_path: Path) -> None:
    both = [
        packed(tmp_path / "main0.zip", main_download(0)),
        packed(tmp_path / "chats0.zip", second_download(0)),
    ]
    calls = [both, [packed(tmp_path / "main1.zip", main_download(1))]]
    for number, order in enumerate(itertools.permutations(calls)):
        c = load(tmp_path / f"d{number}", order)
        assert counted(c) == everything(1)
        # What only one of the two could hold after the move is no disagreement of copies.
        agreed = sn.coverage.copy_agreement(c.dataset)
        assert int(agreed["n_one_only"].sum()) == 0


# -- silent, or not observed ----------------------------------------------------------------------


def tie(c: Community) -> tuple[int, int]:
    """Return the tie of the chat that moved."""
    accounts = c.ties("private")
    found = accounts[accounts["n_fwd"] + accounts["n_back"] == len(BEFORE)]
    return int(found["lo"].iloc[0]), int(found["hi"].iloc[0])


def of_tie(table: pd.DataFrame, ends: tuple[int, int]) -> pd.DataFrame:
    return table[(table["lo"] == ends[0]) & (table["hi"] == ends[1])].set_index("measure")


@pytest.mark.parametrize("moved", [True, False], ids=["moved", "went silent"])
def test_a_chat_that_moved_is_not_observed_and_one_that_stayed_is_silent(
    moved: bool,
    tmp_path: Path,
) -> None:
    export = packed(tmp_path / "main.zip", main_download(0, "e2ee_cutover" if moved else "inbox"))
    c = load(tmp_path / "d", [[export]])
    ends = tie(c)
    chain = of_tie(sn.chain_continuity(c), ends)
    end_us = (T0 + max(t for _, t, _ in BEFORE)) * 1_000_000
    rows = c.dataset.frame("coverage")
    per_chat = rows[rows["conversation_id"].notna()]
    if moved:
        assert per_chat["end_us"].max() == end_us
        # Every week that was seen holds messages both ways; nothing is known of later ones.
        assert chain.loc["continuity", "value"] == 1.0
        assert chain.loc["continuity", "n"] in (CUT - 1, CUT)
        assert chain.loc["breaks", "value"] == CUT - 1  # the days between the weeks, no more
        assert chain.loc["longest_silence", "value"] == pytest.approx(7 * 24 - 1)
    else:
        assert per_chat.empty
        assert chain.loc["continuity", "n"] in (38, 39, 40)
        assert chain.loc["continuity", "value"] == pytest.approx(CUT / 39, abs=0.03)
        assert chain.loc["breaks", "value"] == CUT  # and the silence up to the end
        assert chain.loc["longest_silence", "value"] > 31 * 7 * 24


@pytest.mark.parametrize("moved", [True, False], ids=["moved", "went silent"])
def test_an_unanswered_last_word_is_censored_where_the_chat_moved(
    moved: bool,
    tmp_path: Path,
) -> None:
    section = "e2ee_cutover" if moved else "inbox"
    files = main_download(0, section)
    place = f"{section}/direct_100"
    said = [*BEFORE, (0, CUT * WEEK, "tu es là ?")]
    files[f"{MESSAGES}/{place}/message_1.json"] = thread(0, (0, 1), said, place)
    c = load(tmp_path / "d", [[packed(tmp_path / "main.zip", files)]])
    turns = c.turns()
    last = turns[turns["start_us"] == (T0 + CUT * WEEK) * 1_000_000]
    assert last["observed"].tolist() == [False]  # no answer was seen
    # After the move nobody could have seen one; in a chat that stayed, it was waited for.
    assert last["latency_h"].tolist() == [0.0 if moved else 72.0]
