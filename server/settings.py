"""Settings: environment variables with the prefix ``VYEZD_``, read once; `docs/operations.md` lists them all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

SECRETS = ("VYEZD_SECRET_KEY", "VYEZD_DATABASE_URL")


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator can set.

    ``data`` holds the embedded database, blobs and keys; ``database_url`` is an SQLAlchemy URL; ``lease_days`` is how
    long a tablet's store opens for reading after its last contact; ``code_hours`` is the life of an enrolment code and
    of a one-time password; ``session_minutes`` is how long a person may pause; ``opening_hours`` is how long a family
    outside one's scope stays open; ``totp`` asks everybody for a second factor.
    ``silent_days`` is how long a tablet may be away before people are told; ``token_days`` the age at which its token
    is changed. ``journal_day``: of the next month, by which a month's journal is handed in. ``production``: real
    people work here, a demonstration must not. ``hosts``: the names by which the server is reached, none for any;
    ``proxies``: how many of ours stand before it and say whom they speak for.
    ``blobs``: the folder of photographs and scans. In MiB: ``file_mib``, the largest file; ``tablet_mib``, all files of
    one tablet; ``store_mib``, all files, 0 for as many as the disk holds; ``reserve_mib``, what stays free on it.
    ``upload_days``: how long an unfinished upload is kept; ``orphan_days``: a file that nothing names any more.
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
    production: bool = False
    silent_days: int = 7
    token_days: int = 30
    journal_day: int = 3
    hosts: tuple[str, ...] = ()
    proxies: int = 0
    blobs: Path = Path("blobs")
    file_mib: int = 32
    tablet_mib: int = 20_000
    store_mib: int = 0
    reserve_mib: int = 512
    upload_days: int = 14
    orphan_days: int = 30

    @property
    def keys(self) -> Path:
        """The folder of the server's keys; it belongs in every backup and in no repository."""
        return self.data / "keys"


def read(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process. Raises ValueError, KeyError (an unknown time zone) with the variable's value."""
    env = _with_files(os.environ if environ is None else environ)
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
        production=env.get("VYEZD_PRODUCTION", "0") == "1",
        silent_days=int(env.get("VYEZD_SILENT_DAYS", "7")),
        token_days=int(env.get("VYEZD_TOKEN_DAYS", "30")),
        journal_day=min(max(int(env.get("VYEZD_JOURNAL_DAY", "3")), 1), 28),
        hosts=tuple(filter(None, (host.strip() for host in env.get("VYEZD_HOSTS", "").split(",")))),
        proxies=int(env.get("VYEZD_PROXIES", "0")),
        blobs=Path(env.get("VYEZD_BLOBS") or data / "blobs").resolve(),
        file_mib=int(env.get("VYEZD_FILE_MIB", "32")),
        tablet_mib=int(env.get("VYEZD_TABLET_MIB", "20000")),
        store_mib=int(env.get("VYEZD_STORE_MIB", "0")),
        reserve_mib=int(env.get("VYEZD_RESERVE_MIB", "512")),
        upload_days=int(env.get("VYEZD_UPLOAD_DAYS", "14")),
        orphan_days=int(env.get("VYEZD_ORPHAN_DAYS", "30")),
    )


def _with_files(environ: Mapping[str, str]) -> dict[str, str]:
    """Secrets may lie in files, of a container or of systemd: VYEZD_SECRET_KEY_FILE, VYEZD_DATABASE_URL_FILE.

    Raises ValueError when both are set or the file cannot be read.
    """
    env = dict(environ)
    for name in SECRETS:
        file = env.get(f"{name}_FILE")
        if not file:
            continue
        if env.get(name):
            raise ValueError(f"{name} and {name}_FILE are both set")
        try:
            env[name] = Path(file).read_text().strip()
        except OSError as error:
            raise ValueError(f"{name}_FILE={file}: {error.strerror}") from error
    return env


def _with_driver(url: str) -> str:
    """PostgreSQL is always spoken to through psycopg 3, whichever of its usual schemes the operator wrote."""
    for scheme in ("postgres://", "postgresql://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url
