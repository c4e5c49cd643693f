"""JSON in bounded memory: every path shape, every damage, and agreement with the json module."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from supportnet.archive import (
    BadItem,
    Limits,
    Member,
    cursor,
    documents,
    iter_jsonl,
    open_archive,
    read_json,
    read_outline,
    stream_json,
)

Make = Callable[..., Member]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Return a function that makes a member out of text, bytes or a document."""

    def build(content: Any, limits: Limits | None = None) -> Member:
        if isinstance(content, str):
            content = content.encode()
        elif not isinstance(content, bytes):
            content = json.dumps(content, ensure_ascii=False).encode()
        path = tmp_path / "a.json"
        path.write_bytes(content)
        return open_archive(path, limits=limits).members[0]

    return build


def values(member: Member, *paths: str, **more: Any) -> list[Any]:
    return [item.value for item in stream_json(member, *paths, **more)]


TELEGRAM = {
    "about": "x",
    "chats": {
        "about": "y",
        "list": [
            {"name": "a", "id": 7, "messages": [{"id": 1}, {"id": 2}], "late": 1},
            {"name": "b", "id": 8, "messages": []},
            {"name": "c", "id": 9, "messages": [{"id": 3}]},
        ],
    },
    "left": {"list": [{"id": 10, "messages": [{"id": 4}]}]},
}


def test_elements_come_with_the_fields_that_stand_before_them(make: Make) -> None:
    found = list(stream_json(make(TELEGRAM), "chats.list[].messages[]"))
    assert [(item.index, item.value, item.context[2]["name"]) for item in found] == [
        (0, {"id": 1}, "a"),
        (1, {"id": 2}, "a"),
        (0, {"id": 3}, "c"),
    ]
    assert [one["about"] for one in found[0].context[:2]] == ["x", "y"]
    assert found[0].path == "chats.list[].messages[]"


def test_context_fills_as_the_document_is_read(make: Make) -> None:
    items = stream_json(make(TELEGRAM), "chats.list[].messages[]")
    first = next(items)
    assert "late" not in first.context[2]
    list(items)
    assert first.context[2]["late"] == 1


def test_several_paths_come_in_file_order(make: Make) -> None:
    paths = ("left.list[].messages[]", "chats.list[].messages[]", "chats.list[].late", "about")
    found = [(item.path, item.value) for item in stream_json(make(TELEGRAM), *paths)]
    assert found == [
        ("about", "x"),
        ("chats.list[].messages[]", {"id": 1}),
        ("chats.list[].messages[]", {"id": 2}),
        ("chats.list[].late", 1),
        ("chats.list[].messages[]", {"id": 3}),
        ("left.list[].messages[]", {"id": 4}),
    ]


def test_any_key(make: Make) -> None:
    document = {"Chats": {"With ann": [1, 2], "With bob": [3]}, "v1.0": {"a*b": [4]}}
    assert values(make(document), "Chats.*[]") == [1, 2, 3]
    assert values(make(document), r"v1\.0.a\*b[]") == [4]


def test_the_key_met_is_current_while_its_elements_come(make: Make) -> None:
    document = {"Chats": {"With ann": [1], "With bob": [2]}}
    met = [(item.context[1]["*"], item.value) for item in stream_json(make(document), "Chats.*[]")]
    assert met == [("With ann", 1), ("With bob", 2)]


@pytest.mark.parametrize("document", [[], [1], [[1], {"a": [2]}], ["a,b", '"]', "\\"], [None]])
def test_top_level_arrays(make: Make, document: list[Any]) -> None:
    assert values(make(document), "[]") == document


def test_arrays_in_arrays(make: Make) -> None:
    document = [[{"id": 1}], [], [{"id": 2}, {"id": 3}]]
    assert values(make(document), "[][]") == [{"id": 1}, {"id": 2}, {"id": 3}]
    twitter = [{"dmConversation": {"conversationId": "1-2", "messages": [1, 2]}}]
    found = list(stream_json(make(twitter), "[].dmConversation.messages[]"))
    assert [(item.value, item.context[1]["conversationId"]) for item in found] == [
        (1, "1-2"),
        (2, "1-2"),
    ]


def test_the_whole_document_as_one_item(make: Make) -> None:
    assert values(make(TELEGRAM), "") == [TELEGRAM]
    assert values(make("window.a = {};"), "", skip_prefix=True) == [{}]


