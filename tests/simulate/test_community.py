"""The example community: do the planted numbers hold on its events?"""

import dataclasses
import itertools
import math

import numpy as np
import pandas as pd
import pytest

from supportnet.simulate import (
    EXAMPLE,
    Plan,
    Simulated,
    community,
    continuity,
    planted_truth,
    realised_turns,
)
from supportnet.simulate.expected import planted_kind

SMALL = Plan(
    people=20,
    twinomes=2,
    dyads=2,
    bridges=1,
    hubs=1,
    channels=1,
    whatsapp_ties=1,
    telegram_ties=1,
    initial_ties=6,
)
HOUR_US = 3_600_000_000


@pytest.fixture(scope="module")
def made() -> Simulated:
    return community(EXAMPLE)


@pytest.fixture(scope="module")
def turns(made: Simulated) -> pd.DataFrame:
    return realised_turns(made)


def shares(made: Simulated, kind: str) -> "pd.Series[float]":
    ties = made.ties.loc[made.ties["kind"] == kind, "tie"]
    events = made.events[made.events["tie"].isin(ties)]
    return events["layer"].eq("private_1to1").astype("float64").groupby(events["tie"]).mean()


def test_same_seed_same_tables_other_seed_other_tables() -> None:
    first, second = community(SMALL), community(SMALL)
    for name in ("events", "people", "ties", "contacts", "reactions", "likes"):
        pd.testing.assert_frame_equal(getattr(first, name), getattr(second, name))
    other = community(dataclasses.replace(SMALL, seed=1))
    assert not first.events["t_us"].equals(other.events["t_us"])


def test_who_is_in_it(made: Simulated) -> None:
    roles = made.people["role"].value_counts().to_dict()
    assert roles == {"twinome": 60, "dyad": 32, "other": 23, "hub": 5}
    assert made.people["donor"].sum() == 97
    for column in ("code", "name", "handle", "twitter_id", "board_name", "telegram_id"):
        assert made.people[column].is_unique
    assert made.people["handle"].str.len().max() <= 15
    assert made.people["twitter_id"].astype("int64").gt(2**53).all()
    pairs = made.ties[["first", "second"]]
    assert not pairs.duplicated().any()
    assert (pairs["first"] < pairs["second"]).all()


def test_size_and_span(made: Simulated) -> None:
    events = made.events
    assert 35_000 < len(events) < 45_000
    assert events["t_us"].is_monotonic_increasing
    assert events["t_us"].min() >= EXAMPLE.start_s * 1_000_000
    assert events["t_us"].max() < EXAMPLE.end_s * 1_000_000
    assert (events["event_id"] == np.arange(len(events))).all()


def test_pointers_go_back_in_time(made: Simulated) -> None:
    events = made.events.set_index("event_id")
    for column in ("reply_to", "target"):
        known = events[events[column].notna()]
        parents = events.loc[known[column].astype("int64")]
        assert (parents["t_us"].to_numpy() < known["t_us"].to_numpy()).all()
        assert (parents["platform"].to_numpy() == known["platform"].to_numpy()).all()
    replies = events[events["reply_to"].notna() & events["layer"].ne("private_group")]
    parents = events.loc[replies["reply_to"].astype("int64")]
    assert (parents["author"].to_numpy() == replies["others"].to_numpy()).all()
    assert (parents["conversation"].to_numpy() == replies["conversation"].to_numpy()).all()


def test_every_event_will_be_in_an_archive(made: Simulated) -> None:
    donors = set(made.people.loc[made.people["donor"], "code"])
    events = made.events
    tweets = events[(events["platform"] == "twitter") & (events["layer"] == "public")]
    assert set(tweets["author"]) <= donors
    direct = events[(events["platform"] == "twitter") & (events["layer"] == "private_1to1")]
    assert (direct["author"].isin(donors) | direct["others"].isin(donors)).all()


@pytest.mark.parametrize("kind", ["twinome", "dyad", "friend", "acquaintance", "hub"])
def test_mean_private_share_is_planted(made: Simulated, kind: str) -> None:
    found = shares(made, kind)
    se = found.std() / math.sqrt(len(found))
    assert found.mean() == pytest.approx(EXAMPLE.kinds[kind].private_share, abs=3 * se)  # type: ignore[index]


