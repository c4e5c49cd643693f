"""What can go wrong, as one small tree.

::

    SupportnetError
    ├── InputError         the user gave something we cannot use     -> exit 2
    │   ├── ArchiveError       an exported archive is damaged or hostile
    │   ├── RefusedError       some sources of an import could not be read; the others were
    │   ├── KeyFileError       the project key is missing, wrong or badly placed
    │   └── DatasetError       the dataset is missing, locked or of another schema
    └── InternalError      a promise of ours was broken              -> exit 1

Every message is one sentence: what was expected, what was found, what to do. None carries message
text, names, numbers or addresses; a file is named by its place, a record by its number.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = [
    "ArchiveError",
    "DatasetError",
    "InputError",
    "InternalError",
    "KeyFileError",
    "RefusedError",
    "SupportnetError",
    "choose",
]


class SupportnetError(Exception):
    """Base of every error this package raises on purpose."""

    exit_code = 1


class InputError(SupportnetError):
    """Report input or usage that cannot be worked with; the dataset is as it was."""

    exit_code = 2


class ArchiveError(InputError):
    """Report an exported archive that is damaged, hostile or over a cap."""


class RefusedError(InputError):
    """Report the sources of an import that could not be used; the others are in the dataset.

    Attributes
    ----------
    sentences
        One sentence for each source refused, and one on what became of the others.
    report
        The import's report on the others (:class:`supportnet.ImportReport`); None where every
        source was refused and the dataset is as it was.
    """

    def __init__(self, sentences: Sequence[str], report: object = None) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = tuple(sentences)
        self.report = report


class KeyFileError(InputError):
    """Report a project key that is missing, unreadable, wrong or in a forbidden place."""


class DatasetError(InputError):
    """Report a dataset that is missing, locked or written under another schema."""


class InternalError(SupportnetError):
    """Report a broken promise of this package: a bug, never the user's fault."""


def choose(value: str, valid: tuple[str, ...] | list[str], what: str) -> str:
    """Return `value` when it is one of `valid`, else raise an error naming them all.

    Parameters
    ----------
    value
        The word the caller gave.
    valid
        The words that are understood.
    what
        The name of the parameter, for the message.

    Returns
    -------
    str
        `value`, unchanged.

    Raises
    ------
    InputError
        When `value` is not among `valid`.

    Examples
    --------
    >>> choose("tie", ("direction", "tie"), "level")
    'tie'
    """
    if value in valid:
        return value
    listed = ", ".join(valid)
    msg = f"{what} must be one of {listed}; found {value!r}; pass one of those."
    raise InputError(msg)
