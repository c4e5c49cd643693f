"""The dataset keeps its promises: order-free, idempotent, merged, countable, forgettable."""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import Any

import duckdb
import fake
import pandas as pd
import pyarrow.parquet as pq
import pytest

from supportnet.dataset import Dataset, open_dataset
from supportnet.errors import DatasetError, InputError, KeyFileError
from supportnet.ingest import ImportReport, import_archives
from supportnet.ingest.maintain import forget, link_aliases
from supportnet.privacy import config_dir, load_key, new_key, pseudonym
from supportnet.schema import BUILD_TABLES
from supportnet.store.manifest import read_manifest


def content(folder: Path) -> dict[str, pd.DataFrame]:
    """Return every table as a comparable frame (generation and paths play no part)."""
    data = open_dataset(folder)
    return {name: data.frame(name) for name in BUILD_TABLES}


def same(first: dict[str, pd.DataFrame], second: dict[str, pd.DataFrame]) -> None:
    for name in first:
        pd.testing.assert_frame_equal(first[name], second[name], obj=name)


def load(into: Path, *exports: Path, **options: Any) -> ImportReport:
    return import_archives(list(exports), into=into, community="t", **options)


def ann(folder: Path) -> Path:
    rows = [
        {"by": "ann", "to": "bob", "t": 0, "text": "hello ?"},
        {"by": "bob", "to": "ann", "t": 10, "text": "ok"},
        {"by": "bob", "to": "ann", "t": 11, "text": "ok"},
        {"by": "ann", "to": "cid", "t": 50, "text": "x"},
        {"ignore": "system"},
        {"reject": "undated"},
    ]
    return fake.write(folder, "a", owner="ann", scope="none", rows=rows, friends=["bob", "zoe"])


def bob(folder: Path, **more: Any) -> Path:
    rows = [
        {"by": "ann", "to": "bob", "t": 0.4, "text": "hello ?", "lang": "en"},
        {"by": "bob", "to": "ann", "t": 10, "text": "ok"},
        {"by": "bob", "to": "ann", "t": 11, "text": "ok"},
        {"by": "bob", "to": "ann", "t": 99, "text": "only in bob's copy"},
    ]
    return fake.write(folder, "b", owner="bob", scope="none", rows=rows, **more)


def test_two_copies_become_one_conversation(tmp_path: Path) -> None:
    report = load(
        tmp_path / "d", ann(tmp_path / "x"), bob(tmp_path / "x", exported_us=fake.START * 2)
    )
    tables = content(tmp_path / "d")
    messages = tables["messages"]
    # ann's three shared + her one to cid + bob's own: five; "ok" was said twice and stays twice.
    assert len(messages) == 5
    assert messages.groupby("conversation_id").size().tolist() == [4, 1]
    # bob's export is the newer one, so his clock and his language mark stand.
    assert messages["t_us"].iloc[0] == fake.START + 400_000
    assert messages["lang"].iloc[0] == "en"
    assert len(tables["message_sources"]) == 8
    kept = {s.format + str(s.seen): (s.kept, s.ignored, s.rejected) for s in report.sources}
    assert kept["fake4"] == (4, {}, {})
    assert kept["fake6"] == (1, {"duplicate": 3, "system": 1}, {"undated": 1})
    for source in report.sources:
        assert source.seen == source.kept + sum(source.ignored.values()) + sum(
            source.rejected.values()
        )


def test_a_phrase_repeated_within_the_clock_step_is_not_lost(tmp_path: Path) -> None:
    rows = [
        {"by": "ann", "to": "bob", "t": t, "text": "ok", "resolution_us": 60_000_000}
        for t in (0, 20, 40)
    ]
    first = fake.write(tmp_path, "a", owner="ann", scope="none", rows=rows)
    second = fake.write(tmp_path, "b", owner="bob", scope="none", rows=rows[1:], note=1)
    load(tmp_path / "d", first, second)
    assert len(content(tmp_path / "d")["messages"]) == 3


def test_textless_rows_match_only_at_equal_times_and_counts(tmp_path: Path) -> None:
    def export(name: str, times: list[int]) -> Path:
        rows = [{"by": "ann", "to": "bob", "t": t} for t in times]
        return fake.write(tmp_path, name, owner=name, scope="none", rows=rows, note=name)

    load(tmp_path / "d", export("ann", [5, 5, 70]), export("bob", [5, 5, 70, 90]))
    assert len(content(tmp_path / "d")["messages"]) == 4
    load(tmp_path / "e", export("ann", [5, 5]), export("bob", [5]))
    assert len(content(tmp_path / "e")["messages"]) == 3


