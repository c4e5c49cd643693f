"""The tools of the importers' tests: damage is repeatable, and a broken importer is caught."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import support
from mutate import PLANTED

from supportnet.archive import Member
from supportnet.errors import InputError
from supportnet.formats import Export, Format
from supportnet.records import Conversation, Identity, MessageRef, RawMessage, Record, Rejected

PERSON = Identity("made", "ann")


def sniff(member: Member) -> bool:
    return member.name.endswith(".json")


def message(**more: object) -> RawMessage:
    talk = Conversation("made", "c1", "dm", {PERSON})
    return RawMessage(talk, PERSON, 1_700_000_000_000_216, 1, **more)  # type: ignore[arg-type]


@pytest.fixture
def case(tmp_path: Path) -> Path:
    place = tmp_path / "made" / "one"
    (place / "input").mkdir(parents=True)
    (place / "input" / "a.json").write_text(json.dumps({"a": [1, "two", {"b": None}], "c": 1.5}))
    (place / "input" / "b.csv").write_text("x,y\n1,2\n3,4\n")
    (place / "input" / "c.js").write_text('window.x = [{"id": "1"}];')
    return place


@pytest.fixture
def run(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., object]:
    def with_reader(read: Callable[[Export], Iterator[Record]], n: int = 5) -> dict[str, int]:
        monkeypatch.setattr(support, "format_of", lambda _: Format("made", "Made", sniff, read))
        monkeypatch.setattr(support, "load_cases", lambda _: [case])
        return support.run_mutations("made", n, 1, tmp_path)

    return with_reader


def contents(root: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in root.iterdir()}


def test_damage_is_repeatable_and_put_right_again(case: Path) -> None:
    sound = contents(case / "input")
    first = [(what, contents(root)) for what, root in support.mutate_case(case, 100, 7)]
    again = [(what, contents(root)) for what, root in support.mutate_case(case, 100, 7)]
    other = [(what, contents(root)) for what, root in support.mutate_case(case, 100, 8)]
    assert first == again
    assert first != other
    for _, damaged in first:
        assert sum(damaged[name] != sound[name] for name in sound) <= 1
    changed = [damaged for _, damaged in first if damaged != sound]
    assert len(changed) > 80
    assert any(PLANTED.encode() in b"".join(damaged.values()) for damaged in changed)
    assert contents(case / "input") == sound


def test_mutated_json_is_mostly_json(case: Path) -> None:
    told = [
        contents(root)["a.json"]
        for what, root in support.mutate_case(case, 300, 7)
        if " values in a.json" in what
    ]
    assert len(told) > 30
    for text in told:
        json.loads(text)


def test_sound_readers_pass(run: Callable[..., object]) -> None:
    assert run(lambda _: iter([message()])) == {"read": 5, "refused": 0}

    def refuse(_: Export) -> Iterator[Record]:
        msg = "a was expected; found b; do c."
        raise InputError(msg)

    assert run(refuse) == {"read": 0, "refused": 5}


@pytest.mark.parametrize(
    "record",
    [
        message(text=5),
        message(mentions=(Identity("made", 5),)),  # type: ignore[arg-type]
        message(reply_to=MessageRef("made", 5)),  # type: ignore[arg-type]
        RawMessage(Conversation("made", "c1", "dm"), PERSON, 5, 1),
        RawMessage(Conversation("made", "c1", "dm"), PERSON, 1.7e15, 1),  # type: ignore[arg-type]
        Rejected(PLANTED, "*.json", 0),
        Rejected("undated", f"{PLANTED}.json", 0),
    ],
)
def test_broken_records_are_caught(run: Callable[..., object], record: Record) -> None:
    with pytest.raises(AssertionError):
        run(lambda _: iter([record]))


def test_escaping_errors_and_told_names_are_caught(run: Callable[..., object]) -> None:
    def stumble(_: Export) -> Iterator[Record]:
        raise KeyError("id")

    with pytest.raises(KeyError) as caught:
        run(stumble)
    assert "one seed 1:0" in caught.value.__notes__[0]

    def tell(_: Export) -> Iterator[Record]:
        raise InputError(PLANTED)

    with pytest.raises(AssertionError, match="names content"):
        run(tell)


def test_hanging_is_caught(run: Callable[..., object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(support, "PATIENCE_S", 0.05)

    def hang(_: Export) -> Iterator[Record]:
        time.sleep(5)
        return iter(())

    with pytest.raises(AssertionError, match="an answer within"):
        run(hang)


def test_records_as_plain_data() -> None:
    who = Identity("made", "+33", "owner", "phone", is_bot=True)
    ghost = Identity("made", "x", "conversation", "name", within="c1", is_placeholder=True)
    ref = MessageRef("made", "9", "conversation", "c1")
    shown = support.plain(message(reply_to=ref, mentions=(who, ghost), time_note=12))
    assert shown == {
        "record": "RawMessage",
        "conversation": "made:dm:c1",
        "author": "made:opaque:ann",
        "t": "2023-11-14T22:13:20.000216Z",
        "seq": 1,
        "reply_to": "made:9@conversation=c1",
        "mentions": ["made:phone:+33@owner+bot", "made:name:x@conversation=c1+placeholder"],
        "time_note": "assumed_zone|ambiguous_hour",
    }
