"""Say things in the reader's language: sentences, numbers, statuses."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Final

from supportnet.plots.numbers import (
    show_count,
    show_number,
    show_percent,
    show_range,
    show_tick,
)
from supportnet.plots.words import check_language, kind_name
from supportnet.report.words.english_back import ENGLISH_BACK
from supportnet.report.words.english_front import ENGLISH_FRONT
from supportnet.report.words.english_moves import ENGLISH_MOVES
from supportnet.report.words.facts import french_fact
from supportnet.report.words.french_back import FRENCH_BACK
from supportnet.report.words.french_front import FRENCH_FRONT
from supportnet.report.words.french_moves import FRENCH_MOVES

__all__ = ["SENTENCES", "Talk", "set_french"]

SENTENCES: Final[dict[str, dict[str, str]]] = {
    "en": {**ENGLISH_FRONT, **ENGLISH_BACK, **ENGLISH_MOVES},
    "fr": {**FRENCH_FRONT, **FRENCH_BACK, **FRENCH_MOVES},
}
_BROAD, _NARROW = "\u00a0", "\u202f"
_BEFORE_MARKS = re.compile(r"[ \u00a0\u202f](?=[;?!%»])")
_BEFORE_COLON = re.compile(r"[ \u00a0\u202f](?=:)")


def set_french(text: str) -> str:
    r"""Put the blanks of French setting into a text: they do not break and are narrow.

    Parameters
    ----------
    text
        French with ordinary blanks.

    Returns
    -------
    str
        The same words.

    Examples
    --------
    >>> set_french("80 % ; « oui »").encode("ascii", "backslashreplace").decode()
    '80\\u202f%\\u202f; \\xab\\u202foui\\u202f\\xbb'
    """
    text = _BEFORE_COLON.sub(_BROAD, _BEFORE_MARKS.sub(_NARROW, text))
    text = re.sub(r"(?<=\d) (?=\d{3}\b|h\b)", _NARROW, text)
    return re.sub(r"«[ \u00a0\u202f]", f"«{_NARROW}", text)


class Talk:
    """One language of the report.

    Parameters
    ----------
    language
        `en` or `fr`.

    Examples
    --------
    >>> Talk("fr").say("answer.partly"), Talk("en").number(0.79653)
    ('en partie', '0.797')
    """

    def __init__(self, language: str) -> None:
        self.language = check_language(language)
        self._sentences = SENTENCES[self.language]

    def say(self, key: str, **values: object) -> str:
        """Return a sentence with its values put in."""
        text = self._sentences[key]
        if self.language == "fr":
            text = set_french(text)
        return text.format(**values) if values else text

    @property
    def colon(self) -> str:
        """A colon and the blanks around it."""
        return f"{_BROAD}: " if self.language == "fr" else ": "

    def known(self, key: str, otherwise: str) -> str:
        """Return a sentence where there is one for the key, else the word as it is."""
        return self.say(key) if key in self._sentences else otherwise

    def fact(self, sentence: str) -> str:
        """Return a sentence of the coverage rules in the reader's language."""
        return set_french(french_fact(sentence)) if self.language == "fr" else sentence

    def name(self, word: str, family: str) -> str:
        """Return the name of a kind, layer, outcome, visibility or unit."""
        known = kind_name(word, self.language, family)
        return set_french(known) if self.language == "fr" and known != word else known

    def number(self, value: float) -> str:
        """Return a number with three significant digits."""
        return show_number(value, self.language)

    def setting(self, value: float) -> str:
        """Return a setting without trailing zeros."""
        return show_tick(value, self.language)

    def count(self, value: float, smallest: int = 0) -> str:
        """Return a count; `fewer than 5` where it is smaller than may be shown."""
        if not math.isnan(value) and 0 < value < smallest:
            return self.say("few", k=smallest)
        return show_count(value, self.language)

    def percent(self, value: float, places: int = 0) -> str:
        """Return a share as a percentage."""
        return show_percent(value, self.language, places)

    def interval(self, low: float, high: float) -> str:
        """Return an interval, or a dash."""
        return show_range(low, high, self.language)

    def listed(self, names: Sequence[str]) -> str:
        """Join names with commas and an `and`."""
        if len(names) < 2:
            return "".join(names)
        joint = " et " if self.language == "fr" else " and "
        return ", ".join(names[:-1]) + joint + names[-1]
