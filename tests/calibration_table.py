"""Print the calibration table, measured against accepted, where the full suite was run."""

from __future__ import annotations

import pytest

from supportnet.inference import CalibrationRow
from supportnet.inference.bands import show_rows


def summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print one line for each row that any test of this run reported."""
    reports = [
        one
        for kind in ("passed", "failed")
        for one in terminalreporter.stats.get(kind, [])
        if getattr(one, "when", None) == "call"
    ]
    rows = [
        CalibrationRow(*values)
        for one in sorted(reports, key=lambda one: one.location)
        for name, values in one.user_properties
        if name == "calibration"
    ]
    if rows:
        outside = sum(not row.passed for row in rows)
        terminalreporter.section("calibration: measured against accepted")
        terminalreporter.write_line(show_rows(rows))
        terminalreporter.write_line(f"{len(rows)} rows, {outside} outside their band")
