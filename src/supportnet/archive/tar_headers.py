"""Read the headers of a tar archive, with small caps on everything that a header can ask for.

References
----------
.. [1] IEEE Std 1003.1-2017, "pax Interchange Format" and "ustar Interchange Format".
"""

from __future__ import annotations

from supportnet.archive.codecs import Damaged

__all__ = ["BLOCK", "is_tar", "member_name", "number", "pax_facts", "sum_is_right"]

BLOCK = 512


def is_tar(head: bytes) -> bool:
    """Answer whether the first block is the header of a tar, by its checksum.

    Examples
    --------
    >>> is_tar(bytes(512)), is_tar(b"hello")
    (False, False)
    """
    return len(head) >= BLOCK and head[0] != 0 and sum_is_right(head[:BLOCK])


def sum_is_right(block: bytes) -> bool:
    """Answer whether a header block agrees with the checksum it holds."""
    try:
        stated = number(block[148:156])
    except Damaged:
        return False
    blank = block[:148] + b" " * 8 + block[156:]
    return stated == sum(blank)


def number(field: bytes) -> int:
    """Read a number of a header: octal digits, or binary where the first bit is set."""
    if field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    text = field.split(b"\0", 1)[0].strip()
    if text.strip(b"01234567"):
        msg = "a tar with a damaged header"
        raise Damaged(msg)
    return int(text, 8) if text else 0


def member_name(header: bytes) -> str:
    """Return the name that a header block holds, with its prefix."""
    name = header[:100].split(b"\0", 1)[0]
    prefix = header[345:500].split(b"\0", 1)[0]
    if header[257:263] == b"ustar\0" and prefix:
        name = prefix + b"/" + name
    return name.decode("utf-8", "replace")


def pax_facts(body: bytes) -> dict[str, str]:
    """Read the records `length key=value` of an extended header."""
    facts: dict[str, str] = {}
    at = 0
    while at < len(body) and body[at] != 0:
        blank = body.find(b" ", at, at + 12)
        digits = body[at:blank] if blank > at else b""
        length = int(digits) if digits.isdigit() else 0
        record = body[blank + 1 : at + length]
        key, equals, value = record.removesuffix(b"\n").partition(b"=")
        if length < 5 or not equals or at + length > len(body):
            msg = "a tar with a damaged header"
            raise Damaged(msg)
        facts[key.decode("utf-8", "replace")] = value.decode("utf-8", "replace")
        at += length
    return facts
