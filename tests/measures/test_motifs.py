"""Temporal motifs: the published toy, brute force, nulls, coverage, edge cases."""

from collections import Counter
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from closure_cases import (
    community,
    frame,
    numbers,
    one_archive,
    public_only,
    random_rows,
    three_donors,
)
from supportnet.community import from_dataframe
from supportnet.errors import InputError
from supportnet.measures.motifs import temporal_motifs

SUMS = ["all", "pair", "star", "feed_forward", "cycle"]


def toy(**options):
    talk = pd.DataFrame(
        {"sender": list("abaca"), "recipient": list("bccab"), "time": [1, 5, 8, 9, 20]}
    )
    return from_dataframe(talk, visibility="private_1to1", unit="s", **options)


def test_toy_as_published():
    table = temporal_motifs(toy(), delta="10s")
    found = numbers(table)
    assert found["all"] == 4
    assert (found["feed_forward"], found["cycle"]) == (1, 1)
    assert (found["01 12 02"], found["01 12 20"]) == (1, 1)
    assert set(table["n"]) == {5}
    assert set(table["status"]) == {"ok"}
    assert table["measure"].tolist()[:5] == SUMS
    assert len(table) == 41


def test_sums_are_sums_of_their_patterns():
    table = temporal_motifs(frame(random_rows(2)), delta="6D")
    patterns = table[~table["measure"].isin(SUMS)]
    sums = patterns.groupby("kind")["value"].sum()
    assert numbers(table)["all"] == patterns["value"].sum() > 0
    for kind in SUMS[1:]:
        assert numbers(table)[kind] == sums[kind]


def pattern(events):
    names = {}
    return " ".join("".join(str(names.setdefault(p, len(names))) for p in pair) for pair in events)


@pytest.mark.parametrize("seed", range(3))
def test_brute_force_over_all_triples(seed):
    rows = random_rows(seed, people=5, events=35)
    rows = [(s, r, day + number / 1000) for number, (s, r, day) in enumerate(rows)]
    ordered = sorted(rows, key=lambda row: row[2])
    expected = Counter(
        pattern([row[:2] for row in three])
        for three in combinations(ordered, 3)
        if three[2][2] - three[0][2] <= 4 and len({p for row in three for p in row[:2]}) <= 3
    )
    table = temporal_motifs(frame(rows), delta="4D")
    patterns = table[~table["measure"].isin(SUMS)]
    assert {name: n for name, n in numbers(patterns).items() if n} == expected


def bursts():
    rows = []
    rng = np.random.default_rng(6)
    for block in range(10):  # a→b, b→c, a→c within an hour
        day = float(rng.integers(0, 200))
        a, b, c = (f"{block}{x}" for x in "abc")
        rows += [(a, b, day), (b, c, day + 0.01), (a, c, day + 0.02)]
    return rows


@pytest.mark.parametrize("null", ["times", "receivers"])
def test_planted_feed_forward_loops_exceed_the_null(null):
    table = temporal_motifs(frame(bursts()), null=null, null_draws=99, seed=2)
    row = table.set_index("measure").loc["feed_forward"]
    assert row["value"] == 10
    assert row["null_mean"] < 2
    assert row["z"] > 3
    assert row["p_above"] == 1 / 100
    assert set(table["null"]) == {null}
    again = temporal_motifs(frame(bursts()), null=null, null_draws=99, seed=2)
    pd.testing.assert_frame_equal(table, again)


def test_intervals_keep_first_and_last_times():
    # With one message per tie there is no pause to deal out: every draw equals the data.
    table = temporal_motifs(frame(bursts()), null="intervals", null_draws=5)
    assert (table["null_mean"] == table["value"]).all()
    assert set(table["null_status"]) == {"zero_denominator"}


def test_one_archive_cannot_show_motifs():
    for c in (one_archive(), public_only()):
        table = temporal_motifs(c)
        assert len(table) == 41
        assert set(table["status"]) == {"not_identified"}
        assert table["value"].isna().all()
        assert table["kind"].notna().all()


def test_donors_are_counted_among_themselves():
    table = temporal_motifs(three_donors())
    assert set(table["coverage"]) == {"donors_only"}
    assert set(table["n"]) == {6}


@pytest.mark.parametrize(
    ("rows", "n"),
    [([("a", "b", 0.0)], 1), ([("a", "b", 0.0), ("b", "a", 0.0)], 2)],
    ids=["one event", "two at once"],
)
def test_below_three_messages_there_is_no_pattern(rows, n):
    table = temporal_motifs(frame(rows))
    assert table["value"].tolist() == [0] * 41
    assert set(table["status"]) == {"empty"}
    assert set(table["n"]) == {n}


def test_a_silent_community_has_no_patterns():
    assert set(temporal_motifs(community([]))["status"]) == {"empty"}


def test_all_at_once_keeps_the_order_of_record():
    talk = pd.DataFrame(
        {"sender": list("aba"), "recipient": list("bcc"), "time": 7, "row": [0, 1, 2]}
    )
    c = from_dataframe(talk, visibility="private_1to1", unit="s", order="row")
    found = numbers(temporal_motifs(c))
    assert (found["01 12 02"], found["all"]) == (1, 1)


def test_order_of_rows_and_names_of_persons_do_not_matter():
    rows = [(s, r, day + i / 1000) for i, (s, r, day) in enumerate(random_rows(7))]
    rng = np.random.default_rng(3)
    renamed = {f"p{i}": f"q{j}" for i, j in enumerate(rng.permutation(9))}
    other = [(renamed[s], renamed[r], d) for s, r, d in (rows[i] for i in rng.permutation(60))]
    pd.testing.assert_frame_equal(temporal_motifs(frame(rows)), temporal_motifs(frame(other)))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"level": "tie"}, "level must be one of network"),
        ({"k": 4}, "k must be 3"),
        ({"delta": "soon"}, "delta must be a duration"),
        ({"null": "degree"}, "null of this measure must be one of times, intervals, receivers"),
    ],
)
def test_unknown_words_are_refused(options, words):
    with pytest.raises(InputError, match=words):
        temporal_motifs(toy(), **options)
