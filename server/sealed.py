"""What a tablet could not read again itself, sealed to our public key (age): ops, with the revs that earlier epochs
gave them, and files.

A tablet keeps each acknowledged op like this, and its unsent ones beside the readable copy. On the wire: `{"sealed":
BASE64, "was": {epoch: rev}}` in the place of an op. What is inside is the op as it first came, so its id and digest
tell a repeat. A file that is sealed comes by an upload like any other.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

import pyrage
from flask import current_app

from schemas import wire
from schemas.messages import Errors


def is_sealed(content: Any) -> bool:
    """Whether what came in an op's place is a sealed one."""
    return isinstance(content, dict) and "sealed" in content


def open_op(content: dict[str, Any]) -> tuple[bytes, dict[str, int], Errors]:
    """The op's bytes, its earlier revs, and the codes of what is wrong with the envelope."""
    try:
        sealed = base64.b64decode(content["sealed"], validate=True)
        return open_bytes(sealed), wire.read_revs(content.get("was") or {}), {}
    except (TypeError, ValueError, binascii.Error, pyrage.DecryptError):
        return b"", {}, {"sealed": ["sealed.unreadable"]}


def open_bytes(sealed: bytes) -> bytes:
    """What was sealed to our key. Raises pyrage.DecryptError: it is damaged, or sealed to another."""
    return pyrage.decrypt(sealed, [current_app.extensions["vyezd.keys"].seal])
