"""The sheets in French say what the English ones say, part by part."""

import re
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from supportnet.cli import cli
from supportnet.errors import InputError
from supportnet.importers import all_formats

FORMATS = all_formats()
ENGLISH = next(iter(FORMATS.values())).sheet.parent
HEADINGS = [
    "## Demander l’export",
    "## Ce qui est gardé",
    "## Ce qui est perdu",
    "## Fuseau horaire",
    "## Qui pouvait lire",
    "## Rien du côté public des autres",
    "## Versions",
    "## Options",
]
FENCE = re.compile(r"```.*?```", re.DOTALL)
# What a line is; anything else begins or continues a paragraph.
PARTS = {
    "heading": re.compile(r"#+ "),
    "step": re.compile(r"\d+\. "),
    "bullet": re.compile(r"- "),
    "row": re.compile(r"\|"),
}

each_format = pytest.mark.parametrize("name", FORMATS)


def parts(sheet: str) -> list[str]:
    """Return what a sheet is made of, in order: headings, steps, bullets, rows, paragraphs."""
    found, after_blank = [], True
    for line in FENCE.sub("~~~", sheet).splitlines():
        kind = next((kind for kind, begin in PARTS.items() if begin.match(line)), None)
        if kind == "row":
            kind = f"row of {line.count('|') - 1}"
        if kind is None and line.strip() and after_blank:
            kind = "paragraph"
        if kind is not None:
            found.append(kind)
        after_blank = not line.strip()
    return found


def code_words(sheet: str) -> set[str]:
    """Return what stands in backticks, blocks of code apart."""
    return set(re.findall(r"`([^`]+)`", FENCE.sub("", sheet)))


def differences(english: str, french: str) -> list[str]:
    """Say in which respects a French sheet is not the English one over again."""
    pairs = {
        "parts": (parts(english), parts(french)),
        "code words": (code_words(english), code_words(french)),
        "code blocks": (FENCE.findall(english), FENCE.findall(french)),
        "numbers of steps": tuple(re.findall(r"(?m)^\d+\. ", text) for text in (english, french)),
    }
    return [what for what, (ours, theirs) in pairs.items() if ours != theirs]


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, list(words))


def test_every_sheet_is_there_in_both_languages() -> None:
    named = sorted(f"{name}.md" for name in FORMATS)
    assert sorted(path.name for path in ENGLISH.glob("*.md")) == named
    assert sorted(path.name for path in (ENGLISH / "fr").iterdir()) == named


@each_format
def test_the_french_sheet_is_the_english_one_over_again(name: str) -> None:
    format_ = FORMATS[name]
    english, french = (format_.sheet_in(one).read_text("utf-8") for one in ("en", "fr"))
    assert differences(english, french) == []
    assert [line for line in french.splitlines() if line.startswith("## ")] == HEADINGS


@each_format
def test_the_french_sheet_is_in_french(name: str) -> None:
    french = FORMATS[name].sheet_in("fr").read_text("utf-8")
    words = Counter(re.findall(r"[^\W\d_]+", re.sub(r"`[^`]*`", "", FENCE.sub("", french)).lower()))
    assert sum(words[word] for word in ("le", "la", "les", "des", "est", "sont")) > 25
    # English stays only in the names of menus, which hold few words of grammar.
    assert sum(words[word] for word in ("the", "is", "are", "with", "which", "they")) <= 2
    assert re.findall(r"(?<!`)\w'\w", FENCE.sub("", french)) == []  # apostrophes are typographic


SHEET = (
    "# A\n\n1. One `x`.\n2. Two,\n   still.\n\n- Three\n\n|a|b|\n\nFour\nfive.\n\n```\ncode\n```\n"
)


def test_parts_by_hand() -> None:
    steps = ["step", "step", "bullet", "row of 2", "paragraph", "paragraph"]
    assert parts(SHEET) == ["heading", *steps]
    assert code_words(SHEET) == {"x"}
    assert differences(SHEET, SHEET.replace("Two", "Deux")) == []


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("# A", "## A\n\n# B", "parts"),
        ("2. Two", "2. Two\n3. Three", "parts"),
        ("- Three\n", "", "parts"),
        ("|a|b|", "|a|b|c|", "parts"),
        ("Four\nfive", "Four\n\nfive", "parts"),
        ("`x`", "`--owner`", "code words"),
        (" `x`", "", "code words"),
        ("code", "kode", "code blocks"),
        ("2. Two", "3. Two", "numbers of steps"),
    ],
)
def test_what_a_translation_lost_is_found(old: str, new: str, wanted: str) -> None:
    assert wanted in differences(SHEET, SHEET.replace(old, new))


@each_format
def test_the_command_line_prints_the_sheet_asked_for(name: str) -> None:
    for words, language in [((), "en"), (("--language", "en"), "en"), (("--language", "fr"), "fr")]:
        result = run("formats", name, *words)
        assert (result.exit_code, result.stderr) == (0, "")
        assert result.stdout == FORMATS[name].sheet_in(language).read_text("utf-8") + "\n"
    assert FORMATS[name].sheet_in("en") == FORMATS[name].sheet


def test_the_list_speaks_the_language_asked_for() -> None:
    listed = run("formats", "--language", "fr").stdout
    for name, format_ in FORMATS.items():
        assert f"{name:<14} {format_.title_fr}\n" in listed
        assert format_.title_fr not in {"", format_.title}
        assert format_.title not in listed
        assert len(f"{name:<14} {format_.title_fr}") <= 100
    assert "--language fr" in listed.splitlines()[-1]
    assert run("formats").stdout == run("formats", "--language", "en").stdout
    assert "More on one of them" in run("formats").stdout


def test_an_unknown_language_is_refused_as_the_report_refuses_it(tmp_path: Path) -> None:
    report = run("report", str(tmp_path), "-o", "r.html", "--language", "de")
    for words in [("formats",), ("formats", "whatsapp")]:
        result = run(*words, "--language", "de")
        assert (result.exit_code, result.stdout) == (2, "")
        (sentence,) = [line for line in result.stderr.splitlines() if line.startswith("Error")]
        assert sentence == "Error: Invalid value for '--language': 'de' is not one of 'en', 'fr'."
        assert sentence in report.stderr


def test_the_library_knows_two_languages() -> None:
    format_ = FORMATS["whatsapp"]
    for ask in (format_.sheet_in, format_.title_in):
        with pytest.raises(InputError, match="language"):
            ask("de")
    assert format_.title_in("en") == format_.title
