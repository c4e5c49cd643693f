"""The sentences of the coverage rules in French: they reach the report as English text."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["french_fact"]

_SENTENCES: Final = {
    "private reciprocity and balance of a tie": "réciprocité privée et équilibre d’un lien",
    "private reply latency": "délai de réponse en privé",
    "private share, outgoing": "part privée, messages émis",
    "private share of a tie, both directions": "part privée d’un lien, dans les deux sens",
    "public reciprocity and reply latency": "réciprocité et délai de réponse en public",
    "private closure, clustering and census": "fermeture, agrégation et recensement, couche privée",
    "public closure, clustering and census": "fermeture, agrégation et recensement, couche "
    "publique",
    "friend networks": "réseaux d’amis",
    "for nobody yet": "pour personne encore",
    "no private source": "aucune source privée",
    "no public source": "aucune source publique",
    "neither a private nor a public source": "aucune source, ni privée ni publique",
    "one source covers the whole community": "une source couvre toute la communauté",
    "one archive shows only its owner's public side": "une archive ne montre que le côté public de "
    "son propriétaire",
    "declared ties are in the sources": "les sources contiennent des liens déclarés",
    "no source lists declared ties": "aucune source ne liste de liens déclarés",
    "nothing shows what others say between them in the private layer": "rien ne montre ce que les "
    "autres se disent entre eux dans la couche privée",
    "nothing shows what others say between them in the public layer": "rien ne montre ce que les "
    "autres se disent entre eux dans la couche publique",
    "nothing shows what others say between them in the all layer": "rien ne montre ce que les "
    "autres se disent entre eux dans l’ensemble des couches",
}
_PATTERNS: Final = (
    (r"for the ties of (?:the )?([\d,]+) donors?", r"pour les liens de \1 donateur(s)"),
    (
        r"for the ties of (?:the )?([\d,]+) donors? and ([\d,]+) exported conversations?",
        r"pour les liens de \1 donateur(s) et \2 conversation(s) exportée(s)",
    ),
    (r"for ([\d,]+) exported conversations?", r"pour \1 conversation(s) exportée(s)"),
    (
        r"for ties between two of (?:the )?([\d,]+) donors?",
        r"pour les liens entre deux des \1 donateurs",
    ),
    (
        r"no source covers the whole community; computed among the (\d+) donors, whose ties to "
        r"each other are all observed",
        r"aucune source ne couvre toute la communauté ; calculé parmi les \1 donateurs, dont tous "
        r"les liens mutuels sont observés",
    ),
)


def french_fact(sentence: str) -> str:
    """Return a sentence of the coverage rules in French; one that is not known stays as it is.

    Parameters
    ----------
    sentence
        A quantity or a reason of :func:`supportnet.coverage.identifiability`.

    Returns
    -------
    str
        The French sentence.

    Examples
    --------
    >>> french_fact("for the ties of the 97 donors")
    'pour les liens de 97 donateurs'
    """
    if sentence in _SENTENCES:
        return _SENTENCES[sentence]
    for pattern, french in _PATTERNS:
        found = re.fullmatch(pattern, sentence)
        if found:
            return _numbered(found.expand(french))
    return sentence


def _numbered(text: str) -> str:
    """Give nouns the ending of their number, and numbers their French blanks."""

    def ending(found: re.Match[str]) -> str:
        """Return a number and its nouns."""
        return found[1] + found[2].replace("(s)", "" if found[1] in ("0", "1") else "s")

    text = re.sub(r"(\d[\d,]*)((?: \w+\(s\))+)", ending, text)
    return re.sub(r"(?<=\d),(?=\d)", "\u202f", text)