def test_any_order_of_import_gives_the_same_dataset(tmp_path: Path) -> None:
    exports = [
        ann(tmp_path),
        bob(tmp_path),
        fake.write(
            tmp_path,
            "c",
            owner="cid",
            scope="none",
            rows=[
                {"by": "ann", "to": "cid", "t": 50, "text": "x"},
                {"by": "cid", "to": "bob", "t": 70, "text": "y"},
            ],
        ),
    ]
    golden: dict[str, pd.DataFrame] | None = None
    for number, order in enumerate(itertools.permutations(exports)):
        folder = tmp_path / f"d{number}"
        for export in order:
            load(folder, export)
        load(folder, *order)  # a second time: nothing new
        tables = content(folder)
        if golden is None:
            golden = tables
        same(golden, tables)


def test_the_same_bytes_again_add_nothing(tmp_path: Path) -> None:
    load(tmp_path / "d", ann(tmp_path))
    before = content(tmp_path / "d")
    again = load(tmp_path / "d", ann(tmp_path))
    assert (again.new, again.known) == (0, 1)
    assert "nothing new" in str(again)
    same(before, content(tmp_path / "d"))


def test_ids_do_not_depend_on_the_key(tmp_path: Path) -> None:
    new_key("one")
    new_key("two")
    load(tmp_path / "d", ann(tmp_path), bob(tmp_path), key="one")
    load(tmp_path / "e", ann(tmp_path), bob(tmp_path), key="two")
    first, second = content(tmp_path / "d"), content(tmp_path / "e")
    for name in ("recipients", "message_sources", "contacts", "people", "conversations"):
        pd.testing.assert_frame_equal(first[name], second[name])
    assert set(first["accounts"]["pseudonym"]).isdisjoint(second["accounts"]["pseudonym"])


def test_two_keys_in_one_dataset_are_refused(tmp_path: Path) -> None:
    new_key("first-key")
    new_key("second-key")
    load(tmp_path / "d", ann(tmp_path), key="first-key")
    with pytest.raises(KeyFileError, match="cannot be joined"):
        load(tmp_path / "d", bob(tmp_path), key="second-key")
    assert len(content(tmp_path / "d")["messages"]) == 4


def test_key_is_private_and_kept_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = new_key("apart")
    path = config_dir() / "keys" / "apart.key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert made.secret.hex() not in repr(made)
    with pytest.raises(KeyFileError, match="found one"):
        new_key("apart")
    path.chmod(0o644)
    with pytest.raises(KeyFileError, match="readable by its owner"):
        load_key("apart")
    monkeypatch.setenv("SUPPORTNET_CONFIG_HOME", str(tmp_path / "d" / "config"))
    with pytest.raises(KeyFileError, match="outside the dataset"):
        load(tmp_path / "d", ann(tmp_path / "x"))
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    monkeypatch.setenv("SUPPORTNET_CONFIG_HOME", str(tmp_path / "repo" / "config"))
    with pytest.raises(KeyFileError, match="git work tree"):
        new_key("inside")


def test_public_key_wants_generated_data(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="SYNTHETIC"):
        load(tmp_path / "d", ann(tmp_path / "x"), key="example")
    assert not (tmp_path / "d").exists()
    (tmp_path / "x" / "SYNTHETIC").touch()
    load(tmp_path / "d", ann(tmp_path / "x"), key="example")
    assert open_dataset(tmp_path / "d").synthetic


def test_pseudonym_is_the_documented_one() -> None:
    import hashlib
    import hmac

    key = load_key("example")
    wanted = hmac.new(key.secret, b"fake\x1f@alice", hashlib.sha256).digest()[:16]
    assert pseudonym(key, fake.person("Alice")) == wanted
    # methods.md section 9 / docs/privacy.md: the primitive itself.
    assert (
        hmac.digest(b"0123456789abcdef", b"@alice", "sha256").hex().startswith("3266119c1980e3a3")
    )


