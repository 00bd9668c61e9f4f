"""gunicorn's configuration for our workers: Ctrl-C is the master's to handle, which ends them in order."""

from __future__ import annotations

import signal
from typing import Any


def post_worker_init(_worker: Any) -> None:
    """A terminal sends SIGINT to the whole group; a gthread worker that takes it too hangs until it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
