"""Bring together the volumes of one export that a platform split into several files.

Large exports come as several archives, of which one holds the file that names the owner. Read
alone, the others would be somebody unknown's. They join the one whose owner is theirs, and only
where something says so: their content tells, the researcher declared the owner, or their names are
one series. Content also refuses: an archive whose conversations are another person's does not join
a series, however it is named.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict

from supportnet.ingest.jobs import Job
from supportnet.parsing.text import natural_key
from supportnet.records import Identity

__all__ = ["merge_volumes"]

_NUMBER = re.compile(r"[-_ (]*(part|vol|volume)?[-_ ]*\d+[)]?(?=\.|$)")


def merge_volumes(jobs: list[Job], declared: str | None = None) -> list[Job]:
    """Join volumes without an owner to the one archive that they belong to.

    Parameters
    ----------
    jobs
        The exports of one call, each of one archive.
    declared
        Option `owner` of the call.

    Returns
    -------
    list of Job
        With their `volumes`; what belongs to none, or could belong to two, stays by itself.
    """
    merged: list[Job] = []
    by_format: dict[str, list[Job]] = defaultdict(list)
    for job in {job.sha256: job for job in jobs}.values():  # a file named twice is one file
        job.volumes = (job.sha256,)
        by_format[job.format.name].append(job)
    for group in by_format.values():
        find_owner = group[0].format.owner
        if find_owner is None:
            merged += group
            continue
        owners = [(job, find_owner(job.export.members)) for job in group]
        owned = [(job, owner) for job, owner in owners if owner is not None]
        loose = [job for job, owner in owners if owner is None]
        for job, owner in owners:
            job.names_owner = owner is not None
        joined: dict[int, list[Job]] = defaultdict(list)
        for job in loose:
            home = _home_of(job, owned, declared)
            if home is None:
                merged.append(job)
            else:
                joined[id(home)].append(job)
        for job, _ in owned:
            merged += [job, *_join(job, joined[id(job)])]
    return merged


def _series(name: str) -> str:
    """Return a file's name without the numbers that tell the volumes of one export apart."""
    return _NUMBER.sub("", name.lower())


def _home_of(job: Job, owned: list[tuple[Job, Identity]], declared: str | None) -> Job | None:
    """Return the one archive that a volume belongs to; None where none or several could be it."""
    places = _places(job)
    # Volumes share out files: an archive that holds the same ones is another export.
    others = [(one, owner) for one, owner in owned if not places & _places(one)]
    belongs = job.format.belongs
    told = {
        id(one): None if belongs is None else belongs(job.export.members, one.export.members)
        for one, _ in others
    }
    series = _series(job.file_name)
    for found in (
        [one for one, _ in others if told[id(one)]],
        [one for one, owner in others if declared is not None and _is(owner, declared)],
        [
            one
            for one, _ in others
            if told[id(one)] is not False and _series(one.file_name) == series
        ],
    ):
        if len(found) == 1:
            return found[0]
    return None


def _is(owner: Identity, declared: str) -> bool:
    """Tell whether the researcher's word for the owner is this one."""
    plain = declared.strip().removeprefix("@").casefold()
    return plain in {word.casefold() for word in (owner.id, owner.name) if word}


def _places(job: Job) -> set[str]:
    """Return where the files of an export lie in it."""
    root = job.export.root
    return {member.name.removeprefix(root).strip("/") for member in job.export.members}


def _join(first: Job, rest: list[Job]) -> list[Job]:
    """Make one export of volumes that share out its files, and return those that do not.

    Files are read in the order that they would have in one archive, and the order in which the
    volumes were named plays no part.
    """
    taken = _places(first)
    volumes, left = [first], []
    for job in sorted(rest, key=lambda one: one.sha256):
        if taken & _places(job):
            left.append(job)
        else:
            taken |= _places(job)
            volumes.append(job)
    if len(volumes) == 1:
        return left
    volumes.sort(key=lambda job: job.sha256)
    first.volumes = tuple(job.sha256 for job in volumes)
    first.sha256 = hashlib.sha256("".join(first.volumes).encode()).hexdigest()
    members = [
        (natural_key(member.name.removeprefix(job.export.root)), member)
        for job in volumes
        for member in job.export.members
    ]
    members.sort(key=lambda one: one[0])
    first.export.others = [member for job in volumes for member in job.export.others]
    first.export.members = [member for _, member in members]
    return left
