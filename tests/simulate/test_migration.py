"""The migration: planted moves hold, archives have the right forms, the import gives it back."""

import base64
import csv
import dataclasses
import hashlib
import io
import itertools
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import libipld
import numpy as np
import pandas as pd
import pytest

from importers.bluesky_support import block as other_block
from importers.bluesky_support import tree as other_tree
from supportnet.community import Community, open_community
from supportnet.errors import InputError
from supportnet.ingest import import_archives
from supportnet.ingest.maintain import link_aliases
from supportnet.ingest.tables import person_pseudonym
from supportnet.measures.migration import tie_survival
from supportnet.privacy import load_key
from supportnet.simulate import (
    EXAMPLE,
    MIGRATION,
    GroupMove,
    Migrated,
    MigrationPlan,
    Plan,
    migrate,
    migration_files,
    write_example,
    write_migration,
)
from supportnet.simulate.people import make_people
from supportnet.simulate.writers.car import repository, tid

COMMITTED = Path(__file__).parents[2] / "data" / "example" / "migration"
DAY_US = 86_400_000_000
TARGETS = {"bluesky": "bluesky", "mastodon": "mastodon", "any": ["bluesky", "mastodon"]}
SKY: tuple[Any, ...] = ("bluesky",)
FEDI: tuple[Any, ...] = ("mastodon",)
TINY = MigrationPlan(
    twinomes=(GroupMove((SKY, SKY, SKY), (0, 3, 8)),),
    dyads=(GroupMove((FEDI, FEDI), (0, 2)),),
    hubs=(),
    bridges=1,
    initial_ties=2,
)


@pytest.fixture(scope="module")
def moved() -> Migrated:
    return migrate(MIGRATION)


@pytest.fixture(scope="module")
def files(moved: Migrated) -> dict[str, bytes]:
    return migration_files(moved)


@pytest.fixture(scope="module")
def truth(files: dict[str, bytes]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files["truth.json"])
    return found


def unzipped(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def blocks_of(car: bytes) -> tuple[dict[str, Any], list[tuple[bytes, bytes]]]:
    """Read a CAR file the plain way: header, then address and bytes of each block."""
    place, parts = 0, []
    while place < len(car):
        size = shift = 0
        while True:
            byte = car[place]
            place += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        parts.append(car[place : place + size])
        place += size
    return libipld.decode_dag_cbor(parts[0]), [(p[:36], p[36:]) for p in parts[1:]]


# -- the plan -------------------------------------------------------------------------------------


def test_same_people_as_in_the_example(moved: Migrated) -> None:
    before = {p.code: p for p in make_people(EXAMPLE)}
    people = moved.made.people
    assert len(people) == MIGRATION.people == 40
    for row in people.itertuples():
        known = before[str(row.code)]
        assert (row.twitter_id, row.handle, row.name, row.role) == (
            known.twitter_id,
            known.handle,
            known.name,
            known.role,
        )


def test_spreads_are_planted_to_the_second(moved: Migrated) -> None:
    person = 0
    for group in MIGRATION.groups:
        firsts = [moved.moves.first(person + k) for k in range(len(group.routes))]
        person += len(firsts)
        assert [t is not None for t in firsts] == [bool(route) for route in group.routes]
        if group.spread_days is not None:
            times = [t for t in firsts if t is not None]
            assert max(times) - min(times) == group.spread_days * 86_400


def test_nobody_writes_before_arriving_or_after_leaving(moved: Migrated) -> None:
    events, codes = moved.made.events, moved.made.people["code"].tolist()
    for platform, joined in moved.moves.joined.items():
        first = events[events["platform"] == platform].groupby("author")["t_us"].min()
        assert first.to_dict() == {codes[p]: t * 1_000_000 for p, t in joined.items()}
    old = events[events["platform"] == "twitter"]
    assert len(moved.moves.left) > 20
    for person, left_s in moved.moves.left.items():
        near = old["author"].eq(codes[person]) | old["others"].eq(codes[person])
        assert old.loc[near, "t_us"].max() < left_s * 1_000_000
    assert events["t_us"].max() < MIGRATION.talk.end_s * 1_000_000


def test_pointers_stay_on_their_platform_and_go_back(moved: Migrated) -> None:
    events = moved.made.events.set_index("event_id")
    for column in ("reply_to", "target"):
        known = events[events[column].notna()]
        parents = events.loc[known[column].astype("int64")]
        assert (parents["t_us"].to_numpy() < known["t_us"].to_numpy()).all()
        assert (parents["platform"].to_numpy() == known["platform"].to_numpy()).all()


def test_outcomes_follow_the_planted_chances() -> None:
    """Over ten communities, ties whose ends meet are taken up as often as planned."""
    plan = dataclasses.replace(TINY, hubs=(), initial_ties=0)
    back = []
    for seed in range(10):
        made = migrate(dataclasses.replace(plan, seed=seed))
        there = made.made.events[made.made.events["platform"] == "bluesky"]
        pairs = made.made.ties[made.made.ties["kind"] == "twinome"]
        for tie in pairs["tie"]:
            talk = there[there["tie"] == tie]
            back.append(talk["author"].nunique() == 2)
    # 30 ties at .9, of the others some taken up late: four standard errors below.
    assert np.mean(back) > 0.9 - 4 * np.sqrt(0.09 / 30)
    never = dataclasses.replace(plan, reformed=dict.fromkeys(plan.reformed, 0.0), late=0.0)
    silent = migrate(never).made.events
    silent = silent[(silent["platform"] != "twitter") & (silent["tie"] >= 0)]
    assert (silent.groupby("tie")["author"].nunique() == 1).all()


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"dyads": (GroupMove((SKY,), (0,)),)}, "dyads"),
        ({"twinomes": (GroupMove((SKY, SKY, SKY), (0, 1)),)}, "twinomes"),
        ({"twinomes": (GroupMove((SKY, SKY, SKY), (0, 1, 90)),)}, "last_day"),
        ({"last_day": 300}, "window"),
        ({"exported": datetime(2025, 1, 1, tzinfo=UTC).date()}, "exported"),
    ],
)
def test_impossible_moves_are_refused(changes: dict[str, Any], word: str) -> None:
    with pytest.raises(InputError, match=word):
        MigrationPlan(**changes)


