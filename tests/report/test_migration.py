"""The report on a move: the migration example through the command line, truth beside estimates."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

import supportnet as sn
from report.reading import read
from supportnet.cli import cli
from supportnet.community import Community, open_community
from supportnet.compare import OUTCOMES
from supportnet.report import differences, migration
from supportnet.report.findings import Findings, find
from supportnet.report.moves import Moves, find_moves
from supportnet.report.settings import Settings
from supportnet.report.words import Talk
from supportnet.report.write import composed, measured

EXAMPLE = Path(__file__).parents[2] / "data" / "example" / "migration"


def cells(text: str, section: str) -> dict[str, list[str]]:
    """Return the rows of a section's tables: `first | second` cell → the others."""
    part = text[text.index(f'id="{section}"') :]
    part = part[: part.index("</section>")]
    rows: dict[str, list[str]] = {}
    for row in re.findall(r"<tr>(.*?)</tr>", part):
        found = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)
        plain = [html.unescape(re.sub(r"<[^>]+>", " ", cell)).strip() for cell in found]
        rows.setdefault(" | ".join(plain[:2]), plain[2:])
    return rows


def run(*words: str | Path) -> str:
    result = CliRunner().invoke(cli, [str(word) for word in words])
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Import the migration example as its README says."""
    if not (EXAMPLE / "SYNTHETIC").is_file():
        pytest.skip("the example is not in this copy of the project")
    folder = tmp_path_factory.mktemp("moved")
    words = ["--into", folder / "moved", "--community", "moved", "--key", "example"]
    run("import", f"{EXAMPLE}/archives/*.zip", *words)
    run("link", folder / "moved", EXAMPLE / "aliases.csv", "--key", "example")
    return folder / "moved"


@pytest.fixture(scope="module")
def real(make: Callable[..., Community]) -> Findings:
    return find(make("river"), Settings(min_contacts=5, replicates=20))


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    answers: dict[str, Any] = json.loads((EXAMPLE / "truth.json").read_text("utf-8"))
    return answers


@pytest.fixture(scope="module")
def reports(moved: Path, truth: dict[str, Any]) -> dict[str, str]:
    """Return the report in both languages, without comparisons for speed."""
    community = open_community(moved)
    settings = Settings(replicates=50, draws=99)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(differences, "OUTCOMES", {"norm_distance": OUTCOMES["norm_distance"]})
        results = measured([community], None, settings)
        return {
            language: composed([community], results, truth, Talk(language), settings)
            for language in ("en", "fr")
        }


def test_the_report_tells_who_took_their_ties_along(
    reports: dict[str, str], truth: dict[str, Any]
) -> None:
    page = read(reports["en"])
    assert page.faults == []
    rows = cells(reports["en"], "migration")
    for target, name in (("any", "any of them"), ("bluesky", "Bluesky"), ("mastodon", "Mastodon")):
        planted = truth["realised"][target]
        came = rows[f"people who came | {name}"]
        assert float(came[0]) == pytest.approx(planted["joined"] / planted["people"], abs=5e-4)
        for measure, among in (("conditional", "both_present"), ("unconditional", "baseline")):
            words = {"conditional": "ties whose ends met there", "unconditional": "all ties"}
            found = rows[f"taken up, of {words[measure]} | {name}"]
            assert float(found[0]) == pytest.approx(planted["kinds"]["all"][measure], abs=5e-4)
            assert found[2] == f"{planted['kinds']['all'][among]} ties"
    # All groups were found, so numbers by kind are those of the planted kinds.
    for kind in ("twinome", "dyad"):
        planted = truth["realised"]["any"]["kinds"][kind]
        found = rows[f"{kind} | taken up, of ties whose ends met there"]
        assert float(found[0]) == pytest.approx(planted["conditional"], abs=5e-4)
        assert found[2] == str(planted["both_present"])
    assert "36% of the ties on Twitter were taken up again" in reports["en"]
    assert "of the ties inside twinomes, 67%" in reports["en"]
    assert "Of 8 twinomes, 6 arrived with all three members, 4 of them within" in reports["en"]


def test_planted_answers_stand_beside_what_was_found(reports: dict[str, str]) -> None:
    rows = cells(reports["en"], "truth")
    counted = {name: row for name, row in rows.items() if row and row[-1] in ("yes", "no")}
    assert sum("ties" in name or "people" in name for name in counted) >= 13
    assert {row[-1] for row in counted.values()} == {"yes"}
    twinome = rows["taken up where the ends met, twinome | 0.900"]
    assert twinome[:2] == ["0.889", "0.889"]
    french = cells(reports["fr"], "truth")
    assert french["repris quand les bouts se retrouvent, twinome | 0,900"][:2] == ["0,889", "0,889"]


def test_what_was_private_before_and_after_is_that_of_the_ties(moved: Path) -> None:
    community = open_community(moved)
    settings = Settings()
    (move,) = find_moves(community, pd.DataFrame(columns=["kind", "group", "person"]), settings)
    assert (move.old, set(move.new), move.late) == ("twitter", {"bluesky", "mastodon"}, False)
    (row,) = move.shares.to_dict("records")
    # By hand: private and public messages of each tie from the table of interactions.
    said = community.interactions().merge(community.messages()[["message_id", "conversation_id"]])
    homes = community.dataset.frame("conversations")[["conversation_id", "platform"]]
    said = said.merge(homes, on="conversation_id")
    said["lo"] = said[["author_id", "other_id"]].min(axis=1)
    said["hi"] = said[["author_id", "other_id"]].max(axis=1)
    said = said[said["relational"]]
    said["private"] = said["weight"].where(said["visibility"] == "private_1to1", 0.0)
    before = said[(said["platform"] == "twitter") & (said["t_us"] < move.origin_us)]
    after = said[said["platform"] != "twitter"]
    sums = [part.groupby(["lo", "hi"])[["private", "weight"]].sum() for part in (before, after)]
    both = sums[0].merge(sums[1], on=["lo", "hi"], suffixes=("_b", "_a"))
    ties = sn.tie_survival(
        community, from_platform="twitter", to_platform=list(move.new), level="tie"
    )
    back = ties[(ties["measure"] == "conditional") & (ties["value"] == 1)]
    both = both.merge(back.set_index(["lo", "hi"])[[]], left_index=True, right_index=True)
    both = both[(both["weight_b"] >= 20) & (both["weight_a"] >= 20)]
    assert row["ties"] == len(both)
    assert row["ties"] + move.left_out == 29
    assert row["before"] == pytest.approx((both["private_b"] / both["weight_b"]).mean())
    assert row["after"] == pytest.approx((both["private_a"] / both["weight_a"]).mean())
    assert row["change"] == pytest.approx(row["after"] - row["before"])
    # Ties talk on the new platform as they did before.
    assert row["low"] < 0 < row["high"]


def test_without_a_move_there_is_no_section(real: Findings) -> None:
    assert real.moves == ()
    assert migration.migration([real], Settings(), Talk("en")) == ""


def test_groups_found_during_the_move_give_no_numbers_by_kind(
    moved: Path, reports: dict[str, str]
) -> None:
    community = open_community(moved)
    groups = pd.DataFrame(
        [("moved", "dyad", 0, p, 2**60) for p in (0, 1)],
        columns=["community", "kind", "group", "person", "period_end_us"],
    )
    (move,) = find_moves(community, groups, Settings())
    assert move.late
    assert set(move.kinds["kind"]) == {"all"}
    assert move.triads.empty


def planted_move(**changes: Any) -> Moves:
    """Return a small move of real persons: 40 people, 30 ties, 4 of 9 twinome ties taken up."""
    names = ["conditional", "unconditional", "baseline_ties", "both_present", "reestablished"]
    network = pd.DataFrame(
        {
            "measure": [*names, "people", "joined", "first_activity_median"],
            "value": [0.5, 0.4, 30.0, 24.0, 12.0, 40.0, 30.0, 33.3],
            "n": [24, 30, 30, 30, 30, 40, 40, 40],
            "status": "ok",
            "ci_low": 0.31,
            "ci_high": 0.69,
        }
    )
    kinds = pd.DataFrame(
        [
            ("twinome", "unconditional", 0.444, 0.2, 0.7, 9, 4, 9, 5.0),
            ("other", "unconditional", 0.381, 0.2, 0.6, 21, 8, 30, float("nan")),
        ],
        columns=["kind", "measure", "value", "low", "high", "n", "hits", "persons", "groups"],
    )
    shares = pd.DataFrame(
        [("twinome", 4, 0.8, 0.7, -0.1, 0.1, 0.2, "t", 6, 4.0)],
        columns=["kind", "ties", "before", "after", "change", "low", "high", "method", "persons",
                 "groups"],
    )  # fmt: skip
    values: dict[str, Any] = {
        "old": "twitter",
        "new": ("bluesky",),
        "origin_us": 1_700_000_000_000_000,
        "numbers": {"any": network},
        "kinds": kinds,
        "shares": shares,
        "left_out": 3,
        "triads": pd.DataFrame({"spread": [1.0] * 4 + [40.0] * 5, "together": [1] * 4 + [0] * 5}),
        "late": False,
    }
    return Moves(**{**values, **changes})


def shown(real: Findings, move: Moves) -> tuple[str, Findings]:
    found = replace(real, moves=(move,))
    return migration.migration([found], Settings(), Talk("en")), found


def test_small_cells_of_real_persons_are_not_shown(real: Findings) -> None:
    text, found = shown(real, planted_move())
    rows = cells(f"{text}</section>", "migration")
    # 4 of 9 would come back from the share with its n or its interval, in either row.
    assert rows["twinome | taken up, of all ties"] == ["0.444", "–", "suppressed", "ok"]
    assert rows["other ties | taken up, of all ties"] == ["0.381", "–", "suppressed", "ok"]
    assert rows["people who came | Bluesky"] == ["0.750", "–", "40 persons", "ok"]
    # Four groups stand behind the private share: nothing of it.
    assert rows["twinome | –"] == ["–", "–", "–", "suppressed"]
    assert "a count is smaller than 5" in text
    assert "Left out" not in text
    assert migration.headline(found, Talk("en")) == [
        "40% of the ties on Twitter were taken up again on Bluesky; of the ties inside twinomes, "
        "44%."
    ]


def test_a_handful_of_movers_is_not_shown(real: Findings) -> None:
    move = planted_move()
    network = move.numbers["any"].copy()
    network.loc[network["measure"] == "joined", "value"] = 4.0
    text, found = shown(real, planted_move(numbers={"any": network}))
    rows = cells(f"{text}</section>", "migration")
    for name in ("people who came", "half of the people had come after", "taken up, of all ties"):
        assert rows[f"{name} | Bluesky"] == ["–", "–", "–", "suppressed"]
    assert migration.headline(found, Talk("en")) == []
