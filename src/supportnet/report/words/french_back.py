"""Les phrases du rapport en français, seconde moitié : les mêmes clés que `english_back`."""

from __future__ import annotations

from typing import Final

__all__ = ["FRENCH_BACK"]

FRENCH_BACK: Final[dict[str, str]] = {
    # méthodes des intervalles
    "ci.none": "",
    "ci.t": "t sur les liens",
    "ci.t_components": "t sur les ensembles de liens indépendants",
    "ci.dyadic_robust": "robuste aux personnes partagées",
    "ci.dyadic_jackknife": "en retirant une personne",
    "ci.vertex_bootstrap": "bootstrap des personnes",
    "ci.pair": "groupé par paires",
    "ci.wilson": "Wilson",
    "ci.permutation": "permutation",
    # statuts
    "s.ok": "ok",
    "s.empty": "vide",
    "s.zero_denominator": "dénominateur nul",
    "s.not_identified": "non identifié",
    "s.too_few_units": "trop peu d’unités",
    "s.all_censored": "tout censuré",
    "s.suppressed": "supprimé",
    "why.follow_up": "pas atteint pendant le suivi",
    "why.no_donors": "moins de trois archives le montrent",
    "s.donors": "ok, parmi les donateurs",
    "s.observed": "ok, liens observés",
    "status.ok": "La valeur est définie et repose sur assez de cas.",
    "status.empty": "Il n’y avait rien de tel : ni message, ni tour, ni triade ouverte. Un compte "
    "de rien est un vrai 0.",
    "status.zero_denominator": "Une part de rien : aucun cas où il aurait pu en être autrement.",
    "status.not_identified": "Les archives ne le montrent pas, quoi qu’on calcule. Il faudrait "
    "plus d’archives, non plus de statistique.",
    "status.too_few_units": "Il y a trop peu de liens, de personnes ou de groupes indépendants "
    "pour la valeur, ou pour son intervalle et son p.",
    "status.all_censored": "Rien n’est arrivé pendant le suivi ; il n’y a pas de médiane.",
    "status.suppressed": "Elle repose sur moins de cinq personnes ou groupes, ou redonnerait une "
    "valeur qui en dépend.",
    "status.donors": "Calculé parmi les personnes qui ont donné une archive : ce qu’elles se "
    "disent est observé, ce que disent les autres ne l’est pas.",
    "status.observed": "Calculé pour les liens qu’une archive montre ; ailleurs, le silence est "
    "inconnu.",
    # figures
    "fig.latency": "Tours en attente d’une réponse dans {name}, couche privée, par type de "
    "groupe. Plus bas, c’est plus tôt. Le palier à droite est la part restée sans réponse.",
    "fig.latency.alt": "Courbes de la part des tours privés encore sans réponse selon les heures "
    "écoulées depuis qu’une réponse était attendue, une par type de groupe, jusqu’à {hours} "
    "heures. {values}",
    "fig.latency.value": "{kind} : {share} sans réponse à {hours} heures.",
    "fig.share": "Part privée des liens de {name} d’au moins 20 messages, par type de groupe.",
    "fig.share.alt": "Distribution de la part privée des liens par type de groupe, avec un trait "
    "à la norme de 80 %. {values}",
    "fig.balance": "Équilibre des liens de {name} d’au moins 10 débuts, par type de groupe ; le "
    "losange est ce que des liens égaux montreraient par hasard.",
    "fig.balance.alt": "Distribution de l’équilibre des débuts par type de groupe. {values}",
    "fig.median": "{kind} : médiane {value} sur {n} liens.",
    "fig.closure": "Temps de fermeture dans {name} : part des triades ouvertes refermées, par "
    "couche. Celles ouvertes dans les 28 premiers jours sont écartées.",
    "fig.closure.alt": "Courbes de la part des triades ouvertes refermées selon les jours depuis "
    "leur ouverture, par couche. {values}",
    "fig.closure.value": "{layer} : {share} après {days} jours.",
    "fig.contacts": "Contacts déclarés des personnes de {name} qui en ont au moins {k}, et ceux "
    "avec qui elles s’écrivent vraiment en 30 jours.",
    "fig.contacts.alt": "Barres du nombre moyen de contacts par personne : déclarés, en contact "
    "en un sens au moins, en contact dans les deux sens. {values}",
    "fig.contrast": "Différences entre types de groupes ({contrast}) ; le trait à 0 est l’absence "
    "de différence.",
    "fig.contrast.alt": "Différences avec intervalles à 95 %, une ligne par résultat. {values}",
    "fig.activity": "Messages de {name} par semaine et selon qui pouvait les lire.",
    "fig.activity.alt": "Messages par semaine selon la visibilité, du {first} au {last}.",
    # groupes
    "groups.about": "Un twinome, ce sont trois personnes et trois liens privés mutuels soutenus ; "
    "une dyade est un tel lien hors de tout triangle de ce genre ; un réseau d’amis est une "
    "personne d’au moins {k} contacts déclarés. Un lien est soutenu quand, dans une fenêtre d’au "
    "moins 84 jours, des messages privés vont dans les deux sens dans {share} de ses tranches de "
    "{days} jours, et qu’au moins {n} vont dans chaque sens.",
    "groups.caption": "Groupes par type et communauté",
    "groups.n": "Groupes",
    "groups.persons": "Personnes",
    "groups.maximal": "sans quatrième personne liée à toutes",
    "groups.strict": "à 80/20 sur tous les liens",
    "groups.components": "Ensembles unis par des personnes",
    "groups.none": "Aucun groupe n’a été trouvé.",
    "groups.short": "Twinomes et dyades ne peuvent pas être détectés : {reason}",
    "groups.short_reason": "la moitié de la durée observée est inférieure à 84 jours.",
    "groups.failed": "{name} : les groupes n’ont pas pu être cherchés. {reason}",
    # comparaison
    "cmp.about": "Différences de résultats mesurés sur les liens. Au sein d’une personne : les "
    "liens d’un type contre ceux d’un autre type de la même personne, une différence par "
    "personne, moyennée sur les ensembles de groupes que des personnes unissent. Entre groupes : "
    "moyennes de groupes de volume semblable dans la même communauté. p est donné à partir de 10 "
    "ensembles indépendants. Les résultats principaux sont ajustés selon Holm, les autres sont "
    "exploratoires (Benjamini–Hochberg).",
    "cmp.within_person": "au sein des personnes",
    "cmp.between": "entre groupes",
    "cmp.caption": "Différences, {contrast}",
    "cmp.numbers": "Estimations, {contrast}",
    "cmp.behind": "Sur quoi reposent les estimations, {contrast}",
    "cmp.difference": "Différence",
    "cmp.outcome": "Résultat",
    "cmp.estimate": "Estimation",
    "cmp.p": "p (ajusté)",
    "cmp.effect": "δ de Cliff",
    "cmp.units": "Ensembles indépendants",
    "cmp.sets": "Liens",
    "cmp.kept": "Signe gardé",
    "cmp.kept_value": "{n} sur {all}",
    "cmp.excluded": "Écartés",
    "cmp.none": "Aucune comparaison n’a pu être faite : {reason}",
    "cmp.need_two": "il faut des groupes de deux types dans une même communauté.",
    "cmp.failed": "{contrast} : impossible. {reason}",
    "cmp.communities": "Communautés dans la comparaison : {names}.",
    "cmp.fixed": "La densité, la transitivité, la mutualité et la continuité ne sont pas "
    "comparées : elles découlent de la façon dont les groupes ont été choisis.",
    "x.in_both_kinds": "dans les deux types",
    "x.undefined": "sans valeur",
    "x.too_few_events": "trop peu d’événements",
    "x.stratum_without_contrast": "groupes sans pendant de volume semblable",
    "x.no_tie_of_the_other_kind": "personnes sans lien de l’autre type",
    # vérité
    "truth.about": "La communauté a été engendrée, les réponses sont donc connues. Les nombres "
    "plantés suivent du plan ; les réalisés ont été comptés sur les messages du plan avant "
    "l’écriture des archives. Un intervalle à 95 % manque sa cible une fois sur vingt, même quand "
    "tout est juste, et plusieurs reposent sur les mêmes liens : ici, {hit} intervalles sur {all} "
    "contiennent le nombre planté.",
    "truth.none_with_interval": "La communauté a été engendrée, les réponses sont donc connues.",
    "truth.counts": "Compté : planté et trouvé",
    "truth.numbers": "Estimé : planté et trouvé",
    "truth.quantity": "Grandeur",
    "truth.planted": "Planté",
    "truth.realised": "Réalisé",
    "truth.estimate": "Estimation",
    "truth.found": "Trouvé",
    "truth.equal": "Égal",
    "truth.inside": "Planté dans l’intervalle",
    "truth.no_interval": "pas d’intervalle",
    "truth.note": "Les estimations des liens portent sur la partie de l’année qui suit la "
    "détection, les nombres réalisés sur l’année entière ; ils diffèrent donc par hasard. Les "
    "liens de peu de messages sont hors des moyennes.",
    "t.messages": "messages",
    "t.people": "personnes qui ont donné une archive",
    "t.visibility": "messages : {kind}",
    "t.contacts": "contacts déclarés : {kind}",
    "t.twinome": "twinomes",
    "t.dyad": "dyades, ponts compris",
    "t.friend_network": "personnes d’au moins {k} contacts",
    "t.private_share": "part privée, {kind}",
    "t.rmst": "attente moyenne des 24 premières h, {layer}, {kind}",
    "t.rate_24h": "réponse en moins de 24 h, {layer}, {kind}",
    "t.difference": "{what} : twinome moins dyade, {contrast}",
    "t.closure_hazard": "fermetures par triade ouverte et par semaine, toutes couches",
    # méthodes
    "meth.about": "Chaque réglage qui change un nombre de ce rapport.",
    "meth.setting": "Réglage",
    "meth.used": "Employé ici",
    "meth.attribution": "attribution (groupes privés, réponses, mentions, citations, réactions)",
    "meth.visibility": "visibilité",
    "meth.visibility_value": "qui pouvait lire un message à son envoi ; le semi-public compte "
    "comme public ; l’inconnu est écarté ; les groupes privés ne sont d’aucun côté de la part "
    "privée",
    "meth.burst": "écart de rafale β",
    "meth.horizon": "horizon de réponse H",
    "meth.horizon_value": "{private} en privé, {public} en public",
    "meth.anchor": "horloge du délai",
    "meth.anchor_value": "depuis la fin de la première rafale ; heures brutes ; dans les groupes, "
    "réponses par renvoi ou mention seulement",
    "meth.tau": "restriction de l’attente moyenne τ",
    "meth.chain": "tranche de continuité g",
    "meth.chain_value": "{days} jours, continuité d’au moins {share}, au moins {n} messages par "
    "sens",
    "meth.silence": "silence avant un début",
    "meth.window": "fenêtre de détection",
    "meth.window_value": "première moitié de la couverture ; les liens sont mesurés dans le reste",
    "meth.contacts": "plus petit réseau d’amis",
    "meth.contacts_value": "{n} contacts déclarés",
    "meth.least": "plus petit lien dans les moyennes",
    "meth.least_value": "20 messages (part privée), 5 tours (délai), 10 débuts (équilibre)",
    "meth.burn_in": "rodage des temps de fermeture",
    "meth.projection": "liens d’un réseau",
    "meth.projection_value": "mutuels dans les couches privées et dans l’ensemble, d’un sens au "
    "moins en public",
    "meth.norm": "norme et marge",
    "meth.norm_value": "{norm} ± {margin}, deux tests unilatéraux à 5 %",
    "meth.intervals": "intervalles",
    "meth.intervals_value": "95 % ; réciprocité : personnes rééchantillonnées {replicates} fois "
    "(aucun au-delà de 5 000 personnes) ; moyennes des liens : t, sur les ensembles de liens que "
    "des personnes unissent, robuste aux personnes partagées où un ensemble en tient plus de la "
    "moitié ; comparaisons : test de permutation inversé",
    "meth.draws": "permutations",
    "meth.draws_value": "toutes s’il y en a 10 000 au plus, sinon {draws} au hasard ; p = (b + "
    "1)/(R + 1)",
    "meth.seed": "graine",
    "meth.suppression": "suppression",
    "meth.suppression_value": "données de personnes réelles : ce qui repose sur moins de 5 "
    "personnes ou groupes n’est pas montré, ni ce qui le redonnerait ; aucun moment plus fin "
    "qu’un jour, aucune personne",
    "meth.sensitivity": "Sensibilité : chaque différence est recalculée selon les autres "
    "définitions défendables du résultat (horizon, écart de rafale, ancrage, attribution, "
    "visibilité) ; « signe gardé » dit dans combien d’entre elles son signe demeure.",
    "meth.open": "Non corrigé : les suppressions d’avant l’export, ce que les donateurs ont "
    "retiré, les comptes qu’une personne tient sans le dire.",
    # versions
    "ver.software": "Logiciel",
    "ver.version": "Version",
    "ver.manifest": "Manifeste de {name}",
    "ver.schema": "version du schéma",
    "ver.generation": "construction",
    "ver.key": "identifiant de la clé des pseudonymes",
    "ver.parts": "sources",
    "ver.consent": "états de consentement (comptes)",
    "ver.nowhere": "en mémoire, non sur disque",
    "consent.donor": "donateur",
    "consent.consented": "consentant",
    "consent.notified": "informé",
    "consent.none": "aucun",
}
