"""Conventions of the house that a machine can check, so that nobody has to remember them."""

import ast
import importlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "supportnet"
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST_MODULE = 400

# A module that must not be imported -> why.
FORBIDDEN_MODULES = {
    "pickle": "a file must not be able to run code",
    "shelve": "a file must not be able to run code",
    "marshal": "a file must not be able to run code",
    "urllib": "no network",
    "requests": "no network",
    "httpx": "no network",
    "aiohttp": "no network",
    "socket": "no network",
    "http": "no network",
    "ftplib": "no network",
    "smtplib": "no network",
    "imaplib": "no network",
    "xmlrpc": "no network",
}
# Text handling under the name of a network package; it opens nothing.
ALLOWED_MODULES = {"urllib.parse", "http.cookies"}
FORBIDDEN_CALLS = {"eval", "exec", "read_pickle", "to_pickle"}
FORBIDDEN_DOTTED = {"yaml.load", "os.system", "os.popen"}

# Written in halves, so that this file does not hold what it looks for.
FORBIDDEN_TEXT = re.compile(
    "|".join(
        re.escape(first + second)
        for first, second in [
            ("pypi", ".org"),
            ("python", "hosted"),
            ("arti", "factory"),
            ("/simp", "le/"),
            ("--index", "-url"),
            ("--find", "-links"),
            ("/wo", "rk/"),
            ("/ro", "ot/"),
            ("C:\\Us", "ers"),
        ]
    )
    + "|/ho"
    + r"me/(?!user\b|you\b)[a-z]|/Use"
    + r"rs/(?!you\b)[a-z]"
)


def name_of(path: Path) -> str:
    """Return a path inside the project, for the test's name."""
    return path.relative_to(ROOT).as_posix()


def tracked() -> list[Path]:
    """Return the files that git tracks or would track; without git, all but the built ones."""
    if shutil.which("git") and (ROOT / ".git").exists():
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        listed = [ROOT / name for name in done.stdout.split("\0") if name]
        return sorted(path for path in listed if path.is_file())
    built = {".venv", "build", "dist", "__pycache__"}
    return sorted(
        Path(folder, name)
        for folder, folders, names in os.walk(ROOT)
        if not folders.sort() and not built & set(Path(folder).relative_to(ROOT).parts)
        for name in names
    )


def text_of(path: Path) -> str | None:
    """Return the text of a file, or None when it is not text."""
    data = path.read_bytes()
    return None if b"\0" in data[:8192] else data.decode("utf-8", "replace")


