"""Digests and features of many texts at once equal those of one, by independent ways."""

from __future__ import annotations

import hmac

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supportnet.privacy import (
    Key,
    digests_of,
    message_key,
    number_keys,
    text_digest,
    text_digests,
    text_features,
)
from supportnet.privacy.sha256 import LANES, hmac_sha256
from supportnet.records import MessageRef

KEY = Key("test", bytes(range(32)))
PICTURE = r"[\x{1F000}-\x{1F1E5}\x{1F200}-\x{1FAFF}\x{2600}-\x{27BF}\x{2B00}-\x{2BFF}]"
EMOJI = (
    r"(?:[\x{1F1E6}-\x{1F1FF}]{2}"
    rf"|{PICTURE}[\x{{FE0F}}\x{{1F3FB}}-\x{{1F3FF}}]*"
    rf"(?:\x{{200D}}{PICTURE}[\x{{FE0F}}\x{{1F3FB}}-\x{{1F3FF}}]*)*)"
)
# Whatever lies on a border: blanks, question marks, beginnings of links, parts of emoji.
ATOMS = [
    *"ab wh_9?/:.\t\n\r\v\f\x1c\x1f\0é؟？\u00a0\u0085\u2003\u3000\u200b\u200d\ufe0f",
    *"👍❤⭐☀🇫🇷🏽𐍈\U0001f1e5\U0001f200\U0001faff\U0001fb00\u25ff\u2600\u27bf\u27c0\u2bff\u2c00",
    "👨‍👩‍👧", "http://", "https://", "www.", "ww.", "http:/", "://",
]  # fmt: skip
texts = st.lists(st.none() | st.lists(st.sampled_from(ATOMS), max_size=12).map("".join), max_size=8)


def by_patterns(given_: pa.Array) -> dict[str, pa.Array]:
    """Return the same features by regular expressions."""
    return {
        "n_chars": pc.utf8_length(given_).cast(pa.int32()),
        "n_words": pc.count_substring_regex(given_, r"\S+").cast(pa.int32()),
        "n_emoji": pc.count_substring_regex(given_, EMOJI).cast(pa.int32()),
        "has_question": pc.match_substring_regex(given_, "[?？؟]"),
        "has_link": pc.match_substring_regex(given_, r"https?://|\bwww\."),
    }


@settings(max_examples=500, deadline=None)
@given(texts, st.integers(0, 3))
def test_features_are_those_of_the_patterns(words: list[str | None], skip: int) -> None:
    array = pa.array(words, pa.string()).slice(skip)
    expected = by_patterns(array)
    found = text_features(array)
    assert found.keys() == expected.keys()
    for name, column in expected.items():
        assert found[name].equals(column), name


@settings(max_examples=300, deadline=None)
@given(texts, st.integers(0, 3))
def test_digests_of_texts_are_those_of_each(words: list[str | None], skip: int) -> None:
    array = pa.array(words, pa.string()).slice(skip)
    expected = [text_digest(KEY, text) if text else None for text in array.to_pylist()]
    assert text_digests(KEY, array).to_pylist() == expected


@pytest.mark.parametrize("prefix", [b"", b"text\x1f", b"x" * 63, b"x" * 64, b"y" * 130])
def test_hmac_is_that_of_the_library(prefix: bytes) -> None:
    random_ = np.random.default_rng(5)
    data = random_.integers(0, 256, 5000, dtype=np.uint8)
    # Every length around the borders of a block, and more messages than lanes.
    sizes = np.array([*range(200), *random_.integers(0, 3000, 3 * LANES + 5)])
    starts = random_.integers(0, 2000, len(sizes))
    found = hmac_sha256(KEY.secret, prefix, data, starts, starts + sizes)
    for start, size, row in zip(starts, sizes, found, strict=True):
        message = prefix + data[start : start + size].tobytes()
        assert row.tobytes() == hmac.digest(KEY.secret, message, "sha256")


def test_a_digest_by_itself_is_that_of_the_library() -> None:
    assert KEY.digest(b"some words") == hmac.digest(KEY.secret, b"some words", "sha256")
    assert Key("other", b"k" * 32).digest(b"") == hmac.digest(b"k" * 32, b"", "sha256")


def test_keys_of_numbers_are_those_of_references() -> None:
    numbers = np.array([0, 1, 9, 10, 2**63 - 1, 123_456_789_012_345_678, 10, 0], np.int64)
    expected = [
        message_key(KEY, MessageRef("twitter", str(number))) if number else None
        for number in numbers.tolist()
    ]
    assert number_keys(KEY, "twitter", "global", numbers).to_pylist() == expected


def test_digests_with_a_beginning() -> None:
    words = ["", "a", "é" * 40]
    expected = [KEY.digest(("thread\x1fü" + word).encode())[:16] for word in words]
    assert digests_of(KEY, "thread\x1fü", pa.array(words)).to_pylist() == expected


def test_nothing_gives_nothing() -> None:
    none = pa.array([], pa.string())
    assert text_digests(KEY, none).to_pylist() == []
    assert text_features(none)["n_chars"].to_pylist() == []
    assert number_keys(KEY, "x", "global", np.zeros(0, np.int64)).to_pylist() == []
