"""What the OpenAPI description says of uploads and blobs."""

from __future__ import annotations

from typing import Any

from server.api.docs import TABLET, answers


def _header(name: str, required: bool = True, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": required, "schema": {"type": "string"} | schema}


_VERSION = _header("Tus-Resumable", const="1.0.0")
_OFFSET = _header("Upload-Offset", pattern="^[0-9]{1,15}$")
_CHECKSUM = _header("Upload-Checksum", required=False, pattern="^(sha1|sha256) [A-Za-z0-9+/]+={0,2}$")
_CHUNK = {
    "required": True,
    "content": {"application/offset+octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}
_OF_FILE = (
    "unreadable-seal", "wrong-hash", "empty-file", "unfit-type", "damaged-file", "file-too-large", "no-space",
    "upload-gone",
)  # fmt: skip
_OF_CHUNK = (*_OF_FILE, "bad-request", "unauthorized", "not-found", "wrong-version", "wrong-offset", "wrong-checksum")


def _nothing(words: str, *headers: str) -> dict[str, Any]:
    return {"description": words, "headers": {name: {"schema": {"type": "string"}} for name in headers}}


OPTIONS: dict[str, Any] = {
    "responses": {"204": _nothing("What of tus is spoken", "Tus-Version", "Tus-Extension", "Tus-Max-Size")}
}
CREATE: dict[str, Any] = {
    "security": TABLET,
    "parameters": [
        _VERSION,
        _header("Upload-Length", pattern="^[0-9]{1,15}$"),
        _header("Upload-Metadata", required=False, description="sha256, exif, sealed, each as key and base64"),
    ],
    "responses": answers(
        {201: _nothing("Begun, begun before, or finished: the offset says which", "Location", "Upload-Offset")},
        "bad-request", "unauthorized", "revoked", "over-quota", "wrong-version", "file-too-large", "empty-file",
        "unprocessable", "no-space",
    ),
}  # fmt: skip
HEAD: dict[str, Any] = {
    "security": TABLET,
    "parameters": [_VERSION],
    "responses": answers(
        {200: _nothing("Where the upload stands", "Upload-Offset", "Upload-Length", "Upload-Expires")},
        "unauthorized", "not-found", "wrong-version", *_OF_FILE,
    ),
}  # fmt: skip
PATCH: dict[str, Any] = {
    "security": TABLET,
    "parameters": [_VERSION, _OFFSET, _CHECKSUM],
    "requestBody": _CHUNK,
    "responses": answers({204: _nothing("Taken", "Upload-Offset", "Upload-Expires")}, *_OF_CHUNK),
}
DELETE: dict[str, Any] = {
    "security": TABLET,
    "parameters": [_VERSION],
    "responses": answers({204: _nothing("Given up")}, "unauthorized", "not-found", "wrong-version", *_OF_FILE),
}
OVERRIDE: dict[str, Any] = {
    "security": TABLET,
    "parameters": [
        _VERSION,
        _header("X-HTTP-Method-Override", enum=["PATCH", "DELETE", "HEAD"]),
        _header("Upload-Offset", required=False, pattern="^[0-9]{1,15}$"),
        _CHECKSUM,
    ],
    "requestBody": _CHUNK | {"required": False},
    "responses": answers(
        {200: _nothing("As HEAD", "Upload-Offset"), 204: _nothing("As PATCH or DELETE", "Upload-Offset")},
        "method-not-allowed", *_OF_CHUNK,
    ),
}  # fmt: skip
BLOB: dict[str, Any] = {
    "security": TABLET,
    "parameters": [_header("Range", required=False)],
    "responses": answers(
        {
            200: {"description": "The file", "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}},
            206: {"description": "A part", "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}},
        },
        "unauthorized", "revoked", "not-found", "wrong-range", "closed",
    ),
}  # fmt: skip
