"""Read a collection twice: once for copies, deletions and threads, once for the messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from supportnet.errors import InputError
from supportnet.formats import Export
from supportnet.importers.twarc.files import PATTERNS, PLATFORM, kind_of
from supportnet.importers.twarc.lines import Deleted, Found, Page, walk
from supportnet.importers.twarc.posts import Post, Posts, ident_of, pointers, writer_of
from supportnet.importers.twarc.shapes import Tweet
from supportnet.importers.twarc.threads import Threads
from supportnet.parsing.copies import DELETED, FOREVER, Copies
from supportnet.parsing.declared import community_flags, declared
from supportnet.parsing.tweets import Accounts
from supportnet.records import (
    SECOND,
    Conversation,
    Identity,
    Ignored,
    MessageRef,
    RawCoverage,
    RawMessage,
    RawReaction,
    Record,
    Rejected,
)

__all__ = ["read"]


def read(export: Export) -> Iterator[Record]:
    """Yield the records of one collection of tweets.

    Parameters
    ----------
    export
        All files of the collection.

    Yields
    ------
    Record
        See `supportnet.records`.

    Raises
    ------
    InputError
        When there are ids alone, or the column map says neither yes nor no.
    """
    return _Reader(export).records()


def _embedded(tweet: Tweet, page: Page) -> list[Tweet]:
    """Return the tweets that came along with a tweet."""
    found = [one for one in (tweet.retweeted_status, tweet.quoted_status) if type(one) is Tweet]
    if found and type(found[0].quoted_status) is Tweet:
        found.append(found[0].quoted_status)
    return [*found, *page.tweets]


class _Reader:
    """The state of one reading."""

    def __init__(self, export: Export) -> None:
        self._export = export
        self._flags, self._word = community_flags(export.options, reactions=False)
        self._keeps_context = declared(export.options, "keep_context")
        self._files = [(member, kind_of(member) or "lines") for member in export.members]
        self._people = Accounts()
        self._copies = Copies()
        self._threads = Threads()
        self._posts = Posts(self._people, self._writer)
        self._talks: dict[int, Conversation] = {}
        self._no_members: set[Identity] = set()
        self._context: set[int] = set()
        self._deleted: set[int] = set()
        self._facts: Counter[str] = Counter()
        self._place = 0

    def records(self) -> Iterator[Record]:
        """Yield all records."""
        for member, kind in self._files:
            if kind == "ids":
                msg = (
                    f"{member.label}: tweets were expected; found a list of their ids alone, in "
                    "which there is nothing to import; fetch the tweets of these ids first "
                    "(hydrate them), or ask the collection's maker for the tweets."
                )
                raise InputError(msg)
        self._survey()
        for member, kind in self._files:
            for step in walk(member, kind):
                if isinstance(step, Found):
                    yield from self._found(step, PATTERNS[kind])
                else:
                    yield step.counted_as if isinstance(step, Deleted) else step
        yield from self._people.aliases()
        yield RawCoverage(None, self._flags, resolution_us=SECOND)
        self._report()

    # -- first reading

    def _survey(self) -> None:
        """Note copies, deletions, pointers and writers."""
        unavailable: list[int] = []
        for member, kind in self._files:
            for step in walk(member, kind, unavailable):
                if isinstance(step, Found):
                    self._note(step)
                elif isinstance(step, Deleted) and step.ident is not None:
                    self._deleted.add(step.ident)
        # Behind all tweets, so that places in the second reading stay the same.
        for ident in self._deleted:
            self._copies.note(ident, FOREVER, DELETED)
        self._copies.settle()
        self._threads.settle()
        self._facts["unavailable_context"] = sum(unavailable)

    def _note(self, found: Found) -> None:
        """Note one collected tweet and what came along with it."""
        tweet, page = found.tweet, found.page
        if found.first:
            for sent in page.tweets:
                self._note_writer(sent)
        for embedded in (tweet.retweeted_status, tweet.quoted_status):
            if type(embedded) is Tweet:
                self._note_writer(embedded)
        ident, writer = ident_of(tweet), writer_of(tweet)
        if ident is None:
            return
        if writer is not None:
            self._threads.note_writer(ident, writer)
        self._copies.note(ident, page.retrieved_us)
        self._threads.note(ident, *pointers(tweet))

    def _note_writer(self, tweet: Tweet) -> None:
        """Note who wrote a tweet."""
        ident, writer = ident_of(tweet), writer_of(tweet)
        if ident is not None and writer is not None:
            self._threads.note_writer(ident, writer)

    # -- second reading

    def _writer(self, ident: int) -> Identity | None:
        """Return who wrote a tweet, where any record of the collection told."""
        number = self._threads.writer(ident)
        return None if number is None else self._people.by_id(number)

    def _found(self, found: Found, pattern: str) -> Iterator[Record]:
        """Yield what one collected tweet is, and the tweets around it where they are asked for."""
        if found.first:
            self._posts.describe(found.page)
        ident = ident_of(found.tweet)
        reason = ""
        if ident is not None:
            reason = self._copies.left_out(self._place)
            self._place += 1
            if not reason and self._threads.current(ident) != ident:
                reason = "older_edit"
        if reason:
            yield Ignored(reason)
        else:
            post = self._posts.parse(found.tweet)
            if isinstance(post, str):
                yield Rejected(post, pattern, found.number)
            else:
                yield from self._message(post)
        page = found.page if found.first else Page()
        for tweet in _embedded(found.tweet, page):
            yield from self._around(tweet)

    def _around(self, tweet: Tweet) -> Iterator[Record]:
        """Count a tweet that came along; keep it where the researcher asked for it."""
        ident = ident_of(tweet)
        if ident is None or ident in self._context or self._threads.is_collected(ident):
            return
        self._context.add(ident)
        if not self._keeps_context or ident in self._deleted:
            self._facts["context_tweets_left_out"] += 1
            return
        post = self._posts.parse(tweet)
        if isinstance(post, str):
            self._facts["context_tweets_unusable"] += 1
        else:
            self._facts["context_tweets_kept"] += 1
            yield from self._message(post)

    def _message(self, post: Post) -> Iterator[RawMessage | RawReaction]:
        """Yield the message of a post, and the count of its likes."""
        ident, parent = post.ident, post.parent
        if parent is not None:
            parent = self._threads.current(parent)
        root = ident
        if post.kind != "repost":
            root = post.thread or (self._threads.root(ident) if parent is not None else ident)
            if root == ident and parent is not None:
                root = self._threads.root(parent)
        # A thread goes by its first tweet, of which the last version may be the one kept.
        root = self._threads.current(root)
        target = None if post.target is None else self._threads.current(post.target)
        root_author = post.parent_author if root == parent else self._writer(root)
        versions = post.versions
        ref = MessageRef(PLATFORM, str(ident))
        yield RawMessage(
            conversation=self._thread(root),
            author=post.author,
            t_us=post.when.t_us,
            seq=ident,
            ref=ref,
            kind=post.kind,
            visibility="semi_public" if post.is_protected else "public",
            visibility_raw="protected" if post.is_protected else None,
            text=post.text,
            mentions=post.mentions,
            reply_to=None if parent is None else MessageRef(PLATFORM, str(parent)),
            reply_author=post.parent_author,
            root=None if root == ident else MessageRef(PLATFORM, str(root)),
            root_author=None if root == ident else root_author,
            target=None if target is None else MessageRef(PLATFORM, str(target)),
            target_author=post.target_author,
            edited=len(versions) > 1 and ident != min(versions),
            lang=post.lang,
            time_note=post.when.note,
            resolution_us=post.when.resolution_us,
        )
        if post.likes:
            yield RawReaction(
                ref, "like", n=post.likes, target_author=post.author, visibility="public"
            )

    def _thread(self, root: int) -> Conversation:
        """Return the conversation of a thread; anyone can read it, so it lists no members."""
        found = self._talks.get(root)
        if found is None:
            found = Conversation(PLATFORM, str(root), "thread", self._no_members)
            self._talks[root] = found
        return found

    def _report(self) -> None:
        """Leave facts for the data card."""
        notes = self._export.notes
        notes["zone"] = "utc"
        notes["collection"] = self._word
        notes.update({name: str(n) for name, n in sorted(self._facts.items()) if n})
