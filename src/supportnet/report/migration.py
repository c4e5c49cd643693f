"""The section on people who went from one platform to another, and on the ties they took along."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from supportnet.plots.numbers import show_day
from supportnet.report.cells import interval_cell, value_cell
from supportnet.report.findings import Findings
from supportnet.report.html import Column, Html, join, safe_name, table, tag
from supportnet.report.moves import Moves
from supportnet.report.settings import Settings
from supportnet.report.words import Talk

__all__ = ["headline", "migration", "platform_name"]

_SHARES = ("conditional", "unconditional")
_NAMES = {"whatsapp": "WhatsApp", "linkedin": "LinkedIn"}


def migration(all_found: Sequence[Findings], settings: Settings, talk: Talk) -> Html:
    """Return the section, or nothing where nobody went anywhere.

    Parameters
    ----------
    all_found
        The communities, side by side.
    settings, talk
        All settings; the language.

    Returns
    -------
    Html
        For each move: who went; which ties were taken up, also by kind of group; what was private
        before and after; whether twinomes moved together.
    """
    parts: list[object] = []
    for found in all_found:
        for move in found.moves:
            parts += _one(found, move, settings, talk)
    if not parts:
        return join([])
    return tag("section", tag("h2", talk.say("h.migration"), id="migration"), *parts)


def platform_name(word: str) -> str:
    """Return a platform's name as people write it.

    Examples
    --------
    >>> platform_name("bluesky"), platform_name("whatsapp")
    ('Bluesky', 'WhatsApp')
    """
    return safe_name(_NAMES.get(word, word[:1].upper() + word[1:]))


def headline(found: Findings, talk: Talk) -> list[str]:
    """Return in a sentence each who took their ties along."""
    lines = []
    for move in found.moves:
        share = move.number("any", "unconditional")
        if _network_hidden(found, move, "unconditional") or math.isnan(share["value"]):
            continue
        values = {
            "old": platform_name(move.old),
            "new": _listed(move, talk),
            "all": talk.percent(share["value"]),
        }
        close = _close(found, move)
        if close is None:
            lines.append(talk.say("mig.headline", **values))
        else:
            lines.append(talk.say("mig.headline_close", close=talk.percent(close), **values))
    return lines


def _close(found: Findings, move: Moves) -> float | None:
    """Return the share of ties inside twinomes that were taken up; None where it is not shown."""
    rows = move.kinds[(move.kinds["kind"] == "twinome") & (move.kinds["measure"] == _SHARES[1])]
    if rows.empty or _is_few(found, rows.iloc[0].to_dict()):
        return None
    return float(rows["value"].iloc[0])


def _listed(move: Moves, talk: Talk) -> str:
    """Return the names of the new platforms."""
    return talk.listed([platform_name(name) for name in move.new])


def _one(found: Findings, move: Moves, settings: Settings, talk: Talk) -> list[object]:
    """Return what is said of one move."""
    names = {"old": platform_name(move.old), "new": _listed(move, talk)}
    day = show_day(move.origin_us, talk.language)
    parts: list[object] = [
        tag("h3", safe_name(found.name) + talk.colon, talk.say("mig.title", **names)),
        tag("p", talk.say("mig.about", day=day, **names)),
        _numbers(found, move, talk),
    ]
    if move.late:
        parts.append(tag("p", talk.say("mig.late"), class_="small"))
    else:
        parts.append(_kinds(found, move, talk))
    parts.append(tag("p", talk.say("mig.about_shares", **names)))
    parts.append(_shares(found, move, talk))
    if move.left_out and not found.smallest:
        least = talk.count(settings.least_messages)
        said = talk.say("mig.left_out", n=talk.count(move.left_out), least=least)
        parts.append(tag("p", said, class_="small"))
    if len(move.triads):
        parts.append(tag("p", _together(found, move, talk)))
    return parts


def _small(n: float, found: Findings) -> bool:
    """Say whether a count may not be shown."""
    return 0 < n < found.smallest


def _network_hidden(found: Findings, move: Moves, measure: str) -> bool:
    """Say whether a number of all people or ties rests on too few persons, or gives a few away."""
    people, joined = (move.number("any", name)["value"] for name in ("people", "joined"))
    if people < found.smallest or joined < found.smallest:
        return True
    return measure == "joined" and _small(people - joined, found)


def _numbers(found: Findings, move: Moves, talk: Talk) -> Html:
    """Return who went and which ties were taken up, by new platform."""
    rows: list[tuple[object, ...]] = []
    for target in move.numbers:
        place = talk.say("mig.any") if target == "any" else platform_name(target)
        if target == "any" and len(move.numbers) == 1:
            place = platform_name(move.new[0])
        for measure in ("joined", "first_activity_median", *_SHARES):
            cells = _number_cells(found, move, target, measure, talk)
            rows.append((talk.say(f"mig.{measure}"), place, *cells))
    columns = [
        Column(talk.say("measure")),
        Column(talk.say("mig.to")),
        Column(talk.say("value"), numeric=True),
        Column(talk.say("interval"), numeric=True),
        Column(talk.say("n"), numeric=True),
        Column(talk.say("status")),
    ]
    return table(talk.say("mig.caption", old=platform_name(move.old)), columns, rows)


def _number_cells(
    found: Findings, move: Moves, target: str, measure: str, talk: Talk
) -> tuple[object, ...]:
    """Return value, interval, n and status of one number."""
    row = move.number(target, measure)
    people, joined = (move.number(target, name)["value"] for name in ("people", "joined"))
    few = _network_hidden(found, move, measure) or _small(joined, found)
    if few or (measure == "joined" and _small(people - joined, found)):
        return "–", "–", "–", talk.say("s.suppressed")
    value, n = float(row["value"]), float(row["n"])
    status = talk.say(f"s.{row['status']}")
    interval: object = "–"
    if measure == "joined":
        shown = value_cell(value / people if people else math.nan, "share", talk)
        counted = talk.say("of.persons", n=talk.count(n))
    elif measure == "first_activity_median":
        shown = "–" if math.isnan(value) else talk.say("mig.days", n=talk.count(round(value)))
        counted = talk.say("of.persons", n=talk.count(n))
    else:
        shown = value_cell(value, "share", talk)
        counted = talk.say("of.ties", n=talk.count(n))
        hits = value * n if n else 0.0
        if _small(round(hits), found) or _small(round(n - hits), found):
            counted = talk.say("s.suppressed")
        else:
            interval = interval_cell(row["ci_low"], row["ci_high"], "wilson", talk)
    return shown, interval, counted, status


def _is_few(found: Findings, row: Mapping[Hashable, Any]) -> bool:
    """Say whether a kind rests on too few persons or groups."""
    groups = float(row["groups"])
    few = not math.isnan(groups) and groups < found.smallest
    return few or float(row["persons"]) < found.smallest


def _kinds(found: Findings, move: Moves, talk: Talk) -> Html:
    """Return the ties taken up by kind of group; no counts where one of them is small."""
    rows = move.kinds.to_dict("records")
    counted = not any(
        _is_few(found, row) or _small(row["hits"], found) or _small(row["n"] - row["hits"], found)
        for row in rows
    )
    cells: list[tuple[object, ...]] = []
    for row in rows:
        head = (
            safe_name(talk.name(str(row["kind"]), "kind")),
            talk.say(f"mig.{row['measure']}"),
        )
        if _is_few(found, row):
            cells.append((*head, "–", "–", "–", talk.say("s.suppressed")))
            continue
        value = float(row["value"])
        status = "zero_denominator" if math.isnan(value) else "ok"
        interval: object = "–"
        if counted:
            interval = interval_cell(row["low"], row["high"], "wilson", talk)
        n = talk.count(row["n"]) if counted else talk.say("s.suppressed")
        cells.append(
            (*head, value_cell(value, "share", talk), interval, n, talk.say(f"s.{status}"))
        )
    columns = [
        Column(talk.say("kind")),
        Column(talk.say("measure")),
        Column(talk.say("value"), numeric=True),
        Column(talk.say("interval"), numeric=True),
        Column(talk.say("ties"), numeric=True),
        Column(talk.say("status")),
    ]
    return table(talk.say("mig.kinds", new=_listed(move, talk)), columns, cells)


def _shares(found: Findings, move: Moves, talk: Talk) -> Html:
    """Return what was private before and after, by kind of group."""
    rows = move.shares.to_dict("records")
    counted = not any(_is_few(found, row) or _small(row["ties"], found) for row in rows)
    cells: list[tuple[object, ...]] = []
    for row in rows:
        name = safe_name(talk.name(str(row["kind"]), "kind"))
        if _is_few(found, row):
            cells.append((name, *("–",) * 4, talk.say("s.suppressed")))
            continue
        cells.append(
            (
                name,
                talk.count(row["ties"]) if counted else talk.say("s.suppressed"),
                *(value_cell(row[key], "share", talk) for key in ("before", "after", "change")),
                interval_cell(row["low"], row["high"], str(row["method"]), talk),
            )
        )
    if not cells:
        return tag("p", talk.say("mig.no_shares"))
    keys = ("kind", "ties", "mig.before", "mig.after", "mig.change", "interval")
    columns = [Column(talk.say(key), numeric=place > 0) for place, key in enumerate(keys)]
    return table(talk.say("mig.shares"), columns, cells)


def _together(found: Findings, move: Moves, talk: Talk) -> str:
    """Say whether the members of twinomes arrived together."""
    came = move.triads["spread"].dropna()
    n, whole, together = len(move.triads), len(came), int(move.triads["together"].sum())
    if any(_small(x, found) for x in (n, whole, n - whole, together, whole - together)):
        return talk.say("mig.triads_few")
    if not whole:
        return talk.say("mig.triads_none", n=talk.count(n))
    return talk.say(
        "mig.triads",
        n=talk.count(n),
        whole=talk.count(whole),
        together=talk.count(together),
        days=talk.count(round(float(came.median()))),
    )
