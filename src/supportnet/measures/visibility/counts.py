"""How many messages of a unit only the other could read, and how many others could read too."""

from __future__ import annotations

from dataclasses import dataclass

import narwhals as nw
import numpy as np
import pandas as pd

from supportnet.community import Community
from supportnet.dataset import Dataset, Lazy, collect
from supportnet.errors import InputError, choose
from supportnet.interactions import EVENT_KINDS, FIXED_POINT, Attribution, fixed_units
from supportnet.pair_events import shared_events
from supportnet.pair_sums import sum_parts
from supportnet.turns import cover_pairs
from supportnet.units import KEYS, first_status, identify

__all__ = [
    "COVERAGE",
    "ShareRules",
    "addressed",
    "check_target",
    "count_units",
    "with_share",
    "written",
]

# Kind of a network's scope → word of column `coverage`.
COVERAGE = {"community": "whole_community", "donors": "donors_only", "none": "not_identified"}
_SIDES = ("private", "public")


@dataclass(frozen=True, slots=True)
class ShareRules:
    """What counts as private and what as public.

    Attributes
    ----------
    semi_public
        The side of messages behind a membership, a lock or a registration: `public` or `private`.
    group_messages
        Messages of private groups: `exclude`, `triad` (those of three members count as private, at
        1/2 for each of the two others) or `all` (1/(n-1) for each).
    attribution
        Who addressed whom; None takes the primary rules.
    """

    semi_public: str = "public"
    group_messages: str = "exclude"
    attribution: Attribution | None = None

    def __post_init__(self) -> None:
        choose(self.semi_public, _SIDES, "semi_public")
        choose(self.group_messages, ("exclude", "triad", "all"), "group_messages")

    @property
    def visibilities(self) -> tuple[list[str], list[str]]:
        """What counts as private, and what as public."""
        private, public = ["private_1to1"], ["public"]
        (private if self.semi_public == "private" else public).append("semi_public")
        if self.group_messages != "exclude":
            private.append("private_group")
        return private, public


def check_target(target: float) -> float:
    """Return a norm that is a share, refusing any other number."""
    if not 0 <= target <= 1:
        msg = f"target must be a share between 0 and 1; found {target}; pass e.g. 0.80."
        raise InputError(msg)
    return target


def addressed(community: Community, rules: ShareRules) -> Lazy:
    """Return the messages that count: `author_id`, `other_id`, `t_us`, `units`, `is_private`.

    `units` are weights in fixed point, so that sums do not depend on the order of threads.
    """
    return _counting(community, rules).select(
        "author_id",
        "other_id",
        "t_us",
        units=fixed_units(),
        is_private=nw.col("visibility").is_in(rules.visibilities[0]),
    )


def _counting(community: Community, rules: ShareRules) -> Lazy:
    """Return the interactions that count, private or public."""
    frame = community.interactions(rules.attribution, lazy=True).filter(nw.col("relational"))
    if rules.group_messages == "triad":
        frame = _without_larger_groups(community.dataset, frame)
    private, public = rules.visibilities
    return frame.filter(nw.col("visibility").is_in([*private, *public]))


def written(community: Community) -> Lazy:
    """Return all that persons wrote, addressed or not: columns of table `messages`.

    Calls, reposts and what bots wrote are left out; so are notes to oneself and talk to a bot.
    """
    dataset = community.dataset
    plain = nw.col("original_kind").is_null() | ~nw.col("original_kind").is_in(["call", "repost"])
    sent = community.messages(lazy=True).filter(
        nw.col("kind").is_in(EVENT_KINDS),
        plain,
        ~nw.col("author_id").is_in([-1, *dataset.outsiders]),
    )
    notes = dataset.table("conversations").filter(nw.col("kind") == "self")
    sent = sent.join(notes.select("conversation_id"), on="conversation_id", how="anti")
    bots = collect(dataset.table("people").filter(nw.col("is_bot")).select("person_id"))
    if bots.empty:
        return sent
    direct = nw.col("visibility") == "private_1to1"
    heard = dataset.table("recipients").filter(
        nw.col("person_id").is_in(bots["person_id"].tolist())
    )
    to_bots = (
        sent.filter(direct)
        .select("message_id")
        .join(heard.select("message_id").unique(), on="message_id", how="semi")
    )
    return sent.join(to_bots, on="message_id", how="anti")


