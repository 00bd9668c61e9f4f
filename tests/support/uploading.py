"""How a tablet of World hands in files, in raw protocol."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from typing import Any

from werkzeug.test import TestResponse

from schemas.ids import new_id
from tests.support.world import Tablet

CHUNK = "application/offset+octet-stream"
TAKEN = "2026-05-04T10:20:00+04:00"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def checksum(data: bytes, name: str = "sha1") -> str:
    return f"{name} {b64encode(hashlib.new(name, data).digest()).decode()}"


def headers(tablet: Tablet, **more: str) -> dict[str, str]:
    """``more``: Upload_Offset for Upload-Offset."""
    return {**tablet.headers, "Tus-Resumable": "1.0.0"} | {key.replace("_", "-"): each for key, each in more.items()}


def begin(tablet: Tablet, size: int, **metadata: str) -> TestResponse:
    """POST /uploads."""
    told = ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in metadata.items())
    said = headers(tablet, Upload_Length=str(size), Upload_Metadata=told)
    return tablet.http.post("/api/v1/uploads", headers=said)


def patch(tablet: Tablet, place: str, offset: int, chunk: bytes, **more: str) -> TestResponse:
    """PATCH of an upload."""
    said = headers(tablet, Upload_Offset=str(offset), **more)
    return tablet.http.patch(place, data=chunk, content_type=CHUNK, headers=said)


def send(tablet: Tablet, data: bytes, **metadata: str) -> TestResponse:
    """A whole file in one chunk, called by its hash unless ``metadata`` says otherwise. Returns the last answer."""
    begun = begin(tablet, len(data), **({"sha256": sha256(data)} | metadata))
    if begun.status_code != 201 or begun.headers["Upload-Offset"] == str(len(data)):
        return begun
    return patch(tablet, begun.headers["Location"], 0, data)


def blob(tablet: Tablet, name: str, **more: str) -> TestResponse:
    """GET /blobs."""
    return tablet.http.get(f"/api/v1/blobs/{name}", headers={**tablet.headers, **more})


def attachment(tablet: Tablet, data: bytes, family: str, visit: str | None = None, **more: Any) -> dict[str, Any]:
    """The op of an attachment."""
    owner = {"owner": visit, "owner_type": "visit", "visit": visit} if visit else {"owner": family}
    fields = {"family": family, "sha256": sha256(data), "mime": "image/jpeg", "size": len(data), "taken_at": TAKEN}
    return tablet.op("attachment", new_id(), set=owner | fields | more)
