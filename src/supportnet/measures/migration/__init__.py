"""Migration: who goes to another platform, which ties are taken up there, who moves together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from supportnet.community import Community
from supportnet.errors import InputError, choose
from supportnet.inference.intervals import wilson
from supportnet.inference.survival import kaplan_meier
from supportnet.interactions import LAYERS, Attribution
from supportnet.measures.migration.moves import DAY_US, Move
from supportnet.measures.migration.sightings import Sightings
from supportnet.turns import parse_duration_us
from supportnet.units import check_groups, check_level, finish, group_pairs, network_rows

__all__ = ["tie_survival"]

_LEVELS = ("tie", "person", "group", "network")
_SHARES = ("conditional", "unconditional")
_TIE_COLUMNS = ("both_present", "present_day", "delay_days", "followed")
_CO_MOVING_DAYS = 28.0


def tie_survival(
    community: Community,
    *,
    from_platform: str,
    to_platform: str | Sequence[str],
    window: str = "90D",
    level: str = "tie",
    layer: str = "all",
    baseline: str = "84D",
    origin: str | pd.Timestamp | None = None,
    groups: pd.DataFrame | None = None,
    attribution: Attribution | None = None,
) -> pd.DataFrame:
    """Follow persons and their ties from one platform to another.

    Parameters
    ----------
    community
        A community with archives of both platforms, accounts of one person linked.
    from_platform, to_platform
        Platform words as in table `conversations`. With several new platforms the first place
        counts: a person arrives on any, a tie is taken up where its ends meet.
    window
        How long after both ends are present a tie may take to count as taken up.
    level
        `person`, `tie`, `group` (needs `groups`) or `network`.
    layer
        Which interactions count: `all`, `private`, `public` or `private_group`.
    baseline
        How long before `origin` a tie must have been mutual on the old platform to be asked after.
    origin
        When the move began; by default, when the first person wrote on a new platform.
    groups
        Groups of the community (columns community, kind, group, person).
    attribution
        The attribution rules.

    Returns
    -------
    pandas.DataFrame
        Keys of the level, `measure` (except for persons), `value`, `n`, `status`, and:

        person
            One row per author on the old platform in the baseline. `value`: days from `origin` to
            the first message on a new platform (negative: there before). `n` messages there.
            `followed_days` (to that message, else to the end of observation), `last_day_before`
            (days to the last message on the old platform: leaving is not joining), `mover`
            (`first`, `early`: before the median of all who came, `late`, or empty).
        tie
            Two rows per baseline tie. `conditional`: 1 when taken up within `window`, 0 when not,
            NaN `zero_denominator` while an end is absent; `unconditional`: 0 then. `n`
            messages between the two there, `both_present`, `present_day` (days from `origin`),
            `delay_days` (from then to messages both ways), `followed` (for the whole window).
        group
            `conditional`, `unconditional`: shares of the group's baseline ties (0–1, `n` of them);
            for groups of three also `triad_spread` (days from first to last arrival, ≥ 0; NaN
            until all came) and `co_moving` (1 when that is at most 28 days). `n` members there.
        network
            Both shares with Wilson intervals (`ci_low`, `ci_high`; `n_excluded` ties not followed
            or not known), counts `baseline_ties`, `both_present`, `reestablished`, `people`,
            `joined`, and `first_activity_median` (days, Kaplan–Meier over persons).

    Raises
    ------
    InputError
        For an unknown platform, level, layer, or a duration or date that cannot be read.

    Notes
    -----
    A tie is taken up when both have written to each other on one new platform, at most `window`
    after both wrote anything there. Reporting only one of the shares misleads: the conditional one
    says what becomes of a tie whose ends meet again, the unconditional one what becomes of ties.
    Shares leave out ties whose window reaches beyond the end of observation (`all_censored` where
    not taken up so far), and ties of which an end has a declared account there but no archive
    (`not_identified`). Nobody at risk: NaN, `zero_denominator`. Accounts belong together by
    declaration only, so an undeclared account looks like staying. Ties share persons: the
    intervals, which take ties as independent, are somewhat too narrow.

    References
    ----------
    Wilson 1927, doi:10.1080/01621459.1927.10502953. Kaplan & Meier 1958,
    doi:10.1080/01621459.1958.10501452.

    Examples
    --------
    Two ties on `old`; one is taken up on `new` ten days after both ends are there.

    >>> import pyarrow as pa
    >>> from supportnet.dataset import Dataset, lazy
    >>> from supportnet.schema import BUILD_TABLES, COVERAGE_FLAGS
    >>> said = [(0, 1, 0, 0), (1, 0, 1, 0), (0, 2, 2, 0), (2, 0, 3, 0),
    ...         (0, 1, 20, 1), (1, 0, 30, 1)]  # author, reader, day, conversation
    >>> rows = {
    ...     "messages": [{"message_id": k, "author_id": a, "t_us": day * 86_400_000_000, "kind":
    ...                   "message", "visibility": "private_1to1", "conversation_id": place}
    ...                  for k, (a, _, day, place) in enumerate(said)],
    ...     "recipients": [{"message_id": k, "person_id": reader}
    ...                    for k, (_, reader, _, _) in enumerate(said)],
    ...     "conversations": [{"conversation_id": 0, "platform": "old"},
    ...                       {"conversation_id": 1, "platform": "new"}],
    ...     "coverage": [dict.fromkeys(COVERAGE_FLAGS, True) | {"source_id": 0, "start_us": 0,
    ...                  "end_us": 400 * 86_400_000_000, "end_basis": "stated",
    ...                  "resolution_us": 1}]}
    >>> tables = {name: lazy(pa.Table.from_pylist(rows.get(name, []), schema=schema))
    ...           for name, schema in BUILD_TABLES.items()}
    >>> found = tie_survival(Community(Dataset("c", tables)), from_platform="old",
    ...                      to_platform="new", level="network").set_index("measure")
    >>> found.loc[["conditional", "unconditional"], "value"].tolist()
    [1.0, 0.5]
    """
    check_level(level, _LEVELS)
    choose(layer, LAYERS, "layer")
    seen = Sightings(community, layer, attribution)
    old, new = _places(seen, from_platform, to_platform)
    if level == "group":
        groups = check_groups(groups, community.name)
    move = Move(
        seen,
        old,
        new,
        window_us=parse_duration_us(window, "window"),
        baseline_us=parse_duration_us(baseline, "baseline"),
        origin_us=None if origin is None else _moment_us(origin),
    )
    if level == "person":
        return _person_rows(move)
    if level == "tie":
        return _tie_rows(move)
    if level == "group" and groups is not None:
        return _group_rows(move, seen, new, groups)
    return _network_rows(move)


def _places(seen: Sightings, old: str, new: str | Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Check the names of platforms."""
    known = seen.platforms()
    choose(old, known, "from_platform")
    places = tuple(dict.fromkeys([new] if isinstance(new, str) else new))
    for place in places:
        choose(place, known, "to_platform")
    if not places or old in places:
        msg = (
            "new platforms other than the old one were expected in to_platform; found "
            f"{'none' if not places else repr(old)}; name where people went."
        )
        raise InputError(msg)
    return old, places


