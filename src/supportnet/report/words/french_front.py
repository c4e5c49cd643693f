"""Les phrases du rapport en français, première moitié : les mêmes clés que `english_front`."""

from __future__ import annotations

from typing import Final

__all__ = ["FRENCH_FRONT"]

FRENCH_FRONT: Final[dict[str, str]] = {
    # la page
    "title": "Le soutien social dans les messages : {names}",
    "sub": "Écrit par supportnet {version}, graine {seed}. Les jours sont en UTC.",
    "contents": "Sommaire",
    "h.summary": "En bref",
    "h.cards": "Fiches des données",
    "h.reciprocity": "Réciprocité",
    "h.private_share": "Part privée",
    "h.reply_latency": "Délai de réponse",
    "h.triadic_closure": "Fermeture triadique",
    "h.groups": "Groupes trouvés",
    "h.comparison": "Comparaison des types de groupes",
    "h.truth": "La vérité plantée à côté des estimations",
    "h.methods": "Méthodes et réglages",
    "h.statuses": "Ce que veulent dire les statuts",
    "h.versions": "Versions et manifeste",
    "h.references": "Références",
    "synthetic": "données engendrées : personne n’y existe",
    "real": "données de personnes réelles : les petites cellules sont supprimées",
    # en bref
    "sum.what": "Ce rapport décrit qui écrit à qui, dans quelle mesure en privé, au bout de "
    "combien de temps vient la réponse, et si les contacts d’une même personne sont eux-mêmes en "
    "contact. Il repose sur les heures, les auteurs, les destinataires et la visibilité des "
    "messages ; aucun texte n’a été lu.",
    "sum.size": "{name} : {messages} messages de {authors} personnes, du {first} au {last}.",
    "sum.reciprocity": "{value} des paires qui ont des messages privés s’écrivent dans les deux "
    "sens.",
    "sum.private_share": "En moyenne, {value} des messages d’un lien sont privés{interval}.",
    "sum.latency": "{value} des tours privés reçoivent une réponse en moins de 24 heures.",
    "sum.closure": "De deux personnes qui ont un contact privé en commun, {value} sont "
    "elles-mêmes en contact.",
    "sum.interval": " (intervalle à 95 % {interval})",
    "sum.cannot": "Ces archives ne peuvent pas montrer :",
    "sum.cannot_item": "{quantity} : {reason}",
    "sum.nothing_missing": "Chaque grandeur principale est identifiée, au moins pour une partie "
    "des personnes.",
    "sum.contrast": "{outcome}, {contrast} : {kind} moins {other} vaut {estimate} {unit} "
    "(intervalle à 95 % {interval} ; {n} ensembles indépendants de groupes).",
    "sum.contrast_none": "Aucune comparaison de types de groupes n’est faite : {reason}",
    "sum.limits": "Ce qu’aucun nombre ne dit ici : pourquoi les gens écrivent ainsi (ils se sont "
    "choisis, et les groupes ont été trouvés d’après leur façon d’écrire), ce qu’ils ont écrit, "
    "ce qu’ils ressentaient, et ce qui se passait là où aucune archive ne regarde. Une valeur non "
    "définie n’est jamais montrée comme 0.",
    # fiche
    "card.facts": "Ce que contient le jeu de données",
    "card.fact": "Fait",
    "card.value": "Valeur",
    "card.messages": "messages (message, publication, commentaire, citation)",
    "card.people": "personnes (ont écrit ou reçu)",
    "card.authors": "dont ont écrit",
    "card.bots": "robots signalés, hors des mesures",
    "card.placeholders": "étiquettes de comptes supprimés, hors des mesures",
    "card.span": "observé",
    "card.span_value": "du {first} au {last}, {days} jours",
    "card.donors": "personnes qui ont donné une archive",
    "card.whole": "une source couvre toute la communauté",
    "card.resolution": "horloge la plus grossière",
    "card.resolution_value": "{seconds} s",
    "card.replies": "renvois explicites de réponse",
    "card.reactions": "réactions",
    "card.contacts": "contacts déclarés",
    "card.visibility": "Messages selon qui pouvait les lire au moment de l’envoi",
    "card.who": "Qui pouvait lire",
    "card.n_messages": "Messages",
    "card.sources": "Enregistrements des sources : vus = gardés + ignorés + rejetés",
    "card.format": "Format",
    "card.n_sources": "Sources",
    "card.seen": "Vus",
    "card.kept": "Gardés",
    "card.ignored": "Ignorés",
    "card.rejected": "Rejetés",
    "card.others": "autres formats",
    "card.total": "tous",
    "card.memory": "Un tableau en mémoire : aucun import n’a écarté d’enregistrement.",
    "card.reasons": "Pourquoi des enregistrements ont été écartés",
    "card.reason": "Raison",
    "card.fate": "Ce qui leur est arrivé",
    "card.records": "Enregistrements",
    "card.identified": "Ce qui peut et ne peut pas être identifié",
    "card.quantity": "Grandeur",
    "card.answer": "Identifiée",
    "card.why": "Raison",
    "card.leaves_out": "Ce que les plateformes laissent hors de leurs archives (en anglais)",
    "answer.ok": "oui",
    "answer.partly": "en partie",
    "answer.not_identified": "non",
    "yes": "oui",
    "no": "non",
    "reason.duplicate": "le même message se trouve dans une autre archive",
    "reason.self_addressed": "adressé à soi-même",
    "reason.system": "une ligne du système, non d’une personne",
    "reason.service_event": "une ligne du système, non d’une personne",
    "reason.membership_event": "quelqu’un est arrivé ou parti",
    "reason.name_event": "une conversation a changé de nom",
    "reason.forgotten": "une personne a demandé à être oubliée",
    "reason.undated": "sans date",
    "reason.bad_date": "avec une date impossible",
    "reason.unknown_shape": "d’une forme que nous ne connaissons pas",
    "reason.unknown_type": "d’un type que nous ne connaissons pas",
    "reason.unknown_line": "une ligne que nous ne savons pas lire",
    "reason.no_author": "sans auteur",
    "reason.no_recipient": "sans destinataire",
    # mesures
    "measure": "Mesure",
    "community": "Communauté",
    "layer": "Couche",
    "lay.private": "privée",
    "lay.public": "publique",
    "lay.both": "les deux",
    "value": "Valeur",
    "interval": "Intervalle à 95 %",
    "n": "Repose sur",
    "status": "Statut",
    "kind": "Type",
    "groups": "Groupes",
    "ties": "Liens",
    "mean_of_ties": "Moyenne des liens",
    "window": "Les liens sont mesurés à partir du {start}, après la moitié des données où les "
    "groupes ont été trouvés : ce qui les a fait choisir n’est pas mesuré sur eux.",
    "window.none": "Aucun groupe n’a été trouvé ; les liens sont mesurés sur toute la durée.",
    "window.whole": "Les groupes n’ont pas été détectés dans une partie des données ; les liens "
    "sont mesurés sur toute la durée.",
    "window.same": "Les groupes ont été détectés jusqu’à la fin des données : ces valeurs ne sont "
    "que descriptives.",
    "about.reciprocity": "Ce qui est donné est-il rendu ? La réciprocité des directions est la "
    "part des directions qui ont leur contraire ; la réciprocité des dyades, la part des paires "
    "qui s’écrivent dans les deux sens ; rho compare la première à ce que donnerait la seule "
    "densité ; la réciprocité pondérée compte les messages. Dans la couche privée, il faut des "
    "messages à deux.",
    "about.balance": "L’équilibre d’un lien : deux personnes commencent-elles aussi souvent l’une "
    "que l’autre leurs échanges (premier message après 8 heures de silence) ? Les liens courts "
    "paraissent inégaux par hasard ; on compare donc l’excès sur ce que montrerait un lien égal "
    "de même nombre.",
    "about.private_share": "Parmi les messages que deux personnes s’adressent, la part que nul "
    "autre ne peut lire. Les groupes privés ne comptent d’aucun côté. La norme de référence est "
    "80 % de privé et 20 % de public.",
    "about.reply_latency": "Un tour est ce qu’une personne écrit jusqu’à ce que l’autre réponde. "
    "La réponse est attendue dès la fin de sa première rafale. Les tours sans réponse ne sont pas "
    "écartés : ils sont suivis jusqu’à l’horizon, puis comptent comme sans réponse (censurés). "
    "L’attente moyenne est restreinte à 24 heures : un tour sans réponse y compte 24.",
    "about.triadic_closure": "De deux personnes qui ont un contact commun, combien sont "
    "elles-mêmes en contact (transitivité, agrégation), et en combien de temps ces triades "
    "ouvertes se referment. Il faut des sources qui montrent ce que les autres se disent entre "
    "eux.",
    "by_kind": "{construct} des liens, par type de groupe : {name}",
    "numbers": "{construct} : la communauté dans son ensemble",
    "m.every": "chaque mesure de cette couche",
    "m.edge_reciprocity": "réciprocité des directions",
    "m.dyad_reciprocity": "réciprocité des dyades",
    "m.rho": "rho (au-delà de la densité)",
    "m.weighted_reciprocity": "réciprocité pondérée",
    "m.mean_of_ties": "part privée, moyenne des liens",
    "m.pooled": "part privée, tous les messages ensemble",
    "m.norm_equivalence": "égale à la norme de 80 % à ±10 points près ?",
    "m.rmst_dyads": "attente moyenne des 24 premières h, moyenne des liens",
    "m.rate_24h_dyads": "réponse en moins de 24 h, moyenne des liens",
    "m.median": "la moitié des tours ont une réponse en",
    "m.rate_1h": "tours avec réponse en moins de 1 h",
    "m.rate_8h": "tours avec réponse en moins de 8 h",
    "m.rate_24h": "tours avec réponse en moins de 24 h",
    "m.rate_72h": "tours avec réponse en moins de 72 h",
    "m.transitivity": "transitivité",
    "m.average_clustering_defined": "agrégation, moyenne des personnes d’au moins deux liens",
    "m.opsahl_clustering": "agrégation pondérée (géométrique)",
    "m.closure_probability": "triades ouvertes refermées en moins de 28 jours",
    "m.closure_hazard": "fermetures par triade ouverte et par jour",
    "m.private_share": "part privée",
    "m.rmst": "attente moyenne des 24 premières h",
    "m.balance": "équilibre des débuts",
    "m.excess": "équilibre au-delà du hasard",
    "u.share": "",
    "u.hours": "h",
    "u.index": "",
    "u.per_day": "par jour",
    "of.pairs": "{n} paires",
    "of.messages": "{n} messages",
    "of.ties": "{n} liens",
    "of.turns": "{n} tours",
    "of.triples": "{n} triplets",
    "of.persons": "{n} personnes",
    "of.wedges": "{n} triades ouvertes",
    "few": "moins de {k}",
    "verdict.equivalent": "équivalente",
    "verdict.inconclusive": "indécis",
    "verdict.different": "différente",
}
