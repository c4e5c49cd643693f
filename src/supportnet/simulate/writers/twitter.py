"""Twitter archives: one zip per donor, layout of the years since late 2022."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime

from supportnet.simulate.writers.book import Account, Book, Row, snowflake
from supportnet.simulate.writers.files import as_json, zipped
from supportnet.simulate.writers.tweets import Tweets

__all__ = ["write_twitter"]

_DAY = date(2025, 1, 5)
_CHUNK = 1000
# (file, its word in the manifest, its variable)
_FILES = (
    ("account", "account", "account"),
    ("tweets", "tweets", "tweets"),
    ("direct-messages", "directMessages", "direct_messages"),
    ("direct-messages-group", "directMessagesGroup", "direct_messages_group"),
    ("like", "like", "like"),
    ("follower", "follower", "follower"),
    ("following", "following", "following"),
    ("protected-history", "protectedHistory", "protected_history"),
)


def write_twitter(book: Book, day: date = _DAY) -> dict[str, bytes]:
    """Return the archives of all donors.

    Parameters
    ----------
    book
        The community.
    day
        The day on which they all asked for their archive.

    Returns
    -------
    dict of str to bytes
        File name → zip. The first donor's direct messages are cut in two part files, and its
        longer conversations in pieces that overlap by one message.
    """
    writer = _Archives(book, day)
    stamp = (day.year, day.month, day.day, 12, 0, 0)
    donors = [p for p in book.people.values() if p.donor]
    return {
        f"twitter-{day}-{p.code.lower()}.zip": zipped(
            writer.members(p, split=p is donors[0]), stamp=stamp
        )
        for p in donors
    }


class _Archives:
    """Everything the archives share, indexed once."""

    def __init__(self, book: Book, day: date) -> None:
        self.book = book
        self.generated = f"{day}T12:00:00.000Z"
        self.tweets = Tweets(book)
        self.direct: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
        self.public: dict[str, list[Row]] = defaultdict(list)
        for row in book.rows:
            if row.platform != "twitter":
                continue
            if row.layer == "public":
                self.public[row.author].append(row)
            elif row.layer == "private_1to1":
                for code in (row.author, row.other):
                    self.direct[code][row.conversation].append(row)
        self.hearts: dict[int, tuple[str, str, int]] = {
            event_id: (actor, kind, t_us)
            for event_id, actor, kind, t_us in book.made.reactions.itertuples(index=False)
        }
        self.liked: dict[str, list[int]] = defaultdict(list)
        for person, event_id in book.made.likes.itertuples(index=False):
            self.liked[person].append(event_id)
        self.contacts: dict[tuple[str, str], list[str]] = defaultdict(list)
        for owner, other, _, kind in book.made.contacts.itertuples(index=False):
            self.contacts[owner, kind].append(other)

    def members(self, person: Account, *, split: bool) -> dict[str, str]:
        """Return the files of one archive, path → text."""
        records = self._records(person, book_chunk=self.book.made.plan.dm_chunk if split else 0)
        files: dict[str, str] = {}
        listed: dict[str, object] = {}
        for name, word, variable in _FILES:
            parts = [records[word]]
            if split and word == "directMessages" and len(parts[0]) > 1:
                half = len(parts[0]) // 2
                parts = [parts[0][:half], parts[0][half:]]
            entries = []
            for number, part in enumerate(parts):
                path = f"data/{name}-part{number}.js" if number else f"data/{name}.js"
                prefix = f"window.YTD.{variable}.part{number}"
                lines = ",\n  ".join(as_json(r) for r in part)
                files[path] = f"{prefix} = [\n  {lines}\n]" if part else f"{prefix} = [ ]"
                entries.append(
                    {"fileName": path, "globalName": prefix[7:], "count": str(len(part))}
                )
            listed[word] = {"files": entries}
        files["data/manifest.js"] = _manifest(person, listed, self.generated)
        files["Your archive.html"] = (
            "<!doctype html>\n<title>Your archive</title>\n<p>Invented archive; see data/.</p>\n"
        )
        return files

    def _records(self, person: Account, *, book_chunk: int) -> dict[str, list[dict[str, object]]]:
        """Return the records of each file, by the manifest's word."""
        rows = self.public[person.code]
        return {
            "account": [_account(person)],
            # The real files are not sorted; newest first is the usual case.
            "tweets": [{"tweet": self.tweets.record(row)} for row in reversed(rows)],
            "directMessages": self._conversations(person, book_chunk or _CHUNK),
            "directMessagesGroup": self._groups(person),
            "like": [self.tweets.like(event_id) for event_id in self.liked[person.code]],
            "follower": [_contact("follower", a) for a in self.contacts[person.code, "follower"]],
            "following": [_contact("following", a) for a in self.contacts[person.code, "follow"]],
            "protectedHistory": [],
        }

    def _conversations(self, person: Account, chunk: int) -> list[dict[str, object]]:
        """Return the direct conversations, newest message first, long ones in pieces."""
        found: list[dict[str, object]] = []
        for rows in self.direct[person.code].values():
            ids = sorted(
                int(self.book.people[c].twitter_id) for c in (rows[0].author, rows[0].other)
            )
            messages = [self._message(row) for row in reversed(rows)]
            step = chunk if len(messages) <= chunk else chunk - 1
            for start in range(0, max(len(messages) - (chunk - step), 1), step):
                piece = messages[start : start + chunk]
                talk = {"conversationId": f"{ids[0]}-{ids[1]}", "messages": piece}
                found.append({"dmConversation": talk})
        return found

    def _message(self, row: Row, *, group: bool = False) -> dict[str, object]:
        """Return one direct message as its event."""
        event: dict[str, object] = {} if group else {"recipientId": self._id(row.other)}
        event |= {
            "reactions": self._hearts(row),
            "urls": self.tweets.links(row.text),
            "text": self.tweets.escaped(row.text),
            "mediaUrls": [],
            "senderId": self._id(row.author),
            "id": snowflake(row.t_us, row.event_id),
            "createdAt": _iso(row.t_us),
        }
        return {"messageCreate": event}

    def _hearts(self, row: Row) -> list[dict[str, str]]:
        """Return the reactions to a direct message."""
        if row.event_id not in self.hearts:
            return []
        actor, kind, t_us = self.hearts[row.event_id]
        return [
            {
                "senderId": self._id(actor),
                "reactionKey": kind,
                "eventId": snowflake(t_us, row.event_id),
                "createdAt": _iso(t_us),
            }
        ]

    def _groups(self, person: Account) -> list[dict[str, object]]:
        """Return the group conversations a person is in."""
        found: list[dict[str, object]] = []
        for number, chat in enumerate(self.book.made.chats, start=1):
            members = self.book.members(chat)
            if chat.platform != "twitter" or person not in members:
                continue
            made_us = self.book.made.plan.start_s * 1_000_000 + 12 * 3_600_000_000
            events = [self._message(r, group=True) for r in reversed(self.book.said_in(chat.name))]
            named = {
                "initiatingUserId": members[0].twitter_id,
                "name": "trio",
                "createdAt": _iso(made_us + 60_000_000),
            }
            events.append({"conversationNameUpdate": named})
            if person is not members[0]:  # who makes a group is not told of joining it
                joined = {
                    "initiatingUserId": members[0].twitter_id,
                    "participantsSnapshot": [m.twitter_id for m in members],
                    "createdAt": _iso(made_us),
                }
                events.append({"joinConversation": joined})
            key = str(9_200_000_000_000_000_000 + number)
            found.append({"dmConversation": {"conversationId": key, "messages": events}})
        return found

    def _id(self, code: str) -> str:
        """Return the account number of a person."""
        return self.book.people[code].twitter_id


