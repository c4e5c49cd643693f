"""Time at risk of a tie, errors clustered on pairs, sums of messages, labels dealt out anew."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from supportnet.errors import InputError
from supportnet.kernels.dtypes import Float64
from supportnet.kernels.two_paths import pair_moments
from supportnet.network import (
    DAY_US,
    closure_curve,
    clustered_error,
    directions_of_events,
    met_before,
    permute_labels,
    tie_rates,
    ties_from_directions,
    ties_from_pairs,
)


def network(table: pd.DataFrame, **options):
    stop = int(table["last_us"].max()) if len(table) else 5
    return ties_from_directions(table, start_us=0, end_us=stop, **options)


def listed(ties):
    """Return births by pair and, by pair, the durations of its wedges with whether they closed."""
    birth = {
        (int(a), int(b)): int(t) for a, b, t in zip(ties.lo, ties.hi, ties.birth_us, strict=True)
    }
    spells: dict[tuple[int, int], list[tuple[int, bool]]] = {}
    n = ties.people.size
    for j in range(n):
        for k in range(j + 1, n):
            closed = birth.get((j, k))
            for i in range(n):
                arms = [birth.get((min(i, x), max(i, x))) for x in (j, k)]
                if i in (j, k) or None in arms:
                    continue
                opened = max(arms)
                if closed is None or closed > opened:
                    until = ties.end_us if closed is None else closed
                    spells.setdefault((j, k), []).append((until - opened, closed is not None))
    return birth, spells


@pytest.mark.parametrize("width", [None, 3])
def test_influence_of_pairs_by_brute_force(tables, width):
    for table in tables[:80]:
        ties = network(table)
        curve = closure_curve(ties, width_us=width, burn_in_us=0)
        _, spells = listed(ties)
        tau = 10
        found = clustered_error(ties, curve, tau_us=tau, burn_in_us=0)
        assert found.pairs == len(spells)
        assert found.closing_pairs == sum(any(c for _, c in s) for s in spells.values())
        last = int(np.searchsorted(curve.time_us, tau, side="right")) - 1
        total = 0.0
        for group in spells.values():
            error = 0.0
            for wait, closed in group:
                row = int(np.searchsorted(curve.time_us, wait, side="right")) - 1
                row = row if width is None else -(-wait // width)
                error -= sum(
                    curve.events[q] / curve.at_risk[q] ** 2
                    for q in range(min(row, last) + 1)
                    if curve.at_risk[q]
                )
                if closed and row <= last:
                    error += 1 / curve.at_risk[row]
            total += error**2
        assert found.cumulative_se == pytest.approx(total**0.5, abs=1e-12)


def test_influences_sum_to_nothing():
    # A property of the estimator, not of its code: summed over all wedges the errors cancel.
    rng = np.random.default_rng(2)
    pairs = [(a, b) for a in range(9) for b in range(a + 1, 9) if rng.random() < 0.5]
    rng.shuffle(pairs)
    ties = ties_from_pairs([tuple(map(int, p)) for p in pairs], end_us=60)
    curve = closure_curve(ties, burn_in_us=0)
    _, spells = listed(ties)
    errors = 0.0
    at_risk = np.maximum(curve.at_risk, 1)
    spread = np.cumsum(curve.events / at_risk**2)
    for wait, closed in (spell for group in spells.values() for spell in group):
        row = int(np.searchsorted(curve.time_us, wait, side="right")) - 1
        errors += closed / at_risk[row] - spread[row]
    assert errors == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("threads", [2, 3])
def test_threads_change_no_sum(tables, threads):
    for table in tables[:20]:
        ties = network(table)
        curve = closure_curve(ties, burn_in_us=0)
        weight: Float64 = 1 / np.maximum(curve.at_risk, 1)
        one, many = (
            pair_moments(
                ties.adjacency(), ties.birth_us, np.ones(len(ties), bool), one_way=False, entry=0,
                stop=ties.end_us, times=curve.time_us, width=0, spread=weight, weight=weight,
                last_row=0, threads=count,
            )
            for count in (1, threads)
        )  # fmt: skip
        assert many == pytest.approx(one, rel=1e-12)


def test_too_long_a_walk_is_not_begun():
    star = ties_from_pairs([(0, i) for i in range(1, 9)])
    curve = closure_curve(star, burn_in_us=0)
    assert clustered_error(star, curve, tau_us=1, burn_in_us=0, most_paths=10) is None


@pytest.mark.parametrize("step", [None, 4])
def test_rates_by_brute_force_over_pairs(tables, step):
    for seed, table in enumerate(tables[:60]):
        ties = network(table)
        n, rng = ties.people.size, np.random.default_rng(seed)
        seen = rng.integers(0, 20, n)
        band = rng.integers(0, 2, n).astype(np.int8)
        stratum = np.array([[0, 1], [1, 2]])
        rates = tie_rates(
            ties, entry_us=3, unit_us=2, seen_us=seen, step_us=step, band=band, stratum=stratum
        )
        birth, _ = listed(ties)
        new, time = np.zeros((3, 4)), np.zeros((3, 4))
        for j in range(n):
            for k in range(j + 1, n):
                tied = birth.get((j, k), np.inf)
                arms = [
                    max(birth[min(i, j), max(i, j)], birth[min(i, k), max(i, k)])
                    for i in range(n)
                    if (min(i, j), max(i, j)) in birth and (min(i, k), max(i, k)) in birth
                ]
                contact = min(arms, default=np.inf)
                begin = max(3, seen[j], seen[k])
                row = stratum[band[j], band[k]]
                if step is None:
                    end = min(tied, ties.end_us)
                    time[row, 0] += max(0, min(end, contact) - begin) / 2
                    time[row, 1] += max(0, end - max(begin, contact)) / 2
                    if begin < tied < np.inf:
                        new[row, int(contact < tied)] += 1
                    continue
                for start in range(3, ties.end_us - step + 1, step):
                    if start >= begin and tied >= start:
                        time[row, int(contact < start)] += 1
                        new[row, int(contact < start)] += start <= tied < start + step
        used = rates.ties.shape[0]
        np.testing.assert_array_equal(rates.ties, new[:used])
        np.testing.assert_allclose(rates.time, time[:used], atol=1e-9)
        np.testing.assert_allclose(rates.person_time.sum(axis=0), 2 * rates.time.sum(axis=0))
        np.testing.assert_array_equal(rates.person_ties.sum(axis=0), 2 * rates.ties.sum(axis=0))


def test_foci_without_members_of_the_network_change_nothing():
    ties = ties_from_pairs([(0, 1), (1, 2)], end_us=9)
    strangers = pd.DataFrame({"focus": [1, 1], "person_id": [50, 51], "since_us": [0, 0]})
    plain = tie_rates(ties, entry_us=0, unit_us=1)
    with_them = tie_rates(ties, entry_us=0, unit_us=1, members=strangers)
    assert plain.time.tolist() == with_them.time.tolist()
    assert met_before(ties, strangers).tolist() == [False, False]


def test_units_and_steps_must_be_positive():
    ties = ties_from_pairs([(0, 1)], end_us=9)
    with pytest.raises(InputError, match="unit_us must be at least 1"):
        tie_rates(ties, entry_us=0, unit_us=0)
    with pytest.raises(InputError, match="step_us must be at least 1"):
        tie_rates(ties, entry_us=0, unit_us=1, step_us=0)


def test_sums_of_messages_equal_a_group_by():
    rng = np.random.default_rng(1)
    author, step = rng.integers(0, 6, 200), rng.integers(1, 6, 200)
    other, times, weight = (author + step) % 6, rng.integers(0, 99, 200), rng.random(200)
    found = directions_of_events(author, other, times, weight)
    rows = pd.DataFrame({"a": author, "o": other, "t": times, "w": weight})
    grouped = rows.groupby(["a", "o"], as_index=False).agg(
        w=("w", "sum"), n=("t", "size"), first=("t", "min"), last=("t", "max")
    )
    np.testing.assert_allclose(found.to_numpy(float), grouped.to_numpy(float))
    none = np.empty(0, np.int64)
    assert directions_of_events(none, none, none).empty


def test_labels_stay_within_their_stratum():
    labels = np.array(["x", "y"] * 20)
    strata = np.repeat([0, 1], 20)
    drawn = permute_labels(labels, np.random.default_rng(3), strata=strata)
    for code in (0, 1):
        assert sorted(drawn[strata == code]) == sorted(labels[strata == code])
    assert drawn.tolist() != labels.tolist()
    assert labels.tolist() == ["x", "y"] * 20
    with pytest.raises(InputError, match="one for each label"):
        permute_labels(labels, np.random.default_rng(3), strata=np.zeros(3))


def test_every_arrangement_of_labels_is_equally_likely():
    rng = np.random.default_rng(7)
    seen = [tuple(permute_labels(np.array([1, 2, 3]), rng)) for _ in range(6000)]
    counts = pd.Series(seen).value_counts()
    assert len(counts) == 6
    assert counts.between(880, 1120).all()  # 1000 ± 4 standard errors


def planted_books(rng, books=40):
    """Return pairs with one to six common contacts, closing at one hazard for each pair."""
    pairs, times = [], []
    for book in range(books):
        first = 20 * book
        j, k = first, first + 1
        opened = []
        for contact in range(int(rng.integers(1, 7))):
            arms = rng.integers(0, 20 * DAY_US, 2)
            pairs += [(j, first + 2 + contact), (k, first + 2 + contact)]
            times += arms.tolist()
            opened.append(int(arms.max()))
        closed = min(opened) + int(rng.exponential(50 * DAY_US))
        if closed < 60 * DAY_US:
            pairs.append((j, k))
            times.append(closed)
    return ties_from_pairs(pairs, times_us=times, end_us=60 * DAY_US)


@pytest.mark.slow
def test_clustered_intervals_cover_a_planted_hazard():
    rng = np.random.default_rng(17)
    large = closure_curve(planted_books(rng, 20_000), burn_in_us=0)
    tau = 20 * DAY_US
    truth = large.hazard_per_day, -np.log1p(-large.closed_by(tau))
    covered, naive, runs = np.zeros(2), 0, 500
    for _ in range(runs):
        ties = planted_books(rng)
        curve = closure_curve(ties, burn_in_us=0)
        error = clustered_error(ties, curve, tau_us=tau, burn_in_us=0)
        t = stats.t.ppf(0.975, error.closing_pairs - 1)
        values = curve.hazard_per_day, -np.log1p(-curve.closed_by(tau))
        for place, se in enumerate((error.hazard_se, error.cumulative_se)):
            covered[place] += abs(np.log(values[place] / truth[place])) <= t * se / values[place]
        naive += abs(np.log(values[0] / truth[0])) <= 1.96 / curve.closed**0.5
    # At .95, 500 runs lie above .916 in 99.9 % of trials. That pairs of contacts never close here,
    # by design, makes the interval of the hazard wide; one that counts wedges as independent fails.
    assert (covered / runs >= 0.916).all(), covered / runs
    assert covered[1] / runs <= 0.985
    assert naive / runs < 0.916
