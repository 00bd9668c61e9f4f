"""The server's keys: files under VYEZD_DATA/keys, made once by `vyezd init`, never a default, never in the database.

``secret``: signs sessions, cursors and codes. ``salt``: salts the digests of ops, so that an erased body cannot be
guessed from its digest. ``sign``: Ed25519, signs receipts. ``seal``: an age (X25519) identity, to which tablets seal
what only we may read.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import pyrage
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from server.settings import Settings


class NoKeys(RuntimeError):
    """The folder of keys is missing: `vyezd init` has not been run here, or the wrong VYEZD_DATA is set."""


class EmptyKey(RuntimeError):
    """A key file was not written to its end; what it would sign anybody could forge. The argument is its path."""


@dataclass(frozen=True, slots=True)
class Keys:
    """``secret`` and ``salt`` are bytes; ``sign_public`` is base64url of 32 bytes; ``seal_public`` is an age
    recipient."""

    secret: bytes
    salt: bytes
    sign: Ed25519PrivateKey
    seal: pyrage.x25519.Identity

    @property
    def sign_public(self) -> str:
        raw = self.sign.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    @property
    def seal_public(self) -> str:
        """The age recipient that tablets seal to."""
        return str(self.seal.to_public())

    def mac(self, purpose: str, message: bytes) -> bytes:
        """HMAC-SHA-256 under a key derived for one purpose: 32 bytes."""
        key = hmac.digest(self.secret, b"vyezd:" + purpose.encode(), "sha256")
        return hmac.digest(key, message, "sha256")

    def op_digest(self, message: bytes) -> bytes:
        """The salted digest of an op: 32 bytes."""
        return hashlib.sha256(self.salt + message).digest()


def make(settings: Settings) -> bool:
    """Makes the keys that are missing. Returns whether any was made."""
    sign = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption()
    )
    wanted = {
        "secret": secrets.token_bytes(32).hex(),
        "salt": secrets.token_bytes(32).hex(),
        "sign": sign.hex(),
        "seal": str(pyrage.x25519.Identity.generate()),
    }
    made = [keep(settings.keys / name, value) for name, value in wanted.items()]
    return any(made)


def load(settings: Settings) -> Keys:
    """Raises NoKeys when a file is missing, EmptyKey."""
    try:
        identity = pyrage.x25519.Identity.from_str(_read(settings.keys / "seal"))
        return Keys(
            secret=settings.secret_key.encode()
            if settings.secret_key
            else bytes.fromhex(_read(settings.keys / "secret")),
            salt=bytes.fromhex(_read(settings.keys / "salt")),
            sign=Ed25519PrivateKey.from_private_bytes(bytes.fromhex(_read(settings.keys / "sign"))),
            seal=identity,
        )
    except FileNotFoundError as missing:
        raise NoKeys(f"no key file {missing.filename}: run `vyezd init`") from missing


def _read(path: Path) -> str:
    """Raises FileNotFoundError, EmptyKey."""
    text = path.read_text().strip()
    if not text:
        raise EmptyKey(path)
    return text


def keep(path: Path, value: str) -> bool:
    """Writes a key file that only its owner reads, whole and on disk, unless it is there. Returns whether it was
    written. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    try:
        with os.fdopen(handle, "w") as file:
            file.write(value + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError:  # the disk is full: no key is better than an empty one
        path.unlink()
        raise
    return True
