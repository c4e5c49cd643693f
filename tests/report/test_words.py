"""Both languages say everything, with the same values in it."""

import re
from pathlib import Path

import pandas as pd
import pytest

import supportnet.report
from supportnet.community import from_dataframe
from supportnet.plots import WORDS
from supportnet.report.words import SENTENCES, Talk, french_fact, set_french

FIELD = re.compile(r"\{(\w+)\}")


@pytest.mark.parametrize("texts", [SENTENCES, WORDS], ids=["report", "plots"])
def test_languages_hold_the_same_keys_and_values(texts: dict[str, dict[str, str]]) -> None:
    english, french = texts["en"], texts["fr"]
    assert set(english) == set(french)
    for key, text in english.items():
        assert sorted(FIELD.findall(text)) == sorted(FIELD.findall(french[key])), key
        assert bool(text) == bool(french[key]), key


def test_every_sentence_is_used() -> None:
    folder = Path(supportnet.report.__file__).parent
    source = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    source += (folder / "words" / "talk.py").read_text(encoding="utf-8")
    families = set(re.findall(r'f"([a-z_]+\.)\{', source)) | {"fig.", "consent."}
    unused = [
        key
        for key in SENTENCES["en"]
        if f'"{key}"' not in source and not key.startswith(tuple(families))
    ]
    assert unused == []


@pytest.mark.parametrize(
    ("sentence", "french"),
    [
        ("for the ties of 97 donors", "pour les liens de 97 donateurs"),
        ("for the ties of 1 donor", "pour les liens de 1 donateur"),
        (
            "for the ties of 1,200 donors and 10 exported conversations",
            "pour les liens de 1\u202f200 donateurs et 10 conversations exportées",
        ),
        ("for 1 exported conversation", "pour 1 conversation exportée"),
        ("for nobody yet", "pour personne encore"),
        ("for ties between two of 12 donors", "pour les liens entre deux des 12 donateurs"),
        ("one source covers the whole community", "une source couvre toute la communauté"),
    ],
)
def test_facts_in_french(sentence: str, french: str) -> None:
    assert french_fact(sentence) == french


@pytest.mark.parametrize("visibility", ["private_1to1", "public", "semi_public"])
def test_what_the_coverage_rules_say_is_translated(visibility: str) -> None:
    rows = pd.DataFrame({"sender": ["a"], "recipient": ["b"], "time": [0]})
    said = from_dataframe(rows, visibility=visibility, unit="s").identifiability()
    for sentence in [*said["quantity"], *said["reason"]]:
        assert french_fact(sentence) != sentence


def test_french_setting() -> None:
    text = set_french("80 % ; « oui » : 5 000 en 24 h ?")
    assert " " in text
    assert "80\u202f%\u202f;" in text
    assert "«\u202foui\u202f»\u00a0:" in text
    assert "5\u202f000 en 24\u202fh\u202f?" in text


def test_counts_below_the_limit_are_bounds() -> None:
    assert Talk("en").count(3, 5) == "fewer than 5"
    assert Talk("fr").count(3, 5) == "moins de 5"
    assert Talk("en").count(0, 5) == "0"
    assert Talk("en").count(5, 5) == "5"


def test_names_are_joined_in_the_language() -> None:
    assert Talk("en").listed(["a", "b", "c"]) == "a, b and c"
    assert Talk("fr").listed(["a", "b"]) == "a et b"
    assert Talk("en").listed(["a"]) == "a"
