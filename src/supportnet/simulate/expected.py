"""What a plan makes one expect, in closed form."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any

from scipy.integrate import quad
from scipy.stats import beta

from supportnet.simulate.kinds import LAYERS, KindPlan, LayerPlan
from supportnet.simulate.numbers import RATE_HOURS, TAU_H, rounded

__all__ = ["expected_balance", "planted_kind", "restricted_mean"]

_PHI = NormalDist().cdf


def restricted_mean(plan: LayerPlan, tie_sd: float = 0.0, tau_h: float = TAU_H) -> float:
    """Return the restricted mean reply latency of turns, unanswered ones counted as `tau_h`.

    Parameters
    ----------
    plan
        Answering and latency of one layer.
    tie_sd
        Standard deviation over ties of the log median.
    tau_h
        Horizon of the mean, hours.

    Returns
    -------
    float
        Hours, 0..tau_h; the mean over ties.

    Notes
    -----
    RMST = q·E[min(T, τ)] + (1-q)·τ with T log-normal of median m and log-scale deviation
    s² = σ² + sd², and E[min(T, τ)] = m·exp(s²/2)·Φ(z - s) + τ·(1 - Φ(z)), z = ln(τ/m)/s.

    Examples
    --------
    >>> round(restricted_mean(LayerPlan(0.5, 0.5, 24.0, 1e-9), tau_h=12.0), 6)
    12.0
    >>> round(restricted_mean(LayerPlan(0.5, 0.5, 6.0, 1e-9)), 6)  # q = 1/2: (6 + 24) / 2
    15.0
    """
    s = math.hypot(plan.sigma, tie_sd)
    z = math.log(tau_h / plan.median_h) / s
    mean = plan.median_h * math.exp(s * s / 2) * _PHI(z - s) + tau_h * (1.0 - _PHI(z))
    return plan.answered * mean + (1.0 - plan.answered) * tau_h


def _rate(plan: LayerPlan, tie_sd: float, hours: float) -> float:
    """Return the share of turns answered within some hours."""
    s = math.hypot(plan.sigma, tie_sd)
    return plan.answered * _PHI(math.log(hours / plan.median_h) / s)


def _median(plan: LayerPlan, tie_sd: float) -> float | None:
    """Return the time by which half of all turns are answered, None where that never happens."""
    if plan.answered <= 0.5:
        return None
    z = NormalDist().inv_cdf(0.5 / plan.answered)
    return plan.median_h * math.exp(math.hypot(plan.sigma, tie_sd) * z)


def expected_balance(kind: KindPlan, layer: str = "private_1to1") -> float:
    """Return the expected tie balance 2·min/sum of messages as their number grows.

    Parameters
    ----------
    kind
        Its opening balance and answering.
    layer
        Layer of which the conversations are counted.

    Returns
    -------
    float
        0..1. Finite ties lie a little lower.

    Notes
    -----
    Where side 0 opens with probability b, the signed balance is (2b-1)·lead, `lead` being the
    opener's expected lead in a conversation; b is symmetric Beta, integrated numerically.
    """
    size = (1.0 - kind.opening_icc) / kind.opening_icc / 2.0
    spread = 2.0 * quad(lambda b: (2.0 * b - 1.0) * beta.pdf(b, size, size), 0.5, 1.0)[0]
    return 1.0 - float(spread) * kind.layer(layer).opener_lead


def planted_kind(kind: KindPlan) -> dict[str, Any]:
    """Return the numbers that follow from the plan of a kind."""
    found: dict[str, Any] = {
        "private_share": kind.private_share,
        "private_share_icc": kind.share_icc,
        "private_share_tie_sd": rounded(
            math.sqrt(kind.private_share * (1 - kind.private_share) * kind.share_icc)
        ),
        "reprompt": kind.reprompt,
        "balance": rounded(expected_balance(kind)),
    }
    for name in LAYERS:
        plan, sd = kind.layer(name), kind.latency_tie_sd
        found[name] = {
            "answered": rounded(plan.answered),
            "answered_opening": plan.answer_opening,
            "answered_later": plan.answer_later,
            "latency_median_answered_h": plan.median_h,
            "latency_sigma": plan.sigma,
            "latency_tie_sd": sd,
            "latency_median_h": rounded(_median(plan, sd)),
            "rmst24_h": rounded(restricted_mean(plan, sd)),
            "rate": {f"{h:g}": rounded(_rate(plan, sd, h)) for h in RATE_HOURS},
        }
    return found
