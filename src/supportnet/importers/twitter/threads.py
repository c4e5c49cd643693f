"""Put tweets together: newest versions, long texts, threads; then turn them into messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from supportnet.importers.twitter.account import Protection
from supportnet.importers.twitter.coverage import Span
from supportnet.importers.twitter.files import PLATFORM
from supportnet.importers.twitter.notes import Note, join_notes, note_mentions
from supportnet.importers.twitter.people import People
from supportnet.importers.twitter.posts import Post
from supportnet.records import Conversation, Identity, Ignored, MessageRef, RawMessage, Rejected

__all__ = ["Threads"]

_NOTE_SPACE = "note"
_DELETED = frozenset({"deleted_tweet"})


def _ref(ident: int) -> MessageRef:
    """Return the pointer at a tweet."""
    return MessageRef(PLATFORM, str(ident))


class Threads:
    """Hold all tweets of one archive until their threads are known.

    Parents may stand after their replies and newer versions before older ones, so nothing can be
    said about a tweet before the last one is read.
    """

    def __init__(self, people: People, owner: Identity, protection: Protection) -> None:
        self._people = people
        self._owner = owner
        self._protection = protection
        self._posts: list[Post] = []
        self._notes: list[Note] = []
        self._seen_notes: set[int] = set()
        self._newest: dict[int, int] = {}
        self._parents: dict[int, tuple[int, Identity | None]] = {}
        self._conversations: dict[str, Conversation] = {}
        self._no_members: set[Identity] = set()
        self.idents: set[int] = set()
        self.span = Span()
        self.facts: Counter[str] = Counter()

    def add(self, post: Post) -> Ignored | None:
        """Take a tweet; a second copy of one already taken is ignored."""
        if post.ident is None:
            self.facts["posts_without_usable_id"] += 1
        elif post.ident in self.idents:
            return Ignored("duplicate")
        else:
            self.idents.add(post.ident)
        self._posts.append(post)
        return None

    def add_note(self, note: Note) -> Ignored | None:
        """Take a long text; a second copy of one already taken is ignored."""
        if note.ident is not None:
            if note.ident in self._seen_notes:
                return Ignored("duplicate")
            self._seen_notes.add(note.ident)
        self._notes.append(note)
        return None

    def records(self) -> Iterator[RawMessage | Ignored | Rejected]:
        """Yield every tweet and note taken, oldest first, each exactly once."""
        joined = self._join_notes()
        if joined:
            yield Ignored("note_joined", joined)
        self._find_newest()
        kept = [post for post in self._posts if post.ident not in self._newest]
        if len(kept) < len(self._posts):
            yield Ignored("older_edit", len(self._posts) - len(kept))
        kept.sort(key=lambda post: (post.when.t_us, post.ident or 0, -post.record))
        self._find_parents(kept)
        for seq, post in enumerate(kept):
            yield self._message(post, seq)
        for seq, note in enumerate(self._notes, start=len(kept)):
            yield self._note_message(note, seq)
        times = [post.when.t_us for post in kept] + [note.when.t_us for note in self._notes]
        self.span = Span(min(times, default=None), max(times, default=None))
        self._posts = []

    def _join_notes(self) -> int:
        """Give long texts to their tweets; keep the rest. Return how many found one."""
        pairs = join_notes(self._posts, self._notes)
        for post, note in pairs:
            post.text = note.text
            more = note_mentions(note, self._people, is_reply=post.parent is not None)
            post.mentions = tuple(dict.fromkeys(post.mentions + more))
        done = {id(note) for _, note in pairs}
        self._notes = [note for note in self._notes if id(note) not in done]
        self._notes.sort(key=lambda note: (note.when.t_us, note.record))
        if self._notes:
            self.facts["notes_without_tweet"] = len(self._notes)
        return len(pairs)

    def _find_newest(self) -> None:
        """Map each superseded version of an edited tweet to the last one the archive holds."""
        versions: dict[int, set[int]] = {}
        for post in self._posts:
            if post.edits and post.ident is not None:
                group = {post.ident, *post.edits}
                for known in [versions[ident] for ident in group if ident in versions]:
                    group |= known
                for ident in group:
                    versions[ident] = group
        for group in {id(group): group for group in versions.values()}.values():
            last = max(group & self.idents)
            self._newest.update((ident, last) for ident in group if ident != last)

    def current(self, ident: int | None) -> int | None:
        """Return the id under which a tweet is kept."""
        return ident if ident is None else self._newest.get(ident, ident)

    def _find_parents(self, kept: Iterable[Post]) -> None:
        """Note which own tweet answers what."""
        for post in kept:
            parent = self.current(post.parent)
            if parent is not None and post.ident is not None and parent != post.ident:
                self._parents[post.ident] = (parent, post.parent_author)

    def _root(self, parent: int, author: Identity | None) -> tuple[int, Identity | None]:
        """Follow pointers up to the oldest known; damaged files may point in circles."""
        seen = {parent}
        while parent in self._parents:
            above, above_author = self._parents[parent]
            if above in seen:
                break
            seen.add(above)
            parent, author = above, above_author
        return parent, self._owner if parent in self.idents else author

    def _thread(self, key: str) -> Conversation:
        """Return the conversation of a thread; anyone can read it, so it lists no members."""
        found = self._conversations.get(key)
        if found is None:
            found = Conversation(PLATFORM, key, "thread", self._no_members)
            self._conversations[key] = found
        return found

    def _loose_key(self, t_us: int) -> str:
        """Return a thread key for a tweet without usable id: its time and place in that second."""
        number = 0
        while f"at:{t_us}:{number}" in self._conversations:
            number += 1
        return f"at:{t_us}:{number}"

    def _message(self, post: Post, seq: int) -> RawMessage:
        """Turn a tweet into a message."""
        parent = self.current(post.parent)
        root: int | None = None
        root_author: Identity | None = None
        if parent is not None:
            root, root_author = self._root(parent, post.parent_author)
        if root is not None and root != post.ident:
            key = str(root)
        else:
            root, root_author = None, None
            key = str(post.ident) if post.ident is not None else self._loose_key(post.when.t_us)
        target = self.current(post.target)
        is_deleted = post.source in _DELETED
        is_protected = self._protection.at(post.when.t_us)
        is_community = post.source == "community_tweet"
        return RawMessage(
            conversation=self._thread(key),
            author=self._owner,
            t_us=post.when.t_us,
            seq=seq,
            ref=None if post.ident is None else _ref(post.ident),
            kind="deleted" if is_deleted else post.kind,
            original_kind=post.kind if is_deleted else None,
            visibility="semi_public" if is_protected and not is_community else "public",
            visibility_raw="community" if is_community else "protected" if is_protected else None,
            text=None if is_deleted else post.text,
            mentions=post.mentions,
            reply_to=None if parent is None else _ref(parent),
            reply_author=self._answered(parent, post.parent_author),
            root=None if root is None else _ref(root),
            root_author=root_author,
            target=None if target is None else _ref(target),
            target_author=self._owner if target in self.idents else post.target_author,
            edited=bool(post.edits) and post.ident != min(post.edits),
            lang=post.lang,
            time_note=post.when.note,
            resolution_us=post.when.resolution_us,
        )

    def _answered(self, parent: int | None, author: Identity | None) -> Identity | None:
        """Return whom a reply answers; the owner when the parent is an own tweet."""
        return self._owner if author is None and parent in self.idents else author

    def _note_message(self, note: Note, seq: int) -> RawMessage:
        """Turn a long text whose tweet the archive lacks into a post of its own."""
        key = f"note:{note.ident}" if note.ident is not None else self._loose_key(note.when.t_us)
        is_protected = self._protection.at(note.when.t_us)
        ref = MessageRef(PLATFORM, str(note.ident), within=_NOTE_SPACE)
        return RawMessage(
            conversation=self._thread(key),
            author=self._owner,
            t_us=note.when.t_us,
            seq=seq,
            ref=None if note.ident is None else ref,
            kind="deleted" if note.is_deleted else "post",
            original_kind="post" if note.is_deleted else None,
            visibility="semi_public" if is_protected else "public",
            visibility_raw="protected" if is_protected else None,
            text=None if note.is_deleted else note.text,
            mentions=note_mentions(note, self._people, is_reply=False),
            time_note=note.when.note,
            resolution_us=note.when.resolution_us,
        )
