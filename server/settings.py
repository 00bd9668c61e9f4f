"""Settings: environment variables with the prefix ``VYEZD_``, read once; `docs/operations.md` lists them all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator can set.

    ``data`` holds the embedded database, blobs and keys; ``database_url`` is an SQLAlchemy URL; ``lease_days`` is how
    long a tablet's store opens for reading after its last contact; ``code_hours`` is the life of an enrolment code and
    of a one-time password; ``session_minutes`` is how long a person may pause; ``opening_hours`` is how long a family
    outside one's scope stays open; ``totp`` asks everybody for a second factor.
    """

    data: Path
    database_url: str
    timezone: ZoneInfo
    secret_key: str | None = None
    lease_days: int = 14
    code_hours: int = 72
    session_minutes: int = 120
    opening_hours: int = 8
    totp: bool = False
    https: bool = False

    @property
    def keys(self) -> Path:
        """The folder of the server's keys; it belongs in every backup and in no repository."""
        return self.data / "keys"


def read(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process. Raises ValueError, KeyError (an unknown time zone) with the variable's value."""
    env = os.environ if environ is None else environ
    data = Path(env.get("VYEZD_DATA", "data")).resolve()
    return Settings(
        data=data,
        database_url=_with_driver(env.get("VYEZD_DATABASE_URL") or f"sqlite:///{data / 'vyezd.db'}"),
        timezone=ZoneInfo(env.get("VYEZD_TIMEZONE", "Europe/Astrakhan")),
        secret_key=env.get("VYEZD_SECRET_KEY") or None,
        lease_days=int(env.get("VYEZD_LEASE_DAYS", "14")),
        code_hours=int(env.get("VYEZD_CODE_HOURS", "72")),
        session_minutes=int(env.get("VYEZD_SESSION_MINUTES", "120")),
        opening_hours=int(env.get("VYEZD_OPENING_HOURS", "8")),
        totp=env.get("VYEZD_TOTP", "0") == "1",
        https=env.get("VYEZD_HTTPS", "0") == "1",
    )


def _with_driver(url: str) -> str:
    """PostgreSQL is always spoken to through psycopg 3, whichever of its usual schemes the operator wrote."""
    for scheme in ("postgres://", "postgresql://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url