def test_spread_of_shares_is_planted(made: Simulated) -> None:
    found = shares(made, "twinome")
    planted = math.sqrt(0.8 * 0.2 * EXAMPLE.kinds["twinome"].share_icc)
    # Finite messages add a little; the standard error of a deviation is sd / sqrt(2n).
    assert found.std() == pytest.approx(planted, abs=4 * planted / math.sqrt(2 * len(found)))


@pytest.mark.parametrize("kind", ["twinome", "dyad"])
@pytest.mark.parametrize("layer", ["private_1to1", "public"])
def test_answers_and_latencies_are_planted(turns: pd.DataFrame, kind: str, layer: str) -> None:
    plan = EXAMPLE.kinds[kind]  # type: ignore[index]
    part = turns[(turns["kind"] == kind) & (turns["layer"] == layer) & turns["followed"]]
    expected = planted_kind_numbers(kind, layer)
    horizon = EXAMPLE.horizon_h[layer]
    s = math.hypot(plan.layer(layer).sigma, plan.latency_tie_sd)
    within = 0.5 * (1 + math.erf(math.log(horizon / plan.layer(layer).median_h) / s / math.sqrt(2)))
    ties = part.groupby("tie")["answered"].mean()
    se = ties.std() / math.sqrt(len(ties))
    target = plan.layer(layer).answered * within
    assert part["answered"].mean() == pytest.approx(target, abs=4 * se)
    capped = part["latency_h"].where(part["answered"], np.inf).clip(upper=24.0)
    by_tie = capped.groupby(part["tie"]).mean()
    se = by_tie.std() / math.sqrt(len(by_tie))
    assert capped.mean() == pytest.approx(expected["rmst24_h"], abs=4 * se)


def planted_kind_numbers(kind: str, layer: str) -> dict[str, float]:
    return planted_kind(EXAMPLE.kinds[kind])[layer]  # type: ignore[index,no-any-return]


def test_turns_found_by_the_rules_are_the_planted_ones(made: Simulated) -> None:
    """Rebuild private turns from time and author alone, by brute force, and compare."""
    tie = int(made.ties.loc[made.ties["kind"] == "dyad", "tie"].iloc[0])
    events = made.events
    talk = events[(events["tie"] == tie) & (events["layer"] == "private_1to1")]
    found: list[tuple[str, float]] = []
    author, first_end, last, in_first = "", 0, -(10**18), False
    rows = zip(talk["author"].tolist(), talk["t_us"].tolist(), strict=True)
    for who, t_us in rows:
        opening = t_us - last > 72 * HOUR_US
        if opening or who != author:
            if author and opening:
                found.append((author, math.nan))
            elif author:
                latency = (t_us - first_end) / HOUR_US
                found.append((author, latency if latency <= 72 else math.nan))
            author, first_end, in_first = who, t_us, True
        elif in_first and t_us - first_end <= 600_000_000:
            first_end = t_us
        else:
            in_first = False
        last = t_us
    found.append((author, math.nan))
    turns = realised_turns(made)
    planted = turns[(turns["tie"] == tie) & (turns["layer"] == "private_1to1")]
    planted = planted.sort_values("due_us")
    assert [a for a, _ in found] == planted["author"].tolist()
    expected = planted["latency_h"].where(planted["answered"]).to_numpy()
    np.testing.assert_allclose([b for _, b in found], expected, atol=1e-9)


def test_twinomes_can_be_detected(made: Simulated) -> None:
    ties = made.ties[made.ties["kind"] == "twinome"]
    ok = pd.Series(data=True, index=ties["tie"])
    middle = (EXAMPLE.start_s + EXAMPLE.end_s) // 2 * 1_000_000
    private = made.events[
        made.events["tie"].isin(ties["tie"]) & made.events["layer"].eq("private_1to1")
    ]
    for half in (0, 1):
        ok &= continuity(made, half)[ties["tie"]] >= 0.75
        part = private[(private["t_us"] >= middle) == bool(half)]
        ways = part.groupby(["tie", "author"]).size().groupby(level="tie").agg(["min", "size"])
        ok &= ways["size"].eq(2) & ways["min"].ge(10)
    whole = ok.groupby(ties.set_index("tie")["group"]).all()
    assert whole.sum() >= 19
    assert (continuity(made)[ties["tie"]] >= 0.85).all()


