"""Make small exports of Meta's platforms, and look into what was read from them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from support import options_of, read_paths

from supportnet.formats import Format, Options
from supportnet.records import Ignored, RawMessage, Rejected

__all__ = ["Reading", "damaged", "message", "read_case", "thread", "write"]


class Reading:
    """The records of one reading, sorted."""

    def __init__(self, records: list[Any]) -> None:
        self.records = records
        self.notes = records[-1] if records and isinstance(records[-1], dict) else {}
        self.messages = self.only(RawMessage)
        self.ignored: Counter[str] = Counter()
        for one in self.only(Ignored):
            self.ignored[one.reason] += one.n
        self.rejected = Counter(one.reason for one in self.only(Rejected))

    def only(self, kind: type) -> list[Any]:
        return [one for one in self.records if type(one) is kind]

    def said(self, **wanted: Any) -> list[tuple[str, str | None]]:
        """Return (author, text) of the messages with these fields, oldest place first."""
        found = [
            one
            for one in self.messages
            if all(getattr(one, name) == value for name, value in wanted.items())
        ]
        return [(one.author.id, one.text) for one in sorted(found, key=lambda one: one.seq)]

    def one(self, text: str) -> Any:
        """Return the message of this text."""
        found = [one for one in self.messages if one.text == text]
        assert len(found) == 1
        return found[0]

    @property
    def seen(self) -> int:
        """Return the number of records accounted for."""
        return len(self.messages) + self.ignored.total() + self.rejected.total()


def read_case(case: Path, format_: Format, **declared: Any) -> Reading:
    """Read a sample with its own options and those declared."""
    options = options_of(case)
    fields = {name: getattr(options, name) for name in options.__slots__} | declared
    return Reading(read_paths([case / "input"], format_, Options(**fields)))


def damaged(value: Any) -> Any:
    """Damage letters as Meta's exports do: every byte of UTF-8 becomes a letter."""
    if isinstance(value, str):
        return value.encode("utf-8").decode("latin-1")
    if isinstance(value, list):
        return [damaged(one) for one in value]
    if isinstance(value, dict):
        return {key: damaged(one) for key, one in value.items()}
    return value


def message(sender: str, t_ms: int, text: str | None = None, **more: Any) -> dict[str, Any]:
    """Return one message as it is written."""
    words = {} if text is None else {"content": text}
    return {"sender_name": sender, "timestamp_ms": t_ms, **words, **more}


def thread(names: list[str], messages: list[Any], title: str, **more: Any) -> dict[str, Any]:
    """Return one file of messages."""
    return {
        "participants": [{"name": name} for name in names],
        "messages": messages,
        "title": title,
        **more,
    }


def write(root: Path, files: dict[str, Any]) -> Path:
    """Write an export: texts as they are, everything else as damaged JSON."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else json.dumps(damaged(content), indent=2)
        path.write_text(text, encoding="utf-8")
    return root
