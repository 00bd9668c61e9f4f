"""The only place of the server that reads the clock."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

from flask import current_app

DAY_MS = 24 * 3600 * 1000


def now() -> int:
    """Unix milliseconds."""
    return time.time_ns() // 1_000_000


def iso(ms: int) -> str:
    """RFC 3339, UTC, with milliseconds: how times go on the wire."""
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def local_day(ms: int) -> str:
    """The region's day of a moment (Unix ms), ISO."""
    return _local(ms).date().isoformat()


def ahead_of_utc(ms: int) -> int:
    """By how much the region's clocks are ahead of UTC at a moment (Unix ms), ms."""
    return (_local(ms).utcoffset() or timedelta()) // timedelta(milliseconds=1)


def _local(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, current_app.config["VYEZD"].timezone)


def today() -> date:
    """The region's day."""
    return date.fromisoformat(local_day(now()))
