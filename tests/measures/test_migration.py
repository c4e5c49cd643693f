"""Tie survival across platforms: worked numbers, boundaries, brute force, what is not known."""

import itertools
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from builders import DAY, T0, community, covers
from supportnet.community import Community
from supportnet.errors import InputError
from supportnet.measures.migration import tie_survival

OLD, NEW, OTHER = "old", "new", "other"
PLACES = (OLD, NEW, OTHER)
Said = tuple[int, int | None, float, str]  # author, reader (None: nobody), day, platform


def told(rows: list[Said], **more: Any) -> Community:
    """Return a community of private messages on several platforms."""
    messages: list[dict[str, Any]] = []
    readers = []
    for number, (by, to, day, place) in enumerate(rows):
        row = {"by": by, "t": 24 * day, "conversation_id": PLACES.index(place)}
        if to is None:
            messages.append(row | {"visibility": "public", "kind": "post"})
        else:
            messages.append(row | {"visibility": "private_1to1"})
            readers.append((number, to))
    homes = [{"conversation_id": k, "platform": place} for k, place in enumerate(PLACES)]
    return community(messages, readers=readers, **({"conversations": homes} | more))


def both_ways(a: int, b: int, day: float, place: str) -> list[Said]:
    return [(a, b, day, place), (b, a, day, place)]


def survival(c: Community, **more: Any) -> Any:
    asked: dict[str, Any] = {"from_platform": OLD, "to_platform": NEW, "level": "network"}
    asked |= more
    table = tie_survival(c, **asked)
    return table.set_index("measure") if asked["level"] == "network" else table


def origin(day: float) -> pd.Timestamp:
    return pd.Timestamp(T0 + round(day * DAY), unit="us", tz="UTC")


# Six baseline ties around four persons 0–3 and two who stay, 4 and 5; arrivals on days 1, 4, 9, 9.
WORKED: list[Said] = [
    *both_ways(0, 1, -5, OLD),
    *both_ways(0, 2, -5, OLD),
    *both_ways(1, 2, -5, OLD),
    *both_ways(2, 3, -5, OLD),
    *both_ways(0, 4, -5, OLD),
    *both_ways(1, 5, -5, OLD),
    (0, None, 1, NEW),
    (1, None, 4, NEW),
    (2, None, 9, NEW),
    (3, None, 9, NEW),
    *both_ways(0, 1, 20, NEW),
    *both_ways(0, 2, 30, NEW),
    *both_ways(1, 2, 90, NEW),
    (2, 3, 12, NEW),  # no answer
]
EARLY = [covers(None, "private_in private_out public_in public_out alter_alter",
                start_us=T0 - 10 * DAY)]  # fmt: skip


@pytest.fixture(scope="module")
def worked() -> Community:
    return told(WORKED, coverage=EARLY)


def test_six_ties_four_at_risk_three_back(worked: Community) -> None:
    """The worked example of the methods page: .75 [.30, .95] and .50."""
    found = survival(worked)
    counts = found["value"][["baseline_ties", "both_present", "reestablished", "people", "joined"]]
    assert counts.tolist() == [6, 4, 3, 6, 4]
    assert found.loc["conditional", "value"] == pytest.approx(0.75)
    assert found.loc["unconditional", "value"] == pytest.approx(0.50)
    assert found.loc[["conditional", "unconditional"], "n"].tolist() == [4, 6]
    assert found.loc["conditional", "ci_low"] == pytest.approx(0.30, abs=0.005)
    assert found.loc["conditional", "ci_high"] == pytest.approx(0.95, abs=0.005)
    for name, k, n in (("conditional", 3, 4), ("unconditional", 3, 6)):
        low, high = binomtest(k, n).proportion_ci(method="wilson")
        assert found.loc[name, "ci_low"] == pytest.approx(low, abs=1e-12)
        assert found.loc[name, "ci_high"] == pytest.approx(high, abs=1e-12)
    assert (found["status"] == "ok").all()
    # Of six persons four come on days 0, 3, 8, 8 after the first: S(3) = 4/6, S(8) = 2/6.
    assert found.loc["first_activity_median", "value"] == pytest.approx(8.0)


