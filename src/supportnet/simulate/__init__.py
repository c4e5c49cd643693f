"""Planted communities with known answers, and exported archives of them."""

from supportnet.simulate.assemble import Simulated, community
from supportnet.simulate.example import example_files, write_example
from supportnet.simulate.kinds import KindPlan, LayerPlan
from supportnet.simulate.migration import (
    MIGRATION,
    GroupMove,
    Migrated,
    MigrationPlan,
    migrate,
    migration_files,
    migration_truth,
    write_migration,
)
from supportnet.simulate.plan import EXAMPLE, Person, Plan, PlannedTie
from supportnet.simulate.realised import continuity, realised_turns
from supportnet.simulate.truth import planted_truth

__all__ = [
    "EXAMPLE",
    "MIGRATION",
    "GroupMove",
    "KindPlan",
    "LayerPlan",
    "Migrated",
    "MigrationPlan",
    "Person",
    "Plan",
    "PlannedTie",
    "Simulated",
    "community",
    "continuity",
    "example_files",
    "migrate",
    "migration_files",
    "migration_truth",
    "planted_truth",
    "realised_turns",
    "write_example",
    "write_migration",
]