def dotted(node: ast.expr) -> str:
    """Return `a.b.c` for a chain of names, `` for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and dotted name of everything a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def offences(source: str) -> list[str]:
    """Return what a module must not do, each with its line and the reason."""
    tree = ast.parse(source)
    found = []
    for line, name in imported(tree):
        parts = name.split(".")
        if parts[0] in FORBIDDEN_MODULES and ".".join(parts[:2]) not in ALLOWED_MODULES:
            found.append(f"{line}: import {name} ({FORBIDDEN_MODULES[parts[0]]})")
        if parts[-1] in FORBIDDEN_CALLS or name in FORBIDDEN_DOTTED:
            found.append(f"{line}: import {name}")
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = dotted(node.func)
            bare = isinstance(node.func, ast.Name)
            last = name.rpartition(".")[2]
            # `frame.eval` is pandas' own language, but it runs Python names too: refused as well.
            if last in FORBIDDEN_CALLS and (bare or last != "exec"):
                found.append(f"{node.lineno}: {name}()")
            if name in FORBIDDEN_DOTTED:
                found.append(f"{node.lineno}: {name}()")
    return found


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_module_is_short_and_does_nothing_forbidden(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= LONGEST_MODULE
    assert offences(source) == []


@pytest.mark.parametrize(
    "bad",
    [
        "import pickle",
        "from urllib.request import urlopen",
        "import urllib.request as u",
        "import http.client",
        "from http import client",
        "import socket",
        "eval('1')",
        "exec('1')",
        "pandas.read_pickle('x')",
        "from pandas import read_pickle",
        "frame.eval('a + b')",
        "yaml.load(x)",
        "def f():\n    import requests",
    ],
)
def test_the_forbidden_is_found(bad: str) -> None:
    assert len(offences(bad)) == 1


@pytest.mark.parametrize("good", ["import urllib.parse", "from urllib.parse import urlsplit"])
def test_the_harmless_is_not(good: str) -> None:
    assert offences(good) == []


def test_all_is_sorted_and_equals_the_public_names() -> None:
    package = importlib.import_module("supportnet")
    listed = getattr(package, "__all__", None)
    if not listed:
        pytest.skip("supportnet exports nothing yet")
    assert list(listed) == sorted(listed)
    assert len(set(listed)) == len(listed)
    # A module may bear the name of its main function; the public name is the function.
    as_modules = [n for n in listed if isinstance(getattr(package, n), type(sys))]
    assert as_modules == []


def test_no_machine_path_and_no_registry_in_any_text() -> None:
    found = []
    for path in tracked():
        text = text_of(path)
        if text is None or path == Path(__file__).resolve():
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            if FORBIDDEN_TEXT.search(line):
                found.append(f"{name_of(path)}:{number}")
    assert found == []


def test_this_pattern_finds_what_it_should() -> None:
    assert FORBIDDEN_TEXT.search("cd /wo" + "rk/x")
    assert FORBIDDEN_TEXT.search("https://files.python" + "hosted.org")
    assert FORBIDDEN_TEXT.search("/ho" + "me/anna/data")
    assert not FORBIDDEN_TEXT.search("python3 run.py report, data/example, framework/x")


def test_nothing_private_is_tracked() -> None:
    strays = [
        name
        for name in map(name_of, tracked())
        if (name.startswith("data/") and not name.startswith(("data/example/", "data/README.md")))
        or (name.endswith(".key") and name != "data/example/example.key")  # that one is public
    ]
    assert strays == []


def test_notebooks_hold_no_outputs() -> None:
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        kept = [i for i, c in enumerate(code) if c["outputs"] or c["execution_count"] is not None]
        assert kept == [], f"{path.name}: strip the outputs"


def test_every_command_is_documented_and_has_help() -> None:
    if not (ROOT / "README.md").is_file():
        pytest.skip("there is no README beside the package")
    main = importlib.import_module("supportnet.cli").cli
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    commands = main.commands
    assert commands, "the command line was expected to be a click group"
    assert [n for n in commands if not re.search(rf"supportnet {re.escape(n)}\b", text)] == []
    assert [n for n, command in commands.items() if not (command.help or "").strip()] == []


def test_every_table_column_and_layer_is_in_the_architecture_page() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = {m[1]: m[0] for m in re.finditer(r"^\| `(\w+)` \|.*$", page, flags=re.MULTILINE)}
    schema = importlib.import_module("supportnet.schema")
    missing = [
        f"{table}.{column}"
        for table, columns in schema.BUILD_TABLES.items()
        for column in columns.names
        if f"`{column}`" not in rows.get(table, "")
    ]
    assert missing == []
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    first_table = page.split("## Engine")[0]
    assert re.findall(r"^\| `(\w+)` \|", first_table, flags=re.MULTILINE) == layers


def test_no_test_reaches_the_network() -> None:
    for host in ("127.0.0.1", "192.0.2.1"):
        with pytest.raises(AssertionError, match="without network"):
            socket.create_connection((host, 9), timeout=0.1)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            with pytest.raises(AssertionError, match="without network"):
                sock.connect_ex((host, 9))
            with pytest.raises(AssertionError, match="without network"):
                sock.sendto(b"x", (host, 9))
    with pytest.raises(AssertionError, match="without network"):
        socket.getaddrinfo("localhost", 9)


@pytest.mark.notebook
def test_a_notebook_reaches_its_kernel_and_nobody_else() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(1)
        socket.create_connection(server.getsockname(), timeout=1).close()
    with pytest.raises(AssertionError, match="without network"):
        socket.create_connection(("192.0.2.1", 9), timeout=0.1)


def test_the_tests_have_a_key_of_their_own(config_home: Path) -> None:
    privacy = importlib.import_module("supportnet.privacy")
    assert privacy.config_dir() == config_home
    assert privacy.load_key(None).name == "default"


def test_wheel_holds_every_module_and_all_package_data(tmp_path: Path) -> None:
    """Build without isolation and without network, as a release would, and look inside."""
    if not (ROOT / "README.md").is_file():
        pytest.skip("the README that goes into the wheel's metadata is not written yet")
    code = f"import hatchling.build as b; print(b.build_wheel({str(tmp_path)!r}))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    inside = set(zipfile.ZipFile(wheel).namelist())
    expected = {
        path.relative_to(ROOT / "src").as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert expected - inside == set()
    packages = {name.split("/")[0] for name in inside}
    assert {name for name in packages if not name.endswith(".dist-info")} == {"supportnet"}
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in inside)
