"""What one body is: words, a file, a call, a poll, a place, or the stub of a deleted message."""

from __future__ import annotations

import datetime as dt
import re
from typing import Literal, NamedTuple

from supportnet.importers.whatsapp import media, wording
from supportnet.parsing.text import without_marks

__all__ = [
    "LRM",
    "MENTION",
    "PLAIN",
    "Body",
    "attachment_day",
    "folded",
    "is_missed_call",
    "read_body",
]

LRM = "\u200e"
LONGEST_PHRASE = 100  # characters of the longest body in the app's own words
LONGEST_OPTION = 1000

MENTION = re.compile(r"@\u2068([^\u2069\n]{1,120})\u2069|(?<!\w)@(\d{7,15})(?!\w)")

_ATTACHED_IOS = re.compile(
    r"(\u200e?)<[^<>\n:：]{2,30}[:：][ \u00a0\u200e]{0,3}([^<>\n]+\.\w{1,5})>"
)
_ATTACHED_ANDROID = re.compile(r"\u200e?([^\n]{1,250}\.\w{1,5}) \(([^()\n]{3,40})\)")
_APP_FILE = re.compile(r"(?:[A-Z]{3}-\d{8}-WA\d{4}|\d{8}-)")
_DOCUMENT = re.compile(r"[^\n]*\.\w{1,5}(?: • .*)?")
_SUFFIX = re.compile(r"(\u200e?)(<[^<>\n]{5,60}>)\Z")
_POLL_HEAD = re.compile(r"\u200e[^\W\d_a-zß-ÿ]{2,}[^\n]{0,20}:\n")
_POLL_OPTION = re.compile(r"\u200e?[^\W\d_]+ ?: ?(.*) \([^()\n]*\d[^()\n]*\)")
_PLACE = re.compile(
    r"\u200e?[^\n:/]{2,30}: ?(?:[^\n]{0,200}\n?)?\(?https?://"
    r"(?:maps\.google\.com/\?q=-?[\d.]+,-?[\d.]+|foursquare\.com/v/\S+)\)?\s*"
)
_NAME_DAY = re.compile(
    r"(?:[A-Z]{3}-(\d{4})(\d\d)(\d\d)-WA\d|\d{8}-[A-Z]+-(\d{4})-(\d\d)-(\d\d)-\d\d)"
)


class Body(NamedTuple):
    """A body, understood.

    Attributes
    ----------
    kind
        What the row is.
    text
        The author's own words; None where there are none.
    edited
        Whether the app says that the author changed it.
    known
        False for a body behind an invisible mark that matches nothing we know: on iOS the app's
        words, elsewhere the author's.
    """

    kind: Literal["message", "call", "deleted"]
    text: str | None
    edited: bool = False
    known: bool = True


def folded(text: str) -> str:
    """Return the form in which the app's words are compared.

    Examples
    --------
    >>> folded("\u200eThis message was deleted.")
    'this message was deleted'
    """
    return without_marks(text).strip().rstrip(".。").casefold()


def _table(*tables: dict[str, tuple[str, ...]]) -> frozenset[str]:
    """Fold the phrases of all languages into one set."""
    return frozenset(folded(one) for table in tables for words in table.values() for one in words)


_OMITTED = _table(media.MEDIA_OMITTED, media.OMITTED, wording.LIVE_LOCATION, wording.UNREADABLE)
_DELETED = _table(wording.DELETED)
_EDITED = _table(wording.EDITED)
_MISSED = _table(wording.MISSED_CALLS)
_CALLS = _table(wording.CALLS)
_ATTACHED = _table(media.ATTACHED)

_WHOLE = (media.OMITTED, wording.DELETED, wording.MISSED_CALLS, wording.LIVE_LOCATION)
PLAIN = frozenset(
    spelled + end
    for table in (*_WHOLE, wording.UNREADABLE)
    for words in table.values()
    for one in words
    for spelled in (one, one.lower(), one[:1].upper() + one[1:])
    for end in ("", ".", "。")
)
"""Bodies in the app's words that no mark and no bracket gives away, for a quick look."""


