"""A researcher's table: messages to several persons, ids that repeat or are missing."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from supportnet.community import from_dataframe
from supportnet.errors import InputError

GROUP, DIRECT, OPEN = "private_group", "private_1to1", "public"


def rows(*given: tuple[object, str, str, int, str]) -> pd.DataFrame:
    return pd.DataFrame(given, columns=["message_id", "sender", "recipient", "time", "visibility"])


def test_rows_of_one_id_are_one_message_to_several_persons() -> None:
    table = rows(
        ("m", "a", "d", 0, GROUP), ("n", "b", "a", 0, DIRECT), ("m", "a", "b", 0, GROUP),
        ("m", "a", "c", 0, GROUP), ("k", "b", "c", 9, OPEN), ("k", "b", "a", 9, OPEN),
    )  # fmt: skip
    c = from_dataframe(table, unit="s")
    ids = c.id_map().set_index("person_id")["id"]
    seen = c.interactions()
    named = sorted(
        (m, ids[a], ids[o], round(w, 12), basis)
        for m, a, o, w, basis in seen[
            ["message_id", "author_id", "other_id", "weight", "basis"]
        ].itertuples(index=False)
    )
    third = round(1 / 3, 12)
    assert named == [
        (0, "a", "b", third, "group_share"), (0, "a", "c", third, "group_share"),
        (0, "a", "d", third, "group_share"), (1, "b", "a", 1.0, "dm"),
        (2, "b", "a", 0.5, "mention"), (2, "b", "c", 0.5, "mention"),
    ]  # fmt: skip
    messages = c.messages()
    assert messages["t_us"].tolist() == [0, 0, 9_000_000]
    assert messages["conversation_id"].nunique() == 3
    source = c.dataset.frame("sources").iloc[0]
    assert (source["seen"], source["kept"], source["ignored"]) == (6, 6, "{}")


def test_copies_of_a_row_count_once() -> None:
    table = rows(
        ("m", "a", "b", 0, GROUP), ("m", "a", "b", 0, GROUP), ("m", "a", "c", 0, GROUP),
        ("m", "b", "c", 5, GROUP), ("m", "a", "a", 0, GROUP),
    )  # fmt: skip
    c = from_dataframe(table, unit="s")
    assert c.interactions()["weight"].tolist() == [0.5, 0.5]
    source = c.dataset.frame("sources").iloc[0]
    assert (source["seen"], source["kept"]) == (5, 2)
    assert sum(json.loads(source["ignored"]).values()) == 3


def test_rows_without_an_id_are_messages_of_their_own() -> None:
    table = rows(
        (None, "a", "b", 0, DIRECT), (None, "a", "c", 0, DIRECT), ("m", "b", "a", 1, DIRECT)
    ).assign(reply_to=[None, None, "m"])
    c = from_dataframe(table, unit="s")
    assert len(c.messages()) == 3
    assert len(c.interactions()) == 3


def test_a_direct_message_has_one_recipient() -> None:
    table = rows(("m", "a", "b", 0, DIRECT), ("m", "a", "c", 0, DIRECT))
    with pytest.raises(InputError, match=r"one recipient .* found 1 message ids with several"):
        from_dataframe(table, unit="s")


def test_missing_cells_are_counted_and_named() -> None:
    table = rows(("m", "a", "b", 0, DIRECT), ("n", "b", "a", 1, DIRECT))
    with pytest.raises(InputError, match="1 rows lack one"):
        from_dataframe(table.assign(recipient=["b", None]), unit="s")
    with pytest.raises(InputError, match="visibility must be one of private_1to1"):
        from_dataframe(table.drop(columns="visibility"), unit="s")
    with pytest.raises(InputError, match=r"needs a column for 'recipient'; found .*'sender'"):
        from_dataframe(table.drop(columns="recipient"), unit="s")
    with pytest.raises(InputError, match="integer times need unit="):
        from_dataframe(table)