def _without_larger_groups(dataset: Dataset, frame: Lazy) -> Lazy:
    """Leave out messages of private groups other than those of exactly three members."""
    conversations = dataset.table("conversations").filter(nw.col("n_members") == 3)
    small = (
        dataset.table("messages")
        .filter(nw.col("visibility") == "private_group")
        .join(conversations.select("conversation_id"), on="conversation_id", how="semi")
        .select("message_id")
    )
    grouped = nw.col("visibility") == "private_group"
    kept = frame.filter(grouped).join(small, on="message_id", how="semi")
    return nw.concat([frame.filter(~grouped), kept], how="vertical")


def count_units(community: Community, rules: ShareRules, level: str) -> pd.DataFrame:
    """Count the messages of each direction, tie or person (what the person wrote).

    Returns
    -------
    pandas.DataFrame
        Keys of the level, `private`, `public` (messages, ≥ 0, at least one above 0), `identified`
        (both sides were observed: of the direction, of both directions of the tie, of everything
        the person wrote). Sorted by the keys.
    """
    if level == "tie":
        return _of_ties(community, rules)
    events = addressed(community, rules)
    if level == "person":
        events = events.with_columns(person_id=nw.col("author_id"))
    sides = {"private": nw.col("is_private"), "public": ~nw.col("is_private")}
    counted = (
        events.with_columns(
            **{side: nw.when(own).then(nw.col("units")).otherwise(0) for side, own in sides.items()}
        )
        .group_by(*KEYS[level])
        .agg(*(nw.col(side).sum().cast(nw.Float64) for side in _SIDES))
    )
    who = "author" if level == "person" else level
    known = identify(community.dataset, counted, who, layers=_SIDES)
    table = collect(known.sort(*KEYS[level]))
    table[list(_SIDES)] /= FIXED_POINT
    table[list(KEYS[level])] = table[list(KEYS[level])].astype("int64")
    return table


def _of_ties(community: Community, rules: ShareRules) -> pd.DataFrame:
    """Count the messages of each tie: see :func:`count_units`."""
    held = shared_events(community.dataset, rules.attribution)
    if held is not None and rules.group_messages != "triad":
        lo, hi, units = held.lo, held.hi, held.units(*rules.visibilities)
    else:
        is_public = nw.col("visibility").is_in(rules.visibilities[1])
        lo, hi, units = sum_parts(_counting(community, rules), is_public)
    found = (units[0] + units[1]) > 0
    there = slice(None) if bool(found.all()) else found
    lo, hi = lo[there], hi[there]
    columns: dict[str, object] = {"lo": lo.astype(np.int64), "hi": hi.astype(np.int64)}
    columns.update({n: own[there] / FIXED_POINT for n, own in zip(_SIDES, units, strict=True)})
    seen = [cover_pairs(community.dataset, lo, hi, side)[0] for side in _SIDES]
    return pd.DataFrame(columns, copy=False).assign(identified=seen[0] & seen[1])


def with_share(counted: pd.DataFrame) -> pd.DataFrame:
    """Add `value` (the private share), `n` (messages, rounded) and `status`."""
    total = counted["private"] + counted["public"]
    return counted.assign(
        value=(counted["private"] / total.where(total > 0)).astype(float),
        n=np.rint(total).astype("int64"),
        status=first_status(
            {"not_identified": ~counted["identified"].astype(bool), "zero_denominator": total <= 0},
            counted.index,
        ),
    )
