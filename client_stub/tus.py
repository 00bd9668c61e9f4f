"""Uploads as the server speaks them: tus 1.0, with a checksum a chunk."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from typing import Any

import requests

from client_stub.problems import Refused
from client_stub.transport import PROBLEM, Server, refusal

HEADERS = {"Tus-Resumable": "1.0.0"}
CHUNK_TYPE = "application/offset+octet-stream"


def begin(server: Server, sha256: str, size: int, keep_exif: bool) -> tuple[str, int]:
    """A file's upload and where it stands, begun now or earlier; at its end when the server needs no byte of it.

    Raises Trouble.
    """
    told = {"sha256": sha256} | ({"exif": "keep"} if keep_exif else {})
    metadata = ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in told.items())
    answer = _asked(server, "POST", "/uploads", 201, {"Upload-Length": str(size), "Upload-Metadata": metadata})
    return answer.headers["Location"].rpartition("/")[2], int(answer.headers["Upload-Offset"])


def stands(server: Server, upload: str) -> int:
    """How many bytes of it the server has. Raises Trouble."""
    return int(_asked(server, "HEAD", f"/uploads/{upload}", 200, {}).headers["Upload-Offset"])


def append(server: Server, upload: str, offset: int, chunk: bytes) -> int:
    """Sends a chunk, which counts whole or not at all. Returns where the upload stands then. Raises Trouble."""
    checksum = b64encode(hashlib.sha1(chunk).digest()).decode()
    said = {"Upload-Offset": str(offset), "Upload-Checksum": f"sha1 {checksum}", "Content-Type": CHUNK_TYPE}
    return int(_asked(server, "PATCH", f"/uploads/{upload}", 204, said, data=chunk).headers["Upload-Offset"])


def _asked(
    server: Server, method: str, path: str, wanted: int, headers: dict[str, str], **options: Any
) -> requests.Response:
    answer = server.ask(method, path, headers=HEADERS | headers, **options)
    if answer.status_code == wanted:
        return answer
    if method == "HEAD" and (told := answer.headers.get("Problem-Type")):
        raise Refused("file_refused", answer.status_code, told.removeprefix(PROBLEM), said=told)
    raise refusal(answer)
