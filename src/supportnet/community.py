"""Open a dataset and hand out its layers: messages, interactions, turns, ties, graphs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, overload

import networkx as nx
import pandas as pd

from supportnet import card as cards
from supportnet.coverage import identifiability, span
from supportnet.dataset import Dataset, Lazy, collect, open_dataset
from supportnet.errors import InputError
from supportnet.frames import TableOptions, dataset_from_frame
from supportnet.interactions import Attribution, directions, in_layer, interactions
from supportnet.network import to_networkx
from supportnet.pair_events import sharing
from supportnet.ties import ties
from supportnet.turns import HORIZONS, TurnRules, parse_duration_us, turns

__all__ = ["Community", "from_dataframe", "open_community"]


class Community:
    """One community's data, with what was observed of it.

    Open one with :func:`open_community` or make one with :func:`from_dataframe`. The methods hand
    out tables; measures are functions that take the community.
    """

    def __init__(self, dataset: Dataset, ids: pd.DataFrame | None = None) -> None:
        self.dataset = dataset
        self._ids = ids

    @property
    def name(self) -> str:
        """Name of the community."""
        return self.dataset.community

    @cached_property
    def card(self) -> dict[str, Any]:
        """The data card as plain values (see :func:`supportnet.card.describe`)."""
        return cards.describe(self.dataset)

    def __repr__(self) -> str:
        return cards.card_text(self.card)

    def _repr_html_(self) -> str:
        return cards.card_html(self.card)

    def between(
        self, start: str | pd.Timestamp | None = None, end: str | pd.Timestamp | None = None
    ) -> Community:
        """Return the same community seen only in [start, end).

        Parameters
        ----------
        start, end
            Dates or times (UTC unless they carry a zone); None leaves that end open.

        Returns
        -------
        Community
            Rows and coverage cut to the window, so that measures are censored at its end.
        """
        whole = span(self.dataset)
        low = whole.start_us or 0 if start is None else _moment_us(start, "start")
        high = (whole.end_us or 0) if end is None else _moment_us(end, "end")
        if low >= high:
            msg = "a window that starts before it ends was expected; pass an earlier start."
            raise InputError(msg)
        return Community(self.dataset.between(low, high), self._ids)

    @overload
    def messages(self, *, lazy: Literal[False] = ...) -> pd.DataFrame: ...
    @overload
    def messages(self, *, lazy: Literal[True]) -> Lazy: ...
    def messages(self, *, lazy: bool = False) -> pd.DataFrame | Lazy:
        """Return table `messages` (docs/architecture.md lists its columns), by `message_id`."""
        return _out(self.dataset.table("messages"), ["message_id"], lazy=lazy)

    @overload
    def interactions(
        self, attribution: Attribution | None = ..., *, lazy: Literal[False] = ...
    ) -> pd.DataFrame: ...
    @overload
    def interactions(
        self, attribution: Attribution | None = ..., *, lazy: Literal[True]
    ) -> Lazy: ...
    def interactions(
        self, attribution: Attribution | None = None, *, lazy: bool = False
    ) -> pd.DataFrame | Lazy:
        """Return who addressed whom: one row per ordered pair and message or reaction.

        Columns: `message_id`, `author_id`, `other_id`, `t_us` (µs UTC), `weight`, `basis`,
        `visibility`, `relational`.
        """
        frame = interactions(self.dataset, attribution)
        keys = ["t_us", "message_id", "author_id", "other_id", "basis"]
        return _out(frame, keys, lazy=lazy)

    @overload
    def turns(
        self,
        layer: str = ...,
        *,
        horizon: str | None = ...,
        burst: str = ...,
        anchor: str = ...,
        lazy: Literal[False] = ...,
    ) -> pd.DataFrame: ...
    @overload
    def turns(
        self,
        layer: str = ...,
        *,
        horizon: str | None = ...,
        burst: str = ...,
        anchor: str = ...,
        lazy: Literal[True],
    ) -> Lazy: ...
    def turns(
        self,
        layer: str = "private",
        *,
        horizon: str | None = None,
        burst: str = "10min",
        anchor: str = "first_burst",
        lazy: bool = False,
    ) -> pd.DataFrame | Lazy:
        """Return the turns of every dyad with the wait for their answer.

        Parameters
        ----------
        layer
            `private` or `public`.
        horizon
            Longest time an answer may take; 72 h in private and 168 h in public by default.
        burst
            Largest gap inside a burst.
        anchor
            `first_burst` or `last_burst`: where the clock starts.
        lazy
            Return the lazy frame instead of pandas.

        Returns
        -------
        pandas.DataFrame or narwhals.LazyFrame
            See :func:`supportnet.turns.turns`; `latency_h` in hours, `observed` False where the
            turn was not answered within the horizon or before the end of coverage (censored).
        """
        frame = self.interactions(lazy=True)
        result = turns(
            self.dataset, frame, layer=layer, rules=turn_rules(layer, horizon, burst, anchor)
        )
        return _out(result, ["start_us", "author_id", "other_id", "due_us"], lazy=lazy)

    @overload
    def ties(
        self, layer: str = ..., *, window: str | None = ..., lazy: Literal[False] = ...
    ) -> pd.DataFrame: ...
    @overload
    def ties(self, layer: str = ..., *, window: str | None = ..., lazy: Literal[True]) -> Lazy: ...
    def ties(
        self, layer: str = "private", *, window: str | None = None, lazy: bool = False
    ) -> pd.DataFrame | Lazy:
        """Return unordered pairs with what went each way.

        Parameters
        ----------
        layer
            `private`, `public`, `private_group` or `all`.
        window
            Length of a window such as `28D`, counted from the start of coverage; None takes the
            whole span.
        lazy
            Return the lazy frame instead of pandas.

        Returns
        -------
        pandas.DataFrame or narwhals.LazyFrame
            See :func:`supportnet.ties.ties`; weights in messages.
        """
        width = None if window is None else parse_duration_us(window, "window")
        origin = span(self.dataset).start_us or 0
        frame = ties(self.interactions(lazy=True), layer=layer, window_us=width, origin_us=origin)
        return _out(frame, ["lo", "hi"] + (["window"] if width else []), lazy=lazy)

    @contextmanager
    def sharing(self, attribution: Attribution | None = None) -> Iterator[Community]:
        """Read and sort the messages once for all measures taken inside a `with` block.

        Parameters
        ----------
        attribution
            Who addressed whom; None takes the primary rules. Measures under other rules, and those
            that cannot share, read for themselves: no number changes.

        Yields
        ------
        Community
            This one. About 40 bytes per message are held until the block ends.

        Examples
        --------
        >>> import pandas as pd
        >>> talk = pd.DataFrame({"sender": list("aba"), "recipient": list("bab"), "time": range(3)})
        >>> c = from_dataframe(talk, visibility="private_1to1", unit="s")
        >>> with c.sharing():
        ...     c.directions()["n"].tolist()
        [2, 1]
        """
        with sharing(self.dataset, attribution):
            yield self

    def directions(self, layer: str = "private") -> pd.DataFrame:
        """Return ordered pairs: `author_id`, `other_id`, `weight`, `n`, `first_us`, `last_us`."""
        frame = directions(in_layer(self.interactions(lazy=True), layer))
        return _out(frame, ["author_id", "other_id"], lazy=False)

    def to_networkx(self, layer: str = "private") -> nx.DiGraph[int]:
        """Return one layer as a directed graph with edge attributes weight, n, first, last."""
        graph: nx.DiGraph[int] = to_networkx(self.directions(layer))
        return graph

    def identifiability(self) -> pd.DataFrame:
        """Return what this dataset can and cannot show: `quantity`, `status`, `reason`."""
        return identifiability(self.dataset)

    def id_map(self) -> pd.DataFrame:
        """Return the researcher's ids beside ours (`id`, `person_id`); only for own tables.

        Raises
        ------
        InputError
            For an imported dataset: its names are not kept anywhere.
        """
        if self._ids is None:
            msg = (
                "a community made by from_dataframe was expected; found an imported dataset, which "
                "keeps no names; use pseudonyms from table accounts."
            )
            raise InputError(msg)
        return self._ids.copy()


def _moment_us(moment: str | pd.Timestamp, what: str) -> int:
    """Read a date or time as µs UTC."""
    try:
        stamp = pd.Timestamp(moment)
        stamp = stamp.tz_localize("UTC") if stamp.tzinfo is None else stamp.tz_convert("UTC")
    except (ValueError, TypeError):
        msg = f"{what} must be a date such as 2024-07-01; found something else; pass a date."
        raise InputError(msg) from None
    return int(stamp.value // 1000)  # value is in ns whatever the unit


def turn_rules(
    layer: str, horizon: str | None, burst: str = "10min", anchor: str = "first_burst"
) -> TurnRules:
    """Return turn rules from what a user types; None takes the layer's default horizon."""
    if horizon is None:
        horizon_us = HORIZONS.get(layer, HORIZONS["private"])
    else:
        horizon_us = parse_duration_us(horizon, "horizon")
    return TurnRules(horizon_us, parse_duration_us(burst, "burst"), anchor)


