"""One layer of a community as a network: who is in it, under which projection, how far observed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

import numpy as np
import pandas as pd

from supportnet.community import Community
from supportnet.coverage import Scope, network_scope, span
from supportnet.dataset import collect
from supportnet.errors import choose
from supportnet.interactions import LAYERS, Attribution, directions, in_layer, interactions
from supportnet.network import Ties, ties_from_directions

__all__ = ["LayerNetwork", "default_projection", "layer_network"]


@dataclass(frozen=True, slots=True)
class LayerNetwork:
    """The ties of one layer among persons whose pairs are all observed.

    Attributes
    ----------
    ties
        The network; None when nothing shows what others say between them.
    scope
        Who is in it, and why.
    projection
        `union` or `mutual`.
    """

    ties: Ties | None
    scope: Scope
    projection: str

    @property
    def coverage(self) -> str:
        """`whole_community`, `donors_only` or `not_identified`, for the column of that name."""
        words = {"community": "whole_community", "donors": "donors_only"}
        return words.get(self.scope.kind, "not_identified")


def default_projection(layer: str) -> Literal["union", "mutual"]:
    """Return the usual projection: mutual in private layers and in all, union in public ones."""
    return "union" if layer == "public" else "mutual"


def layer_network(
    community: Community,
    *,
    layer: str,
    projection: str | None = None,
    attribution: Attribution | None = None,
    m: float = 1.0,
) -> LayerNetwork:
    """Return one layer as a network.

    Parameters
    ----------
    community
        The community.
    layer
        `private`, `public`, `private_group` or `all`.
    projection
        `union`, `mutual`, or None for the layer's default.
    attribution
        The attribution rules.
    m
        Weight from which a direction counts as an arc, messages.

    Returns
    -------
    LayerNetwork
        Without ties where the layer is not identified. Under scope `donors` only the donors and
        the ties between them.
    """
    choose(layer, LAYERS, "layer")
    chosen = projection or default_projection(layer)
    choose(chosen, ("union", "mutual"), "projection")
    scope = network_scope(community.dataset, "private" if layer == "private_group" else layer)
    if scope.kind == "none":
        return LayerNetwork(None, scope, chosen)
    frame = interactions(community.dataset, attribution)
    table = collect(directions(in_layer(frame, layer)))
    if scope.people is not None:
        ids = scope.people
        table = table[table["author_id"].isin(ids) & table["other_id"].isin(ids)]
    table = table.dropna(subset=["first_us"]).sort_values(["author_id", "other_id"])
    seen = span(community.dataset)
    start = seen.start_us if seen.start_us is not None else 0
    end = seen.end_us if seen.end_us is not None else 0
    if len(table):
        start, end = min(start, int(table["first_us"].min())), max(end, int(table["last_us"].max()))
    ties = ties_from_directions(
        _plain(table),
        projection=cast(Literal["union", "mutual"], chosen),
        m=m,
        start_us=start,
        end_us=end,
        people=scope.people,
    )
    return LayerNetwork(ties, scope, chosen)


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """Return directions with plain int64 columns."""
    whole = dict.fromkeys(("author_id", "other_id", "n", "first_us", "last_us"), np.int64)
    return table.astype(whole).reset_index(drop=True)
