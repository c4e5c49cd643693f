"""The second example: some people of the community move to other platforms."""

from supportnet.simulate.migration.files import migration_files, write_migration
from supportnet.simulate.migration.plan import MIGRATION, GroupMove, MigrationPlan
from supportnet.simulate.migration.talk import Migrated, migrate
from supportnet.simulate.migration.truth import migration_truth

__all__ = [
    "MIGRATION",
    "GroupMove",
    "Migrated",
    "MigrationPlan",
    "migrate",
    "migration_files",
    "migration_truth",
    "write_migration",
]
