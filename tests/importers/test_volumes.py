"""One export in several files: named as they may be, in any order, it is the single zip."""

from __future__ import annotations

import itertools
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from supportnet.archive import open_exports
from supportnet.community import open_community
from supportnet.errors import RefusedError
from supportnet.formats import Options
from supportnet.ingest import ImportReport, import_archives
from supportnet.ingest.grouping import collect
from supportnet.ingest.maintain import forget
from supportnet.schema import BUILD_TABLES

T = 1_700_000_000_000
INBOX = "your_facebook_activity/messages/inbox"
# What differs when the bytes come in other files: what names the source, and what counts it.
SOURCE = ["sha256", "file_digest"]


def talk(other: str, n: int, owner: str = "Lea Roux") -> dict[str, Any]:
    rows = [
        {
            "sender_name": (owner, other)[i % 2],
            "timestamp_ms": T + i * 60_000,
            "content": f"{n} {i}",
        }
        for i in range(n)
    ]
    return {
        "participants": [{"name": other}, {"name": owner}],
        "messages": rows[::-1],
        "title": other,
        "thread_path": f"inbox/{other[0]}_{n}",
    }


def profile(name: str) -> dict[str, Any]:
    return {"profile_v2": {"name": {"full_name": name}}}


PROFILE = "personal_information/profile_information/profile_information.json"


def facebook() -> list[dict[str, Any]]:
    """Return the files of three volumes of one export; the third shares out a conversation."""
    long = talk("Omar", 9)
    parts = [{**long, "messages": long["messages"][:5]}, {**long, "messages": long["messages"][5:]}]
    return [
        {
            PROFILE: profile("Lea Roux"),
            f"{INBOX}/omar_9/message_1.json": parts[0],
            f"{INBOX}/ines_4/message_1.json": talk("Ines", 4),
        },
        {
            f"{INBOX}/paul_3/message_1.json": talk("Paul", 3),
            f"{INBOX}/zoe_6/message_1.json": talk("Zoe", 6),
        },
        {
            f"{INBOX}/omar_9/message_2.json": parts[1],
            f"{INBOX}/abel_5/message_1.json": talk("Abel", 5),
        },
    ]


def twitter() -> list[dict[str, Any]]:
    """Return the files of two volumes of a Twitter archive, whose manifest announces both."""

    def post(n: int) -> dict[str, Any]:
        when = "Tue Dec 06 07:30:00 +0000 2022"
        return {"tweet": {"id": str(n), "id_str": str(n), "full_text": f"{n}", "created_at": when}}

    first, second = [post(n) for n in range(3)], [post(n) for n in range(3, 8)]
    files = [
        {"fileName": "data/tweets.js", "globalName": "YTD.tweets.part0", "count": "3"},
        {"fileName": "data/tweets-part1.js", "globalName": "YTD.tweets.part1", "count": "5"},
    ]
    manifest = {
        "userInfo": {"accountId": "1001", "userName": "lea_m"},
        "archiveInfo": {"generationDate": "2023-01-01T00:00:00.000Z", "isPartialArchive": True},
        "dataTypes": {"tweets": {"files": files}},
    }
    account = [{"account": {"accountId": "1001", "username": "lea_m"}}]
    return [
        {
            "data/manifest.js": f"window.__THAR_CONFIG = {json.dumps(manifest)}",
            "data/account.js": f"window.YTD.account.part0 = {json.dumps(account)}",
            "data/tweets.js": f"window.YTD.tweets.part0 = {json.dumps(first)}",
        },
        {"data/tweets-part1.js": f"window.YTD.tweets.part1 = {json.dumps(second)}"},
    ]


def packed(path: Path, files: Mapping[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as made:
        for name, content in files.items():
            text = content if isinstance(content, str) else json.dumps(content)
            made.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), text)
    return path


def load(into: Path, *exports: Path, **words: Any) -> ImportReport:
    return import_archives(list(exports), into=into, community="v", **words)


