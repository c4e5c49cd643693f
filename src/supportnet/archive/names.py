"""Names of files inside archives: made safe, put in natural order, or left out with a reason."""

from __future__ import annotations

import re

__all__ = ["clean_name", "extension", "is_archive_name", "natural_key", "skip_reason"]

_DIGITS = re.compile(r"([0-9]+)")
_DRIVE = re.compile(r"[A-Za-z]:[/\\]")
_ARCHIVES = (".zip", ".tar", ".tgz", ".tbz2", ".txz", ".7z", ".rar")
_TARS = (".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst")
_PACKED = (".gz", ".zst", ".bz2", ".xz")
# The only endings that may stand in an error: an ending made up by a person could be a name.
_KNOWN = re.compile(
    r"\.(bz2|car|csv|db|dat|eml|gml|graphml|gz|html?|ics|jpe?g|js|json|jsonl|log|lua|mbox|md|mp4"
    r"|ndjson|net|parquet|pdf|png|sqlite|tar|tgz|tsv|txt|vcf|webp|xml|xz|zip|zst)"
)


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return a sort key that puts numbers inside names in numerical order.

    Parameters
    ----------
    name
        A file name or path.

    Returns
    -------
    tuple
        Key for `sorted`; runs of digits compare as numbers of any length, letters without case.

    Examples
    --------
    >>> sorted(["part10.js", "part2.js", "Part1.js"], key=natural_key)
    ['Part1.js', 'part2.js', 'part10.js']
    """
    parts: list[tuple[int, int, str]] = []
    for position, piece in enumerate(_DIGITS.split(name)):
        if position % 2:
            digits = piece.lstrip("0")
            parts.append((1, len(digits), digits))
        elif piece:
            parts.append((2, 0, piece.lower()))
    # The name itself decides between names that differ only in case or leading zeros.
    parts.append((0, 0, name))
    return tuple(parts)


def clean_name(raw: str, *, backslashes: bool = False) -> tuple[str, str | None]:
    r"""Return the relative path with forward slashes, or the reason why it is refused.

    Parameters
    ----------
    raw
        The name as the archive writes it.
    backslashes
        True where the archive was written on a system whose folders are parted by a backslash.

    Returns
    -------
    tuple of (str, str or None)
        Cleaned name and None, or an empty name and what is wrong with it.

    Examples
    --------
    >>> clean_name("./messages//1.json")
    ('messages/1.json', None)
    >>> clean_name("../../evil.txt")
    ('', 'a file name that leads out of the archive')
    >>> clean_name("C:\\evil.txt")
    ('', 'an absolute file name')
    """
    if "\0" in raw:
        return "", "a file name with a NUL character"
    if raw.startswith(("/", "\\")) or _DRIVE.match(raw):
        return "", "an absolute file name"
    slashed = raw.replace("\\", "/")
    if ".." in slashed.split("/"):
        return "", "a file name that leads out of the archive"
    kept = [part for part in (slashed if backslashes else raw).split("/") if part not in ("", ".")]
    name = "/".join(kept).encode("utf-8", "replace").decode("utf-8", "replace")
    return name, None


def skip_reason(name: str) -> str | None:
    """Return why a member is left out by its name alone; None when it is not.

    Examples
    --------
    >>> skip_reason("__MACOSX/chat/._log.txt"), skip_reason("a/b.zip"), skip_reason("a/b.txt")
    ('mac_metadata', 'nested_archive', None)
    """
    parts = name.split("/")
    if parts[0] == "__MACOSX" or parts[-1].startswith("._") or parts[-1] == ".DS_Store":
        return "mac_metadata"
    if is_archive_name(name) or name.lower().endswith(_PACKED):
        return "nested_archive"
    return None


def is_archive_name(name: str) -> bool:
    """Answer whether a file of this name holds other files.

    Examples
    --------
    >>> is_archive_name("export.tar.gz"), is_archive_name("log.txt.gz")
    (True, False)
    """
    return name.lower().endswith(_ARCHIVES + _TARS)


def extension(name: str) -> str:
    """Return the ending of `name` for use in errors: a well-known one, else nothing.

    Examples
    --------
    >>> extension("a/Anna Example.json"), extension("a/chat.anna")
    ('.json', '')
    """
    base = name.rsplit("/", 1)[-1].lower()
    dot = base.rfind(".")
    ending = base[dot:] if dot >= 0 else ""
    return ending if _KNOWN.fullmatch(ending) else ""
