"""Bluesky exports: one zip per person with the repository and, beside it, the chat export."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd

from supportnet.simulate.writers.book import Account, Book, Row
from supportnet.simulate.writers.car import Block, block, cid_text, repository, tid
from supportnet.simulate.writers.files import zipped
from supportnet.simulate.writers.places import did, sky_handle

__all__ = ["write_bluesky"]

PLATFORM = "bluesky"
_POST, _REPOST = "app.bsky.feed.post", "app.bsky.feed.repost"
_LIKE, _FOLLOW = "app.bsky.feed.like", "app.bsky.graph.follow"
_PROFILE = "app.bsky.actor.profile"
_SELF = 1023  # clock number of what is no message


def write_bluesky(
    book: Book, likes: pd.DataFrame, follows: pd.DataFrame, day: date
) -> dict[str, bytes]:
    """Return the exports of everybody who is on Bluesky.

    Parameters
    ----------
    book
        The community.
    likes
        `platform`, `person`, `event_id`, `t_us`.
    follows
        `owner`, `other`, `t_us`.
    day
        The day on which they all asked for their data.

    Returns
    -------
    dict of str to bytes
        File name → zip of `repo.car` (a repository with a commit of version 3) and `chat.jsonl`
        (both sides of the owner's conversations; one that nobody wrote in stands there for people
        without any).
    """
    sky = _Sky(book, likes, follows)
    stamp = (day.year, day.month, day.day, 12, 0, 0)
    return {
        f"bluesky-{day}-{person.code.lower()}.zip": zipped(
            {"repo.car": sky.repository(person), "chat.jsonl": sky.chat(person)}, stamp=stamp
        )
        for person in sky.people
    }


class _Sky:
    """Everything the exports share, made once: every record with its address."""

    def __init__(self, book: Book, likes: pd.DataFrame, follows: pd.DataFrame) -> None:
        self.book = book
        self.joined: dict[str, int] = {}
        self.records: dict[str, dict[str, Block]] = defaultdict(dict)
        self.rooms: dict[str, dict[str, list[Row]]] = defaultdict(dict)
        self._refs: dict[int, dict[str, str]] = {}
        self._roots: dict[int, int] = {}
        self._last: dict[str, int] = {}
        for row in book.rows:
            if row.platform != PLATFORM:
                continue
            self.joined.setdefault(row.author, row.t_us)
            if row.layer == "public":
                self._say(row)
            else:
                for code in (row.author, row.other):
                    self.rooms[code].setdefault(row.conversation, []).append(row)
        self.people = [p for p in book.people.values() if p.code in self.joined]
        for n, like in enumerate(likes[likes["platform"] == PLATFORM].itertuples()):
            subject = self._refs[int(str(like.event_id))]
            self._add(str(like.person), _LIKE, (int(str(like.t_us)), n & 1023), subject=subject)
        for n, follow in enumerate(follows.itertuples()):
            other = did(book.people[str(follow.other)])
            self._add(str(follow.owner), _FOLLOW, (int(str(follow.t_us)), n & 1023), subject=other)

    def _add(self, code: str, collection: str, at: tuple[int, int], **fields: Any) -> Block:
        """Make one record of a person; `at` is its time and clock number."""
        made = block({"$type": collection, "createdAt": _iso(at[0]), **fields})
        self.records[code][f"{collection}/{tid(*at)}"] = made
        self._last[code] = max(self._last.get(code, 0), at[0])
        return made

    def _say(self, row: Row) -> None:
        """Make the record of a public event."""
        author, at = self.book.people[row.author], (row.t_us, row.event_id & 1023)
        if row.kind == "repost":
            self._add(row.author, _REPOST, at, subject=self._refs[row.target])
            return
        fields: dict[str, Any] = {"text": row.text, "langs": [row.lang]}
        if row.kind == "mention":
            name = f"@{sky_handle(self.book.people[row.other])}"
            fields["text"] = f"{name} {row.text}"
            feature = {
                "$type": "app.bsky.richtext.facet#mention",
                "did": did(self.book.people[row.other]),
            }
            index = {"byteStart": 0, "byteEnd": len(name.encode("utf-8"))}
            fields["facets"] = [{"index": index, "features": [feature]}]
        if row.reply_to >= 0:
            self._roots[row.event_id] = root = self._roots.get(row.reply_to, row.reply_to)
            fields["reply"] = {"root": self._refs[root], "parent": self._refs[row.reply_to]}
        if row.kind == "quote":
            quoted = self._refs[row.target]
            fields["embed"] = {"$type": "app.bsky.embed.record", "record": quoted}
        made = self._add(row.author, _POST, at, **fields)
        uri = f"at://{did(author)}/{_POST}/{tid(*at)}"
        self._refs[row.event_id] = {"uri": uri, "cid": cid_text(made[0])}

    def repository(self, person: Account) -> bytes:
        """Return the repository of a person."""
        created = _iso(self.joined[person.code])
        profile = {"$type": _PROFILE, "displayName": person.name, "createdAt": created}
        records = {f"{_PROFILE}/self": block(profile), **self.records[person.code]}
        last = self._last.get(person.code, self.joined[person.code])
        return repository(did(person), tid(last, _SELF), records)

    def chat(self, person: Account) -> str:
        """Return the chat export of a person: each conversation, then what was said in it."""
        lines: list[dict[str, Any]] = []
        rooms = self.rooms[person.code]
        if not rooms:
            other = next(p for p in self.people if p.code != person.code)
            key = tid(self.joined[person.code], _SELF)
            lines.append(_room(key, person, other, key))
        for rows in rooms.values():
            other = self._other(person, rows[0])
            key = tid(rows[0].t_us, _SELF)
            lines.append(_room(key, person, other, _key(rows[-1])))
            lines += [{"convoId": key, "message": self._message(row)} for row in rows]
        return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)

    def _other(self, person: Account, row: Row) -> Account:
        """Return whom a person talks with."""
        return self.book.people[row.other if row.author == person.code else row.author]

    def _message(self, row: Row) -> dict[str, Any]:
        """Return one chat message; its id is the same in both copies."""
        return {
            "$type": "chat.bsky.convo.defs#messageView",
            "id": _key(row),
            "rev": _key(row),
            "text": row.text,
            "sender": {"did": did(self.book.people[row.author])},
            "sentAt": _iso(row.t_us),
        }


def _room(key: str, person: Account, other: Account, rev: str) -> dict[str, Any]:
    """Return the line that describes a conversation."""
    members = [
        {"did": did(p), "handle": sky_handle(p), "displayName": p.name} for p in (person, other)
    ]
    return {
        "convo": {
            "id": key,
            "rev": rev,
            "members": members,
            "muted": False,
            "status": "accepted",
            "unreadCount": 0,
            "kind": {"$type": "chat.bsky.convo.defs#directConvo"},
        }
    }


def _key(row: Row) -> str:
    """Return the id of a chat message."""
    return tid(row.t_us, row.event_id & 1023)


def _iso(t_us: int) -> str:
    """Return a time as records write it: UTC, milliseconds."""
    moment = datetime.fromtimestamp(t_us // 1_000_000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{t_us // 1000 % 1000:03d}Z"
