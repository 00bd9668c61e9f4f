"""Pictures for tests: seeded noise as a camera would write it, with a place, a device and a serial number in it."""

from __future__ import annotations

import io
from random import Random

from PIL import Image

DEVICE, SERIAL, WHEN = "Galaxy Tab 7", "R52N90ABCDE", "2026:05:04 10:20:00"
PLACE = {1: "N", 2: (46.0, 20.0, 57.0), 3: "E", 4: (48.0, 2.0, 27.0)}
ORIENTATION, MODEL, DATE, DETAILS, GPS, TAKEN, BODY = 0x0112, 0x0110, 0x0132, 0x8769, 0x8825, 0x9003, 0xA431


def photo(seed: object = 1, size: tuple[int, int] = (320, 240), format: str = "JPEG", orientation: int = 6) -> bytes:
    """A file of this format; noise does not compress, so a JPEG has some 0.6 bytes a pixel."""
    width, height = size
    picture = Image.frombytes("RGB", size, Random(str(seed)).randbytes(width * height * 3))
    exif = Image.Exif()
    exif[MODEL], exif[ORIENTATION], exif[DATE] = DEVICE, orientation, WHEN
    exif[DETAILS], exif[GPS] = {TAKEN: WHEN, BODY: SERIAL}, PLACE
    made = io.BytesIO()
    picture.save(made, format, exif=exif)
    return made.getvalue()


def scan(pages: int = 1) -> bytes:
    """A PDF of pictures."""
    made = io.BytesIO()
    sheets = [Image.new("L", (200, 280), 255 - page) for page in range(pages)]
    sheets[0].save(made, "PDF", save_all=True, append_images=sheets[1:])
    return made.getvalue()


def exif_of(data: bytes) -> tuple[Image.Exif, dict[int, object], dict[int, object]]:
    """What a file tells: its first table, the details, the position."""
    exif = Image.open(io.BytesIO(data)).getexif()
    return exif, exif.get_ifd(DETAILS), exif.get_ifd(GPS)


def pixels(data: bytes) -> bytes:
    """What is seen of a picture."""
    return Image.open(io.BytesIO(data)).convert("RGB").tobytes()
