"""Time to closure: toy W, brute force over listed wedges, strata, directed, dissolving, nulls."""

import math
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from closure_cases import (
    births,
    community,
    frame,
    kaplan_meier,
    numbers,
    one_archive,
    random_rows,
    three_donors,
    toy_w,
    wedges,
)
from supportnet.errors import InputError
from supportnet.measures.closure_time import closure_survival, closure_times

PUBLIC = {"layer": "public", "burn_in": "0D"}


def test_toy_w_as_published():
    table = closure_times(toy_w(), **PUBLIC, tau="25D")
    found = numbers(table)
    assert found["closure_probability"] == pytest.approx(1 / 3, rel=1e-12)
    assert found["closure_hazard"] == pytest.approx(1 / 58, rel=1e-12)
    assert found["closed_share"] == pytest.approx(1 / 3)
    assert (found["closed"], found["closing_ties"], found["censored"]) == (1, 1, 2)
    assert set(table["n"]) == {3}
    assert set(table["status"]) == {"ok"}
    # One pair closed: its interval would rest on a single event.
    assert table["ci_low"].isna().all()
    assert numbers(table, "ci_status")["closure_hazard"] == "too_few_units"


def test_toy_w_beyond_the_follow_up():
    status = numbers(closure_times(toy_w(), **PUBLIC, tau="26D"), "status")
    assert status["closure_probability"] == "not_identified"
    assert status["closure_hazard"] == "ok"


def test_toy_w_burn_in():
    # b-a-c opened on day 2, the wedges with d on day 5; two connected triples were never at risk.
    table = closure_times(toy_w(), layer="public", burn_in="3D", tau="25D")
    assert set(table["n"]) == {2}
    assert set(table["n_burn_in"]) == {1}
    assert set(table["n_excluded"]) == {3}
    assert numbers(table)["closure_probability"] == 0
    table = closure_times(toy_w(), layer="public")
    assert set(table["status"]) == {"empty"}
    assert set(table["n_burn_in"]) == {3}
    assert table["value"].isna().all()


def test_toy_w_curve():
    curve = closure_survival(toy_w(), **PUBLIC)
    assert curve["t_days"].tolist() == [0, 8]
    assert curve["survival"].tolist() == [1, pytest.approx(2 / 3)]
    assert curve["censored"].sum() == 2


@pytest.mark.parametrize("projection", ["union", "mutual"])
@pytest.mark.parametrize("seed", range(3))
def test_brute_force_over_all_wedges(seed, projection):
    rows = random_rows(seed, people=8, events=45)
    end = 45.0
    listed = wedges(births(rows, projection), end)
    table = closure_times(frame(rows, days=end), projection=projection, burn_in="2D", tau="10D")
    start = 0.0
    inside = [wedge for wedge in listed if wedge["opened"] >= start + 2]
    spells = [(wedge["wait"], wedge["closed"]) for wedge in inside]
    found = numbers(table)
    assert set(table["n"]) == {len(spells)}
    assert found["closure_probability"] == pytest.approx(kaplan_meier(spells, 10))
    exposure = sum(wait for wait, _ in spells)
    assert found["closure_hazard"] == pytest.approx(sum(c for _, c in spells) / exposure)
    assert set(table["n_burn_in"]) == {len(listed) - len(inside)}


@pytest.mark.parametrize("seed", range(3))
def test_intervals_cluster_on_the_closing_pair(seed):
    rows = random_rows(seed + 10, people=9, events=50)
    inside = [w for w in wedges(births(rows, "union"), 45.0) if w["opened"] >= 0]
    pairs = sorted({tuple(sorted(w["ends"])) for w in inside})
    d = np.array([sum(w["closed"] for w in inside if set(w["ends"]) == set(p)) for p in pairs])
    x = np.array([sum(w["wait"] for w in inside if set(w["ends"]) == set(p)) for p in pairs])
    rate = d.sum() / x.sum()
    se = math.sqrt(len(pairs) / (len(pairs) - 1) * ((d - rate * x) ** 2).sum()) / x.sum()
    closing = int((d > 0).sum())
    assert closing >= 2
    half = stats.t.ppf(0.975, closing - 1) * se / rate
    row = (
        closure_times(frame(rows, days=45), projection="union", burn_in="0D")
        .set_index("measure")
        .loc["closure_hazard"]
    )
    assert row["ci_method"] == "pair_clustered"
    assert row["ci_low"] == pytest.approx(rate * math.exp(-half), rel=1e-9)
    assert row["ci_high"] == pytest.approx(rate * math.exp(half), rel=1e-9)


