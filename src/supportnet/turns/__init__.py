"""Bursts, turns, openings and replies of a pair.

In a pair, messages of one author at most a burst gap apart form a burst; bursts of one author in a
row form a turn. A message after a silence longer than the horizon is an opening and always begins a
new turn. A turn is due an answer from the end of its *first* burst; a message of the other person
within the horizon of that moment answers it, else it is censored at the horizon or at the end of
coverage. Unanswered turns are kept: they are what naive measures lose.

=========  ========================================================
`rules`    durations, horizons and the other definitions
`pairs`    the messages of a layer by pair, with coverage and pointers
`form`     turns, what answered them, and how long it took
`active`   the same waits counted in the responder's active hours
`by_unit`  which rows belong to which unit of a level
`summary`  survival summaries of units as a long table
=========  ========================================================

Turns are formed by one compiled pass over messages grouped by counting: seven times as fast as
ordered windows, which sort anew for each column they add.
"""

from supportnet.turns.active import active_hours, active_latency, activity_profile
from supportnet.turns.by_unit import Units, find_pairs, groups_of, silent_status, units_of
from supportnet.turns.form import Turns, form_turns, turns
from supportnet.turns.pairs import PairMessages, cover_pairs, cover_people, pair_messages
from supportnet.turns.rules import HORIZONS, HOUR_US, TurnRules, parse_duration_us
from supportnet.turns.summary import SUMMARIES, long_summaries, summary_of, survival_by_unit

__all__ = [
    "HORIZONS",
    "HOUR_US",
    "SUMMARIES",
    "PairMessages",
    "TurnRules",
    "Turns",
    "Units",
    "active_hours",
    "active_latency",
    "activity_profile",
    "cover_pairs",
    "cover_people",
    "find_pairs",
    "form_turns",
    "groups_of",
    "long_summaries",
    "pair_messages",
    "parse_duration_us",
    "silent_status",
    "summary_of",
    "survival_by_unit",
    "turns",
    "units_of",
]
