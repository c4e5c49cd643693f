"""Walk a file of any layout and hand out its tweets one by one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple, TypeAlias

from supportnet.archive import BadItem, BadRow, Member, iter_csv, iter_jsonl, stream_json
from supportnet.importers.twarc.files import PATTERNS
from supportnet.importers.twarc.shapes import Entities, Includes, Line, Metrics, Tweet, User
from supportnet.parsing.times import iso_us
from supportnet.parsing.tweets import tweet_id
from supportnet.records import Ignored, Rejected

__all__ = ["Deleted", "Found", "Page", "Step", "walk"]


class Page(NamedTuple):
    """What came along with the tweets of one line.

    Attributes
    ----------
    users
        Accounts described.
    tweets
        Tweets that were sent for context.
    retrieved_us
        When it was collected (µs), 0 where the line does not say.
    """

    users: tuple[User, ...] = ()
    tweets: tuple[Tweet, ...] = ()
    retrieved_us: int = 0


class Found(NamedTuple):
    """One collected tweet: number of its line, the tweet, what came along; `first` of its line."""

    number: int
    tweet: Tweet
    page: Page
    first: bool


class Deleted(NamedTuple):
    """A notice that a tweet was deleted, and how it is counted."""

    ident: int | None
    counted_as: Ignored


Step: TypeAlias = Found | Deleted | Ignored | Rejected

_ALONE: Final = Page()
_NOTICES: Final = {
    "limit": "limit_notice",
    "scrub_geo": "scrub_geo_notice",
    "status_withheld": "withheld_notice",
    "user_withheld": "withheld_notice",
    "warning": "stream_notice",
    "disconnect": "stream_notice",
}


def walk(member: Member, kind: str, unavailable: list[int] | None = None) -> Iterator[Step]:
    """Yield what a file holds, in order.

    Parameters
    ----------
    member
        The file.
    kind
        Its layout.
    unavailable
        Gets the number of tweets that each page says it could not have.

    Yields
    ------
    Found, Deleted, Ignored or Rejected
        One per tweet, notice or damaged line.
    """
    if kind == "table":
        yield from _table(member)
        return
    pattern = PATTERNS[kind]
    if kind == "lines":
        items = iter_jsonl(member, type=Line)
    else:
        items = stream_json(member, "[]" if kind == "array" else "", type=Line)
    for item in items:
        line, number = item.value, item.index
        if type(line) is BadItem:
            shapeless = line.reason == "json_shape"
            yield Rejected("unknown_shape" if shapeless else line.reason, pattern, number)
            continue
        if unavailable is not None and type(line.errors) is list:
            unavailable.append(len(line.errors))
        yield from _line(line, number, pattern)


@lru_cache(maxsize=1024)
def _retrieved(stamp: str) -> int:
    """Return the time at which a page was collected, 0 where it is none."""
    return iso_us(stamp) or 0


def _stamp(twarc: Any) -> int:
    """Return the time in the collector's own note."""
    stamp = twarc.get("retrieved_at") if type(twarc) is dict else None
    return _retrieved(stamp) if type(stamp) is str else 0


def _line(line: Line, number: int, pattern: str) -> Iterator[Step]:
    """Yield what one line holds."""
    data = line.data
    if data is None:
        yield _bare(line, number, pattern)
        return
    parts = data if type(data) is list else [data]
    page = Page(*_sent_along(line.includes), _stamp(line.twarc))
    if not parts:
        yield Ignored("empty_page")
    for place, part in enumerate(parts):
        if not isinstance(part, Tweet):
            yield Rejected("unknown_shape", pattern, number)
        elif part.text is not None or part.author_id is not None or part.note_tweet is not None:
            yield Found(number, part, page, place == 0)
        elif part.username is not None:
            yield Ignored("user")
        elif part.tweet_count is not None:
            yield Ignored("count")
        else:
            yield Rejected("unknown_shape", pattern, number)


def _sent_along(includes: Any) -> tuple[tuple[User, ...], tuple[Tweet, ...]]:
    """Return the accounts and tweets that a page includes."""
    if type(includes) is not Includes:
        return (), ()
    users = includes.users if type(includes.users) is list else []
    tweets = includes.tweets if type(includes.tweets) is list else []
    return (
        tuple([user for user in users if type(user) is User]),
        tuple([tweet for tweet in tweets if type(tweet) is Tweet]),
    )


