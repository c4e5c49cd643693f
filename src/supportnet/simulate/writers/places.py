"""Where people live on the newer platforms: their ids, handles and addresses.

All are outside what platforms hand out: the letters of a real `did:plc` never include 0 and 1, and
names that end in `.example` belong to nobody.
"""

from __future__ import annotations

from supportnet.simulate.writers.book import Account

__all__ = ["did", "fedi_address", "fedi_host", "fedi_name", "new_account", "sky_handle"]

_HOSTS = ("river.example", "town.example")


def did(person: Account) -> str:
    """Return the lasting id of a person on Bluesky."""
    return f"did:plc:example0{person.code.lower():0>16}"


def sky_handle(person: Account) -> str:
    """Return the handle of a person on Bluesky."""
    return f"{person.handle.replace('_', '-')}.example"


def fedi_host(person: Account) -> str:
    """Return the Mastodon server a person lives on."""
    return _HOSTS[int(person.code[1:]) % len(_HOSTS)]


def fedi_name(person: Account) -> str:
    """Return the full name of a person on Mastodon, `@name@server`."""
    return f"@{person.handle}@{fedi_host(person)}"


def fedi_address(person: Account) -> str:
    """Return the address that stands for a person on Mastodon."""
    return f"https://{fedi_host(person)}/users/{person.handle}"


def new_account(platform: str, person: Account) -> str:
    """Return the identifier of a person's account on one of these platforms."""
    return did(person) if platform == "bluesky" else fedi_name(person)