# -- the folder -----------------------------------------------------------------------------------


def test_two_runs_are_byte_identical_and_seeds_differ() -> None:
    first, second = (migration_files(migrate(TINY)) for _ in range(2))
    assert first == second
    assert list(first) == sorted(first)
    other = migration_files(migrate(dataclasses.replace(TINY, seed=1)))
    assert other["truth.json"] != first["truth.json"]


def test_committed_folder_is_what_is_generated(files: dict[str, bytes]) -> None:
    if not (COMMITTED / "SYNTHETIC").is_file():
        pytest.skip("the example is not in this copy of the project")
    committed = {
        path.relative_to(COMMITTED).as_posix(): path.read_bytes()
        for path in COMMITTED.rglob("*")
        if path.is_file()
    }
    assert committed.keys() == files.keys()
    assert sum(map(len, committed.values())) < 1_500_000
    for name, content in files.items():
        if name.endswith(".zip"):  # compressed bytes may differ between versions of zlib
            assert unzipped(committed[name]) == unzipped(content), name
        else:
            assert committed[name] == content, name


def test_readme_explains_every_field_of_the_truth(
    truth: dict[str, Any], files: dict[str, bytes]
) -> None:
    readme = files["README.md"].decode("utf-8")

    def words(value: Any, inside: str = "") -> set[str]:
        if isinstance(value, list):
            return set().union(*(words(v, inside) for v in value)) if value else set()
        if not isinstance(value, dict):
            return set()
        by_name = ("people", "left_day", "first_activity_day", "reformed", "span", "kinds")
        keys = set(value) if inside not in by_name else set()
        return keys.union(*(words(v, k) for k, v in value.items()))

    assert {w for w in words(truth) - {"twitter"} if f"`{w}`" not in readme} - {
        "planted",
        "realised",
        "reformed",
        "triads",
        "totals",
        "follows",
        "kinds",
    } == set()


def test_example_writes_the_migration_inside(tmp_path: Path) -> None:
    small = Plan(people=20, twinomes=2, dyads=2, bridges=1, hubs=1, channels=1, whatsapp_ties=1,
                 telegram_ties=2, initial_ties=6)  # fmt: skip
    written = write_example(tmp_path / "all", small, migration=TINY)
    alone = write_migration(tmp_path / "alone", TINY)
    inside = [p for p in written if "migration" in p.parts]
    assert [p.relative_to(tmp_path / "all" / "migration") for p in inside] == [
        p.relative_to(tmp_path / "alone") for p in alone
    ]
    assert [p.read_bytes() for p in inside] == [p.read_bytes() for p in alone]
    (tmp_path / "all" / "migration" / "archives" / "real.zip").write_bytes(b"")
    with pytest.raises(InputError, match="1 other files"):
        write_example(tmp_path / "all", small, migration=TINY)


