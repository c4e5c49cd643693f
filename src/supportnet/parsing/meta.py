"""What all exports of Meta share: damaged letters, lists under any key, labels, names of people.

Facebook, Messenger, Instagram and Threads write JSON with every byte of UTF-8 escaped as a letter
of its own, put their lists under keys that change from year to year, and translate their labels.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from supportnet.archive import BadItem, Member, read_json, stream_json
from supportnet.errors import ArchiveError
from supportnet.parsing.text import repair_mojibake
from supportnet.parsing.times import epoch_us
from supportnet.records import Identity

__all__ = [
    "Labelled",
    "Listed",
    "People",
    "folded",
    "is_nobody",
    "labelled",
    "records_of",
    "repaired",
    "seconds_us",
    "strings_in",
]

_BOM: Final = b"\xef\xbb\xbf"
_FIRST_KEY = re.compile(rb'\{\s*"((?:[^"\\]|\\.){1,80})"\s*:')
# First keys of a file that holds one bare record instead of a list of one.
_RECORD_KEYS: Final = frozenset(
    b"timestamp title data attachments media label_values string_list_data string_map_data fbid "
    b"media_list_data media_map_data creation_timestamp tags".split()
)
# Before 2017 a person whose name was not at hand was written as an address.
_NUMBERED = re.compile(r"(\d{3,20})@facebook\.com")
_DEEPEST: Final = 6
_MOST_LABELS: Final = 200

# Labels that stand for nobody in particular (French and those after it: not seen in an archive).
_NOBODY: Final = frozenset(
    {
        "facebook user",
        "instagram user",
        "instagrammer",
        "messenger user",
        "utilisateur facebook",
        "utilisateur de facebook",
        "utilisateur instagram",
        "utilisateur d'instagram",
        "utilisateur messenger",
        "facebook-nutzer",
        "instagram-nutzer",
        "usuario de facebook",
        "usuario de instagram",
        "utente di facebook",
        "utente facebook",
        "utente di instagram",
        "facebook-gebruiker",
        "instagram-gebruiker",
        "usuário do facebook",
        "usuário do instagram",
        "utilizador do facebook",
    }
)
_NAMELESS: Final = "nobody"


def repaired(value: object) -> str | None:
    r"""Return a text with its letters put right; None for what is no text.

    Examples
    --------
    >>> repaired("Omar B\u00c3\u00a9nali"), repaired(None)
    ('Omar Bénali', None)
    """
    return repair_mojibake(value) if isinstance(value, str) else None


def folded(name: str) -> str:
    """Return a name as it is compared: one form of letters, no case, no outer blanks.

    Examples
    --------
    >>> folded(" Inès ") == folded("INÈS")
    True
    """
    return unicodedata.normalize("NFKC", name).strip().casefold()


def is_nobody(name: str | None) -> bool:
    """Tell whether a name is missing or the label that all deleted accounts share.

    Examples
    --------
    >>> is_nobody("Facebook user"), is_nobody(""), is_nobody("Inès")
    (True, True, False)
    """
    return not name or folded(name).replace("’", "'") in _NOBODY or not name.strip()


def seconds_us(value: object) -> int | None:
    """Return a time in seconds (or, by mistake, milliseconds) in µs; None when it is none.

    Examples
    --------
    >>> seconds_us(1672600000)
    1672600000000000
    >>> seconds_us(0) is None, seconds_us(-62169958800) is None
    (True, True)
    """
    return epoch_us(value) if isinstance(value, (int, float, str)) else None


class Listed(NamedTuple):
    """One record of a file.

    Attributes
    ----------
    key
        The key of the list it stands in; empty for a bare list.
    index
        Number in its list, from 0.
    value
        The record, or a `BadItem`.
    """

    key: str
    index: int  # type: ignore[assignment]
    value: Any


def records_of(member: Member) -> Iterator[Listed]:
    """Yield the records of a file, whatever stands around them.

    Parameters
    ----------
    member
        A JSON file.

    Yields
    ------
    Listed
        Elements of a bare list, or of every list of an object; the one record itself where a
        list of one was written without its brackets.
    """
    head = member.head(4096).removeprefix(_BOM).lstrip()
    if head[:1] != b"{":
        for item in stream_json(member, "[]"):
            yield Listed("", max(0, item.index), item.value)
        return
    first = _FIRST_KEY.match(head)
    if first is not None and first[1] in _RECORD_KEYS:
        yield _one(member, None)
        return
    single: list[str] = []
    n = 0
    for item in stream_json(member, "*[]"):
        key = item.context[0].get("*", "") if item.context else ""
        if item.index < 0 and isinstance(item.value, BadItem) and item.value.reason == "json_shape":
            single.append(key)
        else:
            n += 1
            yield Listed(key, max(0, item.index), item.value)
    for key in single:
        found = _one(member, key)
        if isinstance(found.value, (dict, BadItem)):
            n += 1
            yield found
    if single and not n:
        # Something stands there that is neither a list nor a record ("[object Object]").
        yield Listed(single[0], 0, BadItem("json_shape"))


def _one(member: Member, key: str | None) -> Listed:
    """Return the document, or what stands under one of its keys, as one record."""
    try:
        whole = read_json(member)
    except ArchiveError:
        return Listed(key or "", 0, BadItem("json_syntax"))
    if key is None:
        return Listed("", 0, whole)
    return Listed(key, 0, whole.get(key) if isinstance(whole, dict) else None)


class Labelled(NamedTuple):
    """One labelled value: the label is in the account's language.

    Attributes
    ----------
    label
        Label as written, letters put right.
    value, href
        Text and link; empty where there is none.
    t_us
        Its time, µs UTC.
    """

    label: str
    value: str
    href: str
    t_us: int | None


def labelled(record: dict[str, Any]) -> list[Labelled]:
    """Return the labelled values of a record, in their order.

    Parameters
    ----------
    record
        Holds `label_values` (2024 on: a list that nests), `string_map_data` (an object by label)
        or `string_list_data` (a list without labels).

    Returns
    -------
    list of Labelled
        At most 200.

    Examples
    --------
    >>> labelled({"string_map_data": {"Time": {"value": "", "timestamp": 1701111100}}})
    [Labelled(label='Time', value='', href='', t_us=1701111100000000)]
    """
    found: list[Labelled] = []
    by_label = record.get("string_map_data")
    if isinstance(by_label, dict):
        for label, entry in by_label.items():
            _collect(found, label, entry, 0)
    for key in ("string_list_data", "label_values"):
        for entry in _listed(record.get(key)):
            _collect(found, "", entry, 0)
    return found[:_MOST_LABELS]


def _listed(value: object) -> Iterable[Any]:
    """Return a list as it is, one object as a list of one."""
    if isinstance(value, dict):
        return [value]
    return value if isinstance(value, list) else ()


def _collect(found: list[Labelled], label: str, entry: object, depth: int) -> None:
    """Add one entry and those nested in it."""
    if not isinstance(entry, dict) or depth > _DEEPEST or len(found) >= _MOST_LABELS:
        return
    own = repaired(entry.get("label")) or repaired(label) or ""
    time = entry.get("timestamp_value", entry.get("timestamp"))
    value, href = repaired(entry.get("value")), repaired(entry.get("href"))
    if value is not None or href is not None or time is not None:
        found.append(Labelled(own, value or "", href or "", seconds_us(time)))
    for key in ("dict", "vec"):
        for inner in _listed(entry.get(key)):
            _collect(found, own, inner, depth + 1)


def strings_in(value: object) -> list[str]:
    r"""Return names written as texts or as objects with a `name`, letters put right.

    Examples
    --------
    >>> strings_in(["Omar", {"name": "L\u00e9a"}, 3])
    ['Omar', 'Léa']
    """
    names: list[str] = []
    for entry in _listed(value):
        name = repaired(entry.get("name") if isinstance(entry, dict) else entry)
        if name is not None:
            names.append(name)
    return names


class People:
    """The persons of one export; each identity is made once.

    Parameters
    ----------
    platform
        Platform word.
    owner
        Whose export it is, if that is known.
    names
        Display names under which the owner stands in it.
    """

    def __init__(self, platform: str, owner: Identity | None, names: Iterable[str] = ()) -> None:
        self.platform = platform
        self.owner = owner
        self._named: dict[str, Identity] = {}
        self._handles: dict[str, Identity] = {}
        if owner is not None:
            for name in names:
                self._named[folded(name)] = owner

    def named(self, name: str | None, within: str) -> Identity:
        """Return the person of a display name; nobody in particular for a shared label.

        Parameters
        ----------
        name
            The name, letters put right. It means one person in the owner's own lists only.
        within
            Key of the conversation: a shared label is another person in each.
        """
        if name is None or is_nobody(name):
            label = (name or "").strip() or _NAMELESS
            return Identity(
                self.platform, label, "conversation", "name", None, within, is_placeholder=True
            )
        key = folded(name)
        found = self._named.get(key)
        if found is None:
            plain = name.strip()
            number = _NUMBERED.fullmatch(plain)
            if number is not None:
                found = self._named[key] = Identity(self.platform, number[1])
                return found
            found = self._named[key] = Identity(self.platform, plain, "owner", "name", plain)
        return found

    def handle(self, handle: str, name: str | None = None) -> Identity:
        """Return the account of a user name."""
        plain = handle.strip().removeprefix("@").lower()
        if self.owner is not None and self.owner.kind == "handle" and plain == self.owner.id:
            return self.owner
        found = self._handles.get(plain)
        if found is None:
            found = Identity(self.platform, plain, kind="handle", name=name)
            self._handles[plain] = found
        return found

    def is_owner(self, name: str) -> bool:
        """Tell whether a display name is the owner's."""
        return self.owner is not None and self._named.get(folded(name)) is self.owner
