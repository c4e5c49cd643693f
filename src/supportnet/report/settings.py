"""Every setting that changes a number in the report, used and printed from one place."""

from __future__ import annotations

from dataclasses import dataclass, field

from supportnet.groups import Rules
from supportnet.interactions import Attribution

__all__ = ["Settings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one report; what is printed in the methods section is what was used.

    Attributes
    ----------
    min_contacts
        Smallest friend network, declared contacts.
    seed
        Seed of every random step.
    replicates, draws
        Resampled networks; random permutations where listing all would be too many.
    horizon_private, horizon_public, burst, tau
        Turns: longest wait, burst gap, restriction of the mean wait.
    silence
        Silence that ends a session.
    burn_in, closure_tau
        Closure times: wedges left out at the start; when the probability is read.
    norm, margin
        The norm of the private share and the margin of equivalence.
    least_messages, least_turns, least_starts
        Ties with fewer are left out of means.
    attribution, rules
        Who addressed whom; when a tie is sustained.
    """

    min_contacts: int = 500
    seed: int = 1
    replicates: int = 2000
    draws: int = 9999
    horizon_private: str = "72h"
    horizon_public: str = "168h"
    burst: str = "10min"
    tau: str = "24h"
    silence: str = "8h"
    burn_in: str = "28D"
    closure_tau: str = "28D"
    norm: float = 0.80
    margin: float = 0.10
    least_messages: int = 20
    least_turns: int = 5
    least_starts: int = 10
    attribution: Attribution = field(default_factory=Attribution)
    rules: Rules = field(default_factory=Rules)

    def horizon(self, layer: str) -> str:
        """Return the longest wait of a layer."""
        return self.horizon_private if layer == "private" else self.horizon_public