def test_probability_lies_within_its_interval():
    table = closure_times(
        frame(random_rows(11), days=45), projection="union", burn_in="0D", tau="9D"
    ).set_index("measure")
    row = table.loc["closure_probability"]
    assert 0 < row["ci_low"] < row["value"] < row["ci_high"] < 1
    assert table.loc["closed_share", "ci_method"] == "none"


@pytest.mark.parametrize("seed", range(2))
def test_strata_by_the_person_in_the_middle(seed):
    rows = random_rows(seed, people=8)
    c = frame(rows, days=45)
    names = dict(c.id_map()[["person_id", "id"]].itertuples(index=False))
    listed = wedges(births(rows, "union"), 45.0)
    table = closure_times(c, by="person", projection="union", burn_in="0D", tau="9D")
    assert table["person_id"].nunique() == len(names)
    for person, part in table.groupby("person_id"):
        spells = [(w["wait"], w["closed"]) for w in listed if w["centre"] == names[person]]
        assert set(part["n"]) == {len(spells)}
        if not spells:
            assert set(part["status"]) == {"empty"}
            continue
        assert numbers(part)["closed"] == sum(closed for _, closed in spells)
        probability = numbers(part)["closure_probability"]
        if not np.isnan(probability):
            assert probability == pytest.approx(kaplan_meier(spells, 9))
    assert (table["ci_method"] == "none").all()


def test_strata_by_focus_add_up():
    rows = random_rows(4, people=8)
    c = frame(rows, days=45)
    start = 1_704_067_200_000_000
    club = pd.DataFrame({"focus": "club", "person_id": [0, 1, 2, 3], "since_us": start})
    ties = births(rows, "union")
    names = c.id_map().set_index("person_id")["id"]
    members = {names[p] for p in range(4)}
    table = closure_times(c, by="focus", foci=club, projection="union", burn_in="0D")
    whole = numbers(closure_times(c, projection="union", burn_in="0D"))
    parts = dict(iter(table.groupby("focus")))
    assert sorted(parts) == ["outside_focus", "within_focus"]
    assert sum(numbers(part)["closed"] for part in parts.values()) == whole["closed"]
    sizes = {label: part["n"].iloc[0] for label, part in parts.items()}
    listed = wedges(ties, 45.0)
    # Where both arms were born in one instant the order of equal births decides.
    sure = [w for w in listed if len(w["openers"]) == 1]
    certain = sum(w["openers"][0] <= members for w in sure)
    assert certain <= sizes["within_focus"] <= certain + len(listed) - len(sure)
    assert sum(sizes.values()) == len(listed)


def test_a_focus_joined_after_the_tie_does_not_count():
    late = pd.DataFrame({"focus": 0, "person_id": range(4), "since_us": 2**60})
    table = closure_times(toy_w(), **PUBLIC, by="focus", foci=late)
    sizes = table.groupby("focus")["n"].first().to_dict()
    assert sizes == {"outside_focus": 3, "within_focus": 0}
    assert set(table.loc[table["focus"] == "within_focus", "status"]) == {"empty"}


def test_foci_that_hold_everybody_are_left_out():
    club = pd.DataFrame({"focus": 0, "person_id": range(4)})
    small = closure_times(toy_w(), **PUBLIC, by="focus", foci=club)
    assert small.groupby("focus")["n"].first()["within_focus"] == 3
    large = closure_times(toy_w(), **PUBLIC, by="focus", foci=club, largest_focus=3)
    assert large.groupby("focus")["n"].first()["within_focus"] == 0


