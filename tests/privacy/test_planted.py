"""Names, numbers, addresses and sentences planted in every format turn up in no output."""

from __future__ import annotations

import base64
import json
import shutil
import struct
import zipfile
import zlib
from collections import Counter
from dataclasses import fields
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from decoding import leaks, search
from mutate import mutate_file
from planting import KINDS, PLANTS, Planted, plant_format

from supportnet.archive import open_exports
from supportnet.cli import cli
from supportnet.community import open_community
from supportnet.formats import Options
from supportnet.importers import all_formats
from supportnet.ingest import encode, import_archives
from supportnet.ingest.grouping import collect
from supportnet.measures import MEASURES
from supportnet.records import Ignored, MessageBatch, RawMessage, Rejected

FORMATS = list(all_formats())
ERRORS = 20  # damaged archives per format
MOST = 4  # samples of one format in the dataset


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Planted]]:
    """Return the planted samples of every format."""
    return {name: plant_format(name, tmp_path_factory.mktemp("plants")) for name in FORMATS}


def words_of(options: Options) -> dict[str, Any]:
    """Return what an import was told, as its keywords."""
    told = {f.name: getattr(options, f.name) for f in fields(Options) if f.name != "community"}
    return {name: value for name, value in told.items() if value not in (None, False)}


@pytest.fixture(scope="module")
def dataset(
    planted: dict[str, list[Planted]], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, str]:
    """Import everything into one dataset; return it and what the imports said."""
    folder = tmp_path_factory.mktemp("whole") / "d"
    calls: dict[str, tuple[dict[str, Any], str | None, list[Path]]] = {}
    for samples in planted.values():
        for sample in samples[:MOST]:
            words = words_of(sample.options)
            named = sample.format if words.get("columns") else None
            key = json.dumps([words, named], sort_keys=True, default=str)
            calls.setdefault(key, (words, named, []))[2].append(sample.path)
    said = []
    for words, named, paths in calls.values():
        report = import_archives(paths, into=folder, community="c", format=named, **words)
        said.append(f"{report!r} {report} {report.to_frame().to_csv()}")
    return folder, "\n".join(said)


def run(*words: str | Path) -> str:
    """Run a verb and return all that it said."""
    result = CliRunner().invoke(cli, [str(word) for word in words])
    assert result.exit_code in (0, 2), result.output
    return result.output + repr(result.exception)


# The plants are there


@pytest.mark.parametrize("name", FORMATS)
def test_the_plants_of_every_format_reach_its_importer(
    planted: dict[str, list[Planted]], name: str
) -> None:
    reached: dict[str, set[str]] = {kind: set() for kind in (*KINDS, "people")}
    for sample in planted[name]:
        for kind, found in sample.reached().items():
            reached[kind] |= found
    for kind in KINDS:
        assert len(reached[kind]) >= 20, (
            f"{name}: too few plants of kind {kind} in its samples; "
            "give it a function in tests/privacy/planting.py"
        )
    assert reached["people"], f"{name}: no plant names a person"


def test_plants_cannot_occur_by_chance() -> None:
    every = [plant for kind in KINDS for plant in PLANTS[kind]]
    assert all(len(set(PLANTS[kind])) == len(PLANTS[kind]) >= 20 for kind in KINDS)
    assert all(leaks(plant) for plant in every)
    assert not leaks("0123456789" * 50 + "abcdefghijklmnopqrstuvwxyz" * 50)


# Nothing of them comes out


def test_nothing_planted_is_stored(dataset: tuple[Path, str]) -> None:
    folder, said = dataset
    c = open_community(folder)
    formats = Counter(source["format"] for source in c.card["sources"])
    assert set(formats) == set(FORMATS)
    assert c.card["messages"] > 200
    assert search(folder.rglob("*")) == []
    assert leaks(said) == []
    assert search([folder.parent / "nothing", *folder.parent.iterdir()]) == []


