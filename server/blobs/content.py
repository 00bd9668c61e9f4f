"""What a file is, by its content: its type, whether it is whole, and its small picture, made in the same reading.

An image is decoded to its end, which nothing that is cut or forged survives. Nothing is ever taken from a file's name.
"""

from __future__ import annotations

import io
import struct
import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

from schemas import media
from server.problems import Problem

PIXELS = 60_000_000
"""The most that an image may have: a few of them decoded at once must not take a machine's memory."""
SMALL = (480, 480)
QUALITY = 80
_UNREADABLE = (OSError, SyntaxError, ValueError, TypeError)
TAIL = 2_048  # bytes at whose end a PDF says that it ends


@dataclass(frozen=True, slots=True)
class Content:
    """``thumbnail``: a JPEG, None for what has no picture."""

    mime: str
    thumbnail: bytes | None


def examine(path: Path) -> Content:
    """Reads a file through. Raises Problem empty-file, unfit-type, damaged-file."""
    with path.open("rb") as file:
        head = file.read(media.HEAD)
    if not head:
        raise Problem("empty-file")
    mime = media.sniff(head)
    if mime is None:
        raise Problem("unfit-type", types=sorted(media.TYPES))
    if mime in media.IMAGES:
        return Content(mime, thumbnail(path))
    if b"%%EOF" not in _tail(path):
        raise Problem("damaged-file")
    return Content(mime, None)


def thumbnail(path: Path) -> bytes:
    """A small picture of an image, upright, as JPEG. Raises Problem damaged-file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _small(path)
    except (*_UNREADABLE, Image.DecompressionBombError, EOFError, OverflowError, MemoryError) as error:
        raise Problem("damaged-file") from error


def _small(path: Path) -> bytes:
    with Image.open(path, formats=("JPEG", "PNG", "WEBP")) as image:
        if image.width * image.height > PIXELS:
            raise ValueError("too many pixels")
        image.draft("RGB", SMALL)
        image.load()
        upright = _upright(image)
    upright.thumbnail(SMALL)
    picture = Image.new("RGB", upright.size, "white")
    seen_through = upright.convert("RGBA")
    picture.paste(seen_through, mask=seen_through)
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=QUALITY)
    return made.getvalue()


def _upright(image: Image.Image) -> Image.Image:
    """As its Exif says; as it lies where that makes no sense: the picture is whole all the same."""
    try:
        return ImageOps.exif_transpose(image)
    except (*_UNREADABLE, KeyError, struct.error):
        return image


def _tail(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - TAIL))
        return file.read()