def test_the_groups_of_the_dataset_are_foci():
    def said(by, day, place, to=None):
        row = {"by": by, "t": 24.0 * day, "visibility": "public", "conversation_id": place}
        return row if to is None else row | {"reply_author": to}

    # 0 and 1 meet in the channel; the tie between them opens 0-1-2, which closes a week later.
    messages = [said(0, 0, 1), said(1, 0, 1), said(1, 1, 2, 2), said(0, 2, 2, 1), said(0, 9, 2, 2)]
    places = [
        {"conversation_id": 1, "platform": "p", "kind": "channel", "members_basis": "none"},
        {"conversation_id": 2, "platform": "p", "kind": "dm", "members_basis": "none"},
    ]
    table = closure_times(community(messages, conversations=places), **PUBLIC, by="focus", tau="7D")
    within = table[table["focus"] == "within_focus"]
    assert set(within["n"]) == {1}
    assert numbers(within)["closure_probability"] == 1
    assert set(table.loc[table["focus"] == "outside_focus", "n"]) == {0}
    # Taken for a direct conversation, the channel brings nobody together.
    places[0]["kind"] = "dm"
    table = closure_times(community(messages, conversations=places), **PUBLIC, by="focus")
    assert set(table.loc[table["focus"] == "within_focus", "n"]) == {0}
    # A stated date of joining counts like a message.
    joined = [{"conversation_id": 1, "person_id": p, "joined_us": None} for p in (0, 1)]
    places[0]["kind"] = "group"
    table = closure_times(
        community(messages[2:], conversations=places, memberships=joined), **PUBLIC, by="focus"
    )
    assert set(table.loc[table["focus"] == "within_focus", "n"]) == {1}


@pytest.mark.parametrize("seed", range(3))
def test_directed_paths_by_brute_force(seed):
    rows = random_rows(seed, people=7, events=30)
    first = {}
    for sender, recipient, day in rows:
        first[sender, recipient] = min(day, first.get((sender, recipient), math.inf))
    people = sorted({p for arc in first for p in arc})
    spells, pairs = [], {}
    for i, j, k in permutations(people, 3):
        if (i, j) in first and (j, k) in first:
            opened, closed = max(first[i, j], first[j, k]), first.get((i, k))
            if closed is None or closed > opened:
                wait = (45.0 if closed is None else closed) - opened
                spells.append((wait, closed is not None))
                pairs.setdefault((i, k), []).append(spells[-1])
    table = closure_times(frame(rows, days=45), directed=True, burn_in="0D", tau="9D")
    found = numbers(table)
    assert set(table["projection"]) == {"union"}
    assert set(table["n"]) == {len(spells)}
    assert found["closed"] == sum(closed for _, closed in spells)
    assert found["closure_probability"] == pytest.approx(kaplan_meier(spells, 9))
    rate = found["closure_hazard"]
    d = np.array([sum(c for _, c in group) for group in pairs.values()])
    x = np.array([sum(w for w, _ in group) for group in pairs.values()])
    se = math.sqrt(len(d) / (len(d) - 1) * ((d - rate * x) ** 2).sum()) / x.sum()
    low = rate * math.exp(-stats.t.ppf(0.975, (d > 0).sum() - 1) * se / rate)
    assert numbers(table, "ci_low")["closure_hazard"] == pytest.approx(low, rel=1e-9)


def test_ties_that_end_close_no_late_wedge():
    rows = [("a", "b", 0.0), ("a", "c", 4.0), ("b", "c", 30.0)]
    c = frame(rows, visibility="public", days=60)
    lasting = closure_times(c, **PUBLIC, tau="20D")
    assert numbers(lasting)["closed"] == 1
    ending = closure_times(c, **PUBLIC, tau="5D", dissolve="10D")
    # ab ends on day 10, ac on day 14: the wedge was open for six days.
    found = numbers(ending)
    assert found["closed"] == 0
    assert set(ending["n"]) == {1}
    assert numbers(ending, "status")["closing_ties"] == "not_identified"
    assert found["closure_hazard"] == 0
    survival = closure_survival(c, **PUBLIC, dissolve="10D")
    assert survival.loc[survival["censored"] > 0, "t_days"].tolist() == [6.0]