def tables(folder: Path) -> dict[str, pd.DataFrame]:
    dataset = open_community(folder).dataset
    found = {name: dataset.frame(name) for name in BUILD_TABLES}
    found["sources"] = found["sources"].drop(columns=SOURCE)
    return found


def assert_same(golden: dict[str, pd.DataFrame], found: dict[str, pd.DataFrame]) -> None:
    for name, table in golden.items():
        pd.testing.assert_frame_equal(table, found[name], obj=name)


EXPORTS = {"facebook": facebook, "twitter": twitter}
NAMES = ("export", "Anna (1)", "zz-2024-05-06 copie", "a.b")


@pytest.mark.parametrize("name", EXPORTS)
def test_volumes_under_any_name_and_in_any_order_are_the_single_zip(
    name: str, tmp_path: Path
) -> None:
    volumes = EXPORTS[name]()
    whole = {path: content for volume in volumes for path, content in volume.items()}
    load(tmp_path / "golden", packed(tmp_path / "whole.zip", whole))
    golden = tables(tmp_path / "golden")
    assert len(golden["messages"]) in (27, 8)
    made = [
        packed(tmp_path / "v" / f"{word}.zip", files)
        for word, files in zip(NAMES, volumes, strict=False)
    ]
    for number, order in enumerate(itertools.permutations(made)):
        into = tmp_path / f"d{number}"
        assert load(into, *order).new == 1
        assert_same(golden, tables(into))
        assert load(into, *order[::-1]).known == 1
        assert load(into, order[0]).known == 1  # a volume of what is there adds nothing


def test_volumes_one_by_one_say_what_to_do_and_doing_it_heals(tmp_path: Path) -> None:
    volumes = facebook()
    whole = {path: content for volume in volumes for path, content in volume.items()}
    load(tmp_path / "golden", packed(tmp_path / "whole.zip", whole))
    golden = tables(tmp_path / "golden")
    made = [packed(tmp_path / f"{word}.zip", files) for word, files in zip(NAMES, volumes)]  # noqa: B905
    for number, order in enumerate(itertools.permutations(made)):
        into = tmp_path / f"d{number}"
        said = [load(into, volume).advice for volume in order]
        assert said[0] == ()  # nothing else is there yet
        (sentence,) = said[-1]
        assert "name all volumes of its export in one import" in sentence
        healed = load(into, *order)
        assert (healed.new, healed.replaced, healed.advice) == (1, 3, ())
        assert "3 volumes of them replaced" in str(healed)
        assert_same(golden, tables(into))


