"""WhatsApp chats: the two French shapes of text exports."""

from __future__ import annotations

from supportnet.simulate.events import Chat
from supportnet.simulate.writers.book import MEDIA_EVERY, Book, Row, local
from supportnet.simulate.writers.files import zipped

__all__ = ["write_whatsapp"]

_MARK = "\u200e"  # iOS puts it before what the app itself says
_ANDROID_NOTICE = (
    "Les messages envoyés dans cette discussion et les appels sont désormais protégés avec le "
    "chiffrement de bout en bout. Appuyez pour plus d'informations."
)
_IOS_NOTICE = (
    "Les messages et les appels sont chiffrés de bout en bout. Seules les personnes qui prennent "
    "part à cette discussion peuvent les lire, les écouter ou les partager."
)
_GROUP = "Rando du dimanche"


def write_whatsapp(book: Book) -> dict[str, bytes]:
    """Return the exports of all WhatsApp chats.

    Parameters
    ----------
    book
        The community.

    Returns
    -------
    dict of str to bytes
        File name → text file (Android) or zip of `_chat.txt` (iOS). Android writes whole minutes;
        both write the local time of the telephone, in Paris.
    """
    files: dict[str, bytes] = {}
    for chat in book.made.chats:
        if chat.platform != "whatsapp":
            continue
        title = _title(book, chat)
        if chat.shape == "dm_ios":
            files[f"WhatsApp Chat - {title}.zip"] = zipped({"_chat.txt": _ios(book, chat)})
        else:
            text = _android(book, chat)
            files[f"Discussion WhatsApp avec {title}.txt"] = text.encode("utf-8")
    return files


def _title(book: Book, chat: Chat) -> str:
    """Return the name of a chat on its owner's telephone: the group's, or the other person's."""
    if len(chat.members) > 2:
        return _GROUP
    owner = book.owner(chat)
    other = next(m for m in book.members(chat) if m.code != owner.code)
    return book.phone_name(owner, other)


def _android(book: Book, chat: Chat) -> str:
    """Return an Android export."""
    owner, rows = book.owner(chat), book.said_in(chat.name)
    first = f"{local(rows[0].t_us):%d/%m/%Y à %H:%M} - " if rows else ""
    lines = [first + _ANDROID_NOTICE]
    if len(chat.members) > 2:
        lines.append(f"{first}Vous avez créé le groupe « {_GROUP} »")
    for number, row in enumerate(rows, start=1):
        body = "<Médias omis>" if number % MEDIA_EVERY == 0 else row.text
        name = book.phone_name(owner, book.people[row.author])
        lines.append(f"{local(row.t_us):%d/%m/%Y à %H:%M} - {name}: {body}")
    return "\n".join(lines) + "\n"


def _ios(book: Book, chat: Chat) -> str:
    """Return the text of an iOS export."""
    owner, rows = book.owner(chat), book.said_in(chat.name)
    lines = []
    if rows:
        lines.append(f"{_stamp(rows[0])} {_title(book, chat)}: {_MARK}{_IOS_NOTICE}")
    for number, row in enumerate(rows, start=1):
        name = book.phone_name(owner, book.people[row.author])
        if number % MEDIA_EVERY == 0:
            lines.append(f"{_MARK}{_stamp(row)} {name}: {_MARK}image absente")
        else:
            lines.append(f"{_stamp(row)} {name}: {row.text}")
    return "\n".join(lines) + "\n"


def _stamp(row: Row) -> str:
    """Return the head of an iOS line."""
    return f"[{local(row.t_us):%d/%m/%Y, %H:%M:%S}]"
