"""Collections of tweets: what twarc, tweepy and the streams of the Twitter API left behind."""

from __future__ import annotations

from supportnet.formats import Format
from supportnet.importers.twarc.files import PLATFORM, sniff
from supportnet.importers.twarc.reader import read

__all__ = ["FORMAT"]

FORMAT = Format(
    name="twarc",
    title="Collected tweets (Twitter API v1.1 and v2: JSON lines, pages, arrays, twarc's CSV)",
    title_fr="Tweets collectés (API Twitter v1.1 et v2 : lignes JSON, pages, CSV de twarc)",
    sniff=sniff,
    read=read,
    platform=PLATFORM,
    needs=("columns",),
    leaves_out=(
        "A collection holds what its search or stream let through: most answers, everything "
        "private, who liked what, and what was deleted before it was collected are not in it."
    ),
)
