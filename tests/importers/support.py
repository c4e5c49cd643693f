"""Samples of the importers: read them, write their golden records, damage them.

A sample is a folder ``tests/importers/<format>/<case>/`` with ``input/`` (the unpacked export),
``expected.json`` (its golden records) and, where the format needs them, ``options.json`` (fields
of `Options`). After a deliberate change::

    python tests/importers/support.py write <format>

and read the difference before keeping it.
"""

from __future__ import annotations

import dataclasses
import json
import signal
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any

HERE = Path(__file__).resolve().parent
if __name__ == "__main__":
    sys.path[:0] = [str(HERE), str(HERE.parents[1] / "src")]

from mutate import PLANTED, mutate_file  # noqa: E402

from supportnet.archive import Archive, open_exports  # noqa: E402
from supportnet.errors import InputError  # noqa: E402
from supportnet.formats import Export, Format, Options  # noqa: E402
from supportnet.parsing.text import natural_key  # noqa: E402
from supportnet.parsing.times import in_range  # noqa: E402
from supportnet.records import (  # noqa: E402
    Conversation,
    Identity,
    Ignored,
    MessageBatch,
    MessageRef,
    RawMessage,
    Rejected,
)

__all__ = [
    "check_record",
    "exports_of",
    "format_of",
    "holds_archives",
    "load_cases",
    "mutate_case",
    "options_of",
    "plain",
    "read_case",
    "read_paths",
    "run_mutations",
    "singly",
]

NOTES = ("resolution_minute", "resolution_day", "assumed_zone", "ambiguous_hour", "backdated")
PATIENCE_S = 10


def format_of(name: str) -> Format:
    """Return a format without importing its neighbours, which may be under construction."""
    found: Format = import_module(f"supportnet.importers.{name}").FORMAT
    return found


def load_cases(name: str) -> list[Path]:
    """Return the folders of a format's samples, in order."""
    return sorted(folder.parent for folder in (HERE / name).glob("*/input"))


def options_of(case: Path) -> Options:
    """Return the options a sample is read with."""
    file = case / "options.json"
    return Options(**json.loads(file.read_text("utf-8"))) if file.exists() else Options()


# -- reading ---------------------------------------------------------------------------------


def exports_of(archives: list[Archive], format_: Format, options: Options) -> list[Export]:
    """Group the members that a format claims, as the importing pass does."""
    found: list[tuple[Identity | None, Export]] = []
    for archive in archives:
        claimed = [member for member in archive.members if format_.sniff(member)]
        roots = sorted({format_.root(member.name) for member in claimed}, key=natural_key)
        for root in roots:
            mine = [member for member in claimed if format_.root(member.name) == root]
            others = [member for member in archive.members if member not in claimed]
            owner = format_.owner(mine) if format_.owner else None
            same = next((old for who, old in found if who is not None and who == owner), None)
            if same is None:
                found.append((owner, Export(mine, options, root=root, others=others)))
            else:
                same.members.extend(mine)
    for _, export in found:
        export.members.sort(key=lambda member: natural_key(member.name))
    return [export for _, export in found]


def read_paths(paths: list[Path], format_: Format, options: Options) -> list[Any]:
    """Return the raw records of the exports at `paths`, then the conversations and notes."""
    archives = open_exports(paths)
    try:
        records: list[Any] = []
        notes: dict[str, str] = {}
        for export in exports_of(archives, format_, options):
            records.extend(singly(format_.read(export)))
            notes.update(export.notes)
    finally:
        for archive in archives:
            archive.close()
    talks = {id(one): one for one in map(_conversation_of, records) if one is not None}
    return [*records, *talks.values(), *([notes] if notes else [])]


def singly(records: Iterable[Any]) -> Iterator[Any]:
    """Yield records one by one, those of batches too."""
    for record in records:
        if type(record) is MessageBatch:
            yield from record.singly()
        else:
            yield record


def _conversation_of(record: Any) -> Conversation | None:
    found = getattr(record, "conversation", None)
    return found if isinstance(found, Conversation) else None


