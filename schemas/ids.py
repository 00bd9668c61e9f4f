"""Ids that an author makes alone, offline: UUID version 7 (RFC 9562, section 5.7), which sort by time."""

from __future__ import annotations

import time
from collections.abc import Callable
from secrets import randbits


def new_id(ms: int | None = None, bits: Callable[[int], int] = randbits) -> str:
    """A new id for a Unix time in ms, by default now. A seeded `Random.getrandbits` as `bits` repeats ids."""
    when = time.time_ns() // 1_000_000 if ms is None else ms
    version, variant = 7 << 76, 0b10 << 62
    digits = f"{when << 80 | version | bits(12) << 64 | variant | bits(62):032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
