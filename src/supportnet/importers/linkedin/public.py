"""What the owner did in public: shares, reposts, comments, reactions, votes in polls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

from supportnet.archive import Member
from supportnet.importers.linkedin.files import PATTERNS, PLATFORM, Row, rows
from supportnet.importers.linkedin.words import When, link_of, time_of
from supportnet.records import (
    Conversation,
    Identity,
    Ignored,
    MessageRef,
    RawMessage,
    RawReaction,
    Rejected,
)

__all__ = ["Public"]

# The platform's word → what is stored; words that are not here (`CONTAINER`, a group's post, whose
# readers the export does not tell) and empty cells stay unknown.
_OPEN: Final[dict[str, Literal["public", "semi_public"]]] = {
    "PUBLIC": "public",
    "ALL": "public",
    "MEMBER_NETWORK": "public",
    "CONNECTIONS": "semi_public",
    "LOGGED_IN": "semi_public",
}
_AFTER: Final = 2**40
_WORDS: Final = frozenset({*_OPEN, "CONTAINER"})
_REACTIONS: Final = frozenset(
    {"LIKE", "PRAISE", "EMPATHY", "INTEREST", "APPRECIATION", "ENTERTAINMENT", "MAYBE"}
)


class Public:
    """Turn the owner's public records into messages and reactions."""

    def __init__(self, owner: Identity) -> None:
        self._owner = owner
        self._own: set[MessageRef] = set()
        self._threads: dict[str, Conversation] = {}
        self._no_members: set[Identity] = set()
        self._seen: set[tuple[str, ...]] = set()
        self._count = 0
        self._rank = 0

    def survey(self, member: Member) -> None:
        """Note the addresses of the owner's shares, to know comments on them."""
        for row in rows(member, "shares"):
            post = link_of(row["sharelink"]).post if isinstance(row, Row) else None
            if post is not None:
                self._own.add(post)

    def read(
        self, member: Member, kind: str
    ) -> Iterator[RawMessage | RawReaction | Ignored | Rejected]:
        """Yield what the rows of one file are.

        Parameters
        ----------
        member
            The file.
        kind
            `shares`, `reposts`, `comments`, `reactions` or `votes`.
        """
        self._rank = _AFTER if kind == "comments" else 0
        for row in rows(member, kind):
            if isinstance(row, Rejected):
                yield row
                continue
            self._count += 1
            columns = ("date", "sharelink", "link", "type", "message", "sharecommentary")
            key = (kind, *(row[name] for name in columns))
            if row.is_blank:
                yield Ignored("blank_row")
            elif key in self._seen:
                yield Ignored("duplicate")
            else:
                self._seen.add(key)
                yield self._record(row, kind)

    def _record(self, row: Row, kind: str) -> RawMessage | RawReaction | Rejected:
        """Return what one row is."""
        when = time_of(row["date"])
        found: RawMessage | RawReaction | str
        if kind in ("reactions", "votes"):
            found = self._reaction(row, kind, when)
        elif isinstance(when, str):
            found = when
        elif kind == "comments":
            found = self._comment(row, when)
        else:
            found = self._share(row, when) if kind == "shares" else self._repost(row, when)
        return Rejected(found, PATTERNS[kind], row.number) if isinstance(found, str) else found

    def _message(self, key: str | None, when: When) -> RawMessage:
        """Return a message as far as all kinds have it in common."""
        key = key or f"at:{when.t_us}:{self._count}"
        thread = self._threads.get(key)
        if thread is None:
            thread = self._threads[key] = Conversation(PLATFORM, key, "thread", self._no_members)
        return RawMessage(
            conversation=thread,
            author=self._owner,
            t_us=when.t_us,
            # These files are written newest first; comments come after what they stand under.
            seq=self._rank - self._count,
            kind="post",
            time_note=when.note,
            resolution_us=when.resolution_us,
        )

    def _share(self, row: Row, when: When) -> RawMessage:
        """Read a share: a post of the owner's, with or without another's below it."""
        text, url, word = row["sharecommentary"], row["sharedurl"], row["visibility"]
        if text in _WORDS and url and word not in _WORDS:
            # Some exports write the cells of a row one column further left or right.
            text, url, word = url, row["mediaurl"], text
        ref = link_of(row["sharelink"]).post
        message = self._message(None if ref is None else ref.id, when)
        message.ref = ref
        message.visibility = _OPEN.get(word.upper(), "unknown")
        # A cell that holds anything else may hold words of the post, or a name.
        message.visibility_raw = word if word.upper() in _WORDS else "other" if word else None
        # Line ends inside a text may come with a pair of quotes around them.
        message.text = text.replace('"\n"', "\n").replace('"\r\n"', "\n") or None
        target = link_of(url).post
        if target is not None and target != ref:
            message.kind = "quote" if message.text else "repost"
            message.target, message.target_author = target, self._writer(target)
        return message

    def _repost(self, row: Row, when: When) -> RawMessage | str:
        """Read a repost at the press of a button; its audience is not told."""
        target = link_of(row["link"]).post
        if target is None:
            return "unknown_shape"
        message = self._message(f"repost:{self._owner.id}:{target.id}", when)
        message.kind = "repost"
        message.target, message.target_author = target, self._writer(target)
        return message

    def _comment(self, row: Row, when: When) -> RawMessage:
        """Read a comment: on what is told, on whose post is not."""
        post, comment, answer = link_of(row["link"])
        message = self._message(None if post is None else post.id, when)
        message.kind = "comment"
        message.text = row["message"].replace('"\n"', "\n") or None
        # An answer to a comment carries both addresses.
        message.ref = comment if answer is None else answer
        message.reply_to = post if answer is None else comment
        message.root = post
        if post is not None:
            message.root_author = self._writer(post)
            message.reply_author = None if answer is not None else message.root_author
        return message

    def _reaction(self, row: Row, kind: str, when: When | str) -> RawReaction | str:
        """Read a reaction or a vote; one without a usable time is kept without."""
        post, comment, answer = link_of(row["link"])
        target = answer or comment or post
        if target is None:
            return "unknown_shape"
        word = row["type"].upper()
        shown = word.lower() if word in _REACTIONS else "other"
        return RawReaction(
            target=target,
            kind="vote" if kind == "votes" else shown,
            actor=self._owner,
            target_author=self._writer(target),
            t_us=None if isinstance(when, str) else when.t_us,
            visibility="unknown",
        )

    def _writer(self, ref: MessageRef) -> Identity | None:
        """Return who wrote a post: the owner, or nobody knows."""
        return self._owner if ref in self._own else None
