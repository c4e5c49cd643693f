"""Relational share: acts addressed to people against acts addressed to content."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping

import pandas as pd
import pyarrow as pa
import pytest

from supportnet.community import Community, from_dataframe
from supportnet.dataset import lazy
from supportnet.errors import InputError
from supportnet.measures.relational import relational_share
from supportnet.schema import BUILD_TABLES, COVERAGE_FLAGS

EVERYTHING = dict.fromkeys(COVERAGE_FLAGS, True)


def seed_community(
    record: Mapping[str, object], *, broadcasts: int = 0, likes: int = 50, reposts: int = 10
) -> Community:
    """Return the worked example: 40 directs, 30 public replies (18 in mutual ties), 60 to content.

    Ego e writes to m (who writes back) and to s (who never does).
    """
    rows = [
        *[("e", "m", "private_1to1")] * 40,
        *[("e", "m", "public")] * 18,
        *[("e", "s", "public")] * 12,
        *[("m", "e", "private_1to1")] * 3,
    ]
    frame = pd.DataFrame(rows, columns=["sender", "recipient", "visibility"])
    c = from_dataframe(frame.assign(time=range(len(frame))), unit="s")
    ego, other = 0, 2
    tables = dict(c.dataset.tables)
    messages = tables["messages"].collect().to_native()
    public = next(r for r in messages.to_pylist() if r["visibility"] == "public")
    extra = [
        {**public, "message_id": 1000 + i, "kind": "repost", "target_author": other}
        for i in range(reposts)
    ] + [{**public, "message_id": 2000 + i, "kind": "post"} for i in range(broadcasts)]
    new = pa.Table.from_pylist(extra, schema=messages.schema)
    tables["messages"] = lazy(pa.concat_tables([messages, new]))
    reactions = [
        {"actor_id": ego, "n": 1, "target_id": other, "kind": "like", "visibility": "public"}
    ] * likes
    tables["reactions"] = lazy(pa.Table.from_pylist(reactions, schema=BUILD_TABLES["reactions"]))
    coverage = {
        "source_id": 0, "start_us": 0, "end_us": 10**12, "end_basis": "stated",
        "resolution_us": 1, **record,
    }  # fmt: skip
    tables["coverage"] = lazy(pa.Table.from_pylist([coverage], schema=BUILD_TABLES["coverage"]))
    return Community(dataclasses.replace(c.dataset, tables=tables, cache={}, memo={}))


def ego_rows(c: Community) -> pd.DataFrame:
    return relational_share(c, level="person").query("person_id == 0").set_index("measure")


def test_worked_example() -> None:
    rows = ego_rows(seed_community(EVERYTHING))
    assert rows["value"]["relational_share_broad"] == pytest.approx(70 / 130)
    assert rows["value"]["relational_share_strict"] == pytest.approx(58 / 130)
    assert rows["value"]["relational_share_broad"] == pytest.approx(0.5385, abs=5e-5)
    assert rows["value"]["relational_share_strict"] == pytest.approx(0.4462, abs=5e-5)
    assert rows["n"].tolist() == [130, 130, 130]


def test_broadcasts_stand_beside() -> None:
    rows = ego_rows(seed_community(EVERYTHING, broadcasts=20))
    assert rows["value"]["relational_share_broad"] == pytest.approx(70 / 130)
    assert rows["value"]["broadcast_share"] == pytest.approx(20 / 150)


def test_network_pools_everybody() -> None:
    rows = relational_share(seed_community(EVERYTHING)).set_index("measure")
    assert rows["value"]["relational_share_broad"] == pytest.approx(73 / 133)
    assert rows["value"]["relational_share_strict"] == pytest.approx(61 / 133)
    assert "relational_share_strict" not in set(
        relational_share(seed_community(EVERYTHING), strict=False)["measure"]
    )


def test_one_archive_shows_the_broad_share_alone() -> None:
    flags = dict.fromkeys(COVERAGE_FLAGS, False)
    flags |= dict.fromkeys(("private_in", "private_out", "public_out", "reactions_out"), True)
    c = seed_community({"owner_id": 0, **flags})
    rows = ego_rows(c)
    assert rows["status"].to_dict() == {
        "relational_share_broad": "ok",
        "relational_share_strict": "not_identified",
        "broadcast_share": "ok",
    }
    assert rows["value"]["relational_share_broad"] == pytest.approx(70 / 130)
    others = relational_share(c, level="person").query("person_id != 0")
    assert set(others["status"]) == {"not_identified"}
    network = relational_share(c).set_index("measure")
    assert network["status"]["relational_share_strict"] == "not_identified"
    assert network["value"]["relational_share_broad"] == pytest.approx(70 / 130)


def test_without_reactions_nothing_is_identified() -> None:
    c = seed_community({**EVERYTHING, "reactions_out": False}, likes=0)
    for level in ("person", "network"):
        table = relational_share(c, level=level)
        assert set(table["status"]) == {"not_identified"}
        assert table["value"].isna().all()


def test_no_act_at_all() -> None:
    frame = pd.DataFrame({"sender": ["a"], "recipient": ["b"], "time": [0]}).iloc[:0]
    c = from_dataframe(frame, visibility="public", unit="s")
    assert relational_share(c, level="person").empty
    assert math.isnan(relational_share(c)["value"].iloc[0])
    with pytest.raises(InputError):
        relational_share(c, level="tie")