def test_a_volume_that_cannot_be_read_is_named_and_comes_in_later(tmp_path: Path) -> None:
    volumes = facebook()
    made = [packed(tmp_path / f"{word}.zip", files) for word, files in zip(NAMES, volumes)]  # noqa: B905
    load(tmp_path / "golden", *made)
    sound = made[2].read_bytes()
    made[2].write_bytes(sound[: len(sound) // 2])
    with pytest.raises(RefusedError, match="export 3 of 3") as caught:
        load(tmp_path / "d", *made)
    assert isinstance(caught.value.report, ImportReport)
    assert caught.value.report.new == 1
    made[2].write_bytes(sound)
    assert load(tmp_path / "d", *made).replaced == 1
    assert_same(tables(tmp_path / "golden"), tables(tmp_path / "d"))


def test_forgotten_persons_stay_away_when_volumes_give_way(tmp_path: Path) -> None:
    made = [packed(tmp_path / f"{w}.zip", files) for w, files in zip(NAMES, facebook())]  # noqa: B905
    load(tmp_path / "d", made[0])
    before = tables(tmp_path / "d")
    writer = before["messages"]["author_id"].value_counts().index[-1]
    (name,) = before["accounts"].loc[before["accounts"]["person_id"] == writer, "pseudonym"]
    forget(tmp_path / "d", name)
    report = load(tmp_path / "d", *made)
    assert report.replaced == 1
    assert sum(source.ignored.get("forgotten", 0) for source in report.sources) > 0
    assert name not in set(tables(tmp_path / "d")["accounts"]["pseudonym"])


# -- what is somebody else's never joins, however it is named -------------------------------------


def jobs(folder: Path, **options: Any) -> list[tuple[str, int]]:
    """Return format and number of volumes of each source of a folder of zips."""
    found = collect(open_exports([folder]), Options(**options), None)
    return sorted((job.format.name, len(job.volumes)) for job in found)


def test_messages_of_another_person_do_not_join_a_series(tmp_path: Path) -> None:
    packed(tmp_path / "donor-1.zip", facebook()[0])
    other = {
        f"{INBOX}/{name.lower()}_{n}/message_1.json": talk(name, n, owner="Paul Petit")
        for name, n in (("Lea Roux", 4), ("Ines", 5), ("Zoe", 3))
    }
    packed(tmp_path / "donor-2.zip", other)
    assert jobs(tmp_path) == [("facebook", 1), ("facebook", 1)]


def test_a_volume_finds_its_owner_among_two(tmp_path: Path) -> None:
    volumes = facebook()
    packed(tmp_path / "a.zip", volumes[0])
    packed(tmp_path / "b.zip", {PROFILE: profile("Ines Grand")})
    packed(tmp_path / "c.zip", volumes[1])
    assert jobs(tmp_path) == [("facebook", 1), ("facebook", 2)]
    (two,) = [j for j in collect(open_exports([tmp_path]), Options(), None) if len(j.volumes) == 2]
    assert {member.archive.path.name for member in two.export.members} == {"a.zip", "c.zip"}


def test_an_export_that_holds_the_same_files_is_another_export(tmp_path: Path) -> None:
    packed(tmp_path / "x-1.zip", facebook()[0])
    later = {k: v for k, v in facebook()[0].items() if k != PROFILE}
    packed(tmp_path / "x-2.zip", {**later, f"{INBOX}/zoe_6/message_1.json": talk("Zoe", 6)})
    assert jobs(tmp_path) == [("facebook", 1), ("facebook", 1)]


def test_the_declared_owner_joins_what_tells_nothing(tmp_path: Path) -> None:
    packed(tmp_path / "a.zip", facebook()[0])
    packed(tmp_path / "b.zip", {f"{INBOX}/zoe_6/message_1.json": talk("Zoe", 6)})
    assert jobs(tmp_path) == [("facebook", 1), ("facebook", 1)]  # two names: whose is it?
    assert jobs(tmp_path, owner="lea roux") == [("facebook", 2)]
    assert jobs(tmp_path, owner="Somebody Else") == [("facebook", 1), ("facebook", 1)]


def test_twitter_files_that_no_manifest_announces_stay_by_themselves(tmp_path: Path) -> None:
    volumes = twitter()
    packed(tmp_path / "a.zip", volumes[0])
    text = volumes[1]["data/tweets-part1.js"]
    packed(tmp_path / "b.zip", {"data/tweets-part2.js": text})
    assert jobs(tmp_path) == [("twitter", 1), ("twitter", 1)]


def test_one_file_named_twice_is_one(tmp_path: Path) -> None:
    volume = packed(tmp_path / "a.zip", facebook()[0])
    copy = packed(tmp_path / "b.zip", facebook()[0])
    report = load(tmp_path / "d", volume, copy, volume)
    assert (report.new, report.known) == (1, 0)


def test_a_volume_of_pictures_alone_can_be_left_out(tmp_path: Path) -> None:
    made = [packed(tmp_path / f"{w}.zip", files) for w, files in zip(NAMES, facebook())]  # noqa: B905
    folder = "your_facebook_activity/messages/inbox/omar_9/photos"
    pictures = packed(tmp_path / "p.zip", {f"{folder}/{n}.jpg": "x" for n in range(3)})
    with pytest.raises(RefusedError, match=r"pictures, sounds and films alone.*nothing is lost"):
        load(tmp_path / "d", *made, pictures)
    load(tmp_path / "golden", *made)
    assert_same(tables(tmp_path / "golden"), tables(tmp_path / "d"))
