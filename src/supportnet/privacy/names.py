"""What stands for a person, a message and a text: keyed digests of their normalised forms."""

from __future__ import annotations

import unicodedata

from supportnet.privacy.keys import Key
from supportnet.records import Identity, MessageRef

__all__ = ["message_key", "normalise", "pseudonym", "text_digest"]

_SEP = b"\x1f"


def normalise(identity: Identity) -> str:
    """Return the form of an identifier that two archives of one platform share.

    NFKC and stripped; handles and e-mail addresses fold case (a handle gets one leading @);
    phone numbers keep their digits; opaque ids and names keep their case.

    Examples
    --------
    >>> normalise(Identity("twitter", " Lea_M", kind="handle"))
    '@lea_m'
    >>> normalise(Identity("whatsapp", "+33 6 00 00 00 01", kind="phone"))
    '+33600000001'
    """
    text = unicodedata.normalize("NFKC", identity.id).strip()
    if identity.kind == "handle":
        return "@" + text.lstrip("@").casefold()
    if identity.kind == "email":
        return text.casefold()
    if identity.kind == "phone":
        digits = "".join(c for c in text if c.isdigit())
        return "+" + digits.removeprefix("00")
    return text


def pseudonym(key: Key, identity: Identity, *, owner: str = "") -> bytes:
    """Return the 16-byte pseudonym of an account.

    Parameters
    ----------
    key
        The project key.
    identity
        The account as its archive writes it.
    owner
        For names that live in an owner's phone book: the normalised owner, or the digest of the
        file when the owner is unknown.

    Returns
    -------
    bytes
        First 16 bytes of HMAC-SHA256(key, platform ‖ 0x1f ‖ identifier), where the identifier of a
        name of narrower scope carries that scope in front.
    """
    identifier = normalise(identity)
    if identity.scope == "owner":
        identifier = f"owner\x1f{owner}\x1f{identifier}"
    elif identity.scope == "conversation":
        identifier = f"conversation\x1f{identity.within}\x1f{identifier}"
    message = identity.platform.encode() + _SEP + identifier.encode("utf-8", "surrogatepass")
    return key.digest(message)[:16]


def message_key(key: Key, ref: MessageRef) -> bytes:
    """Return the 16-byte keyed form of a platform's message id."""
    parts = ("message", ref.platform, ref.scope, ref.within, ref.id)
    return key.digest("\x1f".join(parts).encode("utf-8", "surrogatepass"))[:16]


def text_digest(key: Key, text: str) -> bytes:
    """Return an 8-byte keyed digest of a text, to recognise copies of one message."""
    return key.digest(b"text" + _SEP + text.strip().encode("utf-8", "surrogatepass"))[:8]
