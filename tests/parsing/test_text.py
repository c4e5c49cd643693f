"""Texts: repaired exactly or not at all, matched without changing them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportnet.parsing.text import natural_key, repair_mojibake, typed_handles, without_marks


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_mojibake_is_undone_exactly(text: str) -> None:
    broken = text.encode("utf-8").decode("latin-1")
    assert repair_mojibake(broken) == text


@given(st.text())
def test_repair_never_makes_what_cannot_be_undone(text: str) -> None:
    repaired = repair_mojibake(text)
    if repaired != text:
        assert repaired.encode("utf-8").decode("latin-1") == text


@pytest.mark.parametrize("text", ["café", "naïve Ã", "Ã© 北", "🙂", "\ud83d", "plain", "", "Â"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert repair_mojibake(text) == text


def test_marks_go_and_blanks_become_plain() -> None:
    marks = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
    assert without_marks(f"a{marks}b") == "ab"
    assert without_marks("9:15\u202fPM\u00a0x\u2009y") == "9:15 PM x y"
    family = "👨\u200d👩\u200d👧"
    assert without_marks(family) == family
    assert without_marks("\u2065\u206a\u2029") == "\u2065\u206a\u2029"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@Ann and @bob, @ann", ["ann", "bob"]),
        ("(@ann) @bob: @eve_1!", ["ann", "bob", "eve_1"]),
        ("mail a@b.org or x.y@z.org", []),
        ("@alice.bsky.social.", ["alice.bsky.social"]),
        ("@eve@mail.example, hi", ["eve@mail.example"]),
        ("https://example.org/@ann", []),
        ("@ @@ @. @-", []),
        ("@@ann", []),
        ("@жан", ["жан"]),
        ("none", []),
        ("", []),
    ],
)
def test_handles(text: str, expected: list[str]) -> None:
    assert typed_handles(text) == expected


@given(st.text())
def test_handles_of_any_text(text: str) -> None:
    found = typed_handles(text)
    assert len(set(found)) == len(found)
    assert all(found)


def test_natural_order() -> None:
    names = ["b", "a10/2", "a2/10", "a2/9", "a02", "A2", "a", "", "9", "10", "9" * 5000]
    assert sorted(names, key=natural_key) == [
        "", "9", "10", "9" * 5000, "a", "A2", "a02", "a2/9", "a2/10", "a10/2", "b",
    ]  # fmt: skip


@given(st.lists(st.text()))
def test_natural_order_is_total(names: list[str]) -> None:
    backwards = names[::-1]
    assert sorted(names, key=natural_key) == sorted(backwards, key=natural_key)
