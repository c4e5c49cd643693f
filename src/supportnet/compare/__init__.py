"""Contrasts between kinds of groups and between communities."""

from supportnet.compare.contrast import CONTRASTS, compare
from supportnet.compare.outcomes import FIXED_BY_CONSTRUCTION, OUTCOMES, Outcome
from supportnet.compare.result import Comparison

__all__ = ["CONTRASTS", "FIXED_BY_CONSTRUCTION", "OUTCOMES", "Comparison", "Outcome", "compare"]
