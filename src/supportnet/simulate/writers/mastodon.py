"""Mastodon archives: one zip per person with the outbox, the account, likes and bookmarks."""

from __future__ import annotations

import html
import json
import re
from collections import defaultdict
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd

from supportnet.simulate.writers.book import Account, Book, Row
from supportnet.simulate.writers.files import zipped
from supportnet.simulate.writers.places import fedi_address, fedi_host, fedi_name

__all__ = ["write_mastodon"]

PLATFORM = "mastodon"
_CONTEXT = "https://www.w3.org/ns/activitystreams"
_EVERYBODY = f"{_CONTEXT}#Public"
_LINK = re.compile(r"https://\S+")


def write_mastodon(book: Book, likes: pd.DataFrame, day: date) -> dict[str, bytes]:
    """Return the archives of everybody who is on Mastodon.

    Parameters
    ----------
    book
        The community.
    likes
        `platform`, `person`, `event_id`; the archive keeps no times of likes.
    day
        The day on which they all asked for their archive.

    Returns
    -------
    dict of str to bytes
        File name → zip of `outbox.json`, `actor.json`, `likes.json` and `bookmarks.json`. Private
        messages are posts to one person; each archive holds its owner's half of them.
    """
    outbox = _Outbox(book)
    liked: dict[str, list[int]] = defaultdict(list)
    for row in likes[likes["platform"] == PLATFORM].itertuples():
        liked[str(row.person)].append(int(str(row.event_id)))
    stamp = (day.year, day.month, day.day, 12, 0, 0)
    return {
        f"mastodon-{day}-{code.lower()}.zip": zipped(
            {
                "actor.json": _json(_actor(book.people[code], rows[0].t_us)),
                "outbox.json": _json(_collection("outbox", outbox.activities(rows))),
                "likes.json": _json(_collection("likes", [outbox.uri(n) for n in liked[code]])),
                "bookmarks.json": _json(_collection("bookmarks", [])),
            },
            stamp=stamp,
        )
        for code, rows in sorted(outbox.rows.items())
    }


class _Outbox:
    """Turns events into activities.

    Attributes
    ----------
    rows
        Code → the person's events here, oldest first.
    """

    def __init__(self, book: Book) -> None:
        self.book = book
        self.rows: dict[str, list[Row]] = defaultdict(list)
        for row in book.rows:
            if row.platform == PLATFORM:
                self.rows[row.author].append(row)

    def uri(self, event_id: int) -> str:
        """Return the address of a post, whose number holds its time in milliseconds."""
        row = self.book.rows[event_id]
        number = (row.t_us // 1000 << 16) | (event_id & 0xFFFF)
        return f"{fedi_address(self.book.people[row.author])}/statuses/{number}"

    def activities(self, rows: list[Row]) -> list[dict[str, Any]]:
        """Return the activities of one person, oldest first."""
        return [self._boost(r) if r.kind == "repost" else self._create(r) for r in rows]

    def _boost(self, row: Row) -> dict[str, Any]:
        """Return the activity of a repost; it names the post's author first."""
        actor = fedi_address(self.book.people[row.author])
        target = self.book.rows[row.target]
        author = fedi_address(self.book.people[target.author])
        return {
            "id": f"{self.uri(row.event_id)}/activity",
            "type": "Announce",
            "actor": actor,
            "published": _iso(row.t_us),
            "to": [_EVERYBODY],
            "cc": [author, f"{actor}/followers"],
            "object": self.uri(row.target),
        }

    def _create(self, row: Row) -> dict[str, Any]:
        """Return the activity of a post, an answer, a quote or a private mention."""
        person = self.book.people[row.author]
        actor, uri, published = fedi_address(person), self.uri(row.event_id), _iso(row.t_us)
        named = [self.book.people[row.other]] if row.other else []
        addresses = [fedi_address(other) for other in named]
        to, cc = [_EVERYBODY], [f"{actor}/followers", *addresses]
        if row.layer != "public":
            to, cc = addresses, []
        content = self._content(row, named)
        note: dict[str, Any] = {
            "id": uri,
            "type": "Note",
            "summary": None,
            "inReplyTo": None if row.reply_to < 0 else self.uri(row.reply_to),
            "published": published,
            "url": f"https://{fedi_host(person)}/@{person.handle}/{uri.rpartition('/')[2]}",
            "attributedTo": actor,
            "to": to,
            "cc": cc,
            "sensitive": False,
            "conversation": self._talk(row),
            "content": content,
            "contentMap": {row.lang: content},
            "attachment": [],
            "tag": [_mention(person, other) for other in named],
        }
        if row.kind == "quote":
            note["quote"] = self.uri(row.target)
        return {
            "id": f"{uri}/activity",
            "type": "Create",
            "actor": actor,
            "published": published,
            "to": to,
            "cc": cc,
            "object": note,
        }

    def _talk(self, row: Row) -> str:
        """Return the name of the talk a post belongs to: that of its first post."""
        while row.reply_to >= 0:
            row = self.book.rows[row.reply_to]
        host, day = fedi_host(self.book.people[row.author]), _iso(row.t_us)[:10]
        return f"tag:{host},{day}:objectId={row.event_id}:objectType=Conversation"

    def _content(self, row: Row, named: list[Account]) -> str:
        """Return the words as the server marks them up, names in front."""
        names = "".join(
            f'<span class="h-card" translate="no"><a href="https://{fedi_host(p)}/@{p.handle}" '
            f'class="u-url mention">@<span>{p.handle}</span></a></span> '
            for p in named
        )
        words = html.escape(row.text, quote=True)
        words = _LINK.sub(lambda m: f'<a href="{m.group()}">{m.group()}</a>', words)
        return f"<p>{names}{words}</p>".replace("\n", "<br />")


def _mention(person: Account, other: Account) -> dict[str, str]:
    """Return the tag of a mention; a neighbour on one's own server is named without it."""
    name = fedi_name(other) if fedi_host(other) != fedi_host(person) else f"@{other.handle}"
    return {"type": "Mention", "href": fedi_address(other), "name": name}


def _actor(person: Account, first_us: int) -> dict[str, Any]:
    """Return the description of an account; its date of birth is cut to midnight."""
    address = fedi_address(person)
    return {
        "@context": [_CONTEXT],
        "id": address,
        "type": "Person",
        "following": f"{address}/following",
        "followers": f"{address}/followers",
        "inbox": f"{address}/inbox",
        "outbox": "outbox.json",
        "preferredUsername": person.handle,
        "name": person.name,
        "url": f"https://{fedi_host(person)}/@{person.handle}",
        "published": f"{_iso(first_us)[:10]}T00:00:00Z",
        "likes": "likes.json",
        "bookmarks": "bookmarks.json",
    }


def _collection(name: str, items: list[Any]) -> dict[str, Any]:
    """Return an ordered collection as archives name it."""
    head: dict[str, Any] = {"@context": _CONTEXT, "id": f"{name}.json", "type": "OrderedCollection"}
    if name == "outbox":
        # The server's counter leaves private mentions out.
        head["totalItems"] = sum(_EVERYBODY in item["to"] for item in items)
    return {**head, "orderedItems": items}


def _json(value: dict[str, Any]) -> str:
    """Return one line of JSON, as the server writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _iso(t_us: int) -> str:
    """Return a time as the server writes it: UTC, seconds."""
    return f"{datetime.fromtimestamp(t_us // 1_000_000, UTC):%Y-%m-%dT%H:%M:%SZ}"
