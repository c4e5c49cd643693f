"""Closure kernels against a list of every wedge, on networks in which most times are equal."""

from itertools import combinations, permutations

import numpy as np
import pytest

from supportnet.kernels.closing_list import closing_list
from supportnet.kernels.closure import closures_by_bin
from supportnet.kernels.directed import order_arcs, path_closures, paths_opened
from supportnet.kernels.dissolve import lives_of_ties, open_spells
from supportnet.kernels.follow_up import follow_up
from supportnet.kernels.orient import adjacency, forward_graph


def all_wedges(network):
    """List (opened, closed or None, centre) of every wedge ever open; count the others."""
    birth = {
        frozenset(pair): int(time)
        for *pair, time in zip(
            network.lo.tolist(), network.hi.tolist(), network.birth.tolist(), strict=True
        )
    }
    wedges, never = [], 0
    for centre in range(network.n):
        others = [p for p in range(network.n) if frozenset((centre, p)) in birth]
        for j, k in combinations(others, 2):
            opened = max(birth[frozenset((centre, j))], birth[frozenset((centre, k))])
            closed = birth.get(frozenset((j, k)))
            if closed is not None and closed <= opened:
                never += 1
            else:
                wedges.append((opened, closed, centre))
    return wedges, never


def bin_of(wait, width):
    return -(-wait // width)


def closures(network, lo, hi, **how):
    """Walk a network; return what the walk counted and the tie in each slot."""
    graph = forward_graph(lo, hi, network.n)
    return closures_by_bin(graph, (lo, hi), network.birth, **how), graph.tie


@pytest.mark.usefixtures("shared_rows")
@pytest.mark.parametrize("threads", [1, 3])
def test_binned_closures_equal_brute_force(networks, threads):
    for network in networks:
        width, entry = int(network.rng.integers(1, 8)), int(network.rng.integers(0, 8))
        bins, end = bin_of(network.stop, width) + 1, network.stop
        found, tie = closures(
            network, network.lo, network.hi, entry=entry, width=width, bins=bins, threads=threads
        )
        rest = follow_up(found, entry=entry, end=end, width=width)
        wedges, never = all_wedges(network)
        assert found.born.tolist() == network.birth[tie].tolist()
        assert int(found.made.sum()) == len(wedges) + never
        still = [o for o, c, _ in wedges if c is None]
        assert int((found.made - found.over).sum()) == len(still)
        inside = [(o, c) for o, c, _ in wedges if o >= entry]
        events, censored = np.zeros(bins, int), np.zeros(bins, int)
        for o, c in inside:
            if c is None:
                censored[bin_of(end - o, width)] += 1
            else:
                events[bin_of(c - o, width)] += 1
        assert found.events.tolist() == events.tolist()
        assert rest.censored.tolist() == censored.tolist()
        assert found.wait_us == sum(c - o for o, c in inside if c is not None)
        assert rest.wedge_us == sum((end if c is None else c) - o for o, c in inside)
        assert (rest.blocked, rest.late) == (never, len(wedges) - len(inside))
        waits = [end - o for o, c in inside if c is None]
        assert (rest.still_open, rest.longest_open) == (len(waits), max(waits, default=0))
        assert rest.closing_ties == int(found.closes.sum()) == closing_ties(network, entry)


@pytest.mark.parametrize("threads", [1, 2])
def test_binned_closures_of_a_dense_network_equal_the_list(threads):
    """Some thousands of triangles, most of them at one person: more than are booked together."""
    rng = np.random.default_rng(5)
    n = 70
    pairs = [(a, b) for a in range(n) for b in range(a + 1, n) if rng.random() < 0.6]
    lo, hi = np.asarray(rng.permutation(pairs), np.int32).T.copy()
    birth = np.sort(rng.integers(0, 400, lo.size))
    graph = forward_graph(lo, hi, n)
    rows = closing_list(graph, lo, hi, birth)
    found = closures_by_bin(
        graph, (lo, hi), birth, entry=30, width=7, bins=60, threads=threads
    )  # fmt: skip
    waits = (birth[rows.closer] - birth[rows.opener])[~rows.tied]
    inside = ~rows.tied & (birth[rows.opener] >= 30)
    at_risk = (birth[rows.closer] - birth[rows.opener])[inside]
    assert found.triangles == rows.tied.size > 10_000
    assert found.events.tolist() == np.bincount(bin_of(at_risk, 7), minlength=60).tolist()
    assert found.wait_us == at_risk.sum()
    assert (found.tied, found.late) == (rows.tied.sum(), waits.size - at_risk.size)
    over = 2 * np.bincount(rows.closer, minlength=lo.size)
    over += np.bincount(rows.opener, minlength=lo.size)
    assert found.over.tolist() == over[graph.tie].tolist()
    closed = np.unique(rows.closer[inside])
    assert np.sort(graph.tie[found.closes]).tolist() == closed.tolist()


def closing_ties(network, entry):
    """Count the ties that closed a wedge of the risk set, one by one."""
    birth = np.full((network.n, network.n), np.iinfo(np.int64).max)
    birth[network.lo, network.hi] = birth[network.hi, network.lo] = network.birth
    found = 0
    for lo, hi, time in zip(network.lo, network.hi, network.birth, strict=True):
        opened = np.maximum(birth[lo], birth[hi])
        found += bool(((opened >= entry) & (opened < time)).any())
    return found


def test_order_of_equal_births_changes_nothing(networks):
    for network in networks[:150]:
        results = []
        for _ in range(2):
            order = np.lexsort((network.rng.random(network.birth.size), network.birth))
            found, tie = closures(
                network, network.lo[order], network.hi[order], entry=2, width=3, bins=40
            )
            still = np.zeros(network.birth.size, int)
            still[tie] = found.made - found.over
            by_time = [int(still[network.birth == t].sum()) for t in np.unique(network.birth)]
            rest = follow_up(found, entry=2, end=network.stop, width=3)
            results.append((found.events.tolist(), by_time, rest.wedge_us, rest.late, rest.blocked))
        assert results[0] == results[1]


@pytest.mark.parametrize("threads", [1, 2])
def test_closing_list_equals_brute_force(networks, threads):
    for network in networks:
        graph = forward_graph(network.lo, network.hi, network.n)
        found = closing_list(graph, network.lo, network.hi, network.birth, threads=threads)
        ends = np.column_stack([network.lo, network.hi])
        assert (ends[found.opener, found.open_end] == found.centre).all()
        rows = sorted(
            (int(network.birth[o]), int(network.birth[c]), int(centre))
            for o, c, centre, tied in zip(
                found.opener, found.closer, found.centre, found.tied, strict=True
            )
            if not tied
        )
        wedges, _ = all_wedges(network)
        assert rows == sorted(w for w in wedges if w[1] is not None)


def random_arcs(network):
    """Give each tie one or two arcs at random times."""
    size = network.lo.size
    forward, backward = (network.rng.integers(0, 12, size) for _ in range(2))
    kind = network.rng.integers(1, 4, size)
    return np.where(kind & 1, forward, -1), np.where(kind & 2, backward, -1)


@pytest.mark.parametrize("threads", [1, 2])
def test_directed_closures_equal_brute_force(networks, threads):
    for network in networks:
        forward, backward = random_arcs(network)
        arcs = order_arcs(network.lo, network.hi, forward, backward)
        graph = forward_graph(network.lo, network.hi, network.n)
        width, entry, stop = int(network.rng.integers(1, 5)), int(network.rng.integers(0, 6)), 14
        bins = bin_of(stop, width) + 1
        found = path_closures(
            graph, arcs, graph.rank[network.lo] < graph.rank[network.hi],
            entry=entry, width=width, bins=bins, threads=threads,
        )  # fmt: skip
        opened = paths_opened(arcs, found.blocked, network.n)
        birth = {
            (int(a), int(b)): int(t)
            for a, b, t in zip(arcs.tail, arcs.head, arcs.birth, strict=True)
        }
        events = np.zeros(bins, int)
        counted, never = [], 0
        for i, j, k in permutations(range(network.n), 3):
            if (i, j) not in birth or (j, k) not in birth:
                continue
            opens, closes = max(birth[i, j], birth[j, k]), birth.get((i, k))
            if closes is not None and closes <= opens:
                never += 1
                continue
            counted.append(opens)
            if closes is not None and opens >= entry:
                events[bin_of(closes - opens, width)] += 1
        assert int(opened.sum()) == len(counted)
        assert int(found.blocked.sum()) == never
        assert int(opened[arcs.birth >= entry].sum()) == sum(o >= entry for o in counted)
        assert found.events.tolist() == events.tolist()
        assert int(found.closing.sum()) == int(events.sum())


def random_events(network):
    """Give each tie its birth and some later events, ordered by (tie, time)."""
    rows = [
        (tie, int(time))
        for tie, birth in enumerate(network.birth.tolist())
        for time in {birth, *network.rng.integers(0, network.stop + 1, 3).tolist()}
    ]
    tie, times = np.asarray(sorted(rows), np.int64).reshape(-1, 2).T
    return tie.astype(np.int32), times.copy()


def test_spells_equal_a_walk_through_every_instant(networks):
    for network in networks[:150]:
        silence, width = int(network.rng.integers(1, 9)), int(network.rng.integers(1, 5))
        entry, stop = int(network.rng.integers(0, 5)), network.stop
        bins = bin_of(stop, width) + 1
        tie, times = random_events(network)
        lives = lives_of_ties(tie, times, network.birth, silence=silence, stop=stop + 1)
        alive = np.zeros((network.n, network.n, stop + 2), bool)
        for t, time in zip(tie.tolist(), times.tolist(), strict=True):
            if time >= network.birth[t]:
                a, b = network.lo[t], network.hi[t]
                alive[a, b, time : min(time + silence, stop + 1)] = True
                alive[b, a] = alive[a, b]
        expected = np.zeros((3, bins), int)
        excluded = exposure = 0
        for i in range(network.n):
            for j, k in combinations([p for p in range(network.n) if p != i], 2):
                both = alive[i, j] & alive[i, k]
                spell = both & ~alive[j, k]
                begin = None
                for now in range(stop + 2):
                    if begin is not None and not spell[now]:
                        last = min(now, stop)
                        kind = 2 if now > stop else (0 if both[now] else 1)
                        if begin == last:
                            pass  # opened in the last instant: never observed
                        elif begin < entry:
                            excluded += 1
                        else:
                            expected[kind, bin_of(last - begin, width)] += 1
                            exposure += last - begin
                        begin = None
                    elif begin is None and spell[now]:
                        begin = now
        found = open_spells(
            adjacency(network.lo, network.hi, network.n), lives,
            stop=stop, entry=entry, width=width, bins=bins,
        )  # fmt: skip
        assert found.closed.tolist() == expected[0].tolist()
        assert found.dissolved.tolist() == expected[1].tolist()
        assert found.censored.tolist() == expected[2].tolist()
        assert found.excluded == excluded
        assert found.exposure == exposure
