"""Activities of an outbox turned into messages: posts, private mentions, quotes and boosts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from supportnet.importers.mastodon.audience import OPEN, Word, is_collection, listed, word_of
from supportnet.importers.mastodon.clock import When, published_us, status_number, when_of
from supportnet.importers.mastodon.files import PLATFORM
from supportnet.importers.mastodon.people import People, mentioned_name
from supportnet.importers.mastodon.places import Places
from supportnet.importers.mastodon.threads import Threads, parent_of, talk_of
from supportnet.importers.mastodon.words import language_of, leading_names, text_of
from supportnet.records import (
    Conversation,
    Identity,
    Ignored,
    MessageRef,
    RawMessage,
)

__all__ = ["Outbox"]

_SOME: Final = 3
_QUOTES: Final = ("quote", "quoteUrl", "quoteUri", "_misskey_quote")


class _Mention(NamedTuple):
    """A person a post mentions, and the name under which the text shows them."""

    person: Identity
    shown: str | None


class Outbox:
    """Read activities twice: first for threads and order, then for the messages.

    Attributes
    ----------
    owner_url
        Address of the archive's owner; empty where unknown.
    followers
        Address of the owner's followers; empty where unknown.
    owner
        The owner's account.
    has_direct
        Whether a private mention was seen.
    actors
        Addresses of those who published; a few at most.
    """

    def __init__(self, people: People, threads: Threads) -> None:
        self._people = people
        self._threads = threads
        self._places = Places(threads)
        self._langs: dict[str, str] = {}
        self._seen: set[str] = set()
        self._known: dict[tuple[str, str], _Mention] = {}
        self._numbered = True
        self._first_us: int | None = None
        self._last_us: int | None = None
        self.owner_url = ""
        self.followers = ""
        self.owner: Identity | None = None
        self.has_direct = False
        self.actors: set[str] = set()

    # -- first reading

    def survey(self, activity: dict[str, Any]) -> None:
        """Note one activity: its thread, its place in time, whom it mentions."""
        kind, note = activity.get("type"), activity.get("object")
        if kind not in ("Create", "Announce"):
            return
        uri = _uri_of(activity)
        if uri is None:
            return
        actor = activity.get("actor")
        if isinstance(actor, str) and len(self.actors) < _SOME:
            self.actors.add(actor)
        self._numbered &= status_number(uri) is not None
        t_us = published_us(activity.get("published"))
        if t_us is not None:
            self._first_us = t_us if self._first_us is None else self._first_us
            self._last_us = t_us
        if kind == "Create" and isinstance(note, dict):
            word = self._word(activity, note)
            self.has_direct |= word == "direct"
            people = frozenset(mention.person for mention in self._mentions(note))
            self._threads.add(uri, note, word, t_us or 0, people)

    def _order(self, uri: str, record: int) -> int:
        """Return a number that grows with the order of sending, for `seq`.

        Saved pages of the public outbox are written newest first.
        """
        number = status_number(uri) if self._numbered else None
        if number is not None:
            return number
        newest_first = (self._first_us or 0) > (self._last_us or 0)
        return -record if newest_first else record

    # -- second reading

    def read(self, activity: dict[str, Any], record: int) -> RawMessage | Ignored | str:
        """Return what one activity is.

        Parameters
        ----------
        activity
            An element of the outbox.
        record
            Its number in the export.

        Returns
        -------
        RawMessage, Ignored or str
            A message, a count, or the reason why it cannot be used.
        """
        kind, note = activity.get("type"), activity.get("object")
        if not isinstance(kind, str):
            return "unknown_shape"
        if kind not in ("Create", "Announce"):
            return Ignored("other_activity")
        uri = _uri_of(activity)
        if uri is None:
            return "no_object"
        author = self._author(activity, note)
        if author is None:
            return "no_author"
        when = when_of(_stated(activity, note), uri)
        if isinstance(when, str):
            return when
        if uri in self._seen:
            return Ignored("duplicate")
        if kind == "Announce":
            found: RawMessage | Ignored | str = self._boost(activity, author, uri, when, record)
        elif not isinstance(note, dict):
            return "no_object"
        else:
            found = self._post(activity, note, author, uri, when, record)
        if isinstance(found, RawMessage):
            self._seen.add(uri)
        return found

    def _author(self, activity: dict[str, Any], note: Any) -> Identity | None:
        """Return who published an activity."""
        actor = activity.get("actor")
        if actor is None and isinstance(note, dict):
            actor = note.get("attributedTo")
        if isinstance(actor, dict):
            actor = actor.get("id")
        if actor is None or actor == self.owner_url:
            return self.owner
        return self._people.at(actor)

    def _word(self, activity: dict[str, Any], note: dict[str, Any]) -> Word:
        """Return a post's visibility; the post's own addressees stand in for the activity's."""
        source = activity if "to" in activity or "cc" in activity else note
        return word_of(listed(source.get("to")), listed(source.get("cc")), self.followers)

    def _mentions(self, note: dict[str, Any]) -> list[_Mention]:
        """Return the persons a post mentions, in order, each once: never from the text."""
        tags = note.get("tag")
        if not tags:
            return []
        found: dict[Identity, _Mention] = {}
        for tag in tags if isinstance(tags, list) else (tags,):
            if isinstance(tag, dict) and tag.get("type") == "Mention":
                mention = self._mention(tag.get("href"), tag.get("name"))
                if mention is not None:
                    found.setdefault(mention.person, mention)
        return list(found.values())

    def _mention(self, href: Any, name: Any) -> _Mention | None:
        """Return one mention; the same few people are mentioned again and again."""
        if not isinstance(href, str) or not isinstance(name, str):
            person = self._people.state(href, name)
            return None if person is None else _Mention(person, mentioned_name(name))
        known = self._known.get((href, name))
        if known is None:
            person = self._people.state(href, name)
            if person is None:
                return None
            known = self._known[href, name] = _Mention(person, mentioned_name(name))
        return known

    def _message(
        self, place: Conversation, author: Identity, uri: str, when: When, record: int
    ) -> RawMessage:
        """Return a message as far as posts and boosts have it in common."""
        return RawMessage(
            conversation=place,
            author=author,
            t_us=when.t_us,
            seq=self._order(uri, record),
            ref=MessageRef(PLATFORM, uri),
            kind="post",
            resolution_us=when.resolution_us,
        )

    def _boost(
        self, activity: dict[str, Any], author: Identity, uri: str, when: When, record: int
    ) -> RawMessage | str:
        """Read a boost: its own audience, another's post."""
        boosted = activity.get("object")
        wrote: Identity | None = None
        if isinstance(boosted, dict):
            # Boosting one's own followers-only post embeds it whole.
            wrote = self._people.at(boosted.get("attributedTo"))
            boosted = boosted.get("id")
        if not isinstance(boosted, str) or not boosted:
            return "no_object"
        to, cc = listed(activity.get("to")), listed(activity.get("cc"))
        if boosted in self._threads:
            wrote = author
        if wrote is None:
            persons = (one for one in cc if not is_collection(one, self.followers))
            wrote = self._people.at(next(persons, None)) or self._people.writer_of(boosted)
        message = self._message(self._places.thread(uri), author, uri, when, record)
        word = word_of(to, cc, self.followers)
        message.kind = "repost"
        message.visibility = OPEN.get(word, "unknown")
        message.visibility_raw = word
        message.target = MessageRef(PLATFORM, boosted)
        message.target_author = wrote
        return message

    def _post(
        self,
        activity: dict[str, Any],
        note: dict[str, Any],
        author: Identity,
        uri: str,
        when: When,
        record: int,
    ) -> RawMessage | Ignored | str:
        """Read a post, a poll or a private mention."""
        if note.get("type") == "Tombstone":
            return Ignored("tombstone")
        text = text_of(note)
        if text is None and not isinstance(note.get("attachment"), list):
            return "unknown_shape"
        word = self._word(activity, note)
        mentions = self._mentions(note)
        parent = parent_of(note)
        answered = self._answered(parent, author, mentions)
        if word == "direct":
            readers = self._readers(activity, note, author, mentions)
            place, visibility = self._places.direct(uri, talk_of(note), author, readers)
            message = self._message(place, author, uri, when, record)
            message.kind = "message"
            message.visibility = visibility
            message.recipients = readers
            message.audience_size = len(readers) or None
        else:
            key = self._threads.key(uri)
            message = self._message(self._places.thread(key), author, uri, when, record)
            message.visibility = OPEN[word]
            if key != uri:
                message.root = MessageRef(PLATFORM, key)
                message.root_author = answered if key == parent else self._writer(key, author)
        message.visibility_raw = word
        message.text = text
        message.mentions = self._typed(text or "", parent, answered, author, mentions)
        if parent is not None:
            message.reply_to = MessageRef(PLATFORM, parent)
            message.reply_author = answered
        self._quote(message, note, author)
        message.lang = language_of(note, self._langs)
        updated = note.get("updated")
        message.edited = isinstance(updated, str) and updated != note.get("published")
        return message

    def _writer(self, uri: str, author: Identity) -> Identity | None:
        """Return who wrote a post, where its address or the archive tells."""
        return author if uri in self._threads else self._people.writer_of(uri)

    def _answered(
        self, parent: str | None, author: Identity, mentions: list[_Mention]
    ) -> Identity | None:
        """Return whom a post answers: by the address of its parent, else whom it names first."""
        if parent is None:
            return None
        if self.owner_url and parent.startswith(f"{self.owner_url}/"):
            return self.owner
        found = self._writer(parent, author)
        if found is None and mentions:
            return mentions[0].person
        return found

    def _typed(
        self,
        text: str,
        parent: str | None,
        answered: Identity | None,
        author: Identity,
        mentions: Iterable[_Mention],
    ) -> tuple[Identity, ...]:
        """Return whom the author named of their own accord.

        An answer begins with the names of those who took part so far, put there by the app: the
        one answered, and whoever the answered post names. Where that post is an own one, the
        archive tells whom it names; else the names at the front are taken to be put there.
        """
        others = [mention for mention in mentions if mention.person != author]
        if parent is None:
            return tuple(mention.person for mention in others)
        lead = leading_names(text)
        carried_over = self._threads.mentions_in(parent)
        own_parent = answered == author
        return tuple(
            person
            for person, shown in others
            if person != answered
            and not (shown in lead and (person in carried_over or not own_parent))
        )

    def _readers(
        self,
        activity: dict[str, Any],
        note: dict[str, Any],
        author: Identity,
        mentions: list[_Mention],
    ) -> tuple[Identity, ...]:
        """Return who could read a private mention: those mentioned and those addressed."""
        found = dict.fromkeys(mention.person for mention in mentions)
        for source in (activity, note):
            for url in (*listed(source.get("to")), *listed(source.get("cc"))):
                person = self._people.at(url)
                if person is not None:
                    found[person] = None
        found.pop(author, None)
        return tuple(found)

    def _quote(self, message: RawMessage, note: dict[str, Any], author: Identity) -> None:
        """Take the post that a post quotes, under any of the names servers give it."""
        for name in _QUOTES:
            quoted = note.get(name)
            if isinstance(quoted, dict):
                quoted = quoted.get("id")
            if isinstance(quoted, str) and quoted:
                message.target = MessageRef(PLATFORM, quoted)
                message.target_author = self._writer(quoted, author)
                if message.kind == "post":
                    message.kind = "quote"
                return


def _stated(activity: dict[str, Any], note: Any) -> Any:
    """Return when an activity says it was published, else when its post says so."""
    stated = activity.get("published")
    return stated or (note.get("published") if isinstance(note, dict) else None)


def _uri_of(activity: dict[str, Any]) -> str | None:
    """Return what a post is known by: its own address; a boost by that of the boosting."""
    note = activity.get("object")
    if activity.get("type") == "Create" and isinstance(note, dict):
        uri = note.get("id")
    else:
        uri = activity.get("id")
    return uri if isinstance(uri, str) and uri else None