@pytest.mark.parametrize(
    "text",
    [
        'window.YTD.tweets.part0 = [{"id": "1"}]',
        'window.YTD.tweets.part0 = [{"id": "1"}];\n',
        '\ufeffwindow.YTD.tweets.part0=[ {"id" : "1"} ] ;',
        '[{"id": "1"}]',
        '\ufeff \n[{"id": "1"}]\n',
    ],
)
def test_scripts_and_byte_order_marks(make: Make, text: str) -> None:
    member = make(text)
    assert values(member, "[]", skip_prefix=True) == [{"id": "1"}]
    assert read_json(member, skip_prefix=True) == [{"id": "1"}]


def test_large_context_is_left_out_and_small_is_kept(make: Make) -> None:
    document = {"small": {"a": [1]}, "large": "x" * 70_000, "messages": [1]}
    (item,) = stream_json(make(document), "messages[]")
    assert item.context == ({"small": {"a": [1]}},)


# -- damage ----------------------------------------------------------------------------------


def reasons(found: list[Any]) -> list[Any]:
    return [one.reason if isinstance(one, BadItem) else one for one in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[1, {"a" 1}, 2]', [1, "json_syntax", 2]),
        ("[1, {'a': 1}, 2]", [1, "json_syntax", 2]),
        ("[1, {]}, 2]", [1, "json_syntax", 2]),
        ("[1, }, 2]", [1, "json_syntax", 2]),
        ("[1,, 2]", [1, "json_syntax", 2]),
        ("[, 1]", ["json_syntax", 1]),
        ("[1, 2,]", [1, 2]),
        ("[1, nul, 2]", [1, "json_syntax", 2]),
        ('[1, "a', [1, "json_truncated"]),
        ("[1, {", [1, "json_truncated"]),
        ("[1, 2", [1, "json_truncated"]),
        ("[1,", [1, "json_truncated"]),
        ("[", ["json_truncated"]),
        ("", ["json_truncated"]),
        ("  ", ["json_truncated"]),
        ("[1] 2", [1, "json_syntax"]),
        ("[1][2]", [1, "json_syntax"]),
        ("{}", ["json_shape"]),
        ("7", ["json_shape"]),
        ('[1, "\ud83d", "a\tb"]'.encode("utf-8", "surrogatepass"), [1, "\ufffd" * 3, "a\tb"]),
        (b'[1, "caf\xe9", 2]', [1, "caf\ufffd", 2]),
        (r'["\ud83d", "\ud83d\ude00", "\ud83dx\ude00"]', ["\ufffd", "😀", "\ufffdx\ufffd"]),
        (r'[{"\udc00": "\\ud83d"}]', [{"\ufffd": "\\ud83d"}]),
        ("[NaN, -Infinity, 1e999, 1.5]", [None, None, None, 1.5]),
        ("[12345678901234567890123, 9007199254740993]", [12345678901234567890123, 2**53 + 1]),
        ("[" + "9" * 5000 + ", 1]", ["json_syntax", 1]),
        ("[1, " + "[" * 63 + "]" * 63 + ", 2]", [1, json.loads("[" * 63 + "]" * 63), 2]),
        ("[1, " + "[" * 64 + "]" * 64 + ", 2]", [1, "json_depth", 2]),
    ],
)
def test_damage_costs_one_element(make: Make, text: str | bytes, expected: list[Any]) -> None:
    assert reasons(values(make(text), "[]")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"messages": null}', []),
        ('{"other": [1]}', []),
        ('{"messages": {}}', ["json_shape"]),
        ('{"messages": 1}', ["json_shape"]),
        ('{"messages": [1], "messages": [2]}', [1, 2]),
        ('{"a": [1, 2', ["json_truncated"]),
        ('{"messages": [1], "a"', [1, "json_truncated"]),
        ('{"messages": [1], "a": "b', [1, "json_truncated"]),
        ('{"messages": [1]', [1, "json_truncated"]),
        ('{"messages": [1] 7, "a": 1}', [1, "json_syntax"]),
        ('{"messages" [1], "a": 1}', ["json_syntax"]),
        ("{messages: [1]}", ["json_syntax"]),
        ('{"a": nul, "messages": [1]}', ["json_syntax", 1]),
        ('{"a": , "messages": [1]}', ["json_syntax", 1]),
        ('{"a": "\\u12", "messages": [1]}', ["json_syntax", 1]),
        ('{"a": 1 "messages": [1]}', ["json_syntax"]),
        ('{,"messages": [1],}', [1]),
        ('{"\\u006dessages": [1]}', [1]),
        ('{"messages": [1]}}', [1, "json_syntax"]),
    ],
)
def test_damage_around_the_elements(make: Make, text: str, expected: list[Any]) -> None:
    assert reasons(values(make(text), "messages[]")) == expected