def test_ties_one_by_one(worked: Community) -> None:
    found = survival(worked, level="tie", origin=origin(0))
    found = found.set_index(["measure", "lo", "hi"]).sort_index()
    at_risk = found.loc["conditional"]
    assert at_risk["value"].to_dict() == pytest.approx(
        {(0, 1): 1, (0, 2): 1, (0, 4): math.nan, (1, 2): 1, (1, 5): math.nan, (2, 3): 0},
        nan_ok=True,
    )
    assert at_risk.loc[[(0, 4), (1, 5)], "status"].tolist() == ["zero_denominator"] * 2
    assert found.loc["unconditional", "value"].tolist() == [1, 1, 0, 1, 0, 0]
    assert at_risk.loc[(1, 2), ["present_day", "delay_days", "n"]].tolist() == [9, 81, 2]
    assert at_risk.loc[(2, 3), "n"] == 1
    assert math.isnan(at_risk.loc[(2, 3), "delay_days"])


def test_persons(worked: Community) -> None:
    found = survival(worked, level="person", origin=origin(0)).set_index("person_id")
    assert found["value"].tolist() == pytest.approx([1, 4, 9, 9, math.nan, math.nan], nan_ok=True)
    assert found["status"].tolist() == ["ok"] * 4 + ["all_censored"] * 2
    # The median of days 1, 4, 9, 9 is 6.5.
    assert found["mover"].tolist() == ["first", "early", "late", "late", "", ""]
    assert found["followed_days"].tolist() == [1, 4, 9, 9, 400, 400]
    assert found["last_day_before"].tolist() == [-5] * 6
    assert found["n"].tolist() == [3, 3, 4, 1, 0, 0]


def test_triad_spread(worked: Community) -> None:
    rows = [("test", "twinome", g, p) for g, t in enumerate([(0, 1, 2), (0, 1, 4)]) for p in t]
    rows += [("test", "dyad", 0, 0), ("test", "dyad", 0, 1)]
    groups = pd.DataFrame(rows, columns=["community", "kind", "group", "person"])
    found = survival(worked, level="group", groups=groups)
    table = found.set_index(["kind", "group", "measure"])
    assert table.loc[("twinome", 0, "triad_spread"), ["value", "n"]].tolist() == [8.0, 3]
    assert table.loc[("twinome", 0, "co_moving"), "value"] == 1.0
    assert table.loc[("twinome", 1, "triad_spread"), "status"] == "all_censored"
    assert math.isnan(table.loc[("twinome", 1, "co_moving"), "value"])
    assert table.loc[("twinome", 0, "conditional"), ["value", "n"]].tolist() == [1.0, 3]
    assert table.loc[("twinome", 1, "unconditional"), ["value", "n"]].tolist() == [0.5, 2]
    assert table.loc[("dyad", 0, "conditional"), ["value", "n"]].tolist() == [1.0, 1]
    assert ("dyad", 0, "triad_spread") not in table.index


@pytest.mark.parametrize(("last", "together"), [(28.0, 1.0), (28.0 + 1 / 86_400, 0.0)])
def test_triads_move_together_within_28_days(last: float, together: float) -> None:
    rows: list[Said] = [(p, None, -1, OLD) for p in range(3)]
    rows += [(0, None, 0, NEW), (1, None, 3, NEW), (2, None, last, NEW)]
    groups = pd.DataFrame({"community": "test", "kind": "k", "group": 0, "person": [0, 1, 2]})
    found = survival(told(rows), level="group", groups=groups).set_index("measure")["value"]
    assert found["co_moving"] == together
    assert found["triad_spread"] == pytest.approx(last)
    assert math.isnan(found["conditional"])  # three persons without a tie


@pytest.mark.parametrize(("delay", "back"), [(90.0, 1.0), (90.0 + 1 / 86_400, 0.0)])
def test_the_window_is_closed(delay: float, back: float) -> None:
    rows = [*both_ways(0, 1, 0, OLD), (0, None, 5, NEW), (1, None, 10, NEW)]
    rows += [(0, 1, 6, NEW), (1, 0, 10 + delay, NEW)]
    found = survival(told(rows))
    assert found.loc["conditional", "value"] == back
    assert survival(told(rows), window="95D").loc["conditional", "value"] == 1.0


