"""What a dataset shows of its platforms: who was where when, who talked there, who watched."""

from __future__ import annotations

from collections.abc import Sequence

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from supportnet.community import Community
from supportnet.coverage import cover_directions, span
from supportnet.dataset import Dataset, Lazy, collect, lazy
from supportnet.interactions import Attribution
from supportnet.schema import BUILD_TABLES
from supportnet.ties import ties

__all__ = ["Sightings"]

_LAYERS = {"private": ("private",), "public": ("public",), "private_group": ("private",)}
_BOTH = ("private", "public")
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


class Sightings:
    """The platforms of one community, looked at one by one.

    Times are float64 µs UTC (exact: they stay below 2^53), NaN where there is none.
    """

    def __init__(self, community: Community, layer: str, attribution: Attribution | None) -> None:
        self.dataset = community.dataset
        self.layer = layer
        self._said = community.interactions(attribution, lazy=True)
        self._activity: dict[str, pd.DataFrame] = {}
        self._views: dict[str, Dataset] = {}
        self._open: dict[str, npt.NDArray[np.int64]] = {}
        self._sources: pd.DataFrame | None = None

    def platforms(self) -> tuple[str, ...]:
        """Return the platforms on which anybody has a conversation or an account."""
        found: set[str] = set()
        for table in ("conversations", "accounts"):
            names = collect(self.dataset.table(table).select("platform").unique())["platform"]
            found |= set(names.dropna())
        return tuple(sorted(found))

    def _placed(self, frame: Lazy, platform: str) -> Lazy:
        """Keep the rows of messages (column `conversation_id`) that lie on a platform."""
        there = self.dataset.table("conversations").filter(nw.col("platform") == platform)
        return frame.join(there.select("conversation_id"), on="conversation_id", how="semi")

    def activity(self, platform: str) -> pd.DataFrame:
        """Return who wrote on a platform: index person, `first_us`, `last_us`, `n` (messages)."""
        if platform not in self._activity:
            wrote = self._placed(self.dataset.table("messages"), platform)
            wrote = wrote.filter(~nw.col("author_id").is_null())
            found = collect(
                wrote.group_by("author_id").agg(
                    first_us=nw.col("t_us").min(), last_us=nw.col("t_us").max(), n=nw.len()
                )
            )
            found = found[~found["author_id"].isin(self.dataset.outsiders)]
            self._activity[platform] = found.set_index("author_id").sort_index()
        return self._activity[platform]

    def authors(self, platform: str, start_us: int, end_us: int) -> npt.NDArray[np.int64]:
        """Return who wrote on a platform in [start, end), ascending."""
        inside = (nw.col("t_us") >= start_us) & (nw.col("t_us") < end_us)
        wrote = self._placed(self.dataset.table("messages").filter(inside), platform)
        found = collect(wrote.select("author_id").unique())["author_id"].dropna()
        people = np.sort(found.to_numpy(dtype=np.int64))
        return people[~np.isin(people, self.dataset.outsiders)]

    def ties(
        self, platform: str, start_us: int | None = None, end_us: int | None = None
    ) -> pd.DataFrame:
        """Return the ties of a platform (see `supportnet.ties`), in [start, end) where given."""
        places = self._placed(self.dataset.table("messages"), platform).select("message_id")
        said = self._said.join(places, on="message_id", how="semi")
        if start_us is not None:
            said = said.filter(nw.col("t_us") >= start_us)
        if end_us is not None:
            said = said.filter(nw.col("t_us") < end_us)
        return collect(ties(said, layer=self.layer))

    def _platforms_of_sources(self) -> pd.DataFrame:
        """Return source_id, platform: where a source holds messages, and its format's home."""
        if self._sources is None:
            home = self.dataset.table("conversations").select("conversation_id", "platform")
            spoken = self.dataset.table("messages").select("message_id", "conversation_id")
            pairs = self.dataset.table("message_sources").join(spoken, on="message_id", how="inner")
            pairs = pairs.join(home, on="conversation_id", how="inner")
            found = collect(pairs.select("source_id", "platform").unique())
            formats = self.dataset.frame("sources")[["source_id", "format"]]
            formats = formats[formats["format"].isin(self.platforms())]
            named = formats.rename(columns={"format": "platform"})
            self._sources = pd.concat([found, named], ignore_index=True).drop_duplicates()
        return self._sources

    def view(self, platform: str) -> Dataset:
        """Return the dataset with the coverage of those sources alone that show a platform.

        A source of which nothing tells the platform (a table of one's own) shows all of them.
        """
        if platform not in self._views:
            known = self._platforms_of_sources()
            here = set(known.loc[known["platform"] == platform, "source_id"])
            elsewhere = set(known["source_id"]) - here
            records: pa.Table = self.dataset.table("coverage").collect().to_native()
            rows = [r for r in records.to_pylist() if r["source_id"] not in elsewhere]
            kept = pa.Table.from_pylist(rows, schema=BUILD_TABLES["coverage"])
            tables = {**self.dataset.tables, "coverage": lazy(kept)}
            self._views[platform] = Dataset(self.dataset.community, tables)
        return self._views[platform]

    def is_watched(self, platform: str, lo: pd.Series[int], hi: pd.Series[int]) -> BoolArray:
        """Say for each tie whether all that its ends say to each other there is observed."""
        watched = np.ones(len(lo), dtype=bool)
        if not len(lo):
            return watched
        ends = [np.asarray(side, dtype=np.int32) for side in (lo, hi)]
        ways = {"author_id": np.concatenate(ends), "other_id": np.concatenate(ends[::-1])}
        for layer in _LAYERS.get(self.layer, _BOTH):
            seen = collect(cover_directions(self.view(platform), lazy(pa.table(ways)), layer))
            known = seen.set_index(["author_id", "other_id"])["identified"]
            both = known.reindex(pd.MultiIndex.from_arrays(list(ways.values())))
            watched &= both.to_numpy(dtype=bool).reshape(2, -1).all(axis=0)
        return watched

    def is_absent(self, platform: str, people: npt.ArrayLike) -> BoolArray:
        """Say for each person whether it is known that they were never active on a platform.

        It is where they never wrote there and either gave an archive of it or declared no account
        on it. An account without an archive leaves it open.
        """
        asked = np.asarray(people, dtype=np.int64)
        wrote = self.activity(platform).index.to_numpy(dtype=np.int64)
        is_open = np.isin(asked, self._unwatched(platform))
        return np.asarray(~np.isin(asked, wrote) & ~is_open, dtype=bool)

    def _unwatched(self, platform: str) -> npt.NDArray[np.int64]:
        """Return who has an account on a platform and gave no archive of it."""
        if platform not in self._open:
            accounts = self.dataset.table("accounts").filter(nw.col("platform") == platform)
            linked = collect(accounts.select("person_id").unique())["person_id"].to_numpy(np.int64)
            records = self.view(platform).frame("coverage")
            donors = records["owner_id"].dropna().to_numpy(dtype=np.int64)
            open_ = np.empty(0, np.int64) if _covers_all(records) else np.setdiff1d(linked, donors)
            self._open[platform] = open_
        return self._open[platform]

    def ends(self, people: npt.ArrayLike) -> FloatArray:
        """Return until when each person is followed: the latest end of what they gave, anywhere.

        Most archives do not say when they were made, and end with the last thing in them; a person
        who asked for several did so at about one time. Who gave none is followed as long as the
        community is.
        """
        end_us = span(self.dataset).end_us
        whole = np.nan if end_us is None else float(end_us)
        asked = np.asarray(people, dtype=np.int64)
        records = self.dataset.frame("coverage").dropna(subset=["end_us"])
        if _covers_all(records):
            return np.full(asked.shape, whole)
        own = records.dropna(subset=["owner_id"]).groupby("owner_id")["end_us"].max()
        own.index = own.index.astype("int64")
        found = own.astype("float64").reindex(asked).to_numpy(dtype=np.float64)
        return np.where(np.isnan(found), whole, found)

    def first(self, platforms: Sequence[str], people: npt.ArrayLike) -> FloatArray:
        """Return when each person first wrote on any of some platforms."""
        asked = pd.Index(np.asarray(people, dtype=np.int64))
        found = np.full(len(asked), np.nan)
        for platform in platforms:
            times = self.activity(platform)["first_us"].astype("float64")
            found = np.fmin(found, times.reindex(asked).to_numpy(dtype=np.float64))
        return found


def _covers_all(records: pd.DataFrame) -> bool:
    """Say whether a source among some coverage records shows the whole community."""
    whole = records["owner_id"].isna() & records["conversation_id"].isna()
    return bool((whole & records["alter_alter"].astype(bool)).any())
