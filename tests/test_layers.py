"""A layer as a network: who is in it, one table for both projections, events, null models."""

import numpy as np
import pandas as pd
import pytest

from builders import community
from closure_cases import frame, g5, one_archive, public_only, random_rows, three_donors
from supportnet import layers
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


def test_both_projections_come_from_one_table(monkeypatch):
    sums = []
    plain = layers.network.directions
    monkeypatch.setattr(layers.network, "directions", lambda frame: sums.append(1) or plain(frame))
    c = g5()
    found = layer_network(c, layer="private")
    assert len(found.of("mutual")) == 3
    assert len(found.of("union")) == 5
    assert found.ties is found.of("mutual")
    again = layer_network(c, layer="private", projection="union", m=2)
    assert len(again.ties) == 4
    assert len(sums) == 1
    layer_network(c, layer="all")
    assert len(sums) == 2


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
    assert table["null"].tolist() == ["degree", "receivers", "times", "intervals"]
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
