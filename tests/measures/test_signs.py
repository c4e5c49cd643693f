"""Structural balance of coded ties: the four sign patterns, brute force, what cannot be known."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from closure_cases import community, frame, numbers, one_archive, public_only, three_donors
from supportnet.errors import InputError
from supportnet.measures.signs import balance_share


def complete(people):
    return frame([(f"p{a}", f"p{b}", 0.0) for a, b in combinations(range(people), 2)],
                 visibility="public")  # fmt: skip


def coded(*rows):
    return pd.DataFrame(list(rows), columns=["lo", "hi", "sign"])


@pytest.mark.parametrize(
    ("signs", "share", "pattern"),
    [
        ((1, 1, 1), 1, "+++"),
        ((1, -1, -1), 1, "+--"),
        ((1, 1, -1), 0, "++-"),
        ((-1, -1, -1), 0, "---"),
    ],
)
def test_the_four_patterns(signs, share, pattern):
    table = balance_share(
        complete(3), coded((0, 1, signs[0]), (2, 0, signs[1]), (1, 2, signs[2])), layer="public"
    )
    found = numbers(table)
    assert found["balance_share"] == share
    assert found[pattern] == 1
    assert sum(found[p] for p in ("+++", "+--", "++-", "---")) == 1
    assert set(table["n"]) == {1}


def test_brute_force_on_a_clique():
    rng = np.random.default_rng(4)
    pairs = list(combinations(range(7), 2))
    sign = dict(zip(pairs, rng.choice([-2.5, -1, 0, 0.5, 2, np.nan], len(pairs)), strict=True))
    rows = [(*pair[:: rng.choice([1, -1])], value) for pair, value in sign.items()]
    known = {pair: value for pair, value in sign.items() if value == value and value != 0}
    signed = [
        [known[p] for p in combinations(three, 2)]
        for three in combinations(range(7), 3)
        if all(p in known for p in combinations(three, 2))
    ]
    found = numbers(balance_share(complete(7), coded(*rows), layer="public"))
    assert len(signed) > 3
    assert found["balance_share"] == pytest.approx(np.mean([np.prod(x) > 0 for x in signed]))
    assert found["unsigned"] == 35 - len(signed)


def test_signs_of_pairs_without_a_tie_say_nothing():
    c = frame([("a", "b", 0.0), ("b", "c", 0.0)], visibility="public")
    signs = coded((0, 1, 1), (1, 2, 1), (0, 2, 1))
    table = balance_share(c, signs, layer="public")
    assert numbers(table, "status")["balance_share"] == "zero_denominator"
    assert np.isnan(numbers(table)["balance_share"])


def test_silence_is_not_a_sign():
    table = balance_share(complete(3), layer="public")
    assert set(table["status"]) == {"not_identified"}
    assert set(table["reason"]) == {"no signs were coded"}
    half = balance_share(complete(3), coded((0, 1, 1)), layer="public")
    assert numbers(half, "status")["balance_share"] == "zero_denominator"
    assert numbers(half)["unsigned"] == 1


def test_what_is_not_observed_is_not_computed():
    signs = coded((0, 1, 1), (0, 2, 1), (1, 2, 1))
    for c in (one_archive(), public_only()):
        assert set(balance_share(c, signs)["status"]) == {"not_identified"}
    table = balance_share(three_donors(), signs)
    assert set(table["coverage"]) == {"donors_only"}
    assert numbers(table)["balance_share"] == 1


def test_a_silent_community_has_no_triad():
    status = numbers(balance_share(community([]), coded()), "status")
    assert status["balance_share"] == "zero_denominator"
    assert status["unsigned"] == "empty"


@pytest.mark.parametrize(
    ("signs", "words"),
    [
        (pd.DataFrame({"lo": [0], "hi": [1]}), "add 'sign'"),
        (coded((0, 1, 1), (1, 0, -1)), "each pair must be coded once"),
    ],
)
def test_codes_that_cannot_be_used_are_refused(signs, words):
    with pytest.raises(InputError, match=words):
        balance_share(complete(3), signs, layer="public")
    with pytest.raises(InputError, match="level must be one of network"):
        balance_share(complete(3), level="tie")
