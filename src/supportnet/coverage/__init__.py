"""What was observed, by source, conversation and pair; decides alone what is identified.

The rules (docs/methods.md, "What an archive can show"): private traffic i→j is identified where i
or j gave a private source, where the conversation of the two was exported, or where one source
covers the whole community; public traffic i→j where i gave the public side of an archive, or one
source covers the whole community. What is not identified is not computed.
"""

from supportnet.coverage.copies import copy_agreement
from supportnet.coverage.directions import cover_directions
from supportnet.coverage.records import Span, coverage_flags, span
from supportnet.coverage.scope import Scope, identifiability, network_scope

__all__ = [
    "Scope",
    "Span",
    "copy_agreement",
    "cover_directions",
    "coverage_flags",
    "identifiability",
    "network_scope",
    "span",
]
