"""Make Bluesky repositories for the tests, written from the protocol and not from the reader.

The sample repositories are made by ``python tests/importers/bluesky_support.py``.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

__all__ = ["Cid", "block", "car", "cbor", "post_key", "repository", "tid", "tree"]

LEA = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa"
OMAR = "did:plc:bbbbbbbbbbbbbbbbbbbbbbbb"
INES = "did:plc:cccccccccccccccccccccccc"
_ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"


class Cid(bytes):
    """An address inside a value, written as tag 42."""


def tid(t_us: int, clock: int = 0) -> str:
    """Return the key that is made at a time."""
    number = (t_us << 10) | clock
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(60, -1, -5))


def post_key(t_us: int) -> str:
    return f"app.bsky.feed.post/{tid(t_us)}"


def _head(major: int, value: int) -> bytes:
    if value < 24:
        return bytes([major << 5 | value])
    for code, pack, limit in ((24, ">B", 8), (25, ">H", 16), (26, ">I", 32), (27, ">Q", 64)):
        if value < 1 << limit:
            return bytes([major << 5 | code]) + struct.pack(pack, value)
    raise OverflowError


def cbor(value: Any) -> bytes:
    """Write a value as DAG-CBOR."""
    if value is None or isinstance(value, bool):
        return {None: b"\xf6", True: b"\xf5", False: b"\xf4"}[value]
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, float):
        return b"\xfb" + struct.pack(">d", value)
    if isinstance(value, Cid):
        return b"\xd8\x2a" + _head(2, len(value) + 1) + b"\0" + value
    if isinstance(value, bytes):
        return _head(2, len(value)) + value
    if isinstance(value, str):
        data = value.encode()
        return _head(3, len(data)) + data
    if isinstance(value, list):
        return _head(4, len(value)) + b"".join(map(cbor, value))
    keys = sorted(value, key=lambda key: (len(key.encode()), key.encode()))
    return _head(5, len(value)) + b"".join(cbor(key) + cbor(value[key]) for key in keys)


def block(value: Any) -> tuple[Cid, bytes]:
    """Return a value's address and bytes."""
    data = value if isinstance(value, bytes) else cbor(value)
    return Cid(b"\x01\x71\x12\x20" + hashlib.sha256(data).digest()), data


def _length(size: int) -> bytes:
    out = bytearray()
    while size >= 0x80:
        out.append(size & 0x7F | 0x80)
        size >>= 7
    return bytes([*out, size])


def car(roots: Iterable[Cid], blocks: Iterable[tuple[bytes, bytes]], version: int = 1) -> bytes:
    """Write blocks into a CAR file."""
    header = cbor({"roots": list(roots), "version": version})
    parts = [_length(len(header)), header]
    for cid, data in blocks:
        parts += [_length(len(cid) + len(data)), cid, data]
    return b"".join(parts)


def _zeros(key: bytes) -> int:
    """Return the layer of a key: pairs of leading zero bits of its hash."""
    bits = f"{int.from_bytes(hashlib.sha256(key).digest()):0256b}"
    return (len(bits) - len(bits.lstrip("0"))) // 2


def tree(entries: list[tuple[bytes, Cid]], out: list[tuple[Cid, bytes]]) -> Cid:
    """Build the search tree over sorted entries, append its nodes to `out`, return its root."""
    top = max((_zeros(key) for key, _ in entries), default=0)
    return _node(entries, top, out)


def _node(entries: list[tuple[bytes, Cid]], layer: int, out: list[tuple[Cid, bytes]]) -> Cid:
    gaps: list[list[tuple[bytes, Cid]]] = [[]]
    mine: list[tuple[bytes, Cid]] = []
    for entry in entries:
        if _zeros(entry[0]) == layer:
            mine.append(entry)
            gaps.append([])
        else:
            gaps[-1].append(entry)
    below = [_node(gap, layer - 1, out) if gap else None for gap in gaps]
    written, previous = [], b""
    for (key, value), subtree in zip(mine, below[1:], strict=True):
        shared = 0
        while shared < min(len(key), len(previous)) and key[shared] == previous[shared]:
            shared += 1
        written.append({"p": shared, "k": key[shared:], "v": value, "t": subtree})
        previous = key
    made = block({"l": below[0], "e": written})
    out.append(made)
    return made[0]


