"""Private share, distance to the norm, equivalence, entropy and drift."""

from __future__ import annotations

import dataclasses
import math
import random
from collections import defaultdict
from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from scipy import stats

from builders import community as built
from supportnet.community import Community, from_dataframe
from supportnet.dataset import lazy
from supportnet.errors import InputError
from supportnet.inference import dyadic_interval, tost_binomial, tost_mean
from supportnet.interactions import Attribution
from supportnet.measures.visibility import (
    norm_distance,
    norm_equivalence,
    private_share,
    private_share_all,
    private_share_drift,
    private_share_over_time,
    visibility_entropy,
)
from supportnet.measures.visibility.pooling import components, mean_of_ties
from supportnet.schema import BUILD_TABLES, COVERAGE_FLAGS

P3 = {
    ("a", "b"): (8, 2), ("b", "a"): (7, 3), ("a", "c"): (9, 1),
    ("c", "a"): (8, 2), ("b", "c"): (6, 4), ("c", "b"): (10, 0),
}  # fmt: skip
COLUMNS = ["sender", "recipient", "visibility"]


def messages(counts: dict[tuple[str, str], tuple[int, int]]) -> pd.DataFrame:
    rows = [
        (sender, recipient, word)
        for (sender, recipient), numbers in counts.items()
        for word, n in zip(("private_1to1", "public"), numbers, strict=True)
        for _ in range(n)
    ]
    return pd.DataFrame(rows, columns=COLUMNS).assign(time=range(len(rows)))


def community(frame: pd.DataFrame, **options: object) -> Community:
    return from_dataframe(frame, unit="s", **options)  # type: ignore[arg-type]


def covered(c: Community, records: list[dict[str, object]]) -> Community:
    """Return the community as if it had been pieced together from archives."""
    low, high = 0, 10**15
    rows = [
        {
            "source_id": i, "start_us": low, "end_us": high, "resolution_us": 1,
            "end_basis": "stated", **dict.fromkeys(COVERAGE_FLAGS, False), **record,
        }
        for i, record in enumerate(records)
    ]  # fmt: skip
    tables = dict(c.dataset.tables)
    tables["coverage"] = lazy(pa.Table.from_pylist(rows, schema=BUILD_TABLES["coverage"]))
    return Community(dataclasses.replace(c.dataset, tables=tables, cache={}, memo={}))


def donor(person: int, *, public_in: bool = False, public_out: bool = True) -> dict[str, object]:
    return {
        "owner_id": person, "private_in": True, "private_out": True, "public_out": public_out,
        "public_in": public_in,
    }  # fmt: skip


def groups(*people: int, kind: str = "twinome", name: int = 1) -> pd.DataFrame:
    return pd.DataFrame({"community": "table", "kind": kind, "group": name, "person": list(people)})


@pytest.fixture(scope="module")
def p3() -> Community:
    return community(messages(P3))


