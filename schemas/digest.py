"""Bytes and digests on which the two sides of the wire agree: RFC 8785 (JSON canonicalization), SHA-256."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import orjson
import rfc8785

HEX = frozenset("0123456789abcdef")
SORTED = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER


def canonical(value: Any) -> bytes:
    """The canonical JSON of a value (RFC 8785).

    Raises ValueError for what JSON cannot say exactly: NaN, integers beyond ±(2**53 - 1), lone surrogates.
    """
    if is_plain(value):
        try:
            return orjson.dumps(value, option=SORTED)
        except orjson.JSONEncodeError:
            pass  # the reference names what is wrong
    return rfc8785.dumps(value)


def is_plain(value: Any) -> bool:
    """Whether orjson's sorted form (`SORTED`) is the canonical one.

    So its keys are ASCII, whose order by UTF-8 bytes is their order by UTF-16 units, and its floats have a
    fraction and no exponent: others ECMAScript writes otherwise.
    """
    kind = type(value)
    if kind is str or kind is int or kind is bool or value is None:
        return True
    if kind is float:
        return 1e-4 <= abs(value) < 1e15 and not value.is_integer()
    if kind is dict:
        ordered = all(type(key) is str and key.isascii() for key in value)
        return ordered and all(map(is_plain, value.values()))
    return kind is list and all(map(is_plain, value))


def sha256_hex(data: bytes) -> str:
    """SHA-256 as 64 lower-case hex digits."""
    return sha256(data).hexdigest()


def is_sha256(text: str) -> bool:
    """Whether a text is a SHA-256 as `sha256_hex` writes it."""
    return len(text) == 64 and set(text) <= HEX


def record_digest(id: str, rev: int) -> int:
    """One record's term of a feed's digest, their sum modulo 2**256 (protocol, "Proof of agreement")."""
    return int.from_bytes(sha256(f"{id}:{rev}".encode()).digest())
