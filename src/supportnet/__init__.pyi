# What `__init__.py` hands out when it is asked for, told to type checkers and editors.

from supportnet.community import (
    Community,
    from_dataframe,
    open_community,
)
from supportnet.compare import (
    Comparison,
    compare,
)
from supportnet.errors import (
    InputError,
    SupportnetError,
)
from supportnet.groups import (
    dyads,
    find_groups,
    friend_networks,
    measure,
    twinomes,
)
from supportnet.ingest import (
    ImportReport,
    import_archives,
)
from supportnet.ingest.maintain import (
    forget,
    link_aliases,
)
from supportnet.interactions import (
    Attribution,
)
from supportnet.layers import (
    null_models,
)
from supportnet.measures import (
    availability,
    balance_share,
    chain_continuity,
    closure_bias,
    closure_sensitivity,
    closure_survival,
    closure_times,
    dyad_census,
    give_first,
    initiation_balance,
    latency_sensitivity,
    local_clustering,
    norm_distance,
    norm_equivalence,
    private_share,
    private_share_all,
    private_share_drift,
    private_share_over_time,
    private_share_trend,
    reciprocity,
    reciprocity_sensitivity,
    relational_share,
    reply_latency,
    simmelian_share,
    survival_curve,
    temporal_motifs,
    tie_balance,
    tie_survival,
    time_to_reciprocate,
    triad_census,
    triadic_closure,
    visibility_entropy,
    waiting,
)
from supportnet.plots import (
    plot_activity,
    plot_balance,
    plot_closure,
    plot_contacts,
    plot_contrast,
    plot_private_share,
    plot_reply_latency,
)
from supportnet.report import (
    write_report,
)

__version__: str

__all__ = [
    "Attribution",
    "Community",
    "Comparison",
    "ImportReport",
    "InputError",
    "SupportnetError",
    "__version__",
    "availability",
    "balance_share",
    "chain_continuity",
    "closure_bias",
    "closure_sensitivity",
    "closure_survival",
    "closure_times",
    "compare",
    "dyad_census",
    "dyads",
    "find_groups",
    "forget",
    "friend_networks",
    "from_dataframe",
    "give_first",
    "import_archives",
    "initiation_balance",
    "latency_sensitivity",
    "link_aliases",
    "local_clustering",
    "measure",
    "norm_distance",
    "norm_equivalence",
    "null_models",
    "open_community",
    "plot_activity",
    "plot_balance",
    "plot_closure",
    "plot_contacts",
    "plot_contrast",
    "plot_private_share",
    "plot_reply_latency",
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
    "twinomes",
    "visibility_entropy",
    "waiting",
    "write_report",
]
