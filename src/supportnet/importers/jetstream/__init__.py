"""Jetstream: the stream of everything that happens on Bluesky, one JSON event per line."""

from __future__ import annotations

from supportnet.formats import Format
from supportnet.importers.jetstream.files import PLATFORM, sniff
from supportnet.importers.jetstream.reader import read

__all__ = ["FORMAT"]

FORMAT = Format(
    name="jetstream",
    title="Bluesky Jetstream (recorded stream of events, JSON lines)",
    title_fr="Bluesky Jetstream (flux d’événements enregistré, lignes JSON)",
    sniff=sniff,
    read=read,
    platform=PLATFORM,
    needs=("columns",),
    leaves_out=(
        "A recorded stream holds what happened while it ran: earlier posts, earlier follows and "
        "all private chats are not in it."
    ),
)
