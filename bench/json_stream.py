"""Time the JSON stream against ijson on one large, invented, Telegram-like export.

Run from the project's folder::

    python bench/json_stream.py [--megabytes 500]

Each reader runs in a process of its own, so its peak memory is its own. One line per reader: the
megabytes of the file that it got through per second and per second of processor time, and its
peak memory. The counts of messages must agree. Loading the program is left out.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from ijson.backends import yajl2_c

from supportnet.archive import open_archive, stream_json

WORDS = ["the", "river", "was", "high", "so", "we", "met", "émile", "🙂", '"end"', "back\\slash"]


def message(number: int, random_: random.Random) -> dict[str, Any]:
    """Return one invented message of about 350 bytes in the shape of the desktop export."""
    words = [random_.choice(WORDS) for _ in range(random_.randrange(3, 30))]
    person = random_.randrange(500)
    return {
        "id": number,
        "type": "message",
        "date": "2026-03-01T10:00:00",
        "date_unixtime": str(1_772_355_600 + number * 7),
        "from": f"Person {person}",
        "from_id": f"user{10_000 + person}",
        "reply_to_message_id": number - 1,
        "text": " ".join(words),
        "text_entities": [{"type": "plain", "text": " ".join(words)}],
    }


def generate(path: Path, megabytes: int) -> None:
    """Write a document of one chat; its messages are a shuffled repetition of 20,000."""
    random_ = random.Random(1)
    blocks = [
        ",\n".join(json.dumps(message(n * 1000 + i, random_), indent=1) for i in range(1000))
        for n in range(20)
    ]
    with path.open("w", encoding="utf-8") as file:
        file.write('{"name": "Club", "type": "private_group", "id": 7, "messages": [\n')
        written = 0
        while written < megabytes * 1_000_000:
            file.write(",\n" if written else "")
            written += file.write(random_.choice(blocks))
        file.write("\n]}\n")


def read_here(path: Path) -> int:
    """Count messages with the stream of this package."""
    with open_archive(path) as archive:
        items = stream_json(archive.members[0], "messages[]")
        return sum("from_id" in item.value for item in items)


def read_ijson(path: Path) -> int:
    """Count messages with ijson on its fastest backend."""
    with path.open("rb") as stream:
        items = yajl2_c.items(stream, "messages.item", use_float=True)
        return sum("from_id" in item for item in items)


READERS = {"supportnet": read_here, "ijson yajl2_c": read_ijson}


def run(reader: str, path: Path) -> None:
    """Run one reader and print its figures as JSON."""
    # The scanner's machine code is loaded at its first use: not what is measured here.
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "result.json"
        generate(small, 0)
        READERS[reader](small)
    started, worked = time.perf_counter(), time.process_time()
    found = READERS[reader](path)
    seconds, cpu = time.perf_counter() - started, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"messages": found, "seconds": seconds, "cpu": cpu, "peak_mib": peak}))


def main() -> None:
    """Make the document, run every reader twice in turn and print the better run of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=500)
    parser.add_argument("--reader", help=argparse.SUPPRESS)
    parser.add_argument("--path", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.reader:
        run(given.reader, given.path)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "result.json"
        generate(path, given.megabytes)
        size = path.stat().st_size / 1e6
        best: dict[str, dict[str, float]] = {}
        for reader in [*READERS, *READERS]:
            command = [sys.executable, __file__, "--reader", reader, "--path", str(path)]
            out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            figures = json.loads(out)
            if reader not in best or figures["seconds"] < best[reader]["seconds"]:
                best[reader] = figures
        if len({figures["messages"] for figures in best.values()}) != 1:
            sys.exit("the readers disagree on the number of messages")
        for reader, figures in best.items():
            wall, cpu = size / figures["seconds"], size / figures["cpu"]
            peak = figures["peak_mib"]
            print(f"{reader:14} {wall:5.0f} MB/s {cpu:5.0f} MB per CPU s {peak:5.0f} MiB peak")


if __name__ == "__main__":
    main()
