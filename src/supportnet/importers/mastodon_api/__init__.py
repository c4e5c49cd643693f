"""What tools save from Mastodon's interface: posts, threads, notifications, mastodon-archive."""

from __future__ import annotations

from supportnet.formats import Format
from supportnet.importers.mastodon_api.files import PLATFORM, sniff
from supportnet.importers.mastodon_api.reader import read

__all__ = ["FORMAT"]

FORMAT = Format(
    name="mastodon_api",
    title="Mastodon posts saved by tools (statuses, threads, notifications, mastodon-archive)",
    title_fr="Publications Mastodon sauvées par des outils (fils, notifications, mastodon-archive)",
    sniff=sniff,
    read=read,
    platform=PLATFORM,
    needs=("columns", "owner"),
    leaves_out=(
        "Saved answers of a server hold what somebody asked it for: other answers, private "
        "mentions without a kept notification and deleted posts are not in them."
    ),
)