# -- the forms ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def repositories(files: dict[str, bytes]) -> dict[str, bytes]:
    return {
        name[-8:-4].upper(): unzipped(content)["repo.car"]
        for name, content in files.items()
        if "bluesky" in name
    }


def keyed(nodes: dict[bytes, Any], root: bytes) -> list[tuple[bytes, bytes]]:
    """Walk a tree in order: keys and addresses."""
    node, found, previous = nodes[root], [], b""
    found += keyed(nodes, node["l"]) if node["l"] else []
    for entry in node["e"]:
        previous = previous[: entry["p"]] + entry["k"]
        found.append((previous, entry["v"]))
        found += keyed(nodes, entry["t"]) if entry["t"] else []
    return found


def test_repositories_are_valid(repositories: dict[str, bytes], moved: Migrated) -> None:
    """Every address is the hash of its block; tree and records are those of another writer."""
    assert len(repositories) == len(moved.moves.joined["bluesky"]) == 22
    for car in repositories.values():
        header, found = blocks_of(car)
        assert len(found) == len(dict(found))
        for cid, data in found:
            assert cid == b"\x01\x71\x12\x20" + hashlib.sha256(data).digest()
        values = {cid: libipld.decode_dag_cbor(data) for cid, data in found}
        assert header == {"version": 1, "roots": [found[0][0]]}
        commit = values[found[0][0]]
        assert (commit["version"], commit["prev"], len(commit["sig"])) == (3, None, 64)
        assert set(commit) == {"did", "version", "data", "rev", "prev", "sig"}
        entries = keyed(values, commit["data"])
        keys = [key for key, _ in entries]
        assert keys == sorted(set(keys))
        made: list[Any] = []
        records = [(key, other_block(values[cid])[0]) for key, cid in entries]
        assert [cid for _, cid in records] == [cid for _, cid in entries]
        assert other_tree(records, made) == commit["data"]
        assert len(found) == 1 + len({cid for cid, _ in made}) + len(entries)
        assert (
            max(key.rpartition(b"/")[2] for key in keys if b"self" not in key).decode()
            <= (commit["rev"])
        )


def test_pointers_hold_the_address_of_what_they_point_at(repositories: dict[str, bytes]) -> None:
    known: dict[str, str] = {}
    pointers: list[dict[str, str]] = []
    for car in repositories.values():
        _, found = blocks_of(car)
        values = {cid: libipld.decode_dag_cbor(data) for cid, data in found}
        commit = values[found[0][0]]
        for key, cid in keyed(values, commit["data"]):
            text = "b" + base64.b32encode(cid).decode().lower().rstrip("=")
            known[f"at://{commit['did']}/{key.decode()}"] = text
            record = values[cid]
            pointers += record.get("reply", {}).values()
            subject = record.get("subject")
            pointers += [subject] if isinstance(subject, dict) else []
            pointers += [record["embed"]["record"]] if "embed" in record else []
            for facet in record.get("facets", []):
                start, end = facet["index"]["byteStart"], facet["index"]["byteEnd"]
                assert record["text"].encode()[start:end].startswith(b"@ex-")
    assert len(pointers) > 400
    assert all(known[p["uri"]] == p["cid"] for p in pointers)


def test_an_empty_repository_has_one_empty_node() -> None:
    _, found = blocks_of(repository("did:plc:nobody", tid(0), {}))
    assert [libipld.decode_dag_cbor(data) for _, data in found][1] == {"l": None, "e": []}


def test_keys_sort_by_time() -> None:
    times = [0, 1, 1_695_659_738_732_743, 1_760_000_000_000_000]
    assert [tid(t) for t in times] == sorted(tid(t) for t in times)
    assert tid(times[2], 3) == "3kaaaaaaaab25"
    assert tid(times[2]).startswith(tid(times[2], 3)[:-1])


def test_chats_are_in_both_copies(files: dict[str, bytes], moved: Migrated) -> None:
    copies: dict[str, list[Any]] = {}
    for name, content in files.items():
        if "bluesky" not in name:
            continue
        lines = unzipped(content)["chat.jsonl"].decode().splitlines()
        parsed = [json.loads(line) for line in lines]
        assert any("convo" in line for line in parsed)
        rooms = {line["convo"]["id"] for line in parsed if "convo" in line}
        for line in parsed:
            if "message" in line:
                assert line["convoId"] in rooms
                copies.setdefault(line["message"]["id"], []).append(line)
    events = moved.made.events
    private = (events["platform"] == "bluesky") & (events["layer"] == "private_1to1")
    assert len(copies) == private.sum()
    assert all(len(both) == 2 and both[0] == both[1] for both in copies.values())


