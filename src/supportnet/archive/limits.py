"""How much an exported archive may ask of this machine, and what it is told when it asks more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from supportnet.errors import ArchiveError

__all__ = ["Limits", "refuse"]

_AGAIN = "check where the file comes from, or ask for the export again"


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps on what is read from one exported archive; each may be raised by the researcher.

    Attributes
    ----------
    members
        Number of files in one archive.
    member_bytes
        Uncompressed size of one file, in bytes.
    total_bytes
        Uncompressed size of all files read from one archive, in bytes.
    ratio
        Uncompressed bytes per compressed byte, looked at once more than `ratio_after` bytes came
        out.
    ratio_after
        See `ratio`, in bytes.
    json_depth
        Nesting of brackets in a JSON document.
    field_bytes
        One text field, table cell or line, in bytes.
    element_bytes
        One decoded element of a streamed JSON document, in bytes.
    json_values
        Number of values in one decoded piece of JSON. A byte of JSON can ask for seventy bytes of
        memory, so a cap on bytes alone does not bound memory.

    Examples
    --------
    >>> Limits().json_depth
    64
    >>> Limits(members=10).members
    10
    """

    members: int = 200_000
    member_bytes: int = 20 * 2**30
    total_bytes: int = 100 * 2**30
    ratio: float = 200.0
    ratio_after: int = 10 * 2**20
    json_depth: int = 64
    field_bytes: int = 2**20
    element_bytes: int = 8 * 2**20
    json_values: int = 1_000_000


def refuse(label: str, expected: str, found: str, todo: str = _AGAIN) -> NoReturn:
    """Raise the one-sentence error for an archive that cannot be read.

    Parameters
    ----------
    label
        Where: the safe words of an archive or a member, never a real name.
    expected, found, todo
        What was expected, what was found, what to do next.

    Raises
    ------
    ArchiveError
        Always, without a chained cause: causes may carry names and content.

    Examples
    --------
    >>> refuse("export 1 of 1 (.zip)", "a whole archive", "one that was cut short")
    Traceback (most recent call last):
    ...
    supportnet.errors.ArchiveError: export 1 of 1 (.zip): a whole archive was expected; found one
    that was cut short; check where the file comes from, or ask for the export again.
    """
    msg = f"{label}: {expected} was expected; found {found}; {todo}."
    raise ArchiveError(msg) from None