def _moment_us(moment: str | pd.Timestamp) -> int:
    """Read a date or time as µs UTC."""
    try:
        stamp = pd.Timestamp(moment)
        stamp = stamp.tz_localize("UTC") if stamp.tzinfo is None else stamp.tz_convert("UTC")
    except (ValueError, TypeError):
        msg = "origin must be a date such as 2024-07-01; found something else; pass a date."
        raise InputError(msg) from None
    return int(stamp.value // 1000)  # value is in ns whatever the unit


def _person_rows(move: Move) -> pd.DataFrame:
    """Return one row per person."""
    people = move.people
    day = people["day"]
    mover = np.where(day.isna(), "", np.where(day < day.median(), "early", "late"))
    mover = np.where(day.notna() & (day == day.min()), "first", mover)
    table = people.assign(value=day, mover=mover).reset_index()
    return finish(table, "person", more=["followed_days", "last_day_before", "mover"])


def _tie_rows(move: Move) -> pd.DataFrame:
    """Return two rows per tie."""
    parts = [
        move.ties.assign(
            measure=name,
            value=move.ties["back"].astype("float64"),
            status=move.tie_status(conditional=name == "conditional"),
        )
        for name in _SHARES
    ]
    return finish(pd.concat(parts, ignore_index=True), "tie", more=list(_TIE_COLUMNS))


def _group_rows(
    move: Move, seen: Sightings, new: tuple[str, ...], groups: pd.DataFrame
) -> pd.DataFrame:
    """Return the rows of each group."""
    keys = ["kind", "group"]
    inside = group_pairs(groups).merge(move.ties.reset_index(), on=["lo", "hi"])
    rows: list[tuple[object, ...]] = []
    for key, members in groups.groupby(keys, sort=True):
        own = inside[(inside["kind"] == key[0]) & (inside["group"] == key[1])]["index"]
        for name in _SHARES:
            counts = move.counted(conditional=name == "conditional").loc[own]
            back = move.ties["back"].loc[own][counts]
            status = "ok" if len(back) else "zero_denominator"
            rows.append((*key, name, back.mean() if len(back) else np.nan, len(back), status))
        people = np.unique(members["person"].to_numpy(dtype=np.int64))
        if len(people) == 3:
            rows += [(*key, *row) for row in _triad(seen, new, people)]
    table = pd.DataFrame(rows, columns=[*keys, "measure", "value", "n", "status"])
    return finish(table, "group")


def _triad(
    seen: Sightings, new: tuple[str, ...], people: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> list[tuple[str, float, int, str]]:
    """Return how far apart three persons arrived."""
    first = seen.first(new, people)
    came = ~np.isnan(first)
    n = int(came.sum())
    if n < len(people):
        absent = np.logical_and.reduce([seen.is_absent(place, people) for place in new])
        status = "all_censored" if bool((came | absent).all()) else "not_identified"
        return [(name, np.nan, n, status) for name in ("triad_spread", "co_moving")]
    spread = float(first.max() - first.min()) / DAY_US
    return [
        ("triad_spread", spread, n, "ok"),
        ("co_moving", float(spread <= _CO_MOVING_DAYS), n, "ok"),
    ]


def _network_rows(move: Move) -> pd.DataFrame:
    """Return the numbers of the whole community."""
    ties, people = move.ties, move.people
    rows: list[tuple[str, float, int, str]] = []
    bounds: list[tuple[float, float, int]] = []
    # At risk of being taken up again: ties whose ends met, or may have met unseen.
    at_risk = ties["both_present"] | ~ties["absent"]
    for name in _SHARES:
        counts = move.counted(conditional=name == "conditional")
        asked = int(at_risk.sum()) if name == "conditional" else len(ties)
        n = int(counts.sum())
        result = wilson(int((ties["back"] & counts).sum()), n)
        rows.append((name, result.estimate, n, result.status))
        bounds.append((result.ci_low, result.ci_high, asked - n))
    numbers = {
        "baseline_ties": (len(ties), len(ties)),
        "both_present": (int(ties["both_present"].sum()), len(ties)),
        "reestablished": (int(ties["back"].sum()), len(ties)),
        "people": (len(people), len(people)),
        "joined": (int(people["day"].notna().sum()), len(people)),
    }
    rows += [(k, float(v), n, "ok" if n else "empty") for k, (v, n) in numbers.items()]
    rows.append(_median(people))
    bounds += [(np.nan, np.nan, 0)] * (len(rows) - len(bounds))
    low, high, excluded = zip(*bounds, strict=True)
    return network_rows(rows).assign(ci_low=low, ci_high=high, n_excluded=excluded)


def _median(people: pd.DataFrame) -> tuple[str, float, int, str]:
    """Return when half of the persons had come, counting those still away as followed till now."""
    at_risk = people[people["followed_days"] >= 0]
    curve = kaplan_meier(at_risk["followed_days"], at_risk["day"].notna())
    median = curve.median
    status = curve.status
    if status == "ok" and np.isnan(median):
        status = "all_censored"  # fewer than half came while they were followed
    return "first_activity_median", median, len(at_risk), status