def test_a_shape_other_than_asked_is_told_once_per_place(make: Make) -> None:
    member = make({"chats": [{"messages": [1]}, {"messages": "none"}, 5, None]})
    assert reasons(values(member, "chats[].messages[]")) == [1, "json_shape", "json_shape"]


def test_truncation_names_the_array_and_the_next_number(make: Make) -> None:
    text = '{"chats": [{"id": 1, "messages": [10, 11]}, {"id": 2, "messages": [20, 2'
    *_, last = stream_json(make(text), "chats[].messages[]")
    assert last.value == BadItem("json_truncated")
    assert (last.path, last.index, last.context[1]["id"]) == ("chats[].messages[]", 1, 2)


def test_types(make: Make) -> None:
    class Note(msgspec.Struct):
        id: int
        text: str = ""

    text = r'[{"id": 1, "text": "\ud83d"}, {"id": "x"}, {"id": 2, "more": []}]'
    assert values(make(text), "[]", type=Note) == [
        Note(1, "\ufffd"),
        BadItem("json_shape"),
        Note(2),
    ]


@pytest.mark.parametrize("path", ["messages[", "a..b", "a[0]", ".", "]"])
def test_paths_that_cannot_be_read(make: Make, path: str) -> None:
    with pytest.raises(ValueError, match="was expected"):
        values(make("[]"), path)


@pytest.mark.parametrize("paths", [(), ("a[]", "a[].b[]"), ("", "a")])
def test_paths_that_cannot_go_together(make: Make, paths: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="expected"):
        values(make("[]"), *paths)


# -- agreement -------------------------------------------------------------------------------


def invented(random_: random.Random, depth: int) -> Any:
    """Return a document full of what scanners stumble over."""
    kind = random_.randrange(9 if depth else 6)
    if kind >= 6:
        size = random_.randrange(5)
        if kind == 6:
            return [invented(random_, depth - 1) for _ in range(size)]
        return {f"{word(random_)}{n}": invented(random_, depth - 1) for n in range(size)}
    return [None, True, random_.randrange(10**18), -1.5e-7, "", word(random_)][kind]


def word(random_: random.Random) -> str:
    pieces = ['"', "\\", "[", "]", "{", "}", ",", ":", "é", "🙂", "\n", "\u2028", "a", " ", "\\u"]
    return "".join(random_.choices(pieces, k=random_.randrange(7)))


def expected_messages(document: Any) -> list[tuple[int, Any]]:
    return [pair for chat in document["chats"] for pair in enumerate(chat["messages"])]


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 64, 2**17])
@pytest.mark.parametrize("seed", range(12))
def test_every_cut_of_the_file_gives_what_json_gives(
    make: Make, monkeypatch: pytest.MonkeyPatch, chunk: int, seed: int
) -> None:
    monkeypatch.setattr(cursor, "_CHUNK", chunk)
    monkeypatch.setattr(documents, "_CHUNK", chunk)
    random_ = random.Random(seed)
    document = {
        "before": invented(random_, 3),
        "chats": [
            {
                "id": n,
                "of": invented(random_, 2),
                "messages": [invented(random_, 3) for _ in range(random_.randrange(6))],
                "late": invented(random_, 2),
            }
            for n in range(random_.randrange(4))
        ],
        "after": invented(random_, 3),
    }
    for indent in (None, 1):
        for ascii_ in (True, False):
            member = make(json.dumps(document, indent=indent, ensure_ascii=ascii_))
            found = list(stream_json(member, "chats[].messages[]"))
            assert [(item.index, item.value) for item in found] == expected_messages(document)
            for item in found:
                chat = document["chats"][item.context[1]["id"]]
                assert item.context[1]["of"] == chat["of"]
                assert item.context[0]["before"] == document["before"]
            assert read_json(member) == document
            bare = {**document, "chats": [{**chat, "messages": []} for chat in document["chats"]]}
            assert read_outline(member, ("chats[].messages[]",)) == bare
    lines = [invented(random_, 3) for _ in range(8)]
    member = make("\n".join(map(json.dumps, lines)))
    assert [item.value for item in iter_jsonl(member)] == lines


