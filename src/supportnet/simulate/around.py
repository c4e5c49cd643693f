"""What surrounds the messages: quotes, reposts, likes, reactions and declared contacts."""

from __future__ import annotations

import pandas as pd

from supportnet.simulate.draws import Stream
from supportnet.simulate.events import Event
from supportnet.simulate.people import silent_account
from supportnet.simulate.plan import Person, Plan, PlannedTie
from supportnet.simulate.texts import draw_post

__all__ = ["contacts", "echoes", "likes", "reactions"]

_ECHOES, _LIKES, _REACTIONS, _CONTACTS = 120, 121, 122, 123
_SILENT = 4000  # accounts beyond the community
_KEYS = ("heart", "like", "agree", "funny")


def echoes(plan: Plan, people: list[Person], posts: list[Event]) -> list[Event]:
    """Draw quotes (with words of one's own) and reposts of other donors' earlier posts."""
    found: list[Event] = []
    for i, person in enumerate(people):
        stream = Stream(plan.seed, _ECHOES, i)
        for kind, mean in (("quote", plan.quotes), ("repost", plan.reposts)):
            for _ in range(stream.poisson(mean) if person.donor and posts else 0):
                target = stream.pick(posts)
                t_s = target.t_s + 60 + int(stream.exponential(12 * 3600))
                if target.author == i or t_s >= plan.end_s:
                    continue
                lang, text = draw_post(stream) if kind == "quote" else (target.lang, target.text)
                event = Event(t_s, i, (), "public", "twitter", kind, lang, text)
                event.target = target
                found.append(event)
    return found


def likes(plan: Plan, people: list[Person], events: list[Event]) -> pd.DataFrame:
    """Draw which public messages each donor liked: columns person, event_id (no time is kept)."""
    public = [e for e in events if e.layer == "public" and e.platform == "twitter"]
    public = [e for e in public if e.kind != "repost"]
    rows: list[tuple[str, int]] = []
    for i, person in enumerate(people):
        stream = Stream(plan.seed, _LIKES, i)
        chosen: set[int] = set()
        while person.donor and public and len(chosen) < min(plan.likes, len(public) // 4):
            event = stream.pick(public)
            if event.author != i:
                chosen.add(event.event_id)
        rows += [(person.code, event_id) for event_id in sorted(chosen)]
    return pd.DataFrame(rows, columns=["person", "event_id"])


def reactions(plan: Plan, people: list[Person], events: list[Event]) -> pd.DataFrame:
    """Draw reactions to private messages: columns event_id, actor, kind, t_us.

    One private message in fifty gets one from the other person (Twitter and Telegram only: the
    third messenger leaves reactions out of its exports).
    """
    rows: list[tuple[int, str, str, int]] = []
    stream = Stream(plan.seed, _REACTIONS)
    for event in events:
        if event.layer == "private_1to1" and event.platform in ("twitter", "telegram"):
            if not stream.chance(0.02):
                continue
            t_us = (event.t_s + 5 + int(stream.between(0, 900))) * 1_000_000
            actor = people[event.others[0]].code
            rows.append((event.event_id, actor, stream.pick(_KEYS), t_us))
    return pd.DataFrame(rows, columns=["event_id", "actor", "kind", "t_us"])


def contacts(plan: Plan, people: list[Person], ties: list[PlannedTie]) -> pd.DataFrame:
    """Draw who follows whom.

    Parameters
    ----------
    plan
        Bounds of a hub's contacts.
    people, ties
        Persons with a tie mostly follow each other.

    Returns
    -------
    DataFrame
        One row per donor, account and direction: `owner` (code), `other` (account number),
        `other_code` (empty for accounts beyond the community), `kind` (`follow`, `follower`).
    """
    stream = Stream(plan.seed, _CONTACTS)
    follows: set[tuple[int, int]] = set()
    for tie in ties:
        often = 0.7 if tie.kind == "acquaintance" else 0.97
        for pair in ((tie.first, tie.second), (tie.second, tie.first)):
            if stream.chance(often):
                follows.add(pair)
    rows: list[tuple[str, str, str, str]] = []
    for i, person in enumerate(people):
        if not person.donor:
            continue
        known = {k for k in range(len(people)) if (i, k) in follows or (k, i) in follows}
        for k in sorted(known):
            for pair, kind in (((i, k), "follow"), ((k, i), "follower")):
                if pair in follows:
                    rows.append((person.code, people[k].twitter_id, people[k].code, kind))
        rows += _silent(stream, plan, person, len(known))
    return pd.DataFrame(rows, columns=["owner", "other", "other_code", "kind"])


def _silent(
    stream: Stream, plan: Plan, person: Person, known: int
) -> list[tuple[str, str, str, str]]:
    """Return rows for accounts that never say anything here; hundreds of them for a hub."""
    low, high = plan.hub_contacts
    if person.role == "hub":
        wanted = low + stream.below(high - low + 1) - known
    else:
        wanted = 10 + stream.below(31)
    numbers = stream.shuffled(range(max(_SILENT, high)))[: max(wanted, 0)]
    rows = []
    for number in sorted(numbers):
        u, account = stream.uniform(), silent_account(number)
        if u < 0.85:
            rows.append((person.code, account, "", "follow"))
        if u > 0.2:
            rows.append((person.code, account, "", "follower"))
    return rows
