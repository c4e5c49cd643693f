"""Closure curves against a Kaplan-Meier estimate from a list of every wedge."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from supportnet.errors import InputError
from supportnet.network import (
    closure_curve,
    directed_closure_curve,
    dissolving_closure_curve,
    stratified_closure,
    ties_from_directions,
    ties_from_pairs,
)


def last_of(table):
    """Return the end of coverage: often so early that wedges close and are cut off equally late."""
    return int(table["last_us"].max()) if len(table) else 5


@pytest.fixture(scope="module")
def networks(tables):
    return [
        ties_from_directions(table, projection=projection, start_us=0, end_us=last_of(table))
        for table in tables
        for projection in ("union", "mutual")
    ]


def wedges_of(ties):
    """List (wait, closed, opened, centre, opening times) of every wedge ever open."""
    stop = ties.end_us
    birth = {
        frozenset((lo, hi)): int(time)
        for lo, hi, time in zip(ties.lo.tolist(), ties.hi.tolist(), ties.birth_us, strict=True)
    }
    wedges = []
    for centre in range(ties.people.size):
        others = [p for p in range(ties.people.size) if frozenset((centre, p)) in birth]
        for j, k in combinations(others, 2):
            opened = max(birth[frozenset((centre, j))], birth[frozenset((centre, k))])
            closed = birth.get(frozenset((j, k)))
            if closed is None:
                wedges.append((stop - opened, False, opened, centre))
            elif closed > opened:
                wedges.append((closed - opened, True, opened, centre))
    return wedges


def kaplan_meier(spells, tau):
    """Share still open after tau, in exact fractions."""
    share = Fraction(1)
    for time in sorted({wait for wait, closed, *_ in spells if closed and wait <= tau}):
        at_risk = sum(wait >= time for wait, *_ in spells)
        events = sum(wait == time and closed for wait, closed, *_ in spells)
        share *= 1 - Fraction(events, at_risk)
    return share


def check(curve, spells, taus):
    assert curve.wedges == len(spells)
    assert curve.closed == sum(closed for _, closed, *_ in spells)
    assert curve.wedge_us == sum(wait for wait, *_ in spells)
    assert curve.status == ("ok" if spells else "empty")
    assert (curve.at_risk >= curve.events + curve.censored).all()
    assert (curve.at_risk[1:] == (curve.at_risk - curve.events - curve.censored)[:-1]).all()
    longest = max((wait for wait, *_ in spells), default=0)
    for tau in taus:
        found = curve.closed_by(tau)
        share = kaplan_meier(spells, tau)
        if not spells or (tau > longest and share > 0):
            assert np.isnan(found)
        else:
            assert found == pytest.approx(float(1 - share), abs=1e-12)


@pytest.mark.parametrize("width", [None, 1])
@pytest.mark.parametrize("burn_in", [0, 3, 25])
def test_curve_equals_kaplan_meier_over_all_wedges(networks, width, burn_in):
    for ties in networks:
        wedges = wedges_of(ties)
        inside = [wedge for wedge in wedges if wedge[2] >= burn_in]
        curve = closure_curve(ties, width_us=width, burn_in_us=burn_in)
        check(curve, inside, (0, 1, 2, 4, 6, 7, 30, 70, 121))
        assert curve.excluded["burn_in"] == len(wedges) - len(inside)
        degree = np.bincount(np.concatenate([ties.lo, ties.hi]), minlength=1)
        assert curve.excluded["never_at_risk"] == (degree * (degree - 1) // 2).sum() - len(wedges)
        assert sum(curve.censored_by.values()) == curve.wedges - curve.closed
        closers = {wait + opened for wait, closed, opened, _ in inside if closed}
        assert len(closers) <= curve.closing_ties <= curve.closed


def test_wider_bins_hold_the_same_wedges(networks):
    for ties in networks[:200]:
        inside = wedges_of(ties)
        curve = closure_curve(ties, width_us=7, burn_in_us=0)
        for time, events in zip(curve.time_us, curve.events, strict=True):
            expected = sum(c and time - 7 < wait <= time for wait, c, *_ in inside)
            assert events == expected
        for time, at_risk in zip(curve.time_us, curve.at_risk, strict=True):
            assert at_risk == sum(wait > time - 7 for wait, *_ in inside)


def test_strata_by_centre_equal_their_own_wedges(networks):
    for ties in networks:
        label = np.where(ties.people % 2, "odd", "even")
        curves = stratified_closure(ties, label, burn_in_us=2)
        assert sorted(curves) == sorted(set(label.tolist()))
        wedges = wedges_of(ties)
        for name, curve in curves.items():
            ours = [w for w in wedges if label[w[3]] == name]
            inside = [w for w in ours if w[2] >= 2]
            check(curve, inside, (1, 5, 50))
            assert curve.excluded["burn_in"] == len(ours) - len(inside)
        whole = closure_curve(ties, burn_in_us=2)
        never = sum(curve.excluded["never_at_risk"] for curve in curves.values())
        assert never == whole.excluded["never_at_risk"]


def test_strata_by_opening_tie_equal_their_own_wedges(networks):
    for ties in networks:
        label = (ties.birth_us % 3).tolist()  # the opening time then tells the stratum
        curves = stratified_closure(ties, label, of="tie", burn_in_us=0)
        for name, curve in curves.items():
            check(curve, [w for w in wedges_of(ties) if w[2] % 3 == name], (1, 5, 50))


def test_directed_curve_equals_kaplan_meier_over_all_paths(tables):
    for table in tables:
        stop = last_of(table)
        ties = ties_from_directions(table, start_us=0, end_us=stop)
        first = {
            (row.author_id, row.other_id): row.first_us
            for row in table.itertuples()
            if row.weight >= 1
        }
        spells, never = [], 0
        for (i, j), one in first.items():
            for (h, k), two in first.items():
                if h != j or k == i:
                    continue
                opened, closed = max(one, two), first.get((i, k))
                if closed is None:
                    spells.append((stop - opened, False, opened))
                elif closed > opened:
                    spells.append((closed - opened, True, opened))
                else:
                    never += 1
        inside = [spell for spell in spells if spell[2] >= 2]
        curve = directed_closure_curve(ties, width_us=1, burn_in_us=2)
        check(curve, inside, (0, 1, 3, 6, 40, 119))
        assert curve.excluded == {
            "burn_in": len(spells) - len(inside),
            "never_at_risk": never,
        }


def test_a_silence_longer_than_coverage_gives_the_plain_curve(networks):
    for ties in networks:
        events = pd.DataFrame(
            {
                "author_id": ties.people[ties.lo],
                "other_id": ties.people[ties.hi],
                "t_us": ties.birth_us,
            }
        )
        plain = closure_curve(ties, width_us=1, burn_in_us=4)
        found = dissolving_closure_curve(ties, events, silence_us=1000, width_us=1, burn_in_us=4)
        # A wedge that opened at the last instant was never observed for any time.
        assert found.wedges == plain.wedges - int(plain.censored[0])
        assert found.events.tolist() == plain.events.tolist()
        assert found.wedge_us == plain.wedge_us
        assert found.censored_by["dissolution"] == 0


def test_ties_that_end_and_return_open_several_spells():
    ties = ties_from_pairs([(5, 6), (6, 7)], times_us=[0, 10], end_us=100)
    events = pd.DataFrame(
        {
            "author_id": [6, 5, 6, 7, 9, 6],
            "other_id": [5, 6, 7, 6, 6, 5],
            "t_us": [0, 50, 10, 52, 53, 95],
        }
    ).sample(frac=1, random_state=2)
    curve = dissolving_closure_curve(ties, events, silence_us=20, width_us=1, burn_in_us=0)
    # 5-6 lives 0-20, 50-70, 95-100; 6-7 lives 10-30, 52-72: both 10-20 and 52-70.
    assert (curve.wedges, curve.closed, curve.wedge_us) == (2, 0, 28.0)
    assert curve.censored_by == {"coverage_end": 0, "dissolution": 2}
    later = dissolving_closure_curve(ties, events, silence_us=20, width_us=1, burn_in_us=11)
    assert (later.wedges, later.excluded) == (1, {"burn_in": 1})


@pytest.mark.parametrize("pairs", [[], [(0, 1)], [(0, 1), (2, 3)]])
@pytest.mark.parametrize("width", [None, 2])
def test_without_wedges_everything_is_nan(pairs, width):
    curve = closure_curve(ties_from_pairs(pairs, end_us=9), width_us=width, burn_in_us=0)
    assert (curve.wedges, curve.closed, curve.status) == (0, 0, "empty")
    for value in (curve.closed_by(1), curve.closed_share, curve.hazard_per_day):
        assert np.isnan(value)
    assert curve.frame()["survival"].isna().all()


def test_equal_times_are_never_at_risk():
    same = ties_from_pairs([(0, 1), (1, 2), (0, 2)], times_us=[4, 4, 4], end_us=9)
    assert closure_curve(same, burn_in_us=0).status == "empty"
    last_two = ties_from_pairs([(0, 1), (1, 2), (0, 2)], times_us=[1, 4, 4], end_us=9)
    curve = closure_curve(last_two, burn_in_us=0)
    assert (curve.wedges, curve.excluded["never_at_risk"]) == (0, 3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"width_us": 0}, "width_us must be at least 1"),
        ({"burn_in_us": -1}, "burn_in_us must be 0 or more"),
    ],
)
def test_bad_options_are_refused(networks, options, message):
    with pytest.raises(InputError, match=message):
        closure_curve(networks[0], **options)


def test_a_grid_that_would_not_fit_is_refused():
    ties = ties_from_pairs([(0, 1)], end_us=10**12)
    with pytest.raises(InputError, match="pass a wider one"):
        closure_curve(ties, width_us=1)


def test_wrong_labels_are_refused(networks):
    with pytest.raises(InputError, match="one for each"):
        stratified_closure(networks[0], ["a"], burn_in_us=0)
    with pytest.raises(InputError, match="of must be one of centre, tie"):
        stratified_closure(networks[0], ["a"], of="edge")


def test_dissolution_needs_a_silence(networks):
    events = pd.DataFrame({"author_id": [], "other_id": [], "t_us": []})
    with pytest.raises(InputError, match="silence_us must be at least 1"):
        dissolving_closure_curve(networks[0], events, silence_us=0, width_us=1)
    with pytest.raises(InputError, match="one-way ties"):
        directed_closure_curve(ties_from_pairs([], projection="mutual"), width_us=1)
