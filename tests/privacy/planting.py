"""Plant invented names, numbers, addresses and sentences in the samples of every format.

Nothing planted may be found in anything the package writes or says. A plant is recognised by a
word that no output holds by chance; a planted number by its first digits.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bluesky_support
from support import load_cases, options_of, read_paths

from supportnet.archive import open_archive
from supportnet.errors import InputError
from supportnet.formats import Export, Format, Options
from supportnet.importers import all_formats
from supportnet.records import Identity, RawMessage

__all__ = ["KINDS", "NUMBER", "PLANTS", "WORD", "Planted", "plant_format"]

N = 24
WORD = "zqxvwk"
NUMBER = "447319044"
KINDS = ("name", "phone", "email", "handle", "sentence")
_SYLLABLES = ("ba", "de", "fi", "go", "lu", "mar", "nes", "pol", "ret", "sam", "tin", "vos")


def _word(n: int) -> str:
    return _SYLLABLES[n % 12] + _SYLLABLES[n // 12 % 12] + _SYLLABLES[(n * 7 + 3) % 12]


#: Kind → the strings planted.
PLANTS: dict[str, list[str]] = {
    "name": [f"Zqxvwk{_word(n)} Zqxvwk{_word(n + 30)}ski" for n in range(N)],
    "phone": [f"+44 7319 044 {500 + n}" for n in range(N)],
    "email": [f"zqxvwk.{_word(n)}@zqxvwk-mail.example" for n in range(N)],
    "handle": [f"zqxvwk{_word(n)}{n}" for n in range(N)],
    "sentence": [
        f"Zqxvwk{_word(n)} told me what happened {n} years ago to zqxvwk{_word(n + 50)}"
        for n in range(N)
    ],
}

_NAME_KEYS = {
    *("name", "title", "display_name", "displayname", "sender_name", "sendername", "first_name"),
    *(
        "last_name",
        "full_name",
        "actor",
        "accountdisplayname",
        "threadname",
        "from",
        "forwarded_from",
    ),
    *(
        "participant",
        "author_name",
        "subject",
        "description",
        "bio",
        "location",
        "label",
        "summary",
    ),
}
_HANDLE_KEYS = {
    *("username", "screen_name", "preferredusername", "in_reply_to_screen_name", "handle", "acct"),
}
_PHONE_KEYS = {"phone", "phone_number", "phonenumber"}
_TEXT_KEYS = {"text", "full_text", "fulltext", "content", "comment", "post", "caption", "note"}
_NO_TEXT = re.compile(r"^(https?:|at://|did:|tag:)|\d\d:\d\d|^[A-Z][a-z]{2} [A-Z][a-z]{2} \d")
_HANDLE = re.compile(r"(@?\w+)((?:[@.][\w.]+)?)")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
_PREFIXED = re.compile(r"^([\w.\s]+=\s*)(?=[\[{])", re.DOTALL)


@dataclass
class Planter:
    """Give each string of a sample its plant, the same one wherever the string stands."""

    names: set[str]
    texts: set[str]
    n: int = 0
    given: dict[tuple[str, str], str] = field(default_factory=dict)

    def next(self, kind: str, value: str) -> str:
        """Return the plant of a kind for a value."""
        if (kind, value) not in self.given:
            self.given[kind, value] = PLANTS[kind][self.n % N]
            self.n += 1
        return self.given[kind, value]

    def bundle(self, value: str) -> str:
        """Return a text with some plants of every kind behind it."""
        if ("bundle", value) not in self.given:
            start = 6 * sum(kind == "bundle" for kind, _ in self.given)
            picked = []
            for n in range(start, start + (6 if start else N)):  # the first holds them all
                name, phone, email, handle, said = (PLANTS[kind][n % N] for kind in KINDS)
                picked.append(f"{said} {name} {phone} {email} @{handle}")
            self.given["bundle", value] = f"{value} {' '.join(picked)}"
        return self.given["bundle", value]

    def value(self, key: str, value: str) -> str:
        """Return a string of a JSON document with its plant."""
        key = key.lower()
        if _NO_TEXT.search(value) or not value.strip():
            return value
        if key in _PHONE_KEYS:
            return self.next("phone", value)
        if "mail" in key and _EMAIL.fullmatch(value):
            return self.next("email", value)
        if key in _HANDLE_KEYS and (handle := _HANDLE.fullmatch(value)):
            made = self.next("handle", handle[1].lstrip("@").lower())
            return f"{handle[1]}{made}{handle[2]}"
        if key in _TEXT_KEYS or value in self.texts:
            return self.bundle(value)
        if key in _NAME_KEYS or value in self.names:
            return f"{value} {self.next('name', value)}"
        return value

    def tree(self, value: Any, key: str = "") -> Any:
        """Return a JSON document with plants."""
        if isinstance(value, dict):
            return {k: self.tree(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [self.tree(one, key) for one in value]
        return self.value(key, value) if isinstance(value, str) else value

    def plain(self, text: str, quote: Callable[[str], str]) -> str:
        """Return a plain or marked-up text with plants."""
        for known in sorted(self.texts, key=len, reverse=True):
            line = quote(known.splitlines()[0]) if known.strip() else ""
            if len(line) > 1:
                text = text.replace(line, self.bundle(line))
        for known in sorted(self.names, key=len, reverse=True):
            if len(known) > 2:
                kind = "phone" if known.startswith("+") else "name"
                made = self.next(kind, known)
                text = text.replace(quote(known), made if kind == "phone" else f"{known} {made}")
        return text


# -- one file ---------------------------------------------------------------------------------


def _json(text: str, planter: Planter) -> str | None:
    """Plant in a JSON document, with or without a script's assignment in front."""
    prefix = _PREFIXED.match(text)
    head = prefix.group(1) if prefix else ""
    try:
        document = json.loads(text[len(head) :].removesuffix(";"))
    except ValueError:
        return None
    return head + json.dumps(planter.tree(document), ensure_ascii=text.isascii(), indent=1)


