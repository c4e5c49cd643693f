"""First walk over a chat: who writes, what the app says, how dates are spelled.

Nothing of a chat file can be read for certain row by row: the order of day and month, a name with
a colon in it, and which "author" is really the group all show only over the whole file.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import partial

from supportnet.importers.whatsapp import media
from supportnet.importers.whatsapp.bodies import LRM, attachment_day, folded, read_body
from supportnet.importers.whatsapp.chatfile import Block, ChatFile
from supportnet.importers.whatsapp.dates import Evidence
from supportnet.importers.whatsapp.events import Event, language_of, read_event
from supportnet.importers.whatsapp.grammar import Shape, read_date

__all__ = ["Survey", "survey"]

LONGEST_MARKED = 5000  # characters; longer bodies are no words of the app
LANGUAGE_ROWS = 5000  # the app's own words show early

_HEADER_LIKE = re.compile("[\u200e\u200f]?[\\d\\[]")
_PLACEHOLDER_LANGUAGE = {
    folded(words): language
    for language, several in media.MEDIA_OMITTED.items()
    for words in several
}


@dataclass(slots=True)
class Survey:
    """What the first walk saw.

    Attributes
    ----------
    rows, continued, unmatched
        Rows; continuation lines; those of them that begin like a header.
    starts
        Text before the first `: ` → number of rows.
    single
        Those of `starts` that at least one row shows without a second `: `: surely authors.
    longer
        The others of `starts` → text before the second `: ` → number of rows.
    silent
        iOS rows whose body is the app's sentence: (start, sentence) → number of rows.
    marked
        iOS rows whose body bears the app's mark and says nothing we know, by start.
    bare
        First lines without any `: ` → number of rows.
    shapes
        Evidence on the order of dates, by spelling.
    language
        Language of the app's own words, where they show one.
    """

    rows: int = 0
    continued: int = 0
    unmatched: int = 0
    starts: Counter[str] = field(default_factory=Counter)
    single: set[str] = field(default_factory=set)
    longer: dict[str, Counter[str]] = field(default_factory=dict)
    silent: Counter[tuple[str, Event]] = field(default_factory=Counter)
    marked: Counter[str] = field(default_factory=Counter)
    bare: Counter[str] = field(default_factory=Counter)
    shapes: dict[Shape, Evidence] = field(default_factory=dict)
    language: str | None = None

    def take(self, block: Block) -> None:
        """Take in one stretch of the file."""
        self.rows += len(block.starts)
        self._take_lines(block)
        self._take_starts(block)
        if block.shape.ios:
            self._take_marked(block)
        if self.language is None and self.rows < LANGUAGE_ROWS:
            self._take_language(block)
        self._take_dates(block)

    def _take_lines(self, block: Block) -> None:
        """Count the continuation lines, and those of them that begin like a header."""
        for rest in [one for one in block.rests if "\n" in one]:
            lines = rest.split("\n")[1:]
            self.continued += len(lines)
            self.unmatched += sum(_HEADER_LIKE.match(line) is not None for line in lines)

    def _take_starts(self, block: Block) -> None:
        """Count what stands where an author may stand."""
        counted = Counter(start for start in block.starts if start is not None)
        if None in block.starts:
            for start, rest in zip(block.starts, block.rests, strict=True):
                if start is None:
                    self.bare[rest.split("\n", 1)[0]] += 1
        self.starts.update(counted)
        doubtful = counted.keys() - self.single
        if not doubtful:
            return
        for start, rest in zip(block.starts, block.rests, strict=True):
            if start is not None and start in doubtful and start not in self.single:
                more, colon, _ = rest.partition(": ")
                if colon and "\n" not in more:
                    self.longer.setdefault(start, Counter())[f"{start}: {more}"] += 1
                else:
                    self.single.add(start)

    def _take_marked(self, block: Block) -> None:
        """Sort the iOS rows whose body begins with the app's mark."""
        for start, rest in zip(block.starts, block.rests, strict=True):
            author, text = start, rest
            if author is not None and rest[:1] != LRM and author not in self.single:
                more, _, text = rest.partition(": ")
                author = f"{start}: {more}"  # perhaps a name with a colon
            if author is None or text[:1] != LRM or "\n" in author:
                continue
            if len(text) > LONGEST_MARKED or read_body(text).known:
                continue
            event = read_event(text)
            if event.kind == "unknown":
                self.marked[author] += 1
            else:
                self.silent[author, event] += 1
                if event.kind == "encryption":
                    self.language = self.language or language_of(text)

    def _take_language(self, block: Block) -> None:
        """Learn the language from the opening notice or from a placeholder."""
        for start, rest in zip(block.starts, block.rests, strict=True):
            if start is None:
                self.language = language_of(rest)
            elif rest.endswith(">"):
                self.language = _PLACEHOLDER_LANGUAGE.get(folded(rest))
            if self.language is not None:
                return

    def _take_dates(self, block: Block) -> None:
        """Take in each change of date, under its spelling."""
        if block.shape.time == "?":
            return
        evidence = self.shapes.setdefault(block.shape, Evidence())
        for date, _ in itertools.groupby(block.dates):
            evidence.see(read_date(date).fields, partial(block.line_with, date))
        if not (evidence.day_first or evidence.month_first or block.shape.date[0] == "4"):
            for date, rest in zip(block.dates, block.rests, strict=True):
                day = attachment_day(rest) if "-" in rest else None
                if day is not None:
                    evidence.see_attachment(read_date(date).fields, day)


def survey(file: ChatFile) -> Survey:
    """Walk a chat once and gather what its rows can only tell together."""
    seen = Survey()
    for block in file.blocks():
        seen.take(block)
    if seen.language is None and file.french:
        seen.language = "fr"
    return seen
