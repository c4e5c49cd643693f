"""The command line as a newcomer meets it: every verb, every exit code, every sentence."""

from __future__ import annotations

import hashlib
import inspect
import json
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import click
import duckdb
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

import supportnet
from supportnet.cli import cli, measuring, verbs
from supportnet.cli.door import Door
from supportnet.errors import InternalError
from supportnet.importers import all_formats
from supportnet.measures import MEASURES
from supportnet.privacy import config_dir
from supportnet.schema import BUILD_TABLES, VISIBILITIES
from supportnet.simulate import example

WEEK = 7 * 86_400
START = 1_672_531_200  # 2023-01-01T00:00Z
NOBODY = "0" * 32


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


def good(*words: str | Path) -> str:
    result = run(*words)
    assert result.exit_code == 0, result.output
    return result.stdout


def bad(*words: str | Path) -> str:
    """Return the one sentence of a refused call."""
    result = run(*words)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    sentence = result.stderr.strip()
    assert sentence.startswith("supportnet: ")
    assert "\n" not in sentence
    # What was expected, what was found, what to do.
    assert "expected" in sentence or "must be" in sentence
    assert "found" in sentence or "the system said" in sentence
    assert sentence.endswith(".")
    assert sentence.count(";") >= 2
    return sentence


def digest(folder: Path) -> str:
    """Return a digest of all files of a dataset, its lock and caches apart."""
    lines = []
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder)
        if file.is_file() and file.name != "lock" and name.parts[0] != "derived":
            lines.append(f"{name.as_posix()} {hashlib.sha256(file.read_bytes()).hexdigest()}")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def telegram(folder: Path, *senders: str) -> Path:
    """Write one Telegram chat."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        {
            "id": n,
            "type": "message",
            "date_unixtime": str(START + n * 600),
            "from": "N",
            "from_id": sender,
            "text": "x",
        }
        for n, sender in enumerate(senders or ("user1", "user2"))
    ]
    path = folder / "result.json"
    chat = {"name": "N", "type": "personal_chat", "id": 2, "messages": rows}
    path.write_text(json.dumps(chat), "utf-8")
    return path


def whatsapp(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "WhatsApp Chat with Odile.txt"
    path.write_text("13/02/23, 10:00 - Odile: a\n13/02/23, 10:01 - Nadir: b\n", "utf-8")
    return path


def edges(folder: Path, rows: list[tuple[Any, ...]], name: str = "talk.csv") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    pd.DataFrame(rows, columns=["sender", "recipient", "time"]).to_csv(path, index=False)
    return path


def village() -> list[tuple[int, int, int]]:
    """Three people closed and a pair apart, who talk every week of a year."""
    pairs = [(0, 1), (0, 2), (1, 2), (3, 4)]
    return [
        row
        for week in range(56)
        for n, (a, b) in enumerate(pairs)
        for row in (
            (a, b, START + week * WEEK + n * 7200),
            (b, a, START + week * WEEK + n * 7200 + 1800),
        )
    ]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Import a community with groups in it."""
    folder = tmp_path_factory.mktemp("cli")
    path = edges(folder / "x", village())
    words = ["import", path, "--into", folder / "d", "--community", "village"]
    good(*words, "--visibility", "private_1to1")
    return folder / "d"


@pytest.fixture
def own(made: Path, tmp_path: Path) -> Path:
    """Give a test a copy of that dataset to spoil."""
    shutil.copytree(made, tmp_path / "own")
    return tmp_path / "own"


# Verbs


def test_without_a_verb_it_says_what_there_is() -> None:
    result = run()
    assert result.exit_code == 2
    for name, command in cli.commands.items():
        assert name in result.output
        assert (command.help or "").strip().endswith(".")
    assert good("--help").startswith("Usage: ")
    assert "supportnet formats" in good("-h")
    assert supportnet.__version__ in good("--version")


def test_formats_lists_all_and_shows_each_sheet() -> None:
    listed = good("formats")
    for name, format_ in all_formats().items():
        assert name in listed
        assert format_.title in listed
        assert "## Ask for the export" in good("formats", name)