def _json_lines(text: str, planter: Planter) -> str | None:
    """Plant in one document per line."""
    try:
        rows = [json.loads(line) for line in text.splitlines() if line.strip()]
    except ValueError:
        return None
    if not rows:
        return None
    planted = (json.dumps(planter.tree(row), ensure_ascii=False) for row in rows)
    return "\n".join(planted) + "\n"


def _csv(text: str, planter: Planter) -> str:
    """Plant in the cells of a table that hold what the sample's records say."""
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    for number, row in enumerate(csv.reader(io.StringIO(text))):
        cells = row if number == 0 else [_cell(cell, planter) for cell in row]
        writer.writerow(cells)
    return made.getvalue()


def _cell(cell: str, planter: Planter) -> str:
    if cell in planter.texts:
        return planter.bundle(cell)
    if cell in planter.names and len(cell) > 2:
        return f"{cell} {planter.next('name', cell)}"
    return planter.next("email", cell) if _EMAIL.fullmatch(cell) else cell


def _content(name: str, data: bytes, planter: Planter) -> bytes:
    """Return the bytes of one file with plants; unchanged when it is no text."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data
    suffix = Path(name).suffix.lower()
    if suffix == ".csv":
        return _csv(text, planter).encode()
    planted = _json(text, planter) or _json_lines(text, planter)
    if planted is None:
        quote = html.escape if suffix.startswith(".htm") else str
        planted = planter.plain(text, lambda known: quote(known))
    return planted.encode("utf-8", "surrogatepass")


# -- one format -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Planted:
    """One sample with plants, ready to import, and which plants reached the importer."""

    format: str
    path: Path
    options: Options
    records: list[Any]

    def reached(self) -> dict[str, set[str]]:
        """Return the plants of each kind among the texts, and those among the people."""
        said = " ".join(r.text for r in self.records if isinstance(r, RawMessage) and r.text)
        people = " ".join(f"{who.id} {who.name}" for who in _people(self.records))
        found = {kind: {p for p in PLANTS[kind] if p in said} for kind in KINDS}
        found["people"] = set(re.findall(rf"(?i){WORD}\w+|{NUMBER}\d+", people.replace(" ", "_")))
        return found


def _people(records: Iterable[Any]) -> Iterator[Identity]:
    for record in records:
        for name in (
            "author",
            "actor",
            "owner",
            "other",
            "person",
            "first",
            "second",
            "reply_author",
        ):
            who = getattr(record, name, None)
            if isinstance(who, Identity):
                yield who
        yield from getattr(record, "mentions", ())


def _guide(path: Path, name: str, options: Options) -> Planter:
    """Learn from a sample's records which strings are names and which are texts."""
    records = read_paths([path], all_formats()[name], options)
    names = {
        known
        for who in _people(records)
        for known in (who.name, who.id if who.kind in ("name", "phone") else None)
        if known and not known.isdigit()
    }
    texts = {r.text for r in records if isinstance(r, RawMessage) and r.text}
    return Planter(names, texts)


def _read_all(paths: list[Path], format_: Format, options: Options) -> list[Any]:
    """Return the records of every file at the paths, recognised or not, as `--format` does."""
    with open_archive(paths[0]) as archive:
        return list(format_.read(Export(archive.members, options)))


