"""What a camera wrote beside the picture is taken out: position, device, serial numbers, small pictures, and whatever
hides after the image's end. The picture itself is copied byte for byte; of the metadata its orientation and the time it
was taken stay. A PDF stays as it is.

Sources: ITU-T T.81 (JPEG markers), Exif 2.32, W3C PNG, the WebP container specification.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from PIL import Image

ORIENTATION, DATE, DETAILS = 0x0112, 0x0132, 0x8769  # Exif tags; DETAILS leads to the second table
TAKEN, TAKEN_ZONE = 0x9003, 0x9011
EXIF = b"Exif\0\0"
_PNG_HEAD = 8
_PNG_DROPPED = {b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"}
_WEBP_DROPPED = {b"EXIF", b"XMP "}
_WEBP_FLAGS = 0x04 | 0x08  # of the chunk VP8X: "there is XMP", "there is Exif"
_SOI, _EOI, _SOS, _COM = 0xD8, 0xD9, 0xDA, 0xFE
_KEPT_APPS = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}


def clean(data: bytes, mime: str) -> bytes:
    """The file without what tells where and with what it was taken. Raises ValueError where it is not what its first
    bytes say."""
    try:
        match mime:
            case "image/jpeg":
                return b"".join(_jpeg(data))
            case "image/png":
                return b"".join(_png(data))
            case "image/webp":
                return _webp(data)
    except (IndexError, struct.error) as error:
        raise ValueError("cut short") from error
    return data


def _jpeg(data: bytes) -> Iterator[bytes]:
    yield data[:2]
    exif = b""
    for marker, segment in _segments(data):
        if marker == 0xE1 and segment[4:].startswith(EXIF):
            exif = exif or _without_place(segment[4:])
        elif _stays(marker, segment):
            if exif and marker != 0xE0:
                yield b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
                exif = b""
            yield segment


def _stays(marker: int, segment: bytes) -> bool:
    if marker in _KEPT_APPS:
        return segment[4:].startswith(_KEPT_APPS[marker])
    return not (0xE0 <= marker <= 0xEF or marker == _COM)


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The markers after the first, each with its bytes; what is scanned belongs to its marker. Ends with the image."""
    at = 2
    while True:
        if data[at] != 0xFF:
            raise ValueError("no marker")
        while data[at + 1] == 0xFF:  # fill
            at += 1
        marker = data[at + 1]
        if marker == _EOI:
            yield marker, data[at : at + 2]
            return
        (length,) = struct.unpack_from(">H", data, at + 2)
        end = at + 2 + length
        if marker == _SOS:
            end = _scanned(data, end)
        if end > len(data):
            raise ValueError("cut short")
        yield marker, data[at:end]
        at = end


def _scanned(data: bytes, at: int) -> int:
    """Where the entropy-coded bytes end that begin here: at the next marker that is neither stuffing nor a restart."""
    while True:
        at = data.index(b"\xff", at)
        if data[at + 1] == 0 or 0xD0 <= data[at + 1] <= 0xD7:
            at += 2
        elif data[at + 1] == 0xFF:
            at += 1
        else:
            return at


def _without_place(block: bytes) -> bytes:
    """An Exif block with orientation and time alone; none where it says neither or cannot be read."""
    found, left = Image.Exif(), Image.Exif()
    try:
        found.load(block)
        left.update({tag: found[tag] for tag in (ORIENTATION, DATE) if tag in found})
        details = {tag: value for tag, value in found.get_ifd(DETAILS).items() if tag in (TAKEN, TAKEN_ZONE)}
        if details:
            left[DETAILS] = details
        return left.tobytes() if left else b""
    except (ValueError, SyntaxError, TypeError, KeyError, struct.error, OSError):
        return b""


def _png(data: bytes) -> Iterator[bytes]:
    yield data[:_PNG_HEAD]
    at = _PNG_HEAD
    while True:
        (length,) = struct.unpack_from(">I", data, at)
        name, end = data[at + 4 : at + 8], at + 12 + length
        if end > len(data):
            raise ValueError("cut short")
        if name not in _PNG_DROPPED:
            yield data[at:end]
        if name == b"IEND":
            return
        at = end


def _webp(data: bytes) -> bytes:
    chunks = b"".join(_webp_chunks(data))
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WEBP" + chunks


def _webp_chunks(data: bytes) -> Iterator[bytes]:
    (length,) = struct.unpack_from("<I", data, 4)
    at, end = 12, length + 8
    if end > len(data):
        raise ValueError("cut short")
    while at < end:
        name, (size,) = data[at : at + 4], struct.unpack_from("<I", data, at + 4)
        after = at + 8 + size + size % 2
        chunk = data[at:after]
        if name == b"VP8X":
            chunk = chunk[:8] + bytes([chunk[8] & ~_WEBP_FLAGS]) + chunk[9:]
        if name not in _WEBP_DROPPED:
            yield chunk
        at = after
