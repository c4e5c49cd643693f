"""Lines and rows: every line end, every cut of the file, every damage."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path

import pytest

from supportnet.archive import (
    BadRow,
    CutLine,
    Limits,
    Member,
    iter_csv,
    iter_lines,
    lines,
    open_archive,
)


def member_of(folder: Path, data: bytes | str, limits: Limits | None = None) -> Member:
    path = folder / "a.txt"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return open_archive(path, limits=limits).members[0]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", []),
        (b"a", ["a"]),
        (b"a\n", ["a"]),
        (b"a\r\nb\rc\n\nd", ["a", "b", "c", "", "d"]),
        (b"\n", [""]),
        (b"\r", [""]),
        (b"\xef\xbb\xbfa\n\xef\xbb\xbfb", ["a", "\ufeffb"]),
        ("a\u2028b\u0085c\x0bd\n".encode(), ["a\u2028b\u0085c\x0bd"]),
        (b"caf\xe9\n", ["caf\ufffd"]),
        (b"a\0b\n", ["a\0b"]),
    ],
)
@pytest.mark.parametrize("step", [1, 2, 3, 2**20])
def test_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes, expected: list[str], step: int
) -> None:
    monkeypatch.setattr(lines, "_STEP", step)
    assert list(iter_lines(member_of(tmp_path, data))) == list(enumerate(expected))


def test_other_encodings(tmp_path: Path) -> None:
    member = member_of(tmp_path, "é\nß".encode("utf-16"))
    assert [text for _, text in iter_lines(member, "utf-16")] == ["é", "ß"]
    member = member_of(tmp_path, "é\nß".encode("latin-1"))
    assert [text for _, text in iter_lines(member, "latin-1")] == ["é", "ß"]


@pytest.mark.parametrize("step", [1, 4, 7, 100])
def test_a_line_over_the_cap_comes_cut_and_marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    monkeypatch.setattr(lines, "_STEP", step)
    member = member_of(tmp_path, "short\n" + "x" * 50 + "\n0123456789\nend", Limits(field_bytes=10))
    found = list(iter_lines(member))
    assert found == [(0, "short"), (1, "x" * 10), (2, "0123456789"), (3, "end")]
    assert [isinstance(text, CutLine) for _, text in found] == [False, True, False, False]


# -- tables ----------------------------------------------------------------------------------


def test_rows_with_quotes_and_line_ends(tmp_path: Path) -> None:
    text = '\ufefffrom,text\r\nann,"two\r\nlines, and ""quotes"""\r\n\r\nbob,é\r\n'
    assert list(iter_csv(member_of(tmp_path, text))) == [
        (0, ["from", "text"]),
        (1, ["ann", 'two\nlines, and "quotes"']),
        (3, ["bob", "é"]),
    ]


def test_notes_above_the_header_are_passed_over(tmp_path: Path) -> None:
    text = 'Notes:\n"some, words"\n\nFirst Name,Last Name\nAnn,B\n'
    member = member_of(tmp_path, text)
    expected = [(3, ["First Name", "Last Name"]), (4, ["Ann", "B"])]
    assert list(iter_csv(member, skip_until="First Name")) == expected
    assert list(iter_csv(member, skip_until=lambda row: "Last Name" in row)) == expected
    assert list(iter_csv(member, skip_until="Nothing")) == []


def test_other_delimiters(tmp_path: Path) -> None:
    member = member_of(tmp_path, "a;b\tc")
    assert list(iter_csv(member, delimiter=";")) == [(0, ["a", "b\tc"])]
    assert list(iter_csv(member, delimiter="\t")) == [(0, ["a;b", "c"])]


def test_a_cell_over_the_cap_costs_its_row(tmp_path: Path) -> None:
    limits = Limits(field_bytes=200_000)
    text = "a,b\nc," + "x" * 200_001 + "\nd," + "y" * 200_000 + "\n"
    found = list(iter_csv(member_of(tmp_path, text, limits)))
    assert [number for number, _ in found] == [0, 1, 2]
    assert [isinstance(row, BadRow) for _, row in found] == [False, True, False]
    assert found[1][1] == []
    assert found[2][1][1] == "y" * 200_000


def test_a_quote_that_never_closes_costs_what_it_swallows(tmp_path: Path) -> None:
    limits = Limits(field_bytes=140_000)
    text = "a,b\n" + 'c,"' + "x\n" * 400_000 + "d,e\n"
    found = list(iter_csv(member_of(tmp_path, text, limits)))
    assert found[0] == (0, ["a", "b"])
    assert isinstance(found[1][1], BadRow)
    assert found[-1][1] == ["d", "e"]


@pytest.mark.parametrize("seed", range(40))
def test_random_tables_agree_with_the_csv_module(tmp_path: Path, seed: int) -> None:
    random_ = random.Random(seed)
    pieces = ["a", ",", '"', "\n", "é", " ", ";"]
    rows = [
        ["x", *("".join(random_.choices(pieces, k=random_.randrange(6))) for _ in range(3))]
        for _ in range(20)
    ]
    made = io.StringIO()
    csv.writer(made, lineterminator=random_.choice(["\n", "\r\n"])).writerows(rows)
    assert [row for _, row in iter_csv(member_of(tmp_path, made.getvalue()))] == rows
