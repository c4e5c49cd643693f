"""Facebook and Messenger: "download your information" of every layout, and encrypted chats."""

from __future__ import annotations

from supportnet.formats import Format
from supportnet.importers.facebook.files import PLATFORM, root_of, sniff
from supportnet.importers.facebook.owner import belongs, owner_of
from supportnet.importers.facebook.reader import read

__all__ = ["FORMAT"]

FORMAT = Format(
    name="facebook",
    title="Facebook and Messenger: download of your information (JSON; HTML if need be)",
    title_fr="Facebook et Messenger : téléchargement de vos informations (JSON ; à défaut HTML)",
    sniff=sniff,
    read=read,
    platform=PLATFORM,
    root=root_of,
    owner=owner_of,
    belongs=belongs,
    needs=("timezone", "owner"),
    leaves_out=(
        "What others wrote in public, who could read the timeline's posts, ids of messages and "
        "persons, which message an answer is for, and encrypted chats from the day they moved."
    ),
)
