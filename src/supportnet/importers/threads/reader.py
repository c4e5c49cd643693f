"""Read the posts, likes and follows of one Threads account."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, Literal

from supportnet.archive import BadItem, Member
from supportnet.errors import InputError
from supportnet.formats import Export
from supportnet.importers.threads.files import IGNORED, PLATFORM, pattern_of, sorted_files
from supportnet.parsing.meta import (
    Labelled,
    People,
    folded,
    labelled,
    records_of,
    repaired,
    seconds_us,
)
from supportnet.parsing.meta_layout import place_of
from supportnet.records import (
    SECOND,
    Conversation,
    Identity,
    Ignored,
    MessageRef,
    RawContact,
    RawCoverage,
    RawMessage,
    RawReaction,
    Record,
    Rejected,
)

__all__ = ["owner_of", "read"]

_USERNAME: Final = frozenset({"username", "nom d'utilisateur", "nom d’utilisateur"})
_PRIVATE: Final = frozenset({"private account", "compte privé"})
_TRUE: Final = frozenset({"true", "vrai", "oui", "yes"})
_FALSE: Final = frozenset({"false", "faux", "non", "no"})
# The owner is also named by the profile of the Instagram export around, and by the zip's name.
_PROFILE = re.compile(r"personal_information/personal_information\.json$")
_ZIP = re.compile(r"instagram-([\w.]{1,30})-\d{4}-\d\d-\d\d-")
# Letters, digits, dots and underscores; not inside an address.
_MENTION = re.compile(r"(?<![\w@/.])@([A-Za-z0-9_](?:[A-Za-z0-9._]{0,28}[A-Za-z0-9_])?)(?![\w@])")
_POST = re.compile(r"threads\.(?:com|net)/@?([\w.]{1,30})/post/([\w-]{1,40})")
_ACCOUNT = re.compile(r"threads\.(?:com|net)/@?([\w.]{1,30})/?(?:\?.*)?$")
_HANDLE = re.compile(r"@?[A-Za-z0-9_][A-Za-z0-9._]{0,29}")
_TIES: Final[dict[str, Literal["follow", "follower"]]] = {
    "followers": "follower",
    "following": "follow",
}


def _value(entries: Iterable[Labelled], labels: frozenset[str]) -> str | None:
    """Return the value under one of some labels."""
    return next((e.value.strip() for e in entries if folded(e.label) in labels and e.value), None)


def _profile(members: Iterable[Member]) -> tuple[str | None, bool | None]:
    """Return the user name of a profile, and whether it is private."""
    for member in members:
        for _, _, record in records_of(member):
            entries = labelled(record) if isinstance(record, dict) else []
            handle = _value(entries, _USERNAME)
            if handle:
                word = folded(_value(entries, _PRIVATE) or "")
                return handle, True if word in _TRUE else False if word in _FALSE else None
    return None, None


def owner_of(members: Sequence[Member]) -> Identity | None:
    """Return the owner whom the profile states, to bring the parts of a split export together."""
    handle, _ = _profile(sorted_files(members).get("profile", []))
    return None if handle is None else People(PLATFORM, None).handle(handle)


def read(export: Export) -> Iterator[Record]:
    """Yield the records of one Threads account.

    Parameters
    ----------
    export
        The claimed files; option `owner`.

    Yields
    ------
    Record
        Posts, likes, follows, counts and coverage.

    Raises
    ------
    InputError
        When the export was made as HTML, or nothing tells whose posts they are.
    """
    yield from _Reading(export).records()


class _Reading:
    """The reading of one export: what its steps share."""

    def __init__(self, export: Export) -> None:
        self._export = export
        self._files = sorted_files(export.members)
        if set(self._files) <= {"page", ""}:
            msg = (
                "a Threads export in the JSON format was expected; found one made as HTML, which "
                "lacks what is needed; ask for it again and choose JSON."
            )
            raise InputError(msg)
        handle, self._private = _profile(self._files.get("profile", []))
        self._owner = People(PLATFORM, None).handle(handle or self._elsewhere())
        self._people = People(PLATFORM, self._owner)
        self._marks: Counter[str] = Counter()
        self._replies = Counter[str]()
        self._seq = 0

    def _elsewhere(self) -> str:
        """Return the owner's user name from what lies around, or as declared."""
        around = [m for m in self._export.others if _PROFILE.search(place_of(m.name).tail)]
        handle, _ = _profile(around)
        if handle:
            return handle
        for member in self._export.members[:1]:
            for word in (member.archive.path.name, *self._export.root.split("/")):
                named = _ZIP.match(word)
                if named is not None:
                    return named[1]
        declared = (self._export.options.owner or "").strip()
        if _HANDLE.fullmatch(declared):
            return declared
        msg = (
            "a file that names the owner (personal_information.json) was expected beside the "
            "posts of Threads; found none that can be read; add it, or pass --owner with the "
            "user name."
        )
        raise InputError(msg)

    def records(self) -> Iterator[Record]:
        """Yield everything."""
        # First the lists that tell display names, so that every record carries them.
        for kind in _TIES:
            for member in self._files.get(kind, []):
                yield from self._contacts(member, kind)
        for member in self._files.get("posts", []):
            yield from self._posts(member)
        for member in self._files.get("likes", []):
            yield from self._likes(member)
        for kind, reason in IGNORED.items():
            for member in self._files.get(kind, []):
                yield from self._counts(member, reason, kind)
        pages = len(self._files.get("page", []))
        if pages:
            yield Ignored("html_copy", pages)
        flags = set()
        if self._files.get("posts") and self._private is not None:
            flags.add("public_out")
        if self._files.get("likes"):
            flags.add("reactions_out")
        yield RawCoverage(self._owner, frozenset(flags), resolution_us=SECOND)
        self._report()

    def _report(self) -> None:
        """Write down what the data card should show about this reading."""
        notes = self._export.notes
        notes["zone"] = "utc"
        total = self._seq
        if total:
            told = self._replies["told"]
            notes["reply_mark"] = f"present in {told:,} of {total:,} posts"
            if told < total:
                notes["opens_with_mention"] = str(self._replies["opens_with_mention"])
        if self._private is None:
            notes["private_account"] = "not told: who could read the posts is unknown"

    def _dicts(self, member: Member, kind: str) -> Iterator[tuple[int, dict[str, Any]] | Rejected]:
        """Yield the records of a file that are objects, the others as rejects."""
        for _, index, record in records_of(member):
            if isinstance(record, dict):
                yield index, record
            else:
                reason = record.reason if isinstance(record, BadItem) else "json_shape"
                yield Rejected(reason, pattern_of(kind), index)

    def _posts(self, member: Member) -> Iterator[RawMessage | Rejected]:
        """Yield the posts and replies of a file."""
        for found in self._dicts(member, "posts"):
            if isinstance(found, Rejected):
                yield found
                continue
            index, record = found
            post = self._post(record)
            yield Rejected(post, pattern_of("posts"), index) if isinstance(post, str) else post

    def _post(self, record: dict[str, Any]) -> RawMessage | str:
        """Read one post; a reason when it cannot be used."""
        listed = record.get("media")
        media = [
            m for m in (listed if isinstance(listed, list) else [listed]) if isinstance(m, dict)
        ]
        medium = media[0] if media else {}
        given = record.get("creation_timestamp") or medium.get("creation_timestamp")
        t_us = seconds_us(given)
        if t_us is None:
            return "undated" if given is None else "bad_date"
        text = repaired(record.get("title")) or repaired(medium.get("title"))
        uri = next((u for m in media if (u := repaired(m.get("uri")))), "")
        reply = _is_reply(media)
        self._seq += 1
        self._replies["told"] += reply is not None
        handles = list(dict.fromkeys(name.lower() for name in _MENTION.findall(text or "")))
        if reply is None and (text or "").startswith("@"):
            self._replies["opens_with_mention"] += 1
        # Time and file name a post in every export, also when it was edited in between.
        mark = f"{t_us // SECOND}:{uri.rpartition('/')[2]}"
        self._marks[mark] += 1
        if self._marks[mark] > 1:
            mark = f"{mark}:{self._marks[mark]}"
        mentioned = (self._people.handle(name) for name in handles)
        private = self._private
        return RawMessage(
            Conversation(PLATFORM, f"{self._owner.id}\x1f{mark}", "thread"),
            self._owner,
            t_us,
            self._seq,
            MessageRef(PLATFORM, mark, "account", self._owner.id),
            "comment" if reply else "post",
            "unknown" if private is None else "semi_public" if private else "public",
            "private profile" if private else None,
            text or None,
            (),
            tuple(one for one in mentioned if one != self._owner),
            resolution_us=SECOND,
        )

    def _likes(self, member: Member) -> Iterator[RawReaction | Rejected]:
        """Yield the owner's likes, dated, with the author of what was liked."""
        for found in self._dicts(member, "likes"):
            if isinstance(found, Rejected):
                yield found
                continue
            _, record = found
            entries = labelled(record)
            t_us = next((entry.t_us for entry in entries if entry.t_us is not None), None)
            link = next((hit for e in entries if (hit := _POST.search(e.href))), None)
            title = (repaired(record.get("title")) or "").strip()
            account = link[1] if link else title if _HANDLE.fullmatch(title) else None
            if link is not None:
                target = MessageRef(PLATFORM, link[2])
            else:
                mark = f"like:{account}:{None if t_us is None else t_us // SECOND}"
                self._marks[mark] += 1
                mark = f"{mark}:{self._marks[mark]}"
                target = MessageRef(PLATFORM, mark, "account", self._owner.id)
            author = None if account is None else self._people.handle(account)
            yield RawReaction(target, "like", self._owner, 1, author, t_us)

    def _contacts(self, member: Member, kind: str) -> Iterator[RawContact | Rejected]:
        """Yield who follows the owner, or whom the owner follows, each since when."""
        for found in self._dicts(member, kind):
            if isinstance(found, Rejected):
                yield found
                continue
            index, record = found
            entries = labelled(record)
            words = (e.value.strip() for e in entries)
            account = next((word for word in words if _HANDLE.fullmatch(word)), None)
            link = next((hit for e in entries if (hit := _ACCOUNT.search(e.href))), None)
            account = account or (link[1] if link else None)
            if account is None:
                yield Rejected("no_name", pattern_of(kind), index)
                continue
            t_us = next((entry.t_us for entry in entries if entry.t_us is not None), None)
            # The title may be a display name.
            other = self._people.handle(account, repaired(record.get("title")) or None)
            yield RawContact(self._owner, other, _TIES[kind], t_us, SECOND)

    def _counts(self, member: Member, reason: str, kind: str) -> Iterator[Ignored | Rejected]:
        """Yield the count of a file whose records are understood and left out."""
        n = 0
        for _, index, record in records_of(member):
            if isinstance(record, BadItem):
                yield Rejected(record.reason, pattern_of(kind), index)
            else:
                n += 1
        if n:
            yield Ignored(reason, n)


def _is_reply(media: list[dict[str, Any]]) -> bool | None:
    """Return what a post says of itself: a reply, no reply, or nothing."""
    told: bool | None = None
    for medium in media:
        facts = medium.get("text_app_post")
        mark = facts.get("is_reply") if isinstance(facts, dict) else None
        if isinstance(mark, bool):
            told = mark or bool(told)
    return told
