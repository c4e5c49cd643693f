"""A format for the store's tests: a JSON list of messages, as plain as it can be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from supportnet.archive import Member, read_json
from supportnet.formats import Export, Format
from supportnet.records import (
    Conversation,
    Identity,
    Ignored,
    MessageRef,
    RawAlias,
    RawContact,
    RawCoverage,
    RawMembership,
    RawMessage,
    RawReaction,
    Record,
    Rejected,
)

DAY = 86_400_000_000
START = 1_700_000_000_000_000


def person(name: str) -> Identity:
    return Identity("fake", name, kind="handle")


def _sniff(member: Member) -> bool:
    return member.name.endswith(".fake.json")


def _ref(value: Any, scope: str, owner: str) -> MessageRef | None:
    if value is None:
        return None
    return MessageRef("fake", str(value), scope, owner if scope == "account" else "")  # type: ignore[arg-type]


def _read(export: Export) -> Iterator[Record]:
    for member in export.members:
        document = read_json(member)
        owner = document.get("owner")
        scope = document.get("scope", "global")
        conversations: dict[str, Conversation] = {}
        if "exported_us" in document:
            export.notes["exported_us"] = str(document["exported_us"])
        for number, row in enumerate(document["rows"]):
            if row.get("ignore"):
                yield Ignored(row["ignore"])
                continue
            if row.get("reject"):
                yield Rejected(row["reject"], "*.fake.json", number)
                continue
            conv = row.get("conv") or "-".join(sorted([row["by"], row["to"]]))
            if conv not in conversations:
                names = row.get("members") or [row["by"], row["to"]]
                conversations[conv] = Conversation(
                    "fake",
                    conv,
                    row.get("conv_kind", "dm"),
                    members={person(n) for n in names},
                    members_basis="roster",
                )
            yield RawMessage(
                conversations[conv],
                person(row["by"]),
                START + int(row["t"] * 1_000_000),
                number,
                ref=_ref(row.get("id"), scope, owner or ""),
                kind=row.get("kind", "message"),
                visibility=row.get("visibility", "private_1to1"),
                text=row.get("text"),
                reply_to=_ref(row.get("reply_to"), scope, owner or ""),
                reply_author=person(row["reply_author"]) if row.get("reply_author") else None,
                mentions=tuple(person(n) for n in row.get("mentions", ())),
                resolution_us=row.get("resolution_us", 1),
                lang=row.get("lang"),
                copy=row.get("copy", 0),
            )
            for stay in row.get("stays", ()):
                joined, left = (None if t is None else START + int(t * 1_000_000) for t in stay[1:])
                yield RawMembership(conversations[conv], person(stay[0]), joined, left)
            for actor in row.get("liked_by", ()):
                yield RawReaction(MessageRef("fake", str(row["id"])), "like", person(actor))
        for other in document.get("friends", ()):
            yield RawContact(person(owner), person(other), "friend")
        for first, second in document.get("same", ()):
            yield RawAlias(person(first), Identity("fake", second))
        flags = document.get("flags", ["private_in", "private_out"])
        yield RawCoverage(person(owner) if owner else None, frozenset(flags))


FORMAT = Format("fake", "test format", _sniff, _read, platform="fake")


def write(folder: Path, name: str, **document: Any) -> Path:
    """Write one export of the test format."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.fake.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path
