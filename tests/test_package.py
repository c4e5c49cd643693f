"""What the package hands out, and what it loads for it."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import supportnet


def test_the_stub_tells_what_the_package_does() -> None:
    stub = ast.parse(Path(supportnet.__file__).with_suffix(".pyi").read_text("utf-8"))
    homes = {
        alias.name: node.module
        for node in stub.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    listed = next(
        ast.literal_eval(node.value)
        for node in stub.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    )
    assert homes == supportnet._HOME_OF
    assert listed == supportnet.__all__
    assert set(listed) <= set(dir(supportnet))


def test_every_name_is_there_and_none_is_a_module() -> None:
    for name in supportnet.__all__:
        assert not isinstance(getattr(supportnet, name), ModuleType), name
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        supportnet.nonsense  # noqa: B018


def test_nothing_else_is_public() -> None:
    code = "import supportnet; print([n for n in vars(supportnet) if not n.startswith('_')])"
    assert set(ast.literal_eval(said(code))) <= {"annotations"}


def said(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()


def test_a_function_keeps_its_name_whatever_is_loaded_first() -> None:
    code = "import supportnet.compare, supportnet as sn; print(type(sn.compare).__name__)"
    assert said(code) == "function"
    assert said(code.replace("supportnet.compare", "supportnet.report")) == "function"


def test_an_import_loads_no_statistics_and_no_plots() -> None:
    code = (
        "import sys; from supportnet.cli import cli; "
        "print(sorted({'matplotlib', 'scipy.stats', 'networkx'} & set(sys.modules)))"
    )
    assert said(code) == "[]"