def random_messages(seed: int, n: int = 400, people: int = 6) -> pd.DataFrame:
    draw = random.Random(seed)
    words = ["private_1to1", "private_group", "semi_public", "public", "unknown"]
    rows = []
    for i in range(n):
        sender, recipient = draw.sample(range(people), 2)
        rows.append(
            (f"p{sender}", f"p{recipient}", draw.choices(words, [6, 1, 1, 3, 1])[0], i // 3)
        )
    return pd.DataFrame(rows, columns=[*COLUMNS, "time"])


# --- worked numbers -------------------------------------------------------------------------


def test_worked_triad_at_every_level(p3: Community) -> None:
    ties = private_share(p3)
    assert ties["value"].tolist() == [0.75, 0.85, 0.80]
    assert ties["n"].tolist() == [20, 20, 20]
    assert ties[["private", "public"]].to_numpy().tolist() == [[15, 5], [17, 3], [16, 4]]
    assert private_share(p3, level="person")["value"].tolist() == [0.85, 0.65, 0.90]
    assert private_share(p3, level="direction")["value"].tolist() == [0.8, 0.9, 0.7, 0.6, 0.8, 1.0]
    of_group = private_share(p3, level="group", groups=groups(0, 1, 2)).set_index("measure")
    assert of_group["value"].to_dict() == pytest.approx({"pooled": 0.8, "mean_of_ties": 0.8})
    assert of_group["n"].tolist() == [60, 60]
    assert of_group["n_ties"].tolist() == [3, 3]


def test_what_members_write_to_their_triad() -> None:
    c = community(messages({**P3, ("a", "z"): (0, 50)}))
    assert private_share(c, level="person")["value"][0] < 0.3
    inside = private_share(c, level="person", groups=groups(0, 1, 2))
    assert inside["value"].tolist() == [0.85, 0.65, 0.90]
    assert inside["group"].tolist() == [1, 1, 1]
    seen = covered(c, [donor(0)])
    table = private_share(seen, level="person", groups=groups(0, 1, 2))
    assert table["status"].tolist() == ["ok", "not_identified", "not_identified"]


def test_worked_distances(p3: Community) -> None:
    ties = norm_distance(p3).pivot(index=["lo", "hi"], columns="measure", values="value")
    assert ties["norm_distance"].to_numpy() == pytest.approx([0.05, 0.05, 0.0], abs=1e-12)
    assert ties["ratio_fidelity"].to_numpy() == pytest.approx([0.9375, 0.9375, 1.0])
    group = norm_distance(p3, level="group", groups=groups(0, 1, 2)).set_index("measure")
    assert group["value"]["norm_distance"] == pytest.approx(0.1 / 3)
    assert group["value"]["worst"] == pytest.approx(0.05)
    assert group["n"].tolist() == [3, 3, 3]


@pytest.mark.parametrize(("private", "fidelity"), [(0, 0.0), (40, 1.0), (50, 0.75)])
def test_fidelity_at_its_corners(private: int, fidelity: float) -> None:
    c = community(messages({("a", "b"): (private, 50 - private)}).assign(n=1))
    if private in (0, 50):  # the other side was observed, and silent
        c = covered(c, [{"alter_alter": True, **dict.fromkeys(
            ("private_in", "private_out", "public_in", "public_out"), True)}])  # fmt: skip
    table = norm_distance(c).set_index("measure")["value"]
    assert table["ratio_fidelity"] == pytest.approx(fidelity)


def shares_of_groups(shares: list[float], n: int = 100) -> tuple[Community, pd.DataFrame]:
    """Return one dyad for each share, and the dyads as groups."""
    counts = {(f"a{i}", f"b{i}"): (round(s * n), n - round(s * n)) for i, s in enumerate(shares)}
    frame = messages(counts)
    c = community(frame)
    parts = [groups(2 * i, 2 * i + 1, kind="dyad", name=i) for i in range(len(shares))]
    return c, pd.concat(parts, ignore_index=True)


def test_worked_equivalence_of_a_set_of_dyads() -> None:
    c, dyads = shares_of_groups([0.76, 0.84, 0.79, 0.81, 0.74, 0.86])
    for table in (norm_equivalence(c), norm_equivalence(c, dyads)):
        row = table.iloc[0]
        assert row["verdict"] == "equivalent"
        assert row["value"] == pytest.approx(0.80)
        assert row["p_value"] == pytest.approx(0.00157, abs=5e-6)
        assert (row["ci_low"], row["ci_high"]) == pytest.approx((0.762, 0.838), abs=5e-4)
        assert row["n"] == 6
    network = private_share(c, level="network").set_index("measure")
    low, high = stats.t.interval(0.95, 5, 0.8, 0.0188 / 1)
    assert network["ci_low"]["mean_of_ties"] == pytest.approx(low, abs=1e-4)
    assert network["ci_high"]["mean_of_ties"] == pytest.approx(high, abs=1e-4)
    assert network["ci_method"]["mean_of_ties"] == "t"


def test_worked_beta_binomial() -> None:
    c, _ = shares_of_groups([0.75, 0.85, 0.8, 0.45, 0.95, 0.6], n=20)
    table = private_share(c, level="network").set_index("measure")["value"]
    assert table["pi"] == pytest.approx(0.7334, abs=1e-3)
    assert table["rho"] == pytest.approx(0.0904, abs=1e-3)
    assert table["pooled"] == pytest.approx(88 / 120)


def test_one_ego_archive_would_inflate_the_share() -> None:
    """With 20/80 in each direction, two-way private over one-way public reads .889."""
    frame = messages({("a", "b"): (80, 20), ("b", "a"): (80, 0)})
    seen = covered(community(frame), [donor(0)])
    tie = private_share(seen)
    assert tie["status"].tolist() == ["not_identified"]
    assert math.isnan(tie["value"][0])
    outgoing = private_share(seen, level="direction")
    assert outgoing["status"].tolist() == ["ok", "not_identified"]
    assert outgoing["value"][0] == pytest.approx(0.80)
    assert pytest.approx(0.889, abs=5e-4) == 160 / (160 + 20)


@pytest.mark.parametrize(
    ("amounts", "bits"), [((64, 16, 5, 15), 1.4617), ((80, 0, 0, 20), 0.7219), ((10, 0, 0, 0), 0.0)]
)
def test_worked_entropies(amounts: tuple[int, ...], bits: float) -> None:
    words = ["private_1to1", "private_group", "semi_public", "public"]
    rows = [w for w, n in zip(words, amounts, strict=True) for _ in range(n)]
    frame = pd.DataFrame({"sender": "a", "recipient": "b", "visibility": rows})
    c = covered(
        community(frame.assign(time=range(len(rows)))),
        [donor(0), donor(1)],
    )
    table = visibility_entropy(c, level="person").set_index("measure")
    assert table["value"]["visibility_entropy"] == pytest.approx(bits, abs=5e-5)
    assert table["value"]["visibility_entropy_normalised"] == pytest.approx(bits / 2, abs=5e-5)
    assert table["n"].tolist() == [len(rows)] * 2


# --- brute force and invariance -------------------------------------------------------------


def brute_shares(frame: pd.DataFrame, *, semi_private: bool) -> dict[tuple[str, str], float]:
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for sender, recipient, word in frame[COLUMNS].to_numpy().tolist():
        key = (min(sender, recipient), max(sender, recipient))
        if word == "private_1to1" or (semi_private and word == "semi_public"):
            counts[key][0] += 1
        elif word in ("public", "semi_public"):
            counts[key][1] += 1
    return {key: k / (k + p) for key, (k, p) in counts.items()}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("side", ["public", "private"])
def test_against_brute_force(seed: int, side: str) -> None:
    frame = random_messages(seed)
    c = community(frame)
    names = c.id_map().set_index("person_id")["id"]
    table = private_share(c, semi_public=side)
    ends = [sorted((names[lo], names[hi])) for lo, hi in zip(table["lo"], table["hi"], strict=True)]
    found = {(one, two): value for (one, two), value in zip(ends, table["value"], strict=True)}
    assert found == pytest.approx(brute_shares(frame, semi_private=side == "private"), abs=1e-12)


def by_name(table: pd.DataFrame, c: Community) -> dict[object, float]:
    names = c.id_map().set_index("person_id")["id"]
    ends = [
        frozenset((names[lo], names[hi])) for lo, hi in zip(table["lo"], table["hi"], strict=True)
    ]
    return dict(zip(ends, table["value"], strict=True))


def test_neither_row_order_nor_names_matter() -> None:
    frame = random_messages(11)
    shuffled = frame.sample(frac=1, random_state=3)
    c, other = community(frame), community(shuffled)
    assert by_name(private_share(c), c) == by_name(private_share(other), other)
    renamed = {f"p{i}": f"z{9 - i}" for i in range(6)}
    third = community(frame.replace({"sender": renamed, "recipient": renamed}))
    expected = sorted(private_share(c)["value"])
    assert sorted(private_share(third)["value"]) == pytest.approx(expected, abs=1e-12)


def test_pooled_and_mean_agree_with_the_ties() -> None:
    c = community(random_messages(5, n=900))
    ties = private_share(c)
    large = ties[ties["n"] >= 20]
    network = private_share(c, level="network").set_index("measure")
    assert network["value"]["mean_of_ties"] == pytest.approx(large["value"].mean())
    assert network["value"]["pooled"] == pytest.approx(ties["private"].sum() / ties["n"].sum())
    assert network["n_excluded"]["mean_of_ties"] == len(ties) - len(large)
    straight = dyadic_interval(large["value"], large["lo"], large["hi"])
    assert network["ci_low"]["mean_of_ties"] == pytest.approx(straight.ci_low)
    assert network["ci_method"]["mean_of_ties"] == straight.ci_method


def test_components_are_the_units_where_ties_share_persons() -> None:
    """Twenty triads whose ties share a level: t over triads, not over 60 ties."""
    rng = np.random.default_rng(2)
    lo = np.concatenate([[3 * i, 3 * i, 3 * i + 1] for i in range(20)])
    hi = np.concatenate([[3 * i + 1, 3 * i + 2, 3 * i + 2] for i in range(20)])
    value = np.repeat(rng.normal(0.8, 0.1, 20), 3) + rng.normal(0, 0.01, 60)
    ties = pd.DataFrame({"lo": lo, "hi": hi, "value": value})
    assert len(np.unique(components(lo, hi))) == 20
    found = mean_of_ties(ties)
    triads = value.reshape(20, 3).mean(axis=1)
    low, high = stats.t.interval(0.95, 19, triads.mean(), stats.sem(triads))
    assert found.ci_method == "t_components"
    assert found.n_units == 20
    assert (found.ci_low, found.ci_high) == pytest.approx((low, high))


# --- equivalence ----------------------------------------------------------------------------


def test_single_ties_equal_the_exact_test() -> None:
    cases = [(120, 30), (40, 10), (0, 60), (60, 0), (150, 50), (199, 1), (3, 1)]
    c = community(messages({(f"a{i}", f"b{i}"): case for i, case in enumerate(cases)}))
    table = norm_equivalence(c, level="tie")
    for (private, public), row in zip(cases, table.itertuples(), strict=True):
        test = tost_binomial(private, private + public)
        assert row.verdict == test.verdict
        assert row.p_value == pytest.approx(test.p_value, rel=1e-9, abs=1e-300)
        assert (row.ci_low, row.ci_high) == pytest.approx((test.ci_low, test.ci_high))
    assert set(table["verdict"]) == {"equivalent", "different", "inconclusive"}


def test_a_twinome_is_tested_over_its_three_ties(p3: Community) -> None:
    row = norm_equivalence(p3, groups(0, 1, 2), level="group").iloc[0]
    test = tost_mean([0.75, 0.85, 0.80], min_units=3)
    assert row["verdict"] == test.verdict
    assert (row["ci_low"], row["p_value"]) == pytest.approx((test.ci_low, test.p_value))
    few = norm_equivalence(p3).iloc[0]
    assert few["status"] == "too_few_units"
    assert few["verdict"] == ""


def test_equivalence_without_spread_and_beyond_the_margin() -> None:
    same, _ = shares_of_groups([0.8] * 6)
    assert norm_equivalence(same)["verdict"].tolist() == ["equivalent"]
    far, _ = shares_of_groups([0.2, 0.25, 0.3, 0.22, 0.28])
    assert norm_equivalence(far)["verdict"].tolist() == ["different"]
    with pytest.raises(InputError, match="margin"):
        norm_equivalence(far, margin=0)


# --- what is private ------------------------------------------------------------------------


def group_chat(members: int) -> Community:
    """Return two persons' directs and public posts, and a chat of `members` with 6 messages."""
    c = community(messages({("a", "b"): (4, 4), ("b", "a"): (4, 4), ("c", "d"): (1, 1)}))
    tables = dict(c.dataset.tables)
    old = tables["messages"].collect().to_native()
    extra = old.slice(0, 6).to_pylist()
    for i, row in enumerate(extra):
        row.update(message_id=1000 + i, conversation_id=99, visibility="private_group", author_id=0)
    new = pa.concat_tables([old, pa.Table.from_pylist(extra, schema=old.schema)])
    readers = tables["recipients"].collect().to_native()
    rows = [{"message_id": 1000 + i, "person_id": p} for i in range(6) for p in range(1, members)]
    schema = BUILD_TABLES["conversations"]
    chat = {"conversation_id": 99, "platform": "x", "kind": "group", "n_members": members}
    tables["messages"] = lazy(new)
    tables["recipients"] = lazy(
        pa.concat_tables([readers, pa.Table.from_pylist(rows, schema=readers.schema)])
    )
    tables["conversations"] = lazy(pa.Table.from_pylist([chat], schema=schema))
    return Community(dataclasses.replace(c.dataset, tables=tables, cache={}, memo={}))


@pytest.mark.parametrize(
    ("members", "rule", "private"),
    [(3, "exclude", 8), (3, "triad", 11), (3, "all", 11), (4, "triad", 8), (4, "all", 10)],
)
def test_group_messages_by_rule(members: int, rule: str, private: float) -> None:
    c = group_chat(members)
    tie = private_share(c, group_messages=rule).query("lo == 0 and hi == 1").iloc[0]
    assert tie["private"] == pytest.approx(private)
    assert tie["value"] == pytest.approx(private / (private + 8))


def test_attribution_is_passed_on() -> None:
    c = group_chat(4)
    rules = Attribution(group="fanout")
    tie = private_share(c, group_messages="all", attribution=rules).iloc[0]
    assert tie["private"] == 14


def test_share_of_everything_counts_broadcasts() -> None:
    c = community(messages({("a", "b"): (8, 2), ("b", "a"): (5, 5)}))
    tables = dict(c.dataset.tables)
    old = tables["messages"].collect().to_native()
    extra = old.slice(0, 6).to_pylist()
    for i, row in enumerate(extra):
        row.update(message_id=1000 + i, visibility="public", author_id=0)
    new = pa.concat_tables([old, pa.Table.from_pylist(extra, schema=old.schema)])
    c = Community(
        dataclasses.replace(c.dataset, tables={**tables, "messages": lazy(new)}, cache={}, memo={})
    )
    assert private_share(c, level="person")["value"].tolist() == [0.8, 0.5]
    everything = private_share_all(c)
    assert everything["value"].tolist() == [8 / 16, 0.5]
    assert everything["n"].tolist() == [16, 10]


# --- coverage -------------------------------------------------------------------------------


def test_one_archive_identifies_only_what_its_owner_wrote() -> None:
    c = covered(community(messages(P3)), [donor(0)])
    assert set(private_share(c)["status"]) == {"not_identified"}
    directions = private_share(c, level="direction")
    known = directions[directions["status"] == "ok"]
    assert known["author_id"].tolist() == [0, 0]
    assert known["value"].tolist() == [0.8, 0.9]
    people = private_share(c, level="person")
    assert people["status"].tolist() == ["ok", "not_identified", "not_identified"]
    assert people["value"][0] == pytest.approx(0.85)
    for table in (
        private_share(c, level="network"),
        private_share(c, level="group", groups=groups(0, 1, 2)),
        norm_distance(c),
        norm_distance(c, level="group", groups=groups(0, 1, 2)),
        norm_equivalence(c),
        norm_equivalence(c, level="tie"),
        norm_equivalence(c, groups(0, 1, 2), level="group"),
        visibility_entropy(c, level="tie"),
        visibility_entropy(c, level="network"),
        private_share_drift(c),
    ):
        assert set(table["status"]) == {"not_identified"}
        assert table["value"].isna().all()


def test_a_tie_of_two_donors_is_identified_and_their_group_is_not() -> None:
    c = covered(community(messages(P3)), [donor(0), donor(1)])
    assert private_share(c)["status"].tolist() == ["ok", "not_identified", "not_identified"]
    assert private_share(c)["value"][0] == pytest.approx(0.75)
    three = private_share(c, level="group", groups=groups(0, 1, 2))
    assert set(three["status"]) == {"not_identified"}
    two = private_share(c, level="group", groups=groups(0, 1, kind="dyad"))
    assert two["value"].tolist() == [0.75, 0.75]


def test_three_donors_are_a_network_among_themselves() -> None:
    frame = messages({**P3, ("c", "x"): (30, 0), ("x", "c"): (30, 0)})
    c = covered(community(frame), [donor(0), donor(1), donor(2)])
    network = private_share(c, level="network")
    assert set(network["coverage"]) == {"donors_only"}
    assert network.set_index("measure")["value"]["mean_of_ties"] == pytest.approx(0.8)
    assert network.set_index("measure")["n_excluded"]["mean_of_ties"] == 1


@pytest.mark.parametrize("word", ["private_1to1", "public"])
def test_a_single_layer_identifies_no_share(word: str) -> None:
    frame = messages(P3).assign(visibility=word)
    c = community(frame)
    for level in ("tie", "direction", "person", "network"):
        table = private_share(c, level=level)
        assert set(table["status"]) == {"not_identified"}, level
    assert set(private_share_all(c)["status"]) == {"not_identified"}


# --- edge cases -----------------------------------------------------------------------------


def test_no_message_one_message_and_unknown_visibility() -> None:
    empty = community(messages(P3).iloc[:0])
    for level in ("tie", "direction", "person"):
        assert private_share(empty, level=level).empty
    assert norm_distance(empty).empty
    assert private_share(empty, level="network")["value"].isna().all()
    assert norm_equivalence(empty)["value"].isna().all()
    assert private_share_drift(empty).empty
    one = community(messages({("a", "b"): (1, 0), ("c", "d"): (0, 1)}))
    assert private_share(one)["value"].tolist() == [1.0, 0.0]
    assert set(norm_distance(one)["status"]) == {"too_few_units"}
    assert norm_distance(one)["value"].isna().all()
    unknown = community(messages(P3).assign(visibility="unknown"))
    assert private_share(unknown).empty


def test_ties_of_few_messages_are_not_nothing() -> None:
    small = community(messages({("a", "b"): (4, 1), ("c", "d"): (3, 3)}))
    table = private_share(small, level="network").set_index("measure")
    for name in ("mean_of_ties", "pi", "rho"):
        assert table["status"][name] == "too_few_units"
        assert math.isnan(table["value"][name])
    assert (table["status"]["pooled"], table["value"]["pooled"]) == ("ok", 7 / 11)
    nothing = private_share(community(messages(P3).iloc[:0]), level="network")
    assert set(nothing["status"]) <= {"empty", "not_identified"}


def test_entropy_of_groups_asks_for_all_their_ties() -> None:
    c = community(messages({("a", "b"): (10, 10), ("b", "a"): (10, 10), ("c", "d"): (1, 1)}))
    both = pd.concat([groups(0, 1, 2, name=0), groups(0, 2, kind="dyad", name=1)])
    table = visibility_entropy(c, level="group", groups=both)
    bits = table[table["measure"] == "visibility_entropy"].set_index("kind")
    assert bits["value"]["twinome"] == 1.0
    assert (bits["status"]["dyad"], bits["n"]["dyad"]) == ("empty", 0)
    assert math.isnan(bits["value"]["dyad"])
    # With two archives of three nobody knows what the third person says to the second.
    two = covered(c, [donor(0), donor(1)])
    table = visibility_entropy(two, level="group", groups=both)
    assert set(table["status"]) == {"not_identified"}
    pair = visibility_entropy(two, level="group", groups=groups(0, 1))
    assert pair["value"].tolist() == [1.0, 0.5]


def test_silent_pairs_of_a_group_have_no_share() -> None:
    c = community(messages({("a", "b"): (10, 10), ("c", "a"): (0, 1)}))
    table = private_share(c, level="group", groups=groups(1, 2)).set_index("measure")
    assert set(table["status"]) == {"zero_denominator"}
    three = norm_distance(c, level="group", groups=groups(0, 1, 2)).set_index("measure")
    assert three["n"].tolist() == [1, 1, 1]
    assert three["n_excluded"].tolist() == [2, 2, 2]
    assert three["value"]["worst"] == pytest.approx(0.3)


def test_duplicates_count_and_equal_times_do_no_harm() -> None:
    frame = messages(P3).assign(time=7)
    assert private_share(community(frame))["value"].tolist() == [0.75, 0.85, 0.80]


def test_wrong_words_are_named() -> None:
    c = community(messages(P3))
    calls: list[Callable[[], object]] = [
        lambda: private_share(c, level="dyad"),
        lambda: private_share(c, semi_public="maybe"),
        lambda: private_share(c, group_messages="some"),
        lambda: norm_distance(c, level="person"),
        lambda: norm_distance(c, target=8),
        lambda: private_share(c, level="group"),
    ]
    for call in calls:
        with pytest.raises(InputError):
            call()


# --- over time ------------------------------------------------------------------------------


def daily(words: list[str]) -> Community:
    time = pd.date_range("2024-01-01", periods=len(words), freq="D", tz="UTC")
    frame = pd.DataFrame({"sender": "a", "recipient": "b", "visibility": words, "time": time})
    return from_dataframe(frame)


def test_windows_below_ten_messages_are_undefined() -> None:
    c = daily((["private_1to1"] * 4 + ["public"]) * 7)  # 35 days
    table = private_share_over_time(c)
    assert table["n"].tolist() == [28, 7]
    assert table["status"].tolist() == ["ok", "too_few_units"]
    assert table["value"][0] == pytest.approx(23 / 28)
    assert math.isnan(table["value"][1])


def test_drift_needs_two_windows_in_a_row() -> None:
    inside = ["private_1to1"] * 22 + ["public"] * 6
    outside = ["private_1to1"] * 14 + ["public"] * 14
    once = private_share_drift(daily(inside + outside + inside)).iloc[0]
    assert once["status"] == "all_censored"
    assert once["follow_up_d"] == 84
    twice = private_share_drift(daily(inside + outside + inside + outside + outside)).iloc[0]
    assert twice["value"] == 84
    assert private_share_drift(daily(inside))["status"].tolist() == ["too_few_units"]


def test_notes_to_oneself_and_talk_to_bots_are_no_private_talk() -> None:
    direct = {"visibility": "private_1to1"}
    rows = [
        {"by": 0, "conversation_id": 0, **direct}, {"by": 0, "conversation_id": 1, **direct},
        {"by": 0, "conversation_id": 2, **direct}, {"by": 2, "conversation_id": 2, **direct},
        {"by": 0, "conversation_id": 3, "visibility": "public", "kind": "post"},
        {"by": 0, "conversation_id": 3, "visibility": "public", "reply_author": 2},
    ]  # fmt: skip
    places = [
        {"conversation_id": n, "platform": "x", "kind": kind, "members_basis": "none"}
        for n, kind in enumerate(["dm", "self", "dm", "thread"])
    ]
    readers = [(0, 1), (1, 0), (2, 2), (3, 0)]
    c = built(rows, readers=readers, bots=(2,), conversations=places)
    row = private_share_all(c).iloc[0]
    assert (row["person_id"], row["value"], row["n"]) == (0, pytest.approx(1 / 3), 3)
    bits = visibility_entropy(c).iloc[0]
    third = math.log2(3) - 2 / 3
    assert (bits["person_id"], bits["value"], bits["n"]) == (0, pytest.approx(third), 3)
    assert len(visibility_entropy(c)) == 2  # the two numbers of one person
