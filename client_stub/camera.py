"""Pictures that simulated workers take: seeded noise, with a place and a device in it as a real camera writes them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from PIL import Image

WIDTHS = (200, 320, 480, 640)  # pixels; noise makes a JPEG of about 0.6 bytes a pixel
MODEL, ORIENTATION, GPS = 0x0110, 0x0112, 0x8825


@contextmanager
def picture(random: Random) -> Iterator[Path]:
    """A JPEG file, as long as this lasts."""
    width = random.choice(WIDTHS)
    height = width * 3 // 4
    shown = Image.frombytes("RGB", (width, height), random.randbytes(width * height * 3))
    exif = Image.Exif()
    exif[MODEL], exif[ORIENTATION] = "Demo camera", 1
    exif[GPS] = {1: "N", 2: (46.0, float(random.randint(0, 59)), 0.0), 3: "E", 4: (48.0, 0.0, 0.0)}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "photo.jpg"
        shown.save(file, "JPEG", exif=exif)
        yield file
