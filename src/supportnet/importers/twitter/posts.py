"""One tweet, whichever generation wrote it: what it is, whom it answers, whom it names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from supportnet.importers.twitter.clock import When, post_time, whole
from supportnet.importers.twitter.people import People, handle_of
from supportnet.importers.twitter.shapes import Tweet
from supportnet.records import Identity

__all__ = ["Post", "PostKind", "lead_end", "parse_post", "plain"]

PostKind: TypeAlias = Literal["post", "quote", "repost"]

# The only sign of a repost in archives since 2018: their `retweeted` is always false.
_REPOST = re.compile(r"RT @([A-Za-z0-9_]{1,20}):")
# A reply starts with the handles of those it answers; its author did not type them.
_LEAD = re.compile(r"(?:@[A-Za-z0-9_]+(?:\s+|$))+")
# A handle in a text without entities; neither a mail address nor part of a link.
_HANDLE = re.compile(r"(?<![\w@/])@([A-Za-z0-9_]{1,20})(?![\w@])")
_STATUS = re.compile(
    r"https?://(?:www\.|mobile\.|m\.)?(?:twitter|x)\.com/(?:#!/)?"
    r"(?:i/web|(?P<handle>[A-Za-z0-9_]{1,20}))/status(?:es)?/(?P<id>\d{1,19})/?(?:[?#].*)?$",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Post:
    """A tweet as read, before threads, edits and long texts are put together.

    Attributes
    ----------
    ident
        Its id; None when the archive's copy of it is unusable.
    when
        When it was sent.
    text
        The words, unescaped.
    kind
        `post`, `quote` or `repost`.
    parent, parent_author
        The tweet answered, and its author (who may be known alone).
    target, target_author
        The quoted or reposted tweet and its author.
    mentions
        Accounts typed in the body.
    edits
        Ids of all its versions, as far as it lists them.
    source
        Kind of file it came from.
    lang
        The platform's guess at the language.
    record
        Number in its file.
    """

    ident: int | None
    when: When
    text: str
    kind: PostKind
    parent: int | None
    parent_author: Identity | None
    target: int | None
    target_author: Identity | None
    mentions: tuple[Identity, ...]
    edits: tuple[int, ...]
    source: str
    lang: str | None
    record: int


def plain(text: str) -> str:
    """Undo the three escapes that Twitter writes into texts.

    Examples
    --------
    >>> plain("tiens le coup &lt;3 &amp;amp;")
    'tiens le coup <3 &amp;'
    """
    if "&" not in text:
        return text
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def lead_end(text: str) -> int:
    """Return where the leading run of handles ends.

    Examples
    --------
    >>> lead_end("@omar_b @ines_k merci @lea_m")
    16
    """
    found = _LEAD.match(text)
    return found.end() if found else 0


def parse_post(
    raw: Tweet, people: People, source: str, record: int, tags: dict[str, str]
) -> Post | str:
    """Read one tweet.

    Parameters
    ----------
    raw
        The unwrapped record, or a row of the classic CSV.
    people
        Accounts known so far; learns the pairs of id and handle that this tweet states.
    source, record
        Kind of the file and number in it.
    tags
        Language tags met so far, so that each is kept once.

    Returns
    -------
    Post or str
        The tweet, or the reason why it cannot be used (`undated`, `bad_date`, `unknown_shape`).
    """
    text = raw.text if raw.full_text is None else raw.full_text
    ident = whole(raw.id_str or raw.id)
    if not isinstance(text, str):
        if ident is None:
            return "unknown_shape"
        text = ""
    when = post_time(raw.created_at, ident)
    if isinstance(when, str):
        return when
    named = _mentioned(raw, text, people)
    parent_field = raw.in_reply_to_status_id_str or raw.in_reply_to_status_id
    parent = whole(parent_field)
    parent_author = people.named(
        raw.in_reply_to_user_id_str or raw.in_reply_to_user_id, raw.in_reply_to_screen_name
    )
    kind: PostKind = "post"
    mentions: tuple[Identity, ...] = ()
    reposted = _reposted(raw, text, named, people)
    if reposted is not None:
        kind, parent, parent_author = "repost", None, None
        target, target_author = reposted
    else:
        # A pointer that a spreadsheet made unusable still shows that this is a reply.
        mentions = _typed(text, named, people, is_reply=bool(parent_field))
        target, target_author = _quoted(raw, ident, people)
        kind = "post" if target is None else "quote"
    lang = raw.lang
    return Post(
        ident=ident,
        when=when,
        text=plain(text),
        kind=kind,
        parent=None if parent == ident else parent,
        parent_author=parent_author,
        target=target,
        target_author=target_author,
        mentions=mentions,
        edits=_edits(raw.edit_info),
        source=source,
        lang=tags.setdefault(lang, lang) if isinstance(lang, str) and lang != "und" else None,
        record=record,
    )


def _mentioned(raw: Tweet, text: str, people: People) -> list[tuple[int, Identity]] | None:
    """Return the mention entities with their places in the text; None without entities."""
    if raw.entities is None:
        return None
    listed = raw.entities.user_mentions
    found: list[tuple[int, Identity]] = []
    for entity in listed if isinstance(listed, list) else ():
        if isinstance(entity, dict):
            identity = people.named(
                entity.get("id_str") or entity.get("id"), entity.get("screen_name")
            )
            if identity is not None:
                found.append((_place(entity, text), identity))
    return found


def _place(entity: dict[str, Any], text: str) -> int:
    """Return where a mention starts: its index, else where its handle stands last in the text."""
    indices = entity.get("indices")
    start = indices[0] if isinstance(indices, list) and indices else None
    if isinstance(start, str) and start.isascii() and start.isdigit() and len(start) < 10:
        return int(start)
    if isinstance(start, int):
        return start
    handle = handle_of(entity.get("screen_name"))
    return max(text.lower().rfind(f"@{handle}"), 0)


def _typed(
    text: str, named: list[tuple[int, Identity]] | None, people: People, *, is_reply: bool
) -> tuple[Identity, ...]:
    """Return the accounts typed in the body, each once, without a reply's automatic prefix."""
    start = lead_end(text) if is_reply else 0
    if named is None:
        handles = dict.fromkeys(handle.lower() for handle in _HANDLE.findall(text, start))
        return tuple(people.by_handle(handle) for handle in handles)
    if not named:
        return ()
    return tuple(dict.fromkeys([identity for place, identity in named if place >= start]))


