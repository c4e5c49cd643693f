"""Public messages as the Twitter archive writes them: everything a string, texts escaped."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from supportnet.simulate.writers.book import Account, Book, Row, snowflake

__all__ = ["Tweets"]

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_LINK = re.compile(r"https://\S+")


class Tweets:
    """Turns events into tweet records.

    Attributes
    ----------
    book
        The community.
    """

    def __init__(self, book: Book) -> None:
        self.book = book

    @staticmethod
    def escaped(text: str) -> str:
        """Return a text with the three marks escaped, as the archive does."""
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    @staticmethod
    def links(text: str) -> list[dict[str, str]]:
        """Return the links of a direct message."""
        found = _LINK.findall(text)
        return [{"url": u, "expanded": u, "display": u.removeprefix("https://")} for u in found]

    def record(self, row: Row) -> dict[str, object]:
        """Return one tweet.

        Parameters
        ----------
        row
            A public event on this platform.

        Returns
        -------
        dict
            The fields of the archive. A reply begins with the handle of the person answered, who
            is also in `in_reply_to_user_id_str`; a mention without parent either does the same
            without a status id, or types the handle at the end of the words.
        """
        text, mentioned = self._words(row)
        tweet_id = snowflake(row.t_us, row.event_id)
        record: dict[str, object] = {
            "edit_info": {"initial": {"editTweetIds": [tweet_id], "isEditEligible": False}},
            "retweeted": False,
            "source": '<a href="https://example.org" rel="nofollow">Example App</a>',
            "entities": {
                "hashtags": [],
                "symbols": [],
                "user_mentions": [self._mention(text, m) for m in mentioned],
                "urls": self._urls(text),
            },
            "display_text_range": ["0", str(len(text))],
            "favorite_count": str(row.event_id % 5),
            "id_str": tweet_id,
            "truncated": False,
            "retweet_count": str(row.event_id % 2),
            "id": tweet_id,
            "created_at": _created(row.t_us),
            "favorited": False,
            "full_text": text,
            "lang": row.lang,
        }
        return record | self._pointers(row, text)

    def like(self, event_id: int) -> dict[str, object]:
        """Return one like; every seventh liked tweet is no longer available."""
        row = self.book.rows[event_id]
        tweet_id = snowflake(row.t_us, row.event_id)
        like = {"tweetId": tweet_id}
        if event_id % 7:
            like["fullText"] = self._words(row)[0]
        like["expandedUrl"] = f"https://twitter.com/i/web/status/{tweet_id}"
        return {"like": like}

    def _words(self, row: Row) -> tuple[str, list[Account]]:
        """Return the escaped text with handles and links in it, and whom it names."""
        text = self.escaped(row.text)
        if row.kind == "repost":
            author = self.book.people[self.book.rows[row.target].author]
            return f"RT @{author.handle}: {text}", [author]
        if row.kind == "quote":
            target = self.book.rows[row.target]
            author = self.book.people[target.author]
            link = f"https://twitter.com/{author.handle}/status/"
            return f"{text} {link}{snowflake(target.t_us, target.event_id)}", []
        if row.kind == "post":
            return text, []
        other = self.book.people[row.other]
        if _typed(row):
            return f"{text} @{other.handle}", [other]
        return f"@{other.handle} {text}", [other]

    def _pointers(self, row: Row, text: str) -> dict[str, object]:
        """Return the fields that point at another tweet or person."""
        found: dict[str, object] = {}
        if row.kind in ("reply", "mention") and not _typed(row):
            other = self.book.people[row.other]
            if row.reply_to >= 0:
                parent = self.book.rows[row.reply_to]
                parent_id = snowflake(parent.t_us, parent.event_id)
                found |= {
                    "in_reply_to_status_id": parent_id,
                    "in_reply_to_status_id_str": parent_id,
                }
            found |= {
                "in_reply_to_user_id": other.twitter_id,
                "in_reply_to_user_id_str": other.twitter_id,
                "in_reply_to_screen_name": other.handle,
            }
        if row.kind == "quote" and row.event_id % 2:  # the other half is known by the link alone
            found |= {"is_quote_status": True, "quoted_status_id_str": text.rpartition("/")[2]}
        return found

    @staticmethod
    def _mention(text: str, person: Account) -> dict[str, object]:
        """Return the entity of a handle in the text."""
        start = text.index(f"@{person.handle}")
        return {
            "name": person.name,
            "screen_name": person.handle,
            "indices": [str(start), str(start + len(person.handle) + 1)],
            "id_str": person.twitter_id,
            "id": person.twitter_id,
        }

    @staticmethod
    def _urls(text: str) -> list[dict[str, object]]:
        """Return the entities of the links in the text."""
        return [
            {
                "url": m.group(),
                "expanded_url": m.group(),
                "display_url": m.group().removeprefix("https://"),
                "indices": [str(m.start()), str(m.end())],
            }
            for m in _LINK.finditer(text)
        ]


def _typed(row: Row) -> bool:
    """Say whether a mention stands inside the words, not in front of them."""
    return row.kind == "mention" and row.event_id % 2 == 1


def _created(t_us: int) -> str:
    """Return a time as tweets write it: English names whatever the machine speaks."""
    t = datetime.fromtimestamp(t_us // 1_000_000, UTC)
    day, month = _DAYS[t.weekday()], _MONTHS[t.month - 1]
    return f"{day} {month} {t.day:02d} {t:%H:%M:%S} +0000 {t.year}"
