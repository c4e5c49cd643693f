"""What is identified: the cells of the table in docs/methods.md."""

from __future__ import annotations

import pytest

from builders import DAY, EVERYTHING, T0, community, covers, talk
from supportnet.community import Community
from supportnet.coverage import cover_directions, network_scope, span
from supportnet.dataset import collect
from supportnet.errors import InputError

O1 = "private_in private_out public_out reactions_out"
ROWS = [(0, 1, 0, "private"), (1, 0, 1, "private"), (0, 1, 2, "public"), (1, 2, 3, "private")]


def identified(c: Community, layer: str) -> dict[tuple[int, int], bool]:
    frame = c.interactions(lazy=True).select("author_id", "other_id").unique()
    table = collect(cover_directions(c.dataset, frame, layer))
    keys = zip(table["author_id"], table["other_id"], strict=True)
    return dict(zip(keys, table["identified"].astype(bool), strict=True))


def test_one_archive_shows_its_owners_ties_and_outgoing_public() -> None:
    c = talk(ROWS, coverage=[covers(0, O1)])
    assert identified(c, "private") == {(0, 1): True, (1, 0): True, (1, 2): False}
    assert identified(c, "public") == {(0, 1): True, (1, 0): False, (1, 2): False}
    assert network_scope(c.dataset, "private").kind == "none"
    table = c.identifiability().set_index("quantity")["status"]
    assert table["private share of a tie, both directions"] == "not_identified"
    assert table["private share, outgoing"] == "partly"


def test_two_of_three_archives_show_all_three_private_ties() -> None:
    rows = [(0, 1, 0, "private"), (1, 2, 1, "private"), (0, 2, 2, "private")]
    c = talk(rows, coverage=[covers(0, O1), covers(1, O1)])
    assert all(identified(c, "private").values())
    assert network_scope(c.dataset, "private").kind == "none"  # two donors make no network
    c = talk(rows, coverage=[covers(p, O1) for p in (0, 1, 2)])
    scope = network_scope(c.dataset, "private")
    assert (scope.kind, scope.people.tolist()) == ("donors", [0, 1, 2])


def test_one_exported_chat_shows_that_pair() -> None:
    c = talk(ROWS, coverage=[covers(0, "private_in private_out", conversation_id=0)])
    assert identified(c, "private")[0, 1]
    assert not identified(c, "public")[0, 1]


def test_whole_community() -> None:
    c = talk(ROWS, coverage=[EVERYTHING])
    assert all(identified(c, "private").values())
    assert all(identified(c, "public").values())
    assert network_scope(c.dataset, "all").kind == "community"
    assert set(c.identifiability()["status"]) == {"ok", "not_identified"}  # no declared ties


def test_public_dump_shows_nothing_private() -> None:
    c = talk(ROWS, coverage=[covers(None, "public_in public_out alter_alter")])
    assert not any(identified(c, "private").values())
    assert network_scope(c.dataset, "private").kind == "none"
    assert network_scope(c.dataset, "public").kind == "community"


def test_span_begins_with_the_first_message_and_ends_where_stated() -> None:
    c = talk([(0, 1, 48, "private")], coverage=[covers(0, O1)])
    whole = span(c.dataset)
    assert (whole.start_us, whole.end_us) == (T0 + 2 * DAY, T0 + 400 * DAY)
    assert whole.days == 398
    nothing = span(community([], coverage=[]).dataset)
    assert nothing.start_us is None
    assert nothing.days != nothing.days


def test_a_whole_community_is_taken_at_its_word() -> None:
    c = talk([(0, 1, 48, "private")], coverage=[EVERYTHING])
    assert span(c.dataset).start_us == T0
    late = c.between("2024-01-02", "2024-01-05")
    assert (span(late.dataset).start_us, span(late.dataset).days) == (T0 + DAY, 3)


def test_a_window_of_an_archive_begins_where_it_was_cut() -> None:
    """Before the first message of all nobody is covered; after it silence is silence."""
    rows = [(0, 1, 48, "private"), (0, 1, 240, "private")]
    c = talk(rows, coverage=[covers(0, O1)])
    assert span(c.between("2024-01-01", "2024-02-01").dataset).start_us == T0 + 2 * DAY
    assert span(c.between("2024-01-05", "2024-02-01").dataset).start_us == T0 + 4 * DAY


def test_what_a_source_states_is_there_for_those_who_ask() -> None:
    c = talk([(0, 1, 48, "private")], coverage=[covers(0, O1)])
    frame = c.interactions(lazy=True).select("author_id", "other_id")
    used, stated = (
        collect(cover_directions(c.dataset, frame, "private", stated=word))["start_us"].tolist()
        for word in (False, True)
    )
    assert (used, stated) == ([T0 + 2 * DAY], [T0])


def test_windows_cut_coverage() -> None:
    c = talk(ROWS, coverage=[covers(0, O1)]).between("2024-01-01", "2024-02-01")
    assert span(c.dataset).end_us == T0 + 31 * DAY
    with pytest.raises(InputError, match="starts before it ends"):
        c.between("2024-02-01", "2024-01-01")
