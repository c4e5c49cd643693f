"""Sets of persons that are measured together: twinomes, dyads, friend networks."""

from supportnet.groups.find import COLUMNS, KINDS, dyads, find_groups, friend_networks, twinomes
from supportnet.groups.measure import after_detection, measure
from supportnet.groups.sustained import Rules, sustained_ties

__all__ = [
    "COLUMNS",
    "KINDS",
    "Rules",
    "after_detection",
    "dyads",
    "find_groups",
    "friend_networks",
    "measure",
    "sustained_ties",
    "twinomes",
]
