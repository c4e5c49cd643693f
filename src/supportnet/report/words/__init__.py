"""What the report says, in English and French, and how each language sets it."""

from supportnet.report.words.facts import french_fact
from supportnet.report.words.talk import SENTENCES, Talk, set_french

__all__ = ["SENTENCES", "Talk", "french_fact", "set_french"]
