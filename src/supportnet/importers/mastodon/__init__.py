"""Mastodon account archives (`.tar.gz` until 4.1, `.zip` since), saved outboxes, follow lists."""

from __future__ import annotations

from supportnet.formats import Format
from supportnet.importers.mastodon.files import PLATFORM, root_of, sniff
from supportnet.importers.mastodon.reader import find_owner, read

__all__ = ["FORMAT"]

FORMAT = Format(
    name="mastodon",
    title="Mastodon account archive (zip or tar.gz), saved outbox, follow lists as CSV",
    title_fr="Archive d’un compte Mastodon (zip ou tar.gz), boîte d’envoi, abonnements en CSV",
    sniff=sniff,
    read=read,
    platform=PLATFORM,
    root=root_of,
    owner=find_owner,
    needs=("owner",),
    leaves_out=(
        "A Mastodon archive holds its owner's posts alone: no answers, no received private "
        "messages, no likes by others; followers and follows come in separate lists."
    ),
)
