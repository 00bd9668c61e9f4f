"""Sealing: what a tablet writes so that only the server can read it, not even the tablet itself (age, X25519)."""

from __future__ import annotations

import base64
from collections.abc import Mapping

import orjson
import pyrage


def seal(body: bytes, key: str) -> bytes:
    """An op's JSON, sealed to the server's public key (an age recipient, `server_keys.seal` of the enrolment)."""
    return pyrage.encrypt(body, [pyrage.x25519.Recipient.from_str(key)])


def offer(sealed: bytes, was: Mapping[str, int]) -> bytes:
    """What goes on the wire in the place of an op that is kept sealed: ``was`` are the revs that epochs gave it."""
    return orjson.dumps({"sealed": base64.b64encode(sealed).decode(), "was": was})
