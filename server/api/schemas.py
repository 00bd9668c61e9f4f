"""GET /schemas: what a client needs to build good forms without knowing the types."""

from __future__ import annotations

import orjson
from flask import Response, request
from flask_smorest import Blueprint

from schemas import registry
from server import reference
from server.api import auth, docs

blueprint = Blueprint("schemas", __name__, url_prefix="/api/v1", description="Record types and code lists")


@blueprint.get("/schemas")
@blueprint.doc(**docs.SCHEMAS)
def schemas() -> Response:
    """Record types, fields, labels and code lists, with an ETag."""
    auth.reader()
    reference.current()
    answer = Response(orjson.dumps(registry.describe()), content_type="application/json")
    answer.add_etag(weak=True)
    answer.make_conditional(request)
    return answer
