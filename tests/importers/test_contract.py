"""What every format promises, held for all of them: nobody has to remember to test it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support import (
    check_record,
    holds_archives,
    load_cases,
    options_of,
    plain,
    read_case,
    read_paths,
)

from supportnet.archive import open_exports
from supportnet.errors import InputError
from supportnet.importers import all_formats
from supportnet.records import Ignored, RawCoverage, RawMessage, Rejected

FORMATS = all_formats()
CASES = [case for name in FORMATS for case in load_cases(name)]
HEADINGS = [
    "## Ask for the export",
    "## Kept",
    "## Lost",
    "## Time zone",
    "## Who could read it",
    "## Nobody else's public side",
    "## Versions",
    "## Options",
]

each_format = pytest.mark.parametrize("name", FORMATS)
each_case = pytest.mark.parametrize(
    "case", CASES, ids=lambda case: f"{case.parent.name}-{case.name}"
)


@each_format
def test_the_sheet_has_the_fixed_headings(name: str) -> None:
    lines = FORMATS[name].sheet.read_text("utf-8").splitlines()
    assert [line for line in lines if line.startswith("## ")] == HEADINGS
    for heading, following in zip(HEADINGS, [*HEADINGS[1:], None], strict=True):
        end = lines.index(following) if following else len(lines)
        body = [line for line in lines[lines.index(heading) + 1 : end] if line.strip()]
        assert body, f"nothing under {heading}"


@each_format
def test_it_describes_itself(name: str) -> None:
    format_ = FORMATS[name]
    assert format_.name == name
    assert format_.title.strip()
    assert format_.leaves_out.strip().endswith(".")
    assert set(format_.needs) <= set(options_of(Path("nowhere")).__slots__)


@each_format
def test_it_has_samples(name: str) -> None:
    cases = load_cases(name)
    assert cases
    for case in cases:
        assert (case / "expected.json").exists(), f"no golden records in {case.name}"


@each_case
def test_samples_are_recognised_by_their_own_format_alone(case: Path) -> None:
    claimed = 0
    for archive in open_exports([case / "input"]):
        for member in archive.members:
            claims = [name for name, format_ in FORMATS.items() if format_.sniff(member)]
            assert set(claims) <= {case.parent.name}, member.name
            claimed += len(claims)
    assert claimed


@each_case
@pytest.mark.parametrize("packing", ["folder", "zip", "tar"])
def test_samples_give_their_golden_records(case: Path, packing: str) -> None:
    if packing != "folder" and holds_archives(case):
        pytest.skip("the sample is made of archives, which are not packed once more")
    expected = json.loads((case / "expected.json").read_text("utf-8"))
    found = read_case(case, zipped=packing == "zip", as_tar=packing == "tar")
    # Through JSON and back: tuples and lists are the same there.
    assert json.loads(json.dumps(found)) == expected


@each_case
def test_records_keep_their_contract(case: Path) -> None:
    format_ = FORMATS[case.parent.name]
    records = read_paths([case / "input"], format_, options_of(case))
    for record in records:
        check_record(record)
    assert any(isinstance(record, RawCoverage) for record in records)
    seen: dict[int, set[tuple[int, int]]] = {}
    for record in records:
        if isinstance(record, RawMessage):
            places = seen.setdefault(id(record.conversation), set())
            assert (record.copy, record.seq) not in places, "one position twice in a conversation"
            places.add((record.copy, record.seq))


@each_case
def test_reading_twice_gives_the_same(case: Path) -> None:
    format_, options = FORMATS[case.parent.name], options_of(case)
    first, second = (
        [plain(record) for record in read_paths([case / "input"], format_, options)]
        for _ in range(2)
    )
    assert first == second


@each_case
@pytest.mark.parametrize("eighths", [0, 1, 3, 5, 7])
def test_a_truncated_sample_gives_no_bare_exception(
    case: Path, eighths: int, tmp_path: Path
) -> None:
    format_, options = FORMATS[case.parent.name], options_of(case)
    for file in (case / "input").rglob("*"):
        if file.is_file():
            copy = tmp_path / file.relative_to(case / "input")
            copy.parent.mkdir(parents=True, exist_ok=True)
            data = file.read_bytes()
            copy.write_bytes(data[: len(data) * eighths // 8])
    try:
        records = read_paths([tmp_path], format_, options)
    except InputError:
        return
    for record in records:
        check_record(record)


@each_case
def test_reasons_are_codes(case: Path) -> None:
    format_ = FORMATS[case.parent.name]
    for record in read_paths([case / "input"], format_, options_of(case)):
        if isinstance(record, Ignored | Rejected):
            assert record.reason.replace("_", "").isalnum()
            assert record.reason == record.reason.lower()
