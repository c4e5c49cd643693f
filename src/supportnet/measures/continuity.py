"""Whether private exchange goes on without a break: the chain of a pair."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from supportnet.community import Community
from supportnet.coverage import span
from supportnet.kernels.dtypes import Bools, Float64, Int64
from supportnet.turns import (
    HOUR_US,
    PairMessages,
    cover_pairs,
    find_pairs,
    pair_messages,
    parse_duration_us,
)
from supportnet.units import KEYS, check_groups, check_level, finish, group_pairs

__all__ = ["CONTINUITY_MEASURES", "chain_continuity"]

LEVELS = ("tie", "person", "group")
CONTINUITY_MEASURES = ("breaks", "continuity", "longest_run", "longest_silence")


def chain_continuity(
    community: Community,
    *,
    level: str = "tie",
    bin: str = "7D",
    horizon: str = "72h",
    groups: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Measure how unbroken the private exchange of a pair is.

    Parameters
    ----------
    community
        The community.
    level
        `tie`, `person` (over the person's ties) or `group` (over its pairs, silent ones too; in a
        friend network those of the ego).
    bin
        Length g of a bin; set it before looking, continuity rises with it.
    horizon
        A longer silence is a break.
    groups
        For level `group`: columns community, kind, group, person and optionally role.

    Returns
    -------
    pandas.DataFrame
        Keys of the level, `measure`, `value`, `n` (complete bins; above the tie, ties), `status`.
        Measures of a tie: `continuity` (share 0–1 of bins with a private message each way),
        `longest_run` (bins in a row that have one each way), `longest_silence` (hours between
        messages, or from the last to the end of coverage), `breaks` (silences longer than the
        horizon). Of a person or group: the least continuity and run, the longest silence and all
        breaks of its ties, and `continuity_mean`, the mean continuity.

    Raises
    ------
    InputError
        For an unknown level, or a duration that is none.

    Notes
    -----
    C = (bins with at least one private message each way) / (complete bins in the pair's coverage).
    Bins have one origin per community, the start of the measured window; those cut by the pair's
    coverage are dropped. A chain is as strong as its weakest link, hence the least. Without a
    complete bin C and the run are NaN, `zero_denominator`. A pair that was covered and said nothing
    has C = 0, a run of 0 and a silence as long as its coverage, with status `empty`. A pair of
    which one side was not observed is `not_identified`, as is a group with such a pair. The index
    is this package's own: no earlier definition is claimed.

    Examples
    --------
    >>> import pandas as pd
    >>> from supportnet.community import from_dataframe
    >>> talk = pd.DataFrame({"sender": list("abab"), "recipient": list("baba"),
    ...                      "time": [0, 3600, 90000, 260000]})
    >>> c = from_dataframe(talk, visibility="private_1to1", unit="s")
    >>> chain_continuity(c, bin="1D", horizon="24h")[["measure", "value", "n"]]
               measure      value  n
    0           breaks   1.000000  3
    1       continuity   0.333333  3
    2      longest_run   1.000000  3
    3  longest_silence  47.222222  3
    """
    check_level(level, LEVELS)
    width, limit = parse_duration_us(bin, "bin"), parse_duration_us(horizon, "horizon")
    dataset = community.dataset
    messages = pair_messages(dataset, community.interactions(lazy=True), "private")
    origin = span(dataset).start_us or 0
    chains = _chains(messages, origin, width, limit)
    if level == "tie":
        return _ties(messages, chains)
    if level == "person":
        n = len(messages)
        keys = pd.DataFrame({"person_id": np.concatenate((messages.lo, messages.hi))})
        return _over_ties(chains.take(np.tile(np.arange(n), 2)), keys, "person")
    inside = group_pairs(check_groups(groups, community.name))
    lo, hi = inside["lo"].to_numpy(np.int32), inside["hi"].to_numpy(np.int32)
    place = find_pairs(messages, lo, hi)
    silent = _silent(cover_pairs(dataset, lo, hi, "private"), origin, width, limit)
    return _over_ties(silent.replaced(chains, place), inside[["kind", "group"]], "group")


@dataclass(frozen=True, slots=True)
class _Chains:
    """What each pair's chain looks like; one entry per pair in every array.

    Attributes
    ----------
    bins, both
        Complete bins, and those with a message each way.
    run
        Longest run of such bins.
    silence
        Longest silence, hours.
    breaks
        Silences longer than the horizon.
    identified, spoke
        Whether the pair was observed, and said anything.
    """

    bins: Int64
    both: Int64
    run: Int64
    silence: Float64
    breaks: Int64
    identified: Bools
    spoke: Bools

    def take(self, places: Int64) -> _Chains:
        """Return the pairs at `places`."""
        return _Chains(*(getattr(self, f.name)[places] for f in fields(self)))

    def replaced(self, others: _Chains, places: Int64) -> _Chains:
        """Return these pairs, with those of `others` at `places` where that is not -1."""
        found = places >= 0
        merged = []
        for f in fields(self):
            values = getattr(self, f.name).copy()
            values[found] = getattr(others, f.name)[places[found]]
            merged.append(values)
        return _Chains(*merged)


