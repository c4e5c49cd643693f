"""What an archive could have shown: the owner's public side, and both sides of private talk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from supportnet.importers.twitter.account import Account
from supportnet.importers.twitter.clock import MILLISECOND
from supportnet.records import DAY, SECOND, Conversation, Identity, RawCoverage

__all__ = ["Span", "coverage_records", "private_end"]

# Encrypted chat took over direct messages from the end of 2025 on; what is said there is not
# exported. Before 1 October 2025 (UTC) nothing can be missing for that reason.
_ENCRYPTED_FROM_US: Final = 1_759_276_800 * SECOND
# A silence of direct messages that long before the end of the archive is not taken for silence.
_SILENCE_US: Final = 60 * DAY


@dataclass(frozen=True, slots=True)
class Span:
    """First and last time in one layer of an archive, µs since 1970 UTC; None when it is empty."""

    first_us: int | None = None
    last_us: int | None = None


def private_end(account: Account, posts: Span, directs: Span) -> int | None:
    """Return when direct messages stopped being exported (µs), or None when they did not.

    Notes
    -----
    The end is the last direct message (not before 1 October 2025), when the archive goes on for
    60 days or more after it.

    Examples
    --------
    >>> from supportnet.importers.twitter.account import Account
    >>> late = 1_780_000_000 * 1_000_000
    >>> private_end(Account(), Span(late, late), Span(1, 1_765_000_000 * 1_000_000))
    1765000000000000
    >>> private_end(Account(), Span(1, 1_700_000_000 * 1_000_000), Span(1, 1)) is None
    True
    """
    end = max(posts.last_us or 0, account.written_us or 0)
    last = max(directs.last_us or 0, _ENCRYPTED_FROM_US)
    return last if end - last >= _SILENCE_US else None


def coverage_records(
    account: Account,
    owner: Identity | None,
    public: frozenset[str],
    private: frozenset[str],
    posts: Span,
    directs: Span,
    conversations: list[Conversation],
) -> Iterator[RawCoverage]:
    """Yield what the archive covers: one record for the public layer, one for the private.

    Parameters
    ----------
    account
        When the account was opened and the archive made, where stated.
    owner
        The owner; without one each conversation is covered by itself.
    public, private
        Coverage flags of the two layers.
    posts, directs
        Times met in them.
    conversations
        The private conversations.

    Yields
    ------
    RawCoverage
        At least one.
    """
    if owner is None:
        for conversation in conversations:
            yield RawCoverage(
                None,
                private & {"private_in", "private_out"},
                conversation,
                resolution_us=MILLISECOND,
            )
        if not conversations:
            yield RawCoverage(None, frozenset())
        return
    firsts = [t for t in (posts.first_us, directs.first_us) if t is not None]
    lasts = [t for t in (posts.last_us, directs.last_us) if t is not None]
    start, end = account.created_us, account.written_us
    # A stated bound that the records themselves contradict is no bound.
    start = None if start is not None and start > min(firsts, default=start) else start
    end = None if end is not None and end < max(lasts, default=end) else end
    if public or not private:
        yield RawCoverage(owner, public, None, start, end, end is not None, SECOND)
    if private:
        cut = private_end(account, posts, directs)
        last, stated = (cut, False) if cut is not None else (end, end is not None)
        yield RawCoverage(owner, private, None, start, last, stated, MILLISECOND)