def repository(
    records: Mapping[str, Any],
    did: str = LEA,
    *,
    version: int = 3,
    rev: str | None = "3lcaaaaaaaa2a",
    change: Callable[[list[tuple[Cid, bytes]]], list[tuple[Cid, bytes]]] = list,
) -> bytes:
    """Write a repository of records by key; `change` may drop, repeat or reorder its blocks."""
    made = {key: block(value) for key, value in records.items()}
    entries = sorted((key.encode(), cid) for key, (cid, _) in made.items())
    nodes: list[tuple[Cid, bytes]] = []
    root = tree(entries, nodes)
    commit = {"did": did, "version": version, "data": root, "prev": None, "sig": b"\1" * 64}
    if rev is not None:
        commit["rev"] = rev
    top = block(commit)
    return car([top[0]], change([top, *reversed(nodes), *made.values()]))


def reference(author: str, key: str) -> dict[str, str]:
    return {"uri": f"at://{author}/app.bsky.feed.post/{key}", "cid": "bafyr1"}


def post(text: str, created: str, **more: Any) -> dict[str, Any]:
    return {"$type": "app.bsky.feed.post", "text": text, "createdAt": created, **more}


def mention(did: str, start: int, end: int) -> dict[str, Any]:
    feature = {"$type": "app.bsky.richtext.facet#mention", "did": did}
    return {"index": {"byteStart": start, "byteEnd": end}, "features": [feature]}


# The gold records of the format's description.
GOLD: dict[str, Any] = {
    "app.bsky.feed.post/3kaaaaaaaab2a": post(
        "Bonjour à tous", "2024-11-20T08:00:00.000Z", langs=["fr"]
    ),
    "app.bsky.feed.post/3kaaaaaaaac2a": post(
        "é @omar.example courage",
        "2024-11-20T09:30:00+01:00",
        reply={"root": reference(OMAR, "3k1"), "parent": reference(OMAR, "3k1")},
        facets=[mention(OMAR, 3, 16)],
    ),
    "app.bsky.feed.like/3kaaaaaaaad2a": {
        "$type": "app.bsky.feed.like",
        "subject": reference(INES, "3k2"),
        "createdAt": "2024-11-20T10:00:00.000Z",
    },
    "app.bsky.graph.follow/3kaaaaaaaae2a": {
        "$type": "app.bsky.graph.follow",
        "subject": OMAR,
        "createdAt": "2024-11-19T10:00:00.000Z",
    },
    "app.bsky.feed.post/3kaaaaaaaaf2a": post(
        "",
        "2024-11-21T08:00:00.000Z",
        embed={"$type": "app.bsky.embed.record", "record": reference(INES, "3k2")},
    ),
}

# 2024-11-20T08:00:00Z
DAY0 = 1_732_089_600_000_000
HOUR = 3_600_000_000


