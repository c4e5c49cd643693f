"""Where a file stands in an export of Meta: its root, its place below, and whose platform it is.

Facebook and Instagram write the same `messages/inbox/<name>/message_1.json`; only the folders
around it, the other files of the export or the name of the zip tell the two apart.
"""

from __future__ import annotations

import re
from typing import Final, Literal, NamedTuple
from weakref import WeakKeyDictionary

from supportnet.archive import Archive, Member

__all__ = ["Place", "ThreadFile", "place_of", "platform_of", "thread_file"]

_ACTIVITY: Final = {
    "your_facebook_activity": "facebook",
    "your_activity_across_facebook": "facebook",
    "your_instagram_activity": "instagram",
}
# Folders that stand at the top of an export: what is before the first of them is its root.
_TOPS: Final = frozenset(_ACTIVITY) | frozenset(
    {
        "about_you",
        "account_information",
        "ads_information",
        "apps_and_websites_off_of_facebook",
        "apps_and_websites_off_of_instagram",
        "comments",
        "comments_and_reactions",
        "connections",
        "contacts",
        "content",
        "data_messenger_e2e",
        "events",
        "facebook_groups",
        "followers_and_following",
        "following_and_followers",
        "friends_and_followers",
        "groups",
        "html",
        "likes",
        "likes_and_reactions",
        "logged_information",
        "login_and_account_creation",
        "media",
        "messages",
        "other_activity",
        "past_instagram_insights",
        "personal_information",
        "posts",
        "preferences",
        "profile_information",
        "saved_items_and_collections",
        "security_and_login_information",
        "stories",
        "story_interactions",
        "story_sticker_interactions",
        "threads",
        "your_topics",
    }
)
_FACEBOOK = re.compile(
    r"(?:profile_information|personal_information/profile_information|friends_and_followers"
    r"|comments_and_reactions|likes_and_reactions|connections/friends|groups|facebook_groups"
    r"|about_you|apps_and_websites_off_of_facebook|messages/filtered_threads|html)/"
    r"|posts/your_|comments/comments\.json"
)
_INSTAGRAM = re.compile(
    r"(?:account_information|personal_information/personal_information|followers_and_following"
    r"|connections/followers_and_following|content|story_interactions"
    r"|story_sticker_interactions|apps_and_websites_off_of_instagram|past_instagram_insights)/"
    r"|media/(?:posts|stories|reels|profile)[/_.]|likes/liked_|comments/(?:post|reels)_comments"
    r"|personal_information/personal_information\.json"
)
_NAMED = re.compile(r"(facebook|instagram|meta)-", re.IGNORECASE)
_THREAD = re.compile(
    r"messages/(?:(?P<section>[a-z0-9_]+)/)?(?P<folder>[^/]+)/message(?:_(?P<number>\d{1,6}))?"
    r"\.(?P<ending>json|html)$",
    re.IGNORECASE,
)
_THREAD_ID = re.compile(r"_([0-9]+|[0-9A-Za-z-]{10})$")


class Place(NamedTuple):
    """Where a file stands.

    Attributes
    ----------
    root
        Folder of the export inside its archive; empty at the top.
    tail
        Path below the root and below the folder of the platform's activity, lower case.
    platform
        What that folder says: `facebook`, `instagram`, or None where there is no such folder.
    """

    root: str
    tail: str
    platform: str | None


def place_of(name: str) -> Place:
    """Split a path into the export's root and the place below it.

    Examples
    --------
    >>> place_of("fb/your_facebook_activity/messages/inbox/a_1/message_1.json").tail
    'messages/inbox/a_1/message_1.json'
    >>> place_of("old/html/messages.htm").root
    'old'
    """
    parts = name.split("/")
    lowered = [part.lower() for part in parts]
    for number, part in enumerate(lowered[:-1]):
        if part in _TOPS:
            platform = _ACTIVITY.get(part)
            start = number + (platform is not None)
            return Place("/".join(parts[:number]), "/".join(lowered[start:]), platform)
    return Place("/".join(parts[:-1]), lowered[-1], None)


_PLATFORMS: WeakKeyDictionary[Archive, dict[str, str | None]] = WeakKeyDictionary()


def platform_of(member: Member) -> str | None:
    """Tell which platform's export a file belongs to.

    Parameters
    ----------
    member
        A file; the names of its neighbours are looked at once per archive.

    Returns
    -------
    str or None
        `facebook`, `instagram`, or None where nothing tells.
    """
    place = place_of(member.name)
    if place.platform is not None:
        return place.platform
    known = _PLATFORMS.get(member.archive)
    if known is None:
        known = _PLATFORMS[member.archive] = _survey(member.archive)
    found = known.get(place.root)
    if found is not None:
        return found
    for word in (*reversed(place.root.split("/")), member.archive.path.name):
        named = _NAMED.match(word)
        if named is not None and named[1].lower() != "meta":
            return named[1].lower()
    return None


def _survey(archive: Archive) -> dict[str, str | None]:
    """Return the platform of each root of an archive, as the names of its files tell."""
    votes: dict[str, set[str]] = {}
    for one in archive.members:
        place = place_of(one.name)
        said = votes.setdefault(place.root, set())
        if place.platform is not None:
            said.add(place.platform)
        elif _FACEBOOK.match(place.tail):
            said.add("facebook")
        elif _INSTAGRAM.match(place.tail):
            said.add("instagram")
    return {root: next(iter(said)) if len(said) == 1 else None for root, said in votes.items()}


class ThreadFile(NamedTuple):
    """What the path of a file of messages tells.

    Attributes
    ----------
    section
        `inbox`, `archived_threads`, `message_requests` …; empty in the oldest layout.
    folder
        Name of the conversation's folder, lower case.
    ident
        The part of it that stays when the conversation is renamed.
    number
        1 is the newest file.
    ending
        `json` or `html`.
    """

    section: str
    folder: str
    ident: str
    number: int
    ending: Literal["json", "html"]


def thread_file(name: str) -> ThreadFile | None:
    """Read the path of a file of messages; None for any other file.

    Examples
    --------
    >>> thread_file("messages/inbox/omarbenali_123/message_2.json")
    ThreadFile(section='inbox', folder='omarbenali_123', ident='123', number=2, ending='json')
    >>> thread_file("messages/autofill_information.json") is None
    True
    """
    found = _THREAD.match(place_of(name).tail)
    if found is None:
        return None
    folder = found["folder"]
    tail = _THREAD_ID.search(folder)
    ending: Literal["json", "html"] = "json" if found["ending"] == "json" else "html"
    ident = tail[1] if tail else folder
    return ThreadFile(found["section"] or "", folder, ident, int(found["number"] or 1), ending)