def _account(person: Account) -> dict[str, object]:
    """Return the owner's record."""
    account = {
        "email": f"{person.code.lower()}@example.org",
        "createdVia": "web",
        "username": person.handle,
        "accountId": person.twitter_id,
        "createdAt": "2015-03-01T08:00:00.000Z",
        "accountDisplayName": person.name,
    }
    return {"account": account}


def _contact(word: str, account: str) -> dict[str, object]:
    """Return one follower or one followed account."""
    link = f"https://twitter.com/intent/user?user_id={account}"
    return {word: {"accountId": account, "userLink": link}}


def _manifest(person: Account, listed: dict[str, object], generated: str) -> str:
    """Return `manifest.js`: whose archive, which files, how many records."""
    config = {
        "userInfo": {
            "accountId": person.twitter_id,
            "userName": person.handle,
            "displayName": person.name,
        },
        "archiveInfo": {
            "sizeBytes": "0",
            "generationDate": generated,
            "isPartialArchive": False,
            "maxPartSizeBytes": "53687091200",
        },
        "readmeInfo": {"fileName": "data/README.txt", "directory": "data/", "name": "README.txt"},
        "dataTypes": listed,
    }
    return f"window.__THAR_CONFIG = {as_json(config, indent=2)}"


def _iso(t_us: int) -> str:
    """Return a time as direct messages write it: UTC, milliseconds."""
    moment = datetime.fromtimestamp(t_us // 1_000_000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{t_us // 1000 % 1000:03d}Z"
