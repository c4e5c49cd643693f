"""Bluesky: the repository file (`repo.car`), the chat export (`.jsonl`), record pages as JSON."""

from __future__ import annotations

from supportnet.formats import Format
from supportnet.importers.bluesky.files import PLATFORM, root_of, sniff
from supportnet.importers.bluesky.reader import find_owner, read

__all__ = ["FORMAT"]

FORMAT = Format(
    name="bluesky",
    title="Bluesky (repository .car file, chat export .jsonl, pages of records as JSON)",
    title_fr="Bluesky (dépôt en fichier .car, export des discussions .jsonl, pages JSON)",
    sniff=sniff,
    read=read,
    platform=PLATFORM,
    root=root_of,
    owner=find_owner,
    needs=("owner",),
    leaves_out=(
        "A repository holds its owner's records alone: answers, likes and follows by others are "
        "not in it, nor are deleted posts; direct messages are in the separate chat export."
    ),
)
