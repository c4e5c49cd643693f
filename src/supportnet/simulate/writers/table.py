"""The public board of the community: one table and the map that explains its columns."""

from __future__ import annotations

import csv
import io

from supportnet.simulate.writers.book import Book, local

__all__ = ["BOARD_PLATFORM", "column_map", "write_board"]

BOARD_PLATFORM = "board"


def write_board(book: Book) -> str:
    """Return the board as comma-separated text.

    Parameters
    ----------
    book
        The community.

    Returns
    -------
    str
        Columns `id`, `date` (ISO 8601 with the offset of Paris), `author`, `reply_to_author`
        (empty for the first post of a thread) and `thread`; oldest first.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["id", "date", "author", "reply_to_author", "thread"])
    rows = [row for row in book.rows if row.platform == "board"]
    for number, row in enumerate(rows, start=1):
        author = book.people[row.author].board_name
        other = book.people[row.other].board_name if row.other else ""
        thread = row.conversation.partition(":")[2]
        writer.writerow([number, local(row.t_us).isoformat(), author, other, thread])
    return buffer.getvalue()


def column_map() -> dict[str, object]:
    """Return the column map of the board: our word → the table's.

    Who could read it stands in no column: it is declared at import (public).
    """
    return {
        "message_id": "id",
        "sent_at": "date",
        "sender": "author",
        "recipients": "reply_to_author",
        "conversation": "thread",
        "platform": BOARD_PLATFORM,
    }