def test_mastodon_archives(files: dict[str, bytes], moved: Migrated) -> None:
    everybody = "https://www.w3.org/ns/activitystreams#Public"
    items, uris = [], set()
    for name, content in files.items():
        if "mastodon" not in name:
            continue
        parts = {key: json.loads(data) for key, data in unzipped(content).items()}
        assert set(parts) == {"actor.json", "outbox.json", "likes.json", "bookmarks.json"}
        own = parts["outbox.json"]["orderedItems"]
        assert {one["actor"] for one in own} == {parts["actor.json"]["id"]}
        assert [one["published"] for one in own] == sorted(one["published"] for one in own)
        assert parts["actor.json"]["published"] <= own[0]["published"]
        items += own
        uris |= set(parts["likes.json"]["orderedItems"])
    events = moved.made.events[moved.made.events["platform"] == "mastodon"]
    assert len(items) == len(events)
    posts = {one["object"]["id"]: one["object"] for one in items if one["type"] == "Create"}
    boosts = [one for one in items if one["type"] == "Announce"]
    assert len(boosts) == (events["kind"] == "repost").sum()
    assert all(one["object"] in posts for one in boosts)
    assert uris <= set(posts)
    direct = [note for note in posts.values() if everybody not in note["to"]]
    assert len(direct) == (events["layer"] == "private_1to1").sum()
    assert all(len(note["to"]) == 1 and note["cc"] == [] for note in direct)
    answered = [note for note in posts.values() if note["inReplyTo"]]
    assert all(note["inReplyTo"] in posts for note in answered)
    assert all(
        note["conversation"] == posts[note["inReplyTo"]]["conversation"] for note in answered
    )


# -- there and back -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Community:
    if not (COMMITTED / "SYNTHETIC").is_file():
        pytest.skip("the example is not in this copy of the project")
    folder = tmp_path_factory.mktemp("moved") / "dataset"
    call = json.loads((COMMITTED / "imports.json").read_text(encoding="utf-8"))[0]
    archives = [COMMITTED / pattern for pattern in call["files"]]
    import_archives(archives, into=folder, community="moved", key="example")
    assert link_aliases(folder, COMMITTED / "aliases.csv", key="example") == (32, [])
    return open_community(folder)


@pytest.fixture(scope="module")
def codes(imported: Community, truth: dict[str, Any]) -> dict[int, str]:
    """Person id → code, by the pseudonym of the Twitter account."""
    key = load_key("example")
    accounts = imported.dataset.frame("accounts").set_index("pseudonym")["person_id"]
    found = {
        int(accounts[person_pseudonym(key, {"platform": "twitter", "identifier": number}).hex()]): c
        for c, number in truth["people"].items()
    }
    assert len(found) == 40
    return found


def test_nothing_is_lost_on_the_way(imported: Community, truth: dict[str, Any]) -> None:
    homes = imported.dataset.frame("conversations")[["conversation_id", "platform"]]
    messages = imported.messages().merge(homes, on="conversation_id")
    sources = imported.dataset.frame("sources")
    assert (sources["rejected"] == "{}").all()
    assert (messages["time_note"] == 0).all()
    for platform, part in messages.groupby("platform"):
        total, said = truth["totals"][platform], part[part["kind"] != "repost"]
        assert len(said) == total["messages"]
        assert len(part) - len(said) == total["reposts"]
        for name in ("private_1to1", "public"):
            assert (said["visibility"] == name).sum() == total[name]
        assert said["reply_to"].notna().sum() == total["reply_pointers"]
        assert part["author_id"].nunique() == total["people"]
    people = imported.dataset.frame("people")
    assert people["is_owner"].sum() == truth["totals"]["people"]
    contacts = imported.dataset.frame("contacts")
    assert contacts["t_us"].notna().sum() == truth["totals"]["follows"]
    likes = imported.dataset.frame("reactions").merge(sources, on="source_id")
    for platform in ("bluesky", "mastodon"):
        assert (likes["format"] == platform).sum() == truth["totals"][platform]["likes"]


