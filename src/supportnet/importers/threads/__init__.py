"""Threads: the folder `threads` of an Instagram export."""

from __future__ import annotations

from supportnet.formats import Format
from supportnet.importers.threads.files import PLATFORM, root_of, sniff
from supportnet.importers.threads.reader import owner_of, read

__all__ = ["FORMAT"]

FORMAT = Format(
    name="threads",
    title="Threads: the part of an Instagram export that holds its posts (JSON)",
    title_fr="Threads : la partie d’un export Instagram qui contient ses publications (JSON)",
    sniff=sniff,
    read=read,
    platform=PLATFORM,
    root=root_of,
    owner=owner_of,
    needs=("owner",),
    leaves_out=(
        "What others wrote, whom a reply answers, reposts, direct messages, and the ids of posts."
    ),
)
