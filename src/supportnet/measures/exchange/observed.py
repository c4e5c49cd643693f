"""The pairs that were observed among a set of persons, and whether their silence was too."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from supportnet.community import Community
from supportnet.coverage import network_scope
from supportnet.measures.exchange.pairs import sides_of
from supportnet.turns.by_unit import silent_status

__all__ = ["Observed", "network_of"]


@dataclass(frozen=True, slots=True)
class Observed:
    """One network as far as it was observed.

    Attributes
    ----------
    ties
        `lo`, `hi`, `w_fwd`, `w_back` of the observed ties.
    people
        Ids of the persons, ascending.
    nulls_known
        Whether a pair without traffic is known to have none.
    coverage
        `whole_community`, `donors_only` or `observed_ties`.
    hidden
        Whether no tie of the layer was observed, and none could have been.
    """

    ties: pd.DataFrame
    people: npt.NDArray[np.int64]
    nulls_known: bool
    coverage: str
    hidden: bool = False


def network_of(community: Community, ties: pd.DataFrame, layer: str) -> Observed:
    """Return the observed pairs of a layer.

    Persons are those who wrote or were addressed in the layer; the donors, where only their ties
    to each other are all observed.
    """
    sides = sides_of(layer)
    scope = network_scope(community.dataset, layer)
    if scope.kind == "none":
        seen = ties[ties["identified"]]
        silent = {silent_status(community.dataset, side) for side in sides}
        return Observed(
            seen,
            _people(seen),
            nulls_known=False,
            coverage="observed_ties",
            hidden=seen.empty and "not_identified" in silent,
        )
    if scope.people is None:
        return Observed(ties, _people(ties), nulls_known=True, coverage="whole_community")
    among = ties["lo"].isin(scope.people) & ties["hi"].isin(scope.people)
    return Observed(ties[among], scope.people, nulls_known=True, coverage="donors_only")


def _people(ties: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Return the persons of ties, ascending."""
    if ties.empty:
        return np.empty(0, np.int64)
    # Persons are dense numbers: flags find them without a sort.
    met = np.zeros(int(ties["hi"].max()) + 1, np.bool_)
    met[ties["lo"]] = True
    met[ties["hi"]] = True
    return np.flatnonzero(met)
