"""Located fields: a plain element means what the patient decoder would have found in it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supportnet.archive import (
    BadItem,
    Block,
    Fields,
    Limits,
    Member,
    cursor,
    open_archive,
    stream_blocks,
    stream_json,
)
from supportnet.archive.columns import allowed, filled, several, texts, whole_numbers
from supportnet.archive.decoding import lenient
from supportnet.parsing.text import repair_mojibake

Make = Callable[..., Member]
PATHS = ("a", "b", "in.c", "in.d", "e")
FIELDS = Fields(PATHS)


class Inner(msgspec.Struct):
    c: Any = None
    d: Any = None


class Element(msgspec.Struct):
    a: str | None = None
    b: int | None = None
    inner: Inner | None = msgspec.field(default=None, name="in")
    e: Any = None


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Return a function that makes a member out of bytes."""

    def build(content: bytes, limits: Limits | None = None) -> Member:
        path = tmp_path / "a.json"
        path.write_bytes(content)
        return open_archive(path, limits=limits).members[0]

    return build


STRANGE: tuple[Any, ...] = (
    None, True, 0, -7, 10**17, 10**19, 1.5, 1e300, "", "x", "é", "\u00c3\u00a9", "日本", "\ud83d",
    "😀", 'q"\\/\b\f\n\r\t', "\0", [], [1, [2, {"a": 3}]], {}, {"a": {"in": 1}}, [None],
)  # fmt: skip


def element(random_: random.Random) -> Any:
    if random_.random() < 0.05:
        return random_.choice(STRANGE)
    keys = random_.choices(["a", "b", "in", "e", "other", "ä", "a\n"], k=random_.randrange(6))
    made = {key: random_.choice(STRANGE) for key in keys}
    if "in" in made and random_.random() < 0.7:
        made["in"] = {key: random_.choice(STRANGE) for key in random_.choices("cdx", k=2)}
    return made


def document(random_: random.Random) -> bytes:
    """Return an array of odd and common elements, a third of them damaged somewhere."""
    listed = [element(random_) for _ in range(random_.randrange(30))]
    indent, plain = random_.choice([None, 1, 2]), random_.random() < 0.5
    data = bytearray(
        json.dumps(listed, indent=indent, ensure_ascii=plain).encode("utf-8", "surrogatepass")
    )
    for _ in range(random_.choice([0, 0, 0, 1, 3])):
        at = random_.randrange(len(data))
        junk = random_.choice(
            [b'"', b",", b"}", b"]", b"\\", b"\xff", b"\x01", b" ", b"01", b"[" * 20]
        )
        kind = random_.randrange(4)
        if kind == 0:
            data[at] ^= 1 << random_.randrange(8)
        elif kind == 1:
            del data[at : at + random_.choice([1, 5, 40])]
        elif kind == 2:
            data[at:at] = junk
        else:
            data[at:at] = data[at : at + random_.choice([3, 60])]
    return bytes(data)


def found_in(block: Block, row: int, path: str) -> Any:
    start, end = block.spans(path)[row].tolist()
    return None if start < 0 else lenient(bytes(block.data[start:end]))


def told(value: Any) -> Any:
    """Return what can be compared: an element's wanted fields, or why it is none."""
    if not isinstance(value, Element):
        return value
    inner = value.inner or Inner()
    return (value.a, value.b, inner.c, inner.d, value.e)


def by_blocks(member: Member) -> Iterator[tuple[int, Any]]:
    """Read with located fields; plain elements by what was located, others as handed out."""
    for item in stream_blocks(member, "[]", FIELDS, type=Element):
        if isinstance(item.value, BadItem):
            yield item.index, item.value
            continue
        block = item.value
        odd = iter(list(block.values(np.flatnonzero(~block.plain))))
        whole = list(block.values(np.arange(len(block))))
        for row in range(len(block)):
            if not block.plain[row]:
                yield item.index + row, told(next(odd))
            elif isinstance(whole[row], BadItem):
                # Sound JSON, but not of the type: the columns leave that to who reads them.
                yield item.index + row, whole[row]
            else:
                yield item.index + row, tuple(found_in(block, row, path) for path in PATHS)


def one_by_one(member: Member) -> Iterator[tuple[int, Any]]:
    for item in stream_json(member, "[]", type=Element):
        yield item.index, told(item.value)


@pytest.mark.parametrize("piece", [2**21, 50])
def test_blocks_tell_what_the_stream_tells(
    piece: int, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cursor, "_WIDE_CHUNK", piece)
    plain = 0
    for seed in range(400):
        member = make(document(random.Random(seed)))
        expected, found = list(one_by_one(member)), list(by_blocks(member))
        assert str(found) == str(expected)  # as words: True is not 1
        plain += sum(type(one) is tuple for _, one in found)
    assert plain > 1000