def holds_archives(case: Path) -> bool:
    """Answer whether a sample is made of archives, which are not packed once more."""
    endings = {".zip", ".tar", ".gz", ".zst", ".bz2", ".xz", ".tgz"}
    return any(file.suffix.lower() in endings for file in (case / "input").rglob("*"))


def read_case(case: Path, *, zipped: bool = False, as_tar: bool = False) -> list[dict[str, Any]]:
    """Return a sample's records as plain data.

    Parameters
    ----------
    case
        The sample's folder.
    zipped, as_tar
        Read it out of a zip or a compressed tar made for the purpose; a sample that is itself
        made of archives is read as it is.
    """
    format_, options = format_of(case.parent.name), options_of(case)
    inputs = case / "input"
    if not (zipped or as_tar) or holds_archives(case):
        return [plain(record) for record in read_paths([inputs], format_, options)]
    with tempfile.TemporaryDirectory() as folder:
        packed = Path(folder) / ("case.zip" if zipped else "case.tar.gz")
        pack(inputs, packed)
        return [plain(record) for record in read_paths([packed], format_, options)]


def pack(inputs: Path, packed: Path) -> None:
    """Write a folder into a zip or a compressed tar."""
    files = sorted(file for file in inputs.rglob("*") if file.is_file())
    if packed.suffix == ".zip":
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
            for file in files:
                # Not `write`: it refuses files dated before 1980.
                made.writestr(file.relative_to(inputs).as_posix(), file.read_bytes())
    else:
        with tarfile.open(packed, "w:gz") as tar:
            for file in files:
                tar.add(file, file.relative_to(inputs).as_posix())


# -- records as plain data -------------------------------------------------------------------


def plain(record: Any) -> dict[str, Any]:
    """Return a record as JSON-able data: its type, and the fields that are not at their default.

    Times are written as ISO 8601 under the field's name without ``_us``; identities as
    ``platform:kind:id[@scope]``, references as ``platform:id[@scope]``, conversations as
    ``platform:kind:key``.
    """
    if isinstance(record, dict):
        return {"record": "notes", **record}
    shown: dict[str, Any] = {"record": type(record).__name__}
    for field in dataclasses.fields(record):
        value = getattr(record, field.name)
        if value is None or value in ((), set()) or value == field.default:
            continue
        name, value = field.name, _plain_value(field.name, value)
        shown[name.removesuffix("_us") if _is_time(field.name) else name] = value
    return shown


def _is_time(name: str) -> bool:
    return name.endswith("_us") and name != "resolution_us"


def _plain_value(name: str, value: Any) -> Any:
    if isinstance(value, Identity):
        return identity(value)
    if isinstance(value, MessageRef):
        return reference(value)
    if isinstance(value, Conversation):
        return f"{value.platform}:{value.kind}:{value.key}"
    if isinstance(value, set | frozenset):
        return sorted(_plain_value("", one) for one in value)
    if isinstance(value, tuple):
        return [_plain_value("", one) for one in value]
    if name == "time_note":
        return "|".join(word for bit, word in enumerate(NOTES) if value & (1 << bit))
    if _is_time(name):
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=value)
        return moment.isoformat().replace("+00:00", "Z")
    return value


def identity(who: Identity) -> str:
    """Return an identity as a short string."""
    scope = {"platform": "", "owner": "@owner", "conversation": f"@conversation={who.within}"}
    marks = "+bot" * who.is_bot + "+placeholder" * who.is_placeholder
    return f"{who.platform}:{who.kind}:{who.id}{scope[who.scope]}{marks}"


def reference(ref: MessageRef) -> str:
    """Return a message reference as a short string."""
    scope = "" if ref.scope == "global" else f"@{ref.scope}={ref.within}"
    return f"{ref.platform}:{ref.id}{scope}"


# -- damage ----------------------------------------------------------------------------------


