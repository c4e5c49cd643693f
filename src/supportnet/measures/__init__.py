"""The measures: one function per construct, each returning a frame of `value`, `n`, `status`."""

import inspect
from collections.abc import Callable

import pandas as pd

from supportnet.measures.census import simmelian_share, triad_census
from supportnet.measures.closure import local_clustering, triadic_closure
from supportnet.measures.closure_time import closure_survival, closure_times
from supportnet.measures.continuity import chain_continuity
from supportnet.measures.exchange import (
    dyad_census,
    give_first,
    initiation_balance,
    reciprocity,
    reciprocity_sensitivity,
    tie_balance,
    time_to_reciprocate,
)
from supportnet.measures.latency import reply_latency, survival_curve
from supportnet.measures.relational import relational_share
from supportnet.measures.visibility import (
    norm_distance,
    norm_equivalence,
    private_share,
    private_share_all,
    private_share_drift,
    private_share_over_time,
    visibility_entropy,
)
from supportnet.measures.waiting import waiting

__all__ = [
    "GROUP_MEASURES",
    "MEASURES",
    "chain_continuity",
    "closure_survival",
    "closure_times",
    "dyad_census",
    "give_first",
    "initiation_balance",
    "local_clustering",
    "norm_distance",
    "norm_equivalence",
    "private_share",
    "private_share_all",
    "private_share_drift",
    "private_share_over_time",
    "reciprocity",
    "reciprocity_sensitivity",
    "relational_share",
    "reply_latency",
    "simmelian_share",
    "survival_curve",
    "tie_balance",
    "time_to_reciprocate",
    "triad_census",
    "triadic_closure",
    "visibility_entropy",
    "waiting",
]

# What `--measure` and `measure()` know, by name: the constructs, not the curves behind the plots.
MEASURES: dict[str, Callable[..., pd.DataFrame]] = {
    name: globals()[name]
    for name in __all__
    if name not in ("GROUP_MEASURES", "MEASURES", "closure_survival", "survival_curve")
}

# Those that know level="group".
GROUP_MEASURES = {
    name: function
    for name, function in MEASURES.items()
    if "groups" in inspect.signature(function).parameters
}
