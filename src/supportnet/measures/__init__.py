"""The measures: one function per construct, each returning a frame of `value`, `n`, `status`."""

import inspect
from collections.abc import Callable

import pandas as pd

from supportnet.measures.availability import availability
from supportnet.measures.bias import closure_bias
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
from supportnet.measures.latency_sensitivity import latency_sensitivity
from supportnet.measures.migration import tie_survival
from supportnet.measures.motifs import temporal_motifs
from supportnet.measures.relational import relational_share
from supportnet.measures.sensitivity import closure_sensitivity
from supportnet.measures.signs import balance_share
from supportnet.measures.visibility import (
    norm_distance,
    norm_equivalence,
    private_share,
    private_share_all,
    private_share_drift,
    private_share_over_time,
    private_share_trend,
    visibility_entropy,
)
from supportnet.measures.waiting import waiting

__all__ = [
    "GROUP_MEASURES",
    "MEASURES",
    "availability",
    "balance_share",
    "chain_continuity",
    "closure_bias",
    "closure_sensitivity",
    "closure_survival",
    "closure_times",
    "dyad_census",
    "give_first",
    "initiation_balance",
    "latency_sensitivity",
    "local_clustering",
    "norm_distance",
    "norm_equivalence",
    "private_share",
    "private_share_all",
    "private_share_drift",
    "private_share_over_time",
    "private_share_trend",
    "reciprocity",
    "reciprocity_sensitivity",
    "relational_share",
    "reply_latency",
    "simmelian_share",
    "survival_curve",
    "temporal_motifs",
    "tie_balance",
    "tie_survival",
    "time_to_reciprocate",
    "triad_census",
    "triadic_closure",
    "visibility_entropy",
    "waiting",
]

_CURVES = ("closure_survival", "survival_curve")  # for plots


def _asks_nothing_else(function: Callable[..., pd.DataFrame]) -> bool:
    """Tell whether a community alone is enough to call a measure."""
    options = list(inspect.signature(function).parameters.values())[1:]
    return all(option.default is not inspect.Parameter.empty for option in options)


# What `--measure` and `measure()` know, by name: the constructs that ask for nothing but data.
MEASURES: dict[str, Callable[..., pd.DataFrame]] = {
    name: globals()[name]
    for name in __all__
    if not name.isupper() and name not in _CURVES and _asks_nothing_else(globals()[name])
}

# Those that know level="group".
GROUP_MEASURES = {
    name: function
    for name, function in MEASURES.items()
    if "groups" in inspect.signature(function).parameters
}