def test_import_says_what_became_of_the_records(tmp_path: Path) -> None:
    chat = telegram(tmp_path / "x")
    words = ["import", chat, "--into", tmp_path / "d", "--community", "c"]
    said = good(*words)
    assert "1 source added" in said
    assert "2 records" in said
    line = next(row for row in said.splitlines() if row.strip().startswith("telegram"))
    assert line.split() == ["telegram", "2", "2", "0", "0"]
    before = digest(tmp_path / "d")
    assert "nothing new" in good(*words)  # the same bytes again
    assert digest(tmp_path / "d") == before


def test_import_counts_for_a_program(tmp_path: Path) -> None:
    chat = telegram(tmp_path / "x")
    words = ["import", chat, "--into", tmp_path / "d", "--community", "c", "--json"]
    told = json.loads(good(*words))
    assert told == {
        "new": 1,
        "known": 0,
        "replaced": 0,
        "sources": [{"format": "telegram", "seen": 2, "kept": 2, "ignored": 0, "rejected": 0}],
        "advice": [],
        "refused": [],
    }
    again = json.loads(good(*words))
    assert (again["new"], again["known"], again["sources"]) == (0, 1, [])


def test_import_takes_patterns_and_several_formats(tmp_path: Path) -> None:
    telegram(tmp_path / "x" / "chat")
    whatsapp(tmp_path / "x")
    edges(tmp_path / "x", [(1, 2, START)])
    words = ["--into", tmp_path / "d", "--community", "c", "--timezone", "Europe/Paris"]
    good("import", tmp_path / "x", *words, "--visibility", "private_1to1")
    found = json.loads(good("describe", tmp_path / "d", "--json"))
    assert sorted(s["format"] for s in found["sources"]) == ["edgelist", "telegram", "whatsapp"]
    assert found["messages"] == 5
    good("import", f"{tmp_path}/x/*.txt", "--into", tmp_path / "e", *words[2:])
    assert json.loads(good("describe", tmp_path / "e", "--json"))["messages"] == 2


def test_the_first_import_says_that_a_key_was_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUPPORTNET_CONFIG_HOME", str(tmp_path / "config"))
    words = ["import", telegram(tmp_path / "x"), "--into", tmp_path / "d", "--community", "c"]
    assert "back it up apart from the data" in good(*words)
    assert (config_dir() / "keys" / "default.key").stat().st_size == 32
    more = telegram(tmp_path / "y", "user1", "user3")
    assert "back it up" not in good(*words[:1], more, *words[2:])


