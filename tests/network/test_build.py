import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from supportnet.errors import InputError
from supportnet.network import ties_from_directions, ties_from_pairs

STOP = 200


def by_hand(table, projection, m):
    """Project by the definition: birth and both weights of each tied pair."""
    arcs = {(row.author_id, row.other_id): (row.weight, row.first_us) for row in table.itertuples()}
    found = {}
    for a, b in {tuple(sorted(pair)) for pair in arcs}:
        forth, back = arcs.get((a, b), (0.0, -1)), arcs.get((b, a), (0.0, -1))
        births = [first for weight, first in (forth, back) if weight >= m - 1e-9]
        if projection == "mutual" and len(births) == 2:
            found[a, b] = (max(births), forth, back)
        if projection == "union" and births:
            found[a, b] = (min(births), forth, back)
    return found


@pytest.mark.parametrize("projection", ["union", "mutual"])
@pytest.mark.parametrize("m", [1.0, 2.0])
@pytest.mark.parametrize("kind", ["pandas", "arrow"])
def test_ties_follow_the_definition(tables, projection, m, kind):
    for table in tables:
        given = pa.Table.from_pandas(table) if kind == "arrow" else table
        ties = ties_from_directions(given, projection=projection, m=m, start_us=0, end_us=STOP)
        assert (np.diff(ties.birth_us) >= 0).all()
        found = {
            (int(ties.people[lo]), int(ties.people[hi])): (birth, (w, first), (v, second))
            for lo, hi, birth, w, first, v, second in zip(
                ties.lo, ties.hi, ties.birth_us, ties.n_fwd, ties.first_fwd_us, ties.n_back,
                ties.first_back_us, strict=True,
            )
        }  # fmt: skip
        assert found == by_hand(table, projection, m)
        assert ties.people.tolist() == sorted({*table["author_id"], *table["other_id"]})
        assert ties.lo.dtype == ties.hi.dtype == np.int32


def test_shares_of_a_message_add_up_to_a_tie():
    table = directions(weight=[sum([1 / 7] * 7), 1.0])
    assert table["weight"][0] < 1
    assert len(ties_from_directions(table, projection="mutual", start_us=0, end_us=9)) == 1


def test_persons_without_ties_can_be_named():
    ties = ties_from_directions(directions(), start_us=0, end_us=9, people=[9, 5, 3, 7])
    assert ties.people.tolist() == [3, 5, 7, 9]
    assert ties.people[[ties.lo[0], ties.hi[0]]].tolist() == [7, 9]


def test_an_empty_table_gives_no_ties():
    ties = ties_from_directions(directions().iloc[:0], start_us=0, end_us=9)
    assert len(ties) == ties.people.size == 0
    assert len(ties_from_pairs([])) == 0


def directions(**columns):
    base = {
        "author_id": [7, 9], "other_id": [9, 7], "weight": [1.0, 1.0], "n": [1, 1],
        "first_us": [1, 2], "last_us": [1, 2],
    }  # fmt: skip
    return pd.DataFrame({**base, **columns})


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (directions().drop(columns="n"), "needs a column 'n'"),
        (directions(author_id=[7, None]), "must have no gaps; found 1"),
        (directions(weight=[1.0, np.nan]), "must have no gaps; found 1"),
        (directions(author_id=["x", "y"]), "must hold whole numbers"),
        (directions(author_id=[7.5, 9.0]), "must hold whole numbers"),
        (directions(author_id=[7, 7]), "from a person to itself|occur"),
        (directions(author_id=[7, 7], other_id=[9, 9]), "must occur once; found 1"),
        (directions(weight=[1.0, -1.0]), "finite numbers from 0 on"),
        (directions(weight=[1.0, np.inf]), "finite numbers from 0 on"),
        (directions(last_us=[1, 10]), "within the coverage; found 1"),
        (directions(first_us=[-1, 2]), "within the coverage; found 1"),
        (directions(last_us=[1, 1]), "within the coverage; found 1"),
    ],
)
def test_unusable_tables_are_refused(table, message):
    with pytest.raises(InputError, match=message):
        ties_from_directions(table, start_us=0, end_us=9)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"projection": "both"}, "projection must be one of union, mutual"),
        ({"m": 0}, "m must be above 0"),
        ({"people": [7]}, "1 are absent"),
        ({"start_us": 10}, "start_us <= end_us"),
        ({"start_us": -1}, "0 <= start_us"),
    ],
)
def test_unusable_options_are_refused(options, message):
    with pytest.raises(InputError, match=message):
        ties_from_directions(directions(), **{"start_us": 0, "end_us": 9, **options})


def test_the_table_is_left_as_it_was():
    table = directions()
    before = table.copy(deep=True)
    ties_from_directions(table, start_us=0, end_us=9)
    pd.testing.assert_frame_equal(table, before)