def _reposted(
    raw: Tweet, text: str, named: list[tuple[int, Identity]] | None, people: People
) -> tuple[int | None, Identity | None] | None:
    """Return the reposted tweet and its author, as far as they are told; None for no repost."""
    original = raw.retweeted_status
    if isinstance(original, dict):
        user = original.get("user")
        user = user if isinstance(user, dict) else {}
        author = people.named(user.get("id_str") or user.get("id"), user.get("screen_name"))
        return whole(original.get("id_str") or original.get("id")), author
    if named is None or not text.startswith("RT @"):
        # Without entities this is a row of the classic CSV, whose own columns tell reposts.
        return None
    found = _REPOST.match(text)
    if found is None:
        return None
    at_start = [identity for place, identity in named if place == 3]
    return None, at_start[0] if at_start else people.by_handle(found[1].lower())


def _quoted(raw: Tweet, ident: int | None, people: People) -> tuple[int | None, Identity | None]:
    """Return the quoted tweet and its author: as stated, else by a link to another tweet."""
    stated = whole(raw.quoted_status_id_str or raw.quoted_status_id)
    for link in reversed(_links(raw)):
        found = _STATUS.match(link)
        if found is None:
            continue
        linked = whole(found["id"])
        # A long post links to itself; that is no quote.
        if linked is None or linked == ident or (stated is not None and linked != stated):
            continue
        handle = handle_of(found["handle"])
        # `/i/status/…` names nobody.
        return linked, None if handle is None or handle == "i" else people.by_handle(handle)
    return (None, None) if stated == ident else (stated, None)


def _links(raw: Tweet) -> list[str]:
    """Return where the links of a tweet lead, in order."""
    if isinstance(raw.expanded_urls, str):
        return raw.expanded_urls.split(",")
    listed = raw.entities.urls if raw.entities is not None else None
    if not isinstance(listed, list) or not listed:
        return []
    links = [entity.get("expanded_url") for entity in listed if isinstance(entity, dict)]
    return [link for link in links if isinstance(link, str)]


def _edits(info: Any) -> tuple[int, ...]:
    """Return the ids of all versions of an edited tweet; empty when there is but one."""
    if not isinstance(info, dict):
        return ()
    first = info.get("initial")
    later = info.get("edit")
    if isinstance(later, dict):
        first = later.get("editControlInitial")
    listed = first.get("editTweetIds") if isinstance(first, dict) else None
    if not isinstance(listed, list) or len(listed) < 2:
        return ()
    return tuple(number for number in map(whole, listed) if number is not None)