@pytest.mark.parametrize("seed", range(150))
def test_damaged_documents_never_raise_and_lose_nothing_sound_before(make: Make, seed: int) -> None:
    random_ = random.Random(seed)
    document = {"messages": [{"id": n, "text": word(random_)} for n in range(20)]}
    text = bytearray(json.dumps(document).encode())
    at = random_.randrange(15, len(text))
    if seed % 2:
        text[at] = random_.choice(b'"[]{},\\\0\xff7')
    else:
        del text[at:]
    found = values(make(bytes(text)), "messages[]")
    done = bytes(text[:at]).count(b'"id"') - 1
    done = max(done, 0)
    assert found[:done] == document["messages"][:done]
    if not seed % 2:
        assert found[-1] == BadItem("json_truncated")
        assert len(found) <= done + 2


@pytest.mark.parametrize("seed", range(120))
def test_small_elements_are_read_alike_whole_and_by_bytes(
    make: Make, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    random_ = random.Random(seed)
    document = [
        random_.choice([None, 7, [1]])
        if random_.random() < 0.1
        else {
            "talk": {"id": n, "of": invented(random_, 2), "messages": [invented(random_, 2)] * 2},
            "more": {"a": [1, 2], "b": invented(random_, 1)},
            "late": n,
        }
        for n in range(30)
    ]
    text = bytearray(json.dumps(document).encode())
    for _ in range(seed % 4):
        text[random_.randrange(len(text))] = random_.choice(b'"[]{},\\\0\xff7')
    member = make(bytes(text[: -random_.randrange(1, 50)] if seed % 5 == 1 else text))

    def everything() -> list[Any]:
        items = stream_json(member, "[].talk.messages[]", "[].more.*[]", "[].late")
        return [(item.path, json.dumps(item.context), item.index, item.value) for item in items]

    whole = everything()
    monkeypatch.setattr(cursor.Cursor, "ready", lambda *_: None)
    assert everything() == whole
    assert len(whole) > (60 if seed % 4 == 0 else 0)


# -- outlines and lines ----------------------------------------------------------------------


def test_outlines(make: Make) -> None:
    member = make({"participants": [{"name": "a"}], "messages": [1, 2], "title": "t"})
    assert read_outline(member) == {"participants": [{"name": "a"}], "messages": [], "title": "t"}
    assert read_outline(make([{"m": [1], "k": 2}, 7]), ("[].m[]",)) == [{"m": [], "k": 2}, 7]
    assert read_outline(make([1, 2]), ("[]",)) == []
    assert read_outline(make('{"title": "t", "messages": [1, 2')) == {"title": "t"}


def test_json_lines(make: Make) -> None:
    text = '\ufeff{"a":1}\r\n\n  \n{"a":\n[1\n2]\n1,2\n"x\n}{\n{"a":2}'
    found = [(item.index, item.value) for item in iter_jsonl(make(text))]
    bad = BadItem("json_syntax")
    assert found == [
        (0, {"a": 1}),
        (3, bad),
        (4, bad),
        (5, bad),
        (6, bad),
        (7, bad),
        (8, bad),
        (9, {"a": 2}),
    ]
    assert list(iter_jsonl(make(""))) == []


def test_one_bad_line_spoils_no_other(make: Make) -> None:
    lines = [json.dumps({"n": n}) for n in range(1000)]
    lines[500] = r'{"n": "\ud83d"}'
    lines[600] = "[[" * 40 + "]]" * 40
    found = [item.value for item in iter_jsonl(make("\n".join(lines)))]
    assert found[500] == {"n": "\ufffd"}
    assert found[600] == BadItem("json_depth")
    assert [one["n"] for n, one in enumerate(found) if n not in (500, 600)] == [
        n for n in range(1000) if n not in (500, 600)
    ]


def test_small_caps(make: Make) -> None:
    limits = Limits(field_bytes=10, element_bytes=10_000, json_values=5, json_depth=3)
    text = '[1, "%s", [1,2,3,4,5,6,7], [[[1]]], 2]' % ("x" * 11)
    assert reasons(values(make(text, limits), "[]")) == [
        1,
        "field_too_long",
        "too_many_values",
        "json_depth",
        2,
    ]
