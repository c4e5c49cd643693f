"""The words on the figures, in English and French."""

from __future__ import annotations

from typing import Final, Literal

from supportnet.errors import choose

__all__ = ["LANGUAGES", "WORDS", "Language", "check_language", "kind_name", "word"]

Language = Literal["en", "fr"]
LANGUAGES: Final = ("en", "fr")

_EN: Final = {
    "kind.twinome": "twinome",
    "kind.dyad": "dyad",
    "kind.friend_network": "friend network",
    "kind.other": "other ties",
    "kind.all": "all ties",
    "latency.x": "hours since an answer was first due (square-root scale)",
    "latency.y": "turns still unanswered",
    "latency.legend": "{kind}: {turns} turns of {ties} ties",
    "latency.horizon": "horizon {hours} h: a later answer counts as none",
    "latency.note": "Unanswered turns are kept: each counts as waiting for as long as "
    "it was followed.",
    "share.x": "private share of a tie",
    "share.row": "{kind}\n{n} ties",
    "share.norm": "norm {norm}",
    "share.note": "Bars: share of the ties in each step. Dot: median; line: middle half of the "
    "ties. Kinds with fewer than five ties are left out.",
    "share.note_quartiles": "Dot: median; line: middle half of the ties. Kinds with fewer than "
    "five ties are left out.",
    "balance.x": "tie balance (0: one side writes, 1: both write as much)",
    "balance.expected": "expected of an even tie with as few messages (mean)",
    "closure.x": "days since the wedge opened",
    "closure.y": "wedges closed by then",
    "closure.legend": "{layer}: {n} wedges at risk",
    "layer.private": "private layer",
    "layer.public": "public layer",
    "layer.private_group": "private groups",
    "layer.all": "all layers",
    "contrast.x": "difference, {unit}",
    "contrast.row": "{outcome}\n{kind} − {other}",
    "contrast.note": "Dot: estimate; line: 95 % interval. Hollow: too few units for an interval.",
    "unit.hours": "hours",
    "unit.share": "share (0 to 1)",
    "outcome.reply_latency": "reply latency (first 24 h)",
    "outcome.response_rate": "answered within 24 h",
    "outcome.private_share": "private share",
    "outcome.norm_distance": "distance to the 80% norm",
    "outcome.tie_balance": "tie balance beyond chance",
    "outcome.waiting": "waiting compliance",
    "contacts.declared": "declared",
    "contacts.one_way": "written to or by, in 30 days",
    "contacts.reciprocal": "both ways, in 30 days",
    "contacts.x": "contacts per person (mean of {n} persons)",
    "contacts.label": "{mean} ({share} of declared)",
    "activity.x": "week beginning (UTC)",
    "activity.y": "messages per week",
    "activity.gap": "Weeks with fewer than {k} writers are left blank.",
    "visibility.private_1to1": "private, two persons",
    "visibility.private_group": "private group",
    "visibility.semi_public": "semi-public",
    "visibility.public": "public",
    "visibility.unknown": "unknown",
    "nothing": "nothing to show: {reason}",
    "reason.empty": "no defined value",
    "reason.few": "no kind with at least {k} ties",
}
_FR: Final = {
    "kind.twinome": "twinome",
    "kind.dyad": "dyade",
    "kind.friend_network": "réseau d’amis",
    "kind.other": "autres liens",
    "kind.all": "tous les liens",
    "latency.x": "heures depuis qu’une réponse était attendue (échelle en racine carrée)",
    "latency.y": "tours encore sans réponse",
    "latency.legend": "{kind} : {turns} tours de {ties} liens",
    "latency.horizon": "horizon {hours} h : une réponse plus tardive ne compte pas",
    "latency.note": "Les tours sans réponse sont gardés : chacun compte comme en attente aussi "
    "longtemps qu’il a été suivi.",
    "share.x": "part privée d’un lien",
    "share.row": "{kind}\n{n} liens",
    "share.norm": "norme {norm}",
    "share.note": "Barres : part des liens dans chaque pas. Point : médiane ; trait : moitié "
    "centrale des liens. Les types de moins de cinq liens sont omis.",
    "share.note_quartiles": "Point : médiane ; trait : moitié centrale des liens. Les types de "
    "moins de cinq liens sont omis.",
    "balance.x": "équilibre du lien (0 : un seul écrit, 1 : chacun écrit autant)",
    "balance.expected": "attendu d’un lien égal avec aussi peu de messages (moyenne)",
    "closure.x": "jours depuis l’ouverture de la triade ouverte",
    "closure.y": "triades ouvertes refermées",
    "closure.legend": "{layer} : {n} triades ouvertes à risque",
    "layer.private": "couche privée",
    "layer.public": "couche publique",
    "layer.private_group": "groupes privés",
    "layer.all": "toutes les couches",
    "contrast.x": "différence, {unit}",
    "contrast.row": "{outcome}\n{kind} − {other}",
    "contrast.note": "Point : estimation ; trait : intervalle à 95 %. Creux : trop peu d’unités "
    "pour un intervalle.",
    "unit.hours": "heures",
    "unit.share": "part (0 à 1)",
    "outcome.reply_latency": "délai de réponse (24 premières h)",
    "outcome.response_rate": "réponse en moins de 24 h",
    "outcome.private_share": "part privée",
    "outcome.norm_distance": "écart à la norme de 80 %",
    "outcome.tie_balance": "équilibre au-delà du hasard",
    "outcome.waiting": "respect de l’attente",
    "contacts.declared": "déclarés",
    "contacts.one_way": "contact en un sens au moins, en 30 jours",
    "contacts.reciprocal": "contact dans les deux sens, en 30 jours",
    "contacts.x": "contacts par personne (moyenne de {n} personnes)",
    "contacts.label": "{mean} ({share} des déclarés)",
    "activity.x": "semaine commençant le (UTC)",
    "activity.y": "messages par semaine",
    "activity.gap": "Les semaines de moins de {k} auteurs sont laissées vides.",
    "visibility.private_1to1": "privé, à deux",
    "visibility.private_group": "groupe privé",
    "visibility.semi_public": "semi-public",
    "visibility.public": "public",
    "visibility.unknown": "inconnue",
    "nothing": "rien à montrer : {reason}",
    "reason.empty": "aucune valeur définie",
    "reason.few": "aucun type d’au moins {k} liens",
}
WORDS: Final[dict[str, dict[str, str]]] = {"en": _EN, "fr": _FR}