def mutate_case(
    case: Path, n: int, seed: int, tmp_path: Path | None = None
) -> Iterator[tuple[str, Path]]:
    """Yield `n` damaged copies of a sample, one after the other in the same place.

    Parameters
    ----------
    case
        The sample's folder.
    n, seed
        How many, and from which seed; copy `i` of a seed is always the same.
    tmp_path
        Where the copy lies; a temporary folder when not given.

    Yields
    ------
    tuple of (str, Path)
        What was done, and the folder to read; it is put right again for the next one.
    """
    sound = {
        file.relative_to(case / "input"): file.read_bytes()
        for file in sorted((case / "input").rglob("*"))
        if file.is_file()
    }
    with tempfile.TemporaryDirectory(dir=tmp_path) as folder:
        root = Path(folder) / "input"
        for name, data in sound.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(data)
        names = list(sound)
        for number in range(n):
            what, name, data = mutate_file(sound, names, f"{seed}:{number}")
            (root / name).write_bytes(data)
            yield f"{case.name} seed {seed}:{number} {what} in {name}", root
            (root / name).write_bytes(sound[name])


def _too_late(_signal: int, _frame: FrameType | None) -> None:
    msg = f"an answer within {PATIENCE_S} s was expected"
    raise AssertionError(msg)


def run_mutations(name: str, n: int, seed: int, tmp_path: Path) -> dict[str, int]:
    """Read `n` damaged copies of a format's samples and hold what every importer promises.

    Parameters
    ----------
    name
        The format.
    n, seed
        How many in all, shared out between its samples, and from which seed.
    tmp_path
        Where the copies lie.

    Returns
    -------
    dict of str to int
        How many were read (`read`) and how many refused in a sentence (`refused`).

    Raises
    ------
    AssertionError
        When anything but an `InputError` escapes, an answer takes over 10 s, a message or a
        rejection names what the sample says, or a record breaks its contract.
    """
    format_, cases = format_of(name), load_cases(name)
    outcome = {"read": 0, "refused": 0}
    previous = signal.signal(signal.SIGALRM, _too_late)
    try:
        for place, case in enumerate(cases):
            share = n // len(cases) + (place < n % len(cases))
            options = options_of(case)
            for what, root in mutate_case(case, share, seed, tmp_path):
                signal.setitimer(signal.ITIMER_REAL, PATIENCE_S)
                try:
                    outcome[_read_damaged(root, format_, options)] += 1
                except BaseException as error:
                    error.add_note(what)
                    raise
                finally:
                    signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.signal(signal.SIGALRM, previous)
    return outcome


def _read_damaged(root: Path, format_: Format, options: Options) -> str:
    """Read one damaged copy; return whether it was read or refused."""
    try:
        records = read_paths([root], format_, options)
    except InputError as error:
        sentence = str(error)
    else:
        for record in records:
            check_record(record)
        return "read"
    assert PLANTED not in sentence, "an error that names content"
    return "refused"


def check_record(record: Any) -> None:
    """Hold what the store relies on."""
    if isinstance(record, RawMessage):
        assert type(record.t_us) is int, "a time that is no int"
        assert in_range(record.t_us), "a time out of range"
        assert type(record.seq) is int, "a position that is no int"
        assert record.text is None or isinstance(record.text, str), "a text that is no text"
        assert isinstance(record.author, Identity), "an author who is no identity"
        for who in (record.author, *(record.recipients or ()), *record.mentions):
            assert isinstance(who.id, str), "an identity whose id is no text"
        for ref in (record.ref, record.reply_to, record.root, record.target):
            assert ref is None or isinstance(ref.id, str), "a reference whose id is no text"
    elif isinstance(record, Rejected):
        assert PLANTED not in record.member, "a rejection that names content"
        assert PLANTED not in record.reason, "a rejection that names content"
        assert type(record.record) is int, "a rejection without a number"
    elif isinstance(record, Ignored):
        assert PLANTED not in record.reason, "a reason that names content"
        assert record.n >= 1, "an ignored record that counts for nothing"


# -- golden records --------------------------------------------------------------------------


def write(name: str) -> None:
    """Write the golden records of every sample of a format."""
    for case in load_cases(name):
        records = read_case(case)
        text = json.dumps(records, indent=1, ensure_ascii=False) + "\n"
        (case / "expected.json").write_text(text, "utf-8")
        print(f"{case.name}: {len(records)} records")


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] != "write":
        sys.exit("usage: python tests/importers/support.py write FORMAT...")
    for one in sys.argv[2:]:
        write(one)
