"""The report's sentences in English, its second half; `french_back` holds the same keys."""

from __future__ import annotations

from typing import Final

__all__ = ["ENGLISH_BACK"]

ENGLISH_BACK: Final[dict[str, str]] = {
    # methods of intervals
    "ci.none": "",
    "ci.t": "t over ties",
    "ci.t_components": "t over independent sets of ties",
    "ci.dyadic_robust": "robust to shared persons",
    "ci.dyadic_jackknife": "leave-one-person-out",
    "ci.vertex_bootstrap": "bootstrap of persons",
    "ci.pair": "clustered on pairs",
    "ci.wilson": "Wilson",
    "ci.permutation": "permutation",
    # statuses
    "s.ok": "ok",
    "s.empty": "empty",
    "s.zero_denominator": "zero denominator",
    "s.not_identified": "not identified",
    "s.too_few_units": "too few units",
    "s.all_censored": "all censored",
    "s.suppressed": "suppressed",
    "why.follow_up": "not reached in the time followed",
    "why.no_donors": "fewer than three archives show it",
    "s.donors": "ok, among donors",
    "s.observed": "ok, for observed ties",
    "status.ok": "The value is defined and stands on enough.",
    "status.empty": "There was nothing of the kind: no message, no turn, no wedge. A count of "
    "nothing is a true 0.",
    "status.zero_denominator": "A share of nothing: no case in which it could have been otherwise.",
    "status.not_identified": "The archives do not show it, whatever one computes. More archives "
    "would, not more statistics.",
    "status.too_few_units": "There are too few independent ties, persons or groups for the value, "
    "or for its interval and p.",
    "status.all_censored": "Nothing happened within the time it was followed; a median does not "
    "exist.",
    "status.suppressed": "It rests on fewer than five persons or groups, or would give back a "
    "value that does.",
    "status.donors": "Computed among the persons who gave an archive: what they say to each other "
    "is observed, what others say is not.",
    "status.observed": "Computed for the ties that an archive shows; silence elsewhere is unknown.",
    # figures
    "fig.latency": "Turns waiting for an answer in {name}, private layer, by kind of group. Lower "
    "is sooner. A curve that stays level at the right is the share that had no answer.",
    "fig.latency.alt": "Curves of the share of private turns still unanswered against hours since "
    "an answer was due, one per kind of group, up to {hours} hours. {values}",
    "fig.latency.value": "{kind}: {share} unanswered at {hours} hours.",
    "fig.share": "Private share of the ties of {name} with at least 20 messages, by kind of group.",
    "fig.share.alt": "Distribution of the private share over ties by kind of group, with a line "
    "at the norm of 80%. {values}",
    "fig.balance": "Balance of the ties of {name} with at least 10 starts, by kind of group; the "
    "diamond is what even ties would show by chance.",
    "fig.balance.alt": "Distribution of the balance of starts over ties by kind of group. {values}",
    "fig.median": "{kind}: median {value} over {n} ties.",
    "fig.closure": "Time to closure in {name}: share of wedges that have closed, by layer. Wedges "
    "that opened in the first 28 days are left out.",
    "fig.closure.alt": "Curves of the share of open wedges that have closed against days since "
    "they opened, by layer. {values}",
    "fig.closure.value": "{layer}: {share} after {days} days.",
    "fig.contacts": "Declared contacts of the persons of {name} with at least {k} of them, and "
    "those they really write with in 30 days.",
    "fig.contacts.alt": "Bars of mean contacts per person: declared, in contact one way at least, "
    "in contact both ways. {values}",
    "fig.contrast": "Differences between kinds of groups ({contrast}); the line at 0 is no "
    "difference.",
    "fig.contrast.alt": "Differences with 95% intervals, one row per outcome. {values}",
    "fig.activity": "Messages of {name} by week and by who could read them.",
    "fig.activity.alt": "Messages per week by visibility, from {first} to {last}.",
    # groups
    "groups.about": "A twinome is three persons with three sustained mutual private ties; a dyad "
    "is such a tie outside any such triangle; a friend network is a person with at least {k} "
    "declared contacts. A tie is sustained when, in a window of at least 84 days, private "
    "messages go both ways in {share} of its {days}-day bins and at least {n} go each way.",
    "groups.caption": "Groups by kind and community",
    "groups.n": "Groups",
    "groups.persons": "Persons",
    "groups.maximal": "with no fourth person tied to all",
    "groups.strict": "with 80/20 on all ties",
    "groups.components": "Sets joined by shared persons",
    "groups.none": "No group was found.",
    "groups.short": "Twinomes and dyads cannot be detected: {reason}",
    "groups.short_reason": "half of the time observed is shorter than 84 days.",
    "groups.failed": "{name}: groups could not be looked for. {reason}",
    # comparison
    "cmp.about": "Differences of tie-level outcomes. Within a person: the same person's ties of "
    "one kind against those of another, one difference per person, averaged over sets of groups "
    "that shared persons join. Between groups: means of groups of similar volume in the same "
    "community. p is given from 10 independent sets on. Primary outcomes are adjusted after Holm, "
    "the others are exploratory (Benjamini–Hochberg).",
    "cmp.within_person": "within persons",
    "cmp.between": "between groups",
    "cmp.caption": "Differences, {contrast}",
    "cmp.numbers": "Estimates, {contrast}",
    "cmp.behind": "What the estimates rest on, {contrast}",
    "cmp.difference": "Difference",
    "cmp.outcome": "Outcome",
    "cmp.estimate": "Estimate",
    "cmp.p": "p (adjusted)",
    "cmp.effect": "Cliff’s δ",
    "cmp.units": "Independent sets",
    "cmp.sets": "Ties",
    "cmp.kept": "Sign kept",
    "cmp.kept_value": "{n} of {all}",
    "cmp.excluded": "Left out",
    "cmp.none": "No contrast could be made: {reason}",
    "cmp.need_two": "groups of two kinds in one community are needed.",
    "cmp.failed": "{contrast}: not possible. {reason}",
    "cmp.communities": "Communities in the comparison: {names}.",
    "cmp.fixed": "Density, transitivity, mutuality and continuity are not compared: they follow "
    "from how the groups were selected.",
    "x.in_both_kinds": "in both kinds",
    "x.undefined": "without a value",
    "x.too_few_events": "too few events",
    "x.stratum_without_contrast": "groups without a counterpart of like volume",
    "x.no_tie_of_the_other_kind": "persons without a tie of the other kind",
    # truth
    "truth.about": "The community was generated, so the answers are known. Planted numbers follow "
    "from the plan; realised ones were counted on the plan’s messages before any archive was "
    "written. A 95% interval misses its target one time in twenty, even when all is right, and "
    "several of these rest on the same ties: here {hit} of {all} intervals hold the planted "
    "number.",
    "truth.none_with_interval": "The community was generated, so the answers are known.",
    "truth.counts": "Counted: planted and found",
    "truth.numbers": "Estimated: planted and found",
    "truth.quantity": "Quantity",
    "truth.planted": "Planted",
    "truth.realised": "Realised",
    "truth.estimate": "Estimate",
    "truth.found": "Found",
    "truth.equal": "Equal",
    "truth.inside": "Planted inside interval",
    "truth.no_interval": "no interval",
    "truth.note": "Estimates of ties are made in the part of the year after detection, realised "
    "numbers over the whole year, so the two differ by chance. Ties with few messages are left "
    "out of means.",
    "t.messages": "messages",
    "t.people": "people who gave an archive",
    "t.visibility": "messages: {kind}",
    "t.contacts": "declared contacts: {kind}",
    "t.twinome": "twinomes",
    "t.dyad": "dyads, bridges included",
    "t.friend_network": "persons with {k} contacts or more",
    "t.private_share": "private share, {kind}",
    "t.rmst": "mean wait in the first 24 h, {layer}, {kind}",
    "t.rate_24h": "answered within 24 h, {layer}, {kind}",
    "t.difference": "{what}: twinome minus dyad, {contrast}",
    "t.closure_hazard": "closures per open wedge and week, all layers",
    # methods
    "meth.about": "Every setting that changes a number in this report.",
    "meth.setting": "Setting",
    "meth.used": "Used here",
    "meth.attribution": "attribution (private groups, replies, mentions, quotes, reactions)",
    "meth.visibility": "visibility",
    "meth.visibility_value": "who could read a message when it was sent; semi-public counts as "
    "public; unknown is left out; private groups are on neither side of the private share",
    "meth.burst": "burst gap β",
    "meth.horizon": "reply horizon H",
    "meth.horizon_value": "{private} private, {public} public",
    "meth.anchor": "latency clock",
    "meth.anchor_value": "from the end of the first burst; raw hours; answers in groups only by "
    "pointer or mention",
    "meth.tau": "restriction of the mean wait τ",
    "meth.chain": "bin of chain continuity g",
    "meth.chain_value": "{days} days, continuity at least {share}, at least {n} messages each way",
    "meth.silence": "silence before a start",
    "meth.window": "detection window",
    "meth.window_value": "first half of coverage; ties are measured in the rest",
    "meth.contacts": "smallest friend network",
    "meth.contacts_value": "{n} declared contacts",
    "meth.least": "smallest tie in means",
    "meth.least_value": "20 messages (private share), 5 turns (latency), 10 starts (balance)",
    "meth.burn_in": "burn-in of closure times",
    "meth.projection": "ties of a network",
    "meth.projection_value": "mutual in private layers and in all together, either way in public",
    "meth.norm": "norm and margin",
    "meth.norm_value": "{norm} ± {margin}, two one-sided tests at 5%",
    "meth.intervals": "intervals",
    "meth.intervals_value": "95%; reciprocity: persons resampled {replicates} times (none above "
    "5,000 persons); means of ties: t, over sets of ties that shared persons join, robust to "
    "shared persons where one set holds more than half; comparisons: inverted permutation test",
    "meth.draws": "permutations",
    "meth.draws_value": "all where at most 10,000 exist, else {draws} random ones; p = (b + 1)/(R "
    "+ 1)",
    "meth.seed": "seed",
    "meth.suppression": "suppression",
    "meth.suppression_value": "data of real persons: what rests on fewer than 5 persons or groups "
    "is not shown, nor what would give it back; no times finer than a day, no persons",
    "meth.sensitivity": "Sensitivity: each difference is computed again under the outcome’s other "
    "defensible definitions (horizon, burst gap, anchor, attribution, visibility); “sign kept” "
    "says in how many its sign stays.",
    "meth.open": "Not corrected for: deletions before the export, what donors took out, accounts "
    "that one person holds without saying so.",
    # versions
    "ver.software": "Software",
    "ver.version": "Version",
    "ver.manifest": "Manifest of {name}",
    "ver.schema": "schema version",
    "ver.generation": "build",
    "ver.key": "id of the pseudonym key",
    "ver.parts": "sources",
    "ver.consent": "consent states (accounts)",
    "ver.nowhere": "in memory, not on disk",
    "consent.donor": "donor",
    "consent.consented": "consented",
    "consent.notified": "notified",
    "consent.none": "none",
}
