"""Repository files of the AT protocol: blocks with addresses, the search tree, the container.

A record is written as DAG-CBOR and addressed by the SHA-256 of these bytes. The tree holds the
keys in order; how deep a key lies follows from its hash, so equal records make equal bytes.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import libipld

__all__ = ["Block", "block", "cid_text", "repository", "tid"]

Block: TypeAlias = tuple[bytes, bytes]
_Entry: TypeAlias = tuple[bytes, bytes]

# CID version 1, DAG-CBOR, SHA-256 of 32 bytes.
_CID_HEAD = b"\x01\x71\x12\x20"
_SORTABLE = "234567abcdefghijklmnopqrstuvwxyz"


def tid(t_us: int, clock: int = 0) -> str:
    """Return the key of a record made at a moment: 13 letters that sort by time.

    Parameters
    ----------
    t_us
        µs since 1970 UTC.
    clock
        0 to 1023, tells apart what one moment made.

    Examples
    --------
    >>> tid(1_695_659_738_732_743)
    '3kaaaaaaaab22'
    """
    number = (t_us << 10) | clock
    return "".join(_SORTABLE[(number >> shift) & 31] for shift in range(60, -1, -5))


def block(value: Mapping[str, Any]) -> Block:
    """Return a value's address (CID) and bytes; addresses inside it are given as their bytes."""
    data: bytes = libipld.encode_dag_cbor(dict(value))
    return _CID_HEAD + hashlib.sha256(data).digest(), data


def cid_text(cid: bytes) -> str:
    """Return an address as text: `b`, then lower-case base 32 without padding.

    Examples
    --------
    >>> cid_text(block({"a": 1})[0])[:8]
    'bafyreih'
    """
    return "b" + base64.b32encode(cid).decode("ascii").lower().rstrip("=")


def repository(did: str, rev: str, records: Mapping[str, Block]) -> bytes:
    """Return a repository as one CAR file: the commit, its tree, the records in key order.

    Parameters
    ----------
    did
        The owner.
    rev
        When it was last changed, as a TID.
    records
        Key (`collection/rkey`) → the record's address and bytes.

    Returns
    -------
    bytes
        A CAR file of version 1 with a commit of version 3. The signature is of zeros: nobody's key
        signed it.
    """
    entries = sorted((key.encode("ascii"), made[0]) for key, made in records.items())
    nodes: list[Block] = []
    top = max((_depth(key) for key, _ in entries), default=0)
    root = _node(entries, top, nodes)
    commit = {"did": did, "version": 3, "data": root, "rev": rev, "prev": None, "sig": bytes(64)}
    head = block(commit)
    kept = dict([head, *reversed(nodes)])
    kept |= {records[key][0]: records[key][1] for key in sorted(records)}
    return _container(head[0], kept.items())


def _depth(key: bytes) -> int:
    """Return how high in the tree a key stands: half the leading zero bits of its hash."""
    number = int.from_bytes(hashlib.sha256(key).digest())
    return (256 - number.bit_length()) // 2


def _node(entries: list[_Entry], height: int, out: list[Block]) -> bytes:
    """Append the nodes of a subtree, children before their parent; return its address.

    A level without a key of its own still has a node that leads on to the next.
    """
    own: list[_Entry] = []
    gaps: list[list[_Entry]] = [[]]
    for entry in entries:
        if _depth(entry[0]) == height:
            own.append(entry)
            gaps.append([])
        else:
            gaps[-1].append(entry)
    below = [_node(gap, height - 1, out) if gap else None for gap in gaps]
    written, previous = [], b""
    for (key, value), subtree in zip(own, below[1:], strict=True):
        shared = _shared(previous, key)
        written.append({"p": shared, "k": key[shared:], "v": value, "t": subtree})
        previous = key
    made = block({"l": below[0], "e": written})
    out.append(made)
    return made[0]


def _shared(first: bytes, second: bytes) -> int:
    """Return how many bytes two keys have in common at their front."""
    n = 0
    for a, b in zip(first, second, strict=False):
        if a != b:
            break
        n += 1
    return n


def _container(root: bytes, blocks: Iterable[Block]) -> bytes:
    """Return blocks behind their lengths, after a header that names the root."""
    header: bytes = libipld.encode_dag_cbor({"roots": [root], "version": 1})
    parts = [_length(len(header)), header]
    for cid, data in blocks:
        parts += [_length(len(cid) + len(data)), cid, data]
    return b"".join(parts)


def _length(size: int) -> bytes:
    """Return a length in seven-bit pieces, least first."""
    out = bytearray()
    while size >= 0x80:
        out.append(size & 0x7F | 0x80)
        size >>= 7
    out.append(size)
    return bytes(out)