def _bare(line: Line, number: int, pattern: str) -> Step:
    """Return what a line without a page is: a tweet, a notice, or something else."""
    if line.delete is not None:
        return Deleted(_deleted_id(line.delete), Ignored("delete_notice"))
    for name, reason in _NOTICES.items():
        if getattr(line, name) is not None:
            return Ignored(reason)
    has_text = line.text is not None or line.full_text is not None
    if has_text or type(line.user) is User or line.author_id is not None:
        return Found(number, line, _flattened(line), first=True)
    if line.username is not None:
        return Ignored("user")
    if line.tweet_count is not None:
        return Ignored("count")
    if line.action is not None:
        ident = tweet_id(line.id) if line.action == "delete" else None
        return Deleted(ident, Ignored("compliance_notice"))
    if line.meta is not None or line.errors is not None:
        return Ignored("empty_page")
    return Rejected("unknown_shape", pattern, number)


def _deleted_id(notice: Any) -> int | None:
    """Return the tweet that a delete notice is about."""
    status = notice.get("status") if isinstance(notice, dict) else None
    if not isinstance(status, dict):
        return None
    return tweet_id(status.get("id_str")) or tweet_id(status.get("id"))


def _flattened(line: Line) -> Page:
    """Return what a tweet on a line of its own brings along: its context is filled in."""
    retrieved = _stamp(line.twarc)
    users = [user for user in (line.author, line.in_reply_to_user) if type(user) is User]
    tweets: list[Tweet] = []
    if type(line.referenced_tweets) is list:
        tweets = [
            tweet
            for tweet in line.referenced_tweets
            if type(tweet) is Tweet and tweet.author_id is not None
        ]
        users += [tweet.author for tweet in tweets if type(tweet.author) is User]
    if not users and not tweets and not retrieved:
        return _ALONE
    return Page(tuple(users), tuple(tweets), retrieved)


# -- tables

# Word of the reference → beginning of the names of the columns that tell its author.
_REFERENCES: Final = (
    ("replied_to", "in_reply_to"),
    ("retweeted", "retweeted"),
    ("quoted", "quoted"),
)


def _table(member: Member) -> Iterator[Step]:
    """Yield the rows of a table made by twarc-csv."""
    pattern, places = PATTERNS["table"], {"": -1}
    delimiter = "\t" if member.head(4096).partition(b"\n")[0].count(b"\t") > 2 else ","
    for count, (number, row) in enumerate(iter_csv(member, delimiter=delimiter)):
        if count == 0:
            places = {name.strip().lower(): place for place, name in enumerate(row)}
        elif isinstance(row, BadRow):
            yield Rejected(row.reason, pattern, number)
        elif len(row) < len(places):
            yield Rejected("bad_row", pattern, number)
        else:
            yield _row(_Cells(row, places), number)


class _Cells:
    """The cells of a row by the names of their columns; empty ones are None."""

    def __init__(self, row: list[str], places: Mapping[str, int]) -> None:
        self._row = row
        self._places = places

    def __getitem__(self, name: str) -> str | None:
        place = self._places.get(name)
        return None if place is None else self._row[place] or None


def _row(cells: _Cells, number: int) -> Found:
    """Return the tweet of a row, in the shape it had before it was put into a table."""
    references: list[Tweet | Any] = [
        Tweet(
            type=word,
            id=cells[f"referenced_tweets.{word}.id"],
            author_id=cells[f"{whose}_user_id"],
            author=User(username=cells[f"{whose}_username"]),
        )
        for word, whose in _REFERENCES
        if cells[f"referenced_tweets.{word}.id"] is not None
    ]
    text = cells["text"]
    is_repost = cells["referenced_tweets.retweeted.id"] is not None
    author = User(username=cells["author.username"], protected=cells["author.protected"])
    tweet = Tweet(
        id=cells["id"],
        created_at=cells["created_at"],
        # The converter writes line ends as two characters.
        text=None if text is None else text.replace("\\n", "\n"),
        lang=cells["lang"],
        entities=Entities(mentions=_listed(cells["entities.mentions"])),
        author_id=cells["author_id"],
        author=author,
        conversation_id=cells["conversation_id"],
        in_reply_to_user_id=cells["in_reply_to_user_id"],
        in_reply_to_screen_name=cells["in_reply_to_username"],
        referenced_tweets=references,
        # The converter gives a repost the counts of what it repeats.
        public_metrics=Metrics(None if is_repost else cells["public_metrics.like_count"]),
        edit_history_tweet_ids=_listed(cells["edit_history_tweet_ids"]),
    )
    stamp = cells["__twarc.retrieved_at"]
    return Found(number, tweet, Page(retrieved_us=_retrieved(stamp) if stamp else 0), first=True)


def _listed(cell: str | None) -> list[Any]:
    """Return the list that a cell holds as JSON; names without their accounts become mentions."""
    if cell is None or not cell.startswith("["):
        return []
    try:
        found = json.loads(cell)
    except (ValueError, RecursionError):
        return []
    if not isinstance(found, list):
        return []
    return [{"username": one} if str(one).startswith("@") else one for one in found]
