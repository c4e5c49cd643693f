"""Waits that are shorter than the clock of the export can tell."""

from __future__ import annotations

import numpy as np
import pytest

import supportnet as sn
from builders import EVERYTHING, community
from supportnet.records import DAY, MINUTE, RESOLUTION_DAY, RESOLUTION_MINUTE

HOUR = 3600 * 1_000_000


def chat(rows, note, step):
    """Return private talk (by, to, hours) written by a clock of some step."""
    messages = [
        {"by": by, "t": t, "visibility": "private_1to1", "time_note": note} for by, _, t in rows
    ]
    readers = [(number, to) for number, (_, to, _) in enumerate(rows)]
    return community(messages, readers=readers, coverage=[EVERYTHING | {"resolution_us": step}])


# Answered in the same minute, and after two.
QUICK = [(0, 1, 0.0), (1, 0, 0.0), (0, 1, 5.0), (1, 0, 5.0), (0, 1, 10.0), (1, 0, 10 + 2 / 60)]


def test_a_minute_is_the_least_a_chat_without_seconds_can_tell():
    table = sn.reply_latency(chat(QUICK, RESOLUTION_MINUTE, MINUTE)).set_index(
        ["author_id", "measure"]
    )
    row = table.loc[(0, "median")]
    assert (row["value"], row["below_resolution"]) == (0.0, True)  # less than a minute
    assert row["resolution_h"] == pytest.approx(1 / 60)
    assert table.loc[(0, "rate_1h"), "value"] == 1.0
    back = table.loc[(1, "median")]
    assert (back["value"], back["below_resolution"]) == (pytest.approx(5.0), False)
    assert not table.drop(index=(0, "median"))["below_resolution"].any()


def test_a_clock_with_seconds_has_no_such_columns():
    table = sn.reply_latency(chat(QUICK, 0, 1_000_000))
    assert not {"resolution_h", "below_resolution"} & set(table.columns)
    # The source may be coarse in another layer alone.
    same = sn.reply_latency(chat(QUICK, 0, MINUTE))
    assert list(same.columns) == list(table.columns)


def test_days_say_nothing_about_hours():
    rows = [(0, 1, 0.0), (1, 0, 24.0), (0, 1, 48.0), (1, 0, 48.0)]
    table = sn.reply_latency(chat(rows, RESOLUTION_DAY, DAY)).set_index(["author_id", "measure"])
    mine = table.loc[0]
    for name in ("rate_1h", "rate_8h", "rate_24h", "rmst", "rmst_observed"):
        assert (mine.loc[name, "status"], np.isnan(mine.loc[name, "value"])) == (
            "not_identified",
            True,
        )
    assert mine.loc["rate_72h", "value"] == 1.0
    assert set(mine["resolution_h"]) == {24.0}


def test_only_the_pairs_that_a_coarse_clock_wrote_to_are_marked():
    messages = [
        {"by": by, "t": t, "visibility": "private_1to1", "time_note": note}
        for by, t, note in [(0, 0, 1), (1, 0, 1), (0, 0, 0), (2, 0.001, 0)]
    ]
    coverage = [EVERYTHING | {"resolution_us": MINUTE}]
    c = community(messages, readers=[(0, 1), (1, 0), (2, 2), (3, 0)], coverage=coverage)
    ties = sn.reply_latency(c, level="tie", measures=["median"]).set_index(["lo", "hi"])
    assert ties["resolution_h"].tolist() == [pytest.approx(1 / 60), 0.0]
    assert ties["below_resolution"].tolist() == [True, False]
    whole = sn.reply_latency(c, level="network", measures=["median"]).set_index("measure")
    assert whole.loc["median", "resolution_h"] == pytest.approx(1 / 60)


def test_means_over_dyads_are_hidden_with_the_rest():
    rows = [row for k in range(6) for row in ((0, 1, 48.0 * k), (1, 0, 48.0 * k + 24))]
    table = sn.reply_latency(chat(rows, RESOLUTION_DAY, DAY), level="network").set_index("measure")
    assert set(table.loc[["rmst", "rate_24h"], "status"]) == {"not_identified"}
    assert table.loc["rmst_dyads", "status"] == "too_few_units"  # there is one dyad
    assert table.loc[["rmst", "rmst_dyads"], ["value", "se", "ci_low"]].isna().all(axis=None)


@pytest.mark.parametrize("level", ["direction", "tie", "person", "network"])
def test_nothing_at_all(level):
    table = sn.reply_latency(chat([], RESOLUTION_MINUTE, MINUTE), level=level)
    assert table["value"].isna().all()
