"""run.py: what it says before there is an environment, and when it makes one anew."""

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return run.py as a module whose environment lies in an empty folder."""
    spec = importlib.util.spec_from_file_location("run", ROOT / "run.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    venv = tmp_path / ".venv"
    venv.mkdir()
    (tmp_path / "requirements.lock").write_text("one==1\n", encoding="utf-8")
    places = {
        "ROOT": tmp_path,
        "LOCK": tmp_path / "requirements.lock",
        "VENV": venv,
        "STAMP": venv / "stamp",
        "LOG": venv / "install.log",
        "PYTHON": Path(sys.executable),
    }
    for name, place in places.items():
        monkeypatch.setattr(module, name, place)
    return module


def finish(run: ModuleType) -> None:
    """Write the stamp as a finished install does."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    run.STAMP.write_text(run.wanted_stamp(version), encoding="utf-8")


def test_an_old_python_can_read_the_file_far_enough() -> None:
    ast.parse((ROOT / "run.py").read_text(encoding="utf-8"), feature_version=(3, 7))


@pytest.mark.parametrize(
    ("version", "arguments", "expected"),
    [
        ((3, 10, 13), ["test"], "Python 3.11 or newer was expected; found 3.10; "),
        (None, ["tset"], "was expected; found 'tset'; "),
        (None, [], "was expected; found nothing; "),
    ],
)
def test_bad_use_is_one_sentence_and_exit_2(
    version: tuple[int, ...] | None, arguments: list[str], expected: str
) -> None:
    path = str(ROOT / "run.py")
    code = f"import runpy, sys; sys.argv = {[path, *arguments]!r}\n"
    code += f"sys.version_info = {version!r} or sys.version_info\n"
    code += f"runpy.run_path({path!r}, run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert expected in done.stderr


def test_help_names_every_verb(run: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["--help"]) == 0
    said = capsys.readouterr().out
    assert [verb for verb in run.VERBS if f"\n  {verb} " not in said] == []


def test_a_finished_environment_is_kept(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    finish(run)
    monkeypatch.setattr(run, "make_venv", lambda: pytest.fail("made anew"))
    run.ensure_environment()


def test_a_killed_install_is_not_ready(run: ModuleType) -> None:
    assert not run.environment_is_ready()  # everything but the stamp


def test_a_changed_lock_is_not_ready(run: ModuleType) -> None:
    finish(run)
    assert run.environment_is_ready()
    run.LOCK.write_text("one==2\n", encoding="utf-8")
    assert not run.environment_is_ready()


def test_a_moved_folder_is_not_ready(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    finish(run)
    monkeypatch.setattr(run, "ROOT", tmp_path / "moved")
    assert not run.environment_is_ready()


def test_a_python_that_is_gone_is_not_ready(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    finish(run)
    broken = tmp_path / "python"
    broken.write_text("not a program", encoding="utf-8")
    broken.chmod(0o755)
    monkeypatch.setattr(run, "PYTHON", broken)
    assert not run.environment_is_ready()


def test_the_stamp_is_written_last(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(run, "make_venv", lambda: done.append("venv"))

    def pip(*arguments: str) -> None:
        assert not run.STAMP.exists()
        done.append("hashes" if "--require-hashes" in arguments else "project")
        if done[-1] == "project":
            assert "--no-index" in arguments

    monkeypatch.setattr(run, "pip", pip)
    run.ensure_environment()
    assert done == ["venv", "hashes", "project"]
    assert run.environment_is_ready()


def test_missing_ensurepip_is_a_sentence(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        run.importlib.util, "find_spec", lambda name: None if name == "ensurepip" else name
    )
    with pytest.raises(run.Stop, match="found one without ensurepip; install") as stop:
        run.ensure_environment()
    assert stop.value.code == 2


def test_failing_pip_is_a_sentence(run: ModuleType) -> None:
    with pytest.raises(run.Stop, match=r"it failed \(no index was reached.*install\.log") as stop:
        run.pip("install", "--no-index", "nothing-of-this-name")
    assert stop.value.code == 2


def test_the_environment_does_not_leak_in(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    monkeypatch.setenv("PIP_USER", "1")
    environ = run.clean_environ()
    assert "PYTHONPATH" not in environ
    assert "PIP_USER" not in environ
    assert environ["PYTHONNOUSERSITE"] == "1"


@pytest.mark.parametrize("codes", [[0, 0, 0, 0, 0], [1, 0, 0, 0, 0], [0, 0, 2, 0, 5]])
def test_all_steps_run_and_any_failure_fails(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, codes: list[int]
) -> None:
    left = list(codes)
    monkeypatch.setattr(run, "call", lambda *_, **__: left.pop(0))
    assert run.verb_test([]) == (1 if any(codes) else 0)
    assert left == []


def test_paths_mean_what_they_meant_to_the_reader(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`run.py supportnet import my.zip` from another folder reads that folder's my.zip."""
    seen: dict[str, object] = {}
    monkeypatch.setattr(run, "call", lambda *command, **named: seen.update(named, c=command) or 0)
    assert run.verb_supportnet(["import", "my.zip"]) == 0
    assert seen["cwd"] is None
    assert seen["c"] == (run.PYTHON, "-m", "supportnet", "import", "my.zip")
