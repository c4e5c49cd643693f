"""A layer as a network: who is in it, one table for both projections, events, null models."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from builders import community
from closure_cases import frame, g5, one_archive, public_only, random_rows, three_donors
from supportnet import layers
from supportnet.dataset import lazy
from supportnet.errors import InputError
from supportnet.layers import (
    NULLS,
    against_null,
    burn_in_us,
    draw_events,
    foci_of,
    layer_network,
    network_against_null,
    null_models,
)
from supportnet.layers.messages import ordered_messages


def test_both_projections_come_from_one_table(monkeypatch):
    sums = []
    plain = layers.sums.layer_sums
    monkeypatch.setattr(layers.sums, "layer_sums", lambda *given: sums.append(1) or plain(*given))
    c = g5()
    found = layer_network(c, layer="private")
    assert len(found.of("mutual")) == 3
    assert len(found.of("union")) == 5
    assert found.ties is found.of("mutual")
    assert len(sums) == 1
    # They are let go of once both are built, and made again for other rules.
    again = layer_network(c, layer="private", projection="union", m=2)
    assert len(again.ties) == 4
    assert len(sums) == 2


@pytest.mark.parametrize("layer", ["private", "public", "private_group", "all"])
def test_pairs_summed_in_arrays_are_the_directions_of_the_engine(layer):
    rng = np.random.default_rng(4)
    rows = [{"by": int(by), "visibility": "private_1to1"} for by in rng.integers(0, 6, 40)]
    readers = [(i, int((row["by"] + rng.integers(1, 6)) % 6)) for i, row in enumerate(rows)]
    for by in rng.integers(0, 4, 10):  # shares of a half and of a third
        readers += [(len(rows), other) for other in range(int(rng.integers(3, 5))) if other != by]
        rows.append({"by": int(by), "visibility": "private_group"})
    rows += [{"by": 0, "visibility": "public", "reply_author": 1}]
    c = community(rows, readers=readers, bots=(5,))
    found = layers.sums.layer_sums(c, layer, None)
    expected = {
        (row.author_id, row.other_id): (row.weight, row.first_us)
        for row in c.directions(layer).itertuples()
    }
    sides = {}
    for i in range(found.lo.size):
        lo, hi = int(found.lo[i]), int(found.hi[i])
        assert lo < hi
        sides[lo, hi] = (found.n_fwd[i], found.first_fwd_us[i])
        sides[hi, lo] = (found.n_back[i], found.first_back_us[i])
    assert {pair: side for pair, side in sides.items() if side != (0, -1)} == expected
    assert found.times == (
        c.directions(layer)["first_us"].min(), c.directions(layer)["last_us"].max()
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(5))
def test_messages_come_in_the_order_of_time_then_message_then_persons(seed):
    rng = np.random.default_rng(seed)
    size = 200
    table = pd.DataFrame(
        {
            "author_id": rng.integers(0, 5, size).astype(np.int32),
            "other_id": rng.integers(5, 9, size).astype(np.int32),
            "t_us": pd.array(rng.integers(0, 30, size), dtype="Int64"),
            "message_id": pd.array(rng.integers(0, 40, size), dtype="Int64"),
            "weight": rng.random(size),
        }
    )
    table.loc[rng.random(size) < 0.1, "t_us"] = pd.NA
    table.loc[rng.random(size) < 0.2, "message_id"] = pd.NA
    found = ordered_messages(lazy(pa.Table.from_pandas(table, preserve_index=False)))
    dated = table.dropna(subset=["t_us"]).astype({"t_us": np.int64})
    keys = ["t_us", "message_id", "author_id", "other_id"]
    expected = dated.sort_values(keys, kind="stable", ignore_index=True)[found.columns]
    # Rows alike in all four may come either way round.
    pd.testing.assert_frame_equal(found.drop(columns="weight"), expected.drop(columns="weight"))
    assert sorted(found["weight"]) == sorted(expected["weight"])


def test_scope_decides_who_is_in():
    whole = layer_network(g5(), layer="private")
    assert (whole.coverage, whole.people.tolist()) == ("whole_community", [0, 1, 2, 3, 4])
    assert whole.outside.empty
    donors = layer_network(three_donors(), layer="private")
    assert (donors.coverage, donors.people.tolist()) == ("donors_only", [0, 1, 2])
    assert len(donors.directions) + len(donors.outside) == len(donors.observed) == 12
    assert set(donors.events()["author_id"]) == {0, 1, 2}
    alone = layer_network(one_archive(), layer="private")
    assert alone.coverage == "not_identified"
    assert alone.ties is None
    assert alone.people.size == 0
    assert len(alone.outside) == len(alone.observed) == 5
    assert layer_network(public_only(), layer="private").ties is None
    assert layer_network(public_only(), layer="public").coverage == "whole_community"


def test_usual_projections():
    chosen = {layer: layer_network(g5(), layer=layer).projection for layer in ("private", "all")}
    assert chosen == {"private": "mutual", "all": "mutual"}
    assert layer_network(g5(visibility="public"), layer="public").projection == "union"


def test_undated_rows_and_outsiders_are_in_no_network():
    c = community(
        [
            {"by": 0, "visibility": "public", "reply_author": 1},
            {"by": 2, "visibility": "public", "reply_author": 1},
            {"by": 1, "visibility": "unknown", "reply_author": 0},
        ],
        bots=(2,),
    )
    found = layer_network(c, layer="public", people="all")
    assert found.people.tolist() == [0, 1, 3, 4, 5, 6, 7, 8, 9]
    assert len(found.ties) == 1


def test_events_come_in_order_of_time():
    rows = random_rows(1)
    events = layer_network(frame(rows[::-1]), layer="private").events()
    assert events["t_us"].is_monotonic_increasing
    assert len(events) == len(rows)
    assert events["weight"].sum() == len(rows)


def test_null_models_say_what_they_keep():
    table = null_models()
    assert table["null"].tolist() == ["degree", "receivers", "times", "intervals", "labels"]
    assert (table[["keeps", "destroys", "suits"]].map(len) > 10).all().all()


@pytest.mark.parametrize("null", ["receivers", "times", "intervals"])
def test_draws_keep_what_the_text_says(null):
    events = layer_network(frame(random_rows(2)), layer="private").events()
    rng = np.random.default_rng(5)
    (author, other, t_us), *_ = draw_events(events, null, 2, rng)
    pairs = events[["author_id", "other_id"]].to_numpy().tolist()
    if null == "receivers":
        assert author.tolist() == events["author_id"].tolist()
        assert t_us.tolist() == events["t_us"].tolist()
        assert sorted(other) == sorted(events["other_id"])
        assert other.tolist() != events["other_id"].tolist()
        assert (author != other).all()
        return
    assert np.column_stack([author, other]).tolist() == pairs
    assert t_us.tolist() != events["t_us"].tolist()
    if null == "times":
        assert sorted(t_us) == sorted(events["t_us"])
    else:
        drawn = pd.DataFrame(np.sort(pairs, axis=1)).assign(t=t_us, was=events["t_us"])
        for _, tie in drawn.groupby([0, 1]):
            assert (tie["t"].min(), tie["t"].max()) == (tie["was"].min(), tie["was"].max())


def test_z_and_p_by_hand():
    drawn = iter([([1.0, 5.0], True), ([2.0, 5.0], True), ([3.0, np.nan], True)])
    table = against_null([3.0, 5.0], drawn, "times", 3)
    first, second = table.iloc[0], table.iloc[1]
    assert (first["null_mean"], first["null_sd"], first["z"]) == (2, 1, 1)
    assert (first["p_above"], first["p_below"]) == (2 / 4, 4 / 4)
    assert (second["null_draws"], second["null_status"]) == (2, "zero_denominator")
    assert (second["p_above"], second["p_below"]) == (1, 1)
    assert np.isnan(second["z"])


def test_999_draws_none_as_extreme():
    table = against_null([5.0], iter([([float(i % 2)], True) for i in range(999)]), "times", 999)
    assert table.loc[0, "p_above"] == 0.001


def test_undefined_numbers_and_useless_draws_have_no_z():
    undefined = against_null([np.nan], iter([([1.0], True)] * 3), "times", 3)
    assert undefined.loc[0, "null_status"] == "too_few_units"
    useless = against_null([1.0], iter([([1.0], True), ([2.0], False), ([4.0], True)]), "degree", 3)
    assert useless.loc[0, "null_status"] == "too_few_units"
    assert np.isnan(useless.loc[0, ["z", "p_above"]].astype(float)).all()
    single = against_null([1.0], iter([([2.0], True)]), "times", 1)
    assert np.isnan(single.loc[0, "null_sd"])


def test_rewired_networks_keep_degrees():
    found = layer_network(frame(random_rows(3)), layer="private", projection="union")
    degree = sorted(found.ties.graph().degree.tolist())
    seen = []
    network_against_null(
        found, [0.0], lambda ties, arcs: seen.append((ties, arcs)) or [0.0],
        null="degree", draws=3, seed=1,
    )  # fmt: skip
    for ties, arcs in seen:
        assert sorted(ties.graph().degree.tolist()) == degree
        assert int((arcs.forward & arcs.backward).sum()) == len(found.of("mutual"))


def test_foci_take_the_earliest_participation():
    table = pd.DataFrame(
        {"focus": ["x", "x", "x"], "person_id": [1, 1, 2], "since_us": [9, 4, np.nan]}
    )
    found = foci_of(g5(), foci=table)
    assert found.table["since_us"].tolist() == [4, 0]
    assert found.too_large == 0
    assert foci_of(g5(), foci=table.assign(person_id=[1, 2, 3]), largest=2).too_large == 1
    assert foci_of(g5()).table.empty


def test_bots_bring_nobody_together():
    said = [{"by": p, "visibility": "public", "conversation_id": 3} for p in (0, 1, 2)]
    place = {"conversation_id": 3, "platform": "p", "kind": "thread", "members_basis": "none"}
    found = foci_of(community(said, conversations=[place], bots=(2,)))
    assert found.table["person_id"].tolist() == [0, 1]


def test_a_burn_in_may_be_nothing():
    assert [burn_in_us(text) for text in ("0", "0D", "0.0 h", 0)] == [0, 0, 0, 0]
    assert burn_in_us("1D") == 86_400_000_000
    with pytest.raises(InputError, match="burn_in must be a duration"):
        burn_in_us("-1D")


def test_unknown_words_are_refused():
    with pytest.raises(InputError, match="people must be one of active, all"):
        layer_network(g5(), layer="private", people="none")
    with pytest.raises(InputError, match="null must be one of times, intervals, receivers"):
        next(draw_events(pd.DataFrame(), "degree", 1, np.random.default_rng(1)))
    assert set(NULLS) == set(null_models()["null"])