def plant_format(name: str, folder: Path) -> list[Planted]:
    """Write the samples of a format with plants, each as an archive named after a plant.

    A sample that is not a text (or whose plants the format cannot read) is left to the others;
    formats without any text sample have a function of their own in `MADE`.
    """
    made: list[Planted] = []
    sources: list[tuple[Path, Options, bool]] = []
    if name in MADE:
        place = folder / "made" / name
        sources.append((place, MADE[name](place), True))
    sources += [(case / "input", options_of(case), False) for case in load_cases(name)]
    for number, (source, options, is_ready) in enumerate(sources):
        target = folder / f"{name}{number}"
        if is_ready:
            shutil.copytree(source, target)
        else:
            planter = _guide(source, name, options)
            for file in sorted(one for one in source.rglob("*") if one.is_file()):
                inside = target / file.relative_to(source)
                inside.parent.mkdir(parents=True, exist_ok=True)
                inside.write_bytes(_content(file.name, file.read_bytes(), planter))
        try:
            records = (_read_all if is_ready else read_paths)(
                [target], all_formats()[name], options
            )
        except InputError:
            continue
        made.append(Planted(name, _pack(target, number), options, records))
    return made


def _pack(folder: Path, number: int) -> Path:
    """Put an export into a zip whose name is a plant; single files keep their kind."""
    name = f"{PLANTS['name'][number % N]} {PLANTS['phone'][number % N]} {folder.name}.zip"
    packed = folder.parent / "packed" / name
    packed.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        for file in sorted(one for one in folder.rglob("*") if one.is_file()):
            made.writestr(file.relative_to(folder).as_posix(), file.read_bytes())
    return packed


# -- formats whose samples are no text ---------------------------------------------------------


def _bluesky(folder: Path) -> Options:
    """Write a repository whose posts and profile hold the plants."""
    records: dict[str, Any] = {
        "app.bsky.actor.profile/self": {
            "$type": "app.bsky.actor.profile",
            "displayName": PLANTS["name"][0],
            "description": " ".join(PLANTS["sentence"]),
        }
    }
    for n in range(N):
        text = " ".join(PLANTS[kind][n] for kind in KINDS)
        key = bluesky_support.post_key(bluesky_support.DAY0 + n * bluesky_support.HOUR)
        records[key] = bluesky_support.post(text, "2024-11-20T08:00:00Z", langs=["fr"])
    folder.mkdir(parents=True)
    (folder / "repo.car").write_bytes(bluesky_support.repository(records))
    handles = "".join(
        f"did:plc:{letter * 24},{PLANTS['handle'][n]}.example\n" for n, letter in enumerate("abc")
    )
    (folder / "handles.csv").write_text(handles, "utf-8")
    return Options()


def _edgelist(folder: Path) -> Options:
    """Write a table in which people are called by their plants."""
    rows = ["sender,recipient,time,text,board"]
    for n in range(N):
        for kind in ("name", "phone", "email", "handle"):
            said = " ".join(PLANTS[every][n] for every in KINDS)
            board = PLANTS["name"][n]
            to = PLANTS[kind][(n + 1) % N]
            rows.append(f"{PLANTS[kind][n]},{to},{1_700_000_000 + n},{said},{board}")
    folder.mkdir(parents=True)
    (folder / f"{PLANTS['name'][1]}.csv").write_text("\n".join(rows) + "\n", "utf-8")
    columns = {"sender": "sender", "recipient": "recipient", "time": "time", "text": "text"}
    return Options(
        visibility_map=dict.fromkeys(PLANTS["name"], "semi_public"),
        columns={**columns, "channel": "board"},
    )


def _whatsapp(folder: Path) -> Options:
    """Write a group chat of people with and without a name, about each other."""
    title = f"{PLANTS['name'][0]} et amis"
    rows = [f"12/01/2025, 09:00 - {PLANTS['name'][1]} a créé le groupe “{title}”"]
    for n in range(N):
        said = " ".join(PLANTS[kind][n] for kind in KINDS)
        clock = f"13/01/2025, {9 + n // 12:02d}:{n:02d}"
        rows.append(f"{clock} - {PLANTS['name'][n % 6]}: {said}")
        rows.append(f"{clock} - {PLANTS['phone'][n]}: @{PLANTS['handle'][n]} oui")
        rows.append(f"{clock} - {PLANTS['name'][1]} a ajouté {PLANTS['name'][n]}")
    folder.mkdir(parents=True)
    path = folder / f"Discussion WhatsApp avec {title}.txt"
    path.write_text("\n".join(rows) + "\n", "utf-8")
    return Options(timezone="Europe/Paris", owner=PLANTS["name"][2])


#: Format → a function that writes an export with plants and returns its options.
MADE: dict[str, Callable[[Path], Options]] = {
    "bluesky": _bluesky,
    "edgelist": _edgelist,
    "whatsapp": _whatsapp,
}
