"""Find out which files belong together and which format reads them."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from supportnet.archive import Archive, Member
from supportnet.errors import InputError
from supportnet.formats import Export, Format, Options
from supportnet.importers import all_formats, get_format
from supportnet.parsing.text import natural_key

__all__ = ["Job", "collect"]


@dataclass(slots=True)
class Job:
    """One source to read: a format, its export, and the digest that names it.

    `file_name` is the real name of the file: it may name a person, so only a keyed digest of it
    is stored. `is_forced` tells that the researcher named the format of files that it does not
    recognise.
    """

    format: Format
    export: Export
    sha256: str
    file_name: str
    is_forced: bool = False

    def refuse(self) -> InputError:
        """Return the error that says that the files are none of the format named for them."""
        return InputError(_unrecognised(self.export.members[0].label, self.format.name))


def collect(archives: list[Archive], options: Options, format_name: str | None) -> list[Job]:
    """Group the files of one import call into sources.

    Parameters
    ----------
    archives
        What the door opened.
    options
        What the researcher declared.
    format_name
        The format to use for everything; None lets the formats recognise their files.

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
    groups: dict[tuple[str, int, str], list[Member]] = defaultdict(list)
    forced: set[int] = set()
    for number, archive in enumerate(archives):
        claims = [(member, _claim(member, formats)) for member in archive.members]
        found = [(member, claim) for member, claim in claims if claim is not None]
        if format_name and not found:  # the researcher knows better than our recognition
            found = [(member, formats[0]) for member in archive.members]
            forced.add(number)
        for member, claim in found:
            groups[claim.name, number, claim.root(member.name)].append(member)
        if not archive.members:
            msg = f"{archive.label}: files were expected in it; found none; check the path."
            raise InputError(msg)
        if not found and archive.kind != "folder":
            raise InputError(_unrecognised(archive.label, format_name))
    if not groups:
        raise InputError(_unrecognised(archives[0].label, format_name))
    by_name = {format_.name: format_ for format_ in formats}
    jobs = [
        _job(by_name[name], members, archives[number], root, options)
        for (name, number, root), members in groups.items()
    ]
    for job, (_, number, _) in zip(jobs, groups, strict=True):
        job.is_forced = number in forced
    return sorted(_merge_volumes(jobs), key=lambda job: job.sha256)


def _claim(member: Member, formats: list[Format]) -> Format | None:
    """Ask every format; more than one yes is an error that names them."""
    claims = [format_ for format_ in formats if format_.sniff(member)]
    if len(claims) > 1:
        names = " and ".join(format_.name for format_ in claims)
        msg = (
            f"{member.label}: a file of one format was expected; {names} both recognise it; "
            "import it alone with --format."
        )
        raise InputError(msg)
    return claims[0] if claims else None


def _unrecognised(label: str, format_name: str | None) -> str:
    if format_name:
        return (
            f"{label}: a {format_name} export was expected; found no file of that format; "
            f"see how to make one with: supportnet formats {format_name}."
        )
    return (
        f"{label}: an exported archive was expected; found none that any format recognises; see "
        "the list with: supportnet formats, or name one with --format."
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


def _series(name: str) -> str:
    """Return a file's name without the numbers that tell the volumes of one export apart."""
    return re.sub(r"[-_ (]*(part|vol|volume)?[-_ ]*\d+[)]?(?=\.|$)", "", name.lower())


def _merge_volumes(jobs: list[Job]) -> list[Job]:
    """Join volumes without an owner to the one archive of their series that has one."""
    merged: list[Job] = []
    series = {id(job): (job.format.name, _series(job.file_name)) for job in jobs}
    for name in dict.fromkeys(series.values()):
        group = [job for job in jobs if series[id(job)] == name]
        find_owner = group[0].format.owner
        if find_owner is None or len(group) == 1:
            merged += group
            continue
        owned = [job for job in group if find_owner(job.export.members) is not None]
        loose = [job for job in group if job not in owned]
        if len(owned) == 1 and loose:
            volumes = sorted([owned[0], *loose], key=lambda job: job.sha256)
            first = owned[0]
            first.export.members = [m for job in volumes for m in job.export.members]
            first.export.members.sort(key=lambda m: natural_key(m.name))
            first.export.others = [m for job in volumes for m in job.export.others]
            joined = "".join(job.sha256 for job in volumes)
            first.sha256 = hashlib.sha256(joined.encode()).hexdigest()
            merged.append(first)
        else:
            merged += group
    return merged