def test_replies_resolve_when_the_parent_arrives(tmp_path: Path) -> None:
    child = fake.write(
        tmp_path,
        "child",
        owner="bob",
        rows=[{"by": "bob", "to": "ann", "t": 5, "id": 2, "reply_to": 1, "text": "yes"}],
    )
    parent = fake.write(
        tmp_path,
        "parent",
        owner="ann",
        rows=[{"by": "ann", "to": "bob", "t": 1, "id": 1, "text": "so?"}],
    )
    load(tmp_path / "d", child)
    row = content(tmp_path / "d")["messages"].iloc[0]
    assert row["reply_basis"] == "explicit"
    assert pd.isna(row["reply_to"])
    load(tmp_path / "d", parent)
    row = content(tmp_path / "d")["messages"].iloc[1]
    assert (row["reply_to"], row["reply_author"]) == (0, 0)


def test_a_later_part_of_a_thread_joins_it(tmp_path: Path) -> None:
    def post(name: str, number: int, parent: int | None, conv: str) -> Path:
        row = {"by": name, "to": name, "t": number, "id": number, "reply_to": parent, "conv": conv}
        row |= {"conv_kind": "thread", "visibility": "public", "members": [name], "text": "p"}
        return fake.write(tmp_path, name, owner=name, flags=["public_out"], rows=[row])

    # Each copy keyed its thread by the oldest id it saw.
    exports = [
        post("ann", 1, None, "1"),
        post("bob", 2, 1, "1"),
        post("cid", 3, 2, "2"),
        post("dan", 4, 3, "3"),
    ]
    load(tmp_path / "d", *exports)
    assert content(tmp_path / "d")["messages"]["conversation_id"].tolist() == [0, 0, 0, 0]


def test_members_at_that_time_receive_a_group_message(tmp_path: Path) -> None:
    group = {
        "conv": "g",
        "conv_kind": "group",
        "visibility": "private_group",
        "members": ["ann", "bob"],
    }
    rows = [
        {"by": "ann", "to": "bob", "t": 0, "text": "1", "stays": [["cid", 5, 10]], **group},
        {"by": "ann", "to": "bob", "t": 6, "text": "2", **group},
        {"by": "ann", "to": "bob", "t": 12, "text": "3", **group},
    ]
    load(tmp_path / "d", fake.write(tmp_path, "g", owner="ann", scope="none", rows=rows))
    readers = content(tmp_path / "d")["recipients"].groupby("message_id").size()
    assert readers.tolist() == [1, 2, 1]


def test_link_joins_declared_accounts_only(tmp_path: Path) -> None:
    load(tmp_path / "d", ann(tmp_path))
    assert len(content(tmp_path / "d")["people"]) == 4
    aliases = tmp_path / "aliases.csv"
    aliases.write_text("person,platform,identifier\nP1,fake,@cid\nP1,fake,@zoe\nP2,fake,@bob\n")
    assert link_aliases(tmp_path / "d", aliases) == (1, [])
    tables = content(tmp_path / "d")
    assert len(tables["people"]) == 3
    assert len(tables["accounts"]) == 4
    aliases.write_text("person,platform,identifier\nP1,fake,@cid\nP2,fake,@cid\n")
    with pytest.raises(InputError, match="two labels claim"):
        link_aliases(tmp_path / "d", aliases)


def test_link_names_the_lines_of_accounts_nobody_brought_yet(tmp_path: Path) -> None:
    load(tmp_path / "d", ann(tmp_path))
    aliases = tmp_path / "aliases.csv"
    aliases.write_text("person,platform,identifier\nP1,fake,cid\nP1,fake,@cid\nP2,fake,@ghost\n")
    assert link_aliases(tmp_path / "d", aliases) == (1, [2, 4])


