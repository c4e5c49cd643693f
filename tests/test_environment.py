"""pyproject.toml, environment.yml and requirements.lock name the same dependencies."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
LOCKED_EXTRAS = ("lab", "stats", "test", "dev")
CONDA_NAMES = {
    "python-duckdb": "duckdb",
    "python-igraph": "igraph",
    "python-tzdata": "tzdata",
    "matplotlib-base": "matplotlib",
}
BOUND = re.compile(r"^([A-Za-z0-9._-]+)>=([0-9.]+)$")
PIN = re.compile(r"^([a-z0-9-]+)==([^ ;\\]+)(?: ; ([^\\]+))? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")

Bounds = dict[str, str]


def bounds_of(lines: list[str]) -> Bounds:
    """Return {name: lower bound}; a line that is anything but a lower bound fails."""
    found = {}
    for line in lines:
        match = BOUND.match(line)
        assert match, f"a plain lower bound was expected: {line}"
        assert match[1].lower() not in found, f"named twice: {line}"
        found[match[1].lower()] = match[2]
    return found


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def declared(project: dict[str, Any]) -> Bounds:
    extras = project["optional-dependencies"]
    return bounds_of(project["dependencies"] + [d for e in LOCKED_EXTRAS for d in extras[e]])


@pytest.fixture(scope="module")
def lock() -> list[str]:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


@pytest.fixture(scope="module")
def pins(lock: list[str]) -> dict[str, str]:
    return {match[1]: match[2] for line in lock if (match := PIN.match(line))}


def number(version: str) -> tuple[int, ...]:
    """Return the leading numbers of a version, for comparison."""
    return tuple(int(part) for part in re.findall(r"\d+", version.split("+")[0]))


def conda_bounds(text: str) -> Bounds:
    """Return {PyPI name: lower bound} of environment.yml, without python and pip themselves."""
    block = text.split("\ndependencies:\n")[1]
    items = [line.strip().removeprefix("- ") for line in block.splitlines() if "- " in line]
    named = bounds_of([item for item in items if item != "pip"])
    named.pop("python")
    return {CONDA_NAMES.get(name, name): bound for name, bound in named.items()}


def test_conda_names_the_same_dependencies_and_bounds(declared: Bounds) -> None:
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    assert conda_bounds(text) == declared


def test_conda_asks_for_the_same_python_and_no_default_channel(project: dict[str, Any]) -> None:
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    assert f"  - python{project['requires-python']}\n" in text
    assert "channels:\n  - conda-forge\n  - nodefaults\n" in text


def test_lock_pins_every_dependency_within_its_bound(
    declared: Bounds, pins: dict[str, str]
) -> None:
    assert set(declared) - set(pins) == set()
    below = {name for name, bound in declared.items() if number(pins[name]) < number(bound)}
    assert below == set()


def test_lock_holds_the_build_backend_and_not_spark(pins: dict[str, str]) -> None:
    backend = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert set(bounds_of(backend["build-system"]["requires"])) <= set(pins)
    assert "pyspark" not in pins


def test_lock_is_made_of_pins_and_hashes_only(lock: list[str]) -> None:
    """So it names no index, no address, no path and no option beside the hashes."""
    strange = [line for line in lock if not (PIN.match(line) or HASH.match(line))]
    assert strange == []
    unhashed = [
        line
        for line, after in zip(lock, [*lock[1:], ""], strict=True)
        if PIN.match(line) and not HASH.match(after)
    ]
    assert unhashed == []


@pytest.mark.parametrize(
    ("low", "high"), [("2.9", "2.10"), ("1.15", "1.15.1"), ("3.1.0.260000", "3.1.0.261029")]
)
def test_versions_compare_as_numbers(low: str, high: str) -> None:
    assert number(low) < number(high)
