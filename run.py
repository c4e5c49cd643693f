#!/usr/bin/env python3
"""Make the environment, then run the project: one file, standard library only.

    python3 run.py report            import data/example, run the main job, write report.html
    python3 run.py test              format, lint, types, layers, tests; runs all, fails at the end
    python3 run.py supportnet ...    any verb of the command line (`supportnet --help` lists them)

The first call makes `.venv` beside this file from `requirements.lock`, every file checked against
its hash. That call needs a package index, later ones need no network. The stamp `.venv/stamp` is
written last: an install that was killed, a changed lock or a moved folder is made anew.

Up to and including the version check, this file keeps to syntax that old versions of Python 3
read, so that they can say which version is wanted instead of failing on a colon.
"""

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

OLDEST = (3, 11)
BAD_INPUT = 2

if sys.version_info < OLDEST:
    sys.stderr.write(
        "run.py: Python {}.{} or newer was expected; found {}.{}; run it again with a newer one, "
        "for example `python3.12 run.py`.\n".format(*OLDEST, *sys.version_info[:2])
    )
    sys.exit(BAD_INPUT)

ROOT = Path(__file__).resolve().parent
LOCK = ROOT / "requirements.lock"
VENV = ROOT / ".venv"
STAMP = VENV / "stamp"
LOG = VENV / "install.log"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")

EXAMPLE = ROOT / "data" / "example"
EXTRAS = ("lab", "stats", "test", "dev")  # what the lock holds; spark is left to its cluster


class Stop(Exception):  # noqa: N818 - not an error of ours: it ends the run with one sentence
    """End the run with one sentence for the reader and an exit code."""

    def __init__(self, sentence: str = "", code: int = BAD_INPUT) -> None:
        super().__init__(sentence)
        self.code = code


# --- the environment ------------------------------------------------------------------------------


def clean_environ() -> dict[str, str]:
    """Return the environment for child processes, without what would lead them out of `.venv`.

    An outer PYTHONPATH or user site puts other versions before the locked ones; PIP_USER and
    PIP_TARGET make pip install elsewhere.
    """
    astray = ("PYTHONHOME", "PYTHONPATH", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "VIRTUAL_ENV")
    environ = {name: value for name, value in os.environ.items() if name not in astray}
    environ["PYTHONNOUSERSITE"] = "1"
    environ["PATH"] = f"{BIN}{os.pathsep}{environ.get('PATH', '')}"
    return environ


def call(*command: str | Path, cwd: Path | None = ROOT) -> int:
    """Run a command, its output going to the reader; return its exit code."""
    sys.stdout.flush()
    return subprocess.run(list(command), cwd=cwd, env=clean_environ(), check=False).returncode


def wanted_stamp(version: str) -> str:
    """Return the stamp of a finished environment: lock, Python version and place."""
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    return f"lock {digest}\npython {version}\nfolder {ROOT}\n"


def environment_is_ready() -> bool:
    """Tell whether `.venv` was finished for this lock, in this place, and its Python still runs.

    The version asked for is that of the Python inside `.venv`: calling `run.py` with another one
    later does not ask for the network again.
    """
    if not (STAMP.is_file() and PYTHON.exists()):
        return False
    try:
        version = python_version(PYTHON)
    except (OSError, subprocess.CalledProcessError):
        return False
    return STAMP.read_text(encoding="utf-8") == wanted_stamp(version)


