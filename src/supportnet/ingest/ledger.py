"""Small numbers for what one source names: its accounts and its conversations, as first met."""

from __future__ import annotations

from collections.abc import Iterator

from supportnet.records import Conversation, Identity, PublicThreads

__all__ = ["Ledger"]


class Ledger:
    """Number accounts and conversations and remember from when to when each was heard of.

    Attributes
    ----------
    accounts
        Account → its number, in order of numbers.
    """

    def __init__(self) -> None:
        self.accounts: dict[Identity, int] = {}
        self._numbers: dict[int, int] = {}
        # Kept, so that id() of a conversation stays valid and unique.
        self._held: dict[int, Conversation | PublicThreads] = {}
        self._next = 0
        self._spans: dict[int, tuple[int, int]] = {}

    def account(self, identity: Identity | None) -> int | None:
        """Return the number of an account; None for nobody."""
        return None if identity is None else self.number(identity)

    def number(self, identity: Identity) -> int:
        """Return the number of an account."""
        number = self.accounts.get(identity)
        if number is None:
            number = self.accounts[identity] = len(self.accounts)
        return number

    def conversation(self, talk: Conversation | PublicThreads) -> int:
        """Return the number of a conversation, or that of the first of many threads."""
        number = self._numbers.get(id(talk))
        if number is None:
            number = self._numbers[id(talk)] = self._next
            self._held[number] = talk
            self._next += len(talk.keys) if isinstance(talk, PublicThreads) else 1
        return number

    def conversations(self) -> Iterator[tuple[int, Conversation]]:
        """Yield number and conversation, those of public threads left out."""
        for number, talk in self._held.items():
            if isinstance(talk, Conversation):
                yield number, talk

    def threads(self) -> Iterator[tuple[int, PublicThreads]]:
        """Yield public threads with the number of their first."""
        for number, talk in self._held.items():
            if isinstance(talk, PublicThreads):
                yield number, talk

    def stretch(self, conv: int, first: int, last: int) -> None:
        """Let the span of a conversation reach over two times, µs."""
        span = self._spans.get(conv)
        if span is None:
            self._spans[conv] = (first, last)
        elif first < span[0] or last > span[1]:
            self._spans[conv] = (min(first, span[0]), max(last, span[1]))

    def span(self, conv: int | None) -> tuple[int, int] | None:
        """Return first and last time in a conversation, or in all of them; None without any."""
        if conv is not None:
            return self._spans.get(conv)
        spans = self._spans.values()
        if not spans:
            return None
        return min(span[0] for span in spans), max(span[1] for span in spans)
