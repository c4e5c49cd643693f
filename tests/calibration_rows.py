"""Calibration through the public functions: closure in time, detection, matched contrasts."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import combinations

import numpy as np
import pandas as pd

import supportnet as sn
from supportnet.compare.contrast import _Arms, _contrast
from supportnet.inference.bands import CalibrationRow, bias_row, coverage_row, rejection_row
from supportnet.layers import ClosureRules, curve_of, intervals_of
from supportnet.network import directions_of_events, ties_from_directions

DAY_US = 86_400_000_000
START = pd.Timestamp("2024-01-01", tz="UTC")
HAZARD, FOLLOW_UP, TAU = 0.02, 60.0, 30.0
TRUTH = {"closure_hazard": HAZARD, "closure_probability": 1 - math.exp(-HAZARD * TAU)}
PEOPLE, TWINOMES, WEEKS = 500, 20, 12


def pairs_that_close(rng: np.random.Generator, pairs: int = 120) -> pd.DataFrame:
    """Return messages of pairs with one to three common contacts, closing at a constant hazard.

    The contacts of a pair know each other from the start, so that no other wedge is ever open.
    """
    rows: list[tuple[str, str, float]] = []
    for number, middle in enumerate(rng.integers(1, 4, size=pairs)):
        ends = [f"{number}j", f"{number}k"]
        contacts = [f"{number}i{i}" for i in range(middle)]
        rows += [(end, contact, 0.0) for end in ends for contact in contacts]
        rows += [(one, two, 0.0) for one, two in combinations(contacts, 2)]
        closing = rng.exponential(1 / HAZARD)
        if closing < FOLLOW_UP:
            rows.append((*ends, closing))
    return pd.DataFrame(rows, columns=["sender", "recipient", "day"])


def community_of(table: pd.DataFrame, days: float, visibility: str) -> sn.Community:
    """Return messages (sender, recipient, day) as a community covered for some days."""
    time = START.value // 1000 + (table["day"] * DAY_US).astype("int64")
    return sn.from_dataframe(
        table.drop(columns="day").assign(time=time),
        unit="us",
        visibility=visibility,
        start=START,
        end=START + pd.Timedelta(days=days),
    )


def through_the_public_function(table: pd.DataFrame) -> dict[str, tuple[float, float, float]]:
    """Return value and interval of each number as a researcher gets them."""
    c = community_of(table, FOLLOW_UP, "public")
    found = sn.closure_times(c, layer="public", burn_in="0s", tau=f"{TAU:.0f}D")
    rows = found.set_index("measure").loc[list(TRUTH), ["value", "ci_low", "ci_high"]]
    return {str(name): tuple(map(float, row)) for name, *row in rows.itertuples()}


def without_a_dataset(table: pd.DataFrame) -> dict[str, tuple[float, float, float]]:
    """Return the same by the functions underneath: a hundred times quicker."""
    code, _ = pd.factorize(table[["sender", "recipient"]].to_numpy().ravel())
    ends = code.reshape(-1, 2).astype(np.int64)
    t_us = (table["day"] * DAY_US).to_numpy().astype(np.int64)
    arcs = directions_of_events(ends[:, 0], ends[:, 1], t_us, np.ones(len(table)))
    ties = ties_from_directions(arcs, start_us=0, end_us=int(FOLLOW_UP * DAY_US))
    rules, tau_us = ClosureRules(0), int(TAU * DAY_US)
    curve = curve_of(ties, rules)
    sure = intervals_of(ties, curve, rules, tau_us=tau_us)
    values = {
        "closure_hazard": curve.hazard_per_day,
        "closure_probability": curve.closed_by(tau_us),
    }
    return {name: (value, *sure[name][:2]) for name, value in values.items()}


def closure_rows(rng: np.random.Generator, runs: int) -> list[CalibrationRow]:
    """Recover and cover a constant closure hazard, and the share closed after thirty days."""
    found = [without_a_dataset(pairs_that_close(rng)) for _ in range(runs)]
    hits = {
        name: [low <= truth <= high for _, low, high in (one[name] for one in found)]
        for name, truth in TRUTH.items()
    }
    values = np.array([one["closure_hazard"][0] for one in found])
    planted = "hazard .02/d, 120 pairs"
    return [
        bias_row("closure hazard, bias in SD", planted, values, HAZARD),
        coverage_row("closure hazard, pair-clustered", planted, hits["closure_hazard"]),
        coverage_row("closed by 30 d, pair-clustered", planted, hits["closure_probability"]),
    ]


def planted_twinomes(rng: np.random.Generator) -> pd.DataFrame:
    """Return twelve weeks of twenty twinomes among five hundred persons who chat with others too.

    A tie of a twinome has about a message each way in each week: as many thrown over the weeks at
    random would leave too many weeks without.
    """
    rows = []
    for number in range(TWINOMES):
        for one, two in combinations(range(3 * number, 3 * number + 3), 2):
            for sender, recipient in ((one, two), (two, one)):
                weeks = np.flatnonzero(rng.random(WEEKS) < 0.98)
                days = np.concatenate((7 * weeks, 7 * rng.integers(0, WEEKS, rng.poisson(2))))
                days = days + rng.uniform(0, 7, size=days.size)
                rows += [(sender, recipient, day) for day in days]
    first, second = rng.integers(0, PEOPLE, size=(2, 3000))
    for one, two, n in zip(first, second, rng.poisson(5, size=3000), strict=True):
        if one != two:
            turned = rng.random(n) < 0.5
            days = rng.uniform(0, 7 * WEEKS, size=n)
            rows += [
                (two, one, day) if back else (one, two, day)
                for back, day in zip(turned, days, strict=True)
            ]
    return pd.DataFrame(rows, columns=["sender", "recipient", "day"])


def found_twinomes(table: pd.DataFrame) -> set[frozenset[int]]:
    """Return the twinomes detected over the whole span, by the researcher's ids."""
    end = START + pd.Timedelta(weeks=WEEKS)
    c = community_of(table, 7.0 * WEEKS, "private_1to1")
    ids = c.id_map().set_index("person_id")["id"]
    groups = sn.twinomes(c, period=(START, end))
    return {frozenset(int(ids[p]) for p in own["person"]) for _, own in groups.groupby("group")}


