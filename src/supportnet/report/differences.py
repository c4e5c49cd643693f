"""Groups found, and the differences between their kinds."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from supportnet.community import Community
from supportnet.compare import CONTRASTS, OUTCOMES, Comparison, compare
from supportnet.errors import InputError
from supportnet.report import pictures
from supportnet.report.cells import interval_cell, value_cell
from supportnet.report.findings import Findings
from supportnet.report.html import Column, Html, join, safe_name, table, tag
from supportnet.report.settings import Settings
from supportnet.report.words import Talk

__all__ = ["Differences", "comparison", "differ", "headline"]


@dataclass(frozen=True)
class Differences:
    """The comparison of kinds of groups over all communities that have two kinds.

    Attributes
    ----------
    results
        Contrast → comparison.
    failed
        Contrast → why it was not possible.
    names
        Communities in it.
    smallest
        Fewest independent sets behind a row that is shown.
    """

    results: dict[str, Comparison] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    smallest: int = 0


def differ(
    communities: Sequence[Community], all_found: Sequence[Findings], settings: Settings
) -> Differences:
    """Compare kinds of groups, within persons and between groups.

    Parameters
    ----------
    communities
        The communities.
    all_found
        Their findings, in the same order.
    settings
        All settings.

    Returns
    -------
    Differences
        Empty where no community has groups of two kinds.
    """
    usable = [
        (community, found)
        for community, found in zip(communities, all_found, strict=True)
        if len(found.groups) and len(set(found.groups["kind"])) > 1 and found.window != "same"
    ]
    if not usable:
        return Differences()
    groups = pd.concat([found.groups for _, found in usable], ignore_index=True)
    results: dict[str, Comparison] = {}
    failed: dict[str, str] = {}
    for contrast in CONTRASTS:
        try:
            results[contrast] = compare(
                [community for community, _ in usable],
                groups,
                outcomes=list(OUTCOMES),
                contrast=contrast,
                draws=settings.draws,
                seed=settings.seed,
            )
        except InputError as error:
            failed[contrast] = str(error)
    names = tuple(found.name for _, found in usable)
    smallest = max(found.smallest for _, found in usable)
    return Differences(results, failed, names, smallest)


def headline(differences: Differences, talk: Talk) -> list[str]:
    """Return the primary differences as sentences for the summary."""
    lines = []
    for contrast, result in differences.results.items():
        table_ = result.table
        rows = table_[table_["p_value"].notna() & (table_["n_units"] >= differences.smallest)]
        for row in rows.to_dict("records"):
            if not OUTCOMES[row["outcome"]].primary:
                continue
            sentence = talk.say(
                "sum.contrast",
                outcome=talk.name(row["outcome"], "outcome"),
                contrast=talk.say(f"cmp.{contrast}"),
                kind=safe_name(talk.name(row["kind"], "kind")),
                other=safe_name(talk.name(row["compared_with"], "kind")),
                estimate=talk.number(row["estimate"]),
                unit=talk.say(f"u.{row['unit']}"),
                interval=talk.interval(row["ci_low"], row["ci_high"]),
                n=talk.count(row["n_units"]),
            )
            lines.append(sentence.replace("  ", " ").replace(" (", " ("))
    if lines:
        return lines
    return [talk.say("sum.contrast_none", reason=talk.say("cmp.need_two"))]


def comparison(differences: Differences, talk: Talk) -> Html:
    """Return the section of the comparison."""
    parts: list[object] = [
        tag("h2", talk.say("h.comparison"), id="comparison"),
        tag("p", talk.say("cmp.about")),
    ]
    if not differences.results and not differences.failed:
        parts.append(tag("p", talk.say("cmp.none", reason=talk.say("cmp.need_two"))))
        return tag("section", *parts)
    if len(differences.names) > 1:
        names = talk.listed([safe_name(name) for name in differences.names])
        parts.append(tag("p", talk.say("cmp.communities", names=names)))
    for contrast, result in differences.results.items():
        name = talk.say(f"cmp.{contrast}")
        shown = _shown(result.table, differences.smallest)
        parts += [
            tag("h3", talk.say("cmp.caption", contrast=name)),
            _tables(shown, name, differences.smallest, talk),
            pictures.contrasts(shown, name, talk),
        ]
    for contrast, reason in differences.failed.items():
        name = talk.say(f"cmp.{contrast}")
        sentence = talk.say("cmp.failed", contrast=name, reason="")
        parts.append(tag("p", sentence, tag("span", reason, lang="en")))
    parts.append(tag("p", talk.say("cmp.fixed"), class_="small"))
    parts.append(tag("p", talk.say("meth.sensitivity"), class_="small"))
    return tag("section", *parts)


def _shown(table_: pd.DataFrame, smallest: int) -> pd.DataFrame:
    """Blank the rows that rest on too few independent sets."""
    shown = table_.copy()
    few = (shown["n_units"] < smallest).to_numpy()
    numbers = ["estimate", "ci_low", "ci_high", "p_value", "p_adjusted", "cliffs_delta"]
    shown.loc[few, numbers] = np.nan
    shown.loc[few, "status"] = "suppressed"
    return shown


def _tables(shown: pd.DataFrame, name: str, smallest: int, talk: Talk) -> Html:
    """Return the estimates of one contrast, and below them what they rest on."""
    rows = shown.to_dict("records")
    heads = [Column(talk.say("cmp.outcome")), Column(talk.say("cmp.difference"))]
    numbers = ("cmp.estimate", "interval", "cmp.p", "cmp.effect")
    first = [*heads, *(Column(talk.say(key), numeric=True) for key in numbers)]
    first.append(Column(talk.say("status")))
    counts = ("cmp.units", "cmp.sets", "cmp.kept")
    second = [*heads, *(Column(talk.say(key), numeric=True) for key in counts)]
    second.append(Column(talk.say("cmp.excluded")))
    return join(
        [
            table(
                talk.say("cmp.numbers", contrast=name),
                first,
                [_estimate(row, talk) for row in rows],
            ),
            table(
                talk.say("cmp.behind", contrast=name),
                second,
                [_behind(row, smallest, talk) for row in rows],
            ),
        ]
    )


def _head(row: Mapping[Hashable, Any], talk: Talk) -> tuple[str, str]:
    """Return outcome and kinds of a difference."""
    kind = safe_name(talk.name(row["kind"], "kind"))
    other = safe_name(talk.name(row["compared_with"], "kind"))
    return talk.name(row["outcome"], "outcome"), f"{kind} − {other}"


def _estimate(row: Mapping[Hashable, Any], talk: Talk) -> tuple[object, ...]:
    """Return the cells of one estimate."""
    p_value, adjusted, delta = (
        float(row[key]) for key in ("p_value", "p_adjusted", "cliffs_delta")
    )
    return (
        *_head(row, talk),
        value_cell(float(row["estimate"]), row["unit"], talk),
        interval_cell(float(row["ci_low"]), float(row["ci_high"]), row["ci_method"], talk),
        "–" if np.isnan(p_value) else f"{_p(p_value, talk)} ({_p(adjusted, talk)})",
        talk.number(delta),
        talk.say(f"s.{row['status']}"),
    )


def _behind(row: Mapping[Hashable, Any], smallest: int, talk: Talk) -> tuple[object, ...]:
    """Return the cells that say what one estimate rests on."""
    definitions, kept = float(row["n_definitions"]), float(row["sign_kept"])
    signs = "–"
    if definitions > 0 and not np.isnan(kept):
        same = talk.count(kept * definitions)
        signs = talk.say("cmp.kept_value", n=same, all=talk.count(definitions))
    ties = [talk.count(float(row[key]), smallest) for key in ("n_ties_first", "n_ties_other")]
    reasons = [
        talk.known(f"x.{reason}", str(reason).replace("_", " "))
        + talk.colon
        + talk.count(float(n), smallest)
        for reason, n in dict(row["n_excluded"]).items()
    ]
    return (
        *_head(row, talk),
        talk.count(float(row["n_units"]), smallest),
        " / ".join(ties),
        signs,
        join(_breaks(reasons)) if reasons else "–",
    )


def _breaks(lines: list[str]) -> list[object]:
    """Put a line break between texts."""
    parts: list[object] = []
    for line in lines:
        parts += [tag("br"), line] if parts else [line]
    return parts


def _p(value: float, talk: Talk) -> str:
    """Return a p value; very small ones as a bound."""
    if np.isnan(value):
        return "–"
    if value < 0.0001:
        return f"< {talk.setting(0.0001)}"
    return talk.setting(round(value, 4))