def test_baseline_ties_are_mutual_and_recent() -> None:
    rows = [
        *both_ways(0, 1, 10, OLD),
        (0, 2, 10, OLD),  # one way
        *both_ways(0, 3, 1, OLD),  # before the baseline, which begins on day 16
        *both_ways(0, 4, 101, OLD),  # after the move began
        *both_ways(1, 2, 16, OLD),
        (5, None, 100, NEW),
    ]
    ties = survival(told(rows), level="tie")
    assert set(zip(ties["lo"], ties["hi"], strict=True)) == {(1, 2)}
    wide = survival(told(rows), level="tie", baseline="200D")
    assert set(zip(wide["lo"], wide["hi"], strict=True)) == {(0, 1), (0, 3), (1, 2)}


def test_late_meetings_are_not_counted() -> None:
    """Coverage ends on day 400: a tie that met on day 320 cannot be followed for 90 days."""
    rows = [*both_ways(0, 1, 295, OLD), *both_ways(0, 2, 295, OLD), *both_ways(0, 3, 295, OLD)]
    rows += [(0, None, 300, NEW), (3, None, 302, NEW), (1, None, 320, NEW), (2, None, 320, NEW)]
    rows += both_ways(0, 1, 321, NEW)
    found = survival(told(rows))
    assert found.loc["conditional", ["value", "n", "n_excluded"]].tolist() == [0.0, 1, 2]
    assert found.loc["unconditional", ["value", "n", "n_excluded"]].tolist() == [0.0, 1, 2]
    ties = survival(told(rows), level="tie").set_index(["measure", "hi"]).loc["conditional"]
    assert ties["status"].tolist() == ["ok", "all_censored", "ok"]
    assert ties["value"].tolist() == pytest.approx([1.0, math.nan, 0.0], nan_ok=True)
    assert ties["followed"].tolist() == [False, False, True]


def test_ends_must_meet_on_one_platform() -> None:
    rows = [*both_ways(0, 1, 0, OLD), *both_ways(0, 2, 0, OLD)]
    rows += [(0, None, 10, NEW), (1, None, 11, OTHER), (2, None, 12, NEW), (2, None, 14, OTHER)]
    rows += [(0, None, 20, OTHER), *both_ways(0, 2, 30, OTHER)]
    apart = survival(told(rows), level="tie").set_index(["measure", "hi"]).loc["conditional"]
    assert apart["both_present"].tolist() == [False, True]
    assert apart["value"].tolist() == pytest.approx([math.nan, 0.0], nan_ok=True)
    either = survival(told(rows), level="tie", to_platform=[NEW, OTHER])
    either = either.set_index(["measure", "hi"]).loc["conditional"]
    assert either["present_day"].tolist() == [10.0, 2.0]  # on `other`, and on `new`
    assert either["value"].tolist() == [0.0, 1.0]
    assert either.loc[2, "delay_days"] == 18.0


def test_who_was_there_before() -> None:
    rows = [*both_ways(0, 1, 50, OLD), (0, None, 10, NEW), (1, None, 70, NEW)]
    found = survival(told(rows), level="person", origin=origin(60))
    assert found["value"].tolist() == [-50.0, 10.0]
    network = survival(told(rows), origin="2024-03-01")  # day 60
    assert network.loc["first_activity_median", ["value", "n"]].tolist() == [10.0, 1]
    assert network.loc["joined", "value"] == 2


def test_nobody_moved() -> None:
    accounts = [{"account_id": 0, "person_id": 9, "platform": NEW}]
    c = told(both_ways(0, 1, 380, OLD), accounts=accounts)
    found = survival(c)
    assert found.loc["conditional", "status"] == "zero_denominator"
    assert found.loc["unconditional", ["value", "n"]].tolist() == [0.0, 1]
    assert found.loc["first_activity_median", "status"] == "all_censored"
    assert survival(c, level="person")["status"].tolist() == ["all_censored"] * 2


