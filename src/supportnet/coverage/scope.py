"""Among whom everything was observed, and which headline quantities that identifies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from supportnet.coverage.records import (
    SIDES,
    coverage_records,
    donor_spans,
    exported_chats,
    whole_sources,
)
from supportnet.dataset import Dataset
from supportnet.errors import choose

__all__ = ["Scope", "identifiability", "network_scope"]


@dataclass(frozen=True, slots=True)
class Scope:
    """The persons among whom every pair is observed in one layer.

    Attributes
    ----------
    kind
        `community` (one source covers everybody), `donors` (only pairs of donors are all
        observed), `none`.
    people
        Ids of the donors for `donors`; None otherwise.
    reason
        One sentence for the card and for `not_identified`.
    """

    kind: str
    people: npt.NDArray[np.int64] | None
    reason: str


def network_scope(dataset: Dataset, layer: str) -> Scope:
    """Return the persons among whom every pair is observed in one layer.

    Parameters
    ----------
    dataset
        The community's tables.
    layer
        `private`, `public`, or `all` (both at once).

    Returns
    -------
    Scope
        Everybody, the donors, or nobody, with the reason.
    """
    choose(layer, ("private", "public", "all"), "layer")
    layers = ("private", "public") if layer == "all" else (layer,)
    records = coverage_records(dataset)
    donors: set[int] | None = None
    for one in layers:
        if not whole_sources(records, one).empty:
            continue
        people = donor_spans(records, one)
        needed = people[people["sees_out"].astype(bool)]
        ids = set(needed["person_id"].astype(int))
        donors = ids if donors is None else donors & ids
    if donors is None:
        return Scope("community", None, "one source covers the whole community")
    if len(donors) >= 3:
        people_ids = np.array(sorted(donors), dtype=np.int64)
        reason = (
            f"no source covers the whole community; computed among the {len(donors)} donors, "
            "whose ties to each other are all observed"
        )
        return Scope("donors", people_ids, reason)
    reason = f"nothing shows what others say between them in the {layer} layer"
    return Scope("none", None, reason)


def identifiability(dataset: Dataset) -> pd.DataFrame:
    """Say for each headline quantity whether this dataset can show it, and for whom.

    Returns
    -------
    pandas.DataFrame
        `quantity`, `status` (ok, partly, not_identified), `reason` (one sentence).
    """
    records = coverage_records(dataset)
    has = {
        layer: not whole_sources(records, layer).empty or not donor_spans(records, layer).empty
        for layer in SIDES
    }
    private = has["private"] or not _seen_chats(records).empty
    rows = [
        ("private reciprocity and balance of a tie", private, "private", "no private source"),
        ("private reply latency", private, "private", "no private source"),
        ("private share, outgoing", private and has["public"], "both", _missing(private, has)),
        ("public reciprocity and reply latency", has["public"], "public", "no public source"),
    ]
    table = [
        (name, *(_for_whom(dataset, layer) if ok else ("not_identified", why)))
        for name, ok, layer, why in rows
    ]
    both = private and has["public"]
    table.insert(3, ("private share of a tie, both directions", *_share_both(dataset, both, has)))
    for layer in ("private", "public"):
        scope = network_scope(dataset, layer)
        status = {"community": "ok", "donors": "partly", "none": "not_identified"}[scope.kind]
        table.append((f"{layer} closure, clustering and census", status, scope.reason))
    contacts = dataset.frame("contacts")
    reason = (
        "declared ties are in the sources" if len(contacts) else "no source lists declared ties"
    )
    table.append(("friend networks", "ok" if len(contacts) else "not_identified", reason))
    return pd.DataFrame(table, columns=["quantity", "status", "reason"])


def _seen_chats(records: pd.DataFrame) -> pd.DataFrame:
    """Return the records of exported conversations that show anything in the window looked at."""
    exported = exported_chats(records)
    return exported[exported["end_us"] >= exported["start_us"]]


def _missing(private: bool, has: dict[str, bool]) -> str:  # noqa: FBT001
    """Name the side that is missing for a share."""
    if not private and not has["public"]:
        return "neither a private nor a public source"
    return "no public source" if private else "no private source"


def _for_whom(dataset: Dataset, layer: str) -> tuple[str, str]:
    """Say whether everybody is covered, or only some donors and exported conversations."""
    records = coverage_records(dataset)
    layers = tuple(SIDES) if layer == "both" else (layer,)
    if all(not whole_sources(records, one).empty for one in layers):
        return "ok", "one source covers the whole community"
    exported = _seen_chats(records)
    people = [set(donor_spans(records, one)["person_id"]) for one in layers]
    if layer == "both":
        people[0] |= set(exported["owner_id"].dropna().astype("int64"))
    n_donors = len(set.intersection(*people))
    n_chats = exported["conversation_id"].nunique() if layer == "private" else 0
    parts = [f"the ties of {_count(n_donors, 'donor')}"] if n_donors else []
    parts += [_count(n_chats, "exported conversation")] if n_chats else []
    return "partly", f"for {' and '.join(parts) or 'nobody yet'}"


def _count(n: int, what: str) -> str:
    """Return a number with its word."""
    return f"{n:,} {what}{'' if n == 1 else 's'}"


def _share_both(dataset: Dataset, both: bool, has: dict[str, bool]) -> tuple[str, str]:  # noqa: FBT001
    """Say for whom a tie's share is identified: it needs the public side of both ends."""
    records = coverage_records(dataset)
    if not both:
        return "not_identified", _missing(bool(has["private"]), has)
    if not whole_sources(records, "public").empty:
        return _for_whom(dataset, "both")
    donors = len(donor_spans(records, "public"))
    if donors < 2:
        return "not_identified", "one archive shows only its owner's public side"
    return "partly", f"for ties between two of {donors} donors"
