"""Small pictures: made when a file comes in, and again where they are missing (after a restore)."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from schemas import media
from server.blobs import content
from server.blobs.access import Held
from server.blobs.store import PIECE, kept, parts, thumbnails


def keep(key: str, picture: bytes | None) -> None:
    """Keeps one beside the blob with this key. Raises OSError."""
    if picture is not None:
        thumbnails().put(key, io.BytesIO(picture))


def of(held: Held) -> bytes | None:
    """The small picture of a blob, JPEG; None for what has none. Raises FileNotFoundError, Problem damaged-file."""
    if held.mime not in media.IMAGES:
        return None
    if not thumbnails().has(held.content):
        keep(held.content, _made(held))
    with thumbnails().open(held.content) as file:
        return file.read()


def _made(held: Held) -> bytes:
    with kept().open(held.content) as source, tempfile.NamedTemporaryFile(dir=parts(), suffix=".new") as copy:
        while piece := source.read(PIECE):
            copy.write(piece)
        copy.flush()
        return content.thumbnail(Path(copy.name))