def test_maps_are_read_from_words_and_files(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("de,pour,quand,lieu\na,b,1700000000,open\nb,a,1700000060,closed\n", "utf-8")
    names = "sender=de,recipient=pour,time=quand"
    words = ["import", path, "--community", "c"]
    good(*words, "--into", tmp_path / "d", "--map", names, "--visibility", "public")
    (tmp_path / "map.json").write_text(
        json.dumps({"sender": "de", "recipient": "pour", "time": "quand", "channel": "lieu"})
    )
    (tmp_path / "boards.json").write_text(
        '\ufeff{"open": "public", "closed": "semi_public"}', "utf-8"
    )
    options = ["--map", tmp_path / "map.json", "--visibility-map", tmp_path / "boards.json"]
    good(*words, "--into", tmp_path / "e", *options)
    card = json.loads(good("describe", tmp_path / "e", "--json"))
    assert card["visibility"] == {"public": 1, "semi_public": 1}


def test_describe_and_check(made: Path) -> None:
    card = json.loads(good("describe", made, "--json"))
    assert (card["messages"], card["people"]) == (448, 5)
    assert "448 messages by 5 of 5 people, 2023-01-01 to 2024-01-21 (UTC)" in good("describe", made)
    rows = json.loads(good("check", made, "--json"))
    assert {row["status"] for row in rows} == {"ok"}
    assert "pointers to missing people" in good("check", made)


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_every_measure_is_printed(made: Path, name: str) -> None:
    said = good("measure", made, "--measure", name)
    assert {"value", "status"} <= set(said.split("\n", 1)[0].split())


def test_measure_takes_level_and_layer(made: Path) -> None:
    said = good("measure", made, "--measure", "reciprocity", "--level", "tie")
    assert "lo" in said.split("\n", 1)[0].split()
    words = ["measure", made, "--measure", "reciprocity"]
    assert "not_identified" in good(*words, "--level", "network", "--layer", "public")


def test_measure_of_groups_finds_them_first(made: Path) -> None:
    said = good("measure", made, "--measure", "reply_latency", "--level", "group")
    assert said.split("\n", 1)[0].split()[:2] == ["kind", "group"]
    assert "twinome" in said
    assert "dyad" in said


def test_groups_are_found_and_counted(made: Path, tmp_path: Path) -> None:
    said = good("groups", made)
    assert "twinome" in said
    assert "dyad" not in good("groups", made, "--kind", "twinome")
    # A file of real data holds counts, the small ones hidden; not who is with whom.
    assert "wrote" in good("groups", made, "-o", tmp_path / "g.csv")
    table = pd.read_csv(tmp_path / "g.csv")
    assert list(table.columns) == ["kind", "n_groups", "persons"]
    assert sorted(table["kind"]) == ["dyad", "twinome"]
    assert table["n_groups"].isna().all()


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_measures_are_written(made: Path, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"out.{ending}"
    said = good("measure", made, "--measure", "triadic_closure", "--level", "network", "-o", path)
    assert said.strip() == f"wrote {path}"
    table = pd.read_csv(path) if ending == "csv" else pq.read_table(path).to_pandas()
    assert {"measure", "value", "n", "status"} <= set(table.columns)
    assert (table["status"] == "suppressed").any()  # one triangle of three real persons


def test_compare_prints_the_contrast(made: Path, tmp_path: Path) -> None:
    words = ["compare", made, "--outcome", "reply_latency", "--contrast", "between"]
    said = good(*words)
    assert "reply_latency" in said
    good(*words, "-o", tmp_path / "c.csv")
    assert (tmp_path / "c.csv").exists()


def test_report_is_written(made: Path, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    assert "wrote" in good("report", made, "-o", path, "--language", "fr")
    page = path.read_text("utf-8")
    assert 'lang="fr"' in page
    assert "village" in page
    assert "<script" not in page


def test_example_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Path] = []
    monkeypatch.setattr(measuring, "write_example", written.append)
    assert "wrote the example community" in good("example", tmp_path / "e")
    assert written == [tmp_path / "e"]


def test_forget_takes_a_person_out(own: Path) -> None:
    accounts = supportnet.open_community(own).dataset.frame("accounts")
    person = accounts.loc[accounts["person_id"] == 3, "pseudonym"].iloc[0]
    # 56 rows of that person, and 56 that the other of the pair sent to them.
    assert "forgotten: 112 message rows removed" in good("forget", own, person)
    assert json.loads(good("describe", own, "--json"))["messages"] == 336
    assert "not in it" in bad("forget", own, person)


def test_link_says_what_was_joined(tmp_path: Path) -> None:
    chat = telegram(tmp_path / "x", "user1", "user2", "user3")
    good("import", chat, "--into", tmp_path / "d", "--community", "c")
    aliases = tmp_path / "aliases.csv"
    aliases.write_text("person,platform,identifier\nP,telegram,user1\nP,telegram,user3\n")
    said = good("link", tmp_path / "d", aliases)
    assert "1 declared group of accounts; 1 person of this dataset now has more than one" in said
    aliases.write_text("person,platform,identifier\nQ,telegram,usr9\nQ,telegram,usr8\n")
    said = good("link", tmp_path / "d", aliases)
    assert "1 person of this dataset" in said  # misspelt: no change
    assert "not in this dataset so far: the accounts in lines 2, 3 of the table" in said
    assert "usr" not in said


def test_keys_are_made_and_named() -> None:
    said = good("key", "new", "cli-test")
    ident = good("key", "id", "cli-test").strip()
    assert f"'cli-test' with id {ident}" in said
    assert len(ident) == 16
    secret = (config_dir() / "keys" / "cli-test.key").read_bytes()
    assert secret.hex() not in said
    assert "found one" in bad("key", "new", "cli-test")
    assert "public" in bad("key", "new", "example")
    assert "not a path" in bad("key", "id", "../x")
    assert "make it with" in bad("key", "id", "nowhere")


def test_lab_starts_jupyter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    calls: list[list[str]] = []
    code = [0]

    def fake(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        calls.append(command)
        return subprocess.CompletedProcess(command, code[0])

    monkeypatch.setattr(verbs.subprocess, "run", fake)
    monkeypatch.chdir(tmp_path)
    good("lab")
    assert calls[0][1:3] == ["-m", "jupyterlab"]
    code[0] = 1
    assert "pip install supportnet[lab]" in bad("lab")


# What goes wrong, and that the dataset is as it was


def refused(own: Path, *words: str | Path) -> str:
    before = digest(own)
    sentence = bad(*words)
    assert digest(own) == before
    return sentence


def importing(own: Path, *words: str | Path, community: str = "village") -> str:
    return refused(own, "import", *words, "--into", own, "--community", community)


def test_import_of_nothing(own: Path, tmp_path: Path) -> None:
    assert "nothing there; check the path" in importing(own, tmp_path / "nowhere")
    assert "nothing there" in importing(own, f"{tmp_path}/*.zip")
    (tmp_path / "empty").mkdir()
    assert "files were expected in it; found none" in importing(own, tmp_path / "empty")


def test_import_of_something_else(own: Path, tmp_path: Path) -> None:
    note = tmp_path / "Anna Example.txt"
    note.write_text("nothing of ours")
    said = importing(own, note)
    assert "found none that any format recognises" in said
    assert "supportnet formats" in said
    assert "Anna" not in said
    said = importing(own, note, "--format", "myspace")
    assert "'myspace'" in said
    assert "whatsapp" in said
    said = importing(own, note, "--format", "telegram")
    assert "a telegram export was expected; found no file of that format" in said
    assert "supportnet formats telegram" in said


def test_import_of_a_damaged_archive(own: Path, tmp_path: Path) -> None:
    telegram(tmp_path / "x")
    whole = tmp_path / "Anna Example.zip"
    with zipfile.ZipFile(whole, "w") as made:
        made.write(tmp_path / "x" / "result.json", "result.json")
    data = whole.read_bytes()
    for number, damaged in enumerate(
        [data[: len(data) // 2], b"PK" + bytes(range(200)), data.replace(b'"type"', b'"tipe"', 1)]
    ):
        path = tmp_path / f"Anna Example {number}.zip"
        path.write_bytes(damaged)
        said = importing(own, path)
        assert "export 1 of 1 (.zip)" in said
        assert "Anna" not in said


def damaged(folder: Path, name: str = "Anna Example.zip") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(b"PK\3\4 cut short")
    return folder / name


def partly(*words: str | Path) -> tuple[str, list[str]]:
    """Return what a call that imported some of its exports said, and its sentences of refusal."""
    result = run(*words)
    assert result.exit_code == 2, result.output
    lines = result.stderr.splitlines()
    assert all(line.startswith("supportnet: ") for line in lines)
    assert "Anna" not in result.output
    assert "Traceback" not in result.output
    return result.stdout, [line.removeprefix("supportnet: ") for line in lines]


def tables(folder: Path) -> dict[str, pd.DataFrame]:
    dataset = supportnet.open_community(folder).dataset
    return {name: dataset.frame(name) for name in BUILD_TABLES}


def test_a_bad_export_among_good_ones_is_named_and_the_good_ones_are_imported(
    tmp_path: Path,
) -> None:
    # Good, cut short, of no format, of a format that asks for its zone, of no such place, good.
    chat = telegram(tmp_path / "x")
    note = tmp_path / "Anna Example.txt"
    note.write_text("nothing of ours")
    table = edges(tmp_path / "t", [("a", "b", START), ("b", "a", START + 60)])
    exports = [
        *(chat, damaged(tmp_path), note, whatsapp(tmp_path / "w")),
        *(tmp_path / "nowhere", table),
    ]
    into = ["--community", "c", "--visibility", "public"]
    good("import", chat, table, "--into", tmp_path / "alone", *into)
    golden = tables(tmp_path / "alone")
    for order in (exports, exports[::-1]):
        place = tmp_path / f"d{order is exports}"
        stdout, sentences = partly("import", *order, "--into", place, *into)
        assert "2 sources added, 0 already there" in stdout
        assert len(sentences) == 5
        found = "\n".join(sentences)
        assert "a file or folder was expected; found nothing there" in found
        assert "a whole and sound file" in found or "whole" in found
        assert "found none that any format recognises" in found
        assert "--timezone" in found
        assert sentences[-1].startswith("4 sources were not imported, the others were;")
        for name, rows in tables(place).items():
            pd.testing.assert_frame_equal(golden[name], rows, obj=name)
    # The numbers in the sentences are the places of the files in the call.
    assert any("export 2 of 5" in one for one in partly("import", *exports, "--into",
               tmp_path / "again", *into)[1])  # fmt: skip
    # Mended, the same call completes the dataset.
    mended = [chat, whatsapp(tmp_path / "w"), table, "--timezone", "Europe/Paris"]
    said = good("import", *mended, "--into", tmp_path / "dTrue", *into)
    assert "1 source added, 2 already there" in said


def test_nothing_but_bad_exports_changes_nothing(own: Path, tmp_path: Path) -> None:
    note = tmp_path / "Anna Example.txt"
    note.write_text("nothing of ours")
    before = digest(own)
    stdout, sentences = partly(
        "import", damaged(tmp_path), note, "--into", own, "--community", "village"
    )
    assert stdout == ""
    assert digest(own) == before
    assert "export 1 of 2" in sentences[0]
    assert "export 2 of 2" in sentences[1]
    assert sentences[2].startswith("2 sources were not imported, nothing was imported;")
    partly("import", damaged(tmp_path), note, "--into", tmp_path / "n", "--community", "n")
    assert not (tmp_path / "n").exists()


def test_a_bad_export_beside_known_ones(own: Path, tmp_path: Path) -> None:
    chat = telegram(tmp_path / "x")
    good("import", chat, "--into", own, "--community", "village")
    before = digest(own)
    words = ["import", chat, damaged(tmp_path), "--into", own, "--community", "village"]
    stdout, sentences = partly(*words)
    assert "nothing new; 1 source had been imported before" in stdout
    assert len(sentences) == 2
    assert digest(own) == before
    stdout, _ = partly(*words, "--json")
    shown = json.loads(stdout)
    assert (shown["new"], shown["known"]) == (0, 1)
    (sentence,) = shown["refused"]
    assert sentence.startswith("export 2 of 2 (.zip): ")


def test_a_file_of_a_folder_that_cannot_be_read_leaves_its_neighbours(tmp_path: Path) -> None:
    whatsapp(tmp_path / "x")
    edges(tmp_path / "x", [("Anna", "b", START)])  # nobody says who could read it
    telegram(tmp_path / "x" / "other", "user5", "user6")
    words = ["--into", tmp_path / "d", "--community", "c", "--timezone", "UTC"]
    stdout, sentences = partly("import", tmp_path / "x", *words)
    assert "2 sources added" in stdout
    assert len(sentences) == 2
    assert "--visibility" in sentences[0]
    assert len(tables(tmp_path / "d")["messages"]) == 4


def test_missing_options_are_named(own: Path, tmp_path: Path) -> None:
    assert "--timezone" in importing(own, whatsapp(tmp_path / "w"))
    said = importing(own, whatsapp(tmp_path / "w"), "--timezone", "Mars/Phobos")
    assert "Europe/Paris" in said
    table = edges(tmp_path / "t", [("a", "b", 1_700_000_000)])
    said = importing(own, table)
    assert "--visibility" in said
    assert all(value in said for value in ("private_1to1", "public"))
    said = importing(own, table, "--visibility", "private")
    assert all(value in said for value in VISIBILITIES)
    steps = edges(tmp_path / "s", [("a", "b", 5), ("b", "a", 6)])
    assert "--ordinal-times" in importing(own, steps, "--visibility", "public")
    nameless = tmp_path / "n.csv"
    nameless.write_text("u,v,w\n1,2,488\n2,1,28\n")
    said = importing(own, nameless, "--visibility", "private_1to1")
    assert "column of times" in said
    assert "--map" in said


def test_maps_that_cannot_be_read(own: Path, tmp_path: Path) -> None:
    table = edges(tmp_path / "t", [("a", "b", 1_700_000_000)])
    words = [table, "--visibility", "public"]
    assert "an empty side" in importing(own, *words, "--map", "sender=,time=t")
    assert "no file at the path" in importing(own, *words, "--map", tmp_path / "nope.json")
    listed = tmp_path / "list.json"
    listed.write_text("[1]")
    assert "something else" in importing(own, *words, "--map", listed)
    listed.write_bytes(b'{"a": "\xe9"}')
    assert "no JSON in UTF-8" in importing(own, table, "--visibility-map", listed)


def test_another_key_is_refused(own: Path, tmp_path: Path) -> None:
    good("key", "new", "another")
    chat = telegram(tmp_path / "x")
    said = importing(own, chat, "--key", "another")
    assert "cannot be joined" in said
    assert good("key", "id").strip() in said
    assert "not a path" in importing(own, chat, "--key", "../other")
    assert "was expected for this dataset" in importing(own, chat, "--key", "example")


def test_another_community_is_refused(own: Path, tmp_path: Path) -> None:
    said = importing(own, telegram(tmp_path / "x"), community="town")
    assert "one per community" in said


def test_consent_files_are_checked(own: Path, tmp_path: Path) -> None:
    chat, consent = telegram(tmp_path / "x"), tmp_path / "consent.csv"
    consent.write_text("platform,identifier\ntelegram,user1\n")
    assert "state not found" in importing(own, chat, "--consent", consent)
    consent.write_text("platform,identifier,state\ntelegram,user1,perhaps\n")
    assert "donor" in importing(own, chat, "--consent", consent)
    assert "no readable file" in importing(own, chat, "--consent", tmp_path / "nope.csv")


@pytest.mark.parametrize(
    "verb",
    [
        ("describe",),
        ("check",),
        ("measure", "--measure", "reciprocity"),
        ("groups",),
        ("compare", "--outcome", "reply_latency"),
        ("report", "-o", "report.html"),
        ("forget", NOBODY),
        ("link", "aliases.csv"),
    ],
    ids=lambda verb: verb[0],
)
def test_a_folder_that_is_no_dataset(
    verb: tuple[str, ...], tmp_path: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "aliases.csv").write_text("person,platform,identifier\n")
    (tmp_path / "file").write_text("")
    (tmp_path / "empty").mkdir()
    for place in ("nowhere", "empty", "file"):
        said = bad(verb[0], place, *verb[1:])
        assert "supportnet import EXPORT --into DIR" in said
    assert not (tmp_path / "nowhere").exists()
    assert not any((tmp_path / "empty").iterdir())
    # A dataset that another release wrote, and damaged ones.
    manifest = json.loads((own / "manifest.json").read_text())
    (own / "manifest.json").write_text(json.dumps(manifest | {"schema_version": 99}))
    assert "schema version 1 was expected; found 99" in refused(own, verb[0], own, *verb[1:])
    (own / "manifest.json").write_text("{")
    assert "damaged" in refused(own, verb[0], own, *verb[1:])


@pytest.mark.parametrize("verb", [("describe",), ("check",), ("measure", "--measure", "waiting")])
def test_a_damaged_table_is_no_bug_of_ours(verb: tuple[str, ...], own: Path) -> None:
    (file,) = (own / "build").glob("*/messages.parquet")
    whole = file.read_bytes()
    rng = np.random.default_rng(5)
    for number in range(12):
        damaged = bytearray(whole)
        if number < 4:
            damaged = damaged[: len(damaged) * number // 4]
        else:
            for at in rng.integers(len(damaged) - 2000, len(damaged) - 8, 40):
                damaged[at] = int(rng.integers(256))
        file.write_bytes(damaged)
        result = run(verb[0], own, *verb[1:])
        assert result.exit_code in (0, 2), result.output
        if number < 4:
            assert "found a damaged one" in result.stderr
    file.unlink()
    assert "found one missing" in bad(verb[0], own, *verb[1:])


def test_import_into_a_dataset_of_another_schema(own: Path, tmp_path: Path) -> None:
    manifest = json.loads((own / "manifest.json").read_text())
    (own / "manifest.json").write_text(json.dumps(manifest | {"schema_version": 2}))
    assert "schema version" in importing(own, telegram(tmp_path / "x"))


def test_unknown_words_name_the_known_ones(made: Path) -> None:
    said = bad("measure", made, "--measure", "closeness")
    assert all(name in said for name in MEASURES)
    said = bad("measure", made, "--measure", "reciprocity", "--level", "planet")
    assert "tie, person, group, network" in said
    said = bad("measure", made, "--measure", "reciprocity", "--layer", "secret")
    assert "private, public" in said
    assert "twinome, dyad, friend_network" in bad("groups", made, "--kind", "herd")
    assert "reply_latency" in bad("compare", made, "--outcome", "love")
    assert "within_person" in bad("compare", made, "--outcome", "waiting", "--contrast", "x")


def test_an_option_that_a_measure_does_not_know(made: Path) -> None:
    without = [
        name for name, f in MEASURES.items() if "layer" not in inspect.signature(f).parameters
    ]
    assert without
    said = bad("measure", made, "--measure", without[0], "--layer", "private")
    assert "--layer; leave it out" in said


@pytest.mark.parametrize("outcome", ["density", "transitivity", "reciprocity"])
def test_outcomes_fixed_by_construction_are_refused(made: Path, outcome: str) -> None:
    said = bad("compare", made, "--outcome", outcome)
    assert "construction" in said
    assert "reply_latency" in said


def test_no_groups_is_said_in_so_many_words(tmp_path: Path) -> None:
    good("import", telegram(tmp_path / "x"), "--into", tmp_path / "d", "--community", "c")
    for words in (
        ["groups", tmp_path / "d"],
        ["compare", tmp_path / "d", "--outcome", "reply_latency"],
        ["measure", tmp_path / "d", "--measure", "reply_latency", "--level", "group"],
    ):
        assert "groups were expected in the dataset; found none" in bad(*words)


def test_outputs_that_cannot_be_written(made: Path, tmp_path: Path) -> None:
    words = ["measure", made, "--measure", "triadic_closure"]
    assert ".csv or .parquet" in bad(*words, "-o", tmp_path / "out.txt")
    assert "another ending" in bad(*words, "-o", tmp_path)
    assert "choose another with -o" in bad(*words, "-o", tmp_path / "none" / "out.csv")
    assert "'Not a directory'" in bad(*words, "-o", Path(os.devnull) / "out.csv")
    assert "no such folder" in bad("report", made, "-o", tmp_path / "none" / "r.html")
    (tmp_path / "taken.csv").mkdir()
    assert "choose another with -o" in bad(*words, "-o", tmp_path / "taken.csv")
    assert not list(tmp_path.glob(".*"))  # no half-written file stays


def test_import_into_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    words = ["--community", "c", "--into"]
    chat = telegram(tmp_path / "x")
    assert "--into" in bad("import", chat, *words, tmp_path / "file")
    assert "--into" in bad("import", chat, *words, tmp_path / "file" / "deeper")


def test_the_example_does_not_write_into_other_things(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(example, "example_files", lambda _: {"README.md": b""})
    monkeypatch.setattr(example, "community", lambda _: None)
    before = digest(made)
    assert "new folder" in bad("example", made)
    assert digest(made) == before
    assert "permissions" in bad("example", Path(os.devnull) / "e")


def test_forget_of_nobody(own: Path) -> None:
    assert "32 hexadecimal digits" in refused(own, "forget", own, "Anna Example")
    assert "not in it" in refused(own, "forget", own, NOBODY)


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (b"person,platform,identifier\nP,telegram,L\xe9a\n", "UTF-8"),
        (b"PK\3\4\0\0\0\xff", "UTF-8"),
        (b"who,platform\nLea,telegram\n", "person, identifier not found"),
        (b"", "person, platform, identifier not found"),
        (b"person,platform,identifier\nP,x,@lea\nQ,x,@Lea\n", "two labels claim"),
        (None, "check the path"),
    ],
)
def test_alias_files_that_cannot_be_read(
    own: Path, tmp_path: Path, content: bytes | None, wanted: str
) -> None:
    path = tmp_path / "Anna Example.csv"
    if content is not None:
        path.write_bytes(content)
    said = refused(own, "link", own, path)
    assert wanted in said
    assert "Anna" not in said
    assert "lea" not in said.lower()


def test_usage_is_explained_by_the_verb(made: Path, tmp_path: Path) -> None:
    chat = telegram(tmp_path / "x")
    for words, wanted in [
        (["import", chat, "--into", tmp_path / "d"], "Missing option '--community'"),
        (["import", chat, "--community", "c"], "Missing option '--into'"),
        (["import", "--into", tmp_path / "d", "--community", "c"], "Missing argument 'EXPORTS...'"),
        (["measure", made], "Missing option '--measure'"),
        (["groups", made, "--min-contacts", "0"], "0 is not in the range"),
        (["report", made, "-o", "r.html", "--language", "de"], "not one of 'en', 'fr'"),
        (["descrieb", made], "No such command"),
    ]:
        result = run(*words)
        assert (result.exit_code, result.stdout) == (2, "")
        assert wanted in result.stderr
    assert not (tmp_path / "d").exists()


# Bugs and tracebacks

SECRET = "Anna Example +33600000001"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ValueError(SECRET), 1),
        (KeyError(SECRET), 1),
        (InternalError("a promise of ours was broken"), 1),
        (duckdb.BinderException(SECRET), 1),
        (duckdb.InvalidInputException(SECRET), 1),
        (duckdb.InvalidInputException(f"No magic bytes found at end of file '{SECRET}'"), 2),
        (duckdb.OutOfMemoryException(SECRET), 2),
        (MemoryError(SECRET), 2),
        (PermissionError(13, "Permission denied", SECRET), 2),
        (KeyboardInterrupt(SECRET), 2),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_bug_shows_no_content_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, made: Path, error: BaseException, code: int
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(measuring.communities, "open_community", fail)
    result = run("describe", made)
    assert result.exit_code == code
    assert "Traceback" not in result.output
    assert "Anna" not in result.output
    assert "336" not in result.output
    assert result.stderr.strip().count("\n") == 0
    if code == 1 and not isinstance(error, InternalError):
        assert f"an error of ours ({type(error).__name__})" in result.stderr


def test_debug_shows_the_traceback(monkeypatch: pytest.MonkeyPatch, made: Path) -> None:
    def fail(*_: Any, **__: Any) -> None:
        msg = "planted"
        raise ValueError(msg)

    monkeypatch.setattr(measuring.communities, "open_community", fail)
    result = run("--debug", "describe", made)
    assert result.exit_code == 1
    assert "Traceback" in result.stderr
    assert "ValueError: planted" in result.stderr


def test_debug_shows_where_input_was_refused(tmp_path: Path) -> None:
    result = run("--debug", "describe", tmp_path)
    assert result.exit_code == 2
    assert "Traceback" in result.stderr
    assert "read_manifest" in result.stderr or "open_dataset" in result.stderr


def test_called_as_a_function_it_raises() -> None:
    with pytest.raises(click.UsageError):
        cli.main(["descrieb"], standalone_mode=False)
    assert isinstance(cli, Door)


# As a real process


def process(*words: str | Path, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "supportnet", *map(str, words)]
    # The package under test, whatever the folder.
    package = Path(supportnet.__file__).resolve().parents[1]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(package), **environ},
    )


def test_a_whole_round_as_a_user_runs_it(tmp_path: Path) -> None:
    environ = {"SUPPORTNET_CONFIG_HOME": str(tmp_path / "config")}
    chat = telegram(tmp_path / "x")
    words = ["import", chat, "--into", tmp_path / "d", "--community", "c"]
    done = process(*words, **environ)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    done = process("describe", tmp_path / "d", "--json", **environ)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["messages"] == 2
    done = process("describe", tmp_path / "nowhere", **environ)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("supportnet: a dataset folder was expected")


def test_a_closed_pipe_is_no_bug(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "supportnet", "formats", "whatsapp"]
    package = Path(supportnet.__file__).resolve().parents[1]
    running = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(package)},
    )
    assert running.stdout is not None
    assert running.stderr is not None
    running.stdout.close()  # as `| head` does
    said = running.stderr.read()
    running.stderr.close()
    running.wait(60)
    assert "an error of ours" not in said
    assert "Traceback" not in said


def test_the_installed_name_leads_here(root: Path) -> None:
    settings = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    assert settings["project"]["scripts"] == {"supportnet": "supportnet.cli:main"}
