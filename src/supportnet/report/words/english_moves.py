"""The report's sentences on moving to another platform, in English; `french_moves` mirrors it."""

from __future__ import annotations

from typing import Final

__all__ = ["ENGLISH_MOVES"]

ENGLISH_MOVES: Final[dict[str, str]] = {
    "h.migration": "From one platform to another",
    "mig.headline": "{all} of the ties on {old} were taken up again on {new}.",
    "mig.headline_close": "{all} of the ties on {old} were taken up again on {new}; of the ties "
    "inside twinomes, {close}.",
    "mig.title": "from {old} to {new}",
    "mig.about": "Asked after are the people who wrote on {old} in the 84 days before {day}, "
    "when the first person wrote on a new platform ({new}), and the ties in which both wrote to "
    "each other then. A tie is taken up when both have written to each other on one new platform "
    "within 90 days after both were there. The share among ties whose ends met there says "
    "whether people who meet again talk again; the share among all ties says what is left of "
    "them. One without the other misleads. Accounts are one person’s only where somebody "
    "declared it, so an undeclared account looks like staying.",
    "mig.caption": "Who went from {old} to another platform, and the ties they took along",
    "mig.to": "To",
    "mig.any": "any of them",
    "mig.joined": "people who came",
    "mig.first_activity_median": "half of the people had come after",
    "mig.conditional": "taken up, of ties whose ends met there",
    "mig.unconditional": "taken up, of all ties",
    "mig.days": "{n} days",
    "mig.kinds": "Ties taken up on {new}, by kind of group",
    "mig.late": "The groups were detected over a time that reaches into the move, so they are "
    "chosen by what became of them; no number by kind of group is given.",
    "mig.about_shares": "What stayed public and what went private: the private share of ties that "
    "were taken up, on {old} before the move and on {new} after it. A change above 0 means more "
    "privacy.",
    "mig.shares": "Private share of the ties taken up, before and after",
    "mig.before": "Before",
    "mig.after": "After",
    "mig.change": "Change",
    "mig.no_shares": "No tie has enough messages on both sides.",
    "mig.left_out": "Left out: {n} ties taken up with fewer than {least} messages before or after.",
    "mig.triads": "Of {n} twinomes, {whole} arrived with all three members, {together} of them "
    "within 28 days; half took {days} days or less from the first arrival to the last.",
    "mig.triads_none": "None of {n} twinomes arrived with all three members.",
    "mig.triads_few": "How many twinomes moved together is not shown: a count is smaller than 5.",
    "mig.t_people": "people on {old} before the move",
    "mig.t_joined": "people who came to {to}",
    "mig.t_baseline_ties": "ties on {old} before the move to {to}",
    "mig.t_both_present": "ties whose ends met on {to}",
    "mig.t_reestablished": "ties taken up on {to}",
    "mig.t_together": "twinomes that moved together",
    "mig.t_kind": "taken up where the ends met, {kind}",
    "mig.t_any": "any new platform",
}
