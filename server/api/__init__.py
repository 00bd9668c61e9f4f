"""What tablets and other systems speak to: /api/v1 (docs/protocol.md), its OpenAPI description and page, and the
operators' checks.

A request comes in through body.py (bounded decoding), is answered for by auth.py, calls the services, and leaves
through encoding.py. Errors under /api are problem+json; the office's pages have their own.
"""

from __future__ import annotations

import uuid
from typing import Any

import structlog
from flask import Flask, Response, request
from flask_smorest import Api
from werkzeug.exceptions import HTTPException

from server import problems
from server.api import auth, blobs, changes, devices, docs, encoding, operators, schemas, sync, uploads
from server.closing import Closed
from server.cursor import BadCursor
from server.problems import Problem
from server.pull import TooOld
from server.repeats import Busy
from server.throttle import TooMany

PREFIX = "/api/"
log = structlog.get_logger()


class DescribedApi(Api):
    """flask-smorest for the description alone: its error handlers are app-wide, and ours must not reach the office's
    pages."""

    def _register_error_handlers(self) -> None:
        pass


def init_api(app: Flask) -> None:
    """Puts the API, its page and its error handling on an app."""
    app.config.update(
        API_TITLE="Vyezd",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
    )
    api = DescribedApi(app, spec_kwargs=docs.DESCRIPTION)
    for module in (devices, sync, changes, schemas, uploads, blobs):
        api.register_blueprint(module.blueprint)
    app.register_blueprint(operators.blueprint)
    app.register_blueprint(docs.blueprint)
    app.register_error_handler(Problem, lambda problem: problems.response(problem.code, problem.more))
    app.register_error_handler(BadCursor, lambda _: problems.response("bad-cursor"))
    app.register_error_handler(TooOld, lambda _: problems.response("too-old"))
    app.register_error_handler(Closed, lambda _: problems.response("closed"))
    app.register_error_handler(Busy, lambda _: problems.response("busy"))
    app.after_request(encoding.compress)
    app.after_request(auth.note_refusal)


def is_api() -> bool:
    """Whether the request in hand is for the API, whose errors are problem+json."""
    return request.path.startswith(PREFIX)


_BY_STATUS = {404: "not-found", 405: "method-not-allowed", 413: "too-large"}


def http_error(error: HTTPException) -> Response:
    """A werkzeug error under /api as a problem."""
    if error.code == 413:
        return problems.response("too-large", {"limits": sync.LIMITS})
    code = _BY_STATUS.get(error.code or 500, "bad-request" if (error.code or 500) < 500 else "failed")
    return problems.response(code)


def too_many_tries(error: TooMany) -> Response:
    """A throttle under /api as a problem that says when to try again."""
    answer = problems.response("too-many", {"retry_after": error.seconds})
    answer.headers["Retry-After"] = str(error.seconds)
    return answer


def unexpected(error: Exception) -> Response:
    """An unforeseen failure: logged with an id that the answer names."""
    more: dict[str, Any] = {"error_id": str(uuid.uuid4())}
    log.error("request.failed", endpoint=request.endpoint, exc_info=error, **more)
    return problems.response("failed", more)
