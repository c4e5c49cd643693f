"""Find twinomes, dyads and friend networks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from supportnet.community import Community
from supportnet.coverage import cover_directions
from supportnet.dataset import collect
from supportnet.errors import InputError, choose
from supportnet.groups.sustained import (
    MIN_WINDOW_DAYS,
    Rules,
    detection_window,
    private_volume,
    sustained_ties,
)
from supportnet.inference.equivalence import tost_mean
from supportnet.interactions import in_layer
from supportnet.network import list_triangles, ties_from_pairs

__all__ = ["COLUMNS", "KINDS", "dyads", "find_groups", "friend_networks", "twinomes"]

KINDS = ("twinome", "dyad", "friend_network")
COLUMNS = (
    "community",
    "kind",
    "group",
    "person",
    "role",
    "source",
    "maximal",
    "exclusive",
    "norm_2080",
    "component",
    "period_start_us",
    "period_end_us",
)


def twinomes(
    community: Community,
    declared: pd.DataFrame | None = None,
    *,
    period: tuple[str, str] | str | None = None,
    rules: Rules | None = None,
) -> pd.DataFrame:
    """Find twinomes: three persons with three sustained mutual private ties.

    Parameters
    ----------
    community
        The community.
    declared
        Twinomes that members or the researcher declare: columns group, person. They are taken as
        they are; nothing is detected then.
    period
        Window of detection: a pair of dates, `"all"`, or None for the first half of coverage
        (measure in the second half: a feature used to select cannot be an outcome).
    rules
        When a tie counts as sustained.

    Returns
    -------
    pandas.DataFrame
        One row per (community, kind, group, person), the group's flags repeated: `role` (member),
        `source` (declared, detected_structural, detected_strict), `maximal` (no fourth person tied
        to all three), `exclusive` (least share of a member's private volume that goes to the other
        two, 0–1), `norm_2080` (equivalent, inconclusive, different, or NaN), `component` (groups
        joined by shared persons), `period_start_us`, `period_end_us`. Empty when there are none,
        or when the window is shorter than 84 days (`attrs["status"]` is then `not_identified`).

    Notes
    -----
    A tie is sustained when the window is ≥ 84 days, private messages went both ways in ≥ 75 % of
    its 7-day bins, and ≥ 10 went each way. `detected_strict` further asks |s − 0.80| ≤ 0.10 on
    all three ties with ≥ 20 messages each, s being the private share.

    Examples
    --------
    >>> import pandas as pd
    >>> t = pd.date_range("2024-01-01", periods=200, freq="D", tz="UTC")
    >>> rows = [(a, b, day) for day in t for a, b in
    ...         [("x", "y"), ("y", "x"), ("x", "z"), ("z", "x"), ("y", "z"), ("z", "y")]]
    >>> talk = pd.DataFrame(rows, columns=["sender", "recipient", "time"])
    >>> from supportnet.community import from_dataframe
    >>> c = from_dataframe(talk, visibility="private_1to1")
    >>> twinomes(c)["person"].tolist()
    [0, 1, 2]
    """
    if declared is not None:
        return _declared(community, declared)
    cut, seen = detection_window(community, period)
    if not cut.days >= MIN_WINDOW_DAYS - 1e-9:
        return _nothing(cut.days)
    sustained = sustained_ties(seen, cut, rules or Rules())
    rows = _twinome_rows(seen, sustained)
    return _framed(community, "twinome", rows, cut.start_us, cut.end_us)


def dyads(
    community: Community,
    *,
    period: tuple[str, str] | str | None = None,
    rules: Rules | None = None,
) -> pd.DataFrame:
    """Find dyads: sustained mutual private ties that lie in no sustained triangle.

    Parameters
    ----------
    community
        The community.
    period, rules
        As for :func:`twinomes`.

    Returns
    -------
    pandas.DataFrame
        The columns of :func:`twinomes`.
    """
    cut, seen = detection_window(community, period)
    if not cut.days >= MIN_WINDOW_DAYS - 1e-9:
        return _nothing(cut.days)
    sustained = sustained_ties(seen, cut, rules or Rules())
    inside: set[tuple[int, int]] = set()
    for a, b, c in _triangles(sustained)[["a", "b", "c"]].itertuples(index=False):
        inside |= {(a, b), (a, c), (b, c)}
    pairs = [
        (int(lo), int(hi))
        for lo, hi in sustained[["lo", "hi"]].itertuples(index=False)
        if (lo, hi) not in inside
    ]
    rows = [{"people": pair, "source": "detected_structural"} for pair in pairs]
    return _framed(community, "dyad", rows, cut.start_us, cut.end_us)


def friend_networks(
    community: Community,
    *,
    min_contacts: int = 500,
    basis: str = "declared",
    period: tuple[str, str] | str | None = None,
) -> pd.DataFrame:
    """Find friend networks: a person and their many contacts.

    Parameters
    ----------
    community
        The community.
    min_contacts
        Smallest number of contacts.
    basis
        `declared` (friends, follows and followers that an archive lists) or `actual` (persons with
        whom there was any addressed message in the window).
    period
        As for :func:`twinomes`.

    Returns
    -------
    pandas.DataFrame
        The columns of :func:`twinomes`; `role` is ego or contact. What contacts are to each other
        is not part of the group.
    """
    choose(basis, ("declared", "actual"), "basis")
    cut, seen = detection_window(community, period)
    if basis == "declared":
        given = community.dataset.frame("contacts")
        links = given[["owner_id", "other_id"]].drop_duplicates()
    else:
        frame = in_layer(seen.interactions(lazy=True), "all").select(
            nw.col("author_id").alias("owner_id"), "other_id"
        )
        back = frame.select(
            nw.col("other_id").alias("owner_id"), nw.col("owner_id").alias("other_id")
        )
        links = collect(nw.concat([frame, back], how="vertical").unique())
    sizes = links.groupby("owner_id").size()
    rows = []
    for ego in sorted(int(e) for e in sizes[sizes >= min_contacts].index):
        contacts = sorted(int(p) for p in links.loc[links["owner_id"] == ego, "other_id"])
        rows.append({"people": (ego, *contacts), "source": basis, "ego": ego})
    return _framed(community, "friend_network", rows, cut.start_us, cut.end_us)


def find_groups(
    community: Community,
    *,
    kinds: Sequence[str] = KINDS,
    min_contacts: int = 500,
    period: tuple[str, str] | str | None = None,
) -> pd.DataFrame:
    """Find groups of several kinds at once.

    Parameters
    ----------
    community
        The community.
    kinds
        Any of `twinome`, `dyad`, `friend_network`.
    min_contacts
        Smallest size of a friend network.
    period
        Window of detection, as for :func:`twinomes`.

    Returns
    -------
    pandas.DataFrame
        The columns of :func:`twinomes`, kinds one below the other.
    """
    frames = []
    for kind in kinds:
        choose(kind, KINDS, "kind")
        if kind == "twinome":
            frames.append(twinomes(community, period=period))
        elif kind == "dyad":
            frames.append(dyads(community, period=period))
        else:
            frames.append(friend_networks(community, min_contacts=min_contacts, period=period))
    filled = [frame for frame in frames if not frame.empty] or frames[:1]
    result = pd.concat(filled, ignore_index=True)
    result.attrs = {}
    return result


def _triangles(sustained: pd.DataFrame) -> pd.DataFrame:
    """List the triangles of sustained ties."""
    if sustained.empty:
        return pd.DataFrame(columns=["a", "b", "c", "maximal"])
    pairs = [(int(lo), int(hi)) for lo, hi in sustained[["lo", "hi"]].itertuples(index=False)]
    return list_triangles(ties_from_pairs(pairs))


def _twinome_rows(seen: Community, sustained: pd.DataFrame) -> list[dict[str, Any]]:
    """Return each sustained triangle with its flags."""
    triangles = _triangles(sustained)
    if triangles.empty:
        return []
    sent = private_volume(seen)
    outflow = sent.groupby("author_id")["weight"].sum()
    pair = sent.set_index(["author_id", "other_id"])["weight"]
    shares = _shares(seen, triangles)
    rows = []
    for a, b, c, maximal in triangles.itertuples(index=False):
        people = (int(a), int(b), int(c))
        kept = [
            sum(float(pair.get((i, j), 0.0)) for j in people if j != i) / float(outflow[i])
            for i in people
        ]
        three = [shares.get(ends, (np.nan, 0.0)) for ends in ((a, b), (a, c), (b, c))]
        values = np.array([share for share, _ in three])
        strict = bool(np.all(np.abs(values - 0.80) <= 0.10 + 1e-12)) and all(
            n >= 20 for _, n in three
        )
        verdict = np.nan if np.isnan(values).any() else tost_mean(values, min_units=3).verdict
        rows.append(
            {
                "people": people,
                "source": "detected_strict" if strict else "detected_structural",
                "maximal": bool(maximal),
                "exclusive": min(kept),
                "norm_2080": verdict,
            }
        )
    return rows


def _shares(seen: Community, triangles: pd.DataFrame) -> dict[tuple[int, int], tuple[float, float]]:
    """Return private share and number of addressed messages of the ties inside triangles.

    NaN where the public side of one end is not covered.
    """
    people = np.unique(triangles[["a", "b", "c"]].to_numpy())
    ids = [int(p) for p in people]
    frame = seen.interactions(lazy=True).filter(
        nw.col("relational"), nw.col("author_id").is_in(ids), nw.col("other_id").is_in(ids)
    )
    private = nw.when(nw.col("visibility") == "private_1to1").then(nw.col("weight")).otherwise(0.0)
    known = nw.col("visibility").is_in(["private_1to1", "public", "semi_public"])
    sums = (
        frame.filter(known)
        .with_columns(private=private)
        .group_by("author_id", "other_id")
        .agg(private=nw.col("private").sum(), total=nw.col("weight").sum())
    )
    covered = collect(cover_directions(seen.dataset, sums, "public"))
    covered["lo"] = covered[["author_id", "other_id"]].min(axis=1)
    covered["hi"] = covered[["author_id", "other_id"]].max(axis=1)
    result: dict[tuple[int, int], tuple[float, float]] = {}
    for _, both in covered.groupby(["lo", "hi"]):
        lo, hi = int(both["lo"].iloc[0]), int(both["hi"].iloc[0])
        total = float(both["total"].sum())
        ok = bool(both["identified"].all()) and total > 0
        share = float(both["private"].sum()) / total if ok else np.nan
        result[lo, hi] = (share, total)
    return result


def _declared(community: Community, declared: pd.DataFrame) -> pd.DataFrame:
    """Take declared twinomes as they are."""
    missing = [c for c in ("group", "person") if c not in declared.columns]
    if missing:
        msg = f"declared twinomes need columns group and person; {missing[0]!r} not found; add it."
        raise InputError(msg)
    rows = []
    for _, members in declared.groupby("group", sort=True):
        people = tuple(sorted(int(p) for p in members["person"]))
        if len(set(people)) != 3:
            msg = (
                "three different persons in each declared twinome were expected; found another "
                "number; mend the table."
            )
            raise InputError(msg)
        rows.append({"people": people, "source": "declared"})
    return _framed(community, "twinome", rows, None, None)


def _nothing(days: float) -> pd.DataFrame:
    """Return no rows, and say that the window is too short to tell."""
    empty = pd.DataFrame(columns=list(COLUMNS))
    shown = "no coverage" if np.isnan(days) else f"{days:.0f} days"
    empty.attrs["status"] = "not_identified"
    empty.attrs["message"] = (
        f"a detection window of at least {MIN_WINDOW_DAYS} days was expected; found {shown}; pass "
        "period= with a longer one."
    )
    return empty


def _framed(
    community: Community,
    kind: str,
    rows: list[dict[str, Any]],
    start_us: int | None,
    end_us: int | None,
) -> pd.DataFrame:
    """Spread groups into one row per person, with the component they belong to."""
    component = _components([row["people"] for row in rows])
    spread = []
    for number, row in enumerate(rows):
        for person in row["people"]:
            ego = row.get("ego")
            role = "member" if ego is None else ("ego" if person == ego else "contact")
            spread.append(
                {
                    "community": community.name,
                    "kind": kind,
                    "group": number,
                    "person": person,
                    "role": role,
                    "source": row["source"],
                    "maximal": row.get("maximal"),
                    "exclusive": row.get("exclusive", np.nan),
                    "norm_2080": row.get("norm_2080"),
                    "component": component[number],
                    "period_start_us": start_us,
                    "period_end_us": end_us,
                }
            )
    frame = pd.DataFrame(spread, columns=list(COLUMNS))
    if not frame.empty:
        frame["period_start_us"] = frame["period_start_us"].astype("Int64")
        frame["period_end_us"] = frame["period_end_us"].astype("Int64")
    return frame


def _components(groups: Iterable[Sequence[int]]) -> list[int]:
    """Label the sets of groups that shared persons join."""
    listed = list(groups)
    if not listed:
        return []
    people = {p: i for i, p in enumerate(sorted({p for group in listed for p in group}))}
    rows = [number for number, group in enumerate(listed) for _ in group]
    columns = [people[p] for group in listed for p in group]
    member = sp.csr_matrix((np.ones(len(rows)), (rows, columns)), (len(listed), len(people)))
    _, labels = connected_components(member @ member.T, directed=False)
    return [int(label) for label in labels]
