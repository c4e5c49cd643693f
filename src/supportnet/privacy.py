"""The project key, pseudonyms, and what is kept of a text.

A pseudonym is the first 16 bytes of HMAC-SHA256(key, platform ‖ 0x1f ‖ identifier). A plain hash of
a handle or a phone number is undone by trying all of them; a keyed one is not, as long as the key
stays apart from the data. That is why the key lives in the user's configuration folder and why a
key inside a dataset, a repository or a git work tree is refused.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import sys
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from supportnet.errors import KeyFileError
from supportnet.records import Identity, MessageRef

__all__ = [
    "EXAMPLE_KEY_NAME",
    "Key",
    "config_dir",
    "load_key",
    "message_key",
    "new_key",
    "normalise",
    "pseudonym",
    "text_digest",
    "text_features",
]

_SEP = b"\x1f"
EXAMPLE_KEY_NAME = "example"
# Public on purpose: everybody can rebuild the planted example. For generated data only.
_EXAMPLE_KEY = hashlib.sha256(b"supportnet example community, synthetic, public key").digest()


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """A project's 32 secret bytes and the id by which a dataset remembers them.

    Attributes
    ----------
    name
        The word for `--key`.
    secret
        32 bytes; never shown (the repr hides them).
    """

    name: str
    secret: bytes

    def __repr__(self) -> str:
        return f"Key(name={self.name!r}, id={self.id!r})"

    @property
    def id(self) -> str:
        """First 16 hex digits of a keyed hash of a fixed word: names the key, tells nothing."""
        return self.digest(b"supportnet key id").hex()[:16]

    @property
    def is_public(self) -> bool:
        """Whether this is the example's public key."""
        return self.secret == _EXAMPLE_KEY

    def digest(self, message: bytes) -> bytes:
        """Return HMAC-SHA256 of `message` under this key (32 bytes)."""
        return hmac.digest(self.secret, message, "sha256")


def config_dir() -> Path:
    """Return the user's configuration folder for supportnet (not created).

    `SUPPORTNET_CONFIG_HOME` overrides the platform's usual place.
    """
    override = os.environ.get("SUPPORTNET_CONFIG_HOME")
    if override:
        return Path(override)
    if sys.platform == "win32":
        base = Path(os.environ.get("APPDATA", str(Path.home() / "AppData" / "Roaming")))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_CONFIG_HOME", str(Path.home() / ".config")))
    return base / "supportnet"


def _key_path(name: str) -> Path:
    if not name or any(c in name for c in "/\\:") or name.startswith("."):
        msg = (
            "a key name of letters, digits, - and _ was expected; found another character; "
            "pass the bare name of a key, not a path."
        )
        raise KeyFileError(msg)
    return config_dir() / "keys" / f"{name}.key"


def _refuse_place(path: Path, *forbidden: Path) -> None:
    """Refuse a key inside a dataset or a git work tree: whoever gets the data would get the key."""
    resolved = path.resolve()
    for folder in forbidden:
        if resolved.is_relative_to(folder.resolve()):
            msg = (
                "the key was expected outside the dataset and the exports; found it inside; "
                "set SUPPORTNET_CONFIG_HOME to a folder apart from the data."
            )
            raise KeyFileError(msg)
    for parent in resolved.parents:
        if (parent / ".git").exists():
            msg = (
                "the key was expected outside any git work tree; found a .git folder above it; "
                "set SUPPORTNET_CONFIG_HOME to a folder that is not under version control."
            )
            raise KeyFileError(msg)


def new_key(name: str = "default", *, apart_from: tuple[Path, ...] = ()) -> Key:
    """Make a project key: 32 random bytes in a file only its owner can read.

    Parameters
    ----------
    name
        Name of the key; one per project.
    apart_from
        Folders in which the key must not lie.

    Returns
    -------
    Key
        The new key.

    Raises
    ------
    KeyFileError
        When a key of that name exists, or its place is inside data or under version control.
    """
    if name == EXAMPLE_KEY_NAME:
        msg = (
            "a key name of your own was expected; found 'example', whose key is public; "
            "choose another."
        )
        raise KeyFileError(msg)
    path = _key_path(name)
    _refuse_place(path, *apart_from)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    secret = secrets.token_bytes(32)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        msg = (
            f"no key named {name!r} was expected; found one; use it, or pass another name "
            "(a lost or overwritten key cannot be made again)."
        )
        raise KeyFileError(msg) from None
    with os.fdopen(handle, "wb") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    return Key(name, secret)


def load_key(
    name: str | None = None, *, create: bool = False, apart_from: tuple[Path, ...] = ()
) -> Key:
    """Load a project key by name.

    Parameters
    ----------
    name
        Name of the key; None reads `SUPPORTNET_KEY`, else `default`.
    create
        Make the key when there is none (first import of a project).
    apart_from
        Folders in which the key must not lie.

    Returns
    -------
    Key
        The key.

    Raises
    ------
    KeyFileError
        When it is missing, has another size, is readable by others, or lies in a forbidden place.
    """
    name = name or os.environ.get("SUPPORTNET_KEY") or "default"
    if name == EXAMPLE_KEY_NAME:
        return Key(name, _EXAMPLE_KEY)
    path = _key_path(name)
    _refuse_place(path, *apart_from)
    if not path.exists():
        if create:
            return new_key(name, apart_from=apart_from)
        msg = (
            f"a key named {name!r} was expected; found none; check the name, or make it with: "
            f"supportnet key new {name}."
        )
        raise KeyFileError(msg)
    if os.name == "posix" and path.stat().st_mode & 0o077:
        msg = (
            f"key {name!r} was expected to be readable by its owner alone; found wider "
            "permissions; run chmod 600 on it."
        )
        raise KeyFileError(msg)
    secret = path.read_bytes()
    if len(secret) != 32:
        msg = (
            f"key {name!r} was expected to hold 32 bytes; found {len(secret)}; restore it from "
            "your backup (another key cannot read the same pseudonyms)."
        )
        raise KeyFileError(msg)
    return Key(name, secret)


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


_EMOJI_BASE = r"[\x{1F000}-\x{1F1E5}\x{1F200}-\x{1FAFF}\x{2600}-\x{27BF}\x{2B00}-\x{2BFF}]"
_EMOJI = (
    r"(?:[\x{1F1E6}-\x{1F1FF}]{2}"
    rf"|{_EMOJI_BASE}[\x{{FE0F}}\x{{1F3FB}}-\x{{1F3FF}}]*"
    rf"(?:\x{{200D}}{_EMOJI_BASE}[\x{{FE0F}}\x{{1F3FB}}-\x{{1F3FF}}]*)*)"
)


def text_features(texts: pa.Array) -> dict[str, pa.Array]:
    """Return what is kept of a batch of texts: counts and two yes-no marks, never the words.

    Parameters
    ----------
    texts
        Strings; null where the archive has no text.

    Returns
    -------
    dict of str to pyarrow.Array
        `n_chars` (Unicode characters), `n_words` (runs between blanks), `n_emoji` (an emoji with
        its modifiers counts once), `has_question`, `has_link`; null where the text is null.
    """
    return {
        "n_chars": pc.utf8_length(texts).cast(pa.int32()),
        "n_words": pc.count_substring_regex(texts, r"\S+").cast(pa.int32()),
        "n_emoji": pc.count_substring_regex(texts, _EMOJI).cast(pa.int32()),
        "has_question": pc.match_substring_regex(texts, "[?？؟]"),
        "has_link": pc.match_substring_regex(texts, r"https?://|\bwww\."),
    }
