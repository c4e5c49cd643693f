"""Damage files the way crashes, editors, other programs and ill will do."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

__all__ = ["PLANTED", "mutate_file"]

# A name, number and sentence that no error may repeat.
PLANTED = "Plantagenet Quux +33600000001"

_STRANGE: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    2**63,
    -(2**70),
    10**400,
    1e300,
    -0.5,
    float("nan"),
    float("inf"),
    "",
    " ",
    PLANTED,
    "\ud83d",
    "\0",
    "‮⁦<script>",
    "9999999999999",
    "2026-02-30T25:61:61Z",
    [],
    {},
    [[]],
    [None],
    {"": None},
    [PLANTED, {PLANTED: PLANTED}],
)


def mutate_file(
    sound: Mapping[Path, bytes], names: Sequence[Path], seed: str
) -> tuple[str, Path, bytes]:
    """Return what was done, to which of the files, and its damaged bytes."""
    random_ = random.Random(seed)
    name = random_.choice(names)
    data = sound[name]
    damages: list[Callable[[bytes, random.Random], bytes]] = [_bytes, _lines]
    if _parsed(data) is not None:
        # JSON survives little damage to its bytes: mostly change what it says.
        damages += [_values] * 4
    damage = random_.choice(damages)
    return damage.__name__.strip("_"), name, damage(data, random_)


# -- bytes -----------------------------------------------------------------------------------


def _bytes(data: bytes, random_: random.Random) -> bytes:
    """Flip, cut, drop, repeat or insert bytes."""
    if not data:
        return bytes(random_.randrange(256) for _ in range(random_.randrange(40)))
    at = random_.randrange(len(data))
    end = min(len(data), at + random_.choice((1, 2, 8, 64, 1024)))
    kind = random_.randrange(6)
    if kind == 0:
        mutable = bytearray(data)
        for _ in range(random_.randrange(1, 9)):
            mutable[random_.randrange(len(data))] ^= 1 << random_.randrange(8)
        return bytes(mutable)
    if kind == 1:
        return data[:at]
    if kind == 2:
        return data[:at] + data[end:]
    if kind == 3:
        return data[:end] + data[at:end] * random_.randrange(1, 4) + data[end:]
    if kind == 4:
        junk = bytes(random_.randrange(256) for _ in range(random_.randrange(1, 20)))
        return data[:at] + junk + data[at:]
    odd = random_.choice((b"\0", b"\xff\xfe", b"\r", b"\n", b'"', b"[" * 100, PLANTED.encode()))
    return data[:at] + odd + data[at:]


# -- lines -----------------------------------------------------------------------------------


def _lines(data: bytes, random_: random.Random) -> bytes:
    """Drop, repeat, swap, join or replace lines, or change all line ends."""
    lines = data.split(b"\n")
    a, b = random_.randrange(len(lines)), random_.randrange(len(lines))
    kind = random_.randrange(7)
    if kind == 0:
        del lines[a]
    elif kind == 1:
        lines.insert(b, lines[a])
    elif kind == 2:
        lines[a], lines[b] = lines[b], lines[a]
    elif kind == 3:
        lines[a : a + 2] = [b" ".join(lines[a : a + 2])]
    elif kind == 4:
        lines[a] = PLANTED.encode()
    elif kind == 5:
        cells = lines[a].split(b",")
        cells[random_.randrange(len(cells))] = random_.choice((b"", b'"', b"-1", PLANTED.encode()))
        lines[a] = b",".join(cells)
    else:
        return data.replace(b"\n", random_.choice((b"\r\n", b"\r", b"\n\n")))
    return b"\n".join(lines)


# -- JSON ------------------------------------------------------------------------------------


def _split(data: bytes) -> tuple[str, str]:
    """Part a script's ``name =`` from the document behind it."""
    text = data.decode("utf-8-sig", "replace")
    head, equals, rest = text.partition("=")
    if equals and text.lstrip()[:1] not in "[{":
        return head + equals, rest.strip().removesuffix(";")
    return "", text


def _parsed(data: bytes) -> tuple[str, list[Any], bool] | None:
    """Return (prefix, documents, one per line) of a JSON file; None when it is none."""
    prefix, text = _split(data)
    try:
        return prefix, [json.loads(text)], False
    except (ValueError, RecursionError):
        pass
    lines = [line for line in text.splitlines() if line.strip()]
    try:
        return (prefix, [json.loads(line) for line in lines], True) if lines else None
    except (ValueError, RecursionError):
        return None


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every container and key of a document."""
    keys = list(value) if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield value, key
        if isinstance(value[key], dict | list):
            yield from _places(value[key])


def _values(data: bytes, random_: random.Random) -> bytes:
    """Change, drop, rename, repeat or swap one to three values of a JSON document."""
    parsed = _parsed(data)
    if parsed is None:
        return data
    prefix, documents, lines = parsed
    root = documents if lines else documents[0]
    for _ in range(random_.randrange(1, 4)):
        places = list(_places(root)) if isinstance(root, dict | list) else []
        if not places:
            break
        container, key = random_.choice(places)
        kind = random_.randrange(6)
        if kind == 0:
            del container[key]
        elif kind == 1 and isinstance(container, list):
            container.insert(key, container[key])
        elif kind == 1:
            container[random_.choice((PLANTED, "id", ""))] = container.pop(key)
        elif kind == 2:
            other, place = random_.choice(places)
            # Moved as text: a container put inside itself could not be written.
            container[key] = json.loads(json.dumps(other[place]))
        else:
            # A copy: the next change may reach inside it.
            container[key] = deepcopy(random_.choice(_STRANGE))
    written = [json.dumps(document) for document in documents]
    return (prefix + "\n".join(written)).encode()
