"""One tweet of either version: who wrote it, whom it answers, what it repeats, whom it names."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from supportnet.importers.twarc.lines import Page
from supportnet.importers.twarc.shapes import Entities, Extended, Metrics, Note, Tweet, User
from supportnet.parsing.tweets import (
    Accounts,
    When,
    handle_of,
    lead_end,
    plain,
    tweet_id,
    when_of,
)
from supportnet.records import Identity

__all__ = ["Post", "PostKind", "Posts", "ident_of", "pointers", "writer_of"]

PostKind: TypeAlias = Literal["post", "quote", "repost"]
# Finds who wrote a tweet that was met anywhere in the collection.
FindWriter: TypeAlias = Callable[[int], Identity | None]

_STATUS = re.compile(
    r"https?://(?:www\.|mobile\.|m\.)?(?:twitter|x)\.com/"
    r"(?:i/web|(?P<handle>[A-Za-z0-9_]{1,20}))/status(?:es)?/(?P<id>\d{1,19})/?(?:[?#].*)?$",
    re.IGNORECASE,
)
_TRUE = (True, "True", "true")


@dataclass(slots=True)
class Post:
    """A tweet as read.

    Attributes
    ----------
    ident, author, when, text, kind
        Its id, author, time, words (unescaped) and form.
    parent, parent_author
        The tweet answered, and its author.
    thread
        The id of the thread's first tweet where the record says it (v2).
    target, target_author
        The quoted or reposted tweet and its author.
    mentions
        Accounts typed in the body.
    versions
        Ids of all its versions, when there are several.
    is_protected
        The author's tweets were for followers only.
    lang, likes
        The platform's guess at the language; how many likes it had when it was collected.
    """

    ident: int
    author: Identity
    when: When
    text: str | None
    kind: PostKind
    parent: int | None
    parent_author: Identity | None
    thread: int | None
    target: int | None
    target_author: Identity | None
    mentions: tuple[Identity, ...]
    versions: tuple[int, ...]
    is_protected: bool
    lang: str | None
    likes: int


def ident_of(tweet: Tweet) -> int | None:
    """Return a tweet's id, from its text form where there is one: numbers may be rounded."""
    return tweet_id(tweet.id if tweet.id_str is None else tweet.id_str) or tweet_id(tweet.id)


def user_of(tweet: Tweet) -> User | None:
    """Return the account that a tweet describes as its author's, if it describes one."""
    user = tweet.user
    if type(user) is User:
        return user
    author = tweet.author
    return author if type(author) is User else None


def writer_of(tweet: Tweet) -> int | None:
    """Return the account number of a tweet's author, as the record itself says."""
    user = user_of(tweet)
    if user is None:
        return tweet_id(tweet.author_id)
    return tweet_id(user.id_str or user.id or tweet.author_id)


def _references(tweet: Tweet) -> dict[str, Tweet]:
    """Return what a tweet of v2 refers to, by the word for it."""
    listed = tweet.referenced_tweets
    if type(listed) is not list:
        return {}
    return {str(one.type): one for one in listed if type(one) is Tweet}


def pointers(tweet: Tweet) -> tuple[int, int, tuple[int, ...]]:
    """Return the tweet answered, the thread's first tweet, and all versions: 0 and () for none."""
    parent = tweet_id(tweet.in_reply_to_status_id_str) or tweet_id(tweet.in_reply_to_status_id)
    if type(tweet.referenced_tweets) is list:
        for one in tweet.referenced_tweets:
            if type(one) is Tweet and one.type == "replied_to":
                parent = ident_of(one) or parent
    thread = tweet_id(tweet.conversation_id)
    listed = tweet.edit_history_tweet_ids
    versions: tuple[int, ...] = ()
    if type(listed) is list and len(listed) > 1:
        versions = tuple([number for number in map(tweet_id, listed) if number is not None])
    return parent or 0, thread or 0, versions