def python_version(python: str | Path) -> str:
    """Return `major.minor` of a Python executable, as it says itself."""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    done = subprocess.run(
        [python, "-I", "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()


def ensure_environment() -> None:
    """Make `.venv` from the lock unless a finished one is there."""
    if not LOCK.is_file():
        msg = "requirements.lock was expected beside run.py; it is missing; get it from the project"
        raise Stop(msg)
    if environment_is_ready():
        return
    check_can_make_environment()
    print(f"making {VENV.name} from {LOCK.name} (once; a few minutes, about 1.5 GB)", flush=True)
    begin = time.monotonic()
    make_venv()
    pip("install", "--require-hashes", "--only-binary", ":all:", "-r", str(LOCK))
    # The build backend is in the lock, so this needs no index: it only writes a path and scripts.
    offline = ("--no-index", "--no-deps", "--no-build-isolation")
    pip("install", *offline, "--editable", str(ROOT))
    STAMP.write_text(wanted_stamp(python_version(PYTHON)), encoding="utf-8")
    print(f"made {VENV.name} in {time.monotonic() - begin:.0f} s", flush=True)


def check_can_make_environment() -> None:
    """Stop with a sentence when this Python lacks the modules that make environments."""
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing:
        msg = (
            f"a Python with the modules venv and ensurepip was expected; found one without "
            f"{' and '.join(missing)}; install your system's package for them (often called "
            f"python3-venv) or another Python, then run this again"
        )
        raise Stop(msg)


def make_venv() -> None:
    """Make an empty `.venv`; an unfinished or outdated one is removed first."""
    # run.py may have been started by the very environment it is about to replace.
    base = getattr(sys, "_base_executable", None) or sys.executable
    try:
        if VENV.exists():
            shutil.rmtree(VENV)
        done = subprocess.run(
            [base, "-I", "-m", "venv", str(VENV)], capture_output=True, text=True, check=False
        )
    except OSError as error:
        msg = (
            f"a folder that can be written was expected for {VENV.name}; found: {error.strerror}; "
            f"move the project to a place of yours, then run this again"
        )
        raise Stop(msg) from error
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
        msg = (
            f"Python's own venv module was expected to make {VENV.name}; it failed ({said[-1]}); "
            f"install your system's package for it (often called python3-venv) or another Python, "
            f"then run this again"
        )
        raise Stop(msg)


def pip(*arguments: str) -> None:
    """Run pip inside `.venv`, its output kept in the log; stop with one sentence when it fails."""
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments]
    with LOG.open("a", encoding="utf-8") as log:
        done = subprocess.run(
            command, cwd=ROOT, env=clean_environ(), stdout=log, stderr=log, check=False
        )
    if done.returncode != 0:
        msg = (
            f"pip was expected to install {LOCK.name}; it failed ({why_pip_failed()}); "
            f"the whole log is {LOG.relative_to(ROOT)}; run this again when that is mended"
        )
        raise Stop(msg)


def why_pip_failed() -> str:
    """Return the likely reason in a few words, from pip's log. Never quotes an address."""
    text = LOG.read_text(encoding="utf-8", errors="replace")
    reasons = {
        "DO NOT MATCH THE HASHES": "a file does not match its hash",
        "No space left": "the disk is full",
        "No matching distribution": "no index was reached, or it has no file for this system; "
        "environment.yml is the other way",
        "ConnectionError": "no connection to a package index",
        "Temporary failure in name resolution": "no connection to a package index",
        "Read timed out": "the package index was too slow",
    }
    return next((reason for sign, reason in reasons.items() if sign in text), "see the log")


# --- verbs ----------------------------------------------------------------------------------------


def supportnet(*arguments: str | Path) -> int:
    """Run one verb of the command line, in the reader's folder: paths mean what they meant."""
    return call(PYTHON, "-m", "supportnet", *arguments, cwd=None)


def must(code: int) -> None:
    """Stop when a step failed: it has already said why."""
    if code != 0:
        raise Stop(code=code)


def verb_report(arguments: Sequence[str]) -> int:
    """Import data/example, run the main job and write report.html."""
    report = ROOT / "report.html"
    built = ROOT / "build" / "example"
    # Built anew each time, so that the report follows from the archives alone.
    shutil.rmtree(built, ignore_errors=True)
    calls = json.loads((EXAMPLE / "imports.json").read_text(encoding="utf-8"))
    for each in calls:
        exports = [path for file in each["files"] for path in sorted(EXAMPLE.glob(file))]
        options: list[str | Path] = ["--into", built, "--community", "example", "--key", "example"]
        options += ["--consent", EXAMPLE / "consent.csv"]
        for name in ("timezone", "owner", "visibility"):
            if name in each:
                options += [f"--{name}", each[name]]
        if "map" in each:
            options += ["--map", EXAMPLE / each["map"]]
        must(supportnet("import", *exports, *options))
    must(supportnet("link", built, EXAMPLE / "aliases.csv", "--key", "example"))
    truth = EXAMPLE / "truth.json"
    must(supportnet("report", built, "-o", report, "--truth", truth, *arguments))
    print(f"report: {report}")
    return 0


def verb_test(arguments: Sequence[str]) -> int:
    """Check format, lint, types and layers, run the tests; all of them, then fail if any did."""
    python = str(PYTHON)
    typed = ["src", "run.py"]  # what is shipped; tests are read by people and by pytest
    pytest = [python, "-m", "pytest", "-q", "-n", "2", "-m", "not slow", *arguments]
    steps = {
        "format": [python, "-m", "ruff", "format", "--check", "."],
        "lint": [python, "-m", "ruff", "check", "."],
        "types": [python, "-m", "mypy", "--strict", *typed],
        "layers": [str(BIN / "lint-imports"), "--no-logo"],
        "tests": pytest,  # with doctests; the notebooks are executed by one of the tests
    }
    rows = []
    for name, command in steps.items():
        print(f"--- {name}", flush=True)
        begin = time.monotonic()
        code = call(*command)
        rows.append((name, time.monotonic() - begin, code))
    print(f"\n{'step':<8} {'seconds':>8}  result")
    for name, seconds, code in rows:
        print(f"{name:<8} {seconds:>8.1f}  {'ok' if code == 0 else f'failed ({code})'}")
    return 1 if any(code for _, _, code in rows) else 0


def verb_calibrate(arguments: Sequence[str]) -> int:
    """Run the slow suites; print the calibration of each method, measured against accepted.

    The table comes from the tests themselves (tests/conftest.py): one line for each row, and the
    exit code is 1 where one lies outside its band.
    """
    return call(PYTHON, "-m", "pytest", "-q", "-n", "2", "-m", "slow", *arguments)


def verb_bench(arguments: Sequence[str]) -> int:
    """Run the benchmark suite in bench/."""
    return call(PYTHON, ROOT / "bench", *arguments)


def verb_lab(arguments: Sequence[str]) -> int:
    """Open JupyterLab on the notebooks."""
    return supportnet("lab", *arguments)


def verb_supportnet(arguments: Sequence[str]) -> int:
    """Run any verb of the command line, for example `supportnet formats`."""
    return supportnet(*arguments)


def verb_lock(arguments: Sequence[str]) -> int:
    """Make requirements.lock again from pyproject.toml (needs uv and a package index)."""
    uv = shutil.which("uv")
    if uv is None:
        msg = "the tool uv was expected on the PATH; found none; install it, then run this again"
        raise Stop(msg)
    fresh = ROOT / "build" / "requirements.lock"
    fresh.parent.mkdir(exist_ok=True)
    if LOCK.is_file():  # uv keeps the versions it finds, unless told --upgrade
        shutil.copyfile(LOCK, fresh)
    command = [uv, "pip", "compile", "--quiet", "--no-header", "--no-annotate"]
    # One version of each package for all Pythons, so that all get the same numbers.
    command += ["--universal", "--python-version", "3.11", "--fork-strategy", "fewest"]
    command += ["--generate-hashes", "--no-emit-index-url", "--no-emit-find-links"]
    command += [part for extra in EXTRAS for part in ("--extra", extra)]
    must(call(*command, *arguments, "--output-file", fresh, "pyproject.toml"))
    text = fresh.read_text(encoding="utf-8")
    if "://" in text or "--" in text.replace("--hash=sha256:", ""):
        msg = "a lock of versions and hashes was expected; found an address or option; left as is"
        raise Stop(msg)
    head = "# Versions and hashes of everything, made by `python3 run.py lock`; do not edit.\n"
    LOCK.write_text(head + text, encoding="utf-8", newline="\n")
    print(f"lock: {LOCK.name}, {text.count('==')} packages")
    return 0


VERBS: dict[str, Callable[[Sequence[str]], int]] = {
    "report": verb_report,
    "test": verb_test,
    "supportnet": verb_supportnet,
    "lab": verb_lab,
    "bench": verb_bench,
    "calibrate": verb_calibrate,
    "lock": verb_lock,
}


def usage() -> str:
    """Return the help text: each verb with the first line of its docstring."""
    lines = [f"  {name:<11} {(verb.__doc__ or '').splitlines()[0]}" for name, verb in VERBS.items()]
    return "usage: python3 run.py VERB [...]\n\n" + "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """Run the verb named first, with the rest as its arguments; return the exit code."""
    if arguments and arguments[0] in ("-h", "--help", "help"):
        print(usage())
        return 0
    if not arguments or arguments[0] not in VERBS:
        found = f"{arguments[0]!r}" if arguments else "nothing"
        msg = (
            f"one of {', '.join(VERBS)} was expected; found {found}; `run.py --help` explains them"
        )
        raise Stop(msg)
    verb = VERBS[arguments[0]]
    if verb is not verb_lock:  # the lock must be makeable when no environment is
        ensure_environment()
    return verb(arguments[1:])


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Stop as stop:
        if str(stop):
            print(f"run.py: {stop}.", file=sys.stderr)
        sys.exit(stop.code)
    except KeyboardInterrupt:
        sys.exit(130)