def test_many_more_elements_than_a_block_holds(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cursor, "_MANY", 7)
    member = make(json.dumps([{"b": n} for n in range(100)]).encode())
    blocks = list(stream_blocks(member, "[]", FIELDS, type=Element))
    assert [item.index for item in blocks] == list(range(0, 100, 7))
    found = [found_in(item.value, row, "b") for item in blocks for row in range(len(item.value))]
    assert found == list(range(100))


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(json_depth=3), "json_depth"),
        (Limits(field_bytes=50), "field_too_long"),
        (Limits(json_values=20), "too_many_values"),
    ],
)
def test_caps_hold_for_blocks(limits: Limits, reason: str, make: Make) -> None:
    listed = [{"b": 1}, {"e": [[[[1]]]]}, {"a": "x" * 90}, {"e": [1] * 30}, {"b": 2}]
    member = make(json.dumps(listed).encode(), limits)
    (item,) = stream_blocks(member, "[]", FIELDS, type=Element)
    values = list(item.value.values(np.arange(5)))
    assert [value.reason for value in values if isinstance(value, BadItem)] == [reason]
    assert item.value.plain[[0, 4]].all()
    bad = [isinstance(value, BadItem) for value in values]
    assert not item.value.plain[bad].any()


def test_an_element_too_long_to_hold_is_let_go(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cursor, "_WIDE_CHUNK", 1000)
    listed = [{"b": 1}, {"e": ["x" * 30] * 500}, {"b": 2}]
    member = make(json.dumps(listed).encode(), Limits(element_bytes=5000))
    found = list(by_blocks(member))
    assert [index for index, _ in found] == [0, 1, 2]
    assert found[1][1] == BadItem("element_too_long")
    assert found[2][1][1] == 2


def test_what_is_no_array_is_said_once(make: Make) -> None:
    for content, reason in ((b"[1", "json_truncated"), (b'{"a": 1}', "json_shape")):
        bad = [
            item.value
            for item in stream_blocks(make(content), "[]", FIELDS, type=Element)
            if isinstance(item.value, BadItem)
        ]
        assert bad == [BadItem(reason)]


# -- columns -------------------------------------------------------------------------------------


def column(values: list[Any], *, ascii_only: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """Return the bytes of some JSON values and where each stands."""
    written = [
        json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
        for value in values
    ]
    ends = np.cumsum([len(one) for one in written])
    data = np.frombuffer(b"".join(written), np.uint8)
    spans = np.stack([ends - [len(one) for one in written], ends], axis=1).astype(np.int32)
    return data, spans


words = st.text(st.characters(), max_size=12)
letters = st.text(st.characters(max_codepoint=0x120), max_size=12)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(words | st.sampled_from(["\ud83d", "a\ude00", "😀", "\0"]), max_size=6), st.booleans()
)
def test_texts_are_what_json_reads(values: list[str], plain: bool) -> None:
    data, spans = column(values, ascii_only=plain)
    wanted = np.ones(len(values), np.bool_)
    found = texts(data, spans, wanted).to_pylist()
    for value, text, good in zip(values, found, wanted, strict=True):
        sound = not any(0xD800 <= ord(sign) < 0xE000 for sign in value)
        assert good == sound
        assert text == (value if sound else "")


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        letters | words.map(lambda text: text.encode("utf-8", "replace").decode("latin-1")),
        max_size=6,
    )
)
def test_mended_texts_are_repaired_or_odd(values: list[str]) -> None:
    data, spans = column(values)
    wanted = np.ones(len(values), np.bool_)
    found = texts(data, spans, wanted, mend=True).to_pylist()
    for value, text, good in zip(values, found, wanted, strict=True):
        repaired = repair_mojibake(value)
        assert good == (value.isascii() or repaired != value)
        assert text == (repaired if good else "")


@settings(deadline=None)
@given(st.lists(st.integers() | st.integers(0, 2**63), max_size=8))
def test_whole_numbers_are_read_bare_and_quoted(values: list[int]) -> None:
    for written in (values, [str(value) for value in values]):
        data, spans = column(written)
        numbers, good = np.empty(len(values), np.int64), np.empty(len(values), np.bool_)
        whole_numbers(data, spans, numbers, good)
        for value, number, fine in zip(values, numbers.tolist(), good.tolist(), strict=True):
            assert fine == (abs(value) < 2**63)
            assert number == (value if fine else 0)


@pytest.mark.parametrize(
    "odd", ["", "-", "1.5", "1e3", "x", " 1", "99999999999999999999", None, []]
)
def test_other_values_are_no_whole_numbers(odd: Any) -> None:
    data, spans = column([odd])
    numbers, good = np.empty(1, np.int64), np.empty(1, np.bool_)
    whole_numbers(data, spans, numbers, good)
    assert not good[0]


def test_lists_that_hold_something() -> None:
    values = [[], [1], {}, {"a": 1}, "[1]", None, [1, 2]]
    data, spans = column(values)
    spans[5] = -1
    assert filled(data, spans).tolist() == [False, True, False, True, False, False, True]
    assert several(data, spans).tolist() == [False] * 6 + [True]
    assert filled(*column([]))[:0].tolist() == []


def test_kinds_of_values_against_a_table() -> None:
    kinds = np.frombuffer(b'"1n"', np.uint8).reshape(2, 2)
    table = np.zeros((2, 256), np.bool_)
    table[0, ord('"')] = table[1, [ord("1"), ord('"')]] = True
    assert allowed(kinds, table).tolist() == [True, False]