def test_continuity_by_brute_force(made: Simulated) -> None:
    tie = int(made.ties["tie"].iloc[0])
    talk = made.events[(made.events["tie"] == tie) & made.events["layer"].eq("private_1to1")]
    start, week = EXAMPLE.start_s * 1_000_000, 7 * 86_400_000_000
    full = sum(
        talk.loc[
            talk["t_us"].between(start + k * week, start + (k + 1) * week - 1), "author"
        ].nunique()
        == 2
        for k in range(52)
    )
    assert continuity(made)[tie] == pytest.approx(full / 52)  # 365 days hold 52 whole weeks


def test_dyads_stand_outside_triangles(made: Simulated) -> None:
    sustained = made.ties[made.ties["kind"].isin(["twinome", "dyad"])]
    edges = set(map(frozenset, zip(sustained["first"], sustained["second"], strict=True)))
    near: dict[str, set[str]] = {}
    for edge in edges:
        for a, b in itertools.permutations(edge, 2):
            near.setdefault(a, set()).add(b)
    dyads = sustained[sustained["kind"] == "dyad"]
    assert len(dyads) == 16 + 12
    for first, second in zip(dyads["first"], dyads["second"], strict=True):
        assert not near[first] & near[second]
    dyad_ties = dyads["tie"]
    assert all((continuity(made, h)[dyad_ties] >= 0.75).mean() >= 0.9 for h in (0, 1))


def test_hubs_have_hundreds_of_silent_contacts(made: Simulated) -> None:
    hubs = made.people.loc[made.people["role"] == "hub", "code"]
    for hub in hubs:
        contacts = made.contacts[made.contacts["owner"] == hub]
        assert 500 <= contacts["other"].nunique() <= 900
        assert (contacts["other_code"] == "").mean() > 0.9
        partners = made.events.loc[
            (made.events["author"] == hub) & made.events["layer"].eq("private_1to1"), "others"
        ]
        assert 1 <= partners.nunique() <= 60


def test_closure_hazards_are_planted(made: Simulated) -> None:
    formed = made.formation
    for n, at_risk, hazard in (
        (formed.closures, formed.wedge_weeks, EXAMPLE.closure_hazard),
        (formed.base, formed.pair_weeks, EXAMPLE.base_hazard),
    ):
        expected = hazard * at_risk
        assert n == pytest.approx(expected, abs=4 * math.sqrt(expected))
    assert sum(t.formed_by == "initial" for t in formed.ties) == EXAMPLE.initial_ties


def test_truth_counts_what_is_there(made: Simulated) -> None:
    truth = planted_truth(made)
    totals, events = truth["totals"], made.events
    assert totals["messages"] + totals["reposts"] == len(events)
    assert sum(totals["visibility"].values()) == totals["messages"]
    assert totals["contacts"] == made.contacts["kind"].value_counts().to_dict()
    twinomes = truth["groups"]["twinomes"]
    assert [t["members"] for t in twinomes[:2]] == [
        ["P001", "P002", "P003"],
        ["P004", "P005", "P006"],
    ]
    assert sum(t["channel"] for t in twinomes) == 4
    assert len(truth["groups"]["hubs"]) == 5
    realised = truth["kinds"]["twinome"]["realised"]
    assert realised["private_share"] == pytest.approx(shares(made, "twinome").mean(), abs=1e-6)
    private = events[events["layer"].eq("private_1to1")]
    assert sum(k["realised"]["messages_private"] for k in truth["kinds"].values()) == len(private)


def test_truth_has_no_name_or_word(made: Simulated) -> None:
    text = str(planted_truth(made))
    assert not any(name in text for name in made.people["name"])
    assert not any(handle in text for handle in made.people["handle"])
    assert not any(words in text for words in made.events["text"].unique())
