"""Read WhatsApp samples and chats made on the spot, for the tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from support import exports_of, options_of

from supportnet.archive import open_exports
from supportnet.formats import Options
from supportnet.importers.whatsapp import FORMAT
from supportnet.records import (
    SECOND,
    Conversation,
    Identity,
    Ignored,
    RawCoverage,
    RawMessage,
    Record,
    Rejected,
)

HERE = Path(__file__).parent / "whatsapp"
LRM = "\u200e"
TWO = ["13/02/23, 10:00 - Odile: a", "13/02/23, 10:01 - Nadir: b"]
NNBSP = "\u202f"
PARIS = Options(timezone="Europe/Paris")
R = TypeVar("R")


@dataclass
class Chat:
    """All records of one chat file, and the notes."""

    records: list[Record]
    notes: dict[str, str]

    def of(self, kind: type[R]) -> list[R]:
        return [record for record in self.records if isinstance(record, kind)]

    @property
    def messages(self) -> list[RawMessage]:
        return self.of(RawMessage)

    @property
    def ignored(self) -> dict[str, int]:
        return {record.reason: record.n for record in self.of(Ignored)}

    @property
    def rejected(self) -> list[tuple[str, int]]:
        return [(record.reason, record.record) for record in self.of(Rejected)]

    @property
    def coverage(self) -> RawCoverage:
        (only,) = self.of(RawCoverage)
        return only

    @property
    def conversation(self) -> Conversation:
        assert self.coverage.conversation is not None
        return self.coverage.conversation

    @property
    def said(self) -> list[tuple[str, str | None]]:
        return [(message.author.id, message.text) for message in self.messages]


def us(text: str) -> int:
    """Return an ISO time with offset as microseconds."""
    return int(dt.datetime.fromisoformat(text).timestamp()) * SECOND


def person(name: str) -> Identity:
    return Identity("whatsapp", name, "owner", "name")


def phone(number: str) -> Identity:
    return Identity("whatsapp", number, "platform", "phone")


def read_chats(path: Path, options: Options = PARIS) -> list[Chat]:
    archives = open_exports([path])
    chats = []
    for export in exports_of(archives, FORMAT, options):
        records = list(FORMAT.read(export))
        chats.append(Chat(records, export.notes))
    for archive in archives:
        archive.close()
    return chats


def read_text(
    tmp_path: Path, lines: Iterable[str], name: str = "chat.txt", options: Options = PARIS
) -> Chat:
    folder = tmp_path / "one"
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    (folder / name).write_text("\n".join(lines) + "\n", "utf-8")
    (chat,) = read_chats(folder, options)
    return chat


def case(name: str) -> Chat:
    (chat,) = read_chats(HERE / name / "input", options_of(HERE / name))
    return chat