def _bins(start: Int64, end: Int64, origin: int, width: int) -> tuple[Int64, Int64]:
    """Return the first complete bin of each stretch and how many there are."""
    first = -((origin - start) // width)
    return first, np.maximum((end - origin) // width - first, 0)


def _chains(messages: PairMessages, origin: int, width: int, limit: int) -> _Chains:
    """Describe the chain of every pair that has messages."""
    n = len(messages)
    if n == 0:
        whole, flag = np.zeros(0, np.int64), np.zeros(0, np.bool_)
        return _Chains(whole, whole, whole, np.zeros(0), whole, flag, flag)
    first, bins = _bins(messages.start_us, messages.end_us, origin, width)
    pair, at = _full_bins(messages, first, bins, (origin, width))
    both = np.bincount(pair, minlength=n)
    fresh = np.ones(pair.size, np.bool_)
    fresh[1:] = (pair[1:] != pair[:-1]) | (at[1:] != at[:-1] + 1)
    begins = np.flatnonzero(fresh)
    run = np.zeros(n, np.int64)
    np.maximum.at(run, pair[begins], np.diff(np.append(begins, pair.size)))
    gap = np.zeros(messages.times.size, np.int64)
    gap[1:] = np.diff(messages.times)
    gap[messages.starts[:-1]] = 0
    open_end = messages.end_us - messages.times[messages.starts[1:] - 1]
    longest = np.maximum(np.maximum.reduceat(gap, messages.starts[:-1]), open_end)
    breaks = np.add.reduceat(gap > limit, messages.starts[:-1], dtype=np.int64)
    return _Chains(
        bins=bins,
        both=both,
        run=run,
        silence=longest / HOUR_US,
        breaks=breaks + (open_end > limit),
        identified=messages.identified,
        spoke=np.ones(n, np.bool_),
    )


def _full_bins(
    messages: PairMessages, first: Int64, bins: Int64, grid: tuple[int, int]
) -> tuple[Int64, Int64]:
    """Return pair and number of the complete bins that have a message each way, in order."""
    pair = messages.pair.astype(np.int64)
    at = (messages.times - grid[0]) // grid[1] - first[pair]
    inside = (at >= 0) & (at < bins[pair]) & messages.identified[pair]
    pair, at, forward = pair[inside], at[inside], messages.forward[inside]
    if not pair.size:
        return pair, at
    fresh = np.ones(pair.size, np.bool_)
    fresh[1:] = (pair[1:] != pair[:-1]) | (at[1:] != at[:-1])
    begins = np.flatnonzero(fresh)
    there = np.logical_or.reduceat(forward, begins)
    here = np.logical_or.reduceat(~forward, begins)
    full = begins[there & here]
    return pair[full], at[full]


def _silent(covered: tuple[Bools, Int64, Int64], origin: int, width: int, limit: int) -> _Chains:
    """Describe pairs as if they had said nothing."""
    identified, start, end = covered
    none = np.zeros(identified.size, np.int64)
    return _Chains(
        bins=_bins(start, end, origin, width)[1],
        both=none,
        run=none,
        silence=(end - start) / HOUR_US,
        breaks=((end - start) > limit).astype(np.int64),
        identified=identified,
        spoke=np.zeros(identified.size, np.bool_),
    )


def _share(chains: _Chains) -> Float64:
    """Return the continuity of each pair; NaN without a complete bin."""
    share: Float64 = np.full(chains.bins.size, np.nan)
    np.divide(chains.both, chains.bins, out=share, where=chains.bins > 0)
    return share


def _ties(messages: PairMessages, chains: _Chains) -> pd.DataFrame:
    """Return one row per tie and measure."""
    binned = np.where(chains.bins > 0, "ok", "zero_denominator")
    always = np.full(binned.size, "ok")
    values = {
        "breaks": (chains.breaks.astype(np.float64), always),
        "continuity": (_share(chains), binned),
        "longest_run": (chains.run.astype(np.float64), binned),
        "longest_silence": (chains.silence, always),
    }
    tables = []
    for name, (value, status) in values.items():
        shown = np.where(chains.identified, status, "not_identified")
        tables.append(
            pd.DataFrame(
                {
                    "lo": messages.lo,
                    "hi": messages.hi,
                    "measure": name,
                    "value": np.where(shown == "ok", value, np.nan),
                    "n": chains.bins,
                    "status": shown.astype(object),
                }
            )
        )
    return finish(pd.concat(tables, ignore_index=True), "tie")


def _over_ties(chains: _Chains, keys: pd.DataFrame, level: str) -> pd.DataFrame:
    """Return one row per person or group and measure, over their ties."""
    names = list(KEYS[level])
    rows = keys.reset_index(drop=True).assign(
        c=_share(chains),
        run=np.where(chains.bins > 0, chains.run, np.nan),
        silence=chains.silence,
        breaks=chains.breaks,
        binned=chains.bins > 0,
        identified=chains.identified,
        spoke=chains.spoke,
    )
    seen = rows[rows["identified"]]
    units = rows.groupby(names).agg(
        ties=("identified", "sum"), every=("identified", "all"), some=("identified", "any")
    )
    found = seen.groupby(names).agg(
        continuity=("c", "min"),
        continuity_mean=("c", "mean"),
        longest_run=("run", "min"),
        longest_silence=("silence", "max"),
        breaks=("breaks", "sum"),
        binned=("binned", "sum"),
        spoke=("spoke", "any"),
    )
    table = units.join(found).reset_index()
    known = table["every" if level == "group" else "some"].astype(bool).to_numpy()
    spoke = table["spoke"].eq(True).to_numpy()  # noqa: FBT003 - NaN where nothing was seen
    tables = []
    for name in (*CONTINUITY_MEASURES, "continuity_mean"):
        counts_bins = name in ("continuity", "continuity_mean", "longest_run")
        n = table["binned"].fillna(0) if counts_bins else table["ties"]
        status = np.where(spoke, "ok", "empty").astype(object)
        status[table[name].isna().to_numpy()] = "zero_denominator"
        status[~known] = "not_identified"
        tables.append(
            table[names].assign(
                measure=name, value=table[name].astype(float), n=n.to_numpy(), status=status
            )
        )
    return finish(pd.concat(tables, ignore_index=True), level)
