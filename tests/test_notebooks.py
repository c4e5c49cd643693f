"""The notebooks run from top to bottom on the example, in order, and are kept without outputs."""

from __future__ import annotations

import json
from pathlib import Path

import nbclient
import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def test_there_are_four() -> None:
    assert [path.stem[:2] for path in NOTEBOOKS] == ["01", "02", "03", "04"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_kept_without_outputs(path: Path) -> None:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert code
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    # thin: what is longer than a few lines belongs into the library
    assert max(len(cell["source"]) for cell in code) <= 12
    assert not any("def " in line for cell in code for line in cell["source"])


@pytest.mark.notebook
def test_run_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPPORTNET_EXAMPLE", str(ROOT / "data" / "example"))
    monkeypatch.setenv("SUPPORTNET_WORK", str(tmp_path / "work"))
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "jupyter"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    shown: dict[str, str] = {}
    for path in NOTEBOOKS:
        notebook = nbformat.read(path, as_version=4)
        client = nbclient.NotebookClient(
            notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
        )
        client.execute()
        outputs = [out for cell in notebook.cells for out in cell.get("outputs", [])]
        assert not [
            out for out in outputs if out["output_type"] == "stream" and "Error" in out["text"]
        ]
        shown[path.stem] = json.dumps(outputs)
    assert "38,588 messages" in shown["01_import"]
    assert "edge_reciprocity" in shown["02_measures"]
    assert "image/png" in shown["03_twinomes_dyads_friend_networks"]
    report = (tmp_path / "work" / "report.html").read_text(encoding="utf-8")
    assert "Content-Security-Policy" in report
    assert (tmp_path / "work" / "rapport.html").exists()
