"""Measures that share messages in pair order give what they give one by one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import supportnet as sn
from supportnet.interactions import Attribution
from supportnet.pair_events import shared_events

CALLS = {
    "reciprocity": lambda c: sn.reciprocity(c, level="network", layer="all"),
    "reciprocity of ties": lambda c: sn.reciprocity(c, level="tie", layer="public"),
    "private share": lambda c: sn.private_share(c, level="tie"),
    "private share, groups in": lambda c: sn.private_share(c, level="tie", group_messages="all"),
    "private share of triads": lambda c: sn.private_share(c, level="tie", group_messages="triad"),
    "private share, overall": lambda c: sn.private_share(c, level="network"),
    "latency": lambda c: sn.reply_latency(c, level="direction"),
    "latency in public": lambda c: sn.reply_latency(c, level="person", layer="public"),
    "closure": lambda c: sn.triadic_closure(c, layer="all", projection="union"),
    "closure in groups": lambda c: sn.triadic_closure(c, layer="private_group"),
    "clustering": lambda c: sn.local_clustering(c),
}


def talk(seed: int) -> sn.Community:
    """Return random messages of every visibility, some to several readers, some answering."""
    rng = np.random.default_rng(seed)
    n, people = 600, [f"p{i:02}" for i in range(14)]
    sender = rng.choice(people, n)
    kinds = ["private_1to1", "public", "semi_public", "private_group", "unknown"]
    seen = rng.choice(kinds, n, p=[0.4, 0.2, 0.1, 0.2, 0.1])
    readers = [rng.choice([p for p in people if p != s]) for s in sender]
    time = np.sort(rng.integers(0, 90 * 86_400, n))
    reply = pd.array(
        [int(rng.integers(0, i)) if i and rng.random() < 0.2 else pd.NA for i in range(n)], "Int64"
    )
    table = pd.DataFrame(
        {
            "sender": sender,
            "recipient": readers,
            "time": time,
            "visibility": seen,
            "message_id": np.arange(n),
            "reply_to": reply,
        }
    )
    return sn.from_dataframe(table.sample(frac=1, random_state=seed), unit="s")


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("seed", range(3))
def test_shared_and_alone_agree(name: str, seed: int) -> None:
    alone = CALLS[name](talk(seed))
    together = talk(seed)
    with together.sharing() as c:
        assert shared_events(c.dataset) is not None
        shared = CALLS[name](c)
    pd.testing.assert_frame_equal(shared, alone, check_exact=True)
    assert len(alone)
    assert shared_events(together.dataset) is None


@pytest.fixture(scope="module")
def example(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Import the archives of the example that hold group chats."""
    if not (root / "data" / "example" / "SYNTHETIC").is_file():
        pytest.skip("the example is not in this copy of the project")
    folder = tmp_path_factory.mktemp("groups") / "example"
    archives = sorted((root / "data" / "example" / "archives").glob("telegram-*.zip"))[:4]
    sn.import_archives(archives, into=folder, community="example", key="example")
    return folder


@pytest.mark.parametrize("name", CALLS)
def test_of_groups_too(name: str, example: Path) -> None:
    alone = CALLS[name](sn.open_community(example))
    with sn.open_community(example).sharing() as c:
        held = shared_events(c.dataset)
        assert held is not None
        assert (held.kinds >> 3).max() > 1
        pd.testing.assert_frame_equal(CALLS[name](c), alone, check_exact=True)


def test_other_rules_are_not_answered_from_what_is_shared() -> None:
    loud = Attribution(group="fanout")
    alone = sn.reciprocity(talk(1), layer="all", attribution=loud)
    with talk(1).sharing() as c:
        assert shared_events(c.dataset, loud) is None
        pd.testing.assert_frame_equal(sn.reciprocity(c, layer="all", attribution=loud), alone)
    with talk(1).sharing(loud) as c:
        assert shared_events(c.dataset, loud) is not None
        pd.testing.assert_frame_equal(sn.reciprocity(c, layer="all", attribution=loud), alone)


def test_blocks_nest_and_end_with_errors() -> None:
    c = talk(2)
    with pytest.raises(ZeroDivisionError), c.sharing(), c.sharing():
        1 / 0  # noqa: B018
    assert not c.dataset.shared


def test_nothing_to_share() -> None:
    nobody = pd.DataFrame({"sender": [], "recipient": [], "time": pd.Series([], dtype="int64")})
    with sn.from_dataframe(nobody, visibility="private_1to1", unit="s").sharing() as c:
        assert shared_events(c.dataset) is None
        assert len(c.turns()) == 0