def test_forget_removes_now_and_later(tmp_path: Path) -> None:
    load(tmp_path / "d", ann(tmp_path))
    tables = content(tmp_path / "d")
    bob_id = tables["recipients"].query("message_id == 0")["person_id"].iloc[0]
    accounts = tables["accounts"]
    name = accounts.loc[accounts["person_id"] == bob_id, "pseudonym"].iloc[0]
    assert forget(tmp_path / "d", name) == 3  # two of his, one 1:1 message to him
    after = content(tmp_path / "d")
    assert name not in set(after["accounts"]["pseudonym"])
    assert len(after["messages"]) == 1
    report = load(tmp_path / "d", bob(tmp_path))
    assert len(content(tmp_path / "d")["messages"]) == 1
    assert sorted(s.ignored.get("forgotten", 0) for s in report.sources) == [3, 4]
    assert all(
        s.seen == s.kept + sum(s.ignored.values()) + sum(s.rejected.values())
        for s in report.sources
    )
    with pytest.raises(InputError, match="32 hexadecimal"):
        forget(tmp_path / "d", "bob")
    with pytest.raises(InputError, match="not in it"):
        forget(tmp_path / "d", "0" * 32)
    # the words of the tombstone are pseudonyms, in the manifest and nowhere else
    manifest = read_manifest(tmp_path / "d")
    assert manifest is not None
    assert manifest.forgotten == [name]
    live = [tmp_path / "d" / "parts" / part for part in manifest.parts]
    for file in [file for part in live for file in part.glob("*.parquet")]:
        for column in pq.read_table(file).columns:
            assert bytes.fromhex(name) not in column.to_pylist()


def test_another_community_is_refused(tmp_path: Path) -> None:
    load(tmp_path / "d", ann(tmp_path))
    with pytest.raises(DatasetError, match="one per community"):
        import_archives(bob(tmp_path), into=tmp_path / "d", community="other")


def test_a_first_import_that_fails_leaves_nothing(tmp_path: Path) -> None:
    bad = tmp_path / "notes.txt"
    bad.write_text("nothing of ours")
    with pytest.raises(InputError, match="found none that any format recognises"):
        load(tmp_path / "d", bad)
    assert not (tmp_path / "d").exists()


def test_damaged_dataset_is_one_sentence(tmp_path: Path) -> None:
    load(tmp_path / "d", ann(tmp_path))
    (tmp_path / "d" / "manifest.json").write_text("{")
    with pytest.raises(DatasetError, match="damaged"):
        open_dataset(tmp_path / "d")
    (tmp_path / "d" / "manifest.json").write_text('{"schema_version": 99}')
    with pytest.raises(DatasetError, match="schema version"):
        open_dataset(tmp_path / "d")
    with pytest.raises(DatasetError, match=r"manifest\.json"):
        open_dataset(tmp_path / "nowhere")


def test_every_stored_column_is_in_the_schema(tmp_path: Path) -> None:
    load(tmp_path / "d", ann(tmp_path), bob(tmp_path))
    manifest = read_manifest(tmp_path / "d")
    assert manifest is not None
    for name, files in manifest.tables.items():
        for file in files:
            assert pq.read_schema(tmp_path / "d" / file).names == BUILD_TABLES[name].names


def test_texts_and_names_do_not_reach_the_disk(tmp_path: Path) -> None:
    planted = ["ann", "bob", "cid", "zoe", "hello ?", "only in bob's copy"]
    load(tmp_path / "d", ann(tmp_path / "x"), bob(tmp_path / "x"))
    for file in (tmp_path / "d").rglob("*.parquet"):
        table = pq.read_table(file)
        values = {str(v) for column in table.columns for v in column.to_pylist()}
        assert values.isdisjoint(planted)
        assert values.isdisjoint("@" + p for p in planted)
    for file in (tmp_path / "d").rglob("*.json"):
        text = file.read_text()
        assert not [p for p in planted if f'"{p}"' in text or f"@{p}" in text]


def test_between_cuts_rows_and_coverage(tmp_path: Path) -> None:
    load(tmp_path / "d", ann(tmp_path))
    whole: Dataset = open_dataset(tmp_path / "d")
    part = whole.between(fake.START + 10_000_000, fake.START + 50_000_000)
    assert len(part.frame("messages")) == 2
    assert part.frame("coverage")["start_us"].tolist() == [fake.START + 10_000_000]


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_dataset_files_are_private(tmp_path: Path) -> None:
    load(tmp_path / "d", ann(tmp_path))
    assert (tmp_path / "d").stat().st_mode & 0o077 == 0
    assert (tmp_path / "d" / "manifest.json").stat().st_mode & 0o077 == 0


def test_duckdb_does_not_fetch_extensions() -> None:
    from supportnet.store.engine import connection

    with pytest.raises(duckdb.Error):
        connection().execute("SELECT * FROM read_csv('https://example.invalid/x.csv')")