def detection_rows(rng: np.random.Generator, runs: int) -> list[CalibrationRow]:
    """Find planted twinomes, no others, and next to none once times are dealt out anew."""
    planted = {frozenset(range(3 * i, 3 * i + 3)) for i in range(TWINOMES)}
    hits = total = shuffled = 0
    for _ in range(runs):
        table = planted_twinomes(rng)
        found = found_twinomes(table)
        hits, total = hits + len(found & planted), total + len(found)
        anew = table.assign(day=rng.permutation(table["day"].to_numpy()))
        shuffled = max(shuffled, len(found_twinomes(anew)))
    said = "20 in 500 persons, 84 d"
    recall, precision = hits / (runs * TWINOMES), hits / max(total, 1)
    return [
        CalibrationRow("twinome detection, recall", said, recall, 0.95, 1.0, runs),
        CalibrationRow("twinome detection, precision", said, precision, 0.90, 1.0, runs),
        CalibrationRow("detections, times shuffled, most", said, float(shuffled), 0.0, 1.0, runs),
    ]


def unequal_activity(rng: np.random.Generator, each: int = 40) -> pd.DataFrame:
    """Return raw balances of ties whose persons write alike; twinomes write twice as much as dyads.

    Raw balance rises with the number of messages alone, so unmatched kinds differ.
    """
    rows: list[tuple[object, ...]] = []
    person = 0
    for group in range(2 * each):
        kind, size, usual = ("twinome", 3, 7.0) if group % 2 else ("dyad", 2, 6.0)
        volume = 2 ** rng.normal(usual, 1.0)
        for lo, hi in combinations(range(person, person + size), 2):
            n = max(round(volume * rng.uniform(0.8, 1.25)), 10)
            sent = int(rng.binomial(n, 0.5))
            rows.append(("town", kind, group, lo, hi, 2 * min(sent, n - sent) / n, n, n))
        person += size
    names = ["community", "kind", "group", "lo", "hi", "value", "n", "volume"]
    ties = pd.DataFrame(rows, columns=names)
    return ties.assign(component=ties["group"], first=ties["kind"] == "twinome")


def rejection_rows(rng: np.random.Generator, runs: int) -> list[CalibrationRow]:
    """Count false positives of the matched contrast where activity differs and behaviour does not.

    The unmatched contrast rejects in half of the runs: it is no method of this package.
    """
    hits = []
    for _ in range(runs):
        arms = _Arms(unequal_activity(rng), {})
        found = _contrast(arms, "between", draws=199, seed=int(rng.integers(2**31)))
        hits.append(bool(found["p_value"] <= 0.05))
    return [rejection_row("matched contrast, unequal activity", "equal behaviour", hits)]


# Maker of some rows → runs when quick, and in full.
MAKERS: dict[Callable[[np.random.Generator, int], list[CalibrationRow]], tuple[int, int]] = {
    closure_rows: (200, 1000),
    detection_rows: (1, 40),
    rejection_rows: (20, 1000),
}
