"""Build small datasets in memory from plain rows, for tests of the layers above the store."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from supportnet.community import Community
from supportnet.dataset import Dataset, lazy
from supportnet.schema import BUILD_TABLES, COVERAGE_FLAGS

HOUR = 3_600_000_000
DAY = 24 * HOUR
T0 = 1_704_067_200_000_000  # 2024-01-01T00:00Z


def table(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    """Return rows as a table of the schema; missing columns are null."""
    return pa.Table.from_pylist(rows, schema=BUILD_TABLES[name])


def covers(owner: int | None = None, flags: str = "", **more: Any) -> dict[str, Any]:
    """Return one coverage row; `flags` are words separated by blanks."""
    row: dict[str, Any] = dict.fromkeys(COVERAGE_FLAGS, False)
    row.update(dict.fromkeys(flags.split(), True))
    row.update(source_id=0, owner_id=owner, start_us=T0, end_us=T0 + 400 * DAY)
    row.update(end_basis="stated", resolution_us=1)
    return row | more


EVERYTHING = covers(None, "private_in private_out public_in public_out alter_alter groups")


def community(
    messages: list[dict[str, Any]],
    *,
    readers: list[tuple[int, int]] = (),  # type: ignore[assignment]
    mentions: list[tuple[int, int]] = (),  # type: ignore[assignment]
    people: int = 10,
    bots: tuple[int, ...] = (),
    coverage: list[dict[str, Any]] | None = None,
    **tables: list[dict[str, Any]],
) -> Community:
    """Return a community of messages numbered 0, 1, …; `t` is hours after 2024-01-01."""
    rows = []
    for number, given in enumerate(messages):
        row = {"message_id": number, "conversation_id": 0, "seq": number, "kind": "message"}
        row |= {"reply_basis": "none", "edited": False, "time_note": 0, **given}
        row["t_us"] = T0 + round(row.pop("t", number) * HOUR)
        row["author_id"] = row.pop("by")
        rows.append(row)
    named = {
        "messages": rows,
        "recipients": [{"message_id": m, "person_id": p} for m, p in readers],
        "mentions": [{"message_id": m, "person_id": p} for m, p in mentions],
        "people": [
            {
                "person_id": p,
                "is_owner": False,
                "is_bot": p in bots,
                "is_placeholder": False,
                "consent": "none",
            }
            for p in range(people)
        ],
        "coverage": [EVERYTHING] if coverage is None else coverage,
        **tables,
    }
    frames = {name: lazy(table(name, named.get(name, []))) for name in BUILD_TABLES}
    return Community(Dataset("test", frames))


def talk(rows: list[tuple[int, int, float, str]], **more: Any) -> Community:
    """Return a community of addressed messages: (by, to, hours, `private` or `public`)."""
    messages: list[dict[str, Any]] = []
    readers = []
    for number, (by, to, t, layer) in enumerate(rows):
        if layer == "private":
            messages.append({"by": by, "t": t, "visibility": "private_1to1"})
            readers.append((number, to))
        else:
            messages.append({"by": by, "t": t, "visibility": "public", "reply_author": to})
    return community(messages, readers=readers, **more)
