"""Real datasets of the literature, from file to number through the command line.

The values are those of the sources named in `SOURCE.txt` beside each file. Only metadata are in
them; they are not part of this project, so these tests are skipped where they are absent.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from supportnet.cli import cli
from supportnet.community import Community, open_community
from supportnet.measures import dyad_census, private_share, reciprocity, triadic_closure

pytestmark = pytest.mark.data


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


def load(into: Path, *words: str | Path) -> Community:
    """Import through the command line and open the result."""
    result = run("import", *words, "--into", into, "--community", into.name)
    assert result.exit_code == 0, result.output
    return open_community(into)


def numbers(table: pd.DataFrame) -> dict[str, Any]:
    """Return the network-level numbers of a measure by name."""
    assert set(table["status"]) == {"ok"}
    return dict(zip(table["measure"], table["value"], strict=True))


@pytest.fixture(scope="module")
def college(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Community:
    """Import the private messages of an online community of students."""
    path = shared / "datasets" / "collegemsg" / "CollegeMsg.txt.gz"
    into = tmp_path_factory.mktemp("real") / "college"
    return load(into, path, "--visibility", "private_1to1")


@pytest.fixture(scope="module")
def copenhagen(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Community:
    """Import text messages and declared friendships of the same students."""
    folder = shared / "datasets" / "copenhagen-sms-facebook"
    into = tmp_path_factory.mktemp("real") / "copenhagen"
    load(into, folder / "sms.csv.gz", "--visibility", "private_1to1", "--ordinal-times")
    contacts = "kind=contacts,owner=user_a,other=user_b"
    return load(into, folder / "fb_friends.csv.gz", "--map", contacts)


# CollegeMsg (Panzarasa, Opsahl & Carley 2009; counts of SNAP, indices of KONECT)


def test_college_is_whole(college: Community) -> None:
    card = college.card
    assert (card["people"], card["messages"]) == (1899, 59_835)
    assert (card["authors"], card["kinds"]) == (1350, {"message": 59_835})
    assert (card["first"], card["last"]) == ("2004-04-15T14:56:01Z", "2004-10-26T07:52:22Z")
    assert card["coverage"]["days"] == pytest.approx(193.71, abs=0.005)
    (source,) = card["sources"]
    assert (source["seen"], source["kept"], source["ignored"]) == (59_835, 59_835, {})


def test_college_reciprocity(college: Community) -> None:
    census = dyad_census(college)
    counts = dict(zip(census["measure"], census["value"], strict=True))
    assert 2 * counts["mutual"] + counts["asymmetric"] == 20_296  # arcs
    found = numbers(reciprocity(college, level="network"))
    assert found["edge_reciprocity"] == pytest.approx(0.636, abs=0.0005)
    assert found["dyad_reciprocity"] == pytest.approx(0.467, abs=0.0005)


def test_college_closure(college: Community) -> None:
    found = numbers(triadic_closure(college, layer="private", projection="union"))
    assert found["triangles"] == 14_319
    assert found["wedges"] == 755_882
    assert found["transitivity"] == pytest.approx(0.0568, abs=0.00005)


def test_one_private_layer_says_nothing_about_sharing(college: Community) -> None:
    status = college.identifiability().set_index("quantity")["status"]
    assert status["private reply latency"] == "ok"
    assert status["private share of a tie, both directions"] == "not_identified"
    assert status["friend networks"] == "not_identified"
    table = private_share(college, level="network")
    assert set(table["status"]) == {"not_identified"}
    assert table["value"].isna().all()


def test_its_report_names_what_it_cannot_show(college: Community, tmp_path: Path) -> None:
    assert college.dataset.folder is not None
    page = tmp_path / "report.html"
    result = run("report", college.dataset.folder, "-o", page)
    assert result.exit_code == 0, result.output
    text = page.read_text("utf-8")
    assert "59,835" in text
    assert "no public source" in text


@pytest.mark.slow
def test_a_report_on_it_runs_to_the_end_beside_the_example(
    college: Community, root: Path, tmp_path: Path
) -> None:
    example = root / "data" / "example"
    for call in json.loads((example / "imports.json").read_text("utf-8")):
        words: list[str | Path] = [example / name for name in call["files"]]
        for option in ("timezone", "owner", "visibility"):
            words += [f"--{option}", call[option]] if option in call else []
        words += ["--map", example / call["map"]] if "map" in call else []
        load(tmp_path / "example", *words, "--key", "example")
    page = tmp_path / "report.html"
    result = run("report", tmp_path / "example", college.dataset.folder, "-o", page)
    assert result.exit_code == 0, result.output
    text = page.read_text("utf-8")
    assert "college" in text
    assert "not identified" in text
    assert "no public source" in text
    assert "<script" not in text


# Email-Eu-core (Paranjape, Benson & Leskovec 2017)


def test_times_without_a_start_are_refused_and_then_taken_as_steps(
    shared: Path, tmp_path: Path
) -> None:
    path = shared / "datasets" / "email-eu-core-temporal" / "email-Eu-core-temporal.txt.gz"
    words = ["import", path, "--into", tmp_path / "eu", "--community", "eu"]
    result = run(*words, "--visibility", "private_1to1")
    assert result.exit_code == 2
    assert "--ordinal-times" in result.stderr
    assert not (tmp_path / "eu").exists()
    eu = load(tmp_path / "eu", path, "--visibility", "private_1to1", "--ordinal-times")
    assert (eu.card["people"], eu.card["messages"]) == (986, 332_334)
    assert eu.card["coverage"]["days"] == pytest.approx(803.93, abs=0.005)
    assert "no dates" in repr(eu)
    assert len(eu.directions("private")) == 24_929
    found = numbers(triadic_closure(eu, layer="private", projection="union"))
    assert found["triangles"] == 105_461


# Copenhagen Networks Study (Sapiezynski et al. 2019)


def test_text_messages_and_declared_friends_meet(copenhagen: Community) -> None:
    card = copenhagen.card
    assert (card["messages"], card["people"]) == (24_333, 568)
    assert card["contacts"] == {"friend": 6418}
    ignored = [source["ignored"] for source in card["sources"]]
    assert {"self_addressed": 11} in ignored
    assert "friend networks" in card["identifiability"][-1]["quantity"]
    assert card["identifiability"][-1]["status"] == "ok"


def test_few_friendships_carry_a_message(copenhagen: Community) -> None:
    contacts = copenhagen.dataset.frame("contacts")[["owner_id", "other_id"]]
    friends = {frozenset(pair) for pair in contacts.itertuples(index=False, name=None)}
    assert len(friends) == 6418
    ties = copenhagen.ties("private")
    talked = {frozenset(pair) for pair in ties[["lo", "hi"]].itertuples(index=False, name=None)}
    assert len(talked & friends) / len(talked) == pytest.approx(0.826, abs=0.0005)
    # The published 11.1 % counts calls as well; without them it is less.
    assert 0.08 < len(talked & friends) / len(friends) < 0.111
    weight = dict(
        zip(
            map(frozenset, ties[["lo", "hi"]].to_numpy().tolist()),
            ties["n_fwd"] + ties["n_back"],
            strict=True,
        )
    )
    along = sum(n for pair, n in weight.items() if pair in friends)
    assert along / 24_333 == pytest.approx(0.815, abs=0.0005)


# Freeman's EIES: counts without times


def test_counts_without_times_are_refused(shared: Path, tmp_path: Path) -> None:
    folder = shared / "datasets" / "freeman-eies"
    for words in (
        [folder / "eies-messages.csv"],
        [folder],
        [folder, "--map", "sender=u,recipient=v"],
        [folder / "eies-messages.csv", "--format", "edgelist", "--map", "sender=u,recipient=v"],
    ):
        result = run(
            "import",
            *words,
            "--into",
            tmp_path / "d",
            "--community",
            "e",
            "--visibility",
            "private_1to1",
        )
        assert result.exit_code == 2
        lines = result.stderr.splitlines()
        told = lines[:-1] or lines  # of several sources, the last line says what became of all
        assert all("only timed events can be imported" in line for line in told)
        assert told
        assert not (tmp_path / "d").exists()
