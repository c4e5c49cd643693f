"""WhatsApp: one exported chat, as a text file or as a zip with its media (Android and iOS)."""

from __future__ import annotations

from supportnet.formats import Format
from supportnet.importers.whatsapp.reader import read, sniff

__all__ = ["FORMAT"]

FORMAT = Format(
    name="whatsapp",
    title="WhatsApp chat export (txt, or zip with media)",
    title_fr="Export d’une discussion WhatsApp (txt, ou zip avec les médias)",
    sniff=sniff,
    read=read,
    platform="whatsapp",
    root=str,
    needs=("timezone", "date_order"),
    leaves_out=(
        "The export leaves out reactions, pointers from a reply to its message, read receipts, "
        "the list of members, seconds on most Android phones, and what lies beyond the newest "
        "40,000 messages or so."
    ),
)