def test_nothing_planted_is_said_or_exported(
    dataset: tuple[Path, str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder, _ = dataset
    caplog.set_level(0)
    said = [
        run(*words)
        for words in (
            ["describe", folder],
            ["describe", folder, "--json"],
            ["check", folder],
            ["check", folder, "--json"],
            ["groups", folder, "--min-contacts", "1", "-o", tmp_path / "groups.csv"],
            ["groups", folder, "--min-contacts", "1"],
            ["report", folder, "-o", tmp_path / "report.html", "--min-contacts", "1"],
        )
    ]
    for number, name in enumerate(MEASURES):
        ending = ("csv", "parquet")[number % 2]
        said.append(run("measure", folder, "--measure", name))
        said.append(run("measure", folder, "--measure", name, "-o", tmp_path / f"{name}.{ending}"))
    c = open_community(folder)
    said += [repr(c), c._repr_html_(), c.messages().to_csv(), c.interactions().to_csv()]
    said += [c.ties("all").to_csv(), c.dataset.frame("accounts").to_csv()]
    assert (tmp_path / "report.html").stat().st_size > 20_000
    assert len(list(tmp_path.iterdir())) > len(MEASURES) // 2
    assert [leak for text in said for leak in leaks(text)] == []
    assert search(tmp_path.rglob("*")) == []
    assert leaks(caplog.text) == []


def test_nothing_planted_is_kept_of_alias_and_consent_files(
    dataset: tuple[Path, str], planted: dict[str, list[Planted]], tmp_path: Path
) -> None:
    folder = tmp_path / "d"
    shutil.copytree(dataset[0], folder)
    table = tmp_path / f"{PLANTS['name'][0]}.csv"
    rows = ["person,platform,identifier,owner,state"]
    for n, name in enumerate(PLANTS["name"]):
        rows.append(f"{name},whatsapp,{PLANTS['phone'][n]},,donor")
        rows.append(f"{name},twitter,@{PLANTS['handle'][n]},,none")
        rows.append(f"{name},whatsapp,{name},{PLANTS['name'][2]},consented")
    table.write_text("\n".join(rows) + "\n", "utf-8")
    said = run("link", folder, table)
    assert "more than one account" in said
    chat = next(s for s in planted["whatsapp"] if s.options.owner == PLANTS["name"][2])
    words = ["--timezone", "Europe/Paris", "--owner", PLANTS["name"][2], "--consent", table]
    said += run("import", chat.path, "--into", folder, "--community", "c", *words)
    consent = open_community(folder).dataset.frame("accounts")["consent"]
    assert {"donor", "consented"} <= set(consent)
    person = open_community(folder).dataset.frame("accounts")["pseudonym"].iloc[0]
    said += run("forget", folder, person)
    # Mistakes in such files say nothing of them either.
    for bad in ("person,platform\n", "\n".join([*rows, rows[1].replace("Zqx", "Zqy")]), "\xff"):
        table.write_text(bad, "latin-1")
        said += run("link", folder, table)
        said += run("import", chat.path, "--into", folder, "--community", "c", *words)
    assert leaks(said.replace(str(table), "")) == []
    assert search(folder.rglob("*")) == []


def reading(place: Path, words: dict[str, Any], named: str | None) -> str:
    """Read an export as an import would, and return all that could be shown of it."""
    said = []
    try:
        archives = open_exports([place])
        for job in collect(archives, Options(**words), named):
            said.append(repr(job.export.notes))
            for record in job.format.read(job.export):
                if isinstance(record, Ignored | Rejected):
                    said.append(repr(record))
            said.append(repr(job.export.notes))
    except Exception as error:  # noqa: BLE001 - whatever it is, it must say nothing
        said.append(f"{type(error).__name__}: {error} {getattr(error, '__notes__', '')}")
    return " ".join(said)


@pytest.mark.parametrize("name", FORMATS)
def test_errors_say_nothing_planted(
    planted: dict[str, list[Planted]], name: str, tmp_path: Path
) -> None:
    said = []
    place = tmp_path / f"{PLANTS['name'][5]} {PLANTS['phone'][5]}"
    for number in range(ERRORS):
        sample = planted[name][number % len(planted[name])]
        shutil.rmtree(place, ignore_errors=True)
        with zipfile.ZipFile(sample.path) as archive:
            archive.extractall(place)
        sound = {
            file.relative_to(place): file.read_bytes()
            for file in sorted(place.rglob("*"))
            if file.is_file()
        }
        _, damaged, data = mutate_file(sound, list(sound), f"leak:{name}:{number}")
        (place / damaged).write_bytes(data)
        # Sometimes nothing is declared: the missing option is named, the content is not.
        words = words_of(sample.options) if number % 3 else {}
        named = sample.format if number % 2 or "columns" in words else None
        said.append(reading(place, words, named))
        if number % 10 == 0:
            said.append(run("import", place, "--into", tmp_path / "d", "--community", "c"))
            said[-1] = said[-1].replace(str(place), "")
    assert [leak for text in said for leak in leaks(text)] == []
    assert any("Error: " in text or "Rejected(" in text for text in said)
    assert search((tmp_path / "d").rglob("*")) == []


# The search can find


def _parquet(path: Path, table: pa.Table, **options: Any) -> None:
    pq.write_table(table, path, compression="zstd", **options)


def _plant_dictionary(path: Path, plant: str) -> None:
    column = pa.DictionaryArray.from_arrays(pa.array([0, 0]), pa.array(["fine", plant]))
    _parquet(path, pa.table({"word": column}), write_statistics=False)


def _plant_bytes(path: Path, plant: str) -> None:
    _parquet(path, pa.table({"digest": pa.array([plant.encode()], pa.binary())}))


def _plant_metadata(path: Path, plant: str) -> None:
    table = pa.table({"n": [1]}).replace_schema_metadata({"source": f"/home/you/{plant}.zip"})
    _parquet(path, table)


def _plant_index(path: Path, plant: str) -> None:
    frame = pd.DataFrame({"n": [1]}, index=[plant])
    frame.to_parquet(path, compression="zstd")


def _plant_column(path: Path, plant: str) -> None:
    _parquet(path, pa.table({plant: [1]}))


def _plant_html(path: Path, plant: str) -> None:
    escaped = "".join(f"&#{ord(c)};" for c in plant)
    path.with_suffix(".html").write_text(f"<p title='{escaped}'></p>", "utf-8")


def _plant_json(path: Path, plant: str) -> None:
    escaped = "".join(f"\\u{ord(c):04x}" for c in plant)
    path.with_suffix(".json").write_text(f'{{"title": "{escaped}"}}', "utf-8")


def _plant_png(path: Path, plant: str) -> None:
    body = b"Title\0\0" + zlib.compress(plant.encode())
    chunk = struct.pack(">I", len(body)) + b"zTXt" + body + b"\0" * 4
    picture = base64.b64encode(b"\x89PNG\r\n\x1a\n" + chunk).decode()
    path.with_suffix(".html").write_text(f"<img src='data:image/png;base64,{picture}'>", "utf-8")


def _plant_hash(path: Path, plant: str) -> None:
    import hashlib

    digest = hashlib.sha256(plant.lower().encode()).digest()[:8]
    _parquet(path, pa.table({"pseudonym": pa.array([digest], pa.binary())}))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "plant",
    [
        _plant_dictionary,
        _plant_bytes,
        _plant_metadata,
        _plant_index,
        _plant_column,
        _plant_html,
        _plant_json,
        _plant_png,
        _plant_hash,
    ],
    ids=lambda f: f.__name__,
)
def test_a_leak_in_a_file_is_found(plant: Any, kind: str, tmp_path: Path) -> None:
    plant(tmp_path / "leak.parquet", PLANTS[kind][7])
    assert search(tmp_path.iterdir())


def test_a_leak_in_a_name_is_found(tmp_path: Path) -> None:
    (tmp_path / f"{PLANTS['name'][3]}.csv").write_text("n\n1\n")
    assert search(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["whatsapp", "telegram", "twitter"])
def test_a_leak_in_the_import_is_found(
    planted: dict[str, list[Planted]], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = encode.Encoder.take

    def leaking(self: encode.Encoder, records: Any) -> None:
        def leak() -> Any:
            for record in records:
                one_by_one = record.singly() if isinstance(record, MessageBatch) else [record]
                for single in one_by_one:
                    if isinstance(single, RawMessage) and single.text:
                        single.lang = single.text
                    yield single

        take(self, leak())

    monkeypatch.setattr(encode.Encoder, "take", leaking)
    monkeypatch.setattr(encode, "lang_of", lambda text: text)
    sample = planted[name][0]
    import_archives(sample.path, into=tmp_path / "d", community="c", **words_of(sample.options))
    assert search((tmp_path / "d").rglob("*.parquet"))
