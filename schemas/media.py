"""Which files may be attached: their types, told by their first bytes and never by their names."""

from __future__ import annotations

HEAD = 32
"""How many bytes of a file `sniff` needs."""
TYPES = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "application/pdf": "pdf"}
"""Type → the ending of a file's name. HEIC is not among them: browsers do not show it (docs/decisions/0013)."""
IMAGES = frozenset(name for name in TYPES if name.startswith("image/"))


def sniff(head: bytes) -> str | None:
    """The type of a file that begins with these bytes; None for every other one."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return "application/pdf" if head.startswith(b"%PDF-") else None