class Posts:
    """Read tweets one by one, with the accounts and writers known so far."""

    def __init__(self, people: Accounts, find_writer: FindWriter) -> None:
        self._people = people
        self._find_writer = find_writer
        self._langs: dict[str, str] = {}
        self._protected: set[Identity] = set()
        self._sent: dict[Any, Tweet] = {}

    def describe(self, page: Page) -> None:
        """Note the accounts and tweets that came along with a page."""
        self._sent = {ident_of(tweet): tweet for tweet in page.tweets}
        for user in page.users:
            person = self._people.named(user.id, user.username)
            if person is not None and user.protected is not None:
                (self._protected.add if user.protected in _TRUE else self._protected.discard)(
                    person
                )

    def author_of(self, tweet: Tweet) -> Identity | None:
        """Return who wrote a tweet, as the record itself says."""
        user = user_of(tweet)
        if user is None:
            return self._people.named(tweet.author_id, None)
        return self._people.named(
            user.id_str or user.id or tweet.author_id, user.screen_name or user.username
        )

    def _is_protected(self, tweet: Tweet, author: Identity) -> bool:
        """Say whether the author's tweets were for followers only when it was collected."""
        user = user_of(tweet)
        if user is not None and user.protected is not None:
            return user.protected in _TRUE
        return author in self._protected

    def parse(self, tweet: Tweet) -> Post | str:
        """Return the post of a tweet, or the reason why it cannot be used.

        Parameters
        ----------
        tweet
            The record; what came along with it was described before.

        Returns
        -------
        Post or str
            Reasons: `bad_id`, `no_author`, `undated`, `bad_date`.
        """
        ident = ident_of(tweet)
        if ident is None:
            return "bad_id"
        author = self.author_of(tweet)
        if author is None:
            return "no_author"
        when = when_of(tweet.created_at, ident)
        if isinstance(when, str):
            return when
        parent, thread, versions = pointers(tweet)
        text, entities = _words(tweet)
        kind, target, target_author = self._carried(tweet, ident)
        mentions: tuple[Identity, ...] = ()
        if kind == "repost":
            text, parent, thread = self._repeated(tweet, target, text), 0, 0
        elif entities is not None:
            mentions = self._typed(text or "", entities, is_reply=bool(parent))
        lang = tweet.lang
        return Post(
            ident=ident,
            author=author,
            when=when,
            text=None if text is None else plain(text),
            kind=kind,
            parent=parent if parent and parent != ident else None,
            parent_author=None if kind == "repost" else self._answered(tweet, parent, author),
            thread=thread or None,
            target=target,
            target_author=target_author,
            mentions=mentions,
            versions=versions,
            is_protected=self._is_protected(tweet, author),
            lang=self._langs.setdefault(lang, lang)
            if type(lang) is str and lang != "und"
            else None,
            likes=_likes(tweet),
        )

    def _answered(self, tweet: Tweet, parent: int, author: Identity) -> Identity | None:
        """Return whom a tweet answers: as it says, else as the collection knows.

        A tweet that names the account alone answers one that is gone, or begins with a name.
        """
        ident = tweet.in_reply_to_user_id_str or tweet.in_reply_to_user_id
        found = self._people.named(ident, tweet.in_reply_to_screen_name)
        return found if found is not None or not parent else self._find_writer(parent)

    def _carried(self, tweet: Tweet, ident: int) -> tuple[PostKind, int | None, Identity | None]:
        """Return the form of a tweet, and the tweet it repeats or quotes with its author."""
        if type(tweet.retweeted_status) is Tweet:
            original = tweet.retweeted_status
            return "repost", ident_of(original), self.author_of(original)
        if tweet.referenced_tweets is not None:
            references = _references(tweet)
            for word, kind in (("retweeted", "repost"), ("quoted", "quote")):
                reference = references.get(word)
                target = None if reference is None else ident_of(reference)
                if reference is not None and target is not None:
                    found = self.author_of(reference) or self._find_writer(target)
                    return "repost" if kind == "repost" else "quote", target, found
            return "post", None, None
        target = tweet_id(tweet.quoted_status_id_str) or tweet_id(tweet.quoted_status_id)
        if type(tweet.quoted_status) is Tweet:
            target = target or ident_of(tweet.quoted_status)
            if target is not None and target != ident:
                return "quote", target, self.author_of(tweet.quoted_status)
        if target is None or target == ident:
            return "post", None, None
        return "quote", target, self._find_writer(target) or self._linked(tweet, target)

    def _linked(self, tweet: Tweet, target: int) -> Identity | None:
        """Return the author of a quoted tweet that is gone, as a link to it names them."""
        links: list[Any] = [tweet.quoted_status_permalink]
        if type(tweet.entities) is Entities and type(tweet.entities.urls) is list:
            links += tweet.entities.urls
        for link in links:
            url = link.get("expanded") or link.get("expanded_url") if type(link) is dict else None
            found = _STATUS.match(url) if type(url) is str else None
            if found is not None and tweet_id(found["id"]) == target:
                handle = handle_of(found["handle"])
                # `/i/status/…` names nobody.
                return None if handle is None or handle == "i" else self._people.by_handle(handle)
        return None

    def _repeated(self, tweet: Tweet, target: int | None, text: str | None) -> str | None:
        """Return the words that a repost repeats: its own copy of them is cut off."""
        if type(tweet.retweeted_status) is Tweet:
            return _words(tweet.retweeted_status)[0]
        sent = self._sent.get(target)
        return text if sent is None else _words(sent)[0] or text

    def _typed(self, text: str, entities: Entities, *, is_reply: bool) -> tuple[Identity, ...]:
        """Return the accounts typed in the body, each once, without a reply's automatic prefix."""
        listed = entities.user_mentions or entities.mentions
        if type(listed) is not list:
            return ()
        start = lead_end(text) if is_reply else 0
        found: dict[Identity, None] = {}
        for one in listed:
            if type(one) is not dict:
                continue
            handle = one.get("screen_name") or one.get("username")
            person = self._people.named(one.get("id_str") or one.get("id"), handle)
            if person is not None and _place(one, handle, text) >= start:
                found[person] = None
        return tuple(found)