def check_language(language: str) -> Language:
    """Return the language when it is one of those the figures and the report speak.

    Parameters
    ----------
    language
        `en` or `fr`.

    Returns
    -------
    str
        The same word.

    Raises
    ------
    InputError
        For any other language.

    Examples
    --------
    >>> check_language("fr")
    'fr'
    """
    choose(language, LANGUAGES, "language")
    return "fr" if language == "fr" else "en"


def word(key: str, language: str, **values: object) -> str:
    """Return the text of a key, with its values put in.

    Parameters
    ----------
    key
        A key of :data:`WORDS`.
    language
        `en` or `fr`.
    **values
        What stands between braces.

    Returns
    -------
    str
        The text.

    Examples
    --------
    >>> word("share.norm", "fr", norm="80 %")
    'norme 80 %'
    """
    text = WORDS[check_language(language)][key]
    return text.format(**values) if values else text


def kind_name(kind: str, language: str, prefix: str = "kind") -> str:
    """Return the name of a kind of group, or the word itself where it is the researcher's own.

    Parameters
    ----------
    kind
        `twinome`, `dyad`, `friend_network`, `other`, or any word of a declared group.
    language
        `en` or `fr`.
    prefix
        The family of names: `kind`, `layer`, `outcome`, `visibility`, `unit`.

    Returns
    -------
    str
        The name.

    Examples
    --------
    >>> kind_name("dyad", "fr"), kind_name("choir", "fr")
    ('dyade', 'choir')
    """
    return WORDS[check_language(language)].get(f"{prefix}.{kind}", kind)
