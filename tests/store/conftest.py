from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import fake

from supportnet.ingest import grouping


@pytest.fixture(autouse=True)
def fake_format(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the import know the test format and no other."""
    monkeypatch.setattr(grouping, "all_formats", lambda: {"fake": fake.FORMAT})
