"""LinkedIn data exports: the zip a member downloads, its folder, or single CSV files of it."""

from __future__ import annotations

from supportnet.formats import Format
from supportnet.importers.linkedin.files import PLATFORM, root_of, sniff
from supportnet.importers.linkedin.reader import read

__all__ = ["FORMAT"]

FORMAT = Format(
    name="linkedin",
    title="LinkedIn data export (zip, folder or its CSV files)",
    title_fr="Export des données LinkedIn (zip, dossier ou ses fichiers CSV)",
    sniff=sniff,
    read=read,
    platform=PLATFORM,
    root=root_of,
    needs=("owner", "timezone", "columns"),
    leaves_out=(
        "A LinkedIn export does not say whose posts the owner commented on or liked, holds "
        "nothing that others did in public, and leaves out deleted conversations."
    ),
)
