"""Profiles: of what runs in this process, and of the requests of gunicorn's workers; added up and told by function."""

from __future__ import annotations

import cProfile
import io
import os
import pstats
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from werkzeug.middleware.profiler import ProfilerMiddleware

from schemas.ids import new_id
from server.app import create_app

LINES = 30


def watched_app() -> Any:
    """The application for gunicorn, which keeps a profile of each of its requests in the folder PROFILES."""
    return ProfilerMiddleware(create_app(), stream=None, profile_dir=os.environ["PROFILES"])


def keep(profile: cProfile.Profile, folder: Path) -> None:
    """Lays a profile beside the others."""
    folder.mkdir(parents=True, exist_ok=True)
    profile.dump_stats(folder / f"{new_id()}.prof")


def told(folder: Path) -> str:
    """The LINES functions that took most time themselves, in all profiles of a folder; the profiles are removed."""
    for idle in folder.glob("*.readyz.*"):
        idle.unlink()
    parts = sorted(map(str, folder.glob("*.prof")))
    if not parts:
        return "no profile: this row runs nothing of ours in a process that can be watched"
    out = io.StringIO()
    pstats.Stats(*parts, stream=out).sort_stats("tottime").print_stats(LINES)
    _remove(parts)
    _, _, lines = out.getvalue().partition("\n\n")
    return re.sub(r"\S*/site-packages/|" + re.escape(f"{Path.cwd()}/"), "", lines)


def _remove(parts: Iterable[str]) -> None:
    for part in parts:
        Path(part).unlink()
