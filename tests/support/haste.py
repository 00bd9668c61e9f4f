"""What an application need not do at full cost in each of hundreds of tests."""

from __future__ import annotations

from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

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


def hurry(app: Flask) -> None:
    """Passwords are hashed, but cheaply; a template is compiled once a process."""
    app.extensions["security"].pwd_context.update(**CHEAPEST)
    app.jinja_env.bytecode_cache = _compiled
