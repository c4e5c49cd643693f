"""Decode pieces of JSON: many at once where they are sound, one by one where they are not."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any

import msgspec

__all__ = ["BadItem", "Decoder", "lenient"]

_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class BadItem:
    """Stand in for a piece of a JSON document that cannot be used.

    Attributes
    ----------
    reason
        `json_syntax`, `json_depth`, `json_truncated`, `json_shape` (well-formed, but not what the
        path or the type asks for), `field_too_long`, `element_too_long` or `too_many_values`.
    """

    reason: str


def _finite(text: str) -> float | None:
    value = float(text)
    return value if math.isfinite(value) else None


def _no_value(_: str) -> None:
    """Take the place of NaN and Infinity, which JSON does not have."""


_PYTHON = json.JSONDecoder(parse_float=_finite, parse_constant=_no_value, strict=False)


def lenient(piece: bytes) -> Any:
    r"""Decode one JSON value the patient way.

    Parameters
    ----------
    piece
        The bytes of one value.

    Returns
    -------
    Any
        The value. Bytes that are not UTF-8 and halves of surrogate pairs become U+FFFD, NaN and
        infinite numbers None; what is no JSON even so becomes a `BadItem`.

    Examples
    --------
    >>> lenient(b'{"text": "cut \\ud83d", "score": NaN}')
    {'text': 'cut �', 'score': None}
    >>> lenient(b'{"text" 1}')
    BadItem(reason='json_syntax')
    """
    try:
        value = _PYTHON.decode(piece.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return BadItem("json_syntax")
    return _mend(value) if b"\\u" in piece else value


def _mend(value: Any) -> Any:
    """Replace lone surrogates, which no file format of ours can hold."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_mend(one) for one in value]
    if isinstance(value, dict):
        return {_mend(key): _mend(one) for key, one in value.items()}
    return value


class Decoder:
    """Decode the elements of one stream.

    Parameters
    ----------
    kind
        A type that msgspec understands; None for plain dicts, lists and scalars.
    """

    _ERRORS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

    def __init__(self, kind: Any = None) -> None:
        self._kind = kind
        wanted: Any = Any if kind is None else kind
        self._many = msgspec.json.Decoder(list.__class_getitem__(wanted))
        self._single = msgspec.json.Decoder(wanted)

    @property
    def is_plain(self) -> bool:
        """Whether it decodes into plain dicts, lists and scalars."""
        return self._kind is None

    def many(self, joined: bytes, count: int) -> list[Any] | None:
        """Decode `count` elements written one after the other with commas; None when unsound."""
        try:
            values: list[Any] = self._many.decode(b"[" + joined + b"]")
        except self._ERRORS:
            return None
        return values if len(values) == count else None

    def one(self, piece: bytes) -> Any:
        """Decode one element; a `BadItem` when it cannot be."""
        try:
            return self._single.decode(piece)
        except self._ERRORS:
            value = lenient(piece)
        if self._kind is None or isinstance(value, BadItem):
            return value
        try:
            return msgspec.convert(value, self._kind)
        except msgspec.ValidationError:
            return BadItem("json_shape")