def every_kind() -> dict[str, Any]:
    """Return one record of every kind, keyed by the time it was made."""

    def key(collection: str, hours: float) -> str:
        return f"{collection}/{tid(DAY0 + int(hours * HOUR))}"

    root = tid(DAY0)
    own = {"root": reference(LEA, root), "parent": reference(LEA, root)}
    other = {"root": reference(INES, "3k9"), "parent": reference(OMAR, "3k8")}
    quote = {"$type": "app.bsky.embed.record", "record": reference(INES, "3k2")}
    pictures = {"$type": "app.bsky.embed.images", "images": []}
    both = {"$type": "app.bsky.embed.recordWithMedia", "record": quote, "media": pictures}
    feed = {"uri": f"at://{INES}/app.bsky.feed.generator/cats", "cid": "bafyr3"}
    via = {"uri": f"at://{OMAR}/app.bsky.feed.repost/3k7", "cid": "bafyr4"}
    seen = "2024-11-20T18:00:00.000Z"
    return {
        f"app.bsky.feed.post/{root}": post("Je commence", "2024-11-20T08:00:00Z", langs=["fr"]),
        key("app.bsky.feed.post", 1): post("et la suite", "2024-11-20T09:00:00.000Z", reply=own),
        key("app.bsky.feed.post", 2): post(
            "merci à vous deux", "2024-11-20T02:00:00.250-08:00", reply=other, langs=["fr", "en"]
        ),
        key("app.bsky.feed.post", 3): post("regardez", "2024-11-20T11:00:00Z", embed=both),
        key("app.bsky.feed.post", 4): post(
            "un bon fil", "2024-11-20T12:00:00Z", embed={**quote, "record": feed}
        ),
        # Brought over from elsewhere: claims 2015, the key knows better.
        key("app.bsky.feed.post", 5): post("vieux message", "2015-04-01T10:00:00Z"),
        # No usable claim: no offset, no such day, nothing at all.
        key("app.bsky.feed.post", 6): post("sans fuseau", "2024-11-20T14:00:00"),
        key("app.bsky.feed.post", 7): post("jour impossible", "2024-02-30T14:00:00Z"),
        key("app.bsky.feed.post", 8): {"$type": "app.bsky.feed.post", "text": "sans date"},
        "app.bsky.feed.post/fait-main": post("clé choisie", "2024-11-20T16:30:00.5Z"),
        "app.bsky.feed.post/sans-rien": {"$type": "app.bsky.feed.post", "text": "perdu"},
        "app.bsky.feed.post/jadis": post("trop tôt", "1970-01-01T00:00:00Z"),
        # Records of early 2023 have entities where facets are today.
        key("app.bsky.feed.post", 9): post(
            "salut @ines.example",
            "2024-11-20T17:00:00Z",
            entities=[{"type": "mention", "value": INES, "index": {"start": 6, "end": 19}}],
        ),
        key("app.bsky.feed.repost", 10): {
            "$type": "app.bsky.feed.repost",
            "subject": reference(OMAR, "3k8"),
            "via": via,
            "createdAt": seen,
        },
        key("app.bsky.feed.like", 10): {
            "$type": "app.bsky.feed.like",
            "subject": reference(OMAR, "3k8"),
            "via": via,
            "createdAt": seen,
        },
        "app.bsky.feed.like/sans-date": {
            "$type": "app.bsky.feed.like",
            "subject": reference(LEA, root),
        },
        key("app.bsky.feed.like", 11): {"$type": "app.bsky.feed.like", "subject": "?"},
        key("app.bsky.graph.follow", 11): {
            "$type": "app.bsky.graph.follow",
            "subject": INES,
            "createdAt": "2024-11-20T19:00:00.000Z",
        },
        key("app.bsky.graph.block", 12): {
            "$type": "app.bsky.graph.block",
            "subject": OMAR,
            "createdAt": seen,
        },
        "app.bsky.actor.profile/self": {"$type": "app.bsky.actor.profile", "displayName": "Léa"},
        key("app.bsky.graph.list", 12): {"$type": "app.bsky.graph.list", "name": "ami·e·s"},
        key("app.bsky.graph.listitem", 12): {"$type": "app.bsky.graph.listitem", "subject": OMAR},
        f"app.bsky.feed.threadgate/{root}": {
            "$type": "app.bsky.feed.threadgate",
            "post": f"at://{LEA}/app.bsky.feed.post/{root}",
            "allow": [],
        },
        f"app.bsky.feed.postgate/{root}": {"$type": "app.bsky.feed.postgate"},
        "chat.bsky.actor.declaration/self": {
            "$type": "chat.bsky.actor.declaration",
            "allowIncoming": "following",
        },
        key("fm.teal.alpha.feed.play", 13): {"$type": "fm.teal.alpha.feed.play", "played": 3},
        key("app.bsky.labs.novelty", 13): {"$type": "app.bsky.labs.novelty"},
    }


def make_samples(folder: Path) -> None:
    """Write the repositories among the samples."""

    def stale(blocks: list[tuple[Cid, bytes]]) -> list[tuple[Cid, bytes]]:
        old = block(post("effacé depuis", "2024-11-19T08:00:00Z"))
        node = block({"l": None, "e": [{"p": 0, "k": b"a.b/c", "v": old[0], "t": None}]})
        return [*blocks[1:], old, node, blocks[1], blocks[0]]

    def partial(blocks: list[tuple[Cid, bytes]]) -> list[tuple[Cid, bytes]]:
        return blocks[:-2]

    cases = {
        "gold/input/repo.car": repository(GOLD, rev="3kaaaaaaaaa2a"),
        "records/input/repo.car": repository(every_kind(), change=stale),
        "version2/input/lea.getRepo": repository(GOLD, version=2, rev=None),
        "partial/input/repo.car": repository(GOLD, change=partial),
        "whole/input/repo.car": repository(GOLD),
    }
    for name, data in cases.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


if __name__ == "__main__":
    make_samples(Path(__file__).parent / "bluesky")
