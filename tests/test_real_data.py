"""Real data through the command line: the published counts come out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import supportnet as sn
from supportnet.cli import cli
from supportnet.errors import SupportnetError

pytestmark = pytest.mark.data


def run(*words: object) -> str:
    """Run one verb and return what it printed."""
    result = CliRunner().invoke(cli, [str(word) for word in words], standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return result.output


def network(table: Any) -> dict[str, float]:
    return dict(zip(table["measure"].astype(str), table["value"], strict=True))


@pytest.fixture(scope="module")
def college(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    into = tmp_path_factory.mktemp("real") / "college"
    source = shared / "datasets" / "collegemsg" / "CollegeMsg.txt.gz"
    run("import", source, "--into", into, "--community", "college", "--visibility", "private_1to1")
    return into


def test_collegemsg_counts(college: Path) -> None:
    card = json.loads(run("describe", college, "--json"))
    assert card["people"] == 1_899
    assert card["messages"] == 59_835
    assert card["authors"] == 1_350
    assert card["visibility"] == {"private_1to1": 59_835}
    assert [s["kept"] for s in card["sources"]] == [59_835]


def test_collegemsg_reciprocity(college: Path) -> None:
    c = sn.open_community(college)
    assert len(c.directions("private")) == 20_296
    found = network(sn.reciprocity(c, level="network"))
    assert found["edge_reciprocity"] == pytest.approx(0.636, abs=0.0005)
    assert found["dyad_reciprocity"] == pytest.approx(0.467, abs=0.0005)
    assert 2 * found["mutual"] + found["asymmetric"] == 20_296


def test_collegemsg_closure(college: Path) -> None:
    c = sn.open_community(college)
    found = network(sn.triadic_closure(c, layer="private", projection="union"))
    assert found["triangles"] == 14_319
    assert found["wedges"] == 755_882
    assert found["transitivity"] == pytest.approx(0.0568, abs=0.00005)


def test_one_private_layer_cannot_show_a_share(college: Path, tmp_path: Path) -> None:
    c = sn.open_community(college)
    assert set(sn.private_share(c, level="tie")["status"]) <= {"not_identified"}
    out = tmp_path / "report.html"
    run("report", college, "-o", out)
    text = out.read_text(encoding="utf-8")
    assert "no public source" in text
    assert "59,835" in text


def test_email_eu(shared: Path, tmp_path: Path) -> None:
    source = shared / "datasets" / "email-eu-core-temporal" / "email-Eu-core-temporal.txt.gz"
    words = ("--community", "email", "--visibility", "private_1to1", "--ordinal-times")
    run("import", source, "--into", tmp_path / "d", *words)
    c = sn.open_community(tmp_path / "d")
    assert c.card["people"] == 986
    assert c.card["messages"] == 332_334
    found = network(sn.triadic_closure(c, layer="private", projection="union"))
    assert found["triangles"] == 105_461


def test_copenhagen(shared: Path, tmp_path: Path) -> None:
    folder = shared / "datasets" / "copenhagen-sms-facebook"
    words = ("--into", tmp_path / "d", "--community", "copenhagen")
    table = "sender=sender,recipient=recipient,time=timestamp"
    run(
        "import", folder / "sms.csv.gz", *words, "--visibility", "private_1to1",
        "--ordinal-times", "--map", table,
    )  # fmt: skip
    contacts = tmp_path / "contacts.json"
    contacts.write_text(json.dumps({"kind": "contacts", "owner": "user_a", "other": "user_b"}))
    run("import", folder / "fb_friends.csv.gz", *words, "--map", contacts)
    card = sn.open_community(tmp_path / "d").card
    assert card["messages"] == 24_333
    assert sum(card["contacts"].values()) == 6_418


def test_a_list_without_times_is_refused(shared: Path, tmp_path: Path) -> None:
    source = shared / "datasets" / "freeman-eies" / "eies-messages.csv"
    with pytest.raises(SupportnetError, match="time"):
        run(
            "import", source, "--into", tmp_path / "d", "--community", "eies",
            "--visibility", "private_1to1", "--format", "edgelist", "--map", "sender=u,recipient=v",
        )  # fmt: skip
    assert not (tmp_path / "d").exists()
