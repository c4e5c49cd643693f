"""Who addressed whom: messages and reactions attributed to ordered pairs under a named rule.

The table of rules is docs/methods.md, "Attribution". Every row says on what basis it stands, so a
measure can take the rows it means: `relational` rows are person to person; the others are person to
content (reactions, reposts, quotes).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import narwhals as nw

from supportnet.dataset import Dataset, Lazy
from supportnet.errors import choose

__all__ = [
    "EVENT_KINDS",
    "LAYERS",
    "Attribution",
    "directions",
    "fixed_units",
    "in_layer",
    "interactions",
]

# Rows that are acts of addressing somebody. Calls end no turn and carry no weight; reposts point at
# content; a deleted message was sent all the same.
EVENT_KINDS = ("message", "post", "comment", "quote", "deleted")
LAYERS = ("private", "public", "private_group", "all")
_COLUMNS = (
    "message_id",
    "author_id",
    "other_id",
    "t_us",
    "weight",
    "basis",
    "visibility",
    "relational",
)
# Weights are summed as integers of this size, so that sums do not depend on thread order and k
# shares of 1/k make one message within 1e-9.
FIXED_POINT = 2**40


@dataclass(frozen=True, slots=True)
class Attribution:
    """The switches of the attribution table; the defaults are the primary analysis.

    Attributes
    ----------
    group
        A private group message without target, to n-1 readers: `share` gives each 1/(n-1), so that
        a message weighs one; `fanout` gives each 1 (exposure); `exclude` leaves it out.
    reply
        A public reply: `parent` credits the author of the parent; `root` the author of the thread's
        root as well; `split` shares 1/k over the parent and the typed mentions.
    mentions
        k persons mentioned in public without a parent: `split` gives each 1/k, `each` gives 1.
    quote
        A quote with own text: `content` or `relational`.
    content
        Reactions and reposts: `content` or `relational`.
    """

    group: Literal["share", "fanout", "exclude"] = "share"
    reply: Literal["parent", "root", "split"] = "parent"
    mentions: Literal["split", "each"] = "split"
    quote: Literal["content", "relational"] = "content"
    content: Literal["content", "relational"] = "content"

    def __post_init__(self) -> None:
        choose(self.group, ("share", "fanout", "exclude"), "group")
        choose(self.reply, ("parent", "root", "split"), "reply")
        choose(self.mentions, ("split", "each"), "mentions")
        choose(self.quote, ("content", "relational"), "quote")
        choose(self.content, ("content", "relational"), "content")

    @property
    def name(self) -> str:
        """The switches as one word, for caches and report footers."""
        return f"{self.group}-{self.reply}-{self.mentions}-{self.quote}-{self.content}"


def interactions(dataset: Dataset, attribution: Attribution | None = None) -> Lazy:
    """Attribute every message and reaction to ordered pairs of persons.

    Parameters
    ----------
    dataset
        The community's tables.
    attribution
        The rules; None takes the primary ones.

    Returns
    -------
    narwhals.LazyFrame
        `message_id` (null for a reaction to unseen content), `author_id`, `other_id`, `t_us`
        (µs UTC; null for undated reactions), `weight` (0–1 for relational rows under the primary
        rules), `basis` (dm, group_target, group_share, reply, mention, wall, comment, reaction,
        repost, quote), `visibility`, `relational`. Self-addressed rows, flagged bots and
        deleted-account labels are left out; messages of unknown visibility stay, marked `unknown`.
    """
    rules = attribution or Attribution()
    if dataset.parent is not None and dataset.window_us is not None:
        start_us, end_us = dataset.window_us
        whole = interactions(dataset.parent, rules)
        return whole.filter(nw.col("t_us") >= start_us, nw.col("t_us") < end_us)
    return dataset.derived(f"interactions-{rules.name}", lambda: _attributed(dataset, rules))


def _attributed(dataset: Dataset, rules: Attribution) -> Lazy:
    """Stack the cases of the attribution table."""
    messages = dataset.table("messages")
    events = messages.filter(nw.col("kind").is_in(EVENT_KINDS)).filter(
        ~nw.col("original_kind").is_in(["call", "repost"]) | nw.col("original_kind").is_null()
    )
    parts = [
        _direct(dataset, events),
        *_group(dataset, events, rules),
        *_public(dataset, events, rules),
        _content(messages, "repost", "repost", relational=rules.content == "relational"),
        _content(messages, "quote", "quote", relational=rules.quote == "relational"),
        _reactions(dataset, relational=rules.content == "relational"),
    ]
    stacked = nw.concat([part.select(*_COLUMNS) for part in parts], how="vertical")
    kept = stacked.filter(nw.col("author_id") != nw.col("other_id"))
    outsiders = dataset.outsiders
    if outsiders:
        kept = kept.filter(
            ~nw.col("author_id").is_in(outsiders), ~nw.col("other_id").is_in(outsiders)
        )
    return kept


def _row(frame: Lazy, other: str, weight: nw.Expr, basis: str, *, relational: bool = True) -> Lazy:
    """Give a case its common columns."""
    return frame.with_columns(
        other_id=nw.col(other).cast(nw.Int32),
        weight=weight.cast(nw.Float64),
        basis=nw.lit(basis),
        relational=nw.lit(relational),
    )


def _each(table: Lazy, events: Lazy) -> Lazy:
    """Join messages with persons named in a side table, and count how many each message has."""
    named = table.join(
        events.select("message_id", "author_id", "t_us", "visibility"), on="message_id", how="inner"
    ).filter(nw.col("person_id") != nw.col("author_id"))
    sizes = named.group_by("message_id").agg(k=nw.len())
    return named.join(sizes, on="message_id", how="inner")


def _direct(dataset: Dataset, events: Lazy) -> Lazy:
    """Attribute direct messages to their one reader."""
    direct = events.filter(nw.col("visibility") == "private_1to1")
    joined = dataset.table("recipients").join(
        direct.select("message_id", "author_id", "t_us", "visibility"), on="message_id", how="inner"
    )
    return _row(joined, "person_id", nw.lit(1.0), "dm")


def _group(dataset: Dataset, events: Lazy, rules: Attribution) -> list[Lazy]:
    """Attribute private group messages: to their targets, else to all readers in equal shares."""
    grouped = events.filter(nw.col("visibility") == "private_group")
    typed = dataset.table("mentions").join(
        grouped.select("message_id"), on="message_id", how="semi"
    )
    answered = grouped.filter(~nw.col("reply_author").is_null()).select(
        "message_id", nw.col("reply_author").alias("person_id")
    )
    targets = _each(nw.concat([typed, answered], how="vertical").unique(), grouped)
    cases = [_row(targets, "person_id", 1.0 / nw.col("k"), "group_target")]
    if rules.group != "exclude":
        untargeted = grouped.join(targets.select("message_id"), on="message_id", how="anti")
        readers = _each(dataset.table("recipients"), untargeted)
        weight = nw.lit(1.0) if rules.group == "fanout" else 1.0 / nw.col("k")
        cases.append(_row(readers, "person_id", weight, "group_share"))
    return cases


def _public(dataset: Dataset, events: Lazy, rules: Attribution) -> list[Lazy]:
    """Attribute what many could read: wall, reply, comment, else the persons it names."""
    seen = events.filter(nw.col("visibility").is_in(["public", "semi_public", "unknown"]))
    on_wall = ~nw.col("wall_owner").is_null() & (nw.col("wall_owner") != nw.col("author_id"))
    wall = seen.filter(on_wall)
    rest = seen.filter(~on_wall | nw.col("wall_owner").is_null())
    reply = rest.filter(~nw.col("reply_author").is_null())
    bare = rest.filter(nw.col("reply_author").is_null())
    under = (nw.col("kind") == "comment") & ~nw.col("root_author").is_null()
    comment = bare.filter(under)
    open_ = bare.filter(~under | nw.col("root_author").is_null())
    named = _each(
        nw.concat(
            [dataset.table("mentions"), dataset.table("recipients")], how="vertical"
        ).unique(),
        # A message that points at a parent nobody can name addressed that parent, not its mentions.
        open_.filter(nw.col("reply_to").is_null()),
    )
    weight = nw.lit(1.0) if rules.mentions == "each" else 1.0 / nw.col("k")
    cases = [
        _row(wall, "wall_owner", nw.lit(1.0), "wall"),
        _row(comment, "root_author", nw.lit(1.0), "comment"),
        _row(named, "person_id", weight, "mention"),
    ]
    if rules.reply != "split":
        cases.append(_row(reply, "reply_author", nw.lit(1.0), "reply"))
    else:
        typed = dataset.table("mentions").join(
            reply.select("message_id"), on="message_id", how="semi"
        )
        parent = reply.select("message_id", nw.col("reply_author").alias("person_id"))
        shared = _each(nw.concat([typed, parent], how="vertical").unique(), reply)
        cases.append(_row(shared, "person_id", 1.0 / nw.col("k"), "reply"))
    if rules.reply == "root":
        rooted = reply.filter(
            ~nw.col("root_author").is_null() & (nw.col("root_author") != nw.col("reply_author"))
        )
        cases.append(_row(rooted, "root_author", nw.lit(1.0), "comment"))
    return cases


def _content(messages: Lazy, kind: str, basis: str, *, relational: bool) -> Lazy:
    """Attribute reposts and quotes to the author of the content they carry."""
    carried = messages.filter((nw.col("kind") == kind) & ~nw.col("target_author").is_null())
    return _row(carried, "target_author", nw.lit(1.0), basis, relational=relational)


def _reactions(dataset: Dataset, *, relational: bool) -> Lazy:
    """Attribute reactions whose actor is known to the author of the content."""
    known = (
        dataset.table("reactions")
        .filter(~nw.col("actor_id").is_null() & ~nw.col("target_id").is_null())
        .with_columns(author_id=nw.col("actor_id"))
    )
    return _row(known, "target_id", nw.lit(1.0), "reaction", relational=relational)


def in_layer(frame: Lazy, layer: str) -> Lazy:
    """Keep the relational rows of one layer.

    Parameters
    ----------
    frame
        Interactions.
    layer
        `private` (private_1to1 only: shares of group messages never make a private tie), `public`
        (public and semi_public), `private_group`, or `all` (unknown visibility included).

    Returns
    -------
    narwhals.LazyFrame
        The rows.
    """
    choose(layer, LAYERS, "layer")
    relational = frame.filter(nw.col("relational"))
    if layer == "private":
        return relational.filter(nw.col("visibility") == "private_1to1")
    if layer == "public":
        return relational.filter(nw.col("visibility").is_in(["public", "semi_public"]))
    if layer == "private_group":
        return relational.filter(nw.col("visibility") == "private_group")
    return relational


def fixed_units(column: str = "weight") -> nw.Expr:
    """Return weights in fixed point, so that no sum depends on the order of threads."""
    return (nw.col(column) * FIXED_POINT).round(0).cast(nw.Int64)


def directions(frame: Lazy) -> Lazy:
    """Sum interactions into directions (ordered pairs).

    Returns
    -------
    narwhals.LazyFrame
        `author_id`, `other_id`, `weight` (messages, sums of shares), `n` (rows), `first_us`,
        `last_us` (µs UTC). Unordered.
    """
    return (
        frame.with_columns(units=fixed_units())
        .group_by("author_id", "other_id")
        .agg(
            units=nw.col("units").sum().cast(nw.Float64),
            n=nw.len().cast(nw.Int64),
            first_us=nw.col("t_us").min(),
            last_us=nw.col("t_us").max(),
        )
        .with_columns(weight=nw.col("units") / FIXED_POINT)
        .select("author_id", "other_id", "weight", "n", "first_us", "last_us")
    )
