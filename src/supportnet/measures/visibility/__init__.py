"""Who can read what ties say: private share, distance to the norm, visibility entropy, drift."""

from supportnet.measures.visibility.norm import norm_distance
from supportnet.measures.visibility.share import private_share

__all__ = ["norm_distance", "private_share"]
