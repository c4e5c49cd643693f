"""The common form of results: order, statuses, groups."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from supportnet.errors import InputError
from supportnet.units import (
    KEYS,
    check_groups,
    empty_result,
    finish,
    group_pairs,
    in_order,
    words,
)


@pytest.mark.parametrize("seed", range(20))
def test_order_is_that_of_a_stable_sort(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(0, 60))
    table = pd.DataFrame(
        {
            "lo": rng.integers(-5, 5, n),
            "hi": rng.integers(0, 2**40 if seed % 2 else 6, n),
            "measure": rng.choice(["b", "a", "rate_24h"], n),
            "row": np.arange(n),
        }
    )
    keys = ["lo", "hi", "measure"]
    wanted = table.sort_values(keys, kind="stable", ignore_index=True)
    pd.testing.assert_frame_equal(in_order(table, keys), wanted)


def test_numbers_too_large_to_pack_fall_back() -> None:
    table = pd.DataFrame({"lo": [2**61, 0, 5], "hi": [2**61, 9, 1]})
    wanted = table.sort_values(["lo", "hi"], ignore_index=True)
    pd.testing.assert_frame_equal(in_order(table, ["lo", "hi"]), wanted)


def test_undefined_is_nan_whatever_was_computed() -> None:
    table = pd.DataFrame(
        {
            "lo": [1, 0],
            "hi": [2, 3],
            "value": [0.0, 0.5],
            "n": [None, 4],
            "status": ["not_identified", "ok"],
        }
    )
    result = finish(table, "tie")
    assert result["lo"].tolist() == [0, 1]
    assert result["value"].isna().tolist() == [False, True]
    assert result["n"].tolist() == [4, 0]
    assert list(empty_result("direction").columns[:2]) == list(KEYS["direction"])


def test_pairs_of_groups_and_of_friend_networks() -> None:
    rows = [("c", "twinome", 0, p, "member") for p in (3, 1, 2)]
    rows += [("c", "friend_network", 0, p, "ego" if p == 9 else "contact") for p in (9, 4, 5)]
    groups = pd.DataFrame(rows, columns=["community", "kind", "group", "person", "role"])
    pairs = group_pairs(groups)
    found = {k: set(zip(g["lo"], g["hi"], strict=True)) for k, g in pairs.groupby("kind")}
    assert found == {"twinome": {(1, 2), (1, 3), (2, 3)}, "friend_network": {(4, 9), (5, 9)}}


def test_groups_that_do_not_fit_say_so() -> None:
    groups = pd.DataFrame({"community": ["a"], "kind": ["dyad"], "group": [0], "person": [1]})
    with pytest.raises(InputError, match="needs groups="):
        check_groups(None, "a")
    with pytest.raises(InputError, match="add 'person'"):
        check_groups(groups.drop(columns="person"), "a")
    with pytest.raises(InputError, match="'b' were expected"):
        check_groups(groups, "b")


@pytest.mark.parametrize("codes", [[], [2, 2, 2], [0, 1, 2, 1], [1]])
def test_words_of_codes(codes: list[int]) -> None:
    vocabulary = ["a", "", "größer"]
    found = words(np.array(codes, np.int8), vocabulary)
    assert found.tolist() == [vocabulary[code] for code in codes]
    assert found.dtype == "str"
