"""One layer of a community as a network, what happened in it, and what chance would make of it.

==========  =====================================================================
`network`   who is in the layer, under which projection, how far observed
`foci`      who met whom in which group, channel or thread
`closing`   closure curves under one set of rules, and how certain they are
`nulls`     named null models: what each keeps and destroys, draws and z scores
==========  =====================================================================
"""

from supportnet.layers.closing import (
    NO_INTERVAL,
    ClosureRules,
    burn_in_us,
    curve_of,
    intervals_of,
    layer_curve,
)
from supportnet.layers.foci import FOCUS_KINDS, Foci, foci_of
from supportnet.layers.network import (
    PEOPLE,
    LayerNetwork,
    default_projection,
    layer_network,
    not_identified,
    with_coverage,
)
from supportnet.layers.nulls import (
    NULL_COLUMNS,
    NULLS,
    NullModel,
    against_null,
    check_null,
    draw_events,
    network_against_null,
    null_models,
)

__all__ = [
    "FOCUS_KINDS",
    "NO_INTERVAL",
    "NULLS",
    "NULL_COLUMNS",
    "PEOPLE",
    "ClosureRules",
    "Foci",
    "LayerNetwork",
    "NullModel",
    "against_null",
    "burn_in_us",
    "check_null",
    "curve_of",
    "default_projection",
    "draw_events",
    "foci_of",
    "intervals_of",
    "layer_curve",
    "layer_network",
    "network_against_null",
    "not_identified",
    "null_models",
    "with_coverage",
]
