"""The digests of many messages equal the library's, byte for byte."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from supportnet.store.md5 import LANES, md5_of


# 55 and 56, 119 and 120 bytes: the padding just fits into the block, or needs another one.
@pytest.mark.parametrize("size", [0, 1, 3, 54, 55, 56, 63, 64, 65, 97, 119, 120, 128, 200])
@pytest.mark.parametrize("n", [0, 1, LANES - 1, LANES, LANES + 1, 3 * LANES + 5])
def test_digests_are_the_librarys(size: int, n: int) -> None:
    messages = np.random.default_rng(size * 1000 + n).integers(0, 256, (n, size), np.uint8)
    wanted = [hashlib.md5(row.tobytes(), usedforsecurity=False).digest() for row in messages]
    assert [row.tobytes() for row in md5_of(messages)] == wanted


def test_messages_that_stand_apart_in_memory_are_read_where_they_are() -> None:
    wide = np.random.default_rng(5).integers(0, 256, (40, 90), np.uint8)
    part = wide[::2, 3:71]
    wanted = [hashlib.md5(row.tobytes(), usedforsecurity=False).digest() for row in part]
    assert [row.tobytes() for row in md5_of(part)] == wanted


def test_the_standards_own_examples() -> None:
    # RFC 1321, appendix A.5
    for text, digest in (
        (b"", "d41d8cd98f00b204e9800998ecf8427e"),
        (b"message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
        (b"1234567890" * 8, "57edf4a22be3c955ac49da2e2107b67a"),
    ):
        row = np.frombuffer(text, np.uint8).reshape(1, len(text))
        assert md5_of(row).tobytes().hex() == digest
