"""Twinomes, dyads and friend networks on planted ties."""

from __future__ import annotations

from itertools import combinations

import pandas as pd
import pytest

from builders import EVERYTHING, community, covers, talk
from supportnet.community import Community
from supportnet.errors import InputError
from supportnet.groups import dyads, find_groups, friend_networks, twinomes

WEEK = 168.0


def weekly(
    pairs: list[tuple[int, int]], weeks: int, *, public: int = 0
) -> list[tuple[int, int, float, str]]:
    """Each pair exchanges a private message each way every week, and `public` replies each way."""
    rows = []
    for w in range(weeks):
        for n, (a, b) in enumerate(pairs):
            rows += [(a, b, w * WEEK + n, "private"), (b, a, w * WEEK + n + 0.5, "private")]
            for k in range(public):
                rows += [(a, b, w * WEEK + 50 + k, "public"), (b, a, w * WEEK + 50.5 + k, "public")]
    return rows


def people(groups: pd.DataFrame) -> list[tuple[int, ...]]:
    return sorted(tuple(sorted(g["person"])) for _, g in groups.groupby("group"))


def planted() -> Community:
    """Three people closed, one pair apart, one person tied to one of the three."""
    return talk(weekly([(0, 1), (0, 2), (1, 2), (3, 4), (2, 5)], 60))


def test_finds_the_planted_groups_and_no_others() -> None:
    c = planted()
    assert people(twinomes(c)) == [(0, 1, 2)]
    assert people(dyads(c)) == [(2, 5), (3, 4)]
    flags = twinomes(c).iloc[0]
    assert (flags["source"], flags["maximal"]) == ("detected_structural", True)
    # person 2 writes a third of its private messages to person 5
    assert flags["exclusive"] == pytest.approx(2 / 3)


def test_a_fourth_person_makes_four_overlapping_twinomes() -> None:
    c = talk(weekly(list(combinations(range(4), 2)), 60))
    found = twinomes(c)
    assert len(people(found)) == 4
    assert not found["maximal"].any()
    assert found["component"].nunique() == 1
    assert dyads(c).empty


@pytest.mark.parametrize(("filled", "is_found"), [(20, True), (19, True), (18, False)])
def test_three_weeks_in_four_must_be_filled(filled: int, is_found: bool) -> None:
    # 50 weeks of coverage: the first half holds 25 whole bins; 19/25 = .76, 18/25 = .72
    rows = [*weekly([(0, 1), (0, 2), (1, 2)], filled), (3, 4, 50 * WEEK, "private")]
    cover = [{**EVERYTHING, "end_us": EVERYTHING["start_us"] + 50 * 7 * 86_400_000_000}]
    assert bool(len(twinomes(talk(rows, coverage=cover)))) is is_found


def test_ten_messages_each_way_are_needed() -> None:
    rows = weekly([(0, 1), (0, 2), (1, 2)], 60)
    one_way_few = [r for r in rows if not (r[0] == 1 and r[1] == 0 and r[2] > 9 * WEEK)]
    assert twinomes(talk(one_way_few)).empty


def test_public_talk_makes_no_twinome() -> None:
    rows = [(a, b, t, "public") for a, b, t, _ in weekly([(0, 1), (0, 2), (1, 2)], 60)]
    assert twinomes(talk(rows)).empty


def test_strict_needs_the_norm_on_all_three_ties() -> None:
    # 4 private to 1 public each way, every week: share .80 exactly
    rows = []
    for k in range(4):
        rows += [(a, b, t + k, layer) for a, b, t, layer in weekly([(0, 1), (0, 2), (1, 2)], 60)]
    rows += [(a, b, t + 20, "public") for a, b, t, _ in weekly([(0, 1), (0, 2), (1, 2)], 60)]
    found = twinomes(talk(rows))
    assert set(found["source"]) == {"detected_strict"}
    assert set(found["norm_2080"]) == {"equivalent"}
    only_private = twinomes(planted())
    assert set(only_private["norm_2080"]) == {"different"}


def test_short_windows_say_so() -> None:
    found = twinomes(
        talk(
            weekly([(0, 1), (0, 2), (1, 2)], 20),
            coverage=[{**EVERYTHING, "end_us": EVERYTHING["start_us"] + 20 * 7 * 86_400_000_000}],
        )
    )
    assert found.empty
    assert found.attrs["status"] == "not_identified"
    assert "period=" in found.attrs["message"]


def test_pairs_that_no_archive_covers_are_no_groups() -> None:
    rows = weekly([(0, 1), (0, 2), (1, 2)], 60)
    flags = "private_in private_out public_out"
    two = talk(rows, coverage=[covers(0, flags), covers(1, flags)])
    assert people(twinomes(two)) == [(0, 1, 2)]
    assert twinomes(talk(rows, coverage=[covers(0, flags)])).empty
    assert len(people(dyads(talk(rows, coverage=[covers(0, flags)])))) == 2


def test_declared_twinomes_are_taken_as_they_are() -> None:
    c = planted()
    declared = pd.DataFrame({"group": ["x"] * 3, "person": [7, 8, 9]})
    found = twinomes(c, declared)
    assert people(found) == [(7, 8, 9)]
    assert set(found["source"]) == {"declared"}
    with pytest.raises(InputError, match="three different persons"):
        twinomes(c, declared.head(2))
    with pytest.raises(InputError, match="columns group and person"):
        twinomes(c, declared[["group"]])


def test_friend_networks() -> None:
    contacts = [{"owner_id": 0, "other_id": p, "kind": "friend"} for p in range(1, 8)]
    contacts += [{"owner_id": 1, "other_id": p, "kind": "follow"} for p in (2, 3)]
    c = community([{"by": 0, "visibility": "private_1to1"}], readers=[(0, 1)], contacts=contacts)
    found = friend_networks(c, min_contacts=5)
    assert people(found) == [tuple(range(8))]
    assert found.loc[found["role"] == "ego", "person"].tolist() == [0]
    assert friend_networks(c, min_contacts=8).empty
    actual = friend_networks(planted(), min_contacts=3, basis="actual")
    assert actual.loc[actual["role"] == "ego", "person"].tolist() == [2]


def test_unknown_words_name_the_valid_ones() -> None:
    c = planted()
    with pytest.raises(InputError, match="twinome, dyad, friend_network"):
        find_groups(c, kinds=["trio"])
    with pytest.raises(InputError, match="declared, actual"):
        friend_networks(c, basis="guess")
    with pytest.raises(InputError, match="pair of dates"):
        twinomes(c, period="2024")


def test_explicit_period_and_all() -> None:
    c = planted()
    assert people(twinomes(c, period="all")) == [(0, 1, 2)]
    found = twinomes(c, period=("2024-01-01", "2024-06-01"))
    assert people(found) == [(0, 1, 2)]
    ends = pd.to_datetime(found["period_end_us"].astype("int64"), unit="us", utc=True)
    assert (ends == pd.Timestamp("2024-06-01", tz="UTC")).all()
