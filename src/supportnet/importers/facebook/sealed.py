"""Chats of the separate download of encrypted messages, joined to those of the main export."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, Final

import msgspec

from supportnet.archive import Item, Member, read_outline, stream_json
from supportnet.parsing.meta import folded, repaired
from supportnet.parsing.meta_rows import ThreadReader
from supportnet.parsing.meta_threads import Caption, Row
from supportnet.records import Record

__all__ = ["SEALED", "read_sealed"]

SEALED: Final = "e2ee"
_AHEAD: Final = 12_000


class Sealed(msgspec.Struct, gc=False):
    """One message of an encrypted chat as it is written."""

    senderName: str | None = None  # noqa: N815 - the name of the field in the file
    text: str | None = None
    timestamp: int | None = None
    type: str | None = None
    isUnsent: bool | None = None  # noqa: N815
    media: Any = None
    reactions: list[Any] | None = None


def _plain(items: Iterator[Item]) -> Iterator[Item]:
    """Turn rows into those of the main export."""
    for item in items:
        found = item.value
        if type(found) is Sealed:
            media = found.media or (found.type == "media" or None)
            # What the app put in the place of something that cannot be shown is nobody's talk.
            is_talk = found.type != "placeholder"
            # A row without its time is undated, whatever field would have held it elsewhere.
            row = Row(
                sender_name=found.senderName,
                timestamp_ms=found.timestamp,
                content=(found.text or None) if is_talk else None,
                reactions=found.reactions,
                photos=media if is_talk else None,
                is_unsent=found.isUnsent,
            )
            yield Item(item.path, item.context, item.index, row)
        else:
            yield item


def _step(ahead: list[Item]) -> int:
    """Return 1 where a file begins with its oldest message, else -1."""
    times = (item.value.timestamp_ms for item in ahead if type(item.value) is Row)
    first: int | None = None
    for time in times:
        if time is None or time == first:
            continue
        if first is not None:
            return 1 if time > first else -1
        first = time
    return -1


def read_sealed(
    member: Member, reader: ThreadReader, owner: str | None, number: int
) -> Iterator[Record]:
    """Yield the records of one encrypted chat.

    Parameters
    ----------
    member
        The file.
    reader
        Has read the main export, so that the same conversation there is found.
    owner
        The owner's display name.
    number
        Number of the download it lies in: the same chat in another one is a further copy.

    Yields
    ------
    Record
        Messages as a further copy of their conversation, reactions, and what was left out.
    """
    stream = _plain(stream_json(member, "messages[]", type=Sealed))
    ahead = list(islice(stream, _AHEAD))
    fields: Any = ahead[0].context[0] if ahead and ahead[0].context else None
    if fields is None or "participants" not in fields:
        outline = read_outline(member)
        fields = outline if isinstance(outline, dict) else {}
    caption = Caption.of(fields)
    rows = [item.value for item in ahead if type(item.value) is Row]
    senders = sorted({name for row in rows if (name := repaired(row.sender_name))})
    kind = caption.form(senders, "", owner_name=owner)
    if not ahead and not caption.names:
        return
    words = (folded(caption.title or ""), *sorted(folded(name) for name in caption.names))
    room = reader.rooms.enter("e2ee:" + "\x1f".join(words), caption, kind, senders)
    yield from reader.rows(chain(ahead, stream), room, f"{SEALED}/{number}", _step(ahead))
