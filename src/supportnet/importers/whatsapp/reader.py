"""Recognise a chat file and read it: a survey of the whole, the decisions, then the records."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from supportnet.formats import Export
from supportnet.importers.whatsapp import wording
from supportnet.importers.whatsapp.bodies import LRM, attachment_day
from supportnet.importers.whatsapp.chat import Chat
from supportnet.importers.whatsapp.chatfile import ChatFile
from supportnet.importers.whatsapp.dates import Decision, decide_all
from supportnet.importers.whatsapp.days import Calendar
from supportnet.importers.whatsapp.events import read_event
from supportnet.importers.whatsapp.grammar import HEADER, Shape
from supportnet.importers.whatsapp.names import chat_title, looks_exported, name_key
from supportnet.importers.whatsapp.roles import Roles, roles
from supportnet.importers.whatsapp.survey import Survey, survey
from supportnet.parsing.times import require_timezone
from supportnet.records import Record

if TYPE_CHECKING:
    from supportnet.archive import Member

__all__ = ["read", "sniff"]

CAPS = ((39_900, 41_000, False), (9_900, 10_300, True))  # rows at which the app stops an export

FIRST_LINES = 5  # a chat shows a header among its first lines


def sniff(member: Member) -> bool:
    """Tell whether a file is an exported WhatsApp chat.

    Parameters
    ----------
    member
        Any file of an archive.

    Returns
    -------
    bool
        True for a text file whose first lines hold a WhatsApp header, other than a text that was
        sent as an attachment inside a chat's own zip.
    """
    name = PurePosixPath(member.name)
    if name.suffix.lower() != ".txt":
        return False
    named = looks_exported(member.name)
    if not named and member.archive.kind in ("zip", "tar"):
        beside = (one.name for one in member.archive.members if one is not member)
        if any(PurePosixPath(one).parent == name.parent and looks_exported(one) for one in beside):
            return False
    head = member.head(16_384).decode("utf-8-sig", "replace").replace("\r\n", "\n")
    lines = [line for line in head.split("\n") if line.strip()][:FIRST_LINES]
    return any(_is_header(line, named=named) for line in lines)


def _is_header(line: str, *, named: bool) -> bool:
    """Tell whether a line opens a row of a chat and of nothing else."""
    match = HEADER.match(f"\n{line}")
    if match is None:
        return False
    rest = f"\n{line}"[match.end() :]
    if rest.startswith((" ", "<", "*", "-")):  # Second Life has two blanks, IRC its brackets
        return False
    if match[1] and match[2][:4].isdigit() and not named:
        # Other programs write [yyyy-mm-dd hh:mm] too; only a comma or a mark tells them apart.
        return f"{match[2]}," in line or LRM in line
    return bool(match[1]) or ": " in rest or read_event(rest).kind != "unknown" or named


def read(export: Export) -> Iterator[Record]:
    """Read the chat of one export.

    Parameters
    ----------
    export
        One chat file; options `timezone` (needed), `date_order`, `owner`.

    Yields
    ------
    Record
        Messages in file order, then memberships, ignored rows and coverage.

    Raises
    ------
    InputError
        Without a time zone, or when the dates can be read two ways and no order is given.
    """
    clock = require_timezone(export.options, "a WhatsApp chat")
    for member in export.members:
        file = ChatFile(member)
        seen = survey(file)
        decisions = decide_all(
            seen.shapes,
            option=export.options.date_order,
            language=seen.language,
            day_first_language=seen.language in wording.MONTH_NOT_FIRST,
            label=member.label,
        )
        who = roles(seen, chat_title(member), export.options.owner)
        clock.reset()
        chat = Chat(file, seen, who, Calendar(clock, decisions))
        if who.kind != "dm" and who.title:  # a direct chat bears the other's name
            export.name = name_key(who.title)
        yield from chat.records()
        _note(export, file, seen, decisions, who)


def _note(
    export: Export, file: ChatFile, seen: Survey, decisions: dict[Shape, Decision], who: Roles
) -> None:
    """Write down what the reading decided, in words and numbers."""
    notes = export.notes
    notes["zone"] = f"assumed {export.options.timezone}"
    ruled = {f"{one.order}, {one.rule}" for one in decisions.values()}
    notes["date_order"] = "; ".join(sorted(ruled))
    if len(decisions) > 1:
        notes["shapes"] = str(len(decisions))
    notes["kind"] = who.kind
    notes["language"] = seen.language or "not shown"
    if seen.unmatched:
        notes["unmatched_lines"] = (
            f"{seen.unmatched} of {seen.continued} continuation lines begin with a digit or ["
        )
    if seen.marked:
        notes["unknown_app_texts"] = str(seen.marked.total())
    if who.owner is None:
        notes["owner"] = "not known; pass --owner"
    if who.aliases():
        notes["possible_aliases"] = str(who.aliases())
    for least, most, with_files in CAPS:
        if least <= seen.rows <= most and (not with_files or _names_files(file)):
            notes["cap"] = f"{seen.rows} rows: older messages may have been cut off by the app"


def _names_files(file: ChatFile) -> bool:
    """Tell whether the chat was exported with its media."""
    return any(rest and attachment_day(rest) for block in file.blocks() for rest in block.rests)