def test_no_tie_at_all() -> None:
    found = survival(told([(0, None, 0, OLD), (0, None, 3, NEW)]))
    for name in ("conditional", "unconditional"):
        assert math.isnan(found.loc[name, "value"])
        assert found.loc[name, "status"] == "zero_denominator"
    assert found.loc["baseline_ties", ["value", "status"]].tolist() == [0.0, "empty"]
    ties = survival(told([(0, None, 0, OLD)]), level="tie")
    assert ties.empty
    assert list(ties.columns[:6]) == ["lo", "hi", "measure", "value", "n", "status"]
    assert survival(told([]), level="person").empty
    assert survival(told([])).loc["people", "status"] == "empty"


# -- what is not known ----------------------------------------------------------------------------


def sources(*formats: str) -> list[dict[str, Any]]:
    return [{"source_id": k, "format": name} for k, name in enumerate(formats)]


def owned(source: int, owner: int, flags: str = "private_in private_out public_out",
          **more: Any) -> dict[str, Any]:  # fmt: skip
    return covers(owner, flags, source_id=source, **more)


def test_an_account_without_its_archive_is_not_absence() -> None:
    """Person 1 declared an account on the new platform and gave no archive of it."""
    rows = [*both_ways(0, 1, 0, OLD), *both_ways(0, 2, 0, OLD), (0, None, 5, NEW)]
    asked: dict[str, Any] = {
        "sources": sources(OLD, OLD, OLD, NEW),
        "coverage": [owned(0, 0), owned(1, 1), owned(2, 2), owned(3, 0)],
    }
    linked = [{"account_id": k, "person_id": p, "platform": NEW} for k, p in enumerate((0, 1))]
    c = told(rows, accounts=linked, **asked)
    people = survival(c, level="person")
    assert people["status"].tolist() == ["ok", "not_identified", "all_censored"]
    assert math.isnan(people["followed_days"].iloc[1])
    ties = survival(c, level="tie").set_index(["measure", "hi"])
    assert ties.loc["unconditional", "status"].tolist() == ["not_identified", "ok"]
    assert ties.loc["conditional", "status"].tolist() == ["not_identified", "zero_denominator"]
    found = survival(c)
    assert found.loc["unconditional", ["value", "n", "n_excluded"]].tolist() == [0.0, 1, 1]
    assert found.loc["conditional", ["n", "n_excluded"]].tolist() == [0, 1]
    groups = pd.DataFrame({"community": "test", "kind": "k", "group": 0, "person": [0, 1, 2]})
    triad = survival(c, level="group", groups=groups).set_index("measure")
    assert triad.loc["triad_spread", "status"] == "not_identified"
    # With the archive the silence is known.
    asked["sources"] = sources(OLD, OLD, OLD, NEW, NEW)
    asked["coverage"] = [*asked["coverage"], owned(4, 1)]
    c = told(rows, accounts=linked, **asked)
    assert survival(c, level="person")["status"].tolist() == ["ok", "all_censored", "all_censored"]


def test_silence_counts_only_where_it_was_watched() -> None:
    """Both are seen on the new platform, one through the public archive of the other alone."""
    rows = [*both_ways(0, 1, 0, OLD), (0, None, 5, NEW), (1, 0, 6, NEW)]
    both = [owned(0, 0), owned(1, 1), owned(2, 0)]
    c = told(rows, sources=sources(OLD, OLD, NEW), coverage=both)
    unseen = survival(c, level="tie")
    assert set(unseen["status"]) == {"not_identified"}  # what 1 wrote in public is not known
    private = survival(c, level="tie", layer="private")
    assert private["value"].tolist() == [0.0, 0.0]
    # What was seen was seen.
    back = told([*rows, (0, 1, 7, NEW)], sources=sources(OLD, OLD, NEW), coverage=both)
    assert survival(back, level="tie")["value"].tolist() == [1.0, 1.0]


def test_people_are_followed_until_their_last_archive() -> None:
    """Person 1 gave archives on day 60 and cannot be followed for 90 days after that."""
    end: dict[str, Any] = {"end_us": T0 + 60 * DAY}
    rows = [*both_ways(0, 1, 0, OLD), *both_ways(0, 2, 0, OLD)]
    rows += [(p, None, 5, NEW) for p in range(3)]
    coverage = [owned(0, 0), owned(1, 1, **end), owned(2, 2, end_us=T0 + 7 * DAY), owned(3, 2)]
    c = told(rows, coverage=coverage)
    ties = survival(c, level="tie").set_index(["measure", "hi"]).loc["conditional"]
    assert ties["status"].tolist() == ["all_censored", "ok"]


