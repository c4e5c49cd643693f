"""Read hostile exports in a process of its own and report, as JSON lines, what became of each.

Run as ``python reading.py FOLDER``: each subfolder of FOLDER holds one export, named in
``FOLDER/<number>.path``.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from supportnet.archive import (
    BadItem,
    BadRow,
    CutLine,
    Member,
    iter_csv,
    iter_jsonl,
    iter_lines,
    open_archive,
    open_exports,
    stream_json,
)
from supportnet.errors import ArchiveError

MIB = 2**20


def reasons_in(path: Path) -> Iterator[str]:
    """Read everything in an export every way there is; yield what is reported on the way."""
    with open_archive(path) as archive:
        yield from (f"skipped:{reason}" for reason in archive.skipped)
        for member in archive.members:
            yield from _reasons_of(member)
    for one in open_exports([path]):
        one.sha256()
        one.close()


def _reasons_of(member: Member) -> Iterator[str]:
    member.head()
    with member.open() as stream:
        while stream.read(MIB):
            pass
    if member.name.endswith(".json"):
        items = [*stream_json(member, "messages[]", "[]"), *stream_json(member, "")]
        yield from (f"bad:{i.value.reason}" for i in items if isinstance(i.value, BadItem))
    elif member.name.endswith(".jsonl"):
        values = [item.value for item in iter_jsonl(member)]
        yield from (f"bad:{value.reason}" for value in values if isinstance(value, BadItem))
    elif member.name.endswith(".csv"):
        yield from (f"bad:{row.reason}" for _, row in iter_csv(member) if isinstance(row, BadRow))
    else:
        lines = iter_lines(member)
        yield from ("bad:cut_line" for _, line in lines if isinstance(line, CutLine))


def peak_mib() -> float:
    """Return the peak memory of this program alone."""
    status = Path("/proc/self/status")
    if status.exists():
        # The usual count starts with what the parent held when it started us.
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def report_on(path: Path) -> dict[str, object]:
    """Read one export; say what was reported, or the error and whether it drags a cause along."""
    reasons: set[str] = set()
    error, causes = "", False
    started = time.process_time()  # of this process: other work on the machine plays no part
    try:
        reasons.update(reasons_in(path))
    except ArchiveError as caught:
        error = str(caught)
        hidden = caught.__suppress_context__ or caught.__context__ is None
        causes = caught.__cause__ is not None or not hidden
    return {
        "reasons": sorted(reasons),
        "error": error,
        "causes": causes,
        "seconds": time.process_time() - started,
        "peak_mib": peak_mib(),
    }


if __name__ == "__main__":
    # What the program holds before it reads anything is not the files' doing.
    print(json.dumps({"before_mib": peak_mib()}))
    for note in sorted(Path(sys.argv[1]).glob("*.path")):
        print(json.dumps({"name": note.stem, **report_on(Path(note.read_text()))}))
