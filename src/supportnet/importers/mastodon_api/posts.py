"""Posts as messages: where they belong, who could read them, whom they answer and name."""

from __future__ import annotations

from typing import Any, Final, Literal, NamedTuple

from supportnet.importers.mastodon_api.files import PLATFORM
from supportnet.importers.mastodon_api.local import Server
from supportnet.importers.mastodon_api.shapes import Account, Thing
from supportnet.parsing.fediverse import Handles, leading_names, published
from supportnet.parsing.markup import html_text
from supportnet.records import Conversation, Identity, MessageRef, RawMessage

__all__ = ["Posts", "carried", "uri_of"]

# The platform's word → what is stored. `direct` depends on how many it names; what other software
# adds (`local`, `limited`) is not known to be open or closed.
_OPEN: Final[dict[str, Literal["public", "semi_public"]]] = {
    "public": "public",
    "unlisted": "public",
    "private": "semi_public",
}
_WORDS: Final = frozenset({*_OPEN, "direct", "limited", "list", "local", "mutuals_only"})


class _Mention(NamedTuple):
    """A person a post mentions, and the name under which the text shows them."""

    person: Identity
    shown: str


def uri_of(post: Thing) -> str | None:
    """Return what a post is known by everywhere; its `id` counts on one server only."""
    uri = post.uri if type(post.uri) is str and post.uri else post.url
    return uri if type(uri) is str and uri else None


def carried(post: Thing) -> Thing | None:
    """Return the post that a post quotes, whole or by its address alone."""
    quote = post.quote
    if type(quote) is not Thing:
        return None
    inner = quote.quoted_status
    return inner if type(inner) is Thing else quote


