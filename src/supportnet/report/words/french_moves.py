"""The report's sentences on moving to another platform, in French; keys as in `english_moves`."""

from __future__ import annotations

from typing import Final

__all__ = ["FRENCH_MOVES"]

FRENCH_MOVES: Final[dict[str, str]] = {
    "h.migration": "D’une plateforme à l’autre",
    "mig.headline": "{all} des liens de {old} ont repris sur {new}.",
    "mig.headline_close": "{all} des liens de {old} ont repris sur {new} ; parmi les liens à "
    "l’intérieur des twinomes, {close}.",
    "mig.title": "de {old} à {new}",
    "mig.about": "On suit les personnes qui ont écrit sur {old} dans les 84 jours avant le "
    "{day}, où la première personne a écrit sur une nouvelle plateforme ({new}), et les liens où "
    "les deux se sont alors écrit. Un lien reprend quand les deux se sont écrit sur une même "
    "nouvelle plateforme au plus 90 jours après que les deux y étaient. La part parmi les liens "
    "dont les bouts s’y sont retrouvés dit si ceux qui se retrouvent se reparlent ; la part "
    "parmi tous les liens dit ce qu’il en reste. L’une sans l’autre induit en erreur. Des "
    "comptes ne sont d’une même personne que si quelqu’un l’a déclaré : un compte non déclaré "
    "passe pour un non-départ.",
    "mig.caption": "Qui est allé de {old} vers une autre plateforme, et les liens emportés",
    "mig.to": "Vers",
    "mig.any": "l’une d’elles",
    "mig.joined": "personnes venues",
    "mig.first_activity_median": "la moitié des personnes était venue après",
    "mig.conditional": "repris, des liens dont les bouts s’y sont retrouvés",
    "mig.unconditional": "repris, de tous les liens",
    "mig.days": "{n} jours",
    "mig.kinds": "Liens repris sur {new}, par type de groupe",
    "mig.late": "Les groupes ont été détectés sur une durée qui empiète sur le départ : ils sont "
    "donc choisis par ce qu’ils sont devenus, et aucun nombre par type de groupe n’est donné.",
    "mig.about_shares": "Ce qui est resté public et ce qui est devenu privé : la part privée des "
    "liens repris, sur {old} avant le départ et sur {new} après. Un changement au-dessus de 0 veut "
    "dire plus de privé.",
    "mig.shares": "Part privée des liens repris, avant et après",
    "mig.before": "Avant",
    "mig.after": "Après",
    "mig.change": "Changement",
    "mig.no_shares": "Aucun lien n’a assez de messages des deux côtés.",
    "mig.left_out": "Écartés : {n} liens repris de moins de {least} messages avant ou après.",
    "mig.triads": "Sur {n} twinomes, {whole} sont arrivés à trois, dont {together} en 28 jours au "
    "plus ; la moitié a mis {days} jours ou moins de la première arrivée à la dernière.",
    "mig.triads_none": "Aucun des {n} twinomes n’est arrivé à trois.",
    "mig.triads_few": "Combien de twinomes sont partis ensemble n’est pas montré : un des nombres "
    "est plus petit que 5.",
    "mig.t_people": "personnes sur {old} avant le départ",
    "mig.t_joined": "personnes venues sur {to}",
    "mig.t_baseline_ties": "liens sur {old} avant le départ vers {to}",
    "mig.t_both_present": "liens dont les bouts se sont retrouvés sur {to}",
    "mig.t_reestablished": "liens repris sur {to}",
    "mig.t_together": "twinomes partis ensemble",
    "mig.t_kind": "repris quand les bouts se retrouvent, {kind}",
    "mig.t_any": "l’une des nouvelles plateformes",
}
