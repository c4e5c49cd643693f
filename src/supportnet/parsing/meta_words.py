"""Texts that Messenger and Instagram write themselves, in English and French.

Since 2022 nothing but the wording tells such a row from talk. Each pattern must match a whole text:
a person who writes "you left the group early" is quoted, not counted out. The French wording and
the rows of Instagram's calls are from memory; what is not recognised stays a message.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

__all__ = ["WHOLE_STARTS", "Title", "Wording", "openers", "prefixes", "read_title", "read_wording"]

# What follows the name of the person who did it, or "You" in the owner's own rows.
_AFTER_NAME: Final = {
    "attachment_placeholder": (
        r"sent an attachment",
        r"(?:a|avez|as) envoyé une pièce jointe",
    ),
    "reaction_event": (
        r"reacted \S{1,16} to (?:your|a|their|his|her) message",
        r"liked a message",
        r"(?:a|avez|as) réagi (?:avec |par )?\S{1,16} à (?:votre|ton|un) message",
        r"a réagi à (?:votre|ton|un) message(?: avec \S{1,16})?",
        r"a aimé (?:votre|ton|un) message",
    ),
    "joined": (
        r"added (?P<added>.{1,300}?) to the (?:group|chat|conversation)",
        r"joined the (?:group|chat|conversation)(?: .{1,80})?",
        r"(?:a|avez|as) ajouté (?P<ajout>.{1,300}?) (?:au groupe|à la conversation)",
        r"a rejoint (?:le groupe|la conversation)",
    ),
    "left": (
        r"removed (?P<removed>.{1,300}?) from the (?:group|chat|conversation)",
        r"left the (?:group|chat|conversation)",
        r"(?:a|avez|as) (?:retiré|supprimé) (?P<retrait>.{1,300}?)"
        r" (?:du groupe|de la conversation)",
        r"(?:a|avez|as) quitté (?:le groupe|la conversation)",
    ),
    "call_event": (
        r"started (?:an? )?(?:audio |video |voice )?(?:call|chat)",
        r"(?:joined|left) the (?:video |audio )?(?:call|chat)",
        r"called you",
        r"missed (?:your|a) (?:video |audio )?(?:call|chat)",
        r"(?:a|avez|as) (?:démarré|commencé|lancé) un (?:appel|chat)(?: audio| vidéo)?",
        r"vous a appelée?",
    ),
    "greeting_event": (r"waved at (?:you|.{1,100})",),
    "system_event": (
        r"named the group .{1,300}",
        r"changed the group (?:name|photo)(?: .{1,300})?",
        r"changed the (?:chat )?(?:theme|colou?rs?|emoji)(?: .{1,200})?",
        r"set the (?:emoji|quick reaction) to .{1,80}",
        r"set (?:the nickname for .{1,200}|(?:his|her|their|your|own|his own|her own|your own)"
        r" nickname) to .{1,200}",
        r"cleared (?:the nickname for .{1,200}|(?:his|her|their|your)(?: own)? nickname)",
        r"created (?:the group|a poll|a plan)(?:[ :].{1,300})?",
        r"(?:voted for|removed (?:his|her|their|your) vote for|changed (?:his|her|their|your) vote"
        r" to) .{1,300}",
        r"(?:pinned|unpinned) a message",
        r"(?:made|removed) .{1,200} (?:a|as a) group admin",
        r"turned (?:on|off) (?:disappearing messages|vanish mode)(?: .{1,200})?",
        r"(?:a|avez|as) nommé le groupe .{1,300}",
        r"(?:a|avez|as) (?:changé|modifié) (?:la photo|le nom|le thème|l['’]emoji|les couleurs)"
        r"(?: .{1,300})?",
        r"(?:a|avez|as) (?:défini|changé|modifié|supprimé|effacé) (?:le|son|votre|ton)"
        r" (?:surnom|pseudo)(?: .{1,300})?",
        r"(?:a|avez|as) créé (?:le groupe|un sondage)(?:[ :].{1,300})?",
        r"(?:a|avez|as) voté pour .{1,300}",
        r"(?:a|avez|as) (?:épinglé|désépinglé) un message",
    ),
}
# Whole texts without the name of the person in front.
_ALONE: Final = {
    "reaction_event": (
        r"Reacted \S{1,16} to (?:your|a|their|his|her) message",
        r"Liked a message",
        r"A réagi (?:avec |par )?\S{1,16} à (?:votre|ton|un) message",
        r"A aimé (?:votre|ton|un) message",
    ),
    "call_event": (
        r"(?:The )?(?:[Aa]udio|[Vv]ideo|[Vv]oice) (?:call|chat) (?:ended|started)",
        r"You missed a (?:video |audio )?(?:call|chat)(?: (?:from|with) .{1,200})?",
        r"(?:L['’])?[Aa]ppel (?:audio|vidéo) (?:est )?(?:terminé|démarré)",
        r"(?:Le )?[Cc]hat vidéo (?:est )?terminé",
        r"Vous avez manqué un (?:appel|chat)(?: audio| vidéo)?(?: (?:de|avec) .{1,200})?",
    ),
    "greeting_event": (
        r"You (?:are|can) now (?:connected on Messenger|message and call each other.{0,200})",
        r"(?:Say hi to|You waved at|Wave to) .{1,200}",
        r"Vous (?:êtes (?:désormais|maintenant) (?:en contact|connectés) sur Messenger"
        r"|pouvez désormais vous appeler.{0,200})",
        r"Dites bonjour à .{1,200}",
    ),
}
_LONGEST: Final = 700
_OWN: Final = ("You ", "Vous ", "Tu ")


def _compiled(table: dict[str, tuple[str, ...]]) -> re.Pattern[str]:
    """Join patterns into one whose outer group names the reason."""
    cases = "|".join(f"(?P<{reason}>{'|'.join(each)})" for reason, each in table.items())
    return re.compile(rf"(?:{cases})\s*[.!…]?\s*", re.DOTALL)


_AFTER = _compiled(_AFTER_NAME)
_WHOLE = _compiled(_ALONE)
# How they begin; each begins with one of the letters below.
WHOLE_STARTS: Final = (
    "Reacted ", "Liked ", "A réagi ", "A aimé ", "The ", "Audio ", "Video ", "Voice ", "You ",
    "L'", "L’", "Appel ", "Le ", "Chat ", "Vous ", "Say ", "Wave ", "Dites ",
)  # fmt: skip
_FIRST_LETTERS: Final = frozenset("RLATVYCSWD")
_AND = re.compile(r", and |, | and | et ")


class Wording(NamedTuple):
    """What a text of the app's own says.

    Attributes
    ----------
    reason
        `attachment_placeholder`, `reaction_event`, `joined`, `left`, `call_event`,
        `system_event` or `greeting_event`.
    names
        The persons added or removed; empty where it is the sender.
    """

    reason: str
    names: tuple[str, ...] = ()


def prefixes(name: str, *, is_owner: bool) -> tuple[str, ...]:
    """Return how the app's own texts about a person begin, longest first.

    Examples
    --------
    >>> prefixes("Omar Bénali", is_owner=False)
    ('Omar Bénali ', 'Omar ')
    """
    first = name.split(" ", 1)[0]
    whole = (f"{name} ", f"{first} ") if name and first != name else ((f"{name} ",) if name else ())
    return (*whole, *_OWN) if is_owner else whole


def openers(starts: tuple[str, ...]) -> frozenset[str]:
    """Return the letters with which a text of the app's own can begin: a quick first look.

    Examples
    --------
    >>> "o" in openers(("Omar ",)), "O" in openers(("Omar ",)), "R" in openers(())
    (False, True, True)
    """
    return frozenset(start[0] for start in starts) | _FIRST_LETTERS


def read_wording(text: str, starts: tuple[str, ...]) -> Wording | None:
    """Recognise a text that the app wrote.

    Parameters
    ----------
    text
        The whole text, letters put right.
    starts
        From `prefixes`, for the sender.

    Returns
    -------
    Wording or None
        None for talk.

    Examples
    --------
    >>> read_wording("Inès named the group Trio.", ("Inès ",)).reason
    'system_event'
    >>> read_wording("Reacted ❤ to your message ", ()).reason
    'reaction_event'
    >>> read_wording("Omar added Léa and Inès to the group.", ("Omar ",)).names
    ('Léa', 'Inès')
    >>> read_wording("Inès named the group Trio.", ("Omar ",)) is None
    True
    """
    if starts and text.startswith(starts) and len(text) <= _LONGEST:
        for start in starts:
            if text.startswith(start):
                found = _AFTER.fullmatch(text, len(start))
                if found is not None:
                    return _worded(found)
    if text.startswith(WHOLE_STARTS) and len(text) <= _LONGEST:
        found = _WHOLE.fullmatch(text)
        if found is not None:
            return _worded(found)
    return None


def _worded(found: re.Match[str]) -> Wording:
    """Return the reason of a match and the persons it names."""
    groups = found.groupdict()
    listed = next(
        (groups[k] for k in ("added", "ajout", "removed", "retrait") if groups.get(k)), ""
    )
    names = tuple(name.strip() for name in _AND.split(listed) if name.strip()) if listed else ()
    reason = next(name for name in (*_AFTER_NAME, *_ALONE) if groups.get(name) is not None)
    return Wording(reason, names)


class Title(NamedTuple):
    """What the prose above a post, comment or reaction says.

    Attributes
    ----------
    act
        `wall`, `comment`, `reply`, `group`, `reaction` or `with`.
    other
        The person (or, for `group`, the group) it names; empty for the owner's own content, None
        where nobody is named.
    """

    act: str
    other: str | None


_THING = r"(?:post|photo|video|link|album|status|comment|reel|story|activity|[a-z ]{3,30})"
_CHOSE = r"(?:publication|photo|vidéo|lien|album|statut|commentaire|reel|story|activité)"
_TITLES: Final = (
    ("wall", r" wrote on (?P<o>.{1,200}?)['’]s? (?:timeline|profile|wall)"),
    (
        "wall",
        r" a (?:écrit|publié) (?:sur|dans) le (?:journal|profil|mur) (?:de |d['’])(?P<o>.{1,200}?)",
    ),
    (
        "reply",
        r" replied to (?:(?P<own>(?:his|her|their)(?: own)?)|(?P<o>.{1,200}?)['’]s?) comment",
    ),
    ("reply", r" a répondu à (?P<own>son (?:propre )?commentaire)"),
    ("reply", r" a répondu au commentaire (?:de |d['’])(?P<o>.{1,200}?)"),
    (
        "comment",
        rf" commented on (?:(?P<own>(?:his|her|their)(?: own)?)|(?P<o>.{{1,200}}?)['’]s?) {_THING}",
    ),
    ("comment", rf" a commenté (?P<own>(?:sa|son) (?:propre )?{_CHOSE})"),
    ("comment", rf" a commenté (?:la |le |l['’]|une |un ){_CHOSE} (?:de |d['’])(?P<o>.{{1,200}}?)"),
    (
        "reaction",
        rf" (?:likes|liked|loved|reacted to) "
        rf"(?:(?P<own>(?:his|her|their)(?: own)?)|(?P<o>.{{1,200}}?)['’]s?) {_THING}",
    ),
    (
        "reaction",
        rf" (?:aime|a aimé|a réagi à) (?:la |le |l['’]|une |un )?{_CHOSE} (?:de |d['’])"
        r"(?P<o>.{1,200}?)",
    ),
    ("group", r" (?:shared|posted) .{1,80}? (?:to|in) the group:? (?P<o>.{1,300}?)"),
    ("group", r" posted in (?P<o>.{1,300}?)"),
    ("group", r" a (?:partagé|publié) .{0,80}?dans (?:le groupe ?:? ?)?(?P<o>.{1,300}?)"),
    ("with", r" (?:was|is) with (?P<o>.{1,300}?)"),
)
_TITLED = tuple((act, re.compile(rf"{pattern}\s*[.:]?\s*", re.DOTALL)) for act, pattern in _TITLES)


def read_title(title: str, owner: str | None) -> Title | None:
    """Read the prose that Facebook writes above an act of the owner.

    Parameters
    ----------
    title
        As `Léa Martin wrote on Omar Bénali's timeline.`
    owner
        The owner's display name; without it the first words are taken to be a name.

    Returns
    -------
    Title or None
        None for prose that names nobody (`X updated his status.`) or is in another language.

    Examples
    --------
    >>> read_title("Léa Martin replied to Omar Bénali's comment.", "Léa Martin")
    Title(act='reply', other='Omar Bénali')
    >>> read_title("Léa Martin commented on her own post.", "Léa Martin")
    Title(act='comment', other='')
    >>> read_title("Léa Martin updated her status.", "Léa Martin") is None
    True
    """
    if len(title) > _LONGEST:
        return None
    starts = [len(owner)] if owner and title.startswith(f"{owner} ") else []
    starts = starts or [place for place, sign in enumerate(title[:120]) if sign == " "][:6]
    for act, pattern in _TITLED:
        for start in starts:
            found = pattern.fullmatch(title, start)
            if found is not None:
                groups = found.groupdict()
                other = "" if groups.get("own") else groups.get("o")
                return Title(act, None if other is None else other.strip())
    return None