class Posts:
    """Turn posts into messages."""

    def __init__(self, people: Handles) -> None:
        self._people = people
        self._talks: dict[str, Conversation] = {}
        self._no_members: set[Identity] = set()
        self._langs: dict[str, str] = {}

    def author(self, post: Thing, server: Server) -> Identity | None:
        """Return who wrote a post."""
        account = post.account
        if type(account) is not Account:
            return None
        return self._people.state(account.acct or account.username, account.url, server.host)

    def by_id(self, ident: Any, server: Server) -> Identity | None:
        """Return the account of a local id, where the server described it."""
        named = server.account(ident)
        return None if named is None else self._people.state(named.acct, named.url, server.host)

    def message(self, post: Thing, server: Server, place: int) -> RawMessage | str:
        """Return the message of a post.

        Parameters
        ----------
        post
            A post or a boost.
        server
            Which server was asked.
        place
            Number of the post in the collection.

        Returns
        -------
        RawMessage or str
            Or the reason why it cannot be used: `bad_id`, `no_author`, `undated`, `bad_date`,
            `unknown_shape`.
        """
        uri, author = uri_of(post), self.author(post, server)
        if uri is None:
            return "bad_id"
        if author is None:
            return "no_author"
        when = published(post.created_at, post.uri, post.id)
        if isinstance(when, str):
            return when
        word = post.visibility if type(post.visibility) is str else None
        # What is no word of any server may be a name.
        word = word if word is None or word in _WORDS else "other"
        message = RawMessage(
            conversation=self._thread(uri),
            author=author,
            t_us=when.t_us,
            seq=_order(post.id, when.t_us, place),
            ref=MessageRef(PLATFORM, uri),
            kind="post",
            visibility=_OPEN.get(word or "", "unknown"),
            visibility_raw=word,
            resolution_us=when.resolution_us,
        )
        if type(post.reblog) is Thing:
            return self._boost(message, post.reblog, server)
        if type(post.content) is not str:
            return "unknown_shape"
        return self._post(message, post, server, uri)

    def _boost(self, message: RawMessage, boosted: Thing, server: Server) -> RawMessage | str:
        """Complete a boost: its own audience, another's post."""
        target = uri_of(boosted)
        if target is None:
            return "unknown_shape"
        message.kind = "repost"
        message.target = MessageRef(PLATFORM, target)
        message.target_author = self.author(boosted, server) or self._people.writer_of(target)
        return message

    def _post(self, message: RawMessage, post: Thing, server: Server, uri: str) -> RawMessage:
        """Complete a post, an answer, a quote or a private mention."""
        mentions = self._mentions(post, server)
        message.text = text = html_text(str(post.content))
        parent = post.in_reply_to_id if type(post.in_reply_to_id) is str else None
        answered: Identity | None = None
        root: MessageRef | None = None
        if parent is not None:
            pointer = server.pointer(parent, post.in_reply_to_account_id)
            answered = self.by_id(post.in_reply_to_account_id, server)
            answered = answered or self._people.writer_of(pointer.id)
            message.reply_to, message.reply_author = pointer, answered
            root, root_account = server.root(parent, post.in_reply_to_account_id)
            message.root = root
            message.root_author = self.by_id(root_account, server)
            message.root_author = message.root_author or self._people.writer_of(root.id)
        if message.visibility_raw == "direct":
            named = dict.fromkeys(mention.person for mention in mentions)
            named.pop(message.author, None)
            self._close(message, tuple(named), uri if root is None else _key_of(root))
        elif root is not None:
            message.conversation = self._thread(_key_of(root))
        lead = frozenset[str]() if parent is None else leading_names(text)
        # A reply begins with those who took part so far, put there by the app.
        typed = [m.person for m in mentions if m.shown not in lead and m.person != answered]
        message.mentions = tuple(p for p in dict.fromkeys(typed) if p != message.author)
        self._quote(message, post, server)
        lang = post.language
        message.lang = self._langs.setdefault(lang, lang) if type(lang) is str and lang else None
        message.edited = type(post.edited_at) is str
        return message

    def _mentions(self, post: Thing, server: Server) -> list[_Mention]:
        """Return the persons a post mentions: never from the text."""
        found: list[_Mention] = []
        for one in post.mentions if type(post.mentions) is list else ():
            if type(one) is Account:
                name = one.acct or one.username
                person = self._people.state(name, one.url, server.host)
                if person is not None:
                    found.append(_Mention(person, str(name).lstrip("@").partition("@")[0].lower()))
        return found

    def _close(self, message: RawMessage, readers: tuple[Identity, ...], root: str) -> None:
        """Make a message private to those whom it mentions."""
        message.kind = "message"
        message.recipients = readers
        message.audience_size = len(readers) or None
        people = {message.author, *readers}
        kind: Literal["dm", "group", "unknown"] = "unknown"
        key = root
        if len(readers) == 1:
            key = "|".join(sorted(one.id for one in people))
            kind, message.visibility = "dm", "private_1to1"
        elif readers:
            kind, message.visibility = "group", "private_group"
        key = f"direct:{kind}:{key}"
        talk = self._talks.get(key)
        if talk is None:
            basis: Literal["roster", "none"] = "roster" if readers else "none"
            talk = self._talks[key] = Conversation(PLATFORM, key, kind, set(), basis)
        talk.members |= people
        message.conversation = talk

    def _quote(self, message: RawMessage, post: Thing, server: Server) -> None:
        """Take the post that a post quotes."""
        quoted = carried(post)
        target = None if quoted is None else uri_of(quoted)
        if quoted is None or target is None:
            return
        message.target = MessageRef(PLATFORM, target)
        message.target_author = self.author(quoted, server) or self._people.writer_of(target)
        if message.kind == "post":
            message.kind = "quote"

    def boost_notice(
        self, author: Identity, post: Thing, server: Server, stated: Any, place: int
    ) -> RawMessage | str:
        """Return the boost that a notification tells of, without its own address and audience."""
        target, when = uri_of(post), published(stated)
        if target is None or isinstance(when, str):
            return "unknown_shape" if target is None else str(when)
        return RawMessage(
            conversation=self._thread(f"boost:{author.id}:{target}"),
            author=author,
            t_us=when.t_us,
            seq=_order(None, when.t_us, place),
            kind="repost",
            target=MessageRef(PLATFORM, target),
            target_author=self.author(post, server),
            resolution_us=when.resolution_us,
        )

    def _thread(self, key: str) -> Conversation:
        """Return the conversation of a thread; its readers are not known one by one."""
        found = self._talks.get(key)
        if found is None:
            found = self._talks[key] = Conversation(PLATFORM, key, "thread", self._no_members)
        return found


def _key_of(root: MessageRef) -> str:
    """Return the key of a thread; numbers count on one server only."""
    return f"{root.within}/statuses/{root.id}" if root.within else root.id


def _order(ident: Any, t_us: int, place: int) -> int:
    """Return a number that grows with the order of sending, for `seq`.

    The number is made of the time and of the server's own number, which counts up.
    """
    number = int(ident) if type(ident) is str and ident.isdecimal() and ident.isascii() else place
    return (t_us // 1000 << 20) | (number & 0xFFFFF)
