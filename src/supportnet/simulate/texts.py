"""The small invented vocabulary from which messages are made."""

from __future__ import annotations

from typing import Final

from supportnet.simulate.draws import Stream

__all__ = ["POSTS", "TALK", "draw_post", "draw_talk"]

# (language, words). They mean nothing; they have lengths, questions, emoji, links, marks to escape.
TALK: Final[tuple[tuple[str, str], ...]] = (
    ("fr", "Tu tiens le coup ?"),
    ("fr", "Oui, merci d’avoir écouté."),
    ("fr", "Pas trop.\nOn en parle demain ?"),
    ("fr", "Courage pour ce soir 💛"),
    ("fr", "Je t’appelle après le travail."),
    ("fr", "Comment s’est passée la journée ?"),
    ("fr", "Mieux qu’hier, vraiment."),
    ("fr", "Je relis ta lettre & je te dis."),
    ("fr", "On se voit dimanche ?"),
    ("fr", "D’accord, à dimanche."),
    ("fr", "Bravo pour l’entretien 🎉"),
    ("fr", "J’ai noté trois idées ici : https://example.org/idees"),
    ("fr", "Prends ton temps, rien ne presse."),
    ("fr", "Tu as mangé ?"),
    ("fr", "Un peu de soupe, oui."),
    ("fr", "Merci <3"),
    ("fr", "Je pense à toi."),
    ("fr", "Qu’est-ce que tu en dis ?"),
    ("fr", "Je ne sais pas encore."),
    ("fr", "Le train a du retard, encore."),
    ("fr", "Envoie-moi ton brouillon."),
    ("fr", "C’est fait : relu jusqu’au bout !"),
    ("fr", "Ha ha 😄"),
    ("fr", "Bonne nuit."),
    ("fr", "Repose-toi bien 🌙"),
    ("fr", "J’apprends le tricot, ne ris pas."),
    ("fr", "Tu veux que je vienne ?"),
    ("fr", "Oui, avec plaisir."),
    ("fr", "Pas ce soir, demain peut-être."),
    ("fr", "La réponse est arrivée : c’est oui !"),
    ("en", "How are you holding up?"),
    ("en", "Better today, thank you."),
    ("en", "Take your time."),
    ("en", "I read your draft & liked it."),
    ("en", "Shall we talk tomorrow?"),
    ("en", "Yes please 🙏"),
    ("en", "No news yet."),
    ("en", "Here is the list: https://example.org/list"),
    ("en", "Well done!"),
    ("en", "That was a long day."),
    ("en", "Did you sleep?"),
    ("en", "A little. You?"),
    ("en", "Let me think about it."),
    ("en", "Good luck for the exam 🍀"),
    ("en", "I will ask around."),
    ("en", "Thanks for being here."),
    ("en", "Same here."),
    ("en", "See you on Sunday."),
)

POSTS: Final[tuple[tuple[str, str], ...]] = (
    ("fr", "Le marché était plein de monde ce matin."),
    ("fr", "Première neige ❄️"),
    ("fr", "Quelqu’un connaît un bon livre sur les rivières ?"),
    ("fr", "Nouvelle page du carnet : https://example.org/carnet"),
    ("fr", "Trois jours sans pluie, qui dit mieux ?"),
    ("fr", "On cherche des bras pour la fête du quartier."),
    ("fr", "Fini le chapitre deux."),
    ("fr", "Le chat a gagné."),
    ("en", "The garden is finally green 🌱"),
    ("en", "Notes from the workshop: https://example.org/notes"),
    ("en", "Which map do you use for long walks?"),
    ("en", "Bread attempt number nine."),
    ("en", "Rain, tea & a good story."),
    ("en", "The choir needs two more voices."),
    ("en", "Small steps count."),
    ("en", "Old photos found in the attic."),
)


def draw_talk(stream: Stream) -> tuple[str, str]:
    """Return language and words of one message to somebody."""
    return stream.pick(TALK)


def draw_post(stream: Stream) -> tuple[str, str]:
    """Return language and words of one post to nobody in particular."""
    return stream.pick(POSTS)
