"""The network: ties as arrays, how closed they are, how they close over time, and what chance does.

The only caller of the graph kernels. Functions take :class:`Ties` or plain columns and know
nothing of communities.
"""

from supportnet.network.arrays import Projection, Ties, check_weight
from supportnet.network.build import (
    distinct_ids,
    ties_from_directions,
    ties_from_pairs,
    ties_from_sides,
)
from supportnet.network.closure import closure_curve, stratified_closure
from supportnet.network.clustered import ClusteredError, clustered_error
from supportnet.network.curve import BURN_IN_US, DAY_US, ClosureCurve
from supportnet.network.events import directions_of_events
from supportnet.network.export import to_networkx, write_graphml
from supportnet.network.exposure import STATES, TieRates, met_before, tie_rates
from supportnet.network.motifs import temporal_motifs
from supportnet.network.nulls import (
    Rewired,
    permute_labels,
    permute_receivers,
    rewire_ties,
    shuffle_intervals,
    shuffle_times,
)
from supportnet.network.structure import (
    Share,
    Transitivity,
    directed_transitivity,
    list_triangles,
    local_clustering,
    simmelian,
    transitivity,
    triad_census,
)
from supportnet.network.variants import directed_closure_curve, dissolving_closure_curve
from supportnet.network.weighted import barrat_clustering, onnela_clustering, opsahl_clustering

__all__ = [
    "BURN_IN_US",
    "DAY_US",
    "STATES",
    "ClosureCurve",
    "ClusteredError",
    "Projection",
    "Rewired",
    "Share",
    "TieRates",
    "Ties",
    "Transitivity",
    "barrat_clustering",
    "check_weight",
    "closure_curve",
    "clustered_error",
    "directed_closure_curve",
    "directed_transitivity",
    "directions_of_events",
    "dissolving_closure_curve",
    "distinct_ids",
    "list_triangles",
    "local_clustering",
    "met_before",
    "onnela_clustering",
    "opsahl_clustering",
    "permute_labels",
    "permute_receivers",
    "rewire_ties",
    "shuffle_intervals",
    "shuffle_times",
    "simmelian",
    "stratified_closure",
    "temporal_motifs",
    "tie_rates",
    "ties_from_directions",
    "ties_from_pairs",
    "ties_from_sides",
    "to_networkx",
    "transitivity",
    "triad_census",
    "write_graphml",
]
