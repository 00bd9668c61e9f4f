"""gunicorn's configuration for our workers: their chores, and Ctrl-C, which is the master's to handle."""

from __future__ import annotations

import signal
from typing import Any

from server import chores, logs


def post_worker_init(worker: Any) -> None:
    """A terminal sends SIGINT to the whole group; a gthread worker that takes it too hangs until it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    worker.log.error_log.addFilter(logs.WithoutWords())
    chores.start(worker.wsgi)
