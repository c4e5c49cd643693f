"""Recognise a recorded stream: as JSON lines, or as the raw frames that nobody can read here."""

from __future__ import annotations

import re
from typing import Final

from supportnet.archive import Member

__all__ = ["PATTERN", "PLATFORM", "is_raw", "sniff"]

PLATFORM: Final = "bluesky"
# The generic name under which rejected records are reported.
PATTERN: Final = "*.jsonl"

_BOM: Final = b"\xef\xbb\xbf"
_HEAD: Final = 16_384
_DID = re.compile(rb'"did"\s*:\s*"did:')
_KIND = re.compile(rb'"(?:kind|type)"\s*:\s*"(?:commit|identity|account|com|id|acc)"')
# A frame is two CBOR objects; the first says `op` and the name of what follows.
_FRAME = re.compile(rb"\xa2(?:bop[\x01\x20]|at[\x60-\x7f]#\w+){2}")


def is_raw(member: Member) -> bool:
    """Say whether a file holds raw frames of the network's own stream.

    Parameters
    ----------
    member
        Any file.

    Returns
    -------
    bool
        True for CBOR frames, which must be converted first.
    """
    return _FRAME.match(member.head(64)) is not None


def sniff(member: Member) -> bool:
    """Say whether one file is a recorded stream of Bluesky events.

    Parameters
    ----------
    member
        The file.

    Returns
    -------
    bool
        True for Jetstream lines, and for raw frames, which are then refused with advice.
    """
    head = member.head()[:_HEAD].removeprefix(_BOM)
    if head.lstrip()[:1] != b"{":
        return is_raw(member)
    return b'"time_us"' in head and bool(_DID.search(head)) and bool(_KIND.search(head))