def as_iso(value: str) -> int:
    return int(pd.Timestamp(value).value // 1000)


@pytest.mark.parametrize("target", list(TARGETS))
def test_survival_is_the_planted_one(
    imported: Community, truth: dict[str, Any], codes: dict[int, str], target: str
) -> None:
    asked: dict[str, Any] = {"from_platform": "twitter", "to_platform": TARGETS[target]}
    planted = truth["realised"][target]
    people = tie_survival(imported, level="person", **asked)
    assert len(people) == planted["people"]
    came = people[people["status"] == "ok"]
    assert len(came) == planted["joined"]
    days = {codes[p]: v for p, v in zip(came["person_id"], came["value"], strict=True)}
    assert days == pytest.approx(planted["first_activity_day"], abs=1e-6)
    assert set(people.loc[people["status"] != "ok", "status"]) == {"all_censored"}

    ties = tie_survival(imported, **asked)
    kinds = {frozenset(t["pair"]): t for t in planted["ties"]}
    pairs = [frozenset((codes[a], codes[b])) for a, b in zip(ties["lo"], ties["hi"], strict=True)]
    ties["pair"] = pd.Series(pairs, dtype=object)
    ties["kind"] = [kinds[pair]["kind"] for pair in ties["pair"]]
    assert set(ties["pair"]) == set(kinds)
    every = ties[ties["measure"] == "unconditional"]
    columns = ["pair", "both_present", "value", "delay_days"]
    for pair, met, value, delay in every[columns].itertuples(index=False):
        one = kinds[pair]
        assert (met, value) == (one["both_present"], float(one["reestablished"]))
        if one["reestablished"]:
            assert delay == pytest.approx(one["delay_days"], abs=1e-6)
    for kind, part in ties.groupby("kind"):
        found = part.groupby("measure")["value"].agg(["mean", "count", "sum"])
        counts = planted["kinds"][kind]
        assert found.loc["unconditional", "count"] == counts["baseline"]
        assert found.loc["conditional", "count"] == counts["both_present"]
        assert found.loc["conditional", "sum"] == counts["reestablished"]
        for name in ("conditional", "unconditional"):
            share = np.nan if counts[name] is None else counts[name]
            assert found.loc[name, "mean"] == pytest.approx(share, abs=1e-6, nan_ok=True)

    network = tie_survival(imported, level="network", **asked).set_index("measure")
    for name in ("conditional", "unconditional"):
        assert network.loc[name, "value"] == pytest.approx(planted["kinds"]["all"][name], abs=1e-6)
        assert network.loc[name, "n_excluded"] == 0


def test_triads_are_the_planted_ones(
    imported: Community, truth: dict[str, Any], codes: dict[int, str]
) -> None:
    ids = {code: person for person, code in codes.items()}
    rows = [
        ("moved", "twinome", g, ids[code])
        for g, triad in enumerate(truth["planted"]["triads"])
        for code in triad["members"]
    ]
    groups = pd.DataFrame(rows, columns=["community", "kind", "group", "person"])
    found = tie_survival(
        imported,
        from_platform="twitter",
        to_platform=["bluesky", "mastodon"],
        level="group",
        groups=groups,
    )
    spread = found[found["measure"] == "triad_spread"]["value"].tolist()
    planted = [t["spread_days"] for t in truth["planted"]["triads"]]
    assert spread == pytest.approx([np.nan if s is None else s for s in planted], nan_ok=True)
    assert spread[:6] == pytest.approx([8.0, 5.0, 12.0, 55.0, 44.0, 16.0])
    together = found[found["measure"] == "co_moving"]["value"].tolist()
    realised = [t["co_moving"] for t in truth["realised"]["any"]["triads"]]
    assert together == pytest.approx([np.nan if c is None else float(c) for c in realised],
                                     nan_ok=True)  # fmt: skip


def test_aliases_join_only_those_who_moved(files: dict[str, bytes], moved: Migrated) -> None:
    rows = list(csv.DictReader(io.StringIO(files["aliases.csv"].decode("utf-8"))))
    by_person = {p: list(g) for p, g in itertools.groupby(rows, key=lambda r: r["person"])}
    codes = moved.made.people["code"].tolist()
    for person, code in enumerate(codes):
        places = {p for p, joined in moved.moves.joined.items() if person in joined}
        wanted = {"twitter", *places} if places else set()
        assert {r["platform"] for r in by_person.get(code, [])} == wanted
    consent = list(csv.DictReader(io.StringIO(files["consent.csv"].decode("utf-8"))))
    assert {r["state"] for r in consent} == {"donor"}
