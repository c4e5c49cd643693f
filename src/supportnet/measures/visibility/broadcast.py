"""The private share of all that a person writes, broadcasts included."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import pandas as pd

from supportnet.community import Community
from supportnet.dataset import collect
from supportnet.errors import choose
from supportnet.measures.visibility.counts import with_share, written
from supportnet.units import check_level, finish, identify

__all__ = ["private_share_all"]

_SIDES = ("private", "public")


def private_share_all(
    community: Community, *, level: str = "person", semi_public: str = "public"
) -> pd.DataFrame:
    """Compute the share of a person's messages, broadcasts included, that only one other reads.

    Parameters
    ----------
    community
        The community.
    level
        `person`.
    semi_public
        Side of messages behind a membership or a lock: `public`, or `private` (sensitivity).

    Returns
    -------
    pandas.DataFrame
        `person_id`, `value` (0 to 1), `n` (messages), `status`, `private`, `public` (messages).

    Raises
    ------
    InputError
        When the level or side is unknown.

    Notes
    -----
    s_all = private_1to1 / (private_1to1 + public + semi_public) over everything the person wrote,
    addressed or not, one message weighing one; private groups, unknown visibility, notes to oneself
    and talk to bots are left out.
    Another quantity than the private share, whose public side is only what was addressed to
    somebody. NaN, `not_identified`, unless both sides of the person's writing were observed.

    Examples
    --------
    >>> import pandas as pd
    >>> from supportnet.community import from_dataframe
    >>> talk = pd.DataFrame({"sender": ["a"] * 4, "recipient": ["b"] * 4, "time": range(4)})
    >>> talk["visibility"] = ["private_1to1"] * 3 + ["public"]
    >>> private_share_all(from_dataframe(talk, unit="s"))["value"].tolist()
    [0.75]
    """
    check_level(level, ("person",))
    choose(semi_public, _SIDES, "semi_public")
    private, public = ["private_1to1"], ["public"]
    (private if semi_public == "private" else public).append("semi_public")
    counted = (
        written(community)
        .filter(nw.col("visibility").is_in([*private, *public]))
        .with_columns(
            person_id=nw.col("author_id"),
            private=nw.when(nw.col("visibility").is_in(private)).then(1).otherwise(0),
            public=nw.when(nw.col("visibility").is_in(public)).then(1).otherwise(0),
        )
        .group_by("person_id")
        .agg(nw.col(*_SIDES).sum().cast(nw.Float64))
    )
    table = collect(identify(community.dataset, counted, "author", layers=_SIDES))
    known = with_share(table.astype({"person_id": np.int64}))
    return finish(known, "person", more=_SIDES)
