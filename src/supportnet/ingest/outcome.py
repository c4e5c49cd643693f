"""What one import did: counts by source, what to do next, what was refused."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from supportnet.store.build import BuiltSource

__all__ = ["ImportReport", "counted"]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What one import did, source by source.

    Attributes
    ----------
    community
        Name of the community.
    new, known
        Number of sources added, and of sources that were there already.
    sources
        One account per source of the dataset after the build.
    replaced
        Number of earlier sources that are volumes of an export added whole now, and so gave way.
    advice
        What the researcher should look at, one sentence each.
    """

    community: str
    new: int
    known: int
    sources: tuple[BuiltSource, ...]
    replaced: int = 0
    advice: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Return one row per source: format, seen, kept, ignored, rejected (counts of records)."""
        return pd.DataFrame(
            [
                {
                    "format": source.format,
                    "seen": source.seen,
                    "kept": source.kept,
                    "ignored": sum(source.ignored.values()),
                    "rejected": sum(source.rejected.values()),
                }
                for source in self.sources
            ],
            columns=["format", "seen", "kept", "ignored", "rejected"],
        )

    def __str__(self) -> str:
        """Say what happened in one line."""
        if self.new == 0:
            known = counted(self.known, "source")
            return f"{self.community}: nothing new; {known} had been imported before."
        kept = sum(source.kept for source in self.sources)
        instead = f"{counted(self.replaced, 'volume')} of them replaced, " if self.replaced else ""
        return (
            f"{self.community}: {counted(self.new, 'source')} added, {instead}"
            f"{self.known} already there; the dataset now holds {counted(kept, 'record')} from "
            f"{counted(len(self.sources), 'source')}."
        )


def counted(n: int, what: str) -> str:
    """Return a number with its word.

    Examples
    --------
    >>> counted(1, "source"), counted(1200, "record")
    ('1 source', '1,200 records')
    """
    return f"{n:,} {what}{'' if n == 1 else 's'}"
