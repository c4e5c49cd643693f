"""Instagram: the JSON export of every layout since 2018."""

from __future__ import annotations

from supportnet.formats import Format
from supportnet.importers.instagram.files import PLATFORM, root_of, sniff
from supportnet.importers.instagram.owner import belongs, owner_of
from supportnet.importers.instagram.reader import read

__all__ = ["FORMAT"]

FORMAT = Format(
    name="instagram",
    title="Instagram: download of your information (JSON)",
    title_fr="Instagram : téléchargement de vos informations (JSON)",
    sniff=sniff,
    read=read,
    platform=PLATFORM,
    root=root_of,
    owner=owner_of,
    belongs=belongs,
    needs=("owner",),
    leaves_out=(
        "What others wrote in public, who could read comments and stories, user names behind the "
        "display names of messages, which message an answer is for, and vanished messages."
    ),
)