def test_layers() -> None:
    rows = [*both_ways(0, 1, 0, OLD), (0, None, 5, NEW), (1, None, 5, NEW)]
    rows += both_ways(0, 1, 9, NEW)
    c = told(rows)
    assert survival(c, layer="private").loc["conditional", "value"] == 1.0
    assert survival(c, layer="public").loc["baseline_ties", "value"] == 0.0


# -- properties -----------------------------------------------------------------------------------


def drawn(seed: int) -> list[Said]:
    rng = np.random.default_rng(seed)
    rows: list[Said] = []
    for _ in range(120):
        a, b = (int(p) for p in rng.choice(8, 2, replace=False))
        rows.append((a, b, float(rng.integers(0, 100)), OLD))
    for place in (NEW, OTHER):
        for _ in range(40):
            a, b = (int(p) for p in rng.choice(8, 2, replace=False))
            rows.append((a, b, float(rng.integers(80, 380)), place))
    return sorted(rows, key=lambda row: row[2])


def by_hand(rows: list[Said], places: tuple[str, ...]) -> dict[tuple[int, int], float]:
    """Follow each tie with nothing but loops; NaN where it is not at risk or not followed."""
    first: dict[tuple[str, int], float] = {}
    said: dict[tuple[str, int, int | None], list[float]] = {}
    for by, to, day, place in rows:
        first[place, by] = min(day, first.get((place, by), day))
        said.setdefault((place, by, to), []).append(day)
    begin = min(day for (place, _), day in first.items() if place in places)
    found = {}
    for a, b in itertools.combinations(range(8), 2):
        ways = [said.get((OLD, x, y), []) for x, y in ((a, b), (b, a))]
        if not all(any(begin - 84 <= d < begin for d in way) for way in ways):
            continue
        met = [max(first[p, a], first[p, b]) for p in places if {(p, a), (p, b)} <= first.keys()]
        back = [
            max(min(said[p, a, b]), min(said[p, b, a]))
            for p in places
            if {(p, a, b), (p, b, a)} <= said.keys()
        ]
        value = math.nan
        if met:
            is_back = bool(back) and min(back) - min(met) <= 90
            is_followed = min(met) + 90 <= 400
            value = 1.0 if is_back else 0.0 if is_followed else math.nan
        found[a, b] = value
    return found


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("places", [(NEW,), (NEW, OTHER)])
def test_against_brute_force(seed: int, places: tuple[str, ...]) -> None:
    rows = drawn(seed)
    ties = survival(told(rows), level="tie", to_platform=list(places))
    ties = ties[ties["measure"] == "conditional"].set_index(["lo", "hi"])
    expected = by_hand(rows, places)
    assert len(expected) > 3
    assert ties["value"].to_dict() == pytest.approx(expected, nan_ok=True)


def test_order_of_rows_and_names_of_people_play_no_part() -> None:
    rows = drawn(9)
    base = survival(told(rows))
    rng = np.random.default_rng(1)
    names = rng.permutation(8)
    renamed: list[Said] = [
        (int(names[a]), int(names[b or 0]), day, place) for a, b, day, place in rows
    ]
    for other in (renamed, [rows[i] for i in rng.permutation(len(rows))]):
        pd.testing.assert_frame_equal(survival(told(other)), base, rtol=1e-12)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"to_platform": "nowhere"}, "nowhere"),
        ({"from_platform": "nowhere"}, "nowhere"),
        ({"to_platform": [OLD]}, "other than the old one"),
        ({"to_platform": []}, "found none"),
        ({"level": "direction"}, "level"),
        ({"layer": "secret"}, "layer"),
        ({"window": "soon"}, "window"),
        ({"baseline": "ever"}, "baseline"),
        ({"origin": "whenever"}, "origin"),
        ({"level": "group"}, "groups"),
    ],
)
def test_questions_that_cannot_be_asked(
    worked: Community, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        survival(worked, **changes)
