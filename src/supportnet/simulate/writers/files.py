"""Files whose bytes depend on their content alone."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping

__all__ = ["as_json", "zipped"]

_STAMP = (2025, 1, 5, 12, 0, 0)
_LEVEL = 9


def zipped(
    members: Mapping[str, str | bytes],
    *,
    stamp: tuple[int, int, int, int, int, int] = _STAMP,
) -> bytes:
    """Return a zip file: sorted names, one fixed time stamp, one compression level.

    Parameters
    ----------
    members
        Path in the zip → bytes, or text (written as UTF-8, line ends as given).
    stamp
        Year to second, for all of them.

    Returns
    -------
    bytes
        The same for the same members, on one version of the compression library.

    Examples
    --------
    >>> zipped({"b": "2", "a": "1"}) == zipped({"a": "1", "b": "2"})
    True
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(members):
            info = zipfile.ZipInfo(name, stamp)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3  # else the writing system's number is in the bytes
            info.external_attr = 0o644 << 16
            content = members[name]
            data = content.encode("utf-8") if isinstance(content, str) else content
            archive.writestr(info, data, compresslevel=_LEVEL)
    return buffer.getvalue()


def as_json(value: object, *, indent: int | None = None) -> str:
    """Return JSON text with letters as they are, spaced as the archives space it."""
    separators = (", ", " : ") if indent is None else (",", ": ")
    return json.dumps(value, ensure_ascii=False, indent=indent, separators=separators)
