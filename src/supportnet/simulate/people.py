"""Who there is: invented persons with invented accounts, and the ties planted among them.

Identifiers lie outside the ranges that platforms have handed out: nineteen-digit account numbers
that begin with 9, handles that begin with `ex_`, messenger numbers of eleven digits.
"""

from __future__ import annotations

from typing import Literal

from supportnet.simulate.draws import Stream
from supportnet.simulate.kinds import TieKind
from supportnet.simulate.plan import Person, Plan, PlannedTie

__all__ = ["make_people", "planted_ties", "silent_account"]

_STREAM = 101
_FIRST = ("Ba", "Ço", "Da", "Fé", "Ga", "Jo", "Ka", "Li", "Ma", "Né", "Or", "Pa", "Ri", "So", "Tu")
_MIDDLE = ("l", "m", "n", "r", "v", "z", "st", "nd", "lï", "mé")
_LAST = ("a", "o", "in", "el", "ou", "is", "eva", "ane")
_PLAIN = str.maketrans("ÇçéèïéÉ", "Cceeiee")


def make_people(plan: Plan) -> list[Person]:
    """Invent the people of a plan, in the order of their groups.

    Parameters
    ----------
    plan
        Numbers of people and of groups.

    Returns
    -------
    list of Person
        Members of twinomes first, then of dyads, hubs, and others (who give no archive).
    """
    stream = Stream(plan.seed, _STREAM)
    names: list[str] = []
    while len(names) < plan.people:
        name = stream.pick(_FIRST) + stream.pick(_MIDDLE) + stream.pick(_LAST)
        if name not in names and name.translate(_PLAIN) not in names:
            names.append(name)
    people = []
    for i, name in enumerate(names):
        role, group = _place(plan, i)
        plain = name.translate(_PLAIN).lower()
        people.append(
            Person(
                code=f"P{i + 1:03d}",
                name=f"{name} {chr(65 + stream.below(26))}.",
                handle=f"ex_{plain}_{i + 1:03d}",
                twitter_id=str(9_000_000_000_000_000_000 + 7919 * (i + 1)),
                board_name=f"{plain}.{i + 1}",
                telegram_id=str(55_500_000_000 + 31 * (i + 1)),
                role=role,
                group=group,
                donor=role != "other",
            )
        )
    return people


def _place(plan: Plan, i: int) -> tuple[Literal["twinome", "dyad", "hub", "other"], int]:
    """Return role and group of the i-th person."""
    if i < 3 * plan.twinomes:
        return "twinome", i // 3
    i -= 3 * plan.twinomes
    if i < 2 * plan.dyads:
        return "dyad", i // 2
    i -= 2 * plan.dyads
    if i < plan.hubs:
        return "hub", i
    return "other", -1


def silent_account(number: int) -> str:
    """Return the account number of somebody who is only ever followed or following."""
    return str(9_100_000_000_000_000_000 + 104_729 * number)


def planted_ties(plan: Plan, people: list[Person]) -> list[PlannedTie]:
    """List the planted ties: twinomes' sides, dyads, bridges, and what hubs really talk with.

    Parameters
    ----------
    plan
        Numbers of groups.
    people
        As made by :func:`make_people`.

    Returns
    -------
    list of PlannedTie
        In a fixed order; `index` is the position.
    """
    found: list[PlannedTie] = []

    def add(
        first: int, second: int, kind: TieKind, *, group: int = -1, bridge: bool = False
    ) -> None:
        low, high = sorted((first, second))
        found.append(PlannedTie(len(found), low, high, kind, group=group, bridge=bridge))

    for g in range(plan.twinomes):
        a = 3 * g
        for first, second in ((a, a + 1), (a, a + 2), (a + 1, a + 2)):
            add(first, second, "twinome", group=g)
    base = 3 * plan.twinomes
    for g in range(plan.dyads):
        add(base + 2 * g, base + 2 * g + 1, "dyad", group=g)
    for g in range(plan.bridges):
        add(3 * g, base + 2 * g, "dyad", bridge=True)
    stream = Stream(plan.seed, _STREAM, 1)
    hubs = [i for i, p in enumerate(people) if p.role == "hub"]
    inside = stream.shuffled([i for i, p in enumerate(people) if p.role in ("twinome", "dyad")])
    others = stream.shuffled([i for i, p in enumerate(people) if p.role == "other"])
    half = plan.hub_alters // 2
    for h, hub in enumerate(hubs):
        near = others[h * half : (h + 1) * half]
        missing = plan.hub_alters - len(near)
        for alter in [*near, *inside[h * plan.hub_alters :][:missing]]:
            add(hub, alter, "hub", group=h)
    return found
