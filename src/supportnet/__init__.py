"""Measure social support in online messages.

Exported archives become a dataset; a dataset becomes interactions, turns and ties; measures turn
those into reciprocity, private share, reply latency and triadic closure, each with its n and a
status; groups of three, two and many are compared; a report is written.

>>> import supportnet as sn
>>> callable(sn.import_archives) and callable(sn.reply_latency)
True
"""

from __future__ import annotations

import sys as _sys
from importlib import import_module as _load
from types import ModuleType as _Module

__version__ = "0.1.0"

# A name is looked up where it is made when it is first asked for: who imports an archive waits for
# no plots and holds no statistics in memory. `__init__.pyi` tells the same to type checkers.
_HOMES = {
    "community": (
        "Community",
        "from_dataframe",
        "open_community",
    ),
    "compare": (
        "Comparison",
        "compare",
    ),
    "errors": (
        "InputError",
        "SupportnetError",
    ),
    "groups": (
        "dyads",
        "find_groups",
        "friend_networks",
        "measure",
        "twinomes",
    ),
    "ingest": (
        "ImportReport",
        "import_archives",
    ),
    "ingest.maintain": (
        "forget",
        "link_aliases",
    ),
    "interactions": ("Attribution",),
    "layers": ("null_models",),
    "measures": (
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
    ),
    "plots": (
        "plot_activity",
        "plot_balance",
        "plot_closure",
        "plot_contacts",
        "plot_contrast",
        "plot_private_share",
        "plot_reply_latency",
    ),
    "report": ("write_report",),
}
_HOME_OF = {name: f"supportnet.{home}" for home, names in _HOMES.items() for name in names}

__all__ = sorted([*_HOME_OF, "__version__"])


class _Package(_Module):
    """The package, in which a function keeps its name against a subpackage that bears it too."""

    def __setattr__(self, name: str, value: object) -> None:
        """Bind a name; `compare` stays the function when the subpackage is loaded."""
        if name in _HOME_OF and isinstance(value, _Module):
            value = getattr(value, name)
        super().__setattr__(name, value)


def __getattr__(name: str) -> object:
    """Load what is asked for the first time."""
    if name not in _HOME_OF:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    found = getattr(_load(_HOME_OF[name]), name)
    setattr(_sys.modules[__name__], name, found)
    return found


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted([*__all__, *(name for name in globals() if name.startswith("__"))])


_sys.modules[__name__].__class__ = _Package