def test_shuffled_times_keep_the_graph_and_lose_the_timing():
    rows = []
    rng = np.random.default_rng(5)
    for block in range(12):  # every wedge closes within a day
        a, b, c = (f"{block}{x}" for x in "abc")
        day = float(rng.integers(0, 80))
        rows += [(a, b, day), (a, c, day + 0.2), (b, c, day + 0.6)]
    table = closure_times(
        frame(rows, days=90), projection="union", burn_in="0D", tau="1D", null_draws=99
    ).set_index("measure")
    row = table.loc["closure_probability"]
    assert row["value"] == 1
    assert row["null_mean"] < 0.3
    assert row["z"] > 3
    assert row["p_above"] == 1 / 100
    assert row["null"] == "times"
    receivers = closure_times(
        frame(rows, days=90), projection="union", burn_in="0D", null="receivers", null_draws=5
    )
    assert set(receivers["null"]) == {"receivers"}


def test_one_archive_cannot_show_closure():
    for options, units in (({}, 1), ({"by": "focus"}, 2), ({"by": "person"}, 4)):
        table = closure_times(one_archive(), **options)
        assert set(table["status"]) == {"not_identified"}
        assert table["value"].isna().all()
        assert len(table) == 6 * units
    assert closure_survival(one_archive()).empty


def test_donors_are_followed_among_themselves():
    table = closure_times(three_donors(), burn_in="0D", tau="1h")
    assert set(table["coverage"]) == {"donors_only"}
    assert set(table["n"]) == {1}
    assert numbers(table)["closed"] == 1


@pytest.mark.parametrize(
    "rows",
    [
        [("a", "b", 0.0)],
        [("a", "b", 0.0), ("b", "a", 1.0)],
        [("a", "b", 2.0), ("b", "c", 2.0), ("a", "c", 2.0)],
    ],
    ids=["one event", "one tie", "all at once"],
)
@pytest.mark.parametrize("options", [{}, {"directed": True}, {"dissolve": "7D"}])
def test_without_a_wedge_nothing_is_estimated(rows, options):
    table = closure_times(frame(rows, visibility="public", days=30), **PUBLIC, **options)
    assert set(table["status"]) == {"empty"}
    assert table["value"].isna().all()
    assert set(table["n"]) == {0}


def test_a_silent_community_has_no_wedge():
    assert set(closure_times(community([]))["status"]) == {"empty"}
    assert closure_times(community([]), by="person").empty
    assert set(closure_times(community([]), by="focus")["status"]) == {"empty"}


def test_order_of_rows_and_names_of_persons_do_not_matter():
    rows = random_rows(7)
    rng = np.random.default_rng(3)
    renamed = {f"p{i}": f"q{j}" for i, j in enumerate(rng.permutation(9))}
    other = [(renamed[s], renamed[r], d) for s, r, d in (rows[i] for i in rng.permutation(60))]
    for options in ({}, {"directed": True}, {"dissolve": "5D"}):
        one, two = (
            closure_times(frame(part, days=45), projection="union" if not options else None,
                          burn_in="0D", **options)
            for part in (rows, other)
        )  # fmt: skip
        for column in ("value", "ci_low", "ci_high"):
            np.testing.assert_allclose(one[column], two[column], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"level": "tie"}, "level must be one of network"),
        ({"by": "place"}, "by must be one of none, focus, person"),
        ({"by": "person", "directed": True}, "leave one"),
        ({"directed": True, "dissolve": "7D"}, "leave one out"),
        ({"directed": True, "projection": "mutual"}, "leave the projection out"),
        ({"by": "person", "null_draws": 9}, "null_draws without by="),
        ({"dissolve": "7D", "null_draws": 9}, "null_draws without by="),
        ({"null": "degree"}, "null of this measure must be one of times, receivers"),
        ({"burn_in": "soon"}, "burn_in must be a duration"),
        ({"dissolve": "0D"}, "dissolve must be a duration"),
        ({"by": "focus", "foci": pd.DataFrame({"focus": [1]})}, "add 'person_id'"),
        ({"by": "focus", "largest_focus": 1}, "largest focus must hold 2 or more"),
    ],
)
def test_options_that_cannot_be_are_refused(options, words):
    with pytest.raises(InputError, match=words):
        closure_times(toy_w(), layer="public", **options)
