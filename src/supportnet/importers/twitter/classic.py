"""The classic archive of 2012 to early 2019: `tweets.csv` and monthly JavaScript files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from supportnet.archive import BadRow, Member, iter_csv
from supportnet.importers.twitter.items import Tally
from supportnet.importers.twitter.shapes import Tweet
from supportnet.records import Rejected

__all__ = ["csv_posts"]

_KIND: Final = "classic_csv"
_REPOSTED_HANDLE = re.compile(r"RT @([A-Za-z0-9_]{1,20}):")


def _delimiter(member: Member) -> str:
    """Return what separates the columns; a spreadsheet may have saved the file again."""
    line = member.head().partition(b"\n")[0].decode("utf-8", "replace")
    return max((",", ";", "\t"), key=line.count)


def _tweet(columns: list[str], row: list[str]) -> Tweet:
    """Turn a row into a tweet; an empty cell is an absent field."""
    cells = {name: cell for name, cell in zip(columns, row, strict=False) if cell.strip()}
    text = cells.get("text", "")
    original: dict[str, Any] | None = None
    if "retweeted_status_id" in cells:
        handle = _REPOSTED_HANDLE.match(text)
        original = {
            "id_str": cells["retweeted_status_id"],
            "user": {
                "id_str": cells.get("retweeted_status_user_id"),
                "screen_name": handle[1] if handle else None,
            },
        }
    return Tweet(
        id_str=cells.get("tweet_id"),
        created_at=cells.get("timestamp"),
        full_text=text,
        in_reply_to_status_id_str=cells.get("in_reply_to_status_id"),
        in_reply_to_user_id_str=cells.get("in_reply_to_user_id"),
        expanded_urls=cells.get("expanded_urls"),
        retweeted_status=original,
    )


def csv_posts(member: Member, tally: Tally) -> Iterator[tuple[int, Tweet] | Rejected]:
    """Yield the rows of `tweets.csv` as tweets.

    Parameters
    ----------
    member
        The file; its columns may stand in any order.
    tally
        Counts the rows.

    Yields
    ------
    tuple of (int, Tweet) or Rejected
        Number of the row, from 0, and the tweet; ids are text, so one that went through a
        spreadsheet (`8.86E+17`) is recognised as unusable.
    """
    columns: list[str] | None = None
    record = 0
    for _, row in iter_csv(member, delimiter=_delimiter(member)):
        if columns is None:
            columns = [cell.strip().lower() for cell in row]
            continue
        if isinstance(row, BadRow):
            yield tally.reject(row.reason, _KIND, record)
        elif not any(cell.strip() for cell in row):
            continue
        else:
            yield record, _tweet(columns, row)
        tally.counts[_KIND] += 1
        record += 1
