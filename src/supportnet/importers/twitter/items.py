"""Walk the records of the archive's JavaScript files, one at a time, good or bad."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, TypeAlias

from supportnet.archive import BadItem, Member, stream_json
from supportnet.importers.twitter.files import pattern_of
from supportnet.records import Rejected

__all__ = ["Found", "Tally", "items", "unwrapped"]

# Number of the record in its file, the fields around it, the record.
Found: TypeAlias = tuple[int, tuple[dict[str, Any], ...], Any]


class Tally:
    """Count the records of each file, to number rejects and to check the manifest.

    Attributes
    ----------
    counts
        Kind of file → top-level records read.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def reject(self, reason: str, kind: str, record: int) -> Rejected:
        """Return a reject of record number `record` in a file of this kind."""
        return Rejected(reason, pattern_of(kind), record)


def items(
    member: Member, kind: str, tally: Tally, *paths: str, shape: Any = dict
) -> Iterator[Found | Rejected]:
    """Yield the elements of a file's array, each numbered from 0; damaged ones as rejects.

    Parameters
    ----------
    member
        A file that assigns an array to a variable; whatever stands before the first `=` is dropped.
    kind
        What it holds.
    tally
        Counts the elements.
    paths
        Where the elements stand; the top-level array unless said otherwise.
    shape
        What an element must be; only the fields it names are read.

    Yields
    ------
    tuple of (int, tuple of dict, Any) or Rejected
        Number in the file, fields read so far of the objects around it, and the element.
    """
    record = -1
    try:
        stream = stream_json(member, *(paths or ("[]",)), type=shape, skip_prefix=True)
        for record, (_, context, _, value) in enumerate(stream):
            if type(value) is BadItem:
                reason = "unknown_shape" if value.reason == "json_shape" else value.reason
                yield tally.reject(reason, kind, record)
            else:
                yield record, context, value
    finally:
        tally.counts[kind] += record + 1


def unwrapped(value: dict[str, Any], *keys: str) -> dict[str, Any]:
    """Return what stands under the wrapping keys, or the record itself where it is bare (2018).

    Examples
    --------
    >>> unwrapped({"like": {"tweetId": "1599"}}, "like")
    {'tweetId': '1599'}
    >>> unwrapped({"tweetId": "1599"}, "like")
    {'tweetId': '1599'}
    """
    for key in keys:
        inner = value.get(key)
        if isinstance(inner, dict):
            value = inner
    return value
