"""Figures: functions that take a tidy table first and return the axes they drew on.

Every function takes `ax=None` and `language="en"|"fr"`. No figure draws a point per person or a
graph of persons; the tables they take are counted in bins (:mod:`supportnet.plots.data`).
"""

from supportnet.plots.bars import plot_contacts, plot_contrast
from supportnet.plots.curves import plot_activity, plot_closure, plot_reply_latency
from supportnet.plots.data import latency_curves, ties_by_kind, weekly_activity
from supportnet.plots.shapes import plot_balance, plot_private_share
from supportnet.plots.words import LANGUAGES, WORDS

__all__ = [
    "LANGUAGES",
    "WORDS",
    "latency_curves",
    "plot_activity",
    "plot_balance",
    "plot_closure",
    "plot_contacts",
    "plot_contrast",
    "plot_private_share",
    "plot_reply_latency",
    "ties_by_kind",
    "weekly_activity",
]
