"""The report: tables, figures and text in one self-contained HTML file; tables that may leave.

=============== ==================================================================
`write`         the whole document
`findings`      every number of one community, with interval, n and status
`overview`      the summary in plain words, the data cards
`constructs`    the four measures
`groups_found`  the groups, counted
`differences`   the comparison of kinds of groups
`truth`         planted answers beside the estimates, for generated data
`methods`       settings, statuses, versions, references
`suppress`      small cells
`export`        CSV and parquet
`words`         English and French
=============== ==================================================================
"""

from supportnet.report.export import guard_formulas, write_table
from supportnet.report.suppress import SMALLEST, hide_small, summarise_units
from supportnet.report.write import write_report

__all__ = [
    "SMALLEST",
    "guard_formulas",
    "hide_small",
    "summarise_units",
    "write_report",
    "write_table",
]