def attachment_day(body: str) -> dt.date | None:
    """Return the day in the name of an attached file, which the app writes year first.

    Examples
    --------
    >>> attachment_day("IMG-20230504-WA0002.jpg (file attached)")
    datetime.date(2023, 5, 4)
    """
    match = _NAME_DAY.search(body)
    if match is None:
        return None
    year, month, day = (int(part) for part in match.groups() if part is not None)
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def read_body(raw: str) -> Body:
    """Tell what a body is and which of its words are the author's.

    Parameters
    ----------
    raw
        Everything behind `author: `, continuation lines included.

    Returns
    -------
    Body
        The kind, the words and the edited flag.

    Examples
    --------
    >>> read_body("\u200eimage omitted").text is None
    True
    >>> read_body("On sera 5 \u200e<This message was edited>")
    Body(kind='message', text='On sera 5', edited=True, known=True)
    """
    text, edited = _without_suffix(raw)
    whole = folded(text) if len(text) < LONGEST_PHRASE else ""
    if whole in _DELETED:
        return Body("deleted", None, edited)
    if whole in _OMITTED or not without_marks(text).strip():
        return Body("message", None, edited)
    marked = text.startswith(LRM)
    if whole in _MISSED or (marked and _is_call(text)):
        return Body("call", None, edited)
    if "<" in text or "(" in text or LRM in text:
        attached, caption = _without_file(text)
        if attached:
            return Body("message", caption, edited)
    if _PLACE.fullmatch(text):
        return Body("message", None, edited)
    if marked and _POLL_HEAD.match(text):
        return Body("message", _poll_words(text), edited)
    if marked:
        return Body("message", text, edited, known=False)
    return Body("message", text, edited)


def _without_suffix(text: str) -> tuple[str, bool]:
    """Strip the app's remark that a message was edited."""
    end = text.rstrip()
    match = _SUFFIX.search(end, max(0, len(end) - LONGEST_PHRASE))
    if match is None:
        return text, False
    mark, remark = match.groups()
    inner = folded(remark).removesuffix(">").rstrip(".") + ">"
    if inner in _EDITED or (mark and ":" not in remark and inner not in _OMITTED and match.start()):
        return end[: match.start()].rstrip(), True
    return text, False


def is_missed_call(text: str) -> bool:
    """Tell whether a line without author reports a call that nobody answered.

    Examples
    --------
    >>> is_missed_call("Missed voice call"), is_missed_call("Missed you")
    (True, False)
    """
    return folded(text) in _MISSED


def _is_call(text: str) -> bool:
    """Tell whether a marked body reports a call: `Voice call, 5 min`."""
    head = re.split(r"[,.•،。]", without_marks(text), maxsplit=1)[0].strip().casefold()
    return head in _CALLS or head in _MISSED


def _without_file(text: str) -> tuple[bool, str | None]:
    """Take an attached or left-out file away: whether there was one, and the caption."""
    match = _ATTACHED_IOS.search(text)
    if match is not None and (match[1] or _APP_FILE.match(match[2])):
        return True, _caption(text[: match.start()], text[match.end() :])
    first, _, rest = text.partition("\n")
    if folded(first) in _OMITTED:
        return True, _caption("", rest)
    match = _ATTACHED_ANDROID.fullmatch(first)
    if match is not None and (folded(match[2]) in _ATTACHED or _APP_FILE.match(match[1])):
        return True, _caption("", rest)
    before, _, last = text.rpartition(LRM)
    if folded(last) in _OMITTED:
        return True, _caption(before, "")
    return False, None


def _caption(before: str, after: str) -> str | None:
    """Join what stands around a file; a document's own name is no caption."""
    before = before.strip()
    if _DOCUMENT.fullmatch(without_marks(before)):
        before = ""
    words = "\n".join(part for part in (before, after.strip()) if part)
    return words if without_marks(words).strip() else None


def _poll_words(text: str) -> str | None:
    """Return the question and the options of a poll without the app's words and the vote counts."""
    lines = text.split("\n")[1:]
    words = []
    for line in lines:
        option = _POLL_OPTION.fullmatch(line) if len(line) < LONGEST_OPTION else None
        words.append(option[1] if option else line.removeprefix(LRM))
    return "\n".join(word for word in words if word.strip()) or None
