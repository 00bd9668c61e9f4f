"""What need not be done at full cost in each of thousands of tests."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

MEMORY = Path("/dev/shm")
ROOM = 6 << 30  # bytes; a run leaves less than a third of it
CHEAPEST: dict[str, Any] = {"argon2__rounds": 1, "argon2__memory_cost": 8, "argon2__parallelism": 1}


class _Compiled(BytecodeCache):
    """Templates that an application of this process has compiled; Jinja compares the sources."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


_compiled = _Compiled()


def keep_files_in_memory() -> None:
    """Databases and other files of tests wait for no disk, where memory has room for them. What is proved by killing
    processes is proved all the same: the files outlive them."""
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        tempfile.tempdir = os.environ["TMPDIR"] = str(MEMORY)


def hurry(app: Flask) -> None:
    """Passwords are hashed, but cheaply; a template is compiled once a process."""
    app.extensions["security"].pwd_context.update(**CHEAPEST)
    app.jinja_env.bytecode_cache = _compiled