@overload
def _out(frame: Lazy, order: list[str], *, lazy: Literal[False]) -> pd.DataFrame: ...
@overload
def _out(frame: Lazy, order: list[str], *, lazy: bool) -> pd.DataFrame | Lazy: ...
def _out(frame: Lazy, order: list[str], *, lazy: bool) -> pd.DataFrame | Lazy:
    """Hand a frame out as it is, or as pandas in a fixed order (group order varies otherwise)."""
    if lazy:
        return frame
    table = collect(frame)
    keys = [name for name in order if name in table.columns]
    return table.sort_values(keys, kind="stable", ignore_index=True)


def open_community(folder: str | Path) -> Community:
    """Open an imported dataset.

    Parameters
    ----------
    folder
        Folder given to `into` when importing.

    Returns
    -------
    Community
        The handle; printing it shows the data card.

    Raises
    ------
    DatasetError
        When the folder holds no readable dataset.
    """
    return Community(open_dataset(folder))


def from_dataframe(
    df: pd.DataFrame,
    *,
    columns: Mapping[str, str] | None = None,
    visibility: str | None = None,
    unit: str | None = None,
    order: str | None = None,
    contacts: pd.DataFrame | None = None,
    start: pd.Timestamp | None = None,
    end: pd.Timestamp | None = None,
    community: str = "table",
) -> Community:
    """Make a community from a table of messages that is already in memory.

    Parameters
    ----------
    df
        One row per message: sender, recipient, time, and optionally message_id, reply_to,
        visibility, kind. Times are timezone-aware datetimes, or integers with `unit`.
    columns
        Our names → the table's names, where they differ.
    visibility
        One visibility value for all rows, when the table has no such column.
    unit
        `s`, `ms` or `us` for integer times.
    order
        Column that orders rows of equal time; without it they are ordered by sender, recipient.
    contacts
        Declared ties: columns owner, other, and optionally kind (friend, follow, follower).
    start, end
        Bounds of what was observed; by default the first and last row.
    community
        Name of the community.

    Returns
    -------
    Community
        The same handle as for an imported dataset. Nothing is written to disk.

    Raises
    ------
    InputError
        When a column is missing or times cannot be placed.

    Notes
    -----
    The table is taken to cover its whole community. Equal rows are kept unless an id column is
    named; rows of one id that differ in the recipient alone are one message to several persons.
    Rows addressed to their own sender are counted out.

    Examples
    --------
    >>> import pandas as pd
    >>> talk = pd.DataFrame({"from": ["a", "b"], "to": ["b", "a"], "t": [0, 3600]})
    >>> talk["t"] += 1_700_000_000
    >>> c = from_dataframe(talk, columns={"sender": "from", "recipient": "to", "time": "t"},
    ...                    visibility="private_1to1", unit="s")
    >>> c.ties()[["n_fwd", "n_back"]].iloc[0].tolist()
    [1, 1]
    """
    options = TableOptions(
        columns=dict(columns or {}),
        visibility=visibility,
        unit=unit,
        order=order,
        start=start,
        end=end,
        community=community,
    )
    dataset, ids = dataset_from_frame(df, options, contacts)
    return Community(dataset, ids)
