"""The answers: what was planted, in closed form, and what came of it in the planned events.

`planted` numbers follow from the plan alone. `realised` numbers are counted on the event list
before any archive is written, so a difference between them is chance and a difference between
`realised` and a measure is a fault of an importer or of the measure.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from supportnet.simulate.assemble import Simulated
from supportnet.simulate.expected import planted_kind
from supportnet.simulate.numbers import rounded
from supportnet.simulate.plan import Plan
from supportnet.simulate.realised import continuity, realised_kind, realised_turns, tie_counts

__all__ = ["planted_truth"]


def planted_truth(made: Simulated) -> dict[str, Any]:
    """Return everything a measure should find, ready to be written as JSON.

    Parameters
    ----------
    made
        A community.

    Returns
    -------
    dict
        `span`, `units`, `kinds` (planted and realised numbers per kind of tie), `groups`,
        `people` (code → account number), `totals` and `closure`. The fields are described in the
        README beside the example.
    """
    plan = made.plan
    turns = realised_turns(made)
    shares = tie_counts(made)
    return {
        "synthetic": True,
        "seed": plan.seed,
        "span": {"start": _iso(plan.start_s), "end": _iso(plan.end_s)},
        "units": "shares 0..1; latencies in hours; counts",
        "horizon_h": dict(plan.horizon_h),
        "kinds": {
            name: {
                "planted": planted_kind(kind),
                "realised": realised_kind(
                    shares[shares["kind"] == name], turns[turns["kind"] == name]
                ),
            }
            for name, kind in plan.kinds.items()
        },
        "groups": _groups(made, plan),
        "people": dict(zip(made.people["code"], made.people["twitter_id"], strict=True)),
        "totals": _totals(made),
        "closure": _closure(made),
    }


def _groups(made: Simulated, plan: Plan) -> dict[str, Any]:
    """Return the planted groups as lists of codes, sustained ties with their continuity."""
    ties = made.ties
    halves = [continuity(made, half) for half in (0, 1)]
    people = made.people
    contacts = made.contacts.groupby("owner")["other"].nunique()
    twinomes, dyads = [], []
    for group, part in ties[ties["kind"] == "twinome"].groupby("group"):
        twinomes.append(
            {
                "members": sorted({*part["first"], *part["second"]}),
                "channel": bool(int(str(group)) >= plan.twinomes - plan.channels),
                "continuity_min": [rounded(float(half[part["tie"]].min())) for half in halves],
            }
        )
    for tie in ties[ties["kind"] == "dyad"].itertuples():
        dyads.append(
            {
                "members": [tie.first, tie.second],
                "bridge": bool(tie.bridge),
                "continuity": [rounded(half[int(str(tie.tie))]) for half in halves],
            }
        )
    hubs = people.loc[people["role"] == "hub", "code"]
    return {
        "twinomes": twinomes,
        "dyads": dyads,
        "hubs": [{"person": code, "contacts": int(contacts[code])} for code in hubs],
        "donors": people.loc[people["donor"], "code"].tolist(),
    }


def _totals(made: Simulated) -> dict[str, Any]:
    """Return how much there is; every event stands in at least one archive."""
    events, contacts = made.events, made.contacts
    said = events[events["kind"] != "repost"]
    return {
        "messages": len(said),
        "reposts": int((events["kind"] == "repost").sum()),
        "visibility": _counts(said["layer"]),
        "platform": _counts(said["platform"]),
        "kind": _counts(events["kind"]),
        "reply_pointers": int(said["reply_to"].notna().sum()),
        "reactions": len(made.reactions),
        "likes": len(made.likes),
        "contacts": _counts(contacts["kind"]),
        "people": len(made.people),
        "donors": int(made.people["donor"].sum()),
    }


def _closure(made: Simulated) -> dict[str, Any]:
    """Return the planted hazards of new ties and how often they struck."""
    formed, plan = made.formation, made.plan
    return {
        "planted": {
            "hazard_per_wedge_week": plan.closure_hazard,
            "base_hazard_per_pair_week": plan.base_hazard,
        },
        "realised": {
            "wedge_weeks": formed.wedge_weeks,
            "closures": formed.closures,
            "pair_weeks": formed.pair_weeks,
            "base": formed.base,
            "initial": sum(t.formed_by == "initial" for t in formed.ties),
        },
    }


def _counts(column: pd.Series[Any]) -> dict[str, int]:
    """Return how often each value occurs, in alphabetical order."""
    return {str(k): int(v) for k, v in column.value_counts().sort_index().items()}


def _iso(seconds: int) -> str:
    """Return a moment in ISO 8601 with Z."""
    return pd.Timestamp(seconds, unit="s").strftime("%Y-%m-%dT%H:%M:%SZ")
