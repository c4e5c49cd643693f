"""Closure kernels against a list of every wedge, on networks in which most times are equal."""

from itertools import combinations, permutations

import numpy as np
import pytest

from supportnet.kernels.closure import closing_list, closures_by_bin, wedges_opened
from supportnet.kernels.directed import order_arcs, path_closures, paths_opened
from supportnet.kernels.dissolve import lives_of_ties, open_spells
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


@pytest.mark.parametrize("threads", [1, 3])
def test_binned_closures_equal_brute_force(networks, threads):
    for network in networks:
        width, entry = int(network.rng.integers(1, 8)), int(network.rng.integers(0, 8))
        bins = bin_of(network.stop, width) + 1
        graph = forward_graph(network.lo, network.hi, network.n)
        found = closures_by_bin(
            graph, network.birth, entry=entry, width=width, bins=bins, threads=threads
        )
        opened = wedges_opened(network.lo, network.hi, found.blocked, network.n)
        wedges, never = all_wedges(network)
        assert int(opened.sum()) == len(wedges)
        assert int(found.blocked.sum()) == never
        assert int(found.closed.sum()) == sum(closed is not None for _, closed, _ in wedges)
        inside = [(o, c) for o, c, _ in wedges if o >= entry]
        assert int(opened[network.birth >= entry].sum()) == len(inside)
        events = np.zeros(bins, int)
        at_close = dict.fromkeys(network.birth.tolist(), 0)
        for o, c in inside:
            if c is not None:
                events[bin_of(c - o, width)] += 1
                at_close[c] += 1
        assert found.events.tolist() == events.tolist()
        for time, count in at_close.items():
            assert int(found.closing[network.birth == time].sum()) == count


def test_order_of_equal_births_changes_nothing(networks):
    for network in networks[:150]:
        results = []
        for _ in range(2):
            order = np.lexsort((network.rng.random(network.birth.size), network.birth))
            lo, hi = network.lo[order], network.hi[order]
            found = closures_by_bin(
                forward_graph(lo, hi, network.n), network.birth, entry=2, width=3, bins=40
            )
            opened = wedges_opened(lo, hi, found.blocked, network.n)
            by_time = [
                (int(opened[network.birth == t].sum()), int(found.closed[network.birth == t].sum()))
                for t in np.unique(network.birth)
            ]
            results.append((found.events.tolist(), by_time))
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
