"""The cells of a number: value, interval, what it rests on, status; small ones suppressed here."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from supportnet.report.findings import Findings
from supportnet.report.html import Html, join, tag
from supportnet.report.numbers import Number
from supportnet.report.words import Talk

__all__ = [
    "UNITS",
    "interval_cell",
    "is_hidden",
    "not_identified",
    "number_cells",
    "value_cell",
    "why",
]

# Measure → unit of the value, and what `n` counts.
UNITS: Final[dict[str, tuple[str, str]]] = {
    "edge_reciprocity": ("share", "pairs"),
    "dyad_reciprocity": ("share", "pairs"),
    "rho": ("index", "pairs"),
    "weighted_reciprocity": ("share", "pairs"),
    "mean_of_ties": ("share", "messages"),
    "pooled": ("share", "messages"),
    "norm_equivalence": ("share", "ties"),
    "rmst_dyads": ("hours", "ties"),
    "rate_24h_dyads": ("share", "ties"),
    "median": ("hours", "turns"),
    "rate_1h": ("share", "turns"),
    "rate_8h": ("share", "turns"),
    "rate_24h": ("share", "turns"),
    "rate_72h": ("share", "turns"),
    "transitivity": ("share", "triples"),
    "average_clustering_defined": ("share", "persons"),
    "opsahl_clustering": ("share", "triples"),
    "closure_probability": ("share", "wedges"),
    "closure_hazard": ("per_day", "wedges"),
}
_QUANTITY = {
    ("reciprocity", "private"): "private reciprocity and balance of a tie",
    ("reciprocity", "public"): "public reciprocity and reply latency",
    ("reply_latency", "private"): "private reply latency",
    ("reply_latency", "public"): "public reciprocity and reply latency",
    ("private_share", "both"): "private share of a tie, both directions",
    ("triadic_closure", "private"): "private closure, clustering and census",
    ("triadic_closure", "public"): "public closure, clustering and census",
}
_COVERAGE = {"donors_only": "s.donors", "observed_ties": "s.observed"}


def is_hidden(found: Findings, number: Number) -> bool:
    """Say whether a number rests on too few persons to be shown."""
    layer = number.layer if number.layer in found.persons else "all"
    return 0 < found.persons[layer] < found.smallest


def _rule(found: Findings, number: Number) -> Mapping[str, Any]:
    """Return what the coverage rules say about a number's quantity."""
    quantity = _QUANTITY[number.construct, number.layer]
    rules: list[Mapping[str, Any]] = found.card["identifiability"]
    rows = {str(row["quantity"]): row for row in rules}
    rule = rows.get(quantity, {})
    if number.measure == "rho" and rule.get("status") != "not_identified":
        # It counts the pairs without a tie, so it needs what closure needs.
        return rows.get(_QUANTITY["triadic_closure", number.layer], {})
    return rule


def not_identified(found: Findings, number: Number) -> bool:
    """Say whether the coverage rules refuse a number that is not defined."""
    refused = _rule(found, number).get("status") == "not_identified"
    return number.status != "ok" and refused


def why(found: Findings, number: Number, talk: Talk) -> str:
    """Return why a number is not identified, in the reader's language."""
    rule = _rule(found, number)
    if rule.get("status") == "not_identified":
        return talk.fact(str(rule["reason"]))
    if number.construct == "private_share":
        return talk.say("why.no_donors")
    return talk.say("why.follow_up")


def value_cell(value: float, unit: str, talk: Talk) -> str:
    """Return a value with its unit; a dash where it is not defined."""
    if math.isnan(value):
        return "–"
    name = talk.say(f"u.{unit}")
    return f"{talk.number(value)}\u00a0{name}" if name else talk.number(value)


def interval_cell(low: float, high: float, method: str, talk: Talk) -> Html:
    """Return an interval with the way it was made."""
    if math.isnan(low) or math.isnan(high):
        return join(["–"])
    way = method.removeprefix("tost_")
    family = way.split(" ")[0].split("_")[0]
    name = talk.known(f"ci.{way}", talk.known(f"ci.{family}", method))
    return join([talk.interval(low, high), tag("br"), tag("span", name, class_="small")])


def number_cells(found: Findings, number: Number, talk: Talk) -> tuple[object, ...]:
    """Return the cells value, interval, n, status of one number."""
    unit, of = UNITS[number.measure]
    if is_hidden(found, number):
        return "–", "–", "–", talk.say("s.suppressed")
    value: object = value_cell(number.value, unit, talk)
    if number.verdict and number.status == "ok":
        value = talk.number(number.value) + talk.colon + talk.say(f"verdict.{number.verdict}")
    telling = found.smallest > 0 and (number.construct, number.layer) in found.telling
    if telling:
        n = talk.say("s.suppressed")
    else:
        n = talk.say(f"of.{of}", n=talk.count(number.n, found.smallest))
    if number.status == "ok":
        status: object = talk.say(_COVERAGE.get(number.coverage, "s.ok"))
    elif number.status == "not_identified" or not_identified(found, number):
        reason = tag("span", why(found, number, talk), class_="why")
        status = join([talk.say("s.not_identified"), talk.colon, reason])
    else:
        status = talk.say(f"s.{number.status}")
    return value, interval_cell(number.low, number.high, number.method, talk), n, status
