"""One tie at a time: the rules by which it talks, and the closed forms of what to expect."""

import dataclasses
import itertools
import math

import numpy as np
import pytest

from supportnet.errors import InputError
from supportnet.simulate import KindPlan, LayerPlan, Plan
from supportnet.simulate.draws import Stream
from supportnet.simulate.dynamics import (
    TieTraits,
    draw_session,
    next_opening,
    sparse_sessions,
    sustained_sessions,
)
from supportnet.simulate.expected import expected_balance, restricted_mean

HOUR = 3600
EVEN = TieTraits(private_share=0.5, opens=0.5, pace=1.0)
PRIVATE = "private_1to1"


def kind_of(**changes: object) -> KindPlan:
    layer = LayerPlan(0.9, 0.5, 4.0, 1.0)
    plain = KindPlan(private=layer, public=layer, private_share=0.5)
    return dataclasses.replace(plain, **changes)  # type: ignore[arg-type]


def test_layer_expectations_by_hand() -> None:
    # q1 = .9, q2 = .5: 1 + .9 / .5 = 2.8 turns, 1.8 of them answered.
    layer = LayerPlan(0.9, 0.5, 4.0, 1.0)
    assert layer.turns_per_session == pytest.approx(2.8)
    assert layer.answered == pytest.approx(1.8 / 2.8)
    # Opener's turns 1 + .9*.5/(1 - .25) = 1.6, the other's .9/.75 = 1.2.
    assert layer.opener_lead == pytest.approx(0.4 / 2.8)


def test_restricted_mean_against_quadrature() -> None:
    layer = LayerPlan(0.9, 0.5, 4.0, 1.0)
    grid = (np.arange(400_000) + 0.5) / 400_000 * 24.0
    z = np.log(grid / 4.0) / math.hypot(1.0, 0.3)
    below = 0.5 * (1.0 + np.vectorize(math.erf)(z / math.sqrt(2.0)))
    survival = 1.0 - layer.answered * below
    assert restricted_mean(layer, 0.3) == pytest.approx(survival.mean() * 24.0, abs=1e-6)


def test_balance_is_one_minus_expected_lead() -> None:
    # Beta(9.5, 9.5) has E|2b - 1| = 2 * (1/2)^(2a) / (a * B(a, a)) for a = 9.5.
    kind = kind_of(opening_icc=0.05)
    a = 9.5
    spread = math.exp(
        math.log(2.0)
        - 2 * a * math.log(2.0)
        - math.log(a)
        - 2 * math.lgamma(a)
        + math.lgamma(2 * a)
    )
    lead = 0.4 / 2.8
    assert expected_balance(kind) == pytest.approx(1.0 - spread * lead, abs=1e-9)


def test_sessions_answer_as_planned() -> None:
    kind = kind_of(reprompt=0.0)
    stream = Stream(3, 1)
    sessions = [draw_session(stream, kind, PRIVATE, EVEN, 0) for _ in range(4000)]
    turns = np.array([s.messages[-1].turn + 1 for s in sessions])
    # Variance of turns 1 + B * (1 + G): bounded by 4; four standard errors of the mean.
    assert turns.mean() == pytest.approx(2.8, abs=4 * turns.std() / math.sqrt(len(turns)))
    latencies = [
        (later.t_s - sooner.t_s) / HOUR
        for s in sessions
        for sooner, later in itertools.pairwise(s.messages)
        if later.turn != sooner.turn
    ]
    logs = np.log(latencies)
    se = 1.0 / math.sqrt(len(logs))
    assert logs.mean() == pytest.approx(math.log(4.0), abs=4 * se)
    assert logs.std() == pytest.approx(1.0, abs=4 * se)


def test_turns_alternate_and_bursts_stay_whole() -> None:
    kind = kind_of(burst_more=0.6, reprompt=0.5)
    stream = Stream(4, 1)
    gaps_in, waits = [], []
    for _ in range(300):
        session = draw_session(stream, kind, PRIVATE, EVEN, 1000)
        assert session.messages[0].t_s == 1000
        for sooner, later in itertools.pairwise(session.messages):
            assert later.t_s > sooner.t_s
            if later.turn != sooner.turn:
                assert (later.side, later.turn) == (1 - sooner.side, sooner.turn + 1)
            elif later.burst == sooner.burst:
                assert later.side == sooner.side
                gaps_in.append(later.t_s - sooner.t_s)
            else:
                waits.append(later.t_s - sooner.t_s)
    assert 0 < max(gaps_in) < 600 < min(waits)
    assert max(waits) <= 70 * HOUR


def test_no_opening_within_the_horizon() -> None:
    plan = Plan()
    kind = plan.kinds["twinome"]
    for seed in range(5):
        for layer, horizon in plan.horizon_h.items():
            sessions = sustained_sessions(Stream(seed, 9), plan, kind)
            chain = [s for s in sessions if s.layer == layer]
            silences = [
                (b.messages[0].t_s - a.messages[-1].t_s) / HOUR
                for a, b in itertools.pairwise(chain)
            ]
            assert min(silences) > horizon


def test_sparse_ties_are_born_in_their_week() -> None:
    plan = Plan()
    for seed in range(30):
        sessions = sparse_sessions(Stream(seed, 2), plan, plan.kinds["friend"], 20)
        first = sessions[0].messages[0].t_s
        assert 20 <= (first - plan.start_s) / (7 * 86_400) < 21
        assert all(s.messages[-1].t_s < plan.end_s for s in sessions)


def test_openings_follow_the_week() -> None:
    stream = Stream(5, 5)
    monday = 1_704_067_200  # 2024-01-01 was a Monday
    openings = [next_opening(stream, monday, 80.0) for _ in range(2000)]
    hours = np.array([t // HOUR % 24 for t in openings])
    assert (hours == 20).mean() > 0.05
    assert not np.isin(hours, [2]).any()  # weight 0 on all days


def test_streams_match_their_distributions() -> None:
    stream = Stream(6)
    betas = [stream.beta(0.8, 0.05) for _ in range(4000)]
    assert np.mean(betas) == pytest.approx(0.8, abs=4 * math.sqrt(0.16 * 0.05 / 4000))
    assert np.var(betas) == pytest.approx(0.16 * 0.05, rel=0.15)
    counts = [stream.poisson(3.0) for _ in range(4000)]
    assert np.mean(counts) == pytest.approx(3.0, abs=4 * math.sqrt(3 / 4000))
    assert np.var(counts) == pytest.approx(3.0, rel=0.15)
    assert sorted(stream.shuffled(range(9))) == list(range(9))


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"people": 20}, "people"),
        ({"bridges": 17}, "bridge"),
    ],
)
def test_impossible_plans_are_refused(changes: dict[str, object], word: str) -> None:
    with pytest.raises(InputError, match=word):
        Plan(**changes)  # type: ignore[arg-type]