def _words(tweet: Tweet) -> tuple[str | None, Entities | None]:
    """Return the whole text of a tweet and what was found in it."""
    entities = tweet.entities if type(tweet.entities) is Entities else None
    longer: Any = None
    whole = tweet.extended_tweet if type(tweet.extended_tweet) is Extended else tweet.note_tweet
    if type(whole) is Extended:
        longer = whole.full_text
    elif type(whole) is Note:
        longer = whole.text
    if type(longer) is str and type(whole) in (Extended, Note):
        found = whole.entities  # type: ignore[union-attr]
        return longer, found if type(found) is Entities else entities
    text = tweet.text if tweet.full_text is None else tweet.full_text
    return (text if type(text) is str else None), entities


def _place(mention: dict[str, Any], handle: Any, text: str) -> int:
    """Return where a mention starts: as it says, else where the name stands last in the text."""
    start = mention.get("start")
    indices = mention.get("indices")
    if type(indices) is list and indices:
        start = indices[0]
    if type(start) is int:
        return start
    bare = handle_of(handle)
    return 0 if bare is None else max(text.lower().rfind(f"@{bare}"), 0)


def _likes(tweet: Tweet) -> int:
    """Return how many likes a tweet had."""
    count = tweet.favorite_count
    if type(tweet.public_metrics) is Metrics:
        count = tweet.public_metrics.like_count
    if type(count) is str and count.removesuffix(".0").isdecimal() and len(count) < 12:
        count = int(count.removesuffix(".0"))
    return count if type(count) is int and 0 < count < 10**10 else 0
