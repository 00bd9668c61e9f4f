"""What the server does by itself, once a minute: it seals history and audit, looks for silent tablets and
sweeps up after uploads and yesterday's files.

Every worker has a thread for it; of two that are at one chore the second waits (seal.py), and a chore done twice
changes nothing.
"""

from __future__ import annotations

import threading

import structlog
from flask import Flask

from server import seal, silence, tasks
from server.blobs import sweeping

EVERY_SECONDS = 60
log = structlog.get_logger()


def start(app: Flask) -> None:
    """Begins the chores of this process, until it ends."""
    threading.Thread(target=_keep_at_it, args=(app,), name="chores", daemon=True).start()


def _keep_at_it(app: Flask) -> None:
    pause = threading.Event()
    while not pause.wait(EVERY_SECONDS):
        do(app)


def do(app: Flask) -> None:
    """Each chore once; one that fails is tried again the next time and keeps no other from its turn."""
    for chore in (seal.seal, silence.watch, sweeping.watch, tasks.sweep):
        try:
            with app.app_context():
                chore()
        except Exception as error:
            log.error("chores.failed", chore=chore.__module__, kind=type(error).__name__)
