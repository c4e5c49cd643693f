"""Twitter / X archives, 2012 to now: the zip a user downloads, its folder, or a file of it."""

from __future__ import annotations

from supportnet.formats import Format
from supportnet.importers.twitter.account import find_owner
from supportnet.importers.twitter.files import PLATFORM, root_of, sniff
from supportnet.importers.twitter.reader import read
from supportnet.importers.twitter.volumes import belongs

__all__ = ["FORMAT"]

FORMAT = Format(
    name="twitter",
    title="Twitter / X archive (zip or folder; tweets, direct messages, likes; 2012 to now)",
    title_fr="Archive Twitter / X (zip ou dossier ; tweets, messages privés ; 2012 à aujourd’hui)",
    sniff=sniff,
    read=read,
    platform=PLATFORM,
    root=root_of,
    owner=find_owner,
    belongs=belongs,
    needs=("owner",),
    leaves_out=(
        "What others posted to the owner in public, who liked the owner's posts, and direct "
        "messages sent in encrypted chat are not in a Twitter archive."
    ),
)
