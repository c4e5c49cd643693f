"""Closure biases: the published ratio end to end, brute force over all pairs, foci, the logit."""

import math
from itertools import combinations, pairwise

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from closure_cases import (
    births,
    community,
    frame,
    numbers,
    one_archive,
    public_only,
    random_rows,
    three_donors,
)
from supportnet.errors import InputError
from supportnet.measures.bias import closure_bias

END = 45.0
START_US = 1_704_067_200_000_000
DAY_US = 86_400_000_000
STATES = ("neither", "contact_only", "focus_only", "both")


def planted():
    """Return 138 persons, 300 days, 53 ties from the start: 400 pairs with a common contact.

    At the end 12 of them become tied, and 9 of the 9,000 pairs without.
    """
    rows, people = [], iter(f"p{i}" for i in range(138))
    stars = []
    for leaves in (28, 7, 2, *[1] * 16):
        hub, *others = [next(people) for _ in range(leaves + 1)]
        rows += [arc for leaf in others for arc in ((hub, leaf, 0.0), (leaf, hub, 0.0))]
        stars.append(others)
    rest = list(people)
    rows += [(a, b, 0.0) for a, b in zip(rest, rest[1:] + rest[:1], strict=True)]
    new = list(zip(stars[0][:12], stars[0][12:24], strict=True))
    new += [(rest[i], rest[i + 20]) for i in range(9)]
    rows += [arc for a, b in new for arc in ((a, b, 300.0), (b, a, 300.0))]
    return frame(rows, days=300)


def test_twelve_in_four_thousand_against_nine_in_ninety_thousand():
    table = closure_bias(planted(), burn_in="0D", model="none").set_index("measure")
    row = table.loc["cyclic_bias"]
    assert (row["new_ties"], row["reference_ties"]) == (12, 9)
    assert row["pair_months"] == pytest.approx(4000, rel=1e-12)
    assert row["reference_months"] == pytest.approx(90_000, rel=1e-12)
    assert row["value"] == pytest.approx(30.0, rel=1e-12)
    assert row["n"] == 21
    assert table.loc["rate_common_contact", "value"] == pytest.approx(0.003)
    assert table.loc["rate_no_common_contact", "value"] == pytest.approx(0.0001)
    assert set(table["n_excluded"]) == {53}
    assert row["ci_method"] == "person_jackknife"
    assert 0 < row["ci_low"] < 30 < row["ci_high"]
    assert table.loc["focal_bias", "status"] == "empty"


def shared_since(foci, one, two):
    moments = [
        max(a.since_us, b.since_us)
        for a in foci.itertuples()
        for b in foci.itertuples()
        if a.focus == b.focus and a.person_id == one and b.person_id == two
    ]
    return (min(moments) - START_US) / DAY_US if moments else math.inf


def brute_force(c, rows, foci, *, projection, burn_in, presence, leave_out=None):
    """Return (new ties, pair-days) of each state, and the ties that came too early."""
    names = c.id_map().set_index("person_id")["id"].to_dict()
    ties = births(rows, projection)
    seen = {}
    for sender, recipient, day in rows:
        for person in (sender, recipient):
            seen[person] = min(day, seen.get(person, math.inf))
    new, days, early = [0] * 4, [0.0] * 4, 0
    for one, two in combinations(names, 2):
        if leave_out in (one, two):
            continue
        a, b = names[one], names[two]
        begin = burn_in  # the record states that it starts on day 0
        if presence == "seen":
            begin = max(begin, seen[a], seen[b])
        tied = ties.get(frozenset((a, b)), math.inf)
        contact = min(
            (
                max(ties[frozenset((a, k))], ties[frozenset((k, b))])
                for k in names.values()
                if frozenset((a, k)) in ties and frozenset((k, b)) in ties
            ),
            default=math.inf,
        )
        focus = shared_since(foci, one, two)
        if tied <= begin:
            early += 1
            continue
        cuts = sorted({begin, min(tied, END), *(t for t in (contact, focus) if begin < t < END)})
        for low, high in pairwise(cuts):
            if high <= min(tied, END):
                days[(contact <= low) + 2 * (focus <= low)] += high - low
        if tied < math.inf:
            new[(contact < tied) + 2 * (focus < tied)] += 1
    return new, days, early


