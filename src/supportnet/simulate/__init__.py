"""Planted communities with known answers, and exported archives of them."""

from supportnet.simulate.assemble import Simulated, community
from supportnet.simulate.example import example_files, write_example
from supportnet.simulate.kinds import KindPlan, LayerPlan
from supportnet.simulate.plan import EXAMPLE, MigrationPlan, Person, Plan, PlannedTie
from supportnet.simulate.realised import continuity, realised_turns
from supportnet.simulate.truth import planted_truth

__all__ = [
    "EXAMPLE",
    "KindPlan",
    "LayerPlan",
    "MigrationPlan",
    "Person",
    "Plan",
    "PlannedTie",
    "Simulated",
    "community",
    "continuity",
    "example_files",
    "planted_truth",
    "realised_turns",
    "write_example",
]
