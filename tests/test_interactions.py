"""The attribution table, case by case, and what never counts."""

from __future__ import annotations

from typing import Any

import pytest

from builders import community
from supportnet.community import Community
from supportnet.errors import InputError
from supportnet.interactions import Attribution

PRIVATE = {"visibility": "private_1to1"}
GROUP = {"visibility": "private_group"}
PUBLIC = {"visibility": "public"}


def pairs(c: Community, **rules: Any) -> dict[tuple[int, int, str], float]:
    """Return (author, other, basis) → weight."""
    frame = c.interactions(Attribution(**rules))
    keys = zip(frame["author_id"], frame["other_id"], frame["basis"], strict=True)
    return {k: round(w, 12) for k, w in zip(keys, frame["weight"], strict=True)}


def test_direct_message() -> None:
    assert pairs(community([{"by": 0, **PRIVATE}], readers=[(0, 1)])) == {(0, 1, "dm"): 1}


def test_group_message_without_target_weighs_one() -> None:
    c = community([{"by": 0, **GROUP}], readers=[(0, p) for p in (1, 2, 3, 4)])
    assert pairs(c) == {(0, p, "group_share"): 0.25 for p in (1, 2, 3, 4)}
    assert pairs(c, group="fanout") == {(0, p, "group_share"): 1 for p in (1, 2, 3, 4)}
    assert pairs(c, group="exclude") == {}


def test_group_message_with_targets_goes_to_them() -> None:
    readers = [(0, p) for p in (1, 2, 3, 4)]
    c = community(
        [{"by": 0, "reply_author": 1, **GROUP}], readers=readers, mentions=[(0, 2), (0, 1)]
    )
    assert pairs(c) == {(0, 1, "group_target"): 0.5, (0, 2, "group_target"): 0.5}


def test_public_reply() -> None:
    post = {"by": 0, "reply_author": 1, "root_author": 3, "reply_to": 9, **PUBLIC}
    c = community([post], mentions=[(0, 2)])
    assert pairs(c) == {(0, 1, "reply"): 1}
    assert pairs(c, reply="root") == {(0, 1, "reply"): 1, (0, 3, "comment"): 1}
    assert pairs(c, reply="split") == {(0, 1, "reply"): 0.5, (0, 2, "reply"): 0.5}


def test_public_mentions_without_parent() -> None:
    c = community([{"by": 0, **PUBLIC}], mentions=[(0, 1), (0, 2)])
    assert pairs(c) == {(0, 1, "mention"): 0.5, (0, 2, "mention"): 0.5}
    assert pairs(c, mentions="each") == {(0, 1, "mention"): 1, (0, 2, "mention"): 1}


def test_wall_and_comment() -> None:
    c = community(
        [
            {"by": 0, "kind": "post", "wall_owner": 1, **PUBLIC},
            {"by": 0, "kind": "post", "wall_owner": 0, **PUBLIC},
            {"by": 2, "kind": "comment", "root_author": 1, **PUBLIC},
        ]
    )
    assert pairs(c) == {(0, 1, "wall"): 1, (2, 1, "comment"): 1}


def test_content_is_not_relational() -> None:
    c = community(
        [
            {"by": 0, "kind": "quote", "target_author": 1, **PUBLIC},
            {"by": 0, "kind": "repost", "target_author": 2, **PUBLIC},
        ],
        reactions=[
            {"actor_id": 3, "target_id": 1, "n": 1, "kind": "like", "visibility": "public"},
            {"actor_id": None, "target_id": 1, "n": 7, "kind": "like", "visibility": "public"},
        ],
    )
    frame = c.interactions()
    assert frame["basis"].tolist() == ["quote", "repost", "reaction"]
    assert not frame["relational"].any()
    relational = c.interactions(Attribution(quote="relational", content="relational"))
    assert relational["relational"].all()


def test_broadcast_calls_bots_and_self_are_left_out() -> None:
    c = community(
        [
            {"by": 0, "kind": "post", **PUBLIC},
            {"by": 0, "kind": "call", **PRIVATE},
            {"by": 0, "kind": "deleted", "original_kind": "call", **PRIVATE},
            {"by": 0, **PRIVATE},
            {"by": 9, **PRIVATE},
            {"by": 0, "reply_author": 0, **PUBLIC},
            {"by": 0, "kind": "deleted", **PRIVATE},
        ],
        readers=[(1, 1), (2, 1), (3, 9), (4, 1), (6, 1)],
        bots=(9,),
    )
    assert pairs(c) == {(0, 1, "dm"): 1}
    assert c.interactions()["message_id"].tolist() == [6]


def test_k_shares_of_a_kth_make_one_message() -> None:
    rows = [{"by": 0, **GROUP} for _ in range(7)]
    c = community(rows, readers=[(m, p) for m in range(7) for p in range(1, 8)])
    table = c.directions("private_group")
    assert (abs(table["weight"] - 1) < 1e-9).all()
    # and still no private tie
    assert c.directions("private").empty


def test_unknown_visibility_is_in_no_layer_but_all() -> None:
    c = community([{"by": 0, "reply_author": 1, "visibility": "unknown"}])
    assert c.directions("public").empty
    assert c.directions("private").empty
    assert len(c.directions("all")) == 1


def test_unknown_words_name_the_valid_ones() -> None:
    with pytest.raises(InputError, match="share, fanout, exclude"):
        Attribution(group="all")  # type: ignore[arg-type]
    c = community([{"by": 0, **PRIVATE}], readers=[(0, 1)])
    with pytest.raises(InputError, match="private, public, private_group, all"):
        c.ties("secret")


def test_ties_by_window() -> None:
    rows = [{"by": 0, "t": t, **PRIVATE} for t in (0, 1, 24 * 8, 24 * 9)]
    rows[3]["by"] = 1
    c = community(rows, readers=[(0, 1), (1, 1), (2, 1), (3, 0)])
    whole = c.ties("private").iloc[0]
    assert (whole["n_fwd"], whole["n_back"], whole["w_fwd"]) == (3, 1, 3.0)
    weekly = c.ties("private", window="7D")
    assert weekly[["window", "n_fwd", "n_back"]].to_numpy().tolist() == [[0, 2, 0], [1, 1, 1]]
