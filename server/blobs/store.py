"""Where blobs are kept: a seam (`Store`) and the local folder that is behind it by default.

A key is the SHA-256 of the bytes. What `put` has returned from survives a power cut: the bytes are written beside,
flushed, renamed, and the folder is flushed. So a file under its key is whole, whenever the process was killed.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Protocol

from flask import current_app

from server.settings import Settings

PIECE = 1 << 18


class Store(Protocol):
    """What the rest of the server needs of a store."""

    def put(self, key: str, source: BinaryIO) -> None:
        """Keeps what a file holds, from its beginning. Safe to repeat. Raises OSError: nothing was kept."""

    def open(self, key: str) -> BinaryIO:
        """The bytes, to be read and sought in. Raises FileNotFoundError."""

    def has(self, key: str) -> bool:
        """Whether the bytes are there."""

    def delete(self, key: str) -> None:
        """Forgets a key; none that is unknown is an error."""

    def keys(self) -> Iterator[str]:
        """All keys."""


class Folder:
    """A store in a local folder: AB/ABCD… by the first two digits of the key."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, key: str, source: BinaryIO) -> None:
        target = self._path(key)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        source.seek(0)
        with written(target) as file:
            shutil.copyfileobj(source, file, PIECE)

    def open(self, key: str) -> BinaryIO:
        return self._path(key).open("rb")

    def has(self, key: str) -> bool:
        return self._path(key).is_file()

    def delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def keys(self) -> Iterator[str]:
        for path in sorted(self.root.glob("[0-9a-f][0-9a-f]/*")):
            if not path.suffix:
                yield path.name

    def _path(self, key: str) -> Path:
        return self.root / key[:2] / key


@contextmanager
def written(target: Path) -> Iterator[BinaryIO]:
    """A file that takes its place whole, or not at all; it is on disk when this ends. Raises OSError."""
    beside = target.with_name(f"{target.name}.{os.getpid()}-{os.urandom(4).hex()}.new")
    try:
        with beside.open("xb") as file:
            os.fchmod(file.fileno(), 0o600)
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, target)
        flush_folder(target.parent)
    except BaseException:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise


def flush_folder(folder: Path) -> None:
    """What was made, renamed or removed in a folder is on disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def kept() -> Store:
    """Where blobs are kept."""
    return Folder(settings().blobs / "kept")


def thumbnails() -> Folder:
    """Where small pictures of them lie, by the same keys: they can be made anew."""
    return Folder(settings().blobs / "thumbnails")


def parts() -> Path:
    """The folder of uploads under way, on the disk of this machine."""
    folder = settings().blobs / "parts"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


@contextmanager
def not_swept() -> Iterator[None]:
    """While this lasts nothing is swept away: what is put is not named in the database yet."""
    with _lock(fcntl.LOCK_SH):
        yield


@contextmanager
def sweeping() -> Iterator[None]:
    """While this lasts nothing is put."""
    with _lock(fcntl.LOCK_EX):
        yield


@contextmanager
def _lock(how: int) -> Iterator[None]:
    handle = os.open(parts() / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, how)
        yield
    finally:
        os.close(handle)


def settings() -> Settings:
    """The server's settings."""
    return current_app.config["VYEZD"]
