"""What was uploaded, to be read by its SHA-256: whole, in ranges, or only asked for (HEAD)."""

from __future__ import annotations

from base64 import b64encode

from flask import Response, request
from flask_smorest import Blueprint
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wsgi import wrap_file

from schemas.digest import is_sha256
from server import audit, devices
from server.api import auth, filedocs
from server.blobs import access, store
from server.headers import SANDBOX
from server.problems import Problem

blueprint = Blueprint("blobs", __name__, url_prefix="/api/v1", description="Photographs and scans by their SHA-256")


@blueprint.get("/blobs/<sha256>")
@blueprint.doc(**filedocs.BLOB)
def read(sha256: str) -> Response:
    """A file that this tablet may read or has sent."""
    device = auth.reader()
    held = access.of_device(sha256, device, devices.author(device)) if is_sha256(sha256) else None
    if held is None:
        raise Problem("not-found")
    file = store.kept().open(held.content)
    answer = Response(wrap_file(request.environ, file), mimetype=held.mime, direct_passthrough=True)
    answer.content_length = held.size
    digest = b64encode(bytes.fromhex(held.content)).decode()
    answer.headers.update({"Content-Disposition": "attachment", "Repr-Digest": f"sha-256=:{digest}:"} | SANDBOX)
    answer.set_etag(held.content)
    try:
        answer.make_conditional(request, accept_ranges=True, complete_length=held.size)
    except RequestedRangeNotSatisfiable as error:
        file.close()
        raise Problem("wrong-range", limits={"bytes": held.size}) from error
    if request.method == "GET":
        audit.record("read", who=device.id, subject=sha256, page=request.endpoint, status=answer.status_code)
    return answer
