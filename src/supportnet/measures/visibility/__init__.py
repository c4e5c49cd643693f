"""Who can read what ties say: private share, distance to the norm, visibility entropy, drift."""

from supportnet.measures.visibility.broadcast import private_share_all
from supportnet.measures.visibility.drift import private_share_drift, private_share_over_time
from supportnet.measures.visibility.entropy import visibility_entropy
from supportnet.measures.visibility.equivalence import norm_equivalence
from supportnet.measures.visibility.norm import norm_distance
from supportnet.measures.visibility.share import private_share
from supportnet.measures.visibility.trend import private_share_trend

__all__ = [
    "norm_distance",
    "norm_equivalence",
    "private_share",
    "private_share_all",
    "private_share_drift",
    "private_share_over_time",
    "private_share_trend",
    "visibility_entropy",
]
