"""What is given and what comes back: reciprocity, balance, who starts, who gives first."""

from supportnet.measures.exchange.balance import initiation_balance, tie_balance
from supportnet.measures.exchange.counting import dyad_census
from supportnet.measures.exchange.giving import give_first
from supportnet.measures.exchange.reciprocity import reciprocity
from supportnet.measures.exchange.returning import time_to_reciprocate
from supportnet.measures.exchange.sensitivity import reciprocity_sensitivity

__all__ = [
    "dyad_census",
    "give_first",
    "initiation_balance",
    "reciprocity",
    "reciprocity_sensitivity",
    "tie_balance",
    "time_to_reciprocate",
]
