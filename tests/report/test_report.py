"""The report: complete in two languages, safe against hostile names, silent about small cells."""

import base64
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from report.hostile import HOSTILE
from report.reading import Page, read
from supportnet.community import Community, from_dataframe
from supportnet.compare import OUTCOMES
from supportnet.errors import InputError
from supportnet.report import (
    constructs,
    differences,
    findings,
    groups_found,
    html,
    overview,
    pictures,
    write_report,
)
from supportnet.report.findings import Findings, find
from supportnet.report.settings import Settings
from supportnet.report.words import Talk
from supportnet.report.write import composed, measured

TRUTH = {
    "kinds": {
        kind: {"planted": {"private_share": 0.75}, "realised": {"private_share": 0.74}}
        for kind in ("twinome", "dyad")
    },
    "totals": {"messages": 1, "visibility": {"public": 3}},
    "groups": {"twinomes": [1, 2]},
    "closure": {"planted": {"hazard_per_wedge_week": 0.003}, "realised": {}},
}


@pytest.fixture(scope="module")
def reports(make: Callable[..., Community]) -> dict[str, str]:
    """Return the report of a generated community in both languages, two outcomes for speed."""
    community = make("river", synthetic=True)
    settings = Settings(min_contacts=5, replicates=100, draws=199)
    few = {name: OUTCOMES[name] for name in ("reply_latency", "norm_distance")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(differences, "OUTCOMES", few)
        results = measured([community], None, settings)
        return {
            language: composed([community], results, TRUTH, Talk(language), settings)
            for language in ("en", "fr")
        }


@pytest.fixture(scope="module")
def real(make: Callable[..., Community]) -> Findings:
    """Return what is found in a community of real persons."""
    return find(make("river"), Settings(min_contacts=5, replicates=50))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_report_is_whole_and_asks_for_nothing(reports: dict[str, str], language: str) -> None:
    page = read(reports[language])
    assert page.faults == []
    assert page.language == language
    assert len(page.pictures) >= 5
    assert page.headings.count(1) == 1
    wanted = {
        *constructs.CONSTRUCTS,
        "cards",
        "groups",
        "comparison",
        "truth",
        "methods",
        "statuses",
    }
    assert wanted <= set(page.ids)
    assert {link[1:] for link in page.links} == set(page.ids) - {"summary"}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_pictures_hold_no_script_and_no_name_of_this_machine(
    reports: dict[str, str], language: str
) -> None:
    for source in read(reports[language]).pictures:
        drawing = base64.b64decode(source.partition(",")[2]).decode("utf-8")
        assert "<script" not in drawing
        assert "matplotlib" not in drawing.lower().replace("matplotlib.axis", "")
        assert not re.search(r'(xlink:)?href="(?!#)', drawing)
        assert "<dc:date>" not in drawing


def test_report_says_what_is_planted_and_whether_it_was_found(reports: dict[str, str]) -> None:
    text = " ".join(read(reports["en"]).text)
    assert "Planted truth beside the estimates" in text
    assert "Planted inside interval" in text
    assert "closures per open wedge and week" in text


def test_french_report_has_decimal_commas_and_no_english_sentence(reports: dict[str, str]) -> None:
    page = read(reports["fr"])
    text = " ".join(page.text)
    assert re.search(r"\b0,\d", text)
    left = [cell for cell in page.cells if re.fullmatch(r"[−\d]*\.\d+", cell.strip())]
    assert left == []
    for word in (" the ", " of ", "answered", "ties", "whole"):
        found = [t for t in page.text if word in t and "doi:" not in t]
        assert found == [], word


def test_same_data_give_the_same_bytes(tmp_path: Path) -> None:
    rows = {"sender": list("abab"), "recipient": list("baba"), "time": [0, 9, 5000, 9000]}
    one = from_dataframe(pd.DataFrame(rows), visibility="public", unit="s", community="pair")
    for name in ("a.html", "b.html"):
        write_report(one, tmp_path / name)
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    assert list(tmp_path.glob(".*")) == []


def test_two_communities_stand_side_by_side_and_the_reason_is_said(
    tmp_path: Path,
) -> None:
    rows = {"sender": list("abcabc"), "recipient": list("bcacab"), "time": range(0, 60, 10)}
    whispers, square = (
        from_dataframe(pd.DataFrame(rows), visibility=visibility, unit="s", community=name)
        for name, visibility in (("whispers", "private_1to1"), ("square", "public"))
    )
    path = tmp_path / "two.html"
    write_report([square, whispers], path)
    assert path.stat().st_mode & 0o777 == 0o644
    page = read(path.read_text(encoding="utf-8"))
    assert page.faults == []
    text = " ".join(page.text)
    cannot = text[text.rindex("These archives cannot show") :][:900]
    for quantity in ("private share of a tie", "public reciprocity", "public closure"):
        assert quantity in cannot
    cells = [cell for cell in page.cells if cell.startswith("not identified")]
    assert any("no public source" in cell for cell in cells)


def test_an_empty_community_gives_a_report() -> None:
    nothing = pd.DataFrame({"sender": [], "recipient": [], "time": pd.Series(dtype="int64")})
    community = from_dataframe(nothing, visibility="public", unit="s", community="void")
    results = measured([community], None, Settings())
    for language in ("en", "fr"):
        text = composed([community], results, None, Talk(language), Settings())
        assert read(text).faults == []


def test_bad_calls_are_refused_in_one_sentence(
    make: Callable[..., Community], tmp_path: Path
) -> None:
    river = make()
    with pytest.raises(InputError, match="language must be one of en, fr"):
        write_report(river, tmp_path / "r.html", language="de")
    with pytest.raises(InputError, match="different names"):
        write_report([river, river], tmp_path / "r.html")
    with pytest.raises(InputError, match="found none"):
        write_report([], tmp_path / "r.html")


def test_a_folder_that_is_not_there_is_said_before_the_work(tmp_path: Path) -> None:
    rows = pd.DataFrame({"sender": ["a"], "recipient": ["b"], "time": [0]})
    tiny = from_dataframe(rows, visibility="public", unit="s")
    with pytest.raises(InputError, match="existing folder"):
        write_report(tiny, tmp_path / "absent" / "r.html")


# --- hostile names -------------------------------------------------------------------------------


def body(found: Findings, language: str) -> str:
    """Return every section that shows a name, without drawing."""
    talk, settings = Talk(language), Settings()
    all_found = [found]
    nothing = differences.Differences(names=(found.name, "b"), failed={"between": "why"})
    parts = [
        overview.header(all_found, talk, "1", 1),
        overview.cards(all_found, talk),
        *(constructs.construct(name, all_found, talk) for name in constructs.CONSTRUCTS),
        groups_found.groups_found(all_found, settings, talk),
        differences.comparison(nothing, talk),
    ]
    title = talk.say("title", names=html.safe_name(found.name))
    return html.page(title, language, parts)


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_hostile_names_stay_text(
    real: Findings, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = HOSTILE[number]

    # pandas refuses lone surrogates in a column; a community's name may hold them all the same.
    kind = name.encode("utf-8", "replace").decode("utf-8")
    monkeypatch.setattr(pictures, "draw", lambda plot: b"<svg/>")
    hostile = replace(
        real,
        name=name,
        synthetic=True,
        groups=real.groups.assign(community=kind, kind=kind),
        kinds=real.kinds.assign(kind=kind),
        curves=real.curves.assign(kind=kind),
        ties={key: ties.assign(kind=kind) for key, ties in real.ties.items()},
    )
    text = body(hostile, "en")
    text.encode("utf-8")
    page = read(text)
    assert page.faults == []
    assert any(html.safe_name(name) in piece for piece in page.text)
    assert len(text) < 200_000


def test_there_are_enough_hostile_names() -> None:
    assert len(set(HOSTILE)) >= 60


def test_a_hostile_name_goes_through_the_whole_report(tmp_path: Path) -> None:
    name = "$\\frac{<script>alert(1)</script>\u202e\u0000 猫"
    rows = {
        "sender": list("abab") * 9,
        "recipient": list("baba") * 9,
        "time": range(0, 36_000, 1000),
    }
    community = from_dataframe(
        pd.DataFrame(rows), visibility="private_1to1", unit="s", community=name
    )
    path = tmp_path / "r.html"
    write_report(Community(replace(community.dataset, synthetic=True)), path, language="fr")
    page = read(path.read_text(encoding="utf-8"))
    assert page.faults == []
    assert any("<script>alert(1)</script>" in piece for piece in page.text)


def asked_by(browser: str, path: Path) -> tuple[set[str], str]:
    """Open a page in a headless browser; return the hosts that were asked, and the page's DOM."""
    log = path.with_suffix(".net.json")
    options = "headless no-sandbox disable-gpu disable-quic no-first-run disable-sync"
    options += " disable-background-networking disable-component-update"
    command = [browser, *(f"--{option}" for option in options.split())]
    command += [f"--user-data-dir={path.with_suffix('.profile')}", f"--log-net-log={log}"]
    command += ["--dump-dom", path.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    urls = re.findall(r'"url":"(\w+)://([^/"]*)', log.read_text(encoding="utf-8", errors="replace"))
    return {host for scheme, host in urls if scheme != "file"}, done.stdout


@pytest.mark.slow
def test_chromium_runs_no_script_and_asks_for_nothing(
    reports: dict[str, str], tmp_path: Path
) -> None:
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        pytest.skip("no Chromium here")
    pages = {
        "report": reports["fr"],
        "blank": "<!DOCTYPE html><title>x</title>",
        "control": "<!DOCTYPE html><script>document.title='ran'</script><img src=//192.0.2.7/x>",
    }
    hosts, trees = {}, {}
    for name, text in pages.items():
        (tmp_path / f"{name}.html").write_text(text.replace("//192", "http://192"), "utf-8")
        hosts[name], trees[name] = asked_by(browser, tmp_path / f"{name}.html")
    own = {host for host in hosts["blank"] | hosts["report"] if "google" in host}
    assert hosts["report"] - hosts["blank"] - own == set()
    assert "<script" not in trees["report"]
    assert trees["report"].count("<figure") == reports["fr"].count("<figure")
    assert "192.0.2.7" in hosts["control"]  # what a page asks for is seen here
    assert "<title>ran</title>" in trees["control"]


# --- data of real persons ------------------------------------------------------------------------


def test_nothing_of_a_handful_of_persons_is_shown(tmp_path: Path) -> None:
    rows = {
        "sender": list("abc") * 40,
        "recipient": list("bca") * 40,
        "time": range(0, 120_000, 1000),
    }
    table = pd.DataFrame(rows).assign(visibility=["private_1to1", "public"] * 60)
    three = from_dataframe(table, unit="s", community="three")
    path = tmp_path / "r.html"
    write_report(three, path)
    page = read(path.read_text(encoding="utf-8"))
    assert page.faults == []
    assert page.pictures == []
    assert not any(re.fullmatch(r"[−\d]*\.\d+(\s\w+)?", cell) for cell in numbers_of(page))
    assert "suppressed" in page.cells


def numbers_of(page: Page) -> list[str]:
    """Return the cells before the methods section."""
    return page.cells[: next(i for i, cell in enumerate(page.cells) if "mentions=" in cell)]


def test_contacts_are_means_over_persons_with_large_networks(
    make: Callable[..., Community], monkeypatch: pytest.MonkeyPatch, real: Findings
) -> None:
    numbers = {"declared": 11.0, "one_way": 6.0, "reciprocal": 4.0}
    rows = [(p, m, v if p else 11.0) for p in range(6) for m, v in numbers.items()]
    table = pd.DataFrame(rows, columns=["person_id", "measure", "value"])
    monkeypatch.setattr(findings, "MEASURES", {"contact_layers": lambda community: table})
    kept = findings._contacts(make(), Settings(min_contacts=5))
    assert kept["person_id"].nunique() == 6
    drawn = str(pictures.contacts(replace(real, contacts=kept), Talk("en"), 5))
    assert "declared 11.0; written to or by, in 30 days 6.83" in drawn
    few = kept[kept["person_id"] < 4]
    assert str(pictures.contacts(replace(real, contacts=few), Talk("en"), 5)) == ""


def test_few_groups_are_not_counted_one_by_one(real: Findings) -> None:
    counts = real.groups.groupby("kind")["group"].nunique()
    assert counts["twinome"] == 2
    text = str(groups_found.groups_found([real], Settings(min_contacts=5), Talk("en")))
    assert re.findall(r"twinome</td><td[^>]*>([^<]*)</td>", text) == ["suppressed"]
    assert set(real.folded) == set(counts.index[counts < 5])


def test_kinds_of_few_groups_are_among_the_other_ties(real: Findings) -> None:
    for ties in real.ties.values():
        assert not set(ties["kind"]) & set(real.folded)
    assert not set(real.curves["kind"]) & set(real.folded)
    text = str(constructs.construct("private_share", [real], Talk("en")))
    rows = re.findall(r"<td>twinome</td>((?:<td[^>]*>[^<]*</td>)*)", text)
    assert rows
    assert all(re.fullmatch(r"(<td[^>]*>(–|suppressed)</td>)*", row) for row in rows)


def test_a_kind_of_few_persons_takes_another_kinds_count_with_it(real: Findings) -> None:
    kinds = real.kinds.iloc[:3].assign(
        construct="private_share",
        kind=["twinome", "dyad", "other"],
        groups=[2.0, 9.0, float("nan")],
        ties=[6, 9, 40],
        persons=[6, 18, 50],
        value=0.5,
    )
    text = str(constructs.construct("private_share", [replace(real, kinds=kinds)], Talk("en")))
    counts = dict(
        re.findall(r"<td>(twinome|dyad|other ties)</td><td[^>]*>[^<]*</td><td[^>]*>([^<]*)", text)
    )
    assert counts == {"twinome": "–", "dyad": "–", "other ties": "40"}


def test_no_time_finer_than_a_day_and_no_pseudonym(real: Findings) -> None:
    text = body(real, "en")
    assert not re.search(r"\d\d:\d\d", text)
    assert not re.search(r"\b\d{16}\b", text)
    assert not re.search(r"\b[0-9a-f]{32}\b", text)


def test_a_count_is_hidden_beside_a_ratio_that_would_give_it_back() -> None:
    rows = [(a, b) for a in range(8) for b in range(8) if a < b]
    table = pd.DataFrame([(a, b) for a, b in rows] + [(b, a) for a, b in rows[2:]])
    table.columns = ["sender", "recipient"]
    table["time"] = range(len(table))
    community = from_dataframe(table, visibility="public", unit="s", community="eight")
    found = find(community, Settings(replicates=20))
    assert ("reciprocity", "public") in found.telling
    number = found.number("reciprocity", "public", "dyad_reciprocity")
    assert number is not None
    from supportnet.report.cells import number_cells

    value, _, n, _ = number_cells(found, number, Talk("en"))
    assert (value, n) == ("0.929", "suppressed")
