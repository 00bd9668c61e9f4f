"""One import at a time: two at once would each miss what the other is writing, and write it a second time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app

LOCK = "import.lock"


@contextmanager
def alone() -> Iterator[None]:
    """Waits until no other import of this server runs, in whatever process; then none begins while this lasts."""
    handle = os.open(current_app.config["VYEZD"].data / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