def some_foci(seed, people, size=4):
    rng = np.random.default_rng(seed)
    rows = [
        {"focus": f"room{room}", "person_id": p, "day": int(rng.integers(0, 40))}
        for room in range(3)
        for p in rng.choice(people, size, replace=False)
    ]
    table = pd.DataFrame(rows)
    return table.assign(since_us=START_US + table.pop("day") * DAY_US)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("projection", "burn_in", "presence"),
    [("union", 0, "seen"), ("mutual", 5, "seen"), ("union", 3, "span")],
)
def test_brute_force_over_all_pairs(seed, projection, burn_in, presence):
    rows = random_rows(seed, people=10, events=40)
    c = frame(rows, days=END)
    foci = some_foci(seed, len(c.id_map()))
    options = {"projection": projection, "burn_in": burn_in, "presence": presence}
    new, days, early = brute_force(c, rows, foci, **options)
    table = closure_bias(
        c, projection=projection, burn_in=f"{burn_in}D", presence=presence, foci=foci, model="none"
    ).set_index("measure")
    for state, name in enumerate(STATES):
        row = table.loc[f"rate_{name}"]
        assert row["new_ties"] == new[state]
        assert row["pair_months"] == pytest.approx(days[state] / 30, abs=1e-9)
    assert set(table["n_excluded"]) == {early}
    for name, shared, without in (("cyclic_bias", (1, 3), (0, 2)), ("focal_bias", (2, 3), (0, 1))):
        top, below = (sum(new[s] for s in states) for states in (shared, without))
        time, other = (sum(days[s] for s in states) for states in (shared, without))
        row = table.loc[name]
        if time == 0 or below == 0:
            assert row["status"] == ("empty" if time == 0 else "zero_denominator")
            assert np.isnan(row["value"])
            assert row["new_ties"] == top
        else:
            assert row["value"] == pytest.approx((top / time) / (below / other))


def test_interval_leaves_out_one_person_at_a_time():
    rows = random_rows(21, people=14, events=90)
    c = frame(rows, days=END)
    none = pd.DataFrame({"focus": [], "person_id": [], "since_us": []})
    options = {"projection": "union", "burn_in": 0, "presence": "span"}
    people = c.id_map()["person_id"].tolist()
    logs = []
    for person in people:
        new, days, _ = brute_force(c, rows, none, leave_out=person, **options)
        logs.append(math.log(new[1] / days[1]) - math.log(new[0] / days[0]))
    n = len(people)
    se = math.sqrt((n - 2) / (2 * n) * sum((x - np.mean(logs)) ** 2 for x in logs))
    row = (
        closure_bias(c, projection="union", burn_in="0D", presence="span", model="none")
        .set_index("measure")
        .loc["cyclic_bias"]
    )
    half = stats.t.ppf(0.975, n - 1) * se
    assert row["ci_low"] == pytest.approx(row["value"] * math.exp(-half), rel=1e-9)
    assert row["ci_high"] == pytest.approx(row["value"] * math.exp(half), rel=1e-9)


def test_no_new_tie_in_the_reference_keeps_the_counts():
    rows = [("a", "b", 0.0), ("b", "c", 0.0), ("a", "c", 10.0)]
    table = closure_bias(
        frame(rows, visibility="public", days=30), layer="public", burn_in="0D"
    ).set_index("measure")
    row = table.loc["cyclic_bias"]
    assert (
        row["status"] == "empty"
        if row["reference_months"] == 0 and row["pair_months"] == 0
        else True
    )
    assert np.isnan(row["value"])
    assert row["status"] == "zero_denominator"
    assert (row["new_ties"], row["reference_ties"]) == (1, 0)
    assert row["pair_months"] == pytest.approx(1 / 3)


