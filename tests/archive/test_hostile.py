"""The battery of hostile files: refused or reported safely, soon, in little memory."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hostile import CASES, SECRET

from supportnet.archive import Limits, open_archive, read_json, read_outline
from supportnet.errors import ArchiveError

SECONDS, MEBIBYTES = 5, 200
NAMES = list(CASES)


def listing(folder: Path) -> list[tuple[str, int]]:
    return sorted((str(file), file.lstat().st_size) for file in folder.rglob("*"))


@pytest.fixture(scope="module")
def battery(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Build every file, read them all in one fresh process, and return its reports by name."""
    root = tmp_path_factory.mktemp("battery")
    for number, (builder, _) in enumerate(CASES.values()):
        folder = root / str(number)
        folder.mkdir()
        (root / f"{number}.path").write_text(str(builder(folder)))
    before = listing(root)
    reader = Path(__file__).with_name("reading.py")
    done = subprocess.run(
        [sys.executable, str(reader), str(root)],
        capture_output=True,
        text=True,
        check=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "TMPDIR": str(root)},
    )
    assert listing(root) == before, "something was written"
    shutil.rmtree(root)
    first, *reports = map(json.loads, done.stdout.splitlines())
    for report in reports:
        report["peak_mib"] -= first["before_mib"]
    return {NAMES[int(report["name"])]: report for report in reports}


@pytest.mark.parametrize("name", NAMES)
def test_hostile_files_are_refused_or_reported(name: str, battery: dict[str, Any]) -> None:
    expected, report = CASES[name][1], battery[name]
    if expected.startswith(("skipped:", "bad:")):
        assert report["error"] == ""
        assert expected in report["reasons"]
    else:
        sentence = report["error"]
        assert sentence, "read without complaint"
        assert expected in sentence
        assert sentence.startswith("export 1 of 1")
        assert SECRET not in sentence
        assert "/" not in sentence
        assert sentence.endswith(".")
        assert "\n" not in sentence
        assert not report["causes"], "the error drags along what it was made from"
    assert report["seconds"] < SECONDS
    # The peak of the process so far: the battery needs little memory from first to last.
    assert report["peak_mib"] < MEBIBYTES


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (b"[" * 20_000, "nested too deeply"),
        (b"[" * 20_000 + b"]" * 20_000, "nested too deeply"),
        (b'{"a": [1, 2', "cut short"),
        (b'{"a": [1, 2}', "cut short"),
        (b'{"a": 1}{"b": 2}', "malformed"),
        (b"1, 2", "malformed"),
        (b"", "cut short"),
        (b"[" + b"1," * 1_500_000 + b"1]", "too many values"),
    ],
)
def test_whole_documents_are_refused(text: bytes, found: str, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(text)
    member = open_archive(path).members[0]
    with pytest.raises(ArchiveError, match=found):
        read_json(member)


def test_an_outline_of_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b'{"a": "' + b"x" * 1000 + b'", "messages": []}')
    member = open_archive(path, limits=Limits(element_bytes=100)).members[0]
    with pytest.raises(ArchiveError, match="over the cap"):
        read_outline(member)


@pytest.mark.parametrize(
    ("limits", "found"),
    [
        (Limits(members=1), "at most 1 files"),
        (Limits(member_bytes=99), "at most 99 bytes"),
        (Limits(total_bytes=150), "at most 150 bytes in all"),
        (Limits(ratio=2, ratio_after=10), "ratio of at most 2"),
    ],
)
def test_every_cap_can_be_set(limits: Limits, found: str, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a.txt", b"x" * 100)
        made.writestr("b.txt", b"y" * 100)
    with pytest.raises(ArchiveError, match=found):
        [member.read() for member in open_archive(path, limits=limits).members]
    assert [len(member.read()) for member in open_archive(path).members] == [100, 100]
