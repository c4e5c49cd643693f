"""Stream parts of a JSON document of any size in bounded memory.

Only the few levels that a path names are walked in Python. Everything below is cut out by the
byte scanner and decoded many elements at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from supportnet.archive.decoding import Decoder
from supportnet.archive.documents import iter_json_lines
from supportnet.archive.fields import Fields
from supportnet.archive.limits import refuse
from supportnet.archive.model import Member
from supportnet.archive.paths import parse_paths
from supportnet.archive.walker import Item, Walker

__all__ = ["Item", "iter_jsonl", "read_outline", "stream_blocks", "stream_json"]


def stream_json(
    member: Member, *paths: str, type: Any = None, skip_prefix: bool = False
) -> Iterator[Item]:
    r"""Yield the values at some paths of a JSON document, one at a time.

    Parameters
    ----------
    member
        The file.
    *paths
        Where: `"[]"`, `"messages[]"`, `"chats.list[].messages[]"`, `"chats.*[]"` (any key), `""`
        (the whole document as one item). A path without `[]` at its end gives one value. A
        backslash makes a dot part of a key.
    type
        A type for msgspec to decode into; plain dicts and lists when not given. What does not fit
        it becomes a `BadItem` with reason `json_shape`.
    skip_prefix
        Drop everything up to the first equals sign (`window.YTD.tweets.part0 = [...]`) and a
        semicolon at the end.

    Yields
    ------
    Item
        In file order. A malformed element comes as a `BadItem` in its place. A document that ends
        too early gives its complete elements, then one `BadItem("json_truncated")`. A path that
        is absent gives nothing; one where something else than a list (and not null) stands gives
        one `BadItem("json_shape")`.

    Raises
    ------
    ArchiveError
        When the file itself is damaged or over a cap.

    Notes
    -----
    Memory is bounded by `Limits.element_bytes` and `Limits.json_values`, not by the file. A byte
    order mark is dropped, halves of surrogate pairs become U+FFFD, NaN and Infinity None.
    """
    walker = Walker(member, Decoder(type), outline=False)
    return walker.walk(parse_paths(paths), skip_prefix=skip_prefix)


def stream_blocks(
    member: Member, path: str, fields: Fields, *, type: Any, skip_prefix: bool = False
) -> Iterator[Item]:
    """Yield the elements of an array by the thousand, with some of their fields located.

    Parameters
    ----------
    member
        The file.
    path
        Where the array stands, as `"[]"` or `"messages[]"`.
    fields
        What is wanted of each element.
    type
        A type for msgspec, for elements that are not plain.
    skip_prefix
        As for `stream_json`.

    Yields
    ------
    Item
        Its value is a `Block` and its index that of the block's first element; or its value is a
        `BadItem`, where `stream_json` would have handed out one that stands for no element.
    """
    walker = Walker(member, Decoder(type), outline=False, fields=fields)
    return walker.walk(parse_paths([path]), skip_prefix=skip_prefix)


def iter_jsonl(member: Member, *, type: Any = None) -> Iterator[Item]:
    """Yield the records of a file that holds one JSON object per line.

    Parameters
    ----------
    member
        The file.
    type
        As for `stream_json`.

    Yields
    ------
    Item
        With path `""`, no context, and as index the number of the line from 0, blank lines
        counted but not handed out. A bad line comes as a `BadItem` in its place.
    """
    for number, value in iter_json_lines(member, Decoder(type)):
        yield Item("", (), number, value)


def read_outline(
    member: Member, skip: tuple[str, ...] = ("messages[]",), *, skip_prefix: bool = False
) -> Any:
    """Return a whole JSON document with the named arrays empty, in bounded memory.

    Parameters
    ----------
    member
        The file.
    skip
        Paths, each ending in `[]`, of the arrays whose elements are left out.
    skip_prefix
        As for `stream_json`.

    Returns
    -------
    Any
        The document. One that ends too early gives what stands before the end; `stream_json`
        reports the damage.

    Raises
    ------
    ArchiveError
        When the file is damaged, or when no JSON document begins in it, or when what is left of
        it is over a cap.
    """
    walker = Walker(member, Decoder(), outline=True)
    for _ in walker.walk(parse_paths(skip), skip_prefix=skip_prefix):
        pass
    if walker.root is None:
        refuse(member.label, "a JSON document", "something else")
    return walker.root