def test_stratified_logit_by_brute_force():
    models = pytest.importorskip("statsmodels.api")
    rows = random_rows(3, people=26, events=150)
    c = frame(rows, days=END)
    foci = some_foci(9, len(c.id_map()), size=12)
    names = c.id_map().set_index("person_id")["id"].to_dict()
    ties = births(rows, "union")
    seen, weight = {}, dict.fromkeys(names.values(), 0)
    for sender, recipient, day in rows:
        for person in (sender, recipient):
            seen[person] = min(day, seen.get(person, math.inf))
            weight[person] += 1
    decile = np.ceil(pd.Series(weight).rank(pct=True) * 10).astype(int)
    first, cells = min(seen.values()), []
    for one, two in combinations(names, 2):
        a, b = names[one], names[two]
        tied = ties.get(frozenset((a, b)), math.inf)
        focus = shared_since(foci, one, two)
        arms = [
            max(ties[frozenset((a, k))], ties[frozenset((k, b))])
            for k in names.values()
            if frozenset((a, k)) in ties and frozenset((k, b)) in ties
        ]
        for step in range(int((END - first) // 5)):
            begin = first + 5.0 * step
            if begin < max(seen[a], seen[b]) or tied < begin:
                continue
            cells.append(
                {
                    "stratum": decile[a] * decile[b],
                    "contact": float(any(arm < begin for arm in arms)),
                    "focus": float(focus < begin),
                    "event": float(begin <= tied < begin + 5),
                }
            )
    long = pd.DataFrame(cells)
    some = long.groupby("stratum")["event"].transform("mean")
    long = long[(some > 0) & (some < 1)]
    design = pd.concat(
        [
            long[["contact", "focus"]].assign(interaction=long["contact"] * long["focus"]),
            pd.get_dummies(long["stratum"], prefix="s", dtype=float),
        ],
        axis=1,
    )
    fitted = models.GLM(long["event"], design, family=models.families.Binomial()).fit(tol=1e-12)
    table = closure_bias(c, projection="union", burn_in="0D", foci=foci, step="5D").set_index(
        "measure"
    )
    for name, term in (
        ("log_odds_common_contact", "contact"),
        ("log_odds_shared_focus", "focus"),
        ("log_odds_interaction", "interaction"),
    ):
        assert table.loc[name, "value"] == pytest.approx(fitted.params[term], rel=1e-6), name
        low, high = fitted.conf_int().loc[term]
        assert table.loc[name, "ci_low"] == pytest.approx(low, rel=1e-5)
        assert table.loc[name, "ci_high"] == pytest.approx(high, rel=1e-5)
        assert table.loc[name, "n"] == long["event"].sum()


def test_activity_alone_shows_as_bias_but_not_in_the_logit():
    # Ties form with a chance that depends on how active both are, and on nothing else.
    rng = np.random.default_rng(8)
    active = rng.random(70) < 0.3
    rows = []
    for a, b in combinations(range(70), 2):
        rate = 0.03 if active[a] and active[b] else 0.001 if active[a] != active[b] else 0.0002
        day = rng.exponential(1 / rate)
        if day < 60:
            rows.append((f"p{a}", f"p{b}", day))
    options = {"projection": "union", "burn_in": "0D", "presence": "span", "step": "2D"}
    table = closure_bias(frame(rows, days=60), **options).set_index("measure")
    assert table.loc["cyclic_bias", "ci_low"] > 1.5
    assert table.loc["log_odds_common_contact", "value"] < math.log(1.5)


def test_one_archive_cannot_show_biases():
    for c in (one_archive(), public_only()):
        table = closure_bias(c)
        assert set(table["status"]) == {"not_identified"}
        assert table["value"].isna().all()
    assert len(closure_bias(one_archive(), model="none")) == 10


def test_donors_are_measured_among_themselves():
    table = closure_bias(three_donors(), burn_in="0D")
    assert set(table["coverage"]) == {"donors_only"}


@pytest.mark.parametrize(
    "rows", [[("a", "b", 0.0)], [("a", "b", 3.0)] * 3, [("a", "b", 1.0), ("b", "c", 1.0)]],
    ids=["one event", "one-way tie", "all at once"],
)  # fmt: skip
def test_without_time_at_risk_nothing_is_estimated(rows):
    table = closure_bias(frame(rows, visibility="public"), layer="public", burn_in="0D")
    biases = table[table["measure"].isin(["cyclic_bias", "focal_bias"])]
    # Where all happens at once, pairs are at risk for the last step of the clock alone.
    assert set(biases["status"]) <= {"empty", "zero_denominator"}
    assert biases["value"].isna().all()


def test_a_silent_community_has_no_rates():
    table = closure_bias(community([]))
    assert set(table["status"]) == {"empty"}
    assert table["value"].isna().all()


def test_order_of_rows_and_names_of_persons_do_not_matter():
    rows = random_rows(7, people=10)
    rng = np.random.default_rng(3)
    renamed = {f"p{i}": f"q{j}" for i, j in enumerate(rng.permutation(10))}
    other = [(renamed[s], renamed[r], d) for s, r, d in (rows[i] for i in rng.permutation(60))]
    one, two = (
        closure_bias(frame(part, days=END), projection="union", burn_in="0D")
        for part in (rows, other)
    )
    for column in ("value", "pair_months", "ci_low", "ci_high"):
        np.testing.assert_allclose(
            one[column].to_numpy(float), two[column].to_numpy(float), rtol=1e-9, atol=1e-12
        )
    np.testing.assert_allclose(one["value"][:10], two["value"][:10], rtol=1e-12)
    assert numbers(one, "new_ties").keys() == numbers(two, "new_ties").keys()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"level": "tie"}, "level must be one of network"),
        ({"presence": "always"}, "presence must be one of seen, span"),
        ({"model": "cox"}, "model must be one of none, logit"),
        ({"step": "now"}, "step must be a duration"),
        ({"foci": pd.DataFrame({"person_id": [1]})}, "add 'focus'"),
    ],
)
def test_unknown_words_are_refused(options, words):
    with pytest.raises(InputError, match=words):
        closure_bias(frame(random_rows(1)), **options)
