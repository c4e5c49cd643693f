"""Which accounts belong to one person, and what each person agreed to."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from supportnet.simulate.writers.book import Book
from supportnet.simulate.writers.places import new_account
from supportnet.simulate.writers.table import BOARD_PLATFORM

__all__ = ["write_aliases", "write_consent"]

_STATES = ("consented", "notified", "none")


def _accounts(book: Book) -> dict[str, list[tuple[str, str, str]]]:
    """Return (platform, identifier, owner) of every account, by person."""
    found: dict[str, list[tuple[str, str, str]]] = {
        p.code: [("twitter", p.twitter_id, "")] for p in book.people.values()
    }
    for row in book.rows:
        if row.platform == "board":
            for code in filter(None, (row.author, row.other)):
                _add(found[code], (BOARD_PLATFORM, book.people[code].board_name, ""))
        elif row.platform in ("bluesky", "mastodon"):
            account = new_account(row.platform, book.people[row.author])
            _add(found[row.author], (row.platform, account, ""))
    for chat in book.made.chats:
        for person in book.members(chat) if chat.platform != "twitter" else ():
            if chat.platform == "telegram":
                _add(found[person.code], ("telegram", f"user{person.telegram_id}", ""))
            else:
                owner = book.owner(chat)
                name = book.phone_name(owner, person)
                _add(found[person.code], ("whatsapp", name, owner.name))
    return found


def _add(accounts: list[tuple[str, str, str]], account: tuple[str, str, str]) -> None:
    """Add an account once."""
    if account not in accounts:
        accounts.append(account)


def _on_twitter(book: Book) -> set[str]:
    """Return who can be met in a Twitter archive; everybody else has an account there in vain."""
    rows = [row for row in book.rows if row.platform == "twitter"]
    named = {code for row in rows for code in (row.author, row.other)}
    return named | set(book.made.contacts["other_code"])


def write_aliases(book: Book) -> str:
    """Return the alias file: persons with more than one account in the archives.

    Parameters
    ----------
    book
        The community.

    Returns
    -------
    str
        Columns `person` (any label that groups rows), `platform`, `identifier`, `owner` (whose
        phone book the name stands in; empty elsewhere).
    """
    rows = []
    on_twitter = _on_twitter(book)
    for code, accounts in _accounts(book).items():
        met = [a for a in accounts if a[0] != "twitter" or code in on_twitter]
        if len(met) > 1:
            rows += [(code, *account) for account in met]
    return _csv(["person", "platform", "identifier", "owner"], rows)


def write_consent(book: Book) -> str:
    """Return the consent file: one row per account.

    Donors are `donor`; the others are `consented`, `notified` and `none` in turn.
    """
    rows = []
    n_others = 0
    found = _accounts(book)
    for person in book.people.values():
        state = "donor"
        if not person.donor:
            state = _STATES[n_others % len(_STATES)]
            n_others += 1
        rows += [(person.code, *account, state) for account in found[person.code]]
    return _csv(["person", "platform", "identifier", "owner", "state"], rows)


def _csv(header: list[str], rows: Iterable[tuple[str, ...]]) -> str:
    """Return rows as comma-separated text."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return buffer.getvalue()
