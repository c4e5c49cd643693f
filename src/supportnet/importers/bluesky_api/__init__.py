"""Pages that tools save from Bluesky's interface: feeds of an author, threads, single posts."""

from __future__ import annotations

from supportnet.formats import Format
from supportnet.importers.bluesky_api.files import PLATFORM, sniff
from supportnet.importers.bluesky_api.reader import read

__all__ = ["FORMAT"]

FORMAT = Format(
    name="bluesky_api",
    title="Bluesky pages saved by tools (author feeds, threads, posts; JSON or JSON lines)",
    title_fr="Pages de Bluesky sauvées par des outils (fils, publications ; JSON ou lignes JSON)",
    sniff=sniff,
    read=read,
    platform=PLATFORM,
    needs=("columns",),
    leaves_out=(
        "Saved pages hold the feeds and threads somebody asked for: other answers, who liked "
        "what, deleted posts and all private chats are not in them."
    ),
)
