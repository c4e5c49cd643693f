"""Put a community together: from a plan to tables of everything that happened."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from supportnet.simulate import around, traffic
from supportnet.simulate.background import Formation, form_ties
from supportnet.simulate.events import Chat, Event, plan_chats
from supportnet.simulate.people import make_people, planted_ties
from supportnet.simulate.plan import EXAMPLE, Person, Plan, PlannedTie

__all__ = ["Simulated", "assembled", "community"]


@dataclass(frozen=True, slots=True)
class Simulated:
    """A planted community: what happened, before any platform wrote it down.

    Attributes
    ----------
    plan
        The numbers it was made from.
    events
        One row per message, post, quote and repost, in order of time: `event_id`, `t_us` (UTC),
        `author` and `others` (codes; space between several, empty for nobody in particular),
        `layer` (private_1to1, private_group, public), `platform`, `kind` (message, mention, reply,
        post, quote, repost), `conversation`, `reply_to` and `target` (event_id, nullable), `tie`,
        `session`, `turn`, `burst` (-1 outside ties), `lang`, `text`.
    people
        One row per person: fields of :class:`~supportnet.simulate.plan.Person`.
    ties
        One row per tie: `tie` (as in events), `kind`, `first`, `second` (codes), `group`, `bridge`,
        `formed_by`, `week`.
    contacts
        Declared contacts of donors: `owner`, `other` (account), `other_code`, `kind`.
    reactions, likes
        `event_id`, `actor`, `kind`, `t_us`; and `person`, `event_id`.
    chats
        Chats outside direct messages on the main platform.
    formation
        How background ties came about.
    """

    plan: Plan
    events: pd.DataFrame
    people: pd.DataFrame
    ties: pd.DataFrame
    contacts: pd.DataFrame
    reactions: pd.DataFrame
    likes: pd.DataFrame
    chats: tuple[Chat, ...]
    formation: Formation


def community(plan: Plan = EXAMPLE) -> Simulated:
    """Make a planted community.

    Parameters
    ----------
    plan
        What to plant.

    Returns
    -------
    Simulated
        Its events, people, ties and declared contacts.

    Examples
    --------
    >>> small = Plan(people=12, twinomes=1, dyads=1, bridges=0, hubs=1, channels=1,
    ...              whatsapp_ties=0, telegram_ties=0, initial_ties=4)
    >>> made = community(small)
    >>> made.ties["kind"].value_counts()[["twinome", "dyad"]].to_dict()
    {'twinome': 3, 'dyad': 1}
    >>> bool((made.events["t_us"].diff().dropna() >= 0).all())
    True
    """
    people = make_people(plan)
    planted = planted_ties(plan, people)
    formation = form_ties(plan, people, planted)
    ties = planted + formation.ties
    chats = plan_chats(plan, people, planted)
    posts = traffic.posts(plan, people)
    threads = traffic.board_threads(plan, people)
    spoken = [
        *posts,
        *threads,
        *traffic.tie_events(plan, people, ties, chats, wall=(posts, threads)),
        *traffic.channel_talk(plan, chats),
        *around.echoes(plan, people, posts),
    ]
    return assembled(plan, people, formation, ties, chats=chats, spoken=spoken)


def assembled(
    plan: Plan,
    people: list[Person],
    formation: Formation,
    ties: list[PlannedTie],
    *,
    chats: list[Chat],
    spoken: list[Event],
) -> Simulated:
    """Return the tables of a community whose people, ties and events are decided.

    Parameters
    ----------
    plan, people, formation, ties, chats
        What was planted and who there is.
    spoken
        Everything said, in any order; the events are numbered here.

    Returns
    -------
    Simulated
        The tables, with what surrounds the messages drawn last.
    """
    events = _numbered(spoken)
    return Simulated(
        plan=plan,
        events=_event_table(people, events),
        people=pd.DataFrame([_person_row(p) for p in people]),
        ties=pd.DataFrame([_tie_row(people, t) for t in ties]),
        contacts=around.contacts(plan, people, ties),
        reactions=around.reactions(plan, people, events),
        likes=around.likes(plan, people, events),
        chats=tuple(chats),
        formation=formation,
    )


def _numbered(spoken: list[Event]) -> list[Event]:
    """Order events by time (stable) and number them; name public threads by their root."""
    events = sorted(spoken, key=lambda e: e.t_s)
    for event_id, event in enumerate(events):
        event.event_id = event_id
        if not event.conversation:
            parent = event.reply_to
            own = f"{event.platform}:thread-{event_id}"
            event.conversation = parent.conversation if parent else own
    return events


def _event_table(people: list[Person], events: list[Event]) -> pd.DataFrame:
    """Return the events as a table with codes for persons."""
    code = [p.code for p in people]
    table = pd.DataFrame(
        {
            "event_id": [e.event_id for e in events],
            "t_us": [e.t_s * 1_000_000 for e in events],
            "author": [code[e.author] for e in events],
            "others": [" ".join(code[o] for o in e.others) for e in events],
            **{
                name: [getattr(e, name) for e in events]
                for name in ("layer", "platform", "kind", "conversation")
            },
            **{
                name: pd.array(
                    [None if at is None else at.event_id for at in found],
                    dtype="Int64",
                )
                for name, found in (
                    ("reply_to", [e.reply_to for e in events]),
                    ("target", [e.target for e in events]),
                )
            },
            **{
                name: [getattr(e, name) for e in events]
                for name in ("tie", "session", "turn", "burst", "lang", "text")
            },
        }
    )
    return table


def _person_row(person: Person) -> dict[str, object]:
    """Return a person as a row."""
    return {name: getattr(person, name) for name in Person.__slots__}


def _tie_row(people: list[Person], tie: PlannedTie) -> dict[str, object]:
    """Return a tie as a row with codes."""
    row: dict[str, object] = {"tie": tie.index, "kind": tie.kind}
    row |= {"first": people[tie.first].code, "second": people[tie.second].code}
    return row | {name: getattr(tie, name) for name in ("group", "bridge", "formed_by", "week")}
