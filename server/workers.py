"""gunicorn's configuration for our workers: their chores; Ctrl-C, which is the master's to handle; and a collector of
garbage that leaves alone what lives as long as the process."""

from __future__ import annotations

import gc
import signal
from typing import Any

from server import chores, logs

YOUNG_OBJECTS = 50_000  # a tablet's batch of 500 ops makes about as many; none of them is in a circle


def post_worker_init(worker: Any) -> None:
    """A terminal sends SIGINT to the whole group; a gthread worker that takes it too hangs until it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    worker.log.error_log.addFilter(logs.WithoutWords())
    chores.start(worker.wsgi)
    spare_the_collector()


def spare_the_collector() -> None:
    """Collects once, then looks at new objects alone, and less often: by default a quarter of a push goes into walking
    through all that a process holds."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 20, 20)
