"""What each kind of archive can show: every measure against every cell of the table in the docs.

Persons 0 to 4 talk in private and in public, both ways, on six ties; the tables hold all of it
whatever the archive, so that only the guard keeps a number from being computed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pandas as pd
import pytest

import supportnet as sn
from builders import DAY, T0, community, covers
from supportnet.community import Community

TIES = [(0, 1), (0, 2), (0, 3), (1, 2), (2, 3), (3, 4)]
DAYS = 35
EGO = "private_in private_out public_out reactions_out"
CHAT = "private_in private_out"
DUMP = "public_in public_out alter_alter reactions_in reactions_out"
REGIMES: dict[str, list[dict[str, Any]]] = {
    "one archive": [covers(0, EGO)],
    "two chats": [covers(None, CHAT, conversation_id=place) for place in (0, 1)],
    "two of three": [covers(0, EGO), covers(1, EGO)],
    "three of three": [covers(person, EGO) for person in (0, 1, 2)],
    "public dump": [covers(None, DUMP)],
    "whole": [covers(None, f"{DUMP} {CHAT} groups")],
}
EVERY = set(TIES)
EGOS, TWO = {(0, 1), (0, 2), (0, 3)}, {(0, 1), (0, 2), (0, 3), (1, 2)}
# Regime → the ties of which both private directions are known; the same of the public ones.
PRIVATE = {
    "one archive": EGOS, "two chats": {(0, 1), (0, 2)}, "two of three": TWO,
    "three of three": TWO | {(2, 3)}, "public dump": set(), "whole": EVERY,
}  # fmt: skip
PUBLIC = {
    "one archive": set(), "two chats": set(), "two of three": {(0, 1)},
    "three of three": {(0, 1), (0, 2), (1, 2)}, "public dump": EVERY, "whole": EVERY,
}  # fmt: skip
# Regime → the persons of whom all private messages are known, of whom all that they wrote is.
PERSONS = {
    "one archive": {0}, "two chats": set(), "two of three": {0, 1}, "three of three": {0, 1, 2},
    "public dump": set(), "whole": {0, 1, 2, 3, 4},
}  # fmt: skip
NETWORK = {
    "private": {"three of three": "donors_only", "whole": "whole_community"},
    "public": {
        "three of three": "donors_only", "whole": "whole_community",
        "public dump": "whole_community",
    },
}  # fmt: skip


@cache
def seen(regime: str) -> Community:
    """Return the five persons as an archive of one kind shows them."""
    rows: list[tuple[float, int, int, int, str]] = []
    for day in range(DAYS):
        for place, (one, two) in enumerate(TIES):
            for by, to, late in ((one, two, 0.0), (two, one, 0.5)):
                rows.append((24 * day + place + late, by, to, place, "private_1to1"))
                rows.append((24 * day + 10 + place + late, by, to, len(TIES), "public"))
    rows.sort()
    messages = [
        {"by": by, "t": t, "visibility": word, "conversation_id": place}
        | ({"reply_author": to} if word == "public" else {})
        for t, by, to, place, word in rows
    ]
    readers = [(n, row[2]) for n, row in enumerate(rows) if row[4] == "private_1to1"]
    likes = [
        {"actor_id": a, "n": 1, "target_id": b, "kind": "like", "visibility": "public"}
        for a in range(5)
        for b in range(5)
        if a != b
    ]
    end = {"end_us": T0 + DAYS * DAY}
    records = [row | end | {"source_id": n} for n, row in enumerate(REGIMES[regime])]
    places = [
        {"conversation_id": n, "platform": "x", "kind": "dm", "members_basis": "roster"}
        for n in range(len(TIES) + 1)
    ]
    return community(
        messages, readers=readers, people=5, coverage=records, reactions=likes, conversations=places
    )


def known(table: pd.DataFrame, *keys: str) -> set[Any]:
    """Return the units with a value, after checking that all others say why they have none."""
    rows = table.assign(status=table["status"].astype(str))
    ok = rows["status"].isin(["ok", "empty"])
    assert set(rows.loc[~ok, "status"]) <= {"not_identified"}
    assert rows.loc[~ok, "value"].isna().all()
    units = rows.loc[ok, list(keys)].drop_duplicates().astype(int)
    found = set(units.itertuples(index=False, name=None))
    return found if len(keys) > 1 else {unit for (unit,) in found}


TIE_MEASURES: dict[str, Callable[..., pd.DataFrame]] = {
    "reciprocity": sn.reciprocity,
    "waiting": sn.waiting,
    "reply latency": sn.reply_latency,
    "initiation balance": lambda c, **more: sn.initiation_balance(c, silence="1h", **more),
    "giving first": sn.give_first,
}


@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize("name", TIE_MEASURES)
def test_ties_of_a_layer(name: str, regime: str) -> None:
    for layer, cells in (("private", PRIVATE), ("public", PUBLIC)):
        table = TIE_MEASURES[name](seen(regime), level="tie", layer=layer)
        if name == "giving first":  # which first acts are eligible is another question
            table = table.assign(status=table["status"].replace("empty", "ok"))
        assert known(table, "lo", "hi") == cells[regime], layer


@pytest.mark.parametrize("regime", REGIMES)
def test_chains_and_both_layers_together(regime: str) -> None:
    c = seen(regime)
    assert known(sn.chain_continuity(c), "lo", "hi") == PRIVATE[regime]
    assert known(sn.private_share(c), "lo", "hi") == PRIVATE[regime] & PUBLIC[regime]
    assert known(sn.norm_distance(c), "lo", "hi") == PRIVATE[regime] & PUBLIC[regime]
    drift = sn.private_share_over_time(c, window="7D")
    assert known(drift, "lo", "hi") == PRIVATE[regime] & PUBLIC[regime]


@pytest.mark.parametrize("regime", REGIMES)
def test_what_persons_send(regime: str) -> None:
    c = seen(regime)
    writers = PERSONS[regime]
    outgoing = {(a, b) for tie in TIES for a, b in (tie, tie[::-1]) if a in writers}
    table = sn.private_share(c, level="direction")
    assert known(table, "author_id", "other_id") == outgoing
    assert known(sn.private_share(c, level="person"), "person_id") == writers
    assert known(sn.private_share_all(c), "person_id") == writers
    assert known(sn.availability(c), "person_id") == writers
    assert known(sn.reciprocity(c, level="person"), "person_id") == writers


@pytest.mark.parametrize("regime", REGIMES)
def test_relational_share_of_persons(regime: str) -> None:
    table = sn.relational_share(seen(regime), level="person")
    broad = table[table["measure"] == "relational_share_broad"]
    # A dump shows all public acts, and nothing else was ever in its reach.
    all_ = {0, 1, 2, 3, 4}
    assert known(broad, "person_id") == (all_ if regime == "public dump" else PERSONS[regime])
    strict = table[table["measure"] == "relational_share_strict"]
    assert known(strict, "person_id") == (all_ if regime == "whole" else set())


@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize("layer", ["private", "public"])
def test_networks(layer: str, regime: str) -> None:
    c = seen(regime)
    coverage = NETWORK[layer].get(regime)
    for measure in (sn.triadic_closure, sn.triad_census, sn.temporal_motifs, sn.closure_times):
        table = measure(c, layer=layer)
        assert set(table["coverage"]) == {coverage or "not_identified"}
        if coverage is None:
            assert set(table["status"]) == {"not_identified"}
            assert table["value"].isna().all()
    cells = PRIVATE if layer == "private" else PUBLIC
    for table in (
        sn.reciprocity(c, layer=layer, replicates=2),
        sn.reciprocity_sensitivity(c, layer=layer),
        sn.dyad_census(c, layer=layer),
    ):
        rows = table.set_index("measure")
        if coverage is not None:
            assert set(rows["coverage"]) == {coverage}
            assert set(rows["status"]) <= {"ok", "zero_denominator"}
        elif cells[regime]:  # what is asymmetric or mutual among the observed ties
            assert set(rows["coverage"]) == {"observed_ties"}
            hidden = rows.index.intersection(
                ["null", "dyadic", "recip_lrr", "rho", "weight_correlation"]
            )
            assert set(rows.loc[hidden, "status"]) == {"not_identified"}
            assert set(rows.drop(index=hidden)["status"]) == {"ok"}
        else:  # no tie was observed: neither 0 mutual pairs nor a share of nothing
            assert set(rows["status"]) == {"not_identified"}
            assert rows["value"].isna().all()
    for table in (sn.time_to_reciprocate(c, layer=layer), sn.reply_latency(c, layer=layer,
        level="network", measures=["rmst", "rate_8h"])):  # fmt: skip
        some = set(table["status"].astype(str)) & {"ok", "all_censored"}
        assert bool(some) == bool(cells[regime])
        if not some:
            assert set(table["status"].astype(str)) == {"not_identified"}


@pytest.mark.parametrize("regime", REGIMES)
def test_three_of_a_group(regime: str) -> None:
    """A triad's private ties need two archives, its shares all three."""
    c = seen(regime)
    triad = pd.DataFrame(
        {"community": c.name, "kind": "twinome", "group": 0, "person": [0, 1, 2], "role": ""}
    )
    inside = {(0, 1), (0, 2), (1, 2)}
    for measure in (sn.reciprocity, sn.waiting, sn.reply_latency, sn.chain_continuity):
        table = measure(c, level="group", groups=triad)
        assert bool(known(table, "group")) == (inside <= PRIVATE[regime])
    shares = sn.private_share(c, level="group", groups=triad)
    assert bool(known(shares, "group")) == (inside <= PRIVATE[regime] & PUBLIC[regime])
