"""Find out which files belong together and which format reads them."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable

from supportnet.archive import Archive, Member
from supportnet.errors import InputError
from supportnet.formats import Export, Format, Options
from supportnet.importers import all_formats, get_format
from supportnet.ingest.jobs import Job, unrecognised
from supportnet.ingest.volumes import merge_volumes
from supportnet.parsing.text import natural_key

__all__ = ["Job", "collect"]

_MEDIA = tuple(
    f".{ending}"
    for ending in (
        *("jpg", "jpeg", "png", "gif", "webp", "heic", "bmp", "tif", "tiff", "svg"),
        *("mp4", "mov", "webm", "avi", "mkv", "3gp", "m4v", "srt"),
        *("mp3", "m4a", "aac", "wav", "ogg", "opus", "amr"),
    )
)


def collect(
    archives: list[Archive],
    options: Options,
    format_name: str | None,
    refused: list[InputError] | None = None,
) -> list[Job]:
    """Group the files of one import call into sources.

    Parameters
    ----------
    archives
        What the door opened.
    options
        What the researcher declared.
    format_name
        The format to use for everything; None lets the formats recognise their files.
    refused
        Takes the errors of sources that cannot be used, so that the others are; without it the
        first error is raised.

    Returns
    -------
    list of Job
        Ordered by sha256, so that the order in which files were named plays no part.

    Raises
    ------
    InputError
        When no format or more than one recognises a file.
    """
    formats = [get_format(format_name)] if format_name else list(all_formats().values())
    jobs: list[Job] = []
    bad: list[InputError] = []
    for archive in archives:
        try:
            found, errors = _sources(archive, formats, options, format_name)
        except InputError as error:
            found, errors = [], [error]
        jobs += found
        bad += errors
    if refused is None and (bad or not jobs):
        raise bad[0] if bad else InputError(unrecognised(archives[0].label, format_name))
    if refused is not None:
        refused += bad
        if archives and not jobs and not bad:  # folders alone, in which nothing is recognised
            refused.append(InputError(unrecognised(archives[0].label, format_name)))
    return sorted(merge_volumes(jobs, options.owner), key=lambda job: job.sha256)


def _sources(
    archive: Archive, formats: list[Format], options: Options, format_name: str | None
) -> tuple[list[Job], list[InputError]]:
    """Return the sources of one archive, and the errors of those in it that cannot be used."""
    if not archive.members:
        msg = f"{archive.label}: files were expected in it; found none; check the path."
        raise InputError(msg)
    groups: dict[tuple[str, str], list[Member]] = defaultdict(list)
    bad: dict[str, InputError] = {}  # by root: one sentence for each export
    for member in archive.members:
        claims = [format_ for format_ in formats if format_.sniff(member)]
        for format_ in claims:
            groups[format_.name, format_.root(member.name)].append(member)
        if len(claims) > 1:
            error = _claimed_twice(member, claims)
            bad |= {
                root: error for root in (f.root(member.name) for f in claims) if root not in bad
            }
    is_forced = bool(format_name) and not groups
    if is_forced:  # the researcher knows better than our recognition
        for member in archive.members:
            groups[formats[0].name, formats[0].root(member.name)].append(member)
    if not groups and archive.kind != "folder":
        if all(member.name.lower().endswith(_MEDIA) for member in archive.members):
            raise InputError(_media_alone(archive.label))
        raise InputError(unrecognised(archive.label, format_name))
    by_name = {format_.name: format_ for format_ in formats}
    jobs = [
        _job(by_name[name], members, archive, root, options)
        for (name, root), members in groups.items()
        if root not in bad
    ]
    for job in jobs:
        job.is_forced = is_forced
    return jobs, list(dict.fromkeys(bad.values()))


def _media_alone(label: str) -> str:
    """Return the sentence on a volume in which there is nothing to read."""
    return (
        f"{label}: messages, posts or lists were expected; found pictures, sounds and films alone, "
        "as in some volumes of a large export; leave it out, nothing is lost."
    )


def _claimed_twice(member: Member, claims: list[Format]) -> InputError:
    """Return the error that names the formats which both recognise a file."""
    names = " and ".join(format_.name for format_ in claims)
    return InputError(
        f"{member.label}: a file of one format was expected; {names} both recognise it; "
        "import it alone with --format."
    )


def _job(
    format_: Format, members: list[Member], archive: Archive, root: str, options: Options
) -> Job:
    """Make one export; its digest is that of the file, or of its members when loose in a folder."""
    members = sorted(members, key=lambda m: natural_key(m.name))
    claimed = {id(m) for m in members}
    others = [m for m in archive.members if id(m) not in claimed and format_.root(m.name) == root]
    whole = archive.kind != "folder" and root == ""
    sha256 = archive.sha256() if whole else _digest(members, root)
    name = members[0].name if root and len(members) == 1 else archive.path.name
    return Job(format_, Export(members, options, root, others), sha256, name)


def _digest(members: Iterable[Member], root: str) -> str:
    """Digest loose files: one file by its bytes alone, several by their places and bytes."""
    lines = []
    for member in members:
        digest = hashlib.sha256()
        with member.open() as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
        lines.append(f"{member.name.removeprefix(root)}\x1f{digest.hexdigest()}")
    if len(lines) == 1:
        return lines[0].rpartition("\x1f")[2]
    return hashlib.sha256("\x1e".join(lines).encode("utf-8", "surrogatepass")).hexdigest()
