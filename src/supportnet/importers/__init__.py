"""Exported archives in, records out: one module per format, found by walking this package.

To add a format, add one module that defines ``FORMAT = Format(...)`` and one sheet
``sheets/<name>.md``. There is no list to edit.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from supportnet.errors import InputError
from supportnet.formats import Format

__all__ = ["all_formats", "get_format"]


@cache
def all_formats() -> dict[str, Format]:
    """Return every format of this package by name, in alphabetical order.

    Returns
    -------
    dict of str to Format
        Name → format.

    Examples
    --------
    >>> "whatsapp" in all_formats()
    True
    """
    found: dict[str, Format] = {}
    for info in pkgutil.iter_modules(__path__):
        if info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{__name__}.{info.name}")
        format_: Format = module.FORMAT
        found[format_.name] = format_
    return dict(sorted(found.items()))


def get_format(name: str) -> Format:
    """Return the format called `name`.

    Parameters
    ----------
    name
        One of the names that `supportnet formats` lists.

    Returns
    -------
    Format
        The format.

    Raises
    ------
    InputError
        When there is none of that name; the sentence lists those there are.
    """
    formats = all_formats()
    if name not in formats:
        msg = f"a known format was expected; found {name!r}; pass one of {', '.join(formats)}."
        raise InputError(msg)
    return formats[name]
