"""Read Twitter samples, and small archives written on the spot, into sorted records."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from support import singly

from supportnet.archive import Member, open_archive
from supportnet.formats import Export, Options
from supportnet.importers.twitter import FORMAT
from supportnet.records import Ignored, RawAlias, RawCoverage, RawMessage, Record, Rejected

HERE = Path(__file__).parent / "twitter"
CASES = sorted(path.name for path in HERE.iterdir() if (path / "input").is_dir())


def us(text: str) -> int:
    """Return microseconds of an ISO time in UTC, by way of `datetime` alone."""
    moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


@dataclass
class Result:
    """The records of one reading, sorted into kinds."""

    records: list[Record]
    export: Export

    def of(self, kind: Any) -> list[Any]:
        return [record for record in self.records if isinstance(record, kind)]

    @property
    def messages(self) -> list[RawMessage]:
        return self.of(RawMessage)

    @property
    def ignored(self) -> Counter[str]:
        total: Counter[str] = Counter()
        for record in self.of(Ignored):
            total[record.reason] += record.n
        return total

    @property
    def rejected(self) -> list[tuple[str, str, int]]:
        return [(r.reason, r.member, r.record) for r in self.of(Rejected)]

    def text(self, start: str) -> RawMessage:
        (found,) = [m for m in self.messages if m.text is not None and m.text.startswith(start)]
        return found

    def aliases(self) -> set[tuple[str, str]]:
        return {(alias.first.id, alias.second.id) for alias in self.of(RawAlias)}

    def coverage(self, flag: str) -> RawCoverage:
        found: list[RawCoverage] = [c for c in self.of(RawCoverage) if flag in c.flags]
        assert len(found) == 1
        return found[0]


def options_of(case: str) -> Options:
    path = HERE / case / "options.json"
    return Options(**json.loads(path.read_text())) if path.exists() else Options()


def read_members(members: Iterable[Member], options: Options | None = None) -> Result:
    claimed = [member for member in members if FORMAT.sniff(member)]
    export = Export(claimed, options or Options())
    return Result(list(singly(FORMAT.read(export))), export)


def read_case(case: str, path: Path | None = None) -> Result:
    with open_archive(path or HERE / case / "input") as archive:
        return read_members(archive.members, options_of(case))


def read_files(folder: Path, files: dict[str, Any], options: Options | None = None) -> Result:
    """Read an archive written on the spot: path → list of records, or raw text."""
    write_files(folder, files)
    with open_archive(folder) as archive:
        return read_members(archive.members, options)


def write_files(folder: Path, files: dict[str, Any]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not isinstance(content, str):
            variable = path.stem.replace("-", "_")
            content = f"window.YTD.{variable}.part0 = {json.dumps(content, ensure_ascii=False)}"
        path.write_text(content, encoding="utf-8")


ACCOUNT = [{"account": {"accountId": "1001", "username": "lea_m"}}]


def tweet(ident: str, when: str, text: str, **fields: Any) -> dict[str, Any]:
    base = {"id_str": ident, "created_at": when, "full_text": text}
    return {"tweet": base | {"entities": {"user_mentions": [], "urls": []}} | fields}


def chat(ident: str, *messages: dict[str, Any]) -> dict[str, Any]:
    return {"dmConversation": {"conversationId": ident, "messages": list(messages)}}


def dm(ident: str, sender: str, when: str, **fields: Any) -> dict[str, Any]:
    return {"messageCreate": {"id": ident, "senderId": sender, "createdAt": when, **fields}}
