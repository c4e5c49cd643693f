"""The project key: where it lives, how it is made, and the keyed digest everything rests on."""

from __future__ import annotations

import hashlib
import os
import secrets
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from supportnet.errors import KeyFileError

__all__ = ["BLOCK", "EXAMPLE_KEY_NAME", "Key", "config_dir", "load_key", "new_key", "pads"]

BLOCK = 64  # bytes that SHA-256 takes in at a time
EXAMPLE_KEY_NAME = "example"
# Public on purpose: everybody can rebuild the planted example. For generated data only.
_EXAMPLE_KEY = hashlib.sha256(b"supportnet example community, synthetic, public key").digest()


def pads(secret: bytes) -> tuple[bytes, bytes]:
    """Return the two blocks with which HMAC begins, before the message and around its digest."""
    padded = secret.ljust(BLOCK, b"\0")
    return bytes(byte ^ 0x36 for byte in padded), bytes(byte ^ 0x5C for byte in padded)


@lru_cache(maxsize=4)
def _begun(secret: bytes) -> tuple[Any, Any]:
    """Return the two hashes that have taken in the pads: most of the work of a short digest."""
    inner, outer = pads(secret)
    return hashlib.sha256(inner), hashlib.sha256(outer)


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
        inner, outer = _begun(self.secret)
        inside = inner.copy()
        inside.update(message)
        whole = outer.copy()
        whole.update(inside.digest())
        done: bytes = whole.digest()
        return done


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
