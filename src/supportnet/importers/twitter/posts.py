"""One tweet, whichever generation wrote it: what it is, whom it answers, whom it names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

from supportnet.importers.twitter.clock import When, post_time, whole
from supportnet.importers.twitter.people import People, handle_of
from supportnet.importers.twitter.shapes import Tweet
from supportnet.records import Identity

__all__ = [
    "REPOST_START",
    "Act",
    "Post",
    "PostKind",
    "Said",
    "act_of",
    "lead_end",
    "links_in",
    "parse_post",
    "plain",
    "triples",
]

PostKind: TypeAlias = Literal["post", "quote", "repost"]
Mention: TypeAlias = tuple[Any, Any, Any]  # id, handle, indices

# The only sign of a repost in archives since 2018: their `retweeted` is always false.
_REPOST = re.compile(r"RT @([A-Za-z0-9_]{1,20}):")
# A reply starts with the handles of those it answers; its author did not type them.
_LEAD = re.compile(r"(?:@[A-Za-z0-9_]+(?:\s+|$))+")
# A handle in a text without entities; neither a mail address nor part of a link.
_HANDLE = re.compile(r"(?<![\w@/])@([A-Za-z0-9_]{1,20})(?![\w@])")
REPOST_START = "RT @"
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


class Said(NamedTuple):
    """What a tweet says of itself, as far as it decides what the tweet is.

    Attributes
    ----------
    ident, text
        Its id, and its words before anything is unescaped.
    listed
        Mention entities as written; None where the record has no entities.
    is_reply
        Whether it points at a tweet, usable or not.
    user_id, screen_name
        The account answered, as written.
    original
        The reposted tweet, where the record holds it.
    quoted
        Id of the quoted tweet, where stated.
    links
        Where its links lead.
    """

    ident: int | None
    text: str
    listed: list[Mention] | None
    is_reply: bool
    user_id: Any
    screen_name: Any
    original: dict[str, Any] | None
    quoted: int | None
    links: list[str]


class Act(NamedTuple):
    """What a tweet is: fields as in `Post`."""

    kind: PostKind
    parent_author: Identity | None
    target: int | None
    target_author: Identity | None
    mentions: tuple[Identity, ...]


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


def parse_post(raw: Tweet, people: People, source: str, record: int) -> Post | str:
    """Read one tweet.

    Parameters
    ----------
    raw
        The unwrapped record, or a row of the classic CSV.
    people
        Accounts known so far; learns the pairs of id and handle that this tweet states.
    source, record
        Kind of the file and number in it.

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
    parent_field = raw.in_reply_to_status_id_str or raw.in_reply_to_status_id
    parent = whole(parent_field)
    listed = None if raw.entities is None else triples(raw.entities.user_mentions)
    said = Said(
        ident,
        text,
        listed,
        bool(parent_field),
        raw.in_reply_to_user_id_str or raw.in_reply_to_user_id,
        raw.in_reply_to_screen_name,
        raw.retweeted_status if isinstance(raw.retweeted_status, dict) else None,
        whole(raw.quoted_status_id_str or raw.quoted_status_id),
        _links(raw),
    )
    act = act_of(said, people)
    lang = raw.lang
    return Post(
        ident=ident,
        when=when,
        text=plain(text),
        kind=act.kind,
        parent=None if parent == ident or act.kind == "repost" else parent,
        parent_author=act.parent_author,
        target=act.target,
        target_author=act.target_author,
        mentions=act.mentions,
        edits=_edits(raw.edit_info),
        source=source,
        lang=lang if isinstance(lang, str) and lang != "und" else None,
        record=record,
    )


def triples(listed: object) -> list[Mention]:
    """Return id, handle and indices of mention entities as they are written."""
    return [
        (entity.get("id_str") or entity.get("id"), entity.get("screen_name"), entity.get("indices"))
        for entity in (listed if isinstance(listed, list) else ())
        if isinstance(entity, dict)
    ]


def act_of(said: Said, people: People) -> Act:
    """Tell what a tweet is, whom it answers, repeats and names.

    Parameters
    ----------
    said
        What decides that.
    people
        Accounts known so far; learns the pairs of id and handle that this tweet states.
    """
    text = said.text
    named = None if said.listed is None else _mentioned(said.listed, text, people)
    parent_author = people.named(said.user_id, said.screen_name)
    reposted = _reposted(said.original, text, named, people)
    if reposted is not None:
        return Act("repost", None, *reposted, ())
    # A pointer that a spreadsheet made unusable still shows that this is a reply.
    mentions = _typed(text, named, people, is_reply=said.is_reply)
    target, target_author = _quoted(said.quoted, said.links, said.ident, people)
    kind: PostKind = "post" if target is None else "quote"
    return Act(kind, parent_author, target, target_author, mentions)


def _mentioned(listed: list[Mention], text: str, people: People) -> list[tuple[int, Identity]]:
    """Return the mentioned accounts with their places in the text."""
    found: list[tuple[int, Identity]] = []
    for ident, screen_name, indices in listed:
        identity = people.named(ident, screen_name)
        if identity is not None:
            found.append((_place(indices, screen_name, text), identity))
    return found


def _place(indices: object, screen_name: object, text: str) -> int:
    """Return where a mention starts: its index, else where its handle stands last in the text."""
    start = indices[0] if isinstance(indices, list) and indices else None
    if isinstance(start, str) and start.isascii() and start.isdigit() and len(start) < 10:
        return int(start)
    if isinstance(start, int):
        return start
    handle = handle_of(screen_name)
    return max(text.lower().rfind(f"@{handle}"), 0)


def _typed(
    text: str, named: list[tuple[int, Identity]] | None, people: People, *, is_reply: bool
) -> tuple[Identity, ...]:
    """Return the accounts typed in the body, each once, without a reply's automatic prefix."""
    if named is not None and not named:
        return ()
    start = lead_end(text) if is_reply else 0
    if named is None:
        handles = dict.fromkeys(handle.lower() for handle in _HANDLE.findall(text, start))
        return tuple(people.by_handle(handle) for handle in handles)
    return tuple(dict.fromkeys([identity for place, identity in named if place >= start]))


def _reposted(
    original: dict[str, Any] | None,
    text: str,
    named: list[tuple[int, Identity]] | None,
    people: People,
) -> tuple[int | None, Identity | None] | None:
    """Return the reposted tweet and its author, as far as they are told; None for no repost."""
    if original is not None:
        user = original.get("user")
        user = user if isinstance(user, dict) else {}
        author = people.named(user.get("id_str") or user.get("id"), user.get("screen_name"))
        return whole(original.get("id_str") or original.get("id")), author
    if named is None or not text.startswith(REPOST_START):
        # Without entities this is a row of the classic CSV, whose own columns tell reposts.
        return None
    found = _REPOST.match(text)
    if found is None:
        return None
    at_start = [identity for place, identity in named if place == 3]
    return None, at_start[0] if at_start else people.by_handle(found[1].lower())


def _quoted(
    stated: int | None, links: list[str], ident: int | None, people: People
) -> tuple[int | None, Identity | None]:
    """Return the quoted tweet and its author: as stated, else by a link to another tweet."""
    for link in reversed(links):
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
    return links_in(raw.entities.urls) if raw.entities is not None else []


def links_in(listed: object) -> list[str]:
    """Return where link entities lead."""
    if not isinstance(listed, list):
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
